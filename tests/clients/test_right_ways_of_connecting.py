"""Other right ways to connect and to carry a key: patches of the right clients after which nothing is wrong."""

from __future__ import annotations

from pathlib import Path

from tests.clients.client_mutants import Mutant, tried

HEADERS = 'headers = {**api.headers_of(VENDOR, call["api_key"]), "X-Request-ID": str(uuid.uuid4())}'
SENT = "                    reply = self._sent(route, request, deadline)\n"
HELD = "was not caught"

FOLLOWED = f"""{SENT}                    for _ in range(3):
                        there = reply.header("location") if 300 <= reply.status < 400 else ""
                        if not there:
                            break
                        url = request.url.join(there)
                        again = self._http.build_request(request.method, url, content=request.content)
                        if (url.scheme, url.host) == (request.url.scheme, request.url.host):
                            again.headers.update(request.headers)
                        reply = self._sent(route, again, deadline)
"""
"""Redirects are followed everywhere, with the key on the same host and without it elsewhere."""

LOOKED = """        with self._host.turn(deadline):
            self._http.get(
                call["base_url"].rstrip("/") + "/me", headers=api.headers_of(VENDOR, call["api_key"]), timeout=5
            )
        request.read()
"""
"""Who the key belongs to is looked up before each call."""

VENDORS_WORDS = """    said = error_of(reply) or {}
    raise Failed("backend", f"{said.get('message')} [{said.get('code')} {{1}}]")
"""
"""Some vendors write texts for users, and a code helps support."""

TWICE = """                if reply.status == 401 and attempt == 0:
                    continue  # the key is read again from where it is kept, and is still the same
                if trouble == "":
"""


def right(fault: str, old: str, new: str, **more: object) -> Mutant:
    return Mutant(fault, old, new, "", "", **more)  # type: ignore[arg-type]


WAYS = [
    right("CL-70", SENT, FOLLOWED, name="follows"),
    right("CL-73", SENT, FOLLOWED, name="follows"),
    right(
        "CL-41", '"Accept": "application/json"}', '"Accept": "application/json", "Connection": "close"}', name="alone"
    ),
    right(
        "CL-42", '"Accept": "application/json"}', '"Accept": "application/json", "Connection": "close"}', name="alone"
    ),
    right(
        "CL-43", '"Accept": "application/json"}', '"Accept": "application/json", "Connection": "close"}', name="alone"
    ),
    right("CL-83", "trust_env=False,", "trust_env=True,", name="by the environment"),
    right(
        "CL-76",
        "    raise api.failure_of(reply.status, error_of(reply) or {})\n",
        VENDORS_WORDS,
        name="the vendor's words",
    ),
    right("CL-77", "        request.read()\n", LOOKED, name="looks first"),
    right("CL-82", "        request.read()\n", LOOKED, name="looks first"),
    right("CL-80", '                if trouble == "":\n', TWICE, name="reads anew"),
    right("CL-44", "self._limit = 8.0", "self._limit = 2.0", name="two at once"),
    right("CL-40", "CONNECT_SECONDS = 3.0", "CONNECT_SECONDS = 6.5", name="patient"),
    right("CL-75", HEADERS, f'{HEADERS}\n        log("sending", headers=sorted(headers), key="***")', name="names"),
]


def test_other_right_ways_raise_no_alarm(tmp_path: Path) -> None:
    """All at the same time; each is a change that a check could take for its fault."""
    assert tried(WAYS, tmp_path) == {way.id: HELD for way in WAYS}
