"""Finds what golive.yaml names: a file, all files of a folder, or words that stand there themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = {".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".asc", ".rst", ".txt", ".org", ".html", ".yaml", ".yml"}
"""What a paper's name ends with."""

LARGEST_BYTES = 2_000_000

RECORDS = SUFFIXES | {".csv", ".tsv", ".json", ".jsonl", ".ndjson"}
"""What the name of a log of records ends with: programs write some, too."""

LARGEST_RECORDS_BYTES = 200_000_000
"""A log of records that is cut off would tell of too little."""

_ADDRESS = re.compile(r"\w+://\S+")
_FILE = re.compile(r"[^\s@]*(?:\.\w{1,8}|/)")


@dataclass(frozen=True, slots=True)
class Paper:
    """One thing that was written.

    Attributes:
        name: its path as golive.yaml names it, or the key it stands under.
        text: what is written.
    """

    name: str
    text: str


class Missing(Exception):
    """A file that golive.yaml names is not there; the message says which."""


class Elsewhere(Exception):
    """It lies at an address: golive reads files only; the message is the address."""


def read(folder: Path, given: str, key: str) -> tuple[Paper, ...]:
    """Return what golive.yaml names.

    Args:
        folder: where golive.yaml lies.
        given: a file, a folder, or the words themselves.
        key: the key of golive.yaml it stands under.

    Raises:
        Missing: there is no such file, or it cannot be read.
        Elsewhere: an address of the web.
    """
    wanted = given.strip()
    if _ADDRESS.fullmatch(wanted):
        raise Elsewhere(wanted)
    if "\n" in wanted or not _may_be_a_path(folder, wanted):
        return (Paper(key, given),)
    path = folder / wanted.partition("#")[0]
    files = sorted(_files(path))
    if not files:
        raise Missing(f"{key}: {wanted} is not there")
    return tuple(Paper(_told(file, folder), _text(file, key)) for file in files)


def read_records(folder: Path, given: str, key: str) -> tuple[Paper, ...]:
    """Return a log of records that golive.yaml names: a file, all of a folder, a pattern of names, or the records.

    Raises:
        Missing: there is no such file, or it cannot be read.
        Elsewhere: an address of the web.
    """
    wanted = given.strip()
    files = _named_records(folder, wanted) if "\n" not in wanted and "://" not in wanted else ()
    if files:
        return tuple(Paper(_told(file, folder), _text(file, key, LARGEST_RECORDS_BYTES)) for file in files)
    return read(folder, given, key)


def _named_records(folder: Path, wanted: str) -> tuple[Path, ...]:
    """Return the files that a line names; none where it holds the records themselves."""
    named = folder / wanted
    try:
        if named.is_dir():
            return tuple(sorted(file for file in named.rglob("*") if file.suffix.lower() in RECORDS and file.is_file()))
        found = folder.glob(wanted) if "*" in wanted else [named]
        return tuple(sorted(file for file in found if file.is_file()))
    except (OSError, ValueError, NotImplementedError):  # too long to be a name, or no pattern at all
        return ()


def _may_be_a_path(folder: Path, wanted: str) -> bool:
    if _FILE.fullmatch(wanted):
        return True
    try:
        return (folder / wanted.partition("#")[0]).exists()
    except OSError:  # too long to be a name
        return False


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())


def _told(file: Path, folder: Path) -> str:
    try:
        return file.relative_to(folder).as_posix()
    except ValueError:
        return file.name


def _text(file: Path, key: str, largest: int = LARGEST_BYTES) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(largest).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError as error:
        raise Missing(f"{key}: {file.name} cannot be read: {error.strerror}") from None
