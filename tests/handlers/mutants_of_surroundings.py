"""Mutants that lose, hold up, fetch or tell what they should not."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-69",
        "    while not call_downstream(event_id):\n        time.sleep(pause)\n        pause = min(pause * 2, 5)\n",
        "    if not call_downstream(event_id):\n        return\n",
        "an event whose call downstream was answered 500 took effect not at all",
        "the event to take effect once",
    ),
    Mutant(
        "WH-74",
        '    subject = data.get("conversation_id")\n',
        '    subject = data.get("conversation_id")\n'
        '    if data.get("media_url"):\n'
        '        urllib.request.urlopen(data["media_url"], timeout=5).read()\n',
        "the handler called the address in data.media_url",
        "no call to an address that came with an event",
    ),
    Mutant(
        "WH-75",
        "work = ThreadPoolExecutor(16)\n",
        "work = ThreadPoolExecutor(1)\n",
        "after an event of nonsense and an event whose work fails, 0 of them did",
        "all 10 good events to take effect once",
    ),
    Mutant(
        "WH-77",
        '    subject = data.get("conversation_id")\n',
        '    subject = data.get("conversation_id")\n    log.info("took %s", event)\n',
        "its log holds a name, an e-mail address, a phone number, what somebody wrote",
        "a log without any",
    ),
]
