"""An environment is chosen on the command line, and nowhere else."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import MANIFEST, Project

OWN = """
@pytest.mark.weekly
def test_own(golive):
    print("chosen:", golive.environment.name)
"""


@pytest.mark.parametrize("spelling", [("--env", "sandbox"), ("--env=sandbox",), ("--golive-env", "sandbox")])
def test_every_spelling_chooses(project: Project, spelling: tuple[str, ...]) -> None:
    """Both options, with a blank or an equals sign, choose the environment."""
    project.tests(OWN)

    ran = project.run("-m", "weekly", *spelling)

    assert (ran.code, ran.word, ran.verdict["environment"]) == (0, "GO", "sandbox")
    assert "golive: environment sandbox (not production: may write)" in ran.text


@pytest.mark.parametrize("folder", ["sandbox", "staging"])
def test_a_folder_of_the_same_name_is_no_path(project: Project, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project may have a folder called like its environment; all its tests and conftests stay in the run."""
    monkeypatch.setenv("SHOP_KEY", "upz_test_0b6f1c9a7d3e5f24")
    project.write("golive.yaml", MANIFEST)
    project.conftest("def pytest_report_header():\n    return 'the root conftest was read'")
    project.tests(OWN)
    project.tests(OWN, f"{folder}/test_there.py")

    ran = project.run("-m", "weekly", "--env", folder, "--collect-only", "-q", "-v")

    assert ran.code == 0
    for line in ("the root conftest was read", "<Module test_shop.py>", "<Module test_there.py>"):
        assert line in ran.text


def test_addopts_choose_nothing(project: Project) -> None:
    """An environment in the ini would make every plain run a golive run."""
    project.tests("def test_own():\n    pass")
    project.write("pytest.ini", "[pytest]\naddopts = --env staging --golive-verdict out.json\n")

    ran = project.run()

    assert ran.code == 0
    assert "golive:" not in ran.text
    assert not (project.folder / "out.json").exists()


def test_help_shows_the_group(project: Project) -> None:
    """`pytest --help` tells all options, --env among them."""
    ran = project.run("--help")

    assert ran.code == 0
    for line in ("golive: is the integration ready?:", "--golive-env=NAME", "--env=NAME", "--golive-only=IDS"):
        assert line in ran.text


def test_help_needs_no_conftest(project: Project) -> None:
    """A conftest that cannot be read stops no --help, with golive installed as without."""
    project.conftest("raise RuntimeError('conftest is broken')")

    ran = project.run("--help")

    assert ran.code == 0
    assert "--golive-env=NAME" in ran.text


def test_markers_are_declared(project: Project) -> None:
    """`pytest --markers` explains each marker with its signature."""
    ran = project.run("--markers")

    for name in ("prerelease", "postrotation", "weekly", "client", "handler", "effects(kind, *, overlaps=False)"):
        assert f"@pytest.mark.{name}: " in ran.text
    assert "@pytest.mark.rule(id, *, severity='major', title=''): the rule a check decides" in ran.text
