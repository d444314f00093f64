from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.results import Result
from pytest_golive.report.ticket.content import LINES, Room, Told, content_of
from pytest_golive.report.ticket.durations import seconds
from pytest_golive.report.ticket.exhibits import Exhibits
from pytest_golive.report.ticket.page import LARGEST, SAYING, ticket
from pytest_golive.report.verdict_file import ChangedEntry, ComparedEntry, GapEntry, WordEntry
from tests.unit.report.red_runs import HOSTILE, call, finding, hostile, made_up, many, planned, red, run_of


class Read(HTMLParser):
    """Reads a page as a browser does: its elements, balanced or not, its text, and what it points at."""

    VOID = frozenset({"meta", "br", "rect", "line", "wbr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.pieces: list[str] = []
        self.feed(page)
        self.close()
        self.text = re.sub(r"\s+", " ", " ".join(self.pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.pieces.append(data)


def values(read: Read, *names: str) -> list[str]:
    """Return what these attributes say."""
    return [value for name, value in read.attributes if name in names]


@pytest.mark.parametrize("told", [red(), hostile(), many(60), run_of([])], ids=["red", "hostile", "many", "empty"])
def test_nothing_on_it_is_anybody_elses_markup(told: Told) -> None:
    """No script, no picture, nothing from elsewhere; every element is closed, every link leads somewhere here."""
    read = Read(ticket(told))

    assert read.open == []
    assert not set(read.elements) & {"script", "img", "iframe", "object", "embed", "link", "form", "base", "audio"}
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "style"]
    assert not values(read, "src", "srcset", "action", "data", "xlink:href")
    ids = values(read, "id")
    assert len(ids) == len(set(ids))
    assert set(values(read, "href")) <= {f"#{each}" for each in ids}
    assert set(values(read, "aria-labelledby")) <= set(ids)


def test_what_a_vendor_answers_is_shown_and_not_obeyed() -> None:
    """Markup, templates, control characters, half characters, text that turns about: all of it can be read."""
    page = ticket(hostile())
    read = Read(page)

    page.encode("utf-8")
    assert "<script>document.title='owned'</script>" in read.text
    assert "{{ 7 * 7 }}{% raw %}&amp;[U+202E]gnp.exe[U+0000][U+001B][31m[U+0007]\ufffd\ufffd" in read.text
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert re.search(r"y… \(cut: 1,000,\d{3} characters in all\)", read.text)  # a field of a megabyte
    assert len(page.encode()) < 200_000


def test_the_browser_is_told_to_obey_nothing() -> None:
    """A second lock: even if something were not escaped, only golive's own style is let in."""
    page = ticket(red())

    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("word", list(Word))
def test_one_word_and_what_it_means(word: Word) -> None:
    """In the heading and in the title."""
    told = run_of([])
    page = ticket(replace(told, file=told.file.model_copy(update={"verdict": word})))

    assert f"<h1>{word}</h1>" in page
    assert f"<title>{word}: shop, staging</title>" in page
    assert SAYING[word] in page


def test_a_red_run_from_top_to_bottom() -> None:
    """Each part stands where its reader looks for it, in this order."""
    told = red()
    text = Read(ticket(told)).text
    parts = [
        "shop · staging · prerelease NO-GO",
        "2026-11-21 09:01:10 UTC · commit 0f3c9d2e5b7a · pytest-golive 0.1.0",
        " ".join(f"{each.side} {each.settled} of {each.total}" for each in told.file.sides),
        "Accepted by name UPZ-",
        "until 2026-12-24, Jo Kern, approved by Ann Roth: vendor fixes it",
        "Reasons Rules: ✗ failed 35 ? inconclusive 5",
        "TIM-03 blocker failed: A secret manager",
        f"{len(told.file.reasons) - 15} more reasons",
        "What to do next put TIM-03 right (blocker):",
        "To know besides timely: golive's calls waited 4.2 s in all",
        "Findings What failed (35)",
        "TIM-03 A secret manager holds key and webhook secret",
        "Has to hold",
        "Expected at least 3.0 s between two calls",
        "Seen 0.0 s",
        "How to fix",
        "Run it again pytest -m prerelease --env staging --golive-only TIM-03",
        "What could not be told (5)",
        "Not verified Nothing was tried for these.",
        "rules up to blocker monitoring in golive.yaml UPZ-",
        "Checklist Timely.ai ✗ failed 26 ? inconclusive 4",
        "Outcome Rule What has to hold Secrets ? inconclusive TIM-01",
        "statements UPZ-",
        "Mara Lindt (QA lead) on 2026-11-20: reviewed, see REL-881",
        "How long the vendor took",
        "timely create_ contact 30 240 ms 380 ms 390 ms",
        "This run Timely.ai https://api.timelyai.com.br/v1 api_key 9f86d081884c",
        "Python 3.11.9",
        f"Made from 120 lines of ledger.jsonl , SHA-256 {'ab' * 32}",
    ]

    evidence = [
        "create_contact: 429 with Retry-After create_contact: 429, retry-after: 3 at 50 ms, waits 3.0 s, 429",
        "201 at 6.3 s; failed as backend: 'Try again later.' in the end. 6.5 s in all.",
        "create_contact: failed as backend 429 429 201 3.0 s 3.0 s 0 2.0 s 4.0 s 6.0 s As a table",
        "After What Took 0 ms create_contact → failed as backend: 'Try again later.' 6.5 s 50 ms POST /v1/contacts",
        "→ 429, retry-after: 3 120 ms 170 ms waits 3.0 s",
        "Evidence: 2 calls, and what happened before",
        "POST https://api.timelyai.com.br/v1/contacts?page=2 → no answer (ReadTimeout: no answer in 10 s) in 100 ms",
        '{ "error": { "code": "rate_limited",',
        "Send the last one again curl -i -X POST",
    ]
    place = 0
    for part in parts:
        assert part in text[place:], part
        place = text.index(part, place)
    for part in evidence:
        assert part in text, part


def test_a_green_run_shows_no_more_than_its_checklist() -> None:
    """Nothing is folded open that nobody has to look at."""
    page = ticket(run_of([planned("timely", made_up("AA-01", "Waits"), Outcome.PASSED)]))
    text = Read(page).text

    assert "How it stands Rules: ✓ passed 1" in text
    assert "Timely.ai ✓ passed 1" in text
    assert "<details>" in page
    assert "<details open>" not in page
    for part in ("Findings", "Not verified", "Accepted by name", "Attestations", "What to do next", "How long"):
        assert part not in text


def test_people_s_records_and_the_last_run() -> None:
    """Who accepted and vouched for what until when; what became of the rules since; what is different since the GO."""
    waived, attested = made_up("AA-01", "Waits"), made_up("AA-02", "Is reviewed")
    told = run_of([planned("timely", waived, Outcome.WAIVED), planned("timely", attested, Outcome.ATTESTED)])
    gap = GapEntry(
        kind="waiver",
        name="AA-01",
        rules=("AA-01",),
        vendor="timely",
        reason="The vendor fixes it",
        owner="jo",
        approver="ann",
        until="2026-12-24",
        place="golive/waivers.yaml, line 3",
        problem="its last day is over",
        warning="14 days left",
    )
    word = WordEntry(
        rule="AA-02",
        vendor="timely",
        statement="The runbook was read",
        by="mara",
        role="QA lead",
        at="2026-11-20",
        until="2027-02-20",
        evidence="REL-881",
        state="holds",
    )
    over = word.model_copy(update={"rule": "AA-03", "state": "missing", "told": "it is too old"})
    compared = ComparedEntry(
        at="2026-11-14T08:00:00Z",
        verdict="NO-GO",
        commit="abcdef0123456789",
        new=(),
        fixed=tuple(f"timely AA-{number}" for number in range(20)),
        still_failing=("timely AA-99",),
        newly_waived=(),
    )
    changed = ChangedEntry(at="2026-11-07T08:00:00Z", commit="abcdef", what=("golive.yaml changed",))
    file = told.file.model_copy(
        update={
            "accepted": (gap,),
            "attestations": (word, over),
            "compared": compared,
            "since_go": changed,
            "flaky": ("test_shop.py::test_own",),
            "hashes": {"golive.yaml": "cd" * 32},
        }
    )

    text = Read(ticket(replace(told, file=file))).text

    for part in (
        "AA-01 waiver timely The vendor fixes it jo, approved by ann, until 2026-12-24 · golive/waivers.yaml, line 3",
        "line 3 its last day is over 14 days left",
        "AA-02 vouched for timely The runbook was read mara, QA lead, on 2026-11-20, until 2027-02-20 · REL-881",
        "AA-03 missing timely The runbook was read",
        "it is too old",
        "Since the last run 2026-11-14 08:00:00 UTC said NO-GO of commit abcdef012345 .",
        "Fixed: 20 (timely AA-0, ",
        "timely AA-11 and 8 more)",
        "Still failing: 1 (timely AA-99)",
        "Changed since the last GO It was 2026-11-07 08:00:00 UTC. golive.yaml changed",
        "Flaky test_shop.py::test_own failed, was run again, and passed",
        f"golive.yaml SHA-256 {'cd' * 32}",
    ):
        assert part.replace(" ,", ",") in text.replace(" ,", ","), part
    assert "Failing anew" not in text
    same = compared.model_copy(update={"fixed": (), "still_failing": ()})
    quiet = ticket(replace(told, file=file.model_copy(update={"compared": same})))
    assert "No rule changed between failing and holding." in quiet


def test_checks_of_one_rule_stand_together() -> None:
    """The first ones with all they have to tell, the next in a line each, of the others the number."""
    rule = made_up("AA-01", "Refuses bad input")
    own = [
        Result(
            f"test_shop.py::test_{number:02}",
            f"test_shop.py::test_{number:02}",
            Outcome.FAILED if number else Outcome.INCONCLUSIVE,
            rules=("SHOP-07",),
            finding=finding(rule, actual=f"seen {number}"),
        )
        for number in range(30)
    ]

    (found,) = (each for _, group in content_of(run_of([], own=own), Room(10**6)).found for each in group)

    assert [len(found.whole), len(found.lines), found.more] == [3, LINES, 7]
    assert all(shown.result.outcome is Outcome.FAILED for shown in found.whole)
    text = Read(ticket(run_of([], own=own))).text
    assert "27 more checks of this rule" in text
    assert "and 7 more, in the verdict file" in text


def test_one_check_of_two_rules_is_shown_once() -> None:
    """The second rule leads to it."""
    first, second = made_up("AA-01", "Waits"), made_up("AA-02", "Ends", Severity.MAJOR)
    one, two = (
        planned("timely", first, Outcome.FAILED, finding=finding(first)),
        planned("timely", second, Outcome.FAILED),
    )
    shared = (replace(two[0], checks=(one[1].id,)), one[1], one[2])

    page = ticket(run_of([one, shared]))

    assert 'Decided by the same check as <a href="#finding-1">AA-01</a>.' in page
    assert page.count("Run it again") == 1


def test_a_rule_whose_check_did_not_report() -> None:
    """Says so, with what to do about the rule."""
    told = run_of([planned("timely", made_up("AA-01", "Waits"), Outcome.PASSED)])
    silent = replace(
        told, rules=(replace(told.rules[0], outcome=Outcome.INCONCLUSIVE, decided_by=(), why="x did not report"),)
    )

    text = Read(ticket(silent)).text

    assert "What could not be told (1)" in text
    assert "x did not report Wait as long as the vendor says. Then ask again." in text


def test_what_waits_for_nothing_in_particular() -> None:
    """Rules without a key are told by their reason."""
    rule = made_up("AA-01", "Waits")
    told = run_of([planned("timely", rule, Outcome.NOT_VERIFIED, finding=replace(finding(rule), actual="is skipped"))])

    assert "Not verified Nothing was tried for these. Each line says what they wait for." in Read(ticket(told)).text
    assert "1 rule blocker is skipped AA-01" in Read(ticket(told)).text


@pytest.mark.parametrize("size", [200, 4_000])
def test_a_thousand_checks_fit_into_a_ticket(size: int) -> None:
    """Two hundred of them red, with as much to show as there can be; what is left out is said."""
    page = ticket(many(1_000, size))

    assert len(page.encode()) <= LARGEST
    assert ("Its calls are left out to keep this file small; golive-pytest.html has them." in page) == (size == 4_000)


def test_the_worst_thousand_checks_still_fit() -> None:
    """All red, every field as long as a field can be, of characters that take most room."""
    exhibits, rows = Exhibits(), []
    for number in range(1_000):
        rule = made_up(f"{'ABCDEFGHIJ'[number // 100]}A-{number % 100:02}", "&" * 2_000)
        told = finding(rule, expected='"' * 4_000, actual="&" * 4_000)
        row = planned("timely", rule, Outcome.FAILED, finding=told, observations=("<" * 4_000,))
        exhibits.add({"check": row[2].check, "exchanges": [call("contacts", 500, "&" * 4_000)] * 5})
        rows.append(row)

    assert len(ticket(run_of(rows, exhibits)).encode()) <= LARGEST


def test_without_a_ledger_it_says_that_it_cannot_be_verified() -> None:
    """Rather than carrying an empty seal."""
    page = ticket(replace(red(3), seal=None))

    assert "The ledger of this run could not be read: this file cannot be verified." in page
    assert "golive-sha256" not in page


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "0 ms"), (0.0123, "12 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (119.94, "119.9 s"), (150, "2.5 min")],
)
def test_durations(value: float, told: str) -> None:
    """As people read them."""
    assert seconds(value) == told


def test_suites_and_scope() -> None:
    """A partial run says that it is one."""
    told = run_of([])
    file = told.file.model_copy(
        update={"scope": "partial", "suites": (Suite.PRERELEASE, Suite.WEEKLY), "finished": None}
    )

    text = Read(ticket(replace(told, file=file, banner=HOSTILE))).text

    assert "shop · staging · prerelease, weekly · partial" in text
    assert "not finished · commit" in text
