from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest

from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.sandbox.http import Request, Response, json_response
from tests.unit.exchange.conftest import MakeVendor, Talk, chatted


@pytest.fixture
def fresh() -> Callable[[str], str]:
    numbers = iter(range(1, 1000))
    return lambda kind: f"golive_{kind}_{next(numbers)}"


@pytest.fixture
def examples(vendor: Vendor, fresh: Callable[[str], str]) -> Examples:
    return Examples(vendor, fresh)


def _numbered() -> Callable[[Request], Response]:
    numbers = iter(range(1, 1000))
    return lambda request: json_response(201, {"id": f"doc_{next(numbers)}"})


def test_a_fresh_name_is_new_each_time(examples: Examples) -> None:
    """Also inside of a nested value."""
    assert examples.arguments("upload_document") == {
        "file": {
            "name": "golive_document_1.txt",
            "content": "Support is there from nine to six.",
            "media_type": "text/plain",
        }
    }
    assert examples.arguments("create_text_document")["title"] == "golive_document_2"


def test_a_setting_is_golive_yamls_else_the_packs_example(make_vendor: MakeVendor, fresh: Callable[[str], str]) -> None:
    """A smoke question works before anybody chose one."""
    asked = make_vendor(settings={"smoke_message": "Is there parking?"})

    assert Examples(asked, fresh).arguments("chat")["message"] == "Is there parking?"
    assert Examples(make_vendor(), fresh).arguments("chat")["message"] == "What are your support hours?"


def test_a_configured_id_is_filled_in(make_vendor: MakeVendor, fresh: Callable[[str], str]) -> None:
    """A missing one is not verified, with its key."""
    vendor = make_vendor(ids={"site_id": "s_1"})
    operations = dict(vendor.pack.operations)
    example = {"site": "{id:site_id}/x", "tenant": "{id:tenant_id}"}
    operations["get_limits"] = operations["get_limits"].model_copy(update={"example": {"site": example["site"]}})
    operations["get_usage"] = operations["get_usage"].model_copy(update={"example": example})
    asked = make_vendor(pack=vendor.pack.model_copy(update={"operations": operations}), ids={"site_id": "s_1"})

    assert Examples(asked, fresh).arguments("get_limits") == {"site": "s_1/x"}
    with pytest.raises(NotVerified, match=r"ids\.tenant_id is missing: the workspace"):
        Examples(asked, fresh).arguments("get_usage")


def test_an_answer_is_asked_for_once_and_shared(talk: Talk, examples: Examples) -> None:
    """A chat costs money: one is enough for all who need its ids."""
    talk.say("chat", chatted())
    first = examples.arguments("send_feedback")
    second = examples.arguments("close_session")

    assert first == {"session_id": "s", "request_id": "req_1", "feedback": "good"}
    assert second == {"session_id": "s"}
    assert examples.field("chat", "request_id") == "req_1"
    assert examples.made("chat").arguments["session_id"] == "golive_session_1"
    assert talk.called == ["chat"]


def test_threads_share_it_too(talk: Talk, examples: Examples) -> None:
    """Those who come while it is made wait for it."""
    talk.say("chat", chatted())
    threads = [threading.Thread(target=examples.made, args=("chat",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert talk.called == ["chat"]


def test_an_id_may_have_another_name(talk: Talk, examples: Examples) -> None:
    """The fields that the pack names for it are tried in order."""
    talk.say("create_text_document", json_response(201, {"document_id": "doc_7"}))

    assert examples.arguments("update_document") == {"document_id": "doc_7", "status": "draft"}


@pytest.mark.parametrize("reply", [json_response(500, {"id": "doc_1"}), json_response(201, {}), Response(201)])
def test_without_the_earlier_answer_nothing_can_be_told(talk: Talk, examples: Examples, reply: Response) -> None:
    """It names the call that broke, and what it said."""
    talk.say("create_text_document", reply)
    with pytest.raises(CannotTell) as untold:
        examples.arguments("delete_documents")

    assert untold.value.finding.requirement == (
        "create_text_document has to answer with the `id` that other calls need"
    )
    assert untold.value.finding.expected == "a success with `id`"
    assert untold.value.finding.actual == f"{reply.status} {reply.body.decode()}".strip()


def test_what_only_creates_shares_its_first_call(talk: Talk, examples: Examples) -> None:
    """The second call is equal to it."""
    talk.say("create_text_document", _numbered())
    first, second = examples.twice("create_text_document")
    again, _ = examples.twice("create_text_document")
    bodies = [json.loads(request.body) for _, request in talk.heard]

    assert (first.answer.identifier(("id",)), second.answer.identifier(("id",))) == ("doc_1", "doc_2")
    assert first is again is examples.made("create_text_document")
    assert bodies[0] == bodies[1]
    assert len(talk.heard) == 2


def test_what_takes_something_away_gets_one_of_its_own(talk: Talk, examples: Examples) -> None:
    """Else the others would find nothing any more."""
    talk.say("create_text_document", _numbered())
    talk.say("delete_documents", json_response(200, {"deleted": 1}))
    shared = examples.field("create_text_document", "id")
    first, second = examples.twice("delete_documents")

    assert shared == "doc_1"
    assert first.arguments == second.arguments == {"document_ids": ["doc_2"]}
    assert talk.called == ["create_text_document"] * 2 + ["delete_documents"] * 2


def test_a_closed_session_is_one_of_its_own_too(talk: Talk, examples: Examples) -> None:
    """A rating of the shared one may still be to come."""
    numbers = iter(range(1, 10))
    talk.say("chat", lambda request: chatted(session_id=f"s_{next(numbers)}"))
    talk.say("close_session", json_response(200, {"status": "ok"}))
    shared = examples.field("chat", "session_id")
    first, _ = examples.twice("close_session")

    assert (shared, first.arguments) == ("s_1", {"session_id": "s_2"})
