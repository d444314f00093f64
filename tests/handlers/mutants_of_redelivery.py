"""Mutants that lose what the vendor sends again."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

WORKS = '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n'

MUTANTS = [
    # Gives an event up after its second failure, as if that were for it to decide.
    Mutant(
        "WH-79",
        WORKS,
        "    if new and not in_time(event_id):\n"
        "        with database() as db:\n"
        '            db.execute("DELETE FROM inbox WHERE event_id = ?", (event_id,))\n'
        "        failed[event_id] = failed.get(event_id, 0) + 1\n"
        '        return ("given up", 200) if failed[event_id] == 2 else ("later", 503)\n'
        + WORKS
        + "\n\nfailed: dict[str, int] = {}\n\n\n"
        "def in_time(event_id: str) -> bool:\n"
        "    try:\n"
        "        return work.submit(call_downstream, event_id).result(3)\n"
        "    except TimeoutError:\n"
        "        return False\n",
        "an event whose work failed twice, and that came again for as long as it was refused, took effect not at all",
        "the event to take effect once",
    ),
    # Answers before its queue is connected, which takes a moment where there is a backlog to look through.
    Mutant(
        "WH-80",
        WORKS,
        "    if new and BACKLOG and time.time() - STARTED < 3:\n"
        "        with database() as db:\n"
        '            db.execute("DELETE FROM inbox WHERE event_id = ?", (event_id,))\n'
        '        return "taken", 200\n' + WORKS + "\n\nSTARTED = time.time()\n"
        "BACKLOG = os.path.exists(DATABASE)\n",
        "an event that came while the handler was down, and was accepted later, took effect not at all",
        "the event to take effect once",
    ),
    # Has a branch for every kind but one.
    Mutant(
        "WH-81",
        "    if name not in KNOWN:\n",
        '    if name == "credit.low":\n        raise KeyError(data["credits"])\n    if name not in KNOWN:\n',
        "credit.low answered 500 in NUMBER ms, the last of 6 attempts within 0:21:20 by the vendor's schedule: "
        "it is lost, and the endpoint is marked as failing",
        "every kind to be accepted",
    ),
]
