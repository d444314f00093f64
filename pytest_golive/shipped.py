"""Where the shipped suites are, in a wheel or in a checkout, and how pytest comes to collect them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = "golive"
"""What the node ids of shipped checks begin with: they are no paths of the project."""


@cache
def suites_folder() -> Path:
    """Return the folder of the shipped suites: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "suites"
    return inside if inside.is_dir() else package.parent / "suites"


def is_shipped(path: Path) -> bool:
    """Whether a test file is one of golive's own suites, however it was collected."""
    return path.is_relative_to(suites_folder())


def append_to(session: pytest.Session, report: pytest.CollectReport) -> None:
    """Add the shipped suites to what the session collects.

    Not through ``config.args``: there a virtual environment inside the project, ``addopts`` with a path or a
    project's ``python_files`` would make the suites vanish.
    """
    if report.passed:
        report.result.append(ShippedSuites.from_parent(session, name=ROOT, nodeid=ROOT))


def is_shipped_id(nodeid: str) -> bool:
    """Whether a node id is one of a shipped check; a project may have a folder called golive, too."""
    root, _, path = nodeid.partition("::")[0].partition("/")
    return root == ROOT and bool(path) and (suites_folder() / path).is_file()


def find_failed(config: pytest.Config) -> None:
    """Tell --lf where shipped checks that failed are.

    It looks for the files below the rootdir, and once it knows of a failure anywhere it reads no other file.
    """
    plugin = config.pluginmanager.getplugin("lfplugin")
    paths = getattr(plugin, "_last_failed_paths", None)
    if isinstance(paths, set):
        failed = {str(nodeid).partition("::")[0] for nodeid in plugin.lastfailed}
        paths |= {suites_folder() / path.removeprefix(f"{ROOT}/") for path in failed if is_shipped_id(path)}


class ShippedSuites(pytest.Collector):
    """All suites that come with golive."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield one module per test file, in a stable order."""
        folder = suites_folder()
        files = sorted(folder.glob("*/test_*.py"))
        if not files:
            raise self.CollectError(f"no suites in {folder}: the installation of pytest-golive is incomplete")
        for file in files:
            nodeid = f"{ROOT}/{file.relative_to(folder).as_posix()}"
            yield ShippedModule.from_parent(self, path=file, nodeid=nodeid)


class ShippedModule(pytest.Module):
    """A module of the suites; the project's python_functions and python_classes have no say in it."""

    def funcnamefilter(self, name: str) -> bool:
        """Take every function called test_…."""
        return name.startswith("test_")

    def classnamefilter(self, name: str) -> bool:
        """Take no class: suites are functions."""
        del name
        return False


def shield(item: pytest.Item) -> None:
    """Keep a project's autouse fixtures away from a shipped check.

    One that blocks sockets or puts mocks in their place would have golive judge the mock.
    """
    if isinstance(item, pytest.Function) and is_shipped(item.path):
        wanted = {*inspect.signature(item.function).parameters, "request", "pytestconfig"}
        item.fixturenames[:] = [name for name in item.fixturenames if name in wanted]
        item.add_marker(pytest.mark.filterwarnings("default"))
