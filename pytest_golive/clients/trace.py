"""What a client did, as seen from outside: its requests, its connections, and what its calls came to.

A trace is all that judgements look at. It comes from a drive in the lab, from a file of JSON lines (``trace_file.py``)
or from a HAR archive (``har.py``), so that the same functions judge a rehearsal and recorded production traffic.
Times are seconds since the trace's zero, on one monotonic clock. No credential stands in a trace: where a request
carried one, its fingerprint does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Fields = tuple[tuple[str, str], ...]
"""Header fields in the order and the spelling they came in."""

Place = Literal["header", "query", "path", "body"]

KEPT_BYTES = 65536
"""Of a body this much is kept; its size and hash are those of the whole."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request.

    Attributes:
        number: order of arrival, from 0.
        at: when its head was complete.
        method: in capital letters.
        target: path and query as sent, known secrets masked.
        headers: as sent, values of credentials replaced by their fingerprints.
        listener: which of the stand-in's listeners it reached: vendor; elsewhere (another host); plain (http beside
            https); proxy.
        scheme: http or https.
        host: host and port it was sent to.
        connection: id of its connection.
        operation: name in the vendor's pack, by method and path; None: no operation has this path.
        call: id of the call it was made for; None: not known.
        credential: fingerprint of the vendor's key that it carried; None: it carried none.
        credential_in: where that key stood.
        body: at most KEPT_BYTES of it, known secrets masked.
        body_size: bytes of the whole body that arrived.
        body_sha256: hex digest of it.
        body_at: when the body was complete; None: it never was.
        answered_at: when the first byte of an answer left; None: none did.
        ended_at: when the last byte of the answer left, or the stand-in broke off.
        left_at: when the client closed before the answer had ended; None: it stayed.
        status: of the answer; None: there was none.
        answer_headers: of the answer.
        answer: at most KEPT_BYTES of its body, known secrets masked.
        fired: the step of the script that was taken, in words; "": the vendor's real answer.
    """

    number: int
    at: float
    method: str
    target: str
    headers: Fields = ()
    listener: str = "vendor"
    scheme: str = "http"
    host: str = ""
    connection: int = 0
    operation: str | None = None
    call: str | None = None
    credential: str | None = None
    credential_in: Place | None = None
    body: bytes = b""
    body_size: int = 0
    body_sha256: str = ""
    body_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    left_at: float | None = None
    status: int | None = None
    answer_headers: Fields = ()
    answer: bytes = b""
    fired: str = ""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark; "" for nothing."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Return the value of a request header, whatever the case of its name; None: it is not there."""
        return _first(self.headers, name)

    def answer_header(self, name: str) -> str | None:
        """Return the value of an answer's header; None: it is not there."""
        return _first(self.answer_headers, name)

    @property
    def over_at(self) -> float:
        """When the client could know how it ended: its answer's end, its own leaving, or its arrival."""
        times = [time for time in (self.ended_at, self.left_at) if time is not None]
        return min(times) if times else self.at


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection that was made.

    Attributes:
        id: number, unique in the trace.
        listener: as in :class:`Attempt`.
        opened_at: when it was accepted.
        closed_at: when it was closed; None: it was open at the end of the trace.
        closed_by: who did it.
        tls: version of TLS that was agreed upon; None: plain, or the handshake failed.
        handshake: why the handshake failed, in words; "": it did not.
        server_name: host name that the client asked for within TLS.
        requests: how many requests arrived over it.
    """

    id: int
    listener: str
    opened_at: float
    closed_at: float | None = None
    closed_by: Literal["client", "standin"] | None = None
    tls: str | None = None
    handshake: str = ""
    server_name: str | None = None
    requests: int = 0


Outcome = Literal["ok", "user", "backend", "crash"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the client was asked for, and what it came to.

    Attributes:
        id: unique in the trace.
        operation: what it was asked to do.
        arguments: with what.
        began_at: when it was asked.
        ended_at: when it answered, died, or its time was up.
        outcome: ok; user or backend: it failed and said so; crash: anything else.
        result: what it answered with.
        message: what it would show its user.
        crash: how it crashed, in words: "its process ended with 1", "it said nothing for 60 s".
    """

    id: str
    operation: str
    arguments: dict[str, Any]
    began_at: float
    ended_at: float
    outcome: Outcome
    result: Any = None
    message: str = ""
    crash: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that was seen of one drive.

    Attributes:
        name: the scenario's, or the file's.
        attempts: in order of arrival.
        connections: in order of opening.
        calls: in the order they were asked for; empty where nobody drove.
        log: lines that the client wrote besides its answers, known secrets masked.
        leaks: kinds of secrets (names such as `api_key`) that stood in the log or in an answer before they were masked.
        zero: the trace's zero as seconds since 1970, for dates in headers.
        lag_seconds: by how much golive's own loop was late at worst.
        unfired: steps of the script that were never taken, in words.
        leak_places: where each of the leaks stood: (name, "log"), (name, "message") of an error, (name, "result").
        keys: fingerprints of the keys that open the vendor: the one that the client was given, then others of its own.
        ids: the ids of configuration that the client was given.
        lates: when it was noticed that golive's own loop was late, and by how many seconds.
        guessed: ids of the calls that were made up for requests of which nobody said to which call they belong.
    """

    name: str
    attempts: tuple[Attempt, ...] = ()
    connections: tuple[Connection, ...] = ()
    calls: tuple[Call, ...] = ()
    log: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    zero: float = 0.0
    lag_seconds: float = 0.0
    unfired: tuple[str, ...] = field(default=())
    leak_places: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    lates: tuple[tuple[float, float], ...] = ()
    guessed: frozenset[str] = frozenset()

    def of_call(self, call: Call | str) -> tuple[Attempt, ...]:
        """Return the requests that were made for a call."""
        wanted = call if isinstance(call, str) else call.id
        return tuple(attempt for attempt in self.attempts if attempt.call == wanted)

    def of_operation(self, operation: str) -> tuple[Attempt, ...]:
        """Return the requests for an operation at the vendor."""
        return tuple(one for one in self.attempts if one.operation == operation and one.listener == "vendor")

    def call(self, id: str) -> Call:  # noqa: A002  # it is one
        """Return a call.

        Raises:
            LookupError: there is none of this id.
        """
        for call in self.calls:
            if call.id == id:
                return call
        raise LookupError(f"the trace has no call {id!r}")

    def late_at(self, moment: float) -> float:
        """Return by how many seconds something may have been there before golive noticed it, at a moment."""
        around = (late for noticed, late in self.lates if noticed - late - 0.02 <= moment <= noticed + 0.02)
        return max(around, default=0.0)

    def fired(self) -> Iterator[Attempt]:
        """Yield the requests that met a step of the script."""
        return (attempt for attempt in self.attempts if attempt.fired)


def _first(fields: Fields, name: str) -> str | None:
    wanted = name.lower()
    return next((value for known, value in fields if known.lower() == wanted), None)
