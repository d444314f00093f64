from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.library import check_pack, read_pack, read_rules, read_schema, schemas_folder

PACK = read_pack("uppzy")
WRITING = sorted(name for name, operation in PACK.operations.items() if operation.request is not None)
FILES = sorted(path.name for path in (schemas_folder() / "uppzy").iterdir())

OPERATIONS = {
    "get_tenant": "GET /m2m/tenants/{tenant_id}",
    "get_limits": "GET /m2m/tenants/{tenant_id}/limits",
    "get_usage": "GET /m2m/tenants/{tenant_id}/usage",
    "list_usage_history": "GET /m2m/tenants/{tenant_id}/usage/history",
    "get_tenant_statistics": "GET /m2m/tenants/{tenant_id}/statistics",
    "get_site": "GET /m2m/sites/{site_id}",
    "get_site_statistics": "GET /m2m/sites/{site_id}/statistics",
    "list_sessions": "GET /m2m/sites/{site_id}/sessions",
    "get_user_statistics": "GET /m2m/sites/{site_id}/users/{email}/statistics",
    "get_widget_config": "GET /m2m/sites/{site_id}/widget-config",
    "update_widget_config": "PATCH /m2m/sites/{site_id}/widget-config",
    "list_documents": "GET /m2m/sites/{site_id}/documents",
    "upload_document": "POST /m2m/sites/{site_id}/documents",
    "create_text_document": "POST /m2m/sites/{site_id}/documents/text",
    "create_qa_document": "POST /m2m/sites/{site_id}/documents/qa",
    "update_document": "PATCH /m2m/sites/{site_id}/documents/{document_id}",
    "update_documents_status": "PATCH /m2m/sites/{site_id}/documents/bulk-status",
    "delete_documents": "POST /m2m/sites/{site_id}/documents/bulk-delete",
    "chat": "POST /m2m/sites/{site_id}/chat",
    "chat_async": "POST /m2m/sites/{site_id}/chat/async",
    "get_chat_request": "GET /m2m/sites/{site_id}/chat/requests/{request_id}",
    "send_feedback": "POST /m2m/sites/{site_id}/chat/feedback",
    "close_session": "POST /m2m/sites/{site_id}/chat/session/close",
}


def test_every_endpoint_is_an_operation() -> None:
    """The pack knows the 23 endpoints of the vendor's list, no more and no fewer."""
    assert {name: f"{one.method} {one.path}" for name, one in PACK.operations.items()} == OPERATIONS


def test_the_pack_agrees_with_itself() -> None:
    """Nothing that pack and rules refer to is missing, and the examples fit the schemas."""
    check_pack(PACK, read_rules("uppzy"))


def test_every_schema_file_is_used() -> None:
    """A schema that nothing names would go stale unseen."""
    named = {PACK.errors.body}
    for operation in PACK.operations.values():
        named |= {operation.response.json_schema}
        named |= {operation.request.json_schema} if operation.request else set()

    assert set(FILES) == named


@pytest.mark.parametrize("file", FILES)
def test_a_schema_is_valid_and_named_after_its_file(file: str) -> None:
    """Every file is a JSON Schema with an id of its own."""
    schema = read_schema("uppzy", file)
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"urn:golive:uppzy:{file.removesuffix('.json')}"


@pytest.mark.parametrize("file", FILES)
def test_every_property_says_how_sure_it_is(file: str) -> None:
    """No property inherits `documented` by silence."""
    assert [*_unmarked(read_schema("uppzy", file))] == []


@pytest.mark.parametrize("file", FILES)
def test_objects_stay_open(file: str) -> None:
    """The vendor may add fields, and nothing says that it refuses unknown ones."""
    assert "additionalProperties" not in str(read_schema("uppzy", file))


@pytest.mark.parametrize("name", WRITING)
def test_every_writing_operation_has_an_example(name: str) -> None:
    """Bad input is made from one valid call, so there has to be one."""
    assert PACK.operations[name].example != {}


def test_only_reads_have_no_effects() -> None:
    """What golive may do in production without being allowed is exactly the GETs."""
    harmless = {name for name, one in PACK.operations.items() if one.effects is Effects.NONE}

    assert {name for name, one in PACK.operations.items() if one.method == "GET"} == harmless


def test_no_allowance_opens_the_widget_in_production() -> None:
    """Visitors would see it."""
    assert PACK.operations["update_widget_config"].allowance is None


def test_what_a_rule_judges_is_no_mistake_in_golive_yaml() -> None:
    """A sync chat timeout of 5 s or 50 retries are findings with a reason, not refused configuration."""
    judged = {"sync_chat_timeout_seconds": 5, "max_retries": 50, "poll_interval_seconds": 0.1}
    refused = [
        name
        for name, value in judged.items()
        if not Draft202012Validator(PACK.settings[name].json_schema).is_valid(value)
    ]

    assert refused == []


def _unmarked(schema: Any, inherited: bool = False) -> Any:
    """Yield each property without a mark of its own or of an object around it."""
    if not isinstance(schema, dict):
        return
    marked = inherited or "x-evidence" in schema
    for name, inner in schema.get("properties", {}).items():
        if not marked and "x-evidence" not in inner:
            yield name
        yield from _unmarked(inner, marked)
    yield from _unmarked(schema.get("items"), marked)
