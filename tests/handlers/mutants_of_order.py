"""Mutants whose state depends on what came first."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

BY_TIME = '    status = STATUS[max(deciding)[2]] if deciding else "open"\n'

AS_IT_CAME = (
    "    with database() as db:\n"
    '        found = db.execute("SELECT event, at, event_id FROM inbox WHERE subject = ? ORDER BY rowid", (subject,))\n'
    "        rows = found.fetchall()\n"
    "    deciding = [(at, RANK[event], event) for event, at, _ in rows if event in STATUS]\n"
)
"""The events of a conversation in the order of their arrival."""

MUTANTS = [
    # Updates what is there already, as an UPDATE without an INSERT does.
    Mutant(
        "WH-41",
        BY_TIME,
        AS_IT_CAME + '    begun = next((at for at, one in enumerate(rows) if one[0] == "conversation.created"), 0)\n'
        "    deciding = [(at, RANK[event], event) for event, at, _ in rows[begun:] if event in STATUS]\n" + BY_TIME,
        'conversation.assigned came before conversation.created, and the state is {"messages": 0, "status": "open"}',
        'the state that they leave in their order: {"messages": 0, "status": "assigned"}',
    ),
    # Whoever is assigned has something to do: opens it again.
    Mutant(
        "WH-42",
        BY_TIME,
        AS_IT_CAME + BY_TIME + '    status = "assigned" if rows[-1][0] == "conversation.assigned" else status\n',
        "conversation.assigned, which is older, came after conversation.closed, and the state is "
        '{"messages": 0, "status": "assigned"}',
        'the state that they leave in their order: {"messages": 0, "status": "closed"}',
    ),
    # What came last counts.
    Mutant(
        "WH-43",
        BY_TIME,
        AS_IT_CAME + '    status = STATUS[deciding[-1][2]] if deciding else "open"\n',
        "conversation.closed, which is older, came after conversation.reopened, and the state is "
        '{"messages": 0, "status": "closed"}',
        'the state that they leave in their order: {"messages": 0, "status": "open"}',
    ),
    # A message that comes after the end is not counted.
    Mutant(
        "WH-44",
        BY_TIME,
        AS_IT_CAME
        + BY_TIME
        + '    ended = next((at for at, one in enumerate(rows) if one[0] == "conversation.closed"), None)\n'
        "    rows = rows[:ended]\n",
        'conversation.closed before message.received: the state is {"messages": 0, "status": "closed"}',
        'the same state in whatever order they come: {"messages": 1, "status": "closed"}',
    ),
    Mutant(
        "WH-45",
        "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n",
        '    if name.startswith("message.") and (state_of(subject) or {}).get("status") == "closed":\n'
        '        raise ValueError(f"{subject} is closed")\n'
        "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n",
        "a late message.received after conversation.closed answered 500 in NUMBER ms, 3 times in a row",
        "a 2xx or 4xx",
    ),
    # Looks changes up by the conversation's id alone.
    Mutant(
        "WH-47",
        '    if TENANT and event.get("workspace_id") != TENANT:\n',
        '    if TENANT and event.get("workspace_id") != TENANT and name == "conversation.created":\n',
        'with another tenant\'s events about the same id between them it is {"messages": 4, "status": "open"}',
        'the state that its own tenant\'s events leave: {"messages": 2, "status": "closed"}',
    ),
    # Cuts the zone off.
    Mutant(
        "WH-48",
        "    parsed = datetime.fromisoformat(text)\n",
        "    parsed = datetime.fromisoformat(text[:19])\n",
        'with zones in their times it is {"messages": 0, "status": "closed"}',
        'the state after conversation.reopened: {"messages": 0, "status": "open"}',
    ),
    # Compares with the vendor's list at its start alone, or once in a blue moon.
    Mutant(
        "WH-46",
        "        time.sleep(1)\n",
        "        time.sleep(3600)\n",
        "a conversation that no event told of is unknown to it, and it asked the vendor for no list",
        "a list to be asked for, or a state that is right, within 3 s",
    ),
]
