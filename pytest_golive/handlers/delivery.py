"""One delivery as a test of the team's own looks at it: was it accepted, did it take effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_golive.facts.finding import CheckFailed, Finding
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.wording import times as how_often

if TYPE_CHECKING:
    from pytest_golive.handlers.lab import Lab


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent, and what came back.

    Attributes:
        lab: the handler it was sent to.
        parcel: what was sent.
        receipt: what came back.
    """

    lab: Lab
    parcel: Parcel
    receipt: Receipt

    @property
    def event_id(self) -> str:
        """Id of the event."""
        return self.parcel.event_id

    @property
    def subject(self) -> str:
        """Id of what the event is about."""
        return self.parcel.subject

    def must_be_accepted(self) -> None:
        """Demand a 2xx within the vendor's limit.

        Raises:
            CheckFailed: it is something else, or late.
        """
        __tracebackhide__ = True
        limit = self.lab.limit_seconds
        in_time = self.receipt.seconds is not None and self.receipt.seconds <= limit
        self._must("accepts", self.receipt.accepted and in_time, f"a 2xx within {limit:g} s", self.receipt.told)

    def must_be_refused(self) -> None:
        """Demand a 4xx.

        Raises:
            CheckFailed: it is something else.
        """
        __tracebackhide__ = True
        status = self.receipt.status or 0
        self._must("refuses", 400 <= status <= 499, "a 4xx", self.receipt.told)

    def must_take_effect(self, *, times: int = 1) -> None:
        """Demand that the event took effect so often.

        Raises:
            CheckFailed: it did more or less often.
            NotVerified: golive.yaml names no effect probe.
        """
        __tracebackhide__ = True
        seen = self.lab.count(self.parcel.event_id, at_least=times)
        self._must(
            "acts upon", seen == times, f"one that takes effect {how_often(times)}", f"it took effect {how_often(seen)}"
        )

    def _must(self, does: str, holds: bool, expected: str, actual: str) -> None:
        __tracebackhide__ = True
        if not holds:
            requirement = f"{self.lab.name} {does} {self.parcel.said or self.parcel.event}"
            raise CheckFailed(Finding(requirement, expected, self.lab.scrub(actual)))
