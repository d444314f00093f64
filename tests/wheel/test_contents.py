"""The wheel holds what a user needs, and runs from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


def files_below(folder: str) -> set[str]:
    """Return the files of the checkout that belong to a release."""
    return {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_package_suites_and_schemas_and_nothing_else(wheel: Path) -> None:
    """Suites and schemas lie inside the package; no top-level package clashes with anybody's."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    inside = {f"pytest_golive/{name}" for folder in ("suites", "schemas") for name in files_below(folder)}
    assert files_below("pytest_golive") | inside == names


def test_wheel_registers_plugin_and_command(wheel: Path) -> None:
    """Pytest finds the plugin, and the shell finds golive."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        told = archive.read(name).decode()

    assert "[console_scripts]\ngolive = pytest_golive.cli:main" in told
    assert "[pytest11]\ngolive = pytest_golive.plugin" in told


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel unpacked, as an installer would."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_pytest(unpacked: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the unpacked wheel before everything else."""
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    environ.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_main_job_runs_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    """Only the wheel and an empty folder: the rehearsal ends GO and leaves its files."""
    ran = run_pytest(unpacked, tmp_path, "-m", "prerelease", "--env", "sandbox", "-q")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "golive: GO" in ran.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        ".golive",
        "golive-pytest.html",
        "golive-report.html",
        "golive-summary.md",
        "golive-verdict.json",
    }


def test_suites_can_be_named_by_their_module(unpacked: Path, tmp_path: Path) -> None:
    """--pyargs finds a suite inside the package; a part of a suite is of partial scope."""
    ran = run_pytest(
        unpacked, tmp_path, "--pyargs", "pytest_golive.suites.access", "-m", "prerelease", "--env", "sandbox", "-q"
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "scope partial" in ran.stdout
    assert (tmp_path / "golive-verdict.partial.json").exists()
    assert not (tmp_path / "golive-verdict.json").exists()
