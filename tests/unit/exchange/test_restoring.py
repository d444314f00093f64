from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.cleaning import remove_all
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.restoring import Before, kept, revealed
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.sandbox.http import json_response
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.operation import Overwrites
from tests.unit.exchange.conftest import MakeVendor, Talk

WIDGET = {"title": "Chat", "greeting": "Hello", "color": "#fff", "position": "right"}
LEFT = json_response(200, WIDGET)
KEY = Secret("a key to the widget", "uppzy.previous_api_key")


def overwriting(**changes: Any) -> Any:
    """Return Uppzy's pack, with a widget that is put back."""
    pack = read_pack("uppzy")
    overwrites = {"read": "get_widget_config", "keep": ["title", "greeting", "theme"], **changes}
    update = pack.operations["update_widget_config"].model_copy(update={"overwrites": Overwrites(**overwrites)})
    return pack.model_copy(update={"operations": {**pack.operations, "update_widget_config": update}})


@pytest.fixture
def widget(make_vendor: MakeVendor, talk: Talk) -> Vendor:
    """A vendor whose widget is put back."""
    talk.say("get_widget_config", LEFT)
    talk.say("update_widget_config", LEFT)
    return make_vendor(pack=overwriting())


def sent(talk: Talk) -> list[Any]:
    return [json.loads(request.body) for name, request in talk.heard if name == "update_widget_config"]


def test_what_is_replaced_is_read_before_and_once(widget: Vendor, talk: Talk, journal: Journal) -> None:
    """Whatever is written after that, the first state is the one to put back."""
    widget.call("update_widget_config", greeting="first")
    talk.say("get_widget_config", json_response(200, {**WIDGET, "greeting": "first"}))
    widget.call("update_widget_config", greeting="second")

    assert talk.called == ["get_widget_config", "update_widget_config", "update_widget_config"]
    assert [thing.puts_back for thing in journal.left()] == [{"title": "Chat", "greeting": "Hello"}]


def test_how_the_run_found_it_is_told(widget: Vendor, journal: Journal) -> None:
    """While it is replaced, by whichever process; not before and not after."""
    assert widget.before.found("update_widget_config", {}) is None
    widget.call("update_widget_config", greeting="first")

    assert widget.before.found("update_widget_config", {}) == {"title": "Chat", "greeting": "Hello"}
    another_process = Before(widget, Journal(journal._path))
    assert another_process.found("update_widget_config", {}) == {"title": "Chat", "greeting": "Hello"}

    widget.before.put_back("update_widget_config", {})
    assert widget.before.found("update_widget_config", {}) is None


def test_it_is_put_back_once_and_struck_out(widget: Vendor, talk: Talk, journal: Journal) -> None:
    """The next write is read before anew."""
    widget.call("update_widget_config", greeting="first")
    answer = widget.before.put_back("update_widget_config", {})

    assert answer is not None
    assert answer.succeeded
    assert sent(talk)[-1] == {"title": "Chat", "greeting": "Hello"}
    assert journal.left() == ()
    assert widget.before.put_back("update_widget_config", {}) is None


def test_what_the_run_leaves_is_put_back_at_its_end(widget: Vendor, talk: Talk, journal: Journal) -> None:
    """As what it created is removed."""
    widget.call_with_body("update_widget_config", {"greeting": ["no text"]})

    assert remove_all(journal.left(), {"uppzy": widget}, journal) == ()
    assert sent(talk)[-1] == {"title": "Chat", "greeting": "Hello"}
    assert journal.left() == ()


def test_putting_back_that_fails_is_told(widget: Vendor, talk: Talk, journal: Journal) -> None:
    """And stays in the journal."""
    widget.call("update_widget_config", greeting="first")
    talk.say("update_widget_config", json_response(403, {"error": "no"}))

    assert remove_all(journal.left(), {"uppzy": widget}, journal) == (
        'not put back: the former state of update_widget_config at uppzy: 403 {"error": "no"}',
    )
    assert len(journal.left()) == 1


def test_a_call_that_no_longer_exists_is_told(vendor: Vendor, journal: Journal) -> None:
    """A journal may be older than the pack."""
    thing = Created("r", "staging", "uppzy", "put_theme", "state", "theme", puts_back={"a": 1})

    assert remove_all([thing], {"uppzy": vendor}, journal) == (
        "not put back: the former state of theme at uppzy: the vendor's API has no call put_theme",
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_where_nothing_can_be_read_nothing_is_put_back(
    widget: Vendor, talk: Talk, journal: Journal, status: int
) -> None:
    """The write is refused the same way, and the caller sees how."""
    talk.say("get_widget_config", json_response(status, {"error": "no"}))
    widget.call("update_widget_config", greeting="first")

    assert journal.left() == ()
    assert len(sent(talk)) == 1


@pytest.mark.parametrize("status", [429, 500])
def test_what_cannot_be_read_is_not_replaced(widget: Vendor, talk: Talk, status: int) -> None:
    """It could not be put back."""
    talk.say("get_widget_config", json_response(status, {"error": "later"}, {"Retry-After": "0"}))
    with pytest.raises(CannotTell) as caught:
        widget.call("update_widget_config", greeting="first")

    assert (
        caught.value.finding.requirement
        == "get_widget_config has to tell what update_widget_config is about to replace"
    )
    assert caught.value.finding.actual == f'{status} {{"error": "later"}}'
    assert sent(talk) == []


def test_what_was_not_there_is_taken_away(make_vendor: MakeVendor, talk: Talk, journal: Journal) -> None:
    """By the call that the pack names for it."""
    talk.say("get_widget_config", json_response(404, {"error": "none"}))
    talk.say("update_widget_config", LEFT)
    talk.say("close_session", json_response(200, {}))
    vendor = make_vendor(pack=overwriting(unless_there="close_session"))
    vendor.call("update_widget_config", greeting="first")

    assert [(thing.operation, thing.puts_back) for thing in journal.left()] == [("close_session", {})]
    assert remove_all(journal.left(), {"uppzy": vendor}, journal) == ()
    assert talk.called[-1] == "close_session"


def test_another_process_s_entry_is_left_to_it(widget: Vendor, talk: Talk, journal: Journal, tmp_path: Any) -> None:
    """What this process would read may be what that one has written."""
    theirs = Journal(tmp_path / "journal.jsonl")
    entry = Created("r", "staging", "uppzy", "update_widget_config", "state", "update_widget_config", puts_back=WIDGET)
    theirs.intend(entry)
    widget.call("update_widget_config", greeting="first")

    assert (talk.called, journal.left()) == (["update_widget_config"], ())
    theirs.remove(entry)
    widget.call("update_widget_config", greeting="second")
    assert [thing.name for thing in journal.left()] == ["update_widget_config"]


HIDDEN = {"path": "theme.key", "credential": "previous_api_key", "where": {}}


@pytest.mark.parametrize("shown", ["********", "shown in clear", None])
def test_a_secret_stands_by_its_name(make_vendor: MakeVendor, shown: str | None) -> None:
    """However it reads; it is filled in when it is sent."""
    vendor = make_vendor(pack=overwriting(hidden=[HIDDEN]), credentials={"previous_api_key": KEY})
    theme = {"name": "dark", **({"key": shown} if shown else {})}
    body = kept(vendor, "update_widget_config", {}, {**WIDGET, "theme": theme})

    assert body["theme"] == {"name": "dark", "key": "{credential:previous_api_key}"}
    assert revealed(vendor, body)["theme"] == {"name": "dark", "key": "a key to the widget"}
    assert theme == {"name": "dark", **({"key": shown} if shown else {})}


def test_a_secret_that_nobody_has_stops_the_write(make_vendor: MakeVendor) -> None:
    """Named by the key of golive.yaml; what is masked and not even known is told by its place."""
    vendor = make_vendor(pack=overwriting(hidden=[HIDDEN]))
    with pytest.raises(NotVerified) as caught:
        kept(vendor, "update_widget_config", {}, {"theme": {"key": "********"}})
    with pytest.raises(NotVerified) as unknown:
        kept(vendor, "update_widget_config", {}, {"theme": {"deep": {"other": "••••••"}}})

    assert caught.value.key == "environments.staging.vendors.uppzy.previous_api_key"
    assert unknown.value.reason == (
        "update_widget_config is not made: theme.deep.other reads masked, "
        "and no credential of golive.yaml could put it back"
    )


def test_a_secret_of_another_thing_is_not_put_in(make_vendor: MakeVendor) -> None:
    """It belongs to one provider, not to all."""
    hidden = {**HIDDEN, "where": {"site_id": "s_2"}}
    vendor = make_vendor(pack=overwriting(hidden=[hidden]), credentials={"previous_api_key": KEY})

    assert kept(vendor, "update_widget_config", {"site_id": "s_1"}, {"theme": {"a": [1]}}) == {"theme": {"a": [1]}}


def test_what_does_not_show_everything_is_not_replaced(make_vendor: MakeVendor, talk: Talk) -> None:
    """What the pack says is always there has to be seen, or it could not be put back whole."""
    talk.say("get_chat_request", json_response(200, {"data": {"status": "completed"}}))
    vendor = make_vendor(pack=overwriting(read="get_chat_request", by=["request_id"], keep=["status"]))
    with pytest.raises(CannotTell) as caught:
        vendor.call("update_widget_config", request_id="req_1", greeting="first")

    assert caught.value.finding.actual == '200 {"data": {"status": "completed"}}'
    assert sent(talk) == []
