"""Every secret of some environments, known to the one that masks them."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.manifest.environment import Environment


def redactor_for(environments: Iterable[Environment]) -> Redactor:
    """Return what masks every credential of these environments."""
    return Redactor(
        secret
        for environment in environments
        for target in environment.targets.values()
        for secret in target.credentials.values()
    )
