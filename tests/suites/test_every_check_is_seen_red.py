"""Every shipped check fails on its own wrong vendor, says so in these words, and no other check does."""

from __future__ import annotations

import ast
import json
import os
import zlib
from pathlib import Path

import pytest

from pytest_golive.shipped import suites_folder
from pytest_golive.vendors.library import general_rules, read_pack, read_rules
from tests.suites.all_breakages import BREAKAGES, RIGHT
from tests.suites.breakage import Breakage
from tests.suites.misconfigurations import MISCONFIGURATIONS
from tests.suites.observed import ONE_AFTER_ANOTHER, Observed, run
from tests.suites.planned_checks import (
    ARRIVALS,
    CHANGE_RECORDS,
    GOING_LIVE,
    IN_FRONT_OF_USERS,
    INTEGRATION_PAGES,
    KEPT_FIGURES,
    KNOWN_GOOD,
    LOGS,
    PAPERS,
    ROLLOUTS,
    TRAFFIC_JUDGED,
    WEEKLY_TRENDS,
)

CONFTEST = """
import sys
sys.path.append({root!r})
from tests.suites.all_breakages import BREAKAGES, RIGHT

def pytest_golive_sandbox(vendor, app):
    return next(each for each in (*BREAKAGES, *RIGHT) if each.name == {name!r}).wrap(app)
"""

ONE_VENDOR = """
golive: 1
project: shop
environments:
  staging:
    vendors: {{{vendor}: {target}}}
"""
"""A rehearsal is about the vendors that golive.yaml names; their values are the sandbox's own."""

ALERTS = (
    "alert_fires_on_repeated_401",
    "alert_fires_on_repeated_403",
    "alert_fires_when_429_stays_high",
    "alert_fires_when_5xx_stays_high",
    "alert_fires_when_timeouts_jump",
    "alert_fires_when_async_answers_are_late",
    "alert_fires_when_calls_cease",
    "alert_fires_when_deliveries_fail",
    "alerts_bear_single_failures",
    "alerts_are_loaded",
)

AFTER_A_SWITCH = (
    "traffic_is_as_before_the_switch",
    "refusals_do_not_pile_up",
    "retries_are_as_few_as_before_the_switch",
    "nobody_is_refused_now",
    "polls_are_not_refused_since_the_switch",
)

STEPS_OF_A_ROTATION = (
    "key_is_another_than_before",
    "key_is_young",
    "key_is_in_no_other_environment",
    "workers_hold_the_new_key",
    "secret_is_newer_than_the_key",
    "instances_started_after_the_secret_changed",
    "smoke_came_before_the_revocation",
    "revocation_came_last",
    "job_from_before_the_switch_is_found",
)

SEEN_RED_ELSEWHERE = {
    "replaced_key_is_used_no_more": "is about a rotation: test_replaced_key_in_the_log.py",
    "dashboards_answer": "is about the team's dashboards: test_dashboards_of_the_team.py",
    "key_comes_from_a_store": "golive.yaml cannot name a key without its store; see test_branches_out_of_reach.py",
    "handler_withstands": "is about handlers: tests/handlers/test_handler_mutants.py",
    "client_withstands": "is about clients: tests/clients/test_client_mutants.py",
    "key_is_in_no_commit": "is about a history: test_source_keys.py",
    "delivered_files_hold_no_key": "is about what is delivered: test_source_keys.py",
    "logs_hold_no_key": "is about logs: test_source_keys.py",
    **dict.fromkeys(LOGS, "is about logs: test_log_checks.py"),
    "env_files_stay_out_of_git": "is about a repository: test_source_keys.py",
    "every_rule_is_answered_for": "is about people: tests/unit/readiness/test_answered.py",
    "alerts_reach_their_owner": "is about files of alerts: test_watching_in_files.py",
    "watching_is_kept_in_files": "is about files of alerts: test_watching_in_files.py",
    "smoke_follows_each_deploy": "is about pipelines: test_smoke_after_deploy.py",
    "each_stage_takes_its_own_key": "is about pipelines: test_source_code.py",
    "production_holds_no_test_key": "is about pipelines: test_source_code.py",
    "key_is_kept_in_one_place": "is about pipelines: test_source_code.py",
    "one_place_calls_the_vendor": "is about code: test_source_code.py",
    "version_is_set_in_one_place": "is about code: test_source_code.py",
    "version_of_the_library_is_locked": "is about code: test_source_code.py",
    "only_declared_operations_are_called": "is about code: test_source_code.py",
    "replaced_key_is_another": "is about a rotation: test_rotation_checks.py",
    "old_key_is_refused": "is about a rotation: test_rotation_checks.py",
    "no_instance_holds_the_old_key": "is about a rotation: test_rotation_checks.py",
    "every_target_reports_a_key": "is about a rotation: test_rotation_checks.py",
    "other_error_codes_have_a_branch": "is about code: test_source_code.py",
    "production_names_no_test_ids": "is about golive.yaml: test_source_code.py",
    "concurrency_is_limited": "is about switches: test_source_code.py",
    "concurrency_can_be_lowered": "is about switches: test_source_code.py",
    "sync_can_be_paused": "is about switches: test_source_code.py",
    "flows_can_be_switched_off": "is about switches: test_source_code.py",
    "environments_differ_where_they_must": "is about golive.yaml: test_source_code.py",
    "person_vouches": "is about people: tests/plugin/test_people_vouch.py",
    "accepted_gap_is_in_time": "is about people: tests/plugin/test_people_waive.py",
    "accepted_gaps_are_few": "is about people: tests/plugin/test_people_waive.py",
    "rule_is_decided": "decides nothing: it is skipped, never red",
    "recording_has_todays_structure": "once a week: tests/plugin/test_cassettes_of_an_environment.py",
    **dict.fromkeys(WEEKLY_TRENDS, "is about the team's traffic: tests/plugin/test_weekly_review.py"),
    **dict.fromkeys(KEPT_FIGURES, "is about the team's figures: tests/plugin/test_figures_of_the_team.py"),
    "alert_on_failed_deliveries_reaches_somebody": "is about the team's alerts: test_delivery_alert_checks.py",
    **dict.fromkeys(IN_FRONT_OF_USERS, "is about clients: test_in_front_of_users_checks.py"),
    **dict.fromkeys(GOING_LIVE, "is about what is written down: test_going_live_papers.py"),
    **dict.fromkeys(TRAFFIC_JUDGED, "is about the team's traffic: test_traffic_of_a_week.py"),
    "own_log_holds_what_the_vendor_saw": "is about two logs: test_vendor_records.py",
    "production_is_called_by_its_key": "is about the team's calls: test_vendor_records.py",
    "findings_have_decisions": "is about the team's decisions: test_decisions_of_a_review.py",
    **dict.fromkeys(ROLLOUTS, "is about the team's traffic: test_rollout_checks.py"),
    "changed_topics_have_a_question": "is about the team's questions: test_content_checks.py",
    "logged_documents_are_listed": "once a week: test_content_checks.py",
    **dict.fromkeys(PAPERS, "is about what is written down: test_papers.py"),
    **dict.fromkeys(INTEGRATION_PAGES, "is about the team's pages: test_pages_of_integrations.py"),
    **dict.fromkeys(ARRIVALS, "is about limits and arrivals: test_selwise_limits_and_arrivals.py"),
    **dict.fromkeys(KNOWN_GOOD, "is about the team's files: test_known_good_files.py"),
    **dict.fromkeys(CHANGE_RECORDS, "is about the team's records: test_records_of_changes.py"),
    **dict.fromkeys(AFTER_A_SWITCH, "is about the team's traffic: test_traffic_after_a_switch.py"),
    **dict.fromkeys(STEPS_OF_A_ROTATION, "is about a rotation: test_steps_of_a_rotation.py and the one of its key"),
    **dict.fromkeys(ALERTS, "is about the team's alerts: tests/plugin/test_alerts_of_the_team.py"),
    "recordings_are_fresh": "once a week: tests/plugin/test_cassettes_of_an_environment.py",
}


WHOLE = "GOLIVE_WHOLE_MATRIX"
"""Set, every wrong vendor meets its whole suite; else one in forty does, and the others first the rules they concern.

What shows only among other checks (a second page that others filled) meets the whole suite then.
"""


def _is_whole(breakage: Breakage) -> bool:
    """Whether a wrong vendor meets its whole suite: always, where it is about more than checks."""
    own = breakage.verdict != "NO-GO" or bool(breakage.incidents)
    return own or bool(os.environ.get(WHOLE)) or zlib.crc32(breakage.name.encode()) % 40 == 0


def _is_told(breakage: Breakage, observed: Observed) -> bool:
    """Whether a run told of a wrong vendor all that it has to, in these words."""
    red = (observed.those("failed"), observed.those("inconclusive"))
    return red == (breakage.failed, breakage.inconclusive) and breakage.messages == {
        check: observed.message(check) for check in breakage.messages
    }


def _concerned(breakage: Breakage) -> tuple[str, ...]:
    """Return the rules that the checks which turn red decide."""
    functions = {check.partition("[")[0] for check in breakage.red}
    rules = (*read_rules(breakage.vendor), *general_rules())
    return tuple(rule.id for rule in rules if functions & {part.check for part in rule.decided_by})


def _rehearsed(pytester: pytest.Pytester, breakage: Breakage, *options: str, only: tuple[str, ...] = ()) -> Observed:
    Path(pytester.path, "golive.yaml").write_text(_naming(breakage.vendor))
    pytester.makeconftest(CONFTEST.format(root=str(Path(__file__).parents[2]), name=breakage.name))
    return run(pytester, "sandbox", *options, suite=breakage.suite, only=only)


def _naming(vendor: str) -> str:
    pack = read_pack(vendor)
    target = {
        "base_url": pack.base_url.production,
        **{name: {"env": "NOWHERE"} for name, given in pack.credentials.items() if given.required},
        "ids": {name: given.example for name, given in pack.ids.items() if given.required},
    }
    return ONE_VENDOR.format(vendor=vendor, target=json.dumps(target))


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_wrong_vendor_turns_its_own_checks_red(pytester: pytest.Pytester, breakage: Breakage) -> None:
    """Failed and inconclusive are exactly those that this fault is about; the verdict and the exit code follow."""
    whole = _is_whole(breakage)
    if not whole:
        observed = _rehearsed(pytester, breakage, *ONE_AFTER_ANOTHER, only=_concerned(breakage))
        whole = not _is_told(breakage, observed)
    if whole:
        observed = _rehearsed(pytester, breakage, *ONE_AFTER_ANOTHER)

    assert breakage.failed == observed.those("failed")
    assert breakage.inconclusive == observed.those("inconclusive")
    assert breakage.messages == {check: observed.message(check) for check in breakage.messages}
    if not whole:
        return
    # A failed rule of minor severity is told beside the word and does not turn it.
    assert (breakage.verdict, int(breakage.verdict != "GO")) == (observed.verdict, observed.exit_code)
    assert frozenset(breakage.incidents) == observed.incidents()


@pytest.mark.parametrize("vendor", RIGHT, ids=lambda vendor: vendor.name)
def test_a_right_vendor_raises_no_alarm(pytester: pytest.Pytester, vendor: Breakage) -> None:
    """Nothing is red for a vendor that is right in another way than the sandbox."""
    observed = _rehearsed(pytester, vendor)

    assert frozenset() == observed.those("failed", "inconclusive", "not_verified")
    assert vendor.warned == observed.warnings()
    assert (observed.verdict, observed.exit_code) == ("GO", 0)
    assert frozenset() == observed.incidents()


def test_every_check_is_red_somewhere() -> None:
    """No test function of the suites is without a fault that it is seen to catch."""
    functions = {
        node.name.removeprefix("test_")
        for file in suites_folder().glob("*/test_*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    caught = [each.red for each in BREAKAGES] + [each.red for each in MISCONFIGURATIONS]
    red = {check.partition("[")[0] for checks in caught for check in checks}

    assert functions - SEEN_RED_ELSEWHERE.keys() == red - SEEN_RED_ELSEWHERE.keys()


def test_every_fault_has_words() -> None:
    """For every fault at least one whole message is held, and names tell the faults apart."""
    assert [each.name for each in BREAKAGES if not each.messages] == []
    assert len({each.name for each in (*BREAKAGES, *RIGHT)}) == len([*BREAKAGES, *RIGHT])
