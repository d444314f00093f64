"""The note about rate limits: of each provider and receiver the limit, our peak, whom to ask, and its day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_golive.papers.integrations.pages import NAMES
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.record_times import moment_of
from pytest_golive.papers.text.rows import Row

HEADROOM = 0.2
"""What has to be left between the peak and the limit."""

_SECONDS = (
    (r"s|secs?|seg\w*|second\w*|sekunde\w*", 1),
    (r"m|mins?|minut\w*", 60),
    (r"h|hrs?|hours?|stunden?|horas?", 3600),
    (r"d|days?|tage?|d[ií]as?", 86_400),
)
_UNIT = r"(?:per|/|pro|por|a|an|each|je)[\s_]*(?P<unit>[a-zí]+)\b"
_RATE = re.compile(
    r"(?P<number>\d+(?:[.,\s']\d{3})*(?:[.,]\d+)?)\s*(?P<times>k|m)?\b"
    rf"(?:\s*(?:[a-z]+\s*){{0,3}}?(?:{_UNIT}|\b(?P<short>rps|rpm|rph|qps)\b))?",
    re.IGNORECASE,
)
_SHORT = {"rps": 1, "qps": 1, "rpm": 60, "rph": 3600}
_ENDING = r"(?:_(?:requests|events|calls))?(?:_?(?:per|in|/)?_?(?:second|minute|hour|day|s|min|h|rps|rpm|sec))?"

LIMIT = rf"(?:rate_?)?limit{_ENDING}|quota{_ENDING}|maximum{_ENDING}|allowed{_ENDING}|grenze|límite|limite|max{_ENDING}"
PEAK = (
    rf"(?:our_)?peak(?:_rate|_load)?{_ENDING}|spitze(?:nlast)?|pico|observed{_ENDING}|usage|highest{_ENDING}|max_seen"
    rf"|peak_traffic{_ENDING}|hora_pico"
)
SPARE = r"headroom|reserve|margin|spare|puffer|reserva|margem|margen"
CONTACT = r"contact(?:s)?|kontakt|ansprechpartner|contacto|contato|support|whom_to_ask|owner|account_manager|e_?mail"
LOOKED = (
    r"date|checked(?:_at|_on)?|reviewed(?:_at|_on)?|as_of|verified(?:_at|_on)?|updated(?:_at)?|agreed(?:_at"
    r"|_on)?|day|datum"
    r"|stand|fecha|data|at|last_checked|last_reviewed|since"
)
RETRIES = r"(?:max_?)?retries|retry_policy_max_?retries|retries_max(?:_retries)?|wiederholungen|reintentos|tentativas"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the note has to be about.

    Attributes:
        told: how it is told in a finding.
        about: one of the names of integrations.
        names: other words that its row may be found by: a webhook's name, its receiver's host.
        retries: how often the vendor tries again; None where that is not set.
        alone: whether there is only one of its kind.
    """

    told: str
    about: str
    names: tuple[str, ...] = ()
    retries: int | None = None
    alone: bool = True


def faults_of(wanted: Wanted, rows: Sequence[Row], days: float, today: date) -> Iterator[str]:
    """Yield what the note does not say of one provider or receiver, or says that is not enough."""
    row = _row_of(wanted, rows)
    if row is None:
        yield f"there is nothing about {wanted.told}"
        return
    values = {name: row.told(pattern) for name, pattern in (("limit", LIMIT), ("peak", PEAK), ("contact", CONTACT))}
    values["date"] = row.told(LOOKED)
    spare = _share(row.told(SPARE)[1])
    missing = [name for name, (_, value) in values.items() if is_placeholder(value)]
    if missing:
        yield f"{row.place}, about {wanted.told}, lacks {', '.join(missing)}"
    limit, peak = _rate(*values["limit"]), _rate(*values["peak"])
    if limit and peak:
        spare = 1 - peak / limit
    if spare is not None and spare < HEADROOM:
        yield f"{row.place}, about {wanted.told}: {spare:.0%} are left between peak and limit"
    day = moment_of(values["date"][1])
    if day is not None and (today - day.date()).days > days:
        yield f"{row.place}, about {wanted.told}, is of {day:%Y-%m-%d}"
    retries = re.search(r"\d+", row.told(RETRIES)[1])
    if retries and wanted.retries is not None and int(retries[0]) != wanted.retries:
        yield f"{row.place} tells {retries[0]} retries of {wanted.told}, the vendor makes {wanted.retries}"


def _row_of(wanted: Wanted, rows: Sequence[Row]) -> Row | None:
    for name in wanted.names:
        found = next(
            (row for row in rows if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row.text, re.IGNORECASE)), None
        )
        if found is not None:
            return found
    pattern = re.compile(
        NAMES[wanted.about] + (r"|receiver|empfänger|receptor" if wanted.about == "webhook" else ""), re.IGNORECASE
    )
    mine = [row for row in rows if pattern.search(row.name)] or [row for row in rows if pattern.search(row.text)]
    return mine[0] if mine and wanted.alone else None


def _rate(name: str, value: str) -> float | None:
    """Return a rate per second; None where its unit is not told, or it is no number."""
    found = _RATE.search(value)
    if found is None:
        return None
    number = _number(found["number"]) * {"k": 1e3, "m": 1e6}.get((found["times"] or "").casefold(), 1)
    seconds = _SHORT.get((found["short"] or "").casefold()) or _of_unit((found["unit"] or "").casefold())
    if seconds is None:
        ending = name.rpartition("_")[2]
        seconds = _SHORT.get(ending) or (_of_unit(ending) if "_" in name else None)
    # Two bare numbers of one note are of one unit.
    return number / (seconds or 1)


def _of_unit(unit: str) -> int | None:
    return next((seconds for wording, seconds in _SECONDS if re.fullmatch(wording, unit)), None)


def _number(text: str) -> float:
    plain = re.sub(r"[\s']", "", text)
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", plain)
    return float(plain.replace(",", "."))


def _share(text: str) -> float | None:
    found = re.search(r"(\d+(?:[.,]\d+)?)\s*(%)?", text)
    if found is None:
        return None
    number = float(found[1].replace(",", "."))
    return number / 100 if found[2] or number > 1 else number
