"""The files people write: every mistake is told with its line and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.people.files import read_attestations, read_waivers
from pytest_golive.people.rules_known import known_rules

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENVIRONMENTS = ("staging", "production")

WORD = {
    "rule": "TIM-24",
    "statement": "I got the notification.",
    "by": "Ana <ana@shop.example>",
    "role": "attendant",
    "at": "2026-11-20",
    "evidence": "https://shop.example/1",
}
GAP = {"rule": "TIM-26", "reason": "none is sent", "owner": "Ben", "approver": "Ana", "until": "2026-12-31"}


def written(path: Path, name: str, *records: Mapping[str, object]) -> Path:
    """Write records, one a line from the third on."""
    lines = [f"  - {{{', '.join(f'{key}: {value!r}' for key, value in record.items())}}}\n" for record in records]
    path.write_text(f"golive: 1\n{name}:\n{''.join(lines)}", encoding="utf-8")
    return path


def mistakes(path: Path, name: str, *records: Mapping[str, object]) -> list[str]:
    """Return what is told of records."""
    file = written(path / f"{name}.yaml", name, *records)
    read = read_attestations if name == "attestations" else read_waivers
    try:
        read(file, known_rules(), ENVIRONMENTS, NOW)
    except Mistakes as told:
        return list(map(str, told.mistakes))
    return []


def test_right_files_are_read(tmp_path: Path) -> None:
    """With the lines of their records, and the ceiling."""
    words = read_attestations(written(tmp_path / "a.yaml", "attestations", WORD), known_rules(), ENVIRONMENTS, NOW)
    gaps = read_waivers(written(tmp_path / "w.yaml", "waivers", GAP), known_rules(), ENVIRONMENTS, NOW)

    assert (words.place(words.records[0]), gaps.place(gaps.records[0])) == ("a.yaml:3", "w.yaml:3")
    assert gaps.ceiling == 10


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"by": ""}, "by: is empty, and needs a value"),
        ({"by": "<name>"}, "by: is not filled in"),
        ({"evidence": "todo"}, "evidence: is not filled in"),
        ({"at": "2026-11-31"}, "at: is no day of the calendar, as 2026-11-21"),
        ({"at": "2026-11-25"}, "at: lies in the future"),
        ({"expires": "2026-11-01"}, "expires: lies before the day on which it was said"),
        ({"rule": "TIM-99"}, "rule: no rule has the id 'TIM-99'; did you mean TIM-29?"),
        ({"rule": "TIM-10"}, "rule: no person's word decides TIM-10"),
        (
            {"environment": "prod"},
            (
                "environment: there is no environment 'prod' in golive.yaml; did you mean production? "
                "There is: staging, production"
            ),
        ),
        (
            {"evidence": "a.png"},
            "evidence: a file needs its SHA-256 beside it: sha256: …, which `golive attest` writes",
        ),
        ({"sha256": "0" * 64}, "sha256: goes with a file; this evidence is an address"),
        ({"example": True}, "example: is made up for the sandbox; a person has to vouch for it here"),
    ],
)
def test_a_wrong_attestation(tmp_path: Path, change: Mapping[str, object], told: str) -> None:
    """One mistake, one line."""
    found = mistakes(tmp_path, "attestations", {**WORD, **change})

    if change == {"by": ""}:
        assert len(found) == 1
        assert found[0].startswith("attestations.yaml:3: attestations[0].by: ")
    else:
        assert found == [f"attestations.yaml:3: attestations[0].{told}"]


@pytest.mark.parametrize("key", ["statement", "by", "role", "at", "evidence"])
def test_an_attestation_without_what_makes_it_one(tmp_path: Path, key: str) -> None:
    """Unnamed, undated, or without evidence it is none."""
    found = mistakes(tmp_path, "attestations", {name: value for name, value in WORD.items() if name != key})

    assert len(found) == 1
    assert key in found[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rule": "TIM-05"}, "rule: TIM-05 is a blocker: it cannot be waived"),
        ({"rule": "UPZ-999"}, "rule: no rule has the id 'UPZ-999'; did you mean UPZ-99?"),
        ({"approver": "ben"}, "approver: is the owner; somebody else has to accept the gap"),
        (
            {"vendor": "timly"},
            "vendor: unknown vendor 'timly'; did you mean timely? There are: augno, selwise, timely, uppzy",
        ),
        ({"until": "2027-02-30"}, "until: is no day of the calendar, as 2026-11-21"),
        ({"until": "2027-02-21"}, "until: is more than 90 days ahead; a gap is accepted anew after that"),
        ({"at": "2026-10-01"}, "until: is more than 90 days ahead; a gap is accepted anew after that"),
        ({"at": "2026-11-20", "until": "2026-11-19"}, "until: lies before the day on which it was accepted"),
        ({"reason": "tbd"}, "reason: is not filled in"),
    ],
)
def test_a_wrong_waiver(tmp_path: Path, change: Mapping[str, object], told: str) -> None:
    """Blockers are refused, and what nobody could approve."""
    assert mistakes(tmp_path, "waivers", {**GAP, **change}) == [f"waivers.yaml:3: waivers[0].{told}"]


@pytest.mark.parametrize("key", ["rule", "reason", "owner", "approver", "until"])
def test_a_waiver_without_what_makes_it_one(tmp_path: Path, key: str) -> None:
    """No gap is accepted for ever, by nobody, or for no reason."""
    found = mistakes(tmp_path, "waivers", {name: value for name, value in GAP.items() if name != key})

    assert len(found) == 1
    assert key in found[0]


def test_the_last_day_a_gap_may_have(tmp_path: Path) -> None:
    """Ninety days ahead is right; the day is counted whole."""
    assert mistakes(tmp_path, "waivers", {**GAP, "until": "2027-02-19"}) == []


def test_one_gap_is_waived_once(tmp_path: Path) -> None:
    """Two records of one gap would say two things; of two environments they do not."""
    assert mistakes(tmp_path, "waivers", GAP, GAP) == ["waivers.yaml:4: waivers[1].rule: is waived already in line 3"]
    there = {**GAP, "environment": "production"}
    assert mistakes(tmp_path, "waivers", GAP, there) == []


def test_rules_of_the_teams_own(tmp_path: Path) -> None:
    """Ids that begin like no vendor's are known once the tests are collected."""
    assert mistakes(tmp_path, "waivers", {**GAP, "rule": "SHOP-07"}) == []
    assert len(mistakes(tmp_path, "attestations", {**WORD, "rule": "SHOP-07"})) == 1


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Not one after the other."""
    wrong = {**WORD, "by": "tbd", "at": "2026-11-31"}

    assert len(mistakes(tmp_path, "attestations", wrong, wrong)) == 4
