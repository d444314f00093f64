"""The papers that golive.yaml names under `operations`, and how they are told to another process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.manifest.model import Manifest


@dataclass(frozen=True, slots=True)
class Papers:
    """Who looks after the integration, and where that is written down.

    Attributes:
        folder: where golive.yaml lies; files are named seen from there.
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
        rotations: vendor -> its key or secret -> created, replace_by and owner, as golive.yaml writes them.
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
    rotations: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


def papers_of(manifest: Manifest, folder: Path) -> Papers:
    """Return the papers of an integration; `folder` is where its golive.yaml lies."""
    given = manifest.operations
    if given is None:
        return Papers(folder)
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
        rotations={
            vendor: {name: each.model_dump(exclude_none=True) for name, each in secrets.items()}
            for vendor, secrets in given.rotations.items()
        },
    )


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
    return Papers(**{**told, "folder": Path(told["folder"])})
