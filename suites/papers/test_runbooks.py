"""What the runbooks say: incidents, the rotation of a key, publishing content, changes of integrations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_golive.golive import Golive
from pytest_golive.papers import asked, procedures
from pytest_golive.papers.incident_sections import spoken
from pytest_golive.papers.text.passages import Passage
from pytest_golive.papers.text.placeholders import is_unwritten
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck

KEY = "operations.runbooks"

ROTATION = (
    r"rotat|rotier|rotaci|rotaç|(?:replac|renew|chang)\w*.{0,20}(?:key|secret|credential)|schlüssel(?:tausch|wechsel)"
)
ROTATION += r"|(?:troca|cambio|substitui\w+) (?:de|da|del?) (?:la )?(?:chave|clave)|new key"

ROLLOUT = r"roll-?\s?out|publish|content|documents?\b|sync|veröffentlich|inhalt|dokument|conten|conteúdo|public"

REVIEWS = {
    "changes": r"chang|config|deploy|änder|konfig|cambio|mudanç|alteraç",
    "incidents": (
        r"incident|outage|failure|error|alert|\b40[134]\b|\b429\b|\b5xx\b|störung|vorfall|ausfall|incidente"
        r"|falha|fallo"
    ),
    "watching after a release": (
        r"monitor|watch|observ|after (?:a |the |each )?(?:release|deploy|launch)|post-?\s?(?:release|deploy"
        r"|launch)|hypercare"
        r"|überwach|beobacht|nach (?:dem|einem|jedem) (?:release|deploy)|después|vigil|após|depois|acompanh"
    ),
}
"""What a runbook for integrations covers -> how its parts may be called."""


def test_incidents_are_written_down(golive: Golive, planned: PlannedCheck) -> None:
    """The runbooks say what to look at and what to do on 401, 403, 404, 429, and on 5xx or timeouts.

    If this fails: write the section that the finding names; whoever is woken up has no time to find out.
    """
    del planned
    papers = _runbooks(golive, "nothing says what to do when the vendor refuses or fails")
    found = spoken(paper for each in papers.values() for paper in each)
    empty = [f"{each.incident} at {each.empty}" for each in found if each.empty]
    golive.must(
        "what is said about an incident has to be more than its name",
        not empty,
        expected="what to look at first, and what to do then",
        actual=f"nothing is written about {', '.join(empty)}",
    )
    silent = [each.incident for each in found if not each.written and not each.mentioned]
    _must_be_all_here(golive, silent, "the runbooks have to say what to do when the vendor refuses or fails")
    for each in found:
        if each.mentioned:
            golive.warn(f"{each.incident} is only mentioned ({each.mentioned}): give it a section of its own")
        elif each.thin:
            golive.warn(f"{each.written[0].place} says little about {each.incident}")


def test_rotation_is_written_in_order(golive: Golive, planned: PlannedCheck) -> None:
    """The rotation runbook has its six steps, in their order.

    If this fails: bring the steps into the order of the finding; a key revoked too early stops production.
    """
    del planned
    _judge(golive, _rotation(golive), procedures.ROTATION, "the rotation runbook")


def test_rotation_switches_before_it_revokes(golive: Golive, planned: PlannedCheck) -> None:
    """The rotation runbook makes the new key, switches the services, and then revokes the old one.

    If this fails: bring the steps into this order; a key revoked too early stops production.
    """
    del planned
    _judge(golive, _rotation(golive), procedures.ROTATION, "the rotation runbook", procedures.SWITCH)


def test_rollout_is_written_in_order(golive: Golive, planned: PlannedCheck) -> None:
    """The runbook for publishing content has its six steps in their order, and says when to stop.

    If this fails: write down the step or the condition that the finding names.
    """
    del planned
    papers = _runbooks(golive, "nothing says how content is published")
    found = procedures.about(papers, ROLLOUT)
    if not found:
        golive.not_verified(f"{KEY} names none about publishing content", key=f"{KEY}.content_rollout")
    _judge(golive, found, procedures.ROLLOUT, "the content runbook")
    _judge_stops(golive, found)


def test_runbook_covers_changes_and_incidents(golive: Golive, planned: PlannedCheck) -> None:
    """The runbooks cover changes, incidents, and watching after a release.

    If this fails: write the section that the finding names.
    """
    del planned
    papers = _runbooks(golive, "nothing says how integrations are changed and watched")
    text = "\n".join(paper.text for each in papers.values() for paper in each)
    unsaid = {name: wording for name, wording in REVIEWS.items() if not _is_titled(papers, wording)}
    missing = [name for name, wording in unsaid.items() if not re.search(wording, text, re.IGNORECASE)]
    _must_be_all_here(golive, missing, "the runbooks have to cover changes, incidents, and watching after a release")
    for name in unsaid:
        golive.warn(f"no section of the runbooks is about {name}: it is only mentioned")


def _is_titled(papers: Mapping[str, Sequence[Paper]], wording: str) -> bool:
    return any(not is_unwritten(each.body) for each in procedures.titled(papers, wording))


def _runbooks(golive: Golive, what: str) -> Mapping[str, Sequence[Paper]]:
    return asked.runbooks(golive.papers, what)


def _rotation(golive: Golive) -> list[Passage]:
    found = procedures.about(_runbooks(golive, "nothing says how a key is replaced"), ROTATION)
    if not found:
        golive.not_verified(f"{KEY} names none about replacing a key", key=f"{KEY}.key_rotation")
    return found


def _must_be_all_here(golive: Golive, missing: Sequence[str], requirement: str) -> None:
    if missing and asked.has_some_elsewhere(golive.papers):
        golive.not_verified(
            f"nothing here is about {', '.join(missing)}, and a runbook lies elsewhere: {asked.ELSEWHERE}", key=KEY
        )
    golive.must(
        requirement,
        not missing,
        expected="a section for each",
        actual=f"no runbook mentions {', '.join(missing)}",
    )


def _judge(
    golive: Golive, found: list[Passage], steps: Mapping[str, str], what: str, names: Sequence[str] = ()
) -> None:
    reading = procedures.read_steps(found, steps, names)
    where, expected = reading.papers[0], ", ".join(names or steps)
    if not reading.is_understood and not reading.ends_too_early:
        golive.cannot_tell(
            f"{what} has to have its steps in order",
            expected=expected,
            actual=f"in {where} these are not recognised: {', '.join(reading.missing)}",
        )
    golive.must(
        f"{what} has to have its steps in order",
        not reading.misplaced,
        expected=expected,
        actual=f"in {where}, after `{reading.before}` there is no longer: {', '.join(reading.misplaced)}",
    )
    golive.must(
        f"{what} has to have all of its steps",
        not reading.missing,
        expected=expected,
        actual=f"{where} does not say: {', '.join(reading.missing)}",
    )


def _judge_stops(golive: Golive, found: list[Passage]) -> None:
    stops = procedures.read_steps(found, procedures.STOPS)
    requirement = "the content runbook has to say when publishing stops"
    missing, expected = "; ".join(stops.missing), f"stop {', '.join(procedures.STOPS)}"
    if stops.missing and procedures.conditions_in(found) >= stops.total:
        golive.cannot_tell(
            requirement, expected=expected, actual=f"in {stops.papers[0]} this is not recognised: {missing}"
        )
    golive.must(requirement, not stops.missing, expected=expected, actual=f"{stops.papers[0]} does not say: {missing}")
