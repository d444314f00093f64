"""How an endpoint has been doing, and what follows from it."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

from pytest_golive.vendors.webhooks import RetrySchedule

EndpointState = Literal["active", "failing", "disabled"]


@dataclass(slots=True)
class Health:
    """What is known of one endpoint.

    Attributes:
        state: active; failing: still delivered to; disabled: not any more.
        failures: attempts that failed in a row.
        dead_letters: ids of the events that were given up, where the vendor keeps them.
        under_way: what tells the end of each delivery that may still come.
        resting: the deliveries that wait for their next attempt.
    """

    state: EndpointState = "active"
    failures: int = 0
    dead_letters: list[str] = field(default_factory=list)
    under_way: set[Future[None]] = field(default_factory=set)
    resting: set[asyncio.Task[None]] = field(default_factory=set)

    def succeeded(self) -> None:
        """Count a success; only its owner brings back what was disabled."""
        self.failures = 0
        self.state = "disabled" if self.state == "disabled" else "active"

    def failed(self, schedule: RetrySchedule, event_id: str, *, last: bool) -> None:
        """Count a failure.

        Args:
            schedule: says what follows from failures.
            event_id: id of the event.
            last: the event does not come again.
        """
        self.failures += 1
        if schedule.then == "dead_letter" and last:
            self.dead_letters.append(event_id)
        if last if schedule.disables_after is None else self.failures >= schedule.disables_after:
            if schedule.then == "endpoint_failing":
                self.state = "failing"
            elif schedule.then == "endpoint_disabled":
                self.state = "disabled"
                for delivery in self.resting:
                    delivery.cancel()
