"""One handler under test: started once, sent to, asked what it did, and first of all seen to work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from pytest_golive.facts.current import current
from pytest_golive.facts.exchange import Exchange
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.facts.once import Once
from pytest_golive.handlers import sender
from pytest_golive.handlers.delivery import Delivery
from pytest_golive.handlers.downstream import Downstream
from pytest_golive.handlers.effects import Probe, ProbeProblem
from pytest_golive.handlers.evidence import exchange_of
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.program import Program, ProgramProblem
from pytest_golive.handlers.recorded import Recording, recorded_parcel
from pytest_golive.handlers.redelivery import Redelivery
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.turns import Turns
from pytest_golive.handlers.wording import times

GRACE_SECONDS = 5.0
"""How much longer than the vendor golive waits for an answer: a late one tells more than none."""

DYING_SECONDS = 0.3
"""How long golive looks whether a handler that broke a connection is dying."""

CONTROL = "a genuine event is accepted, and takes effect once"


@dataclass(frozen=True, slots=True)
class Control:
    """What the positive control has shown.

    Attributes:
        event: the event that was accepted and, where a probe tells, took effect once.
        seconds: how long the handler took to answer.
        acting: events that were seen to take effect.
    """

    event: str
    seconds: float
    acting: tuple[str, ...] = ()


class Lab:
    """A handler under test. Thread-safe; started by whoever needs it first.

    Args:
        setup: the handler.
        scrub: masks known secrets in a text.
    """

    def __init__(self, setup: Setup, scrub: Callable[[str], str] = str) -> None:
        self.setup = setup
        self.turns = Turns()
        self._scrub = scrub
        self._once = Once()
        self._lock = threading.Lock()
        self._program: Program | None = None
        self._downstream: Downstream | None = None
        self._probe: Probe | None = None
        self._deaths = 0
        self._closed = False

    @property
    def name(self) -> str:
        """Its name in golive.yaml."""
        return self.setup.name

    @property
    def limit_seconds(self) -> float:
        """Within what time its vendor wants an answer."""
        return self.setup.webhooks.answer_within_seconds

    @property
    def writer(self) -> Writer:
        """Writes deliveries to it.

        Raises:
            CannotTell: it cannot be started.
        """
        made: Writer = self._once.get("writer", self._started)
        return made

    @property
    def url(self) -> str:
        """The address of its webhook."""
        return self.writer.url

    @property
    def origin(self) -> str:
        """Scheme, host and port of it."""
        return self.setup.origin(self._program.launch if self.writer and self._program else None)

    @property
    def probe(self) -> Probe:
        """Its effect probe.

        Raises:
            NotVerified: golive.yaml names none.
        """
        self.writer  # noqa: B018  # starts the handler, whose port the probe needs
        if self._probe is None:
            key = f"{self.setup.key}.effects"
            raise NotVerified(f"{key} is missing: nothing tells what an event really did", key=key)
        return self._probe

    @property
    def has_probe(self) -> bool:
        """Whether golive.yaml names an effect probe."""
        return self.setup.handler.effects is not None

    @property
    def event(self) -> str:
        """The event that the positive control has seen to work."""
        return self.control().event

    def control(self) -> Control:
        """See that a genuine event is accepted in time and, where a probe tells, takes effect once; asked once a run.

        Raises:
            CannotTell: it does not; says what happened instead.
        """
        seen: Control = self._once.get("control", self._controlled)
        return seen

    def genuine(self, event: str | None = None, **knobs: Any) -> Parcel:
        """Return a genuine delivery; see :meth:`Writer.write` for everything that may be varied."""
        return self.writer.write(event or self.event, **knobs)

    def deliver(self, event: str | None = None, *, age_seconds: float = 0.0, **knobs: Any) -> Delivery:
        """Send a genuine delivery, and return what can be demanded of it.

        Args:
            event: its name; None for the one that the positive control has seen to work.
            age_seconds: how long ago the event happened; it is sent, and signed, now.
            knobs: see :meth:`Writer.write`.
        """
        if age_seconds:
            knobs["occurred_at"] = time.time() - age_seconds
        parcel = self.genuine(event, **knobs)
        return Delivery(self, parcel, self.send(parcel))

    def replay(self, recorded: Recording) -> Delivery:
        """Send a recorded delivery, or that of a file, signed anew; see :func:`recorded_parcel` for what is raised."""
        parcel = recorded_parcel(self.setup, self.url, recorded)
        return Delivery(self, parcel, self.send(parcel))

    def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
        """Send a parcel, and keep it as evidence of the current check."""
        receipt = sender.send(parcel, timeout_seconds=timeout_seconds or self.limit_seconds + GRACE_SECONDS)
        self._keep(parcel, receipt)
        return receipt

    def send_together(self, parcels: Sequence[Parcel], *, timeout_seconds: float | None = None) -> tuple[Receipt, ...]:
        """Send parcels in the same moment, each over a connection of its own."""
        receipts = sender.send_together(parcels, timeout_seconds=timeout_seconds or self.limit_seconds + GRACE_SECONDS)
        for parcel, receipt in zip(parcels, receipts, strict=True):
            self._keep(parcel, receipt)
        return receipts

    def send_at_rate(
        self, parcels: Sequence[Parcel], *, per_second: float, timeout_seconds: float | None = None
    ) -> tuple[Receipt, ...]:
        """Send parcels at a rate, without waiting for answers. What was answered 2xx is counted, not kept."""
        receipts = sender.send_at_rate(
            parcels, per_second=per_second, timeout_seconds=timeout_seconds or self.limit_seconds + GRACE_SECONDS
        )
        for parcel, receipt in zip(parcels, receipts, strict=True):
            if not receipt.accepted:
                self._keep(parcel, receipt)
        return receipts

    def count(self, event_id: str, *, at_least: int = 0) -> int:
        """Return how often an event took effect, once that stands still.

        Raises:
            NotVerified: there is no probe.
            CannotTell: the probe fails.
        """
        return int(self._asked(lambda probe: probe.count(event_id, at_least=at_least)).value)

    def state(self, subject: str, *, until: Callable[[Any], bool] | None = None) -> Any:
        """Return the state of what events are about, once that stands still.

        Raises:
            NotVerified: there is no probe.
            CannotTell: the probe fails.
        """
        return self._asked(lambda probe: probe.state(subject, until=until)).value

    def secret(self, key: str) -> str:
        """Return one of the handler's secrets.

        Raises:
            NotVerified: golive.yaml names none.
        """
        if key not in self.setup.secrets:
            place = f"{self.setup.key}.{key}"
            raise NotVerified(f"{place} is missing: there is nothing to sign with", key=place)
        return self.setup.secrets[key].reveal()

    @property
    def tenant(self) -> str:
        """The tenant the handler serves.

        Raises:
            NotVerified: golive.yaml does not tell.
        """
        return self._told("tenant", self.setup.tenant)

    @property
    def mode(self) -> str:
        """The mode the handler serves.

        Raises:
            NotVerified: golive.yaml does not tell.
        """
        return self._told("mode", self.setup.mode)

    @property
    def downstream(self) -> Downstream:
        """What the handler calls for its work, in golive's hands.

        Raises:
            NotVerified: golive.yaml does not say that it calls anything.
        """
        self.writer  # noqa: B018  # starts the handler
        if self._downstream is None:
            key = f"{self.setup.key}.downstream"
            raise NotVerified(f"{key} is not true: golive stands in for nothing that the handler calls", key=key)
        return self._downstream

    def restart(self, *, kill: bool = False) -> None:
        """Stop the handler by TERM, or KILL, and start it again. For trials that have it alone.

        Raises:
            NotVerified: golive may not.
            CannotTell: it does not come up again.
        """
        with self.stopped(kill=kill):
            pass

    @contextmanager
    def stopped(self, *, kill: bool = False) -> Iterator[None]:
        """Have the handler stopped meanwhile, by TERM or KILL, and started again. For trials that have it alone.

        Raises:
            NotVerified: golive may not.
            CannotTell: it does not come up again.
        """
        self.writer  # noqa: B018  # starts the handler
        program = self._program
        if not self.setup.restarts or program is None:
            key = f"{self.setup.key}.{'restart' if self.setup.handler.command else 'command'}"
            raise NotVerified(f"{key} is missing: golive may not stop and start the handler", key=key)
        program.stop(kill=kill)
        try:
            yield
        finally:
            try:
                program.start()
            except ProgramProblem as problem:
                raise self.cannot_tell("the handler starts again", "it to come up", str(problem)) from None

    @contextmanager
    def redelivery(self) -> Iterator[Redelivery]:
        """Have the vendor's own courier, by whose schedule what is refused comes again."""
        with closing(Redelivery(self.setup, self.writer, self._scrub)) as courier:
            yield courier

    def log(self) -> str:
        """Return what the handler wrote: its output, and the files golive.yaml names. Unmasked.

        Raises:
            NotVerified: neither is known.
        """
        self.writer  # noqa: B018  # starts the handler
        files = [path for name in self.setup.handler.logs for path in sorted(self.setup.folder.glob(name))]
        if self._program is None and not self.setup.handler.logs:
            key = f"{self.setup.key}.logs"
            raise NotVerified(f"{key} is missing: nothing tells where the handler writes", key=key)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file()]
        return "\n".join([self._program.log() if self._program is not None else "", *texts])

    @property
    def deaths(self) -> int:
        """How often the handler's process was found dead, without golive having ended it; it is started again.

        Raises:
            CannotTell: it does not come up, or not again.
        """
        self.writer  # noqa: B018  # starts the handler: one that is about to come up is not dead
        with self._lock:
            if self._program is not None and not self._program.running and not self._closed:
                self._deaths += 1
                try:
                    self._program.restart()
                except ProgramProblem as problem:
                    raise self.cannot_tell("the handler is there", "it to come up again", str(problem)) from None
            return self._deaths

    def cannot_tell(self, requirement: str, expected: str, actual: str) -> CannotTell:
        """Return the exception that ends a check of which nothing can be said."""
        return CannotTell(Finding(requirement, self._scrub(expected), self._scrub(actual)))

    def scrub(self, text: str) -> str:
        """Return a text with known secrets masked."""
        return self._scrub(text)

    def known(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what a trial has found out about the handler and others need, too; found out once a run."""
        return self._once.get(("known", key), make)

    def close(self) -> None:
        """Stop what was started."""
        with self._lock:
            self._closed = True
            if self._program is not None:
                self._program.stop()
            if self._downstream is not None:
                self._downstream.close()
            if self._probe is not None:
                self._probe.close()

    def _started(self) -> Writer:
        setup = self.setup
        if setup.production and not setup.allowed:
            key = f"{setup.key}.url"
            raise NotVerified(
                f"{key} serves production: made-up events have no business there, test it in another environment",
                key=key,
            )
        launch = None
        if setup.started:
            if setup.handler.downstream:
                self._downstream = Downstream()
            launch = setup.launch(self._scrub, self._downstream.url if self._downstream else "")
            self._program = Program(launch)
            try:
                self._program.start()
            except ProgramProblem as problem:
                raise self.cannot_tell(CONTROL, "a handler that can be started", str(problem)) from None
        if setup.handler.effects is not None:
            self._probe = Probe(setup.handler.effects, setup.origin(launch), setup.folder, self._scrub)
        return Writer(setup, setup.url(launch))

    def _controlled(self) -> Control:
        candidates = self._candidates()
        told: list[str] = []
        # The usual one first; the others only where the handler has no use for it.
        for batch in (candidates[:1], candidates[1:]):
            parcels = [self.writer.write(event) for event in batch]
            for parcel, receipt in zip(parcels, self.send_together(parcels), strict=True):
                seen = self._worked(parcel, receipt, told)
                if seen is not None:
                    return seen
        raise self.cannot_tell(CONTROL, "a 2xx and one effect", f"the positive control failed: {'; '.join(told[:3])}")

    def _worked(self, parcel: Parcel, receipt: Receipt, told: list[str]) -> Control | None:
        if not receipt.accepted or receipt.seconds is None:
            told.append(f"{parcel.event} {receipt.told}")
            return None
        if receipt.seconds > self.limit_seconds:
            told.append(f"{parcel.event} {receipt.told}, the vendor waits {self.limit_seconds:g} s")
            return None
        if self._probe is None:
            return Control(parcel.event, receipt.seconds)
        answer = self._asked(lambda probe: probe.count(parcel.event_id, at_least=1))
        if answer.value != 1:
            told.append(f"{parcel.event} {receipt.told} and took effect {times(answer.value)}")
            return None
        self._probe.lag_seconds = answer.seconds
        return Control(parcel.event, receipt.seconds, (parcel.event,))

    def _candidates(self) -> list[str]:
        events = self.setup.webhooks.events
        first = [name for name, event in events.items() if event.subject is not None]
        return first or list(events)

    def _asked(self, question: Callable[[Probe], Any]) -> Any:
        try:
            return question(self.probe)
        except ProbeProblem as problem:
            raise self.cannot_tell(
                "the effect probe tells what an event did", '{"count": …} or {"state": …}', str(problem)
            ) from None

    def _told(self, name: str, value: str | None) -> str:
        if value is None:
            key = f"{self.setup.key}.{name}"
            raise NotVerified(f"{key} is missing: nothing tells which {name} the handler serves", key=key)
        return value

    def _keep(self, parcel: Parcel, receipt: Receipt) -> None:
        broke = receipt.ended in {"reset", "closed", "refused"} and parcel.abort is None
        if broke and self._program is not None:
            self._program.ends_within(DYING_SECONDS)  # if it is dying, that is to be known when this trial is judged
        record = current()
        if record is not None:
            exchange: Exchange = exchange_of(self.setup, parcel, receipt, self._scrub)
            record.exchanges.append(exchange)
