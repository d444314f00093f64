"""The door pytest comes in by: hooks in the order pytest calls them, each calls one thing inside."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from pytest_golive import options
from pytest_golive.fixtures import golive, golive_credentials, golive_environment

__all__ = ["golive", "golive_credentials", "golive_environment"]

PARSER = pytest.StashKey[pytest.Parser]()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare what a project's conftest may tell golive."""
    from pytest_golive import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the --golive-… options; --env waits until the project's conftests had their turn."""
    options.add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Declare --env once the project's conftests are in, and only if it is still free."""
    early_config.stash[PARSER] = parser
    options.environment_is_no_path(early_config, args)
    result = yield
    options.add_env_unless_owned(parser)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and start a golive run if an environment was chosen."""
    for marker in options.MARKERS:
        config.addinivalue_line("markers", marker)
    if hasattr(config, "workerinput"):
        if "golive" in config.workerinput:
            from pytest_golive.workers import join

            join(config)
        return
    choice = options.chosen(config, config.stash[PARSER])
    if choice is not None:
        from pytest_golive.start import start

        start(config, choice)
