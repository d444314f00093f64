"""The records of changes that concern an environment, and which of them still count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.manifest.environment import Environment
from pytest_golive.papers import asked
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.changes.records import NoRecords, changes_of
from pytest_golive.papers.named import Papers
from pytest_golive.papers.text.reading import Paper

KEY = "operations.change_records"
UNKEPT = "nothing tells how integrations were changed"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SAME = (
    {"production", "prod", "live", "produktion", "producción", "produccion", "produção", "producao", "prd"},
    {
        "staging",
        "stage",
        "stg",
        "preprod",
        "pre-production",
        "uat",
        "test",
        "sandbox",
        "homologação",
        "qa",
        "integration",
    },
)
_ALIKE = 4


def records_about(
    papers: Papers, environments: Mapping[str, Environment], names: Sequence[str], vendor: str
) -> tuple[Change, ...]:
    """Return the records of changes made in any of these environments, the earliest first.

    Args:
        papers: what golive.yaml names.
        environments: by name.
        names: the chosen one, and the one it releases to.
        vendor: whose integrations.

    Raises:
        NotVerified: no records are kept, or none of these environments.
        CannotTell: a file is not what its name says.
        CheckFailed: golive.yaml names a file that is not there.
    """
    try:
        found = _read(_papers(papers), papers.folder)
    except NoRecords as problem:
        finding = Finding("records of changes have to be readable", "YAML, JSON, CSV or a page of text", str(problem))
        raise CannotTell(finding) from None
    if not found and not papers.change_records:
        raise NotVerified(f"{KEY} is missing: {UNKEPT}", key=KEY)
    if not found:
        raise NotVerified(f"{KEY} holds no record of a change of an integration", key=KEY)
    sites = {environments[name].targets[vendor].ids.get("site_id", "") for name in names if name in environments}
    mine = tuple(each for each in found if _concerns(each, names, sites))
    if not mine:
        told = ", ".join(dict.fromkeys(each.environment or each.site or "another site" for each in found))
        raise NotVerified(f"{KEY} holds no record of {' or '.join(names)}; there are those of {told}", key=KEY)
    return mine


@lru_cache(maxsize=8)
def _read(papers: tuple[Paper, ...], folder: Path) -> tuple[Change, ...]:
    """Read records once: many checks ask for them."""
    return changes_of(papers, folder)


def _papers(papers: Papers) -> tuple[Paper, ...]:
    if papers.change_records or not papers.change_log:
        return asked.records(papers, papers.change_records, KEY, UNKEPT)
    return asked.records(papers, papers.change_log, "operations.change_log", UNKEPT)


def _concerns(change: Change, names: Sequence[str], sites: Iterable[str]) -> bool:
    """Whether a record is of one of these environments: by its site, its environment, or the site of its states."""
    known = {site.lower() for site in sites if site}
    if _UUID.fullmatch(change.site) and known:
        return change.site.lower() in known
    if change.environment:
        return any(is_same_place(change.environment, name) for name in names)
    held = {site.lower() for site in change.before.sites | change.after.sites if _UUID.fullmatch(site)}
    return not (held and known) or bool(held & known)


def told_of(
    changes: Sequence[Change], environments: Mapping[str, Environment], name: str, vendor: str
) -> tuple[Change, ...]:
    """Return the records that are of this environment, and not of the one it releases to, or of nobody knows which."""
    sites = {environments[name].targets[vendor].ids.get("site_id", "")}
    others = [each for each in environments if each != name]
    return tuple(each for each in changes if _concerns(each, [name], sites) and (_tells_where(each) or not others))


def _tells_where(change: Change) -> bool:
    return bool(_UUID.fullmatch(change.site) or change.environment or change.before.sites or change.after.sites)


def is_same_place(told: str, name: str) -> bool:
    """Whether a record's word for an environment means the one that golive.yaml calls so."""
    words = {told.strip().casefold(), name.strip().casefold()}
    if len(words) == 1 or any(words <= same for same in _SAME):
        return True
    short, long = sorted(words, key=len)
    return len(short) >= _ALIKE and long.startswith(short) and long[len(short) :].isalpha()


def is_past(change: Change, changes: Sequence[Change], now: datetime, days: float) -> bool:
    """Whether a change is older than so many days, and its target was changed again since: nothing is left of it."""
    at = change.at
    if at is None or at > now - timedelta(days=days):
        return False
    return any(each.at is not None and each.at > at and each.targets == change.targets for each in changes)


def newest_of(changes: Sequence[Change], provider: str) -> Change | None:
    """Return the newest record of a provider; None where it has none."""
    mine = [each for each in changes if provider in each.targets]
    return mine[-1] if mine else None


def next_of(change: Change, changes: Sequence[Change]) -> datetime | None:
    """Return when the same target was changed again; None where it was not."""
    later = [
        each.at for each in changes if each.at and change.at and each.at > change.at and each.targets == change.targets
    ]
    return min(later, default=None)
