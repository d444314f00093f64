"""The log of what was synchronised: CSV, JSON, JSON lines or YAML, under the names that teams give its columns."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pytest_golive.papers.content.log_times import first
from pytest_golive.papers.content.sync_columns import COLUMNS, NAMES, PLACES, plain_column
from pytest_golive.papers.text.moments import Moment
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Paper

SILENT = ("source", "document")
"""What no row lacks that is about a document."""

UNFIT = {
    "draft",
    "archived",
    "entwurf",
    "archiviert",
    "borrador",
    "archivado",
    "rascunho",
    "arquivado",
    "in_review",
    "rejected",
}
"""States of a source that nobody has approved, or that is no longer valid."""

GONE = {
    "deleted",
    "delete",
    "removed",
    "remove",
    "unpublished",
    "withdrawn",
    "rolled_back",
    "reverted",
    "gelöscht",
    "entfernt",
    "zurückgezogen",
    "eliminado",
    "borrado",
    "retirado",
    "excluído",
    "removido",
}
"""States of a document that is no longer published."""

NOT_SENT = {
    "failed",
    "error",
    "skipped",
    "pending",
    "queued",
    "planned",
    "scheduled",
    "fehlgeschlagen",
    "geplant",
    "fallido",
    "falhou",
    "pendiente",
    "pendente",
}
"""States of a document that never reached the vendor, or not yet."""

HAPPENED = re.compile(
    r"(?i)paus|(?<!\w)(?:on.?hold|halt|held|stop|resum|continu|pass|verif|check|smoke|question|quality|roll|revert"
    r"|start|begin|began|finish|complet|end)|angehalten|gestoppt|fortgesetzt|geprüft|zurück|deten|reanud|retom|interromp"
)
"""What a row without a document tells of its batch."""

LISTS = ("documents", "rows", "entries", "records", "items", "batches", "syncs")

EVENTS = {"events": "", "history": "", "pauses": "pause", "checks": "check"}
"""Lists of what happened to a batch -> what each of their entries is about."""


_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
"""The line below the head of a table."""


class Unreadable(Exception):
    """It cannot be read as rows; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document that was synchronised.

    Attributes:
        number: which row it is, from 1.
        told: what it tells, as :data:`COLUMNS` calls it; empty text where it is silent.
        text: all that it tells.
    """

    number: int
    told: Mapping[str, str]
    text: str = ""

    @property
    def is_about_a_document(self) -> bool:
        """Whether it is about a document, and not about what happened to its batch: a pause, a check that passed."""
        named = any(self.told[name] for name in SILENT)
        return named or not HAPPENED.search(f"{self.told['event']} {self.told['state']}")

    @property
    def state(self) -> str:
        """The state of its document: told as such, or as the event that led to it (`document.deleted`)."""
        told = self.told["state"] or re.split(r"[.:/\s]", self.told["event"])[-1]
        return re.sub(r"[\s-]+", "_", told.strip().casefold())

    @property
    def was_sent(self) -> bool:
        """Whether it reached the vendor, as far as it tells."""
        return self.state not in NOT_SENT

    def lacks(self, *names: str) -> bool:
        """Whether one of these is not told."""
        return any(is_placeholder(self.told[name]) for name in names)

    @property
    def is_unfit(self) -> bool:
        """Whether its source should not have been published."""
        return self.told["state"].casefold().replace(" ", "_") in UNFIT

    @property
    def published(self) -> Moment | None:
        """When its document was published; None where that is not told."""
        return first(self.told["published"])

    @property
    def is_gone(self) -> bool:
        """Whether it is marked as no longer there."""
        return self.state in GONE


def rows_of(paper: Paper) -> tuple[Row, ...]:
    """Read the rows of a log.

    Raises:
        Unreadable: it holds none that could be read.
    """
    try:
        records = list(_records(paper))
    except (ValueError, yaml.YAMLError, csv.Error) as problem:
        raise Unreadable(str(problem).splitlines()[0]) from None
    return tuple(Row(number, _told(record), _all(record)) for number, record in enumerate(records, start=1))


def columns_of(paper: Paper) -> frozenset[str]:
    """Return which of :data:`COLUMNS` any row tells."""
    return frozenset(name for row in rows_of(paper) for name, value in row.told.items() if value)


def _records(paper: Paper) -> Iterator[Mapping[str, Any]]:
    text = paper.text.strip()
    if paper.name.endswith((".yaml", ".yml")):
        yield from _flat(yaml.safe_load(text), {})
    elif text.startswith("["):
        yield from _flat(json.loads(text), {})
    elif text.startswith("{"):
        try:
            yield from _flat(json.loads(text), {})
        except ValueError:
            yield from (record for line in text.splitlines() if line.strip() for record in _flat(json.loads(line), {}))
    else:
        yield from _rows_of_columns(text)


def _rows_of_columns(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of CSV, or of the tables in a text."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    ruled = [number for number, line in enumerate(lines) if number and _RULE.fullmatch(line)]
    if ruled:
        lines = [line.strip().strip("|") for line in lines[ruled[0] - 1 :] if "|" in line and not _RULE.fullmatch(line)]
    first = lines[0] if lines else ""
    sign = "|" if ruled else max(",;\t|", key=first.count)
    if lines and sign not in first:
        raise ValueError("its first line names no columns")
    yield from csv.DictReader(io.StringIO("\n".join(lines)), delimiter=sign)


def _flat(value: Any, above: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a document; what a batch tells holds for each of its documents."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(each, above)
    elif isinstance(value, dict):
        inner = next((name for name in LISTS if isinstance(value.get(name), list | dict)), None)
        if inner is None and _is_map(value):
            yield from _flat(_listed(value, "documents"), above)
            return
        if inner is None:
            yield {**above, **value}
            return
        happened = {name for name in EVENTS if isinstance(value.get(name), list)}
        plain = {name: each for name, each in value.items() if name != inner and name not in happened}
        own = {("batch_id" if name == "id" else name): each for name, each in plain.items()}
        yield from _flat(_listed(value[inner], inner), {**above, **own})
        for name in sorted(happened):
            yield from _events(name, value[name], {**above, **own})
    elif isinstance(value, str) and above:
        yield {**above, "document_id": value}
    elif value is not None:
        raise ValueError(f"{str(value)[:40]!r} is no record")


def _is_map(value: Mapping[str, Any]) -> bool:
    """Whether this is no record, but leads from ids to records, or from the ids of sources to those of documents."""
    kinds = {type(each) for each in value.values()}
    return kinds in ({dict}, {str}) and not any(plain_column(name) in NAMES for name in value)


def _listed(value: Any, name: str) -> Any:
    """Return what leads from ids to records as a list, each with its id."""
    if not isinstance(value, dict):
        return value
    if name in {"batches", "syncs"}:
        return [{"batch_id": key, **each} for key, each in value.items() if isinstance(each, dict)]
    found = []
    for key, each in value.items():
        held = each if isinstance(each, dict) else {"document_id": each}
        tells_source = any(plain_column(column) in COLUMNS["source"] for column in held)
        found.append({**held, ("document_id" if tells_source else "source_id"): key})
    return found


def _events(name: str, entries: list[Any], above: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    of = {"event": EVENTS[name]} if EVENTS[name] else {}
    batch = {key: value for key, value in above.items() if key in COLUMNS["batch"]}
    for entry in entries:
        yield {**batch, **of, **(entry if isinstance(entry, dict) else {"at": entry})}


def _told(record: Mapping[str, Any]) -> dict[str, str]:
    told = dict.fromkeys(COLUMNS, "")
    ranks: dict[str, int] = {}
    for column, value in record.items():
        for name, rank in PLACES.get(plain_column(column), ()):
            if rank < ranks.get(name, len(NAMES)) and (text := _text(value)):
                told[name], ranks[name] = text, rank
    return told


def _all(record: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {text}" for name, value in record.items() if (text := _text(value)))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " | ".join(map(_text, value))
    return "" if value is None else str(value).strip()
