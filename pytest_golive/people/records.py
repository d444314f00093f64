"""The files people write: attestations and waivers, as types. Their JSON Schemas are published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pytest_golive.manifest.model import EnvironmentName, Frozen, RuleOrFault, Text
from pytest_golive.people.days import Day

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{7,64}$", examples=["4a8e22a"])]
Person = Annotated[str, Field(min_length=1, examples=["Ana Souza <ana@shop.example>"])]

CEILING = 10
"""Gaps that a release may carry where the file of waivers does not say."""

MOST_DAYS = 90
"""How long a gap may be accepted at most."""


class Attestation(Frozen):
    """One person's dated word on one rule."""

    rule: RuleOrFault = Field(description="id of the rule")
    environment: EnvironmentName | None = Field(default=None, description="where it holds; default: everywhere")
    statement: Text = Field(description="what the person vouches for, in full")
    by: Person = Field(description="who: a name, best with the mail address that git knows")
    role: Text = Field(description="as what this person speaks: QA lead, on-call engineer …")
    at: Day = Field(description="when it was said, UTC")
    evidence: Text = Field(description="an https address, or a file seen from the folder of golive.yaml")
    sha256: Sha256 | None = Field(default=None, description="SHA-256 of the evidence, where it is a file")
    commit: Commit | None = Field(default=None, description="the commit that was looked at")
    expires: Day | None = Field(
        default=None, description="last day it holds, UTC; default and at most: the renewal period of the rule"
    )
    example: bool = Field(default=False, description="true: made up for the sandbox, refused everywhere else")

    @property
    def is_file(self) -> bool:
        """Whether the evidence is a file."""
        return not self.evidence.startswith(("https://", "http://"))


class AttestationsFile(Frozen):
    """A file of attestations."""

    golive: Literal[1] = Field(description="version of this file's layout")
    attestations: tuple[Attestation, ...] = Field(default=(), description="what people vouch for")


class Waiver(Frozen):
    """A known gap that named people accept until a day. Blockers cannot be waived."""

    rule: Text = Field(description="id of the rule, of golive's or of the team's own tests")
    vendor: Text | None = Field(default=None, description="for which vendor, where the rule holds for several")
    environment: EnvironmentName | None = Field(default=None, description="where it is accepted; default: everywhere")
    reason: Text = Field(description="why the gap can be borne")
    owner: Person = Field(description="who closes it")
    approver: Person = Field(description="who accepts it: not the owner, and nobody who wrote the change")
    at: Day | None = Field(default=None, description="when it was accepted, UTC")
    until: Day = Field(description=f"last day it is accepted, UTC: at most {MOST_DAYS} days ahead")


class WaiversFile(Frozen):
    """A file of waivers."""

    golive: Literal[1] = Field(description="version of this file's layout")
    ceiling: Annotated[int, Field(ge=0)] = Field(
        default=CEILING, description="gaps that a release may carry at most, with blockers declared not applicable"
    )
    waivers: tuple[Waiver, ...] = Field(default=(), description="accepted gaps")
