"""What the record of an incident tells about what was done: looked at, running, changed before, tried at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from pytest_golive.papers.changes.log import TICKET
from pytest_golive.papers.changes.single import SingleChange
from pytest_golive.papers.content.sync_log import Row
from pytest_golive.papers.incidents.records import Incident
from pytest_golive.papers.text.moments import Moment, moments_in, without_moments

CONFIGURATION = re.compile(
    r"\bconfig\w*|\bsettings?\b|\benv(?:ironment)?[ _-]?var\w*|\.env\b|UPPZY_[A-Z_]+|\bbase[ _-]?url"
    r"|\bfingerprints?\b"
    r"|\b(?:api[ _-]?)?keys?\b.{0,40}\b(?:deployed|runtime|in use|vault|secret)|\b(?:deployed|runtime|current|wrong"
    r"|right)\b.{0,20}"
    r"\bkeys?\b|\btenant\b|\bsite[ _-]?ids?\b|\bUPZ-1[2-5]\b|\bkonfig\w*|\beinstellung\w*|\bumgebungsvariable\w*"
    r"|\bfingerabdr\w*|\bschlüssel\w*|\bajustes\b|\bvariables? de entorno|\bhuella\w*|\bclave\b|\bvari[áa]ve\w*"
    r"|\bambiente\b|\bimpress\w+ digital|\bchave\b|\bgolive\b|\bpytest\b.{0,20}\bprerelease\b",
    re.IGNORECASE,
)
OWNERSHIP = re.compile(
    r"\bown(?:er|ers|ership|ing|s|ed)\b|\bUPZ-05\b|\bresponsib\w*|\bbelongs to\b|\bwhose\b|\bzuständig\w*"
    r"|\bverantwortlich\w*"
    r"|\bbesitz\w*|\bgehört\b|\bdueñ\w*|\bpropiet\w*|\bresponsab\w*|\bpertenec\w*|\bdono\w*|\bpropriet\w*"
    r"|\brespons[áa]ve\w*"
    r"|\bpertence\w*",
    re.IGNORECASE,
)
ENDPOINTS = re.compile(
    r"\bend[ -]?points?\b|\bUPZ-81\b|\b(?:api )?routes?\b|\boperations?\b|\ballow[ -]?list\w*|\b(?:api|declared|own"
    r"|of our) calls?\b"
    r"|\bcalls? (?:we|it|made|of|to)\b|\bapi use|\bflows?\b|\bpaths?\b|\bendpunkt\w*|\baufruf\w*|\broute\w*"
    r"|\bllamad\w*|\brutas?\b"
    r"|\bpuntos? de acceso|\bchamad\w*|\brotas?\b|\boperaç\w*|\boperaci\w*",
    re.IGNORECASE,
)
_LOOKED = re.compile(
    r"\b(?:re-?)?check\w*|\bvalidat\w*|\bverif\w*|\bcompar\w*|\breview\w*|\binspect\w*|\bconfirm\w*|\bre-?r[au]n\w*"
    r"|\bran\b"
    r"|\bpass\w*|\bgreen\b|\bmatch\w*|\baudit\w*|\blook(?:ed|ing|s)? (?:at|into|through|again|over)|\bwent through"
    r"|\b(?:is|was|were|are) (?:right|correct|ok|fine)\b|\bdiff\w*|\bprüf\w*|\b\w*geprüft|\bverglich\w*"
    r"|\bvergleich\w*|\bkontrolliert"
    r"|\bbestätigt|\bangesehen|\bdurchgesehen|\bcomprob\w*|\bcomprueb\w*|\brevis\w*|\bcompar\w*|\bconfir\w*"
    r"|\bconfer\w*"
    r"|\bvalid\w*|\bexamin\w*|\bok\b|\bdone\b(?!\s*:)|:\s*(?:yes|true|ja|sí|sim)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|nobody|forgot\w*|skipp\w+|without|nicht|nie|niemand|vergessen|ohne|nunca|nadie|não|nao|ninguém"
    r"|sem)\b|n['\u2019]t\b)[^.,;:]{0,30}$",
    re.IGNORECASE,
)
"""Before a verb: it was not done."""

_LATER = re.compile(
    r"\b(?:to ?do|tbd|pending|planned|should|must|has to|have to|needs? to|will be|next time|offen|soll\w*"
    r"|pendiente|pendente)\b"
    r"|(?:^|\s)\[ \]|:\s*(?:no|false|nein|none|nenhum\w*|ningun\w*|open|red|failed)\.?\s*$",
    re.IGNORECASE,
)
"""It is still to be done, or was not."""

_CLEAN = re.compile(
    r"\b(?:0|no|zero|without(?: any)?|keine[nr]?|ohne|sin|sem|nenhum\w*|ning\w+)\s+"
    r"(?:fail\w*|errors?|fehler|errores|erros"
    r"|falhas?|fallos?|problem\w*|issues?|findings?|differences?|deviations?|abweichung\w*)\b",
    re.IGNORECASE,
)
"""A way to say that all is well."""

_SYNC = re.compile(
    r"\bsync\w*|\bbulk\b|\bimports?\b|\bcontent (?:job|upload|rollout|batch)\w*|\bbatch(?:es)?\b|\brollouts?\b"
    r"|\bupload\w*|\bingest\w*"
    r"|\bsynchron\w*|\babgleich\w*|\bsincroniz\w*|\bcarga masiva|\bcarga em (?:massa|lote)|\blotes?\b|\bbackfill\w*"
    r"|\bre-?index\w*",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:no|none|not|nothing|never|zero|neither|idle|paused|kein\w*|nicht|ningun\w*|ningún|nenhum\w*|não|nao|sin"
    r"|sem|nada)\b"
    r"|n['\u2019]t\b|:\s*(?:false|0|\[\])\s*$|\b0\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\bchang\w*|\bdeploy\w*|\breleas\w*|\broll(?:ed)?[ -]?out\w*|\broll(?:ed)?[ -]?back\w*|\bshipp\w*|\bmerg\w*"
    r"|\bcommits?\b"
    r"|\bconfiguration\b|\bflags?\b|\brotat\w*|\bänder\w*|\bausroll\w*|\bausliefer\w*|\bgeändert|\bcambi\w*"
    r"|\bdespl\w*"
    r"|\bmudan\w*|\balter\w*|\bimplant\w*|\bversion\w*|\bversão",
    re.IGNORECASE,
)
_SMOKE = re.compile(
    r"\bsmoke\w*|\brauchtest\w*|\bfuma[çc]a|\bhumo\b|\bgolive\b|\bpytest\b|\bconnectivity (?:check|test)|\bUPZ-(?:22"
    r"|24|28|31|32)\b"
    r"|\b(?:test|probe|trial) (?:chat|question|call|request)\w*|\bhealth[ -]?check\w*|\bprobe?lauf",
    re.IGNORECASE,
)
_GREEN = re.compile(
    r"\bgreen\b|\bpass\w*|\bok\b|\bsucce\w*|\bgo\b|\b200\b|\banswer(?:s|ed)\b|\bworks?\b|\bworked\b|\bfine\b"
    r"|\bclean\b|\bgrün\w*"
    r"|\berfolg\w*|\bbestanden|\bverde\b|\bcorrect\w*|\béxito|\bsucesso|\baprovad\w*|\bpas[oó]\b|\bpassou|✅|✓|✔"
    r"|:\s*(?:true|yes|done)\b",
    re.IGNORECASE,
)
_RED = re.compile(
    r"\bred\b|\bfail\w*|\bno-go\b|\bnot (?:green|ok|passed)|\bbroken\b|\brot\b|\bfehlgeschlagen|\bfehlschl\w*|\brojo"
    r"|\bfall\w*"
    r"|\bvermelh\w*|\bfalh\w*|❌|✗|\binconclusive\b|:\s*(?:false|no)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}|\bv?\d+(?:\.\d+)+\b|\b[0-9a-f]{7,40}\b")
_COMMON = {
    *("changed", "change", "changes", "deployed", "deploy", "release", "released", "published", "rolled", "rollout"),
    *("with", "from", "that", "this", "were", "been", "have", "will", "after", "before", "when", "since", "their"),
    *(
        "raised",
        "lowered",
        "set",
        "seconds",
        "minutes",
        "added",
        "removed",
        "updated",
        "switched",
        "january",
        "november",
    ),
    *("back", "into", "owner", "team", "batch", "uppzy", "production", "staging", "config", "configuration", "version"),
}
"""Words that tell no entry from another."""

STEM = 6

ALIKE = 0.5
"""So many of the words of an entry, seldom ones, tell that it is listed."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """Whether a record tells something, and when.

    Attributes:
        lines: those that tell it.
        timely: whether one of them tells a time that fits, or tells none.
        dated: whether one of them tells a time that fits.
    """

    lines: tuple[str, ...] = ()
    timely: bool = False
    dated: bool = False


def looked_at(incident: Incident, what: re.Pattern[str], begin: datetime, end: datetime) -> Said:
    """Return whether something was looked at between two times.

    Args:
        incident: what was written down.
        what: how the thing is called.
        begin: the first time that fits.
        end: the last one.
    """
    lines = tuple((line, line) for line in _clauses(incident) if _is_looked_at(line, what))
    return _said(incident, lines, begin, end)


def _is_looked_at(line: str, what: re.Pattern[str]) -> bool:
    plain = _CLEAN.sub(" ", line)
    if not what.search(plain) or _LATER.search(plain):
        return False
    rest = what.sub(" ", plain)
    return any(not _DENIED.search(rest[: match.start()]) for match in _LOOKED.finditer(rest))


def smoke_of(incident: Incident, begin: datetime, end: datetime) -> tuple[Said, tuple[str, ...]]:
    """Return whether a green smoke ran between two times, and what is told of smokes at all."""
    told = tuple(line for line in _clauses(incident) if _SMOKE.search(line))
    green = tuple((line, part) for line in told for part in _green_parts(incident, line))
    return _said(incident, green, begin, end), told


def _green_parts(incident: Incident, line: str) -> list[str]:
    """Return what of a line tells of a green smoke; of one that failed first and passed then, the latter counts."""
    begun = False
    found: list[str] = []
    for part in re.split(r"[,;]\s", line):
        begun = begun or bool(_SMOKE.search(part))
        plain = _CLEAN.sub(" passed ", part)
        green = _GREEN.search(plain)
        is_red = bool(_RED.search(plain)) or (green is not None and bool(_DENIED.search(plain[: green.start()])))
        if begun and is_red:
            found = []
        elif begun and green and not _LATER.search(plain):
            found.append(part if incident.moments(part) else line)
    return found


def tells_of_syncs(incident: Incident) -> tuple[str, ...]:
    """Return what it tells about bulk syncs."""
    return tuple(line for line in _clauses(incident) if _SYNC.search(line))


def denies(line: str) -> bool:
    """Whether a line says that no bulk sync was running."""
    about = [part for part in re.split(r"[,;]\s", line) if _SYNC.search(part)]
    return bool(about) and all(_NONE.search(part) for part in about)


def synced_within(rows: Iterable[Row], begin: datetime, end: datetime) -> tuple[Row, ...]:
    """Return the rows of a sync log that were synchronised between two times; those that tell only a day are none."""
    found = []
    for row in rows:
        moment = next(iter(moments_in(row.told["time"])), None)
        if moment is not None and not moment.is_day and begin <= moment.at <= end:
            found.append(row)
    return tuple(found)


def tells_of_changes(incident: Incident) -> tuple[str, ...]:
    """Return what it tells about deploys and changes, none included."""
    return tuple(line for line in _clauses(incident) if _CHANGES.search(line))


def changes_before(changes: Sequence[SingleChange], start: Moment, zone: tzinfo) -> tuple[SingleChange, ...]:
    """Return the changes within 24 hours before something; of those that tell only a day, the day before's.

    Args:
        changes: what the log has.
        start: when it began.
        zone: the zone of its days.
    """
    found = []
    yesterday = start.at.astimezone(zone).date() - DAY
    for change in changes:
        if change.at is None:
            continue
        if change.at.is_day or start.is_day:
            before = change.at.at.date() == yesterday
        else:
            before = start.at - DAY <= change.at.at <= start.at
        if before:
            found.append(change)
    return tuple(found)


def is_listed(change: SingleChange, incident: Incident) -> bool:
    """Whether a record names a change: its ticket, version or commit, or most of the words it is called by."""
    text = incident.text.casefold()
    tickets = [match[0].casefold() for match in TICKET.finditer(change.text)]
    if any(ticket in text for ticket in tickets):
        return True
    plain = without_moments(TICKET.sub(" ", change.text))
    if any(word.casefold() in text for word in _WORD.findall(plain) if any(sign.isdigit() for sign in word)):
        return True
    words = {word.casefold() for word in _WORD.findall(TICKET.sub(" ", change.title))} - _COMMON
    if not words:
        return bool(tells_of_changes(incident))
    # The first letters are enough: words have endings.
    return len([word for word in words if word[:STEM] in text]) >= ALIKE * len(words)


def _said(incident: Incident, told: Sequence[tuple[str, str]], begin: datetime, end: datetime) -> Said:
    """Return what some lines say, each with the part of it that tells when."""
    timely = dated = False
    for _, part in told:
        moments = incident.moments(part)
        fits = any(each.at <= end and each.until >= begin for each in moments)
        dated = dated or fits
        timely = timely or fits or not moments
    return Said(tuple(line for line, _ in told), timely, dated)


def _clauses(incident: Incident) -> tuple[str, ...]:
    """Return lines, and of those that hold several sentences each with the time that the line begins with."""
    found: list[str] = []
    for line in incident.lines:
        sentences = re.split(r"(?<=[^\W\d_][.!?])\s+(?=[A-ZÄÖÜÁÉÍÓÚ])", line)
        told = incident.moments(sentences[0])
        for number, sentence in enumerate(sentences):
            time = f"{told[0].at.isoformat()} " if number and told and not told[0].is_day else ""
            found.append(f"{time}{sentence}")
    return tuple(found)
