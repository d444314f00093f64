"""What changed over the repository's history stands in the change log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pytest_golive.facts.finding import NotVerified
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.changes import entries as change_entries
from pytest_golive.papers.changes.entries import Dated
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.alert_thresholds import thresholds_in
from pytest_golive.source.code import code_of
from pytest_golive.source.git import NoGit
from pytest_golive.source.session_ids import builders_in
from pytest_golive.source.value_changes import Change, changes_over, only
from pytest_golive.source.values import values_in
from pytest_golive.source.versions import Span, Step, is_in_git, span_since, steps_of

KEY = "operations.change_log"
SOURCE = "source.repository"
MOST_BUILDERS = 20
SHOWN = 5

RETRY = re.compile(r"retr(?:y|ies)|attempt|back_?off|jitter", re.IGNORECASE)
POLL = re.compile(r"poll", re.IGNORECASE)
CONCURRENCY = re.compile(
    r"concurren|parallel|in_?flight|max_?(?:calls|connections|workers|threads|requests)|worker_?(?:count|pool|s$)|pool_?size"
    r"|semaphore",
    re.IGNORECASE,
)
SESSION = re.compile(r"session", re.IGNORECASE)
OWN = re.compile(r"smoke|_exception$|^switches|timeout_exception", re.IGNORECASE)
"""Settings that tell golive something, and configure no environment."""

RETRY_WORDS = r"retr(?:y|ies)|attempt|back-?off|jitter|wiederhol|versuch|reintent|intentos|tentativ|repeti"
POLL_WORDS = r"poll|abfrag|sonde|consulta|async|status (?:request|check)"
CONCURRENCY_WORDS = (
    r"concurren|parallel|workers?\b|at (?:once|the same time)|connections?|threads?|limit|gleichzeitig|simult[aâ]ne"
    r"|concorr"
)
SESSION_WORDS = r"session|sitzung|sesi[oó]n|sess[aã]o|sess[oõ]es|conversation|unterhaltung|conversaci|conversa"
ALERT_WORDS = r"alert|alarm|threshold|schwell|umbral|limiar|limit"

SCALES = (1, 1000, 1 / 60, 1 / 3600, 100, 0.001)
"""Seconds as milliseconds, minutes or hours; a share as percent."""

Reads = Callable[[str, str], dict[str, str]]


def test_configuration_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """Each value of an environment's configuration that changed has an entry.

    If this fails: add one entry for each value that the finding names, with who changed it and why.
    """
    history = _history(golive)
    changed = [change for change in _changes(golive, history, planned) if _configures(change, golive, planned)]
    missing = [change.told for change in changed if not _named(history, change, _words(change.name))]
    _must(
        golive,
        history,
        "a change of an environment's configuration has to have an entry",
        "an entry that names it",
        missing,
    )


def test_session_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """A change of how session ids are made has an entry.

    If this fails: add the entry: users lose their conversations when ids are made another way.
    """
    history = _history(golive)
    changed = only(_changes(golive, history, planned), lambda name: bool(SESSION.search(name)))
    missing = [change.told for change in changed if not _named(history, change, SESSION_WORDS)]
    for place in _builders_changed(golive, history):
        golive.warn(f"{place}: session ids are made by other code: see that they stay as they were, or add an entry")
    _must(
        golive, history, "a change of how session ids are made has to have an entry", "an entry about sessions", missing
    )


def test_retry_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """A change of a retry setting has an entry with the old and the new value.

    If this fails: add the entry with both values. If nobody knows why it changed, take it back.
    """
    history = _history(golive)
    changed = only(_changes(golive, history, planned), lambda name: bool(RETRY.search(name)) and not POLL.search(name))
    missing = list(_without_values(history, changed, RETRY_WORDS))
    _must(
        golive, history, "a change of retries has to have an entry", "an entry with the old and the new value", missing
    )


def test_polling_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """A change of the pause or the budget of polling has an entry with the old and the new value.

    If this fails: add the entry with both values. If nobody knows why it changed, take it back.
    """
    history = _history(golive)
    changed = only(_changes(golive, history, planned), lambda name: bool(POLL.search(name)))
    missing = list(_without_values(history, changed, POLL_WORDS))
    _must(
        golive, history, "a change of polling has to have an entry", "an entry with the old and the new value", missing
    )


def test_concurrency_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """A change of how many calls are made at the same time has an entry with the old and the new value.

    If this fails: add the entry with both values. If 429 began with a raise, take it back.
    """
    history = _history(golive)
    changed = only(_changes(golive, history, planned), _is_of_calls_at_once)
    missing = list(_without_values(history, changed, CONCURRENCY_WORDS))
    _must(
        golive,
        history,
        "a change of the number of calls at the same time has to have an entry",
        "an entry with the old and the new value",
        missing,
    )


def test_alert_changes_are_logged(golive: Golive, planned: PlannedCheck) -> None:
    """A change of an alert's threshold has an entry with the old and the new value.

    If this fails: add the entry with both values. Set thresholds back that were raised only to end a noise.
    """
    del planned
    history = _history(golive)
    changed: list[Change] = []
    for path in golive.reviews.alert_files:
        told = _told(history.folder, path)
        if told is not None:
            changed += history.changes(told, thresholds_in)
    limits = history.changes(golive.papers.manifest, values_in)
    changed += only(limits, lambda name: name.startswith("monitoring.alert_limits."))
    missing = [told for each in changed for told in _without_values(history, [each], _alert_words(each.name))]
    if not golive.reviews.alert_files and not golive.sandbox:
        golive.note("golive.yaml names no files under monitoring.alerts: only its own limits were compared")
    _must(
        golive,
        history,
        "a change of an alert's threshold has to have an entry",
        "an entry with the old and the new value",
        missing,
    )


class _History:
    """The history of the team's files beside its change log."""

    def __init__(self, folder: Path, span: Span, entries: tuple[Dated, ...], within: int, log: str) -> None:
        self.folder = folder
        self.span = span
        self.entries = entries
        self.within = within
        self.log = log

    def changes(self, path: str, reads: Reads) -> tuple[Change, ...]:
        """Return the values of a file that changed.

        Raises:
            NotVerified: git cannot tell.
        """
        try:
            steps: tuple[Step, ...] = steps_of(self.folder, path, self.span)
        except NoGit as problem:
            raise NotVerified(f"{path} has no history that could be compared: {problem}", key=SOURCE) from None
        return changes_over(path, steps, partial(reads, path), is_release=self.span.is_release)

    def near(self, change: Change) -> tuple[Dated, ...]:
        """Return the entries that may be about a change; of one that is released now, those of today as well."""
        days = (*change.days, datetime.now(UTC).date()) if self.span.is_release else change.days
        return change_entries.near(self.entries, days, self.within)


def _history(golive: Golive) -> _History:
    __tracebackhide__ = True
    papers = golive.papers
    logs = asked.named(papers, papers.change_log, KEY, "nothing says where changes are written down")
    entries = change_entries.dated_entries(logs)
    try:
        with golive.source.under_git() as repository:
            folder = repository if golive.source.example else papers.folder
            span = span_since(folder, papers.change_log.partition("#")[0])
            _must_be_kept(golive, folder)
    except NoGit as problem:
        golive.not_verified(
            f"source.repository has no history of git that could be compared with {papers.change_log}: {problem}",
            key=SOURCE,
        )
    return _History(folder, span, entries, papers.change_days, ", ".join(paper.name for paper in logs))


def _must_be_kept(golive: Golive, folder: Path) -> None:
    """End the check where git keeps nothing that could be compared; the example project has no golive.yaml."""
    named = (*golive.source.configuration_files(), *golive.reviews.alert_files)
    files = [golive.papers.manifest, *(told for path in named if (told := _told(folder, path)) is not None)]
    if not golive.sandbox and not any(is_in_git(folder, file) for file in files):
        golive.not_verified(f"source.repository: git keeps no version of {', '.join(files[:SHOWN])}", key=SOURCE)


def _changes(golive: Golive, history: _History, planned: PlannedCheck) -> tuple[Change, ...]:
    """Return what changed about a vendor in golive.yaml, and in the files of configuration that it names."""

    def made() -> tuple[Change, ...]:
        found = [
            change
            for change in history.changes(golive.papers.manifest, values_in)
            if _is_about(change.name, golive, planned)
        ]
        others = sorted(set(golive.environment.targets) - {planned.vendor})
        for path in golive.source.configuration_files():
            told = _told(history.folder, path)
            if told is not None:
                changes = history.changes(told, values_in)
                found += [each for each in changes if not any(other in each.name.casefold() for other in others)]
        return tuple(found)

    changes: tuple[Change, ...] = golive.once(("changed values", planned.vendor), made)
    return changes


def _builders_changed(golive: Golive, history: _History) -> Iterator[str]:
    """Yield where the code that makes session ids was changed, without an entry about sessions."""
    with golive.source.under_git() as repository:
        files = [file for file in code_of(repository) if builders_in(file.path, file.text)][:MOST_BUILDERS]
        for file in files:
            told = _told(history.folder, repository / file.path)
            for change in history.changes(told, builders_in) if told is not None else ():
                if not _named(history, change, SESSION_WORDS):
                    yield f"{file.path}, {change.places[-1]} of {change.days[-1]}"


def _told(folder: Path, path: Path) -> str | None:
    """Return a file as seen from a folder, None where it lies outside: its history is another one's."""
    full = path.resolve()
    return full.relative_to(folder.resolve()).as_posix() if full.is_relative_to(folder.resolve()) else None


def _is_about(name: str, golive: Golive, planned: PlannedCheck) -> bool:
    """Whether a value of golive.yaml is about what a vendor is called with: in an environment, or by a client."""
    if re.match(rf"environments\.[^.]+\.vendors\.{re.escape(planned.vendor)}\.", name):
        return True
    client = re.match(r"clients\.([^.]+)\.environ\.", name)
    return client is not None and client[1] in {
        setup.name for setup in golive.clients.setups.values() if setup.vendor == planned.vendor
    }


def _is_of_calls_at_once(name: str) -> bool:
    """Whether a value limits the service's calls; golive's own budget limits golive."""
    return bool(CONCURRENCY.search(name)) and ".budget." not in name


def _configures(change: Change, golive: Golive, planned: PlannedCheck) -> bool:
    """Whether a value configures an environment, and has no rule of its own."""
    if any(each.search(change.name) for each in (RETRY, POLL, SESSION, CONCURRENCY)):
        return False
    if change.file != golive.papers.manifest:
        return True
    inner = re.match(rf"environments\.[^.]+\.vendors\.{re.escape(planned.vendor)}\.(\w+)\.?(.*)", change.name)
    if inner is None:
        return False  # of a client that golive drives
    return inner[1] not in {"budget", "rotation", "uses", "forbidden"} and not OWN.search(inner[2])


def _words(name: str) -> str:
    """Return how a value may be called: by its whole name, or by the words of it that say something."""
    own = re.sub(r"\.(?:env|file|command|keyring|value)$", "", name)
    own = own.rpartition(".")[2]
    parts = [each for each in re.split(r"[_\-\s]+|(?<=[a-z])(?=[A-Z])", own) if each]
    telling = [part for part in parts if len(part) > 3 and part.casefold() not in _SILENT] or parts
    loose = [r"\b" + re.escape(part.removesuffix("s")) for part in telling]
    return "|".join([re.escape(own), *loose, *(words for part, words in _ALSO.items() if part in own.casefold())])


_SILENT = {
    "seconds",
    "milliseconds",
    "uppzy",
    "minutes",
    "value",
    "default",
    "settings",
    "ids",
    "name",
    "request",
    "sync",
}
_ALSO = {
    "url": r"address|\bhost\b|endpoint|adresse|direcci|endereço",
    "timeout": r"time-?out|time limit|zeitlimit|tiempo de espera|tempo limite",
    "tenant": r"mandant|inquilino|workspace",
    "site": r"domain|website|sitio",
    "concurren": r"parallel|concurren|gleichzeitig|worker|simult",
    "key": r"credential|secret|schlüssel|clave|chave",
}
"""Part of a name -> how else it is called."""


def _alert_words(name: str) -> str:
    """Return how the change of an alert may be called: by what it is, or by the alert's name, its words apart."""
    alert = re.sub(r" \(.*| #\d+$", "", name.rpartition(".")[0])
    apart = r"[\s_-]*".join(re.escape(part) for part in re.split(r"[\s_-]+|(?<=[a-z])(?=[A-Z])", alert))
    return f"{ALERT_WORDS}|{apart}" if alert else ALERT_WORDS


def _named(history: _History, change: Change, words: str) -> bool:
    entries = history.near(change)
    if change_entries.naming(entries, words):
        return True
    # A value that stands for itself, as an id or an address, is a name as well.
    return len(change.new) > 5 and bool(change_entries.naming(entries, re.escape(change.new)))


def _without_values(history: _History, changes: Sequence[Change], words: str) -> Iterator[str]:
    for change in changes:
        entries = change_entries.naming(history.near(change), f"{words}|{re.escape(change.name.rpartition('.')[2])}")
        if not entries:
            yield change.told
        elif not change_entries.tells_both(entries, change.values, SCALES):
            nearest = min(entries, key=lambda each: len(each.text))
            yield f"{change.told}, and {nearest.place} does not tell both values"


def _must(golive: Golive, history: _History, requirement: str, expected: str, missing: Sequence[str]) -> None:
    __tracebackhide__ = True
    more = f"; and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    golive.must(
        requirement,
        not missing,
        expected=f"{expected}, within {history.within} days",
        actual=f"{history.log} has none about {'; '.join(missing[:SHOWN])}{more}",
    )
    if history.span.is_cut:
        golive.cannot_tell(
            requirement,
            expected="the whole history",
            actual="it is cut off here (a shallow clone): fetch all of it, as with fetch-depth: 0",
        )
    golive.note(f"changes were looked at since {history.span.begin}")
