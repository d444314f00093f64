"""Exact bytes out, and every way an answer can fail to come, as a receipt and never as an exception."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.sender import send, send_at_rate, send_together

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Listener:
    """A server that hands each connection to a function, and keeps what it read."""

    def __init__(self, serve: Callable[[Listener, socket.socket], None]) -> None:
        self.got: list[bytes] = []
        self.times: list[float] = []
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/hooks"
        threading.Thread(target=self._accept, daemon=True).start()

    def read(self, connection: socket.socket) -> bytes:
        """Read all of a request that tells its length, or is chunked, or ends."""
        got = b""
        while not _whole(got):
            piece = connection.recv(65536)
            if not piece:
                break
            got += piece
        self.times.append(time.monotonic())
        self.got.append(got)
        return got

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # or the thread that accepts keeps it open
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._serve(self, connection)
            except ConnectionError as error:
                self.got.append(f"<{type(error).__name__}>".encode())


def _whole(got: bytes) -> bool:
    head, found, body = got.partition(b"\r\n\r\n")
    if not found:
        return False
    if b"chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return True


def answering(answer: bytes) -> Callable[[Listener, socket.socket], None]:
    def serve(listener: Listener, connection: socket.socket) -> None:
        listener.read(connection)
        connection.sendall(answer)

    return serve


@contextmanager
def listening(serve: Callable[[Listener, socket.socket], None]) -> Iterator[Listener]:
    listener = Listener(serve)
    try:
        yield listener
    finally:
        listener.close()


def test_every_byte_is_the_callers() -> None:
    """Order, case and repetition of headers, bytes of the body: nothing is tidied."""
    with listening(answering(OK)) as listener:
        parcel = Parcel(
            f"{listener.url}?a=%20",
            headers=(("X-b", "1"), ("x-B", "2"), ("Latin", "é"), ("Raw", b"\xff")),
            body=b"{}",
        )

        receipt = send(parcel)

    host = listener.url.split("/")[2].encode()
    assert [
        b"POST /hooks?a=%20 HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 2\r\nConnection: close\r\n"
        b"X-b: 1\r\nx-B: 2\r\nLatin: \xe9\r\nRaw: \xff\r\n\r\n{}"
    ] == listener.got
    assert (receipt.ended, receipt.status, receipt.body, receipt.error) == ("answered", 200, b"ok", "")
    assert receipt.seconds is not None
    assert receipt.told == f"answered 200 in {receipt.seconds * 1000:.0f} ms"


def test_a_parcel_is_changed_header_by_header() -> None:
    parcel = Parcel("http://h/", headers=(("A", "1"), ("B", "2")), body=b"x", proof=("b",))

    assert parcel.with_header("a", "9").headers == (("A", "9"), ("B", "2"))
    assert parcel.with_header("C", "3").headers == (("A", "1"), ("B", "2"), ("C", "3"))
    assert parcel.with_further_header("b", "3").headers == (("A", "1"), ("B", "2"), ("b", "3"))
    assert parcel.without_proof().headers == (("A", "1"),)
    assert parcel.header("b") == "2"
    assert parcel.header("nothing") is None


def test_a_chunked_body_goes_out_in_pieces() -> None:
    with listening(answering(OK)) as listener:
        send(Parcel(listener.url, body=b"abcde", framing="chunked", chunk_bytes=2, pause_seconds=0.01))

    assert listener.got[0].endswith(b"\r\n\r\n2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in listener.got[0]
    assert b"Content-Length" not in listener.got[0]


def test_a_body_may_come_without_its_length_or_with_a_wrong_one() -> None:
    with listening(answering(OK)) as listener:
        send(Parcel(listener.url, body=b"abc", framing="none"))
        send(Parcel(listener.url, body=b"abc", declared_length=2))

    assert b"Content-Length" not in listener.got[0]
    assert b"Content-Length: 2" in listener.got[1]


@pytest.mark.parametrize(
    ("answer", "ended", "told"),
    [
        (b"", "closed", "the handler closed the connection without an answer"),
        (
            b"SSH-2.0-OpenSSH\r\n\r\n",
            "not_http",
            "what came back is no HTTP: illegal status line: bytearray(b'SSH-2.0-OpenSSH')",
        ),
    ],
)
def test_no_answer_is_told(answer: bytes, ended: str, told: str) -> None:
    with listening(answering(answer)) as listener:
        receipt = send(Parcel(listener.url, body=b"x"), timeout_seconds=2)

    assert (ended, None, told) == (receipt.ended, receipt.status, receipt.told)
    assert receipt.failed
    assert not receipt.accepted


def test_an_answer_that_breaks_off_keeps_its_status() -> None:
    with listening(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")) as listener:
        receipt = send(Parcel(listener.url), timeout_seconds=2)

    assert (receipt.ended, receipt.status, receipt.error) == ("not_http", 200, "the answer broke off")
    assert receipt.told.endswith(" ms, then the answer broke off")


def test_no_answer_in_time_is_told() -> None:
    def silent(listener: Listener, connection: socket.socket) -> None:
        listener.read(connection)
        time.sleep(1)

    with listening(silent) as listener:
        receipt = send(Parcel(listener.url), timeout_seconds=0.2)

    assert (receipt.ended, receipt.told) == ("timeout", "no answer within 0.2 s")
    assert 0.15 < receipt.total_seconds < 0.8


def test_nobody_there_is_told() -> None:
    with listening(answering(OK)) as listener:
        pass

    receipt = send(Parcel(listener.url), timeout_seconds=2)

    port = listener.url.split(":")[2].split("/")[0]
    assert ("refused", f"no connection to 127.0.0.1:{port}: Connection refused") == (receipt.ended, receipt.told)


def test_a_wrong_address_is_told() -> None:
    receipt = send(Parcel("ftp://shop.example/"))

    assert (receipt.ended, receipt.told) == ("not_sent", "ftp://shop.example/ is no address of http or https")


def test_a_plain_server_speaks_no_tls() -> None:
    with listening(lambda _, connection: connection.sendall(b"nonsense" * 10)) as listener:
        receipt = send(Parcel(listener.url.replace("http:", "https:")), timeout_seconds=2)

    assert receipt.ended == "refused"
    assert receipt.told.startswith("no secure connection to 127.0.0.1:")


def test_an_upload_may_be_broken_off_by_a_reset() -> None:
    with listening(answering(OK)) as listener:
        receipt = send(Parcel(listener.url, body=b"x" * 100, abort="reset", abort_after=10), timeout_seconds=2)
        time.sleep(0.2)

    assert (receipt.ended, receipt.told) == ("reset", "golive broke the connection, as intended")
    assert listener.got == [b"<ConnectionResetError>"]


def test_one_side_may_be_closed_in_the_middle() -> None:
    with listening(answering(OK)) as listener:
        receipt = send(Parcel(listener.url, body=b"x" * 100, abort="half_close", abort_after=10), timeout_seconds=2)

    assert receipt.status == 200
    assert listener.got[0].endswith(b"\r\n\r\n" + b"x" * 10)


def test_the_body_waits_for_the_100() -> None:
    def careful(listener: Listener, connection: socket.socket) -> None:
        head = connection.recv(65536)
        assert head.endswith(b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        listener.got.append(connection.recv(65536))
        connection.sendall(OK)

    with listening(careful) as listener:
        receipt = send(Parcel(listener.url, body=b"late", waits_for_continue=True), timeout_seconds=3)

    assert (listener.got, receipt.status, receipt.informational) == ([b"late"], 200, (100,))


def test_an_answer_in_place_of_the_100_ends_it() -> None:
    def hasty(listener: Listener, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        listener.got.append(connection.recv(65536))

    with listening(hasty) as listener:
        receipt = send(Parcel(listener.url, body=b"late", waits_for_continue=True), timeout_seconds=3)
        time.sleep(0.1)

    assert (listener.got, receipt.status) == ([b""], 413)


def test_an_answer_before_the_end_of_the_body_is_read() -> None:
    """A handler that refuses a large body early is heard, though it closes the connection."""

    def early(listener: Listener, connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        time.sleep(0.5)

    with listening(early) as listener:
        receipt = send(
            Parcel(listener.url, body=b"x" * 1000_000, chunk_bytes=10_000, pause_seconds=0.002), timeout_seconds=5
        )

    assert receipt.status == 413


def test_many_are_sent_in_the_same_moment() -> None:
    """Each over a connection of its own; the last bytes go out together."""
    spans = []
    for _ in range(4):  # a busy machine may hold up some threads, not those of every round
        with listening(answering(OK)) as listener:
            receipts = send_together([Parcel(listener.url, body=b"{}")] * 20, timeout_seconds=5)
        assert [receipt.status for receipt in receipts] == [200] * 20
        assert len(listener.got) == 20
        spans.append(max(listener.times) - min(listener.times))

    assert min(spans) < 0.25


def test_nothing_together_is_nothing() -> None:
    assert send_together([]) == ()


def test_one_that_gets_no_connection_keeps_nobody_waiting() -> None:
    with listening(answering(OK)) as listener:
        begun = time.monotonic()
        receipts = send_together([Parcel(listener.url, body=b"{}"), Parcel("http://127.0.0.1:1/")], timeout_seconds=8)

    assert [receipt.ended for receipt in receipts] == ["answered", "refused"]
    assert time.monotonic() - begun < 2


def test_a_burst_keeps_its_rate() -> None:
    with listening(answering(OK)) as listener:
        begun = time.monotonic()
        receipts = send_at_rate([Parcel(listener.url)] * 10, per_second=50)

    assert len(receipts) == 10
    assert 0.17 < time.monotonic() - begun < 0.6
