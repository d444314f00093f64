from __future__ import annotations

from typing import Any

import pytest

from pytest_golive.contract.judge import Mismatch, mismatches, unknown_fields, validator
from pytest_golive.facts.outcome import Evidence

LONG = "g" * 100


def _sentences(schema: dict[str, Any], body: Any) -> list[str]:
    return [mismatch.sentence for mismatch in mismatches(validator(schema), body)]


def _evidence(schema: dict[str, Any], body: Any) -> list[str]:
    return [mismatch.evidence.value for mismatch in mismatches(validator(schema), body)]


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "string"}, 5, "is a whole number, text is due"),
        ({"type": "string"}, 5.5, "is a number, text is due"),
        ({"type": "string"}, True, "is true or false, text is due"),
        ({"type": "string"}, None, "is null, text is due"),
        ({"type": "string"}, [], "is a list, text is due"),
        ({"type": "string"}, {}, "is an object, text is due"),
        ({"type": "integer"}, "5", "is text, a whole number is due"),
        ({"type": ["string", "null"]}, 5, "is a whole number, text or null is due"),
        ({"enum": ["good", "bad"]}, "GOOD", "is 'GOOD', one of 'good', 'bad' is due"),
        ({"const": "ok"}, "no", "is 'no', 'ok' is due"),
        ({"const": "ok"}, LONG, f"is '{LONG[:79]}…, 'ok' is due"),
        ({"minLength": 1}, "", "is empty"),
        ({"minLength": 3}, "ab", "is shorter than 3 characters"),
        ({"maxLength": 2}, "abc", "is longer than 2 characters"),
        ({"pattern": r"\S"}, " ", r"is ' ', which does not match \S"),
        ({"format": "email"}, "golive", "is 'golive', which is not a valid email"),
        ({"minimum": 0}, -1, "is -1, less than 0"),
        ({"maximum": 1}, 2, "is 2, more than 1"),
        ({"minItems": 1}, [], "is empty"),
        ({"minItems": 2}, [1], "has 1 items, at least 2 are due"),
        ({"minProperties": 1}, {}, "is empty"),
        ({"minProperties": 2}, {"a": 1}, "has 1 fields, at least 2 are due"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 5, "fits none of the 2 shapes the contract allows"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, 5, "fits none of the 2 shapes the contract allows"),
        (
            {"additionalProperties": False},
            {"a": 1},
            "has fields the contract does not allow: Additional properties are not allowed ('a' was unexpected)",
        ),
        ({"required": ["id"]}, {}, "lacks `id`"),
    ],
)
def test_every_mismatch_is_a_sentence(schema: dict[str, Any], value: Any, told: str) -> None:
    """About the body as a whole, or about a field by its path."""
    assert _sentences(schema, value) == [f"the body {told}"]
    assert _sentences({"properties": {"a": {"items": schema}}}, {"a": [value]}) == [f"`a[0]` {told}"]


def test_a_rare_keyword_is_told_in_the_librarys_words() -> None:
    """Cut to what a sentence can bear."""
    assert _sentences({"uniqueItems": True}, [1, 1]) == ["the body: [1, 1] has non-unique elements"]
    assert _sentences({"maxItems": 1}, [LONG, LONG]) == [f"the body: ['{LONG[:78]}…"]


def test_the_path_leads_to_the_value() -> None:
    """Fields and positions, as in the programs that read them."""
    schema = {"properties": {"items": {"items": {"properties": {"status": {"enum": ["open"]}}}}}}

    assert mismatches(validator(schema), {"items": [{"status": "open"}, {"status": "shut"}]}) == (
        Mismatch("items[1].status", "`items[1].status` is 'shut', one of 'open' is due", Evidence.DOCUMENTED),
    )


def test_mismatches_come_by_place() -> None:
    """Whatever order the schema has: a report is the same next month."""
    schema = {"required": ["z", "y"], "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}

    assert _sentences(schema, {"b": 1, "a": 1}) == [
        "the body lacks `y`",
        "the body lacks `z`",
        "`a` is a whole number, text is due",
        "`b` is a whole number, text is due",
    ]


def test_a_missing_field_is_named_whatever_it_is_called() -> None:
    """Also with quotes in it, and beside one whose name is part of it."""
    assert _sentences({"required": ["id", "a'b"]}, {"id": 1}) == ["the body lacks `a'b`"]
    assert _sentences({"required": ["d", "id"]}, {"d": 1}) == ["the body lacks `id`"]


def test_a_body_that_fits_has_no_mismatch() -> None:
    """Fields nobody knows are none."""
    assert mismatches(validator({"type": "object", "required": ["id"]}), {"id": 1, "more": 2}) == ()


def test_without_a_mark_a_fact_counts_as_documented() -> None:
    """A schema has to say where it guesses."""
    assert _evidence({"type": "object"}, []) == ["documented"]


@pytest.mark.parametrize(
    ("field", "evidence"),
    [
        ({"type": "string"}, "assumed"),
        ({"type": "string", "x-evidence": "documented"}, "documented"),
        ({"x-evidence": "documented", "allOf": [{"type": "string", "x-evidence": "assumed"}]}, "assumed"),
        ({"x-evidence": "documented", "allOf": [{"type": "string"}]}, "documented"),
    ],
)
def test_the_nearest_mark_counts(field: dict[str, Any], evidence: str) -> None:
    """That of the keyword's own schema, else of what is around it."""
    schema = {"x-evidence": "assumed", "properties": {"a": field}}

    assert _evidence(schema, {"a": 5}) == [evidence]


@pytest.mark.parametrize(
    ("schema", "evidence"),
    [
        ({"x-required-evidence": {"id": "assumed"}}, "assumed"),
        ({"x-evidence": "assumed", "x-required-evidence": {"id": "documented"}}, "documented"),
        ({"properties": {"id": {"x-evidence": "assumed"}}}, "assumed"),
        ({"properties": {"id": {"x-evidence": "assumed"}}, "x-required-evidence": {"id": "documented"}}, "documented"),
        ({"x-evidence": "assumed"}, "assumed"),
        ({"x-required-evidence": {"other": "assumed"}}, "documented"),
        ({}, "documented"),
    ],
)
def test_that_a_field_is_required_has_a_mark_of_its_own(schema: dict[str, Any], evidence: str) -> None:
    """Else the field's, else the schema's."""
    assert _evidence({"required": ["id"], **schema}, {}) == [evidence]
    assert _evidence({"items": {"required": ["id"], **schema}}, [{}]) == [evidence]


def test_a_reference_is_followed_to_its_mark() -> None:
    """Into the definitions, also with slashes and tildes in their names, and through more than one."""
    schema = {
        "$defs": {
            "a/b~c": {"x-evidence": "assumed", "properties": {"id": {"type": "string"}}},
            "twice": {"$ref": "#/$defs/a~1b~0c"},
        },
        "properties": {"one": {"$ref": "#/$defs/a~1b~0c"}, "two": {"$ref": "#/$defs/twice"}, "self": {"$ref": "#"}},
    }

    assert _evidence(schema, {"one": {"id": 5}}) == ["assumed"]
    assert _evidence(schema, {"two": {"id": 5}}) == ["assumed"]
    assert _evidence(schema, {"self": {"one": {"id": 5}}}) == ["assumed"]


def test_a_mark_beside_a_reference_counts_less_than_the_one_behind_it() -> None:
    """The nearer one is inside."""
    schema = {
        "$defs": {"text": {"type": "string", "x-evidence": "documented"}},
        "properties": {"a": {"$ref": "#/$defs/text", "x-evidence": "assumed"}},
    }

    assert _evidence(schema, {"a": 5}) == ["documented"]


def test_a_condition_has_marks_too() -> None:
    """As in: completed requests have an answer."""
    schema = {
        "allOf": [
            {
                "x-evidence": "assumed",
                "if": {"properties": {"status": {"const": "completed"}}},
                "then": {"required": ["answer"]},
            }
        ]
    }

    assert _evidence(schema, {"status": "completed"}) == ["assumed"]


def test_a_mismatch_shows_how_sure_it_is() -> None:
    """So that a reader knows whether to ask the vendor or to correct the pack."""
    told = mismatches(validator({"type": "object", "x-evidence": "assumed"}), [])

    assert [str(mismatch) for mismatch in told] == ["the body is a list, an object is due (assumed)"]


def test_formats_are_judged_without_further_packages() -> None:
    """A missing optional package never turns a check off."""
    assert _sentences({"format": "date-time"}, "yesterday") == [
        "the body is 'yesterday', which is not a valid date-time"
    ]


@pytest.mark.parametrize(
    ("schema", "body", "unknown"),
    [
        ({"properties": {"id": {}}}, {"id": 1}, []),
        ({"properties": {"id": {}}}, {"id": 1, "plan": 2}, ["plan"]),
        ({"properties": {"a": {"properties": {}}}}, {"a": {"b": 1}}, ["a.b"]),
        ({"properties": {"items": {"items": {"properties": {"id": {}}}}}}, {"items": [{"x": 1}]}, ["items[0].x"]),
        ({"properties": {}, "additionalProperties": True}, {"a": 1}, ["a"]),
        ({"properties": {}, "additionalProperties": {"type": "string"}}, {"a": 1}, []),
        ({"properties": {}, "additionalProperties": False}, {"a": 1}, []),
        ({"type": "object"}, {"a": 1}, []),
        ({"items": {"properties": {}}}, [], []),
        ({"properties": {}}, [], []),
    ],
)
def test_fields_nobody_knows_are_told_by_their_path(schema: dict[str, Any], body: Any, unknown: list[str]) -> None:
    """Where the schema names fields at all; of a list the first item speaks for the others."""
    assert list(unknown_fields(schema, body)) == unknown
