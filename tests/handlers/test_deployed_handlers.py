"""Faults that show only at a handler's own address: its certificate, and whether it is reached from outside."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.faults import reach
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.sender import send
from pytest_golive.handlers.setup import set_up
from pytest_golive.handlers.trying import try_fault
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import under_test


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Say nothing."""


class _Redirecting(_Taking):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(301)
        self.send_header("Location", "https://localhost/hooks")
        self.send_header("Content-Length", "0")
        self.end_headers()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of handshakes that fail, as they are meant to."""


@contextmanager
def served(kind: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a port of this machine, over TLS where a context is given."""
    server = _Server(("127.0.0.1", 0), kind)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def certified(folder: Path, *, name: str = "localhost", days: float = 90) -> tuple[Path, ssl.SSLContext]:
    """Write a certificate that signs itself; return it, and a server's context that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path, private)
    return path, context


@contextmanager
def deployed(url: str, folder: Path) -> Iterator[Lab]:
    """Have a handler at an address in the lab."""
    handler = Handler(vendor="timely", url=url, secret={"env": "HOOK_SECRET"})
    manifest = Manifest(golive=1, project="shop", handlers={"shop-hooks": handler})
    with under_test(set_up(manifest, "shop-hooks", folder)) as lab:
        yield lab


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "a-secret-of-these-tests-alone-0123456789")


def failed(url: str, folder: Path, fault: str) -> tuple[str, str]:
    """Return what a handler's finding expects, and what was seen."""
    with deployed(url, folder) as lab, pytest.raises(CheckFailed) as caught:
        try_fault(lab, fault)
    finding = caught.value.finding
    known = handler_faults()[fault]
    assert (finding.requirement, finding.fix) == (known.title, known.fix)
    return finding.expected, finding.actual


def test_these_are_the_faults_of_deployed_handlers() -> None:
    assert [fault for fault in functions() if handler_faults()[fault].deployed] == ["WH-60", "WH-62"]


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    return lambda certificate: monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.parametrize("how", [{}, {"chunk_bytes": 3, "pause_seconds": 0.05}, {"waits_for_continue": True}])
def test_a_parcel_gets_its_answer_over_tls(
    tmp_path: Path, trusted: Callable[[Path], None], how: dict[str, Any]
) -> None:
    """The tickets that come after a handshake are not taken for an answer, and the whole body is sent."""
    certificate, context = certified(tmp_path)
    trusted(certificate)
    with served(_Taking, context) as port:
        receipt = send(Parcel(f"https://localhost:{port}/hooks", body=b'{"event": 1}', **how), timeout_seconds=5)

    assert (receipt.ended, receipt.status) == ("answered", 200)


@pytest.mark.parametrize("beside", [None, _Redirecting])
def test_tls_as_it_should_be_raises_no_alarm(
    tmp_path: Path,
    trusted: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    beside: type[BaseHTTPRequestHandler] | None,
) -> None:
    """With nobody at the port for plain HTTP, and with a server there that redirects."""
    certificate, context = certified(tmp_path)
    trusted(certificate)
    with served(_Taking, context) as port, served(beside or _Taking) as clear:
        monkeypatch.setattr(reach, "CLEAR_PORTS", {port: clear if beside else 1})
        with (
            deployed(f"https://localhost:{port}/hooks", tmp_path) as lab,
            recording(CheckRecord("handler_withstands")) as record,
        ):
            try_fault(lab, "WH-60")

    assert (record.notes, record.warnings) == ([], [])


def test_a_port_of_its_own_has_no_counterpart_and_an_end_that_is_near_is_a_warning(
    tmp_path: Path, trusted: Callable[[Path], None]
) -> None:
    certificate, context = certified(tmp_path, days=3.2)
    trusted(certificate)
    with (
        served(_Taking, context) as port,
        deployed(f"https://localhost:{port}/hooks", tmp_path) as lab,
        recording(CheckRecord("handler_withstands")) as record,
    ):
        try_fault(lab, "WH-60")

    assert record.notes == [f"plain HTTP was not tried: nothing tells the port that would belong to {port}"]
    (warning,) = record.warnings
    assert warning.startswith("the certificate of localhost ends in 3 days, on ")


@pytest.mark.parametrize(
    ("how", "actual"),
    [
        ({"days": -1}, "certificate has expired"),
        (
            {"name": "other.example"},
            "Hostname mismatch, certificate is not valid for 'localhost'.",
        ),
    ],
)
def test_a_certificate_that_is_not_valid_is_seen(
    tmp_path: Path, trusted: Callable[[Path], None], how: dict[str, Any], actual: str
) -> None:
    certificate, context = certified(tmp_path, **how)
    trusted(certificate)
    with served(_Taking, context) as port:
        found = failed(f"https://localhost:{port}/hooks", tmp_path, "WH-60")

    assert found == ("a valid certificate for localhost", f"localhost:{port}: {actual}")


def test_a_certificate_that_nobody_trusts_is_seen(tmp_path: Path) -> None:
    _, context = certified(tmp_path)
    with served(_Taking, context) as port:
        found = failed(f"https://localhost:{port}/hooks", tmp_path, "WH-60")

    assert found == ("a valid certificate for localhost", f"localhost:{port}: self-signed certificate")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_of_old_is_seen(tmp_path: Path, trusted: Callable[[Path], None]) -> None:
    certificate, context = certified(tmp_path)
    trusted(certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with served(_Taking, context) as port:
        found = failed(f"https://localhost:{port}/hooks", tmp_path, "WH-60")

    assert found == ("TLS 1.2 or newer, and nothing older", f"localhost:{port} took TLSv1.1")


def test_plain_http_beside_is_seen(
    tmp_path: Path, trusted: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = certified(tmp_path)
    trusted(certificate)
    with served(_Taking, context) as port, served(_Taking) as clear:
        monkeypatch.setattr(reach, "CLEAR_PORTS", {port: clear})
        expected, actual = failed(f"https://localhost:{port}/hooks", tmp_path, "WH-60")

    assert expected == "no 2xx"
    assert actual.startswith(f"a delivery over plain HTTP to http://localhost:{clear}/hooks answered 200 in ")


def test_what_speaks_no_tls_is_seen(tmp_path: Path) -> None:
    with served(_Taking) as port:
        expected, actual = failed(f"https://localhost:{port}/hooks", tmp_path, "WH-60")

    assert expected == f"TLS 1.2 or newer at localhost:{port}"
    # OpenSSL's versions differ in what they call it.
    assert actual in {"the handshake failed: wrong version number", "the handshake failed: record layer failure"}


def test_an_address_without_tls_is_seen_without_asking(tmp_path: Path) -> None:
    assert failed("http://10.0.0.1/hooks", tmp_path, "WH-60") == (
        "an address of https",
        "the registered address is http://10.0.0.1/hooks",
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    [("WH-60", "its certificate"), ("WH-62", "whether the vendor reaches it")],
)
def test_an_address_of_this_machine_shows_nothing(tmp_path: Path, fault: str, told: str) -> None:
    with deployed("http://127.0.0.1:9/hooks", tmp_path) as lab, pytest.raises(NotVerified) as caught:
        try_fault(lab, fault)

    assert str(caught.value) == f"handlers.shop-hooks.url is on this machine: that does not show {told}"


@pytest.mark.parametrize(
    ("host", "actual"),
    [
        ("10.1.2.3", "10.1.2.3 is an address of a private network"),
        ("[fd00::1]", "fd00::1 is an address of a private network"),
        ("hooks.shop.internal", "nobody outside can look up the name hooks.shop.internal"),
        ("hooks", "nobody outside can look up the name hooks"),
    ],
)
def test_an_address_that_is_not_public_is_seen(tmp_path: Path, host: str, actual: str) -> None:
    assert failed(f"https://{host}/hooks", tmp_path, "WH-62") == ("a public name with a public address", actual)


class _Network:
    """What names lead to, and who is there: in the place of the network that a test does not have."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, leads_to: str | Exception, there: Exception | None) -> None:
        self.leads_to, self.there = leads_to, there
        monkeypatch.setattr(socket, "getaddrinfo", self.looked_up)
        monkeypatch.setattr(socket, "create_connection", self.connected)

    def looked_up(self, host: str, port: int, **_: Any) -> list[Any]:
        if isinstance(self.leads_to, Exception):
            raise self.leads_to
        return [(None, None, None, "", (self.leads_to, port))]

    def connected(self, address: tuple[str, int], timeout: float) -> Any:
        if self.there is not None:
            raise self.there
        return _Connection()


class _Connection:
    def close(self) -> None:
        """End it."""


URL = "https://hooks.shop.com/timely"
PUBLIC = "93.184.215.14"


def test_a_public_address_that_answers_raises_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _Network(monkeypatch, PUBLIC, None)
    with deployed(URL, tmp_path) as lab:
        try_fault(lab, "WH-62")


@pytest.mark.parametrize(
    ("leads_to", "there", "expected", "actual"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            None,
            "a public name with a public address",
            "hooks.shop.com leads nowhere: Name or service not known",
        ),
        (
            PUBLIC,
            ConnectionRefusedError(111, "Connection refused"),
            "a connection",
            "none to hooks.shop.com:443: Connection refused",
        ),
    ],
)
def test_nobody_there_is_seen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    leads_to: str | Exception,
    there: Exception | None,
    expected: str,
    actual: str,
) -> None:
    _Network(monkeypatch, leads_to, there)

    assert failed(URL, tmp_path, "WH-62") == (expected, actual)


@pytest.mark.parametrize(
    ("leads_to", "there", "actual"),
    [
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            None,
            "names cannot be looked up from here: Temporary failure in name resolution",
        ),
        ("10.0.0.7", None, "from here hooks.shop.com leads to 10.0.0.7, of a private network"),
        (PUBLIC, TimeoutError(), "none to hooks.shop.com:443 within 10 s from here"),
    ],
)
def test_what_may_be_this_network_s_doing_is_inconclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads_to: str | Exception, there: Exception | None, actual: str
) -> None:
    _Network(monkeypatch, leads_to, there)
    with deployed(URL, tmp_path) as lab, pytest.raises(CannotTell) as caught:
        try_fault(lab, "WH-62")

    assert caught.value.finding.actual == actual
