from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.contract.formats import FORMATS
from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.sandbox.courier import Endpoint
from pytest_golive.sandbox.deliveries.event import compose, data_of
from pytest_golive.vendors.library import check_pack, read_pack, read_rules, read_schema, schemas_folder

PACK = read_pack("selwise")
RULES = read_rules("selwise")
FOLDER = schemas_folder() / "selwise"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json"))
assert PACK.webhooks is not None
EVENTS = PACK.webhooks.events

OPERATIONS = {
    "list_integrations": "GET /sites/{site_id}/integrations",
    "get_integrations_health": "GET /sites/{site_id}/integrations/health",
    "get_integration": "GET /sites/{site_id}/integrations/{provider}",
    "put_integration": "PUT /sites/{site_id}/integrations/{provider}",
    "delete_integration": "DELETE /sites/{site_id}/integrations/{provider}",
    "test_integration": "POST /sites/{site_id}/integrations/{provider}/test",
    "list_integration_logs": "GET /sites/{site_id}/integrations/{provider}/logs",
    "get_default_mappings": "GET /sites/{site_id}/integrations/{provider}/mappings",
    "get_data_layer": "GET /sites/{site_id}/integrations/data-layer",
    "put_data_layer": "PUT /sites/{site_id}/integrations/data-layer",
    "list_webhooks": "GET /sites/{site_id}/integrations/webhooks",
    "create_webhook": "POST /sites/{site_id}/integrations/webhooks",
    "get_webhook": "GET /sites/{site_id}/integrations/webhooks/{webhook_id}",
    "update_webhook": "PUT /sites/{site_id}/integrations/webhooks/{webhook_id}",
    "delete_webhook": "DELETE /sites/{site_id}/integrations/webhooks/{webhook_id}",
    "test_webhook": "POST /sites/{site_id}/integrations/webhooks/{webhook_id}/test",
    "list_webhook_logs": "GET /sites/{site_id}/integrations/webhooks/{webhook_id}/logs",
    "list_public_api_keys": "GET /sites/{site_id}/public-api-keys",
    "create_public_api_key": "POST /sites/{site_id}/public-api-keys",
    "rotate_public_api_key": "POST /sites/{site_id}/public-api-keys/{key_id}/rotate",
    "revoke_public_api_key": "POST /sites/{site_id}/public-api-keys/{key_id}/revoke",
    "get_public_config": "GET /public/sites/{site_key}/config",
    "get_tracking_config": "GET /public/sites/{site_key}/tracking-config",
    "send_events_batch": "POST /public/sites/{site_key}/events/batch",
    "identify_user": "POST /public/sites/{site_key}/users/identify",
    "update_user_traits": "POST /public/sites/{site_key}/users/traits",
    "set_consent": "POST /public/sites/{site_key}/consent",
    "withdraw_consent": "DELETE /public/sites/{site_key}/consent",
    "create_order": "POST /public/sites/{site_key}/orders",
}

BLOCKERS = ("SEL-08", "SEL-14", "SEL-15", "SEL-16", "SEL-17", "SEL-32")

SUITES = {
    Suite.PRERELEASE: "1-12 14-25 27-28 30 32-37 39-40",
    Suite.POSTROTATION: "3 6-10 12-13 16-17 21-22 25 32 35-37",
    Suite.WEEKLY: "2-4 6-7 11-13 19 21 23 25-40",
}


def test_every_endpoint_is_an_operation() -> None:
    """The pack knows the endpoints of both surfaces, no more and no fewer."""
    assert {name: f"{one.method} {one.path}" for name, one in PACK.operations.items()} == OPERATIONS


def test_the_pack_agrees_with_itself() -> None:
    """Nothing that pack and rules refer to is missing, and the examples fit the schemas."""
    check_pack(PACK, RULES)


def test_each_surface_has_its_own_key() -> None:
    """Below `/public` a public key signs, everywhere else the token of the management surface."""
    public = {name for name, one in PACK.operations.items() if one.path.startswith("/public/")}

    assert {name for name, one in PACK.operations.items() if one.authentication == "public"} == public
    assert {one.scopes for name, one in PACK.operations.items() if name not in public} == {()}
    assert {name: PACK.operations[name].scopes for name in public} == {
        name: ("mobile_read" if PACK.operations[name].method == "GET" else "mobile_write",) for name in public
    }


def test_every_schema_file_is_used() -> None:
    """A schema that nothing names would go stale unseen."""
    named = {PACK.errors.body} | {event.json_schema for event in EVENTS.values()}
    for operation in PACK.operations.values():
        named |= {operation.response.json_schema}
        named |= {operation.request.json_schema} if operation.request else set()

    assert {*FILES} == named


@pytest.mark.parametrize("file", FILES)
def test_a_schema_is_valid_and_named_after_its_file(file: str) -> None:
    """Every file is a JSON Schema with an id of its own."""
    schema = read_schema("selwise", file)
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"urn:golive:selwise:{file.removesuffix('.json')}"


@pytest.mark.parametrize("file", FILES)
def test_every_property_says_how_sure_it_is(file: str) -> None:
    """No property inherits `documented` by silence."""
    assert [*_unmarked(read_schema("selwise", file))] == []


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("test", [False, True])
def test_a_delivery_fits_the_schema_of_its_event(name: str, test: bool) -> None:
    """What the sandbox sends of each canonical event, live or as a test, is what its schema says."""
    endpoint = Endpoint(
        "wh_1", "http://127.0.0.1:1/", "a secret of sixteen", tenant="6f1c0d8e-0000-4000-8000-000000000001"
    )
    event_id = "2d9a3f6e-0000-4000-8000-000000000009"
    letter = compose(
        PACK, endpoint, name, data_of(PACK, name, now=1_770_000_000), event_id=event_id, now=1_770_000_000, test=test
    )
    schema = read_schema("selwise", EVENTS[name].json_schema)

    found = [*Draft202012Validator(schema, format_checker=FORMATS).iter_errors(_json(letter.body))]

    assert [error.message for error in found] == []
    assert _json(letter.body)["test"] is test


def test_an_order_has_one_id() -> None:
    """Whoever looks an event up by its order finds the same one in both places."""
    data = data_of(PACK, "purchase", now=1_770_000_000)

    assert data["orderId"] == data["order"]["id"]
    assert data["orderId"] != data_of(PACK, "purchase", now=1_770_000_000)["orderId"]


@pytest.mark.parametrize("name", [name for name in EVENTS if name not in {"custom_event", "search_instant_open"}])
def test_an_event_without_its_least_fields_does_not_fit(name: str) -> None:
    """What a page of the catalogue asks of an event is asked by its schema."""
    data = read_schema("selwise", EVENTS[name].json_schema)["properties"]["data"]

    assert not Draft202012Validator(data).is_valid({"visitorId": "v", "sessionId": "s"})


def test_only_reads_have_no_effects() -> None:
    """What golive may do in production without being allowed is exactly the GETs."""
    harmless = {name for name, one in PACK.operations.items() if one.effects is Effects.NONE}

    assert {name for name, one in PACK.operations.items() if one.method == "GET"} == harmless


def test_every_write_in_production_is_allowed_by_name() -> None:
    """A switch thrown in production loses events, so nothing is written there unless golive.yaml says so."""
    writing = {name: one.allowance for name, one in PACK.operations.items() if one.effects is not Effects.NONE}

    assert [name for name, allowance in writing.items() if allowance is None] == []


def test_what_is_overwritten_can_be_put_back() -> None:
    """Every write that replaces what somebody configured says how to read it before."""
    replacing = {name for name, one in PACK.operations.items() if one.overwrites is not None}

    assert replacing == {"put_integration", "put_data_layer"}


def test_no_bad_input_is_a_masked_secret() -> None:
    """A vendor that took it would store the mask as the secret: that is never tried at a real one."""
    assert "***" not in str(PACK.operations)


def test_there_are_40_rules_in_order() -> None:
    """The ids are stable: SEL-01 to SEL-40, none missing, none twice."""
    assert [rule.id for rule in RULES] == [f"SEL-{number:02d}" for number in range(1, 41)]


@pytest.mark.parametrize("suite", Suite)
def test_a_suite_holds_its_rules(suite: Suite) -> None:
    """No rule slips out of a suite, and none into one."""
    numbers = [*_numbers(SUITES[suite])]

    assert [rule.id for rule in RULES if suite in rule.suites] == [f"SEL-{number:02d}" for number in numbers]


def test_what_loses_data_or_opens_to_strangers_blocks() -> None:
    """Everything else of the checklist is at most major: documents and order hurt nobody by themselves."""
    assert tuple(rule.id for rule in RULES if rule.severity is Severity.BLOCKER) == BLOCKERS
    assert [rule.id for rule in RULES if rule.severity is Severity.MAJOR] == [
        *("SEL-03", "SEL-10", "SEL-27", "SEL-28"),
        *(f"SEL-{number}" for number in range(36, 41)),
    ]


def test_titles_tell_rules_apart() -> None:
    """A report shows each title on one line, and no two are the same."""
    titles = [rule.title for rule in RULES]

    assert len({*titles}) == len(titles)
    assert [title for title in titles if len(title) > 110] == []


def test_a_change_runs_alone_and_is_allowed_by_name() -> None:
    """Checks that read a provider while it is switched off would tell nonsense."""
    changing = [part for rule in RULES for part in rule.decided_by if part.allow == "integration_change"]

    assert changing != []
    assert {part.alone for part in changing} == {"integration"}


def test_a_part_waits_for_its_key() -> None:
    """A rule that waits for a person names the key of golive.yaml to add."""
    waiting = [rule for rule in RULES if any(part.kind == "attestation" for part in rule.decided_by)]

    assert waiting != []
    assert [rule.id for rule in waiting if "attestations" not in rule.needs.keys] == []


def test_nothing_waits_for_a_later_version() -> None:
    """Every rule is decided by checks and people."""
    assert {part.kind for rule in RULES for part in rule.decided_by} == {"check", "attestation"}


def _unmarked(schema: Any, inherited: bool = False) -> Iterator[str]:
    """Yield each property without a mark of its own or of an object around it."""
    if not isinstance(schema, dict):
        return
    marked = inherited or "x-evidence" in schema
    for name, inner in schema.get("properties", {}).items():
        if not marked and "x-evidence" not in inner:
            yield name
        yield from _unmarked(inner, marked)
    yield from _unmarked(schema.get("items"), marked)


def _json(content: bytes) -> Any:
    return json.loads(content)


def _numbers(ranges: str) -> Iterator[int]:
    """Yield the numbers of "1 3 5-7"."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
