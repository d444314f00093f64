"""Whatever is sent: the answer is the object, or an error of eight keys, and never a failure of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.http import Headers, Request

APP = Augno(work_seconds=0)
CONNECTION = APP.connections()["production"]
WRITES = [each for each in APP.endpoints if each.method in {"POST", "PATCH", "PUT"}]
LISTINGS = [each for each in APP.endpoints if each.query]
EARLIEST = "0001-01-01T00:00:00+23:59"
KEYS = {"code", "type", "message", "param", "doc_url", "is_transient", "quota", "request_log_url"}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.sampled_from([*CONNECTION.ids.values(), "0", "1", "1e9", "2027-01-04T00:00:00Z", EARLIEST]),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)


def body_of(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of known fields, of which some are right."""
    return st.fixed_dictionaries({}, optional={field.name: value_of(field) for field in fields})


def value_of(field: Field) -> st.SearchStrategy[Any]:
    right: st.SearchStrategy[Any] = st.text(min_size=1, max_size=20)
    if field.sort == "choice":
        right = st.sampled_from(field.choices)
    elif field.sort == "object":
        right = body_of(field.inner)
    elif field.sort == "objects":
        right = st.lists(body_of(field.inner), max_size=2)
    elif field.name.endswith("_id"):
        right = st.sampled_from([*CONNECTION.ids.values()])
    return right | ANYTHING


def ask(method: str, path: str, query: dict[str, str], body: bytes, key: str = "audit_key") -> tuple[int, Any]:
    headers = Headers([("Authorization", f"Bearer {CONNECTION.keys[key]}"), ("Augno-Version", "1.0.forge-preview.3")])
    answer = APP(Request(method, path, query, headers, body))
    return answer.status, json.loads(answer.body)


def check(status: int, body: Any) -> None:
    assert status < 500
    if status >= 400:
        assert set(body["error"]) == KEYS


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("operation", [each.operation for each in WRITES])
@given(data=st.data())
def test_no_body_breaks_a_write(operation: str, data: st.DataObject) -> None:
    """Of existing objects and of unknown ones."""
    endpoint = next(each for each in WRITES if each.operation == operation)
    body = data.draw(body_of(endpoint.fields))
    path = endpoint.template
    for name in ("customer_id", "product_id", "unit_id", "account_group_id"):
        path = path.replace(f"{{{name}}}", CONNECTION.ids.get(f"order_{name}", "none"))
    check(*ask(endpoint.method, path, {}, json.dumps(body).encode()))


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=40) | st.sampled_from([b'{"name": "\\ud800"}', b"[" * 99999]))
def test_no_bytes_break_a_write(raw: bytes) -> None:
    """Halves of characters and endless nesting among them."""
    check(*ask("POST", "/v1/finance/payment-terms", {}, raw))


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("operation", [each.operation for each in LISTINGS])
@given(data=st.data())
def test_no_query_breaks_a_listing(operation: str, data: st.DataObject) -> None:
    """Of the parameters it knows."""
    endpoint = next(each for each in LISTINGS if each.operation == operation)
    values = st.text(max_size=30) | st.sampled_from(["1", "true", "9" * 5000, "2026-11-02", EARLIEST])
    query = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(endpoint.query, values)))
    check(*ask("GET", endpoint.template, query, b""))


def test_half_a_character_is_replaced() -> None:
    """And a whole one in two halves is itself."""
    names = [
        ask("POST", "/v1/finance/payment-terms", {}, raw)[1]["name"]
        for raw in (b'{"name": "a\\ud800b"}', b'{"name": "a\\ud83d\\ude00b"}')
    ]

    assert names == ["a\ufffdb", "a\U0001f600b"]
