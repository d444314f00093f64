"""What every call of a vendor passes, put together: guard, recorder, cassette, budget, wire."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

from pytest_golive import __version__
from pytest_golive.cassettes.filtering import Called, listed
from pytest_golive.cassettes.recordings import Recordings
from pytest_golive.cassettes.transport import Playback
from pytest_golive.exchange.budget import Budget
from pytest_golive.exchange.guard import Guard
from pytest_golive.exchange.pace import Pace
from pytest_golive.exchange.recorder import SHOWN_HEADERS, Recorder
from pytest_golive.exchange.wire import wire
from pytest_golive.vendors.pack import Pack

USER_AGENT = f"pytest-golive/{__version__}"
"""By this the vendor's log tells golive's calls from those of the integration, which may use the same key."""


def client(
    pack: Pack,
    base_url: str,
    place: str,
    scrub: Callable[[str], str],
    pace: Pace | None = None,
    recordings: Recordings | None = None,
) -> httpx.Client:
    """Return what reaches a vendor in one environment.

    Args:
        pack: the vendor's contract.
        base_url: where it is.
        place: vendor and environment, as recordings name them.
        scrub: masks known secrets in a text.
        pace: how fast it may be asked; None for as fast as one likes.
        recordings: plays and records calls; None where every call is asked and nothing is kept.
    """

    def reached() -> httpx.BaseTransport:
        return Budget(wire(base_url), pace)

    layers = reached() if recordings is None else Playback(recordings, _called(pack, place), reached)
    layers = Recorder(layers, scrub, pack.authentication.header, _shown(pack))
    # trust_env would mount proxy transports beside our layers; the wire asks for proxies itself.
    return httpx.Client(transport=Guard(layers, [base_url]), trust_env=False, headers={"user-agent": USER_AGENT})


def scrubbing(pack: Pack, scrub: Callable[[str], str]) -> Callable[[str], str]:
    """Mask also what looks like a key of this vendor and nobody told golive of: one that an answer hands out."""
    patterns = {re.compile(each.pattern) for each in pack.credentials.values() if each.pattern is not None}

    def scrubbed(text: str) -> str:
        text = scrub(text)
        for pattern in patterns:
            text = pattern.sub(f"[a key of {pack.vendor}]", text)
        return text

    return scrubbed


def _called(pack: Pack, place: str) -> Called:
    """Return what a recording may keep of this vendor's calls."""
    authentications = (pack.authentication, *pack.authentications.values())
    return Called(
        target=place,
        shown=SHOWN_HEADERS | _shown(pack),
        keys=listed(each.header for each in authentications),
    )


def _shown(pack: Pack) -> frozenset[str]:
    """Return the header names that the pack speaks of, beside the usual ones: they may be shown as evidence."""
    names = [*pack.headers, *pack.answer_headers]
    names += [each.header for each in (pack.versioning, pack.idempotency) if each is not None]
    names += [pack.idempotency.replayed] if pack.idempotency is not None and pack.idempotency.replayed else []
    names += pack.rate_limit.headers.values() if pack.rate_limit is not None else []
    # The recorder masks known secrets in them like everywhere.
    names += [each.header for each in pack.authentications.values()]
    return frozenset(name.lower() for name in names)
