"""The papers that golive.yaml names under `operations`, and how they are told to another process."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.manifest.model import Deployment, FromVariable, Manifest

CHANGE_DAYS = 7
"""How many days an entry of the change log may be from its change, where golive.yaml does not say."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Who looks after the integration, and where that is written down.

    Attributes:
        folder: where golive.yaml lies; files are named seen from there.
        services: golive.yaml of each other service that shares a vendor; None where nobody says.
        manifest: what golive.yaml is called there.
        change_days: how many days an entry of the change log may be from its change.
        owners: what is owned -> the team or person.
        escalation: whom to call next, or the file that says so; empty where nothing is named.
        runbooks: what happened -> file, folder or address with what to do.
        rollback: how a release is taken back, or the file that says so; empty where nothing is named.
        change_log: file with one entry per change; empty where none is named.
        sync_log: file with one row per document that was synchronised; empty where none is named.
        change_records: folder or file with a record of each change of an integration; empty where none is named.
        known_good: folder or file with the mappings that are known to be good; empty where none is named.
        limits: file with the rate limits of providers and receivers; empty where none is named.
        drill: file with the drills of stopping an integration; empty where none is named.
        event_counts: file with expected and arrived events; empty where none is named.
        incidents: file or folder with a record of each incident; empty where none is named.
        rotations: vendor -> its key or secret -> created, replace_by and owner, as golive.yaml writes them.
        webhook_endpoints: file with one row per webhook endpoint; empty where none is named, as all below.
        requirements: file with each requirement and its test or evidence.
        stakeholders: file with each stakeholder and the day of the review.
        first_sync: file with the map of ids, or the counts, of the first synchronisation.
        training: file with the teams whose work changes, and what they were shown.
        attestations: file with what people vouch for.
        deployments: environment -> commit, moment and provenance of what is deployed, as far as they are known.
    """

    folder: Path
    owners: Mapping[str, str] = field(default_factory=dict)
    escalation: str = ""
    runbooks: Mapping[str, str] = field(default_factory=dict)
    rollback: str = ""
    change_log: str = ""
    sync_log: str = ""
    change_records: str = ""
    known_good: str = ""
    limits: str = ""
    drill: str = ""
    event_counts: str = ""
    incidents: str = ""
    rotations: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    services: tuple[str, ...] | None = None
    manifest: str = "golive.yaml"
    change_days: int = CHANGE_DAYS
    webhook_endpoints: str = ""
    requirements: str = ""
    stakeholders: str = ""
    first_sync: str = ""
    training: str = ""
    attestations: str = ""
    deployments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def awaits_release(self, first: str, then: str) -> bool:
        """Whether an environment may only be next in line: another one got its build later, or no one knows when."""
        moments = [self.deployments.get(name, {}).get("deployed", "") for name in (first, then)]
        return not all(moments) or moments[1] < moments[0]


def papers_of(manifest: Manifest, folder: Path, file: str = "golive.yaml") -> Papers:
    """Return the papers of an integration; `folder` is where its golive.yaml lies, and `file` its name."""
    deployments = {name: _deployed(each.deployment) for name, each in manifest.environments.items()}
    attestations = manifest.attestations or ""
    given = manifest.operations
    if given is None:
        return Papers(folder, manifest=file, attestations=attestations, deployments=deployments)
    return Papers(
        folder=folder,
        owners=dict(given.owners),
        escalation=given.escalation or "",
        runbooks=dict(given.runbooks),
        rollback=_as_text(given.rollback),
        change_log=given.change_log or "",
        sync_log=given.sync_log or "",
        change_records=given.change_records or "",
        known_good=given.known_good or "",
        limits=given.limits or "",
        drill=given.drill or "",
        event_counts=given.event_counts or "",
        incidents=given.incidents or "",
        services=given.services,
        rotations={
            vendor: {name: each.model_dump(exclude_none=True) for name, each in secrets.items()}
            for vendor, secrets in given.rotations.items()
        },
        manifest=file,
        change_days=given.change_days,
        webhook_endpoints=given.webhook_endpoints or "",
        requirements=given.requirements or "",
        stakeholders=given.stakeholders or "",
        first_sync=given.first_sync or "",
        training=given.training or "",
        attestations=attestations,
        deployments=deployments,
    )


def _deployed(given: Deployment | None) -> dict[str, str]:
    """Return what is known of a deployment; a variable that is not set tells nothing."""
    if given is None:
        return {}
    told = {"commit": given.commit, "deployed": given.deployed, "provenance": given.provenance}
    texts = {
        name: os.environ.get(value.env, "") if isinstance(value, FromVariable) else (value or "")
        for name, value in told.items()
    }
    return {name: text.strip() for name, text in texts.items() if text.strip()}


def _as_text(given: str | Mapping[str, Any] | None) -> str:
    """Return what stands in golive.yaml itself as lines, `key: value`, to be read as any other paper."""
    if given is None or isinstance(given, str):
        return given or ""
    return "\n".join(f"- {name}: {_value(value)}" for name, value in given.items()) + "\n"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def papers_told(papers: Papers) -> dict[str, Any]:
    """Return the papers as plain values, for another process."""
    return {**asdict(papers), "folder": str(papers.folder)}


def papers_received(told: Mapping[str, Any]) -> Papers:
    """Return the papers that :func:`papers_told` described."""
    services = None if told["services"] is None else tuple(told["services"])
    return Papers(**{**told, "folder": Path(told["folder"]), "services": services})
