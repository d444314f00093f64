"""The questions file that golive.yaml names is read when the run starts, and reaches every check."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import MANIFEST, Project

QUESTIONS = """
declines: [only help]
questions:
  - question: Are you open?
    expect: ["9:00"]
  - {question: Tell me a joke, out_of_scope: true}
"""

OWN = """
@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-01", severity="major", title="The questions are known")
@pytest.mark.parametrize("number", range(2))
def test_own(golive, number):
    asked = golive.questions
    assert [each.question for each in asked.asked] == ["Are you open?", "Tell me a joke"]
    assert asked.place(asked.asked[1]) == "questions.yaml:6"
"""


def asking(project: Project) -> None:
    project.write("golive.yaml", f"{MANIFEST}questions: ops/questions.yaml\n")


def test_a_mistake_ends_the_run_before_it_begins(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line it stands on."""
    monkeypatch.setenv("SHOP_KEY", "upz_staging_key_1")
    asking(project)
    project.write("ops/questions.yaml", "questions:\n  - {question: Are you open, expects: [x]}\n")

    ran = project.run("-m", "weekly", "--env", "staging")

    known = "batches, expect, forbid, language, out_of_scope, question, sources, topics, vendor"
    told = f"questions.yaml:2: questions[0].expects: unknown key; did you mean expect? Allowed here: {known}"
    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: {told}")
    assert not list(project.folder.glob("golive-*"))


def test_a_file_that_is_not_there_ends_the_run_too(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its path, seen from golive.yaml's folder."""
    monkeypatch.setenv("SHOP_KEY", "upz_staging_key_1")
    asking(project)

    ran = project.run("-m", "weekly", "--env", "staging")

    told = f"ERROR: questions.yaml is not there: {project.folder}/ops/questions.yaml"
    assert (ran.code, ran.lines[-1]) == (4, told)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "spread"])
def test_a_check_of_the_team_reads_them(
    project: Project, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    """Also in a worker of xdist."""
    monkeypatch.setenv("SHOP_KEY", "upz_staging_key_1")
    asking(project)
    project.write("ops/questions.yaml", QUESTIONS)
    project.tests(OWN)

    ran = project.run("-m", "weekly", "--env", "staging", *workers)

    assert ran.own("SHOP-01")["outcome"] == "passed"
    assert "golive.yaml names questions" not in ran.text


def test_without_them_a_check_says_what_is_missing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the key of golive.yaml."""
    monkeypatch.setenv("SHOP_KEY", "upz_staging_key_1")
    project.write("golive.yaml", MANIFEST)
    project.tests(OWN)

    ran = project.run("-m", "weekly", "--env", "staging")

    told = "2 rules not verified, up to major (UPZ-60, SHOP-01): waiting for questions"
    assert told in ran.verdict["reasons"]
