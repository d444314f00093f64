from __future__ import annotations

import pytest

from pytest_golive.exchange.permit import Permit
from pytest_golive.facts.finding import NotVerified
from pytest_golive.sandbox.http import json_response
from pytest_golive.vendors.library import read_pack
from tests.unit.exchange.conftest import MakeVendor, Talk, chatted

OPERATIONS = read_pack("uppzy").operations
PRODUCTION = Permit("production", production=True, allowed=frozenset())
ALLOWED = Permit("production", production=True, allowed=frozenset({"chat_smoke"}))
LOOKING = Permit("production", production=True, allowed=frozenset({"chat_smoke"}), reads_only=True)


def _refusal(permit: Permit, operation: str) -> tuple[str, str] | None:
    try:
        permit.check(operation, OPERATIONS[operation])
    except NotVerified as refused:
        return refused.reason, refused.key
    return None


@pytest.mark.parametrize("permit", [PRODUCTION, ALLOWED, LOOKING])
def test_reading_is_always_permitted(permit: Permit) -> None:
    """Nothing is left behind."""
    assert _refusal(permit, "get_limits") is None


def test_outside_production_everything_is_permitted() -> None:
    """That is what other environments are for."""
    permit = Permit("staging", production=False, allowed=frozenset())

    assert [name for name in OPERATIONS if _refusal(permit, name)] == []


def test_in_production_a_write_names_the_allowance_it_needs() -> None:
    """And the key of golive.yaml to add it to."""
    assert _refusal(PRODUCTION, "chat") == (
        (
            "chat is irreversible and production is marked production: "
            "add `chat_smoke` to environments.production.allow to allow it"
        ),
        "environments.production.allow",
    )


def test_an_allowance_permits_its_operations_and_no_others() -> None:
    """A chat is no document."""
    assert _refusal(ALLOWED, "chat") is None
    assert _refusal(ALLOWED, "create_text_document") == (
        (
            "create_text_document is reversible and production is marked production: "
            "add `document_round_trip` to environments.production.allow to allow it"
        ),
        "environments.production.allow",
    )


def test_a_write_without_an_allowance_is_never_made_in_production() -> None:
    """No key opens it."""
    assert _refusal(ALLOWED, "update_widget_config") == (
        "update_widget_config is never made in production: it is marked production",
        "environments.production.allow",
    )


def test_from_another_environment_only_reading_is_done() -> None:
    """Whatever is allowed there."""
    assert _refusal(LOOKING, "chat") == (
        "chat is not made in production: only reading is done there from here",
        "",
    )


def test_what_is_not_permitted_is_not_sent(talk: Talk, make_vendor: MakeVendor) -> None:
    """By none of the three ways to call."""
    talk.say("chat", chatted())
    vendor = make_vendor(permit=PRODUCTION)
    with pytest.raises(NotVerified):
        vendor.call("chat", session_id="s", message="m")
    with pytest.raises(NotVerified):
        vendor.call_with_key(None, "chat", session_id="s", message="m")
    with pytest.raises(NotVerified):
        vendor.call_with_body("chat", {})

    assert talk.called == []


def test_what_is_permitted_is_sent(talk: Talk, make_vendor: MakeVendor) -> None:
    """With the allowance, as anywhere else."""
    talk.say("chat", chatted())
    talk.say("get_limits", json_response(200, {}))
    vendor = make_vendor(permit=ALLOWED)
    vendor.call("chat", session_id="s", message="m")
    vendor.call("get_limits")

    assert talk.called == ["chat", "get_limits"]
