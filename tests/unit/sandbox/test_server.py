from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import LARGEST_BODY, Server


def echo(request: Request) -> Response:
    """Answer with what was understood, or fail when asked to."""
    if request.path == "/fail":
        raise RuntimeError("asked to")
    told = {"path": request.path, "query": dict(request.query), "length": len(request.body)}
    return json_response(200, {**told, "token": request.headers.get("X-Token")})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, verify=False) as one:
        yield one


def raw(server: Server, sent: bytes) -> bytes:
    """Send bytes as they are, and return what comes until the server closes."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def test_path_stays_encoded_and_query_is_decoded(client: httpx.Client) -> None:
    """The app sees the path as it was sent, and parameters by name."""
    told = client.get("/a%2Fb?q=x%20y&empty=", headers={"x-TOKEN": "t"}).json()

    assert told == {"path": "/a%2Fb", "query": {"q": "x y", "empty": ""}, "length": 0, "token": "t"}


def test_one_connection_serves_many_requests(server: Server) -> None:
    """HTTP/1.1 keeps the connection open."""
    received = raw(server, b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_chunked_bodies_are_read(client: httpx.Client) -> None:
    """A client that does not know the length in advance is understood."""
    told = client.post("/", content=iter([b"one", b"two", b"x" * 70_000])).json()

    assert told["length"] == 70_006


def test_a_client_that_asks_leave_to_send_its_body_gets_it_at_once(server: Server) -> None:
    """As curl does with a large one: it would wait for a second, others for ever."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        leave = connection.recv(65536)
        connection.sendall(b"body")
        answer = connection.recv(65536)

    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b'"length": 4' in answer


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_body_is_refused(server: Server, chunked: bool) -> None:
    """More than 10 MiB is a 413 that the client gets to read, unless the app has its own words for it."""
    body = b"x" * (LARGEST_BODY + 1)
    with httpx.Client(trust_env=False, verify=False) as client:
        answer = client.post(server.url, content=iter([body]) if chunked else body)

    assert (answer.status_code, answer.json()) == (413, {"error": "body too large"})


def test_the_largest_body_is_taken(client: httpx.Client) -> None:
    """10 MiB are not yet too much."""
    assert client.post("/", content=b"x" * LARGEST_BODY).json()["length"] == LARGEST_BODY


@pytest.mark.parametrize("chunked", [False, True])
def test_an_app_may_refuse_too_large_a_body_itself(chunked: bool) -> None:
    """It gets the beginning: one byte more than the largest body has. The connection ends."""

    class Strict:
        def __call__(self, request: Request) -> Response:
            return echo(request)

        def oversized(self, request: Request) -> Response:
            return json_response(400, {"path": request.path, "length": len(request.body)})

    body = b"x" * (LARGEST_BODY + 70_000)
    with Server(Strict()) as running, httpx.Client(trust_env=False, verify=False) as client:
        answer = client.post(f"{running.url}/a", content=iter([body[:9], body[9:]]) if chunked else body)

    assert (answer.status_code, answer.json()) == (400, {"path": "/a", "length": LARGEST_BODY + 1})
    assert answer.headers["connection"] == "close"


def test_trace_is_refused(client: httpx.Client) -> None:
    """No vendor has it: 405, whatever the path."""
    assert client.request("TRACE", "/").status_code == 405


@pytest.mark.parametrize(("method", "has_body"), [("HEAD", False), ("OPTIONS", True)])
def test_head_and_options_are_the_app_s_to_answer(client: httpx.Client, method: str, has_body: bool) -> None:
    """The answer to HEAD has no body, but its length; the connection goes on."""
    answers = [client.request(method, "/x") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert bool(answers[0].content) is has_body
    assert int(answers[0].headers["content-length"]) > 0


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: many\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ids=["length", "chunk"],
)
def test_an_unreadable_body_is_refused(server: Server, head: bytes) -> None:
    """Where the body ends cannot be known, so the connection ends too."""
    received = raw(server, b"POST / HTTP/1.1\r\nHost: x\r\n" + head)

    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in received


def test_a_failing_app_is_a_500_and_is_kept(server: Server, client: httpx.Client) -> None:
    """A mistake of the sandbox is answered, seen by tests, and ends nothing."""
    failed, after = client.get("/fail"), client.get("/")

    assert (failed.status_code, failed.json(), after.status_code) == (500, {"error": "sandbox failure"}, 200)
    assert [str(failure) for failure in server.failures] == ["asked to"]


def test_clients_that_go_away_do_no_harm(
    server: Server, client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """Half a body and a reset leave no noise, and the next client is served."""
    host, port = server.url.removeprefix("http://").split(":")
    for sent in (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", b"GE", b""):
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(sent)
        connection.close()

    assert client.get("/").status_code == 200
    assert capfd.readouterr() == ("", "")
    assert server.failures == []


def test_latency_is_added() -> None:
    """Every answer takes as much longer as was asked for."""
    with Server(echo, latency_seconds=0.1) as server, httpx.Client(trust_env=False, verify=False) as client:
        begun = time.monotonic()
        client.get(server.url)

    assert time.monotonic() - begun >= 0.1


def test_stopping_cuts_open_connections_and_frees_the_port() -> None:
    """After the stop nothing is served any more, and the same port can be taken at once."""
    with Server(echo) as first:
        port = int(first.url.rpartition(":")[2])
        kept = socket.create_connection(("127.0.0.1", port), timeout=5)
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        kept.recv(65536)

    with kept:
        assert kept.recv(1) == b""
    with Server(echo, port=port) as second:
        assert second.url == f"http://127.0.0.1:{port}"


def test_a_taken_port_is_an_error(server: Server) -> None:
    """Two servers never share a port."""
    second = Server(echo, port=int(server.url.rpartition(":")[2]))

    with pytest.raises(OSError, match="in use"):
        second.start()


def test_a_stopped_server_has_no_address() -> None:
    """The address is known only while it is served; stopping twice is no mistake."""
    server = Server(echo)
    server.stop()

    with pytest.raises(RuntimeError, match=r"^the server has no address before it is started$"):
        _ = server.url
