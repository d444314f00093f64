"""Whether every rule that a release waits for is answered for: what the plan says, and what the check makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Suite
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment
from pytest_golive.people.deploy import Deploy
from pytest_golive.people.gaps import Gap
from pytest_golive.people.judging import Judged
from pytest_golive.readiness.people_cases import People
from pytest_golive.readiness.plan import Ground, PlannedCheck, make_plan
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.rule import Rule
from suites.people.test_answers import test_every_rule_is_answered_for as answers
from tests.unit.readiness.conftest import rule

ASKING = rule("UPZ-01", decided_by=[{"check": "every_rule_is_answered_for"}])
CHECKED = rule("UPZ-10", decided_by=[{"check": "a_check"}])
VOUCHED = rule("UPZ-11", decided_by=[{"attestation": "We looked."}], needs={"keys": ["attestations"]})
BOTH = rule(
    "UPZ-12", decided_by=[{"check": "a_check"}, {"attestation": "We looked."}], needs={"keys": ["attestations"]}
)
DRIVEN = rule("UPZ-13", decided_by=[{"client": "CL-05"}], needs={"keys": ["clients"]})
LATER = rule("UPZ-14", decided_by=[{"static": "a look"}], needs={"keys": ["source.repository"]})
WEEKLY = rule("UPZ-15", decided_by=[{"attestation": "We looked."}], suites=["weekly"], needs={"keys": ["attestations"]})

ATTESTED = People(attested=True)
HELD = People(attested=True, judged={("uppzy", "UPZ-11"): Judged("holds", "Ana, until 2027-01-01")})


def _planned(people: People, *rules: Rule, only: frozenset[str] = frozenset()) -> PlannedCheck:
    ground = Ground("staging", frozenset({Suite.PRERELEASE}), people=people, only=only)
    return make_plan(ground, [(read_pack("uppzy"), (ASKING, *rules))]).of("every_rule_is_answered_for")[0]


def _golive(folder: Path) -> Golive:
    environments = {"staging": Environment("staging")}
    redactor = Redactor()
    return Golive(
        environments, "staging", run="r", sandbox=False, redactor=redactor, journal=Unwritten(), repository=folder
    )


@pytest.mark.parametrize(
    ("people", "rules", "problem"),
    [
        (ATTESTED, (CHECKED, BOTH, LATER, WEEKLY), ""),
        (HELD, (CHECKED, VOUCHED), ""),
        (ATTESTED, (CHECKED, VOUCHED), "UPZ-11 (attestations)"),
        (HELD, (VOUCHED, DRIVEN), "UPZ-13 (clients)"),
    ],
)
def test_what_nobody_answers_for(people: People, rules: tuple[Rule, ...], problem: str) -> None:
    """Not what waits for another version of golive, nor what another suite asks."""
    assert _planned(people, *rules).problem == problem
    # It is about all rules, also where only this one was asked for.
    assert _planned(people, *rules, only=frozenset({"UPZ-01"})).problem == problem


def test_what_is_waived_or_not_due_yet() -> None:
    """Somebody has said what becomes of it."""
    waiver = Gap(
        "waiver", "UPZ-11", "waivers.yaml:3", ("UPZ-11",), "uppzy", "is being mended", owner="Ben", approver="Ana"
    )
    later = rule("UPZ-13", decided_by=[{"attestation": "We looked."}], stage="after", needs={"keys": ["attestations"]})
    people = People(attested=True, gaps=(waiver,), deploy=Deploy("production"))

    assert _planned(people, VOUCHED, later).problem == ""


def test_what_does_not_apply() -> None:
    ground = Ground(
        "staging", frozenset({Suite.PRERELEASE}), people=ATTESTED, not_applicable={"UPZ-11": "no such part"}
    )
    made = make_plan(ground, [(read_pack("uppzy"), (ASKING, VOUCHED))])

    assert made.of("every_rule_is_answered_for")[0].problem == ""


def test_what_the_check_makes_of_it(tmp_path: Path) -> None:
    golive = _golive(tmp_path)
    answers(golive, _planned(HELD, VOUCHED))

    with pytest.raises(CheckFailed) as failed:
        answers(golive, _planned(ATTESTED, VOUCHED, DRIVEN))
    finding = failed.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "every rule before a release needs a check, or a person who answers for it",
        "the key that its check waits for, or a record in the file of attestations",
        "none has UPZ-11 (attestations), UPZ-13 (clients)",
    )

    with pytest.raises(NotVerified) as skipped:
        answers(golive, _planned(replace(ATTESTED, attested=False), VOUCHED))
    assert (str(skipped.value), skipped.value.key) == (
        "attestations is missing: nobody says who answers for what no check can see",
        "attestations",
    )
