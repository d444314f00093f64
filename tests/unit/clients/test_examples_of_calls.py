"""What a client is asked to do is filled from what the vendor behind the stand-in has."""

from __future__ import annotations

import pytest

from pytest_golive.clients.examples import Examples, answered, key_for
from pytest_golive.clients.vendor_behind import EmbeddedVendor
from pytest_golive.facts.finding import CannotTell
from pytest_golive.sandbox.http import Request, Response, json_response


@pytest.mark.parametrize(
    ("vendor", "operation"),
    [
        ("timely", "create_contact"),
        ("timely", "update_contact"),
        ("timely", "send_message"),
        ("timely", "get_webhook"),
        ("augno", "get_unit"),
        ("augno", "update_unit"),
        ("augno", "create_customer"),
        ("uppzy", "chat"),
        ("uppzy", "send_feedback"),
        ("uppzy", "get_chat_request"),
        ("selwise", "put_integration"),
        ("selwise", "test_integration"),
        ("selwise", "send_events_batch"),
    ],
)
def test_a_call_with_the_example_succeeds(vendor: str, operation: str) -> None:
    behind = EmbeddedVendor(vendor)

    arguments = Examples(behind).arguments(operation)

    assert "{" not in repr(list(arguments.values())).replace("{'", "").replace("[{", "")
    assert answered(behind, operation, arguments).status < 300


def test_what_is_new_is_new_each_time_and_what_is_shared_is_made_once() -> None:
    examples = Examples(EmbeddedVendor("timely"))

    first, second = examples.arguments("create_contact"), examples.arguments("create_contact")

    assert first["customer_name"] != second["customer_name"]
    assert examples.arguments("update_contact") == examples.arguments("update_contact")


def test_reading_takes_nothing_but_what_the_path_needs() -> None:
    examples = Examples(EmbeddedVendor("timely"))

    assert examples.arguments("list_contacts") == {}
    assert list(examples.arguments("get_contact")) == ["contact_id"]


def test_what_is_made_of_several_calls_takes_what_the_first_one_does() -> None:
    assert set(Examples(EmbeddedVendor("uppzy")).arguments("chat_async_and_wait")) == {
        "session_id",
        "message",
        "response_language",
    }


class _Empty(EmbeddedVendor):
    """A vendor that lists nothing, and nothing can be made that it would list."""

    def answer(self, request: Request, target: str) -> Response:
        del request, target
        return json_response(200, {"data": []})


def test_what_the_vendor_does_not_have_is_told() -> None:
    with pytest.raises(CannotTell) as caught:
        Examples(_Empty("augno")).arguments("get_request_log")

    finding = caught.value.finding
    assert finding.requirement == "the vendor behind the stand-in has what a client can be asked about"
    assert (finding.expected, finding.actual) == ("an answer of list_request_logs with `id`", "null")


def test_the_key_is_that_of_the_operations_own_way_in() -> None:
    behind = EmbeddedVendor("selwise")
    keys = behind.secrets()

    assert key_for(behind, ["send_events_batch"]) == keys["public_api_key"].reveal()
    assert key_for(behind, ["list_integrations"]) == behind.api_key
    assert key_for(behind, ["list_integrations", "send_events_batch"]) == behind.api_key
