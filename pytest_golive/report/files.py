"""The files of a run: replaced at its start by "did not finish", and again at its end."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class CannotWrite(Exception):
    """A file of the run cannot be written; says which and why."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """Where a run writes.

    Attributes:
        verdict: ``golive-verdict.json``.
        html: the report for the ticket.
        ledger: one line per fact.
    """

    verdict: Path
    html: Path
    ledger: Path


def run_files(
    root: Path, scope: Literal["full", "partial"], verdict: Path | None = None, html: Path | None = None
) -> RunFiles:
    """Return the files of a run; a partial one never touches those of a full one."""
    mark = "" if scope == "full" else ".partial"
    return RunFiles(
        verdict=verdict or root / f"golive-verdict{mark}.json",
        html=html or root / f"golive-report{mark}.html",
        ledger=root / ".golive" / f"ledger{mark}.jsonl",
    )


def replace(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader sees the old text or the new one, never a part.

    Raises:
        CannotWrite: the folder cannot be made, or the disk is full.
    """
    staged = stage(path, text)
    commit(staged, path)


def stage(path: Path, text: str) -> Path:
    """Write the text beside ``path``, on disk to the last byte, and return where.

    Raises:
        CannotWrite: the folder cannot be made, or the disk is full.
    """
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(None, "is a folder")
        with staged.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):  # where a parent is a file there is nothing to remove either
            staged.unlink()
        raise CannotWrite(f"{path} cannot be written: {error.strerror}") from error
    return staged


def commit(staged: Path, path: Path) -> None:
    """Put a staged text into its place.

    Raises:
        CannotWrite: the place was taken away meanwhile.
    """
    try:
        staged.replace(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}") from error


def ignore_in_git(folder: Path) -> None:
    """Keep golive's own folder out of version control, whatever the project's .gitignore says.

    Raises:
        CannotWrite: the folder cannot be made.
    """
    if not (folder / ".gitignore").exists():
        replace(folder / ".gitignore", "*\n")
