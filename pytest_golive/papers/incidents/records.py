"""The records of incidents, as teams keep them: one file each, or one file with all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import PurePosixPath

from pytest_golive.papers.incident_sections import INCIDENTS
from pytest_golive.papers.text.moments import Moment, moments_in, zone_in
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_files import Record, records_in

STARTS = (
    "start started started_at start_time start_at begin began begins beginning from onset first_seen detected"
    " created detected_at detection detection_time opened opened_at created_at occurred occurred_at since beginn"
    " begonnen"
    " anfang"
    " entdeckt eröffnet inicio início comienzo detectado abierto desde aberto started_on incident_start impact_start"
)
ENDS = (
    "end ended ended_at end_time end_at resolved resolved_at resolution_time recovered recovered_at recovery"
    " mitigated"
    " mitigated_at fixed fixed_at until to restored restored_at over ende beendet behoben behoben_um fin final"
    " resuelto"
    " fim término termino resolvido incident_end impact_end"
)
CLOSINGS = (
    "closed closed_at close closing closing_time closed_on geschlossen abgeschlossen cerrado fechado encerrado"
    " incident_closed"
)
SPANS = (
    "start_end when time times duration window period date day"
    " datum zeit zeitraum dauer fecha periodo data período duração"
)
KINDS = (
    "code codes kind kinds type types category http http_status http_statuses http_code http_codes status_code"
    " status_codes answer answers error errors error_code error_codes symptom symptoms signal tags labels fehler"
    " fehlercode"
    " tipo código códigos codigo codigos erro error_http síntoma sintoma status state"
)
TITLES = "title name headline subject incident what heading titel título titulo summary description"
SUMMARIES = (
    "summary incident_summary executive_summary overview what_happened description impact problem zusammenfassung"
    " was_geschah resumen resumo qué_pasó o_que_aconteceu"
)
THIRD_PARTIES = "vendor vendors provider providers third_party upstream dependency anbieter proveedor fornecedor"
ENVIRONMENTS = "environment environments env stage umgebung entorno ambiente"

_BEGAN = re.compile(
    r"\b(?:detected|beg[ai]n\w*|started|alert\w* (?:fired|raised|triggered)|first (?:[45]\d\d|5xx|timeouts?|errors?)"
    r"|incident opened|begann|beginnt|empez\w+|comenz\w+|começ\w+|inici\w+)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:resolved|recovered|mitigated|back to normal|ended|(?:errors?|timeouts?|[45]\d\d|5xx) (?:stop\w*|end\w*"
    r"|gone|ceased)"
    r"|(?:outage|incident|trouble|störung|incidente) (?:is )?(?:ends?|over)|restored|fixed|solved|behoben|beendet"
    r"|resuelto|resolvido|normali[sz]\w+)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"\b(?:closed|closing|geschlossen|abgeschlossen|cerrado|fechado|encerrado)\b", re.IGNORECASE)

_SENTENCES = re.compile(r"(?<![\s(]\d)(?<![\s(]\d\d)[.;]\s+(?=\w)|,\s+(?=(?:and\s+)?[a-z]{4,}ed\b)")
"""What is between two sentences; the point of `20. November` is not."""

_NO_RECORD = re.compile(r"(?:^|[/_\-. ])(?:readme|index|template|vorlage|plantilla|modelo|how[_-]?to)\b", re.IGNORECASE)
"""Names of files that stand beside records."""


@dataclass(frozen=True)
class Incident:
    """One incident, as the team wrote it down.

    Attributes:
        place: file, with the line or number of the record.
        fields: what it tells under a name of its own, names in lower case with _.
        text: all that it tells, one thing a line.
    """

    place: str
    fields: Mapping[str, str]
    text: str

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of its times that tell none."""
        return zone_in(self.text)

    @cached_property
    def start(self) -> Moment | None:
        """When it began; None where it does not tell."""
        told = self._told(STARTS) or self._told(SPANS) or self._told_by(_BEGAN)
        return told or next(iter(moments_in(self.title, self.zone)), None)

    @cached_property
    def end(self) -> Moment | None:
        """When the trouble was over; None where it does not tell."""
        after = self.start.at if self.start else None
        told = self._told(ENDS, after)
        if told is not None:
            return told
        spans = [moments_in(value, self.zone, after) for value in self._values(SPANS)]
        return next((each[1] for each in spans if len(each) > 1), None) or self._told_by(_ENDED, after)

    @cached_property
    def closed(self) -> Moment | None:
        """When it was closed; None where it does not tell."""
        after = self.start.at if self.start else None
        return self._told(CLOSINGS, after) or self._told_by(_CLOSED, after)

    @property
    def is_closed(self) -> bool:
        """Whether it is told to be closed, by a time or by its state."""
        states = [self.fields.get(name, "") for name in ("status", "state", "closed", "zustand", "estado")]
        stated = any(_CLOSED.search(each) or each.casefold() in {"done", "true", "yes"} for each in states)
        return self.closed is not None or stated

    @property
    def is_over(self) -> bool:
        """Whether the trouble is told to be over."""
        state = self.fields.get("status", "") + self.fields.get("state", "")
        return self.end is not None or self.is_closed or bool(_ENDED.search(state))

    @property
    def until(self) -> datetime | None:
        """The end of what belongs to it: when it was closed, else when it was over; None while it goes on."""
        ends = [each.until for each in (self.end, self.closed) if each is not None]
        return max(ends) if ends else None

    @property
    def title(self) -> str:
        """What it is called; its place where it has no name."""
        return next(iter(self._values(TITLES)), "")

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What went wrong, as :data:`INCIDENTS` calls it; by its fields, else by its title or its summary."""
        for told in (self._values(KINDS), self._values(TITLES), self._values(SUMMARIES)):
            found = _kinds_in("\n".join(told))
            if found:
                return found
        return frozenset()

    @cached_property
    def may_be(self) -> frozenset[str]:
        """What else it may be about: where neither fields nor title tell, what the text speaks of."""
        return self.kinds or _kinds_in(self.text)

    def tells(self, names: str) -> str:
        """Return what it tells under the first of these names; empty where it tells nothing."""
        return next(iter(self._values(names)), "")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """What it tells, one thing a line, without what is empty."""
        return tuple(line.strip() for line in self.text.split("\n") if line.strip())

    def moments(self, line: str) -> tuple[Moment, ...]:
        """Return the moments that a line of it tells."""
        return moments_in(line, self.zone, self.start.at if self.start else None)

    def _values(self, names: str) -> list[str]:
        return [self.fields[name] for name in names.split() if not is_placeholder(self.fields.get(name, ""))]

    def _told(self, names: str, after: datetime | None = None) -> Moment | None:
        values = (moments_in(value, self.zone, after or self._day) for value in self._values(names))
        return next((each[0] for each in values if each), None)

    def _told_by(self, words: re.Pattern[str], after: datetime | None = None) -> Moment | None:
        for line in self.lines:
            for sentence in _SENTENCES.split(line):
                match = words.search(sentence)
                if match is None:
                    continue
                # What follows the word is its time; where none does, what stands before it.
                following = moments_in(sentence[match.end() :], self.zone, after or self._day)
                before = moments_in(sentence[: match.start()], self.zone, after or self._day)
                if following or before:
                    return following[0] if following else before[-1]
        return None

    @cached_property
    def _day(self) -> datetime | None:
        """The day that times without one belong to: the first day that the record tells."""
        for line in (*self._values(SPANS), self.title, *self.lines):
            found = moments_in(line, self.zone)
            if found:
                local = found[0].at.astimezone(self.zone)
                return local.replace(hour=0, minute=0, second=0).astimezone(UTC)
        return None


def incidents_in(papers: Sequence[Paper]) -> tuple[Incident, ...]:
    """Return the incidents that are written down; templates and empty files hold none."""
    found: list[Incident] = []
    for paper in papers:
        if len(papers) > 1 and _NO_RECORD.search(PurePosixPath(paper.name).name):
            continue
        found += filter(None, map(_incident, records_in(paper, _is_one)))
    return tuple(found)


def _incident(record: Record) -> Incident | None:
    incident = Incident(record.place, record.fields, record.text)
    if not is_placeholder(record.text) and (incident.start is not None or incident.kinds or incident._values(STARTS)):  # noqa: SLF001
        return incident
    return None


def _is_one(fields: Mapping[str, str] | Collection[str]) -> bool:
    """Whether names of fields are those of an incident."""
    return any(name in fields for names in (STARTS, SPANS) for name in names.split())


def _kinds_in(text: str) -> frozenset[str]:
    plain = re.sub(r"[_]", " ", text)
    return frozenset(kind for kind, words in INCIDENTS.items() if re.search(words, plain, re.IGNORECASE))


def about(incidents: Iterable[Incident], vendor: str, others: Collection[str]) -> tuple[Incident, ...]:
    """Return the incidents about a vendor, by what they name; where none names any vendor, all of them.

    Args:
        incidents: what was written down.
        vendor: name of the vendor.
        others: names of the other vendors.
    """
    known = list(incidents)
    mine = [each for each in known if _names(each, vendor) and not _is_of_another(each, vendor)]
    silent = not any(_names(each, name) or each.tells(THIRD_PARTIES) for each in known for name in (vendor, *others))
    return tuple(known if silent else mine)


def _names(incident: Incident, vendor: str) -> bool:
    return vendor in f"{incident.place}\n{incident.title}\n{incident.text}".casefold()


def _is_of_another(incident: Incident, vendor: str) -> bool:
    """Whether a field of its own says that it is about somebody else."""
    given = incident.tells(THIRD_PARTIES).casefold()
    return bool(given) and vendor not in given
