"""Load: slow work, a burst of events, and bodies of unusual size."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from pytest_golive.facts.current import carry
from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial

LONGER_SECONDS = 2.0
"""How much longer than the vendor waits the work takes."""

CALLED_SECONDS = 5.0
"""How long golive waits for the handler to begin with its work."""

BURST = 100
"""Events a second. `burst_seconds` tells for how long."""

ASKING = 16
"""Questions to the probe at a time."""

PROBED_SECONDS = 60.0
"""How long a burst's work may take, as long as it goes on."""

LARGE = 256 * 1024
"""Bytes of an event that is large, and still usual: many times what vendors say of theirs."""

FAR_TOO_LARGE = 16 * 1024 * 1024

TOO_MANY_REQUESTS = 429
CONTENT_TOO_LARGE = 413


@fault("WH-49")
def slow_work(trial: Trial) -> None:
    """First a delivery as usual; then one whose work takes longer than the vendor waits."""
    lab = trial.lab
    usual = trial.genuine(trial.some_event, said="a delivery")
    _must_be_in_time(trial, usual, trial.send(usual))

    seconds = lab.limit_seconds + LONGER_SECONDS
    with lab.downstream.behaving(status=200, seconds=seconds) as mood:
        slow = trial.genuine(trial.some_event, said=f"a delivery whose work takes {seconds:g} s")
        _must_be_in_time(trial, slow, trial.send(slow))
        until = time.monotonic() + CALLED_SECONDS
        while not mood.hits and time.monotonic() < until:
            time.sleep(0.02)
    if not mood.hits:
        trial.cannot_tell("the handler to call what it depends on, which golive had slowed down", "it did not")


@dataclass(frozen=True, slots=True)
class Burst:
    """Many events at a rate, and what came of each.

    Attributes:
        said: how findings name it.
        parcels: the events.
        receipts: their answers.
        lost: how many of those that were answered 2xx took no effect; None where no probe tells.
    """

    said: str
    parcels: Sequence[Parcel]
    receipts: Sequence[Receipt]
    lost: int | None


@fault("WH-50")
def burst(trial: Trial) -> None:
    """Many events within a second, each by a connection of its own. A 429 is an answer: the vendor comes again."""
    sent = _burst(trial)

    what = f"of {sent.said}"
    failed = [receipt for receipt in sent.receipts if receipt.failed]
    first = failed[0].told if failed else ""
    trial.must(not failed, expected="a 2xx or 4xx for each", actual=f"{what} {len(failed)} failed: one {first}")
    limit = trial.lab.limit_seconds
    late = [receipt for receipt in sent.receipts if (receipt.seconds or 0) > limit]
    actual = f"{what} {len(late)} were answered later than that"
    trial.must(not late, expected=f"an answer to each within {limit:g} s", actual=actual)
    taken = sum(receipt.accepted for receipt in sent.receipts)
    actual = f"{what} {taken} were answered 2xx, and {sent.lost} of these took no effect"
    trial.must(not sent.lost, expected="each event that was answered 2xx to take effect", actual=actual)


@fault("WH-51")
def too_many_requests(trial: Trial) -> None:
    """Many events within a second; whoever is sent away is told when to come again."""
    sent = _burst(trial)

    limited = [receipt for receipt in sent.receipts if receipt.status == TOO_MANY_REQUESTS]
    if not limited:
        trial.note(f"none of {sent.said} was answered 429")
    for receipt in limited:
        said = receipt.header("Retry-After")
        actual = "a delivery answered 429 " + ("without it" if said is None else f"with Retry-After: {said}")
        trial.must(
            said is not None and _is_a_time(said),
            expected="Retry-After, in seconds or as a date of HTTP",
            actual=actual,
        )


@fault("WH-56")
def large_body(trial: Trial) -> None:
    """An event filled up with blanks: large, then far larger than a handler has to take."""
    large = trial.genuine(body=lambda raw: _filled_up(raw, LARGE), said=f"an event of {LARGE // 1024} KiB")
    trial.must_accept(large, trial.send(large))
    if trial.lab.has_probe:
        trial.must_act(large)

    said = f"an event of {FAR_TOO_LARGE // 1024 // 1024} MiB"
    larger = trial.genuine(body=lambda raw: _filled_up(raw, FAR_TOO_LARGE), said=said)
    receipt = trial.send(larger)
    # Whoever refuses by the length alone may close before the body is read: then no answer gets through.
    status = receipt.status or CONTENT_TOO_LARGE
    trial.must(status < 500, expected="a 413, another 4xx or a 2xx", actual=f"{said} {receipt.told}")
    after = trial.genuine(said=f"the delivery after {said}")
    trial.must_accept(after, trial.send(after))
    if trial.lab.has_probe and not receipt.accepted:
        trial.must_act(larger, 0)


def _burst(trial: Trial) -> Burst:
    """Return the burst of this handler: sent once, and looked at by all that it tells something."""
    sent: Burst = trial.lab.known("burst", lambda: _sent(trial))
    return sent


def _sent(trial: Trial) -> Burst:
    seconds = trial.lab.setup.handler.burst_seconds
    parcels = [trial.genuine() for _ in range(BURST * seconds)]
    receipts = trial.lab.send_at_rate(parcels, per_second=BURST)
    taken = [parcel for parcel, receipt in zip(parcels, receipts, strict=True) if receipt.accepted]
    # Whatever comes after it is to find the handler at rest, too.
    lost = _without_effect(trial, taken) if trial.lab.has_probe else None
    within = "a second" if seconds == 1 else f"{seconds} seconds"
    return Burst(f"{len(parcels)} events within {within}", parcels, receipts, lost)


def _must_be_in_time(trial: Trial, parcel: Parcel, receipt: Receipt) -> None:
    __tracebackhide__ = True
    limit = trial.lab.limit_seconds
    if receipt.ended in {"refused", "not_sent"}:
        trial.cannot_tell("the handler to be there", f"{parcel.said}: {receipt.told}")
    trial.must(
        receipt.seconds is not None and receipt.seconds <= limit,
        expected=f"an answer within {limit:g} s",
        actual=f"{parcel.said} {receipt.told}" if receipt.status else f"{parcel.said}: {receipt.told}",
    )


def _without_effect(trial: Trial, parcels: Sequence[Parcel]) -> int:
    """Return how many took no effect, asked until all did or a whole round brings none."""
    until = time.monotonic() + PROBED_SECONDS
    waiting = list(parcels)
    with ThreadPoolExecutor(ASKING) as pool:
        while waiting:
            ask = carry(lambda parcel: trial.lab.count(parcel.event_id, at_least=1))
            counts = list(pool.map(ask, waiting))
            still = [parcel for parcel, count in zip(waiting, counts, strict=True) if count == 0]
            if len(still) == len(waiting):
                break
            waiting = still
            if waiting and time.monotonic() > until:
                trial.cannot_tell("the work to be done", f"after {PROBED_SECONDS:g} s it still went on")
    return len(waiting)


def _is_a_time(said: str) -> bool:
    if re.fullmatch("[0-9]+", said.strip()):
        return True
    try:
        parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return False
    return True


def _filled_up(raw: bytes, size: int) -> bytes:
    """Return a JSON object with blanks before its end, so that it has a size."""
    return raw[:-1] + b" " * max(0, size - len(raw)) + raw[-1:]
