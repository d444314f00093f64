"""What is wrong with a recorded change: the order of its steps, its tests, and other changes at the same time.

Pure functions of what the record says. Each yields what it objects to, with the record's place; where a record does
not tell enough to say that something is wrong, it yields what cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from pytest_golive.changes.fault import Fault, at, clock, listed, when
from pytest_golive.papers.changes.recorded import LAYER, Change, Step, was_made
from pytest_golive.papers.changes.steps import Kind

FLOW: tuple[Kind, ...] = ("test", "health", "logs")
"""The steps that have to follow a change, in their order."""

_SWITCHED = re.compile(
    r"go(?:ing|es)? live|\blive\b|test[ _-]?mode\W+(?:off|false|aus|no)|enabled\W+true|switch(?:ed)? on|turned on"
    r"|re-?enabled|out of test mode|aktiviert|wieder ein|activad|reactiv|ativad",
    re.IGNORECASE,
)
_OWN_TEST = re.compile(r"/integrations/(?:webhooks/)?[^/\s]+/test\b|test_integration|test_webhook", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s'\"`)<>]+")


def config_steps(change: Change) -> list[Step]:
    """Return the steps that changed something; one that only sets live what was tested is none of them."""
    steps = change.of("config")
    return [*steps[:1], *(step for step in steps[1:] if not _SWITCHED.search(step.text))]


def was_rolled_back(change: Change) -> bool:
    """Whether the change was taken back."""
    return any(was_made(step) for step in change.of("rollback"))


def wrong_order(change: Change) -> Iterator[Fault]:
    """Yield what is wrong with the order config, test, health, logs, and rollback if it is needed."""
    configs = config_steps(change)
    if not configs:
        yield Fault(change.place, f"{change.name} tells no change of a configuration")
        return
    if _is_layer(change) and not (_later(change, configs[-1]) or change.after.is_told):
        yield Fault(change.place, f"{change.name} was not read back")
    failed = _ended_early(change)
    wanted = [kind for kind in _flow_of(change) if kind not in failed]
    missing = [kind for kind in wanted if not _follows(change, kind)]
    if missing:
        yield Fault(change.place, f"{change.name} lacks {listed(missing)}")
    yield from _misplaced(change, configs[-1], [kind for kind in wanted if kind not in missing])
    yield from _early_rollback(change, configs)


def health_came_first(change: Change) -> bool:
    """Whether health was read before the test, as another page of the vendor has it."""
    configs = config_steps(change)
    later = _later(change, configs[-1]) if configs else []
    kinds = [step.kind for step in later if step.kind in {"test", "health"}]
    return "health" in kinds and "test" in kinds and kinds.index("health") < kinds.index("test")


def not_tested(change: Change, most_minutes: float) -> Iterator[Fault]:
    """Yield which changes of a configuration have no passed test soon after them."""
    if _is_layer(change) or was_rolled_back(change):
        return  # the data layer has no test; what was taken back is no change any more
    configs = config_steps(change)
    for number, step in enumerate(configs):
        tests = [each for each in _later(change, step) if each.kind == "test"]
        last = number + 1 == len(configs)
        yield from _judged_tests(change, step, tests, most_minutes, last=last)


def foreign_tests(change: Change, host: str) -> Iterator[Fault]:
    """Yield the tests that were made at another address than the vendor's own test.

    Args:
        change: the record.
        host: where the vendor's API is.
    """
    for step in change.of("test"):
        if _OWN_TEST.search(step.text):
            continue
        addresses = [urlsplit(each).hostname or "" for each in _ADDRESS.findall(step.text)]
        others = [each for each in addresses if each != host and "selwise" not in each]
        if others:
            yield Fault(at(change, step), f"{change.name} was tested at {', '.join(dict.fromkeys(others))}")
        elif addresses and any(_is_api(each) for each in _ADDRESS.findall(step.text)):
            yield Fault(at(change, step), f"{change.name} was tested by another call than the test of the provider")


def overlapping(changes: Sequence[Change]) -> Iterator[Fault]:
    """Yield which changes began before the one before them had reached its logs."""
    dated = [each for each in changes if each.at is not None and each.config is not None and each.config.is_exact]
    for number, change in enumerate(dated):
        end = _end(change)
        for later in dated[number + 1 :]:
            if end is None or later.at is None or later.at >= end or not _same_place(change, later):
                continue
            told = f"{clock(later.at)}, {_of(change)} reached its logs at {clock(end)}"
            yield Fault(later.place, f"{_of(later)} began at {told}")


def _flow_of(change: Change) -> tuple[Kind, ...]:
    """Return the steps that have to follow; the data layer has neither test nor logs of its own."""
    return () if _is_layer(change) else FLOW


def _is_layer(change: Change) -> bool:
    return LAYER in change.targets


def _follows(change: Change, kind: Kind) -> bool:
    """Whether a step is told; by fields beside each other also as part of the state after, or of the watch."""
    if any(not (kind == "health" and step.phase == "before") for step in change.of(kind)):
        return True
    watched = kind == "logs" and bool(change.of("watch", "end"))
    return not change.ordered and (watched or (kind == "health" and change.after.health))


def _ended_early(change: Change) -> set[Kind]:
    """Return the steps that need not come, since the one before them failed and the change was taken back."""
    if not was_rolled_back(change):
        return set()
    tests = [step.outcome for step in change.of("test")]
    if tests and tests[-1] == "failed":
        return {"health", "logs"}
    states = [step.outcome for step in change.of("health") if step.phase != "before"]
    return {"logs"} if states and states[-1] == "failed" else set()


def _misplaced(change: Change, config: Step, kinds: Sequence[Kind]) -> Iterator[Fault]:
    """Yield the steps that are there, and only before one that they have to follow."""
    last, name = config, "config"
    swapped = health_came_first(change)
    for kind in kinds:
        steps = [step for step in change.of(kind) if not (kind == "health" and step.phase == "before")]
        known = [(step, _comes_after(change, step, last)) for step in steps]
        if not known:
            continue  # told by the state after the change, or by the watch
        if any(after for _, after in known):
            last, name = next(step for step, after in known if after), kind
        elif any(after is None for _, after in known):
            text = f"{change.name} does not tell whether {kind} came after {name}"
            yield Fault(at(change, steps[0]), text, certain=False)
        elif not (kind == "health" and swapped):
            yield Fault(at(change, steps[-1]), f"{change.name}: {kind}{when(steps[-1])} came before {name}{when(last)}")


def _early_rollback(change: Change, configs: Sequence[Step]) -> Iterator[Fault]:
    for step in change.of("rollback"):
        if not was_made(step) or _is_layer(change):
            continue
        earlier = [each for each in change.steps if each is not step and _comes_after(change, step, each) is True]
        failed = any(each.kind in {"test", "health", "logs"} and each.outcome == "failed" for each in earlier)
        told = [_comes_after(change, step, each) for each in change.of("logs")]
        if not failed and told and all(after is False for after in told):
            text = f"{change.name} was rolled back{when(step)} before its logs were read, and nothing had failed"
            yield Fault(at(change, step), text)
        if all(_comes_after(change, step, each) is False for each in configs):
            yield Fault(at(change, step), f"{change.name} was rolled back{when(step)} before it was made")


def _comes_after(change: Change, step: Step, other: Step) -> bool | None:
    """Whether a step came after another; None where that is not told."""
    if step.at is not None and other.at is not None:
        if step.at.date() != other.at.date() and not (step.is_exact and other.is_exact):
            return step.at > other.at
        if step.is_exact and other.is_exact and step.at != other.at:
            return step.at > other.at
        if step.is_exact and other.is_exact and not change.ordered:
            return True  # within the same minute
    if not change.ordered:
        return None
    steps = list(change.steps)
    return steps.index(step) > steps.index(other)


def _later(change: Change, step: Step) -> list[Step]:
    """Return the steps that came after one, or of which that is not told."""
    return [each for each in change.steps if each is not step and _comes_after(change, each, step) is not False]


def _judged_tests(
    change: Change, step: Step, tests: Sequence[Step], most_minutes: float, *, last: bool
) -> Iterator[Fault]:
    if not tests:
        yield Fault(at(change, step), f"{change.name}{when(step)} was not tested")
        return
    passed = [each for each in tests if each.outcome == "passed"]
    if not passed and not last and any(each.outcome == "failed" for each in tests):
        return  # what failed was changed once more
    if not passed:
        failed = [each for each in tests if each.outcome == "failed"]
        if failed:
            yield Fault(at(change, failed[-1]), f"the test of {change.name}{when(failed[-1])} failed")
        else:
            text = f"{change.name} does not tell whether its test{when(tests[0])} passed"
            yield Fault(at(change, tests[0]), text, certain=not _has_words(tests[0]))
        return
    first = passed[0]
    if first.at is not None and step.at is not None and first.is_exact and step.is_exact:
        minutes = (first.at - step.at).total_seconds() / 60
        if minutes > most_minutes:
            told = f"{change.name} was tested {minutes:.0f} min after it was made, at most {most_minutes:g} are allowed"
            yield Fault(at(change, first), told)


def _has_words(step: Step) -> bool:
    """Whether a step tells more than its name and its time: then it may say in other words that it passed."""
    text = re.sub(r"[\d:TZ.+\-/ ]+", " ", re.sub(r"\btest\w*\b", " ", step.text, flags=re.IGNORECASE))
    return re.search(r"[^\W\d_]{3,}", text) is not None


def _end(change: Change) -> datetime | None:
    """Return when a change was over: by its rollback, or its first look at the logs, or its last step."""
    configs = config_steps(change)
    backs = [step.at for step in change.of("rollback") if was_made(step) and step.is_exact and step.at]
    logs = [s.at for s in change.of("logs") if s.is_exact and s.at and configs and _comes_after(change, s, configs[-1])]
    if logs or backs:
        return min(logs or backs)
    return max((s.at for s in change.of("config", "test", "health") if s.is_exact and s.at), default=None)


def _same_place(one: Change, other: Change) -> bool:
    """Whether two changes may be of one site."""
    same_site = not (one.site and other.site) or one.site == other.site
    return same_site and (not (one.environment and other.environment) or one.environment == other.environment)


def _is_api(address: str) -> bool:
    return "/api/" in address or "api." in address


def _of(change: Change) -> str:
    return f"{change.name} ({listed(change.targets)})"
