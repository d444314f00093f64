"""The verdict again, from the ledger alone; and of several of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.ledger import (
    Decided,
    Incident,
    Ledger,
    Observed,
    Planned,
    Record,
    RulePlanned,
    RunFinished,
    RunStarted,
    digest_of,
)
from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.readiness.from_ledger import BrokenLedger, joined, read_ledger, verdict_of

BEGIN = RunStarted("1f", "staging", ("prerelease",), "full", "shop", "0.1.0", commit="abc", hashes={"golive.yaml": "1"})
FAILED = Decided(
    "a[uppzy]",
    "golive/x.py::test_a[uppzy]",
    "call",
    Outcome.FAILED,
    0.2,
    "that",
    "it must",
    Severity.BLOCKER,
    ("UPZ-10",),
)
PLAN: tuple[Record, ...] = (
    Planned("a[uppzy]", ("UPZ-10",), "uppzy", Severity.BLOCKER, "ten holds"),
    Planned("b[uppzy]", ("UPZ-11",), "uppzy", Severity.MAJOR, "eleven holds"),
    RulePlanned("UPZ-10", "uppzy", "ten holds", Severity.BLOCKER, ("a[uppzy]",)),
    RulePlanned("UPZ-11", "uppzy", "eleven holds", Severity.MAJOR, ("b[uppzy]",), waived="known (accepted by Ana)"),
)


def passed(check: str, **more: Any) -> Decided:
    """Return that a check passed."""
    return replace(FAILED, check=check, test=f"golive/x.py::test_{check}", outcome=Outcome.PASSED, actual="", **more)


def keep(value: Any) -> Any:
    """Mask nothing."""
    return value


def write(path: Path, *records: Record) -> Path:
    """Write a ledger."""
    ledger = Ledger(path, keep)
    for record in records:
        ledger.write(record)
    ledger.close()
    return path


def finished(*reasons: str, word: Word = Word.INCONCLUSIVE) -> RunFinished:
    """Return the last line."""
    return RunFinished(word, reasons)


def test_the_verdict_follows_from_the_ledger(tmp_path: Path) -> None:
    """Word and reasons, with waivers, the team's own tests and incidents."""
    own = replace(passed("test_shop.py::test_own"), rules=("SHOP-01",), outcome=Outcome.OBSERVED, requirement="")
    seen = Observed("test_shop.py::test_own", "observed", "202, not 200")
    waived = replace(FAILED, check="b[uppzy]", outcome=Outcome.WAIVED, rules=("UPZ-11",), severity=Severity.MAJOR)
    path = write(
        tmp_path / "l.jsonl", BEGIN, *PLAN, FAILED, waived, seen, own, Incident("odd", Word.NO_GO), finished("x")
    )

    verdict = verdict_of(read_ledger(path))

    assert verdict.word is Word.NO_GO
    assert verdict.reasons == ("odd", "UPZ-10 blocker failed: it must; seen: that")
    assert [(rule.rule, rule.outcome.value, rule.why) for rule in verdict.rules] == [
        ("UPZ-10", "failed", "it must; seen: that"),
        ("UPZ-11", "waived", "known (accepted by Ana); it must; seen: that"),
        ("SHOP-01", "observed", "202, not 200"),
    ]


def test_a_ledger_that_ends_early_is_never_green(tmp_path: Path) -> None:
    """What was to report and did not is told, and that the run did not finish."""
    verdict = verdict_of(read_ledger(write(tmp_path / "l.jsonl", BEGIN, *PLAN, passed("a[uppzy]"))))

    assert verdict.word is Word.INCONCLUSIVE
    assert verdict.reasons == (
        "the run did not finish",
        "UPZ-11 major inconclusive: b[uppzy] did not report",
    )


def test_a_partial_run_stays_one(tmp_path: Path) -> None:
    """It never says GO."""
    path = write(
        tmp_path / "l.jsonl", replace(BEGIN, scope="partial"), *PLAN, passed("a[uppzy]"), passed("b[uppzy]"), finished()
    )

    assert verdict_of(read_ledger(path)).reasons == ("a run of partial scope never says GO",)


BROKEN = "the chain is broken: this line does not follow the one before it"


def changed(lines: list[str], number: int, **changes: object) -> list[str]:
    """Return the lines with one of them rewritten."""
    return [*lines[:number], json.dumps({**json.loads(lines[number]), **changes}), *lines[number + 1 :]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda lines: changed(lines, 5, outcome="passed"),
            ":7: the chain is broken: this line does not follow the one before it",
        ),
        (
            lambda lines: [*lines[:5], *lines[6:]],
            ":6: the chain is broken: this line does not follow the one before it",
        ),
        (lambda lines: lines[1:], ":1: a ledger begins with run_started; lines before this one are missing"),
        (lambda lines: [*lines, "x"], ":8: this is no line of a ledger"),
        (lambda lines: [*lines, "{}"], ":8: this is no line of a ledger"),
        (
            lambda lines: [*lines, json.dumps({"fact": "decided", "before": digest_of(lines[-1])})],
            ":8: this line lacks what it has to tell",
        ),
    ],
)
def test_a_ledger_that_was_changed(tmp_path: Path, change: Any, told: str) -> None:
    """Where the chain is broken."""
    path = write(tmp_path / "l.jsonl", BEGIN, *PLAN, FAILED, finished())
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")

    with pytest.raises(BrokenLedger) as problem:
        read_ledger(path)

    assert str(problem.value) == f"{path}{told}"


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """Not there, or something else."""
    with pytest.raises(BrokenLedger) as gone:
        read_ledger(tmp_path / "gone")
    (tmp_path / "zip").write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenLedger) as binary:
        read_ledger(tmp_path / "zip")

    assert str(gone.value) == f"{tmp_path / 'gone'} cannot be read: No such file or directory"
    assert str(binary.value) == f"{tmp_path / 'zip'} is no ledger: it is not UTF-8 text"


def shards(folder: Path, *each: Sequence[Record]) -> list[Any]:
    """Write ledgers of one release, and read them."""
    return [read_ledger(write(folder / f"{number}.jsonl", *records)) for number, records in enumerate(each)]


def test_shards_are_one_run_together(tmp_path: Path) -> None:
    """What one of them did not run, another one did; their own words were INCONCLUSIVE."""
    partial = replace(BEGIN, scope="partial")
    told = shards(
        tmp_path,
        (partial, *PLAN, passed("a[uppzy]"), finished()),
        (partial, *PLAN, passed("b[uppzy]"), finished()),
    )

    verdict = joined(told)

    assert (verdict.word, verdict.reasons, verdict.scope) == (Word.GO, (), "full")


def test_what_no_shard_ran_is_missed(tmp_path: Path) -> None:
    """A check that nobody ran, and a shard that did not come to its end."""
    told = shards(tmp_path, (BEGIN, *PLAN, passed("a[uppzy]"), finished()), (BEGIN, *PLAN))

    assert joined(told).reasons == (
        "1.jsonl: the run did not finish",
        "UPZ-11 major inconclusive: b[uppzy] did not report",
    )


def test_rules_that_every_shard_left_out_are_missed(tmp_path: Path) -> None:
    """With --golive-only each shard plans its own rules, and tells which it left out."""
    first = replace(BEGIN, left_out=("UPZ-11", "UPZ-12", "UPZ-13", "UPZ-14", "UPZ-15"))
    second = replace(BEGIN, left_out=("UPZ-10", "UPZ-12", "UPZ-13", "UPZ-14", "UPZ-15"))
    told = shards(
        tmp_path,
        (first, PLAN[0], PLAN[2], passed("a[uppzy]"), finished()),
        (second, PLAN[1], PLAN[3], passed("b[uppzy]"), finished()),
    )

    assert joined(told).reasons == ("no shard was asked for UPZ-12, UPZ-13, UPZ-14 and 1 more",)


def test_the_worst_of_all_shards_counts(tmp_path: Path) -> None:
    """A check that passed in one and failed in another has failed."""
    both = (passed("a[uppzy]"), passed("b[uppzy]"))
    told = shards(tmp_path, (BEGIN, *PLAN, *both, finished()), (BEGIN, *PLAN, FAILED, finished()))

    assert joined(told).word is Word.NO_GO


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"environment": "production"}, "its environment is production, and {first} staging"),
        ({"commit": "def"}, "its commit is def, and {first} abc"),
        ({"hashes": {"golive.yaml": "2"}}, ""),
    ],
)
def test_shards_of_different_releases(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    """They say nothing together."""
    both = shards(tmp_path, (BEGIN, finished()), (replace(BEGIN, **change), finished()))

    with pytest.raises(BrokenLedger) as problem:
        joined(both)

    first = tmp_path / "0.jsonl"
    if "hashes" in change:
        assert str(problem.value) == f"{tmp_path / '1.jsonl'} is of another release than {first}: golive.yaml differs"
    else:
        assert str(problem.value) == f"{tmp_path / '1.jsonl'} is of another release: {told.format(first=first)}"


def test_a_waiver_that_all_shards_show_to_be_needless(tmp_path: Path) -> None:
    """No shard alone could tell."""
    needed = Planned("accepted_gap_is_needed[UPZ-11]", ("UPZ-11",), None, Severity.MAJOR, "waiver UPZ-11")
    told = shards(
        tmp_path,
        (BEGIN, *PLAN, needed, passed("a[uppzy]"), finished()),
        (BEGIN, *PLAN, needed, passed("b[uppzy]"), finished()),
    )

    assert joined(told).reasons == ("waiver UPZ-11: UPZ-11 holds without it: take it out",)
