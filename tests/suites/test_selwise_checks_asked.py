"""What Selwise's checks say of what no rehearsal shows: warnings, notes, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import suites.changes.test_effects as effects
import suites.changes.test_further_changes as further
import suites.changes.test_order as order
import suites.changes.test_rollback as rollback
import suites.integrations.test_events as events
import suites.integrations.test_logs as logs
import suites.integrations.test_providers as providers
import suites.integrations.test_site as site
from pytest_golive.changes.flow import change_of
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Journal
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.http import App, json_response
from pytest_golive.sandbox.rehearsal import rehearse
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox
from tests.suites.observed import steady
from tests.suites.selwise_breakages import body, failing_entries, of_each, sites
from tests.suites.vendor_in_disguise import Wrap, answers, on, when

PLANNED = PlannedCheck("a_check", "selwise", "selwise", "staging", (), (), Severity.MAJOR)

Check = Callable[[Golive, PlannedCheck], None]
Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Ask a check of a Selwise that was changed; return what it said, whatever way it ended."""
    running: list[Sandbox] = []

    def asked(
        check: Check, wrap: Wrap = lambda app: app, settings: dict[str, Any] | None = None, **staging: Any
    ) -> str:
        selwise = Selwise()
        served: App = wrap(selwise)
        sandbox = Sandbox(("selwise",), apps={"selwise": selwise}, wrap=lambda name, app: served)
        sandbox.start()
        running.append(sandbox)
        target = rehearse(sandbox)["sandbox"].targets["selwise"]
        without = staging.pop("without", ())
        target = replace(
            target,
            settings={**target.settings, **(settings or {})},
            credentials={name: key for name, key in target.credentials.items() if name not in without},
            ids={**target.ids, **staging.pop("ids", {})},
        )
        golive = Golive(
            {"staging": Environment("staging", targets={"selwise": target}, **staging)},
            "staging",
            run="0badc0de",
            sandbox=True,
            redactor=Redactor([*target.credentials.values()]),
            journal=Journal(tmp_path / "journal.jsonl"),
            repository=tmp_path,
        )
        record = CheckRecord("a check")
        try:
            with recording(record):
                check(golive, PLANNED)
        except (CheckFailed, CannotTell) as ended:
            told = f"{ended.finding.requirement}; seen: {ended.finding.actual}"
            return steady(f"{type(ended).__name__}: {told}")
        except NotVerified as missing:
            return f"NotVerified: {missing.reason} [{missing.key}]"
        finally:
            golive.close()
        said = [*(f"warned: {one}" for one in record.warnings), *(f"noted: {one}" for one in record.notes)]
        return steady("; ".join(said)) or "passed"

    yield asked
    for sandbox in running:
        sandbox.stop()


def test_a_list_of_another_site_is_no_state_to_go_back_to(ask: Ask) -> None:
    """Whatever it is that was read, it is not this site's."""
    foreign = on("list_integrations", of_each(lambda one: {**one, "siteId": "6f1c0d8e-0000-4000-8000-0000000000ff"}))

    assert ask(order.test_state_before_a_change_is_whole, foreign) == (
        "CheckFailed: list_integrations has to hold this site's providers only; seen: siteId #-#"
    )


def test_a_provider_that_is_not_listed_cannot_be_changed(ask: Ask) -> None:
    """It is told by its name."""
    wrap = sites(lambda place: place.integrations.pop("ga4"))

    assert ask(order.test_state_before_a_change_is_whole, wrap) == (
        "CheckFailed: list_integrations has to hold ga4; seen: it lists meta, gads"
    )


def test_a_snapshot_of_two_moments_is_none(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes are too long for a test, so that here a moment is."""
    monkeypatch.setattr(order, "APART_SECONDS", -1.0)

    assert ask(order.test_state_before_a_change_is_whole) == (
        "CheckFailed: list and health have to be read together; seen: 0 s apart"
    )


def test_a_flow_that_takes_long_is_warned_of(ask: Ask) -> None:
    """With the step that took longest."""
    told = ask(order.test_flow_is_quick_enough, settings={"flow_budget_minutes": 1e-9})

    assert told.startswith("warned: the change took ")
    assert told.partition(" min from snapshot to logs, 1e-09 are planned; ")[2].split(" took ")[0] in {
        *("snapshot_before", "config", "test", "health", "logs")
    }


def test_a_degraded_provider_is_warned_of(ask: Ask) -> None:
    """It works, but not always."""
    wrap = sites(lambda place: failing_entries(place, times=40, error={"code": "late", "message": "upstream is late"}))

    assert ask(effects.test_health_tells_the_change, wrap) == "warned: ga4 is degraded: upstream is late"


def test_a_provider_that_is_off_is_sent_nothing(ask: Ask) -> None:
    """So that nothing shows says nothing, neither of sending nor of switching off."""
    wrap = sites(lambda place: setattr(place.integrations["ga4"], "enabled", False))

    assert ask(effects.test_sending_shows_in_the_logs, wrap) == (
        "CannotTell: list_integration_logs has to show what is sent; seen: ga4 is switched off: nothing is sent to it"
    )
    assert ask(rollback.test_nothing_is_forwarded_while_off, wrap) == (
        "CannotTell: ga4 has to be sent to before it is switched off; "
        "seen: none: so that nothing comes now says nothing"
    )


def test_without_traffic_nothing_shows(ask: Ask) -> None:
    """No event of golive's own either, without a public key."""
    quiet = on("list_integration_logs", body(lambda held: {**held, "items": [], "total": 0}))

    assert ask(effects.test_sending_shows_in_the_logs, quiet, without=["public_api_key"]) == (
        "warned: no entry since the change says that anything was sent; of golive's own: "
        "environments.staging.vendors.selwise.public_api_key is missing: "
        "key of the public surface, scopes mobile_read and mobile_write"
    )
    assert ask(effects.test_sending_shows_in_the_logs, without=["public_api_key"]) == "passed"


def test_without_a_public_key_no_event_meets_a_switch(ask: Ask) -> None:
    """The key to add is named."""
    key = "environments.staging.vendors.selwise.public_api_key"

    assert ask(rollback.test_nothing_is_forwarded_in_test_mode, without=["public_api_key"]) == (
        f"NotVerified: {key} is missing: key of the public surface, scopes mobile_read and mobile_write [{key}]"
    )


def test_words_that_nobody_knows_say_nothing(ask: Ask) -> None:
    """What an entry means that is neither success nor test is not guessed."""
    other = on("list_integration_logs", of_each(lambda one: {**one, "status": "delivered"}, "items"))

    assert ask(rollback.test_nothing_is_forwarded_in_test_mode, other) == (
        "CannotTell: put_integration has to lead to log entries that can be read; seen: status delivered"
    )


def test_a_provider_without_mappings_takes_no_event(ask: Ask) -> None:
    """And has none that could be taken away."""
    bare = sites(lambda place: place.integrations["ga4"].event_mapping.clear())
    told = (
        "CannotTell: ga4 has to take at least one event, to see what becomes of it; seen: none of: no event is mapped"
    )

    assert ask(effects.test_sending_shows_in_the_logs, bare) == told
    assert ask(rollback.test_nothing_is_forwarded_while_off, bare) == told
    assert ask(rollback.test_lost_mapping_is_put_back, bare) == (
        "CannotTell: the change of ga4 has to be gone through; seen: the flow ended early"
    )


def test_a_mapping_is_never_taken_away_in_production(ask: Ask) -> None:
    """Whatever is allowed there."""
    assert ask(
        rollback.test_lost_mapping_is_put_back, production=True, allow=("integration_change", "event_injection")
    ) == (
        "NotVerified: a mapping is never taken away in an environment that is marked production [environments.staging]"
    )


def test_the_merge_rule_that_is_served_is_noted(ask: Ask) -> None:
    """Both are documented, and only one of them makes a switch a rollback."""
    assert ask(rollback.test_switching_off_changes_nothing_else) == (
        "noted: merge_rule, what becomes of a field that an update leaves out: "
        "keep (it stays, so that one switch alone is a rollback) is served"
    )


def test_a_test_that_fails_after_the_repair_is_told(ask: Ask) -> None:
    """The mapping is back, and the provider is not what it was."""
    tests: list[int] = []

    def later(held: dict[str, Any]) -> dict[str, Any]:
        tests.append(1)
        return (
            held if len(tests) == 1 else {**held, "success": False, "message": "no", "testedAt": "2026-01-01T00:00:00Z"}
        )

    told = ask(rollback.test_lost_mapping_is_put_back, on("test_integration", body(later)))

    assert told.startswith("CheckFailed: test_integration has to pass once the mapping is back; seen: 200 ")


def test_a_mask_that_is_written_is_found(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should golive ever do it."""
    told = change_of

    def careless(*arguments: Any) -> Any:
        record = told(*arguments)
        record.bodies.append({"config": {"apiSecret": "********", "measurementId": "G-TEST000001"}})
        return record

    monkeypatch.setattr(effects, "change_of", careless)

    assert ask(effects.test_secrets_stay_out_of_sight) == (
        "CheckFailed: a secret that reads masked must never be written back; seen: masked: config.apiSecret"
    )


def test_an_alias_is_warned_of(ask: Ask) -> None:
    """It works, and two names for one thing are one too many."""
    assert ask(providers.test_providers_in_use_are_known, settings={"providers": ["ga4", "meta", "google_ads"]}) == (
        "warned: providers names google_ads, an alias for older programs: write gads"
    )
    assert ask(providers.test_providers_in_use_are_watched, settings={"providers": ["google_ads"]}) == "passed"


def test_what_is_on_and_not_named_is_warned_of(ask: Ask) -> None:
    """Somebody may have forgotten it."""
    assert ask(providers.test_providers_in_use_are_known, settings={"providers": ["ga4"]}) == (
        "warned: on at the vendor and not in providers: gads, meta"
    )


def test_a_provider_in_use_has_to_be_there(ask: Ask) -> None:
    """Configured, and in health."""
    wrap = sites(lambda place: place.integrations.clear())

    assert ask(providers.test_providers_in_use_are_watched, wrap) == (
        "CheckFailed: list_integrations has to hold ga4; seen: it lists none"
    )


def test_an_alias_that_is_not_there_is_told(ask: Ask) -> None:
    """Where the other name is."""
    gone = on(
        "get_integration",
        when(lambda app, request: request.path.endswith("/google_ads"), answers(404, {"message": "not found"})),
    )

    assert ask(providers.test_both_names_of_a_provider_read_the_same, gone) == (
        "CheckFailed: get_integration has to answer for google_ads as for gads; seen: 404, for gads 200"
    )


def test_a_provider_without_its_credential_is_warned_of(ask: Ask) -> None:
    """It may be valid, green, and silent."""
    wrap = sites(lambda place: place.integrations["meta"].config.pop("accessToken"))

    assert ask(providers.test_providers_on_have_their_credential, wrap) == (
        "warned: meta is on and shows no config.accessToken: nothing may be sent from the server"
    )


def test_a_site_is_named_by_its_uuid(ask: Ask) -> None:
    """Not by its key."""
    assert ask(site.test_site_id_is_a_uuid_of_its_own, ids={"site_id": "sk_shop"}) == (
        "CheckFailed: ids.site_id has to be a UUID; seen: sk_shop"
    )


def test_switches_that_are_absent_are_told(ask: Ask) -> None:
    """Their names in answers are only assumed, so at a real vendor that is an observation."""
    wrap = on("get_integration", body(lambda held: {name: held[name] for name in held if name != "testMode"}))

    assert ask(events.test_switches_are_booleans, wrap) == (
        "CheckFailed: get_integration has to hold enabled and testMode as booleans; seen: ga4: testMode is absent"
    )


def test_of_a_list_of_something_else_nothing_is_said(ask: Ask) -> None:
    """There is nothing that could be a boolean."""
    assert ask(events.test_switches_are_booleans, on("list_integrations", answers(200, ["ga4"]))) == (
        'CannotTell: list_integrations has to hold enabled and testMode as booleans; seen: 200 ["ga4"]'
    )


def test_an_operator_that_nobody_knows_is_warned_of(ask: Ask) -> None:
    """Whether the event passes cannot be told."""
    unknown = {"enabled": True, "conditions": [{"field": "order.total", "operator": "matches", "value": ".*"}]}
    wrap = sites(lambda place: place.integrations["ga4"].filters.update(purchase=unknown))

    assert ask(events.test_filters_let_critical_events_pass, wrap) == (
        "warned: ga4.eventFilters.purchase compares by matches: whether it passes cannot be told"
    )


@pytest.mark.parametrize(("event", "doubt"), [("buy", ""), ("search_without_results", ", as far as golive knows them")])
def test_a_mapping_of_no_event_is_warned_of(ask: Ask, event: str, doubt: str) -> None:
    """The vendor's list of search events could not be read whole."""
    wrap = sites(lambda place: place.integrations["ga4"].event_mapping.update({event: "x"}))

    assert ask(events.test_critical_events_are_mapped, wrap) == (
        f"warned: ga4 maps what is no event of the vendor{doubt}: {event}; "
        f"noted: ga4 is mapped otherwise than by default: {event}"
    )


def test_few_failures_are_warned_of(ask: Ask) -> None:
    """Of so few a share says nothing; and some that are silent are told beside."""

    def change(place: Any) -> None:
        place.logs["ga4"].clear()
        failing_entries(place, times=1, error={"code": "upstream_timeout", "message": "late"})
        failing_entries(place, times=1, error=None)

    assert ask(logs.test_failures_are_explained, sites(change)) == (
        "warned: 1 of 2 failed entries of ga4 do not say why; "
        "warned: failures of ga4: 2 of 2, too few entries to tell a share"
    )


def test_an_empty_log_has_no_pages(ask: Ask) -> None:
    """Nothing can be told from them."""
    assert ask(logs.test_log_pages_follow_their_query, sites(lambda place: place.logs["ga4"].clear())) == (
        "warned: the log of ga4 holds 0 entries: its pages say nothing"
    )


def test_a_page_holds_no_more_than_was_asked_for(ask: Ask) -> None:
    """One means one."""
    twice = on("list_integration_logs", body(lambda held: {**held, "items": held["items"][:1] * 2}))

    assert ask(logs.test_log_pages_follow_their_query, twice) == (
        "CheckFailed: list_integration_logs has to hold at most one entry with limit=1; seen: 2 entries"
    )


def test_a_webhook_without_a_success_is_warned_of(ask: Ask) -> None:
    """One that is off is passed over."""

    def change(place: Any) -> None:
        for hook in place.hooks.values():
            hook.log.clear()

    assert ask(logs.test_webhooks_are_watched, sites(change)) == (
        "warned: no delivery of the webhook orders succeeded yet: is there no traffic?"
    )
    off = sites(lambda place: [hook.fields.update(isActive=False) for hook in place.hooks.values()])
    assert ask(logs.test_webhooks_are_watched, off) == "passed"


def test_a_test_delivery_that_shows_nowhere_is_told(ask: Ask) -> None:
    """The test said that it was sent."""
    empty = on("list_webhook_logs", answers(200, {"items": [], "total": 0, "limit": 100, "offset": 0}))

    assert ask(further.test_webhook_goes_through_the_flow, empty) == (
        "CheckFailed: list_webhook_logs has to show the test delivery; seen: nothing in 2 s"
    )


def test_pages_that_do_not_get_the_data_layer_are_warned_of(ask: Ask) -> None:
    """Without a public key nobody looks."""
    stale = on(
        "get_public_config",
        body(lambda held: {**held, "dataLayerConfig": {**held["dataLayerConfig"], "bufferSize": 10}}),
    )

    assert ask(further.test_data_layer_goes_through_the_flow, stale) == (
        "warned: pages did not get the changed data layer within 2 s"
    )


def test_without_a_public_key_nobody_looks_at_pages(ask: Ask) -> None:
    """That is noted."""
    assert ask(further.test_data_layer_goes_through_the_flow, without=["public_api_key"]) == (
        "noted: whether pages get the data layer was not looked at: there is no public_api_key"
    )


def test_a_data_layer_that_is_not_stored_is_told(ask: Ask) -> None:
    """The update was answered as if it was."""
    kept = on(
        "put_data_layer", lambda app, request: json_response(200, {**app.site("sandbox").layer, "bufferSize": 11})
    )

    assert ask(further.test_data_layer_goes_through_the_flow, kept) == (
        "CheckFailed: put_data_layer has to store bufferSize; seen: 10"
    )
