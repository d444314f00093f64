"""Recordings grow old, and vendors change: both are seen, and what the contract leaves open is no alarm."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pytest_golive.cassettes.aging import Change, answered, changes, place_of, recorded_operations, too_old
from pytest_golive.cassettes.shelf import Label, Lying
from pytest_golive.cassettes.tape import Mode
from pytest_golive.facts.scope import Scope, check_scope
from tests.unit.cassettes.conftest import URL, Lab

SCHEMA = {
    "type": "object",
    "required": ["items"],
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "count": {"type": ["integer", "null"]},
                    "by_id": {"type": "object"},
                },
            },
        }
    },
}


def items(*found: Any) -> dict[str, Any]:
    """Return a listing."""
    return {"items": list(found)}


@pytest.mark.parametrize(
    ("recorded", "today", "found"),
    [
        ([items({"id": "a"})], items({"id": "b"}), []),
        ([items({"id": "a"})], items({"id": 1}), [Change("items[].id", "other", True, "text", "a whole number")]),
        (
            [items({"id": "a"})],
            items({"count": 1}),
            [Change("items[].count", "new", True), Change("items[].id", "lost", True)],
        ),
        ([items({"id": "a", "x": 1})], items({"id": "a"}), [Change("items[].x", "lost", False)]),
        ([items({"id": "a"})], items({"id": "a", "x": 1}), [Change("items[].x", "new", False)]),
        # What was not always there is not missed.
        ([items({"id": "a"}, {})], items({}), []),
        ([items({"id": "a"}), items({})], items({}), []),
        # An empty list says nothing of its items, null nothing of a kind, and 1 is a number like 1.5.
        ([items({"id": "a"})], items(), []),
        ([items()], items({"id": 1}), []),
        ([items({"id": "a"})], items({"id": None}), []),
        ([items({"count": 1})], items({"count": 1.5}), []),
        # Keys below an object whose fields the contract does not name are data.
        ([items({"by_id": {"a": 1}})], items({"by_id": {"b": "x"}}), []),
        ([items({"id": "a"})], [], []),
        ([], items({"id": "a"}), []),
    ],
)
def test_structures_are_compared(recorded: list[Any], today: Any, found: list[Change]) -> None:
    """Fields and kinds, never values."""
    assert changes(recorded, today, SCHEMA) == found


def test_what_was_recorded_of_an_operation(lab: Lab) -> None:
    """Successes with a JSON body, of the operation and the target, but not of the check that asks."""
    answers = iter([httpx.Response(200, json={"a": 1}), httpx.Response(404, json={}), httpx.Response(200, text="no")])
    named = {"golive_operation": "get_limits"}
    lab.run(Mode.ALL, lambda c: [c.get(f"{URL}/limits", extensions=named) for _ in range(3)], lambda _: next(answers))

    found = answered(lab.shelf, "shop@staging", "get_limits")

    assert found.bodies == ({"a": 1},)
    assert abs(found.days[0] - datetime.now(UTC).date()) <= timedelta(days=1)
    assert answered(lab.shelf, "shop@staging", "get_limits", but=check_scope("limits_answer[shop]")).bodies == ()
    assert answered(lab.shelf, "shop@live", "get_limits").bodies == ()
    assert recorded_operations(lab.shelf) == {"shop@staging": frozenset({"get_limits"})}


def test_places_without_their_numbers() -> None:
    """As a structure names them."""
    assert place_of("items[12].rows[0].id") == "items[].rows[].id"


@pytest.mark.parametrize(
    ("age", "is_old", "is_soon"),
    [(0, False, False), (76, False, False), (77, False, True), (90, False, True), (91, True, False)],
)
def test_old_recordings(age: int, is_old: bool, is_soon: bool) -> None:
    """Past the limit they are old; for two weeks before it is told."""
    today = date(2026, 11, 28)
    moment = datetime.combine(today, datetime.min.time(), UTC) - timedelta(days=age)
    label = Label(Scope("checks", "a[x]"), "staging", ("x",), moment, "live", "r", "1", {})
    lying = Lying(Path("a.yaml"), label, ())

    assert too_old([lying], today, 90) == ([lying] if is_old else [], [lying] if is_soon else [])


def test_the_file_of_a_test_is_no_pattern() -> None:
    """Guards the regular expression above against brackets in field names."""
    assert re.sub(r"\[\d+\]", "[]", "a[x]") == place_of("a[x]")
