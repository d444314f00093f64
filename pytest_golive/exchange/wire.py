"""The socket below all layers: one per vendor, with the proxy the environment names."""

from __future__ import annotations

import ssl
import urllib.request
from functools import cache

import httpx

from pytest_golive.manifest.values import is_loopback


def wire(base_url: str) -> httpx.HTTPTransport:
    """Return the transport that reaches ``base_url``.

    Proxy variables are honoured as curl does, except towards loopback: a proxy has nothing to say about a server
    on this machine.
    """
    url = httpx.URL(base_url)
    context = _trusting() if url.scheme == "https" else _trusting_nobody()
    return httpx.HTTPTransport(verify=context, proxy=_proxy(url))


@cache
def _trusting() -> ssl.SSLContext:
    # Shared: building it takes about 90 ms, more than most calls.
    return httpx.create_ssl_context()


@cache
def _trusting_nobody() -> ssl.SSLContext:
    # For plain http: costs nothing to build, and should TLS be met after all, the handshake fails.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _proxy(url: httpx.URL) -> str | None:
    if is_loopback(url.host) or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(url.scheme) or proxies.get("all")
