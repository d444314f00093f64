"""The team's own records of its changes: steps in their order, a state to go back to, a passed test, one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.changes import recorded, recorded_states, watched
from pytest_golive.changes.fault import Fault
from pytest_golive.changes.kept_records import KEY, is_past, newest_of, next_of, records_about, told_of
from pytest_golive.changes.listed import providers_as_found, providers_on
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.readiness.plan import PlannedCheck

SHOWN = 5
SWITCHES = ("enabled", "testMode")
SETTLED = timedelta(days=1)
"""A record may be written somewhat earlier than the vendor takes note of the change."""


def test_recorded_changes_went_in_order(golive: Golive, planned: PlannedCheck) -> None:
    """Every recorded change went config, test, health, logs, and back only after that or after a step that failed.

    If this fails: repeat the change of the finding in order; what was relied on untested is found out by customers.
    """
    changes = _changes(golive, planned)
    for fault in (fault for change in changes for fault in recorded.wrong_order(change) if not fault.certain):
        golive.warn(str(fault))
    _judge(
        golive,
        planned,
        changes,
        lambda change: [fault for fault in recorded.wrong_order(change) if fault.certain],
        "a change has to go config, test, health, logs, and only then back",
        "each step, in this order",
    )
    for change in changes:
        if recorded.health_came_first(change):
            golive.note(f"{change.place}: {change.name} read health before its test, as the vendor's overview has it")


def test_lists_were_read_before_changes(golive: Golive, planned: PlannedCheck) -> None:
    """Every recorded change begins with the list of all integrations, read not long before.

    If this fails: read the list first, and keep it with the record; it is what a rollback leads back to.
    """
    most = _setting(golive, planned, "snapshot_max_age_minutes")
    _judge(
        golive,
        planned,
        _changes(golive, planned),
        lambda change: recorded_states.late_or_no_list(change, most),
        "all integrations have to be listed before a change",
        f"the list, read at most {most:g} min before",
    )


def test_health_was_read_before_changes(golive: Golive, planned: PlannedCheck) -> None:
    """Every recorded change begins with the health of the integrations, read not long before.

    If this fails: read health first, and keep it with the record; without it nobody can say what the change did.
    """
    most = _setting(golive, planned, "snapshot_max_age_minutes")
    _judge(
        golive,
        planned,
        _changes(golive, planned),
        lambda change: recorded_states.late_or_no_health(change, most),
        "health has to be read before a change",
        f"health, read at most {most:g} min before",
    )


@bearing_other_shapes
def test_live_providers_were_tested(golive: Golive, planned: PlannedCheck) -> None:
    """Of each provider that is on and sends, the newest recorded change has a test that passed after it.

    If this fails: put the provider of the finding into test mode until its test has passed.
    """
    vendor, changes = golive.vendor(planned.vendor, planned.environment), _own(golive, planned)
    live = [name for name, one in providers_on(vendor).items() if not one.get("testMode")]
    faults: list[Fault] = []
    if live and not any(newest_of(changes, provider) for provider in live):
        golive.not_verified(f"{KEY} holds no record of {', '.join(live)} in {planned.environment}", key=KEY)
    for provider in live:
        newest = newest_of(changes, provider)
        if newest is None:
            golive.note(f"no record is about {provider}, which is on")
        elif not recorded.was_rolled_back(newest):
            faults += recorded.not_tested(newest, float("inf"))
    _must_hold(
        golive,
        faults,
        "no live event may be sent on before a test has passed",
        "a passed test after the newest change of each provider that is on",
    )


def test_recorded_states_can_be_replayed(golive: Golive, planned: PlannedCheck) -> None:
    """Every record holds list and health of one site, taken together, and the provider as it was, whole.

    If this fails: keep both answers in the record, or in files beside it, without secrets.
    """
    site = golive.environment.targets[planned.vendor].ids.get("site_id", "")
    known = {site, *_sites(golive, planned)}
    _judge(
        golive,
        planned,
        _changes(golive, planned),
        lambda change: recorded_states.not_replayable(change, known),
        "the state before a change has to be kept so that it can be put back",
        "list and health of one site, read together, with the provider's whole configuration",
    )


def test_recorded_tests_are_the_vendors(golive: Golive, planned: PlannedCheck) -> None:
    """The test of every recorded change is the vendor's own.

    If this fails: call the documented test of the provider; a call to the provider itself proves another way.
    """
    host = urlsplit(golive.vendor(planned.vendor, planned.environment).base_url).hostname or ""
    _judge(
        golive,
        planned,
        _changes(golive, planned),
        lambda change: recorded.foreign_tests(change, host),
        "a change has to be verified by the vendor's own test",
        "POST …/integrations/:provider/test",
    )


@bearing_other_shapes
def test_recorded_changes_lost_nothing(golive: Golive, planned: PlannedCheck) -> None:
    """No mapping, filter or setting went away by a recorded change, or since the last one, unless it was meant to.

    If this fails: put back what the finding names by a whole update, from the state before.
    """
    vendor, changes = golive.vendor(planned.vendor, planned.environment), _changes(golive, planned)
    hidden, now = _hidden(vendor), providers_as_found(vendor)
    faults, back = [], []
    for change in changes:
        gone = [*recorded_states.lost_names(change, hidden)]
        here = [each for each in gone if _is_there(now.get(each[0], {}), each[1])]
        back += [f"{change.place}: {change.name} took {name} from {provider}; it is back" for provider, name in here]
        for provider in dict.fromkeys(provider for provider, _ in gone):
            names = [name for other, name in gone if other == provider and (other, name) not in here]
            if names:
                faults.append(Fault(change.place, f"{change.name} took {', '.join(names)} from {provider}"))
    faults += _lost_since(_own(golive, planned), now, hidden)
    _must_hold(
        golive,
        faults,
        "no mapping, filter or setting may be lost by a change",
        "all that was there before and was not meant to go",
    )
    for each in back:
        golive.warn(each)


def test_one_provider_was_changed_at_a_time(golive: Golive, planned: PlannedCheck) -> None:
    """Every record is about one provider, webhook or data layer, and none begins before the last reached its logs.

    If this fails: finish one change, logs included, before the next begins.
    """
    vendor, changes = golive.vendor(planned.vendor, planned.environment), _changes(golive, planned)
    hidden = _hidden(vendor)
    overlaps = list(recorded.overlapping(changes))
    _judge(
        golive,
        planned,
        changes,
        lambda change: [
            *recorded_states.several_at_once(change, hidden),
            *(each for each in overlaps if each.place == change.place),
        ],
        "one provider has to be changed at a time",
        "one target in each record, and each change finished before the next",
    )


@bearing_other_shapes
def test_changes_have_their_records(golive: Golive, planned: PlannedCheck) -> None:
    """Every record holds the state before and after, and integrations are today as the last record left them.

    If this fails: record what the finding names; where a change has no record, find out who made it.
    """
    vendor, changes = golive.vendor(planned.vendor, planned.environment), _changes(golive, planned)
    requirement = "every change has to have a record of the state before and after"
    expected = "both states in each record, and no change without one"
    _judge(golive, planned, changes, recorded_states.no_states, requirement, expected)
    now, own = providers_as_found(vendor), _own(golive, planned)
    orphans, switched = _orphans(own, now, _hidden(vendor))
    _must_hold(golive, orphans, requirement, expected)
    for each in switched:
        golive.warn(each)
    _note_unrecorded(golive, vendor, own, now)


def test_recorded_changes_passed_their_test(golive: Golive, planned: PlannedCheck) -> None:
    """Every recorded change has a test that passed, soon after it.

    If this fails: run the test now, and record it.
    """
    most = _setting(golive, planned, "test_deadline_minutes")
    _judge(
        golive,
        planned,
        _changes(golive, planned),
        lambda change: recorded.not_tested(change, most),
        "every change has to have one passed test",
        f"a passed test at most {most:g} min after each change",
    )


def test_logs_were_watched_for_a_cycle(golive: Golive, planned: PlannedCheck) -> None:
    """After every recorded change the logs were looked at daily for one business cycle, and somebody ended that.

    If this fails: watch on until the cycle is over, then sign the end of it.
    """
    changes, days = _changes(golive, planned), _setting(golive, planned, "cycle_days")
    since = moment() - timedelta(days=_setting(golive, planned, "review_age_days"))
    late = [change for change in changes if change.at is not None and change.at < since]
    for fault in (each for change in late for each in watched.not_watched(change, days, moment())):
        golive.warn(f"long ago: {fault}")  # nobody can go back and look
    _judge(
        golive,
        planned,
        [change for change in changes if change not in late],
        lambda change: watched.not_watched(change, days, moment(), next_of(change, changes)),
        "logs have to be watched for a business cycle after a change",
        f"a look at the logs every day for {days:g} days, and who ended it",
    )
    running = [change for change in changes if watched.is_being_watched(change, days, moment())]
    if running:
        raise NotYet(f"{running[-1].name} is watched until {watched.ends_on(running[-1], days)}")


def _changes(golive: Golive, planned: PlannedCheck) -> tuple[Change, ...]:
    names = [planned.environment, *([golive.releases_to] if golive.releases_to else [])]
    return records_about(golive.papers, golive.environments, names, planned.vendor)


def _own(golive: Golive, planned: PlannedCheck) -> tuple[Change, ...]:
    """Return the records that say of what the vendor tells here, and not of the environment that a release goes to."""
    return told_of(_changes(golive, planned), golive.environments, planned.environment, planned.vendor)


def _judge(
    golive: Golive,
    planned: PlannedCheck,
    changes: Sequence[Change],
    faults_of: Any,
    requirement: str,
    expected: str,
) -> None:
    """Put one question to every record; what is long over and was done again since is only a warning."""
    __tracebackhide__ = True
    days = _setting(golive, planned, "review_age_days")
    faults: list[Fault] = []
    for change in changes:
        found: Iterable[Fault] = faults_of(change)
        if is_past(change, changes, moment(), days):
            for each in found:
                golive.warn(f"long ago: {each}")
        else:
            faults += found
    _must_hold(golive, faults, requirement, expected)


def _must_hold(golive: Golive, faults: Sequence[Fault], requirement: str, expected: str) -> None:
    __tracebackhide__ = True
    certain = [str(each) for each in faults if each.certain]
    golive.must(requirement, not certain, expected=expected, actual=_some(certain))
    doubtful = [str(each) for each in faults if not each.certain]
    if doubtful:
        golive.cannot_tell(requirement, expected=expected, actual=_some(doubtful))


def _some(told: Sequence[str]) -> str:
    each = [*dict.fromkeys(told)]
    more = f" (and {len(each) - SHOWN} more)" if len(each) > SHOWN else ""
    return "; ".join(each[:SHOWN]) + more


def _setting(golive: Golive, planned: PlannedCheck, name: str) -> float:
    vendor = golive.vendor(planned.vendor, planned.environment)
    return float(vendor.target.settings.get(name, vendor.pack.settings[name].example))


def _sites(golive: Golive, planned: PlannedCheck) -> Iterator[str]:
    there = golive.releases_to
    if there is not None and planned.vendor in golive.environments[there].targets:
        yield golive.environments[there].targets[planned.vendor].ids.get("site_id", "")


def _hidden(vendor: Vendor) -> frozenset[str]:
    overwrites = vendor.operation("put_integration").overwrites
    return frozenset(one.path for one in overwrites.hidden) if overwrites is not None else frozenset()


def _is_there(record: Mapping[str, Any], name: str) -> bool:
    field, _, member = name.partition(".")
    held = record.get(field)
    return member in held if isinstance(held, Mapping) and member else field in record


def _last_states(changes: Sequence[Change]) -> dict[str, tuple[Change, Mapping[str, Any]]]:
    """Return of each provider the last state that a record holds, and which record."""
    found: dict[str, tuple[Change, Mapping[str, Any]]] = {}
    for change in changes:
        for provider, held in change.after.providers.items():
            found[provider] = (change, held)
        for provider in change.targets:
            if provider not in change.after.providers:
                found.pop(provider, None)  # changed, and nobody kept to what
    return found


def _lost_since(
    changes: Sequence[Change], now: Mapping[str, Mapping[str, Any]], hidden: frozenset[str]
) -> Iterator[Fault]:
    for provider, (change, held) in _last_states(changes).items():
        if provider in now:
            gone = recorded_states.compared(held, now[provider], hidden).lost
            if gone:
                yield Fault(change.place, f"{', '.join(gone)} of {provider} went away since {change.name}")


def _orphans(
    changes: Sequence[Change], now: Mapping[str, Mapping[str, Any]], hidden: frozenset[str]
) -> tuple[list[Fault], list[str]]:
    """Return what is otherwise than the last record left it, and the switches that are."""
    faults, switched = [], []
    for provider, (change, held) in _last_states(changes).items():
        if provider not in now:
            faults.append(Fault(change.place, f"{provider} is gone since {change.name}, and no record tells of it"))
            continue
        found = recorded_states.compared(held, now[provider], hidden)
        # What golive itself could not put back is told elsewhere.
        rest = found.without([*SWITCHES, *(name for name in found.added if ".golive_" in name)])
        if rest:
            told = f"{provider} is not as {change.name} left it, and no record tells of it: {rest}"
            faults.append(Fault(change.place, told))
        elif found.of(*SWITCHES):
            switched.append(
                f"{provider} was switched since {change.name}, and no record tells of it: {found.of(*SWITCHES)}"
            )
    return faults, switched


def _note_unrecorded(
    golive: Golive, vendor: Vendor, changes: Sequence[Change], now: Mapping[str, Mapping[str, Any]]
) -> None:
    """Take note of providers that were written since their last record, as far as golive did not write them itself."""
    may_be_ours = not vendor.permit.production or "integration_change" in vendor.permit.allowed
    own = vendor.target.settings.get("test_provider") if may_be_ours else None
    for provider, one in now.items():
        newest, written = newest_of(changes, provider), recorded_states.written_at(one)
        if provider == own or newest is None or newest.at is None or written is None:
            continue
        if written > newest.at + SETTLED and provider not in newest.after.providers:
            golive.warn(
                f"{provider} was written on {written:%Y-%m-%d}, after {newest.name}: is there no record of that?"
            )
