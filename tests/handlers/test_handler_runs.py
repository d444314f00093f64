"""A handler's faults in a whole run: planned, reported under its name, and part of the verdict."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.handler_mutants import PROGRAMS, Mutant, written
from tests.plugin.conftest import WITHOUT
from tests.warm import WARM

MANIFEST = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      timely:
        base_url: http://127.0.0.1:9/v1
        api_key: {env: SHOP_KEY}
        ids: {workspace_id: 00000000-0000-4000-8000-000000000001, agent_id: 00000000-0000-4000-8000-000000000002}
"""

HANDLER = """
handlers:
  shop-hooks:
    vendor: timely
    command: [%s, %s]
    path: /hooks/timely
    ready: /healthz
    environ: {PORT: "{port}", WEBHOOK_SECRET: "{secret}", DATABASE: "%s/shop.sqlite"}
    effects: {path: /golive/effects}
"""


def run(pytester: pytest.Pytester, *options: str) -> tuple[int, str, Any]:
    """Run pytest; return its exit code, what the terminal showed, and the verdict file."""
    code, out, err = WARM.run(pytester.path, [*WITHOUT, "-p", "no:cacheprovider", *options], os.environ)
    return code, out + err, json.loads(Path(pytester.path, "golive-verdict.partial.json").read_text())


def project(pytester: pytest.Pytester, handler: Path | None) -> None:
    text = MANIFEST
    if handler is not None:
        text += HANDLER % (sys.executable, handler, pytester.path)
    Path(pytester.path, "golive.yaml").write_text(text)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_fault_is_told_with_its_handler(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """The finding names rule, fault and handler; the rerun line runs it again."""
    mutant = Mutant(
        "WH-36",
        'work.submit(carry_out, event_id)\n    return "taken", 200\n',
        'work.submit(carry_out, event_id)\n    return ("taken", 200) if new else ("known", 409)\n',
        "",
        "",
    )
    project(pytester, written(mutant, pytester.path))

    code, shown, verdict = run(pytester, "--env", "sandbox", "--golive-only", "WH-36,WH-01", *workers)

    told = {entry["faults"][0]: entry for entry in verdict["results"]}
    assert code == 1
    assert verdict["verdict"] == "NO-GO"
    assert sorted(told) == ["WH-01", "WH-36"]
    assert (told["WH-01"]["outcome"], told["WH-36"]["outcome"]) == ("passed", "failed")
    failed = told["WH-36"]
    assert (failed["vendor"], failed["subject"], failed["rules"]) == ("timely", "shop-hooks", [])
    finding = failed["finding"]
    assert finding["requirement"] == "An event that was done already is answered with a 2xx"
    assert finding["expected"] == "a 2xx"
    assert finding["actual"].startswith("the same event again answered 409 in ")
    assert finding["fix"] == "Answer a known id with 200; anything else makes the vendor send it again."
    assert finding["rerun"] == "pytest -m prerelease --env sandbox --golive-only WH-36"
    assert "FAILED WH-36 (major) · timely · sandbox · shop-hooks" in shown


def test_a_rule_of_the_vendor_brings_its_faults(pytester: pytest.Pytester) -> None:
    """TIM-05 names WH-01 and others: their checks decide it, and say so."""
    project(pytester, PROGRAMS / "flask_handler.py")

    *_, verdict = run(pytester, "--env", "sandbox", "-m", "prerelease", "--golive-only", "TIM-05")

    faults = {fault for entry in verdict["results"] for fault in entry["faults"]}
    assert {"WH-01", "WH-02"} <= faults
    assert {"TIM-05"} == {rule for entry in verdict["results"] for rule in entry["rules"]}


def test_without_a_handler_its_rules_are_not_verified(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an environment of the team's, what nobody can try is not green, and names the key."""
    monkeypatch.setenv("SHOP_KEY", "tk_live_4f1c8a2e9b")
    project(pytester, None)

    *_, verdict = run(pytester, "--env", "staging", "-m", "prerelease", "--golive-only", "WH-30")

    (entry,) = verdict["results"]
    assert (entry["outcome"], entry["finding"]["key"]) == ("not_verified", "handlers")
    assert entry["finding"]["actual"] == "handlers is missing: golive.yaml names no handler of Timely.ai"


def test_the_marker_selects_the_lab(pytester: pytest.Pytester) -> None:
    """-m "prerelease and handler" runs the faults and nothing else; without a probe most of them end at once."""
    project(pytester, PROGRAMS / "flask_handler.py")
    manifest = Path(pytester.path, "golive.yaml")
    manifest.write_text(manifest.read_text().replace("    effects: {path: /golive/effects}\n", ""))

    code, _, verdict = run(pytester, "--env", "sandbox", "-m", "prerelease and handler")

    assert code == 0
    assert {"passed", "not_verified"} == {entry["outcome"] for entry in verdict["results"]}
    assert {"shop-hooks"} == {entry["subject"] for entry in verdict["results"]}
