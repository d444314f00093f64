"""Mutants that act more than once."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

ROW = "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n"
"""Where the handler stores an event."""

ROW_ON = ROW.partition("\n")[2]
"""The same without opening the store."""

IN_MEMORY = (
    "    seen = {memory}\n"
    "    if event_id in seen:\n"
    '        return "known", 200\n'
    "    seen.add(event_id)\n"
    "    with database() as db:\n"
    '        db.execute("DELETE FROM inbox WHERE event_id = ?", (event_id,))\n'
)
"""Remembers ids in the process, and nowhere else."""

MUTANTS = [
    # Tells deliveries apart by their signatures, which are new with every attempt.
    Mutant(
        "WH-30",
        '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        "    mine = object()\n"
        '    if seen.setdefault(request.headers["X-Timely-Signature"], mine) is mine:\n'
        "        with database() as db:\n"
        '            db.execute("UPDATE inbox SET done = 0 WHERE event_id = ?", (event_id,))\n'
        '        work.submit(carry_out, event_id)\n    return "taken", 200\n'
        "\n\nseen: dict[str, object] = {}\n",
        "an event that came twice took effect twice",
        "the event to take effect once",
    ),
    # Seen is what came, whoever it came from.
    Mutant(
        "WH-30",
        '    if not is_genuine(raw):\n        return "refused", 401\n',
        '    event_id = request.headers["X-Timely-Event-Id"]\n'
        '    came_before = event_id in app.config.setdefault("CAME", set())\n'
        '    app.config["CAME"].add(event_id)\n'
        '    if not is_genuine(raw):\n        return "refused", 401\n'
        '    if came_before:\n        return "known", 200\n',
        "an event whose id a forged delivery had named before took effect not at all",
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
        "WH-32",
        ROW,
        IN_MEMORY.format(memory='app.extensions.setdefault("seen", set())') + ROW,
        "an event that came again after a restart took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-32",
        ROW,
        "    import random\n\n"
        + IN_MEMORY.format(memory='random.choice(app.extensions.setdefault("workers", [set(), set()]))')
        + ROW,
        "an event that came again over 12 further connections took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-33",
        ROW,
        "    with database() as db:\n"
        '        db.execute("DELETE FROM inbox WHERE done = 1 AND rowid < (SELECT max(rowid) - 200 FROM inbox)")\n'
        + ROW_ON,
        "an event that came again after 300 others took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-33",
        ROW,
        "    with database() as db:\n"
        '        db.execute("DELETE FROM inbox WHERE done = 1 AND at < ?", (time.time() - 3600,))\n' + ROW_ON,
        "an event of 81 minutes ago that came twice took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-34",
        ROW,
        "    with database() as db:\n"
        '        same = "SELECT event_id FROM inbox WHERE event = ? AND at = ? AND body LIKE ?"\n'
        "        known = db.execute(same, (name, at, f\"%{data.get('contact_id')}%\")).fetchone()\n"
        "    if known and known[0] != event_id:\n"
        '        return "known", 200\n' + ROW,
        "an event with the content of another, and an id of its own, took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-35",
        ROW,
        "    with database() as db:\n"
        '        same = "SELECT event_id FROM inbox WHERE event = ? AND subject = ?"\n'
        "        known = db.execute(same, (name, subject)).fetchone()\n"
        "    if known and known[0] != event_id:\n"
        '        return "known", 200\n' + ROW,
        "the second message.received of one thing took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-36",
        '        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        '        work.submit(carry_out, event_id)\n    return ("taken", 200) if new else ("known", 409)\n',
        "the same event again answered 409 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-37",
        '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        "    if not new:\n"
        '        return "known", 200\n'
        "    try:\n"
        "        done = work.submit(call_downstream, event_id).result(3)\n"
        "    except TimeoutError:\n"
        "        done = False\n"
        "    if not done:\n"
        '        return "later", 503\n'
        '    carry_out(event_id)\n    return "taken", 200\n',
        "an event whose work had failed (answered 503), and that came again, took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-38",
        "    for event_id in waiting:\n        work.submit(carry_out, event_id)\n",
        '    log.info("%s waiting", len(waiting))\n',
        "3 of 3 events that were answered 2xx right before a crash took no effect within NUMBER s after it",
        "every event that was answered 2xx to take effect once the handler is up again",
    ),
    Mutant(
        "WH-39",
        "CREATE TABLE IF NOT EXISTS inbox (event_id TEXT PRIMARY KEY,",
        "CREATE TABLE IF NOT EXISTS inbox (event_id TEXT COLLATE NOCASE PRIMARY KEY,",
        "an event whose id differs in case alone took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-39",
        ROW,
        "    if len(event_id) > 255:\n        raise ValueError(event_id)\n" + ROW,
        "an event with an id of 300 characters answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-40",
        "    try:\n        event = json.loads(raw, parse_constant=refuse_constant)\n",
        '    log.info("came: " + request.headers.get("X-Timely-Event-Id"))\n'
        "    try:\n        event = json.loads(raw, parse_constant=refuse_constant)\n",
        "an event without its id answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
]
