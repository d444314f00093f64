"""One fault tried on one handler: what a fault's function works with, and how it is judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytest_golive.facts.finding import CannotTell
from pytest_golive.facts.outcome import Evidence
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.wording import times
from pytest_golive.signing.key import new_secret
from pytest_golive.trials.judged import Judged
from pytest_golive.vendors.handler_fault import HandlerFault

AGAIN = frozenset({408, 409, 425, 429})
"""4xx by which a handler asks to be sent the same once more: no refusals."""

GONE = 410
"""A 4xx by which a handler has itself switched off at the vendor: no refusal either."""


@dataclass(frozen=True, slots=True)
class Trial(Judged[Lab, HandlerFault]):
    """A fault, and the handler it is tried on."""

    # What is sent -----------------------------------------------------------

    def genuine(self, event: str | None = None, **knobs: Any) -> Parcel:
        """Return a genuine delivery; see :meth:`pytest_golive.handlers.genuine.Writer.write` for the knobs."""
        return self.lab.genuine(event, **knobs)

    @property
    def some_event(self) -> str:
        """The event that the positive control has seen to work; where it failed, the one it began with.

        For faults that make the positive control fail.
        """
        try:
            return self.lab.event
        except CannotTell:
            events = self.lab.setup.webhooks.events
            return next((name for name, event in events.items() if event.subject is not None), next(iter(events)))

    def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
        """Send a parcel; whatever comes of it is in the receipt, and evidence of the check."""
        return self.lab.send(parcel, timeout_seconds=timeout_seconds)

    def send_together(self, parcels: Sequence[Parcel], *, timeout_seconds: float | None = None) -> tuple[Receipt, ...]:
        """Send parcels in the same moment, each over a connection of its own."""
        return self.lab.send_together(parcels, timeout_seconds=timeout_seconds)

    def given(self, parcel: Parcel, *, acts: bool | None = None) -> Receipt:
        """Send what has to be accepted before the fault can be tried at all.

        Args:
            parcel: a genuine delivery.
            acts: whether it has to take effect once, too; None: where a probe tells.

        Raises:
            CannotTell: it was not accepted, or took no effect.
        """
        receipt = self.send(parcel)
        if not receipt.accepted:
            self.cannot_tell("a genuine event to be accepted first", f"{parcel.event} {receipt.told}")
        if self.lab.has_probe if acts is None else acts:
            count = self.lab.count(parcel.event_id, at_least=1)
            if count != 1:
                self.cannot_tell("a genuine event to take effect once first", f"{parcel.event} did {times(count)}")
        return receipt

    def wrong_secret(self) -> str:
        """Return a secret that the handler does not have, written as its scheme writes them."""
        return new_secret(self.lab.setup.scheme)

    # How it is judged -------------------------------------------------------

    def must_accept(self, parcel: Parcel, receipt: Receipt) -> None:
        """Demand a 2xx.

        Raises:
            CheckFailed: it is something else.
        """
        __tracebackhide__ = True
        self.must(receipt.accepted, expected="a 2xx", actual=f"{_what(parcel)} {receipt.told}")

    def must_not_fail(self, parcel: Parcel, receipt: Receipt) -> None:
        """Demand an answer that is no 5xx: right for what is genuine, and of no use to the handler.

        Raises:
            CheckFailed: it failed, gave no answer, or answered 410 and would be switched off.
        """
        __tracebackhide__ = True
        self.must(not receipt.failed, expected="a 2xx or 4xx", actual=f"{_what(parcel)} {receipt.told}")

    def must_refuse(self, parcel: Parcel, receipt: Receipt, *, effect_of: str | None = None) -> None:
        """Demand that a parcel is refused as the vendor wants it, and takes no effect.

        Args:
            parcel: what was sent.
            receipt: what came back.
            effect_of: id of the event that must not take effect; None: the parcel's.

        Raises:
            CheckFailed: it was accepted, refused in another way, or took effect.
        """
        __tracebackhide__ = True
        expected = self.refusal_expected()
        self.must(self.is_refusal(receipt), expected=expected, actual=f"{_what(parcel)} {receipt.told}")
        if self.lab.has_probe:
            count = self.lab.count(effect_of or parcel.event_id)
            actual = f"{_what(parcel)} {receipt.told}, and took effect {times(count)}"
            self.must(count == 0, expected=f"{expected} and no effect", actual=actual)

    def must_act(self, parcel: Parcel, count: int = 1, *, said: str = "") -> None:
        """Demand that an event took effect so often.

        Raises:
            CheckFailed: it did more or less often.
            NotVerified: there is no probe.
        """
        __tracebackhide__ = True
        seen = self.lab.count(parcel.event_id, at_least=count)
        self.must(
            seen == count,
            expected=f"the event to take effect {times(count)}",
            actual=f"{said or _what(parcel)} took effect {times(seen)}",
        )

    def is_refusal(self, receipt: Receipt) -> bool:
        """Whether an answer refuses as the vendor wants it.

        By exactly the status that its pages state; where they state none, by any 4xx that is final and leaves the
        endpoint alone.
        """
        refusal = self.lab.setup.webhooks.refusal
        if refusal.evidence is Evidence.DOCUMENTED:
            return receipt.status in refusal.statuses
        status = receipt.status or 0
        return 400 <= status <= 499 and status not in {*AGAIN, GONE}

    def refusal_expected(self) -> str:
        """Return what a refusal is, in words."""
        refusal = self.lab.setup.webhooks.refusal
        if refusal.evidence is Evidence.DOCUMENTED:
            return f"a {' or '.join(map(str, refusal.statuses))}"
        return f"a refusal: {', '.join(map(str, refusal.statuses))} or another 4xx that is final"

    def need_probe(self) -> None:
        """Go on only where effects can be seen.

        Raises:
            NotVerified: there is no probe.
        """
        self.lab.probe  # noqa: B018  # raises


def envelope_of(parcel: Parcel) -> Any:
    """Return the JSON that a parcel carries."""
    return json.loads(parcel.body)


def _what(parcel: Parcel) -> str:
    return parcel.said or parcel.event or "the delivery"
