"""What has to be done and written down around going live: requirements, reviews, ids, training, builds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.going_live.builds import commits_of_build, is_same_commit, signed_commits
from pytest_golive.papers.going_live.requirements import (
    FIRST_SYNC,
    REVIEWS,
    TRAINING,
    gone_links,
    has_day,
    items_of,
    requirements_of,
    synced,
    unmet,
)
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.tabular import Columns, Line, NoTable, table_of
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.library import read_rules

SHOWN = 5


def test_requirements_are_met(golive: Golive, planned: PlannedCheck) -> None:
    """Each requirement that the project began with leads to a test or to evidence that is there.

    If this fails: finish what the finding lists, or strike it out with a reason.
    """
    del planned
    key = "operations.requirements"
    found = _lines(golive, golive.papers.requirements, key, "nothing says what the project began with", requirements_of)
    wrong = [(line, why) for line in found if (why := unmet(line, _folders(golive)))]
    golive.must(
        "each requirement has to lead to a test or to evidence",
        not wrong,
        expected=f"{len(found)} of {len(found)} that are met, or were taken out with a reason",
        actual="; ".join(f"{line.place}: {_short(line.name)} {why}" for line, why in wrong[:SHOWN]),
    )


def test_stakeholders_have_reviewed(golive: Golive, planned: PlannedCheck) -> None:
    """Each stakeholder of the register has reviewed the integration, on a day that is told.

    If this fails: go through the register, and add the days that are missing.
    """
    del planned
    if not golive.papers.stakeholders:
        golive.note("operations.stakeholders names no register: the person who vouches answers for all of them")
        return
    found = _lines(golive, golive.papers.stakeholders, "operations.stakeholders", "", _reading(REVIEWS))
    missing = [line for line in found if not has_day(line.text)]
    golive.must(
        "each stakeholder has to have reviewed the integration",
        not missing,
        expected="a day for each of them",
        actual="; ".join(f"{line.place}: {_short(line.told['who'] or line.name)} has none" for line in missing[:SHOWN]),
    )


def test_first_sync_is_complete(golive: Golive, planned: PlannedCheck) -> None:
    """Every object in scope has one id of the vendor, nothing was rejected, and a second run changed nothing.

    If this fails: walk the listings to their end, compare both sides, and fill in what the finding lists.
    """
    del planned
    key = "operations.first_sync"
    found = _lines(golive, golive.papers.first_sync, key, "nothing tells how the first one ended", _synced)
    result = synced(found)
    golive.must(
        "the first synchronisation has to be complete",
        not result.wrong,
        expected="one id for each object, none rejected, and no change by a second run",
        actual="; ".join(result.wrong[:SHOWN]),
    )
    if not result.again:
        golive.note("it does not tell what a second run changed")


def test_changed_work_was_shown(golive: Golive, planned: PlannedCheck) -> None:
    """Each team whose work changes has seen a document that is there.

    If this fails: write or renew the document, send it to each team, and let the team confirm.
    """
    del planned
    key = "operations.training"
    found = _lines(golive, golive.papers.training, key, "nothing says who was shown what", _reading(TRAINING))
    gone = [(line, name) for line in found for name in gone_links(line.told["material"], _folders(golive))]
    golive.must(
        "what teams were shown has to be there",
        not gone,
        expected="documents that can be opened",
        actual="; ".join(f"{line.place} names {name}, which is not there" for line, name in gone[:SHOWN]),
    )
    silent = [
        line for line in found if is_placeholder(line.told["seen"]) or line.told["seen"].casefold() in {"no", "open"}
    ]
    golive.must(
        "each team whose work changes has to confirm that it was shown how",
        not silent,
        expected="a day, or who confirmed it",
        actual="; ".join(f"{line.place}: {_short(line.told['team'] or line.name)} did not" for line in silent[:SHOWN]),
    )


def test_deployed_commit_is_the_signed_one(golive: Golive, planned: PlannedCheck) -> None:
    """What is deployed is the commit that somebody signed for, and the build was made of it.

    If this fails: deploy the signed commit again.
    """
    told = golive.papers.deployments.get(planned.environment, {})
    key = f"environments.{planned.environment}.deployment"
    commit = told.get("commit", "")
    if not commit:
        golive.not_verified(f"{key}.commit is missing: nothing tells what is deployed", key=f"{key}.commit")
    papers = golive.papers
    rules = {rule.id for rule in read_rules(planned.vendor) if any(part.names_commit for part in rule.decided_by)}
    signed: list[str] = []
    if papers.attestations:
        for paper in asked.named(papers, papers.attestations, "attestations", ""):
            signed += signed_commits(paper, rules)
    built: list[str] = []
    if told.get("provenance"):
        for paper in asked.named(papers, told["provenance"], f"{key}.provenance", ""):
            built += commits_of_build(paper)
        golive.must(
            "the build has to be made of the deployed commit",
            any(is_same_commit(commit, each) for each in built),
            expected=commit,
            actual=f"{told['provenance']} names {', '.join(each[:12] for each in built[:SHOWN]) or 'no commit'}",
        )
    if signed:
        golive.must(
            "the deployed commit has to be the one that somebody signed for",
            any(is_same_commit(commit, each) for each in signed),
            expected=signed[0][:12],
            actual=f"{planned.environment} runs {commit[:12]}",
        )
        if not is_same_commit(commit, signed[0]):
            golive.warn(f"{planned.environment} runs {commit[:12]}; the newest that was signed for is {signed[0][:12]}")
    elif not built:
        golive.not_verified(
            f"nobody signed for a commit under {', '.join(sorted(rules))}, and {key}.provenance is missing",
            key="attestations",
        )
    elif rules:
        golive.note(f"nobody signed for a commit under {', '.join(sorted(rules))}")


Reads = Callable[[Paper], tuple[Line, ...]]


def _reading(columns: Columns) -> Reads:
    return lambda paper: items_of(paper, columns)


def _synced(paper: Paper) -> tuple[Line, ...]:
    return table_of(paper, FIRST_SYNC)


def _lines(golive: Golive, given: str, key: str, what: str, read: Reads) -> list[Line]:
    __tracebackhide__ = True
    found: list[Line] = []
    for paper in asked.named(golive.papers, given, key, what):
        try:
            found += read(paper)
        except NoTable as problem:
            golive.cannot_tell(
                f"what {key} names has to be readable",
                expected="a table in Markdown, CSV, JSON or YAML",
                actual=f"{paper.name}: {problem}",
            )
    return found


def _folders(golive: Golive) -> Sequence[Path]:
    return (golive.repository, golive.papers.folder)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
