"""Mutants with a wrong sense of time."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-23",
        "    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:\n",
        "    if int(stamp) - time.time() > TOLERANCE_SECONDS:\n",
        "a delivery signed an hour ago answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-24",
        "    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:\n",
        "    if time.time() - int(stamp) > TOLERANCE_SECONDS:\n",
        "a delivery signed an hour ahead of the clock answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-26",
        "TOLERANCE_SECONDS = 300\n",
        "TOLERANCE_SECONDS = 30\n",
        "a delivery signed 60 s ago answered 401 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-28",
        "    if TENANT and event",
        '    if time.time() - at > 86_400:\n        return "too late", 200\n    if TENANT and event',
        "an event of three days ago took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-29",
        "    if new:\n        work.submit(carry_out, event_id)\n",
        "    with database() as db:\n"
        '        db.execute("UPDATE inbox SET done = 0 WHERE event_id = ?", (event_id,))\n'
        "    carry_out(event_id)\n",
        "a request that was sent twice, byte for byte, took effect twice",
        "the event to take effect once",
    ),
]
