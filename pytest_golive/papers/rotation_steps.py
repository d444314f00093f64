"""When the steps of a rotation were taken, as an entry of a change log tells it in a few words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from pytest_golive.papers.changes.log import Entry, days_in

STEPS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "smoked": r"\bsmoke|\brauchtest",
        "revoked": r"\brevo[kcqg]\w*|\bwiderruf\w*|\bgesperrt"
        r"|\bold key (?:was )?(?:deleted|disabled|removed|deactivated)"
        r"|\balte\w* schlüssel \w*gelöscht",
        "switched": r"\bswitch\w*|\b(?:re)?deploy\w*|\brolled out|\brestart\w*|\breload\w*|\bcut ?over|\bumgestellt"
        r"|\bausgerollt|\bneu ?gestartet|\bdespleg\w*|\breinici\w*|\bimplanta\w*",
        "stored": r"\b(?:secret|vault|variable|config\w*|store)\b.{0,40}"
        r"\b(?:updated|stored|changed|written|set|took|holds)\b"
        r"|\b(?:stored|stor[ée]_?at|secret_updated)\b|\bhinterlegt|\bguardad\w*|\bgravad\w*",
        "created": r"\bcreated?\b|\bcreated_at|\bissued\b|\bgenerated\b|\berstellt|\bangelegt|\bcread[ao]|\bcriad[ao]",
    }.items()
}
"""Step -> the words it is told by; the first that fits a clause is meant."""

FAILED = re.compile(
    r"\bfail\w*|\bnot\b|\bred\b|\bwill\b|\bplanned\b|\bto be\b|\buntil\b"
    r"|\bfehlgeschlagen|\bgeplant|\bfall[óo]|\bfalhou",
    re.IGNORECASE,
)
"""Words by which a step was not taken, or not with success."""

_CLAUSE = re.compile(r"[\n;,|]|\.\s|\bthen\b|\bdann\b|\bluego\b|\bdepois\b", re.IGNORECASE)
_AT = re.compile(r"\W*(?:at|time|when|on|um|finished|passed_at)\W*:", re.IGNORECASE)
_MOMENT = re.compile(
    r"(?:\b(?P<day>20\d\d-\d\d-\d\d)[T ]+(?:at |um )?)?"
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?"
    r"\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b)?"
)


@dataclass(frozen=True, slots=True)
class ToldSteps:
    """The steps that an entry tells.

    Attributes:
        place: where it stands.
        moments: step -> when it was taken, by the names that golive.yaml has for it.
        is_local: whether no clock is named: the moments may be compared with each other only.
    """

    place: str
    moments: Mapping[str, datetime] = field(default_factory=dict)
    is_local: bool = False


def is_about(text: str, one: str, names: Mapping[str, Sequence[str]]) -> bool:
    """Whether a text is about a vendor or an environment: it names that one, or none of all.

    Args:
        text: what is written.
        one: which.
        names: each there is -> what it is called.
    """
    plain = text.casefold()
    named = {each for each, called in names.items() if any(word.casefold() in plain for word in called)}
    return one in named or not named


def steps_in(entry: Entry) -> ToldSteps:
    """Return the steps that an entry tells with a time; nothing where some name their clock, and others do not."""
    found: dict[str, tuple[datetime, bool]] = {}
    day, before = entry.day, ""
    for clause in _CLAUSE.split(entry.text):
        day = next(days_in(clause), day)
        moments = list(_moments(clause, day))
        step = next((name for name, words in STEPS.items() if words.search(clause)), "")
        if FAILED.search(clause):
            before = ""
            continue
        if not step and _AT.match(clause):
            step = before
        if step and len(moments) == 1:
            found.setdefault(step, moments[0])
        before = step or before
    zones = {has_zone for _, has_zone in found.values()}
    if len(zones) > 1:
        return ToldSteps(entry.place)
    return ToldSteps(entry.place, {name: at for name, (at, _) in found.items()}, is_local=zones == {False})


def _moments(clause: str, day: date | None) -> Iterator[tuple[datetime, bool]]:
    """Yield the moments of a clause, and whether each names its clock."""
    for match in _MOMENT.finditer(clause):
        on = date.fromisoformat(match["day"]) if match["day"] and _is_a_day(match["day"]) else day
        if on is None:
            continue
        zone = _zone(match["zone"])
        local = datetime(on.year, on.month, on.day, int(match["hour"]), int(match["minute"]), tzinfo=zone or UTC)
        yield local.astimezone(UTC), zone is not None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset) if hours < 24 and minutes < 60 else None


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
