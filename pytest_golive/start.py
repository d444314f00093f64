"""From the command line and golive.yaml to a run: everything that can be wrong is told before anything starts."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pytest_golive import clienting, recording, remembering, reviewing
from pytest_golive.cassettes.environments import with_recorded_values
from pytest_golive.cassettes.shelf import Shelf
from pytest_golive.clients.setup import Setup as ClientSetup
from pytest_golive.conduct import Conductor
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal, Unwritten
from pytest_golive.exchange.pace import Budgets
from pytest_golive.fixtures import GOLIVE
from pytest_golive.golive import Golive
from pytest_golive.handlers.setup import Setup
from pytest_golive.handling import cases_of, example_setups, features_of, labs_of, setups_of
from pytest_golive.manifest.environment import Environment, resolve, resolve_what_is_there
from pytest_golive.manifest.load import load_manifest
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import Manifest
from pytest_golive.manifest.questions import read_questions
from pytest_golive.opening import open_files
from pytest_golive.options import SANDBOX, Choice
from pytest_golive.papers.named import Papers, papers_of
from pytest_golive.people.register import Register
from pytest_golive.progress import Progress
from pytest_golive.readiness.plan import Ground, Plan, make_plan
from pytest_golive.readiness.provenance import hashes
from pytest_golive.report.files import CannotWrite
from pytest_golive.review.reviews import Watching
from pytest_golive.rotation.past import Past
from pytest_golive.run import Run, budgets_path, journal_path
from pytest_golive.sandbox import rehearsal
from pytest_golive.sandbox.rehearsal import EXAMPLE, rehearse
from pytest_golive.sandbox.world import VENDORS, Sandbox
from pytest_golive.source.files import SourceFiles
from pytest_golive.source.named import source_files
from pytest_golive.vendors.keys import keys_for
from pytest_golive.vendors.library import general_rules, read_pack, read_rules
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Rule
from pytest_golive.vouching import files_of, people_of, registered, rehearsed

MANIFEST = "golive.yaml"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run is made of.

    Attributes:
        project: name of the integration.
        environments: every environment of the integration, by name.
        repository: the integration's files.
        not_applicable: rule id -> why and who says so.
        shelf: the recordings of the chosen environment.
        source: the integration's files, with their history and what is delivered of them.
        papers: what golive.yaml names under `operations`.
        questions_file: what the assistant is asked; read once, so that its mistakes are told now.
        handlers: the webhook handlers that are tested.
        clients: the API clients that are tested.
        register: what people vouch for and accept.
        hashed: files that the verdict rests upon, by the names it tells them by.
        watching: where the traffic can be looked at.
        history: URL of the database that runs are kept in.
        notes: what a reader has to know besides.
    """

    project: str
    environments: Mapping[str, Environment]
    repository: Path
    not_applicable: Mapping[str, str]
    shelf: Shelf
    source: SourceFiles
    papers: Papers
    notes: tuple[str, ...] = ()
    questions_file: Path | None = None
    handlers: tuple[Setup, ...] = ()
    clients: tuple[ClientSetup, ...] = ()
    register: Register = field(default_factory=Register)
    hashed: Mapping[str, Path] = field(default_factory=dict)
    watching: Watching | None = None
    history: Secret | None = None


def start(config: pytest.Config, choice: Choice) -> None:
    """Begin a run.

    Raises:
        pytest.UsageError: golive.yaml, a credential, a rule id or a file of the run is not right.
    """
    try:
        prepared = _rehearsed(config, choice) if choice.environment == SANDBOX else _configured(config, choice)
        run = _run(config, choice, prepared)
        _install(config, run)
        if not choice.dry:
            recording.begin(run.golive.recordings)
            open_files(config, run)
    except (Mistakes, CannotWrite) as error:
        raise pytest.UsageError(str(error)) from error


def _configured(config: pytest.Config, choice: Choice) -> Prepared:
    path = choice.manifest or config.rootpath / MANIFEST
    if not path.is_file():
        raise pytest.UsageError(
            f"{choice.option} {choice.environment}: {path} is not there; "
            f"`golive init` writes one, and {choice.option} {SANDBOX} needs none"
        )
    keys = keys_for(path)
    manifest = load_manifest(path, keys)
    shelf = recording.shelf_of(config, choice, manifest, path.parent)
    recording.check_before(config, choice, shelf)
    recorded = recording.replayed(choice, shelf)
    if recorded:
        # Nothing is asked: what cannot be read here was recorded, and keys are needed by nobody.
        chosen = resolve_what_is_there(manifest, choice.environment, path.parent, keys, run_commands=False)
    else:
        chosen = resolve(manifest, choice.environment, path.parent, keys)
    # The others are only compared with: what cannot be read of them here is not verified, and stops nothing.
    others = [
        resolve_what_is_there(
            manifest, name, path.parent, keys, run_commands=name == chosen.releases_to and not recorded
        )
        for name in manifest.environments
        if name != chosen.name
    ]
    register = registered(config, choice, manifest, path.parent)
    history, unkept = remembering.history_of(manifest, path.parent.resolve())
    return Prepared(
        project=manifest.project,
        environments={
            environment.name: with_recorded_values(environment, recorded.get(environment.name))
            for environment in (chosen, *others)
        },
        shelf=shelf,
        repository=(path.parent / manifest.source.repository).resolve(),
        source=source_files(manifest, path.parent.resolve()),
        papers=papers_of(manifest, path.parent.resolve(), path.name),
        not_applicable=register.not_applicable,
        register=register,
        hashed=files_of(register, path),
        notes=unkept,
        questions_file=_questions_file(manifest, path.parent),
        handlers=setups_of(manifest, chosen, path.parent.resolve(), makes_up=bool(recorded)),
        clients=clienting.setups_of(manifest, chosen, path.parent.resolve()),
        watching=reviewing.watching_of(manifest, path.parent.resolve()),
        history=history,
    )


def _questions_file(manifest: Manifest, folder: Path) -> Path | None:
    if manifest.questions is None:
        return None
    return read_questions(folder / manifest.questions).path


def _rehearsed(config: pytest.Config, choice: Choice) -> Prepared:
    path = choice.manifest or config.rootpath / MANIFEST
    vendors = tuple(VENDORS)
    project = "golive example"
    notes: tuple[str, ...] = ()
    manifest = None
    if path.is_file():
        manifest = load_manifest(path, keys_for(path))
        named = {vendor for environment in manifest.environments.values() for vendor in environment.vendors}
        embedded = tuple(vendor for vendor in VENDORS if vendor in named)
        vendors = embedded or tuple(VENDORS)
        project, notes = manifest.project, _not_embedded(named)
    shelf = recording.shelf_of(config, choice, manifest, path.parent)
    recording.check_before(config, choice, shelf)
    environments = recording.replayed(choice, shelf) or _started(config, vendors)
    handlers: tuple[Setup, ...] = ()
    if manifest is None and not _asks_for(config, choice, "handler", "WH-"):
        notes = (*notes, "the example handlers are tried where they are asked for: -m 'prerelease and handler'")
    elif manifest is None:
        store = tempfile.TemporaryDirectory(prefix="golive-example-", ignore_cleanup_errors=True)
        config.add_cleanup(store.cleanup)
        handlers = example_setups(vendors, Path(store.name))
    else:
        chosen = environments[choice.environment]
        handlers = setups_of(manifest, chosen, path.parent.resolve(), makes_up=True)
    clients: tuple[ClientSetup, ...] = ()
    if manifest is not None:
        clients = clienting.setups_of(manifest, environments[choice.environment], path.parent.resolve())
    elif _asks_for(config, choice, "client", "CL-"):
        clients = clienting.example_setups(vendors)
    else:
        notes = (*notes, "the example clients are tried where they are asked for: -m 'prerelease and client'")
    register = rehearsed(vendors)
    return Prepared(
        project,
        environments,
        EXAMPLE,
        {},
        shelf,
        SourceFiles(EXAMPLE, EXAMPLE, logs=("logs/*.jsonl",), example=True),
        rehearsal.PAPERS,
        notes,
        rehearsal.QUESTIONS,
        handlers,
        clients,
        register,
        files_of(register, path if path.is_file() else None),
    )


def _asks_for(config: pytest.Config, choice: Choice, lab: str, ids: str) -> bool:
    """Whether the example programs are to be tried: trying all faults on them takes longer than all other checks."""
    asked = str(config.getoption("markexpr", "") or "")
    return lab in asked.split() or any(each.startswith(ids) for each in choice.only)


def _started(config: pytest.Config, vendors: tuple[str, ...]) -> Mapping[str, Environment]:
    """Start the embedded vendors; return the environments they are."""

    def wrapped(vendor: str, app: object) -> object:
        return config.hook.pytest_golive_sandbox(vendor=vendor, app=app) or app

    sandbox = Sandbox(vendors, wrap=wrapped)  # type: ignore[arg-type]  # a hook's answer is the project's own
    sandbox.start()
    config.add_cleanup(sandbox.stop)
    return rehearse(sandbox)


def _not_embedded(named: Collection[str]) -> tuple[str, ...]:
    left_out = sorted(set(named) - set(VENDORS))
    return (f"the sandbox has no {', '.join(left_out)}: the rehearsal leaves it out",) if left_out else ()


Books = list[tuple[Pack, tuple[Rule, ...]]]


def _books(chosen: Environment) -> Books:
    return [(read_pack(vendor), (*read_rules(vendor), *general_rules())) for vendor in chosen.targets]


def _planned(choice: Choice, prepared: Prepared, books: Books, known: frozenset[str]) -> Plan:
    chosen = prepared.environments[choice.environment]
    ground = Ground(
        environment=chosen.name,
        suites=choice.suites,
        production=chosen.production,
        releases_to=chosen.releases_to if chosen.releases_to in prepared.environments else None,
        sandbox=choice.environment == SANDBOX,
        only=choice.only & known,
        features={
            pack.vendor: features_of(pack, chosen.targets[pack.vendor].features, prepared.handlers) for pack, _ in books
        },
        forbidden={name: target.forbidden for name, target in chosen.targets.items()},
        handlers=cases_of(prepared.handlers),
        clients=clienting.cases_of(prepared.clients),
        allow=chosen.allow,
        monitored=reviewing.monitored(prepared.watching, rehearsal=choice.environment == SANDBOX),
        not_applicable=prepared.not_applicable,
        recorded=recording.recorded_here(choice, prepared.shelf),
        people=people_of(prepared.register, choice),
    )
    if choice.only and not ground.only:
        return Plan()  # only rules of the team's own tests were asked for
    return make_plan(ground, books)


def _left_out(choice: Choice, prepared: Prepared, books: Books, known: frozenset[str]) -> tuple[str, ...]:
    """Return the rules that --golive-only leaves out of the plan: `golive join` misses them."""
    if not choice.only or choice.dry:
        return ()
    whole = _planned(replace(choice, only=frozenset()), prepared, books, known)
    return tuple(dict.fromkeys(rule.rule.id for rule in whole.rules if rule.rule.id not in choice.only))


def _run(config: pytest.Config, choice: Choice, prepared: Prepared) -> Run:
    books = _books(prepared.environments[choice.environment])
    known = frozenset(rule.id for _, book in books for rule in book)
    redactor = Redactor()
    for environment in prepared.environments.values():
        for target in environment.targets.values():
            for secret in target.credentials.values():
                redactor.add(secret)
    if prepared.history is not None:
        redactor.add(prepared.history)
    run_id = secrets.token_hex(4)
    recordings = None
    if not choice.dry:
        recordings = recording.recordings_of(choice, prepared.shelf, run_id, prepared.environments, redactor)
    replays = recordings is not None and recordings.replays
    golive = Golive(
        prepared.environments,
        choice.environment,
        run=run_id,
        sandbox=choice.environment == SANDBOX,
        redactor=redactor,
        journal=Unwritten() if replays else Journal(journal_path(config.rootpath)),
        repository=prepared.repository,
        recordings=recordings,
        shelf=prepared.shelf,
    )
    golive.questions_file = prepared.questions_file
    golive.source = prepared.source
    golive.papers = prepared.papers
    golive.reviews = reviewing.reviews_of(prepared.watching, prepared.environments, redactor)
    if not golive.sandbox:
        golive.past = Past(config.rootpath, prepared.project, prepared.history)
    golive.labs = labs_of(prepared.handlers, redactor)
    golive.clients = clienting.labs_of(prepared.clients, redactor, clienting.behind(golive))
    golive.budgets = Budgets(None if golive.sandbox else budgets_path(config.rootpath), run_id)
    return Run(
        id=run_id,
        project=prepared.project,
        root=config.rootpath,
        choice=choice,
        golive=golive,
        plan=_planned(choice, prepared, books, known),
        redactor=redactor,
        sandbox=choice.environment == SANDBOX,
        notes=prepared.notes,
        known_ids=known,
        register=prepared.register,
        hashes=hashes(prepared.hashed, prepared.environments[choice.environment].targets),
        history=prepared.history,
        left_out=_left_out(choice, prepared, books, known),
    )


def _install(config: pytest.Config, run: Run) -> None:
    config.stash[GOLIVE] = run.golive
    conductor = Conductor(config, run)
    config.pluginmanager.register(conductor, "golive-conductor")
    config.pluginmanager.register(Progress(run, conductor.busy), "golive-progress")
    recording.install(config, run)
    config.add_cleanup(run.golive.close)
