"""A run beside the one before it, and beside the last GO."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pytest_golive.facts.outcome import Outcome, Severity
from pytest_golive.readiness.last_run import Changed, Compared, Remembered, changed, compared, memory, outcomes_of
from pytest_golive.readiness.provenance import hashes
from pytest_golive.readiness.verdict import DecidedRule

SUITES = ("prerelease",)


def decided(**outcomes: str) -> list[DecidedRule]:
    """Return rules by what became of them."""
    return [
        DecidedRule(name.replace("_", "-"), "holds", "uppzy", Outcome(outcome), Severity.MAJOR)
        for name, outcome in outcomes.items()
    ]


BEFORE = Remembered(
    "2026-11-20T09:00:00Z",
    "NO-GO",
    "a" * 40,
    {"golive.yaml": "1", "pack uppzy": "1", "waivers": "1"},
    {"uppzy UPZ-01": "failed", "uppzy UPZ-02": "failed", "uppzy UPZ-03": "passed", "uppzy UPZ-04": "failed"},
)


def test_what_became_of_the_rules() -> None:
    """New, fixed, still failing, newly waived; what is only not verified any more is not fixed."""
    now = decided(UPZ_01="failed", UPZ_02="passed", UPZ_03="failed", UPZ_04="not_verified", UPZ_05="waived")

    assert compared(now, BEFORE) == Compared(
        "2026-11-20T09:00:00Z",
        "NO-GO",
        "a" * 40,
        new=("uppzy UPZ-03",),
        fixed=("uppzy UPZ-02",),
        still_failing=("uppzy UPZ-01",),
        newly_waived=("uppzy UPZ-05",),
    )
    assert compared(now, None) is None


def test_what_changed_since_the_last_go() -> None:
    """The commit, and each thing that a verdict rests upon."""
    told = changed("b" * 40, {"golive.yaml": "2", "pack uppzy": "1", "attestations": "1"}, BEFORE)

    assert told == Changed(
        "2026-11-20T09:00:00Z",
        "a" * 40,
        (
            "commit aaaaaaaaaaaa is bbbbbbbbbbbb now",
            "golive.yaml changed",
            "attestations is new",
            "waivers is gone",
        ),
    )
    assert changed("b" * 40, {}, None) is None
    assert changed(None, {}, Remembered("t", "GO")) == Changed("t", None, ())


def test_only_a_go_is_kept_as_one(tmp_path: Path) -> None:
    """By suites: what the weekly review says is compared with the last review."""
    kept = memory(tmp_path, "staging")
    kept.path.parent.mkdir(parents=True)
    go = Remembered("1", "GO WITH WAIVERS", None, {}, outcomes_of(decided(UPZ_01="passed")))
    kept.path.write_text(kept.keep(SUITES, go))
    kept.path.write_text(kept.keep(SUITES, Remembered("2", "NO-GO")))

    assert (kept.last_go(SUITES), kept.last(SUITES)) == (go, Remembered("2", "NO-GO"))
    assert kept.last(("weekly",)) is None
    assert kept.path == tmp_path / ".golive" / "last" / "staging.json"


@pytest.mark.parametrize("text", ["", "x", "[]", '{"prerelease": {"last": {"odd": 1}}}'])
def test_a_file_that_is_none_of_golives(tmp_path: Path, text: str) -> None:
    """Says nothing, and ends nothing."""
    kept = memory(tmp_path, "staging")
    kept.path.parent.mkdir(parents=True)
    kept.path.write_text(text)

    assert kept.last(SUITES) is None


def test_what_a_verdict_rests_upon(tmp_path: Path) -> None:
    """The files that are there, the packs that are used, and golive itself."""
    (tmp_path / "golive.yaml").write_text("golive: 1\n")

    told = hashes({"golive.yaml": tmp_path / "golive.yaml", "waivers": tmp_path / "gone.yaml"}, ["uppzy"])

    assert list(told) == ["golive.yaml", "pack uppzy", "pytest-golive"]
    assert told["golive.yaml"] == hashlib.sha256(b"golive: 1\n").hexdigest()
    assert all(len(each) == 64 for each in told.values())
    (tmp_path / "golive.yaml").write_text("golive: 1\n# more\n")
    again = hashes({"golive.yaml": tmp_path / "golive.yaml"}, ["uppzy"])
    assert again["golive.yaml"] != told["golive.yaml"]
    assert again["pack uppzy"] == told["pack uppzy"]
