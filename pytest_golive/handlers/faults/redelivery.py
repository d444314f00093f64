"""Redelivery: what a handler refuses, or cannot take, comes again by the vendor's schedule, and counts once."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.orders import ends
from pytest_golive.handlers.parcel import Receipt
from pytest_golive.handlers.redelivery import Redelivery, Sent
from pytest_golive.handlers.trial import GONE, Trial
from pytest_golive.handlers.wording import times

FAILURES = 2
"""Times the work fails before it can be done: whoever answers first and tries three times by himself is right, too."""

TOO_MANY_REQUESTS = 429

OUTRIGHT = frozenset({401, 403, GONE})
"""4xx that say nothing of what an event holds: whoever sends them to a genuine one refuses it for good."""


@fault("WH-79")
def work_that_fails_again_and_again(trial: Trial) -> None:
    """The work fails several times, then it can be done; the vendor sends for as long as it is refused."""
    lab = trial.lab
    with lab.redelivery() as courier:
        failures = min(FAILURES, courier.pauses)
        with lab.downstream.behaving(status=500, times=failures) as mood:
            sent = courier.deliver(lab.event)
            at_first = courier.receipt(sent)
            _sent_until_accepted(courier, sent)
            until = time.monotonic() + lab.probe.settle_seconds
            while mood.hits < failures and time.monotonic() < until:
                time.sleep(0.02)
        if not mood.hits:
            trial.cannot_tell("the handler to call what it needs for its work", f"{sent.event} made it call nothing")
        _must_be_accepted(trial, courier, sent, "a 2xx once the work can be done")
    said = f"an event whose work failed {times(mood.hits)}, and that came again for as long as it was refused,"
    seen = lab.count(sent.event_id, at_least=1)
    if not seen and at_first.accepted:
        # It has promised to see to it, and may do so at a time of its own.
        trial.cannot_tell(f"an effect within {lab.probe.settle_seconds:g} s", f"{said} took effect not at all so far")
    if not seen:
        seen = lab.count(sent.event_id, at_least=1)  # and once more as long
    trial.must(seen == 1, expected="the event to take effect once", actual=f"{said} took effect {times(seen)}")


@fault("WH-80")
def down_for_a_while(trial: Trial) -> None:
    """The handler is stopped, the vendor finds nobody; the handler is back when the event comes again."""
    lab = trial.lab
    event = lab.event
    with lab.redelivery() as courier:
        with lab.stopped():
            sent = courier.deliver(event)
        missed = courier.receipt(sent)
        if missed.status is not None:
            trial.cannot_tell("no answer from a handler that was stopped", f"{event} {missed.told}")
        _sent_until_accepted(courier, sent)
        _must_be_accepted(trial, courier, sent, "a 2xx once the handler is up again")
    seen = lab.count(sent.event_id, at_least=1)
    trial.must(
        seen == 1,
        expected="the event to take effect once",
        actual=f"an event that came while the handler was down, and was accepted later, took effect {times(seen)}",
    )


@fault("WH-81")
def every_kind(trial: Trial) -> None:
    """One event of every kind, about the same things; what is refused comes again after the others, to the end."""
    lost: list[str] = []
    with trial.lab.redelivery() as courier:
        names: dict[str, str] = {}
        sent = [courier.deliver(event, names=names) for event in _kinds(trial)]
        refused = [each for each in sent if not courier.receipt(each).accepted]
        while any(courier.again(each) for each in refused):
            pass
        for each in refused:
            receipt = courier.receipt(each)
            if receipt.accepted:
                continue
            _must_not_be_put_off(trial, each, receipt)
            told = courier.given_up(each)
            # What is of no use to a handler may be told so; what it fails over, or shuts its door to, is its own fault.
            if receipt.failed or receipt.status in OUTRIGHT or 300 <= (receipt.status or 0) <= 399:
                lost.append(told)
            else:
                trial.warn(told)
    more = len(lost) - 1
    further = f"; and {more} further kind{'s' * (more > 1)}" if more > 0 else ""
    trial.must(not lost, expected="every kind to be accepted", actual=f"{lost[0]}{further}" if lost else "")


def _sent_until_accepted(courier: Redelivery, sent: Sent) -> None:
    while not courier.receipt(sent).accepted and courier.again(sent):
        pass


def _must_be_accepted(trial: Trial, courier: Redelivery, sent: Sent, expected: str) -> None:
    __tracebackhide__ = True
    last = courier.receipt(sent)
    _must_not_be_put_off(trial, sent, last)
    trial.must(last.accepted, expected=expected, actual="" if last.accepted else courier.given_up(sent))


def _must_not_be_put_off(trial: Trial, sent: Sent, receipt: Receipt) -> None:
    __tracebackhide__ = True
    if receipt.status == TOO_MANY_REQUESTS:
        # The schedule's pauses are skipped, and with them the time for which the handler asked.
        trial.cannot_tell("an answer other than 429", f"{sent.event} {receipt.told}")


def _kinds(trial: Trial) -> Iterator[str]:
    """Yield every kind of event: first those that things begin with, last those that end them."""
    events = trial.lab.setup.webhooks.events

    def place(name: str) -> tuple[bool, bool, int]:
        return ends(name), not name.endswith((".created", ".connected")), events[name].lifecycle or 0

    yield from sorted(events, key=place)
