"""A run beside the one before it, its ledger read again, and tests that are not to be relied upon."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.cli import main
from tests.plugin.conftest import Project
from tests.plugin.people_project import ALONE, prerelease, waiver, waivers

ONE = "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-01', title='one holds')\ndef test_one():\n    {body}\n"
TWO = "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-02', title='two holds')\ndef test_two():\n    {body}\n"


@pytest.fixture(autouse=True)
def alone(project: Project) -> None:
    """A project without any vendor."""
    project.write("golive.yaml", ALONE.format(more=""))


def test_what_changed_since_the_last_run_and_the_last_go(project: Project) -> None:
    """Said in terminal and verdict file; nothing where there was no run before."""
    project.tests(ONE.format(body="pass") + TWO.format(body="pass"))
    first = prerelease(project).verdict
    project.tests(ONE.format(body="assert 0") + TWO.format(body="pass"))
    second = prerelease(project).verdict
    waivers(project, waiver("SHOP-01"))
    third = prerelease(project)

    assert (first["verdict"], first["compared"], first["since_go"]) == ("GO", None, None)
    since = {"at": first["finished"], "verdict": "GO", "commit": None}
    assert second["compared"] == since | {
        "new": ["SHOP-01"],
        "fixed": [],
        "still_failing": [],
        "newly_waived": [],
    }
    assert third.verdict["compared"]["newly_waived"] == ["SHOP-01"]
    assert third.verdict["since_go"]["what"] == ["golive.yaml changed", "waivers is new"]
    lines = third.lines
    assert f"since the last run (NO-GO, {second['finished']}): newly waived: SHOP-01" in lines
    assert f"since the last GO ({first['finished']}): golive.yaml changed; waivers is new" in lines


def test_a_run_that_was_cut_short_is_not_remembered(project: Project) -> None:
    """The next one is compared with the one before it."""
    project.tests(ONE.format(body="pytest.exit('enough')") + TWO.format(body="pass"))

    prerelease(project)

    assert not (project.folder / ".golive" / "last").exists()


def test_part_of_a_run_is_compared_with_nothing(project: Project) -> None:
    """And is not remembered."""
    project.tests(ONE.format(body="pass"))

    ran = prerelease(project, "-k", "one")

    assert ran.partial["compared"] is None
    assert not (project.folder / ".golive" / "last").exists()


@pytest.mark.parametrize(
    "body", ["pass", "assert 1 == 2", "pytest.skip('later')", "pytest.exit('enough')", "os._exit(3)"]
)
def test_the_ledger_says_what_the_run_said(project: Project, body: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where it was cut short: then both are not green."""
    project.tests(ONE.format(body=body) + TWO.format(body="pass"))
    ran = prerelease(project)
    capsys.readouterr()

    code = main(["verdict", str(project.folder / ".golive" / "ledger.jsonl")])
    told = capsys.readouterr().out.splitlines()

    assert told[-1] == f"golive: {ran.word}"
    assert code == (0 if ran.word == "GO" else 1)
    if body != "os._exit(3)":
        assert [line.strip() for line in told[1:-2]] == ran.verdict["reasons"]
    else:
        assert told[1] == "  the run did not finish"


def test_a_changed_ledger_is_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure that somebody made a pass of."""
    project.tests(ONE.format(body="assert 1 == 2"))
    prerelease(project)
    path = project.folder / ".golive" / "ledger.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(place for place, line in enumerate(lines) if json.loads(line)["fact"] == "decided")
    lines[number] = lines[number].replace('"failed"', '"passed"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    code = main(["verdict", str(path)])

    told = f"golive verdict: {path}:{number + 2}: the chain is broken: this line does not follow the one before it\n"
    assert (code, capsys.readouterr().err) == (2, told)


def test_shards_are_joined(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Each ran a part; together they say GO, and write the verdict file."""
    project.tests(ONE.format(body="pass") + TWO.format(body="pass"))
    ledgers = []
    for name in ("one", "two"):
        prerelease(project, "-k", name)
        path = project.folder / f"{name}.jsonl"
        path.write_bytes((project.folder / ".golive" / "ledger.partial.jsonl").read_bytes())
        ledgers.append(str(path))
    capsys.readouterr()

    code = main(["join", *ledgers, "--verdict", str(project.folder / "joined.json")])
    alone = main(["join", ledgers[0]])

    told: dict[str, Any] = project_json(project, "joined.json")
    assert (code, told["verdict"], told["scope"]) == (0, "GO", "full")
    assert [each["rule"] for each in told["rules"]] == ["SHOP-01", "SHOP-02"]
    assert alone == 1
    assert "  no shard ran test_shop.py::test_two" in capsys.readouterr().out.splitlines()


def project_json(project: Project, name: str) -> dict[str, Any]:
    """Read a file of the project."""
    told: dict[str, Any] = json.loads((project.folder / name).read_text(encoding="utf-8"))
    return told


RERUN = """
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    # What a plugin that runs failed tests again does, in short.
    from _pytest.runner import runtestprotocol
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for attempt in range(3):
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        again = attempt < 2 and any(report.failed for report in reports)
        for report in reports:
            if again and report.failed:
                report.outcome = "rerun"
            item.ihook.pytest_runtest_logreport(report=report)
        if not again:
            break
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True

def pytest_report_teststatus(report):
    if report.outcome == "rerun":
        return "rerun", "R", "RERUN"
"""


def test_a_flaky_test_is_shown_as_such(project: Project) -> None:
    """Failed, run again, passed: it holds, and is not to be relied upon; one that fails every time has failed."""
    project.conftest(RERUN)
    project.tests(
        "tries = []\n" + ONE.format(body="tries.append(1); assert len(tries) > 1") + TWO.format(body="assert False")
    )

    ran = prerelease(project)

    assert (ran.own("SHOP-01")["outcome"], ran.own("SHOP-01")["why"]) == (
        "warned",
        "flaky: it failed once, then passed",
    )
    assert (ran.own("SHOP-02")["outcome"], ran.word) == ("failed", "NO-GO")
    assert ran.verdict["flaky"] == ["test_shop.py::test_one"]
