"""Asks git about a repository; reads all of its objects in one stream."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO


class NoGit(Exception):
    """There is no repository of git here, or git cannot read it; says which."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object of a repository; its content has to be read before the next one is asked for.

    Attributes:
        name: its id.
        kind: blob, commit or tag.
        size: bytes.
        content: a stream that begins with its content.
    """

    name: str
    kind: str
    size: int
    content: IO[bytes]


def asked(repository: Path, *arguments: str) -> str:
    """Return what git says.

    Raises:
        NoGit: it says no.
    """
    try:
        done = subprocess.run(  # noqa: S603  # the arguments are golive's own
            _command(repository, arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environ(),
            check=False,
        )
    except OSError as error:
        raise NoGit(f"git cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoGit(lines[0] if lines else f"git {arguments[0]} ended with exit code {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape")


def day_of(repository: Path, path: str) -> date | None:
    """Return the day of the last commit that changed a file; None where git does not know it."""
    try:
        told = asked(repository, "log", "-1", "--format=%cs", "--", path).strip()
    except NoGit:
        return None
    return date.fromisoformat(told) if told else None


def commit(folder: Path) -> None:
    """Make a repository of a folder, with all of its files in one commit.

    Raises:
        NoGit: git cannot do it.
    """
    who = ("-c", "user.name=golive", "-c", "user.email=golive@localhost", "-c", "commit.gpgsign=false")
    asked(folder, "init", "--quiet")
    asked(folder, "add", "--all", "--force")
    asked(folder, *who, "commit", "--quiet", "--no-verify", "--message", "The example project")


def told(repository: Path, *arguments: str) -> Iterator[bytes]:
    """Yield the lines that git prints, one by one, without their ends.

    Raises:
        NoGit: it did not come to its end; what was told until then is not all.
    """
    with _started(repository, arguments, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None, "it was asked for"
        for line in process.stdout:
            yield line.rstrip(b"\n")
        _must_end_well(process, arguments[0])


def contents(repository: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return what some blobs hold, by their ids; what this clone does not have is left out.

    Raises:
        NoGit: git cannot be started.
    """
    wanted = "".join(f"{name}\n" for name in dict.fromkeys(names))
    try:
        done = subprocess.run(  # noqa: S603  # the arguments are golive's own
            _command(repository, ("cat-file", "--batch")),
            input=wanted.encode("ascii"),
            capture_output=True,
            env=_environ(),
            check=False,
        )
    except OSError as error:
        raise NoGit(f"git cannot be started: {error.strerror}") from None
    found: dict[str, bytes] = {}
    rest = done.stdout
    while rest:
        header, _, rest = rest.partition(b"\n")
        name, _, *size = header.decode("ascii").split()
        if size:
            found[name], rest = rest[: int(size[0])], rest[int(size[0]) + 1 :]
    return found


def objects(repository: Path) -> Iterator[Object]:
    """Yield every blob, commit and annotated tag that a repository holds, each once, reachable or not.

    git hands them out in the order they are stored in, which is the quickest, and without keeping them in memory.

    Raises:
        NoGit: there is no repository, or it is damaged.
    """
    listing = ("cat-file", "--batch-check=%(objecttype) %(objectname)", "--batch-all-objects", "--unordered")
    reading = ("cat-file", "--batch", "--buffer")
    with (
        _started(repository, listing, stdin=subprocess.DEVNULL) as names,
        _started(repository, reading, stdin=subprocess.PIPE) as contents,
    ):
        feeder = threading.Thread(target=_feed, args=(names, contents), name="golive-git", daemon=True)
        feeder.start()
        assert contents.stdout is not None, "it was asked for"
        while header := contents.stdout.readline():
            name, kind, *size = header.decode("ascii").split()
            if not size:
                continue  # "missing": of a clone that holds only a part
            counted = _Counted(contents.stdout, int(size[0]))
            yield Object(name, kind, int(size[0]), counted)  # type: ignore[arg-type]  # as much of a file as is used
            counted.skip()
            contents.stdout.readline()
        feeder.join()
        _must_end_well(names, "cat-file")
        _must_end_well(contents, "cat-file")


def _must_end_well(process: subprocess.Popen[bytes], command: str) -> None:
    if process.wait() != 0:
        raise NoGit(f"git {command} ended with exit code {process.returncode}")


@dataclass(slots=True)
class _Counted:
    """Reads no further than the end of one object."""

    file: IO[bytes]
    left: int

    def read(self, size: int) -> bytes:
        data = self.file.read(min(size, self.left))
        self.left = self.left - len(data) if data else 0
        return data

    def skip(self) -> None:
        while self.left:
            self.read(1 << 20)


def _feed(names: subprocess.Popen[bytes], contents: subprocess.Popen[bytes]) -> None:
    assert names.stdout is not None, "it was asked for"
    assert contents.stdin is not None, "it was asked for"
    try:
        for line in names.stdout:
            kind, _, name = line.partition(b" ")
            if kind != b"tree":
                contents.stdin.write(name)
        contents.stdin.close()
    except (OSError, ValueError):
        return  # whoever reads has ended


@contextmanager
def _started(repository: Path, arguments: Sequence[str], *, stdin: int) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(  # noqa: S603  # the arguments are golive's own
            _command(repository, arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environ(),
            bufsize=1 << 20,
        )
    except OSError as error:
        raise NoGit(f"git cannot be started: {error.strerror}") from None
    try:
        yield process
    finally:
        process.terminate()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # it is closed all the same


def _command(repository: Path, arguments: Sequence[str]) -> list[str]:
    return ["git", "-c", "core.quotepath=off", "-c", "log.showSignature=false", "-C", str(repository), *arguments]


def _environ() -> dict[str, str]:
    """Return variables by which git answers the same for everybody, fetches nothing and locks nothing."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **own,
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
