"""Reach: a handler's public address, looked at from outside as its vendor sees it."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import warnings
from dataclasses import replace
from typing import NoReturn
from urllib.parse import urlsplit

from pytest_golive.facts.finding import NotVerified
from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.trial import Trial
from pytest_golive.sandbox.deliveries.post import is_this_machine

CONNECT_SECONDS = 10.0
SOON_DAYS = 14
"""A certificate that ends within them is worth a warning."""

CLEAR_PORTS = {443: 80, 8443: 8080}
"""Where plain HTTP is served beside HTTPS."""

NOT_PUBLIC = (".local", ".internal", ".intranet", ".lan", ".home.arpa", ".test", ".invalid", ".example")
"""Ends of names that nobody outside can look up."""


@fault("WH-60")
def tls(trial: Trial) -> None:
    """A handshake as vendors make it, one with what TLS was before 1.2, and a delivery in the clear."""
    parts = urlsplit(trial.lab.url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        if is_this_machine(host):
            _not_from_here(trial, "its certificate")
        trial.must(False, expected="an address of https", actual=f"the registered address is {trial.lab.url}")
    port = parts.port or 443
    _must_be_certified(trial, host, port)
    version = _old_version(trial, host, port)
    trial.must(not version, expected="TLS 1.2 or newer, and nothing older", actual=f"{host}:{port} took {version}")
    _must_not_take_in_the_clear(trial, host, port)


@fault("WH-62")
def reachable(trial: Trial) -> None:
    """The address by its name, then by what it leads to, then a connection."""
    parts = urlsplit(trial.lab.url)
    host = parts.hostname or ""
    if is_this_machine(host):
        _not_from_here(trial, "whether the vendor reaches it")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    expected = "a public name with a public address"
    private = host.endswith(NOT_PUBLIC) or ("." not in host and ":" not in host)
    trial.must(not private, expected=expected, actual=f"nobody outside can look up the name {host}")
    trial.must(_is_public(host, unless=True), expected=expected, actual=f"{host} is an address of a private network")
    found = _addresses(trial, host, port, expected)
    if not any(_is_public(address) for address in found):
        # Inside a company's network a public name may lead to a private address, and from outside to a public one.
        trial.cannot_tell(expected, f"from here {host} leads to {', '.join(found)}, of a private network")
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except TimeoutError:
        trial.cannot_tell("a connection", f"none to {host}:{port} within {CONNECT_SECONDS:g} s from here")
    except OSError as problem:
        trial.must(False, expected="a connection", actual=f"none to {host}:{port}: {problem.strerror or problem}")


def _not_from_here(trial: Trial, what: str) -> NoReturn:
    place = f"{trial.lab.setup.key}.url"
    raise NotVerified(f"{place} is on this machine: that does not show {what}", key=place)


def _is_public(address: str, *, unless: bool = False) -> bool:
    """Whether an address is one of the public network; `unless` for what is no address but a name."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return unless


def _addresses(trial: Trial, host: str, port: int, expected: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as problem:
        if problem.errno == socket.EAI_AGAIN:
            trial.cannot_tell(expected, f"names cannot be looked up from here: {problem.strerror}")
        trial.must(False, expected=expected, actual=f"{host} leads nowhere: {problem.strerror}")
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _must_be_certified(trial: Trial, host: str, port: int) -> None:
    """Demand a certificate that is valid, for this name, from somebody who is trusted."""
    __tracebackhide__ = True
    expected = f"a valid certificate for {host}"
    try:
        with (
            socket.create_connection((host, port), CONNECT_SECONDS) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured,
        ):
            ends = str((secured.getpeercert() or {}).get("notAfter", ""))
    except ssl.SSLCertVerificationError as problem:
        trial.must(False, expected=expected, actual=f"{host}:{port}: {problem.verify_message}")
    except ssl.SSLError as problem:
        told = (problem.reason or str(problem)).replace("_", " ").lower()
        trial.must(False, expected=f"TLS 1.2 or newer at {host}:{port}", actual=f"the handshake failed: {told}")
    except OSError as problem:
        trial.cannot_tell(expected, f"no connection to {host}:{port}: {problem.strerror or problem}")
    else:
        days = (ssl.cert_time_to_seconds(ends) - time.time()) / 86_400
        if days < SOON_DAYS:
            trial.warn(f"the certificate of {host} ends in {days:.0f} days, on {ends}")


def _old_version(trial: Trial, host: str, port: int) -> str:
    """Return what the server agreed on when nothing newer than TLS 1.1 was offered; '' where it refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")  # otherwise OpenSSL itself offers nothing so old
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            socket.create_connection((host, port), CONNECT_SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=host) as secured,
        ):
            return secured.version() or ""
    except ssl.SSLError as problem:
        if problem.reason in {"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "NO_CIPHER_MATCH"}:
            trial.cannot_tell("to offer TLS 1.1", "the OpenSSL of this machine knows nothing so old")
        return ""
    except (OSError, ValueError):
        return ""


def _must_not_take_in_the_clear(trial: Trial, host: str, port: int) -> None:
    """Demand that plain HTTP takes no event; a redirect or a refusal is as good as nobody there."""
    __tracebackhide__ = True
    clear = CLEAR_PORTS.get(port)
    if clear is None:
        trial.note(f"plain HTTP was not tried: nothing tells the port that would belong to {port}")
        return
    parts = urlsplit(trial.lab.url)
    name = f"[{host}]" if ":" in host else host
    url = parts._replace(scheme="http", netloc=name if clear == 80 else f"{name}:{clear}").geturl()
    parcel = replace(trial.genuine(trial.some_event), url=url, said="a delivery over plain HTTP")
    receipt = trial.send(parcel, timeout_seconds=CONNECT_SECONDS)
    trial.must(not receipt.accepted, expected="no 2xx", actual=f"{parcel.said} to {url} {receipt.told}")
