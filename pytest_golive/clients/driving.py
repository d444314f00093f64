"""One scenario, from the fresh vendor to the trace: starts, warms up, arms, asks, stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_golive.clients.driver import Client
from pytest_golive.clients.examples import Examples, key_for
from pytest_golive.clients.program import Unstarted
from pytest_golive.clients.script import Ask, Scenario
from pytest_golive.clients.standin import Loop, StandIn
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Call, Trace
from pytest_golive.clients.vendor_behind import StoodIn
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import fingerprint
from pytest_golive.vendors.client_fault import is_of_kind

if TYPE_CHECKING:
    from pytest_golive.clients.setup import Setup

PLAIN_CALLS = 5
"""So many plain calls succeed before a client that golive does not start meets the next fault."""

GETTING_OVER = 1001
"""The number of the first of them, beyond those of a script."""

WARM_UP = "w"
"""How ids of calls begin that are made before the script; their requests are no part of the trace."""


class Undriven(Exception):
    """A scenario could not be driven.

    Attributes:
        expected: what has to work before anything can be said.
        actual: what happened.
    """

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(actual)
        self.expected = expected
        self.actual = actual


class Drive:
    """One scenario under way; run it once.

    Args:
        setup: the client.
        scenario: what is done to it.
        vendor: what answers behind the stand-in.
        loop: where the stand-in lives.
    """

    def __init__(self, setup: Setup, scenario: Scenario, vendor: StoodIn, loop: Loop) -> None:
        self._setup = setup
        self._scenario = scenario
        self._vendor = vendor
        self._redactor = Redactor(vendor.secrets().values())
        self._standin = StandIn(vendor, scenario.script, loop=loop, mask=self._redactor.scrub, fingerprint=fingerprint)
        self._examples = Examples(vendor)
        self._clients: list[Client] = []
        self._calls: dict[str, Call] = {}
        self._lock = threading.Lock()
        self._loop = loop
        self._armed = 0.0

    def run(self) -> Trace:
        """Drive, and return what was seen.

        Raises:
            Undriven: the client cannot be started, or fails without any fault.
        """
        scenario = self._scenario
        try:
            if scenario.prepare is not None:
                scenario.prepare(self._vendor)
            asks = [ask for ask in scenario.asks if not ask.warm_up]
            wanted = [self._arguments(ask) for ask in asks]
            client = self._started()
            self._get_over(client)
            self._warm_up(client)
            self._standin.arm()
            self._armed = time.monotonic()
            self._ask(client, asks, wanted)
            time.sleep(scenario.watch_seconds)
        finally:
            closed = [client.close() for client in self._clients]
            lag_seconds = self._loop.lag_since(self._armed)
            began = time.monotonic() - self._standin.now()
            lates = tuple((at - began, late) for at, late in self._loop.lates_since(self._armed))
            seen = self._standin.stop()
        return Trace(
            name=scenario.name,
            attempts=tuple(one for one in seen.attempts if not (one.call or "").startswith(WARM_UP)),
            connections=seen.connections,
            calls=tuple(self._calls[name] for name in sorted(self._calls, key=_number)),
            log=tuple(line for one in closed for line in one.log),
            leaks=tuple(dict.fromkeys(name for one in closed for name in one.leaks)),
            zero=seen.zero,
            lag_seconds=lag_seconds,
            unfired=seen.unfired,
            leak_places=tuple(dict.fromkeys(place for one in self._clients for place in one.leak_places)),
            keys=self._keys(),
            ids=self._vendor.ids,
            lates=lates,
        )

    def _keys(self) -> tuple[str, ...]:
        """Return the fingerprints of the keys that a client may send, the one that it was given first."""
        vendor = self._vendor
        others = [secret.reveal() for secret in vendor.secrets().values() if secret.reveal() != vendor.replaced_key]
        return tuple(fingerprint(key) for key in dict.fromkeys((self._key, *others)))

    @property
    def _key(self) -> str:
        """The key that the client is given at first."""
        return self._right_key if self._scenario.key == "right" else self._vendor.replaced_key

    @property
    def _right_key(self) -> str:
        return key_for(self._vendor, self._setup.operations)

    def _started(self, *, beside: bool = False) -> Client:
        vendor, scenario = self._vendor, self._scenario
        client = Client(
            self._setup,
            base_url=self._standin.base_url,
            api_key=self._key,
            ids=vendor.ids,
            environ={**self._standin.environ(), **filled(scenario.environ, self._standin.addresses())},
            redactor=self._redactor,
        )
        with self._lock:
            self._clients.append(client)
        try:
            client.start(beside=beside)
        except Unstarted as problem:
            raise Undriven("a client that can be started", str(problem)) from None
        return client

    def _get_over(self, client: Client) -> None:
        """Have a client that lives on from scenario to scenario get over the one before.

        It may rightly pause, rest, or have used up its retries. Plain calls are made until one succeeds, and some more.
        """
        if self._setup.started or self._scenario.key == "replaced":
            return
        reads = [name for name in self._setup.operations if is_of_kind(self._vendor.pack, name, "read")]
        ask = Ask((reads or [self._scenario.asks[0].operation])[0])
        until, left, pause = time.monotonic() + self._setup.start_seconds, PLAIN_CALLS, 0.2
        for number in count(GETTING_OVER):
            call = self._called(client, f"{WARM_UP}{number}", ask.operation, self._arguments(ask))
            left -= call.outcome == "ok"
            if left == 0 or time.monotonic() > until:
                return
            if call.outcome != "ok":
                time.sleep(pause)
                pause = min(2.0, pause * 1.5)

    def _warm_up(self, client: Client) -> None:
        for number, ask in enumerate((ask for ask in self._scenario.asks if ask.warm_up), start=1):
            call = self._called(client, f"{WARM_UP}{number}", ask.operation, self._arguments(ask))
            if call.outcome != "ok":
                told = f"the call before the fault failed: {ask.operation} {outcome_of(call)}"
                raise Undriven("a success without any fault", told)

    def _ask(self, client: Client, asks: Sequence[Ask], wanted: Sequence[Mapping[str, Any]]) -> None:
        """Ask for the calls: each once the one before it has ended, or beside it."""
        begun = time.monotonic()
        under_way: list[Future[Call]] = []
        with ThreadPoolExecutor(max(1, len(asks)), thread_name_prefix="golive-asks") as pool:
            for number, (ask, arguments) in enumerate(zip(asks, wanted, strict=True), start=1):
                if not ask.with_others:
                    for one in under_way:
                        one.result()
                    under_way.clear()
                time.sleep(max(ask.rests, begun + ask.after - time.monotonic(), 0.0))
                # There is but one of a client that golive does not start: it is asked for one call after the other.
                own = under_way and not self._setup.concurrent and self._setup.started
                under_way.append(
                    pool.submit(self._called_by_another, number, ask.operation, arguments)
                    if own
                    else pool.submit(self._kept, client, number, ask.operation, arguments)
                )
            for one in under_way:
                one.result()

    def _called_by_another(self, number: int, operation: str, arguments: Mapping[str, Any]) -> Call:
        """Make a call in a process of its own: the client does one after the other, and this is beside another."""
        return self._kept(self._started(beside=True), number, operation, arguments)

    def _kept(self, client: Client, number: int, operation: str, arguments: Mapping[str, Any]) -> Call:
        call = self._called(client, f"c{number}", operation, arguments)
        if self._scenario.key == "renewed":
            client.give(self._right_key)
        with self._lock:
            self._calls[call.id] = call
        return call

    def _called(self, client: Client, call_id: str, operation: str, arguments: Mapping[str, Any]) -> Call:
        standin = self._standin
        standin.begin_call(call_id, operation, arguments)
        answer = client.call(call_id, operation, arguments)
        # On the same clock, which golive's own threads may be late to look at.
        zero = time.monotonic() - standin.now()
        standin.end_call(call_id)
        return Call(
            id=call_id,
            operation=operation,
            arguments=dict(arguments),
            began_at=answer.began_at - zero,
            ended_at=answer.ended_at - zero,
            outcome=answer.outcome,
            result=answer.result,
            message=answer.message,
            crash=answer.crash,
        )

    def _arguments(self, ask: Ask) -> Mapping[str, Any]:
        usual = self._examples.arguments(ask.operation) if ask.arguments is None else ask.arguments
        return {name: value for name, value in {**usual, **ask.further}.items() if name not in ask.left_out}


def filled(environ: Mapping[str, str], addresses: Mapping[str, str]) -> dict[str, str]:
    """Return variables with the addresses of the stand-in's listeners filled in: `{elsewhere}`, `{proxy}`."""
    values = dict(environ)
    for name in environ:
        for place, address in addresses.items():
            values[name] = values[name].replace(f"{{{place}}}", address)
    return values


def _number(call_id: str) -> int:
    return int(call_id[1:])
