"""What golive's calls may do in an environment: production is read, and written only where that is allowed by name."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_golive.facts.finding import NotVerified
from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.operation import Operation


@dataclass(frozen=True, slots=True)
class Permit:
    """What calls may do in an environment.

    Attributes:
        environment: its name.
        production: whether real customers are there; then only what is allowed by name goes beyond reading.
        allowed: allowances golive.yaml names for it.
        reads_only: nothing but reading, whatever is allowed: another environment is looked at from here.
    """

    environment: str
    production: bool
    allowed: frozenset[str]
    reads_only: bool = False

    def check(self, name: str, operation: Operation) -> None:
        """Refuse a call that leaves something behind where that is not allowed.

        Raises:
            NotVerified: the call is not allowed here; the reason names the key to add.
        """
        if operation.effects is Effects.NONE:
            return
        if self.reads_only:
            raise NotVerified(f"{name} is not made in {self.environment}: only reading is done there from here")
        if not self.production or operation.allowance in self.allowed:
            return
        key = f"environments.{self.environment}.allow"
        if operation.allowance is None:
            raise NotVerified(f"{name} is never made in {self.environment}: it is marked production", key=key)
        raise NotVerified(
            f"{name} is {operation.effects} and {self.environment} is marked production: "
            f"add `{operation.allowance}` to {key} to allow it",
            key=key,
        )
