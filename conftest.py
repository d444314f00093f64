"""For golive's own checkout only; nothing a user needs."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent / "tests"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave golive's own tests out of a golive run: a rehearsal from the checkout is not about them."""
    if collection_path.is_relative_to(TESTS) and config.pluginmanager.hasplugin("golive-conductor"):
        return True
    return None
