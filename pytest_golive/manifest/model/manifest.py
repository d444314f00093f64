"""A golive.yaml as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from pytest_golive.credentials.source import Source
from pytest_golive.manifest.document import Document
from pytest_golive.manifest.mistake import Mistake
from pytest_golive.manifest.model.environments import Environment
from pytest_golive.manifest.model.form import (
    DayOrMoment,
    EnvironmentName,
    Frozen,
    ProgramName,
    RuleOrFault,
    Text,
    Texts,
    exactly_one_of,
)
from pytest_golive.manifest.model.monitoring import Monitoring
from pytest_golive.manifest.model.operations import Operations, SourceCode
from pytest_golive.manifest.model.programs import Client, Handler


class Cassettes(Frozen):
    """Recordings of golive's own calls, see --golive-record."""

    folder: Text = Field(default="golive-cassettes", description="where they lie, seen from golive.yaml's folder")
    max_age_days: Annotated[int, Field(gt=0)] = Field(
        default=90, description="how old a recording may be; the weekly review fails past it"
    )


class History(Frozen):
    """Where runs are kept, beside `.golive/history.sqlite`."""

    url: Source = Field(description="where the URL of a PostgreSQL comes from: postgresql://user:password@host/name")


class NotApplicable(Frozen):
    """A rule, a section of a vendor's page or a part of its API that does not concern this integration."""

    model_config = ConfigDict(json_schema_extra=exactly_one_of("rule", "section", "feature"))

    rule: RuleOrFault | None = Field(default=None, description="id of the rule or fault")
    section: Text | None = Field(default=None, description="all rules of this section of a vendor's page")
    feature: Text | None = Field(default=None, description="all rules about this feature, which is switched off")
    vendor: Text | None = Field(default=None, description="whose section, feature or, of a general rule, whose case")
    environment: EnvironmentName | None = Field(default=None, description="where; default: everywhere")
    reason: Text = Field(description="why it does not concern this integration")
    by: Text = Field(description="who says so")
    approver: Text | None = Field(default=None, description="who agrees; needed for blockers: somebody else")
    at: DayOrMoment | None = Field(default=None, description="when it was said, UTC")
    until: DayOrMoment | None = Field(default=None, description="last day it holds, UTC; needed for blockers")

    @model_validator(mode="after")
    def _about_one_thing(self) -> NotApplicable:
        self._need_one_of("rule", "section", "feature")
        return self


class Manifest(Frozen):
    """A golive.yaml."""

    golive: Literal[1] = Field(description="version of this file's layout")
    project: Text = Field(description="name of the integration, as reports show it")
    packs: Texts = Field(
        default=(), description="folders with packs of vendors that golive does not ship, named like the vendor"
    )
    environments: dict[EnvironmentName, Environment] = Field(
        default_factory=dict, description="places to test, chosen by --env; sandbox is built in"
    )
    clients: dict[ProgramName, Client] = Field(
        default_factory=dict, description="programs of the team that call a vendor"
    )
    handlers: dict[ProgramName, Handler] = Field(
        default_factory=dict, description="programs of the team that receive webhooks"
    )
    source: SourceCode = Field(default=SourceCode(), description="where the integration's files lie")
    monitoring: Monitoring | None = Field(default=None, description="where the team watches the integration")
    traffic: Texts = Field(default=(), description="recorded production traffic: Parquet, JSON lines or HAR files")
    operations: Operations | None = Field(default=None, description="who looks after it, by what papers")
    questions: Text | None = Field(default=None, description="file with questions for the assistant")
    attestations: Text | None = Field(default=None, description="file with what people vouch for")
    waivers: Text | None = Field(default=None, description="file with accepted gaps")
    cassettes: Cassettes = Field(default=Cassettes(), description="recordings of golive's own calls")
    history: History | None = Field(default=None, description="where runs are kept; default: .golive/history.sqlite")
    not_applicable: tuple[NotApplicable, ...] = Field(
        default=(), description="rules that do not concern this integration"
    )

    _document: Document | None = PrivateAttr(default=None)

    def read_from(self, document: Document) -> Manifest:
        """Remember the file this was read from, so that later mistakes can name their lines."""
        self._document = document
        return self

    def mistake(self, path: Iterable[str | int], message: str) -> Mistake:
        """Return a mistake at the line of `path`; without a file behind the manifest, about no line."""
        if self._document is None:
            return Mistake("golive.yaml", 0, message)
        return Mistake(self._document.file, self._document.line(tuple(path)), message)
