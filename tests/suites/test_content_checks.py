"""The checks of published content, on an embedded Uppzy: logs and questions right in many ways, and wrong in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import suites.chat.test_topic_questions as topics
import suites.documents.test_sync_log as documents
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.example_content import EXAMPLE_CONTENT, sync_log
from pytest_golive.sandbox.rehearsal import rehearse
from pytest_golive.sandbox.uppzy.app import Uppzy
from pytest_golive.sandbox.uppzy.state import Document
from pytest_golive.sandbox.world import Sandbox

HERE = PlannedCheck("c", "uppzy", "uppzy", "sandbox", (), (), Severity.MAJOR)
THERE = replace(HERE, environment="sandbox-production")

Check = Callable[[Golive, PlannedCheck], None]

LOG = sync_log(datetime.now(UTC))
FIRST, SECOND, THIRD = (each.id for each in EXAMPLE_CONTENT)

QUESTIONS = """questions:
  - {question: "Can shoes be sent back?", expect: ["30 days"], topics: [returns]}
  - {question: "Are old vouchers still valid?", expect: [three years], topics: [vouchers]}
  - {question: "Who mends broken zips?", expect: [free of charge], topics: [repairs]}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    app = Uppzy(think_seconds=0.0)
    with Sandbox(("uppzy",), apps={"uppzy": app}) as started:
        yield started


@dataclass(slots=True)
class Make:
    """Makes what a check gets: papers and questions beside an embedded Uppzy with the example's documents."""

    folder: Path
    sandbox: Sandbox
    made: list[Golive]

    def __call__(
        self, log: str = LOG, questions: str | None = QUESTIONS, changes: str = "", *, production: bool = False
    ) -> Golive:
        environments = rehearse(self.sandbox)
        (self.folder / "log.csv").write_text(log)
        golive = Golive(
            environments,
            "sandbox-production" if production else "sandbox",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=self.folder,
        )
        golive.papers = Papers(self.folder, sync_log="log.csv", change_log=changes)
        if questions is not None:
            golive.questions_file = self.folder / "questions.yaml"
            golive.questions_file.write_text(questions)
        self.made.append(golive)
        return golive


@pytest.fixture
def make(tmp_path: Path, sandbox: Sandbox) -> Iterator[Make]:
    making = Make(tmp_path, sandbox, [])
    yield making
    for golive in making.made:
        golive.close()


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _told(
    check: Check, golive: Golive, error: type[Any] = CheckFailed, planned: PlannedCheck = HERE
) -> tuple[str, ...]:
    with pytest.raises(error) as raised:
        check(golive, planned)
    if isinstance(raised.value, NotVerified):
        return (raised.value.reason, raised.value.key)
    finding = raised.value.finding
    return (finding.requirement, finding.expected, finding.actual)


LISTED, LOGGED = documents.test_listed_documents_are_in_the_sync_log, documents.test_logged_documents_are_listed


def _with(*rows: str) -> str:
    return LOG + "".join(f"{row}\n" for row in rows)


def test_a_log_that_is_right(make: Make) -> None:
    golive = make()

    LISTED(golive, HERE)
    LOGGED(golive, HERE)


def test_thousands_of_documents(make: Make, sandbox: Sandbox) -> None:
    """They are all compared, page by page; whether a size can be chosen is up to the vendor."""
    app = sandbox.apps["uppzy"]
    assert isinstance(app, Uppzy)
    site = app._state.sites[app.connections()["sandbox"].ids["site_id"]]
    names = [f"doc_{number}" for number in range(1_050)]
    more = {name: Document(name, {"title": name}, "active", 0.0) for name in names}
    site.documents |= more
    rows = [f"cms-{name},{name},help-3,returns,Ana,2026-01-02,published" for name in more]
    try:
        LISTED(make(_with(*rows)), HERE)
        assert _told(LISTED, make(_with(*rows[:-1])))[2] == "no row for doc_1049 'doc_1049'"
    finally:
        for name in more:
            del site.documents[name]


def test_a_document_that_no_row_names(make: Make) -> None:
    rows = LOG.splitlines(keepends=True)

    assert _told(LISTED, make("".join(rows[:-1]))) == (
        "every published document has to stand in the sync log",
        "a row for each of the 3 published documents",
        f"no row for {THIRD} 'Broken zips'",
    )


def test_a_document_that_is_not_listed(make: Make) -> None:
    """Unless it is marked as deleted."""
    gone = "cms-9,doc_9,help-1,returns,Ana,2026-01-02,{}"

    assert _told(LOGGED, make(_with(gone.format("published")))) == (
        "every document of the sync log has to be listed, or marked as deleted",
        "all 4 documents that the log does not mark as deleted",
        "1 are not listed: doc_9 (cms-9, batch help-1)",
    )
    LOGGED(make(_with(gone.format("deleted"))), HERE)


def test_a_log_of_another_environment(make: Make) -> None:
    """It names none of what is listed here."""
    other = "source_id,document_id,batch_id\ncms-1,doc_71,b1\n"
    told = (
        "the sync log has to be about the documents that are listed",
        "document ids of sandbox",
        (
            "none of its 1 documents is among the 3 that are published there: a column `environment` or `site_id` "
            "tells which rows are about which"
        ),
    )
    assert _told(LISTED, make(other), CannotTell) == told
    assert _told(LOGGED, make(other), CannotTell) == told

    named = "source_id,document_id,environment\ncms-1,doc_71,{}\n"
    assert _told(LISTED, make(named.format("staging")), CannotTell) == (
        "the sync log has to be about the environment",
        "rows of sandbox",
        "rows of staging only",
    )
    assert _told(LOGGED, make(named.format("sandbox")))[2] == "1 are not listed: doc_71 (cms-1)"


def test_a_log_without_rows(make: Make) -> None:
    head = LOG.splitlines(keepends=True)[0]

    assert _told(LISTED, make(head))[2] == (
        f"no row for {FIRST} 'Sending shoes back', {SECOND} 'Vouchers', {THIRD} 'Broken zips'"
    )
    assert _told(LOGGED, make(head), NotVerified) == (
        "the sync log has no row yet: nothing was published",
        "operations.sync_log",
    )


# ---------------------------------------------------------------- questions

COVERED, ANSWERED = topics.test_changed_topics_have_a_question, topics.test_topic_questions_are_answered
PAUSED = topics.test_rollout_pauses_where_answers_are_wrong

RIGHT = {
    "by topic": QUESTIONS,
    "by batch": QUESTIONS.replace("topics: [returns]", "batches: [help-1]").replace("topics: [vouchers]", "topics: []"),
    "by source": QUESTIONS.replace("topics: [repairs]", "sources: [cms-201]"),
    "by words": QUESTIONS.replace(", topics: [vouchers]", ""),
    "in another form": QUESTIONS.replace("[returns]", "['Return policy', Returns]").replace("[repairs]", "[Repair]"),
    "beside those of another vendor": f'{QUESTIONS}  - {{question: "Open?", expect: [never], vendor: timely}}\n',
}


@pytest.mark.parametrize("name", RIGHT)
def test_questions_that_are_right(make: Make, name: str) -> None:
    golive = make(questions=RIGHT[name])

    for check in (COVERED, ANSWERED, PAUSED):
        check(golive, HERE)


def test_topics_that_only_the_vendor_tells(make: Make) -> None:
    """The listing has the categories that rows do not have."""
    golive = make(LOG.replace("category", "remark"))

    COVERED(golive, HERE)
    ANSWERED(golive, HERE)


def test_a_topic_without_a_question(make: Make) -> None:
    lines = QUESTIONS.splitlines(keepends=True)
    told = (
        "each changed topic has to have a question",
        "a question in questions.yaml with `expect`, and the topic under `topics`",
        "none about repairs (batch help-2)",
    )
    assert _told(COVERED, make(questions="".join(lines[:-1]))) == told
    assert _told(COVERED, make(questions=QUESTIONS.replace("expect: [free of charge], ", ""))) == told
    assert _told(COVERED, make(questions='questions:\n  - {question: "Open?", expect: ["9:00"]}\n'), CannotTell) == (
        "each changed topic has to have a question",
        "questions of questions.yaml that say what they are about: topics, batches or sources",
        (
            "1 questions that say nothing of it; changed were repairs (batch help-2), returns (batch help-1), vouchers "
            "(batch help-1)"
        ),
    )
    assert _told(COVERED, make(questions=None), NotVerified) == (
        "questions is missing: the file with what the assistant is asked",
        "questions",
    )
    assert _told(ANSWERED, make(questions='questions:\n  - {question: "Open?", expect: ["9:00"]}\n'), CannotTell) == (
        "there has to be something to ask",
        "questions in questions.yaml on topics that were changed lately",
        "none is about one of them",
    )


WRONG = (
    "questions.yaml:4 'Who mends broken zips?', on repairs (batch help-2): the answer lacks 'at the counter': 'Broken "
    "zips are mended free of charge within one year.'"
)


def test_an_answer_that_left_the_content(make: Make, record: CheckRecord) -> None:
    """The rollout has to be paused, in whichever log."""
    asking = QUESTIONS.replace("free of charge", "at the counter")
    golive = make(questions=asking)
    assert _told(ANSWERED, golive) == (
        "questions on changed topics have to be answered as questions.yaml says",
        "3 right answers",
        f"1 wrong: {WRONG}",
    )
    assert _told(PAUSED, golive) == (
        "a rollout has to pause while answers leave the approved content",
        "a pause of batch help-2 in the sync log or the change log",
        f"none is written down, and {WRONG}",
    )
    assert record.warnings == []

    PAUSED(make(questions=asking, changes="- paused the rollout after help-2\n- published help-1\n"), HERE)
    PAUSED(make(_with(",,help-2,,,,paused"), asking), HERE)
    assert record.warnings == [f"the rollout is paused, and {WRONG}"] * 2


def test_what_was_published_a_moment_ago(make: Make) -> None:
    """Documents take their time until answers rest on them."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}"
    log = f"source_id,document_id,batch_id,category,published_at\ncms-9,doc_9,help-9,hats,{now}\n"
    asking = 'questions:\n  - {question: "Who sells hats?", expect: [the market], topics: [hats]}\n'

    assert _told(ANSWERED, make(log, asking), CannotTell) == (
        "documents have to be ready before their topics are asked about",
        "documents that were published an hour ago or more",
        (
            "hats (batch help-9) was published within the last hour, and questions.yaml:2 'Who sells hats?', on hats "
            "(batch help-9): the answer lacks 'the market': 'Our support hours are Monday to Friday, from 9:00 to "
            "18:00.'"
        ),
    )


def test_batches_that_were_taken_back(make: Make) -> None:
    golive = make(changes="- rolled back help-1\n- rolled back help-2\n")

    assert _told(ANSWERED, golive, NotApplicable) == ("not applicable: every batch of the sync log was taken back", "")


def test_nothing_is_asked_in_production_unless_it_is_allowed(make: Make) -> None:
    golive = make(production=True)

    assert _told(ANSWERED, golive, NotVerified, THERE) == (
        (
            "chat is irreversible and sandbox-production is marked production: add `chat_smoke` to "
            "environments.sandbox-production.allow to allow it"
        ),
        "environments.sandbox-production.allow",
    )
