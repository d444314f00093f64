"""A team's own tests count like rules, by the marker they carry."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project


def check(body: str, marker: str = 'rule(id="SHOP-07", severity="blocker", title="A refund is known")') -> str:
    """Return a weekly test with a marker of its own."""
    return f"@pytest.mark.weekly\n@pytest.mark.{marker}\ndef test_own(golive):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "severity", "code", "word", "reasons"),
    [
        ("pass", "blocker", 0, "GO", []),
        ("assert 1 == 2", "blocker", 1, "NO-GO", ["SHOP-07 blocker failed: A refund is known; seen: assert 1 == 2"]),
        ("raise OSError('gone')", "major", 1, "NO-GO", ["SHOP-07 major failed: A refund is known; seen: gone"]),
        ("assert 1 == 2", "minor", 0, "GO", []),
        ("pytest.skip('later')", "blocker", 1, "INCONCLUSIVE", ["SHOP-07 blocker not verified: later"]),
        (
            "pytest.xfail('known')",
            "blocker",
            1,
            "INCONCLUSIVE",
            ["SHOP-07 blocker inconclusive: A refund is known; seen: known"],
        ),
        (
            "golive.must('be known', False, expected='known', actual='unknown')",
            "major",
            1,
            "NO-GO",
            ["SHOP-07 major failed: be known; seen: unknown"],
        ),
        (
            "golive.cannot_tell('be known', expected='known', actual='no answer')",
            "major",
            1,
            "INCONCLUSIVE",
            ["SHOP-07 major inconclusive: be known; seen: no answer"],
        ),
        (
            "golive.not_verified('shop: is missing', key='shop')",
            "major",
            1,
            "INCONCLUSIVE",
            ["SHOP-07 major not verified: shop: is missing"],
        ),
    ],
)
def test_the_verdict_follows(
    project: Project, body: str, severity: str, code: int, word: str, reasons: list[str]
) -> None:
    """Word, reason and exit code, for each way a test ends and each severity."""
    project.tests(check(body, f'rule(id="SHOP-07", severity="{severity}", title="A refund is known")'))

    ran = project.weekly()

    assert (ran.code, ran.word, ran.verdict["reasons"]) == (code, word, reasons)
    assert ran.own("SHOP-07")["title"] == "A refund is known"
    assert f"golive: {word}" in ran.lines


def test_a_minor_failure_is_counted_beside(project: Project) -> None:
    """It does not decide, and nobody can overlook it."""
    project.tests(check("assert False", 'rule(id="SHOP-07", severity="minor")'))

    ran = project.weekly()

    assert (ran.code, ran.word) == (0, "GO")
    assert "minor and info, not deciding: 1 failed" in ran.lines
    assert "minor and info, not deciding: 1 failed" in ran.page


def test_expected_failures_are_not_green(project: Project) -> None:
    """Nobody accepted the gap with a name and a date: neither xfail nor a test that passes against it is a pass."""
    project.tests(
        "@pytest.mark.weekly\n@pytest.mark.xfail(reason='known')\ndef test_fails():\n    assert False\n"
        "@pytest.mark.weekly\n@pytest.mark.xfail(reason='known')\ndef test_passes():\n    pass\n"
        "@pytest.mark.weekly\n@pytest.mark.xfail(reason='known', strict=True)\ndef test_strict():\n    pass\n"
    )

    ran = project.weekly()

    assert (ran.code, ran.word) == (1, "NO-GO")
    assert ran.verdict["reasons"] == [
        "test_shop.py::test_strict major failed: test_strict; seen: passed, though marked xfail: [XPASS(strict)] known",
        "test_shop.py::test_fails major inconclusive: test_fails; seen: assert False",
        "test_shop.py::test_passes major inconclusive: test_passes; seen: passed, though marked xfail: known",
    ]


@pytest.mark.parametrize(("where", "outcome"), [("setup", "inconclusive"), ("teardown", "failed")])
def test_every_phase_counts(project: Project, where: str, outcome: str) -> None:
    """A fixture that breaks before the test leaves it undecided, one that breaks after it is a failure."""
    stages = ("assert False, 'broken'\n    yield", "yield") if where == "setup" else ("yield", "assert False, 'broken'")
    project.tests(
        f"@pytest.fixture\ndef order():\n    {stages[0]}\n    {stages[1]}\n"
        "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own(order):\n    pass\n"
    )

    ran = project.weekly()

    assert ran.code == 1
    assert ran.own("SHOP-07")["outcome"] == outcome


def test_the_worst_of_a_rules_checks_decides(project: Project) -> None:
    """One rule, three tests: passed, skipped, failed."""
    project.tests(
        "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\n"
        "@pytest.mark.parametrize('end', [lambda: None, lambda: pytest.skip('x'), lambda: 1 / 0], ids='abc')\n"
        "def test_own(end):\n    end()\n"
    )

    told = project.weekly().own("SHOP-07")

    assert (told["outcome"], told["why"]) == ("failed", "test_own[c]; seen: division by zero")
    assert told["decided_by"] == [f"test_shop.py::test_own[{case}]" for case in "abc"]


def test_a_failed_subtest_fails_its_check(project: Project, pytestconfig: pytest.Config) -> None:
    """What a part of a test says counts for the whole."""
    if not pytestconfig.pluginmanager.hasplugin("subtests"):
        pytest.skip("this pytest has no subtests")
    project.tests(
        "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own(subtests):\n"
        "    with subtests.test('first'):\n        assert 1 == 2\n    with subtests.test('second'):\n        pass\n"
    )

    ran = project.weekly()

    assert (ran.code, ran.word) == (1, "NO-GO")
    assert "seen: assert 1 == 2" in ran.verdict["reasons"][0]


def test_what_is_too_early_is_pending(project: Project) -> None:
    """It stops nothing, and is no pass."""
    body = "from pytest_golive.facts.finding import NotYet\n    raise NotYet('the switch is tomorrow')"
    project.tests(check(body))

    ran = project.weekly()

    told = ran.own("SHOP-07")
    assert (ran.code, ran.word) == (0, "GO")
    assert (told["outcome"], told["why"]) == ("pending", "the switch is tomorrow")
