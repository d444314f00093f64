"""Rules about recordings are planned where there are recordings for them to look at."""

from __future__ import annotations

from pytest_golive.facts.outcome import Suite
from pytest_golive.readiness.plan import Ground, Plan, make_plan
from pytest_golive.vendors.library import general_rules, read_pack

ABOUT = ("API-31", "API-32")


def planned(recorded: dict[str, frozenset[str]], *, sandbox: bool = False) -> Plan:
    """Return what is planned of the two rules for one vendor."""
    ground = Ground("staging", frozenset({Suite.WEEKLY}), sandbox=sandbox, only=frozenset(ABOUT), recorded=recorded)
    return make_plan(ground, [(read_pack("uppzy"), general_rules())])


def test_one_check_per_recorded_operation() -> None:
    """And one for the age of them all; an operation that writes is not compared."""
    plan = planned({"uppzy": frozenset({"get_limits", "get_site", "create_text_document"})})

    assert sorted(plan.checks) == [
        "recording_has_todays_structure[uppzy-get_limits]",
        "recording_has_todays_structure[uppzy-get_site]",
        "recordings_are_fresh[uppzy]",
    ]


def test_without_recordings_they_do_not_apply() -> None:
    """With that reason; another vendor's recordings are no help."""
    for recorded in ({}, {"timely": frozenset({"get_me"})}):
        plan = planned(recorded)

        assert [(each.rule.id, each.not_applicable) for each in plan.rules] == [
            (rule, "no recordings of staging are kept that it could look at") for rule in ABOUT
        ]


def test_recordings_of_writes_alone_are_only_dated() -> None:
    """There is nothing to compare, and they grow old all the same."""
    plan = planned({"uppzy": frozenset({"create_text_document"})})

    assert list(plan.checks) == ["rule_is_decided[uppzy-API-31]", "recordings_are_fresh[uppzy]"]


def test_a_rehearsal_without_recordings_leaves_them_out() -> None:
    """It is about the checks there are."""
    assert planned({}, sandbox=True) == Plan()
