"""A recorded delivery is sent to a handler again: its bytes, today's proof."""

from __future__ import annotations

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_golive.cassettes.deliveries import Delivery, keep, received, record
from pytest_golive.cassettes.filtering import Filter
from pytest_golive.cassettes.shelf import Shelf
from pytest_golive.cli import main
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.recorded import NothingToReplay, parcel_of, recorded_at
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.signing import verify
from pytest_golive.vendors.library import read_pack
from tests.handlers.handler_mutants import PROGRAMS

MOMENT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
URL = "http://127.0.0.1:1/hooks"
CASES = [
    (vendor, auth)
    for vendor in ("augno", "selwise", "timely")
    for auth in (read_pack(vendor).webhooks.signing)  # type: ignore[union-attr]
]

MANIFEST = """
golive: 1
project: shop
handlers:
  shop-hooks:
    vendor: timely
    command: [%s, %s]
    path: /hooks/timely
    ready: /healthz
    environ: {PORT: "{port}", WEBHOOK_SECRET: "{secret}", DATABASE: "%s/shop.sqlite"}
    effects: {path: /golive/effects}
"""


def setup_of(vendor: str, auth: str | None = None, folder: Path = Path()) -> Setup:
    asked = {"SECRET": "{secret}", "TENANT": "{tenant}"}
    handler = Handler.model_validate({"vendor": vendor, "command": ["x"], "auth": auth, "environ": asked})
    return set_up(Manifest(golive=1, project="shop", handlers={"hooks": handler}), "hooks", folder)


def recording(vendor: str, event: str, moment: datetime = MOMENT, **knobs: object) -> Delivery:
    """Return what is kept of a delivery that was signed by a secret of that day."""
    made = Writer(setup_of(vendor), URL).write(event, **knobs)  # type: ignore[arg-type]
    webhooks = read_pack(vendor).webhooks
    assert webhooks is not None
    headers = {name: str(value) for name, value in made.headers}
    return received(vendor, webhooks, headers, made.body, moment, clean=Filter(Redactor()))


@pytest.mark.parametrize(("vendor", "auth"), CASES)
def test_it_is_proven_in_the_way_of_the_handler(vendor: str, auth: str) -> None:
    """Whatever way it was proven in when it was recorded."""
    setup = setup_of(vendor, auth)
    recorded = recording(vendor, next(iter(setup.webhooks.events)))

    parcel = parcel_of(setup, URL, recorded)

    verify(
        setup.scheme,
        [secret.reveal() for secret in setup.secrets.values()],
        {name: str(value) for name, value in parcel.headers},
        parcel.body,
        now=time.time(),
        username="golive",
        header_name="X-API-Key",
    )
    assert (parcel.body, parcel.event, parcel.event_id) == (recorded.body, recorded.event, recorded.event_id)
    assert bool(parcel.proof) is (auth != "none")
    assert parcel.said == f"{recorded.event} as it was received 2026-05-04T12:00:00Z"


def test_the_id_of_the_event_is_told_where_the_vendor_tells_it() -> None:
    """A handler may know a repeated event by its header."""
    parcel = parcel_of(setup_of("timely"), URL, recording("timely", "message.received", event_id="evt_7", subject="c1"))

    assert parcel.header("X-Timely-Event-Id") == "evt_7"
    assert parcel.header("Content-Type") == "application/json"
    assert parcel.subject == "c1"
    assert parcel.proof == ("x-timely-signature", "x-timely-timestamp")


def test_a_body_that_is_no_json_has_no_subject() -> None:
    recorded = recording("timely", "message.received", body=b"\xff not json")

    assert parcel_of(setup_of("timely"), URL, recorded).subject == ""


def test_another_vendors_delivery_is_refused() -> None:
    with pytest.raises(NothingToReplay) as raised:
        parcel_of(setup_of("timely"), URL, recording("augno", "unit.created"))

    assert str(raised.value) == "unit.created was recorded of augno, and hooks takes events of timely"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("golive.yaml").write_text(MANIFEST % (sys.executable, PROGRAMS / "flask_handler.py", tmp_path))
    return tmp_path


def kept(folder: Path, *recorded: Delivery) -> list[Path]:
    shelf = Shelf(folder / "golive-cassettes", "staging", "prerelease")
    return [keep(shelf, one, lambda _: ()) for one in recorded]


def test_a_folder_is_sent_in_the_order_it_was_received(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the order of its files; the same once more takes no effect again."""
    kept(
        shop,
        recording("timely", "message.received", MOMENT + timedelta(seconds=2), event_id="e2", subject="c1"),
        recording("timely", "conversation.created", MOMENT + timedelta(seconds=1), event_id="e9", subject="c1"),
    )

    for _ in range(2):
        code = main(["deliver", "--recorded", "golive-cassettes/staging/deliveries"])
        told = re.sub(r"in [0-9.]+ ms", "in N ms", capsys.readouterr().out).splitlines()

        assert code == 0
        assert told == [
            "conversation.created  e9  answered 200 in N ms",
            "message.received  e2  answered 200 in N ms",
            "conversation.created  e9  took effect once",
            "message.received  e2  took effect once",
            'state of c1: {"messages": 1, "status": "open"}',
        ]


def test_a_handler_keeps_what_it_receives(shop: Path) -> None:
    """In one call, and without the secrets it knows."""
    made = Writer(setup_of("timely"), URL).write("message.received", event_id="e1", data={"content": "my-own-secret-1"})
    headers = {name: str(value) for name, value in made.headers}

    path = record(
        Path("golive-cassettes/staging"), "timely", headers, made.body, secrets={"of the shop": "my-own-secret-1"}
    )

    assert path == shop / "golive-cassettes/staging/deliveries/timely/message.received.e1.yaml"
    assert "my-own-secret-1" not in path.read_text()
    assert recorded_at(path)[0].event_id == "e1"
    with pytest.raises(LookupError, match=r"^uppzy sends no webhooks$"):
        record(shop, "uppzy", {}, b"")


def test_what_cannot_be_replayed_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = kept(shop, recording("augno", "unit.created"))
    broken = path.with_name("broken.yaml")
    broken.write_text("a: 1\n")

    told = []
    for word in (path, broken, shop / "nothing"):
        assert main(["deliver", "--recorded", str(word)]) == 2
        told.append(capsys.readouterr().err)

    assert told == [
        "golive deliver: unit.created was recorded of augno, and shop-hooks takes events of timely\n",
        "golive deliver: augno/broken.yaml, line 1: this is no delivery as golive writes it\n",
        f"golive deliver: there is no recorded delivery at {shop / 'nothing'}\n",
    ]


def test_a_test_of_ones_own_replays_by_path_or_value(shop: Path) -> None:
    """As `golive.handler("shop-hooks").replay(…)` does."""
    recorded = recording("timely", "message.received", event_id="e1", subject="c1")
    (path,) = kept(shop, recorded)
    manifest = Manifest.model_validate(
        {
            "golive": 1,
            "project": "shop",
            "handlers": {
                "shop-hooks": {
                    "vendor": "timely",
                    "command": [sys.executable, str(PROGRAMS / "flask_handler.py")],
                    "path": "/hooks/timely",
                    "ready": "/healthz",
                    "environ": {"PORT": "{port}", "WEBHOOK_SECRET": "{secret}", "DATABASE": f"{shop}/own.sqlite"},
                    "effects": {"path": "/golive/effects"},
                }
            },
        }
    )
    lab = Lab(set_up(manifest, "shop-hooks", shop))
    try:
        for one in (path.relative_to(shop), str(path), recorded):
            delivery = lab.replay(one)
            delivery.must_be_accepted()
            delivery.must_take_effect(times=1)
        assert recorded_at(path) == (recorded,)
    finally:
        lab.close()
