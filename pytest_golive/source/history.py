"""Keys in the history of a repository: every blob and message once, and the oldest commit for what is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pytest_golive.source.contents import WHOLE_BYTES, Seen, seen_in, seen_in_stream, sifted
from pytest_golive.source.git import NoGit, asked, objects, told
from pytest_golive.source.leaks import Leak, judged
from pytest_golive.source.sightings import Searcher
from pytest_golive.source.unpacking import Room

MOST_OBJECTS = 5_000
"""So many objects with findings are remembered: more of them tell nothing new."""

UNREACHED = "no branch, tag or stash holds it any more: `git gc` removes it"


@dataclass(slots=True)
class History:
    """What was found in a history.

    Attributes:
        leaks: one for each file and key, with its oldest commit.
        objects: how many blobs and messages were looked at.
        shallow: whether only the newest commits are here.
        filtered: whether this clone leaves out files until somebody asks for them.
        partial: whether something was too large or encrypted, and was not looked into.
    """

    leaks: list[Leak] = field(default_factory=list)
    objects: int = 0
    shallow: bool = False
    filtered: bool = False
    partial: int = 0


def look_through(repository: Path, searcher: Searcher, revoked: frozenset[str] = frozenset()) -> History:
    """Search everything that a repository has ever held, as far as it is here.

    Raises:
        NoGit: there is no repository.
    """
    history = History(
        shallow=asked(repository, "rev-parse", "--is-shallow-repository").strip() == "true",
        filtered=_is_filtered(repository),
    )
    found: dict[str, list[Seen]] = {}
    _look_into_lfs(repository, searcher, history, found)
    for name, data in sifted(_small(repository, searcher, history, found), searcher):
        room = Room()
        _remember(found, name, list(seen_in(data, searcher, room)))
        history.partial += room.full or room.locked
    if found:
        history.leaks = list(_placed(repository, found, revoked))
    return history


def _is_filtered(repository: Path) -> bool:
    try:
        return bool(asked(repository, "config", "--get-regexp", r"^remote\..*\.(promisor|partialclonefilter)$").strip())
    except NoGit:  # nothing of the kind is configured
        return False


def _look_into_lfs(repository: Path, searcher: Searcher, history: History, found: dict[str, list[Seen]]) -> None:
    """Search what Git LFS keeps beside the repository, as far as it was fetched."""
    git = asked(repository, "rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    for path in sorted(Path(git, "lfs", "objects").glob("*/*/*")):
        history.objects += 1
        with path.open("rb") as file:
            _remember(found, f"LFS {path.name}", list(seen_in_stream(file, path.stat().st_size, searcher, Room())))


def _small(
    repository: Path, searcher: Searcher, history: History, found: dict[str, list[Seen]]
) -> Iterator[tuple[str, bytes]]:
    """Yield what fits into memory; what does not is searched as it passes by."""
    for each in objects(repository):
        history.objects += 1
        if each.size <= WHOLE_BYTES:
            yield each.name, each.content.read(each.size)
            continue
        history.partial += 1
        _remember(found, each.name, list(seen_in_stream(each.content, each.size, searcher, Room())))


def _remember(found: dict[str, list[Seen]], name: str, seen: list[Seen]) -> None:
    if seen and len(found) < MOST_OBJECTS:
        found[name] = seen


def _placed(repository: Path, found: dict[str, list[Seen]], revoked: frozenset[str]) -> Iterator[Leak]:
    """Yield the leaks with file and oldest commit; a file that held a key through many commits once."""
    places = _places(repository, frozenset(found))
    oldest: dict[tuple[str, str, str], tuple[int, Leak]] = {}
    for name, seen in found.items():
        nowhere = (0, "", f"object {name[:14]}") if name.startswith("LFS ") else (-1, "", f"object {name[:10]}")
        for age, commit, path in places.get(name, [nowhere]):
            for each in seen:
                full = f"{path}!{each.inner}" if each.inner else path
                leak = judged(full, each.line, each.sighting, revoked, commit=commit)
                if age < 0 and not leak.why:
                    leak = _unreached(leak)
                key = (full, leak.what, leak.masked)
                if key not in oldest or age > oldest[key][0]:
                    oldest[key] = (age, leak)
    yield from sorted((leak for _, leak in oldest.values()), key=lambda leak: (leak.level, leak.path, leak.line))


def _unreached(leak: Leak) -> Leak:
    return Leak(
        leak.path, leak.line, leak.what, leak.masked, leak.kind, leak.vendor, UNREACHED, leak.commit, leak.production
    )


def _places(repository: Path, wanted: frozenset[str]) -> dict[str, list[tuple[int, str, str]]]:
    """Return by object where it entered the history: age of the commit as its place in the log, commit and path."""
    places: dict[str, dict[str, tuple[int, str, str]]] = {}
    age, commit = 0, ""
    log = ("log", "--all", "--raw", "--no-abbrev", "--no-renames", "--diff-merges=first-parent", "--format=commit %H")
    for line in told(repository, *log, *_stashes(repository)):
        if line.startswith(b"commit "):
            age, commit = age + 1, line[7:].decode("ascii")
            if commit in wanted:
                places.setdefault(commit, {})[""] = (age, commit, "message of the commit")
        elif line.startswith(b":"):
            fields, _, path = line.partition(b"\t")
            blob = fields.split(b" ")[3].decode("ascii")
            if blob in wanted:
                name = path.decode("utf-8", "replace")
                places.setdefault(blob, {})[name] = (age, commit, name)
    for line in told(repository, "for-each-ref", "--format=%(objectname) %(refname:short)", "refs/tags"):
        tag, _, name = line.decode("utf-8", "replace").partition(" ")
        if tag in wanted:
            places.setdefault(tag, {})[""] = (0, tag, f"message of the tag {name}")
    return {name: list(by_path.values()) for name, by_path in places.items()}


def _stashes(repository: Path) -> list[str]:
    """Return the commits of all stashes but the newest, which only the log of that reference names."""
    try:
        return asked(repository, "log", "--walk-reflogs", "--format=%H", "refs/stash", "--").split()
    except NoGit:
        return []
