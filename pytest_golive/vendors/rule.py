"""What has to hold, as ``rules.yaml`` says it: one entry per rule, with a stable id."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pytest_golive.facts.outcome import Evidence, Severity, Suite
from pytest_golive.vendors.fact import Frozen, Name

RuleId = Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{2,3}$")]
FaultId = Annotated[str, Field(pattern=r"^(WH|CL)-[0-9]{2,3}$")]

Subject = Literal[
    "vendor",
    "read_operation",
    "keyed_operation",
    "incomplete",
    "invalid",
    "duplicate",
    "version",
    "contradiction",
    "listing",
    "emptied",
    "grown",
    "bounded",
    "identified",
    "foreign",
    "idempotent",
    "unique",
    "expansion",
    "forbidden",
    "configuration",
    "compared",
    "privileged",
    "headed",
]
"""What a check is multiplied by: the vendor, its reading operations, the bad inputs of its writing ones, and so on.

`readiness/cases.py` says what each of them means.
"""


NotBy = Literal["whoever_wrote_it", "whoever_wrote_the_change"]
"""Who may not vouch for a review: anybody who ever wrote a part of it, or of what changed since the last release."""


class Part(Frozen):
    """One thing that decides a rule, or a share of it; exactly one kind is named."""

    check: Name | None = Field(default=None, description="a test function of the suites, without `test_`")
    each: Subject = Field(default="vendor", description="what the check is multiplied by")
    allow: Name | None = Field(default=None, description="the allowance it needs in production")
    alone: Name | None = Field(
        default=None, description="what nothing else of this vendor may use meanwhile: a flow that changes settings"
    )
    feature: Name | None = Field(default=None, description="switched off, this part of the rule falls away")
    suites: tuple[Suite, ...] = Field(default=(), description="only in these of the rule's suites; empty for all")
    watches: Literal["figures", "alerts"] | None = Field(
        default=None, description="what of the team's monitoring the check looks at; a person may look in its place"
    )
    rehearsed: bool = Field(
        default=True, description="false: a rehearsal leaves it out, it is about programs or services of the team's own"
    )
    static: str | None = Field(default=None, description="a static check over repository, configuration, documents")
    metric: str | None = Field(default=None, description="a question to the team's metrics or logs")
    client: FaultId | None = Field(default=None, description="a fault of the client lab")
    handler: FaultId | None = Field(default=None, description="a fault of the handler lab")
    attestation: str | None = Field(default=None, description="the statement a person vouches for")
    renew_days: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="how long a person's word holds, whatever it says itself; default: 90 days"
    )
    not_by: NotBy | None = Field(default=None, description="who may not give this word: git's authors are compared")
    of_the_release: bool = Field(
        default=False, description="the word has to be newer than the last change of the repository, or name its commit"
    )
    names_commit: bool = Field(default=False, description="the word has to name the commit it is about")
    after_deploy: bool = Field(default=False, description="the word has to be given after the deploy")
    due_days: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="days after the deploy in which the word may still come; default: 7"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Part:
        if len(self.kinds) != 1:
            raise ValueError("name exactly one of check, static, metric, client, handler, attestation")
        if self.attestation is None and self.terms:
            raise ValueError(f"{', '.join(self.terms)}: only an attestation has terms")
        return self

    @property
    def terms(self) -> tuple[str, ...]:
        """What is demanded of a person's word beside its being there."""
        named = ("renew_days", "not_by", "of_the_release", "names_commit", "after_deploy", "due_days")
        return tuple(name for name in named if getattr(self, name))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are named; a valid part has one."""
        named = ("check", "static", "metric", "client", "handler", "attestation")
        return tuple(kind for kind in named if getattr(self, kind) is not None)

    @property
    def kind(self) -> str:
        """How this part decides: check, static, metric, client, handler or attestation."""
        return self.kinds[0]


class Needs(Frozen):
    """What golive.yaml has to say before a rule can be decided."""

    feature: Name | None = Field(default=None, description="switched off, the rule is not applicable")
    ids: tuple[Name, ...] = ()
    credentials: tuple[Name, ...] = ()
    settings: tuple[Name, ...] = Field(default=(), description="settings the pack declares")
    keys: tuple[str, ...] = Field(default=(), description="other keys of golive.yaml: monitoring, operations.owners")
    recordings: bool = Field(default=False, description="true: not applicable where no recordings are kept")


class Rule(Frozen):
    """One thing that must hold."""

    id: RuleId
    title: str = Field(description="the requirement, one sentence in our words")
    section: str = Field(description="section of the vendor's page")
    suites: Annotated[tuple[Suite, ...], Field(min_length=1)]
    severity: Severity
    about: Literal["environment", "production", "both", "repository"]
    stage: Literal["before", "after"] = Field(description="before or after the deploy")
    decided_by: Annotated[tuple[Part, ...], Field(min_length=1)]
    needs: Needs = Needs()
    evidence: Evidence = Evidence.DOCUMENTED
    source: str = Field(description="code of the vendor's page")
    fix: str = Field(description="what to do when it fails")


class RuleBook(Frozen):
    """A ``rules.yaml``."""

    rules: tuple[Rule, ...]
