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
        report: the ticket file.
        html: pytest-html's page.
        ledger: one line per fact.
        summary: the verdict in Markdown.
        ctrf: the results as CTRF; None where nobody asked for them.
        intoto: the verdict as an in-toto statement; None where nobody asked for it.
        sarif: the keys that were found in files; None where nobody asked for them.
    """

    verdict: Path
    report: Path
    html: Path
    ledger: Path
    summary: Path
    ctrf: Path | None = None
    intoto: Path | None = None
    sarif: Path | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where files go that somebody named a place for; None for the default place.

    Attributes:
        verdict: ``--golive-verdict``.
        report: ``--golive-report``.
        html: pytest-html's ``--html``.
        summary: ``--golive-summary``.
        ctrf: ``--golive-ctrf``; it has no default place.
        intoto: ``--golive-intoto``; it has none either.
        sarif: ``--golive-sarif``; nor has it.
    """

    verdict: Path | None = None
    report: Path | None = None
    html: Path | None = None
    summary: Path | None = None
    ctrf: Path | None = None
    intoto: Path | None = None
    sarif: Path | None = None


def run_files(root: Path, scope: Literal["full", "partial"], places: Places = Places()) -> RunFiles:
    """Return the files of a run; a partial one never touches those of a full one.

    Raises:
        CannotWrite: two of them would be one.
    """
    mark = "" if scope == "full" else ".partial"
    html = places.html or root / f"golive-pytest{mark}.html"
    report = root / f"golive-report{mark}.html"
    if places.report is None and html.resolve() == report.resolve():
        report = root / f"golive-ticket{mark}.html"  # pytest-html was told to take the ticket's place
    files = RunFiles(
        verdict=places.verdict or root / f"golive-verdict{mark}.json",
        report=places.report or report,
        html=html,
        ledger=root / ".golive" / f"ledger{mark}.jsonl",
        summary=places.summary or root / f"golive-summary{mark}.md",
        ctrf=places.ctrf,
        intoto=places.intoto,
        sarif=places.sarif,
    )
    taken: dict[Path, str] = {}
    for name in files.__slots__:
        path: Path | None = getattr(files, name)
        if path is not None and (other := taken.setdefault(path.resolve(), name)) != name:
            raise CannotWrite(f"{path} is named twice: for {NAMED[other]} and for {NAMED[name]}")
    return files


NAMED = {
    "verdict": "the verdict",
    "report": "the report",
    "html": "pytest-html's page",
    "ledger": "the ledger",
    "summary": "the summary",
    "ctrf": "the CTRF report",
    "intoto": "the in-toto statement",
    "sarif": "the SARIF log",
}
"""What the files are, in words."""


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
