"""The bytes of an answer: status line, headers and body as a step wants them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate

from pytest_golive.clients.error_body import phrase_of
from pytest_golive.clients.script import Step
from pytest_golive.clients.trace import Fields
from pytest_golive.sandbox.http import Response

_PLACE = re.compile(r"{(date|vendor|elsewhere|plain|proxy|target)([+-]\d+)?}")
_WITHOUT_BODY = frozenset((204, 304))


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that is ready to leave.

    Attributes:
        status: its status.
        fields: its headers, in order.
        body: its body, whole, without chunks; what a client is to see of it.
        chunked: whether the body leaves in chunks.
    """

    status: int
    fields: Fields
    body: bytes
    chunked: bool = False

    @property
    def head(self) -> bytes:
        """Status line, headers and the empty line."""
        lines = [
            f"HTTP/1.1 {self.status} {phrase_of(self.status)}",
            *(f"{name}: {value}" for name, value in self.fields),
        ]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

    @property
    def payload(self) -> bytes:
        """What follows the head."""
        return chunk(self.body) + b"0\r\n\r\n" if self.chunked else self.body


def chunk(piece: bytes) -> bytes:
    """Return bytes as one chunk; none for none, which would be the end."""
    return b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""


def is_real(step: Step) -> bool:
    """Whether the vendor's real answer is what the client gets of a step, so that the request has to happen."""
    if step.breaks and not _within(step):
        return False
    return step.status is None or (200 <= step.status <= 299 and step.body is None)


def _within(step: Step) -> bool:
    return step.breaks in {"reset_in_answer", "close_in_answer", "bad_chunk", "hang_in_answer"}


def answer_of(step: Step, real: Response | None, refusal: Response | None) -> Response:
    """Return the answer that a step makes of the vendor's real one, or of one of its refusals.

    Args:
        step: what is to happen.
        real: the real answer, where :func:`is_real`.
        refusal: the vendor's refusal with the status of the step, where that is one and no body is given.
    """
    if real is not None:
        response = step.change(real) if step.change is not None else real
        if step.status is not None:
            response = replace(response, status=step.status)
        return response if step.body is None else replace(response, body=step.body)
    assert step.status is not None, "what is not real has a status"
    if step.body is not None:
        return Response(step.status, {"Content-Type": "application/json"}, step.body)
    return refusal if refusal is not None else Response(step.status)


def written(step: Step, response: Response, places: Mapping[str, str], *, method: str, keep: bool) -> Written:
    """Return an answer ready to leave.

    Args:
        step: whose headers replace those of the answer.
        response: the answer.
        places: what stands in the place of `{vendor}` and the like.
        method: of the request: an answer to HEAD has no body.
        keep: whether the connection is kept.
    """
    now = time.time()
    body = response.body
    if step.body is not None or step.change is not None:
        body = _filled_bytes(body, places, now)
    own = tuple((name, _filled(value, places, now)) for name, value in step.headers)
    replaced = {name.lower() for name, _ in own}
    chunked = step.breaks == "bad_chunk" or any(
        name.lower() == "transfer-encoding" and value.lower() == "chunked" for name, value in own
    )
    fields = [("Date", formatdate(int(now), usegmt=True))]
    fields += [(name, value) for name, value in response.headers.items() if name.lower() not in _FRAMING]
    fields += _framing(response.status, len(body), chunked=chunked)
    fields += [] if keep else [("Connection", "close")]
    kept = [(name, value) for name, value in fields if name.lower() not in replaced]
    if response.status in _WITHOUT_BODY or method == "HEAD":
        body, chunked = b"", False
    return Written(response.status, (*kept, *own), body, chunked)


_FRAMING = frozenset(("content-length", "transfer-encoding", "connection", "date"))


def _framing(status: int, length: int, *, chunked: bool) -> list[tuple[str, str]]:
    if status in _WITHOUT_BODY:
        return []
    return [("Transfer-Encoding", "chunked")] if chunked else [("Content-Length", str(length))]


def _filled(text: str, places: Mapping[str, str], now: float) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1] == "date":
            return formatdate(int(now) + int(match[2] or 0), usegmt=True)
        return places.get(match[1], match[0])

    return _PLACE.sub(fill, text)


def _filled_bytes(body: bytes, places: Mapping[str, str], now: float) -> bytes:
    if not any(f"{{{name}".encode() in body for name in ("date", *places)):
        return body
    return _filled(body.decode("utf-8", "surrogateescape"), places, now).encode("utf-8", "surrogateescape")
