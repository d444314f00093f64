"""How a release is taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.owners import owner_of
from pytest_golive.papers.text.placeholders import is_placeholder, is_unwritten, left_open
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.way_back import BODIES, CIRCUMSTANCES, REHEARSAL_DAYS, lacking, way_back
from pytest_golive.readiness.plan import PlannedCheck

KEY = "operations.rollback"

OTHERS = ("rollback", "release", "incident", "owner", "runtime_config")
"""Whose word it is to go back, where the paper itself names nobody."""


def test_way_back_names_command_and_owner(golive: Golive, planned: PlannedCheck) -> None:
    """The way back is a command or a switch, and somebody owns it.

    If this fails: write down what exactly is run or switched, and whose it is.
    """
    papers = _written(golive)
    found = way_back(papers)
    golive.must(
        "the way back has to name the command or the switch",
        found.command,
        expected="what is run or switched, word for word",
        actual=f"{_names(papers)} names none",
    )
    golive.must(
        "the way back has to have an owner",
        found.owner or _is_owned(golive, planned),
        expected="a team or a person, there or under operations.owners.rollback",
        actual=f"{_names(papers)} names nobody",
    )


def test_way_back_is_a_plan(golive: Golive, planned: PlannedCheck) -> None:
    """The plan for the way back has owner, triggers, steps and what becomes of data, and no old rehearsal.

    If this fails: write down what the finding names, and rehearse it.
    """
    papers = _written(golive)
    found = way_back(papers)
    missing = [*(["owner"] if not (found.owner or _is_owned(golive, planned)) else []), *found.missing]
    golive.must(
        "the plan for the way back has to have owner, triggers, steps and data",
        not missing,
        expected="who decides, by which signs, what is done, and what becomes of the data",
        actual=f"{_names(papers)} says nothing about {', '.join(missing)}",
    )
    golive.must(
        f"the way back has to be rehearsed every {REHEARSAL_DAYS} days",
        not found.is_stale(datetime.now(UTC).date()),
        expected=f"a rehearsal within {REHEARSAL_DAYS} days",
        actual=f"{_names(papers)} tells of one on {found.rehearsed}",
    )
    if found.rehearsed is None:
        golive.note("no rehearsal is told there; whoever took part vouches for it")


def test_providers_have_a_way_back(golive: Golive, planned: PlannedCheck) -> None:
    """Both ways to stop a provider are written down: how, when which, who may, how to verify and to undo.

    If this fails: write down what the finding names.
    """
    del planned
    papers = _written(golive)
    bodies = lacking(papers, BODIES)
    golive.must(
        "both ways to stop a provider have to be written down",
        not bodies,
        expected=", ".join(BODIES),
        actual=f"{_names(papers)} does not say: {', '.join(bodies)}",
    )
    rest = lacking(papers, CIRCUMSTANCES)
    golive.must(
        "what has to be known to stop a provider has to be written down",
        not rest,
        expected=", ".join(CIRCUMSTANCES),
        actual=f"{_names(papers)} does not say: {', '.join(rest)}",
    )


def _written(golive: Golive) -> tuple[Paper, ...]:
    __tracebackhide__ = True
    papers = asked.named(golive.papers, golive.papers.rollback, KEY, "nothing says how a release is taken back")
    golive.must(
        "the way back has to be written down",
        any(not is_unwritten(paper.text) for paper in papers),
        expected="what is done, and by whom",
        actual=f"{_names(papers)} holds nothing yet",
    )
    still_open = next((line for paper in papers if (line := left_open(paper.text))), "")
    golive.must(
        "the way back has to be filled in",
        not still_open,
        expected="names, commands and numbers",
        actual=f"{_names(papers)} says {still_open!r}",
    )
    return papers


def _is_owned(golive: Golive, planned: PlannedCheck) -> bool:
    named = (owner_of(golive.papers.owners, each, planned.vendor) for each in OTHERS)
    return any(owner is not None and not is_placeholder(owner[1]) for owner in named)


def _names(papers: tuple[Paper, ...]) -> str:
    return ", ".join(paper.name for paper in papers)
