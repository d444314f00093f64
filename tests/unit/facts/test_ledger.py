from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.facts.ledger import (
    Decided,
    Incident,
    Ledger,
    Observed,
    Output,
    Planned,
    Record,
    RunFinished,
    RunStarted,
    Started,
    now,
)
from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.report.schema_files import ledger_schema

RECORDS: tuple[Record, ...] = (
    RunStarted("1f", "staging", ("prerelease",), "full", "shop", "0.1.0", {"uppzy.api_key": "0a1b2c3d4e5f"}),
    Planned("a[uppzy]", ("UPZ-10",), "uppzy", Severity.BLOCKER),
    Started("golive/x.py::test_a[uppzy]"),
    Observed("a[uppzy]", "observed", "202 instead of 200"),
    Decided("a[uppzy]", "golive/x.py::test_a[uppzy]", "call", Outcome.FAILED, 0.25, "no answer"),
    Output("a[uppzy]", "late\n"),
    Incident("interrupted"),
    RunFinished(Word.NO_GO, ("because",)),
)


def keep(value: Any) -> Any:
    """Mask nothing."""
    return value


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a ledger."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_record_fits_the_published_schema(tmp_path: Path) -> None:
    """Numbered from 1, with the time, one line each."""
    ledger = Ledger(tmp_path / "ledger.jsonl", keep)
    for record in RECORDS:
        ledger.write(record)
    ledger.close()

    lines = read(tmp_path / "ledger.jsonl")

    assert [line["n"] for line in lines] == list(range(1, len(RECORDS) + 1))
    validator = Draft202012Validator(ledger_schema())
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []


def test_a_line_is_there_before_the_next_one(tmp_path: Path) -> None:
    """A process that dies keeps what it knew."""
    ledger = Ledger(tmp_path / "ledger.jsonl", keep)

    ledger.write(RECORDS[0])

    assert len(read(tmp_path / "ledger.jsonl")) == 1
    ledger.close()


def test_yesterdays_ledger_is_replaced(tmp_path: Path) -> None:
    """A run's ledger holds one run."""
    (tmp_path / "ledger.jsonl").write_text("old\n", encoding="utf-8")

    Ledger(tmp_path / "ledger.jsonl", keep).close()

    assert read(tmp_path / "ledger.jsonl") == []


def test_nothing_is_written_unmasked(tmp_path: Path) -> None:
    """The whole record goes through the mask."""
    ledger = Ledger(tmp_path / "ledger.jsonl", lambda line: {**line, "text": "masked"})
    ledger.write(Incident("secret"))
    ledger.close()

    assert read(tmp_path / "ledger.jsonl")[0]["text"] == "masked"


def test_threads_do_not_mix_lines(tmp_path: Path) -> None:
    """Eight threads, four hundred lines, every number once and in order."""
    ledger = Ledger(tmp_path / "ledger.jsonl", keep)

    def write() -> None:
        for _ in range(50):
            ledger.write(Incident("x" * 2000))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()

    assert [line["n"] for line in read(tmp_path / "ledger.jsonl")] == list(range(1, 401))


def test_after_the_end_nothing_is_taken(tmp_path: Path) -> None:
    """Writing to a closed ledger is an error, not a silent loss."""
    ledger = Ledger(tmp_path / "ledger.jsonl", keep)
    ledger.close()

    with pytest.raises(ValueError, match="closed file"):
        ledger.write(Incident("late"))


def test_moments_are_utc_to_the_second() -> None:
    """As the verdict file's layout wants them."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now())
