"""A pack may prove its deliveries in any way that has a preset: the lab, the sandbox's courier and replays sign so."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_golive.cassettes.deliveries import received
from pytest_golive.cassettes.filtering import Filter
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.handlers.evidence import exchange_of
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.recorded import parcel_of
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.sandbox.deliveries.destination import destination
from pytest_golive.signing import PRESETS, NotGenuine, new_secret, public_of, verify
from pytest_golive.vendors.handler_fault import shown_by
from pytest_golive.vendors.webhooks import SigningScheme

URL = "http://127.0.0.1:8000/hooks/acme?tenant=7"


def setup_by(name: str) -> Setup:
    """Return a handler of a vendor that proves its deliveries by a preset."""
    handler = Handler.model_validate({"vendor": "augno", "command": ["x"], "environ": {"SECRET": "{secret}"}})
    setup = set_up(Manifest(golive=1, project="shop", handlers={"hooks": handler}), "hooks", Path())
    scheme = SigningScheme.model_validate(PRESETS[name].model_dump() | {"evidence": "assumed"})
    webhooks = setup.webhooks.model_copy(update={"signing": {name: scheme}, "usual": name})
    secret = Secret(new_secret(scheme), "handlers.hooks.secret")
    return replace(setup, pack=setup.pack.model_copy(update={"webhooks": webhooks}), secrets={"secret": secret})


def is_proven(setup: Setup, parcel: Parcel, url: str = URL) -> bool:
    secret = setup.secrets["secret"].reveal()
    known = public_of(setup.scheme, secret) if setup.scheme.asymmetric else secret
    headers = {name: str(value) for name, value in parcel.headers}
    try:
        verify(setup.scheme, [known], headers, parcel.body, now=time.time(), url=url)
    except NotGenuine:
        return False
    return True


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_what_the_lab_sends_is_proven(name: str) -> None:
    setup = setup_by(name)
    writer = Writer(setup, URL)

    parcel = writer.write("unit.created")

    assert is_proven(setup, parcel)
    assert set(parcel.proof) == {header.lower() for header in PRESETS[name].headers}
    assert not is_proven(setup, parcel.without_proof())
    assert not is_proven(setup, parcel.with_body(parcel.body + b" "))
    assert not is_proven(setup, writer.write("unit.created", secret=new_secret(setup.scheme)))
    if PRESETS[name].several:
        both = writer.write("unit.created", secret=new_secret(setup.scheme), further_secrets=[writer_secret(setup)])
        assert is_proven(setup, both)
    if PRESETS[name].strategy == "http_message":
        assert not is_proven(setup, parcel, URL.replace("7", "8"))


def writer_secret(setup: Setup) -> str:
    return setup.secrets["secret"].reveal()


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_signature_may_be_shown_as_evidence(name: str) -> None:
    setup = setup_by(name)
    parcel = Writer(setup, URL).write("unit.created")

    told = exchange_of(setup, parcel, Receipt("answered", status=200), str)

    header = next(key for key, value in PRESETS[name].headers.items() if "{signature}" in value)
    assert dict(told.request_headers)[header] == parcel.header(header)
    assert "signature" in shown_by(setup.pack, name)
    assert ("signed_time" in shown_by(setup.pack, name)) is (name != "github")


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_what_was_recorded_is_proven_anew(name: str) -> None:
    """Nothing of the old proof is kept, and nothing of it is sent."""
    setup = setup_by(name)
    made = Writer(setup, URL).write("unit.created", secret=new_secret(setup.scheme))
    headers = {key: str(value) for key, value in made.headers}
    moment = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    recorded = received("augno", setup.webhooks, headers, made.body, moment, clean=Filter(Redactor()))

    assert not {key.lower() for key in recorded.headers} & set(made.proof)
    assert is_proven(setup, parcel_of(setup, URL, recorded))


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_the_courier_takes_only_a_secret_that_holds_a_key(name: str) -> None:
    """At the start, and not with the first event."""
    setup = setup_by(name)

    assert destination(setup.pack, URL).endpoint.secret
    if PRESETS[name].secret_encoding == "base64":
        with pytest.raises(ValueError, match=r"^the signing secret is no base64$"):
            destination(setup.pack, URL, secret="!")
