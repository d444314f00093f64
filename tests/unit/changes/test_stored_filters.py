from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_golive.changes.filters import UnknownOperator, holds, lets_pass, reference_payload
from pytest_golive.sandbox.selwise.filters import passes
from pytest_golive.vendors.library import read_pack

PACK = read_pack("selwise")
OPERATORS = ("eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "exists")
VALUES = st.one_of(st.integers(-3, 3), st.sampled_from(["a", "ab", ""]), st.booleans(), st.lists(st.integers(0, 2)))
CONDITIONS = st.fixed_dictionaries(
    {"field": st.sampled_from(["a", "b.c", "d"]), "operator": st.sampled_from(OPERATORS), "value": VALUES}
)
PAYLOADS = st.fixed_dictionaries({}, optional={"a": VALUES, "b": st.fixed_dictionaries({}, optional={"c": VALUES})})


@given(st.lists(CONDITIONS, max_size=3), PAYLOADS, st.booleans())
def test_golive_and_the_double_judge_alike(
    conditions: list[dict[str, Any]], payload: dict[str, Any], enabled: bool
) -> None:
    """Two implementations, written apart, of what the pack assumes of filters."""
    filters = {"purchase": {"enabled": enabled, "conditions": conditions}}

    assert lets_pass(filters, "purchase", payload) is passes(filters, "purchase", payload)


@pytest.mark.parametrize(
    ("condition", "due"),
    [
        ({"field": "order.total", "operator": "gte", "value": 5}, True),
        ({"field": "order.total", "operator": "gt", "value": 5}, False),
        ({"field": "order.total", "operator": "lt", "value": "6"}, False),
        ({"field": "order.currency", "operator": "neq", "value": "EUR"}, False),
        ({"field": "order.currency", "operator": "exists", "value": False}, True),
        ({"field": "order.total", "operator": "exists"}, True),
    ],
)
def test_a_condition_is_about_a_field_that_is_there(condition: dict[str, Any], due: bool) -> None:
    """One about an absent field does not hold, unless it asks for that."""
    assert holds(condition, {"order": {"total": 5}}) is due


def test_of_an_operator_nobody_knows_nothing_is_said() -> None:
    """The vendor's list of operators could not be read whole."""
    with pytest.raises(UnknownOperator, match=r"^matches$"):
        holds({"field": "a", "operator": "matches"}, {"a": 1})


def test_an_event_without_a_filter_passes() -> None:
    """So does one whose filter has no conditions; one that is off does not."""
    assert lets_pass({}, "purchase", {})
    assert lets_pass({"purchase": {"enabled": True}}, "purchase", {})
    assert not lets_pass({"purchase": {"enabled": False}}, "purchase", {})


def test_a_reference_payload_is_whole() -> None:
    """With names in the place of placeholders; of an event nobody knows there is none."""
    payload = reference_payload(PACK, "purchase") or {}

    assert payload["visitorId"] == "golive-visitor"
    assert payload["order"]["total"] == 89.9
    assert "{" not in str(payload).replace("{'", "")
    assert reference_payload(PACK, "buy") is None
