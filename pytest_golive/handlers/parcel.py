"""What is sent to a handler, to the byte, and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

Header = tuple[str, str | bytes]
Framing = Literal["length", "chunked", "none"]
Abort = Literal["reset", "half_close"]
End = Literal["answered", "timeout", "refused", "reset", "closed", "not_http", "not_sent"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request, with exact control of what goes over the wire.

    Attributes:
        url: address it is sent to; http or https.
        method: request method, as it is written.
        target: what stands in the request line; None: path and query of the url.
        headers: in order, names in the case they are sent in. `Host` and the framing's header are added where they
            are not among them.
        body: the bytes.
        framing: length: with Content-Length; chunked; none: neither, whatever the body.
        declared_length: what Content-Length says; None: the truth.
        chunk_bytes: size of the pieces the body goes out in; 0: in one.
        pause_seconds: between two pieces.
        abort: after `abort_after` bytes of the body, break the connection by RST, or close this side of it.
        abort_after: see there; None: all of it is sent.
        waits_for_continue: sends `Expect: 100-continue`, and the body after the 100, or after a second without.
        proof: lower-case names of the headers that prove where it comes from.
        event: name of the event, where it is one.
        event_id: id of the event.
        subject: id of what the event is about.
        said: what is special about it, in words, as findings and evidence show it.
    """

    url: str
    method: str = "POST"
    target: str | None = None
    headers: tuple[Header, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    framing: Framing = "length"
    declared_length: int | None = None
    chunk_bytes: int = 0
    pause_seconds: float = 0.0
    abort: Abort | None = None
    abort_after: int | None = None
    waits_for_continue: bool = False
    proof: tuple[str, ...] = ()
    event: str = ""
    event_id: str = ""
    subject: str = ""
    said: str = ""

    def header(self, name: str) -> str | None:
        """Return the first header of this name, whatever the case; None without one."""
        for known, value in self.headers:
            if known.lower() == name.lower():
                return value if isinstance(value, str) else value.decode("latin-1")
        return None

    def with_header(self, name: str, value: str | bytes) -> Parcel:
        """Return it with a header replaced in its place, or added at the end."""
        there = any(known.lower() == name.lower() for known, _ in self.headers)
        if not there:
            return replace(self, headers=(*self.headers, (name, value)))
        return replace(self, headers=tuple((k, value if k.lower() == name.lower() else v) for k, v in self.headers))

    def without_header(self, *names: str) -> Parcel:
        """Return it without these headers."""
        gone = {name.lower() for name in names}
        return replace(self, headers=tuple((k, v) for k, v in self.headers if k.lower() not in gone))

    def with_further_header(self, name: str, value: str | bytes) -> Parcel:
        """Return it with one more header, even where there is one of this name."""
        return replace(self, headers=(*self.headers, (name, value)))

    def with_names(self, written: Iterable[Header]) -> Parcel:
        """Return it with exactly these headers."""
        return replace(self, headers=tuple(written))

    def with_body(self, body: bytes) -> Parcel:
        """Return it with another body under the same headers: the proof is no longer right."""
        return replace(self, body=body)

    def without_proof(self) -> Parcel:
        """Return it without the headers that prove where it comes from."""
        return self.without_header(*self.proof)

    def saying(self, said: str) -> Parcel:
        """Return it with what is special about it."""
        return replace(self, said=said)

    def head(self) -> bytes:
        """Return request line and headers as they go over the wire."""
        parts = urlsplit(self.url)
        target = (
            self.target if self.target is not None else (parts.path or "/") + (f"?{parts.query}" * bool(parts.query))
        )
        named = {name.lower() for name, _ in self.headers}
        added: list[Header] = []
        if "host" not in named:
            added.append(("Host", parts.netloc.rpartition("@")[2]))
        if self.framing == "length" and "content-length" not in named:
            told = len(self.body) if self.declared_length is None else self.declared_length
            added.append(("Content-Length", str(told)))
        if self.framing == "chunked" and "transfer-encoding" not in named:
            added.append(("Transfer-Encoding", "chunked"))
        if self.waits_for_continue and "expect" not in named:
            added.append(("Expect", "100-continue"))
        if "connection" not in named:
            added.append(("Connection", "close"))
        lines = [f"{self.method} {target} HTTP/1.1".encode("latin-1", "replace")]
        lines += [name.encode() + b": " + _bytes(value) for name, value in (*added, *self.headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def pieces(self) -> tuple[bytes, ...]:
        """Return the body as it goes out: cut where it aborts, in pieces, each with its framing."""
        body = self.body if self.abort_after is None else self.body[: self.abort_after]
        size = self.chunk_bytes or len(body) or 1
        cut = [body[at : at + size] for at in range(0, len(body), size)]
        if self.framing != "chunked":
            return tuple(cut)
        framed = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in cut]
        if self.abort is None:
            framed.append(b"0\r\n\r\n")
        return tuple(framed)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back for a parcel.

    Attributes:
        ended: answered; timeout: no whole answer in time; refused: no connection; reset or closed: it broke before
            an answer was whole; not_http: what came is no HTTP; not_sent: it cannot be sent at all.
        status: of the answer, once its head was there.
        headers: of the answer, in order.
        body: of the answer, as far as it came.
        seconds: from the first byte sent to the head of the answer; None without one.
        total_seconds: until it was over, however it ended.
        informational: statuses that came before the answer: 100.
        http_version: of the answer: 1.1, 1.0; empty without one.
        error: why this is no answer, as the end of a sentence; empty for one.
        begun: when it was sent, in seconds: on a monotonic clock, or on that of the vendor's schedule.
    """

    ended: End
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    seconds: float | None = None
    total_seconds: float = 0.0
    informational: tuple[int, ...] = ()
    http_version: str = ""
    error: str = ""
    begun: float = 0.0

    @property
    def accepted(self) -> bool:
        """Whether the handler took it: a 2xx."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def failed(self) -> bool:
        """Whether the handler failed over it: 5xx, or no answer at all."""
        return self.status is None or self.status >= 500

    @property
    def told(self) -> str:
        """What came back, in words: 'answered 401 in 3 ms'."""
        if self.status is None:
            return self.error or "no answer came"
        took = f" in {(self.seconds or 0) * 1000:.0f} ms"
        return f"answered {self.status}{took}" + (f", then {self.error}" if self.error else "")

    def header(self, name: str) -> str | None:
        """Return the first header of this name, None without one."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


def _bytes(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
