"""What is wrong with the states that a record holds of before and after its change, and what the change took away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pytest_golive.changes.difference import Difference, difference
from pytest_golive.changes.fault import Fault, at, listed
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.changes.states import CONFIGURED, WHOLE
from pytest_golive.papers.changes.steps import Kind
from pytest_golive.papers.text.record_times import moment_of

APART_MINUTES = 5.0
"""List and health that lie further apart tell of two states, not of one."""


def late_or_no_list(change: Change, most_minutes: float) -> Iterator[Fault]:
    """Yield what is wrong with the list of integrations that was read before the change."""
    yield from _read_before(change, "list", "the list of integrations", change.before.listed, most_minutes)


def late_or_no_health(change: Change, most_minutes: float) -> Iterator[Fault]:
    """Yield what is wrong with the health that was read before the change."""
    yield from _read_before(change, "health", "health", change.before.health, most_minutes)


def not_replayable(change: Change, sites: Collection[str]) -> Iterator[Fault]:
    """Yield why the state before a change could not be put back from its record.

    Args:
        change: the record.
        sites: the ids of our sites; empty text for one that is not known.
    """
    state = change.before
    for name in state.missing:
        yield Fault(change.place, f"{change.name} names {name}, which is not there")
    for digest in state.unfit:
        yield Fault(change.place, f"the state before {change.name} does not fit its hash {digest[:12]}…")
    foreign = sorted(each for each in state.sites if all(sites) and each not in {*sites, change.site})
    if foreign and sites:
        yield Fault(change.place, f"the state before {change.name} is of the site {', '.join(foreign)}")
    if len(state.sites) > 1:
        yield Fault(change.place, f"the state before {change.name} is of the sites {', '.join(sorted(state.sites))}")
    yield from _apart(change)
    if state.elsewhere and not state.providers:
        yield Fault(change.place, f"the state before {change.name} lies at {state.elsewhere[0]}", certain=False)
        return
    for digest in state.doubtful:
        yield Fault(change.place, f"nothing in {change.name} fits the hash {digest[:12]}…", certain=False)
    yield from _thin(change)


def no_states(change: Change) -> Iterator[Fault]:
    """Yield which of the states before and after a record lacks, and which hashes do not fit."""
    for words, state in (("before", change.before), ("after", change.after)):
        held = state.providers or state.listed or state.elsewhere or state.unhashed or _holds_something(change, words)
        for name in state.missing:
            yield Fault(change.place, f"{change.name} names {name}, which is not there")
        if not held and not state.missing:
            told = "only its health" if state.health and words == "before" else "nothing"
            yield Fault(change.place, f"{change.name} holds {told} of the state {words}")
        for digest in state.unfit:
            yield Fault(change.place, f"the state {words} {change.name} does not fit its hash {digest[:12]}…")


def _holds_something(change: Change, phase: str) -> bool:
    """Whether something is held of a webhook or the data layer, which no list of providers tells of."""
    return not change.provider and any(step.phase == phase and step.kind != "health" for step in change.steps)


def lost_names(change: Change, hidden: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield provider and dotted name of what was there before a change and not after it, and was not meant to go.

    Args:
        change: the record.
        hidden: dotted names of secrets: they are kept out of records.
    """
    for provider, found in _differences(change, hidden):
        yield from ((provider, name) for name in found.lost if not change.has_planned(name))


def several_at_once(change: Change, hidden: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what a record changes besides its one provider, webhook or data layer."""
    if len(change.targets) > 1:
        yield Fault(change.place, f"{change.name} changes {listed(change.targets)} at once")
        return
    for provider, found in _differences(change, hidden):
        if change.provider and provider != change.provider and found:
            yield Fault(change.place, f"{change.name} of {change.provider} changed {provider} too: {found}")


def compared(held: Mapping[str, Any], today: Mapping[str, Any], hidden: Collection[str] = ()) -> Difference:
    """Return in what a provider differs today from the state that a record holds, as far as it holds any."""
    found = difference(*_comparable(held, today, hidden))
    return found if _is_whole(held) else replace(found, added=())


def _is_whole(held: Mapping[str, Any]) -> bool:
    """Whether a provider is held as it was configured, and not only what was changed of it."""
    return all(name in held for name in WHOLE)


def written_at(record: Mapping[str, Any]) -> datetime | None:
    """Return when the vendor says that a provider was last written; None where it does not say."""
    return moment_of(record.get("updatedAt"))


def _differences(change: Change, hidden: Collection[str]) -> Iterator[tuple[str, Difference]]:
    for provider, before in change.before.providers.items():
        after = change.after.providers.get(provider)
        # Of a record that keeps only what was changed, what it leaves out is not gone.
        if after is not None and (_is_whole(after) or before.keys() == after.keys()):
            yield provider, difference(*_comparable(dict(before), dict(after), hidden))


def _comparable(
    before: Mapping[str, Any], after: Mapping[str, Any], hidden: Collection[str]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return both without what only one of them holds, and without secrets."""
    fields = [name for name in CONFIGURED if name in before and name in after]
    kept = []
    for each in (before, after):
        told = {name: each[name] for name in fields}
        for path in hidden:
            field, _, member = path.partition(".")
            inner = told.get(field)
            if isinstance(inner, dict):
                told[field] = {name: value for name, value in inner.items() if name != member}
        kept.append(told)
    return kept[0], kept[1]


def _read_before(change: Change, kind: Kind, words: str, there: bool, most_minutes: float) -> Iterator[Fault]:
    if not there and not change.before.elsewhere:
        gone = f"{change.before.missing[0]} is not there" if change.before.missing else "it holds none"
        yield Fault(change.place, f"{change.name} does not hold {words} of before the change: {gone}")
        return
    made = change.at
    steps = [step for step in change.of(kind, "snapshot") if step.phase == "before" and step.at is not None]
    own = [step for step in steps if step.kind == kind] or steps
    for step in own[:1]:
        if made is None or step.at is None or not (step.is_exact and change.config and change.config.is_exact):
            continue
        minutes = (made - step.at).total_seconds() / 60
        if minutes > most_minutes:
            told = f"{words} was read {minutes:.0f} min before {change.name}, at most {most_minutes:g} are allowed"
            yield Fault(at(change, step), told)
        elif minutes < 0:
            yield Fault(at(change, step), f"{words} was read {-minutes:.0f} min after {change.name} was made")


def _apart(change: Change) -> Iterator[Fault]:
    times = [
        next((step.at for step in change.of(kind) if step.phase == "before" and step.is_exact), None)
        for kind in ("list", "health")
    ]
    if times[0] is not None and times[1] is not None:
        minutes = abs((times[0] - times[1]).total_seconds()) / 60
        if minutes > APART_MINUTES:
            yield Fault(change.place, f"list and health of before {change.name} lie {minutes:.0f} min apart")


def _thin(change: Change) -> Iterator[Fault]:
    """Yield what of the changed provider is not held whole."""
    state = change.before
    if state.unhashed and not state.providers:
        yield Fault(change.place, f"{change.name} holds only the hash of the state before", certain=False)
        return
    if not change.provider or state.missing:
        return
    held = state.providers.get(change.provider)
    if held is None:
        yield Fault(change.place, f"{change.name} does not hold how {change.provider} was configured before")
        return
    absent = [name for name in ("config", "eventMapping", "eventFilters") if name not in held]
    if absent:
        yield Fault(change.place, f"the state before {change.name} lacks {', '.join(absent)} of {change.provider}")
