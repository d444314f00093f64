"""Reads the files people write, and tells everything that is wrong in them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pytest_golive.manifest.document import Document, read_document
from pytest_golive.manifest.explain import Place, explain, listed
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Frozen
from pytest_golive.manifest.schema import schema_of
from pytest_golive.people.authors import same_person
from pytest_golive.people.days import ONE_DAY, begins, ends, is_a_day
from pytest_golive.people.records import MOST_DAYS, Attestation, AttestationsFile, Waiver, WaiversFile
from pytest_golive.people.rules_known import KnownRules
from pytest_golive.people.said import is_said

Model = TypeVar("Model", bound=Frozen)

PEOPLE_WRITE = ("statement", "reason", "by", "role", "owner", "approver", "evidence")
"""What has to be filled in by a person, and not with a placeholder."""


@dataclass(frozen=True, slots=True)
class Attestations:
    """A file of attestations, read and checked.

    Attributes:
        path: the file.
        records: what it holds, in its order.
        lines: the line of each.
    """

    path: Path | None = None
    records: tuple[Attestation, ...] = ()
    lines: tuple[int, ...] = ()

    def place(self, record: Attestation) -> str:
        """Return where a record stands."""
        name = self.path.name if self.path is not None else ""
        return f"{name}:{self.lines[self.records.index(record)]}"


@dataclass(frozen=True, slots=True)
class Waivers:
    """A file of waivers, read and checked.

    Attributes:
        path: the file.
        ceiling: how many gaps a release may carry.
        records: what it holds, in its order.
        lines: the line of each.
    """

    path: Path | None = None
    ceiling: int = WaiversFile(golive=1).ceiling
    records: tuple[Waiver, ...] = ()
    lines: tuple[int, ...] = ()

    def place(self, record: Waiver) -> str:
        """Return where a record stands."""
        name = self.path.name if self.path is not None else ""
        return f"{name}:{self.lines[self.records.index(record)]}"


def read_attestations(
    path: Path, known: KnownRules, environments: tuple[str, ...], now: datetime, *, examples: bool = False
) -> Attestations:
    """Read a file of attestations.

    Args:
        path: the file.
        known: the rules there are.
        environments: those of golive.yaml.
        now: the time.
        examples: whether made-up records are welcome: in the sandbox only.

    Raises:
        Mistakes: everything that is wrong in it, with lines.
    """
    document = read_document(path)
    mistakes = [*explain(document, schema_of(AttestationsFile))]
    for number, record in _mappings(document, "attestations"):
        place = ("attestations", number)
        mistakes += _of_any(document, place, record, environments, now)
        mistakes += _of_rule(document, place, record, known, own=False)
        mistakes += _of_evidence(document, place, record)
        if record.get("example") is True and not examples:
            told = "is made up for the sandbox; a person has to vouch for it here"
            mistakes.append(document.mistake((*place, "example"), told))
        if _days_turned(record, "at", "expires"):
            mistakes.append(document.mistake((*place, "expires"), "lies before the day on which it was said"))
    file = _validated(document, mistakes, AttestationsFile)
    return Attestations(path, file.attestations, _lines(document, "attestations", len(file.attestations)))


def read_waivers(path: Path, known: KnownRules, environments: tuple[str, ...], now: datetime) -> Waivers:
    """Read a file of waivers.

    Raises:
        Mistakes: everything that is wrong in it, with lines: also a blocker that somebody wants to waive.
    """
    document = read_document(path)
    mistakes = [*explain(document, schema_of(WaiversFile))]
    seen: dict[tuple[Any, ...], int] = {}
    for number, record in _mappings(document, "waivers"):
        place = ("waivers", number)
        mistakes += _of_any(document, place, record, environments, now)
        mistakes += _of_rule(document, place, record, known, own=True)
        mistakes += _of_waiver(document, place, record, known, now)
        key = tuple(str(record.get(name)) for name in ("rule", "vendor", "environment"))
        if key in seen:
            told = f"is waived already in line {seen[key]}"
            mistakes.append(document.mistake((*place, "rule"), told))
        seen.setdefault(key, document.line(place))
    file = _validated(document, mistakes, WaiversFile)
    return Waivers(path, file.ceiling, file.waivers, _lines(document, "waivers", len(file.waivers)))


def _validated(document: Document, mistakes: list[Mistake], model: type[Model]) -> Model:
    if mistakes:
        raise Mistakes(mistakes)
    return model.model_validate(document.data)


def _lines(document: Document, name: str, number: int) -> tuple[int, ...]:
    return tuple(document.line((name, position)) for position in range(number))


def _mappings(document: Document, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    records = document.data.get(name)
    for number, record in enumerate(records if isinstance(records, list) else ()):
        if isinstance(record, dict):
            yield number, record


def _of_any(
    document: Document, place: Place, record: dict[str, Any], environments: tuple[str, ...], now: datetime
) -> Iterator[Mistake]:
    for name in PEOPLE_WRITE:
        value = record.get(name)
        if isinstance(value, str) and value and not is_said(value):
            yield document.mistake((*place, name), "is not filled in")
    for name in ("at", "until", "expires"):
        value = record.get(name)
        if isinstance(value, str) and value[:4].isdigit() and not is_a_day(value):
            yield document.mistake((*place, name), "is no day of the calendar, as 2026-11-21")
    at = record.get("at")
    # Half the world has a later day than UTC.
    if isinstance(at, str) and is_a_day(at) and begins(at) > now + ONE_DAY:
        yield document.mistake((*place, "at"), "lies in the future")
    environment = record.get("environment")
    if isinstance(environment, str) and environment not in environments:
        told = f"there is no environment {environment!r} in golive.yaml{listed(environments, environment, 'there is')}"
        yield document.mistake((*place, "environment"), told)


def _of_rule(
    document: Document, place: Place, record: dict[str, Any], known: KnownRules, *, own: bool
) -> Iterator[Mistake]:
    rule = record.get("rule")
    if isinstance(rule, str) and not (rule in known or (own and known.may_be_the_teams(rule))):
        yield document.mistake((*place, "rule"), known.unknown(rule))
    elif isinstance(rule, str) and not own and not known.vouched_for(rule):
        yield document.mistake((*place, "rule"), f"no person's word decides {rule}")


def _of_evidence(document: Document, place: Place, record: dict[str, Any]) -> Iterator[Mistake]:
    evidence, digest = record.get("evidence"), record.get("sha256")
    if not isinstance(evidence, str) or not is_said(evidence):
        return
    is_link = evidence.startswith(("https://", "http://"))
    if not is_link and digest is None:
        told = "a file needs its SHA-256 beside it: sha256: …, which `golive attest` writes"
        yield document.mistake((*place, "evidence"), told)
    if is_link and digest is not None:
        yield document.mistake((*place, "sha256"), "goes with a file; this evidence is an address")


def _of_waiver(
    document: Document, place: Place, record: dict[str, Any], known: KnownRules, now: datetime
) -> Iterator[Mistake]:
    rule, owner, approver = (record.get(name) for name in ("rule", "owner", "approver"))
    if isinstance(rule, str) and known.is_blocker(rule):
        yield document.mistake((*place, "rule"), f"{rule} is a blocker: it cannot be waived")
    if isinstance(owner, str) and isinstance(approver, str) and owner and same_person(owner, approver):
        yield document.mistake((*place, "approver"), "is the owner; somebody else has to accept the gap")
    vendor = record.get("vendor")
    if isinstance(vendor, str) and vendor not in known.vendors:
        told = listed(known.vendors, vendor, "there are")
        yield document.mistake((*place, "vendor"), f"unknown vendor {vendor!r}{told}")
    at, until = record.get("at"), record.get("until")
    if not isinstance(until, str) or not is_a_day(until):
        return
    if _days_turned(record, "at", "until"):
        yield document.mistake((*place, "until"), "lies before the day on which it was accepted")
    start = begins(at) if isinstance(at, str) and is_a_day(at) else now
    if ends(until) > start + timedelta(days=MOST_DAYS) + ONE_DAY:
        told = f"is more than {MOST_DAYS} days ahead; a gap is accepted anew after that"
        yield document.mistake((*place, "until"), told)


def _days_turned(record: dict[str, Any], first: str, second: str) -> bool:
    days = [record.get(name) for name in (first, second)]
    if not all(isinstance(day, str) and is_a_day(day) for day in days):
        return False
    return begins(str(days[0])) >= ends(str(days[1]))
