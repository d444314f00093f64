"""What is no failure, and worth knowing: an integer that comes out as another one."""

from __future__ import annotations

from pathlib import Path

from pytest_golive.facts.current import CheckRecord, recording
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import outcome, under_test

FLOATS = Mutant(
    "CL-56", "parse_constant=_no_constant", "parse_int=float", "", "", source="vendor_api.py", vendor="uppzy"
)

SILENT = Mutant(
    "CL-52", '    sys.stderr.write(json.dumps({"event"', '    str(json.dumps({"event"', "", "", vendor="uppzy"
)


def test_an_integer_that_is_read_as_a_float_is_a_warning(tmp_path: Path) -> None:
    """RFC 8259 allows it, and JavaScript does it."""
    record = CheckRecord("x")
    with under_test(mutant_setup(FLOATS, tmp_path)) as lab, recording(record):
        told = outcome(lab, "CL-56", "get_limits")

    assert told == "not verified: not applicable: no answer of get_limits holds such numbers"
    assert record.warnings == ["the client reads the integer 9007199254740993 as 9007199254740992.0"]


def test_a_client_without_a_log_is_not_judged_by_it(tmp_path: Path) -> None:
    """It may log elsewhere."""
    with under_test(mutant_setup(SILENT, tmp_path)) as lab:
        told = outcome(lab, "CL-52", "get_limits")

    assert told == "not verified: not applicable: it writes no log to standard error or standard output"
