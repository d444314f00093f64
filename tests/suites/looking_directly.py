"""Golive's look at a rehearsed rotation without a pytest run: the same checks by the same plan, called one by one."""

from __future__ import annotations

import ast
import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pytest_golive import clienting, reviewing
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.facts.moment import moment, read_from
from pytest_golive.facts.outcome import Suite
from pytest_golive.golive import Golive
from pytest_golive.history.kept import KeptRun
from pytest_golive.manifest.environment import resolve
from pytest_golive.manifest.known_secrets import redactor_for
from pytest_golive.manifest.load import load_manifest
from pytest_golive.papers.named import papers_of
from pytest_golive.readiness.plan import Ground, Plan, PlannedCheck, make_plan
from pytest_golive.rotation.past import Past
from pytest_golive.rotation.rehearsed_clock import VARIABLE, Shifted
from pytest_golive.rotation.story import CHECKS
from pytest_golive.shipped import suites_folder
from pytest_golive.vendors.keys import all_vendor_keys
from pytest_golive.vendors.library import general_rules, read_pack, read_rules


def look(folder: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Do what a run of pytest does with these arguments, as far as a rehearsal reads it; return no exit code."""
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    undo = read_from(Shifted(datetime.fromisoformat(environ[VARIABLE])))
    try:
        with _golive(folder) as golive:
            plan = _plan(golive, arguments[arguments.index("--golive-only") + 1].split(","))
            results = [_result(golive, planned) for planned in plan.checks.values() if planned.check in CHECKS]
            (folder / "golive-verdict.partial.json").write_text(json.dumps({"results": results}))
            _note(golive, plan, results)
    finally:
        undo()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return 0


@contextmanager
def _golive(folder: Path) -> Iterator[Golive]:
    manifest = load_manifest(folder / "golive.yaml", all_vendor_keys())
    (name,) = manifest.environments
    environment = resolve(manifest, name, folder, all_vendor_keys())
    redactor = redactor_for([environment])
    golive = Golive(
        {name: environment},
        name,
        run="0123abcd",
        sandbox=False,
        redactor=redactor,
        journal=Unwritten(),
        repository=folder,
    )
    golive.past = Past(folder, manifest.project)
    golive.papers = papers_of(manifest, folder)
    golive.reviews = reviewing.reviews_of(reviewing.watching_of(manifest, folder), golive.environments, redactor)
    golive.clients = clienting.labs_of(clienting.setups_of(manifest, environment, folder), redactor)
    try:
        yield golive
    finally:
        golive.close()


def _plan(golive: Golive, only: Sequence[str]) -> Plan:
    (vendor,) = golive.environment.targets
    ground = Ground(
        golive.environment.name,
        frozenset({Suite.POSTROTATION}),
        production=True,
        only=frozenset(only),
        allow=golive.environment.allow,
        monitored=frozenset({"figures"}),
    )
    return make_plan(ground, [(read_pack(vendor), (*read_rules(vendor), *general_rules()))])


def _result(golive: Golive, planned: PlannedCheck) -> dict[str, Any]:
    outcome, actual = "passed", ""
    try:
        _checks()[planned.check](golive, planned)
    except (CheckFailed, CannotTell) as error:
        outcome = "failed" if isinstance(error, CheckFailed) else "inconclusive"
        actual = error.finding.actual
    except NotVerified as error:
        outcome, actual = "pending" if isinstance(error, NotYet) else "not_verified", error.reason
    finding = {"actual": actual} if actual else None
    return {"check": f"x::test_{planned.check}[{planned.case}]", "outcome": outcome, "finding": finding}


def _note(golive: Golive, plan: Plan, results: Sequence[Mapping[str, Any]]) -> None:
    """Note which rules held, as the end of a run does."""
    held = {each["check"].partition("test_")[2] for each in results if each["outcome"] == "passed"}
    (target,) = golive.environment.targets.values()
    rules = {
        (target.vendor, rule.rule.id): "passed" if _of(plan, rule.checks) <= held else "failed" for rule in plan.rules
    }
    now = moment().isoformat()
    keys = {(target.vendor, name): secret.fingerprint for name, secret in target.credentials.items()}
    golive.past.note(
        golive.environment.name,
        KeptRun(now, "rehearsal", golive.environment.name, ("postrotation",), "", now, now, "", "", rules, keys),
    )


def _of(plan: Plan, checks: Sequence[str]) -> set[str]:
    return {name for name in checks if plan.checks[name].check in CHECKS}


@cache
def _checks() -> Mapping[str, Callable[[Golive, PlannedCheck], None]]:
    """Return the checks of a rehearsal by their names."""
    found: dict[str, Any] = {}
    for path in suites_folder().glob("*/test_*.py"):
        nodes = (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
        names = {node.name.removeprefix("test_") for node in nodes if node.name.startswith("test_")}
        if names & CHECKS:
            module = importlib.import_module(f"suites.{path.parent.name}.{path.stem}")
            found |= {name: getattr(module, f"test_{name}") for name in names & CHECKS}
    assert found.keys() == CHECKS
    return found
