from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from pytest_golive.facts.exchange import Exchange


def exchange(**changes: Any) -> Exchange:
    """Return a call that was answered."""
    told: dict[str, Any] = {"operation": "chat", "method": "POST", "url": "https://api.example/v1/chat?a=1&b=2"}
    return Exchange(**told | {"status": 201, "seconds": 0.0421} | changes)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "POST https://api.example/v1/chat?a=1&b=2 -> 201 in 42 ms"),
        (
            {"status": None, "error": "timed out"},
            "POST https://api.example/v1/chat?a=1&b=2 -> no answer (timed out) in 42 ms",
        ),
    ],
)
def test_one_line(changes: dict[str, Any], line: str) -> None:
    """Method, address, status or why there is none, and time."""
    assert exchange(**changes).line == line


@pytest.mark.parametrize(
    ("header", "written"),
    [("X-API-Key", '"X-API-Key: $KEY"'), ("Authorization", '"Authorization: Bearer $KEY"')],
)
def test_curl_takes_the_key_from_a_variable(header: str, written: str) -> None:
    """Whatever stands in the recorded header; its name is compared without case."""
    line = exchange(request_headers={header.lower(): "[masked]", "Accept": "*/*"}).curl(header, "KEY")

    assert f"-H {written}" in line
    assert "masked" not in line


def test_curl_survives_the_shell() -> None:
    """Quotes, dollars, new lines and non-ASCII in body, header and address arrive as they were sent."""
    body = """{"it's": "$HOME `id` \\"x\\" é\\n"}\nnext"""
    sent = exchange(request_headers={"X-Note": "it's $5; rm -rf"}, request_body=body, url="https://x/a?q='b'&c=$d")

    words = shlex.split(sent.curl("x-api-key", "KEY"))

    assert words == [
        "curl", "-i", "-X", "POST", "-H", "X-Note: it's $5; rm -rf", "--data-binary", body, "https://x/a?q='b'&c=$d",
    ]  # fmt: skip


def test_without_a_key_none_is_added() -> None:
    """A call that was made without a key is repeated without one."""
    assert "$KEY" not in exchange().curl("x-api-key", "KEY")


def test_as_json() -> None:
    """Everything that may be shown, readable for people who do not write ASCII."""
    told = exchange(response_body="é", response_headers={"Date": "x"}).as_json()

    assert "é" in told
    assert json.loads(told)["response_headers"] == {"Date": "x"}
