"""The shipped suites are collected beside the project's own tests, whatever the project says about collecting."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

COLLECT = ("-m", "postrotation", "--env", "sandbox", "--collect-only", "-q")
OWN = "@pytest.mark.postrotation\ndef test_own():\n    pass"
SHIPPED: list[str] = []


@pytest.fixture
def shipped(project: Project) -> list[str]:
    """Return what is collected of the shipped suites in an empty project; asked once."""
    if not SHIPPED:
        SHIPPED.extend(ids(project))
    return SHIPPED


def ids(project: Project, *args: str) -> list[str]:
    """Return the node ids a run would collect."""
    return [line for line in project.run(*COLLECT, *args).lines if "::" in line]


def test_beside_the_projects_own(project: Project, shipped: list[str]) -> None:
    """Shipped ids begin with golive/<subject>/, the project's own stay what they are, nothing comes twice."""
    project.tests(OWN, "tests/test_shop.py")

    collected = ids(project)

    assert sorted(collected) == sorted([*shipped, "tests/test_shop.py::test_own"])
    assert any(each.startswith("golive/access/test_keys.py::test_") for each in collected)


@pytest.mark.parametrize(
    "ini",
    [
        "testpaths = tests",
        "addopts = tests",
        "addopts = --import-mode=importlib --strict-markers --strict-config -W error\nfilterwarnings = error",
        "addopts = -p no:cacheprovider --ignore=elsewhere\nnorecursedirs = golive access suites",
        "python_files = check_*.py\npython_functions = check_*\npython_classes = Check*",
    ],
)
def test_under_a_hostile_ini(project: Project, shipped: list[str], ini: str) -> None:
    """No setting of the project makes the suites vanish."""
    project.tests(OWN, "tests/test_shop.py")

    project.write("pytest.ini", f"[pytest]\n{ini}\n")
    collected = ids(project)

    assert shipped == [each for each in collected if each.startswith("golive/")]
    assert ("tests/test_shop.py::test_own" in collected) == ("python_f" not in ini)


def test_with_a_virtual_environment_inside(project: Project, shipped: list[str]) -> None:
    """golive installed below the rootdir, in a folder pytest does not enter, is found all the same."""
    project.tests(OWN)
    project.write(".venv/pyvenv.cfg", "home = /usr/bin\n")
    packages = project.folder / ".venv" / "lib" / "site-packages"
    packages.mkdir(parents=True)
    installed_into(packages)
    project.pytester.syspathinsert(packages)
    project.conftest(
        "def pytest_runtest_setup(item):\n    assert item.name == 'test_own', 'the root conftest got a shipped check'"
    )

    ran = project.run("-m", "postrotation", "--env", "sandbox")

    assert (ran.code, ran.word) == (0, "GO")
    assert sorted(each["check"] for each in ran.verdict["results"]) == sorted([*shipped, "test_shop.py::test_own"])


def installed_into(packages: object) -> None:
    """Copy the package with its suites and schemas to where a wheel puts them."""
    import shutil
    from pathlib import Path

    import pytest_golive
    from pytest_golive.shipped import suites_folder
    from pytest_golive.vendors.library import schemas_folder

    skip = shutil.ignore_patterns("__pycache__")
    package = Path(str(packages)) / "pytest_golive"
    shutil.copytree(Path(str(pytest_golive.__file__)).parent, package, ignore=skip)
    for name, folder in (("suites", suites_folder()), ("schemas", schemas_folder())):
        shutil.copytree(folder, package / name, ignore=skip, dirs_exist_ok=True)


def test_a_typed_path_leaves_them_out(project: Project) -> None:
    """Who names a path wants that path."""
    project.tests(OWN)

    assert ids(project, "test_shop.py") == ["test_shop.py::test_own"]


def test_nothing_is_written(project: Project) -> None:
    """--collect-only lists, and leaves no file of golive's."""
    project.tests(OWN)

    for workers in ((), ("-n", "2")):
        ran = project.run_cold(*COLLECT, *workers)

        assert ran.code == 0
        assert not list(project.folder.glob("*golive*"))
