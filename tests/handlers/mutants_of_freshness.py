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
        "    work.submit(carry_out, event_id)\n",
        "a request that was sent twice, byte for byte, took effect twice",
        "the event to take effect once",
    ),
    Mutant(
        "WH-25",
        "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n        return False\n",
        '    if given and not stamp:\n        raise KeyError("X-Timely-Timestamp")\n'
        "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n        return False\n",
        "a delivery without its time answered 500 in NUMBER ms",
        "a 4xx",
    ),
    Mutant(
        "WH-25",
        "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n"
        "        return False\n"
        "    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:\n",
        "    try:\n"
        "        too_old = abs(time.time() - float(stamp)) > TOLERANCE_SECONDS\n"
        "    except ValueError:\n"
        "        too_old = True\n"
        "    if too_old:\n",
        "a delivery with 'nan' as its time answered 200 in NUMBER ms",
        "a 4xx",
    ),
    Mutant(
        "WH-27",
        "    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:\n",
        "    if abs(time.time() - int(stamp) / (1000 if len(stamp) > 11 else 1)) > TOLERANCE_SECONDS:\n",
        "a delivery whose time is written in milliseconds answered 200 in NUMBER ms",
        "a 4xx",
    ),
]
