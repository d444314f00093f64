from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.vendors.library import check_pack, read_pack, read_rules

RULES = read_rules("timely")

# Which rules run when, by number.
SUITES = {
    Suite.PRERELEASE: "1-30",
    Suite.POSTROTATION: "1-2 4-6 8-10 15-16 18 25 29",
    Suite.WEEKLY: "1 3-4 6-7 9-13 15-16 19-21 23 25-30",
}

CHECKS: dict[int, tuple[str, ...]] = {
    1: ("key_is_in_no_file", "key_is_in_no_commit", "delivered_files_hold_no_key"),
    2: ("key_comes_from_a_store", "program_needs_its_key"),
    3: ("env_files_stay_out_of_git",),
    4: ("scopes_held_are_those_needed",),
    7: ("secrets_have_a_day_to_be_replaced",),
    8: ("previous_key_is_refused", "workspace_is_the_configured_one", "rotation_switches_before_it_revokes"),
    9: ("base_url_is_explicit", "production_is_addressed_rightly", "service_is_up"),
    10: ("workspace_is_the_configured_one", "ids_of_one_environment_are_refused_by_the_other"),
    11: (
        "keys_differ_between_environments",
        "workspaces_differ_between_environments",
        "each_stage_takes_its_own_key",
    ),
    12: ("answers_carry_their_headers", "limited_calls_are_tried_again"),
    13: (
        "listing_gives_every_id_once",
        "listing_bears_a_row_inserted_meanwhile",
        "listing_of_nothing_is_empty",
        "page_size_is_bounded",
        "documented_dialect_is_served",
    ),
    14: ("call_timeout_is_long_enough",),
    15: ("webhook_addresses_are_public", "endpoint_takes_a_test_delivery"),
    16: ("deliveries_are_answered_in_time",),
    19: ("deliveries_can_be_looked_at",),
    20: (
        "deliveries_rarely_fail",
        "alert_fires_when_deliveries_fail",
        "alert_on_failed_deliveries_reaches_somebody",
    ),
    21: ("questions_are_enough", "agent_answers_the_questions"),
    22: ("questions_are_enough", "agent_declines_what_is_out_of_scope"),
    23: ("handoff_rule_is_defined", "handoff_pauses_the_agent", "trigger_hands_the_conversation_over"),
    25: ("channel_is_active",),
    29: ("credits_are_left",),
    30: ("support_of_the_vendor_is_known",),
}

ALLOWANCES = {
    "endpoint_takes_a_test_delivery": "test_delivery",
    "agent_answers_the_questions": "agent_questions",
    "agent_declines_what_is_out_of_scope": "agent_questions",
    "trigger_hands_the_conversation_over": "agent_questions",
    "handoff_pauses_the_agent": "test_conversation",
}


def test_the_rules_agree_with_the_pack() -> None:
    """Features, ids, credentials, settings and allowances that rules name are the pack's."""
    check_pack(read_pack("timely"), RULES)


def test_there_are_30_rules_in_order() -> None:
    """The ids are stable: TIM-01 to TIM-30, none missing, none twice."""
    assert [rule.id for rule in RULES] == [_id(number) for number in range(1, 31)]


@pytest.mark.parametrize("suite", Suite)
def test_a_suite_holds_its_rules(suite: Suite) -> None:
    """No rule slips out of a suite, and none into one."""
    assert [rule.id for rule in RULES if suite in rule.suites] == [*map(_id, _numbers(SUITES[suite]))]


def test_titles_tell_rules_apart() -> None:
    """A report shows each title on one line, and no two are the same."""
    titles = [rule.title for rule in RULES]

    assert len({*titles}) == len(titles)
    assert [title for title in titles if len(title) > 110] == []


def test_the_checks_are_those_that_exist() -> None:
    """A rule names a check only where there is one."""
    named = {rule.id: tuple(part.check for part in rule.decided_by if part.check) for rule in RULES}

    assert {rule: checks for rule, checks in named.items() if checks} == {
        _id(number): checks for number, checks in CHECKS.items()
    }


def test_what_costs_something_needs_to_be_allowed() -> None:
    """In production nothing is asked, delivered or handed over unless golive.yaml says so by name."""
    asked = {part.check: part.allow for rule in RULES for part in rule.decided_by if part.allow}

    assert asked == ALLOWANCES


def test_papers_and_people_are_no_blockers() -> None:
    """Documents, ownership and what somebody vouches for weigh major at most."""
    kinds = {"static", "attestation"}
    papers = [rule for rule in RULES if {part.kind for part in rule.decided_by} <= kinds]

    assert [rule.id for rule in papers if rule.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [("attestation", "attestations"), ("client", "clients"), ("handler", "handlers")],
)
def test_a_part_waits_for_its_key(kind: str, key: str) -> None:
    """A rule that cannot be decided yet names the key of golive.yaml to add."""
    waiting = [rule for rule in RULES if any(part.kind == kind for part in rule.decided_by)]

    assert waiting != []
    assert [rule.id for rule in waiting if key not in rule.needs.keys] == []


def _id(number: int) -> str:
    return f"TIM-{number:02d}"


def _numbers(ranges: str) -> Iterator[int]:
    """Yield the numbers of "1 3 5-7"."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
