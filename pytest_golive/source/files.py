"""The files of an integration as checks look at them: the repository, its history, what is delivered to browsers."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.search import tracked_files
from pytest_golive.source import scanners
from pytest_golive.source.contents import WHOLE_BYTES, Seen, seen_in, seen_in_stream, sifted
from pytest_golive.source.git import commit
from pytest_golive.source.history import History, look_through
from pytest_golive.source.leaks import Leak, judged
from pytest_golive.source.pipelines.stages import uses_in
from pytest_golive.source.pipelines.uses import Use, is_key_of
from pytest_golive.source.sightings import KeyShape, Searcher
from pytest_golive.source.unpacking import Room
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

BUNDLES = ("dist", "build", ".next/static", "out", "public/build", "public/assets", "www", "storybook-static")
"""Where the usual front-end tools put what they deliver, where golive.yaml names nothing."""

_FRONT_END = re.compile(
    r'"(?:react-dom|vue|svelte|@angular/core|next|nuxt|preact|solid-js|vite|webpack|parcel|@ionic/core|expo)"\s*:'
)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found in some files.

    Attributes:
        leaks: what was found, failures first.
        files: how many files were looked at.
        partial: of them, those that were too large or encrypted to be looked into.
    """

    leaks: tuple[Leak, ...]
    files: int
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """Where the files of the integration lie.

    Attributes:
        repository: the folder of its repository.
        folder: where golive.yaml lies.
        bundles: what is delivered to browsers or apps, as golive.yaml names it.
        logs: what the integration logs, as golive.yaml names it.
        configuration: files that configure the environments, as golive.yaml names them.
        revoked: fingerprints of keys that open nothing any more.
        variables: vendor -> the environment variables that golive.yaml reads its secrets from.
        allowed_in_logs: addresses, numbers and names, with * and ?, that are nobody's data.
        example: whether these are the files of the example project, which is a part of golive and has no history of
            its own: a repository is made of them for the while.
    """

    repository: Path
    folder: Path
    bundles: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    revoked: frozenset[str] = frozenset()
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allowed_in_logs: tuple[str, ...] = ()
    example: bool = False
    configuration: tuple[str, ...] = ()

    def search(self, searcher: Searcher) -> Searched:
        """Search what the team would commit."""
        return search_files(tracked_files(self.repository), self.repository, searcher, self.revoked)

    def search_history(self, searcher: Searcher) -> History:
        """Search every commit, stash and tag.

        Raises:
            NoGit: there is no repository.
        """
        with self.under_git() as repository:
            return look_through(repository, searcher, self.revoked)

    @contextmanager
    def under_git(self) -> Iterator[Path]:
        """Give the folder whose history is looked at.

        Raises:
            NoGit: the example project cannot be put into a repository.
        """
        if not self.example:
            yield self.repository
            return
        yield _repository_of(self.repository)

    def close(self) -> None:
        """Remove what was made of the example project."""
        with _lock:
            place = _made.pop(self.repository, None) if self.example else None
        if place is not None:
            place.cleanup()

    def search_bundles(self, searcher: Searcher) -> Searched:
        """Search what is delivered."""
        return search_files(self.bundle_files(), self.repository, searcher, self.revoked, delivered=True)

    def uses(self, shape: KeyShape) -> list[Use]:
        """Return where the files of pipelines and deployments take a vendor's keys from."""
        return uses_in(tracked_files(self.repository), self.repository, is_key_of(shape.vendor, shape.variables))

    def hints(self) -> tuple[list[Leak], list[str]]:
        """Return what general scanners say that are installed here, and of each whether it was asked.

        Nobody is asked about the example project, which is no concern of whoever rehearses with it.
        """
        leaks: list[Leak] = []
        told: list[str] = []
        if not self.example and scanners.has_detect_secrets():
            leaks += scanners.by_detect_secrets(tracked_files(self.repository), self.repository)
            told.append("detect-secrets looked at the files, too")
        program = None if self.example else scanners.gitleaks()
        if program is not None:
            try:
                leaks += scanners.by_gitleaks(program, self.repository)
                told.append("gitleaks looked at the history, too")
            except scanners.ScannerFailed as problem:
                told.append(str(problem))
        return leaks, told

    def search_logs(self, searcher: Searcher) -> Searched:
        """Search what is logged, also what was packed away."""
        return search_files(self.log_files(), self.folder, searcher, self.revoked, delivered=True)

    def log_files(self) -> list[Path]:
        """Return the log files that golive.yaml names, as far as they are there."""
        return sorted({path for pattern in self.logs for path in _expanded(self.folder, pattern)})

    def configuration_files(self) -> list[Path]:
        """Return the files of configuration that golive.yaml names, as far as they are there."""
        return sorted({path for pattern in self.configuration for path in _expanded(self.folder, pattern)})

    def bundle_files(self) -> list[Path]:
        """Return the files that are delivered: those golive.yaml names, else those in the usual folders."""
        folders = [self.folder] if self.bundles else [each.parent for each in self.front_ends()]
        patterns = self.bundles or BUNDLES
        found = (path for folder in folders for pattern in patterns for path in _expanded(folder, pattern))
        return sorted({path for path in found if "node_modules" not in path.parts})

    def front_ends(self) -> list[Path]:
        """Return the manifests of programs that run in browsers or apps."""
        return [
            path
            for path in tracked_files(self.repository)
            if path.name == "package.json" and _FRONT_END.search(path.read_text("utf-8", "replace"))
        ]


_lock = threading.Lock()
_made: dict[Path, tempfile.TemporaryDirectory[str]] = {}


def _repository_of(example: Path) -> Path:
    """Return a folder with a repository made of the example project: one for all checks of a run."""
    with _lock:
        if example not in _made:
            place = tempfile.TemporaryDirectory(prefix="golive-example-", ignore_cleanup_errors=True)
            folder = Path(place.name, "example")
            shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__"))
            commit(folder)
            _made[example] = place
        return Path(_made[example].name, "example")


def search_files(
    files: Iterable[Path],
    root: Path,
    searcher: Searcher,
    revoked: frozenset[str] = frozenset(),
    *,
    delivered: bool = False,
) -> Searched:
    """Search files, their archives included; one that cannot be read is passed over.

    Args:
        files: where to look.
        root: what paths are told from.
        searcher: what to look for.
        revoked: fingerprints of keys that open nothing any more.
        delivered: whether everybody gets these files: a folder called `docs` then excuses nothing.
    """
    leaks: dict[tuple[str, int, str, str], Leak] = {}
    partial: list[str] = []
    read = _Read()
    for told, data in sifted(read.small(files, root, searcher), searcher):
        room = Room()
        read.seen += [(told, seen) for seen in seen_in(data, searcher, room)]
        if room.full or room.locked:
            partial.append(told)
    for told, seen in read.seen:
        place = f"{told}!{seen.inner}" if seen.inner else told
        leak = judged(place, seen.line, seen.sighting, revoked, lenient=not delivered)
        leaks[place, seen.line, leak.what, leak.masked] = leak
    ordered = sorted(leaks.values(), key=lambda leak: (leak.level, leak.path, leak.line))
    return Searched(tuple(ordered), read.files, (*read.large, *partial))


@dataclass(slots=True)
class _Read:
    """What was read so far, and what was seen in files that were too large to be read whole."""

    files: int = 0
    seen: list[tuple[str, Seen]] = field(default_factory=list)
    large: list[str] = field(default_factory=list)

    def small(self, files: Iterable[Path], root: Path, searcher: Searcher) -> Iterator[tuple[str, bytes]]:
        for path in files:
            told = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
            try:
                size = path.stat().st_size
                if size <= WHOLE_BYTES:
                    data = path.read_bytes()
                else:
                    with path.open("rb") as file:
                        self.seen += [(told, seen) for seen in seen_in_stream(file, size, searcher, Room())]
                    self.large.append(told)
                    data = b""
            except OSError:
                continue
            self.files += 1
            yield told, data


def searcher_for(
    redactor: Redactor, vendors: Mapping[str, str | None], variables: Mapping[str, Sequence[str]]
) -> Searcher:
    """Return what searches for all secrets of a run, and for what keys of its vendors look like.

    Args:
        redactor: knows the secrets.
        vendors: name -> the brand its API is called under.
        variables: vendor -> further environment variables that golive.yaml reads its secrets from.
    """
    shapes = [shape_of(read_pack(name, profile), variables.get(name, ())) for name, profile in vendors.items()]
    return Searcher(redactor, tuple(shapes))


def shape_of(pack: Pack, variables: Sequence[str] = ()) -> KeyShape:
    """Return what the keys of a vendor look like."""
    each = [credential for name, credential in pack.credentials.items() if not name.startswith("public_")]
    ways = [(way.credential, way.header) for way in (pack.authentication, *pack.authentications.values())]
    headers = dict.fromkeys(header for name, header in ways if not name.startswith("public_"))
    return KeyShape(
        vendor=pack.vendor,
        patterns=tuple(dict.fromkeys(one.pattern for one in each if one.pattern)),
        variables=tuple(dict.fromkeys([*(one.variable for one in each), *variables])),
        headers=tuple(header for header in headers if header != "Authorization"),
        test_prefixes=tuple(dict.fromkeys(one.test_prefix for one in each if one.test_prefix)),
        production_prefixes=tuple(dict.fromkeys(one.production_prefix for one in each if one.production_prefix)),
    )


def _expanded(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files a pattern names: a file, a folder with all that lies in it, or a pattern with * and **."""
    bare = pattern.rstrip("/")
    whole = Path(bare)
    if whole.is_absolute():  # a log may lie outside of the project
        folder, bare = Path(whole.anchor), str(whole.relative_to(whole.anchor))
    places = folder.glob(bare) if any(sign in bare for sign in "*?[") else iter([folder / bare])
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from (path for path in place.rglob("*") if path.is_file())
