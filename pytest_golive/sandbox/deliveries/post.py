"""One POST to a handler, and what came of it."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

READ = 64 * 1024
"""Bytes of an answer that are read."""

KEPT = 2_000
"""Characters of an answer that are kept."""

LONGEST_PAUSE_SECONDS = 86_400.0
"""What a Retry-After may ask for."""

Kind = Literal["answered", "network", "timeout", "not_sent"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one POST.

    Attributes:
        kind: answered; network: no connection, or it broke; timeout; not_sent: the sandbox does not send there.
        milliseconds: how long it took; None where nothing was sent.
        status: what was answered.
        body: the beginning of the answer.
        retry_after: the answer's Retry-After, as it was sent.
        error: why this is no success, as a sentence.
    """

    kind: Kind
    milliseconds: int | None = None
    status: int | None = None
    body: str = ""
    retry_after: str | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the handler took it."""
        return self.status is not None and 200 <= self.status <= 299

    def is_one_of(self, classes: tuple[str, ...]) -> bool:
        """Whether it is of one of these classes: `network`, `timeout`, `5xx`, or a status."""
        if self.status is None:
            return self.kind in classes
        return str(self.status) in classes or f"{self.status // 100}xx" in classes


@dataclass(slots=True)
class Postman:
    """Sends; each delivery over a connection of its own, as a handler that was started anew would break a kept one.

    Redirects are not followed, proxies not asked, and only this machine and the named hosts are sent to.

    Attributes:
        hosts: further hosts that may be sent to.
    """

    hosts: frozenset[str] = frozenset()
    _clients: dict[bool, httpx.AsyncClient] = field(default_factory=dict)

    def reaches(self, url: str) -> bool:
        """Whether an address is one that may be sent to."""
        host = urlsplit(url).hostname or ""
        return is_this_machine(host) or host in self.hosts

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float) -> Outcome:
        """Send a delivery, and return what came of it. All of it has to be over within the time."""
        import httpx

        host = urlsplit(url).hostname or ""
        if not self.reaches(url):
            return Outcome(
                "not_sent", error=f"{host or url} is neither this machine nor named by --deliver: nothing was sent"
            )
        client = self._client(verified=not is_this_machine(host))
        begun = time.monotonic()
        try:
            async with asyncio.timeout(timeout_seconds):
                outcome = await _exchanged(client, url, headers, body)
        except TimeoutError:
            outcome = Outcome("timeout", error=f"no answer within {timeout_seconds:g} s")
        except (httpx.ConnectError, OSError) as error:
            outcome = Outcome("network", error=f"no connection to {host}:{_port(url)}: {error}")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Outcome("not_sent", error=f"{url} is no address of http or https: nothing was sent")
        except httpx.LocalProtocolError as error:
            return Outcome("not_sent", error=f"a header cannot be sent: {error}")
        except httpx.HTTPError:
            outcome = Outcome("network", error="the connection broke before there was an answer")
        return _timed(outcome, begun)

    async def close(self) -> None:
        """Give back what sending took."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _client(self, *, verified: bool) -> httpx.AsyncClient:
        import httpx

        if verified not in self._clients:
            # A handler at the desk has a certificate of its own making; one elsewhere has to have a right one.
            self._clients[verified] = httpx.AsyncClient(
                verify=verified,
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113  # all of it together has its time
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                headers={"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"},
            )
        return self._clients[verified]


def is_this_machine(host: str) -> bool:
    """Whether a host is the one this runs on, by its name or address alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pause_asked(value: str | None, now: float) -> float:
    """Return how many seconds a Retry-After, written either way, asks to wait; 0 where it says nothing of use."""
    if value is None:
        return 0.0
    if value.strip().isascii() and value.strip().isdecimal():
        return min(float(value), LONGEST_PAUSE_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, moment.timestamp() - now), LONGEST_PAUSE_SECONDS)


async def _exchanged(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    async with client.stream("POST", url, headers=raw, content=body) as response:
        answer = bytearray()
        async for piece in response.aiter_raw():
            answer += piece
            if len(answer) >= READ:
                break
    outcome = Outcome(
        "answered",
        status=response.status_code,
        body=answer[:READ].decode("utf-8", "replace")[:KEPT],
        retry_after=response.headers.get("Retry-After"),
    )
    return outcome if outcome.accepted else _refused(outcome)


def _refused(outcome: Outcome) -> Outcome:
    aside = ": redirects are not followed" if outcome.status and 300 <= outcome.status <= 399 else ""
    return replace(outcome, error=f"answered {outcome.status}{aside}")


def _timed(outcome: Outcome, begun: float) -> Outcome:
    return replace(outcome, milliseconds=round((time.monotonic() - begun) * 1000))


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
