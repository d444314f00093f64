"""Forged, listed and oddly timed signatures: a careful receiver raises no alarm, whatever the scheme."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trial import Trial
from pytest_golive.handlers.trying import try_fault
from pytest_golive.sandbox.deliveries.destination import HEADER_NAME, USERNAME
from pytest_golive.signing import PRESETS, NotGenuine, public_of, verify
from pytest_golive.vendors.handler_fault import shown_by
from pytest_golive.vendors.library import handler_faults
from pytest_golive.vendors.webhooks import SigningScheme
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

FAULTS = [f"WH-{number:02}" for number in (*range(1, 11), *range(14, 19), *range(22, 28)) if number != 15]
"""The faults of authenticity and freshness that a receiver alone can show, without levers."""


class Receiver(Lab):
    """A receiver in this process, which judges as golive's own verifier does; `sees` is what it makes of a parcel."""

    def __init__(self, setup: Setup, sees: Callable[[Parcel], Parcel] = lambda parcel: parcel, told: str = "") -> None:
        super().__init__(setup)
        self.sees = sees
        self.told = told

    @property
    def writer(self) -> Writer:
        return Writer(self.setup, "http://127.0.0.1:1/hooks")

    @property
    def verifies_with(self) -> str:
        scheme, secret = self.setup.scheme, self.secret("secret")
        return public_of(scheme, secret) if scheme.asymmetric else secret

    @property
    def event(self) -> str:
        return next(iter(self.setup.webhooks.events))

    @property
    def has_probe(self) -> bool:
        return False

    def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
        del timeout_seconds
        seen = self.sees(parcel)
        headers = {name: str(value) for name, value in seen.headers}
        try:
            verify(
                self.setup.scheme,
                [self.verifies_with],
                headers,
                seen.body,
                now=time.time(),
                username=USERNAME,
                header_name=HEADER_NAME,
                url=seen.url,
            )
        except NotGenuine:
            return Receipt("answered", 401, body=self.told.encode(), seconds=0.001)
        return Receipt("answered", 200, seconds=0.001)


def signing_as(preset: str, folder: Path) -> Setup:
    """Return a set-up whose vendor signs as a preset does."""
    scheme = SigningScheme(evidence="assumed", **PRESETS[preset].model_dump())
    setup = flask_setup(folder)
    assert setup.pack.webhooks is not None
    webhooks = setup.pack.webhooks.model_copy(update={"signing": {"preset": scheme}, "usual": "preset"})
    pack = setup.pack.model_copy(update={"webhooks": webhooks})
    secret = type(setup.secrets["secret"])(Trial(Lab(setup), handler_faults()["WH-02"]).wrong_secret(), "secret")
    made = replace(setup, pack=pack, secrets={"secret": secret})
    right = Trial(Lab(made), handler_faults()["WH-02"]).wrong_secret()
    return replace(made, secrets={"secret": type(secret)(right, "secret")})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_careful_receiver_raises_no_alarm(preset: str, fault: str, tmp_path: Path) -> None:
    setup = signing_as(preset, tmp_path)
    if not set(handler_faults()[fault].applies) <= shown_by(setup.pack, None):
        pytest.skip("this scheme cannot be wrong in this way")

    functions()[fault](Trial(Receiver(setup), handler_faults()[fault]))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("auth", ["bearer", "basic", "api_key", "hmac", "signature"])
def test_a_careful_receiver_of_any_way_that_selwise_has_raises_no_alarm(auth: str, fault: str, tmp_path: Path) -> None:
    """With a token or a password only what may be wrong with these is tried."""
    setup = flask_setup(tmp_path, vendor="selwise", auth=auth)
    if not set(handler_faults()[fault].applies) <= shown_by(setup.pack, auth):
        pytest.skip("this scheme cannot be wrong in this way")

    functions()[fault](Trial(Receiver(setup), handler_faults()[fault]))


@pytest.mark.parametrize("auth", ["bearer", "basic", "api_key"])
@pytest.mark.parametrize("fault", ["WH-01", "WH-02", "WH-05", "WH-18"])
def test_a_receiver_that_looks_at_no_token_is_seen(auth: str, fault: str, tmp_path: Path) -> None:
    receiver = Receiver(flask_setup(tmp_path, vendor="selwise", auth=auth))
    whole = receiver.genuine()
    receiver.sees = lambda _: whole

    with pytest.raises(CheckFailed) as caught:
        functions()[fault](Trial(receiver, handler_faults()[fault]))
    assert caught.value.finding.actual.endswith(" answered 200 in 1 ms")


def told_of(parcel: Parcel) -> str:
    """Return what the headers with the proof say."""
    return "\n".join(parcel.header(name) or "" for name in parcel.proof)


def is_hmac_by_public_key(receiver: Receiver, parcel: Parcel) -> bool:
    """Whether a library that lets the sender choose the kind takes the public key for a secret."""
    strategy = "http_message" if receiver.setup.scheme.strategy == "http_message" else "hmac"
    update = {"strategy": strategy, "algorithm": "hmac-sha256", "secret_prefix": receiver.setup.scheme.public_prefix}
    headers = {name: str(value).replace("v1,", "v1a,") for name, value in parcel.headers}
    scheme = receiver.setup.scheme.model_copy(update=update)
    try:
        verify(scheme, [receiver.verifies_with], headers, parcel.body, now=time.time(), url=parcel.url)
    except NotGenuine:
        return False
    return True


@pytest.mark.parametrize(
    ("preset", "fault", "mistaken", "told"),
    [
        (
            "standard_webhooks_v1a",
            "WH-07",
            is_hmac_by_public_key,
            "a delivery with an HMAC whose secret is the public key answered 200 in 1 ms",
        ),
        (
            "rfc9421_ed25519",
            "WH-07",
            is_hmac_by_public_key,
            "a delivery with an HMAC whose secret is the public key answered 200 in 1 ms",
        ),
        (
            "standard_webhooks_v1a",
            "WH-07",
            lambda _, parcel: parcel.header("webhook-signature") == "none",
            "a delivery signed by the kind 'none' answered 200 in 1 ms",
        ),
        (
            "rfc9421_hmac",
            "WH-07",
            lambda _, parcel: 'alg="none"' in told_of(parcel),
            "a delivery whose algorithm was changed to 'none' answered 200 in 1 ms",
        ),
        (
            "rfc9421_hmac",
            "WH-25",
            lambda _, parcel: "created=" not in told_of(parcel),
            "a delivery without its time answered 200 in 1 ms",
        ),
        (
            "rfc9421_ed25519",
            "WH-25",
            lambda _, parcel: "created=nan" in told_of(parcel),
            "a delivery with 'nan' as its time answered 200 in 1 ms",
        ),
        (
            "rfc9421_hmac",
            "WH-27",
            lambda _, parcel: re.search("created=[0-9]{13};", told_of(parcel)) is not None,
            "a delivery whose time is written in milliseconds answered 200 in 1 ms",
        ),
    ],
)
def test_a_careless_receiver_of_any_scheme_is_seen(
    preset: str, fault: str, mistaken: Callable[[Receiver, Parcel], bool], told: str, tmp_path: Path
) -> None:
    receiver = Receiver(signing_as(preset, tmp_path))
    whole = receiver.genuine()
    receiver.sees = lambda parcel: whole if mistaken(receiver, parcel) else parcel

    with pytest.raises(CheckFailed) as caught:
        functions()[fault](Trial(receiver, handler_faults()[fault]))
    assert caught.value.finding.actual == told


@pytest.mark.parametrize("said", ["before", "behind"])
def test_a_receiver_that_bears_no_further_signature_is_seen(said: str, tmp_path: Path) -> None:
    receiver = Receiver(signing_as("rfc9421_ed25519", tmp_path))
    mark = {"before": "later=(", "behind": ", later=("}[said]
    receiver.sees = lambda parcel: (
        parcel.without_proof()
        if (parcel.header("Signature-Input") or "").startswith(mark) or (said == "behind" and mark in told_of(parcel))
        else parcel
    )

    with pytest.raises(CheckFailed) as caught:
        functions()["WH-10"](Trial(receiver, handler_faults()["WH-10"]))
    assert caught.value.finding.actual == (
        f"a delivery with a signature of an unknown algorithm {said} its own answered 401 in 1 ms"
    )


@pytest.mark.parametrize("preset", ["standard_webhooks_v1a", "rfc9421_ed25519"])
def test_a_handler_of_two_keys_gets_the_one_that_cannot_sign(preset: str, tmp_path: Path) -> None:
    setup = signing_as(preset, tmp_path)

    environ = setup.launch(str).environ

    secret = setup.secrets["secret"].reveal()
    assert environ["WEBHOOK_SECRET"] == public_of(setup.scheme, secret)
    assert secret not in environ.values()


def test_an_id_that_is_signed_counts_as_the_header_says_it(tmp_path: Path) -> None:
    def from_body(parcel: Parcel) -> Parcel:
        return parcel.with_header("webhook-id", parcel.event_id)

    receiver = Receiver(signing_as("standard_webhooks", tmp_path), from_body)

    with pytest.raises(CheckFailed) as caught:
        functions()["WH-17"](Trial(receiver, handler_faults()["WH-17"]))
    assert caught.value.finding.actual == "a delivery whose id was changed after signing answered 200 in 1 ms"


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("wrong secret, not {secret}", "the handler's own secret"),
        ("  at verify (/srv/shop/hooks.js:12:7)", "a stack trace"),
        ("TypeError in /srv/shop/hooks.js", "a path of its machine"),
    ],
)
def test_what_an_answer_gives_away_is_told_and_not_repeated(told: str, seen: str, tmp_path: Path) -> None:
    setup = signing_as("stripe", tmp_path)
    receiver = Receiver(setup, told=told.format(secret=setup.secrets["secret"].reveal()))

    with pytest.raises(CheckFailed) as caught:
        functions()["WH-22"](Trial(receiver, handler_faults()["WH-22"]))
    assert caught.value.finding.actual == f"a delivery without its proof answered 401 in 1 ms, with {seen}"


@pytest.mark.parametrize("told", ["refused", "see https://shop.example/docs/hooks.js", "not found: /hooks/timely"])
def test_what_anybody_may_know_gives_nothing_away(told: str, tmp_path: Path) -> None:
    functions()["WH-22"](Trial(Receiver(signing_as("stripe", tmp_path), told=told), handler_faults()["WH-22"]))


def test_who_accepts_what_is_not_genuine_shows_no_refusal(tmp_path: Path) -> None:
    receiver = Receiver(signing_as("github", tmp_path))
    whole = receiver.genuine()
    receiver.sees = lambda _: whole

    with pytest.raises(CannotTell) as caught:
        functions()["WH-22"](Trial(receiver, handler_faults()["WH-22"]))
    assert caught.value.finding.actual == "a delivery without its proof answered 200 in 1 ms"


def test_a_lenient_reader_of_times_is_warned_of(tmp_path: Path) -> None:
    digits = "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n"
    lenient = Mutant("WH-25", digits, "    if not (stamp[-10:].isdecimal() and len(stamp) < 15):\n", "", "")

    with under_test(flask_setup(tmp_path, written(lenient, tmp_path))) as lab, recording(CheckRecord("x")) as record:
        try_fault(lab, "WH-25")

    (told,) = record.warnings
    assert told.startswith("a delivery whose time is written with a sign answered 200 in ")
    assert told.endswith(" ms; whoever reads digits only is on the safe side")


def test_a_handler_whose_secret_golive_does_not_set_is_not_started_with_others(tmp_path: Path) -> None:
    setup = flask_setup(tmp_path)
    handler = setup.handler.model_copy(update={"environ": {**setup.handler.environ, "WEBHOOK_SECRET": "its own"}})

    with under_test(replace(setup, handler=handler)) as lab, pytest.raises(NotVerified) as caught:
        functions()["WH-13"](Trial(lab, handler_faults()["WH-13"]))
    assert str(caught.value) == (
        "handlers.shop-hooks.environ is missing: a {secret} in it lets golive start the handler with others"
    )


def test_a_handler_that_does_not_start_with_another_secret_tells_nothing(tmp_path: Path) -> None:
    choosy = Mutant(
        "WH-13", "prepare()\n\nif __name__", 'prepare()\nassert "-" in SECRETS[0], "too short"\n\nif __name__', "", ""
    )
    setup = flask_setup(tmp_path, written(choosy, tmp_path))
    secret = type(setup.secrets["secret"])("a_secret-with-all-its-letters", "secret")

    with (
        under_test(replace(setup, secrets={**setup.secrets, "secret": secret})) as lab,
        pytest.raises(CannotTell) as caught,
    ):
        functions()["WH-13"](Trial(lab, handler_faults()["WH-13"]))
    finding = caught.value.finding
    assert finding.expected == "the handler to start with a secret that has hexadecimal digits alone"
    assert " ended with exit code 1 before it was ready; it said: " in finding.actual
    assert finding.actual.endswith("AssertionError: too short")
