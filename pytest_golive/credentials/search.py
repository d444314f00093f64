"""Finds known secrets in files: in a repository, in logs, in what is delivered to browsers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pytest_golive.credentials.redaction import Redactor

LIMIT_BYTES = 5 * 1024 * 1024

_BLOCK_BYTES = 1024 * 1024
_NOT_THE_TEAMS = frozenset({".git", ".hg", ".svn", "node_modules", ".venv", "__pycache__"})


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A secret that stands in a file.

    Attributes:
        path: the file.
        line: the line it begins on, from 1.
        secret_name: which secret; never its value.
    """

    path: Path
    line: int
    secret_name: str


def find_in_files(files: Iterable[Path], redactor: Redactor, *, limit_bytes: int | None = LIMIT_BYTES) -> list[Hit]:
    """Return where the redactor's secrets stand, in any of the encodings it knows.

    Of each file the first `limit_bytes` are read, None for all. A file that cannot be read is passed over.
    """
    hits: set[Hit] = set()
    # A secret may lie across two blocks, and each of its characters may be up to four bytes long.
    overlap = 4 * max(map(len, redactor.values), default=0)
    for path in files:
        try:
            with path.open("rb") as file:
                for line, name in _found(_blocks(file, limit_bytes, overlap), redactor):
                    hits.add(Hit(path, line, name))
        except OSError:
            continue
    return sorted(hits)


def tracked_files(directory: Path) -> list[Path]:
    """Return the files a team would commit below `directory`: what git tracks or would add, sorted.

    Outside a git work tree, and in a folder that git ignores as a whole, as one in a virtual environment: every file,
    without installed packages, caches and virtual environments below it.
    """
    return sorted(_from_git(directory) or _walked(directory))


def _found(blocks: Iterator[tuple[int, bytes]], redactor: Redactor) -> Iterator[tuple[int, str]]:
    for first_line, block in blocks:
        for text in _decoded(block):
            for position, name in redactor.find(text):
                yield first_line + text.count("\n", 0, position), name


def _blocks(file: BinaryIO, limit_bytes: int | None, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Yield overlapping pieces of the file, each with the line it begins on."""
    line, kept, left = 1, b"", limit_bytes
    while True:
        fresh = file.read(_BLOCK_BYTES if left is None else min(_BLOCK_BYTES, left))
        if not fresh:
            return
        block = kept + fresh
        yield line, block
        kept = block[-overlap:] if overlap else b""
        line += block.count(b"\n", 0, len(block) - len(kept))
        left = None if left is None else left - len(fresh)


def _decoded(block: bytes) -> tuple[str, ...]:
    """Return the block as text; as Latin-1 too when it is not UTF-8: it may be cut in a character."""
    try:
        return (block.decode("utf-8"),)
    except UnicodeDecodeError:
        return block.decode("utf-8", "ignore"), block.decode("latin-1")


def _from_git(directory: Path) -> list[Path] | None:
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return None
    if done.returncode != 0:
        return None
    paths = (directory / os.fsdecode(name) for name in done.stdout.split(b"\0") if name)
    # Tracked, but deleted or a submodule: not a file.
    return [path for path in dict.fromkeys(paths) if path.is_file()]


def _walked(directory: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(directory):
        folders[:] = [
            name for name in folders if name not in _NOT_THE_TEAMS and not Path(folder, name, "pyvenv.cfg").is_file()
        ]
        yield from (path for name in files if (path := Path(folder, name)).is_file())
