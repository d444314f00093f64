"""What the catalogues of both labs say of a fault, and the rule that a program does not have it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.rule import FaultId, Needs, Part, Rule


class LabFault(Frozen):
    """One way in which a team's program may be wrong."""

    programs: ClassVar[str]
    """The programs of this lab, as the sections of a report call them."""

    key: ClassVar[str]
    """Where golive.yaml names them."""

    id: FaultId
    section: str
    severity: Severity
    title: str = Field(description="what a right program does, one sentence in our words")
    control: bool = Field(default=True, description="whether the positive control has to be seen first")
    cannot: str = Field(default="", description="why it is not tried: the end of 'not applicable: '")
    suites: Annotated[tuple[Suite, ...], Field(min_length=1)] = (Suite.PRERELEASE,)
    fix: str = Field(description="what to do about it")

    def part(self) -> Part:
        """Return what decides the rule."""
        raise NotImplementedError

    def rule(self) -> Rule:
        """Return the rule that no program of the team has this fault."""
        return Rule(
            id=self.id,
            title=self.title,
            section=f"{self.programs}: {self.section}",
            suites=self.suites,
            severity=self.severity,
            about="environment",
            stage="before",
            decided_by=(self.part(),),
            needs=Needs(keys=(self.key,)),
            source="catalogue",
            fix=self.fix,
        )
