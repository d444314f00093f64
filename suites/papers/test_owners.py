"""Who looks after what, and whom to call next."""

from __future__ import annotations

import re

from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.owners import Escalation, owner_of, path_of
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck

SUPPORT = "contato@timelyai.com.br"
URGENT = re.compile(r"\burgent[e]?\b", re.IGNORECASE)

FEWEST_LEVELS = 2


def test_settings_have_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that owns the settings the service runs with.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "runtime_config")


def test_key_has_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that creates, replaces and revokes the key.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "api_key")


def test_content_has_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that publishes documents.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "content")


def test_monitoring_has_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that owns dashboards and alerts.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "monitoring")


def test_incidents_have_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that answers incidents.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "incident")


def test_releases_have_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """A team is named that approves releases.

    If this fails: enter the team under `operations.owners`.
    """
    _must_be_owned(golive, planned, "release")


def test_roles_have_an_owner(golive: Golive, planned: PlannedCheck) -> None:
    """Reliability, analytics and marketing each have a person or a team.

    If this fails: enter who it is under `operations.owners`.
    """
    _must_be_owned(golive, planned, "reliability", "analytics", "marketing")


def test_owner_and_deputy_are_named(golive: Golive, planned: PlannedCheck) -> None:
    """The integration has an owner and a deputy, and they are not the same.

    If this fails: enter both under `operations.owners`.
    """
    owner, deputy = _must_be_owned(golive, planned, "owner", "deputy")
    golive.must(
        "owner and deputy have to be two",
        owner.strip().casefold() != deputy.strip().casefold(),
        expected="somebody else who steps in",
        actual=f"{deputy} is both",
    )


def test_somebody_is_on_call(golive: Golive, planned: PlannedCheck) -> None:
    """A route leads to somebody who can be reached.

    If this fails: write under `operations.escalation` how the one on call is reached.
    """
    del planned
    found, papers = _path(golive)
    golive.must(
        "the escalation path has to name a way to reach somebody",
        found.contacts or found.on_call,
        expected="a number, an address, a channel or a rota",
        actual=f"{_names(papers)} names none",
    )
    _must_be_filled_in(golive, found, papers)
    if not found.on_call:
        golive.warn(f"{_names(papers)} does not say who is on call")


def test_escalation_has_two_levels(golive: Golive, planned: PlannedCheck) -> None:
    """The escalation path has at least two levels, each with a contact and a time.

    If this fails: write down who is called after whom, how they are reached, and after what time.
    """
    del planned
    found, papers = _path(golive)
    _must_be_filled_in(golive, found, papers)
    golive.must(
        "the escalation path has to have two levels with a contact each",
        len(found.contacts) >= FEWEST_LEVELS,
        expected="a second one to call when the first does not answer",
        actual=f"{_names(papers)} names {len(found.contacts)} contact{'' if len(found.contacts) == 1 else 's'}",
    )
    golive.must(
        "the escalation path has to say after what time the next one is called",
        found.timed,
        expected="a time for each level, as 15 minutes",
        actual=f"{_names(papers)} tells no time",
    )
    if found.levels < FEWEST_LEVELS:
        golive.warn(f"{_names(papers)} names all contacts on one line: see that they are two levels")
    if found.timed < FEWEST_LEVELS:
        golive.warn(f"{_names(papers)} tells one time only: each level has one of its own")


def test_support_of_the_vendor_is_known(golive: Golive, planned: PlannedCheck) -> None:
    """A page of the team names the vendor's support address, and the word that marks an urgent mail.

    If this fails: write both into the page that `operations.escalation` names, or into the runbook for incidents.
    """
    del planned
    text = "\n".join(paper.text for paper in _pages(golive))
    golive.must(
        "the team's pages have to name the vendor's support address",
        SUPPORT in text.lower(),
        expected=SUPPORT,
        actual="neither the escalation path nor a runbook names it",
    )
    golive.must(
        "the team's pages have to say how an urgent mail is marked",
        URGENT.search(text),
        expected="URGENT in the subject",
        actual=f"{SUPPORT} is named without it",
    )


def _pages(golive: Golive) -> list[Paper]:
    papers = golive.papers
    key = "operations.escalation"
    pages: list[Paper] = []
    if papers.escalation or not papers.runbooks:
        pages += asked.named(papers, papers.escalation, key, "nothing says whom to call next")
    if papers.runbooks:
        pages += [paper for each in asked.runbooks(papers, "nothing says what to do").values() for paper in each]
    return pages


def _must_be_owned(golive: Golive, planned: PlannedCheck, *what: str) -> list[str]:
    __tracebackhide__ = True
    found = {each: owner_of(golive.papers.owners, each, planned.vendor) for each in what}
    missing = [f"operations.owners.{each}" for each, owner in found.items() if owner is None]
    if missing:
        told = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing: nobody is named"
        golive.not_verified(told, key=missing[0])
    named = [owner for owner in found.values() if owner is not None]
    empty = [f"operations.owners.{key} is {owner!r}" for key, owner in named if is_placeholder(owner)]
    golive.must(
        "an owner has to be a team or a person",
        not empty,
        expected="a name that people know",
        actual="; ".join(empty),
    )
    return [owner for _, owner in named]


def _path(golive: Golive) -> tuple[Escalation, tuple[Paper, ...]]:
    papers = golive.papers
    found = asked.named(papers, papers.escalation, "operations.escalation", "nothing says whom to call next")
    return path_of(found), found


def _must_be_filled_in(golive: Golive, found: Escalation, papers: tuple[Paper, ...]) -> None:
    __tracebackhide__ = True
    golive.must(
        "the escalation path has to be filled in",
        not found.unwritten,
        expected="names and contacts",
        actual=f"{_names(papers)} says {found.unwritten!r}",
    )


def _names(papers: tuple[Paper, ...]) -> str:
    return ", ".join(paper.name for paper in papers)
