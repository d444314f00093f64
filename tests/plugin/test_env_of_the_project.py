"""--env is the most common option of projects' own; theirs stays theirs."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

CHOICES = """
def pytest_addoption(parser):
    parser.addoption("--env", {more}choices=["qa", "live"], default="qa")

@pytest.fixture
def env(request):
    return request.config.getoption("--env")
"""
OWN = """
def test_own(env):
    print("env is", env)

@pytest.mark.weekly
def test_weekly(env):
    pass
"""
DESTINATIONS = pytest.mark.parametrize("more", ["", "dest='where', "], ids=["dest=env", "dest=where"])


@DESTINATIONS
@pytest.mark.parametrize(("args", "value"), [((), "qa"), (("--env", "live"), "live"), (("--env=live",), "live")])
def test_their_runs_stay_as_they_are(project: Project, more: str, args: tuple[str, ...], value: str) -> None:
    """With their option and without it, golive takes no part: their default chooses nothing."""
    project.conftest(CHOICES.format(more=more))
    project.tests(OWN)

    ran = project.run("-s", *args)

    assert ran.code == 0
    assert f"env is {value}" in ran.text
    assert "golive:" not in ran.text
    assert not list(project.folder.glob("golive-*"))


@DESTINATIONS
def test_their_choices_refuse_a_foreign_name(project: Project, more: str) -> None:
    """Their option does not know `sandbox`, and says so itself; --golive-env serves."""
    project.conftest(CHOICES.format(more=more))
    project.tests(OWN)

    refused = project.run("-m", "weekly", "--env", "sandbox")
    served = project.run("-m", "weekly", "--golive-env", "sandbox")

    assert refused.code == 4
    assert "argument --env: invalid choice: 'sandbox'" in refused.text
    assert (served.code, served.word) == (0, "GO")


@DESTINATIONS
def test_their_option_chooses_with_a_suite(project: Project, more: str) -> None:
    """With a suite marker the value they accept is the environment, and has to be in golive.yaml."""
    project.conftest(CHOICES.format(more=more))
    project.tests(OWN)

    ran = project.run("-m", "weekly", "--env", "live")

    assert ran.code == 4
    assert ran.lines[-1] == (
        f"ERROR: --env live: {project.folder}/golive.yaml is not there; "
        "`golive init` writes one, and --env sandbox needs none"
    )


def test_another_plugin_may_own_it(project: Project) -> None:
    """A plugin loaded with -p is as good an owner as a conftest."""
    project.write("owner.py", "import pytest\n" + CHOICES.format(more=""))
    project.tests(OWN)

    plain = project.run("-p", "owner")
    served = project.run("-p", "owner", "-m", "weekly", "--golive-env=sandbox")

    assert (plain.code, "golive:" in plain.text) == (0, False)
    assert (served.code, served.word) == (0, "GO")
