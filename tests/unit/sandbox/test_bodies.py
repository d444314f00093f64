from __future__ import annotations

import httpx
import pytest

from pytest_golive.sandbox.bodies import UnreadableError, WrongMediaError, read_multipart
from pytest_golive.sandbox.http import Headers, Request


def form(content_type: str, body: bytes) -> Request:
    return Request("POST", "/", {}, Headers([("Content-Type", content_type)]), body)


def test_files_and_texts_of_a_form_are_told_apart() -> None:
    """A part with a file name is a file; its line ends stay as they are."""
    sent = httpx.Request(
        "POST",
        "http://x",
        files={"file": ("policy ü.txt", b"a\r\nb\n\xc3\xbc", "text/plain")},
        data={"note": "hello"},
    )

    parts = read_multipart(form(sent.headers["content-type"], sent.read()))

    assert parts == {
        "note": "hello",
        "file": {"name": "policy ü.txt", "content": "a\r\nb\nü", "media_type": "text/plain"},
    }


def test_a_binary_file_is_taken() -> None:
    """What is not text does not stop the form from being read."""
    sent = httpx.Request("POST", "http://x", files={"file": ("a.pdf", bytes(range(256)), "application/pdf")})

    assert read_multipart(form(sent.headers["content-type"], sent.read()))["file"]["name"] == "a.pdf"


def test_another_kind_of_body_is_not_a_form() -> None:
    """JSON is told apart from a broken form."""
    with pytest.raises(WrongMediaError, match=r"^the body is no multipart form$"):
        read_multipart(form("application/json", b"{}"))


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_form_without_parts_is_unreadable(content_type: str) -> None:
    """A content type written by hand, without its boundary, is the classic mistake."""
    with pytest.raises(UnreadableError, match=r"^the form has no boundary, or no parts$"):
        read_multipart(form(content_type, b"nothing"))
