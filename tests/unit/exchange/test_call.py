from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.exchange.call import (
    FORM_TYPE,
    MissingArgument,
    authorization,
    body_arguments,
    call_of,
    given_name,
    with_body,
)
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Authentication

PACK = read_pack("uppzy")
IDS = {"tenant_id": "t_1", "site_id": "s_1"}


def test_the_path_takes_configured_ids_and_arguments() -> None:
    """An argument of the same name wins over a configured id."""
    request = PACK.operations["get_chat_request"]

    assert call_of("x", request, IDS, {"request_id": "req_1"}).path == "/m2m/sites/s_1/chat/requests/req_1"
    assert (
        call_of("x", request, IDS, {"request_id": "req_1", "site_id": "s_2"}).path
        == "/m2m/sites/s_2/chat/requests/req_1"
    )


@pytest.mark.parametrize(
    ("email", "written"),
    [
        ("golive@example.com", "golive%40example.com"),
        ("a/b c?d#e%", "a%2Fb%20c%3Fd%23e%25"),
        ("../x", "..%2Fx"),
        ("é", "%C3%A9"),
    ],
)
def test_what_the_path_takes_is_percent_encoded(email: str, written: str) -> None:
    """No value can leave its segment."""
    call = call_of("x", PACK.operations["get_user_statistics"], IDS, {"email": email})

    assert f"/m2m/sites/s_1/users/{written}/statistics" == call.path


def test_a_missing_part_of_the_path_is_named() -> None:
    """A check that forgets an argument is told which, and for what."""
    with pytest.raises(MissingArgument) as missing:
        call_of("get_chat_request", PACK.operations["get_chat_request"], IDS, {})

    assert (
        str(missing.value)
        == "get_chat_request needs 'request_id': its path is /m2m/sites/{site_id}/chat/requests/{request_id}"
    )


def test_the_query_takes_what_the_pack_names() -> None:
    """None is left out, numbers are written."""
    call = call_of("x", PACK.operations["list_documents"], IDS, {"page": 2, "status": None, "limit": 10})

    assert dict(call.query) == {"page": "2", "limit": "10"}
    assert call.content is None


def test_what_is_left_is_the_body() -> None:
    """Ids and query parameters are not sent twice."""
    operation = PACK.operations["update_document"]
    arguments = {"document_id": "doc_1", "status": "draft", "site_id": "s_2"}

    assert body_arguments(operation, arguments) == {"status": "draft"}
    assert call_of("x", operation, IDS, arguments).content == b'{"status": "draft"}'


def test_text_is_sent_as_it_is() -> None:
    """UTF-8, not escaped: what a vendor meets in real life."""
    call = call_of("x", PACK.operations["chat"], IDS, {"session_id": "s", "message": "Ça va?"})

    assert '{"session_id": "s", "message": "Ça va?"}'.encode() == call.content
    assert dict(call.headers) == {"content-type": "application/json"}


@pytest.mark.parametrize(("body", "content"), [(["x"], b'["x"]'), (None, b"null"), (b"{", b"{")])
def test_any_body_can_be_sent(body: Any, content: bytes) -> None:
    """Bad input too: any JSON value, or bytes as they are."""
    operation = PACK.operations["chat"]

    assert content == with_body(call_of("x", operation, IDS, {}), operation, body).content


def test_a_file_becomes_a_form() -> None:
    """The client writes the boundary."""
    operation = PACK.operations["upload_document"]
    file = {"name": "hours.txt", "content": "Nine to six.", "media_type": "text/markdown"}
    call = call_of("x", operation, IDS, {"file": file, "category": "support", "tags": ["a"]})

    assert call.files == {"file": ("hours.txt", b"Nine to six.", "text/markdown")}
    assert call.form == {"category": "support", "tags": '["a"]'}
    assert dict(call.headers) == {}


def test_a_form_without_its_file_is_still_a_form() -> None:
    """Else the vendor would refuse the encoding, and not the missing file."""
    operation = PACK.operations["upload_document"]
    call = call_of("x", operation, IDS, {"file": "no file", "category": "support"})
    request = httpx.Request("POST", "https://api.example/", content=call.content, headers=dict(call.headers))

    assert request.content == (
        b'--golive\r\ncontent-disposition: form-data; name="file"\r\n\r\nno file\r\n'
        b'--golive\r\ncontent-disposition: form-data; name="category"\r\n\r\nsupport\r\n--golive--\r\n'
    )
    assert request.headers["content-type"] == FORM_TYPE
    assert with_body(call, operation, {}).content == b"--golive--\r\n"


@pytest.mark.parametrize(
    ("scheme", "written"), [("plain", "k:1"), ("bearer", "Bearer k:1"), ("basic", "Basic azoxOg==")]
)
def test_the_key_is_written_as_the_scheme_wants_it(scheme: Any, written: str) -> None:
    """Plain, as a bearer token, or as the user name of Basic."""
    authentication = Authentication(evidence="documented", header="X-Key", scheme=scheme, refused=(401,))

    assert {"X-Key": written} == authorization(authentication, "k:1")


@pytest.mark.parametrize(
    ("operation", "body", "name"),
    [
        ("create_text_document", {"title": "a", "content": "b"}, "a"),
        ("create_text_document", {"title": ["a"]}, ""),
        ("upload_document", {"file": {"name": "a.txt", "content": "b"}}, "a.txt"),
        ("upload_document", {"file": "no file"}, ""),
        ("chat", {"session_id": "s", "message": "m"}, "s"),
        ("chat", {"message": "m"}, ""),
        ("get_limits", {"title": "a"}, ""),
    ],
)
def test_what_is_created_is_known_by_the_name_its_body_gives(operation: str, body: dict[str, Any], name: str) -> None:
    """By that name it is found again when the answer got lost."""
    assert name == given_name(PACK.operations[operation], body)
