"""The embedded Timely.ai keeps to the pack: answers fit, and every bad input the pack implies is refused."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from pytest_golive.contract.bad_input import BadInput, bad_inputs
from pytest_golive.contract.formats import FORMATS
from pytest_golive.exchange.call import Call, body_arguments, call_of, with_body
from pytest_golive.facts.body_path import at
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.timely import Timely
from pytest_golive.vendors.library import read_pack, read_schema

PACK = read_pack("timely")
PLACEHOLDER = re.compile(r"{(fresh|id|setting|answer|first):([\w.]+)}")

BAD = [
    pytest.param(name, case, id=f"{name}-{case.id}")
    for name, operation in PACK.operations.items()
    if operation.request is not None
    for case in bad_inputs(PACK, operation, read_schema("timely", operation.request.json_schema))
]


class Examples:
    """Calls operations by the pack's examples, those that others rest on first."""

    def __init__(self, api: httpx.Client, connection: Connection) -> None:
        self._api = api
        self._connection = connection
        self._numbers = 0

    def send(self, call: Call) -> httpx.Response:
        return self._api.request(
            call.method, call.path, params=dict(call.query), content=call.content, headers=dict(call.headers)
        )

    def arguments(self, name: str) -> dict[str, Any]:
        filled: dict[str, Any] = self._filled(PACK.operations[name].example)
        return filled

    def call(self, name: str, arguments: dict[str, Any]) -> Call:
        return call_of(name, PACK.operations[name], self._connection.ids, arguments)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return PLACEHOLDER.sub(self._fill, value) if isinstance(value, str) else value

    def _fill(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "id":
            return self._connection.ids[name]
        if kind == "setting":
            return str(PACK.settings[name].example)
        if kind == "fresh":
            self._numbers += 1
            return f"golive_{name}_{self._numbers}"
        operation, _, path = name.partition(".")
        body = self.send(self.call(operation, self.arguments(operation))).json()
        return str(at(body, path if kind == "answer" else f"data.0.{path}"))


@pytest.fixture
def examples(api: httpx.Client, connection: Connection, timely: Timely) -> Examples:
    timely.register_inbox("http://127.0.0.1:9/inbox")
    return Examples(api, connection)


@pytest.mark.parametrize("name", PACK.operations)
def test_every_example_is_answered_as_the_pack_says(examples: Examples, name: str) -> None:
    """Status and body fit, documented or assumed."""
    answer = examples.send(examples.call(name, examples.arguments(name)))
    due = PACK.operations[name].response
    judge = Draft202012Validator(read_schema("timely", due.json_schema), format_checker=FORMATS)

    assert (due.statuses[0], []) == (answer.status_code, [*judge.iter_errors(answer.json())])


@pytest.mark.parametrize(("name", "case"), BAD)
def test_every_bad_input_is_refused(examples: Examples, name: str, case: BadInput) -> None:
    """What the pack tolerates may succeed; everything else is refused by one of its statuses, with the error object."""
    operation = PACK.operations[name]
    arguments = examples.arguments(name)
    call = with_body(
        examples.call(name, {**arguments, **case.elsewhere}), operation, case.body(body_arguments(operation, arguments))
    )
    answer = examples.send(call)
    accepted = case.tolerated is not None and answer.is_success

    assert accepted or answer.status_code in case.refusals, f"{answer.status_code} {answer.text}"
    if not accepted:
        body = answer.json()
        assert [*Draft202012Validator(read_schema("timely", "error.json")).iter_errors(body)] == []
        assert (body["error"]["status"], body["error"]["code"] in PACK.errors.codes) == (answer.status_code, True)
