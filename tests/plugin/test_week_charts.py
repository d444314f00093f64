"""Charts of the weekly review in a whole run: on the ticket, in the ledger, and from the ledger again."""

from __future__ import annotations

import re

import pytest

from pytest_golive.cli import main
from tests.plugin.conftest import Project

SECTION = re.compile(r'<section id="weeks".*?</section>', re.DOTALL)


def test_the_charts_of_a_run_can_be_drawn_again(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Each vendor's once, though several checks look at its figures; by the ledger, the very same."""
    ran = project.weekly()

    charted = [fact for fact in ran.ledger if fact["fact"] == "charted"]
    assert sorted((fact["vendor"], fact["environment"]) for fact in charted) == [
        ("uppzy", "sandbox"),
        ("uppzy", "sandbox-production"),
    ]
    page, ledger = ran.folder / "again.html", ran.folder / ".golive" / "ledger.jsonl"
    assert main(["verdict", str(ledger), "--charts", str(page)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "golive: GO"
    drawn, again = SECTION.findall(ran.ticket), SECTION.findall(page.read_text(encoding="utf-8"))
    assert drawn == again
    assert "<title>Failed calls of chat</title>" in drawn[0]
    assert '<a href="#weeks">Week</a>' in ran.ticket


def test_a_run_without_figures_has_no_charts(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the weekly review asks for weeks; and a place that cannot be written to is told."""
    ran = project.run("-m", "weekly", "--env", "sandbox", "--golive-only", "UPZ-118")
    ledger = ran.folder / ".golive" / "ledger.partial.jsonl"
    assert main(["verdict", str(ledger), "--charts", str(ran.folder)]) == 2
    assert capsys.readouterr().err == f"golive verdict: {ran.folder} cannot be written: is a folder\n"

    ran = project.run("-m", "prerelease", "--env", "sandbox", "--golive-only", "UPZ-10")
    assert main(["verdict", str(ledger), "--charts", "charts.html"]) == 2
    assert capsys.readouterr().err == (
        f"golive verdict: {ledger} has no charts: they are of the weekly review, where its figures could be asked\n"
    )
    page = (ran.folder / "golive-report.partial.html").read_text(encoding="utf-8")
    assert 'id="weeks"' not in page
