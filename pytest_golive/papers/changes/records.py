"""The team's records of single changes: files in which they are kept, one or many in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from pytest_golive.papers.changes.fields import RECORDS, TIMES, alias_of, lone, snake, told_under
from pytest_golive.papers.changes.pages import pages_of
from pytest_golive.papers.changes.reading import Record
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.changes.steps import kind_of, phase_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.structured import Garbled, Lined, documents_of, is_data, read_data

OTHERS = re.compile(r"(?:^|/)(?:readme|index|template|vorlage|plantilla|modelo|example|_)[^/]*$", re.IGNORECASE)
"""Files beside records that are none."""


class NoRecords(Exception):
    """A file that is named as one of records cannot be read; the message says why."""


def changes_of(papers: Sequence[Paper], folder: Path) -> tuple[Change, ...]:
    """Return the records that papers hold, of changes to integrations, the earliest first.

    Args:
        papers: the files.
        folder: where golive.yaml lies; files that a record names are looked for there, and beside the record.

    Raises:
        NoRecords: a file is not what its name says.
    """
    found: list[Change] = []
    written = [paper for paper in papers if not _is_state(paper)]
    for paper in written:
        beside = [each for each in written if PurePosixPath(each.name).parent == PurePosixPath(paper.name).parent]
        if OTHERS.search(paper.name) and len(beside) > 1:
            continue
        near = folder / paper.name
        folders = (near.parent, folder, *([near.parent.parent] if near.parent != folder else []))
        states = [PurePosixPath(each.name) for each in papers if _is_state(each) and _is_of(each, paper, len(beside))]
        for record in _records(paper):
            change = Record(record, paper.name, folders, [each.name for each in states]).read()
            if change is not None:
                found.append(change)
    return tuple(
        sorted(found, key=lambda each: (each.at is None, each.at and each.at.timestamp(), each.paper, each.line))
    )


def _is_state(paper: Paper) -> bool:
    """Whether a file is named after a state of before or after a change."""
    return is_data(paper) and bool(phase_of(re.sub(r"[-_.]+", " ", PurePosixPath(paper.name).stem)))


def _is_of(state: Paper, record: Paper, records: int) -> bool:
    """Whether a state lies beside a record and is its own: by its name, or since there is no other record."""
    one, other = PurePosixPath(state.name), PurePosixPath(record.name)
    return one.parent == other.parent and (records == 1 or one.stem.casefold().startswith(other.stem.casefold()))


def _records(paper: Paper) -> Iterator[Lined]:
    try:
        documents = documents_of(paper) if is_data(paper) else _inline(paper)
    except Garbled as problem:
        raise NoRecords(f"{paper.name}: {problem}") from None
    for each in documents if documents is not None else pages_of(paper):
        yield from _unpacked(each, {})


def _inline(paper: Paper) -> list[Any] | None:
    """Return the data of a paper whose name does not tell what it holds; None where it is a page of text."""
    if not re.match(r"\s*(?:[\[{]|- \w+:|\w+:\s*$)", paper.text):
        return None
    try:
        found = read_data(paper.text)
    except Garbled:
        return None
    return found if all(isinstance(each, list | dict) for each in found) else None


def _unpacked(held: Any, above: Mapping[str, Any]) -> Iterator[Lined]:
    """Yield the records of a document; what stands above a list holds for each of them."""
    if isinstance(held, list):
        for each in held:
            yield from _unpacked(each, above)
        return
    if not isinstance(held, Lined):
        return
    inner = next((name for name in held if snake(name) in RECORDS and _is_records(held[name])), None)
    if inner is not None:
        outer = {name: value for name, value in held.items() if name != inner and not isinstance(value, list | dict)}
        yield from _unpacked(held[inner], {**above, **outer})
        return
    if held and all(isinstance(value, Lined) for value in held.values()) and not any(kind_of(lone(n)) for n in held):
        for name, value in held.items():
            yield _with(value, {**above, "id": name})
        return
    yield _with(held, above)


def _is_records(held: Any) -> bool:
    """Whether a list holds records, and not steps or words."""
    if not isinstance(held, list) or not held or not all(isinstance(each, Lined) for each in held):
        return False
    return any(
        alias_of(name) in {"target", "steps"} or kind_of(lone(name)) for each in held for name in each
    ) and not all("at" in each and len(each) <= len(TIMES) and told_under(each, "kind") for each in held)


def _with(held: Lined, above: Mapping[str, Any]) -> Lined:
    whole = Lined({**above, **held})
    whole.line, whole.lines = held.line, held.lines
    return whole
