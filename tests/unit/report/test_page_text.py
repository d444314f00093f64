from __future__ import annotations

from html.parser import HTMLParser

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.page import block, plain_page, unfinished_page
from pytest_golive.report.rows import Rows, evidence
from pytest_golive.report.verdict_file import VerdictFile

NASTY = "<script>alert('x')</script>\"&"
FILE = VerdictFile(
    verdict=Word.NO_GO,
    scope="full",
    environment=NASTY,
    suites=(Suite.WEEKLY,),
    project=NASTY,
    started="2026-11-21T09:00:00Z",
    finished="2026-11-21T09:01:10Z",
    commit=NASTY,
    reasons=(NASTY, "second"),
    notes=(NASTY,),
    version="0.1.0",
)
RULES = (
    DecidedRule(NASTY, NASTY, NASTY, Outcome.FAILED, Severity.BLOCKER, why=NASTY),
    DecidedRule("UPZ-10", "fine", "uppzy", Outcome.PASSED, Severity.MAJOR),
    DecidedRule("UPZ-11", "small", "uppzy", Outcome.FAILED, Severity.MINOR),
)


class Read(HTMLParser):
    """Reads a page as a browser does: which elements, balanced or not, and the text."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize(
    "page",
    [block(FILE, RULES, NASTY), plain_page(FILE, RULES, NASTY), unfinished_page(FILE)],
    ids=["block", "plain page", "unfinished page"],
)
def test_everything_is_escaped_and_balanced(page: str) -> None:
    """Nothing of what was told becomes an element, and every element is closed."""
    read = Read(page)

    assert "script" not in read.elements
    assert "img" not in read.elements
    assert read.open == []
    assert NASTY in "".join(read.text)


def test_the_block_says_it_all() -> None:
    """Word, banner, reasons, notes, what does not decide, and two tables: what is not green, and everything."""
    text = "\n".join(Read(block(FILE, RULES, "REHEARSAL")).text)

    for told in ("NO-GO", "REHEARSAL", "second", "minor and info, not deciding: 1 failed"):
        assert told in text
    assert "2 rules that are not green" in text
    assert "All 3 rules: 2 failed, 1 passed" in text


def test_nothing_loud_where_all_is_quiet() -> None:
    """A green run has one table."""
    page = block(FILE.model_copy(update={"verdict": Word.GO, "reasons": (), "notes": ()}), RULES[1:2])

    assert "not green" not in page
    assert "Reasons" not in page
    assert ">GO</h2>" in page


@pytest.mark.parametrize("word", list(Word))
def test_every_word_has_its_colour(word: Word) -> None:
    """And stands in the heading."""
    assert f">{word}</h2>" in block(FILE.model_copy(update={"verdict": word}), ())


def test_the_unfinished_page_is_no_verdict_of_yesterday() -> None:
    """It names the run that has begun, and says that it did not finish."""
    page = unfinished_page(FILE.model_copy(update={"verdict": Word.INCONCLUSIVE, "finished": None}))

    assert "<title>golive: the run did not finish</title>" in page
    assert "2026-11-21T09:00:00Z to not finished" in page


def test_evidence_is_folded_text() -> None:
    """An extra of pytest-html that is neither a link nor executed."""
    extra = evidence([f'{{"body": "{NASTY}"}}', "second"])

    assert extra["format_type"] == "html"
    content = str(extra["content"])
    assert content.startswith("<details><summary>Evidence: 2 calls</summary>")
    assert Read(content).elements == ["details", "summary", "pre"]


class Report:
    """The report of a test, as pytest-html hands it over."""

    def __init__(self, **golive: object) -> None:
        self.golive = golive


def test_rows_escape_the_id_and_fill_the_columns() -> None:
    """pytest-html inserts the node id as it is, new lines and all."""
    cells = ['<td class="col-result">Failed</td>', f'<td class="col-testId">t.py::a[{NASTY}\n]</td>', "<td></td>"]
    told = Report(outcome="not_verified", rules=[NASTY, "B"], vendor=None, severity="major")

    Rows(str).pytest_html_results_table_row(told, cells)

    assert [Read(cell).elements for cell in cells] == [["td"]] * 7
    assert "".join(Read(cells[1]).text) == "not verified"
    assert "".join(Read(cells[2]).text) == f"{NASTY}, B"
    assert "".join(Read(cells[5]).text) == f"t.py::a[{NASTY}\n]"


def test_rows_of_tests_without_a_word_of_golives() -> None:
    """Empty columns, so that the table stays straight; a row another plugin removed stays removed."""
    cells = ['<td class="col-result">Passed</td>', '<td class="col-testId">t.py::a</td>']
    Rows(str).pytest_html_results_table_row(object(), cells)
    removed: list[str] = []
    Rows(str).pytest_html_results_table_row(object(), removed)

    assert [len(cells), len(removed)] == [6, 0]
