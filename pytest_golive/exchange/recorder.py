"""Every call becomes evidence of the check it was made for, with secrets masked before it is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import httpx

from pytest_golive.facts.current import current
from pytest_golive.facts.exchange import Exchange

BODY_LIMIT = 4096
"""Characters of a body that evidence keeps; reports have to stay small enough for a ticket."""

SHOWN_HEADERS = frozenset(
    {
        "accept",
        "allow",
        "content-length",
        "content-type",
        "date",
        "idempotency-key",
        "idempotent-replayed",
        "location",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "request-id",
        "retry-after",
        "server",
        "traceparent",
        "user-agent",
        "www-authenticate",
        "x-correlation-id",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-request-id",
    }
)
"""Denied by default: a header that is not listed is not evidence."""


class Recorder(httpx.BaseTransport):
    """Keeps each exchange in the current check's record.

    Args:
        inner: the next layer.
        scrub: masks known secrets in a text.
        key_header: the header that carries the vendor's key; shown masked, as proof that it was sent.
        shown: further header names the vendor's pack asks to see.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        scrub: Callable[[str], str],
        key_header: str,
        shown: frozenset[str] = frozenset(),
    ) -> None:
        self._inner = inner
        self._scrub = scrub
        self._shown = SHOWN_HEADERS | shown | {key_header.lower()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request on and keep what happened, an answer or the lack of one."""
        request.read()
        begun = time.monotonic()
        try:
            response = self._inner.handle_request(request)
            response.read()
        except (httpx.TransportError, httpx.DecodingError) as error:
            self._keep(request, None, _seconds(request, begun), f"{type(error).__name__}: {error}")
            raise
        self._keep(request, response, _seconds(request, begun), None)
        return response

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()

    def _keep(self, request: httpx.Request, response: httpx.Response | None, seconds: float, error: str | None) -> None:
        record = current()
        if record is None:
            return
        record.exchanges.append(
            Exchange(
                operation=str(request.extensions.get("golive_operation", "")),
                method=request.method,
                url=self._scrub(str(request.url)),
                request_headers=self._headers(request.headers),
                request_body=self._body(request.content, request.headers),
                status=None if response is None else response.status_code,
                response_headers={} if response is None else self._headers(response.headers),
                response_body="" if response is None else self._body(response.content, response.headers),
                seconds=seconds,
                error=None if error is None else self._scrub(error),
            )
        )

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: self._scrub(value) for name, value in headers.items() if name.lower() in self._shown}

    def _body(self, content: bytes, headers: Mapping[str, str]) -> str:
        media = headers.get("content-type", "")
        if content and not ("json" in media or media.startswith(("text/", "multipart/")) or not media):
            return f"<{len(content)} bytes of {media}>"
        text = self._scrub(content.decode("utf-8", errors="replace"))
        if len(text) <= BODY_LIMIT:
            return text
        return f"{text[:BODY_LIMIT]}… ({len(text)} characters in all)"


def _seconds(request: httpx.Request, begun: float) -> float:
    """Return how long the vendor took, without what golive waited of its own accord."""
    waited: float = request.extensions.get("golive_waited_seconds", 0.0)
    return max(0.0, time.monotonic() - begun - waited)
