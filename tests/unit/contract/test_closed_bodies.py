from __future__ import annotations

from typing import Any

from pytest_golive.contract.bad_input import BadInput, bad_inputs
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.library import read_pack

PACK = read_pack("uppzy")
PLAIN = PACK.operations["update_widget_config"].model_copy(update={"tolerates": {}, "bad_values": ()})


def _cases(**schema: Any) -> list[BadInput]:
    return [
        case for case in bad_inputs(PACK, PLAIN, {"properties": {}, **schema}) if not case.id.startswith("body:not")
    ]


def test_a_closed_body_is_given_a_field_nobody_knows() -> None:
    """That it is refused is a convention, and the rest of the body stays."""
    (case,) = _cases(additionalProperties=False)

    assert (case.id, case.family, case.evidence) == ("golive_unknown:unknown field", "invalid", Evidence.ASSUMED)
    assert case.words == "`golive_unknown` is a field the contract does not know"
    assert case.body({"name": "x"}) == {"name": "x", "golive_unknown": "golive"}


def test_an_open_body_is_not() -> None:
    """Whatever it says of further fields."""
    assert _cases(additionalProperties=True) == _cases(additionalProperties={"type": "string"}) == _cases() == []


def test_a_body_that_needs_a_field_is_left_empty() -> None:
    """As a change that changes nothing."""
    (case,) = _cases(minProperties=1)

    assert (case.id, case.family, case.words) == ("body:empty", "incomplete", "the body has no fields")
    assert case.evidence is Evidence.ASSUMED
    assert case.body({"name": "x"}) == {}
