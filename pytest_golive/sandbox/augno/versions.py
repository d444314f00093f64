"""The API version that every request names; there is no default."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.sandbox.augno.problem import Problem

SERVED = ("1.0.forge-preview.3",)
RETIRED = ("1.0.forge-preview.1", "1.0.forge-preview.2")
"""Versions that once were, below the minimum of every endpoint."""


def version_of(headers: Mapping[str, str], header: str, served: tuple[str, ...]) -> str:
    """Return the version that a request names.

    Args:
        headers: of the request.
        header: the one that names it.
        served: the versions there are.

    Raises:
        Problem: it names none, or one that is not served.
    """
    version = headers.get(header, "").strip()
    if not version:
        raise Problem("api_version_required", f"The {header} header is required.", header)
    if version in served:
        return version
    if version in RETIRED:
        message = f"Version {version} is too old for this endpoint, which needs {served[0]} or later."
        raise Problem("api_version_too_old", message, header)
    message = f"Version {version[:64]} is not supported. Supported versions: {', '.join(served)}."
    raise Problem("api_version_invalid", message, header)
