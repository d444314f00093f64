"""The ids of everything a rehearsal plans, so that a breakage can name many checks at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pytest_golive.facts.outcome import Suite
from pytest_golive.readiness.plan import Ground, Plan, PlannedCheck, make_plan
from pytest_golive.sandbox.rehearsal import CHOSEN, RELEASED
from pytest_golive.vendors.library import general_rules, read_pack, read_rules

THERE = f"@{RELEASED}"
"""What ends the case of a check that looks at the environment a release goes to."""

WEEKLY_TRENDS = (
    "endpoints_fail_rarely",
    "rate_limit_is_met_as_rarely_as_before",
    "calls_time_out_as_rarely_as_before",
    "answers_are_as_sure_as_before",
    "ratings_are_as_good_as_before",
    "volume_is_usual",
    "retries_are_few",
    "async_answers_come_well_within_the_budget",
)
KEPT_FIGURES = (
    "volume_is_kept_by_endpoint",
    "statuses_are_kept_apart",
    "latency_is_kept_by_endpoint",
    "timeouts_are_counted",
    "async_completion_is_kept",
    "ratings_are_counted",
    "calls_name_their_environment",
    "calls_name_their_integration",
    "calls_name_their_tenant",
    "calls_name_their_site",
)
TRAFFIC_JUDGED = (
    "refused_calls_are_not_tried_again",
    "limited_calls_are_tried_again",
    "unknown_ids_name_their_caller",
    "requests_are_polled_rarely",
    "no_message_is_sent_in_a_loop",
    "retries_end_while_the_vendor_fails",
    "async_jobs_do_not_pile_up",
    "launch_goes_well",
    "handler_takes_deliveries",
    "incidents_are_followed_up",
    "bursts_cause_no_429",
    "calls_have_no_gap",
)
LOOKING_AT_TRAFFIC = (*WEEKLY_TRENDS, *KEPT_FIGURES, *TRAFFIC_JUDGED, "findings_have_decisions")
"""Checks of what the team's metrics or logs tell."""

INCIDENT_RECORDS = (
    "configuration_is_checked_during_a_401",
    "access_is_looked_through_after_a_403",
    "incidents_tell_of_bulk_syncs",
    "incidents_list_what_changed_before",
    "smoke_stands_before_closing",
)
"""Checks of the records of incidents."""

CHANGES_LOGGED = (
    "configuration_changes_are_logged",
    "session_changes_are_logged",
    "retry_changes_are_logged",
    "polling_changes_are_logged",
    "concurrency_changes_are_logged",
    "alert_changes_are_logged",
)
"""Checks of the change log against the history of the repository."""

ROLLOUTS = (
    "batches_are_watched",
    "growth_waited_for_good_figures",
    "rollout_pauses_when_ratings_get_worse",
    "sync_pauses_when_calls_fail",
    "batches_made_nothing_worse",
)
"""Checks of what batches of content did, by the team's traffic and what is written down."""

PAPERS = (
    *INCIDENT_RECORDS,
    *CHANGES_LOGGED,
    "batches_wait_for_the_one_before",
    "batches_tell_their_time",
    "services_share_owner_and_escalation",
    "smoke_question_rests_on_stable_content",
    "published_content_is_approved",
    "sources_are_recorded",
    "first_batch_is_small",
    "batches_stand_in_the_change_log",
    "rotation_is_planned",
    "rotation_is_dated",
    "secrets_have_a_day_to_be_replaced",
    "settings_have_an_owner",
    "key_has_an_owner",
    "content_has_an_owner",
    "monitoring_has_an_owner",
    "incidents_have_an_owner",
    "releases_have_an_owner",
    "roles_have_an_owner",
    "owner_and_deputy_are_named",
    "somebody_is_on_call",
    "escalation_has_two_levels",
    "support_of_the_vendor_is_known",
    "incidents_are_written_down",
    "rotation_is_written_in_order",
    "rotation_switches_before_it_revokes",
    "rollout_is_written_in_order",
    "runbook_covers_changes_and_incidents",
    "way_back_names_command_and_owner",
    "way_back_is_a_plan",
    "providers_have_a_way_back",
)
"""Checks of what the team has written down."""

CHANGE_RECORDS = (
    "recorded_changes_went_in_order",
    "lists_were_read_before_changes",
    "health_was_read_before_changes",
    "live_providers_were_tested",
    "recorded_states_can_be_replayed",
    "recorded_tests_are_the_vendors",
    "recorded_changes_lost_nothing",
    "one_provider_was_changed_at_a_time",
    "changes_have_their_records",
    "recorded_changes_passed_their_test",
    "logs_were_watched_for_a_cycle",
)
"""Checks of the team's records of its changes."""

KNOWN_GOOD = ("known_good_is_kept", "mapping_is_the_known_good", "filters_are_the_known_good")
"""Checks of the mappings that the team keeps, against those of the vendor."""

INTEGRATION_PAGES = (
    "each_integration_has_a_runbook",
    "each_provider_has_a_way_back",
    "integration_runbook_was_looked_through",
)
"""Checks of what is written about each integration."""

ARRIVALS = (
    "limits_are_written_down",
    "drill_was_in_time",
    "successes_follow_each_change",
    "failures_are_seldom_429",
    "critical_events_arrive",
    "volume_is_kept_after_a_change",
)
"""Checks of limits, of drills, and of what arrives."""

COMPARING_WITH_TODAY = {"live_providers_were_tested", "recorded_changes_lost_nothing", "changes_have_their_records"}
"""Those of them that look at how the vendor is configured now."""
IN_FRONT_OF_USERS = (
    "users_see_nothing_of_the_failure",
    "rating_goes_through_the_application",
    "program_needs_its_key",
)
"""Checks through the team's clients that are about no fault."""

GOING_LIVE = (
    "requirements_are_met",
    "stakeholders_have_reviewed",
    "first_sync_is_complete",
    "changed_work_was_shown",
    "deployed_commit_is_the_signed_one",
    "endpoints_name_their_version",
    "endpoints_are_apart",
    "endpoints_run_the_same_build",
)
"""Checks of what is written down around going live."""

LOGS = (
    "log_tells_each_call",
    "log_tells_why_a_call_failed",
    "log_tells_what_was_not_found",
    "log_names_the_service",
    "logged_ids_are_configured",
    "logs_hold_no_personal_data",
)
"""Checks of what the team's logs hold."""

CALLING_NOTHING = frozenset(
    {
        "base_url_is_explicit",
        "tenant_id_is_explicit",
        "site_id_is_explicit",
        "smoke_variables_are_set",
        "request_timeouts_are_explicit",
        "retries_are_explicit",
        "polling_is_explicit",
        "key_comes_from_a_store",
        "key_is_in_no_file",
        "key_is_in_no_commit",
        "delivered_files_hold_no_key",
        "env_files_stay_out_of_git",
        "logs_hold_no_key",
        *LOGS,
        "each_stage_takes_its_own_key",
        "every_rule_is_answered_for",
        "smoke_follows_each_deploy",
        "alerts_reach_their_owner",
        "watching_is_kept_in_files",
        "production_holds_no_test_key",
        "key_is_kept_in_one_place",
        "one_place_calls_the_vendor",
        "version_is_set_in_one_place",
        "version_of_the_library_is_locked",
        "only_declared_operations_are_called",
        "environments_differ_where_they_must",
        "concurrency_is_limited",
        "concurrency_can_be_lowered",
        "sync_can_be_paused",
        "flows_can_be_switched_off",
        "other_error_codes_have_a_branch",
        "production_names_no_test_ids",
        "replaced_key_is_another",
        "no_instance_holds_the_old_key",
        "every_target_reports_a_key",
        "keys_differ_between_environments",
        "deployment_reports_this_key",
        "workers_hold_the_new_key",
        "key_is_in_no_other_environment",
        "production_is_addressed_rightly",
        "person_vouches",
        "changed_topics_have_a_question",
        *LOOKING_AT_TRAFFIC,
        *ROLLOUTS,
        *PAPERS,
        "integration_runbook_was_looked_through",
        "drill_was_in_time",
        "volume_is_kept_after_a_change",
        *(set(CHANGE_RECORDS) - COMPARING_WITH_TODAY),
        *GOING_LIVE,
        *IN_FRONT_OF_USERS,
        "alert_on_failed_deliveries_reaches_somebody",
    }
)
"""Checks that the vendor has no part in."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a rehearsal of one vendor plans.

    Attributes:
        vendor: its name.
        forbidden: operations that the rehearsed service's key must not be allowed.
        every_feature: whether the rehearsed service uses all of the API, also what most do not.
    """

    vendor: str
    forbidden: tuple[str, ...] = ()
    every_feature: bool = False

    @property
    def checks(self) -> Mapping[str, PlannedCheck]:
        """The planned checks by id."""
        return _plan(self.vendor, self.forbidden, self.every_feature).checks

    def here(self, *checks: str, case: str = "") -> frozenset[str]:
        """Return the ids of checks in the rehearsed environment."""
        return frozenset(f"{check}[{self._case(case)}]" for check in checks)

    def both(self, *checks: str, case: str = "") -> frozenset[str]:
        """Return the ids of checks in the rehearsed environment and in the one it releases to."""
        return self.here(*checks, case=case) | frozenset(f"{check}[{self._case(case)}{THERE}]" for check in checks)

    def reads(self, *operations: str) -> frozenset[str]:
        """Return the ids of the check of answers, for reading operations in both environments."""
        return frozenset[str]().union(*(self.both("answer_fits_its_schema", case=name) for name in operations))

    def repeats(self, *operations: str) -> frozenset[str]:
        """Return the ids of the check of repeated writes."""
        return self.of("repeated_write_does_what_the_contract_says", *operations)

    def of(self, check: str, *operations: str) -> frozenset[str]:
        """Return the ids of one check, for these operations; for all of its cases where none is named."""
        return frozenset(
            planned.id
            for planned in self.checks.values()
            if planned.check == check and (not operations or planned.operation in operations)
        )

    def about(self, *operations: str, environment: str | None = None) -> frozenset[str]:
        """Return the ids of all checks that are planned for these operations, in one environment or in both."""
        return frozenset(
            planned.id
            for planned in self.checks.values()
            if planned.operation in operations and environment in {None, planned.environment}
        )

    def bad_inputs(self, *operations: str) -> frozenset[str]:
        """Return the ids of all bad inputs of these operations."""
        return frozenset(
            planned.id for planned in self.checks.values() if planned.bad_input and planned.operation in operations
        )

    def calling(self, environment: str | None = None) -> frozenset[str]:
        """Return the ids of all checks that call the vendor, in one environment or in both."""
        return frozenset(
            planned.id
            for planned in self.checks.values()
            if planned.check not in CALLING_NOTHING and environment in {None, planned.environment}
        )

    def _case(self, case: str) -> str:
        return f"{self.vendor}-{case}" if case else self.vendor


@cache
def _plan(vendor: str, forbidden: tuple[str, ...], every_feature: bool) -> Plan:
    ground = Ground(
        CHOSEN,
        frozenset({Suite.PRERELEASE}),
        releases_to=RELEASED,
        sandbox=True,
        features={
            vendor: {name: every_feature or feature.default for name, feature in read_pack(vendor).features.items()}
        },
        forbidden={vendor: forbidden},
    )
    return make_plan(ground, [(read_pack(vendor), (*read_rules(vendor), *general_rules()))])
