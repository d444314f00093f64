"""The mappings that a team keeps because they are known to be good: one file per provider, or one for all."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from pytest_golive.changes.difference import Difference, difference
from pytest_golive.changes.kept_records import is_same_place
from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.papers.changes.fields import snake
from pytest_golive.papers.changes.states import configuration_of, provider_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_times import days_in, moment_of
from pytest_golive.papers.text.rows import rows_in
from pytest_golive.papers.text.structured import Garbled, documents_of, is_data, read_data

MAPPED = ("eventMapping", "eventFilters")
"""What has to be as it is known to be good."""

PLACES = {"production", "prod", "live", "staging", "stage", "stg", "sandbox", "uat", "preprod", "dev", "development"}
"""Words of a path that name an environment."""

_DAYS = {"taken_at", "taken", "as_of", "date", "updated_at", "exported_at", "snapshot_at", "verified", "verified_at"}
_DAYS |= {
    "reviewed",
    "reviewed_at",
    "checked_at",
    "saved_at",
    "at",
    "last_verified",
    "captured_at",
    "timestamp",
    "stand",
}
_HOLDERS = {
    "providers",
    "integrations",
    "known_good",
    "mappings",
    "data",
    "snapshot",
    "list",
    "items",
    "event_mappings",
}
_EVENT, _PROVIDER = (
    r"(?:canonical_?)?event(?:_?name)?|canonical|from|ereignis|evento",
    r"provider|integration|destination",
)
_MAPPED = r"mapped(?:_?(?:to|name))?|to|target|(?:provider|destination)_event(?:_?name)?|name_there|name"
PAGES = (".md", ".markdown", ".txt", ".rst", ".adoc")
"""What the name of a page ends with; only its tables are read."""

_NO_SECRET = re.compile(
    r"^\s*$|^[*•·xX.]{3,}$|^(?:<[^>]*>|\$\{.*|\{\{.*|env:.*|vault:.*|op://.*|redacted|masked|secret|removed|none|null)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownGood:
    """What is known to be good of one provider.

    Attributes:
        provider: which.
        paper: name of the file.
        held: its configuration, as far as it is kept, by the vendor's names.
        day: the day that the file tells; None where it tells none.
    """

    provider: str
    paper: str
    held: Mapping[str, Any]
    day: date | None = None

    @property
    def faults(self) -> list[str]:
        """Return what of it could not be put back."""
        mapping, filters = self.held.get("eventMapping"), self.held.get("eventFilters", {})
        found = []
        if not isinstance(mapping, Mapping) or not mapping:
            found.append("it holds no eventMapping")
        elif wrong := sorted(str(name) for name, value in mapping.items() if not isinstance(value, str) or not value):
            found.append(f"eventMapping.{', eventMapping.'.join(wrong)} is no name of an event")
        if not isinstance(filters, Mapping) or not all(isinstance(each, Mapping) for each in filters.values()):
            found.append("its eventFilters are no filters")
        return found

    def secrets(self, hidden: Collection[str]) -> list[str]:
        """Return the dotted names of secrets that it holds in plain text."""
        config = self.held.get("config")
        inner = config if isinstance(config, Mapping) else {}
        names = sorted(path.partition(".")[2] for path in hidden)
        return [f"config.{name}" for name in names if name in inner and not _NO_SECRET.match(str(inner[name] or ""))]

    def against(self, today: Mapping[str, Any]) -> Difference:
        """Return in what a provider's mapping and filters differ today from what is known to be good."""
        fields = [name for name in MAPPED if name in self.held]
        good, now = ({name: _effective(name, each.get(name)) for name in fields} for each in (self.held, today))
        return difference(good, now)


def known_good_of(papers: Sequence[Paper], environment: str) -> dict[str, KnownGood]:
    """Return what is known to be good, by provider; a file of this environment goes before one of none.

    Raises:
        CannotTell: a file is not the data that it says it is.
    """
    found: dict[str, tuple[bool, KnownGood]] = {}
    for paper in papers:
        places = _places(paper.name)
        if places and not any(is_same_place(each, environment) for each in places):
            continue
        for each in _kept(paper):
            if each.provider not in found or (places and not found[each.provider][0]):
                found[each.provider] = (bool(places), each)
    return {provider: each for provider, (_, each) in found.items()}


def strange_filters(good: KnownGood, today: Mapping[str, Any]) -> list[str]:
    """Return the dotted names of stored filters that are not known to be good, or otherwise."""
    own, now = (_effective("eventFilters", each.get("eventFilters")) for each in (good.held, today))
    return [f"eventFilters.{name}" for name, held in now.items() if own.get(name) != held]


def _kept(paper: Paper) -> Iterator[KnownGood]:
    if (not is_data(paper) and paper.name.endswith(PAGES)) or paper.name.endswith((".csv", ".tsv")):
        yield from _tabled(paper)
        return
    try:
        documents = documents_of(paper) if is_data(paper) else read_data(paper.text)
    except Garbled as problem:
        finding = Finding("what is known to be good has to be readable", "YAML or JSON", f"{paper.name}: {problem}")
        raise CannotTell(finding) from None
    for document in documents:
        day = _day(document)
        for provider, held, own in _providers(document, _named(paper.name)):
            yield KnownGood(provider, paper.name, held, _day(own) or day)


def _tabled(paper: Paper) -> Iterator[KnownGood]:
    """Yield mappings that a table tells: a row for each event and provider, or a column for each provider."""
    mappings: dict[str, dict[str, str]] = {}
    for row in rows_in([paper]):
        event = row.told(_EVENT)[1] or row.name
        columns = {provider: value for name, value in row.cells.items() if (provider := provider_of(name))}
        if (provider := provider_of(row.told(_PROVIDER)[1])) and (mapped := row.told(_MAPPED)[1]):
            columns = {provider: mapped}
        for provider, mapped in columns.items():
            if re.search(r"\w", mapped) and re.fullmatch(r"`?[a-z]+(?:_[a-z]+)*`?", event):
                mappings.setdefault(provider, {})[event.strip("`")] = mapped.strip("`")
    days = days_in(paper.text)
    for provider, mapping in mappings.items():
        yield KnownGood(provider, paper.name, {"eventMapping": mapping}, max(days, default=None))


def _providers(held: Any, of: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    if isinstance(held, list):
        for each in held:
            yield from _providers(each, of)
        return
    if not isinstance(held, Mapping):
        return
    provider = provider_of(held.get("provider", "")) or of
    plain = configuration_of(held)
    if provider and plain.keys() - {"enabled", "testMode"}:
        yield provider, plain, held
    elif provider and held and all(isinstance(value, str) for value in held.values()):
        mapping = {name: value for name, value in held.items() if snake(name) not in _DAYS | {"provider"}}
        yield provider, {"eventMapping": mapping}, held
    else:
        for name, value in held.items():
            if inner := provider_of(name):
                yield from _providers(value, inner)
            elif snake(str(name)) in _HOLDERS:
                yield from _providers(value, of)


def _effective(field: str, held: Any) -> dict[str, Any]:
    """Return filters without those that let everything pass, each written in one way."""
    inner = dict(held) if isinstance(held, Mapping) else {}
    if field != "eventFilters":
        return inner
    each = {
        name: {"enabled": one.get("enabled", True), "conditions": sorted(map(_written, one.get("conditions") or ()))}
        for name, one in inner.items()
        if isinstance(one, Mapping)
    }
    return {name: one for name, one in each.items() if one["conditions"] or one["enabled"] is False}


def _written(condition: Any) -> str:
    return json.dumps(condition, sort_keys=True, default=str)


def _named(name: str) -> str:
    """Return the provider that the name of a file tells; empty where it tells none."""
    path = PurePosixPath(name)
    words = [*reversed(path.parts[:-1]), path.name.partition(".")[0]]
    return next((found for word in reversed(words) if (found := _in_words(word))), "")


def _in_words(word: str) -> str:
    parts = re.split(r"[\s._-]+", word)
    pairs = ["_".join(pair) for pair in pairwise(parts)]
    return provider_of(word) or next((found for each in (*pairs, *parts) if (found := provider_of(each))), "")


def _places(name: str) -> list[str]:
    return [word for word in re.split(r"[/\s._-]+", name.casefold()) if word in PLACES]


def _day(held: Any) -> date | None:
    if not isinstance(held, Mapping):
        return None
    told = (moment_of(value) for name, value in held.items() if snake(str(name)) in _DAYS)
    return next((each.date() for each in told if each is not None), None)
