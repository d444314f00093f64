"""What a webhook handler may do wrong, as ``handler_faults.yaml`` says it: one entry per fault, with a stable id."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import FaultId, Needs, Part, Rule

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


class HandlerFault(Frozen):
    """One way in which a handler may be wrong."""

    id: FaultId
    section: Section
    severity: Severity
    title: str = Field(description="what a right handler does, one sentence in our words")
    needs: tuple[Lever, ...] = Field(default=(), description="keys of the handler without which it is not verified")
    applies: tuple[Shown, ...] = Field(
        default=(), description="what the vendor's deliveries have to have: a proof, a signature, a time that is signed"
    )
    alone: bool = Field(default=False, description="nothing else is sent to the handler meanwhile")
    control: bool = Field(default=True, description="whether the positive control has to be seen first")
    deployed: bool = Field(default=False, description="shows only in a handler that is reached at its own address")
    cannot: str = Field(default="", description="why it is not tried: the end of 'not applicable: '")
    suites: Annotated[tuple[Suite, ...], Field(min_length=1)] = (Suite.PRERELEASE,)
    fix: str = Field(description="what to do about it")

    def rule(self) -> Rule:
        """Return the rule that no handler has this fault."""
        return Rule(
            id=self.id,
            title=self.title,
            section=f"Webhook handlers: {self.section}",
            suites=self.suites,
            severity=self.severity,
            about="environment",
            stage="before",
            decided_by=(Part(handler=self.id),),
            needs=Needs(keys=("handlers",)),
            source="catalogue",
            fix=self.fix,
        )


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
