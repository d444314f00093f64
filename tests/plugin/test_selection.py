"""What runs is chosen with pytest's own means; anything narrower than a suite is a partial run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plugin.conftest import Project

SANDBOX = ("--env", "sandbox")
OWN = """
@pytest.mark.postrotation
@pytest.mark.effects("reversible")
def test_own():
    assert not os.path.exists("fail")
"""


def rules_in(results: list[dict[str, Any]]) -> set[str]:
    """Return the rules that results name."""
    return {rule for each in results for rule in each["rules"]}


def test_a_rule_by_its_marker(project: Project) -> None:
    """-m with the marker's id selects what decides this rule."""
    ran = project.run("-m", 'prerelease and rule(id="UPZ-22")', *SANDBOX)

    assert ran.code == 0
    assert ran.partial["scope"] == "partial"
    assert ran.partial["results"]
    assert all("UPZ-22" in each["rules"] for each in ran.partial["results"])


def test_effects_of_shipped_checks_are_marked(project: Project) -> None:
    """What writes at the vendor can be left out, and what only reads is marked so."""
    kinds = {}
    for kind in ("none", "reversible", "irreversible"):
        ran = project.run("-m", f'prerelease and effects(kind="{kind}")', *SANDBOX, "--collect-only", "-q")
        kinds[kind] = {line for line in ran.lines if "::" in line}
    everything = project.run("-m", "prerelease", *SANDBOX, "--collect-only", "-q")

    chat = "golive/chat/test_smoke.py::test_sync_chat_answers[uppzy]"
    assert chat in kinds["irreversible"]
    assert kinds["none"]
    assert kinds["reversible"]
    assert set.union(*kinds.values()) == {line for line in everything.lines if "::" in line}
    assert not kinds["none"] & kinds["irreversible"]


def ledger_tests(project: Project) -> set[str]:
    """Return the tests of the last partial run."""
    lines = (project.folder / ".golive" / "ledger.partial.jsonl").read_text(encoding="utf-8").splitlines()
    return {told["test"] for told in map(json.loads, lines) if told["fact"] == "decided"}


BROKEN_VENDOR = """
from pytest_golive.sandbox.http import json_response

def pytest_golive_sandbox(vendor, app):
    def broken(request):
        answer = app(request)
        wrong = answer.status in (401, 403) or request.path.endswith("/chat")
        return json_response(200, {}) if wrong else answer
    return broken
"""


def test_last_failed_runs_every_failure(project: Project) -> None:
    """--lf repeats exactly what failed, in shipped files and own ones; the full verdict stays as it was."""
    project.tests(OWN)
    project.write("fail", "")
    project.conftest(BROKEN_VENDOR)

    full = project.run("-m", "postrotation", *SANDBOX)
    before = (project.folder / "golive-verdict.json").read_bytes()
    failed = {each["check"] for each in full.verdict["results"] if each["outcome"] in {"failed", "inconclusive"}}
    again = {}
    for name, workers in (("alone", ()), ("xdist", ("-n", "2"))):
        project.run("-m", "postrotation", *SANDBOX, "--lf", *workers)
        again[name] = ledger_tests(project)

    assert full.word == "NO-GO"
    assert len({each.partition("::")[0] for each in failed}) > 2, "two shipped files and an own one"
    assert failed == again["alone"] == again["xdist"]
    assert before == (project.folder / "golive-verdict.json").read_bytes()


def test_keywords_reach_both(project: Project) -> None:
    """-k finds own tests and shipped ones, and is partial; pytest's own exit code stands."""
    project.tests(OWN.replace("test_own", "test_own_thing"))

    ran = project.run("-m", "postrotation", *SANDBOX, "-k", "test_own_thing or test_sync_chat_answers")

    assert (ran.code, ran.partial["verdict"]) == (0, "INCONCLUSIVE")
    assert ran.partial["reasons"][-1].startswith("a run of partial scope never says GO: ")
    tests = {each["check"].partition("[")[0] for each in ran.partial["results"]}
    assert tests == {"test_shop.py::test_own_thing", "golive/chat/test_smoke.py::test_sync_chat_answers"}


@pytest.mark.parametrize("narrowing", [("--deselect", "test_shop.py::test_own"), ("--ignore", "test_shop.py")])
def test_leaving_out_by_hand_is_partial(project: Project, narrowing: tuple[str, ...]) -> None:
    """Who leaves something out on the command line gets no GO."""
    project.tests(OWN)

    ran = project.run("-m", "weekly", *SANDBOX, *narrowing)

    assert ran.partial["verdict"] == "INCONCLUSIVE"
    assert not (project.folder / "golive-verdict.json").exists()
