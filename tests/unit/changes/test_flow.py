from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.changes.flow import change, change_of
from pytest_golive.changes.record import IN_ORDER, Sent
from pytest_golive.exchange.cleaning import remove_all
from pytest_golive.exchange.journal import Journal, unremoved
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.facts.once import Once
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.selwise import Selwise
from tests.unit.changes.conftest import Interference, MakeVendor

NAME = "golive_mapping_r_1"


def configured(selwise: Selwise) -> dict[str, Any]:
    """Return what is stored of every provider, secrets as they are, without times."""
    fields = ("enabled", "test_mode", "config", "event_mapping", "reverse_mapping", "filters")
    providers = selwise.site("sandbox").integrations.items()
    return {name: {field: json.loads(json.dumps(getattr(one, field))) for field in fields} for name, one in providers}


def writes(between: Interference) -> list[Any]:
    return [json.loads(one.body) for one in between.calls("PUT")]


def test_a_change_is_gone_through_in_order_and_put_back(
    vendor: Vendor, selwise: Selwise, between: Interference, journal: Journal
) -> None:
    """Nothing of it is left, in the vendor or in the journal."""
    before = configured(selwise)
    found = change(vendor, "ga4", name=NAME)

    assert [step.kind for step in found.steps] == [*IN_ORDER]
    assert found.ended is None
    assert configured(selwise) == before
    assert journal.left() == ()
    assert isinstance(found.sent, Sent)
    assert found.sent.states == ("success",)


def test_what_is_written_is_whole_but_for_the_switches(vendor: Vendor, selwise: Selwise, between: Interference) -> None:
    """With the secrets themselves, which come from golive.yaml and stand in no record."""
    secret = vendor.key("ga4_api_secret").reveal()
    found = change(vendor, "ga4", name=NAME)
    config, off, undone, test_mode = writes(between)[:4]
    whole = {"enabled", "testMode", "config", "eventMapping", "reverseEventMapping", "eventFilters"}

    assert [set(config), off, set(undone), test_mode] == [whole, {"enabled": False}, whole, {"testMode": True}]
    assert config["config"] == {"measurementId": "G-TEST000001", "apiSecret": secret}
    assert config["reverseEventMapping"] == {"shopPurchase": "purchase", NAME: "custom_event"}
    assert [one for one in writes(between) if "**" in json.dumps(one)] == []
    assert secret not in repr(found.bodies)
    assert {"{credential:ga4_api_secret}"} == {one["config"]["apiSecret"] for one in found.bodies if "config" in one}


def test_the_journal_holds_what_to_put_back_and_no_secret(
    vendor: Vendor, between: Interference, tmp_path: Path
) -> None:
    """It is there before the first write."""
    seen: list[str] = []

    def look(app: Selwise, request: Request) -> Response | None:
        if request.method == "PUT" and not seen:
            seen.append((tmp_path / "journal.jsonl").read_text())
        return None

    between.answer = look
    change(vendor, "ga4", name=NAME)
    (line,) = map(json.loads, seen[0].splitlines())

    assert (line["operation"], line["kind"], line["name"]) == ("put_integration", "state", "ga4")
    assert line["puts_back"]["config"] == {
        "measurementId": "G-TEST000001",
        "apiSecret": "{credential:ga4_api_secret}",
    }
    assert vendor.key("ga4_api_secret").reveal() not in seen[0]


@pytest.mark.parametrize(
    ("method", "after"),
    [("PUT", 1), ("PUT", 2), ("PUT", 3), ("PUT", 4), ("PUT", 6), ("PUT", 7), ("POST", 1), ("POST", 5)],
)
def test_after_a_kill_sweep_puts_the_provider_back(  # the process dies between two calls
    make_vendor: MakeVendor, selwise: Selwise, between: Interference, tmp_path: Path, method: str, after: int
) -> None:
    """Wherever the run was: the next one that sweeps finishes it."""
    before = configured(selwise)
    numbers: list[int] = []

    class Killed(BaseException):
        pass

    vendor = make_vendor()
    send = vendor._send

    def until_killed(name: str, *arguments: Any, **named: Any) -> Any:
        answer = send(name, *arguments, **named)
        if vendor.operation(name).method == method:
            numbers.append(1)
        if len(numbers) >= after:
            raise Killed
        return answer

    vendor._send = until_killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        change(vendor, "ga4", name=NAME)
    journal = Journal(tmp_path / "journal.jsonl")
    left = unremoved(tmp_path / "journal.jsonl")

    assert [thing.name for thing in left] == ["ga4"]
    assert remove_all(left, {"selwise": make_vendor()}, journal) == ()
    assert configured(selwise) == before
    assert unremoved(tmp_path / "journal.jsonl") == ()


def _refuses(condition: Callable[[Request], bool], status: int = 500) -> Callable[[Selwise, Request], Response | None]:
    return lambda app, request: json_response(status, {"message": "broken"}) if condition(request) else None


@pytest.mark.parametrize(
    ("condition", "actual", "steps"),
    [
        (lambda one: one.path.endswith("/ga4"), '500 {"message": "broken"}', ("snapshot_before", "restore")),
        (
            lambda one: one.method == "PUT" and b"golive_mapping" in one.body,
            '500 {"message": "broken"}',
            ("snapshot_before", "config", "restore"),
        ),
    ],
)
def test_a_change_that_cannot_go_on_is_put_back(
    vendor: Vendor,
    selwise: Selwise,
    between: Interference,
    condition: Callable[[Request], bool],
    actual: str,
    steps: tuple[str, ...],
) -> None:
    """And says at what it ended."""
    before = configured(selwise)
    between.answer = _refuses(condition)
    found = change(vendor, "ga4", name=NAME)

    assert tuple(step.kind for step in found.steps) == steps
    assert found.ended is not None
    assert found.ended.actual == actual
    assert configured(selwise) == before
    with pytest.raises(CannotTell, match="broken"):
        found.answer("test")


def test_what_cannot_be_put_back_stays_in_the_journal(
    vendor: Vendor, selwise: Selwise, between: Interference, journal: Journal
) -> None:
    """So that the end of the run, or a sweep, tries once more."""
    before = configured(selwise)
    puts: list[int] = []

    def refuse_the_last(app: Selwise, request: Request) -> Response | None:
        if request.method != "PUT":
            return None
        puts.append(1)
        return json_response(503, {"message": "later"}) if len(puts) > 8 else None

    between.answer = refuse_the_last
    found = change(vendor, "ga4", name=NAME)

    assert found.answer("restore").status == 503
    assert [thing.name for thing in journal.left()] == ["ga4"]
    assert remove_all(journal.left(), {"selwise": vendor}, journal) == (
        'not put back: the former state of ga4 at selwise: 503 {"message": "later"}',
    )
    between.answer = lambda app, request: None
    assert remove_all(journal.left(), {"selwise": vendor}, journal) == ()
    assert configured(selwise) == before


def test_production_is_not_touched_without_an_allowance(make_vendor: MakeVendor, between: Interference) -> None:
    """Nothing is even read."""
    vendor = make_vendor(Permit("production", production=True, allowed=frozenset()))
    with pytest.raises(NotVerified) as caught:
        change(vendor, "ga4", name=NAME)

    assert caught.value.reason == (
        "put_integration is reversible and production is marked production: "
        "add `integration_change` to environments.production.allow to allow it"
    )
    assert caught.value.key == "environments.production.allow"
    assert between.requests == []


def test_in_production_no_mapping_is_taken_away(make_vendor: MakeVendor, selwise: Selwise) -> None:
    """Both switches are thrown, and no event is sent unless that is allowed too."""
    allowed = frozenset({"integration_change"})
    before = configured(selwise)
    found = change(make_vendor(Permit("production", production=True, allowed=allowed)), "ga4", name=NAME)

    assert found.damage is None
    assert isinstance(found.sent, NotVerified)
    assert found.sent.key == "environments.production.allow"
    assert isinstance(found.switched["enabled"].sent, NotVerified)
    assert configured(selwise) == before


def test_a_provider_whose_secret_nobody_has_is_not_changed(make_vendor: MakeVendor, between: Interference) -> None:
    """It could not be put back."""
    vendor = make_vendor()
    keys = {name: key for name, key in vendor.target.credentials.items() if name != "ga4_api_secret"}
    with pytest.raises(NotVerified) as caught:
        change(make_vendor(credentials=keys), "ga4", name=NAME)

    assert caught.value.key == "environments.sandbox.vendors.selwise.ga4_api_secret"
    assert between.calls("PUT") == []


def test_a_masked_member_that_no_credential_holds_stops_the_change(
    vendor: Vendor, selwise: Selwise, between: Interference
) -> None:
    """What is not known cannot be put back."""
    site = selwise.site("sandbox")
    site.integrations["gads"].config["refreshToken"] = "********"
    with pytest.raises(NotVerified) as caught:
        change(vendor, "gads", name=NAME)

    assert caught.value.reason == (
        "put_integration is not made: config.refreshToken reads masked, "
        "and no credential of golive.yaml could put it back"
    )
    assert between.calls("PUT") == []


@pytest.mark.parametrize("provider", ["meta", "gads"])
def test_every_provider_can_be_changed(vendor: Vendor, selwise: Selwise, provider: str) -> None:
    """Also one without a secret."""
    before = configured(selwise)
    found = change(vendor, provider, name=NAME)

    assert found.ended is None
    assert configured(selwise) == before


def test_a_provider_that_takes_no_event_is_told(vendor: Vendor, selwise: Selwise) -> None:
    """What becomes of an event cannot be seen then."""
    selwise.site("sandbox").integrations["ga4"].event_mapping.clear()
    found = change(vendor, "ga4", name=NAME)

    assert isinstance(found.sent, CannotTell)
    assert found.sent.finding.actual == "none of: no event is mapped"
    assert found.damage is None


def test_without_a_public_key_no_event_is_sent(make_vendor: MakeVendor) -> None:
    """The rest of the change is gone through."""
    vendor = make_vendor()
    keys = {name: key for name, key in vendor.target.credentials.items() if name != "public_api_key"}
    found = change(make_vendor(credentials=keys), "ga4", name=NAME)

    assert isinstance(found.sent, NotVerified)
    assert found.sent.key == "environments.sandbox.vendors.selwise.public_api_key"
    assert found.ended is None


def test_without_the_public_surface_no_event_is_sent(make_vendor: MakeVendor) -> None:
    """Where the team does not use it."""
    found = change(make_vendor(features={"public_api": False}), "ga4", name=NAME)

    assert isinstance(found.sent, NotVerified)
    assert found.sent.reason == (
        "no event can be sent: environments.sandbox.vendors.selwise.features.public_api is switched off"
    )


def test_a_change_is_gone_through_once_and_is_evidence_for_all(vendor: Vendor, record: CheckRecord) -> None:
    """Whoever asks second gets the record, and its calls as evidence."""
    once, numbers = Once(), iter(range(100))
    fresh = lambda kind: f"golive_{kind}_{next(numbers)}"  # noqa: E731
    first = change_of(vendor, once.get, fresh)
    again = change_of(vendor, once.get, fresh)
    with recording(CheckRecord("another check")) as other:
        second = change_of(vendor, once.get, fresh)

    assert first is second is again
    assert len(other.exchanges) == len(record.exchanges) == len(first.exchanges) > 30
    assert first.planned == ("reverseEventMapping.golive_mapping_0",)


def test_the_provider_has_to_be_named(make_vendor: MakeVendor) -> None:
    """No provider is changed that golive.yaml does not name for it."""
    with pytest.raises(NotVerified) as caught:
        change_of(make_vendor(settings={}), Once().get, str)

    assert caught.value.key == "environments.sandbox.vendors.selwise.settings.test_provider"
