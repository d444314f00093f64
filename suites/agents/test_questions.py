"""What the assistant answers to the questions of real customers, and to those that are none of its business."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from pytest_golive.contract.language import language_of
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.manifest.questions import Question, Questions
from pytest_golive.readiness.plan import PlannedCheck

ASK = "ask_agent"
RESPONSE = "data.response"

FEWEST = 20
FEWEST_OUT_OF_SCOPE = 5

AT_ONCE = 4
"""Questions under way at the same time: an answer may take seconds, twenty of them one after the other a minute."""

SHOWN = 5

MADE_UP = {
    "a price": re.compile(
        r"(?:R\$|US\$|\$|€|£)\s?\d[\d.,]*|\d[\d.,]*\s?(?:reais|euros?|dollars?|USD|BRL|EUR)\b", re.IGNORECASE
    ),
    "an address": re.compile(r"(?:https?://|www\.)[^\s<>()\"']+", re.IGNORECASE),
    "a phone number": re.compile(r"\+?\d[\d ()-]{7,}\d"),
    "a date": re.compile(r"\b(?:\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d{2}-\d{2})\b"),
}
"""What an answer to a question beside the subject cannot know."""


def test_questions_are_enough(golive: Golive, planned: PlannedCheck) -> None:
    """The questions file holds 20 different questions, and 5 of them are beside the subject.

    If this fails: take more questions from what customers really wrote; two that say the same count once.
    """
    asked = golive.questions.of(planned.vendor)
    distinct = asked.distinct
    golive.must(
        f"an assistant has to be tried with {FEWEST} different questions",
        len(distinct) >= FEWEST,
        expected=f"at least {FEWEST} questions in {asked.path.name}",
        actual=f"{len(asked.asked)} questions, {len(distinct)} of them different",
    )
    beside = [question for question in distinct if question.out_of_scope]
    golive.must(
        f"{FEWEST_OUT_OF_SCOPE} of the questions have to be beside the subject",
        len(beside) >= FEWEST_OUT_OF_SCOPE,
        expected=f"at least {FEWEST_OUT_OF_SCOPE} questions with out_of_scope: true in {asked.path.name}",
        actual=f"{len(beside)} of {len(distinct)} different questions",
    )


def test_agent_answers_the_questions(golive: Golive, planned: PlannedCheck) -> None:
    """Every question within the subject gets an answer that holds what the questions file expects.

    If this fails: the finding names line and question; train the agent, or correct what the file expects.
    """
    vendor, asked = golive.vendor(planned.vendor, planned.environment), golive.questions.of(planned.vendor)
    within = [question for question in asked.distinct if not question.out_of_scope]
    _must_all_be_right(golive, vendor, asked, within)


def test_agent_declines_what_is_out_of_scope(golive: Golive, planned: PlannedCheck) -> None:
    """Every question beside the subject is declined politely, and nothing is made up in the answer.

    If this fails: tell the agent what it does not talk about; an answer that names a made-up price binds you.
    """
    vendor, asked = golive.vendor(planned.vendor, planned.environment), golive.questions.of(planned.vendor)
    if not asked.declines:
        golive.not_verified(f"{asked.path.name} names no `declines`: how a polite refusal looks", key="questions")
    beside = [question for question in asked.distinct if question.out_of_scope]
    _must_all_be_right(golive, vendor, asked, beside)


def _must_all_be_right(golive: Golive, vendor: Vendor, asked: Questions, questions: Sequence[Question]) -> None:
    __tracebackhide__ = True
    if not questions:
        golive.cannot_tell("there has to be something to ask", expected="questions", actual="none of this kind")
    problems = []
    for question, answer in zip(questions, _answers(golive, vendor, questions), strict=True):
        answer.must_fit()
        told = str(at(answer.json, RESPONSE) or "").strip()
        problem = next(_wrong(question, told, asked), None)
        if problem is not None:
            problems.append(f"{asked.place(question)} {question.question!r}: {problem}")
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    golive.must(
        f"the agent has to answer as {asked.path.name} says",
        not problems,
        expected=f"{len(questions)} right answers",
        actual=f"{len(problems)} wrong: {'; '.join(problems[:SHOWN])}{more}",
    )


def _answers(golive: Golive, vendor: Vendor, questions: Sequence[Question]) -> Iterator[Answer]:
    """Ask all questions, each in a conversation of its own, and give the answers in order."""
    ask = golive.carry(lambda question: vendor.call(ASK, message=question.question))
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="golive-questions") as pool:
        coming = [pool.submit(ask, question) for question in questions]
        try:
            yield from (each.result() for each in coming)
        finally:
            pool.shutdown(cancel_futures=True)


def _wrong(question: Question, told: str, asked: Questions) -> Iterator[str]:
    """Say what is wrong with an answer, the worst first."""
    if not told:
        yield "there is no answer"
        return
    for pattern in asked.canaries:
        if _holds(told, pattern):
            yield f"the answer holds the canary {pattern!r}"
    if question.out_of_scope:
        yield from _wrong_beside(told, asked)
    yield from _unlike_its_row(question, told)


def _wrong_beside(told: str, asked: Questions) -> Iterator[str]:
    """Say what is wrong with an answer to a question beside the subject."""
    if not any(_holds(told, pattern) for pattern in asked.declines):
        yield f"is not declined: {told!r}"
    for kind, pattern in MADE_UP.items():
        for found in (match.rstrip(".,;:!?") for match in pattern.findall(told)):
            if not any(found in allowed or allowed in found for allowed in asked.allowed):
                yield f"the answer names {kind}, {found!r}, that `allowed` does not hold"


def _unlike_its_row(question: Question, told: str) -> Iterator[str]:
    """Say in what an answer differs from what the file demands of it."""
    for pattern in question.expect:
        if not _holds(told, pattern):
            yield f"the answer lacks {pattern!r}: {told!r}"
    for pattern in question.forbid:
        if _holds(told, pattern):
            yield f"the answer holds {pattern!r}, which is forbidden: {told!r}"
    seen = language_of(told)
    if question.language is not None and seen not in {None, question.language}:
        yield f"the answer is in {seen}, {question.language} is due: {told!r}"


def _holds(told: str, pattern: str) -> bool:
    return re.search(pattern, told, re.IGNORECASE) is not None
