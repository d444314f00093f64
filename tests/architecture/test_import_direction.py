"""Imports go one way, so that the tree is also the reading order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "pytest_golive"

MODELS = {"facts", "credentials", "signing", "manifest", "vendors"}
CALLS = MODELS | {"contract", "cassettes", "exchange"}
LABS = CALLS | {"source", "papers", "demands", "changes", "sandbox", "handlers", "clients", "review"}

MAY_IMPORT = {
    "facts": set[str](),
    "credentials": {"facts"},
    "signing": {"facts"},
    "programs": set[str](),
    "manifest": {"facts", "credentials", "signing"},
    "vendors": MODELS - {"vendors"},
    "contract": MODELS,
    "source": MODELS,
    "cassettes": MODELS | {"contract"},
    "exchange": CALLS - {"exchange"},
    "demands": CALLS,
    "changes": (CALLS - {"cassettes"}) | {"papers"},
    "sandbox": MODELS | {"papers"},
    "trials": MODELS,
    "handlers": CALLS | {"sandbox", "programs", "trials"},
    "clients": CALLS | {"sandbox", "programs", "trials"},
    "review": CALLS,
    "people": MODELS,
    "papers": MODELS,
    "history": set[str](),
    "rotation": LABS | {"history", "programs"},
    "readiness": LABS | {"people"},
    "report": LABS | {"readiness", "people"},
}
"""Folder -> the folders below it. What is not listed here is a door, and may import anything but the suites."""

VERSION = "pytest_golive.__version__"
"""What anybody may tell."""

LIGHT = {"plugin.py", "options.py", "hookspecs.py", "fixtures.py", "shipped.py", "__init__.py"}
"""What is read at the start of every pytest run in which golive is installed."""

HEAVY = {"httpx", "jsonschema", "yaml", "pydantic", "vcr", "jinja2", "requests"}


def modules() -> list[Path]:
    """Return every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def imports_of(path: Path, *, at_top: bool = False) -> set[str]:
    """Return the dotted names a module imports; at the top only those that run when it is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def folder_of(name: str) -> str | None:
    """Return the folder of the package a dotted name lies in, None for doors and for other packages."""
    parts = name.split(".")
    return parts[1] if parts[0] == "pytest_golive" and len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else None


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    """No folder reaches upwards or sideways beyond what ARCHITECTURE.md says."""
    allowed = MAY_IMPORT[folder] | {folder}

    wrong = {
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] == folder
        for name in imports_of(path)
        if name.startswith("pytest_golive.") and name != VERSION and folder_of(name) not in allowed
    }

    assert set() == wrong


def test_every_folder_has_its_place_or_is_a_door() -> None:
    """A new folder is put into the order before anything is put into it."""
    doors = {"commands", "conducting", "running", "suites", "schemas", "__pycache__"}

    unplaced = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - set(MAY_IMPORT) - doors

    assert set() == unplaced


def test_nothing_in_the_package_imports_the_suites() -> None:
    """Suites are found as files and collected by pytest, never imported."""
    wrong = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for name in imports_of(path)
        if name.split(".")[0] == "suites" or name.startswith("pytest_golive.suites")
    }

    assert set() == wrong


@pytest.mark.parametrize("module", sorted(LIGHT))
def test_a_door_that_is_always_open_is_light(module: str) -> None:
    """What every pytest run reads imports nothing heavy at its top."""
    heavy = {name for name in imports_of(PACKAGE / module, at_top=True) if name.split(".")[0] in HEAVY}

    assert set() == heavy


def test_modules_are_named_after_the_domain() -> None:
    """No drawer for odds and ends."""
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "base.py"}

    assert set() == {path.name for path in modules()} & vague
