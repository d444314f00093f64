"""Mutants that wait too little, too long, or not at all, and those that send too much."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant
from tests.clients.mutants_of_retrying import LOOP, SESSION, by_urllib3

ASKED = "            asked = api.retry_after(reply) if reply is not None else None\n"
PAUSE = "            pause = max(pause_before(attempt), asked or 0.0)\n"
LEARN = "            self._host.learn(trouble, asked if trouble else empty)\n"
ALONE = "            self._host.learn(trouble, None if trouble else empty)\n"
"""What is asked of one call holds for that call only."""

TRIES = "TRIES = 4\n"
BUDGET = "            return self._retries >= 0\n"
NO_BUDGET = "            return True\n"
REST = "                if self._failures >= 2 * TRIES:\n"
NO_REST = "                if self._failures >= 1_000_000:\n"
BACKOFF = "    return longest / 2 + random.uniform(0, longest / 2)  # noqa: S311  # spreads load, guards nothing\n"
DEADLINE = "            last = attempt + 1 == TRIES or time.monotonic() + pause >= deadline\n"

REMEMBER = "        global BEGAN\n        BEGAN = BEGAN or time.monotonic()\n"

AT_LEAST_2 = "at least 2.00 s before the next try"

MUTANTS: list[Mutant] = [
    # What aiohttp-retry does: its own pauses, whatever the answer says.
    Mutant(
        "CL-17",
        PAUSE,
        "            pause = pause_before(attempt)\n",
        AT_LEAST_2,
        "list_contacts was sent again NUMBER s after a 429 with Retry-After: 2",
        more=((LEARN, ALONE),),
    ),
    # What aiohttp-retry does.
    Mutant(
        "CL-17",
        "                wait = api.retry_after(reply)\n",
        "                wait = None\n",
        AT_LEAST_2,
        "create_contact was sent again NUMBER s after a 429 with Retry-After: 2",
        source="aiohttp_client.py",
        operation="create_contact",
        name="by aiohttp-retry",
    ),
    # Seconds, taken for milliseconds.
    Mutant(
        "CL-17",
        "  if (/^[0-9]+$/.test(value)) return Number(value);\n",
        "  if (/^[0-9]+$/.test(value)) return Number(value) / 1000;\n",
        AT_LEAST_2,
        "list_contacts was sent again NUMBER s after a 429 with Retry-After: 2",
        source="node_client.mjs",
        name="in Node",
    ),
    # Reads seconds, and nothing else.
    Mutant(
        "CL-18",
        "    try:\n        until = parsedate_to_datetime(value).timestamp()\n"
        "    except ValueError:\n        return None\n",
        "    if not value.isdigit():\n        return None\n    until = 0.0\n",
        "at least 3.00 s before the next try",
        "list_contacts was sent again NUMBER s after a 429 whose Retry-After was 4.00 s away",
        source="vendor_api.py",
    ),
    # In an office near Greenwich it works.
    Mutant(
        "CL-18",
        "until = parsedate_to_datetime(value).timestamp()\n",
        "until = parsedate_to_datetime(value).replace(tzinfo=None).timestamp()\n",
        "at least 3.00 s before the next try",
        "list_contacts was sent again NUMBER s after a 429 whose Retry-After was 4.00 s away",
        source="vendor_api.py",
        name="local time",
    ),
    # What urllib3 does: a value that cannot be read raises, and the loop ends.
    Mutant(
        "CL-19",
        ASKED,
        "            asked = api.retry_after(reply) if reply is not None else None\n"
        '            if asked is None and reply is not None and "retry-after" in reply.headers:\n'
        "                raise api.later()\n",
        "another try after a pause of its own",
        "list_contacts was answered 429 with Retry-After 'abc'; the call failed",
    ),
    # The real one.
    Mutant(
        "CL-19",
        LOOP,
        LOOP.replace("range(4)", "range(1)"),
        "another try after a pause of its own",
        "list_contacts was answered 429 with Retry-After 'abc'; the call failed",
        source="requests_client.py",
        name="by urllib3",
        more=by_urllib3(3),
    ),
    # What httpx-retries does: its own cap on what is asked for.
    Mutant(
        "CL-20",
        ASKED,
        "            asked = min(1.5, api.retry_after(reply) or 0.0) if reply is not None else None\n",
        "at least 10.0 s before the next try",
        "list_contacts was sent again NUMBER s after a 429 with Retry-After: 10",
    ),
    # Waits for whatever it is asked to.
    Mutant(
        "CL-21",
        "            again = trouble in (",
        "            if asked:\n                time.sleep(asked)\n            again = trouble in (",
        "the call to fail within its own promise",
        "after Retry-After: 86400, the client crashed: it gave no answer for 8 sTEXT",
    ),
    Mutant(
        "CL-22",
        ASKED,
        "            asked = api.retry_after(reply) if reply is not None and reply.status == 429 else None\n",
        AT_LEAST_2,
        "list_contacts was sent again NUMBER s after a 503 with Retry-After: 2",
    ),
    # Takes the header's word for everything, that of a clock gone wrong too.
    Mutant(
        "CL-23",
        PAUSE,
        "            pause = pause_before(attempt) if asked is None else asked\n",
        "a pause before a retry (0.05 s and more)",
        "list_contacts was sent again 3 times with a Retry-After in the past, after at most NUMBER s each",
    ),
    Mutant(
        "CL-24",
        PAUSE,
        "            pause = asked or 0.0\n",
        "a pause before a retry (0.05 s and more)",
        "list_contacts was sent again 3 times, after at most NUMBER s each",
    ),
    Mutant(
        "CL-25",
        BACKOFF,
        "    return RETRY_BASE_SECONDS + random.uniform(0, 0.01) + 0 * longest\n",
        "pauses that grow (the longest at least 1.3 times the shortest)",
        "list_units was sent again after NUMBER s, NUMBER s and NUMBER s",
        vendor="augno",
        environ={"RETRY_BASE_SECONDS": "0.3"},
    ),
    # What urllib3 does by itself: its jitter is off.
    Mutant(
        "CL-26",
        BACKOFF,
        "    return longest\n",
        "pauses that differ (the shorter half by NUMBER ms and more)",
        "10 first pauses around NUMBER s, the shorter half within NUMBER ms",
        vendor="augno",
        environ={"RETRY_BASE_SECONDS": "0.8"},
    ),
    Mutant(
        "CL-27",
        TRIES,
        "TRIES = 1_000_000\n",
        "at most 10 tries",
        "create_contact was sent NUMBER times",
        operation="create_contact",
        environ={"RETRY_BASE_SECONDS": "0.05"},
        more=((BUDGET, NO_BUDGET), (BACKOFF, "    return 0.1\n"), (DEADLINE, "            last = False\n")),
    ),
    # Each try has its time, the call as a whole has none.
    Mutant(
        "CL-28",
        "        deadline = time.monotonic() + CALL_SECONDS\n        name,",
        "        deadline = time.monotonic() + 3600\n        name,",
        "an end within 8 s",
        "list_contacts: the client crashed: it gave no answer for 8 sTEXT",
        environ={"TRY_SECONDS": "5"},
    ),
    # The library tries three times, and so does the code around it.
    Mutant(
        "CL-29",
        '        reply = self._tried(route, call["operation"], request, deadline)\n',
        "        for round_ in range(3):\n"
        "            try:\n"
        '                reply = self._tried(route, call["operation"], request, deadline)\n'
        "                break\n"
        "            except Failed:\n"
        "                if round_ == 2:\n"
        "                    raise\n"
        "                time.sleep(0.9)\n",
        "one layer that tries again, at most 5 tries",
        "list_units was sent 9 times: 3 bursts of 3, each with the same pauses",
        vendor="augno",
        environ={"RETRY_BASE_SECONDS": "0.3"},
        more=((TRIES, "TRIES = 3\n"), (BUDGET, NO_BUDGET), (REST, NO_REST), (BACKOFF, "    return longest\n")),
    ),
    # urllib3 tries three times, and nobody told the code around it.
    Mutant(
        "CL-29",
        SESSION,
        by_urllib3(2)[0][1],
        "one layer that tries again, at most 5 tries",
        "list_units was sent 12 times: 4 bursts of 3, each with the same pauses",
        vendor="augno",
        source="requests_client.py",
        name="with urllib3",
        more=by_urllib3(2)[1:],
    ),
    # What failed is put into a queue, and sent for ever from there.
    Mutant(
        "CL-30",
        "        raise api.later()\n\n    def _sent(",
        "        def go_on() -> None:\n"
        "            while True:\n"
        "                time.sleep(0.3)\n"
        "                self._sent(route, request, time.monotonic() + 5)\n\n"
        "        threading.Thread(target=go_on, daemon=True).start()\n"
        "        raise api.later()\n\n    def _sent(",
        "at most 40 requests, and none for calls that have ended",
        "4 calls made NUMBER requests, NUMBER of them after the last had ended",
    ),
    Mutant(
        "CL-31",
        LEARN,
        ALONE,
        "no call before the time the vendor named",
        "another call was sent NUMBER s after a 429 with Retry-After: 2",
    ),
    Mutant(
        "CL-32",
        "                self._limit = max(1.0, self._limit / 2)\n",
        "                pass\n",
        "fewer requests at once, or in the same time, while 429 lasts",
        "NUMBER requests, NUMBER at once, and later NUMBER, NUMBER at once",
        vendor="augno",
        more=(
            (TRIES, "TRIES = 6\n"),
            (BUDGET, NO_BUDGET),
            (BACKOFF, "    return 0.2\n"),
        ),
    ),
    # What fails waits until somebody finds that the vendor is back, and then goes all at once.
    Mutant(
        "CL-34",
        "            time.sleep(pause)\n",
        "            time.sleep(max(0.0, BEGAN + 6.0 - time.monotonic()))\n",
        "fewer than 70% of the calls within 0.1 s of each other",
        "NUMBER of 10 calls came within 0.1 s, asked over 1.35 s",
        environ={"CALL_SECONDS": "20"},
        changes={"call_seconds": 20},
        more=(
            (BUDGET, NO_BUDGET),
            (REST, NO_REST),
            (
                "        for attempt in range(TRIES):\n",
                REMEMBER + "        for attempt in range(TRIES):\n",
            ),
            ("class Calls:\n", "BEGAN = 0.0\n\n\nclass Calls:\n"),
        ),
    ),
    # Counts failures, and never down again.
    Mutant(
        "CL-35",
        '                if trouble == "":\n                    return succeeded(reply)\n',
        "                broken = self._host._failures > 3\n"
        '                if trouble == "" and not broken:\n                    return succeeded(reply)\n',
        "a call that succeeds again",
        "asked NUMBER times in the NUMBER s after the outage, with NUMBER requests of which NUMBER succeeded: "
        "the call failed",
        more=((REST, NO_REST), ("                self._failures = 0\n", "                pass\n")),
    ),
    Mutant(
        "CL-36",
        "            time.sleep(POLL_SECONDS)\n",
        "            time.sleep(0.05)\n",
        "0.50 s and more between polls",
        "NUMBER polls, 0.NUMBER s apart on the average",
        vendor="uppzy",
        name="too fast",
    ),
    Mutant(
        "CL-36",
        "        deadline = min(deadline, time.monotonic() + POLL_BUDGET_SECONDS)\n",
        "        deadline = time.monotonic() + 3600\n",
        "the call to fail once its budget is spent",
        "NUMBER times polled over NUMBER s, and the client crashed: it gave no answer for 8 sTEXT",
        vendor="uppzy",
        name="without an end",
    ),
    # Knows one final state.
    Mutant(
        "CL-36",
        '            if state.get("status") == "failed":\n                raise api.later()\n',
        "",
        "no poll after a final state",
        "NUMBER times more after the state was failed",
        vendor="uppzy",
        name="past a failure",
    ),
]
