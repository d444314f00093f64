"""Checks that run at once keep to what the command line, other plugins and Ctrl-C say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.plugin.conftest import MANIFEST, WITHOUT, Project, Ran
from tests.plugin.test_overlap import ONLY, begun, overlapping

FIVE = """
def own(name, golive):
    begun(name)
    print(f"printed by {name}")
    assert golive.vendor("uppzy").call("get_tenant").succeeded

def test_a(golive):
    time.sleep(0.4)
    own("a", golive)

def test_b(golive):
    own("b", golive)
    assert False, "b fails"

def test_c(golive):
    own("c", golive)
    time.sleep(0.8)

def test_d(golive):
    own("d", golive)
    time.sleep(1.5)
    assert False, "d fails"

def test_e(golive):
    own("e", golive)
"""


def outcomes(ran: Ran) -> dict[str, int]:
    """Return how many tests ended in which way."""
    return ran.result.parseoutcomes()


@pytest.mark.parametrize(
    ("options", "told", "started"),
    [
        (("-x",), {"passed": 1, "failed": 1}, {"a", "b", "c", "d"}),
        (("--maxfail=2",), {"passed": 2, "failed": 2}, {"a", "b", "c", "d", "e"}),
        (("-k", "test_a or test_c"), {"passed": 2, "deselected": 3}, {"a", "c"}),
        (("--stepwise",), {"passed": 1, "failed": 1}, {"a", "b", "c", "d"}),
    ],
    ids=["-x", "--maxfail", "-k", "--stepwise"],
)
def test_what_was_not_to_run(
    project: Project, options: tuple[str, ...], told: dict[str, int], started: set[str]
) -> None:
    """It reports nothing; and once the run has stopped, nothing begins."""
    # When a has ended, its thread has time to begin with d, but not with e: by then the failure of b is told.
    overlapping(project, FIVE)

    ran = project.run(*ONLY, *options, "--golive-concurrency", "2")

    assert told.items() <= outcomes(ran).items()
    assert sum(outcomes(ran).get(word, 0) for word in ("passed", "failed")) == told["passed"] + told.get("failed", 0)
    assert set(begun(project)) == started
    assert "Traceback" not in ran.text


def test_failed_ones_again(project: Project) -> None:
    """--lf runs those, --ff runs them first; each begins once."""
    overlapping(project, FIVE)
    project.run(*ONLY)
    begun(project)

    last = project.run(*ONLY, "--lf")
    first = project.run(*ONLY, "--ff", "-v")

    assert outcomes(last) == {"failed": 2, "deselected": 3} or outcomes(last) == {"failed": 2}
    assert sorted(begun(project)) == ["a", "b", "b", "c", "d", "d", "e"]
    order = [line.split("::")[1].split(" ")[0] for line in first.lines if line.startswith("test_shop.py::test_")]
    assert order == ["test_b", "test_d", "test_a", "test_c", "test_e"]


@pytest.mark.parametrize("dist", ["load", "worksteal", "loadscope"])
def test_workers_run_what_they_were_handed(project: Project, dist: str) -> None:
    """Each test begins once, whichever worker reports it, with its own output."""
    overlapping(
        project,
        "@pytest.mark.parametrize('number', range(24))\n"
        "def test_own(golive, number):\n    begun(str(number))\n    print(f'printed by <{number}>')\n"
        "    time.sleep(0.3 if number < 4 else 0.01)\n    assert number % 6\n",
    )

    ran = project.run(*ONLY, "-n", "2", "--dist", dist)

    assert outcomes(ran) == {"passed": 20, "failed": 4}
    assert sorted(map(int, begun(project))) == list(range(24))
    sections = re.split(r"_{3,} test_own\[(\d+)\] _{3,}", ran.text)[1:]
    told = {number: re.findall(r"^printed by <(\d+)>", text, re.MULTILINE) for number, text in batched(sections)}
    assert told == {number: [number] for number in ("0", "6", "12", "18")}


def batched(words: list[str]) -> zip[tuple[str, str]]:
    """Return every two that follow each other."""
    return zip(words[::2], words[1::2], strict=True)


def test_in_any_order(project: Project) -> None:
    """With tests shuffled, each still reports its own result."""
    overlapping(project, FIVE)
    without = [word for word in WITHOUT if word != "no:randomly"][1:]

    ran = Ran(project.pytester.runpytest_subprocess(*without, *ONLY, "-p", "randomly", "-v"), project.folder)

    assert outcomes(ran) == {"passed": 3, "failed": 2}
    assert sorted(begun(project)) == ["a", "b", "c", "d", "e"]
    assert "random" in ran.text
    for name in "bd":
        assert ran.text.partition(f"_ test_{name} _")[2].partition("printed by ")[2][0] == name


def test_ctrl_c(project: Project) -> None:
    """What has begun is waited for, what it creates is removed, nothing else begins, and no thread is heard of."""
    overlapping(
        project,
        "def test_first(golive):\n    time.sleep(0.3)\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(1.0)\n"
        "def test_second(golive):\n    time.sleep(1.0)\n"
        "    made = golive.vendor('uppzy').call('create_text_document', title=golive.fresh('document'), content='x')\n"
        "    begun(f'made {made.status}')\n"
        "    begun(str(Path('.golive/journal.jsonl').exists()))\n"
        "def test_third(golive):\n    begun('third')\n",
    )

    ran = project.run(*ONLY, "--golive-concurrency", "2")

    assert ran.code == 2
    assert begun(project) == ["made 201", "True"]
    assert not (project.folder / ".golive" / "journal.jsonl").exists()
    assert "Traceback" not in ran.text
    assert "Exception in thread" not in ran.text
    assert "interrupted" in ran.partial["reasons"]
    assert "left behind" not in ran.text


def test_what_does_not_end_is_named(project: Project) -> None:
    """After a while the run ends all the same, and says who was still at work."""
    overlapping(
        project,
        "def test_first(golive):\n    time.sleep(0.2)\n    pytest.exit('enough')\n"
        "def test_second(golive):\n    time.sleep(30)\n",
    )
    project.conftest("from pytest_golive.conducting import overlap\noverlap.GRACE_SECONDS = 0.5\n")

    ran = project.run(*ONLY)

    assert "still running when the run ended: test_shop.py::test_second" in ran.partial["reasons"]
    assert "ended by pytest.exit: enough" in ran.partial["reasons"]
    assert "Traceback" not in ran.text


def test_a_conftest_that_decides_about_tests(project: Project) -> None:
    """Where it may skip one, none runs before it was asked."""
    overlapping(project, FIVE)
    project.conftest(
        "def pytest_runtest_setup(item):\n    if item.name in ('test_c', 'test_d'):\n        pytest.skip('not here')\n"
    )

    ran = project.run(*ONLY)

    assert outcomes(ran) == {"passed": 2, "failed": 1, "skipped": 2}
    assert begun(project) == ["a", "b", "e"]


def test_run_once_more(project: Project) -> None:
    """A plugin that repeats a failed test gets a new result each time."""
    overlapping(
        project,
        "def test_other(golive):\n    time.sleep(0.2)\n"
        "def test_flaky(golive):\n    begun('flaky')\n    print('printed', len(Path('begun.txt').read_text()))\n"
        "    assert len(Path('begun.txt').read_text().splitlines()) == 3\n",
    )
    project.conftest(
        "from _pytest.runner import runtestprotocol\n\n"
        "def pytest_runtest_protocol(item, nextitem):\n"
        "    for attempt in range(3):\n"
        "        reports = runtestprotocol(item, nextitem=nextitem, log=False)\n"
        "        if not any(report.failed for report in reports):\n"
        "            break\n"
        "    for report in reports:\n"
        "        item.ihook.pytest_runtest_logreport(report=report)\n"
        "    return True\n"
    )

    ran = project.run(*ONLY, "-rA")

    assert outcomes(ran) == {"passed": 2}
    assert begun(project) == ["flaky"] * 3
    assert "printed 18" in ran.text


def test_others_run_alone(project: Project) -> None:
    """A test that does not say it may run beside others never does, from its setup to its teardown."""
    project.write("golive.yaml", MANIFEST)
    project.tests(
        "from pathlib import Path\n"
        "pytestmark = [pytest.mark.weekly, pytest.mark.rule(id='SHOP-01')]\n"
        "def note(*words):\n    with Path('times.txt').open('a') as file:\n        print(*words, file=file)\n"
        "@pytest.fixture\ndef scope():\n    begin = time.monotonic()\n    yield\n    time.sleep(0.05)\n"
        "    note('alone', begin, time.monotonic())\n"
        "@pytest.mark.parametrize('number', range(12))\n"
        "@pytest.mark.effects('none', overlaps=True)\n"
        "def test_beside(golive, number):\n    begin = time.monotonic()\n    time.sleep(0.1)\n"
        "    note('beside', begin, time.monotonic())\n"
        "@pytest.mark.parametrize('number', range(3))\ndef test_alone(golive, scope, number):\n    time.sleep(0.05)\n"
    )
    project.conftest(
        "def pytest_collection_modifyitems(items):\n"
        "    items.sort(key=lambda item: (item.callspec.params['number'] % 3, item.name))\n"
    )

    ran = project.run(*ONLY, "--golive-concurrency", "3")

    assert outcomes(ran) == {"passed": 15}
    lines = (project.folder / "times.txt").read_text(encoding="utf-8").splitlines()
    spans = [(kind, float(begin), float(end)) for kind, begin, end in map(str.split, lines)]
    alone = [span for span in spans if span[0] == "alone"]
    beside = [span for span in spans if span[0] == "beside"]
    assert (len(alone), len(beside)) == (3, 12)
    assert not [(one, other) for one in alone for other in beside if one[1] < other[2] and other[1] < one[2]]
    assert any(later[1] < earlier[2] for earlier, later in pairwise(sorted(beside, key=lambda span: span[1])))
