"""What golive writes is what the vendor writes: it fits the pack's schemas, and its signature is right."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import pytest

from pytest_golive.contract.judge import mismatches, validator
from pytest_golive.facts.body_path import at
from pytest_golive.handlers.genuine import Writer, with_fields, without_fields
from pytest_golive.handlers.lifecycle import lifecycles
from pytest_golive.handlers.setup import set_up
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.signing import NotGenuine, verify
from pytest_golive.vendors.library import read_pack, read_schema

VENDORS = ("timely", "augno", "selwise")
URL = "http://127.0.0.1:1/hooks"


def writer(vendor: str, auth: str | None = None, **changes: object) -> Writer:
    asked = {"SECRET": "{secret}", "TENANT": "{tenant}"}
    handler = Handler.model_validate({"vendor": vendor, "command": ["x"], "auth": auth, "environ": asked, **changes})
    return Writer(set_up(Manifest(golive=1, project="shop", handlers={"hooks": handler}), "hooks", Path()), URL)


def proven(made: Writer, parcel: object, now: float | None = None) -> bool:
    headers = {name: str(value) for name, value in parcel.headers}  # type: ignore[attr-defined]
    scheme = made.setup.scheme
    secret = [made.setup.secrets["secret"].reveal()] if made.setup.secrets else []
    try:
        verify(
            scheme,
            secret,
            headers,
            parcel.body,  # type: ignore[attr-defined]
            now=time.time() if now is None else now,
            username="golive",
            header_name="X-API-Key",
        )
    except NotGenuine:
        return False
    return True


CASES = [
    (vendor, auth)
    for vendor in VENDORS
    for auth in (read_pack(vendor).webhooks.signing)  # type: ignore[union-attr]
]


@pytest.mark.parametrize(("vendor", "auth"), CASES)
def test_every_way_to_sign_is_right(vendor: str, auth: str) -> None:
    made = writer(vendor, auth)
    parcel = made.write(next(iter(made.setup.webhooks.events)))

    assert proven(made, parcel)
    if auth != "none":
        assert parcel.proof
        assert not proven(made, parcel.without_proof())
        assert not proven(made, made.write(parcel.event, secret="another-secret-of-nobody"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_event_fits_its_schema(vendor: str) -> None:
    made = writer(vendor)
    for name, event in made.setup.webhooks.events.items():
        parcel = made.write(name)
        schema = read_schema(vendor, event.json_schema)

        assert mismatches(validator(schema), json.loads(parcel.body)) == (), name
        assert (name, parcel.event_id) == (parcel.event, at(json.loads(parcel.body), made.setup.webhooks.event_id))


def test_every_knob_turns_one_thing() -> None:
    made = writer("timely")
    write = partial(made.write, "message.received")
    body = partial(lambda parcel: json.loads(parcel.body))

    assert body(write(event_id="evt_1"))["event_id"] == "evt_1"
    assert write(event_id="evt_1").header("X-Timely-Event-Id") == "evt_1"
    assert body(write(tenant="other"))["workspace_id"] == "other"
    assert body(write())["workspace_id"] == made.setup.tenant
    assert body(write(subject="c1"))["data"]["conversation_id"] == "c1"
    assert write(subject="c1").subject == "c1"
    assert body(write(data={"content": "Hi"}))["data"]["content"] == "Hi"
    assert body(write(occurred_at=0))["timestamp"] == "1970-01-01T00:00:00Z"
    assert write(sent_at=7).header("X-Timely-Timestamp") == "7"
    assert (write(scheme="sig_b").header("X-Timely-Signature") or "").startswith("sha256=")
    assert write(body=b"{}").body == b"{}"
    assert write(body=lambda raw: raw + b"\n").body.endswith(b"}\n")
    assert body(write(change=with_fields({"data.new.deep": 1})))["data"]["new"] == {"deep": 1}
    assert "content" not in body(write(change=without_fields("data.content", "no.such")))["data"]
    assert body(made.write("golive.unknown", data={"a": 1}))["data"] == {"a": 1}
    assert proven(made, write(body=b"not json at all"))
    assert not proven(made, write(sent_at=time.time() - 600))


def test_test_mode_is_written_as_the_vendor_does() -> None:
    assert json.loads(writer("augno").write("unit.created", mode="test").body)["mode"] == "test"
    assert json.loads(writer("augno").write("unit.created").body)["mode"] == "live"
    assert json.loads(writer("selwise").write("page_view", mode="test").body)["test"] is True
    assert json.loads(writer("selwise").write("page_view").body)["test"] is False


def test_during_a_rotation_both_secrets_sign() -> None:
    made = writer("augno")

    parcel = made.write("unit.created", further_secrets=["another-secret-of-nobody"])

    assert (parcel.header("Augno-Signature") or "").count(",v1=") == 2
    assert proven(made, parcel)


def test_lives_are_told_in_their_order() -> None:
    webhooks = read_pack("augno").webhooks
    assert webhooks is not None

    assert lifecycles(webhooks)["unit"] == ("unit.created", "unit.updated", "unit.deleted")
