"""There is more than one right way to try again and to wait: none of these raises an alarm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clients.client_mutants import Mutant, written
from tests.clients.client_programs import setup_of
from tests.clients.client_runs import cases_of, tried, under_test
from tests.clients.mutants_of_retrying import AGAIN
from tests.clients.mutants_of_waiting import BACKOFF, BUDGET, LEARN, NO_BUDGET, NO_REST, REST, TRIES

PLAIN = (
    (BUDGET, NO_BUDGET),
    (REST, NO_REST),
    (LEARN, "            self._host.learn(trouble, None)\n"),
    ("                self._limit = max(1.0, self._limit / 2)\n", "                pass\n"),
)
"""Each call for itself: no budget, no breaker, no pause for all, one call after the other."""

NAMED = '        name, arguments = call["operation"], call["arguments"]\n'
LOOK = '        self._http.get(call["base_url"] + "/me", headers=api.headers_of(VENDOR, call["api_key"]))\n'

SHOWN_BY_STYLE = [f"CL-{number:02d}" for number in (1, 2, 3, 5, 7, 12, 16, 17, 19, 20, 23, 24, 25, 27, 29, 30, 35, 36)]
"""The faults of retrying and waiting that a style may come near to."""

WAYS: dict[str, tuple[str, list[str], tuple[tuple[str, str], ...]]] = {
    "many tries with full jitter, new connections, and a look at the account first": (
        "timely",
        ["list_contacts", "create_contact"],
        (
            *PLAIN,
            (TRIES, "TRIES = 8\n"),
            (BACKOFF, "    return random.uniform(0, min(0.6, longest))\n"),
            ("max_keepalive_connections=8", "max_keepalive_connections=0"),
            (NAMED, NAMED + LOOK),
        ),
    ),
    "two tries, the second at once, and no write ever again": (
        "uppzy",
        ["get_limits", "create_text_document", "chat_async_and_wait"],
        (
            *PLAIN,
            (TRIES, "TRIES = 2\n"),
            (BACKOFF, "    return 0.0\n"),
            (AGAIN, '            again = route.safe and trouble != ""\n'),
        ),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_right_way_raises_no_alarm(way: str, tmp_path: Path) -> None:
    vendor, operations, patches = WAYS[way]
    (old, new), *more = patches
    source = written(Mutant("", old, new, "", "", more=tuple(more)), tmp_path)
    changes: dict[str, Any] = {"concurrent": False, "operations": operations}
    setup = setup_of("httpx", vendor, tmp_path, source=source, environ={"EXAMPLE": str(tmp_path)}, **changes)
    with under_test(setup) as lab:
        outcomes = tried(lab, cases_of(setup, SHOWN_BY_STYLE))

    assert {case: told for case, told in outcomes.items() if told.startswith(("alarm", "broken"))} == {}
