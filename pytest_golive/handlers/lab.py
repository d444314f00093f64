"""One handler under test: started once, sent to, asked what it did, and first of all seen to work."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from pytest_golive.facts.course import keep_step
from pytest_golive.facts.current import current
from pytest_golive.facts.exchange import Exchange
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.facts.once import Once
from pytest_golive.handlers import sender
from pytest_golive.handlers.around import Around
from pytest_golive.handlers.control import CONTROL, Control, controlled
from pytest_golive.handlers.delivery import Delivery
from pytest_golive.handlers.downstream import Downstream
from pytest_golive.handlers.effects import Probe, ProbeProblem
from pytest_golive.handlers.evidence import delivery_of, exchange_of
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.program import ProgramProblem
from pytest_golive.handlers.recorded import Recording, recorded_parcel
from pytest_golive.handlers.redelivery import Redelivery
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.turns import Turns
from pytest_golive.handlers.vendor_api import VendorApi

GRACE_SECONDS = 5.0
"""How much longer than the vendor golive waits for an answer: a late one tells more than none."""

LAST_LINES = 60
MOST_WORDS = 300
"""What of a handler's output is looked at, in lines, and what is told of it, in letters."""

AN_ERROR = re.compile(r"(?:Error|Exception|Fatal|panic)\b")
"""What languages write before what went wrong."""

DYING_SECONDS = 0.3
"""How long golive looks whether a handler that broke a connection is dying."""


class Lab:
    """A handler under test. Thread-safe; started by whoever needs it first.

    Args:
        setup: the handler.
        scrub: masks known secrets in a text.
    """

    def __init__(self, setup: Setup, scrub: Callable[[str], str] = str) -> None:
        self.setup = setup
        self.turns = Turns()
        self.stuck = False
        """Whether it was seen to stay behind with what was sent to it."""
        self._scrub = scrub
        self._once = Once()
        self._lock = threading.Lock()
        self._around_it: Around | None = None
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
        return self._around.origin

    @property
    def probe(self) -> Probe:
        """Its effect probe.

        Raises:
            NotVerified: golive.yaml names none.
        """
        probe = self._around.probe
        if probe is None:
            key = f"{self.setup.key}.effects"
            raise NotVerified(f"{key} is missing: nothing tells what an event really did", key=key)
        return probe

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
        seen: Control = self._once.get("control", lambda: controlled(self))
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
        return int(self.ask(lambda probe: probe.count(event_id, at_least=at_least)).value)

    def state(self, subject: str, *, until: Callable[[Any], bool] | None = None) -> Any:
        """Return the state of what events are about, once that stands still.

        Raises:
            NotVerified: there is no probe.
            CannotTell: the probe fails.
        """
        return self.ask(lambda probe: probe.state(subject, until=until)).value

    def ask(self, question: Callable[[Probe], Any]) -> Any:
        """Return what the probe answers to a question.

        Raises:
            NotVerified: there is no probe.
            CannotTell: the probe fails.
        """
        try:
            return question(self.probe)
        except ProbeProblem as problem:
            raise self.cannot_tell(
                "the effect probe tells what an event did", '{"count": …} or {"state": …}', str(problem)
            ) from None

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
        downstream = self._around.downstream
        if downstream is None:
            key = f"{self.setup.key}.downstream"
            raise NotVerified(f"{key} is not true: golive stands in for nothing that the handler calls", key=key)
        return downstream

    @property
    def vendor_api(self) -> VendorApi:
        """The vendor's API as the handler reaches it, in golive's hands.

        Raises:
            NotVerified: golive.yaml does not say that the handler calls it there.
        """
        vendor_api = self._around.vendor_api
        if vendor_api is None:
            key = f"{self.setup.key}.environ"
            raise NotVerified(f"{key} names no {{base_url}}: golive does not see what the vendor is asked", key=key)
        return vendor_api

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
        program = self._around.program
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
        program = self._around.program
        files = [path for name in self.setup.handler.logs for path in sorted(self.setup.folder.glob(name))]
        if program is None and not self.setup.handler.logs:
            key = f"{self.setup.key}.logs"
            raise NotVerified(f"{key} is missing: nothing tells where the handler writes", key=key)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file()]
        return "\n".join([program.log() if program is not None else "", *texts])

    def last_words(self) -> str:
        """Return the last error that the handler wrote, or its last line, as the end of a sentence; "" for none."""
        program = self._around.program
        lines = [line.strip() for line in (program.log() if program is not None else "").splitlines() if line.strip()]
        errors = [line for line in lines[-LAST_LINES:] if AN_ERROR.search(line)]
        return f"; it said last: {(errors or lines)[-1][:MOST_WORDS]}" if lines else ""

    @property
    def deaths(self) -> int:
        """How often the handler's process was found dead, without golive having ended it; it is started again.

        Raises:
            CannotTell: it does not come up, or not again.
        """
        program = self._around.program  # once it is up: one that is about to come up is not dead
        with self._lock:
            if program is not None and not program.running and not self._closed:
                self._deaths += 1
                try:
                    program.restart()
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
            if self._around_it is not None:
                self._around_it.close()

    def _started(self) -> Writer:
        setup = self.setup
        if setup.production and not setup.allowed:
            key = f"{setup.key}.url"
            raise NotVerified(
                f"{key} serves production: made-up events have no business there, test it in another environment",
                key=key,
            )
        around = self._around_it = Around(setup, self._scrub)
        if around.program is not None:
            try:
                around.program.start()
            except ProgramProblem as problem:
                raise self.cannot_tell(CONTROL, "a handler that can be started", str(problem)) from None
        return Writer(setup, around.url)

    @property
    def _around(self) -> Around:
        """What is around the handler, once it is started."""
        self.writer  # noqa: B018  # starts the handler
        assert self._around_it is not None, "made when it was started"
        return self._around_it

    def _told(self, name: str, value: str | None) -> str:
        if value is None:
            key = f"{self.setup.key}.{name}"
            raise NotVerified(f"{key} is missing: nothing tells which {name} the handler serves", key=key)
        return value

    def _keep(self, parcel: Parcel, receipt: Receipt) -> None:
        broke = receipt.ended in {"reset", "closed", "refused"} and parcel.abort is None
        program = self._around.program if broke else None
        if program is not None:
            program.ends_within(DYING_SECONDS)  # if it is dying, that is to be known when this trial is judged
        record = current()
        if record is not None:
            exchange: Exchange = exchange_of(self.setup, parcel, receipt, self._scrub)
            record.exchanges.append(exchange)
            keep_step(record, delivery_of(parcel, receipt, self._scrub))
