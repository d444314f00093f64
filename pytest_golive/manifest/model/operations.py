"""`source` and `operations` of golive.yaml: files, papers, and who looks after what."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from pytest_golive.manifest.model.form import DayOrMoment, Fingerprint, Frozen, Text, Texts


class SourceCode(Frozen):
    """Where the integration's files lie; searched for secrets and read by checks about the repository."""

    repository: Text = Field(default=".", description="the repository, seen from golive.yaml's folder")
    logs: Texts = Field(default=(), description="log files, with * and **")
    bundles: Texts = Field(default=(), description="what is delivered to browsers or apps")
    configuration: Texts = Field(
        default=(), description="files that configure the environments, with * and **; their history is looked at"
    )
    revoked: tuple[Fingerprint, ...] = Field(
        default=(), description="fingerprints of keys that open nothing any more: found in files, they only warn"
    )
    allowed_in_logs: Texts = Field(
        default=(), description="addresses, numbers and names, with * and ?, that are nobody's data: *@shop.example"
    )


class KeyRotation(Frozen):
    """When a key or secret was made, and when the next one takes its place."""

    created: DayOrMoment = Field(description="when it was made, UTC")
    replace_by: DayOrMoment = Field(description="the last day by which it is replaced, UTC")
    owner: Text | None = Field(default=None, description="who replaces it; default: the owner of `api_key`")


class Operations(Frozen):
    """Who looks after the integration, and by what papers."""

    owners: dict[str, Text] = Field(default_factory=dict, description="what is owned -> the team or person")
    rotations: dict[Text, dict[Text, KeyRotation]] = Field(
        default_factory=dict, description="vendor -> its key or secret -> when it is replaced: timely: {api_key: …}"
    )
    escalation: Text | None = Field(default=None, description="whom to call next, or the file that says so")
    runbooks: dict[str, Text] = Field(default_factory=dict, description="what happened -> file with what to do")
    rollback: Text | dict[str, Any] | None = Field(
        default=None, description="how a release is taken back: a file, or what it needs"
    )
    change_log: Text | None = Field(default=None, description="file with one entry per change")
    change_days: Annotated[int, Field(ge=0)] = Field(
        default=7, description="how many days an entry of the change log may be from its commit"
    )
    sync_log: Text | None = Field(default=None, description="file with one entry per content synchronisation")
    change_records: Text | None = Field(
        default=None, description="folder or file with a record of each change of an integration: steps, state, who"
    )
    known_good: Text | None = Field(
        default=None, description="folder or file with the mapping of each integration that is known to be good"
    )
    limits: Text | None = Field(
        default=None, description="file with the rate limit and the peak of each provider and receiver"
    )
    drill: Text | None = Field(default=None, description="file with the drills of stopping an integration in time")
    event_counts: Text | None = Field(
        default=None, description="file with how many events were expected, by provider and event, and how many arrived"
    )
    services: Texts | None = Field(
        default=None, description="golive.yaml of each other service that calls a vendor of this one; [] for none"
    )
    webhook_endpoints: Text | None = Field(default=None, description="file with one row per webhook endpoint")
    requirements: Text | None = Field(default=None, description="file with each requirement and its test or evidence")
    stakeholders: Text | None = Field(default=None, description="file with each stakeholder and the day of the review")
    first_sync: Text | None = Field(default=None, description="file with the map of ids, or the counts, of the start")
    training: Text | None = Field(default=None, description="file with the teams whose work changes, and what they saw")
    incidents: Text | None = Field(default=None, description="file or folder with a record of each incident")
