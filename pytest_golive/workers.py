"""With xdist: from the controller to its workers, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.conduct import Conductor
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.fixtures import GOLIVE
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import CallBudget, Environment, Target
from pytest_golive.options import Choice
from pytest_golive.readiness.plan import Plan, PlannedCheck
from pytest_golive.run import Run, journal_path


def sent(run: Run) -> str:
    """Return all a worker needs as JSON: plan, addresses and keys, so that each source is read once a run.

    It travels through xdist's own pipe to the worker and is written nowhere.
    """
    choice = run.choice
    return json.dumps(
        {
            "id": run.id,
            "project": run.project,
            "root": str(run.root),
            "sandbox": run.sandbox,
            "repository": str(run.golive.repository),
            "questions_file": None if run.golive.questions_file is None else str(run.golive.questions_file),
            "notes": run.notes,
            "choice": {
                "environment": choice.environment,
                "suites": sorted(choice.suites),
                "scope": choice.scope,
                "only": sorted(choice.only),
                "manifest": None if choice.manifest is None else str(choice.manifest),
                "paths_typed": choice.paths_typed,
                "option": choice.option,
            },
            "environments": [_environment(environment) for environment in run.golive.environments.values()],
            "checks": [asdict(planned) for planned in run.plan.checks.values()],
            "known_ids": sorted(run.known_ids),
        }
    )


def join(config: pytest.Config) -> None:
    """Take part, as a worker, in the run that the controller described."""
    told = json.loads(config.workerinput["golive"])  # type: ignore[attr-defined]
    run = received(told, config.workerinput["workerid"])  # type: ignore[attr-defined]
    config.stash[GOLIVE] = run.golive
    config.pluginmanager.register(Conductor(config, run), "golive-conductor")
    config.pluginmanager.register(Reporting(config, run), "golive-worker")


class Reporting:
    """Tells the controller what happened in this worker beside its tests."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._config = config
        self._run = run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Send home what the reports of the tests do not carry."""
        run = self._run
        told = {"incidents": run.incidents, "mistakes": run.mistakes, "outputs": run.late_output()}
        self._config.workeroutput["golive"] = json.dumps(told)  # type: ignore[attr-defined]


def received(told: Mapping[str, Any], process: str) -> Run:
    """Return the run that :func:`sent` described."""
    environments = {each["name"]: _environment_of(each) for each in told["environments"]}
    choice = told["choice"]
    redactor = Redactor()
    for environment in environments.values():
        for target in environment.targets.values():
            for secret in target.credentials.values():
                redactor.add(secret)
    root = Path(told["root"])
    golive = Golive(
        environments,
        choice["environment"],
        run=told["id"],
        sandbox=told["sandbox"],
        redactor=redactor,
        journal=Journal(journal_path(root)),
        repository=Path(told["repository"]),
        process=process,
    )
    golive.questions_file = None if told["questions_file"] is None else Path(told["questions_file"])
    return Run(
        id=told["id"],
        project=told["project"],
        root=root,
        choice=Choice(
            environment=choice["environment"],
            suites=frozenset(map(Suite, choice["suites"])),
            scope=choice["scope"],
            only=frozenset(choice["only"]),
            manifest=None if choice["manifest"] is None else Path(choice["manifest"]),
            paths_typed=choice["paths_typed"],
            option=choice["option"],
        ),
        golive=golive,
        plan=Plan(checks={each.id: each for each in map(_planned, told["checks"])}),
        redactor=redactor,
        sandbox=told["sandbox"],
        notes=tuple(told["notes"]),
        known_ids=frozenset(told["known_ids"]),
    )


def _planned(told: Mapping[str, Any]) -> PlannedCheck:
    return PlannedCheck(
        **{
            **told,
            "rules": tuple(told["rules"]),
            "suites": tuple(map(Suite, told["suites"])),
            "severity": Severity(told["severity"]),
            "effects": Effects(told["effects"]),
        }
    )


def _environment(environment: Environment) -> dict[str, Any]:
    told = {field.name: getattr(environment, field.name) for field in fields(environment)}
    return {**told, "targets": {name: _target(target) for name, target in environment.targets.items()}}


def _target(target: Target) -> dict[str, Any]:
    told = {field.name: getattr(target, field.name) for field in fields(target)}
    keys = {name: [secret.name, secret.reveal()] for name, secret in target.credentials.items()}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in told.items()}
    return plain | {"credentials": keys, "budget": None if target.budget is None else asdict(target.budget)}


def _environment_of(told: Mapping[str, Any]) -> Environment:
    targets = {name: _target_of(target) for name, target in told["targets"].items()}
    return Environment(**{**told, "allow": tuple(told["allow"]), "targets": targets})


def _target_of(told: Mapping[str, Any]) -> Target:
    keys = {name: Secret(value, name=called) for name, (called, value) in told["credentials"].items()}
    budget = None if told["budget"] is None else CallBudget(**told["budget"])
    lists = {name: tuple(told[name]) for name in ("uses", "forbidden")}
    return Target(**{**told, **lists, "credentials": keys, "budget": budget})
