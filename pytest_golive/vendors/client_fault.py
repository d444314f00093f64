"""What an API client may do wrong, as ``client_faults.yaml`` says it: one entry per fault, with a stable id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.lab_fault import LabFault
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Part

Section = Literal["retrying", "waiting", "connecting", "reading", "paging", "keys", "writing"]

Lever = Literal["command", "concurrent"]
"""What a client in golive.yaml has to be: started by golive, by `command` or `callable`; able to do several calls."""

Shown = Literal["idempotency", "versioned", "ids"]

Each = Literal["client", "operation", "read", "write", "update", "batch", "listing", "polled"]
"""What of a client a fault is tried with: all of it at once, or each of its operations of a kind."""


class ClientFault(LabFault):
    """One way in which a client may be wrong."""

    programs: ClassVar[str] = "API clients"
    key: ClassVar[str] = "clients"

    section: Section
    each: Each = Field(description="what of the client it is tried with")
    needs: tuple[Lever, ...] = Field(
        default=(), description="what the client has to be: else not verified; or not applicable"
    )
    applies: tuple[Shown, ...] = Field(
        default=(), description="what the vendor has to have: idempotency keys, versions, ids of configuration"
    )

    def part(self) -> Part:
        """Return what decides the rule: a trial in this lab."""
        return Part(client=self.id)


class ClientFaults(Frozen):
    """``client_faults.yaml``."""

    faults: tuple[ClientFault, ...]


def shown_by_api(pack: Pack) -> frozenset[Shown]:
    """Return what a vendor's API has that a client may get wrong."""
    paths = [operation.path for operation in pack.operations.values()]
    found: dict[Shown, bool] = {
        "idempotency": pack.idempotency is not None,
        "versioned": pack.versioning is not None,
        "ids": any(f"{{{name}}}" in path for name in pack.ids for path in paths),
    }
    return frozenset(name for name, there in found.items() if there)


def tried_with(pack: Pack, operations: Iterable[str], fault: ClientFault) -> tuple[str | None, ...]:
    """Return the operations of a client that a fault is tried with; (None,) for all of the client at once."""
    if not set(fault.applies) <= shown_by_api(pack):
        return ()
    if fault.each == "client":
        return (None,)
    return tuple(name for name in operations if is_of_kind(pack, name, fault.each) and _concerned(pack, name, fault))


def is_of_kind(pack: Pack, name: str, each: Each) -> bool:
    """Whether a client's operation is of a kind; one made of several of the vendor's is polled, and no other."""
    if name in pack.composites:
        return each == "polled"
    operation = pack.operations.get(name)
    if operation is None or each == "polled":
        return False
    reads = operation.effects is Effects.NONE
    return {
        "operation": True,
        "read": reads,
        "write": not reads,
        "update": not reads and operation.method in {"PUT", "PATCH"},
        "batch": operation.batch is not None,
        "listing": reads and operation.paging is not None and operation.paging.style != "none",
    }.get(each, False)


def _concerned(pack: Pack, name: str, fault: ClientFault) -> bool:
    """Whether what the vendor has to have is there for this operation."""
    operation = pack.operations.get(name)
    if operation is None:
        return True
    if "idempotency" in fault.applies and not _takes_keys(pack, operation):
        return False
    return "ids" not in fault.applies or any(f"{{{known}}}" in operation.path for known in pack.ids)


def _takes_keys(pack: Pack, operation: Operation) -> bool:
    return pack.idempotency is not None and operation.method in pack.idempotency.methods
