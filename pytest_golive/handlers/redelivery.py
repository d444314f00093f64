"""What a handler refuses comes again: by its vendor's own courier and schedule, whose pauses are skipped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from pytest_golive.facts.course import keep_step
from pytest_golive.facts.current import current
from pytest_golive.handlers.evidence import SCHEDULED, delivery_of, exchange_of
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.parcel import End, Parcel, Receipt
from pytest_golive.handlers.setup import Setup
from pytest_golive.sandbox.courier import Attempt, Courier
from pytest_golive.sandbox.deliveries.clock import SkippingClock

PAUSE_SECONDS = 0.1
"""What is left of every pause of the schedule: a handler may have something to do between two attempts."""

LOST = {
    "given_up": "it is lost then",
    "dead_letter": "it is a dead letter then",
    "endpoint_failing": "it is lost, and the endpoint is marked as failing",
    "endpoint_disabled": "it is lost, and the endpoint is disabled: nothing comes any more",
}
"""What comes of an event that was never accepted, by what the schedule says."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event on its way to the handler.

    Attributes:
        event: its name.
        event_id: its id.
        endpoint_id: the courier's id of the place it goes to, which gets nothing else.
    """

    event: str
    event_id: str
    endpoint_id: str


class Redelivery:
    """The vendor's courier at work for one handler. Used by one trial.

    Args:
        setup: the handler.
        writer: writes the events.
        scrub: masks known secrets in a text.
    """

    def __init__(self, setup: Setup, writer: Writer, scrub: Callable[[str], str] = str) -> None:
        self._setup = setup
        self._writer = writer
        self._scrub = scrub
        self._clock = SkippingClock()
        hosts = {urlsplit(writer.url).hostname or ""}  # golive.yaml names it
        self._courier = Courier(setup.pack, self._clock, hosts=hosts)
        self._kept: set[str] = set()

    @property
    def pauses(self) -> int:
        """How often what is refused comes again."""
        return len(self._courier.schedule.waits_seconds)

    def deliver(self, event: str, *, names: dict[str, str] | None = None) -> Sent:
        """Send a genuine event for the first time, and wait for what comes of it; see `Writer.write` for the names."""
        letter = self._writer.letter(event, names=names)
        self._courier.bring(letter)
        self._keep()
        return Sent(event, letter.event_id, letter.endpoint.id)

    def again(self, sent: Sent) -> bool:
        """Make the next attempt of an event; tell whether there was one, or it was accepted or given up before.

        What else is due before is done before.
        """
        before = len(self._courier.attempts(sent.endpoint_id))
        while self._is_to_come(sent) and len(self._courier.attempts(sent.endpoint_id)) == before:
            time.sleep(PAUSE_SECONDS)
            self._clock.skip()
            self._keep()
        return len(self._courier.attempts(sent.endpoint_id)) > before

    def receipt(self, sent: Sent) -> Receipt:
        """Return what came of the last attempt."""
        return _receipt(self._courier.attempts(sent.endpoint_id)[0])

    def given_up(self, sent: Sent) -> str:
        """Return what came of an event that comes no more and was never accepted, as findings tell it."""
        attempts = self._courier.attempts(sent.endpoint_id)
        schedule = self._courier.schedule
        took = timedelta(seconds=sum(schedule.waits_seconds[: len(attempts) - 1]))
        tried = f"{len(attempts)} attempts within {took} by the vendor's schedule" if took else "one attempt"
        return f"{sent.event} {self.receipt(sent).told}, the last of {tried}: {LOST[schedule.then]}"

    def close(self) -> None:
        """Send nothing more."""
        self._courier.close()

    def _is_to_come(self, sent: Sent) -> bool:
        return self._courier.attempts(sent.endpoint_id)[0].next_at is not None

    def _keep(self) -> None:
        """Keep what was not kept yet as evidence of the current check."""
        record = current()
        for attempt in reversed(self._courier.all_attempts()):
            if attempt.id in self._kept or attempt.status == "pending":
                continue
            self._kept.add(attempt.id)
            if record is not None:
                said = f"attempt {attempt.number}"
                parcel = Parcel(
                    self._writer.url,
                    headers=tuple(attempt.request_headers.items()),
                    body=attempt.request_body.encode(),
                    event=attempt.event,
                    event_id=attempt.event_id,
                    said=said,
                )
                proof = self._writer.write(attempt.event).proof
                evidence = replace(parcel, proof=proof)
                # Pauses are skipped, and drawn as long as the schedule has them.
                begun = sum(self._courier.schedule.waits_seconds[: attempt.number - 1])
                receipt = _receipt(attempt, float(begun))
                record.exchanges.append(exchange_of(self._setup, evidence, receipt, self._scrub))
                keep_step(record, delivery_of(parcel, receipt, self._scrub, SCHEDULED))


def _receipt(attempt: Attempt, begun: float = 0.0) -> Receipt:
    ended: End = "answered" if attempt.http_status is not None else "closed"
    took = None if attempt.milliseconds is None else attempt.milliseconds / 1000
    return Receipt(
        ended,
        status=attempt.http_status,
        body=attempt.response_body.encode(),
        seconds=took if attempt.http_status is not None else None,
        total_seconds=took or 0.0,
        error="" if attempt.http_status is not None else attempt.error or "",
        begun=begun,
    )
