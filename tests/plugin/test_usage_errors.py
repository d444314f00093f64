"""A mistake on the command line ends with one line and exit code 4, before anything is written."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import MANIFEST, Project

NEEDS_SUITE = (
    "needs a suite: add -m prerelease (before a release), -m postrotation (after a key was replaced) "
    "or -m weekly (the weekly review)"
)
LONELY = "needs an environment: add --env NAME (--env sandbox is built in)"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--env", "sandbox"), f"--env sandbox {NEEDS_SUITE}"),
        (("--golive-env", "sandbox"), f"--golive-env sandbox {NEEDS_SUITE}"),
        (("--env", "sandbox", "-m", "slow"), f"--env sandbox {NEEDS_SUITE}"),
        (("--env", "sandbox", "-m", 'rule(id="weekly")'), f"--env sandbox {NEEDS_SUITE}"),
        (("--golive-only", "UPZ-22"), f"--golive-only {LONELY}"),
        (("--golive-verdict=out.json",), f"--golive-verdict {LONELY}"),
        (("--golive-manifest", "golive.yaml"), f"--golive-manifest {LONELY}"),
        (
            ("--env", "sandbox", "--golive-only", ","),
            "--golive-only needs at least one id, for instance --golive-only UPZ-22",
        ),
    ],
)
def test_one_line_says_what_to_add(project: Project, args: tuple[str, ...], told: str) -> None:
    """The line names what is missing and what is allowed."""
    project.tests("def test_own():\n    pass")

    ran = project.run(*args)

    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: {told}")
    assert not list(project.folder.glob("golive-*"))


def test_without_golive_yaml(project: Project) -> None:
    """A named environment needs the file that describes it."""
    ran = project.run("-m", "prerelease", "--env", "staging")

    told = "is not there; `golive init` writes one, and --env sandbox needs none"
    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: --env staging: {project.folder}/golive.yaml {told}")


def test_unknown_environment(project: Project) -> None:
    """A misspelled environment is told with the nearest one."""
    project.write("golive.yaml", MANIFEST)

    ran = project.run("-m", "prerelease", "--env", "stagin")

    assert ran.code == 4
    assert ran.lines[-1] == (
        "ERROR: golive.yaml:4: environment 'stagin' is not in golive.yaml; did you mean staging? "
        "It has: staging (and sandbox is built in)"
    )


def test_a_wrong_golive_yaml_is_told_with_its_line(project: Project) -> None:
    """What is wrong in golive.yaml stops the run before anything is written."""
    project.write("golive.yaml", MANIFEST.replace("base_url", "base_ulr"))

    ran = project.run("-m", "prerelease", "--env", "staging")

    assert ran.code == 4
    assert "ERROR: golive.yaml:8: environments.staging.vendors.uppzy.base_ulr: unknown key; did you mean base_url?" in (
        ran.text
    )
    assert not list(project.folder.glob("golive-*"))


def test_a_missing_key_names_its_variable(project: Project) -> None:
    """A secret that is not there is named with the place it should come from."""
    project.write("golive.yaml", MANIFEST)

    ran = project.run("-m", "prerelease", "--env", "staging")

    assert ran.code == 4
    assert "SHOP_KEY" in ran.text
