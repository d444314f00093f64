"""The checks of a team's webhook handlers: every fault, once for each handler it may show in."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from pytest_golive.facts.outcome import Suite
from pytest_golive.handlers.catalogue import functions
from pytest_golive.vendors.handler_fault import shown_by
from pytest_golive.vendors.library import handler_faults
from pytest_golive.vendors.pack import Pack

CHECK = "handler_withstands"
"""The check that tries a fault."""

ALLOWANCE = "test_delivery"
"""What has to be allowed before a handler in production gets a delivery, and then only after a rotation."""


@dataclass(frozen=True, slots=True)
class HandlerCase:
    """A handler, as far as the plan needs to know it.

    Attributes:
        name: in golive.yaml.
        vendor: whose events it takes.
        auth: the way its vendor signs for it; None for the usual one.
        production: whether it serves real customers, and golive did not start it.
        deployed: whether it is reached at an address of its own, since golive does not start it.
    """

    name: str
    vendor: str
    auth: str | None = None
    production: bool = False
    deployed: bool = False


def is_provoked(fault: str | None) -> bool:
    """Whether this version can provoke a fault of handlers."""
    return fault in functions()


def handlers_of(handlers: Sequence[HandlerCase], pack: Pack) -> tuple[HandlerCase, ...]:
    """Return the handlers of a vendor."""
    return tuple(handler for handler in handlers if handler.vendor == pack.vendor)


def may_be_sent(handler: HandlerCase, fault: str, allow: Container[str]) -> bool:
    """Whether what provokes a fault may be sent to a handler: to one in production only what a rotation asks for."""
    if not handler.production:
        return True
    return ALLOWANCE in allow and Suite.POSTROTATION in handler_faults()[fault].suites


def concerned(handlers: Sequence[HandlerCase], pack: Pack, fault: str) -> Iterator[HandlerCase]:
    """Yield the handlers of a vendor that a fault may show in: by their deliveries, or by where they are."""
    wanted = handler_faults()[fault]
    for handler in handlers_of(handlers, pack):
        there = handler.deployed or not wanted.deployed
        if there and set(wanted.applies) <= shown_by(pack, handler.auth):
            yield handler


def why_nobody(fault: str) -> str:
    """Return why a fault concerns no handler of a vendor, as the end of 'not applicable: '."""
    if handler_faults()[fault].deployed:
        return "golive starts these handlers itself, at no public address"
    if "listed" in handler_faults()[fault].applies:
        return "this vendor lists nothing of what its events are about"
    return "what proves these deliveries cannot be wrong in this way"


def why_not_tried(fault: str) -> str:
    """Return why a fault is tried at no handler; '' where it is."""
    return handler_faults()[fault].cannot
