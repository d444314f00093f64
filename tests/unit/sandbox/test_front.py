"""What is shared by all embedded vendors, shown by a small one that is not Uppzy."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pytest_golive.sandbox.front import Call, Front, Refusal, key_of
from pytest_golive.sandbox.http import Headers, Request, Response, json_response
from pytest_golive.sandbox.routing import Route
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack


class Everything:
    """A subject that serves every operation of the pack."""

    def __getattr__(self, name: str) -> Any:
        return self._answer

    def _answer(self, call: Call[str]) -> Any:
        if call.path.get("document_id") == "teapot":
            return Response(418)
        return {"operation": call.operation, "caller": call.caller, "query": dict(call.query)}


class Acme(Front[str]):
    """Uppzy's paths with bearer keys, a mandatory header and errors of another shape."""

    def __init__(self) -> None:
        self.admitted: list[Route] = []
        pack = read_pack("uppzy")
        keys = pack.authentication.model_copy(update={"header": "Authorization", "scheme": "bearer"})
        changed = {"authentication": keys, "headers": {"Acme-Version": "1"}}
        super().__init__(pack.model_copy(update=changed), (Everything(),))

    def caller_of(self, key: str | None) -> str:
        if key is None:
            raise Refusal(401, "who are you?", code="no_key")
        return key

    def admit(self, caller: str, route: Route) -> None:
        self.admitted.append(route)

    def refused(self, refusal: Refusal) -> Response:
        body = {"code": refusal.code, "text": refusal.text, "field": refusal.field}
        return json_response(refusal.status, body, refusal.headers)


KEY = ("authorization", "Bearer k")
VERSION = ("acme-version", "1")


def ask(method: str, path: str, *, headers: Any = (KEY, VERSION), body: Any = None, query: Any = ()) -> Any:
    """Return status and body of Acme's answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Acme()(Request(method, f"/api/v1/m2m{path}", dict(query), Headers(headers), content))
    return answer.status, json.loads(answer.body) if answer.body else None


def test_the_body_is_answered_by_the_status_of_the_pack() -> None:
    """A handler returns a body; that uploads and texts are created is the pack's to say."""
    status, body = ask("POST", "/sites/s/documents/text", body={"title": "t", "content": "c"})

    assert (status, body["operation"], body["caller"]) == (201, "create_text_document", "k")


def test_a_handler_may_answer_as_it_likes() -> None:
    """A whole response is passed on."""
    assert ask("PATCH", "/sites/s/documents/teapot", body={"status": "draft"}) == (418, None)


def test_headers_of_the_pack_are_demanded_before_the_key() -> None:
    """Without version and key, the version is what is asked for."""
    assert ask("GET", "/sites/s", headers=()) == (
        400,
        {"code": None, "text": "Acme-Version is required", "field": "Acme-Version"},
    )


def test_the_key_is_judged_before_the_body() -> None:
    """Who may not come in learns nothing about their payload."""
    assert ask("POST", "/sites/s/chat", headers=[VERSION], body=b"{") == (
        401,
        {"code": "no_key", "text": "who are you?", "field": None},
    )


@pytest.mark.parametrize(
    ("body", "text", "field"),
    [
        (b"{", "invalid payload", None),
        (b"", "invalid payload", None),
        (b"[" * 100_000, "invalid payload", None),
        (b"\xff\xfe{}", "invalid payload", None),
        ([], "invalid payload", None),
        ({"session_id": "s"}, "message is required", "message"),
        ({"session_id": "s", "message": 5}, "message is invalid", "message"),
        ({"session_id": "s", "message": " "}, "message is invalid", "message"),
        ({"session_id": "s", "message": "m", "email": "golive at example"}, "email is invalid", "email"),
    ],
)
def test_a_bad_body_is_refused_with_its_field(body: Any, text: str, field: str | None) -> None:
    """Every body is held against the operation's request schema."""
    assert ask("POST", "/sites/s/chat", body=body) == (400, {"code": None, "text": text, "field": field})


def test_allowed_values_are_named() -> None:
    """A value out of a closed set is answered with the set."""
    _, body = ask("PATCH", "/sites/s/documents/d", body={"status": "on"})

    assert body["text"] == "status must be 'active' or 'draft'"


def test_a_form_is_demanded_where_the_pack_says_so() -> None:
    """JSON in place of a multipart form is of the wrong kind."""
    assert ask("POST", "/sites/s/documents", body={"file": "x"})[0] == 415


def test_query_parameters_are_read() -> None:
    """Whole numbers come as such; what the pack does not know is left out."""
    _, body = ask("GET", "/sites/s/sessions", query={"page": "2", "email": "a@b.example", "color": "red"})

    assert body["query"] == {"page": 2, "email": "a@b.example"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("page", "two"), ("page", "0"), ("status", "gone"), ("email", "nobody"), ("limit", "")],
)
def test_bad_query_parameters_are_refused(name: str, value: str) -> None:
    """A value that its schema does not allow is named."""
    assert ask("GET", "/sites/s/sessions", query={name: value}) == (
        400,
        {"code": None, "text": f"{name} is invalid", "field": name},
    )


def test_unknown_paths_and_methods_are_refused_in_the_vendors_shape() -> None:
    """404 and 405 look like every other refusal."""
    assert ask("GET", "/sites") == (404, {"code": None, "text": "not found", "field": None})
    assert ask("DELETE", "/sites/s") == (405, {"code": None, "text": "method not allowed", "field": None})


def test_an_operation_that_nobody_serves_is_a_mistake() -> None:
    """A vendor whose pack grew is not started half."""

    class Half(Acme):
        def __init__(self) -> None:
            Front.__init__(self, read_pack("uppzy"), (object(),))

    with pytest.raises(LookupError, match=r"^no subject serves get_tenant$"):
        Half()


@pytest.mark.parametrize(
    ("scheme", "value", "key"),
    [
        ("plain", "k", "k"),
        ("plain", "", None),
        ("bearer", "Bearer k", "k"),
        ("bearer", "bearer  k", "k"),
        ("bearer", "k", None),
        ("bearer", "Basic k", None),
        ("bearer", "Bearer ", None),
        ("basic", f"Basic {base64.b64encode(b'k:').decode()}", "k"),
        ("basic", f"Basic {base64.b64encode(b':p').decode()}", None),
        ("basic", "Basic !", None),
        ("basic", f"Basic {base64.b64encode(bytes([255])).decode()}", None),
    ],
)
def test_keys_are_read_by_scheme(scheme: str, value: str, key: str | None) -> None:
    """A key that is not written as the vendor wants it counts as none."""
    pack: Pack = read_pack("uppzy")
    due = pack.authentication.model_copy(update={"scheme": scheme, "header": "Authorization"})

    assert key_of(due, Request("GET", "/", {}, Headers([("authorization", value)]))) == key
