"""What the labs are planned to try: each fault with each of the team's programs it may show in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_golive.readiness import client_cases, handler_cases
from pytest_golive.readiness.client_cases import ClientCase
from pytest_golive.readiness.handler_cases import HandlerCase
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Part

LABS = frozenset({"handler", "client"})
"""The kinds of parts that a lab decides."""


@dataclass(frozen=True, slots=True)
class LabCase:
    """One fault tried on one program.

    Attributes:
        check: the check that tries it.
        name: what tells it from the check's other cases.
        subject: the program.
        fault: of the catalogue.
        operation: what of a client it is tried with; None: all of it.
    """

    check: str
    name: str
    subject: str
    fault: str
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Untried:
    """Why a fault is tried on no program.

    Attributes:
        reason: in words.
        keys: what of golive.yaml is missing.
    """

    reason: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Programs:
    """The team's programs.

    Attributes:
        handlers: what receives webhooks.
        clients: what calls vendors.
        allow: what a run may do in production beyond reading.
    """

    handlers: tuple[HandlerCase, ...] = ()
    clients: tuple[ClientCase, ...] = ()
    allow: tuple[str, ...] = ()

    def of(self, part: Part, pack: Pack) -> Sequence[HandlerCase | ClientCase]:
        """Return the programs of a vendor that a part is about."""
        if part.kind == "handler":
            return handler_cases.handlers_of(self.handlers, pack)
        return client_cases.clients_of(self.clients, pack)

    def cases(self, part: Part, pack: Pack, *, whole: bool) -> Iterator[LabCase | Untried]:
        """Yield what a part is tried with, or why it is not.

        Args:
            part: names a fault.
            pack: of the vendor.
            whole: whether the part decides its rule alone, so that something has to stand for the rule.
        """
        if not self.of(part, pack):
            key = f"{part.kind}s"
            yield Untried(f"{key} is missing: golive.yaml names no {part.kind} of {pack.title}", (key,))
        elif part.handler is not None:
            yield from self._of_handlers(part.handler, pack, whole)
        elif part.client is not None:
            yield from self._of_clients(part.client, pack, whole)

    def _of_handlers(self, fault: str, pack: Pack, whole: bool) -> Iterator[LabCase | Untried]:
        handlers = tuple(handler_cases.concerned(self.handlers, pack, fault))
        if not handlers and whole:
            yield Untried(f"not applicable: {handler_cases.why_nobody(fault)}")
        sendable = tuple(one for one in handlers if handler_cases.may_be_sent(one, fault, self.allow))
        if handlers and not sendable and whole:
            yield Untried("not applicable: made-up events are not sent to a handler in production")
        for one in sendable:
            yield LabCase(handler_cases.CHECK, f"{one.name}-{fault}", one.name, fault)

    def _of_clients(self, fault: str, pack: Pack, whole: bool) -> Iterator[LabCase | Untried]:
        tried = tuple(client_cases.tried(self.clients, pack, fault))
        if not tried and whole:
            yield Untried(f"not applicable: {client_cases.why_nobody(fault, pack)}")
        for one, operation in tried:
            name = "-".join([one.name, fault, *([operation] if operation else [])])
            yield LabCase(client_cases.CHECK, name, one.name, fault, operation)


def is_provoked(part: Part) -> bool:
    """Whether this version can provoke the fault that a part names."""
    return handler_cases.is_provoked(part.handler) or client_cases.is_provoked(part.client)


def why_not_tried(parts: Sequence[Part]) -> str:
    """Return why none of these parts is tried on any program; '' where one is, or something else decides."""
    reasons = [_why_not(part) for part in parts]
    return reasons[0] if reasons and all(reasons) else ""


def _why_not(part: Part) -> str:
    if part.handler is not None:
        return handler_cases.why_not_tried(part.handler)
    return client_cases.why_not_tried(part.client) if part.client is not None else ""
