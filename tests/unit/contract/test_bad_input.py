from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.contract.bad_input import MISSING, NOT_JSON, BadInput, bad_inputs
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.library import read_pack, read_schema
from pytest_golive.vendors.operation import BadValue, Operation

PACK = read_pack("uppzy")
PLAIN = PACK.operations["update_widget_config"].model_copy(update={"tolerates": {}, "bad_values": ()})


def _cases(properties: dict[str, Any], operation: Operation = PLAIN, **schema: Any) -> list[BadInput]:
    return list(bad_inputs(PACK, operation, {"properties": properties, **schema}))


def _field(model: dict[str, Any], *, required: bool = False) -> dict[str, tuple[str, str, Any, str]]:
    """Return the cases of one field: change -> family, words, value, evidence."""
    cases = _cases({"a": model}, required=["a"] if required else [])
    return {
        case.id.removeprefix("a:"): (case.family, case.words, case.value, case.evidence.value)
        for case in cases
        if case.field == "a"
    }


def test_a_required_field_is_left_out_and_null() -> None:
    """That it is needed may be stated; that null is refused is a convention."""
    cases = _field({"x-evidence": "documented"}, required=True)

    assert cases == {
        "missing": ("incomplete", "`a` is missing", MISSING, "documented"),
        "null": ("incomplete", "`a` is null", None, "assumed"),
    }


def test_an_optional_field_is_neither() -> None:
    """Null may stand for leaving it out."""
    assert _field({}) == {}


@pytest.mark.parametrize(
    ("kind", "words", "value"),
    [
        ("string", "`a` is a list instead of text", ["golive"]),
        ("integer", "`a` is text instead of a whole number", "golive"),
        ("number", "`a` is text instead of a number", "golive"),
        ("boolean", "`a` is text instead of true or false", "golive"),
        ("array", "`a` is text instead of a list", "golive"),
        ("object", "`a` is text instead of an object", "golive"),
    ],
)
def test_a_field_has_another_type(kind: str, words: str, value: Any) -> None:
    """Never one that many right programs take for the other: 12 for "12"."""
    assert _field({"type": kind}) == {"wrong type": ("invalid", words, value, "assumed")}


def test_several_types_have_no_wrong_one() -> None:
    """Text or null: nothing is derived."""
    assert _field({"type": ["string", "null"]}) == {}


@pytest.mark.parametrize(
    ("model", "change", "family", "words", "value"),
    [
        ({"minLength": 1}, "empty", "incomplete", "`a` is empty", ""),
        ({"pattern": r"\S"}, "blank", "incomplete", "`a` holds only blanks", "   "),
        ({"minItems": 1}, "empty", "incomplete", "`a` is an empty list", []),
        ({"maxLength": 3}, "too long", "invalid", "`a` has 4 characters, one more than allowed", "gggg"),
        ({"maxItems": 1}, "too many", "invalid", "`a` has 2 items, one more than allowed", ["golive", "golive"]),
        ({"format": "email"}, "malformed", "invalid", "`a` is no e-mail address", "golive at example"),
        ({"format": "uuid"}, "malformed", "invalid", "`a` is no UUID", "golive-not-a-uuid"),
        ({"format": "uri"}, "malformed", "invalid", "`a` is no URL", "golive not a url"),
        ({"format": "date-time"}, "malformed", "invalid", "`a` is no date with time", "golive o'clock"),
        ({"format": "date"}, "malformed", "invalid", "`a` is no date", "golive day"),
    ],
)
def test_a_field_is_outside_its_limits(model: dict[str, Any], change: str, family: str, words: str, value: Any) -> None:
    """Also where the limit stands apart because it is only assumed."""
    assert _field(model) == {change: (family, words, value, "assumed")}
    if "format" not in model:
        assert _field({"allOf": [model]}) == {change: (family, words, value, "assumed")}


@pytest.mark.parametrize("model", [{"minLength": 0}, {"minItems": 0}, {"pattern": "^a"}, {"format": "iban"}])
def test_what_has_no_wrong_value_has_no_case(model: dict[str, Any]) -> None:
    """Nothing is guessed."""
    assert _field(model) == {}


@pytest.mark.parametrize("evidence", ["documented", "assumed"])
def test_a_value_outside_the_stated_ones_is_as_sure_as_they_are(evidence: str) -> None:
    """That it is refused follows from the statement."""
    assert _field({"enum": ["good", "bad"], "x-evidence": evidence}) == {
        "unknown value": ("invalid", "`a` holds a value that is not one of the allowed", "golive-unknown", evidence)
    }


def test_without_documented_errors_only_a_mark_of_its_own_makes_a_refusal_sure() -> None:
    """Where no page says how the vendor refuses, a documented field does not say that another value is refused."""
    silent = PACK.model_copy(update={"errors": PACK.errors.model_copy(update={"evidence": Evidence.ASSUMED})})
    schema = {
        "required": ["a", "b"],
        "properties": {"a": {"enum": ["good"], "x-evidence": "documented"}, "b": {"x-evidence": "documented"}},
        "x-required-evidence": {"b": "documented"},
    }
    found = {case.id: case.evidence.value for case in bad_inputs(silent, PLAIN, schema)}

    assert {name: found[name] for name in ("a:missing", "a:unknown value", "b:missing")} == {
        "a:missing": "assumed",
        "a:unknown value": "assumed",
        "b:missing": "documented",
    }


def test_that_a_field_is_needed_has_a_mark_of_its_own() -> None:
    """Else the field's, else the schema's, else it is documented."""

    def sure(schema: dict[str, Any], model: dict[str, Any]) -> Evidence:
        return next(case.evidence for case in _cases({"a": model}, required=["a"], **schema) if case.value is MISSING)

    assert sure({}, {}) is Evidence.DOCUMENTED
    assert sure({"x-evidence": "assumed"}, {}) is Evidence.ASSUMED
    assert sure({"x-evidence": "assumed"}, {"x-evidence": "documented"}) is Evidence.DOCUMENTED
    assert sure({"x-required-evidence": {"a": "assumed"}}, {"x-evidence": "documented"}) is Evidence.ASSUMED


def test_the_body_as_a_whole_can_be_wrong() -> None:
    """As sure as the vendor's statuses are; a form has no such case."""
    cases = {case.id: case for case in _cases({})}

    assert [(case.id, case.words, case.body({"a": 1}), case.evidence.value) for case in cases.values()] == [
        ("body:not an object", "the body is a list instead of an object", ["golive"], "documented"),
        ("body:not json", "the body is not JSON", NOT_JSON, "documented"),
    ]
    with pytest.raises(json.JSONDecodeError):
        json.loads(NOT_JSON)
    assert _cases({}, PACK.operations["upload_document"].model_copy(update={"bad_values": ()})) == []


def test_how_sure_that_is_may_be_stated_apart() -> None:
    """The pages may tell of wrong fields and not of bodies that are none."""
    unsaid = PACK.model_copy(update={"errors": PACK.errors.model_copy(update={"body_evidence": Evidence.ASSUMED})})

    assert [case.evidence.value for case in bad_inputs(unsaid, PLAIN, {})] == ["assumed", "assumed"]


def test_a_reading_operation_has_no_bad_input() -> None:
    """It has no body."""
    assert _cases({"a": {"type": "string"}}, PACK.operations["get_limits"]) == []


def test_the_packs_own_cases_come_last() -> None:
    """With statuses and evidence of their own, or the vendor's."""
    listed = (
        BadValue(evidence=Evidence.DOCUMENTED, title="is shouted", change={"a": "GOOD"}, refusals=(404,)),
        BadValue(evidence=Evidence.ASSUMED, title="is elsewhere", elsewhere={"id": "x"}, tolerated=True),
    )
    _, _, shouted, elsewhere = _cases({}, PLAIN.model_copy(update={"bad_values": listed}))

    assert (shouted.id, shouted.family, shouted.words) == ("a:is shouted", "invalid", "`a` is shouted")
    assert (shouted.body({"a": "good", "b": 1}), shouted.refusals) == ({"a": "GOOD", "b": 1}, (404,))
    assert (shouted.evidence, shouted.tolerated) == (Evidence.DOCUMENTED, None)
    assert (elsewhere.body({"a": 1}), dict(elsewhere.elsewhere)) == ({"a": 1}, {"id": "x"})
    assert (elsewhere.refusals, elsewhere.tolerated) == (PACK.errors.refusals, "the contract leaves it open")


def test_what_the_contract_leaves_open_is_tolerated_with_its_reason() -> None:
    """Named by the case's id; everything else of the case stays."""
    open_case = PLAIN.model_copy(update={"tolerates": {"a:wrong type": "it may be ignored"}})
    tolerated, strict = _cases({"a": {"type": "string"}}, open_case)[0], _cases({"a": {"type": "string"}})[0]

    assert (tolerated.tolerated, strict.tolerated) == ("it may be ignored", None)
    assert (tolerated.id, tolerated.value, tolerated.refusals) == (strict.id, strict.value, strict.refusals)


def test_the_valid_payload_stays_as_it_is() -> None:
    """One change at a time, on a copy."""
    valid = {"a": "text", "b": 1}
    bodies = {case.id: case.body(valid) for case in _cases({"a": {"type": "string"}}, required=["a"])}

    assert bodies["a:missing"] == {"b": 1}
    assert bodies["a:null"] == {"a": None, "b": 1}
    assert bodies["a:wrong type"] == {"a": ["golive"], "b": 1}
    assert valid == {"a": "text", "b": 1}


def test_ids_are_stable_and_told_apart() -> None:
    """A waiver names the same case next month: in the schema's order, none twice."""
    schema = read_schema("uppzy", "chat.request.json")
    ids = [case.id for case in bad_inputs(PACK, PACK.operations["chat"], schema)]

    assert len(ids) == len(set(ids))
    assert ids == [
        "session_id:missing",
        "session_id:null",
        "session_id:wrong type",
        "session_id:empty",
        "session_id:blank",
        "session_id:too long",
        "message:missing",
        "message:null",
        "message:wrong type",
        "message:empty",
        "message:blank",
        "message:too long",
        "response_language:wrong type",
        "email:wrong type",
        "email:malformed",
        "body:not an object",
        "body:not json",
        "response_language:names a language that does not exist",
    ]
