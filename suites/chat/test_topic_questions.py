"""What the assistant answers about the content that was published lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pytest_golive.demands.documents import documents_of
from pytest_golive.demands.expected_answers import unlike
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.manifest.questions import Question, Questions
from pytest_golive.papers import asked
from pytest_golive.papers.content.batches import Batch
from pytest_golive.papers.content.published import INDEXING, Place, is_ready
from pytest_golive.papers.content.topics import Topic, changed_lately, is_about, says_its_topic, topics_of
from pytest_golive.readiness.plan import PlannedCheck

AT_ONCE = 4
"""Questions under way at the same time: an answer may take half a minute."""

MOST = 20
"""Questions asked in one run: each of them is paid for."""

SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A question that was not answered as it has to be.

    Attributes:
        told: where it stands, what it is about and what is wrong.
        topics: what it is about.
    """

    told: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What asking about the topics gave.

    Attributes:
        count: how many questions were asked.
        wrong: those that were not answered right.
        unsure: how many right answers the assistant was not sure of.
    """

    count: int
    wrong: tuple[_Wrong, ...]
    unsure: int


def test_changed_topics_have_a_question(golive: Golive, planned: PlannedCheck) -> None:
    """For each topic that was changed lately there is a question that says what its answer has to hold.

    If this fails: write a question about the topic, with `expect` and `topics`, before the next batch.
    """
    questions, topics = _questions(golive, planned), _topics(golive, planned)
    without = [topic.told for topic, found in _about(golive, planned, questions, topics) if not found]
    silent = [each for each in questions.asked if each.expect and not each.out_of_scope and not says_its_topic(each)]
    expecting = [each for each in questions.asked if each.expect and not each.out_of_scope]
    if without and silent and len(silent) == len(expecting):
        golive.cannot_tell(
            "each changed topic has to have a question",
            expected=f"questions of {questions.path.name} that say what they are about: topics, batches or sources",
            actual=f"{len(silent)} questions that say nothing of it; changed were {_some(without)}",
        )
    golive.must(
        "each changed topic has to have a question",
        not without,
        expected=f"a question in {questions.path.name} with `expect`, and the topic under `topics`",
        actual=f"none about {_some(without)}",
    )


def test_topic_questions_are_answered(golive: Golive, planned: PlannedCheck) -> None:
    """Each question on a topic that was changed lately is answered with what the questions file expects.

    If this fails: set the batch to draft and correct the content; documents may also need longer to become ready.
    """
    questions, answered = _questions(golive, planned), _answered(golive, planned)
    golive.must(
        f"questions on changed topics have to be answered as {questions.path.name} says",
        not answered.wrong,
        expected=f"{answered.count} right answers",
        actual=f"{len(answered.wrong)} wrong: {_some([each.told for each in answered.wrong], '; ')}",
    )
    if answered.unsure:
        golive.warn(f"{answered.unsure} of {answered.count} questions on changed topics have answers of low confidence")


def test_rollout_pauses_where_answers_are_wrong(golive: Golive, planned: PlannedCheck) -> None:
    """Where an answer on a changed topic is wrong, sync log or change log have a pause of the rollout.

    If this fails: pause the rollout, write the pause down, set the documents behind the wrong answer to draft.
    """
    try:
        answered = _answered(golive, planned)
    except CheckFailed as failed:
        # A vendor that does not answer is no reason to pause a rollout.
        raise CannotTell(failed.finding) from None
    batches: dict[str, Batch] = {}
    running = []
    for wrong in answered.wrong:
        about = {topic.batch.name: topic.batch for topic in wrong.topics}
        if not any(batch.pauses for batch in about.values()):
            running.append(wrong.told)
            batches |= about
        else:
            golive.warn(f"the rollout is paused, and {wrong.told}")
    golive.must(
        "a rollout has to pause while answers leave the approved content",
        not running,
        expected=f"a pause of {_some([f'batch {name}' for name in batches])} in the sync log or the change log",
        actual=f"none is written down, and {_some(running, '; ')}",
    )


def _answered(golive: Golive, planned: PlannedCheck) -> _Asked:
    """Ask the questions on changed topics, once for all checks that look at the answers."""
    __tracebackhide__ = True
    made: _Asked = golive.once(
        ("topic questions", planned.vendor, planned.environment), lambda: _ask_all(golive, planned)
    )
    return made


def _ask_all(golive: Golive, planned: PlannedCheck) -> _Asked:
    vendor, questions = golive.vendor(planned.vendor, planned.environment), _questions(golive, planned)
    about: dict[Question, list[Topic]] = {}
    for topic, found in _about(golive, planned, questions, _topics(golive, planned)):
        for question in found:
            about.setdefault(question, []).append(topic)
    if not about:
        golive.cannot_tell(
            "there has to be something to ask",
            expected=f"questions in {questions.path.name} on topics that were changed lately",
            actual="none is about one of them",
        )
    chosen = list(about)[:MOST]
    if len(about) > MOST:
        golive.warn(f"{MOST} of {len(about)} questions were asked: those on the newest batches")
    wrong, unsure = [], 0
    for question, answer in zip(chosen, _answers(golive, vendor, chosen), strict=True):
        answer.must_fit()
        told = str(answer.json.get("answer") or "")
        problem = next(unlike(question, told, questions.canaries), None)
        topics = tuple(about[question])
        if problem is not None:
            named = ", ".join(topic.told for topic in topics)
            wrong.append(_Wrong(f"{questions.place(question)} {question.question!r}, on {named}: {problem}", topics))
        elif str(answer.json.get("confidence_level", "")).lower() == "low":
            unsure += 1
    _must_rest_on_ready_documents(golive, vendor, wrong)
    return _Asked(len(chosen), tuple(wrong), unsure)


def _answers(golive: Golive, vendor: Vendor, questions: Sequence[Question]) -> list[Answer]:
    """Ask all questions, each in a session of its own, and return the answers in order."""
    sessions = [golive.fresh("session") for _ in questions]
    ask = golive.carry(lambda number: _ask(vendor, sessions[number], questions[number]))
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="golive-questions") as pool:
        coming = [pool.submit(ask, number) for number in range(len(questions))]
        try:
            return [each.result() for each in coming]
        finally:
            pool.shutdown(cancel_futures=True)


def _ask(vendor: Vendor, session: str, question: Question) -> Answer:
    language = {} if question.language is None else {"response_language": question.language}
    return vendor.call("chat", session_id=session, message=question.question, **language)


def _must_rest_on_ready_documents(golive: Golive, vendor: Vendor, wrong: Sequence[_Wrong]) -> None:
    """End as inconclusive where a wrong answer is about documents that cannot be used yet."""
    __tracebackhide__ = True
    about = {document for each in wrong for topic in each.topics for document in topic.documents}
    if not about:
        return
    fresh = [
        topic.told
        for each in wrong
        for topic in each.topics
        if topic.batch.ended is not None and topic.batch.ended + INDEXING > moment()
    ]
    if fresh:
        golive.cannot_tell(
            "documents have to be ready before their topics are asked about",
            expected="documents that were published an hour ago or more",
            actual=f"{_some(list(dict.fromkeys(fresh)))} was published within the last hour, and {wrong[0].told}",
        )
    try:
        items = documents_of(vendor)
    except (CannotTell, CheckFailed):
        return
    waiting = [_id_of(item) for item in items if _id_of(item) in about and not is_ready(item)]
    if waiting:
        golive.cannot_tell(
            "documents have to be ready before their topics are asked about",
            expected="documents that are active and ready",
            actual=f"{_some(list(dict.fromkeys(waiting)))} cannot be used for answers yet, and {wrong[0].told}",
        )


def _topics(golive: Golive, planned: PlannedCheck) -> tuple[Topic, ...]:
    """Return the topics that were changed lately; the vendor's listing tells them where the log does not."""
    __tracebackhide__ = True
    place = Place.of(golive.environments[planned.environment], planned.vendor)
    batches = changed_lately(asked.batches(golive.papers, place), moment())
    if not batches:
        raise NotApplicable("every batch of the sync log was taken back")
    categories: dict[str, str] = {}
    if any(not row.told["category"] for batch in batches for row in batch.rows):
        vendor = golive.vendor(planned.vendor, planned.environment)
        items: list[Mapping[str, Any]] = golive.once(
            ("documents", planned.vendor, planned.environment), lambda: documents_of(vendor)
        )
        categories = {_id_of(item): str(item.get("category") or "") for item in items}
    return topics_of(batches, categories)


def _about(
    golive: Golive, planned: PlannedCheck, questions: Questions, topics: Sequence[Topic]
) -> list[tuple[Topic, list[Question]]]:
    # With a second assistant, a question that names no vendor may be meant for that one.
    targets = golive.environments[planned.environment].targets
    alone = set(targets) == {planned.vendor}
    return [
        (
            topic,
            [
                question
                for question in questions.distinct
                if is_about(question, topic, by_words=alone or question.vendor == planned.vendor)
            ],
        )
        for topic in topics
    ]


def _questions(golive: Golive, planned: PlannedCheck) -> Questions:
    __tracebackhide__ = True
    return golive.questions.of(planned.vendor)


def _id_of(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or item.get("document_id") or "")


def _some(found: Sequence[str], between: str = ", ") -> str:
    more = f"{'; and' if between == '; ' else ' and'} {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{between.join(found[:SHOWN])}{more}"
