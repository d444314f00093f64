"""With xdist: from the controller to its workers, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from pytest_golive import clienting, recording, reviewing
from pytest_golive.cassettes.shelf import Shelf
from pytest_golive.cassettes.standin import secret_of
from pytest_golive.clients import setup as client_setup
from pytest_golive.conduct import Conductor
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal, Unwritten
from pytest_golive.exchange.pace import Budgets
from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.fixtures import GOLIVE
from pytest_golive.golive import Golive
from pytest_golive.handlers import setup
from pytest_golive.handling import labs_of
from pytest_golive.manifest.environment import CallBudget, Environment, Target
from pytest_golive.options import Choice
from pytest_golive.papers.named import papers_received, papers_told
from pytest_golive.readiness.plan import Plan, PlannedCheck
from pytest_golive.rotation.past import Past
from pytest_golive.run import Run, budgets_path, journal_path
from pytest_golive.source.named import source_received, source_told
from pytest_golive.vendors.library import add_pack, own_packs


def sent(run: Run, *, stealing: bool = False) -> str:
    """Return all a worker needs as JSON: plan, addresses and keys, so that each source is read once a run.

    It travels through xdist's own pipe to the worker and is written nowhere.

    Args:
        run: the controller's run.
        stealing: whether xdist may take back tests that it has handed out.
    """
    choice = run.choice
    return json.dumps(
        {
            "id": run.id,
            "project": run.project,
            "root": str(run.root),
            "sandbox": run.sandbox,
            "repository": str(run.golive.repository),
            "packs": [str(folder) for folder in own_packs().values()],
            "questions_file": None if run.golive.questions_file is None else str(run.golive.questions_file),
            "notes": run.notes,
            "stealing": stealing,
            "shelf": [str(run.golive.shelf.root), run.golive.shelf.max_age_days] if run.golive.shelf else None,
            "choice": {
                "environment": choice.environment,
                "suites": sorted(choice.suites),
                "scope": choice.scope,
                "only": sorted(choice.only),
                "manifest": None if choice.manifest is None else str(choice.manifest),
                "paths_typed": choice.paths_typed,
                "option": choice.option,
                "concurrency": choice.concurrency,
                "record": choice.record,
            },
            "environments": [_environment(environment) for environment in run.golive.environments.values()],
            "checks": [asdict(planned) for planned in run.plan.checks.values()],
            "waived": dict(run.plan.waived),
            "known_ids": sorted(run.known_ids),
            "source": source_told(run.golive.source),
            "papers": papers_told(run.golive.papers),
            "watching": reviewing.told(run.golive.reviews),
            "history": None if run.history is None else [run.history.reveal(), run.history.name],
            "handlers": [setup.told(each) for each in run.golive.labs.setups.values()],
            "clients": [client_setup.told(each) for each in run.golive.clients.setups.values()],
        }
    )


def join(config: pytest.Config) -> None:
    """Take part, as a worker, in the run that the controller described."""
    told = json.loads(config.workerinput["golive"])  # type: ignore[attr-defined]
    run = received(told, config.workerinput["workerid"])  # type: ignore[attr-defined]
    config.stash[GOLIVE] = run.golive
    config.pluginmanager.register(Conductor(config, run), "golive-conductor")
    recording.install(config, run)
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
        told = {
            "incidents": run.incidents,
            "mistakes": run.mistakes,
            "outputs": run.late_output(),
            "recordings": recording.told(run),
            "waited": run.golive.budgets.waited(),
            "belonging": run.belonging,
        }
        self._config.workeroutput["golive"] = json.dumps(told)  # type: ignore[attr-defined]


def received(told: Mapping[str, Any], process: str) -> Run:
    """Return the run that :func:`sent` described."""
    for folder in told["packs"]:
        add_pack(Path(folder))
    environments = {each["name"]: _environment_of(each) for each in told["environments"]}
    choice = told["choice"]
    redactor = Redactor()
    for environment in environments.values():
        for target in environment.targets.values():
            for secret in target.credentials.values():
                redactor.add(secret)
    root = Path(told["root"])
    chosen = _choice(choice)
    shelf = None
    if told["shelf"] is not None:
        folder, max_age_days = told["shelf"]
        shelf = Shelf(Path(folder), chosen.environment, recording.suite_of(chosen), max_age_days)
    recordings = None if shelf is None else recording.recordings_of(chosen, shelf, told["id"], environments, redactor)
    golive = Golive(
        environments,
        choice["environment"],
        run=told["id"],
        sandbox=told["sandbox"],
        redactor=redactor,
        journal=Journal(journal_path(root)) if recordings is None else Unwritten(),
        repository=Path(told["repository"]),
        process=process,
        recordings=recordings,
        shelf=shelf,
    )
    golive.budgets = Budgets(None if golive.sandbox else budgets_path(root), told["id"])
    golive.source = source_received(told["source"])
    golive.papers = papers_received(told["papers"])
    golive.reviews = reviewing.reviews_of(reviewing.received(told["watching"]), environments, redactor)
    history = None if told["history"] is None else Secret(*told["history"])
    if history is not None:
        redactor.add(history)
    if not told["sandbox"]:
        golive.past = Past(root, told["project"], history)
    golive.labs = labs_of(map(setup.received, told["handlers"]), redactor)
    clients = map(client_setup.received, told["clients"])
    golive.clients = clienting.labs_of(clients, redactor, clienting.behind(golive))
    golive.questions_file = None if told["questions_file"] is None else Path(told["questions_file"])
    return Run(
        id=told["id"],
        project=told["project"],
        root=root,
        choice=chosen,
        golive=golive,
        plan=Plan(checks={each.id: each for each in map(_planned, told["checks"])}, waived=told["waived"]),
        redactor=redactor,
        sandbox=told["sandbox"],
        notes=tuple(told["notes"]),
        known_ids=frozenset(told["known_ids"]),
        stealing=told["stealing"],
    )


def _choice(told: Mapping[str, Any]) -> Choice:
    return Choice(
        environment=told["environment"],
        suites=frozenset(map(Suite, told["suites"])),
        scope=told["scope"],
        only=frozenset(told["only"]),
        manifest=None if told["manifest"] is None else Path(told["manifest"]),
        paths_typed=told["paths_typed"],
        option=told["option"],
        concurrency=told["concurrency"],
        record=told["record"],
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
    keys = {name: [secret.name, secret.reveal(), secret.fingerprint] for name, secret in target.credentials.items()}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in told.items()}
    return plain | {"credentials": keys, "budget": None if target.budget is None else asdict(target.budget)}


def _environment_of(told: Mapping[str, Any]) -> Environment:
    targets = {name: _target_of(target) for name, target in told["targets"].items()}
    return Environment(**{**told, "allow": tuple(told["allow"]), "targets": targets})


def _target_of(told: Mapping[str, Any]) -> Target:
    keys = {
        name: secret_of(value, called, fingerprint)
        for name, (called, value, fingerprint) in told["credentials"].items()
    }
    budget = None if told["budget"] is None else CallBudget(**told["budget"])
    lists = {name: tuple(told[name]) for name in ("uses", "forbidden")}
    return Target(**{**told, **lists, "credentials": keys, "budget": budget})
