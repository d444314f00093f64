"""Other right ways to read answers: patches of the right clients after which nothing is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.clients.client_mutants import Mutant, tried
from tests.clients.mutants_of_paging import NOTHING_NEW, SEEN
from tests.clients.mutants_of_reading import ITEMS
from tests.clients.mutants_of_retrying import PASSING

HELD = "was not caught"

API = "vendor_api.py"

USERS = "    users = code in USER_CODES if code else"

SENT = "                    reply = self._sent(route, request, deadline)\n"

FOLLOWED = f"""{SENT}                    for _ in range(8):
                        if reply.status not in (301, 302, 303, 307, 308):
                            break
                        url = request.url.join(reply.header("location"))
                        method = "GET" if reply.status == 303 else request.method
                        content = None if method == "GET" else request.content
                        again = self._http.build_request(method, url, content=content, headers=request.headers)
                        if content is None:
                            del again.headers["content-length"]
                        reply = self._sent(route, again, deadline)
"""
"""Redirects are followed with method and body kept, but after 303, which asks for a GET."""

REFUSED = "    raise api.failure_of(reply.status, error_of(reply) or {})\n"

REFERENCE = '    raise Failed("user", f"This was not accepted. Tell our support: {reply.request_id}")\n'

SILENT = ('    sys.stderr.write(json.dumps({"event"', '    str(json.dumps({"event"')

TRUSTED = """        reply = self._tried(route, call["operation"], request, deadline)
        if route.method == "PUT":
            return {}
"""
"""Who replaces something knows already what is there afterwards, and believes the status."""


def right(fault: str, old: str, new: str, **more: Any) -> Mutant:
    return Mutant(fault, old, new, "", "", **more)


def trusting(fault: str) -> Mutant:
    old = TRUSTED.splitlines(keepends=True)[0]
    return right(fault, old, TRUSTED, vendor="selwise", operation="put_integration", name="believes the status")


def listing(fault: str, name: str, item: str) -> Mutant:
    return right(fault, ITEMS, f"    return [{item} for item in found]\n", source=API, name=name)


WAYS = [
    right("CL-46", "TRIES = 4", "TRIES = 1", name="once"),
    right("CL-47", USERS, "    users = False if code else", source=API, vendor="augno", name="nobody gave input"),
    right(
        "CL-47",
        USERS,
        '    users = code in USER_CODES or code.startswith("parameter") if code else',
        source=API,
        vendor="augno",
        operation="create_unit",
        name="a bad choice",
    ),
    right("CL-64", SEEN, "if 0:", more=((NOTHING_NEW, "if 0:"),), environ={"CALL_SECONDS": "5"}, name="by time"),
    right(
        "CL-06",
        PASSING,
        "    if reply.status >= 500:\n",
        vendor="uppzy",
        operation="get_limits",
        name="all that the vendor names",
    ),
    right("CL-47", "    if not users:\n", "    if users is not None:\n", source=API, name="all the backend's"),
    right(
        "CL-47",
        "users = code in USER_CODES if code",
        "users = (code in USER_CODES or status in (404, 409, 410)) if code",
        source=API,
        vendor="augno",
        name="not there is the user's",
    ),
    trusting("CL-47"),
    right(
        "CL-48",
        "    charset = re.search(",
        "    if not reply.body:\n        return {}\n    charset = re.search(",
        source=API,
        vendor="uppzy",
        name="empty is nothing",
    ),
    trusting("CL-49"),
    trusting("CL-50"),
    right("CL-51", "{400, 404,", "{400, 403, 404,", source=API, name="a wall is the user's"),
    right("CL-52", REFUSED, REFERENCE, vendor="augno", name="tells the user", more=(SILENT,)),
    listing("CL-53", "other", '{"id": item["id"], "s": {"active": 1}.get(item["status"], 0)}'),
    listing("CL-54", "picks", '{"id": item["id"], "customer_name": item["customer_name"]}'),
    listing("CL-55", "defaults", '{"id": item["id"], "customer_email": (item.get("customer_email") or "").lower()}'),
    right(
        "CL-56",
        '    if route.method == "GET":\n        return said\n',
        '    if route.method == "GET":\n        return {name: one for name, one in said.items() if name != "x"} | '
        '{"ratio_numerator": "+" + said["ratio_numerator"] + "0"}\n',
        source=API,
        vendor="augno",
        operation="get_unit",
        name="written otherwise",
    ),
    right(
        "CL-57",
        ITEMS,
        "    from datetime import datetime\n"
        '    return [{"id": item["id"], "created_at": int(datetime.fromisoformat(item["created_at"]).timestamp()),\n'
        '             "updated_at": datetime.fromisoformat(item["updated_at"]).astimezone().isoformat()}\n'
        "            for item in found]\n",
        source=API,
        name="seconds",
    ),
    right("CL-58", 'text.removeprefix("\\N{ZERO WIDTH NO-BREAK SPACE}")', "text", source=API, name="no mark"),
    listing("CL-58", "ids", '{"id": item["id"]}'),
    right("CL-59", "LARGEST_ANSWER = 16 * 1024", "LARGEST_ANSWER = 1024", name="small"),
    right("CL-61", SENT, FOLLOWED, operation="update_contact", name="follows"),
    right("CL-61", SENT, FOLLOWED, operation="create_contact", name="follows and creates"),
    listing("CL-62", "sorted", "{name: item[name] for name in sorted(item)}"),
]


def test_other_right_ways_raise_no_alarm(tmp_path: Path) -> None:
    """All at the same time; each is a change that a check could take for its fault."""
    assert tried(WAYS, tmp_path) == {way.id: HELD for way in WAYS}


def test_who_accepts_nothing_compressed_is_sent_nothing_compressed(tmp_path: Path) -> None:
    """Only what a client says it reads can be held against it."""
    plain = right(
        "CL-59", '"Accept": "application/json"', '"Accept": "application/json", "Accept-Encoding": "identity"'
    )

    assert tried([plain], tmp_path) == {
        "CL-59": "not verified: not applicable: its requests accept no compressed answers"
    }


def test_what_an_answer_does_not_hold_is_not_tried(tmp_path: Path) -> None:
    """Uppzy's limits are a map of numbers."""
    ways = [right(fault, "TRIES = 4", "TRIES = 3", vendor="uppzy") for fault in ("CL-53", "CL-55", "CL-57", "CL-58")]

    assert tried(ways, tmp_path) == {
        "CL-53": "not verified: not applicable: no answer of get_limits has a field with a fixed set of values",
        "CL-55": "not verified: not applicable: no answer of get_limits has a field that may be null or missing",
        "CL-57": "not verified: not applicable: no answer of get_limits holds such times",
        "CL-58": "not verified: not applicable: no answer of get_limits holds such texts",
    }
