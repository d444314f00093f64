"""What a project may tell golive from a conftest that is loaded at the start of the run."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookspec(firstresult=True)
def pytest_golive_sandbox(vendor: str, app: Any) -> Any:
    """Called once per embedded vendor before the sandbox starts; return the app to serve instead.

    An app takes a ``pytest_golive.sandbox.http.Request`` and returns a ``Response``. Wrapping the given one rehearses
    a vendor that misbehaves in a way you have met.
    """
