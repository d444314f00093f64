"""The embedded Augno keeps to the pack: answers fit, and every bad input the pack implies is refused."""

from __future__ import annotations

import itertools
import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from pytest_golive.contract.bad_input import BadInput, bad_inputs
from pytest_golive.exchange.call import Call, body_arguments, call_of, with_body
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.problem import CATALOGUE
from pytest_golive.sandbox.connection import Connection
from pytest_golive.vendors.library import read_pack, read_schema

PACK = read_pack("augno")
PLACEHOLDER = re.compile(r"{(fresh|id|answer|own|first):(\w+)(?:\.([\w.]+))?}")
FORMATS = FormatChecker()
NUMBERS = itertools.count()

# What is only possible from one state of an order: the actions that have to be done before.
BEFORE = {
    "unissue_sales_order": ("issue_sales_order",),
    "close_sales_order": ("issue_sales_order",),
    "open_sales_order": ("issue_sales_order", "close_sales_order"),
}

BAD = [
    pytest.param(name, case, id=f"{name}-{case.id}")
    for name, operation in PACK.operations.items()
    if operation.request is not None
    for case in bad_inputs(PACK, operation, read_schema("augno", operation.request.json_schema))
]


class Examples:
    """Calls operations by the pack's examples, those that others rest on first."""

    def __init__(self, usual: httpx.Client, audit: httpx.Client, ids: dict[str, str]) -> None:
        self._usual = usual
        self._audit = audit
        self._ids = ids
        self._answers: dict[str, Any] = {}

    def send(self, name: str, call: Call) -> httpx.Response:
        client = self._audit if PACK.operations[name].authentication or "sandbox" in name else self._usual
        return client.request(
            call.method, call.path, params=dict(call.query), content=call.content, headers=dict(call.headers)
        )

    def arguments(self, name: str) -> dict[str, Any]:
        filled: dict[str, Any] = self._filled(PACK.operations[name].example)
        return filled

    def call(self, name: str, arguments: dict[str, Any]) -> Call:
        return call_of(name, PACK.operations[name], self._ids, arguments)

    def answer(self, name: str) -> httpx.Response:
        arguments = self.arguments(name)
        for action in BEFORE.get(name, ()):
            assert self.send(action, self.call(action, self.arguments(action))).is_success
        return self.send(name, self.call(name, arguments))

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._filled(inner) for inner in value]
        return PLACEHOLDER.sub(self._fill, value) if isinstance(value, str) else value

    def _fill(self, match: re.Match[str]) -> str:
        kind, name, path = match.groups()
        if kind == "fresh":
            return f"golive{next(NUMBERS)}"
        if kind == "id":
            return self._ids[name]
        if kind == "own":
            return str(_at(self.answer(name).json(), path))
        if name not in self._answers:
            self._answers[name] = self.answer(name).json()
        found = self._answers[name]
        return str(_at(found["data"][0] if kind == "first" else found, path))


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[name]
    return value


@pytest.fixture
def examples(production: httpx.Client, owner: httpx.Client, augno: Augno) -> Examples:
    """Of production, where sandboxes can be managed too."""
    return Examples(production, owner, dict(augno.connections()["production"].ids))


@pytest.mark.parametrize("name", PACK.operations)
def test_every_example_is_answered_as_the_pack_says(examples: Examples, name: str) -> None:
    """Status and body fit, documented or assumed."""
    answer = examples.answer(name)
    due = PACK.operations[name].response
    validator = Draft202012Validator(read_schema("augno", due.json_schema), format_checker=FORMATS)

    assert (due.statuses[0], []) == (answer.status_code, [*validator.iter_errors(answer.json())])


@pytest.mark.parametrize(("name", "case"), BAD)
def test_every_bad_input_is_refused(examples: Examples, name: str, case: BadInput) -> None:
    """What the pack tolerates may succeed; everything else is refused by one of its statuses and codes."""
    operation = PACK.operations[name]
    arguments = examples.arguments(name)
    call = with_body(
        examples.call(name, {**arguments, **case.elsewhere}), operation, case.body(body_arguments(operation, arguments))
    )
    answer = examples.send(name, call)
    listed = [bad.codes for bad in operation.bad_values if bad.title in case.words and bad.codes]
    codes = [*PACK.errors.data_codes, *itertools.chain.from_iterable(listed)]

    assert answer.status_code in case.refusals, f"{answer.status_code} {answer.text}"
    assert answer.json()["error"]["code"] in codes
    assert not [*Draft202012Validator(read_schema("augno", PACK.errors.body)).iter_errors(answer.json())]


def test_every_operation_of_the_pack_is_served_under_its_name(augno: Augno) -> None:
    """Method and path are those of the pack, and so is the permission where it names one."""
    served = {each.operation: each for each in augno.endpoints}
    differing = {
        name: (served[name].method, served[name].template, served[name].permission)
        for name, operation in PACK.operations.items()
        if (operation.method, operation.path) != (served[name].method, served[name].template)
        or (operation.scopes and served[name].permission not in operation.scopes)
    }

    assert differing == {}


def test_every_code_of_the_pack_is_in_the_catalogue() -> None:
    """Status, type and whether to try again are told the same."""
    told = {
        code: (kind.status, kind.type in PACK.errors.codes[code].types, kind.is_transient)
        for code, kind in CATALOGUE.items()
    }

    assert told == {code: (each.status, True, each.retry == "bounded") for code, each in PACK.errors.codes.items()}


def test_ids_are_those_the_pack_asks_for(connection: Connection) -> None:
    """Every configured id has its value."""
    assert set(connection.ids) == set(PACK.ids)
