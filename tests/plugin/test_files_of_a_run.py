"""The files of a run: where they go, that they are replaced at the start, and what a partial run leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import Project, facts

OWN = "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own():\n    {body}\n"


def names(project: Project) -> set[str]:
    """Return golive's files in the project."""
    found = [*project.folder.glob("golive-*"), *project.folder.glob(".golive/*"), *project.folder.glob(".golive-*")]
    return {path.relative_to(project.folder).as_posix() for path in found if path.is_file()}


def test_a_full_run_writes_five(project: Project) -> None:
    """Verdict, report, pytest-html's page, summary and ledger; the last keeps itself out of version control."""
    project.tests(OWN.format(body="pass"))

    ran = project.weekly()

    assert names(project) - {".golive/journal.jsonl"} == {
        "golive-verdict.json",
        "golive-report.html",
        "golive-pytest.html",
        "golive-summary.md",
        ".golive/ledger.jsonl",
        ".golive/.gitignore",
    }
    assert ">GO</h2>" in ran.page
    assert ">GO</h1>" in ran.ticket
    kinds = [fact["fact"] for fact in ran.ledger]
    order = ["run_started", "planned", "rule_planned", "belonging", "started", "decided", "run_finished", "written"]
    assert [kind for kind in dict.fromkeys(kinds) if kind not in {"observed", "charted"}] == order
    assert kinds[-3:] == ["run_finished", "written", "written"]


def test_yesterdays_files_are_replaced_at_the_start(project: Project) -> None:
    """While a run is on, nobody reads the verdict of another one."""
    project.write("golive-verdict.json", '{"verdict": "GO"}')
    project.write("golive-report.html", "<h1>GO</h1>")
    project.write("golive-pytest.html", "<h2>GO</h2>")
    project.write("golive-summary.md", "golive: GO")
    project.write(".golive/ledger.jsonl", '{"fact": "run_finished", "verdict": "GO"}\n')
    read = "print(*(open(each).read() for each in %r))" % [
        "golive-verdict.json",
        "golive-report.html",
        "golive-pytest.html",
        "golive-summary.md",
    ]
    project.tests(OWN.format(body=read))

    ran = project.weekly("-s")

    assert '"verdict": "INCONCLUSIVE"' in ran.text
    assert "the run did not finish" in ran.text
    assert ">GO</h2>" not in ran.text
    assert ">GO</h1>" not in ran.text
    assert ran.text.count("golive: the run did not finish") == 3
    assert ran.ledger[0]["fact"] == "run_started"


@pytest.mark.parametrize("narrow", [("-k", "test_own"), ("test_shop.py",), ("--golive-only", "SHOP-07")])
def test_a_partial_run_has_its_own(project: Project, narrow: tuple[str, ...]) -> None:
    """It never says GO, keeps pytest's exit code and leaves the files of the full run alone."""
    project.tests(OWN.format(body="assert not __import__('os').path.exists('fail')"))
    project.weekly()
    before = {path: (project.folder / path).read_bytes() for path in names(project)}

    green = project.weekly(*narrow)
    project.write("fail", "")
    red = project.weekly(*narrow)

    assert (green.code, red.code) == (0, 1)
    assert red.partial["verdict"] == "NO-GO"
    assert {path: (project.folder / path).read_bytes() for path in before} == before
    assert names(project) - set(before) == {
        "golive-verdict.partial.json",
        "golive-report.partial.html",
        "golive-pytest.partial.html",
        "golive-summary.partial.md",
        ".golive/ledger.partial.jsonl",
    }
    assert "golive: INCONCLUSIVE" in green.lines


def test_places_of_ones_own(project: Project) -> None:
    """--golive-verdict and --html are taken, folders are made."""
    project.tests(OWN.format(body="pass"))

    ran = project.weekly("--golive-verdict", "out/verdict.json", "--html=out/page.html", "--junitxml=out/junit.xml")

    assert ran.code == 0
    assert ran.json("out/verdict.json")["verdict"] == "GO"
    assert ">GO</h2>" in (project.folder / "out" / "page.html").read_text(encoding="utf-8")
    assert not (project.folder / "golive-pytest.html").exists()
    xml = (project.folder / "out" / "junit.xml").read_text(encoding="utf-8")
    assert '<property name="rule" value="SHOP-07" />' in xml


@pytest.mark.parametrize("extra", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_without_pytest_html(project: Project, extra: tuple[str, ...]) -> None:
    """The report is a page of golive's own then."""
    project.tests(OWN.format(body="assert False, '<b>bold</b>'"))

    ran = project.weekly("-p", "no:html", *extra)

    assert ran.word == "NO-GO"
    assert ">NO-GO</h1>" in ran.ticket
    assert "&lt;b&gt;bold&lt;/b&gt;" in ran.ticket
    assert "<b>bold</b>" not in ran.ticket
    assert not (project.folder / "golive-pytest.html").exists()


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--golive-verdict", "file/verdict.json"), "file/verdict.json"),
        (("--golive-verdict", "folder"), "folder"),
        (("--html", "file/page.html"), "file/page.html"),
    ],
)
def test_a_place_that_cannot_be_written(project: Project, options: tuple[str, ...], place: str) -> None:
    """Told before anything runs."""
    project.write("file", "")
    (project.folder / "folder").mkdir()
    project.tests(OWN.format(body="open('ran', 'w')"))

    ran = project.weekly(*options)

    why = "is a folder" if place == "folder" else "File exists"
    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: {project.folder / place} cannot be written: {why}")
    assert not (project.folder / "ran").exists()


def test_the_ledgers_place_is_taken(project: Project) -> None:
    """A file where the folder has to be is told as well."""
    project.write(".golive", "")

    ran = project.weekly()

    assert ran.code == 4
    assert ran.lines[-1].startswith(f"ERROR: {project.folder}/.golive")


def test_the_disk_fills_up(project: Project) -> None:
    """A ledger, a verdict or a report that cannot be written leaves a run that is not green."""
    project.tests(OWN.format(body="pass"))
    for what in ("ledger", "verdict", "html"):
        project.conftest(FULL_DISK.replace("WHAT", what))

        ran = project.weekly()

        ran.assert_not_green()
        assert any("No space left on device" in reason for reason in ran.verdict["reasons"]) or (
            ran.verdict["reasons"] == ["the run did not finish"]
        )
        assert "No space left on device" in ran.text
    assert facts(Path(project.folder) / ".golive" / "ledger.jsonl")


FULL_DISK = """
import errno
from pathlib import Path
import pytest_html.basereport
from pytest_golive.facts import ledger
from pytest_golive.report import files

def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    if "WHAT" == "ledger":
        ledger.Ledger.write = full
    if "WHAT" == "verdict":
        files.os.fsync = full
    if "WHAT" == "html":
        pytest_html.basereport.BaseReport._write_report = full
"""
