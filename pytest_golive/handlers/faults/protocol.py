"""Protocol: a public endpoint of HTTP, whoever calls it and however."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.parcel import Abort, Framing, Receipt
from pytest_golive.handlers.trial import Trial

WRITTEN_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    'application/json; charset="utf-8"',
)
"""One type, as senders and their libraries write it."""

ODD_TYPES = (
    "application/cloudevents+json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=golive",
    "application/json; =;",
    "json",
    "",
)
"""Types that need not be taken, and that nothing breaks over."""

BROKEN_OFF: Sequence[tuple[str, Framing, Abort]] = (
    ("a delivery whose connection broke in its middle", "length", "reset"),
    ("a delivery that ended in its middle", "length", "half_close"),
    ("a delivery in chunks that ended in its middle", "chunked", "half_close"),
)
"""How an upload may break off: what it is called, how its body is framed, and how it ends."""

UNAUTHORIZED = 401
LENGTH_REQUIRED = 411
SHOWN = 64 * 1024
"""Bytes of an answer that are looked at."""

LOGINS = frozenset({"basic", "digest", "negotiate", "ntlm", "bearer"})
LOGIN = re.compile(r"\b(log[-_]?in|sign[-_]?in|auth|oauth2?|sso|session|account)s?\b")
CSRF = re.compile("csrf|cross[- ]site request|authenticity ?token")
PASSWORD = re.compile(r"<input[^>]*type=[\"']?password")


@fault("WH-55")
def other_methods(trial: Trial) -> None:
    """A genuine delivery by another method than POST. A GET may show a page, and still must do nothing."""
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        parcel = replace(trial.genuine(), method=method).saying(f"a genuine delivery by {method}")
        receipt = trial.send(parcel)
        if method != "GET":
            trial.must(not receipt.accepted, expected="no 2xx", actual=f"{parcel.said} {receipt.told}")
        if trial.lab.has_probe:
            trial.must_act(parcel, 0)


@fault("WH-57")
def ways_to_send_a_body(trial: Trial) -> None:
    """A body in chunks of unknown number, and one that asks for leave first.

    Nobody may send chunks to a server of HTTP/1.0 (RFC 9112, 6.1), and any server may ask for a length by 411.
    """
    in_chunks = replace(trial.genuine(), framing="chunked", chunk_bytes=50, said="a delivery that came in chunks")
    asking = replace(trial.genuine(), waits_for_continue=True, said="a delivery that asked with Expect: 100-continue")
    chunked = trial.send(in_chunks)
    if chunked.http_version != "1.0" and chunked.status != LENGTH_REQUIRED:
        trial.must_accept(in_chunks, chunked)
    trial.must_accept(asking, trial.send(asking))


@fault("WH-52")
def redirected(trial: Trial) -> None:
    """The registered address as it stands, with its slash or without: vendors follow nobody anywhere."""
    parcel = trial.genuine(trial.some_event, said="a delivery to the registered address")
    receipt = trial.send(parcel)
    if receipt.status is None:
        trial.cannot_tell("an answer", f"{parcel.said}: {receipt.told}")
    place = receipt.header("Location")
    actual = f"{parcel.said} {receipt.told}" + (f", to {place}" if place else "")
    trial.must(not 300 <= receipt.status <= 399, expected="no 3xx", actual=actual)


@fault("WH-53")
def catch_all(trial: Trial) -> None:
    """Addresses that nobody registered. A delivery without proof: whoever verifies at any path refuses it, too."""
    word = f"golive-{trial.chance().randrange(10**8):08d}"
    parts = urlsplit(trial.lab.url)
    folder = parts.path.rpartition("/")[0]
    for path in dict.fromkeys((f"{folder}/{word}", f"/{word}")):
        url = parts._replace(path=path, query="").geturl()
        parcel = replace(trial.genuine().without_proof(), url=url, said=f"a delivery without proof to {path}")
        receipt = trial.send(parcel)
        trial.must(not receipt.accepted, expected="a 404, or no 2xx", actual=f"{parcel.said} {receipt.told}")


@fault("WH-58")
def content_types(trial: Trial) -> None:
    """The usual type as it may be written, then types that no vendor sends."""
    for value in WRITTEN_TYPES:
        parcel = trial.genuine().with_header("Content-Type", value).saying(f"a delivery of content type {value}")
        trial.must_accept(parcel, trial.send(parcel))
    for value in ODD_TYPES:
        parcel = trial.genuine().with_header("Content-Type", value).saying(f"a delivery of content type {value!r}")
        trial.must_not_fail(parcel, trial.send(parcel))
    parcel = trial.genuine().without_header("Content-Type").saying("a delivery without a content type")
    trial.must_not_fail(parcel, trial.send(parcel))


@fault("WH-59")
def broken_off(trial: Trial) -> None:
    """Half of a body, and the connection ends. The whole of it, sent again, is taken as if it came first."""
    trial.need_probe()
    for said, framing, abort in BROKEN_OFF:
        whole = trial.genuine(said="the delivery that broke off, sent again")
        cut = replace(whole, framing=framing, chunk_bytes=64, abort=abort, abort_after=len(whole.body) // 2, said=said)
        receipt = trial.send(cut)
        trial.must(not receipt.accepted, expected="no 2xx", actual=f"{said} {receipt.told}")
        trial.must_act(cut, 0)
        trial.must_accept(whole, trial.send(whole))
        trial.must_act(whole)


@fault("WH-61")
def login_asked_for(trial: Trial) -> None:
    """A delivery as the vendor sends it: no cookie, no token, no login."""
    parcel = trial.genuine(trial.some_event, said="a delivery without cookie, token and login")
    receipt = trial.send(parcel)
    asked = _asks_for(receipt, trial.lab.setup.scheme.strategy)
    trial.must(not asked, expected="a 2xx", actual=f"{parcel.said} {receipt.told}{asked}")
    if not receipt.accepted:
        trial.cannot_tell("a genuine event to be accepted", f"{parcel.said} {receipt.told}")


def _asks_for(receipt: Receipt, strategy: str) -> str:
    """Return what an answer asks for, as the end of a sentence; '' where it asks for nothing."""
    place = receipt.header("Location") or ""
    text = receipt.body[:SHOWN].decode("utf-8", "replace").lower()
    status = receipt.status or 0
    if 300 <= status <= 399 and LOGIN.search(urlsplit(place).path.lower()):
        return f", to {place}"
    way = (receipt.header("WWW-Authenticate") or "").partition(" ")[0]
    if status == UNAUTHORIZED and way.lower() in LOGINS and strategy in {"hmac", "none"}:
        return f" and asks for {way}"
    if status >= 400 and CSRF.search(text):
        return " and asks for a CSRF token"
    if PASSWORD.search(text):
        return " with a form that asks for a password"
    return ""
