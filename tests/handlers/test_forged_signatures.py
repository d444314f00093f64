"""Forged, listed and oddly timed signatures: a careful receiver raises no alarm, whatever the scheme."""

from __future__ import annotations

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
from pytest_golive.signing import PRESETS, NotGenuine, verify
from pytest_golive.vendors.handler_fault import shown_by
from pytest_golive.vendors.library import handler_faults
from pytest_golive.vendors.webhooks import SigningScheme
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

FAULTS = ("WH-07", "WH-09", "WH-10", "WH-17", "WH-22", "WH-25", "WH-27")
SCHEMES = [name for name, scheme in PRESETS.items() if scheme.strategy == "hmac"]


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
            verify(self.setup.scheme, [self.secret("secret")], headers, seen.body, now=time.time())
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
@pytest.mark.parametrize("preset", SCHEMES)
def test_a_careful_receiver_raises_no_alarm(preset: str, fault: str, tmp_path: Path) -> None:
    setup = signing_as(preset, tmp_path)
    if not set(handler_faults()[fault].applies) <= shown_by(setup.pack, None):
        pytest.skip("this scheme cannot be wrong in this way")

    functions()[fault](Trial(Receiver(setup), handler_faults()[fault]))


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
