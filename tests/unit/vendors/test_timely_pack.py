from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.contract.formats import FORMATS
from pytest_golive.facts.outcome import Effects, Evidence
from pytest_golive.sandbox.courier import Endpoint
from pytest_golive.sandbox.deliveries.event import compose, data_of
from pytest_golive.sandbox.timely.scopes import ALL
from pytest_golive.signing import sign
from pytest_golive.vendors.library import check_pack, read_pack, read_rules, read_schema, schemas_folder

PACK = read_pack("timely")
FOLDER = schemas_folder() / "timely"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json"))
WRITING = sorted(name for name, operation in PACK.operations.items() if operation.request is not None)

OPERATIONS = {
    "get_health": "GET /health",
    "get_me": "GET /me",
    "list_contacts": "GET /contacts",
    "create_contact": "POST /contacts",
    "get_contact": "GET /contacts/{contact_id}",
    "update_contact": "PUT /contacts/{contact_id}",
    "delete_contact": "DELETE /contacts/{contact_id}",
    "list_agents": "GET /agents",
    "create_agent": "POST /agents",
    "get_agent": "GET /agents/{agent_id}",
    "delete_agent": "DELETE /agents/{agent_id}",
    "activate_agent": "POST /agents/{agent_id}/activate",
    "deactivate_agent": "POST /agents/{agent_id}/deactivate",
    "ask_agent": "POST /agents/{agent_id}/conversation",
    "get_agent_credits": "GET /agents/{agent_id}/credits",
    "list_agent_changes": "GET /agents/{agent_id}/behavior-history",
    "list_transfer_rules": "GET /agent/{agent_id}/transfer-rules",
    "list_conversations": "GET /conversations",
    "get_conversation": "GET /conversations/{conversation_id}",
    "list_messages": "GET /conversations/{conversation_id}/messages",
    "send_message": "POST /conversations/{conversation_id}/messages",
    "update_message": "PUT /conversations/{conversation_id}/messages/{message_id}",
    "get_message": "GET /messages/{message_id}",
    "start_handoff": "POST /conversations/{conversation_id}/human-handoff",
    "resume_ai": "POST /conversations/{conversation_id}/ai-resume",
    "start_human": "POST /chats/{conversation_id}/start-human",
    "stop_human": "POST /chats/{conversation_id}/stop-human",
    "start_channel_conversation": "POST /channels/{channel_id}/conversation",
    "send_message_anywhere": "POST /messages/send",
    "list_channels": "GET /channels",
    "create_channel": "POST /channels",
    "list_webhooks": "GET /webhooks",
    "create_webhook": "POST /webhooks",
    "get_webhook": "GET /webhooks/{webhook_id}",
    "update_webhook": "PUT /webhooks/{webhook_id}",
    "delete_webhook": "DELETE /webhooks/{webhook_id}",
    "test_webhook": "POST /webhooks/{webhook_id}/test",
    "list_webhook_deliveries": "GET /webhooks/{webhook_id}/deliveries",
}

CATALOGUE = {
    "conversation": "created assigned closed reopened",
    "message": "received sent delivered read failed",
    "contact": "created updated deleted",
    "agent": "handoff_started handoff_completed transferred",
    "appointment": "scheduled rescheduled canceled reminder_sent",
    "channel": "connected disconnected error",
    "credit": "low depleted",
    "plan": "changed",
    "trial": "expiring expired",
}
ONLY_ON_CREATE = {
    "conversation.transferred",
    "appointment.created",
    "appointment.cancelled",
    "appointment.completed",
}

VECTORS = {
    b'{"event":"message.received","event_id":"evt_vector_0001","timestamp":"2026-05-04T12:00:00Z",'
    b'"workspace_id":"ws_vector","data":{"message_id":"msg_vector_1","content":"ol\xc3\xa1"}}': (
        "858b9a83a02e68cc7b8b9147ac8ca4caa33d0ec77e3058e797882cf87e09f998",
        "e405ec9d5882e6f512f59ac5db13bb4a3dc90d87422074de7619f0f6cd1aca38",
    ),
    b'{ "event": "message.received", "event_id": "evt_vector_0002", "data": {"content": "ol\\u00e1"} }': (
        "f9b96e8f388e37d683fb111b400e5c6da3b16a8074702743925598c01439a902",
        "c5db30f60028b6286c20b8668f8e9f6ed2882af487facd44ae608afb22905676",
    ),
}
"""Bodies -> hex digests with the time and without, computed by another program."""


def test_every_endpoint_is_an_operation() -> None:
    """The calls of the vendor's description, the older path of transfer rules and the newest way to send."""
    assert {name: f"{one.method} {one.path}" for name, one in PACK.operations.items()} == OPERATIONS


def test_the_pack_agrees_with_itself() -> None:
    """Nothing that pack and rules refer to is missing, and the examples fit the schemas."""
    check_pack(PACK, read_rules("timely"))


def test_every_schema_file_is_used() -> None:
    """A schema that nothing names would go stale unseen; that of test deliveries is the sandbox's."""
    assert PACK.webhooks is not None
    named = {PACK.errors.body, "events/webhook.test.json"}
    named |= {event.json_schema for event in PACK.webhooks.events.values()}
    for operation in PACK.operations.values():
        named |= {operation.response.json_schema}
        named |= {operation.request.json_schema} if operation.request else set()

    assert set(FILES) == named


@pytest.mark.parametrize("file", FILES)
def test_a_schema_is_valid_and_named_after_its_file(file: str) -> None:
    """Every file is a JSON Schema with an id of its own."""
    schema = read_schema("timely", file)
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"urn:golive:timely:{file.removesuffix('.json').replace('/', '.')}"


@pytest.mark.parametrize("file", FILES)
def test_every_property_says_how_sure_it_is(file: str) -> None:
    """No property inherits `documented` by silence."""
    assert [*_unmarked(read_schema("timely", file))] == []


def test_there_are_27_events_and_those_only_the_description_knows() -> None:
    """Each of them with a schema of the whole delivery."""
    assert PACK.webhooks is not None
    catalogue = {f"{kind}.{name}" for kind, names in CATALOGUE.items() for name in names.split()}

    assert len(catalogue) == 27
    assert set(PACK.webhooks.events) == catalogue | ONLY_ON_CREATE
    assert {name: one.json_schema for name, one in PACK.webhooks.events.items()} == {
        name: f"events/{name}.json" for name in PACK.webhooks.events
    }


@pytest.mark.parametrize("event", PACK.webhooks.events if PACK.webhooks else ())
def test_the_example_of_an_event_fits_its_schema(event: str) -> None:
    """As it goes over the wire, with formats."""
    endpoint = Endpoint(id="wh_1", url="https://hooks.example.com", secret="secret", tenant="ws_1")
    letter = compose(
        PACK, endpoint, event, data_of(PACK, event, now=1_777_896_000), event_id="evt_1", now=1_777_896_000
    )
    judge = Draft202012Validator(read_schema("timely", f"events/{event}.json"), format_checker=FORMATS)

    assert [error.message for error in judge.iter_errors(json.loads(letter.body))] == []


@pytest.mark.parametrize("body", VECTORS)
def test_signatures_are_those_of_the_vectors(body: bytes) -> None:
    """In all three dialects, the second body with blanks and an escape that rewriting would lose."""
    assert PACK.webhooks is not None
    timed, plain = VECTORS[body]
    secret, at = "timely-vector-secret-01", 1_777_896_000
    made = {
        name: sign(scheme, secret, body, timestamp=at, event_id="evt", webhook_id="wh_1")
        for name, scheme in PACK.webhooks.signing.items()
    }

    assert made == {
        "sig_a": {"X-Timely-Signature": timed, "X-Timely-Timestamp": str(at)},
        "sig_b": {"X-Timely-Signature": f"sha256={plain}"},
        "sig_c": {
            "X-Webhook-Signature": f"sha256={timed}",
            "X-Webhook-Timestamp": str(at),
            "X-Webhook-ID": "wh_1",
        },
    }


def test_the_register_of_contradictions_is_whole() -> None:
    """K1 to K26, each with at least two variants, of which one is taken."""
    register = PACK.contradictions

    assert list(register) == [f"K{number}" for number in range(1, 27)]
    assert [name for name, one in register.items() if len(one.variants) < 2 or one.taken not in one.variants] == []


def test_a_contradiction_that_is_looked_at_is_seen_in_every_variant() -> None:
    """Each variant says how it looks, and the operation only reads."""
    looked = {name: one for name, one in PACK.contradictions.items() if one.operation is not None}

    assert set(looked) == {"K1", "K10", "K12", "K13", "K14", "K17", "K19", "K22"}
    assert [
        name
        for name, one in looked.items()
        if PACK.operations[one.operation or ""].effects is not Effects.NONE
        or any(variant.looks is None for variant in one.variants.values())
    ] == []


@pytest.mark.parametrize("name", WRITING)
def test_every_writing_operation_has_an_example(name: str) -> None:
    """Bad input is made from one valid call, so there has to be one."""
    assert PACK.operations[name].example != {}


def test_only_reads_have_no_effects() -> None:
    """What golive may do in production without being allowed is exactly the GETs."""
    harmless = {name for name, one in PACK.operations.items() if one.effects is Effects.NONE}

    assert {name for name, one in PACK.operations.items() if one.method == "GET"} == harmless


def test_production_can_be_opened_only_for_tests() -> None:
    """Questions, the test conversation and test deliveries; never a removal, nor what customers see."""
    opened = {name: one.allowance for name, one in PACK.operations.items() if one.allowance is not None}

    assert opened == {
        "ask_agent": "agent_questions",
        "send_message": "test_conversation",
        "update_message": "test_conversation",
        "start_handoff": "test_conversation",
        "resume_ai": "test_conversation",
        "start_human": "test_conversation",
        "stop_human": "test_conversation",
        "test_webhook": "test_delivery",
    }


def test_what_costs_or_cannot_be_taken_back_is_off_by_default() -> None:
    """A team says so before golive makes an agent or a channel, or writes to somebody first."""
    off = {name for name, feature in PACK.features.items() if not feature.default}
    guarded = {name: one.feature for name, one in PACK.operations.items() if one.feature in off}

    assert guarded == {
        "create_agent": "agent_setup",
        "delete_agent": "agent_setup",
        "activate_agent": "agent_setup",
        "deactivate_agent": "agent_setup",
        "list_transfer_rules": "transfer_rules",
        "start_channel_conversation": "start_conversations",
        "send_message_anywhere": "send_anywhere",
        "create_channel": "channel_setup",
    }


def test_every_operation_names_its_scopes() -> None:
    """But those that any key may call; the sandbox's own key holds one for each."""
    without = {name for name, one in PACK.operations.items() if not one.scopes}
    unheld = {name for name, one in PACK.operations.items() if one.scopes and not set(one.scopes) & set(ALL)}

    assert without == {"get_health", "get_me"}
    assert unheld == set()


def test_listings_are_read_in_either_envelope() -> None:
    """And asked for by both names of the size."""
    styles = {name: one.paging for name, one in PACK.operations.items() if one.paging is not None}

    assert set(styles) == {name for name in PACK.operations if name.startswith("list_")}
    for paging in styles.values():
        assert paging is not None
        assert (paging.size, paging.total, paging.total_pages) == (
            ("per_page", "limit"),
            ("meta.total", "pagination.total"),
            ("meta.total_pages", "pagination.total_pages"),
        )
        assert (paging.largest, paging.default_size, paging.behind_the_end) == (100, 20, "empty")


def test_the_seed_is_on_the_page_of_the_checklist() -> None:
    """What the pack takes from it is documented there."""
    assert (PACK.base_url.production, PACK.base_url.source) == ("https://api.timelyai.com.br/v1", "PROD")
    assert PACK.authentication.header == "x-api-key"
    assert PACK.rate_limit is not None
    assert (PACK.rate_limit.requests, PACK.rate_limit.per_seconds) == (100, 60)
    # One page promises these headers and another knows nothing of them: without them nothing fails.
    assert PACK.rate_limit.evidence is Evidence.ASSUMED


def test_what_a_rule_judges_is_no_mistake_in_golive_yaml() -> None:
    """A timeout of 5 s is a finding with a reason, not refused configuration."""
    assert Draft202012Validator(PACK.settings["request_timeout_seconds"].json_schema).is_valid(5)


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
