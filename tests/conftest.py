"""Settings of all tests."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil

import pytest

import pytest_golive

# pytest reads this file for a rehearsal from the checkout, too, where what only the tests need is not installed.
with contextlib.suppress(ModuleNotFoundError):
    from hypothesis import settings

    # No deadline: the machines are shared, and how long one example takes says nothing about the code.
    settings.register_profile("golive", deadline=None)
    settings.load_profile("golive")


@pytest.fixture(scope="session", autouse=True)
def everything_is_imported() -> None:
    """Import all modules: a run of pytest within a test forgets those that it was the first to import.

    What was imported before would then be another module than what is imported after, in some orders of tests only.
    """
    for module in pkgutil.walk_packages(pytest_golive.__path__, "pytest_golive."):
        importlib.import_module(module.name)
