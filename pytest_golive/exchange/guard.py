"""No call leaves for a host that golive.yaml does not name."""

from __future__ import annotations

from collections.abc import Iterable

import httpx


class HostNotAllowed(Exception):
    """A call was about to go to a host outside the configured environment."""


class Guard(httpx.BaseTransport):
    """Lets a request through only to an allowed origin, whatever a redirect or a test says.

    Args:
        inner: the next layer.
        origins: base URLs whose scheme, host and port are allowed.
    """

    def __init__(self, inner: httpx.BaseTransport, origins: Iterable[str]) -> None:
        self._inner = inner
        self._origins = frozenset(origin(httpx.URL(url)) for url in origins)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on.

        Raises:
            HostNotAllowed: the origin is not one of the environment's.
        """
        asked = origin(request.url)
        if asked not in self._origins:
            raise HostNotAllowed(f"{asked} is not in this environment; allowed: {', '.join(sorted(self._origins))}")
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()


def origin(url: httpx.URL) -> str:
    """Return scheme, host and port of a URL, the port always told."""
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return f"{url.scheme}://{url.host}:{port}"
