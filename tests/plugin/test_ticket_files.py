"""The reports of a real run: each is there, says the same, and can be held against the ledger."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from pytest_golive.cli import main
from pytest_golive.report.ticket.seal import differences, read_seal
from tests.plugin.conftest import Project, Ran

JUNIT = Path(__file__).parents[1] / "unit" / "report" / "published" / "junit-10.xsd"
"""The schema that Jenkins' plugin publishes, and that pytest itself is held against."""

NASTY = "<script>alert(1)</script>"
RED = f"""
from pytest_golive.facts.current import current

@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-07", severity="blocker", title="Refunds are known {NASTY}")
def test_own(golive):
    golive.vendor("uppzy").call("get_tenant")
    current().timeline.append({{"begun": 0.0, "ended": 2.0, "what": "waits", "came": ""}})
    golive.must("know refunds", False, expected="{NASTY}", actual="nothing \\u202e \\x1b[31m")

@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-08", severity="minor", title="Is fast")
def test_fast(golive):
    golive.vendor("uppzy").call("get_tenant")
"""
GREEN = "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own():\n    pass\n"
ALL = ("--golive-ctrf=out/ctrf.json", "--golive-intoto=out/intoto.json", "--junitxml=out/junit.xml")


def properties(ran: Ran, of: str = "") -> list[tuple[str, str]]:
    """Return what the JUnit file says of the run, or of one test."""
    root = ET.parse(ran.folder / "out" / "junit.xml").getroot()
    place: Any = root.find("testsuite")
    if of:
        place = next(each for each in root.iter("testcase") if each.get("name") == of)
    return [(each.get("name", ""), each.get("value", "")) for each in place.find("properties")]


def unlike_the_schema(ran: Ran) -> set[tuple[str, str]]:
    """Return what of the JUnit file the published schema does not have, and in which element.

    Properties of single tests are an extension that pytest and its readers share; nothing else may be.
    """
    schema = xmlschema.XMLSchema(str(JUNIT))
    root = ET.parse(ran.folder / "out" / "junit.xml").getroot()
    return {(str(error.elem.tag), str(error.reason)) for error in schema.iter_errors(root) if error.elem is not None}


def test_every_report_says_the_same(project: Project) -> None:
    """Page, summary, CTRF, in-toto statement and JUnit file, of one red run."""
    project.tests(RED)

    ran = project.weekly(*ALL)

    assert (ran.code, ran.word) == (1, "NO-GO")
    assert "<h1>NO-GO</h1>" in ran.ticket
    assert NASTY not in ran.ticket
    assert "nothing [U+202E] [U+001B][31m" in ran.ticket
    assert "SANDBOX REHEARSAL: says nothing about your integration" in ran.ticket
    assert "<summary>Evidence: 1 call</summary>" in ran.ticket
    assert "<td>waits</td><td>2.0 s</td>" in ran.ticket
    row = re.search(r"(?s)get_<wbr>tenant</code>((?!</tr>).)*</th><td>[2-9]", ran.ticket)
    assert row is not None, "calls of checks that passed are counted"
    summary = (ran.folder / "golive-summary.md").read_text(encoding="utf-8")
    assert summary.startswith("## ❌ golive: NO-GO\n\nshop · sandbox · weekly\n\n**SANDBOX REHEARSAL: says nothing")
    ctrf = ran.json("out/ctrf.json")["results"]
    assert {test["name"]: test["status"] for test in ctrf["tests"] if "shop" in test["name"]} == {
        "test_shop.py::test_own": "failed",
        "test_shop.py::test_fast": "passed",
    }
    predicate = ran.json("out/intoto.json")["predicate"]
    assert (predicate["result"], "SHOP-07" in predicate["failedTests"]) == ("FAILED", True)
    told = properties(ran)
    assert ("golive.verdict", "NO-GO") in told
    assert any(name == "golive.reason" and value.startswith("SHOP-07 blocker failed:") for name, value in told)
    assert properties(ran, "test_own") == [
        ("rule", "SHOP-07"),
        ("golive.severity", "blocker"),
        ("golive.outcome", "failed"),
    ]
    assert unlike_the_schema(ran) == {("testcase", "Unexpected child with tag 'properties' at position 1.")}


def test_sides_and_next_steps(project: Project) -> None:
    """In the terminal, in the verdict file and on the page."""
    project.tests(RED)

    ran = project.weekly()

    sides = " · ".join(f"{each['side']} {each['settled']} of {each['total']}" for each in ran.verdict["sides"])
    assert sides.startswith("your side ")
    assert ran.verdict["next"][0] == "put SHOP-07 right (blocker)"
    assert f"{sides}; next: put SHOP-07 right (blocker)" in ran.lines


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_page_is_sealed(project: Project, workers: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """It fits its ledger, and no longer once somebody has turned its word about."""
    project.tests(RED)

    ran = project.weekly(*workers)

    page, ledger = (ran.folder / "golive-report.html").read_bytes(), ran.folder / ".golive" / "ledger.jsonl"
    assert differences(page, "golive-report.html", ledger) == []
    seal = read_seal(ran.ticket)
    assert main(["verify", str(ran.folder / "golive-report.html")]) == 0
    assert capsys.readouterr().out == (
        f"{ran.folder}/golive-report.html is as run {seal.run} wrote it: NO-GO, from {seal.lines} lines of {ledger}\n"
    )
    assert differences(page.replace(b"<h1>NO-GO", b"<h1>GO"), "golive-report.html", ledger) == [
        "golive-report.html was changed after it was written"
    ]
    assert '<svg class="drawn" role="img"' in ran.ticket


def test_the_pipeline_s_own_summary(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added to what other steps have said; where it cannot be written, the run is what it is."""
    project.tests(GREEN)
    place = project.write("step.md", "before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place))
    first = project.weekly()
    shown = place.read_text(encoding="utf-8")
    summary = (first.folder / "golive-summary.md").read_text(encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.folder / "nowhere" / "step.md"))
    second = project.weekly()

    assert shown == f"before\n{summary}\n"
    assert [first.word, second.word] == ["GO", "GO"]


def test_places_of_ones_own(project: Project) -> None:
    """Every report goes where it is told to; of what nobody asked for there is none."""
    project.tests(GREEN)

    places = ("--golive-report=out/ticket.html", "--golive-summary", "out/comment.md", "--html=out/page.html")
    ran = project.weekly(*places, "--self-contained-html")

    assert ran.code == 0
    assert sorted(path.name for path in (ran.folder / "out").iterdir()) == ["comment.md", "page.html", "ticket.html"]
    assert "<h1>GO</h1>" in (ran.folder / "out" / "ticket.html").read_text(encoding="utf-8")
    assert not list(ran.folder.glob("golive-*.html"))
    assert not list(ran.folder.glob("golive-*.md"))


def test_pytest_html_takes_the_ticket_s_place(project: Project) -> None:
    """Who has written --html=golive-report.html into a pipeline gets that, and the ticket beside it."""
    project.tests(GREEN)

    ran = project.weekly("--html=golive-report.html", "--self-contained-html")

    assert 'id="results-table"' in ran.ticket
    assert ">GO</h2>" in ran.ticket
    assert "<h1>GO</h1>" in (ran.folder / "golive-ticket.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--golive-report=both.html", "--html=both.html"),
            "{folder}/both.html is named twice: for the report and for pytest-html's page",
        ),
        (("--golive-ctrf=golive.yaml/ctrf.json",), "{folder}/golive.yaml/ctrf.json cannot be written: File exists"),
    ],
)
def test_places_that_cannot_be(project: Project, options: tuple[str, ...], told: str) -> None:
    """Told before anything runs."""
    project.tests(GREEN)

    ran = project.weekly(*options)

    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: {told.format(folder=project.folder)}")


def test_an_option_alone_is_a_mistake(project: Project) -> None:
    """A report of golive's without golive."""
    ran = project.run_cold("--golive-ctrf=ctrf.json")

    assert ran.code == 4
    assert "--golive-ctrf needs an environment: add --env NAME (--env sandbox is built in)" in ran.text


BROKEN = (
    "from pytest_golive.report.ticket import page\npage._rendered = broken",
    "from pytest_golive import reports\nreports.summary = broken",
)


@pytest.mark.parametrize("conftest", BROKEN, ids=["page", "summary"])
def test_a_report_that_cannot_be_made(project: Project, conftest: str) -> None:
    """Leaves a page that says what is known, and no verdict that is green."""
    project.tests(GREEN)
    project.conftest(f"def broken(*args, **kwargs):\n    raise RuntimeError('no ink')\n\n{conftest}\n")

    ran = project.weekly("--junitxml=out/junit.xml")

    assert (ran.code, ran.word) == (1, "INCONCLUSIVE")
    assert [line for line in ran.lines if line.startswith("golive: ")][-1] == "golive: INCONCLUSIVE"
    assert ">GO<" not in ran.ticket
    assert ran.verdict["reasons"][0] == "a report could not be written: RuntimeError: no ink"
    assert ("golive.verdict", "INCONCLUSIVE") in properties(ran)
    assert "INCONCLUSIVE" in ran.ticket
    assert json.loads((ran.folder / "golive-verdict.json").read_text(encoding="utf-8"))["finished"]
