"""The versions of a file in a repository's history, along the line that is released: a merge is one change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pytest_golive.source.git import NoGit, asked, contents, told

RECENT = "90 days ago"
"""How far back is looked where neither a release nor the first entry of a log tells where to begin."""

NOTHING = "0" * 40
"""What git calls a file that is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a file.

    Attributes:
        commit: the first digits of its id; empty for what is not committed yet.
        days: when it was written, by its author's calendar, and when it came into this history.
        before: what the file held; None where it was not there.
        after: what it holds since; None where it is gone.
    """

    commit: str
    days: tuple[date, ...]
    before: bytes | None
    after: bytes | None

    @property
    def place(self) -> str:
        """The commit, as people name it."""
        return f"commit {self.commit}" if self.commit else "what is not committed yet"


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a history that is looked at.

    Attributes:
        arguments: how git is told.
        begin: where it begins, for a reader.
        is_release: whether it begins with the last release.
        is_cut: whether this clone may not hold all of it.
    """

    arguments: tuple[str, ...]
    begin: str
    is_release: bool
    is_cut: bool


def span_since(folder: Path, log: str) -> Span:
    """Return the part of the history that a change log has to know: since the last release, and since there is a log.

    Args:
        folder: where the files lie.
        log: the change log, seen from there.

    Raises:
        NoGit: there is no repository, or it has no commit.
    """
    asked(folder, "rev-parse", "--verify", "HEAD")
    cut = asked(folder, "rev-parse", "--is-shallow-repository").strip() == "true"
    tag = _tag_before(folder)
    begun = _first_commit(folder, log)
    if tag and (not begun or _is_before(folder, begun, tag)):
        return Span((f"{tag}..HEAD",), f"the release {tag}", is_release=True, is_cut=cut)
    if begun:
        return Span((f"{begun}..HEAD",), "the first version of the change log", is_release=False, is_cut=cut)
    return Span((f"--since={RECENT}", "HEAD"), RECENT, is_release=False, is_cut=cut)


def steps_of(folder: Path, path: str, span: Span) -> tuple[Step, ...]:
    """Return the changes of a file, the oldest first, under all names it had; what is not committed yet is the last.

    Args:
        folder: where git is asked.
        path: the file, seen from there.
        span: the part of the history.

    Raises:
        NoGit: git does not answer, or this clone leaves out what files held.
    """
    found: list[tuple[str, tuple[date, ...], str, str]] = []
    commit: str = ""
    days: tuple[date, ...] = ()
    form = ("--date=short", "--format=commit %H %ad %cd", "--raw", "--no-abbrev")
    listing = ("log", "--follow", "--first-parent", "-m", *form)
    for line in told(folder, *listing, *span.arguments, "--", path):
        if line.startswith(b"commit "):
            _, commit, *told_days = line.decode("ascii").split()
            days = tuple(map(date.fromisoformat, told_days))
        elif line.startswith(b":"):
            before, after = line.split(b" ")[2:4]
            found.append((commit, days, before.decode("ascii"), after.decode("ascii")))
    names = {name for each in found for name in each[2:] if not name.startswith(NOTHING)}
    blobs = contents(folder, sorted(names))
    if names - set(blobs):
        raise NoGit("this clone leaves out what files held: fetch it without --filter")
    steps = [Step(name[:10], when, blobs.get(old), blobs.get(new)) for name, when, old, new in reversed(found)]
    return (*steps, *_uncommitted(folder, path))


def is_in_git(folder: Path, path: str) -> bool:
    """Whether git keeps a file, seen from a folder."""
    try:
        asked(folder, "rev-parse", "--verify", "--quiet", f"HEAD:./{path}")
    except NoGit:
        return False
    return True


def _uncommitted(folder: Path, path: str) -> Sequence[Step]:
    try:
        head = asked(folder, "rev-parse", "--verify", "--quiet", f"HEAD:./{path}").strip()
        here = (folder / path).read_bytes()
    except (NoGit, OSError):
        return ()
    there = contents(folder, [head]).get(head)
    # What a checkout makes of line ends is no change.
    if there is None or there.replace(b"\r\n", b"\n") == here.replace(b"\r\n", b"\n"):
        return ()
    return (Step("", (datetime.now(UTC).date(),), there, here),)


def _tag_before(folder: Path) -> str:
    try:
        return asked(folder, "describe", "--tags", "--abbrev=0", "--first-parent", "HEAD^").strip()
    except NoGit:
        return ""


def _first_commit(folder: Path, log: str) -> str:
    """Return the commit that added a file, under whatever name; empty where the history does not have it."""
    if not log or not (folder / log).is_file():
        return ""
    try:
        told_lines = asked(
            folder, "log", "--follow", "--first-parent", "-m", "--diff-filter=A", "--format=%H", "HEAD", "--", log
        )
    except NoGit:
        return ""
    return next(reversed(told_lines.split()), "")


def _is_before(folder: Path, one: str, other: str) -> bool:
    try:
        asked(folder, "merge-base", "--is-ancestor", one, other)
    except NoGit:
        return False
    return True
