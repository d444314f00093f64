"""Every kind of contradiction, each in a pack that has only this one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from pytest_golive.vendors.consistency import mistakes_of
from pytest_golive.vendors.library import PackError, check_pack, read_pack, read_schema
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Rule

Change = Callable[[dict[str, Any]], object]

RULE: dict[str, Any] = {
    "id": "UPZ-22",
    "title": "The connectivity check passes",
    "section": "Pre-release checklist",
    "suites": ["prerelease"],
    "severity": "blocker",
    "about": "environment",
    "stage": "before",
    "decided_by": [{"check": "connectivity"}],
    "source": "OPS",
    "fix": "Look at the key.",
}


def changed(change: Change) -> Pack:
    """Return Uppzy's pack with one change."""
    values = copy.deepcopy(read_pack("uppzy").model_dump(by_alias=True))
    values["rotation"] = []  # its steps name rules, and here is one
    change(values)
    return Pack.model_validate(values)


def put(*path: str | int, value: object) -> Change:
    """Return the change that sets one value, by its path in pack.yaml."""

    def change(values: dict[str, Any]) -> None:
        place: Any = values
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


CHAT = ("operations", "chat")

CALLED = {"evidence": "assumed", "operation": "list_sessions", "time": ["at"]}

WAITING = read_pack("uppzy").composites["chat_async_and_wait"].model_dump()


def there_are(kind: str) -> str:
    """Return the names that the pack has of a kind, as a message lists them."""
    return f"{kind}: {', '.join(getattr(read_pack('uppzy'), kind))}"


PACKS: dict[str, tuple[Change, str]] = {
    "schema file": (
        put(*CHAT, "request", "schema", value="chatt.json"),
        "operations.chat.request.schema: there is no schema file chatt.json",
    ),
    "step of a rotation": (
        put("rotation", value=[{"evidence": "assumed", "title": "Do it.", "rules": ["UPZ-22"]}]),
        "rotation[0].rules: 'UPZ-22' is not one of the rules of the suite postrotation: there are none",
    ),
    "error schema": (
        put("errors", "body", value="errors.json"),
        "errors.body: there is no schema file errors.json",
    ),
    "page": (
        put("base_url", "source", value="M3M"),
        "base_url.source: 'M3M' is not one of the " + there_are("pages"),
    ),
    "page of a bad value": (
        put("operations", "send_feedback", "bad_values", 1, "source", value=None),
        "operations.send_feedback.bad_values[1]: is documented, but names no page as its source",
    ),
    "base url": (
        put("base_url", "production", value="https://api.uppzy.com/v2"),
        "base_url: https://api.uppzy.com/v2 does not end with /api/v1",
    ),
    "credential": (
        put("authentication", "credential", value="key"),
        "authentication.credential: 'key' is not one of the " + there_are("credentials"),
    ),
    "setting's schema": (
        put("settings", "max_retries", "schema", value={"type": "int"}),
        "settings.max_retries.schema: is no JSON Schema: 'int' is not valid under any of the given schemas",
    ),
    "setting's example": (
        put("settings", "max_retries", "example", value="many"),
        "settings.max_retries.example: does not fit its schema: $: 'many' is not of type 'integer'",
    ),
    "path": (
        put(*CHAT, "path", value="/m2m/sites/{site}/chat"),
        "operations.chat.path: {site} is neither one of the ids nor in the example",
    ),
    "allowance": (
        put(*CHAT, "allowance", value="chat"),
        "operations.chat.allowance: 'chat' is not one of the " + there_are("allowances"),
    ),
    "feature": (
        put(*CHAT, "feature", value="chat"),
        "operations.chat.feature: 'chat' is not one of the " + there_are("features"),
    ),
    "polling": (
        put("operations", "chat_async", "polling", "operation", value="poll"),
        "operations.chat_async.polling.operation: there is no operation 'poll'",
    ),
    "records of no operation": (
        put("records", value={"evidence": "assumed", "calls": {**CALLED, "operation": "list_calls"}}),
        "records.calls: there is no operation list_calls",
    ),
    "records without their argument": (
        put("records", value={"evidence": "assumed", "calls": {**CALLED, "each": "list_documents"}}),
        "records.calls: each and argument go together",
    ),
    "statistics of no operation": (
        put("records", "statistics", "operation", value="get_numbers"),
        "records.statistics: there is no operation get_numbers",
    ),
    "records that come late": (
        put("records", value={"evidence": "assumed", "calls": {**CALLED, "lag": "lag_seconds"}}),
        "records.calls: there is no setting lag_seconds",
    ),
    "composite's name": (
        put("composites", "chat", value={**WAITING, "submit": "chat_async"}),
        "composites.chat: an operation has this name",
    ),
    "composite's part": (
        put("composites", "ask", value={**WAITING, "poll": "poll"}),
        "composites.ask.poll: 'poll' is not one of the " + there_are("operations"),
    ),
    "composite that is not polled": (
        put("composites", "ask", value={**WAITING, "submit": "chat"}),
        "composites.ask: chat does not say how get_chat_request is polled",
    ),
    "patience with an operation": (
        put("patience", "operations", value=["talk"]),
        "patience.operations: 'talk' is not one of the " + there_are("operations"),
    ),
    "patience unless": (
        put("patience", "unless", value="talk"),
        "patience.unless: 'talk' is not one of the " + there_are("settings"),
    ),
    "removal": (
        put(*CHAT, "creates", "remove", "operation", value="close"),
        "operations.chat.creates.remove.operation: there is no operation 'close'",
    ),
    "listing": (
        put(*CHAT, "creates", "listing", "operation", value="sessions"),
        "operations.chat.creates.listing.operation: there is no operation 'sessions'",
    ),
    "id in an example": (
        put(*CHAT, "example", "session_id", value="{id:session}"),
        "operations.chat.example: 'session' is not one of the " + there_are("ids"),
    ),
    "answer in an example": (
        put(*CHAT, "example", "session_id", value="{answer:ask.session_id}"),
        "operations.chat.example: there is no operation 'ask'",
    ),
    "field of an answer": (
        put(*CHAT, "example", "session_id", value="{answer:chat_async.session}"),
        "operations.chat.example: chat_async.response.json has no property 'session'",
    ),
    "example": (
        put(*CHAT, "example", "message", value=7),
        "operations.chat.example: does not fit chat.request.json: $.message: 7 is not of type 'string'",
    ),
    "file part": (
        put("operations", "upload_document", "request", "file", value="document"),
        "operations.upload_document.request.file: upload_document.request.json has no property 'document'",
    ),
    "tolerated case": (
        put(*CHAT, "tolerates", value={"text:blank": "open"}),
        "operations.chat.tolerates: 'text:blank' is about no property of chat.request.json",
    ),
    "bad value": (
        put(*CHAT, "bad_values", 0, "change", value={"language": "xx"}),
        "operations.chat.bad_values[0]: chat.request.json has no property 'language'",
    ),
}

RULES: dict[str, tuple[dict[str, Any], str]] = {
    "prefix": ({"id": "TIM-22"}, "rules.TIM-22: does not begin with UPZ-"),
    "source": (
        {"source": "OPT"},
        "rules.UPZ-22.source: 'OPT' is not one of the " + there_are("pages"),
    ),
    "feature": (
        {"needs": {"feature": "async"}},
        "rules.UPZ-22.needs.feature: 'async' is not one of the " + there_are("features"),
    ),
    "id": (
        {"needs": {"ids": ["site"]}},
        "rules.UPZ-22.needs.ids: 'site' is not one of the " + there_are("ids"),
    ),
    "credential": (
        {"needs": {"credentials": ["old_key"]}},
        "rules.UPZ-22.needs.credentials: 'old_key' is not one of the " + there_are("credentials"),
    ),
    "setting": (
        {"needs": {"settings": ["retries"]}},
        "rules.UPZ-22.needs.settings: 'retries' is not one of the " + there_are("settings"),
    ),
    "allowance": (
        {"decided_by": [{"check": "chat", "allow": "chat"}]},
        "rules.UPZ-22.decided_by[0].allow: 'chat' is not one of the " + there_are("allowances"),
    ),
}

CHAT_RESPONSE = "operations.chat.response.schema: chat.response.json"
SCHEMAS: dict[str, tuple[dict[str, Any], str]] = {
    "keyword": (
        {"type": "text"},
        f"{CHAT_RESPONSE} is no JSON Schema: 'text' is not valid under any of the given schemas",
    ),
    "id": ({"$id": None}, f"{CHAT_RESPONSE} has no $id"),
    "dialect": (
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        f"{CHAT_RESPONSE} does not say that it is written for https://json-schema.org/draft/2020-12/schema",
    ),
    "remote reference": (
        {"allOf": [{"$ref": "https://uppzy.com/answer.json"}]},
        f"{CHAT_RESPONSE} refers to 'https://uppzy.com/answer.json', outside of itself",
    ),
}


def read(file: str) -> dict[str, Any]:
    """Read one of Uppzy's schemas."""
    return read_schema("uppzy", file)


@pytest.mark.parametrize(("change", "message"), PACKS.values(), ids=PACKS.keys())
def test_a_broken_pack_is_told(change: Change, message: str) -> None:
    """Every contradiction in a pack gives its sentence, and no other."""
    assert mistakes_of(changed(change), (), read) == (message,)


@pytest.mark.parametrize(("change", "message"), RULES.values(), ids=RULES.keys())
def test_a_rule_that_does_not_go_with_the_pack_is_told(change: dict[str, Any], message: str) -> None:
    """Every name a rule uses has to be known to the pack."""
    rule = Rule.model_validate({**RULE, **change})

    assert mistakes_of(changed(lambda _: None), (rule,), read) == (message,)


def test_a_rule_twice_is_told() -> None:
    """An id names one rule."""
    rule = Rule.model_validate(RULE)

    assert mistakes_of(changed(lambda _: None), (rule, rule), read) == ("rules: UPZ-22 stands there 2 times",)


@pytest.mark.parametrize(("change", "message"), SCHEMAS.values(), ids=SCHEMAS.keys())
def test_a_broken_schema_is_told(change: dict[str, Any], message: str) -> None:
    """A schema has to be valid, named and whole in itself."""

    def broken(file: str) -> dict[str, Any]:
        if file != "chat.response.json":
            return read(file)
        return {key: value for key, value in {**read(file), **change}.items() if value is not None}

    assert message in mistakes_of(changed(lambda _: None), (), broken)


def test_a_schema_that_is_not_json_is_told() -> None:
    """A syntax error names file and place."""

    def broken(file: str) -> dict[str, Any]:
        return json.loads("{") if file == "error.json" else read(file)

    (mistake,) = mistakes_of(changed(lambda _: None), (), broken)

    assert mistake.startswith("errors.body: error.json is not JSON: Expecting property name")
    assert mistake.endswith("line 1 column 2 (char 1)")


def test_all_mistakes_are_told_at_once() -> None:
    """Whoever writes a pack sees everything there is to repair."""
    broken = changed(put("operations", "chat", "allowance", value="chat"))
    rule = Rule.model_validate({**RULE, "id": "TIM-22"})

    with pytest.raises(PackError) as caught:
        check_pack(broken, (rule,))

    assert str(caught.value) == (
        "the pack of uppzy cannot be used:\n"
        "- operations.chat.allowance: 'chat' is not one of the allowances: chat_smoke, document_round_trip\n"
        "- rules.TIM-22: does not begin with UPZ-"
    )
