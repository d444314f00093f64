"""The files that golive.yaml names under `source`, and how they are told to another process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_golive.manifest.model import Manifest
from pytest_golive.source.files import SourceFiles


def source_files(manifest: Manifest, folder: Path) -> SourceFiles:
    """Return the files of an integration; `folder` is where its golive.yaml lies."""
    variables: dict[str, dict[str, None]] = {}
    for environment in manifest.environments.values():
        for vendor, target in environment.vendors.items():
            names = (source.env for source in target.credentials.values() if source.env is not None)
            variables.setdefault(vendor, {}).update(dict.fromkeys(names))
    handlers = tuple(manifest.handlers.values())
    for handler in handlers:
        secrets = (handler.secret, handler.previous_secret, handler.retired_secret, handler.foreign_secret)
        names = (source.env for source in secrets if source is not None and source.env is not None)
        variables.setdefault(handler.vendor, {}).update(dict.fromkeys(names))
    return SourceFiles(
        repository=(folder / manifest.source.repository).resolve(),
        folder=folder,
        bundles=manifest.source.bundles,
        logs=tuple(dict.fromkeys([*manifest.source.logs, *(log for each in handlers for log in each.logs)])),
        revoked=frozenset(manifest.source.revoked),
        variables={vendor: tuple(names) for vendor, names in variables.items()},
        allowed_in_logs=manifest.source.allowed_in_logs,
        configuration=manifest.source.configuration,
    )


def source_told(source: SourceFiles) -> dict[str, Any]:
    """Return the files as plain values, for another process."""
    return {
        "repository": str(source.repository),
        "folder": str(source.folder),
        "bundles": list(source.bundles),
        "logs": list(source.logs),
        "revoked": sorted(source.revoked),
        "variables": {vendor: list(names) for vendor, names in source.variables.items()},
        "allowed_in_logs": list(source.allowed_in_logs),
        "example": source.example,
        "configuration": list(source.configuration),
    }


def source_received(told: Mapping[str, Any]) -> SourceFiles:
    """Return the files that :func:`source_told` described."""
    return SourceFiles(
        repository=Path(told["repository"]),
        folder=Path(told["folder"]),
        bundles=tuple(told["bundles"]),
        logs=tuple(told["logs"]),
        revoked=frozenset(told["revoked"]),
        variables={vendor: tuple(names) for vendor, names in told["variables"].items()},
        allowed_in_logs=tuple(told["allowed_in_logs"]),
        example=told["example"],
        configuration=tuple(told["configuration"]),
    )
