"""What the team's pages say of each integration: a runbook and a way back of its own, looked through lately."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pytest_golive.changes.listed import providers_on, webhooks_on
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.integrations.pages import (
    ASPECTS,
    BOTH_SWITCHES,
    Section,
    besides,
    last_looked_through,
    names_at_all,
    section_of,
)
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.git import day_of

RUNBOOKS, ROLLBACK = "operations.runbooks", "operations.rollback"
LOGS = "where its logs are"


@bearing_other_shapes
def test_each_integration_has_a_runbook(golive: Golive, planned: PlannedCheck) -> None:
    """Each provider that is on, each active webhook and the data layer has a section: symptoms, logs, how to stop it.

    If this fails: write the section that the finding names; in an incident nobody can tell which integration it is.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    papers = asked.runbooks(golive.papers, "nothing says what to do when an integration fails")
    sections = {name: section_of(papers, *about) for name, about in _integrated(vendor)}
    missing = [name for name, section in sections.items() if not section.place]
    if missing and asked.has_some_elsewhere(golive.papers):
        golive.not_verified(
            f"nothing here is about {', '.join(missing)}, and a runbook lies elsewhere: {asked.ELSEWHERE}", key=RUNBOOKS
        )
    golive.must(
        "each provider, webhook and the data layer has to have a runbook of its own",
        not missing,
        expected="a section, a page or a row for each",
        actual=f"none is about {', '.join(missing)}",
    )
    thin = [told for name, section in sections.items() if (told := _thin(name, section))]
    golive.must(
        "the runbook of an integration has to say what is needed to isolate and to stop it",
        not thin,
        expected=", ".join(ASPECTS),
        actual="; ".join(thin),
    )


@bearing_other_shapes
def test_each_provider_has_a_way_back(golive: Golive, planned: PlannedCheck) -> None:
    """The way back names each provider that is on, with both of its switches.

    If this fails: write down both switches for the provider that the finding names.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    given = asked.named(golive.papers, golive.papers.rollback, ROLLBACK, "nothing says how a release is taken back")
    papers = {"rollback": given}
    sections = {name: section_of(papers, name) for name in providers_on(vendor)}
    unnamed = [name for name, each in sections.items() if not each.place and not names_at_all(papers, name)]
    golive.must(
        "how each provider is rolled back has to be written down",
        not unnamed,
        expected="a section, or a line, for each provider that is on",
        actual=f"{_names(given)} does not name {', '.join(unnamed)}",
    )
    shared = besides(given, sections.values())
    lacking = {name: each.lacks(BOTH_SWITCHES) for name, each in sections.items()}
    nowhere = {name: [each for each in told if each in shared.lacks(BOTH_SWITCHES)] for name, told in lacking.items()}
    golive.must(
        "both ways to stop a provider have to be written down for each",
        not any(nowhere.values()),
        expected=", ".join(BOTH_SWITCHES),
        actual="; ".join(
            f"{sections[name].place or _names(given)}, about {name}, does not say {', '.join(told)}"
            for name, told in nowhere.items()
            if told
        ),
    )
    for name, section in sections.items():
        if not section.place:
            golive.note(f"{name} is named at {names_at_all(papers, name)}, without a section of its own")
        elif lacking[name]:
            golive.note(f"{section.place} leaves to the rest of the page, for {name}: {', '.join(lacking[name])}")


def test_integration_runbook_was_looked_through(golive: Golive, planned: PlannedCheck) -> None:
    """The runbooks about integrations were looked through lately: by the day they tell, or by git.

    If this fails: look through the page that the finding names, and write the day into it.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    given = asked.runbooks(golive.papers, "nothing says how integrations are changed and watched")
    papers = _about_integrations(given)
    days = float(vendor.target.settings.get("review_age_days", vendor.pack.settings["review_age_days"].example))
    told, today = last_looked_through(papers), moment().date()
    old: list[str] = []
    for paper in papers:
        day = told.get(paper.name) or day_of(golive.papers.folder, paper.name)
        if day is None and not golive.sandbox:
            golive.warn(f"{paper.name} tells no day, and git does not know it: when it was looked through is not told")
        # The example project's pages were written once and for all.
        elif day is not None and (today - day).days > days and not golive.sandbox:
            old.append(f"{paper.name} was last looked through on {day}")
    golive.must(
        "runbooks about integrations have to be looked through",
        not old,
        expected=f"at most {days:g} days ago (review_age_days)",
        actual="; ".join(old),
    )


def _thin(name: str, section: Section) -> str:
    lacking = [each for each in section.lacks(ASPECTS) if not (section.about == "data layer" and each == LOGS)]
    return f"{section.place}, about {name}, does not say {', '.join(lacking)}" if lacking else ""


def _integrated(vendor: Vendor) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what is integrated: its name, and what its section is looked for by."""
    for name in providers_on(vendor):
        yield name, (name,)
    active = webhooks_on(vendor)
    for name in active:
        # Where there is one only, whatever is written about webhooks is about it.
        yield f"the webhook {name}", ("webhook", name if len(active) > 1 else "")
    if vendor.has("data_layer"):
        yield "the data layer", ("data layer",)


def _about_integrations(given: Mapping[str, Sequence[Paper]]) -> list[Paper]:
    """Return the papers that speak of integrations; all of them where none says so."""
    every = [paper for several in given.values() for paper in several]
    mine = [paper for paper in every if "integration" in paper.text.casefold() or "selwise" in paper.text.casefold()]
    return mine or every


def _names(papers: Sequence[Paper]) -> str:
    return ", ".join(paper.name for paper in papers)
