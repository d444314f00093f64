"""What a test may ask for. One fixture leads to everything; two narrow ones serve those who want only that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_golive.credentials.secret import Secret
    from pytest_golive.golive import Golive
    from pytest_golive.manifest.environment import Environment

GOLIVE = pytest.StashKey["Golive"]()


@pytest.fixture(scope="session")
def golive(pytestconfig: pytest.Config) -> Golive:
    """Everything golive has for a test: vendors to call, names for what it creates, notes for the report.

    Thread-safe. Skips the test where no environment was chosen.
    """
    if GOLIVE not in pytestconfig.stash:
        pytest.skip("needs an environment: run pytest with -m prerelease --env NAME")
    return pytestconfig.stash[GOLIVE]


@pytest.fixture(scope="session")
def golive_environment(golive: Golive) -> Environment:
    """The chosen environment: its name, whether it is production, and where its vendors are."""
    return golive.environment


@pytest.fixture(scope="session")
def golive_credentials(golive: Golive) -> Mapping[str, Mapping[str, Secret]]:
    """The credentials of the chosen environment, by vendor and name. A Secret prints as its fingerprint."""
    return {vendor: target.credentials for vendor, target in golive.environment.targets.items()}
