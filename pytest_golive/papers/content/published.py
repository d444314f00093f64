"""The sync log held against the vendor's listing: what is published without a source, and what is logged and gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_golive.manifest.environment import Environment
from pytest_golive.papers.content.log_times import first
from pytest_golive.papers.content.sync_log import Row

INDEXING = timedelta(hours=1)
"""So long after it was published a document may be missing in the listing, and after it was made in the log."""

NOT_PUBLISHED = {"draft", "inactive", "archived", "disabled", "deleted", "unpublished"}
"""States of a listed document that no answer rests on."""

NOT_READY = {"processing", "indexing", "pending", "queued", "importing"}
"""States of one that no answer rests on yet."""

OF_GOLIVE = re.compile(r"golive_document_|ops[-_]smoke[-_]|golive\.exe$|golive-")
"""How the titles of documents begin that golive makes, or that a smoke test makes as the vendor's page says."""

ALIASES = {
    "prod": "production",
    "live": "production",
    "prd": "production",
    "stage": "staging",
    "stg": "staging",
    "dev": "development",
}

ENVIRONMENTS = {
    "production",
    "staging",
    "development",
    "test",
    "testing",
    "qa",
    "sandbox",
    "integration",
    "preproduction",
}
"""What environments are usually called."""

NEGATIONS = {"pre", "non", "no", "not", "ex"}
"""Words that turn the name of an environment into another one's."""

_ADDRESS = re.compile(r"[/:#]")

_TIMES = ("created_at", "createdAt", "created", "uploaded_at", "uploadedAt", "updated_at", "updatedAt")


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is looked.

    Attributes:
        environment: its name in golive.yaml.
        production: whether it is marked so.
        site: the id of the site.
        tenant: the id of the workspace.
    """

    environment: str
    production: bool = False
    site: str = ""
    tenant: str = ""

    @classmethod
    def of(cls, environment: Environment, vendor: str) -> Place:
        """Return where a vendor is used in an environment."""
        ids = environment.targets[vendor].ids
        return cls(environment.name, environment.production, ids.get("site_id", ""), ids.get("tenant_id", ""))


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing a log with a listing gave.

    Attributes:
        published: how many listed documents answers may rest on, without golive's own.
        unknown: those that no row names, as `id 'title'`.
        drafts: how many drafts no row names.
        logged: how many documents of the log have to be listed.
        missing: those that are not, as `id (source, batch)`.
        met: how many listed documents the log names at all.
        tells_place: whether rows say which environment or site they are about.
        without_id: how many listed documents have no id.
    """

    published: int
    unknown: tuple[str, ...]
    drafts: int
    logged: int
    missing: tuple[str, ...]
    met: int
    tells_place: bool
    without_id: int = 0

    @property
    def is_of_another_place(self) -> bool:
        """Whether the log may be about something else: it names none of the listed documents, and not the place."""
        return not self.met and bool(self.published) and not self.tells_place


def rows_here(rows: Iterable[Row], place: Place) -> tuple[Row, ...]:
    """Return the rows that are about a place: those of other environments, tenants and sites are left out."""
    left = list(rows)
    told = {row.told["environment"] for row in left} - {""}
    # A column `stage` may also hold the stages of a rollout.
    if any(_is_of(each, place) or _words(each) & ENVIRONMENTS for each in told):
        left = [row for row in left if not row.told["environment"] or _is_of(row.told["environment"], place)]
    for column, own in (("tenant", place.tenant), ("site", place.site)):
        # Where no row has the configured id, the column holds names: nothing tells whose they are.
        if own and any(row.told[column] == own for row in left):
            left = [row for row in left if row.told[column] in {"", own}]
    return tuple(left)


def tells_place(rows: Iterable[Row], place: Place) -> bool:
    """Whether rows name the environment or the site that is looked at."""
    return any(
        _is_of(row.told["environment"], place) or (place.site and row.told["site"] == place.site) for row in rows
    )


def compare(rows: Sequence[Row], items: Sequence[Mapping[str, Any]], place: Place, now: datetime) -> Compared:
    """Compare the rows about a place with what is listed there.

    Args:
        rows: of the sync log, as :func:`rows_here` returns them.
        items: the listed documents.
        place: where they are listed.
        now: the time.
    """
    own = [item for item in items if _is_own(item, place)]
    listed = {_id_of(item): item for item in own if _id_of(item)}
    about = [row for row in rows if row.is_about_a_document and row.told["document"]]
    known = {name for row in about for name in _names(row.told["document"])}
    foreign = [item for name, item in listed.items() if not _is_of_golive(item)]
    published = [item for item in foreign if is_published(item)]
    unlogged = [item for item in foreign if _id_of(item) not in known and not _is_fresh(item, now)]
    ids = frozenset(listed)
    due = _due(about, ids, now)
    return Compared(
        published=len(published),
        unknown=tuple(_shown(item) for item in unlogged if is_published(item)),
        drafts=sum(not is_published(item) for item in unlogged),
        logged=len(due),
        missing=tuple(_told(row) for row in due.values() if not _is_listed(row, ids)),
        met=len(known & ids),
        tells_place=tells_place(rows, place),
        without_id=sum(not _id_of(item) for item in own),
    )


def _due(rows: Sequence[Row], listed: frozenset[str], now: datetime) -> dict[str, Row]:
    """Return the last row of each document that has to be listed.

    A document that another one of the same source has taken the place of need not be; nor one of a moment ago.
    """
    last = {row.told["document"]: row for row in _in_order(rows)}
    newest = {row.told["source"]: row for row in _in_order(rows) if row.told["source"] and not row.is_gone}

    def is_due(row: Row) -> bool:
        if row.is_gone or not row.was_sent or row.is_unfit:
            return False
        successor = newest.get(row.told["source"], row)
        replaced = successor.told["document"] != row.told["document"] and _is_listed(successor, listed)
        published = row.published
        return not replaced and (published is None or published.until + INDEXING <= now)

    return {name: row for name, row in last.items() if is_due(row)}


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """Return rows by their times where all of them tell one, else as they stand."""
    times = [row.published for row in rows]
    if not all(times):
        return list(rows)
    return sorted(rows, key=lambda row: str(row.published and row.published.at))


def _names(document: str) -> set[str]:
    """Return the ids that a cell may mean: itself, or the end of an address or of `uppzy:doc_1`."""
    return {document, re.split(r"[/:#]", document.rstrip("/"))[-1]} if _ADDRESS.search(document) else {document}


def _is_listed(row: Row, listed: frozenset[str]) -> bool:
    return bool(_names(row.told["document"]) & listed)


def _is_own(item: Mapping[str, Any], place: Place) -> bool:
    named = ((("tenant_id", "tenantId"), place.tenant), (("site_id", "siteId"), place.site))
    return all(str(item.get(name) or own) == own for names, own in named if own for name in names)


def is_published(item: Mapping[str, Any]) -> bool:
    """Whether answers may rest on a listed document, as far as the listing tells."""
    state = str(item.get("status") or item.get("state") or "active").casefold()
    return state not in NOT_PUBLISHED and item.get("active") is not False and item.get("published") is not False


def is_ready(item: Mapping[str, Any]) -> bool:
    """Whether answers rest on it already, as far as the listing tells."""
    state = str(item.get("status") or item.get("state") or "").casefold()
    return is_published(item) and state not in NOT_READY and item.get("ready") is not False


def _is_of_golive(item: Mapping[str, Any]) -> bool:
    return OF_GOLIVE.match(_title(item)) is not None


def _is_fresh(item: Mapping[str, Any], now: datetime) -> bool:
    made = (first(str(item[name])) for name in _TIMES if item.get(name))
    return any(moment is not None and moment.until + INDEXING > now for moment in made)


def _id_of(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or item.get("document_id") or item.get("documentId") or "").strip()


def _title(item: Mapping[str, Any]) -> str:
    return str(item.get("title") or item.get("name") or item.get("filename") or "")


def _shown(item: Mapping[str, Any]) -> str:
    return f"{_id_of(item)} {_title(item)!r}" if _title(item) else _id_of(item)


def _told(row: Row) -> str:
    of = ", ".join(filter(None, (row.told["source"], row.told["batch"] and f"batch {row.told['batch']}")))
    return f"{row.told['document']} ({of})" if of else row.told["document"]


def _is_of(told: str, place: Place) -> bool:
    """Whether a log means an environment: by its name, what it is usually called, or its name among other words."""
    plain, own = _environment(told), _environment(place.environment)
    if plain == own or (place.production and plain == "production"):
        return True
    words = _words(told)
    return not words & NEGATIONS and _words(place.environment) <= words


def _words(name: str) -> set[str]:
    return {_environment(word) for word in re.split(r"[\W_]+", name) if word}


def _environment(name: str) -> str:
    plain = name.strip().casefold()
    return ALIASES.get(plain, plain)
