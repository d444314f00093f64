"""Brings events to handlers as a vendor does: signed, tried again by its schedule, and written down.

A vendor's app has a courier (`Sandbox` gives it one), tells it of endpoints and publishes what happens:

    courier.add(Endpoint(id="wh_1", url="http://127.0.0.1:8000/hook", secret=secret))
    courier.publish("contact.created", {"contact_id": contact.id})
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from pytest_golive.sandbox.deliveries.clock import Clock, FastClock, ManualClock, RealClock
from pytest_golive.sandbox.deliveries.endpoint import Endpoint
from pytest_golive.sandbox.deliveries.errands import Errands
from pytest_golive.sandbox.deliveries.event import Letter, compose, data_of, new_event_id, sending
from pytest_golive.sandbox.deliveries.headers import headers_of, shown
from pytest_golive.sandbox.deliveries.health import EndpointState, Health
from pytest_golive.sandbox.deliveries.log import Attempt, DeliveryLog
from pytest_golive.sandbox.deliveries.post import Outcome, Postman, pause_asked
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import RetrySchedule

__all__ = [
    "Attempt",
    "Clock",
    "Courier",
    "Endpoint",
    "EndpointState",
    "FastClock",
    "ManualClock",
    "RealClock",
    "SendsWebhooks",
]

AT_ONCE = 32
"""Attempts under way at the same time; further ones wait for their turn."""

LOGGED = 1_000
"""Attempts that are kept of each endpoint."""

PATIENCE_SECONDS = 120.0
"""Longer than any first attempt takes; `deliver(wait=True)` must not hang for ever."""


class Courier:
    """Delivers a vendor's events.

    Args:
        pack: of the vendor; says what is sent, how it is signed and when it is tried again.
        clock: what time it is, and how long pauses take.
        retry: name of one of the pack's schedules; None for the usual one.
        hosts: further hosts than this machine that may be sent to.
        logged: attempts that are kept of each endpoint.

    Attributes:
        clock: the clock.
        schedule: when a refused delivery comes again, unless the endpoint says otherwise.
        listeners: are called with every attempt that is over, in the courier's own thread.
        failures: what was raised where nothing may be. Tests look here.

    Raises:
        ValueError: the vendor sends no webhooks.
        KeyError: it has no such schedule.
    """

    def __init__(
        self,
        pack: Pack,
        clock: Clock | None = None,
        *,
        retry: str | None = None,
        hosts: Collection[str] = (),
        logged: int = LOGGED,
    ) -> None:
        self.pack = pack
        self.webhooks = sending(pack)
        self.clock = clock or RealClock()
        self.schedule = self.webhooks.retry[retry or self.webhooks.usual_retry]
        self.listeners: list[Callable[[Attempt], None]] = []
        self.failures: list[BaseException] = []
        self._postman = Postman(frozenset(hosts))
        self._log = DeliveryLog(logged)
        self._endpoints: dict[str, Endpoint] = {}
        self._health: dict[str, Health] = {}
        self._numbers = itertools.count(1)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._errands = Errands(f"golive-courier-{pack.vendor}", self._postman.close)

    def add(self, endpoint: Endpoint) -> None:
        """Let an endpoint get what is published; one of the same id is replaced."""
        with self._lock:
            self._endpoints[endpoint.id] = endpoint

    def remove(self, endpoint_id: str) -> None:
        """Forget an endpoint, what is still to come to it, and its log."""
        with self._lock:
            self._endpoints.pop(endpoint_id, None)
            health = self._health.pop(endpoint_id, Health())
            under_way = tuple(health.under_way)
        for delivery in under_way:
            delivery.cancel()
        self._log.remove(endpoint_id)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the endpoints that get what is published."""
        with self._lock:
            return tuple(self._endpoints.values())

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """Return an endpoint that gets what is published; None where there is none of this id."""
        with self._lock:
            return self._endpoints.get(endpoint_id)

    def publish(
        self, event: str, data: Mapping[str, Any] | None = None, *, tenant: str | None = None, whole: bool = False
    ) -> str:
        """Deliver an event to every endpoint that takes it; return its id.

        Args:
            event: its name.
            data: what it is about, put over the pack's example.
            tenant: only to endpoints of this tenant; None for all.
            whole: `data` is all there is; nothing is taken from the example.

        Raises:
            LookupError: the vendor has no such event.
        """
        known = data_of(self.pack, event, data, now=self.clock.now())
        event_id = new_event_id(self.pack)
        for endpoint in self.endpoints():
            if endpoint.takes(event) and tenant in {None, endpoint.tenant}:
                self.deliver(endpoint, event, data if whole else known, event_id=event_id, whole=True)
        return event_id

    def deliver(
        self,
        endpoint: Endpoint,
        event: str,
        data: Mapping[str, Any] | None = None,
        *,
        test: bool = False,
        wait: bool = False,
        event_id: str | None = None,
        whole: bool = False,
    ) -> str:
        """Deliver an event to one endpoint, whether it was added or not; return the event's id.

        Nothing is sent to an endpoint that is not active, or was disabled after its failures, and nothing by a courier
        that was closed. A test event is sent once, and to an endpoint that is not active too.

        Args:
            endpoint: where it goes.
            event: its name.
            data: what it is about, put over the pack's example.
            test: whether it is a test event.
            wait: come back after the first attempt.
            event_id: its id; None for a new one.
            whole: `data` is all there is; nothing is taken from the example.

        Raises:
            LookupError: the vendor has no such event, signing scheme or retry schedule.
            ValueError: the endpoint lacks what its scheme needs.
        """
        known = data_of(self.pack, event, data, now=self.clock.now())
        event_id = event_id or new_event_id(self.pack)
        letter = compose(
            self.pack,
            endpoint,
            event,
            data if whole and data is not None else known,
            event_id=event_id,
            now=self.clock.now(),
            test=test,
        )
        # What is lacking is told to the caller, not to the log.
        headers_of(self.pack, letter, 1, self.clock.now())
        self._schedule(endpoint)
        if test or self.serves(endpoint):
            self._send(letter, wait=wait)
        return event_id

    def bring(self, letter: Letter) -> None:
        """Deliver an event that was written elsewhere to its endpoint; come back after the first attempt.

        Raises:
            LookupError: the vendor has no such signing scheme or retry schedule.
        """
        self._schedule(letter.endpoint)
        self._send(letter, wait=True)

    def serves(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint gets more than test events."""
        return endpoint.active and self.endpoint_state(endpoint.id) != "disabled"

    def reaches(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint is on this machine, or on a host that was named."""
        return self._postman.reaches(endpoint.url)

    def attempts(self, endpoint_id: str) -> tuple[Attempt, ...]:
        """Return what is known of the attempts at an endpoint, the newest first."""
        return self._log.of(endpoint_id)

    def all_attempts(self) -> tuple[Attempt, ...]:
        """Return what is known of the attempts at all endpoints, the newest first."""
        return self._log.whole()

    def endpoint_state(self, endpoint_id: str) -> EndpointState:
        """Return how an endpoint stands, by its failures in a row."""
        with self._lock:
            health = self._health.get(endpoint_id)
            return health.state if health else "active"

    def dead_letters(self, endpoint_id: str) -> tuple[str, ...]:
        """Return the ids of events that were given up, by a vendor that keeps them."""
        with self._lock:
            health = self._health.get(endpoint_id)
            return tuple(health.dead_letters) if health else ()

    def restore(self, endpoint_id: str) -> None:
        """Let an endpoint that failed begin anew, as its owner asks for."""
        with self._lock:
            health = self._health.setdefault(endpoint_id, Health())
            health.state, health.failures = "active", 0

    def close(self) -> None:
        """Cut what is under way, forget what was to come, and leave no thread."""
        self._errands.close()

    def _send(self, letter: Letter, *, wait: bool) -> None:
        first: Future[None] = Future()
        health = self._health_of(letter.endpoint.id)
        delivery = self._errands.begin(lambda: self._carry(letter, health, first))
        if delivery is None:
            return
        with self._lock:
            health.under_way.add(delivery)
        delivery.add_done_callback(lambda _: self._over(health, delivery, first))
        if wait:
            first.result(PATIENCE_SECONDS)

    def _over(self, health: Health, delivery: Future[None], first: Future[None]) -> None:
        with self._lock:
            health.under_way.discard(delivery)
        if not first.done():
            first.set_result(None)
        if not delivery.cancelled() and (failure := delivery.exception()) is not None:
            self.failures.append(failure)

    async def _carry(self, letter: Letter, health: Health, first: Future[None]) -> None:
        """Bring one event to one endpoint, for as long as the schedule says."""
        for number in itertools.count(1):
            attempt = self._begun(letter, number, health)
            try:
                attempt, pause = await self._attempted(letter, attempt, health)
                if not first.done():
                    first.set_result(None)
                if pause is None:
                    return
                await self._rested(health, pause)
            except asyncio.CancelledError:
                self._write(health, _dropped(attempt))
                raise
            letter = self._addressed(letter)
            if not self.serves(letter.endpoint):
                self._write(health, _dropped(attempt))
                return

    def _addressed(self, letter: Letter) -> Letter:
        """Return a letter to its endpoint as that is now: it may have been replaced since."""
        with self._lock:
            endpoint = self._endpoints.get(letter.endpoint.id, letter.endpoint)
        return replace(letter, endpoint=endpoint)

    async def _rested(self, health: Health, seconds: float) -> None:
        """Sit out a pause; what ends the endpoint's deliveries may end it."""
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None, "runs in a task"
        health.resting.add(task)
        try:
            await self.clock.sleep(seconds)
        finally:
            health.resting.discard(task)

    async def _attempted(self, letter: Letter, pending: Attempt, health: Health) -> tuple[Attempt, float | None]:
        """Make an attempt; return what is known of it, and the pause before the next one."""
        async with self._turns:
            letter = self._addressed(letter)
            endpoint, now = letter.endpoint, self.clock.now()
            headers = headers_of(self.pack, letter, pending.number, now)
            begun = replace(pending, at=datetime.fromtimestamp(now, UTC), request_headers=shown(endpoint, headers))
            self._write(health, begun)
            limit = endpoint.timeout_seconds or self.webhooks.answer_within_seconds
            outcome = await self._postman.post(endpoint.url, headers, letter.body, limit)
        pause = None if letter.test else self._judged(letter, pending.number, outcome, health)
        over = replace(
            begun,
            status="success" if outcome.accepted else "failed",
            http_status=outcome.status,
            milliseconds=outcome.milliseconds,
            next_at=None if pause is None else datetime.fromtimestamp(self.clock.after(pause), UTC),
            error=outcome.error,
            response_body=outcome.body,
        )
        self._write(health, over)
        for listener in tuple(self.listeners):
            listener(over)
        return over, pause

    def _judged(self, letter: Letter, number: int, outcome: Outcome, health: Health) -> float | None:
        """Count an attempt; return the pause before the next one, None where there is none."""
        if outcome.accepted:
            health.succeeded()
            return None
        pause = self._pause(letter.endpoint, number, outcome)
        health.failed(self._schedule(letter.endpoint), letter.event_id, last=pause is None)
        return None if health.state == "disabled" else pause

    def _pause(self, endpoint: Endpoint, number: int, outcome: Outcome) -> float | None:
        schedule = self._schedule(endpoint)
        waits = schedule.waits_seconds if endpoint.waits_seconds is None else endpoint.waits_seconds
        if number > len(waits) or not outcome.is_one_of(schedule.retried):
            return None
        asked = pause_asked(outcome.retry_after, self.clock.now()) if schedule.honours_retry_after else 0.0
        return max(waits[number - 1], asked)

    def _schedule(self, endpoint: Endpoint) -> RetrySchedule:
        if endpoint.retry is None:
            return self.schedule
        if endpoint.retry not in self.webhooks.retry:
            raise LookupError(f"{self.pack.title} has no retry schedule {endpoint.retry!r}")
        return self.webhooks.retry[endpoint.retry]

    def _begun(self, letter: Letter, number: int, health: Health) -> Attempt:
        attempt = Attempt(
            id=f"attempt-{next(self._numbers)}",
            endpoint_id=letter.endpoint.id,
            event=letter.event,
            event_id=letter.event_id,
            number=number,
            status="pending",
            http_status=None,
            milliseconds=None,
            at=datetime.fromtimestamp(self.clock.now(), UTC),
            next_at=None,
            error=None,
            test=letter.test,
            request_body=letter.body.decode(),
        )
        self._write(health, attempt)
        return attempt

    def _write(self, health: Health, attempt: Attempt) -> None:
        """Write an attempt down, unless its endpoint was removed meanwhile."""
        with self._lock:
            if self._health.get(attempt.endpoint_id) is health:
                self._log.put(attempt)

    def _health_of(self, endpoint_id: str) -> Health:
        with self._lock:
            return self._health.setdefault(endpoint_id, Health())


@runtime_checkable
class SendsWebhooks(Protocol):
    """An embedded vendor that delivers events by itself.

    Attributes:
        pack: of the vendor.
        courier: None until the sandbox gives it one.
    """

    pack: Pack
    courier: Courier | None

    def deliver_to(self, endpoint: Endpoint) -> None:
        """Register an endpoint that gets every event, as if it had been created through the API."""


def _dropped(attempt: Attempt) -> Attempt:
    if attempt.status == "pending":
        return replace(attempt, status="failed", error="dropped before it was answered")
    return replace(attempt, next_at=None)
