"""Whether events arrive: after a change, against what was expected, and whatever health says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pytest_golive.changes.arrivals import falls, gaps, is_counted, untold
from pytest_golive.changes.kept_records import KEY as RECORDS
from pytest_golive.changes.kept_records import records_about, told_of
from pytest_golive.changes.listed import providers_on, webhooks_on
from pytest_golive.changes.recorded import was_rolled_back
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.integrations.event_counts import Count, counts_in
from pytest_golive.papers.text.record_times import moment_of
from pytest_golive.papers.text.structured import Garbled
from pytest_golive.readiness.plan import PlannedCheck

KEY = "operations.event_counts"
MOST_ENTRIES = 100
FEWEST = 20
"""With fewer entries a share says nothing."""

MOST_429 = 0.5
"""More of the failures than this, and the provider's limit is what fails."""

SEEN_DAYS = 28
"""A change of longer ago is no cause any more."""

Entry = Mapping[str, Any]


@bearing_other_shapes
def test_successes_follow_each_change(golive: Golive, planned: PlannedCheck) -> None:
    """After the last change of each provider its log shows successes.

    If this fails: is the event mapped, passed by its filter, and the provider's credential right?
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for change in _newest(golive, planned):
        entries = _entries(vendor, f"the log of {change.provider}", provider=change.provider)
        if entries is None or change.at is None:
            continue
        answer, items = entries
        after = [one for one in items if (at := moment_of(one["createdAt"])) is not None and at >= change.at]
        states = Counter(str(one["status"]) for one in after)
        if not after:
            told = f"no entry of {change.provider} since {change.name}"
            if items:
                vendor.warn(f"{told}: is there no traffic?")
            else:
                vendor.note(f"the log of {change.provider} is empty: nothing can be said of {change.name}")
            continue
        seen = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        answer.must(
            f"show a success of {change.provider} since {change.name}",
            states["success"] or states["test"],
            actual=f"{seen} ({change.place})",
        )


@bearing_other_shapes
def test_failures_are_seldom_429(golive: Golive, planned: PlannedCheck) -> None:
    """At most half of the failures of a provider or webhook are refusals for too many requests.

    If this fails: agree on the limit with the provider, and spread what is sent.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for words, (answer, items) in _logs(vendor):
        failed = [one for one in items if one["status"] in {"failed", "retrying"}]
        limited = [one for one in failed if one["httpStatus"] == 429]
        told = f"{len(limited)} of {len(failed)}"
        if limited and len(failed) < FEWEST:
            vendor.warn(f"refusals for too many requests in {words}: {told} failures, too few to tell a share")
        elif limited:
            what = f"hold few refusals for too many requests: at most {MOST_429:.0%} of the failures"
            answer.must(what, len(limited) / len(failed) <= MOST_429, actual=f"{told} in {words}")


@bearing_other_shapes
def test_critical_events_arrive(golive: Golive, planned: PlannedCheck) -> None:
    """Of the critical events that were expected in the last cycle few are absent downstream, whatever health says.

    If this fails: look at the mapping and the filter of the event, then at consent; health stays green meanwhile.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    counts, names = _counts(golive)
    days, most = _setting(vendor, "cycle_days"), _setting(vendor, "gap_ratio")
    since = (moment() - timedelta(days=days)).date()
    critical = {str(name): [*map(str, events)] for name, events in vendor.setting("critical_events").items()}
    requirement = "critical events that are expected have to arrive downstream"
    expected = f"at most {most:.0%} absent in {days:g} days (gap_ratio)"
    found = [*gaps(counts, critical, most, since)]
    certain = [str(each) for each in found if each.certain]
    health = f"; health calls {_health(vendor)}" if certain else ""
    golive.must(requirement, not certain, expected=expected, actual=f"{'; '.join(certain)}{health}")
    missing = untold(counts, critical, since)
    if missing:
        actual = f"since {since} {names} counts no {', '.join(missing)}"
        golive.cannot_tell(requirement, expected=expected, actual=actual)
    for each in found:
        golive.warn(f"{each}: too few to tell a share")


@bearing_other_shapes
def test_volume_is_kept_after_a_change(golive: Golive, planned: PlannedCheck) -> None:
    """After a change as many events arrive as on the same weekdays before it, unless fewer were expected.

    If this fails: look for what the change took away, then for the source.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    counts, names = _counts(golive)
    most, today = _setting(vendor, "drop_ratio"), moment().date()
    changes = [each for each in _newest(golive, planned) if _is_recent(each)]
    requirement = "the volume of events has to be what it was before a change"
    expected = f"at most {most:.0%} fewer than on the same weekdays before (drop_ratio)"
    found = [str(fall) for change in changes for fall in falls(change, counts, most, today)]
    golive.must(requirement, not found, expected=expected, actual="; ".join(found))
    uncounted = [each.name for each in changes if not is_counted(each, counts, today)]
    if uncounted:
        actual = f"{names} does not count the days before and after {', '.join(uncounted)}"
        golive.cannot_tell(requirement, expected=expected, actual=actual)
    if not changes:
        golive.note(f"no recorded change of the last {SEEN_DAYS} days")


def _is_recent(change: Change) -> bool:
    return change.at is not None and moment() - timedelta(days=SEEN_DAYS) <= change.at <= moment() - timedelta(days=1)


def _newest(golive: Golive, planned: PlannedCheck) -> list[Change]:
    """Return of each provider the newest record that is of this environment and was not taken back."""
    changes = records_about(golive.papers, golive.environments, [planned.environment], planned.vendor)
    mine = told_of(changes, golive.environments, planned.environment, planned.vendor)
    newest = {each.provider: each for each in mine if each.provider}
    if not newest:
        golive.not_verified(f"{RECORDS} holds no record of a provider in {planned.environment}", key=RECORDS)
    return [each for each in newest.values() if not was_rolled_back(each)]


def _counts(golive: Golive) -> tuple[list[Count], str]:
    papers = golive.papers
    what = "nothing tells how many events were expected and how many arrived"
    given = asked.records(papers, papers.event_counts, KEY, what)
    names = ", ".join(each.name for each in given)
    try:
        counts = counts_in(given)
    except Garbled as problem:
        golive.cannot_tell("counts of events have to be readable", expected="a row for each", actual=str(problem))
    if not counts:
        golive.not_verified(f"{KEY}: {names} has no row with day, provider, event, expected and arrived", key=KEY)
    return counts, names


def _logs(vendor: Vendor) -> Iterator[tuple[str, tuple[Answer, Sequence[Entry]]]]:
    for name in providers_on(vendor):
        words = f"the log of {name}"
        if (found := _entries(vendor, words, provider=name)) is not None:
            yield words, found
    for name, one in webhooks_on(vendor).items():
        words = f"the log of the webhook {name}"
        if (found := _entries(vendor, words, webhook_id=one["id"])) is not None:
            yield words, found


def _entries(vendor: Vendor, words: str, **of: Any) -> tuple[Answer, Sequence[Entry]] | None:
    operation = "list_webhook_logs" if "webhook_id" in of else "list_integration_logs"
    answer = vendor.call(operation, limit=MOST_ENTRIES, **of)
    if answer.status == 404:
        vendor.note(f"there is no {words.removeprefix('the ')}")
        return None
    answer.must_fit()
    return answer, answer.json["items"]


def _health(vendor: Vendor) -> str:
    answer = vendor.call("get_integrations_health")
    told = answer.json if answer.succeeded and isinstance(answer.json, Mapping) else {}
    return "it " + str(told.get("status", "nothing"))


def _setting(vendor: Vendor, name: str) -> float:
    return float(vendor.target.settings.get(name, vendor.pack.settings[name].example))
