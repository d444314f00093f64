from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.vendors.library import check_pack, read_pack, read_rules

RULES = read_rules("uppzy")

# Which rules run when, by number.
SUITES = {
    Suite.PRERELEASE: "1 3 5-29 31-51 53-56 58 60 76 79-81 84-86 88-89 91-92 101 104-110 112 114-116",
    Suite.POSTROTATION: "4 6 13 19 21-22 24-25 28 30-32 45 62-78 111",
    Suite.WEEKLY: "2 34-40 47-52 55 57 59-61 82-83 87 90-103 113 117-128",
}

OWN_TENANT_AND_SITE = (
    "tenant_is_the_configured_one",
    "site_is_the_configured_one",
    "foreign_tenant_and_site_are_refused",
)

CHECKS: dict[int, tuple[str, ...]] = {
    12: ("base_url_is_explicit",),
    13: ("key_comes_from_a_store", "key_is_in_no_file"),
    14: ("tenant_id_is_explicit",),
    15: ("site_id_is_explicit",),
    16: ("request_timeouts_are_explicit",),
    17: ("retries_are_explicit",),
    18: ("polling_is_explicit",),
    19: ("keys_differ_between_environments", "key_is_refused_by_production"),
    20: OWN_TENANT_AND_SITE,
    21: ("missing_and_corrupted_keys_are_refused", "limits_answer", "deployment_reports_this_key"),
    22: ("limits_answer",),
    23: ("document_round_trip",),
    24: ("sync_chat_answers",),
    25: ("async_chat_completes",),
    26: ("feedback_is_accepted", "repeated_feedback_changes_nothing"),
    28: ("smoke_variables_are_set",),
    29: ("smoke_follows_each_deploy", "limits_answer", "sync_chat_answers"),
    31: ("limits_answer",),
    32: ("sync_chat_answers",),
    30: ("smoke_came_before_the_revocation",),
    63: ("limits_answer", "replaced_key_is_another", "key_is_another_than_before"),
    64: ("secret_is_newer_than_the_key", "deployment_reports_this_key"),
    65: ("instances_started_after_the_secret_changed",),
    66: ("smoke_variables_are_set", "limits_answer", "sync_chat_answers", "async_chat_completes"),
    67: ("traffic_is_as_before_the_switch",),
    68: ("old_key_is_refused", "revocation_came_last"),
    69: ("refusals_do_not_pile_up",),
    70: ("retries_are_as_few_as_before_the_switch",),
    71: ("deployment_reports_this_key", "workers_hold_the_new_key", "nobody_is_refused_now"),
    72: ("job_from_before_the_switch_is_found", "polls_are_not_refused_since_the_switch"),
    73: ("limits_answer", "deployment_reports_this_key"),
    74: ("no_instance_holds_the_old_key",),
    75: ("every_target_reports_a_key",),
    77: ("configuration_is_checked_during_a_401",),
    78: ("limits_answer",),
    79: (*OWN_TENANT_AND_SITE, "logged_ids_are_configured"),
    88: ("log_tells_what_was_not_found", "logs_hold_no_key"),
    80: ("limits_answer",),
    83: ("access_is_looked_through_after_a_403",),
    84: ("tenant_is_the_configured_one",),
    85: ("site_is_the_configured_one",),
    86: ("unknown_request_is_not_found", "request_of_another_site_is_not_found"),
    81: ("only_declared_operations_are_called",),
    91: ("concurrency_is_limited", "concurrency_changes_are_logged"),
    76: ("refused_calls_are_not_tried_again",),
    89: ("log_names_the_service", "unknown_ids_name_their_caller"),
    90: ("bursts_cause_no_429",),
    92: ("polling_is_explicit", "requests_are_polled_rarely"),
    93: ("no_message_is_sent_in_a_loop",),
    97: ("incidents_are_followed_up",),
    98: ("incidents_are_followed_up", "incidents_tell_of_bulk_syncs"),
    99: ("async_jobs_do_not_pile_up",),
    101: ("retries_end_while_the_vendor_fails",),
    128: ("findings_have_decisions",),
    94: ("concurrency_can_be_lowered",),
    96: ("sync_can_be_paused",),
    100: ("incidents_list_what_changed_before",),
    103: ("smoke_stands_before_closing",),
    102: ("flows_can_be_switched_off",),
    104: ("one_place_calls_the_vendor",),
    105: ("users_see_nothing_of_the_failure",),
    108: ("polling_is_explicit",),
    109: ("rating_goes_through_the_application",),
    3: ("incidents_are_written_down",),
    4: ("rotation_is_written_in_order", "rollout_is_written_in_order"),
    5: ("settings_have_an_owner",),
    6: ("key_has_an_owner",),
    7: ("content_has_an_owner",),
    1: ("every_rule_is_answered_for",),
    2: ("watching_is_kept_in_files",),
    8: ("monitoring_has_an_owner", "alerts_reach_their_owner"),
    11: ("services_share_owner_and_escalation",),
    33: ("smoke_question_rests_on_stable_content",),
    9: ("incidents_have_an_owner", "somebody_is_on_call"),
    10: ("releases_have_an_owner",),
    53: ("published_content_is_approved",),
    54: ("first_batch_is_small",),
    55: ("sources_are_recorded", "listed_documents_are_in_the_sync_log"),
    56: ("changed_topics_have_a_question", "topic_questions_are_answered"),
    57: ("batches_are_watched",),
    58: ("batches_wait_for_the_one_before", "growth_waited_for_good_figures"),
    59: ("rollout_pauses_when_ratings_get_worse",),
    60: ("rollout_pauses_where_answers_are_wrong",),
    61: ("sync_pauses_when_calls_fail",),
    87: ("logged_documents_are_listed",),
    123: ("batches_made_nothing_worse", "batches_tell_their_time"),
    62: ("rotation_is_planned",),
    110: ("way_back_names_command_and_owner",),
    111: ("rotation_is_dated",),
    112: ("configuration_changes_are_logged",),
    114: ("session_changes_are_logged",),
    115: ("retry_changes_are_logged",),
    116: ("polling_changes_are_logged",),
    117: ("alert_changes_are_logged",),
    113: ("batches_stand_in_the_change_log",),
    27: ("volume_is_kept_by_endpoint", "alerts_are_loaded"),
    34: ("volume_is_kept_by_endpoint", "dashboards_answer"),
    35: ("volume_is_kept_by_endpoint", "statuses_are_kept_apart"),
    36: ("statuses_are_kept_apart",),
    37: ("latency_is_kept_by_endpoint",),
    38: ("timeouts_are_counted",),
    39: ("async_completion_is_kept",),
    40: ("ratings_are_counted",),
    41: ("calls_name_their_environment",),
    42: ("calls_name_their_integration",),
    43: ("calls_name_their_tenant",),
    44: ("calls_name_their_site",),
    45: ("alert_fires_on_repeated_401",),
    46: ("alert_fires_on_repeated_403",),
    47: ("alert_fires_when_429_stays_high",),
    48: ("alert_fires_when_5xx_stays_high",),
    49: ("alert_fires_when_timeouts_jump",),
    50: ("alert_fires_when_async_answers_are_late",),
    51: ("alert_fires_when_calls_cease",),
    52: ("alerts_bear_single_failures",),
    106: (
        "calls_name_their_tenant",
        "calls_name_their_site",
        "statuses_are_kept_apart",
        "latency_is_kept_by_endpoint",
    ),
    118: ("endpoints_fail_rarely",),
    119: ("rate_limit_is_met_as_rarely_as_before",),
    120: ("calls_time_out_as_rarely_as_before",),
    121: ("answers_are_as_sure_as_before",),
    122: ("ratings_are_as_good_as_before",),
    125: ("retries_are_few",),
    126: ("async_answers_come_well_within_the_budget",),
}

ALLOWANCES = {
    "document_round_trip": "document_round_trip",
    "sync_chat_answers": "chat_smoke",
    "async_chat_completes": "chat_smoke",
    "feedback_is_accepted": "chat_smoke",
    "repeated_feedback_changes_nothing": "chat_smoke",
    "request_of_another_site_is_not_found": "chat_smoke",
    "topic_questions_are_answered": "chat_smoke",
    "rollout_pauses_where_answers_are_wrong": "chat_smoke",
}


def test_the_rules_agree_with_the_pack() -> None:
    """Features, ids, credentials, settings and allowances that rules name are the pack's."""
    check_pack(read_pack("uppzy"), RULES)


def test_there_are_128_rules_in_order() -> None:
    """The ids are stable: UPZ-01 to UPZ-128, none missing, none twice."""
    assert [rule.id for rule in RULES] == [_id(number) for number in range(1, 129)]


@pytest.mark.parametrize("suite", Suite)
def test_a_suite_holds_its_rules(suite: Suite) -> None:
    """No rule slips out of a suite, and none into one."""
    assert [rule.id for rule in RULES if suite in rule.suites] == [*map(_id, _numbers(SUITES[suite]))]


def test_a_weekly_rule_is_no_blocker() -> None:
    """What is only looked at once a week cannot be what keeps customers safe."""
    assert [rule.id for rule in RULES if rule.suites == (Suite.WEEKLY,) and rule.severity is Severity.BLOCKER] == []


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


def test_a_check_is_named_the_same_way_everywhere() -> None:
    """Rules share a check, so they agree on its subject and on what it needs in production."""
    uses = {(part.check, part.each, part.allow) for rule in RULES for part in rule.decided_by if part.check}
    names = {name for checks in CHECKS.values() for name in checks}

    assert uses == {(name, "vendor", ALLOWANCES.get(name)) for name in names}


@pytest.mark.parametrize(("kind", "key"), [("attestation", "attestations"), ("client", "clients")])
def test_a_part_waits_for_its_key(kind: str, key: str) -> None:
    """A rule that cannot be decided yet names the key of golive.yaml to add."""
    waiting = [rule for rule in RULES if any(part.kind == kind for part in rule.decided_by)]

    assert waiting != []
    assert [rule.id for rule in waiting if key not in rule.needs.keys] == []


def _id(number: int) -> str:
    return f"UPZ-{number:02d}"


def _numbers(ranges: str) -> Iterator[int]:
    """Yield the numbers of "1 3 5-7"."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
