"""Which records of a log are calls of a vendor, and what of them is not told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from pytest_golive.source.logged.records import Record
from pytest_golive.vendors.pack import Pack

FIELDS: Mapping[str, str] = {
    "time": "the time",
    "route": "the route",
    "status": "the status",
    "duration": "the duration",
    "request_id": "the Request-ID",
    "idempotency_key": "the idempotency key",
    "try": "which try it was",
}
"""What the record of a call has to tell -> as a reader knows it."""

MOST_OF_A_KIND = 5_000
"""So many records of calls that ended alike tell how such records are made."""

_OF_THEIR_OWN = frozenset({401, 403, 404})

_FAILING = re.compile(
    r"error|exception|fail|unreachable|refused|timed? ?out|time_?out|cannot|could not|couldn't|unable|reset"
    r"|broken|abort"
    r"|denied|unauthori|invalid|rejected|gave up|giving up|erro\b|fehl|fall[oó]|falha",
    re.IGNORECASE,
)
_OF_CALLS = re.compile(
    r"\bcall|request|connect|reach|fetch|time_?d? ?out|network|http|\bapi\b|respon|answer|resolve|host|socket"
    r"|certificate|\btls\b|\bssl\b"
    r"|anfrage|aufruf|antwort|requisi|solicitud|llamad|chamad|conex",
    re.IGNORECASE,
)
_LOUD = re.compile(r"\b(?:warn(?:ing)?|error|err|critical|fatal|severe|alert|emerg)\b", re.IGNORECASE)
_LOUD_LEVELS = frozenset({"40", "50", "60"})
_INBOUND = re.compile(
    r"web-?_?hooks?\b|/hooks?\b|callback|remote_?addr|\binbound\b|direction\W+in\b|received (?:event|delivery)"
    r"|deliver(?:y|ies)\b",
    re.IGNORECASE,
)
_CORRELATED = ("request_id", "trace_id", "idempotency_key", "call_id")
_OTEL = re.compile(r"http\.(?:request|response|client|route)\b|url\.(?:full|path|template)")


@dataclass(frozen=True)
class Shape:
    """What calls of a vendor look like in a log.

    Attributes:
        vendor: its name in packs.
        words: its name, brands and hosts, in small letters.
        routes: what paths of its API look like.
        writes: what paths that take a key of idempotency look like.
    """

    vendor: str
    words: tuple[str, ...]
    routes: re.Pattern[str]
    operations: frozenset[str]

    def is_about(self, record: Record) -> bool:
        """Whether a record is about a call of the vendor's API, and no delivery that came from it."""
        route = record.told.get("route", "")
        path = urlsplit(route).path if "://" in route else route.partition("?")[0]
        host = (urlsplit(route).hostname or "") if "://" in route else ""
        if self.routes.search(path) or (host and any(word in host for word in self.words)):
            return True
        if _INBOUND.search(record.text):
            return False
        return self._is_named(record) or route in self.operations

    def _is_named(self, record: Record) -> bool:
        text = record.text.lower()
        return any(word in text for word in self.words)


def shape_of_calls(packs: Sequence[Pack]) -> Shape:
    """Return what calls of a vendor look like; `packs` are those of all its brands."""
    first = packs[0]
    hosts = [urlsplit(pack.base_url.production).hostname or "" for pack in packs]
    words = dict.fromkeys([first.vendor, *(pack.title.lower() for pack in packs), *hosts, *first.profiles])
    paths = {operation.path for operation in first.operations.values()}
    return Shape(
        vendor=first.vendor,
        words=tuple(word for word in words if word),
        routes=re.compile("|".join(f"(?:{_pattern(path)})" for path in sorted(paths, key=len, reverse=True))),
        operations=frozenset(first.operations),
    )


def _pattern(path: str) -> str:
    parts = [part for part in path.strip("/").split("/") if part]
    inner = "/".join(r"[^/\s]+" if part.startswith("{") else re.escape(part) for part in parts)
    return rf"(?:^|/){inner}/?$"


@dataclass(frozen=True)
class Calls:
    """The calls of a vendor that some logs tell of.

    Attributes:
        answered: records of calls that were answered, with what other records of the same call tell.
        failed: records of calls that failed without a status, or whose status is not told.
        ended: records of calls that took a while, and of which no record tells how they ended.
    """

    answered: tuple[Record, ...]
    failed: tuple[Record, ...]
    ended: tuple[Record, ...] = ()

    def of(self, *statuses: int) -> tuple[Record, ...]:
        """Return the calls that were answered with one of these statuses."""
        return tuple(record for record in self.answered if status_of(record) in statuses)

    @cached_property
    def speaks_opentelemetry(self) -> bool:
        """Whether the records bear OpenTelemetry's names: there a number of the try is told from the second on."""
        return any(_OTEL.search(record.text) for record in self.answered[:50])


def status_of(record: Record) -> int:
    """Return the status a record tells; 0 where it tells none."""
    digits = re.search(r"[1-5]\d\d", record.told.get("status", ""))
    return int(digits.group()) if digits else 0


def calls_in(records: Iterable[Record], shape: Shape) -> Calls:
    """Return the calls of a vendor among records; what records of one call tell is put together."""
    mine = list(_kept(record for record in records if shape.is_about(record)))
    together = _together(mine)
    answered = [_with(record, together) for record in mine if "status" in record.told]
    failed = [record for record in mine if "status" not in record.told and _has_failed(record)]
    open_ended = [record for record in mine if "status" not in record.told and not _has_failed(record)]
    ended = [each for each in (_with(record, together) for record in open_ended) if each.told.keys() >= _ENDED]
    return Calls(tuple(answered), tuple(failed), tuple(each for each in ended if "status" not in each.told))


_ENDED = frozenset({"route", "duration"})


def _kept(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records that are looked at: so many of each kind, and a log may hold millions."""
    seen: Counter[int] = Counter()
    for record in records:
        status = status_of(record)
        kind = status if status in _OF_THEIR_OWN else status // 100
        seen[kind] += 1
        if seen[kind] <= MOST_OF_A_KIND:
            yield record


def _together(records: Iterable[Record]) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for record in records:
        for name in _CORRELATED:
            value = record.told.get(name) or record.fields.get(name)
            if value:
                known = found.setdefault((name, value), {})
                for told, each in record.told.items():
                    known.setdefault(told, each)
    return found


def _with(record: Record, together: Mapping[tuple[str, str], Mapping[str, str]]) -> Record:
    told = dict(record.told)
    for name in _CORRELATED:
        value = record.told.get(name) or record.fields.get(name)
        for field, each in together.get((name, value or ""), {}).items():
            told.setdefault(field, each)
    return Record(record.file, record.line, record.text, told, record.fields)


def is_loud(record: Record) -> bool:
    """Whether a record is a warning or worse."""
    level = next((value for place, value in record.fields.items() if place.rpartition(".")[2].lower() in _LEVELS), "")
    return bool(_LOUD.search(level)) or level in _LOUD_LEVELS or (not level and bool(_LOUD.search(record.text[:200])))


_LEVELS = frozenset({"level", "severity", "levelname", "loglevel", "log_level", "lvl", "severitytext", "severity_text"})


def _has_failed(record: Record) -> bool:
    """Whether a record tells of a call that failed; what a job says in the end about what it did is none."""
    about = {"route", "method", "error"} & record.told.keys() or _OF_CALLS.search(record.text)
    return bool(is_loud(record) and about and ("error" in record.told or _FAILING.search(record.text)))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no record tells of the calls that ended alike.

    Attributes:
        field: what is not told, as :data:`FIELDS` calls it.
        calls: of which calls.
        record: one of them.
        some: whether others of them tell it.
    """

    field: str
    calls: str
    record: Record
    some: int = 0

    def told(self) -> str:
        """Return the gap in one line."""
        return f"{self.record.place}: {FIELDS[self.field]} of a call that {self.calls}"


_CLASSES = {2: "succeeded", 3: "was redirected", 4: "was refused with 4xx", 5: "was answered 5xx"}


def gaps(calls: Calls) -> Iterator[Gap]:
    """Yield what is not told of calls that ended alike: of none of them, or of some."""
    if calls.ended:
        yield Gap("status", "ended", calls.ended[0], len(calls.answered))
    for first, words in _CLASSES.items():
        ended = [record for record in calls.answered if status_of(record) // 100 == first]
        for field in ("time", "route", "duration", "request_id"):
            yield from _gap(field, words, ended)
    writes = [record for record in calls.answered if record.told.get("method", "").upper() == "POST"]
    yield from _gap("idempotency_key", "writes", writes)
    yield from _gap("try", "was answered", calls.answered)


def _gap(field: str, words: str, records: Sequence[Record]) -> Iterator[Gap]:
    lacking = [record for record in records if field not in record.told]
    if lacking:
        yield Gap(field, words, lacking[0], len(records) - len(lacking))
