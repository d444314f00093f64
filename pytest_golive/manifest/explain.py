"""Why a document does not fit its JSON Schema, in sentences for the person who wrote it.

One cause gives one mistake: a misspelt key is not told again as a missing one. What stands where a secret may
stand is never repeated.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pytest_golive.manifest.document import Document
from pytest_golive.manifest.mistake import Mistake

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_OLD_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_SOURCE_KEYS = ("env", "file", "command")

Place = tuple[str | int, ...]
Explained = Iterator[tuple[Place, str]]


@dataclass(frozen=True, slots=True)
class _Misfit:
    """One error of jsonschema: at `place`, `value` is not what `rule` of `schema` asks."""

    place: Place
    rule: str
    asked: Any
    value: Any
    schema: Mapping[str, Any]
    branches: tuple[tuple[_Misfit, ...], ...]
    message: str

    @property
    def known_keys(self) -> dict[str, Any]:
        """The keys a mapping may have here, with their schemas."""
        return dict(self.schema.get("properties", {}))

    @property
    def unknown_keys(self) -> list[str]:
        return [key for key in self.value if key not in self.known_keys]

    @property
    def missing_key(self) -> str:
        """The key a `required` error is about: jsonschema makes one error of each."""
        return next(str(key) for key in self.asked if self.message.startswith(repr(key)))

    @property
    def choices(self) -> list[str]:
        """The keys of which exactly one has to be there, when that is what a `oneOf` says."""
        if all(set(branch) == {"required"} for branch in self.asked):
            return [branch["required"][0] for branch in self.asked]
        return []

    @property
    def wants_a_source(self) -> bool:
        return set(self.known_keys) == set(_SOURCE_KEYS)

    @property
    def kinds(self) -> list[str]:
        """The kinds of value a `type` error allows, in the words of YAML."""
        if set(self.known_keys) == {"env"}:
            return ["{env: NAME}"]
        return [_KINDS[kind] for kind in ([self.asked] if isinstance(self.asked, str) else self.asked)]


def explain(document: Document, schema: Mapping[str, Any]) -> list[Mistake]:
    """Return every way in which the document does not fit the schema."""
    return [document.mistake(place, sentence) for place, sentence in sentences(document.data, schema)]


def sentences(value: Any, schema: Mapping[str, Any]) -> list[tuple[Place, str]]:
    """Return place and sentence for every way in which the value does not fit the schema."""
    misfits = [_misfit(error) for error in Draft202012Validator(schema).iter_errors(value)]
    return [(place, sentence) for place, sentence in dict.fromkeys(_explained(misfits))]


def listed(words: Iterable[str], given: str, lead: str, *, also: Iterable[str] = ()) -> str:
    """Return '; did you mean X? Lead: a, b' or, when nothing is near to what was given, '; lead: a, b'.

    A word of `also` may have been meant too, and is not listed.
    """
    known = list(words)
    near = nearest(given, [*known, *also])
    all_words = f"{lead}: {', '.join(known) or 'nothing'}"
    return f"; did you mean {near}? {all_words[0].upper()}{all_words[1:]}" if near else f"; {all_words}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that was probably meant."""
    known = list(words)
    longer = [name for name in known if len(word) >= 3 and name.startswith(word)]  # prod, for production
    close = longer or difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def _misfit(error: ValidationError) -> _Misfit:
    branches: dict[Any, list[_Misfit]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(_misfit(inner))
    return _Misfit(
        place=tuple(error.absolute_path),
        rule="propertyNames" if "propertyNames" in error.relative_schema_path else str(error.validator),
        asked=error.validator_value,
        value=error.instance,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        branches=tuple(tuple(branch) for branch in branches.values()),
        message=error.message,
    )


def _explained(misfits: Iterable[_Misfit]) -> Explained:
    by_place: dict[Place, list[_Misfit]] = {}
    for misfit in misfits:
        by_place.setdefault(misfit.place, []).append(misfit)
    for at_one_place in by_place.values():
        unknown = _unknown(at_one_place)
        of_wrong_kind = [misfit for misfit in at_one_place if misfit.rule == "type"]
        for misfit in of_wrong_kind or at_one_place:
            if not _follows_from(misfit, unknown):
                yield from _EXPLANATIONS.get(misfit.rule, _in_general)(misfit)


def _unknown(misfits: Iterable[_Misfit]) -> dict[str, str | None]:
    """Return the unknown keys of one mapping, each with the key that was probably meant."""
    return {
        key: nearest(key, set(misfit.known_keys) - set(misfit.value))
        for misfit in misfits
        if misfit.rule == "additionalProperties"
        for key in misfit.unknown_keys
    }


def _follows_from(misfit: _Misfit, unknown: Mapping[str, str | None]) -> bool:
    """Return whether an unknown key of the same mapping already explains this one."""
    meant = set(unknown.values())
    if misfit.rule == "required":
        return misfit.missing_key in meant
    if misfit.rule == "oneOf":
        return not meant.isdisjoint(misfit.choices)
    return misfit.rule in {"minProperties", "maxProperties"} and bool(unknown)


def _unknown_key(misfit: _Misfit) -> Explained:
    for key in misfit.unknown_keys:
        # `api_key: {s3cr3t}` is a mapping whose key is the secret.
        place = misfit.place if misfit.wants_a_source else (*misfit.place, key)
        allowed = _SOURCE_KEYS if misfit.wants_a_source else sorted(misfit.known_keys)
        yield place, f"unknown key{listed(allowed, key, 'allowed here')}"


def _missing_key(misfit: _Misfit) -> Explained:
    key = misfit.missing_key
    about = misfit.known_keys.get(key, {}).get("description")
    yield misfit.place, f"the key {key} is missing" + (f" ({about})" if about else "")


def _wrong_kind(misfit: _Misfit) -> Explained:
    if misfit.wants_a_source:
        yield misfit.place, _not_a_source(misfit)
    else:
        yield misfit.place, _not_of_kind(misfit.kinds, misfit.value)


def _not_a_source(misfit: _Misfit) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in str(misfit.place[-1])).upper()
    way = f"{{env: {name}}}, {{file: PATH}} or {{command: [PROGRAM, ARGUMENT]}}"
    if misfit.value is None:
        return f"is empty; say where the secret comes from: {way}"
    return f"a secret may not stand in this file; say where it comes from: {way}"


def _not_of_kind(kinds: Iterable[str], value: Any) -> str:
    allowed = " or ".join(dict.fromkeys(kinds))
    if value is None:
        return f"is empty; it has to be {allowed}"
    return f"has to be {allowed}, but {_kind_of(value)} is given{_hint(allowed, value)}"


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"


def _hint(allowed: str, value: Any) -> str:
    """Return what was probably meant: `yes` as true, a number or a {placeholder} as text."""
    if allowed == "true or false" and isinstance(value, str) and value.lower() in _OLD_BOOLEANS:
        return f"; write {_OLD_BOOLEANS[value.lower()]}"
    if "text" not in allowed:
        return ""
    if isinstance(value, dict) and list(value.values()) == [None]:
        return f'; put it in quotes: "{{{next(iter(value))}}}"'
    return "; put it in quotes" if isinstance(value, bool | int | float) else ""


def _wrong_word(misfit: _Misfit) -> Explained:
    allowed = [str(word) for word in misfit.asked]
    yield misfit.place, f"{misfit.value!r} is not known here{listed(allowed, str(misfit.value), 'allowed')}"


def _wrong_constant(misfit: _Misfit) -> Explained:
    yield misfit.place, f"has to be {misfit.asked}"


def _wrong_form(misfit: _Misfit) -> Explained:
    examples = misfit.schema.get("examples")
    form = f"look like {examples[0]}" if examples else f"match {misfit.asked}"
    yield misfit.place, f"has to {form}"


def _wrong_name(misfit: _Misfit) -> Explained:
    """Explain a key of a mapping whose keys the user names."""
    for place, sentence in _wrong_form(misfit):
        yield (*place, misfit.value), f"the name {sentence}"


def _too_short(misfit: _Misfit) -> Explained:
    unit = "character" if misfit.rule == "minLength" else "item"
    yield misfit.place, "must not be empty" if misfit.asked == 1 else f"needs at least {misfit.asked} {unit}s"


def _not_one_key(misfit: _Misfit) -> Explained:
    given = ", ".join(key for key in misfit.known_keys if key in misfit.value)
    yield misfit.place, f"give exactly one of {', '.join(misfit.known_keys)}; given: {given or 'none'}"


def _beyond(words: str) -> Callable[[_Misfit], Explained]:
    def explanation(misfit: _Misfit) -> Explained:
        yield misfit.place, f"has to be {words} {misfit.asked}, but {misfit.value} is given"

    return explanation


def _no_branch(misfit: _Misfit) -> Explained:
    """Explain by the branch that was probably meant: of the right kind, and with the fewest errors."""
    if misfit.choices:
        given = ", ".join(key for key in misfit.choices if key in misfit.value)
        yield misfit.place, f"give exactly one of {', '.join(misfit.choices)}; given: {given or 'none'}"
        return
    other_kind = [
        inner for branch in misfit.branches for inner in branch if inner.rule == "type" and inner.place == misfit.place
    ]
    fitting: list[tuple[_Misfit, ...]] = [
        branch for branch in misfit.branches if not set(map(id, branch)) & set(map(id, other_kind))
    ]
    if fitting:
        meant = min(fitting, key=len)
        yield from _explained(meant)
    else:
        kinds = [kind for inner in other_kind for kind in inner.kinds]
        yield misfit.place, _not_of_kind(kinds, misfit.value)


def _in_general(misfit: _Misfit) -> Explained:
    """Say what is asked where no sentence is made for it; jsonschema's own would quote the value."""
    yield misfit.place, f"does not fit {misfit.rule}: {misfit.asked}"


_EXPLANATIONS: dict[str, Callable[[_Misfit], Explained]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "type": _wrong_kind,
    "enum": _wrong_word,
    "const": _wrong_constant,
    "pattern": _wrong_form,
    "propertyNames": _wrong_name,
    "minLength": _too_short,
    "minItems": _too_short,
    "minProperties": _not_one_key,
    "maxProperties": _not_one_key,
    "minimum": _beyond("at least"),
    "maximum": _beyond("at most"),
    "exclusiveMinimum": _beyond("more than"),
    "exclusiveMaximum": _beyond("less than"),
    "anyOf": _no_branch,
    "oneOf": _no_branch,
}
