"""What a webhook handler may do wrong, as ``handler_faults.yaml`` says it: one entry per fault, with a stable id."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.lab_fault import LabFault
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Part

Section = Literal["authenticity", "freshness", "duplicates", "order", "protocol", "semantics", "redelivery"]

Lever = Literal[
    "effects",
    "previous_secret",
    "retired_secret",
    "foreign_secret",
    "tenant",
    "mode",
    "downstream",
    "restart",
    "logs",
    "base_url",
]
"""Keys of a handler in golive.yaml by which more of it can be tried."""

Shown = Literal[
    "proof", "signature", "several", "signed_time", "tenant", "mode", "version", "subject", "lifecycle", "listed"
]


class HandlerFault(LabFault):
    """One way in which a handler may be wrong."""

    programs: ClassVar[str] = "Webhook handlers"
    key: ClassVar[str] = "handlers"

    section: Section
    needs: tuple[Lever, ...] = Field(default=(), description="keys of the handler without which it is not verified")
    applies: tuple[Shown, ...] = Field(
        default=(), description="what the vendor's deliveries have to have: a proof, a signature, a time that is signed"
    )
    alone: bool = Field(default=False, description="nothing else is sent to the handler meanwhile")
    deployed: bool = Field(default=False, description="shows only in a handler that is reached at its own address")

    def part(self) -> Part:
        """Return what decides the rule: a trial in this lab."""
        return Part(handler=self.id)


class HandlerFaults(Frozen):
    """``handler_faults.yaml``."""

    faults: tuple[HandlerFault, ...]


def shown_by(pack: Pack, scheme_name: str | None) -> frozenset[Shown]:
    """Return what deliveries have that are signed in one of a vendor's ways; None for its usual one."""
    webhooks = pack.webhooks
    if webhooks is None:
        return frozenset()
    scheme = webhooks.signing[scheme_name or webhooks.usual]
    found: dict[Shown, bool] = {
        "proof": scheme.strategy != "none",
        "signature": scheme.signs,
        "several": scheme.signs and scheme.several is not None,
        "signed_time": scheme.signs_time,
        "tenant": webhooks.tenant is not None,
        "mode": webhooks.mode is not None,
        "version": "{version}" in repr((webhooks.envelope, webhooks.headers)),
        "subject": any(event.subject is not None for event in webhooks.events.values()),
        "lifecycle": any(event.lifecycle is not None for event in webhooks.events.values()),
        "listed": any(f"list_{webhooks.kind_of(name)}s" in pack.operations for name in webhooks.events),
    }
    return frozenset(name for name, there in found.items() if there)
