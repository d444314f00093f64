"""Whether limits are known and fit, and whether the team can stop an integration in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import inf
from urllib.parse import urlsplit

from pytest_golive.changes.listed import providers_on, webhooks_on
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.integrations.drills import drills_of
from pytest_golive.papers.integrations.limits import Wanted, faults_of
from pytest_golive.papers.integrations.pages import NAMES
from pytest_golive.papers.text.rows import rows_in
from pytest_golive.papers.text.structured import Garbled
from pytest_golive.readiness.plan import PlannedCheck


@bearing_other_shapes
def test_limits_are_written_down(golive: Golive, planned: PlannedCheck) -> None:
    """Of each provider that is on and each receiver: limit, peak with 20 % to spare, contact, day; retries as they are.

    If this fails: complete the row that the finding names; ask the provider where nobody knows.
    """
    vendor, papers = golive.vendor(planned.vendor, planned.environment), golive.papers
    what = "nothing says what providers and receivers can take"
    given = asked.records(papers, papers.limits, "operations.limits", what)
    requirement = "limits of providers and receivers have to be known, and retries have to fit them"
    expected = "limit, peak, 20 % to spare, contact and day for each, and the retries that are set"
    try:
        rows = rows_in(given, "|".join(NAMES.values()))
    except Garbled as problem:
        golive.cannot_tell(requirement, expected=expected, actual=str(problem))
    # What the example project tells was made up once and for all.
    days = inf if golive.sandbox else _setting(vendor, "review_age_days")
    faults = [fault for wanted in _wanted(vendor) for fault in faults_of(wanted, rows, days, moment().date())]
    golive.must(requirement, not faults, expected=expected, actual="; ".join(faults))


def test_drill_was_in_time(golive: Golive, planned: PlannedCheck) -> None:
    """The last drill of stopping a provider is not old, and its switch was confirmed in time.

    If this fails: hold the drill, from the alert to the switch confirmed by reading it back.
    """
    vendor, papers = golive.vendor(planned.vendor, planned.environment), golive.papers
    what = "nothing tells of a drill of stopping a provider"
    given = asked.records(papers, papers.drill, "operations.drill", what)
    days, minutes = _setting(vendor, "review_age_days"), _setting(vendor, "mitigation_deadline_minutes")
    requirement, names = "the team has to be able to stop a provider in time", ", ".join(each.name for each in given)
    expected = f"a drill of the last {days:g} days, from alert to confirmed switch within {minutes:g} min"
    try:
        drills = drills_of(given)
    except Garbled as problem:
        golive.cannot_tell(requirement, expected=expected, actual=str(problem))
    golive.must(requirement, drills, expected=expected, actual=f"{names} tells of none")
    last = drills[-1]
    if last.day is None:
        golive.cannot_tell(requirement, expected=expected, actual=f"{last.place} tells no day")
    assert last.day is not None, "the check ended otherwise"
    age = (moment().date() - last.day).days
    golive.must(requirement, age <= days or golive.sandbox, expected=expected, actual=f"{last.place} is of {last.day}")
    if last.took is None:
        golive.cannot_tell(requirement, expected=expected, actual=f"{last.place} does not tell how long it took")
    assert last.took is not None, "the check ended otherwise"
    golive.must(
        requirement,
        last.took <= timedelta(minutes=minutes),
        expected=expected,
        actual=f"{last.place} took {last.took.total_seconds() / 60:.0f} min",
    )


def _wanted(vendor: Vendor) -> Iterator[Wanted]:
    """Yield the providers that are on, and the receivers of active webhooks."""
    for name in providers_on(vendor):
        yield Wanted(name, name)
    active = webhooks_on(vendor)
    for name, one in active.items():
        host = urlsplit(str(one.get("url", ""))).hostname or ""
        policy = one.get("retryPolicy")
        retries = policy.get("maxRetries") if isinstance(policy, Mapping) else None
        names = tuple(filter(None, (name, host)))
        told = f"the receiver of the webhook {name}"
        yield Wanted(told, "webhook", names, retries if isinstance(retries, int) else None, alone=len(active) == 1)


def _setting(vendor: Vendor, name: str) -> float:
    return float(vendor.target.settings.get(name, vendor.pack.settings[name].example))
