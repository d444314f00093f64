"""The vendor's own library, as lock files hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_golive.credentials.search import tracked_files
from pytest_golive.source.git import NoGit, asked

_PINNED = re.compile(r"v?\d+\.\d+\.\d+[\w.+-]*")


@dataclass(frozen=True, slots=True)
class Library:
    """The vendor's library in one program.

    Attributes:
        name: as its registry knows it.
        manifest: the file that asks for it, seen from the repository.
        lock: the file that holds its version; empty where none does.
        version: the version held.
        line: the line of the lock file that holds it, from 1.
    """

    name: str
    manifest: str
    lock: str = ""
    version: str = ""
    line: int = 0


def libraries(repository: Path, names: Sequence[str]) -> list[Library]:
    """Return where one of these libraries is used, and the version that is locked there."""
    found = []
    for path in tracked_files(repository):
        for name in names:
            if path.name == "package.json" and _depends(path, name):
                found.append(_locked(repository, path, name, ("package-lock.json", "yarn.lock", "pnpm-lock.yaml")))
            elif path.name == "go.mod" and _line_with(path.read_text("utf-8", "replace"), name):
                found.append(_locked(repository, path, name, ("go.mod",)))
    return found


def days_since_change(repository: Path, library: Library) -> int | None:
    """Return how many days ago the locked version was written down; None where git cannot tell."""
    try:
        told = asked(repository, "blame", "--porcelain", f"-L{library.line},{library.line}", "--", library.lock)
    except NoGit:
        return None
    moment = re.search(r"^committer-time (\d+)$", told, re.MULTILINE)
    if moment is None:
        return None
    return (datetime.now(UTC) - datetime.fromtimestamp(int(moment[1]), UTC)).days


def _depends(path: Path, name: str) -> bool:
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError:
        return False
    groups = ("dependencies", "peerDependencies", "optionalDependencies")
    return isinstance(told, dict) and any(name in (told.get(group) or {}) for group in groups)


def _locked(repository: Path, manifest: Path, name: str, locks: Sequence[str]) -> Library:
    told = manifest.relative_to(repository).as_posix()
    for folder in (manifest.parent, *(each for each in manifest.parents if each.is_relative_to(repository))):
        for lock in locks:
            path = folder / lock
            if not path.is_file():
                continue
            text = path.read_text("utf-8", "replace")
            for number, version in _versions(text, name):
                return Library(name, told, path.relative_to(repository).as_posix(), version, number)
    return Library(name, told)


def _versions(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield line and version where a lock file holds the library: on the line that names it, or soon after."""
    lines = text.splitlines()
    exact = re.compile(rf"(?<![\w@/.-]){re.escape(name)}(?:/v\d+)?(?=[\"'@:\s(]|$)|/{re.escape(name)}(?=\":)")
    for number, line in enumerate(lines):
        match = exact.search(line)
        if match is None:
            continue
        here = re.match(r"(?:@|\s+)(v?\d+\.\d+\.\d+[\w.+-]*)", line[match.end() :])
        if here and "^" not in line and "~" not in line:
            yield number + 1, here[1]
            return
        for after in range(number + 1, min(number + 4, len(lines))):
            held = re.match(r"""\s*["']?version["']?:?\s+["']?(\S+?)["']?,?$""", lines[after])
            if held and _PINNED.fullmatch(held[1].split("(")[0]):
                yield after + 1, held[1].split("(")[0]
                return


def _line_with(text: str, name: str) -> bool:
    return re.search(rf"^\s*(?:require\s+)?{re.escape(name)}(?:/v\d+)?\s+v", text, re.MULTILINE) is not None
