from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.recorder import BODY_LIMIT, Recorder
from pytest_golive.facts.current import CheckRecord, recording

KEY = "upz_test_5Kq9zQx1mN7r"
SECRET = Secret(KEY, "uppzy.api_key")
MASK = f"[uppzy.api_key {SECRET.fingerprint}]"


def _recorded(
    answer: Callable[[httpx.Request], httpx.Response], record: CheckRecord, **call: object
) -> httpx.Response | None:
    transport = Recorder(
        httpx.MockTransport(answer), Redactor([SECRET]).scrub, "X-API-Key", shown=frozenset({"x-workspace"})
    )
    with recording(record), httpx.Client(transport=transport, trust_env=False) as client:
        return client.request("POST", "https://api.example/chat", **call)  # type: ignore[arg-type]


@pytest.fixture
def record() -> CheckRecord:
    return CheckRecord("a check")


def test_headers_are_denied_by_default(record: CheckRecord) -> None:
    """Cookies, authorizations and whatever nobody thought of are no evidence; the pack's own headers are."""
    _recorded(
        lambda request: httpx.Response(200, headers={"set-cookie": "session=1", "x-request-id": "7"}),
        record,
        headers={"authorization": "Bearer x", "cookie": "a=b", "x-workspace": "w_1", "x-other": "1"},
    )
    exchange = record.exchanges[0]

    assert {
        name: value for name, value in exchange.request_headers.items() if name.startswith(("x-", "auth", "cookie"))
    } == {"x-workspace": "w_1"}
    assert dict(exchange.response_headers) | {"content-length": "0"} == {"x-request-id": "7", "content-length": "0"}


def test_the_key_is_shown_masked_as_proof_that_it_was_sent(record: CheckRecord) -> None:
    """Also where an answer or an address echoes it."""
    _recorded(
        lambda request: httpx.Response(401, json={"error": f"{KEY} is revoked"}),
        record,
        headers={"x-api-key": KEY},
        params={"token": KEY},
        json={"key": KEY},
    )
    exchange = record.exchanges[0]

    assert exchange.request_headers["x-api-key"] == MASK
    assert f'{{"key":"{MASK}"}}' == exchange.request_body
    assert f'{{"error":"{MASK} is revoked"}}' == exchange.response_body
    assert f"https://api.example/chat?token={MASK}" == exchange.url
    assert KEY not in exchange.as_json()


def test_a_long_body_is_cut_and_says_so(record: CheckRecord) -> None:
    """A report has to stay small enough for a ticket."""
    _recorded(lambda request: httpx.Response(200, text="g" * (BODY_LIMIT + 1)), record)

    assert f"{'g' * BODY_LIMIT}… ({BODY_LIMIT + 1} characters in all)" == record.exchanges[0].response_body


def test_a_secret_across_the_cut_is_masked_before_it_is_cut(record: CheckRecord) -> None:
    """The half of a key is half of a leak."""
    _recorded(lambda request: httpx.Response(200, text="g" * (BODY_LIMIT - 4) + KEY), record)

    assert KEY[:4] not in record.exchanges[0].response_body


def test_a_binary_body_is_named_and_not_shown(record: CheckRecord) -> None:
    """What is no text is told by its size and kind."""
    _recorded(lambda request: httpx.Response(200, content=b"\x89PNG", headers={"content-type": "image/png"}), record)

    assert record.exchanges[0].response_body == "<4 bytes of image/png>"


def test_bytes_that_are_no_utf_8_are_shown_as_far_as_they_are(record: CheckRecord) -> None:
    """A body without a content type is taken for text."""
    _recorded(lambda request: httpx.Response(200, content=b"caf\xe9"), record)

    assert record.exchanges[0].response_body == "caf�"


def test_a_form_is_shown(record: CheckRecord) -> None:
    """An upload is evidence like any other call."""
    _recorded(lambda request: httpx.Response(200), record, files={"file": ("hours.txt", b"Nine to six.", "text/plain")})

    assert 'filename="hours.txt"' in record.exchanges[0].request_body


def test_a_call_without_an_answer_is_recorded_too(record: CheckRecord) -> None:
    """With the reason, masked."""

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"timed out with {KEY}")

    with pytest.raises(httpx.ReadTimeout):
        _recorded(silent, record)
    exchange = record.exchanges[0]

    assert (None, f"ReadTimeout: timed out with {MASK}") == (exchange.status, exchange.error)
    assert f"POST https://api.example/chat -> no answer (ReadTimeout: timed out with {MASK}) in 0 ms" == exchange.line


def test_an_answer_that_cannot_be_decoded_is_recorded_too(record: CheckRecord) -> None:
    """A body that is not what its encoding says is the vendor's failure, and evidence."""

    def garbled(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, stream=httpx.ByteStream(gzip.compress(b"{}")[4:]), headers={"content-encoding": "gzip"}
        )

    with pytest.raises(httpx.DecodingError):
        _recorded(garbled, record)

    assert record.exchanges[0].error is not None
    assert record.exchanges[0].error.startswith("DecodingError: ")


def test_outside_of_a_check_nothing_is_kept() -> None:
    """Cleaning up after a run belongs to no check."""
    transport = Recorder(httpx.MockTransport(lambda request: httpx.Response(204)), str, "X-API-Key")
    with httpx.Client(transport=transport, trust_env=False) as client:
        assert client.get("https://api.example/").status_code == 204
