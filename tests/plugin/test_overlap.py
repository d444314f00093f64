"""Checks that run at once look as if one had run after the other."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from tests.plugin.conftest import MANIFEST, Project, Ran

ONLY = ("-m", "weekly", "--env", "sandbox", "--golive-only", "SHOP-01")

OVERLAPS = """
from pathlib import Path

log = logging.getLogger("shop")
pytestmark = [
    pytest.mark.weekly,
    pytest.mark.rule(id="SHOP-01", title="All is well"),
    pytest.mark.effects("none", overlaps=True),
]

def begun(name):
    with Path("begun.txt").open("a") as file:
        file.write(name + "\\n")

"""

MIXED = """
def helper(number):
    raise ValueError(f"broken {number}")

def speak(name):
    begun(name)
    print(f"out of {name}")
    print(f"err of {name}", file=sys.stderr)
    log.warning("warning of %s", name)
    log.info("info of %s", name)

def test_finds(golive, golive_environment, golive_credentials):
    speak("finds")
    golive.note(f"noted in {golive_environment.name}, {len(golive_credentials)} vendor")
    answer = golive.vendor("uppzy").call("get_site")
    answer.must("be a teapot", answer.status == 418)

@pytest.mark.parametrize("number", range(3))
def test_passes(golive, number):
    speak(f"passes {number}")
    time.sleep(0.1 * (3 - number))
    assert golive.vendor("uppzy").call("get_tenant").succeeded

def test_fails(golive):
    speak("fails")
    helper(7)

def test_warns(golive):
    speak("warns")
    golive.warn("close to the edge")

def test_skips(golive):
    speak("skips")
    pytest.skip("not today")

def test_is_not_verified(golive):
    golive.not_verified("nothing tells", key="monitoring")

def test_cannot_tell(golive):
    golive.cannot_tell("to be told", expected="a word", actual="silence")

def test_is_expected(golive):
    speak("is expected")
    pytest.xfail("known")

@pytest.mark.skip(reason="never")
def test_is_skipped(golive):
    begun("is skipped")

def test_ends(golive):
    speak("ends")
"""


def overlapping(project: Project, body: str) -> Project:
    """Write a suite of tests that may run beside others."""
    project.write("golive.yaml", MANIFEST)
    project.tests(OVERLAPS + body)
    return project


def begun(project: Project) -> list[str]:
    """Return what has begun, in order; and forget it."""
    path = project.folder / "begun.txt"
    names = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return names


CHANGING = re.compile(
    r"127\.0\.0\.1:\d+|\d+\.\d+ ?s\b|in \d+ ms|\b(\w+_)?[0-9a-f-]{12,36}\b|site_\w*|0x\w+|=+|-{3,}|!+|\.\.\.$|\s+$"
)
"""What differs from run to run: addresses, times, ids, and lines drawn around words of different length."""


def alike(ran: Ran) -> list[str]:
    """Return what the terminal showed without what differs from run to run."""
    return [CHANGING.sub("#", line) for line in ran.lines]


@pytest.mark.parametrize(
    "options",
    [
        ("-s", "-v"),
        ("--capture=tee-sys",),
        ("--log-level=INFO", "--tb=short", "-rA"),
        ("--log-cli-level=INFO",),
        ("--setup-show",),
        ("-rA", "-n", "1"),
    ],
    ids=" ".join,
)
def test_the_terminal_shows_the_same(project: Project, options: tuple[str, ...]) -> None:
    """Order, dots, tracebacks, findings, what was printed and logged: word for word, under its own test."""
    overlapping(project, MIXED)

    one_by_one = project.run(*ONLY, *options, "--golive-concurrency", "1")
    order = begun(project)
    at_once = project.run(*ONLY, *options)

    assert sorted(begun(project)) == sorted(order)
    assert len(order) == len(set(order)) == 9 - ("is expected" not in order)
    assert alike(at_once) == alike(one_by_one)
    assert "warning of finds" in at_once.text


def test_files_hold_the_same(project: Project) -> None:
    """JUnit, the verdict and the ledger know each check by its own output, evidence and notes."""
    overlapping(project, MIXED)
    told = []
    for options in (("--golive-concurrency", "1"), ()):
        ran = project.run(*ONLY, *options, "--junitxml=junit.xml", "-o", "junit_logging=all")
        cases = [
            (case.get("name"), [(part.tag, CHANGING.sub("#", part.text or "")) for part in case])
            for case in ET.parse(project.folder / "junit.xml").iter("testcase")
        ]
        results = [
            (each["check"], each["outcome"], each["notes"], len((each["finding"] or {"exchanges": ()})["exchanges"]))
            for each in ran.partial["results"]
        ]
        told.append((cases, results))

    assert told[0] == told[1]
    assert ("test_shop.py::test_finds", "failed", ["noted in sandbox, 1 vendor"], 1) in told[1][1]
    html = (project.folder / "golive-pytest.partial.html").read_text(encoding="utf-8")
    assert re.search(r"Captured stdout call.{1,40}out of finds", html, re.DOTALL)


def test_each_has_its_own_duration(project: Project) -> None:
    """And the run takes as long as its slowest, not as long as all together."""
    overlapping(
        project,
        "@pytest.mark.parametrize('tenths', [1, 15, 1, 15, 2, 15])\n"
        "def test_waits(golive, tenths):\n    time.sleep(tenths / 10)\n",
    )

    ran = project.run(*ONLY, "--junitxml=junit.xml", "--durations=3", "-vv")

    suite = ET.parse(project.folder / "junit.xml").getroot()[0]
    seconds = [float(case.get("time", "0")) for case in suite.iter("testcase")]
    assert [each >= 1.5 for each in seconds] == [False, True, False, True, False, True]
    assert float(suite.get("time", "99")) < 4.0 < sum(seconds)
    assert sum(bool(re.match(r"[1-9]\.\d+s call +test_shop\.py", line)) for line in ran.lines) == 3
    assert [each["seconds"] >= 1.5 for each in ran.partial["results"]] == [False, True, False, True, False, True]


@pytest.mark.parametrize("options", [("--golive-concurrency", "1"), ("--pdb",)], ids=" ".join)
def test_off_means_off(project: Project, options: tuple[str, ...]) -> None:
    """One after the other, in pytest's own thread; so too where somebody sits at a debugger."""
    overlapping(
        project,
        "def test_first(golive):\n    assert threading.current_thread() is threading.main_thread()\n"
        "def test_second(golive):\n    assert threading.current_thread() is threading.main_thread()\n"
        "    assert not [each.name for each in threading.enumerate() if 'ahead' in each.name]\n",
    )

    assert project.run(*ONLY, *options).code == 0


@pytest.mark.parametrize("value", ["0", "65", "many"])
def test_a_wrong_number_is_told(project: Project, value: str) -> None:
    """In one line, before anything starts."""
    project.write("golive.yaml", MANIFEST)

    ran = project.run(*ONLY, f"--golive-concurrency={value}")

    assert ran.code == 4
    assert (
        f"ERROR: --golive-concurrency is {value!r}; it takes a number from 1 (one after the other) to 64, default: 16"
        in ran.lines
    )


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (
            '"reversible", overlaps=True',
            "has overlaps=True and kind 'reversible'; only a test of kind 'none' may run beside others",
        ),
        ("overlaps=True", "takes one kind; allowed: none, reversible, irreversible"),
    ],
)
def test_only_what_leaves_nothing_behind_may_overlap(project: Project, mark: str, told: str) -> None:
    """Anything else is a mistake, told at its line."""
    project.write("golive.yaml", MANIFEST)
    project.tests(f"@pytest.mark.weekly\n@pytest.mark.effects({mark})\ndef test_own(golive):\n    pass\n")

    ran = project.run("-m", "weekly", "--env", "sandbox")

    assert ran.code == 4
    assert f"ERROR: test_shop.py:4: @pytest.mark.effects {told}" in ran.lines
