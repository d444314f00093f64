"""Personal data in a client's log is told, and fails nothing: whose it is, golive cannot know."""

from __future__ import annotations

from pathlib import Path

from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.current import CheckRecord, recording
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import under_test

CHATTY = Mutant(
    "CL-75",
    "        api.checked(route, arguments)\n",
    '        api.checked(route, arguments)\n        log("called", arguments=arguments)\n',
    "",
    "",
)


def test_what_a_call_was_made_with_is_told_where_it_stands_in_the_log(tmp_path: Path) -> None:
    with under_test(mutant_setup(CHATTY, tmp_path)) as lab, recording(CheckRecord("x")) as record:
        try_fault(lab, "CL-75", "create_contact")

    assert record.warnings == ["the log holds what calls were made with about a person: email"]
