"""No key lies in a file, in the history of the repository, or in what everybody can download."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.files import Searched
from pytest_golive.source.git import NoGit
from pytest_golive.source.history import History
from pytest_golive.source.leaks import Leak

SHOWN = 10


def test_key_is_in_no_file(golive: Golive, planned: PlannedCheck) -> None:
    """No file that a team would commit holds a key: configured ones in every encoding, and what looks like one.

    If this fails: take the key out, replace it at the vendor (it is in the history too), and read it from a store.
    """
    found: Searched = golive.once("keys in files", lambda: golive.source.search(golive.searcher))
    hints, told = golive.once("hints of scanners", golive.source.hints)
    for line in told:
        golive.note(line)
    _judge(
        golive,
        planned,
        (*found.leaks, *hints),
        requirement="no file of the repository may hold a key",
        expected=f"{found.files} files without it",
    )
    if found.partial:
        golive.note(f"too large or encrypted, and not looked into: {', '.join(found.partial[:SHOWN])}")


def test_key_is_in_no_commit(golive: Golive, planned: PlannedCheck) -> None:
    """No commit of any branch, tag or stash has ever held a key.

    If this fails: replace the key at the vendor first; then list its fingerprint in source.revoked, or rewrite history.
    """

    def looked() -> History | str:
        try:
            return golive.source.search_history(golive.searcher)
        except NoGit as problem:
            return str(problem)

    history: History | str = golive.once("keys in history", looked)
    if isinstance(history, str):
        golive.not_verified(
            f"the history of {golive.repository.name} cannot be read: {history}", key="source.repository"
        )
        return
    _judge(
        golive,
        planned,
        history.leaks,
        requirement="no commit may hold a key",
        expected=f"{history.objects} versions of files and messages without it",
    )
    if history.shallow:
        golive.not_verified(
            "only the newest commits are here; fetch all of them (actions/checkout: fetch-depth: 0)",
            key="source.repository",
        )
    if history.filtered:
        golive.not_verified(
            "this clone leaves out files until somebody asks for them; make one without --filter",
            key="source.repository",
        )
    if history.partial:
        golive.note(f"too large or encrypted, and not unpacked: {history.partial} versions of files")


def test_delivered_files_hold_no_key(golive: Golive, planned: PlannedCheck) -> None:
    """What is delivered to browsers or apps, source maps included, holds no key.

    If this fails: replace the key at once, everybody can read it; let your own server make the calls that need it.
    """
    found: Searched = golive.once("keys in bundles", lambda: golive.source.search_bundles(golive.searcher))
    if not found.files and (golive.source.bundles or golive.source.front_ends()):
        named = ", ".join(golive.source.bundles) or "what a front end is built into"
        golive.not_verified(f"{named} is not there: build it before this run", key="source.bundles")
    _judge(
        golive,
        planned,
        found.leaks,
        requirement="nothing that is delivered to browsers or apps may hold a key",
        expected=f"{found.files} files without it",
    )
    if not found.files:
        golive.note("nothing here is delivered to browsers or apps")


def test_logs_hold_no_key(golive: Golive, planned: PlannedCheck) -> None:
    """No log holds a key, in whatever encoding.

    If this fails: replace the key, delete the lines from the log store too, and log no headers and no bodies.
    """
    source = golive.source
    if not source.logs:
        golive.not_verified("source.logs is missing: nothing says what the integration logs", key="source.logs")
    found: Searched = golive.once("keys in logs", lambda: source.search_logs(golive.searcher))
    if not found.files:
        golive.not_verified(f"{', '.join(source.logs)} is not there: no log to look through", key="source.logs")
    _judge(
        golive,
        planned,
        found.leaks,
        requirement="no log may hold a key",
        expected=f"{found.files} logs without it",
    )


def _judge(golive: Golive, planned: PlannedCheck, leaks: Sequence[Leak], *, requirement: str, expected: str) -> None:
    """Fail on what opens a door, and warn of the rest; keys of other vendors are their checks' concern."""
    others = set(golive.environment.targets) - {planned.vendor}
    mine = [leak for leak in leaks if leak.vendor not in others]
    golive.leaked(mine)
    for leak in mine:
        if leak.level == "warned":
            golive.warn(leak.told())
    failed = [leak for leak in mine if leak.level == "failed"]
    more = f"; and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
    golive.must(
        requirement,
        not failed,
        expected=expected,
        actual="; ".join(leak.told() for leak in failed[:SHOWN]) + more,
    )
