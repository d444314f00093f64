"""Requests read from a connection, exactly as they were sent."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from pytest_golive.clients.standin.line import Line
from pytest_golive.clients.trace import KEPT_BYTES, Fields
from pytest_golive.sandbox.http import Headers, Request
from pytest_golive.sandbox.server import LARGEST_BODY

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d\.\d)")


class BadRequestError(ValueError):
    """What arrived is no request that can be read."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head.

    Attributes:
        method: as sent.
        target: as sent: path and query, a whole address, or host and port.
        version: of HTTP: 1.1.
        fields: header fields in the order and the spelling they came in.
        at: when it was complete, by the monotonic clock.
    """

    method: str
    target: str
    version: str
    fields: Fields
    at: float

    def header(self, name: str) -> str:
        """Return a header's value, "" where it is not there."""
        return next((value for known, value in self.fields if known.lower() == name.lower()), "")

    @property
    def is_absolute(self) -> bool:
        """Whether a whole address stands in the place of the path, as it is sent to proxies."""
        return self.target.lower().startswith(("http://", "https://"))

    @property
    def local(self) -> str:
        """Path and query, whatever the form of the target."""
        if not self.is_absolute:
            return self.target
        parts = urlsplit(self.target)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.local.partition("?")[0]

    @property
    def host(self) -> str:
        """Host and port it was sent to."""
        if self.method == "CONNECT":
            return self.target
        return urlsplit(self.target).netloc if self.is_absolute else self.header("host")

    @property
    def keeps_alive(self) -> bool:
        """Whether the client may use the connection again."""
        wanted = {word.strip().lower() for word in self.header("connection").split(",")}
        return "close" not in wanted if self.version == "1.1" else "keep-alive" in wanted

    @property
    def query(self) -> dict[str, list[str]]:
        """Every value of each query parameter."""
        return parse_qs(self.local.partition("?")[2], keep_blank_values=True)


@dataclass(slots=True)
class Body:
    """What arrived of a request's body.

    Attributes:
        content: its beginning: one byte more than a vendor takes at most.
        size: bytes of the whole.
        at: when it was complete; None: it is not.
    """

    content: bytearray = field(default_factory=bytearray)
    size: int = 0
    at: float | None = None
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, piece: bytes) -> None:
        """Take a piece of it."""
        self.size += len(piece)
        self._hash.update(piece)
        room = LARGEST_BODY + 1 - len(self.content)
        if room > 0:
            self.content += piece[:room]

    @property
    def kept(self) -> bytes:
        """What a trace keeps of it."""
        return bytes(self.content[:KEPT_BYTES])

    @property
    def sha256(self) -> str:
        """Hex digest of the whole."""
        return self._hash.hexdigest()


def read_head(raw: bytes, at: float) -> Head:
    """Return a head from its bytes.

    Raises:
        BadRequestError: they are none.
    """
    first, *lines = raw.decode("latin-1").split("\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise BadRequestError("the request line cannot be read")
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequestError("a header cannot be read")
        fields.append((name, value.strip(" \t")))
    return Head(match[1], match[2], match[3], tuple(fields), at)


async def read_body(line: Line, head: Head, body: Body) -> None:
    """Read a request's body into `body`; what was read before the client left stays there.

    Raises:
        GoneError: the client left before the end.
        BadRequestError: where it ends cannot be known.
    """
    coding = head.header("transfer-encoding").lower()
    if coding:
        if coding.rpartition(",")[2].strip() != "chunked":
            raise BadRequestError("the transfer coding is not known")
        body.at = await _read_chunks(line, body)
        return
    length = head.header("content-length") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise BadRequestError("the length is no number")
    at = await _read_exactly(line, int(length), body)
    body.at = head.at if at is None else at


async def _read_exactly(line: Line, count: int, body: Body | None) -> float | None:
    at = None
    while count:
        piece, at = await line.read_some(count)
        count -= len(piece)
        if body is not None:
            body.add(piece)
    return at


async def _read_chunks(line: Line, body: Body) -> float:
    while True:
        written, _ = await line.read_line()
        try:
            size = int(written.partition(b";")[0].strip(), 16)
        except ValueError:
            raise BadRequestError("the size of a chunk is no number") from None
        if size <= 0:
            break
        await _read_exactly(line, size, body)
        if (await line.read_line())[0]:
            raise BadRequestError("a chunk is longer than it says")
    while True:
        trailer, at = await line.read_line()
        if not trailer:
            return at


def request_of(head: Head, body: Body) -> Request:
    """Return the request as vendors take it."""
    values = head.query
    last = {name: given[-1] for name, given in values.items()}
    return Request(head.method, head.path, last, Headers(head.fields), bytes(body.content), values)
