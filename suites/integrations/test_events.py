"""Whether critical events reach the providers: switches, mappings and filters as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.changes.filters import UnknownOperator, lets_pass, reference_payload
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

SWITCHES = ("enabled", "testMode")
CUT = "search_"
"""Events of this family may have names that the vendor's page, as far as it was readable, does not show."""


@bearing_other_shapes
def test_switches_are_booleans(golive: Golive, planned: PlannedCheck) -> None:
    """`enabled` and `testMode` are true or false in list, provider and health, never text or numbers.

    If this fails: a client that compares with true takes the provider for off; tell the vendor.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    listed, health = vendor.call("list_integrations"), vendor.call("get_integrations_health")
    one = vendor.call("get_integration", provider=str(vendor.setting("test_provider")))
    for answer in (listed, health, one):
        answer.must_succeed()
    told = health.json.get("integrations", []) if isinstance(health.json, Mapping) else []
    for answer, records in ((listed, listed.json), (one, [one.json]), (health, told)):
        for record in records:
            if not isinstance(record, Mapping):
                answer.cannot_tell("hold enabled and testMode as booleans")
            provider, what = record.get("provider"), "hold enabled and testMode as booleans"
            absent = [name for name in SWITCHES if name not in record]
            if absent:
                told_absent = f"{provider}: {', '.join(absent)} is absent"
                answer.differs(Evidence.ASSUMED, what, told_absent, answer.schema_file)
            wrong = [f"{name} is {record[name]!r}" for name in SWITCHES if not isinstance(record.get(name, True), bool)]
            answer.must(what, not wrong, actual=f"{provider}: {', '.join(wrong)}")


@bearing_other_shapes
def test_filters_let_critical_events_pass(golive: Golive, planned: PlannedCheck) -> None:
    """No stored filter holds a critical event back, judged here on a right example of each.

    If this fails: health is green and the event does not arrive; correct the filter the finding names.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    blocked = []
    for provider, record, event in _critical(vendor):
        payload = reference_payload(vendor.pack, event)
        try:
            if payload is not None and not lets_pass(record["eventFilters"], event, payload):
                blocked.append(f"{provider}.eventFilters.{event}")
        except UnknownOperator as unknown:
            vendor.warn(f"{provider}.eventFilters.{event} compares by {unknown}: whether it passes cannot be told")
    golive.must(
        "filters have to let critical events pass",
        not blocked,
        expected="a right example of each passes",
        actual=f"held back by {', '.join(blocked)}",
    )


@bearing_other_shapes
def test_critical_events_are_mapped(golive: Golive, planned: PlannedCheck) -> None:
    """Every critical event has a mapping at its provider, and every mapping is of an event that exists.

    If this fails: an event without a mapping is not sent; add it, beginning with the provider's default mapping.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    unmapped = [
        f"{provider}.eventMapping.{event}"
        for provider, record, event in _critical(vendor)
        if event not in record["eventMapping"]
    ]
    golive.must(
        "critical events have to be mapped",
        not unmapped,
        expected="a mapping for each",
        actual=f"there is no {', '.join(unmapped)}",
    )
    events = vendor.pack.webhooks.events if vendor.pack.webhooks is not None else {}
    for record in _providers(vendor):
        unknown = sorted(name for name in record["eventMapping"] if name not in events)
        if unknown:
            certain = any(not name.startswith(CUT) for name in unknown)
            doubt = "" if certain else ", as far as golive knows them"
            vendor.warn(f"{record['provider']} maps what is no event of the vendor{doubt}: {', '.join(unknown)}")
        _note_other_than_default(vendor, record)


def _note_other_than_default(vendor: Vendor, record: Mapping[str, Any]) -> None:
    answer = vendor.call("get_default_mappings", provider=record["provider"])
    if not answer.succeeded or not isinstance(answer.json, Mapping):
        return
    default, mine = answer.json.get("eventMapping") or {}, record["eventMapping"]
    differing = sorted(name for name in {**default, **mine} if default.get(name) != mine.get(name))
    if differing:
        vendor.note(f"{record['provider']} is mapped otherwise than by default: {', '.join(differing)}")


def _providers(vendor: Vendor) -> list[Mapping[str, Any]]:
    answer = vendor.call("list_integrations")
    answer.must_fit()
    return [one for one in answer.json if one["enabled"]]


def _critical(vendor: Vendor) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield each critical event of each provider that is on, with the provider's configuration."""
    wanted = vendor.setting("critical_events")
    for record in _providers(vendor):
        for event in wanted.get(record["provider"], ()):
            yield record["provider"], record, str(event)
