"""A client's faults in a whole run: planned, reported under its name and operation, and part of the verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.small_client import manifest
from tests.plugin.conftest import WITHOUT


def run(pytester: pytest.Pytester, *options: str) -> tuple[pytest.RunResult, Any]:
    result = pytester.runpytest_subprocess(*WITHOUT, "-p", "no:cacheprovider", *options)
    return result, json.loads(Path(pytester.path, "golive-verdict.partial.json").read_text())


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_fault_is_told_with_its_client_and_operation(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """The finding names rule, fault, client and operation; the rerun line runs it again."""
    manifest(pytester.path, environ='{PAUSE: "0.1"}')

    result, verdict = run(pytester, "--env", "sandbox", "--golive-only", "CL-17,CL-66", *workers)

    told = {(entry["faults"][0], entry["operation"]): entry for entry in verdict["results"]}
    assert result.ret == 1
    assert verdict["verdict"] == "NO-GO"
    assert sorted(told) == [("CL-17", "create_contact"), ("CL-17", "list_contacts"), ("CL-66", "list_contacts")]
    failed = told["CL-17", "list_contacts"]
    assert (failed["vendor"], failed["subject"], failed["outcome"]) == ("timely", "shop", "failed")
    finding = failed["finding"]
    assert finding["requirement"] == "A Retry-After in seconds is waited for"
    assert finding["expected"] == "at least 2.00 s before the next try"
    assert finding["actual"].startswith("list_contacts was sent again 0.1")
    assert finding["rerun"] == "pytest -m prerelease --env sandbox --golive-only CL-17"
    assert finding["curl"] == ""
    page = Path(pytester.path, "golive-report.partial.html").read_text(encoding="utf-8")
    assert "<figcaption>list_contacts: 429 with Retry-After: 2</figcaption>" in page
    assert 'id="latency"' not in page, "a client's calls say nothing about the vendor"
    assert "FAILED CL-17 (blocker) · timely · sandbox · shop · list_contacts" in str(result.stdout)
    unread = told["CL-66", "list_contacts"]
    assert unread["outcome"] == "inconclusive"
    assert unread["finding"]["actual"] == "the client sent none"


def test_a_rule_of_the_vendor_brings_its_faults(pytester: pytest.Pytester) -> None:
    """TIM-13 names CL-63 and others: their checks decide it, and say so."""
    manifest(pytester.path)

    _, verdict = run(pytester, "--env", "sandbox", "-m", "prerelease and client", "--golive-only", "TIM-13")

    assert {"CL-63", "CL-65", "CL-66"} == {fault for entry in verdict["results"] for fault in entry["faults"]}
    assert {"TIM-13"} == {rule for entry in verdict["results"] for rule in entry["rules"]}
    (rule,) = verdict["rules"]
    assert (rule["rule"], rule["outcome"]) == ("TIM-13", "failed")


def test_what_a_fault_finds_out_about_itself_is_not_applicable(pytester: pytest.Pytester) -> None:
    """This client sends no number of the try, so none can be wrong."""
    manifest(pytester.path)

    result, verdict = run(pytester, "--env", "sandbox", "--golive-only", "CL-87")

    (entry,) = verdict["results"]
    assert result.ret == 0
    assert entry["outcome"] == "not_applicable"
    assert entry["finding"]["actual"].startswith("not applicable: the client sent list_contacts once")


def test_a_test_of_the_teams_own_drives_a_client(pytester: pytest.Pytester) -> None:
    """By the surface that README shows."""
    manifest(pytester.path)
    pytester.makepyfile("""
        import pytest

        @pytest.mark.prerelease
        @pytest.mark.rule(id="SHOP-08", severity="major", title="We wait")
        def test_backoff(golive):
            driven = golive.client("shop").call("list_contacts").under("429 retry-after=1", "200")
            driven.must_wait_at_least(1.0)

        @pytest.mark.prerelease
        @pytest.mark.rule(id="SHOP-09", severity="major", title="We wait longer")
        def test_longer(golive):
            golive.client("shop").call("list_contacts").under("429 retry-after=0", "200").must_wait_at_least(3)
    """)

    result, _ = run(pytester, "--env", "sandbox", "-m", "prerelease", "-k", "backoff or longer")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["requirement *the client waits before it tries again"])


def test_a_rehearsal_without_golive_yaml_tries_the_example_clients(pytester: pytest.Pytester) -> None:
    """Where it is asked to: all four vendors, each by the same program."""
    result, verdict = run(pytester, "--env", "sandbox", "--golive-only", "CL-85")

    assert result.ret == 0
    told = {entry["subject"]: entry["outcome"] for entry in verdict["results"]}
    assert told == {f"example-{vendor}": "passed" for vendor in ("augno", "selwise", "timely", "uppzy")}
    assert not any("example clients are tried" in note for note in verdict["notes"])


def test_a_rehearsal_that_is_not_asked_to_says_how(pytester: pytest.Pytester) -> None:
    """Trying all faults takes longer than all other checks."""
    _, verdict = run(pytester, "--env", "sandbox", "--golive-only", "UPZ-01")

    assert "the example clients are tried where they are asked for: -m 'prerelease and client'" in verdict["notes"]
