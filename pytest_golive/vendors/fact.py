"""What every part of a pack is made of: values that never change, and facts that say how sure the pack is."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pytest_golive.facts.outcome import Evidence

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Status = Annotated[int, Field(ge=100, le=599)]
Seconds = Annotated[float, Field(gt=0)]


class Frozen(BaseModel):
    """A value that is read once and never changed; an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Frozen):
    """Something the contract says, and how sure we are of it."""

    evidence: Evidence = Field(description="documented: stated on the source page; assumed: chosen by the pack")
    source: str | None = Field(default=None, description="code of the vendor's page, see `pages`")


class Refused(Fact):
    """How the vendor says no to one kind of call."""

    statuses: Annotated[tuple[Status, ...], Field(min_length=1)]
    codes: tuple[str, ...] = Field(default=(), description="codes of the error body that say so; empty for any")
    types: tuple[str, ...] = Field(default=(), description="types of the error body that say so; empty for any")
    param: str | None = Field(default=None, description="field of the request that the error body names")
