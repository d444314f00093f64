"""A marker that is written wrongly is told at the user's own line, before anything runs."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

RULE = "@pytest.mark.rule"


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (
            'rule(id="SHOP-07", severty="major")',
            f"{RULE} does not know 'severty', did you mean 'severity'?; it takes id, severity, title",
        ),
        ('rule(severity="major")', f"{RULE} needs an id; it takes id, severity, title"),
        ('rule("SHOP-07")', f'{RULE} takes keywords only: rule(id="SHOP-07")'),
        (
            'rule(id="SHOP-07", severity="mayor")',
            f"{RULE} has severity 'mayor', did you mean 'major'?; allowed: blocker, major, minor, info",
        ),
        (
            'effects("reversable")',
            (
                "@pytest.mark.effects has kind 'reversable', did you mean 'reversible'?; "
                "allowed: none, reversible, irreversible"
            ),
        ),
        ("effects()", "@pytest.mark.effects takes one kind; allowed: none, reversible, irreversible"),
    ],
)
def test_with_file_and_line(project: Project, marker: str, told: str) -> None:
    """File, line, what was written and what is allowed; nothing runs and nothing is green."""
    project.tests(f"@pytest.mark.weekly\n@pytest.mark.{marker}\ndef test_own():\n    open('ran', 'w')\n")

    ran = project.weekly()

    assert ran.code == 4
    assert f"ERROR: test_shop.py:4: {told}" in ran.lines
    assert not (project.folder / "ran").exists()
    ran.assert_not_green()


def test_workers_tell_it_too(project: Project) -> None:
    """With xdist only the workers read the tests; the run still ends with the same line and code."""
    project.tests("@pytest.mark.weekly\n@pytest.mark.rule()\ndef test_own():\n    open('ran', 'w')\n")

    ran = project.weekly("-n", "2")

    assert ran.code == 4
    assert f"ERROR: test_shop.py:4: {RULE} needs an id; it takes id, severity, title" in ran.lines
    assert not (project.folder / "ran").exists()
    ran.assert_not_green()


def test_plain_runs_read_no_marker(project: Project) -> None:
    """Without an environment golive has no opinion on anybody's markers."""
    project.tests("@pytest.mark.rule(number=7)\ndef test_own():\n    pass\n")

    assert project.run().code == 0
