"""What the stand-in does in the place of the vendor: steps per operation and attempt, as values that can be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_golive.sandbox.http import Response

Break = Literal[
    "reset_before_reading",  # RST as soon as the head is there, the body unread
    "reset",  # the request is read whole, then RST
    "reset_in_answer",  # head and half of the body, then RST
    "close",  # the request is read whole, then FIN without a byte
    "close_in_answer",  # a body shorter than its Content-Length, then FIN
    "bad_chunk",  # chunked, and one chunk's size is no number
    "hang",  # nothing, until the client leaves
    "hang_in_answer",  # head and half of the body, then nothing
]
"""How a connection breaks in the place of a whole answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one request.

    Attributes:
        status: status to answer with; None: the vendor's real answer, which then really happens at the vendor.
        headers: further header fields, replacing the same names. `{date+3}` becomes an HTTP date three seconds on,
            `{date-60}` one of a minute ago, `{elsewhere}` the address of the second host, `{plain}` that of the plain
            listener, `{vendor}` that of the vendor's listener, `{proxy}` that of the proxy, `{target}` path and query
            of the request. The same holds in `body`, and in what `change` returns.
        body: body of the answer; None: an error body as the vendor writes it, or the real one.
        change: turns the vendor's real answer into another one; only with `status` None.
        wait: seconds before the head of the answer.
        pause: seconds between the bytes of the body.
        breaks: how the connection breaks; "": it does not.
        happens: with a status or a break: whether the vendor gets the request all the same, so that its effect is
            there.
        closes: `Connection: close` is answered, and done.
        informs: interim statuses before the answer: (103,).
        said: in words, for traces and findings.
        idles: seconds after the answer when the connection is closed without a word; None: it is kept.
        until_next: the answer waits until the next request of the same operation has arrived, over whichever
            connection; so long as `wait` says at most.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    change: Callable[[Response], Response] | None = None
    wait: float = 0.0
    pause: float = 0.0
    breaks: Break | Literal[""] = ""
    happens: bool = False
    closes: bool = False
    informs: tuple[int, ...] = ()
    said: str = ""
    idles: float | None = None
    until_next: bool = False


REAL = Step()
"""The vendor's real answer."""

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that the client is asked for.

    Attributes:
        operation: what to do.
        arguments: with what; None: the pack's example.
        further: arguments that are put over those.
        left_out: arguments that are left out of those.
        after: seconds after the scenario's beginning.
        rests: seconds of rest before it, once the calls before it have ended.
        with_others: asked without waiting for the answers of earlier ones.
        warm_up: asked before the script begins, so that start-up costs nothing; it has to succeed.
    """

    operation: str
    arguments: Mapping[str, Any] | None = None
    further: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    after: float = 0.0
    rests: float = 0.0
    with_others: bool = False
    warm_up: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What the stand-in does to whom.

    Attributes:
        steps: operation -> its requests' steps, in order of arrival; "*" for operations that are not named, and for
            paths that no operation has. "@elsewhere", "@plain" and "@proxy" are what reaches those listeners.
        then: operation -> what happens to its further requests; "*" likewise. Without an entry: the real answer.
        tls: how the vendor's listener proves itself; "": plain http.
        choose: in the place of steps: gets the operation and how many of its requests came before, and the request's
            query and headers; for steps that depend on what is asked. None: as steps and then say.
        connects: what new connections to the vendor meet once the script has begun: "": they are accepted; refused;
            silent: nobody answers them, as where a packet filter swallows everything. Open ones are closed.
    """

    steps: Mapping[str, Steps] = field(default_factory=dict)
    then: Mapping[str, Step] = field(default_factory=dict)
    tls: Literal["", "good", "self_signed", "wrong_host", "expired"] = ""
    choose: Callable[[str, int, Mapping[str, str], Mapping[str, str]], Step | None] | None = None
    connects: Literal["", "refused", "silent"] = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One drive of a client, in a process of its own.

    Attributes:
        name: unique for what it does, so that faults that look at the same drive share it.
        asks: the calls, in order.
        script: what the stand-in does.
        seconds: how long the drive may take beyond the client's own promise (`call_seconds`) per call in sequence.
        environ: further variables of the process; `{elsewhere}`, `{proxy}`, `{plain}`, `{vendor}` are filled in.
        key: which key the client is given: the right one, one that was replaced, or that for its first call alone.
        prepare: gets the fresh vendor before the drive: makes more things, so that listings have pages.
        watch_seconds: how long the stand-in goes on looking after the last answer, for what still comes.
    """

    name: str
    asks: tuple[Ask, ...]
    script: Script = Script()
    seconds: float = 5.0
    environ: Mapping[str, str] = field(default_factory=dict)
    key: Literal["right", "replaced", "renewed"] = "right"
    prepare: Callable[[Any], None] | None = None
    watch_seconds: float = 0.0
