"""Other right ways to list, to write and to be found again: patches of right clients after which nothing is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.clients.client_mutants import Mutant, tried
from tests.clients.mutants_of_paging import AT_ONCE, CURSOR, NOTHING_NEW, ONWARD, SEEN
from tests.clients.mutants_of_writing import AGAIN, REQUEST_ID, SENT, STAMPED

HELD = "was not caught"

API = "vendor_api.py"

FIRST = '"numbered": {"page": "1", "per_page": "50", "limit": "50"},'

CONTENT = "        request.read()\n"

HEDGED = """hedge = threading.Timer(0.5, lambda: self._http.send(request))
            hedge.start()
            answer = self._http.send(request, stream=True)
            hedge.cancel()"""

LOOKED = """                    if reply.status == 412 and attempt < 2:
                        self._http.get(request.url, headers={"x-api-key": request.headers["x-api-key"]})
                        reply = self._sent(route, request, deadline)
"""


def right(fault: str, old: str, new: str, **more: Any) -> Mutant:
    return Mutant(fault, old, new, "", "", **more)


WAYS = [
    right("CL-65", FIRST, FIRST.replace("50", "100"), source=API, name="large pages"),
    right("CL-67", FIRST, FIRST.replace("50", "1"), source=API, name="pages of one"),
    right(
        "CL-65",
        'if route.pages == "offset" and received == int(query["limit"]):',
        'if route.pages == "offset" and received:',
        source=API,
        vendor="selwise",
        operation="list_integration_logs",
        name="until a page is empty",
    ),
    right(
        "CL-64",
        SEEN,
        "if len(asked) >= MOST_PAGES:",
        more=((NOTHING_NEW, "if False:"), ("MOST_PAGES = 500", "MOST_PAGES = 100")),
        name="a limit alone",
    ),
    right(
        "CL-68",
        CURSOR,
        'return {"cursor": str(cursor)} if cursor else None',
        source=API,
        vendor="augno",
        name="a cursor alone",
    ),
    right("CL-69", ONWARD, AT_ONCE.replace("ThreadPoolExecutor(16)", "ThreadPoolExecutor(5)"), name="five at once"),
    right("CL-84", REQUEST_ID, "}", vendor="augno", name="the vendor's id in the log"),
    right(
        "CL-84",
        REQUEST_ID,
        ', "traceparent": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"}',
        name="traceparent",
    ),
    right(
        "CL-85", 'USER_AGENT = "golive', 'USER_AGENT = f"python-httpx/{httpx.__version__} golive', name="library first"
    ),
    right(
        "CL-87",
        SENT,
        f'request.headers["X-Retry-Count"] = str(attempt)\n                    {SENT}',
        name="counted",
    ),
    right("CL-87", REQUEST_ID, ', "X-Request-ID": str(uuid.uuid4()), "X-Max-Retry": "3"}', name="a limit that is told"),
    right(
        "CL-88",
        CONTENT,
        f"        request = stamped(request)\n{CONTENT}",
        more=(("def trouble_of(", STAMPED),),
        name="once",
    ),
    right("CL-90", AGAIN, f'{AGAIN} and operation != "get_chat_request"', vendor="uppzy", name="gives up"),
    right("CL-91", f"{SENT}\n", f"{SENT}\n{LOOKED}", name="looks first"),
    right(
        "CL-92", "    for name in route.needs:\n", "    for name in ():\n", source=API, name="leaves it to the vendor"
    ),
    right(
        "CL-93", "answer = self._http.send(request, stream=True)", HEDGED, vendor="augno", name="hedged under one key"
    ),
]


def test_other_right_ways_raise_no_alarm(tmp_path: Path) -> None:
    """Nothing is found, and nothing is inconclusive."""
    told = tried(WAYS, tmp_path)

    assert set(told) == {each.id for each in WAYS}
    assert {
        name: one for name, one in told.items() if one != HELD and not one.startswith("not verified: not appl")
    } == {}
