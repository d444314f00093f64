"""From one valid payload and its schema: every incomplete and invalid one, a single change at a time, in words.

Cases are derived in the schema's order and carry stable ids (``message:missing``), so that a report, a waiver and
a rerun line name the same thing next month.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pytest_golive.contract.judge import KINDS
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.operation import BadValue, Operation
from pytest_golive.vendors.pack import Pack

Family = Literal["incomplete", "invalid"]

NOT_JSON = b'{"golive": '
"""A body that stops in the middle of a value."""

UNKNOWN = "golive_unknown"
"""A field that no contract knows."""

MISSING = object()
"""Stands for a field that is left out."""

WRONG_KINDS: Mapping[str, Any] = {
    # A list rather than a number for text: many right programs take 12 for "12", none takes ["12"].
    "string": ["golive"],
    "integer": "golive",
    "number": "golive",
    "boolean": "golive",
    "array": "golive",
    "object": "golive",
}


@dataclass(frozen=True, slots=True)
class BadInput:
    """One wrong payload and how it has to be received.

    Attributes:
        id: stable name of the case: field and change.
        family: incomplete (something is not there) or invalid (something is there and wrong).
        words: the change as a sentence's subject: "`message` is missing".
        field: the field that was changed; empty for the body as a whole.
        value: what the field holds instead; :data:`MISSING` to leave it out.
        refusals: the statuses that refuse it rightly.
        evidence: whether the vendor's pages state that it is refused.
        tolerated: why a success is only recorded; None where it is a failure.
        known_failure: why a failure at the vendor (5xx) is only recorded; None where it is one.
        change: several fields to replace at once, in the place of `field` and `value`.
        elsewhere: arguments of path or query to replace.
        codes: the codes of the error body that refuse it rightly; empty for any.
    """

    id: str
    family: Family
    words: str
    field: str
    value: Any
    refusals: tuple[int, ...]
    evidence: Evidence
    tolerated: str | None = None
    known_failure: str | None = None
    change: Mapping[str, Any] | None = None
    elsewhere: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    codes: tuple[str, ...] = ()

    def body(self, valid: Mapping[str, Any]) -> Any:
        """Return the payload with this one change made; ``valid`` stays as it is."""
        if self.change is not None:
            return {**valid, **self.change}
        if not self.field:
            return self.value
        if self.value is MISSING:
            return {name: value for name, value in valid.items() if name != self.field}
        return {**valid, self.field: self.value}


MALFORMED: Mapping[str, tuple[str, str]] = {
    "email": ("e-mail address", "golive at example"),
    "uuid": ("UUID", "golive-not-a-uuid"),
    "uri": ("URL", "golive not a url"),
    "date-time": ("date with time", "golive o'clock"),
    "date": ("date", "golive day"),
}


def bad_inputs(pack: Pack, operation: Operation, schema: Mapping[str, Any]) -> tuple[BadInput, ...]:
    """Return every bad input of a writing operation, from its request schema and the pack's own list."""
    if operation.request is None:
        return ()
    derived = [*_of_fields(pack, schema), *_of_body(pack, operation)]
    listed = [
        BadInput(
            id=f"{next(iter(bad.fields))}:{bad.title}",
            family=bad.family,
            words=f"{', '.join(f'`{name}`' for name in bad.fields)} {bad.title}",
            field=next(iter(bad.fields)),
            value=None,
            change=bad.change,
            elsewhere=bad.elsewhere,
            refusals=bad.refusals or pack.errors.refusals,
            evidence=bad.evidence,
            tolerated="the contract leaves it open" if bad.tolerated else None,
            known_failure=bad.known_failure,
            codes=_codes(pack, bad),
        )
        for bad in operation.bad_values
    ]
    return tuple(_tolerate(case, operation.tolerates) for case in [*derived, *listed])


def _codes(pack: Pack, bad: BadValue) -> tuple[str, ...]:
    """Return the codes that refuse a listed bad value: where its statuses are its own, so are its codes."""
    if bad.codes is not None:
        return bad.codes
    return pack.errors.data_codes if bad.refusals is None else ()


def _tolerate(case: BadInput, tolerates: Mapping[str, str]) -> BadInput:
    reason = tolerates.get(case.id)
    if reason is None:
        return case
    changes = {name: getattr(case, name) for name in case.__slots__}
    return BadInput(**{**changes, "tolerated": reason})


def _of_fields(pack: Pack, schema: Mapping[str, Any]) -> Iterator[BadInput]:
    required = schema.get("required", [])
    for name, model in schema.get("properties", {}).items():
        sure_of_value = _of_refusal(pack, model.get("x-evidence", schema.get("x-evidence", "documented")))
        sure_of_need = Evidence(schema.get("x-required-evidence", {}).get(name, sure_of_value))
        if name in required:
            yield _case(pack, name, "missing", "is missing", MISSING, sure_of_need)
            yield _case(pack, name, "null", "is null", None, Evidence.ASSUMED)
        for change, words, value, family in _wrong_values(model):
            # That a value outside the stated ones is refused follows from the statement; the rest is a convention.
            evidence = sure_of_value if change == "unknown value" else Evidence.ASSUMED
            yield _case(pack, name, change, words, value, evidence, family)
    if schema.get("additionalProperties") is False:
        words = "is a field the contract does not know"
        yield _case(pack, UNKNOWN, "unknown field", words, "golive", Evidence.ASSUMED, "invalid")
    if schema.get("minProperties", 0) >= 1:
        refusals = pack.errors.refusals
        yield BadInput("body:empty", "incomplete", "the body has no fields", "", {}, refusals, Evidence.ASSUMED)


def _of_refusal(pack: Pack, stated: str) -> Evidence:
    """Return how sure it is that a value outside what is stated is refused.

    Where no page shows how the vendor refuses, a field that is documented does not make the refusal documented too.
    """
    return Evidence.ASSUMED if pack.errors.evidence is Evidence.ASSUMED else Evidence(stated)


def _wrong_values(field: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, Family]]:
    kind = field.get("type")
    if isinstance(kind, str) and kind in WRONG_KINDS:
        words = "is a list instead of text" if kind == "string" else f"is text instead of {KINDS[kind]}"
        yield "wrong type", words, WRONG_KINDS[kind], "invalid"
    yield from _outside_limits(field)
    if "enum" in field:
        yield "unknown value", "holds a value that is not one of the allowed", "golive-unknown", "invalid"
    if field.get("format") in MALFORMED:
        what, value = MALFORMED[field["format"]]
        yield "malformed", f"is no {what}", value, "invalid"


def _outside_limits(field: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, Family]]:
    if _limit(field, "minLength", 0) >= 1:
        yield "empty", "is empty", "", "incomplete"
    if _limit(field, "pattern", "") == r"\S":
        yield "blank", "holds only blanks", "   ", "incomplete"
    if _limit(field, "minItems", 0) >= 1:
        yield "empty", "is an empty list", [], "incomplete"
    longest, most = _limit(field, "maxLength", None), _limit(field, "maxItems", None)
    if longest is not None:
        yield "too long", f"has {longest + 1} characters, one more than allowed", "g" * (longest + 1), "invalid"
    if most is not None:
        yield "too many", f"has {most + 1} items, one more than allowed", ["golive"] * (most + 1), "invalid"


def _limit(field: Mapping[str, Any], keyword: str, default: Any) -> Any:
    """Return a limit of a field, also where it stands apart in `allOf` because it is only assumed."""
    places = [field, *(each for each in field.get("allOf", ()) if isinstance(each, Mapping))]
    return next((place[keyword] for place in places if keyword in place), default)


def _of_body(pack: Pack, operation: Operation) -> Iterator[BadInput]:
    if operation.request is None or operation.request.media != "json":
        return
    sure = pack.errors.body_evidence or pack.errors.evidence
    for change, words, value in (
        ("not an object", "the body is a list instead of an object", ["golive"]),
        ("not json", "the body is not JSON", NOT_JSON),
    ):
        refusals, codes = pack.errors.refusals, pack.errors.data_codes
        yield BadInput(f"body:{change}", "invalid", words, "", value, refusals, sure, codes=codes)


def _case(
    pack: Pack,
    name: str,
    change: str,
    words: str,
    value: Any,
    evidence: Evidence,
    family: Family = "incomplete",
) -> BadInput:
    refusals, codes = pack.errors.refusals, pack.errors.data_codes
    return BadInput(f"{name}:{change}", family, f"`{name}` {words}", name, value, refusals, evidence, codes=codes)
