"""--golive-only selects rules by their exact id, and an id that is nobody's is a mistake."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

OWN = """
@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-07", severity="blocker", title="A refund is known")
def test_refund():
    pass

@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-071", title="Another")
def test_other():
    pass
"""
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])


def test_exactly_these_run(project: Project) -> None:
    """SHOP-07 is not SHOP-071, and a shipped rule brings exactly its own checks."""
    project.tests(OWN)

    own = project.run("--env", "sandbox", "--golive-only", "SHOP-07")
    shipped = project.run("--env", "sandbox", "-m", "prerelease", "--golive-only=UPZ-22", "-v")

    assert own.code == 0
    own.result.assert_outcomes(passed=1, deselected=own.result.parseoutcomes()["deselected"])
    assert {rule for each in shipped.partial["results"] for rule in each["rules"]} >= {"UPZ-22"}
    assert all("UPZ-22" in each["rules"] for each in shipped.partial["results"])
    assert [each["rule"] for each in shipped.partial["rules"]] == ["UPZ-22"]


@WORKERS
@pytest.mark.parametrize(("given", "meant"), [("UPZ-222", "UPZ-22"), ("SHOP-7", "SHOP-07")])
def test_an_unknown_id_is_told_with_the_nearest(
    project: Project, workers: tuple[str, ...], given: str, meant: str
) -> None:
    """Whether the near one is a shipped rule or one of the team's own tests."""
    project.tests(OWN)

    ran = project.run("--env", "sandbox", "--golive-only", given, *workers)

    told = f"no rule, fault or collected test has the id {given!r}, did you mean {meant!r}?"
    assert ran.code == 4
    assert f"ERROR: --golive-only: {told}" in ran.lines
    assert ran.partial["verdict"] == "INCONCLUSIVE"


def test_a_module_that_cannot_be_read_may_hold_the_id(project: Project) -> None:
    """Its error is told, not a mistake of the one who asked."""
    project.tests("import nothing_like_it\n" + OWN)

    ran = project.run("--env", "sandbox", "--golive-only", "SHOP-07")

    assert ran.code == 2
    assert "No module named 'nothing_like_it'" in ran.text
    assert "did you mean" not in ran.text
