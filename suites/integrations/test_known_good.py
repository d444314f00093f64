"""Mappings and filters against the files in which the team keeps what is known to be good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pytest_golive.changes.kept_records import newest_of, records_about
from pytest_golive.changes.known_good import KnownGood, known_good_of, strange_filters
from pytest_golive.changes.listed import providers_on
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.git import day_of

KEY = "operations.known_good"
MOST_ENTRIES = 100
FEWEST = 20
"""With fewer entries a share says nothing."""


@bearing_other_shapes
def test_known_good_is_kept(golive: Golive, planned: PlannedCheck) -> None:
    """Of each provider that is on, a mapping that is known to be good is kept: whole, without secrets, not too old.

    If this fails: write the mapping of the provider into a file, and try to restore it before you have to.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    good, now = _good(golive, planned), providers_on(vendor)
    missing = [name for name in now if name not in good]
    golive.must(
        "a mapping that is known to be good has to be kept for each provider that is on",
        not missing,
        expected="a file, or a part of one, for each",
        actual=f"there is none for {', '.join(missing)}",
    )
    mine = [each for name, each in good.items() if name in now]
    faults = [f"{each.paper}, {each.provider}: {fault}" for each in mine for fault in each.faults]
    golive.must(
        "what is known to be good has to be fit to be put back",
        not faults,
        expected="an eventMapping with the name of each event, and filters",
        actual="; ".join(faults),
    )
    open_ = [f"{each.paper} holds {', '.join(secrets)}" for each in mine if (secrets := each.secrets(_hidden(vendor)))]
    golive.must(
        "what is known to be good has to be kept without secrets",
        not open_,
        expected="secrets masked or left out",
        actual="; ".join(open_),
    )
    _must_be_fresh(golive, planned, vendor, mine)


@bearing_other_shapes
def test_mapping_is_the_known_good(golive: Golive, planned: PlannedCheck) -> None:
    """Mapping and filters of each provider that is on are those that are known to be good.

    If this fails: put back what the finding names, or, where it was meant, keep the new state as the known good.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    good, now = _good(golive, planned), providers_on(vendor)
    found = {name: good[name].against(one) for name, one in now.items() if name in good}
    if not found:
        golive.not_verified(f"{KEY} holds nothing of {', '.join(now) or 'any provider that is on'}", key=KEY)
    differing = [f"{name} is not as {good[name].paper} has it: {each}" for name, each in found.items() if each]
    golive.must(
        "mapping and filters have to be those that are known to be good",
        not differing,
        expected="the same events, names and conditions",
        actual="; ".join(differing),
    )


@bearing_other_shapes
def test_filters_are_the_known_good(golive: Golive, planned: PlannedCheck) -> None:
    """No filter is stored that is not known to be good, and none holds back critical events that it should not.

    If this fails: remove the filter the finding names; health stays green while it swallows events.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    good, now = _good(golive, planned), providers_on(vendor)
    mine = {name: one for name, one in now.items() if name in good}
    if not mine:
        golive.not_verified(f"{KEY} holds nothing of {', '.join(now) or 'any provider that is on'}", key=KEY)
    stored = [(good[name], path) for name, one in mine.items() for path in strange_filters(good[name], one)]
    strange = [f"{each.provider}.{path} ({each.paper})" for each, path in stored if "eventFilters" in each.held]
    golive.must(
        "every stored filter has to be known to be good",
        not strange,
        expected="filters as the file has them",
        actual=f"not there, or otherwise: {', '.join(strange)}",
    )
    for each, path in stored:
        golive.warn(f"{each.provider}.{path} is stored, and {each.paper} tells of no filters")
    for name in mine:
        _must_let_pass(vendor, good[name])


def _must_let_pass(vendor: Vendor, good: KnownGood) -> None:
    """Demand that critical events for which no filter is known to be good are hardly ever filtered."""
    __tracebackhide__ = True
    critical = vendor.target.settings.get("critical_events", {}).get(good.provider, ())
    free = [str(name) for name in critical if name not in good.held.get("eventFilters", {})]
    answer = vendor.call("list_integration_logs", provider=good.provider, limit=MOST_ENTRIES)
    answer.must_fit()
    limit = float(vendor.target.settings.get("gap_ratio", vendor.pack.settings["gap_ratio"].example))
    for event in free:
        entries = [one for one in answer.json["items"] if one["eventName"] == event]
        held = [one for one in entries if one["status"] == "filtered"]
        if held and len(entries) < FEWEST:
            vendor.warn(f"{good.provider} filtered {len(held)} of {len(entries)} {event}: too few to tell a share")
        elif held:
            told = f"{len(held)} of {len(entries)} {event}"
            what = f"hold few filtered {event} of {good.provider}: at most {limit:.0%} (gap_ratio)"
            answer.must(what, len(held) / len(entries) <= limit, actual=told)


def _must_be_fresh(golive: Golive, planned: PlannedCheck, vendor: Vendor, mine: Sequence[KnownGood]) -> None:
    __tracebackhide__ = True
    days = float(vendor.target.settings.get("review_age_days", vendor.pack.settings["review_age_days"].example))
    today, old = moment().date(), []
    for each in mine:
        day = each.day or day_of(golive.papers.folder, each.paper)
        if day is None:
            golive.note(f"{each.paper} tells no day, and git does not know it: how old it is cannot be told")
        elif (today - day).days > days and not _is_newer_than_the_last_change(golive, planned, each.provider, day):
            old.append(f"{each.paper} is of {day}")
    golive.must(
        "what is known to be good has to be looked through, or newer than the last change",
        not old,
        expected=f"at most {days:g} days old (review_age_days), or newer than the last recorded change",
        actual="; ".join(dict.fromkeys(old)),
    )


def _is_newer_than_the_last_change(golive: Golive, planned: PlannedCheck, provider: str, day: date) -> bool:
    try:
        changes = records_about(golive.papers, golive.environments, [planned.environment], planned.vendor)
    except (NotVerified, CannotTell):
        return False
    newest = newest_of(changes, provider)
    return newest is not None and newest.at is not None and newest.at.date() <= day


def _good(golive: Golive, planned: PlannedCheck) -> dict[str, KnownGood]:
    papers = golive.papers
    what = "nothing says which mapping is known to be good"
    found: tuple[Paper, ...] = asked.records(papers, papers.known_good, KEY, what)
    good = known_good_of(found, planned.environment)
    if not good:
        golive.not_verified(f"{KEY} holds the mapping of no provider", key=KEY)
    return good


def _hidden(vendor: Vendor) -> frozenset[str]:
    overwrites = vendor.operation("put_integration").overwrites
    return frozenset(one.path for one in overwrites.hidden) if overwrites is not None else frozenset()
