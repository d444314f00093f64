"""A run that replays, completes or makes recordings: what it needs before it begins, and what it says of itself."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_golive.cassettes.aging import recorded_operations
from pytest_golive.cassettes.environments import recorded_environments
from pytest_golive.cassettes.recordings import Recordings, days_told
from pytest_golive.cassettes.shelf import FOLDER, Shelf, Unreadable
from pytest_golive.cassettes.tape import Mode
from pytest_golive.conducting.items import check_of
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.facts.chance import draw_from
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Suite
from pytest_golive.facts.scope import check_scope
from pytest_golive.manifest.environment import Environment
from pytest_golive.manifest.model import Manifest
from pytest_golive.options import SANDBOX, Choice
from pytest_golive.vendors.library import read_pack

if TYPE_CHECKING:
    from pytest_golive.run import Run


EVERY = "every-suite"
"""The name of a recording for which no suite was chosen, but a path or a rule."""

COMPARED = "recording_has_todays_structure[{}-{}]"
"""The check that compares a recording with today's answer, which is recorded itself."""


def shelf_of(config: pytest.Config, choice: Choice, manifest: Manifest | None, beside: Path) -> Shelf:
    """Return where recordings of the chosen environment lie.

    Args:
        config: pytest's configuration.
        choice: what was asked for.
        manifest: golive.yaml; None where there is none.
        beside: the folder golive.yaml lies in.
    """
    folder = config.rootpath / FOLDER if manifest is None else beside / manifest.cassettes.folder
    age = {} if manifest is None else {"max_age_days": manifest.cassettes.max_age_days}
    return Shelf((choice.cassettes or folder).resolve(), choice.environment, suite_of(choice), **age)


def suite_of(choice: Choice) -> str:
    """Return under which name the chosen suites are recorded."""
    return EVERY if len(choice.suites) == len(Suite) else "-".join(sorted(choice.suites))


def check_before(config: pytest.Config, choice: Choice, shelf: Shelf) -> None:
    """Refuse a run that could not record, or could not replay, before anything is started.

    Raises:
        pytest.UsageError: recording in several processes, a recording that cannot be read, or nothing to replay.
    """
    if choice.record is None or choice.dry:
        return
    mode = Mode(choice.record)
    if mode is not Mode.NONE and str(config.getoption("dist", "no")) != "no":
        raise pytest.UsageError(f"--golive-record {mode} records in one process: leave out -n, or add -n0")
    if mode is Mode.NONE and not shelf.has_recordings:
        first = " or ".join(sorted(choice.suites))
        raise pytest.UsageError(
            f"--golive-record none: {shelf.told(shelf.folder)} holds no recording; "
            f"make one with -m {first} {choice.option} {choice.environment} --golive-record all"
        )
    problems = shelf.problems() if mode is not Mode.ALL else []
    if problems:
        raise pytest.UsageError("\n".join(problems))


def recorded_here(choice: Choice, shelf: Shelf) -> dict[str, frozenset[str]]:
    """Return by vendor what was recorded in the chosen environment, for the suite that looks at recordings.

    Raises:
        pytest.UsageError: a recording cannot be read.
    """
    if Suite.WEEKLY not in choice.suites:
        return {}
    try:
        found = recorded_operations(shelf)
    except Unreadable as error:
        raise pytest.UsageError(str(error)) from None
    here = {
        target.partition("@")[0]: operations
        for target, operations in found.items()
        if target.partition("@")[2] == choice.environment
    }
    if choice.record != Mode.NONE:
        return here
    # A replay can compare only where the recorded run compared.
    return {
        vendor: frozenset(
            name for name in operations if shelf.path(check_scope(COMPARED.format(vendor, name))).is_file()
        )
        for vendor, operations in here.items()
    }


def replayed(choice: Choice, shelf: Shelf) -> dict[str, Environment]:
    """Return the environments that were recorded; empty where the run is no replay.

    Raises:
        pytest.UsageError: they cannot be read.
    """
    if choice.record != Mode.NONE or choice.dry:
        return {}
    try:
        environments, _ = recorded_environments(shelf)
    except Unreadable as error:
        raise pytest.UsageError(str(error)) from None
    if choice.environment not in environments:
        raise pytest.UsageError(f"{shelf.told(shelf.description)} does not describe {choice.environment}; record anew")
    return environments


def recordings_of(
    choice: Choice, shelf: Shelf, run: str, environments: Mapping[str, Environment], redactor: Redactor
) -> Recordings | None:
    """Return what plays and records the calls of a run; None where all are asked and none is kept."""
    if choice.record is None:
        return None
    vendors = {name for environment in environments.values() for name in environment.targets}
    credentials = [each for vendor in vendors for each in read_pack(vendor).credentials.values()]
    return Recordings(
        shelf,
        Mode(choice.record),
        run=run,
        environments=environments,
        redactor=redactor,
        prefixes=sorted(
            prefix for each in credentials for prefix in (each.test_prefix, each.production_prefix) if prefix
        ),
        patterns=sorted({each.pattern for each in credentials if each.pattern}),
        sandbox=choice.environment == SANDBOX,
    )


def begin(recordings: Recordings | None) -> None:
    """Write down where a recording is made.

    Raises:
        pytest.UsageError: the folder cannot be written.
    """
    if recordings is None:
        return
    try:
        recordings.begin()
    except Unreadable as error:
        raise pytest.UsageError(str(error)) from None
    except OSError as error:
        raise pytest.UsageError(f"{recordings.shelf.folder} cannot be written: {error.strerror}") from None


def install(config: pytest.Config, run: Run) -> None:
    """Give this process the run's own source of chance, and write each check's recording once it has ended."""
    config.add_cleanup(draw_from(run.golive.draws.chance))
    if run.golive.recordings is not None:
        config.add_cleanup(read_from(run.golive.recordings))
        config.pluginmanager.register(Taping(run.golive.recordings), "golive-taping")


class Taping:
    """Writes the recording of a check when the check has come to its end, and not before."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Take note of the end. An interruption is none: what was recorded so far is half a check."""
        result = yield
        self._recordings.end(check_scope(check_of(item)))
        return result


def told(run: Run) -> dict[str, Any]:
    """Return what a process says of its recordings, for the one that writes the verdict."""
    recordings = run.golive.recordings
    if recordings is None:
        return {}
    return {"incidents": recordings.incidents, "leaks": recordings.leaks, "played": recordings.played()}


def reasons(run: Run) -> list[str]:
    """Return why a run that played yesterday's answers of a real environment cannot say GO."""
    recordings = run.golive.recordings
    if recordings is None or run.sandbox or not (recordings.replays or any(recordings.played().values())):
        return []
    when = days_told(lying.label for lying in recordings.shelf.lying())
    name = run.golive.environment.name
    if recordings.replays:
        return [f"replayed from cassettes recorded {when}: {name} was not asked, so nothing is said about it today"]
    count = sum(map(len, recordings.played().values()))
    return [f"{count} answers were replayed from cassettes: {name} was not asked for them today"]


def notes(run: Run) -> list[str]:
    """Return what a reader has to know: where answers come from, and what of the recordings nobody needs."""
    recordings = run.golive.recordings
    if recordings is None:
        return []
    found = []
    if recordings.replays and run.sandbox:
        when = days_told(lying.label for lying in recordings.shelf.lying())
        found.append(f"replayed from cassettes recorded {when} from the sandbox: nothing was asked")
    if recordings.mode is not Mode.ALL and run.choice.scope == "full":
        found += recordings.unused()
    return found


def header(run: Run) -> list[str]:
    """Return the line of pytest's header that says where answers come from."""
    recordings = run.golive.recordings
    if recordings is None:
        return []
    place = recordings.shelf.told(recordings.shelf.folder)
    lines = {
        Mode.NONE: f"golive: replays {place}, nothing is asked",
        Mode.MISSING: f"golive: replays {place}, asks and records what is not there",
        Mode.ALL: f"golive: records into {place}",
    }
    return [lines[recordings.mode]]
