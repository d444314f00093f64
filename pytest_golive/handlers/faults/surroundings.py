"""Semantics seen from outside: what a handler fetches, what it writes, and what one event does to the others."""

from __future__ import annotations

import random
import re
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.downstream import LOOPBACK, Downstream
from pytest_golive.handlers.event_shape import leaves, place_of
from pytest_golive.handlers.genuine import with_fields
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial
from pytest_golive.sandbox.deliveries.post import is_this_machine

OUTAGES = (
    ("was answered 500", 500, 0.0),
    ("was answered 503 after a second", 503, 1.0),
)
"""How what the handler fetches details from may be out of order. No 404: what is gone need not be done any more."""

ADDRESS = re.compile(r"(^|_)(url|uri|href|link|callback|webhook)$", re.IGNORECASE)
"""How fields are called that hold addresses."""

FURTHER_ADDRESSES = ("url", "callback_url", "image_url")
"""Fields of this kind that an event gets beside its own."""

LOOK_SECONDS = 1.0
"""How long golive waits for a call or a line of the log that had better not come."""

GOOD = 10
"""Events that are sent after the one that cannot be done."""

PERSONAL = {"name": "a name", "email": "an e-mail address", "phone": "a phone number", "content": "what somebody wrote"}
"""Fields about a person, and what stands in them."""

SHORTEST_SECRET = 8
"""Characters from which on a secret in a log is no coincidence."""


@fault("WH-69")
def details_out_of_reach(trial: Trial) -> None:
    """What the handler calls for an event fails, once; the vendor sends again what was not accepted."""
    for said, status, seconds in OUTAGES:
        parcel = trial.genuine(said=f"an event whose call downstream {said}")
        with trial.lab.downstream.behaving(status=status, seconds=seconds) as mood:
            receipt = trial.send(parcel)
            _wait(lambda: mood.hits > 0, trial.lab.probe.settle_seconds)
            time.sleep(seconds)  # what waits is answered as soon as the outage is over
        if not mood.hits:
            trial.cannot_tell("the handler to call something for the event", "it called nothing")
        if not receipt.accepted:
            again = trial.genuine(
                event_id=parcel.event_id, body=parcel.body, attempt=2, said=f"{parcel.said}, sent again,"
            )
            trial.must_accept(again, trial.send(again))
        trial.must_act(parcel)


@fault("WH-74")
def address_fetched(trial: Trial) -> None:
    """Events whose addresses lead to a listener of golive's own, which nobody has listed."""
    _need_a_handler_that_reaches_us(trial)
    with closing(Downstream()) as canary:
        for event, paths in _addresses(trial):
            change = with_fields({path: f"{_unlisted(canary.url)}/{path}" for path in paths})
            parcel = trial.genuine(event, change=change, said=f"{event} with addresses in it")
            trial.must_not_fail(parcel, trial.send(parcel))
        _wait(lambda: bool(canary.asked()), _patience(trial))
        fetched = sorted({asked.path.strip("/").partition("?")[0] for asked in canary.asked()})
    seen = f"the handler called the address in {', '.join(fetched)}"
    trial.must(not fetched, expected="no call to an address that came with an event", actual=seen)


@fault("WH-75")
def poison(trial: Trial) -> None:
    """An event that is nonsense, and one whose work fails again and again; then ten good ones."""
    lab, webhooks = trial.lab, trial.lab.setup.webhooks
    event = webhooks.events[lab.event]
    told = (event.subject, event.changed_at)
    paths = [path for path, _ in leaves(event.data, place_of(webhooks)) if path not in told]
    bad = [trial.genuine(change=with_fields({path: {"golive": [None]} for path in paths}), said="an event of nonsense")]
    with ExitStack() as moods:
        if lab.setup.handler.downstream:
            failing = trial.genuine(said="an event whose work fails")
            for word in filter(None, (failing.event_id, failing.subject)):
                moods.enter_context(lab.downstream.behaving(status=500, about=word))
            bad.append(failing)
        for parcel in bad:
            trial.send(parcel)
        good = [trial.genuine(said=f"the good event number {number}") for number in range(1, GOOD + 1)]
        for parcel in good:
            trial.must_accept(parcel, trial.send(parcel))
        done = _done_once(trial, good)
    seen = f"after {' and '.join(parcel.said for parcel in bad)}, {done} of them did"
    trial.must(done == GOOD, expected=f"all {GOOD} good events to take effect once", actual=seen)


@fault("WH-77")
def log_tells(trial: Trial) -> None:
    """Events full of personal data, accepted, forged and broken; then what the handler wrote is read."""
    _need_a_log(trial)
    marks, change, token = _marked(trial)
    for parcel in _telling(trial, change):
        marked = parcel.with_further_header("X-Golive-Token", token)
        if parcel.said:
            trial.send(marked)
        else:
            trial.given(marked)
    marks["a header's token"] = token
    marks.update(_secrets(trial))
    _wait(lambda: bool(_found(marks, trial.lab.log())), _patience(trial))
    found = _found(marks, trial.lab.log())
    trial.must(not found, expected="a log without any", actual=f"its log holds {', '.join(found)}")


def _wait(happened: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not happened() and time.monotonic() < until:
        time.sleep(0.02)


def _patience(trial: Trial) -> float:
    """Return how long a handler may take to show what it does: longer than it took for a usual event."""
    lag = trial.lab.probe.lag_seconds if trial.lab.has_probe else None
    return max(LOOK_SECONDS, 3 * (lag or 0.0))


def _need_a_handler_that_reaches_us(trial: Trial) -> None:
    setup = trial.lab.setup
    if not setup.started and not is_this_machine(urlsplit(trial.lab.url).hostname or ""):
        trial.not_verified("command", "golive's listener can be called only by a handler on this machine")


def _unlisted(url: str) -> str:
    """Return a listener's address under a name that differs from what golive stands in for otherwise."""
    return url.replace(LOOPBACK, "localhost")


def _addresses(trial: Trial) -> Iterator[tuple[str, list[str]]]:
    webhooks = trial.lab.setup.webhooks
    place = place_of(webhooks)
    for event, known in webhooks.events.items():
        paths = [path for path, _ in leaves(known.data, place) if ADDRESS.search(path.rpartition(".")[2])]
        if event == trial.lab.event:
            paths += [f"{place}.{name}" for name in FURTHER_ADDRESSES]
        if paths:
            yield event, paths


def _done_once(trial: Trial, parcels: list[Parcel]) -> int:
    """Return how many events took effect once; asked for all at the same time, for each may be waited for long."""
    with ThreadPoolExecutor(len(parcels)) as pool:
        return list(pool.map(lambda parcel: trial.lab.count(parcel.event_id, at_least=1), parcels)).count(1)


def _need_a_log(trial: Trial) -> None:
    setup = trial.lab.setup
    trial.lab.log()
    if not setup.started and not any(True for name in setup.handler.logs for _ in setup.folder.glob(name)):
        trial.cannot_tell("a log to read", f"no file is called {' or '.join(setup.handler.logs)}")


def _marked(trial: Trial) -> tuple[dict[str, str], Callable[[dict[str, Any]], None], str]:
    """Return what to look for by what it is, a change that puts it into an event, and a token for a header."""
    webhooks = trial.lab.setup.webhooks
    place = place_of(webhooks)
    token = f"golive{secrets.token_hex(8)}"
    phone = f"1202555{random.SystemRandom().randrange(10**9):09}"
    marks = {PERSONAL[name]: f"{token}{name}" for name in PERSONAL} | {PERSONAL["phone"]: phone}
    values = {name: marks[PERSONAL[name]] for name in PERSONAL}
    values["email"] += "@example.com"
    values["phone"] = f"+{phone}"
    paths = [path for path, _ in leaves(webhooks.events[trial.lab.event].data, place)]
    # What has a name is a person only where there is more about it.
    people = {path.rpartition(".")[0] for path in paths if path.rpartition(".")[2] in {"email", "phone"}}
    named = {path: path.rpartition(".") for path in paths}
    own = {
        path: values[name]
        for path, (parent, _, name) in named.items()
        if name in values and (name != "name" or parent in people)
    }
    return marks, with_fields({**own, f"{place}.golive_person": values}), f"{token}token"


def _telling(trial: Trial, change: Callable[[dict[str, Any]], None]) -> Iterator[Parcel]:
    """Yield the usual event first, then what makes handlers write: wrong proof, a broken body, a wrong time."""
    yield trial.genuine(change=change)
    if trial.genuine().proof:
        yield trial.genuine(change=change, secret=trial.wrong_secret(), said="a forged event")
    yield trial.genuine(change=change, body=lambda raw: raw[:-1], said="an event that breaks off")

    def without_time(envelope: dict[str, Any]) -> None:
        change(envelope)
        with_fields({trial.lab.setup.webhooks.occurred_at: "golive"})(envelope)

    yield trial.genuine(change=without_time, said="an event with a time that is none")


def _secrets(trial: Trial) -> Iterator[tuple[str, str]]:
    setup = trial.lab.setup
    for key, secret in setup.secrets.items():
        if len(secret.reveal()) >= SHORTEST_SECRET:
            yield f"the {key.replace('_', ' ')}", secret.reveal()
    if not setup.scheme.signs:
        parcel = trial.genuine()
        for name in parcel.proof:
            yield f"the header {name}", (parcel.header(name) or "").rpartition(" ")[2]


def _found(marks: dict[str, str], log: str) -> list[str]:
    return [label for label, value in marks.items() if value and value in log]
