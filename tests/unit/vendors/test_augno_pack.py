from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.contract.judge import mismatches, validator
from pytest_golive.facts.outcome import Effects, Evidence
from pytest_golive.vendors.library import check_pack, read_pack, read_rules, read_schema, schemas_folder
from pytest_golive.vendors.pack import Pack

PACK = read_pack("augno")
OPENMRP = read_pack("augno", "openmrp")
FOLDER = schemas_folder() / "augno"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json"))
WRITING = sorted(name for name, operation in PACK.operations.items() if operation.request is not None)

CRUD = {
    "units": ("unit", "/v1/catalog/units"),
    "payment_terms": ("payment_term", "/v1/finance/payment-terms"),
    "account_groups": ("account_group", "/v1/sales/account-groups"),
    "customers": ("customer", "/v1/sales/customers"),
    "addresses": ("address", "/v1/sales/addresses"),
    "products": ("product", "/v1/catalog/products"),
    "sales_orders": ("sales_order", "/v1/sales/sales-orders"),
}

OTHERS = {
    "merge_customers": "POST /v1/sales/customers/{customer_id}/actions/merge",
    "issue_sales_order": "PUT /v1/sales/sales-orders/{sales_order_id}/actions/issue",
    "unissue_sales_order": "PUT /v1/sales/sales-orders/{sales_order_id}/actions/unissue",
    "close_sales_order": "PUT /v1/sales/sales-orders/{sales_order_id}/actions/close",
    "open_sales_order": "PUT /v1/sales/sales-orders/{sales_order_id}/actions/open",
    "add_sales_order_line": "POST /v1/sales/sales-orders/{sales_order_id}/lines",
    "list_carriers": "GET /v1/operations/carriers",
    "list_shipping_terms": "GET /v1/operations/shipping-terms",
    "list_item_categories": "GET /v1/catalog/item-categories",
    "list_api_keys": "GET /v1/auth/api-keys",
    "create_api_key": "POST /v1/auth/api-keys",
    "get_api_key": "GET /v1/auth/api-keys/{api_key_id}",
    "revoke_api_key": "DELETE /v1/auth/api-keys/{api_key_id}",
    "rotate_api_key": "POST /v1/auth/api-keys/{api_key_id}/actions/rotate",
    "list_sandboxes": "GET /v1/core/sandboxes",
    "create_sandbox": "POST /v1/core/sandboxes",
    "delete_sandbox": "DELETE /v1/core/sandboxes/{sandbox_id}",
    "list_request_logs": "GET /v1/core/request-logs",
    "get_request_log": "GET /v1/core/request-logs/{request_log_id}",
    "list_audit_events": "GET /v1/core/audit-events",
    "get_audit_event": "GET /v1/core/audit-events/{audit_event_id}",
    "search": "GET /v1/core/search",
}

CODES = {
    400: "validation_failed missing_field invalid_format parameter_missing parameter_invalid parameter_unknown "
    "parameters_exclusive api_version_required api_version_invalid api_version_too_old",
    401: "invalid_credentials api_key_expired api_key_revoked expired_token",
    402: "payment_required agent_spending_cap_reached",
    403: "insufficient_permissions limit_exceeded registration_closed",
    404: "resource_not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "resource_exists resource_conflict idempotency_in_progress",
    410: "resource_gone",
    429: "rate_limit_exceeded",
    499: "client_closed_request",
    500: "internal_error",
    502: "external_service_error connection_error",
    503: "service_unavailable",
    504: "timeout",
}

TRANSIENT = {
    "request_timeout",
    "idempotency_in_progress",
    "rate_limit_exceeded",
    "internal_error",
    "external_service_error",
    "connection_error",
    "service_unavailable",
    "timeout",
}

USER = {
    "validation_failed",
    "missing_field",
    "invalid_format",
    "resource_exists",
    "resource_conflict",
}

FIELDS = {
    "unit": "abbreviation created_at id is_base_unit name object offset_denominator offset_numerator owner "
    "ratio_denominator ratio_numerator type updated_at",
    "payment_term": "created_at id name object owner status updated_at",
    "account_group": "commission_policy created_at default_lead_time_days description freight_policy id name object "
    "type updated_at",
    "customer": "bill_to_address child_accounts commission_policy contact_info created_at credit_limit defaults "
    "edi_status freight_preferences id name note notification_preferences number object parent_account price_groups "
    "relationship_type ship_to_address status type updated_at",
    "address": "created_at email geolocation id name object phone receive_calendar_id type updated_at",
    "product": "created_at id item object portal_visibility product_line type updated_at",
    "sales_order": "acknowledgment_status bill_to_address calendar_adjustment_days completed_at contacts created_at "
    "created_by customer customer_purchase_order_number expired_at first_ship_at freight id issued_at lead_time_days "
    "lead_time_override_days lead_time_source line_count lines note number object order_discount payment_intent_ids "
    "payment_status payment_term priority promised_at related sales_rep ship_by_cutoff_at ship_by_date "
    "ship_by_override_date ship_to_address shipping_term status totals transit_days transit_source updated_at",
    "api_key": "created_at expires_at id last_used_at name object redacted_value revoked_at role updated_at",
    "request_log": "account actor api_version client_ip created_at error_code error_message host id idempotency_key "
    "latency_us method normalized_route object occurred_at path query_params referrer request_body response_body "
    "status_code user_agent",
    "audit_event": "account action actor changes created_at id idempotency_key metadata object occurred_at request "
    "resource_id resource_type source_ip",
}
"""What each object always carries; `null` where there is nothing."""

NEEDED = {
    "create_unit": "name abbreviation type ratio_numerator ratio_denominator offset_numerator offset_denominator",
    "create_payment_term": "name",
    "create_account_group": "name type",
    "create_customer": "name bill_to_address ship_to_address customer_type_group_id default_carrier_id "
    "default_payment_term_id default_shipping_term_id",
    "create_address": "name country",
    "create_product": "sku type category_id",
    "create_sales_order": "buyer_account_id bill_to_address_id ship_to_address_id priority_code lines",
    "issue_sales_order": "notify_customer",
    "add_sales_order_line": "product_id product_sku quantity",
    "create_api_key": "name role_id",
    "create_sandbox": "name",
    "merge_customers": "source_customer_ids",
}
"""What each writing call needs; every field of these is left out once, and has to be refused."""


def _crud() -> dict[str, str]:
    expected: dict[str, str] = {}
    for many, (one, path) in CRUD.items():
        expected |= {
            f"list_{many}": f"GET {path}",
            f"create_{one}": f"POST {path}",
            f"get_{one}": f"GET {path}/{{{one}_id}}",
            f"update_{one}": f"PATCH {path}/{{{one}_id}}",
            f"delete_{one}": f"DELETE {path}/{{{one}_id}}",
        }
    del expected["delete_product"]  # there is no such call
    return expected


def test_every_endpoint_is_an_operation() -> None:
    """The pack knows what a representative integration uses, no more and no less."""
    assert {name: f"{one.method} {one.path}" for name, one in PACK.operations.items()} == _crud() | OTHERS


@pytest.mark.parametrize("pack", [PACK, OPENMRP], ids=["augno", "openmrp"])
def test_the_pack_agrees_with_itself(pack: Pack) -> None:
    """Under either brand nothing that pack and rules refer to is missing, and the examples fit the schemas."""
    check_pack(pack, read_rules("augno"))


def test_the_baseline_profile_changes_nothing() -> None:
    """Who names the brand of the pack gets the pack."""
    assert read_pack("augno", "augno") == PACK


def test_the_renamed_brand_has_its_own_names() -> None:
    """Every row of the vendor's renaming that golive has to do with."""
    assert OPENMRP.versioning is not None
    assert OPENMRP.webhooks is not None
    key, audit = OPENMRP.credentials["api_key"], OPENMRP.credentials["audit_key"]

    assert (OPENMRP.title, OPENMRP.docs) == ("OpenMRP", "https://docs.openmrp.ai")
    assert (OPENMRP.base_url.production, OPENMRP.base_url.variable) == ("https://api.openmrp.ai", "OPENMRP_BASE_URL")
    assert OPENMRP.versioning.header == "OpenMRP-Version"
    assert OPENMRP.versioning.version == "1.0.forge-preview.3"
    assert (key.variable, key.test_prefix, key.production_prefix) == ("OPENMRP_API_KEY", "mrp_sk_test_", "mrp_sk_prod_")
    assert (audit.test_prefix, audit.production_prefix) == ("mrp_sk_test_", "mrp_sk_prod_")
    assert OPENMRP.webhooks.signing[OPENMRP.webhooks.usual].headers == {
        "OpenMRP-Signature": "t={timestamp},v1={signature}"
    }


def test_no_brand_is_left_over_under_the_new_one() -> None:
    """What still bears the old name is what programs cannot see: the pack's own name, and its old signing scheme."""
    told = OPENMRP.model_dump(mode="json", by_alias=True, exclude={"profiles", "vendor"})
    told["webhooks"]["signing"].pop("timestamped")
    told["credentials"] = {
        name: {part: value for part, value in credential.items() if part != "variable"}
        for name, credential in told["credentials"].items()
    }
    branded = re.findall(r"[\w./:-]*augno[\w./:-]*", json.dumps(told), re.IGNORECASE)

    assert sorted(set(branded) - {"AUGNO_ACCOUNT_ID", "augno_account", "augno_account_id"}) == [
        "AUGNO_KEY_ROLE_ID",
        "AUGNO_ORDER_CUSTOMER_ID",
        "AUGNO_ORDER_PRODUCT_ID",
        "AUGNO_ORDER_PRODUCT_SKU",
        "AUGNO_ORDER_UNIT_ID",
    ]


def test_the_33_codes_come_with_their_statuses() -> None:
    """None is missing, and none is made up."""
    assert len(PACK.errors.codes) == 33
    assert {code: (one.status,) for code, one in PACK.errors.codes.items()} == {
        code: (status,) for status, codes in CODES.items() for code in codes.split()
    }
    assert {status for one in PACK.errors.codes.values() for status in one.statuses} == set(PACK.errors.statuses)


def test_only_transient_codes_are_tried_again() -> None:
    """A 409 is one of them only while the first call runs."""
    assert {code for code, one in PACK.errors.codes.items() if one.retry == "bounded"} == TRANSIENT


def test_what_the_user_may_be_told_is_what_the_user_typed() -> None:
    """Everything else is for the team; whose mistake a wrong parameter is, the vendor leaves to its client."""
    assert {code for code, one in PACK.errors.codes.items() if one.concerns == "user"} == USER
    assert {code for code, one in PACK.errors.codes.items() if one.concerns == "either"} == {
        "parameter_missing",
        "parameter_invalid",
        "parameter_unknown",
        "parameters_exclusive",
    }


def test_a_used_key_and_wrong_data_are_told_apart_by_their_type() -> None:
    """Both come as validation_failed."""
    assert PACK.idempotency is not None

    assert PACK.errors.codes["validation_failed"].types == ("invalid_request_error", "idempotency_error")
    assert PACK.idempotency.other_body.types == ("idempotency_error",)
    assert PACK.errors.codes["resource_gone"].types == ("api_error", "invalid_request_error")


def test_every_schema_file_is_used() -> None:
    """A schema that nothing names would go stale unseen."""
    assert PACK.webhooks is not None
    named = {PACK.errors.body} | {event.json_schema for event in PACK.webhooks.events.values()}
    for operation in PACK.operations.values():
        named |= {operation.response.json_schema}
        named |= {operation.request.json_schema} if operation.request else set()

    assert set(FILES) == named


@pytest.mark.parametrize("file", FILES)
def test_a_schema_is_valid_named_after_its_file_and_says_how_sure_it_is(file: str) -> None:
    """Every file is a JSON Schema with an id of its own, and no property inherits `documented` by silence."""
    schema = read_schema("augno", file)
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"urn:golive:augno:{file.removesuffix('.json')}"
    assert [*_unmarked(schema)] == []


@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith(".request.json")])
def test_answers_and_events_stay_open(file: str) -> None:
    """The vendor adds fields within a version."""
    assert "additionalProperties" not in json.dumps(read_schema("augno", file))


@pytest.mark.parametrize("one", sorted(FIELDS))
def test_an_object_carries_all_of_its_fields(one: str) -> None:
    """Each is needed and documented; what may be null is still there."""
    many = next((many for many, (each, _) in CRUD.items() if each == one), f"{one}s")
    single = read_schema("augno", f"get_{one}.response.json")
    listed = read_schema("augno", f"list_{many}.response.json")["properties"]["data"]["items"]

    for schema in (single, listed):
        assert sorted(schema["required"]) == FIELDS[one].split()
        assert {schema["properties"][name]["x-evidence"] for name in schema["required"]} == {"documented"}


@pytest.mark.parametrize(
    "one", ["unit", "payment_term", "account_group", "customer", "address", "product", "sales_order"]
)
def test_all_answers_about_an_object_have_one_shape(one: str) -> None:
    """What is created, read and changed is the same object."""
    shapes = [read_schema("augno", f"{verb}_{one}.response.json") for verb in ("create", "get", "update")]

    assert shapes[0]["properties"] == shapes[1]["properties"] == shapes[2]["properties"]


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_writing_call_needs_its_fields(name: str) -> None:
    """Each required field is documented to be one."""
    schema = read_schema("augno", f"{name}.request.json")

    assert sorted(schema["required"]) == sorted(NEEDED[name].split())
    assert {schema["properties"][field]["x-evidence"] for field in schema["required"]} == {"documented"}


@pytest.mark.parametrize("name", WRITING)
def test_every_writing_operation_has_an_example_and_refuses_unknown_fields(name: str) -> None:
    """Bad input is made from one valid call, so there has to be one."""
    schema = read_schema("augno", f"{name}.request.json")

    assert PACK.operations[name].example != {}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("page_info", "fits"),
    [
        (
            {
                "next_page_url": "/v1/x?cursor=c",
                "previous_page_url": None,
                "has_next_page": True,
                "has_prev_page": False,
            },
            True,
        ),
        ({"next_cursor": "c", "prev_cursor": None}, True),
        ({"next_page_url": "/v1/x?cursor=c"}, False),
        ({}, False),
    ],
)
def test_a_page_leads_on_in_one_of_two_ways(page_info: dict[str, Any], fits: bool) -> None:
    """By addresses, or by cursors as in an earlier edition; anything else is neither."""
    judge = validator(read_schema("augno", "list_carriers.response.json"))
    body = {"object": "list", "data": [], "page_info": page_info}

    assert (mismatches(judge, body) == ()) is fits


@pytest.mark.parametrize(
    ("error", "fits"),
    [
        ({"code": "missing_field", "param": "name"}, True),
        ({"code": "something_new"}, True),
        ({"type": "not_found"}, False),
        ({"message": ""}, False),
    ],
)
def test_an_error_has_its_eight_keys(error: dict[str, Any], fits: bool) -> None:
    """An unknown code is no mistake; an unknown type is one."""
    whole = {
        "code": "validation_failed",
        "type": "invalid_request_error",
        "message": "The name is wrong.",
        "param": None,
        "doc_url": "https://docs.augno.com/api/errors#validation_failed",
        "is_transient": False,
        "quota": None,
        "request_log_url": None,
    }
    judge = validator(read_schema("augno", "error.json"))

    assert (mismatches(judge, {"error": {**whole, **error}}) == ()) is fits


@pytest.mark.parametrize("lacking", ["param", "doc_url", "is_transient", "quota", "request_log_url"])
def test_only_a_429_may_lack_keys(lacking: str) -> None:
    """The vendor's own sample of it has four."""
    short = {"code": "rate_limit_exceeded", "type": "invalid_request_error", "message": "Slow down."}
    full = {
        "param": None,
        "doc_url": "https://a.example",
        "is_transient": False,
        "quota": None,
        "request_log_url": None,
    }
    judge = validator(read_schema("augno", "error.json"))
    other = {name: value for name, value in full.items() if name != lacking}

    assert mismatches(judge, {"error": short}) == ()
    assert [str(each) for each in mismatches(judge, {"error": {**short, **other, "code": "timeout"}})] == [
        f"`error` lacks `{lacking}` (documented)"
    ]


def test_only_reads_have_no_effects() -> None:
    """What golive may do in production without being allowed is exactly the GETs."""
    harmless = {name for name, one in PACK.operations.items() if one.effects is Effects.NONE}

    assert {name for name, one in PACK.operations.items() if one.method == "GET"} == harmless


def test_orders_products_and_keys_are_never_written_in_production() -> None:
    """An order is produced and shipped, a product cannot be deleted, a key opens everything."""
    closed = {name for name, one in PACK.operations.items() if one.effects is not Effects.NONE and not one.allowance}

    assert closed == {
        *(f"{verb}_sales_order" for verb in ("create", "update", "delete", "issue", "unissue", "close", "open")),
        "add_sales_order_line",
        "create_product",
        "update_product",
        "merge_customers",
        "create_api_key",
        "revoke_api_key",
        "rotate_api_key",
    }


def test_no_test_mails_a_customer() -> None:
    """Issuing an order with `true` would."""
    assert PACK.operations["issue_sales_order"].example["notify_customer"] is False


def test_what_is_created_can_be_found_and_removed() -> None:
    """Everything but products, which no call deletes: their writes are switched off unless a team wants them."""
    creating = {name: one for name, one in PACK.operations.items() if one.creates is not None}
    left = [name for name, one in creating.items() if one.creates and not (one.creates.remove and one.creates.listing)]

    assert left == ["create_product"]
    assert PACK.operations["create_product"].feature == "product_writes"
    assert PACK.features["product_writes"].default is False


def test_what_is_risky_is_switched_off() -> None:
    """Nobody finds a merged customer or a new key after a first run."""
    assert {name for name, feature in PACK.features.items() if not feature.default} == {
        "product_writes",
        "customer_merging",
        "key_management",
        "sandboxes",
        "webhooks",
    }


def test_what_was_only_seen_is_assumed() -> None:
    """The echo of the version, which version is too old, and all of the webhooks stand on no page."""
    assert PACK.versioning is not None
    assert PACK.versioning.too_old is not None
    assert PACK.webhooks is not None
    versions = (PACK.versioning.missing, PACK.versioning.unknown, PACK.versioning.too_old, PACK.versioning)

    assert [fact.evidence for fact in versions] == [
        Evidence.DOCUMENTED,
        Evidence.DOCUMENTED,
        Evidence.ASSUMED,
        Evidence.ASSUMED,
    ]
    assert {event.evidence for event in PACK.webhooks.events.values()} == {Evidence.ASSUMED}


def test_every_event_has_an_example_that_fits_its_schema() -> None:
    """The envelope of the pack, filled with the event's own data."""
    assert PACK.webhooks is not None
    for name, event in PACK.webhooks.events.items():
        envelope = {
            **PACK.webhooks.envelope,
            "id": "evt_1",
            "type": name,
            "api_version": "1.0.forge-preview.3",
            "mode": "test",
            "account": "ac_51",
            "created_at": "2026-10-02T09:00:00Z",
            "data": event.data,
        }
        assert [str(each) for each in mismatches(validator(read_schema("augno", event.json_schema)), envelope)] == []


def test_there_is_an_event_for_each_change_of_each_object() -> None:
    """And three more: two states of an order, and a customer that came to nothing."""
    assert PACK.webhooks is not None
    changes = {f"{one}.{change}" for one, _ in CRUD.values() for change in ("created", "updated", "deleted")}

    assert set(PACK.webhooks.events) == changes | {
        "sales_order.issued",
        "sales_order.fulfilled",
        "customer.creation_failed",
    }


def test_deliveries_are_tried_for_three_hours_in_test_and_three_days_in_live_mode() -> None:
    """At least once, and then given up."""
    assert PACK.webhooks is not None
    test, live = PACK.webhooks.retry["test"].waits_seconds, PACK.webhooks.retry["live"].waits_seconds

    assert (len(test) + 1, sum(test)) == (3, 3 * 3600)
    assert live[:6] == (60, 300, 1800, 7200, 18000, 36000)
    assert sum(live) <= 72 * 3600 < sum(live) + live[-1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("aug_sk_test_" + "a1" * 11 + "_" + "b2" * 25, True),
        ("key = mrp_sk_prod_" + "a1" * 11 + "_" + "b2" * 25 + ";", True),
        ("aug_sk_prod_****hjt4", False),
        ("aug_sk_test_" + "a1" * 11, False),
    ],
)
def test_a_key_is_known_by_its_form(text: str, found: bool) -> None:
    """A masked key is none."""
    for pack in (PACK, OPENMRP):
        assert pack.credentials["api_key"].pattern is not None
        assert (re.search(pack.credentials["api_key"].pattern, text) is not None) is found


def test_golive_asks_for_half_of_what_the_vendor_allows() -> None:
    """Others share the address, and production is not the place for load."""
    assert PACK.rate_limit is not None
    assert PACK.budget is not None

    assert PACK.budget.requests / PACK.budget.per_seconds == PACK.rate_limit.requests / PACK.rate_limit.per_seconds / 2
    assert (PACK.budget.in_flight, PACK.budget.production_requests) == (8, 2)


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
