"""The stand-in of one scenario: four addresses on loopback, one of which is the vendor's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from pytest_golive.clients.certificates import HOST, certificates
from pytest_golive.clients.script import Script, Step
from pytest_golive.clients.standin.attribution import Asked, Desk
from pytest_golive.clients.standin.keys import Keys, lowered
from pytest_golive.clients.standin.listener import Joined, Listener, ListenerName
from pytest_golive.clients.standin.loop import Loop
from pytest_golive.clients.standin.progress import Progress
from pytest_golive.clients.standin.request import Head, request_of
from pytest_golive.clients.standin.seen import Entry, Seen, attempts_of, connections_of
from pytest_golive.clients.standin.serving import Serving
from pytest_golive.clients.step_words import step_words
from pytest_golive.clients.vendor_behind import StoodIn
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.sandbox.http import Response, json_response

ADDRESS = "127.0.0.1"


class StandInError(RuntimeError):
    """The stand-in itself failed; nothing that was seen may be judged."""


class StandIn:
    """A vendor that does what a script says, and the vendor's real thing otherwise.

    It listens from when it is made until :meth:`stop`. Before :meth:`arm` it answers everything truly, so that a
    client can be warmed up. Its methods are for other threads than the loop's.

    Args:
        vendor: what lies behind.
        script: what happens.
        loop: what it runs on.
        mask: takes every secret of the run out of a text; those of the vendor are masked in any case.
        fingerprint: names a key without giving it away.

    Attributes:
        base_url: what stands in the place of the vendor's documented base URL.
    """

    def __init__(
        self,
        vendor: StoodIn,
        script: Script,
        *,
        loop: Loop,
        mask: Callable[[str], str],
        fingerprint: Callable[[str], str],
    ) -> None:
        self.vendor = vendor
        self.script = script
        self._loop = loop
        self._zero, self._zero_monotonic = time.time(), time.monotonic()
        own = Redactor(vendor.secrets().values())
        known = [secret.reveal() for secret in vendor.secrets().values()]
        known += [vendor.api_key, vendor.replaced_key]
        self._keys = Keys(vendor.pack, known, fingerprint, lambda text: mask(own.scrub(text)))
        self._desk = Desk()
        self._progress = Progress(script)
        self._entries: list[Entry] = []
        self._joined: list[Joined] = []
        self._serving = Serving(
            begin=self._begin,
            vendor=self._truly,
            otherwise=self._otherwise,
            refuse=self._refusal,
            places=self._places,
        )
        self._listeners = self._made()
        self._stopped: Seen | None = None
        loop.run(self._open())
        self.base_url = self._listeners["vendor"].origin + vendor.pack.base_url.path

    # ------------------------------------------------------------------ before and while a client is driven

    def addresses(self) -> Mapping[str, str]:
        """Return the origins of all listeners: vendor, elsewhere (another host), plain (http), proxy."""
        return {name: listener.origin for name, listener in self._listeners.items()}

    def environ(self) -> dict[str, str]:
        """Return the variables that a client needs to know the authority of the certificates; none for plain http."""
        return certificates().environ() if self.script.tls else {}

    def now(self) -> float:
        """Return the time of the trace."""
        return time.monotonic() - self._zero_monotonic

    def begin_call(self, call_id: str, operation: str, arguments: Mapping[str, Any] | None) -> None:
        """Take note of a call that begins now, so that requests can be given to it."""
        self._desk.begin(Asked(call_id, operation, dict(arguments or {})))

    def end_call(self, call_id: str) -> None:
        """Take note of a call that is over."""
        self._desk.end(call_id)

    def arm(self) -> None:
        """Let the script begin."""
        self._loop.run(self._arm())

    def seen(self) -> Seen:
        """Return what was seen until now."""
        if self._stopped is not None:
            return self._stopped
        entries, joined = self._loop.run(self._copied())
        pack = self.vendor.pack
        return Seen(
            attempts=attempts_of(entries, pack, self._keys, self._since),
            connections=connections_of(joined, self._since),
            unfired=self._progress.unfired(),
            lag_seconds=self._loop.lag_since(self._zero_monotonic),
            zero=self._zero,
        )

    def stop(self) -> Seen:
        """End everything, and return what was seen. Stopping twice returns the same.

        Raises:
            StandInError: something went wrong here, which the client may have taken for the vendor's doing.
        """
        if self._stopped is None:
            seen = self.seen()
            self._loop.run(self._close())
            self.vendor.close()
            self._stopped = seen
        failures = [failure for listener in self._listeners.values() for failure in listener.failures]
        if failures:
            told = f"{type(failures[0]).__name__}: {failures[0]}"
            raise StandInError(f"the stand-in failed, so what its client did says nothing: {told}") from failures[0]
        if self.vendor.failures:
            raise StandInError(f"{self.vendor.failures[0]}; what its client did says nothing")
        return self._stopped

    # ------------------------------------------------------------------ on the loop

    def _made(self) -> dict[ListenerName, Listener]:
        tls = self.script.tls
        # Secured, the vendor is called by a name: certificates for bare addresses are rare, and some clients know none.
        vendor, other = (HOST, ADDRESS) if tls else (ADDRESS, HOST)

        def made(name: ListenerName, host: str) -> Listener:
            return Listener(name, host, self._serving.serve, self._join)

        listeners: dict[ListenerName, Listener] = {
            "vendor": made("vendor", vendor),
            "elsewhere": made("elsewhere", other),
            "plain": made("plain", vendor),
            "proxy": made("proxy", ADDRESS),
        }
        listeners["vendor"].proof = tls
        listeners["elsewhere"].proof = "good" if tls else ""
        return listeners

    async def _open(self) -> None:
        for listener in self._listeners.values():
            listener.open()

    async def _arm(self) -> None:
        self._progress.armed = True
        if not self.script.connects:
            return
        vendor = self._listeners["vendor"]
        if self.script.connects == "refused":
            await vendor.refuse()
        else:
            await vendor.fall_silent()
        for joined in self._joined:
            if joined.listener == "vendor" and joined.line is not None:
                joined.line.close()

    async def _copied(self) -> tuple[list[Entry], list[Joined]]:
        return list(self._entries), list(self._joined)

    async def _close(self) -> None:
        for joined in self._joined:
            if joined.line is not None:
                joined.line.reset()
        await asyncio.gather(*(listener.close() for listener in self._listeners.values()))
        await asyncio.gather(*(joined.line.lost for joined in self._joined if joined.line is not None))

    def _join(self, listener: ListenerName) -> Joined:
        joined = Joined(len(self._joined), listener, time.monotonic())
        self._joined.append(joined)
        return joined

    def _begin(self, head: Head, joined: Joined) -> tuple[Entry, Step]:
        local = head.method != "CONNECT"
        operation = self.vendor.operation_of(head.method.upper(), head.path) if local else None
        scheme = "https" if self._listeners[joined.listener].proof else "http"
        entry = Entry(head, joined, scheme, operation, self._desk.under_way())
        query = {name: values[-1] for name, values in head.query.items()} if local else {}
        step = self._progress.take(joined.listener, operation, query, lowered(head.fields))
        entry.fired = step_words(step)
        self._entries.append(entry)
        return entry, step

    async def _truly(self, entry: Entry) -> Response:
        request = request_of(entry.head, entry.body)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._loop.workers, self.vendor.answer, request, entry.head.local)

    async def _refusal(self, status: int) -> Response:
        return await asyncio.get_running_loop().run_in_executor(self._loop.workers, self.vendor.refusal, status)

    def _otherwise(self, entry: Entry) -> Response | None:
        """Return what a listener besides the vendor's answers where the script says nothing."""
        where = entry.joined.listener
        if where == "elsewhere":
            return json_response(404, {"error": "not found"})
        if where == "proxy":
            return json_response(502, {"error": "this proxy leads nowhere"})
        if where == "plain":
            return Response(308, {"Location": self._listeners["vendor"].origin + entry.head.local})
        return None

    def _places(self, entry: Entry) -> Mapping[str, str]:
        return {**self.addresses(), "target": entry.head.local}

    def _since(self, moment: float) -> float:
        return moment - self._zero_monotonic
