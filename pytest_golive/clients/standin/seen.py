"""What a stand-in saw: kept as it comes, turned into a trace's attempts and connections when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_golive.clients.standin.attribution import Asked, Sent, attributed
from pytest_golive.clients.standin.keys import Keys
from pytest_golive.clients.standin.listener import Joined
from pytest_golive.clients.standin.request import Body, Head
from pytest_golive.clients.trace import KEPT_BYTES, Attempt, Connection, Fields
from pytest_golive.vendors.pack import Pack

Offset = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a stand-in saw.

    Attributes:
        attempts: in order of arrival.
        connections: in order of opening.
        unfired: steps that were never taken, in words.
        lag_seconds: by how much the loop was late at worst.
        zero: the trace's zero as seconds since 1970.
    """

    attempts: tuple[Attempt, ...]
    connections: tuple[Connection, ...]
    unfired: tuple[str, ...]
    lag_seconds: float
    zero: float


@dataclass(slots=True)
class Entry:
    """One request, as it goes on. Times are of the monotonic clock.

    Attributes:
        head: as sent.
        joined: its connection.
        scheme: http or https.
        operation: what it is for.
        under_way: calls that were when it arrived.
        body: what arrived of its body.
        answered_at: when the first byte of its answer left.
        ended_at: when its last byte did, or the connection was broken.
        left_at: when the client left before.
        status: of the answer.
        answer_fields: its headers.
        answer: the beginning of its body.
        fired: the step in words.
    """

    head: Head
    joined: Joined
    scheme: str
    operation: str | None
    under_way: tuple[Asked, ...]
    body: Body = field(default_factory=Body)
    answered_at: float | None = None
    ended_at: float | None = None
    left_at: float | None = None
    status: int | None = None
    answer_fields: Fields = ()
    answer: bytes = b""
    fired: str = ""

    @property
    def target(self) -> str:
        """The target as a trace keeps it: path and query, and for a proxy all of it."""
        return self.head.target if self.joined.listener == "proxy" else self.head.local


def attempts_of(entries: Sequence[Entry], pack: Pack, keys: Keys, since: Offset) -> tuple[Attempt, ...]:
    """Return the attempts of a trace.

    Args:
        entries: the requests in order of arrival.
        pack: the vendor's contract.
        keys: masks them.
        since: turns a time of the monotonic clock into one of the trace.
    """
    key_header = pack.idempotency.header if pack.idempotency is not None else "Idempotency-Key"
    sent = [
        Sent(
            operation=entry.operation,
            target=entry.target,
            body=entry.body.kept,
            idempotency_key=entry.head.header(key_header),
            under_way=entry.under_way,
            answer=entry.answer,
        )
        for entry in entries
    ]
    calls = attributed(sent, pack)
    return tuple(
        _attempt(number, entry, call, keys, since)
        for number, (entry, call) in enumerate(zip(entries, calls, strict=True))
    )


def _attempt(number: int, entry: Entry, call: str | None, keys: Keys, since: Offset) -> Attempt:
    head, body = entry.head, entry.body
    carried = keys.carried(entry.target, head.fields, bytes(body.content))

    def at(time: float | None) -> float | None:
        return None if time is None else since(time)

    return Attempt(
        number=number,
        at=since(head.at),
        method=head.method.upper(),
        target=keys.masked_text(entry.target),
        headers=keys.hidden(head.fields),
        listener=entry.joined.listener,
        scheme=entry.scheme,
        host=head.host,
        connection=entry.joined.id,
        operation=entry.operation,
        call=call,
        credential=carried.fingerprint if carried is not None else None,
        credential_in=carried.place if carried is not None else None,
        body=keys.masked(body.kept),
        body_size=body.size,
        body_sha256=body.sha256,
        body_at=at(body.at),
        answered_at=at(entry.answered_at),
        ended_at=at(entry.ended_at),
        left_at=at(entry.left_at),
        status=entry.status,
        answer_headers=keys.hidden(entry.answer_fields),
        answer=keys.masked(entry.answer[:KEPT_BYTES]),
        fired=entry.fired,
    )


def connections_of(joined: Sequence[Joined], since: Offset) -> tuple[Connection, ...]:
    """Return the connections of a trace."""
    return tuple(_connection(each, since) for each in joined)


def _connection(joined: Joined, since: Offset) -> Connection:
    line = joined.line
    closed = joined.broken_at
    here = False
    if line is not None:
        times = [time for time in (line.left_at, line.closed_at) if time is not None]
        closed, here = min(times, default=None), line.closed_here
    return Connection(
        id=joined.id,
        listener=joined.listener,
        opened_at=since(joined.opened_at),
        closed_at=None if closed is None else since(closed),
        closed_by=None if closed is None else "standin" if here else "client",
        tls=joined.tls,
        handshake=joined.handshake,
        server_name=joined.server_name,
        requests=joined.requests,
    )
