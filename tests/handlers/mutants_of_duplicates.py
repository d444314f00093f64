"""Mutants that act more than once."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-30",
        '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        "    with database() as db:\n"
        '        db.execute("UPDATE inbox SET done = 0 WHERE event_id = ?", (event_id,))\n'
        '    carry_out(event_id)\n    return "taken", 200\n',
        "an event that came twice took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-31",
        "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n",
        "    with database() as db:\n"
        '        known = db.execute("SELECT 1 FROM effects WHERE event_id = ?", (event_id,)).fetchone()\n'
        "    if known:\n"
        '        return "known", 200\n'
        "    time.sleep(0.05)\n"
        "    with database() as db:\n"
        '        db.execute("INSERT INTO effects VALUES (?, ?, ?, ?)", (event_id, subject, name, at))\n'
        '    return "taken", 200\n'
        "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n",
        "an event that came 20 times at once (20 answered 2xx) took effect NUMBER times",
        "the event to take effect once",
    ),
    Mutant(
        "WH-36",
        '        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        '        work.submit(carry_out, event_id)\n    return ("taken", 200) if new else ("known", 409)\n',
        "the same event again answered 409 in NUMBER ms",
        "a 2xx",
    ),
]
