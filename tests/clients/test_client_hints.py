"""What is told as a hint, and never fails: headers that nobody has to read, a budget that no vendor asks for."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.current import CheckRecord, recording
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import under_test
from tests.clients.mutants_of_waiting import BUDGET, NO_BUDGET, NO_REST, REST

BLIND = Mutant(
    "CL-33",
    "            empty = api.nothing_left(reply) if reply is not None else None\n",
    "            empty = None\n",
    "",
    "",
    vendor="augno",
)
LAVISH = Mutant("CL-30", BUDGET, NO_BUDGET, "", "", more=((REST, NO_REST),))


def warnings_of(mutant: Mutant, folder: Path) -> list[str]:
    with under_test(mutant_setup(mutant, folder)) as lab, recording(CheckRecord("x")) as record:
        try_fault(lab, mutant.fault)
    return record.warnings


def test_hints(tmp_path: Path) -> None:
    """Together, since they mostly wait."""
    with ThreadPoolExecutor(3) as pool:
        blind, reading, lavish = pool.map(
            warnings_of,
            (BLIND, replace(BLIND, new=BLIND.old), LAVISH),
            (tmp_path / name for name in ("blind", "reading", "lavish")),
        )

    assert len(blind) == 1
    assert re.fullmatch(
        r"list_units was sent 0\.\d\d s later than an answer that said that nothing is left; "
        r"better: no request for the 3\.00 s until the reset",
        blind[0],
    )
    assert reading == []
    assert lavish == ["in an outage each call makes 4.0 requests, and no budget holds for all calls together"]
