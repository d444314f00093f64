"""What other plugins and conftests do to a run does not turn it green."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

OWN = "@pytest.mark.weekly\ndef test_first():\n    pass\n"


@pytest.mark.parametrize(
    ("conftest", "code", "reason"),
    [
        ("def pytest_runtest_logfinish(nodeid):\n    raise OSError('boom')", 3, "pytest failed: OSError: boom"),
        (
            "def pytest_sessionfinish(session):\n    raise OSError('boom')",
            1,
            "a report could not be written: OSError: boom",
        ),
        (
            "def pytest_sessionfinish(session):\n    pytest.exit('done', 0)",
            1,
            "a report could not be written: Exit: done",
        ),
        (
            "def pytest_terminal_summary(terminalreporter):\n    raise OSError('boom')",
            1,
            "a report could not be written: OSError: boom",
        ),
        (
            "@pytest.hookimpl(optionalhook=True)\ndef pytest_html_results_summary(prefix):\n    raise OSError('boom')",
            1,
            "a report could not be written: OSError: boom",
        ),
    ],
    ids=["internal error", "sessionfinish", "exit in sessionfinish", "terminal summary", "html summary"],
)
def test_a_plugin_that_breaks(project: Project, conftest: str, code: int, reason: str) -> None:
    """The verdict says so, and the facts gathered until then are there."""
    project.tests(OWN)
    project.conftest(conftest)

    ran = project.weekly()

    ran.assert_not_green()
    assert ran.code == code
    assert reason in ran.verdict["reasons"]
    told = [fact for fact in ran.ledger if fact["fact"] != "written"]
    assert {"fact": "incident", "text": reason}.items() <= told[-2].items()
    assert (told[-1]["fact"], told[-1]["verdict"]) == ("run_finished", "INCONCLUSIVE")
    assert "<h1>INCONCLUSIVE</h1>" in ran.ticket
    assert "golive: INCONCLUSIVE" in ran.lines


def test_a_success_that_is_none(project: Project) -> None:
    """A conftest that calls every run a success does not change the exit code of a NO-GO."""
    project.tests("@pytest.mark.weekly\ndef test_own():\n    assert False")
    project.conftest("def pytest_sessionfinish(session):\n    session.exitstatus = 0")

    ran = project.weekly()

    assert (ran.code, ran.word) == (1, "NO-GO")


def test_checks_that_are_removed(project: Project) -> None:
    """The plan knows what had to report: a shipped check dropped by a conftest is missed."""
    project.conftest(
        "def pytest_collection_modifyitems(items):\n"
        "    items[:] = [item for item in items if 'key_is_refused' not in item.name and 'smoke' not in item.nodeid]"
    )

    ran = project.run("-m", "postrotation", "--env", "sandbox")

    ran.assert_not_green()
    assert any("sync_chat_answers[uppzy] did not report" in reason for reason in ran.verdict["reasons"])


def test_checks_that_are_skipped_or_expected_to_fail(project: Project) -> None:
    """A conftest's markers make a shipped check no pass."""
    project.conftest(
        "def pytest_collection_modifyitems(items):\n    for item in items:\n"
        "        item.add_marker(pytest.mark.skip(reason='slow') if 'keys' in item.nodeid else pytest.mark.xfail)"
    )

    ran = project.run("-m", "postrotation", "--env", "sandbox")

    ran.assert_not_green()
    assert {each["outcome"] for each in ran.verdict["rules"]} <= {
        "not_verified",
        "inconclusive",
        "not_applicable",
    }


def test_a_module_that_cannot_be_read(project: Project) -> None:
    """It may hold checks nobody would miss."""
    project.tests(OWN)
    project.tests("import nothing_like_it", "test_broken.py")

    for workers in ((), ("-n", "2")):
        ran = project.weekly(*workers)

        ran.assert_not_green()
        assert "test_broken.py could not be collected" in ran.verdict["reasons"]


def test_a_module_that_skips_itself_is_told(project: Project) -> None:
    """Tests of the team's that left no trace in the results stand in the notes."""
    project.tests(OWN)
    project.tests("pytest.skip('not today', allow_module_level=True)", "test_other.py")

    ran = project.weekly()

    assert ran.word == "GO"
    assert "test_other.py skipped itself as a whole: not today" in ran.verdict["notes"]
    assert "test_other.py skipped itself as a whole: not today" in ran.lines
