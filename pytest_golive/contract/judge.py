"""Where an answer does not fit its JSON Schema, in sentences, and how sure the pack is of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pytest_golive.contract.formats import FORMATS
from pytest_golive.facts.outcome import Evidence

KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
"""JSON types in the words of a finding."""

SHOWN = 80
"""Characters of an offending value that a sentence shows."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a body does not fit.

    Attributes:
        where: path in the body, ``items[0].status``; empty for the body itself.
        sentence: what is wrong there.
        evidence: whether the vendor's pages state what was broken, or the pack assumes it.
    """

    where: str
    sentence: str
    evidence: Evidence

    def __str__(self) -> str:
        return f"{self.sentence} ({self.evidence})"


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Return a validator that also judges formats. Build it once per schema: it costs more than a validation."""
    return Draft202012Validator(schema, format_checker=FORMATS)


def mismatches(judge: Draft202012Validator, body: Any) -> tuple[Mismatch, ...]:
    """Return every way in which ``body`` does not fit, by place."""
    found = [
        Mismatch(path_of(error), sentence(error), evidence_of(error, judge.schema)) for error in judge.iter_errors(body)
    ]
    return tuple(sorted(found, key=lambda mismatch: (mismatch.where, mismatch.sentence)))


def unknown_fields(schema: Mapping[str, Any], body: Any, where: str = "") -> Iterator[str]:
    """Yield the path of every field that the schema does not know; unknown fields are no failure."""
    if isinstance(body, Mapping) and isinstance(schema.get("properties"), Mapping):
        for name, value in body.items():
            path = f"{where}.{name}" if where else str(name)
            if name in schema["properties"]:
                yield from unknown_fields(schema["properties"][name], value, path)
            elif schema.get("additionalProperties") in (None, True):
                yield path
    elif isinstance(body, list) and body and isinstance(schema.get("items"), Mapping):
        yield from unknown_fields(schema["items"], body[0], f"{where}[0]")


def path_of(error: ValidationError) -> str:
    """Return where in the body an error lies, as ``items[0].status``."""
    path = ""
    for step in error.absolute_path:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else str(step)
    return path


def sentence(error: ValidationError) -> str:
    """Say in one sentence what a validation error means."""
    where = f"`{path_of(error)}`" if error.absolute_path else "the body"
    told = _SENTENCES.get(str(error.validator))
    return f"{where} {told(error)}" if told is not None else f"{where}: {cut(error.message)}"


def missing_field(error: ValidationError) -> str:
    """Return the name of the field that a `required` error is about."""
    required: Any = error.validator_value
    return next(str(name) for name in required if error.message.startswith(repr(name)))


def evidence_of(error: ValidationError, schema: Any) -> Evidence:
    """Return the mark nearest to the broken keyword: ``x-required-evidence`` for a missing field, else ``x-evidence``.

    Without any mark the fact counts as documented: a schema has to say where it guesses.
    """
    mark = Evidence.DOCUMENTED
    place: Any = schema
    for step in error.absolute_schema_path:
        mark = _mark(place, mark)
        # jsonschema leaves "$ref" out of the path: the next step is one inside the schema that is referred to.
        while isinstance(place, Mapping) and step not in place and "$ref" in place:
            place = _resolve(schema, str(place["$ref"]))
            mark = _mark(place, mark)
        place = place[step]
    if error.validator != "required":
        return mark
    name = missing_field(error)
    marks = error.schema.get("x-required-evidence", {}) if isinstance(error.schema, Mapping) else {}
    own = error.schema.get("properties", {}).get(name, {}) if isinstance(error.schema, Mapping) else {}
    return Evidence(marks.get(name, _mark(own, mark)))


def _mark(place: Any, inherited: Evidence) -> Evidence:
    if isinstance(place, Mapping) and "x-evidence" in place:
        return Evidence(place["x-evidence"])
    return inherited


def _resolve(schema: Any, reference: str) -> Any:
    place = schema
    for step in reference.removeprefix("#").strip("/").split("/"):
        place = place[step.replace("~1", "/").replace("~0", "~")] if step else place
    return place


def kind_of(value: Any) -> str:
    """Return what kind of JSON value this is, in words."""
    for kind, types in (
        ("boolean", bool),
        ("integer", int),
        ("number", float),
        ("string", str),
        ("array", list),
    ):
        if isinstance(value, types):
            return KINDS[kind]
    return KINDS["null"] if value is None else KINDS["object"]


def shown(value: Any) -> str:
    """Return a value as a sentence shows it, cut to a length."""
    return cut(repr(value))


def cut(text: str) -> str:
    """Return a text, cut to the length a sentence can bear."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _type(error: ValidationError) -> str:
    allowed: Any = error.validator_value
    kinds = [KINDS[kind] for kind in ([allowed] if isinstance(allowed, str) else allowed)]
    return f"is {kind_of(error.instance)}, {' or '.join(kinds)} is due"


def _required(error: ValidationError) -> str:
    return f"lacks `{missing_field(error)}`"


def _too_few(error: ValidationError, what: str) -> str:
    given: Any = error.instance
    return f"has {len(given)} {what}, at least {error.validator_value} are due" if given else "is empty"


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "required": _required,
    "enum": lambda e: f"is {shown(e.instance)}, one of {', '.join(map(repr, e.validator_value))} is due",
    "const": lambda e: f"is {shown(e.instance)}, {e.validator_value!r} is due",
    "minLength": lambda e: "is empty" if not e.instance else f"is shorter than {e.validator_value} characters",
    "maxLength": lambda e: f"is longer than {e.validator_value} characters",
    "pattern": lambda e: f"is {shown(e.instance)}, which does not match {e.validator_value}",
    "format": lambda e: f"is {shown(e.instance)}, which is not a valid {e.validator_value}",
    "minimum": lambda e: f"is {shown(e.instance)}, less than {e.validator_value}",
    "maximum": lambda e: f"is {shown(e.instance)}, more than {e.validator_value}",
    "minItems": lambda e: _too_few(e, "items"),
    "minProperties": lambda e: _too_few(e, "fields"),
    "additionalProperties": lambda e: f"has fields the contract does not allow: {cut(e.message)}",
    "anyOf": lambda e: f"fits none of the {len(e.validator_value)} shapes the contract allows",
    "oneOf": lambda e: f"fits none of the {len(e.validator_value)} shapes the contract allows",
}
