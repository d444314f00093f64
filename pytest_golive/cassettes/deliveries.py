"""Webhook deliveries as they were received: kept without what proves them, and proven anew when they are replayed.

A signature is worth nothing later: it names a time, and nobody should keep a secret to check it by. So the listed
headers and the very bytes of the body are kept, and a replay signs them with the secret and the time of today.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_golive import __version__
from pytest_golive.cassettes.filtering import NEVER, Filter
from pytest_golive.cassettes.format import SPELLING, NotACassette, body_in, body_out, plain_values, written
from pytest_golive.cassettes.shelf import DELIVERIES, MOMENT, Shelf, Unreadable, moment_of, replace_file, slug
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.body_path import at
from pytest_golive.signing.scheme import PLACEHOLDER
from pytest_golive.signing.scheme import written as time_written
from pytest_golive.signing.signer import sign
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.webhooks import Webhooks

ALWAYS = frozenset({"content-type"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery, ready to be sent again.

    Attributes:
        vendor: who sent it.
        event: name of the event.
        event_id: its id.
        scheme: how it was proven, by the name it has in the pack.
        moment: when it was received, in UTC.
        headers: those that are kept, by name as it was written.
        body: the very bytes.
        source: `sandbox`, or `live` for a real environment.
    """

    vendor: str
    event: str
    event_id: str
    scheme: str
    moment: datetime
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    source: str = "live"


def received(  # what a delivery is made of
    vendor: str,
    webhooks: Webhooks,
    headers: Mapping[str, str],
    body: bytes,
    moment: datetime,
    *,
    clean: Filter,
    scheme: str | None = None,
    source: str = "live",
) -> Delivery:
    """Return what is kept of a delivery.

    Args:
        vendor: who sent it.
        webhooks: how that vendor sends.
        headers: as they came.
        body: as it came.
        moment: when.
        clean: takes known secrets out.
        scheme: how it was proven; default: the vendor's usual way.
        source: `sandbox` or `live`.
    """
    kept = {*_names(webhooks.headers)} | ALWAYS
    proving = {name.lower() for each in webhooks.signing.values() for name in each.headers}
    listed = {name: clean.text(value) for name, value in headers.items() if name.lower() in kept - proving - NEVER}
    try:
        envelope = json.loads(body)
    except ValueError:
        envelope = {}
    return Delivery(
        vendor=vendor,
        event=str(at(envelope, webhooks.event) or "unknown"),
        event_id=str(at(envelope, webhooks.event_id) or ""),
        scheme=scheme or webhooks.usual,
        moment=moment,
        headers=dict(sorted(listed.items())),
        body=clean.body(body, "application/json"),
        source=source,
    )


def headers_now(
    delivery: Delivery,
    webhooks: Webhooks,
    secret: str,
    now: float,
    *,
    webhook_id: str = "",
    username: str = "",
    header_name: str = "",
    url: str = "",
) -> dict[str, str]:
    """Return the headers of a delivery that is sent again: the kept ones, with today's time, and today's proof.

    Args:
        delivery: what is sent.
        webhooks: how its vendor sends.
        secret: what sender and receiver share today.
        now: Unix seconds.
        webhook_id: id of the endpoint, for schemes that tell it.
        username: who sends, for `basic`.
        header_name: the header that was agreed, for schemes whose header is chosen with the endpoint.
        url: the address it is sent to, for schemes that sign it.

    Raises:
        LookupError: the vendor has no such scheme any more.
        ValueError: the secret holds no key, or the scheme needs a value that was not given.
    """
    if delivery.scheme not in webhooks.signing:
        names = ", ".join(webhooks.signing)
        raise LookupError(f"{delivery.vendor} proves no delivery by {delivery.scheme!r}; there are: {names}")
    scheme = webhooks.signing[delivery.scheme]
    dated = {name.lower() for name, template in webhooks.headers.items() if "{timestamp}" in template}
    headers = {
        name: time_written(scheme, now) if name.lower() in dated else value for name, value in delivery.headers.items()
    }
    if webhooks.event_id_header is not None and delivery.event_id:
        headers[webhooks.event_id_header] = delivery.event_id
    proof = sign(
        scheme,
        secret,
        delivery.body,
        timestamp=now,
        event_id=delivery.event_id,
        webhook_id=webhook_id,
        username=username,
        header_name=header_name,
        url=url,
        headers=headers,
    )
    return {**headers, **proof}


def keep(shelf: Shelf, delivery: Delivery, held: Callable[[str], tuple[str, ...]]) -> Path:
    """Write a delivery beside the cassettes of its environment; return where.

    Raises:
        Unreadable: it would give a secret away.
        OSError: it cannot be written.
    """
    body, spelling = body_out(delivery.body)
    plain = {
        "version": 1,
        "delivery": {
            "vendor": delivery.vendor,
            "event": delivery.event,
            "event_id": delivery.event_id,
            "scheme": delivery.scheme,
            "headers": {**delivery.headers, **({SPELLING: spelling} if spelling else {})},
            "body": body,
        },
        "metadata": {
            "environment": shelf.environment,
            "golive": __version__,
            "recorded": f"{delivery.moment:{MOMENT}}",
            "source": delivery.source,
        },
    }
    path = path_of(shelf, delivery)
    text = f"# {delivery.event} of {delivery.vendor}: a webhook delivery, without its proof\n{written(plain)}"
    names = (*held(text), *(held(body.decode("latin-1")) if isinstance(body, bytes) else ()))
    if names:
        raise Unreadable(f"{shelf.told(path)} was not written: it would give away {', '.join(dict.fromkeys(names))}")
    replace_file(path, text)
    return path


def record(
    folder: Path,
    vendor: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Mapping[str, str] | None = None,
    moment: datetime | None = None,
) -> Path:
    """Keep a delivery as a handler has just received it; return where it lies.

    Args:
        folder: of one environment's recordings: ``golive-cassettes/staging``.
        vendor: who sent it.
        headers: as they came.
        body: as it came.
        secrets: what must never stand in a file, by a name to call it by.
        moment: when it came; default: now.

    Raises:
        LookupError: the vendor sends no webhooks.
        PackError: there is no such vendor.
        Unreadable: it would give a secret away.
        OSError: it cannot be written.
    """
    webhooks = read_pack(vendor).webhooks
    if webhooks is None:
        raise LookupError(f"{vendor} sends no webhooks")
    clean = Filter(Redactor([Secret(value, name) for name, value in (secrets or {}).items()]))
    delivery = received(vendor, webhooks, headers, body, moment or datetime.now(UTC), clean=clean)
    folder = folder.resolve()
    return keep(Shelf(folder.parent, folder.name, ""), delivery, clean.held)


def path_of(shelf: Shelf, delivery: Delivery) -> Path:
    """Return where a delivery lies."""
    name = ".".join(filter(None, (delivery.event, delivery.event_id)))
    return shelf.home / DELIVERIES / delivery.vendor / f"{slug(name)}.yaml"


def deliveries(shelf: Shelf) -> Iterator[Delivery]:
    """Yield every delivery that is kept for an environment, in the order of their files.

    Raises:
        Unreadable: one of them cannot be read.
    """
    for path in sorted((shelf.home / DELIVERIES).rglob("*.yaml")):
        yield read(shelf, path)


def read(shelf: Shelf, path: Path) -> Delivery:
    """Return one delivery.

    Raises:
        Unreadable: it is not UTF-8, not YAML, or no delivery.
    """
    text = shelf.text(path)
    try:
        told = plain_values(text)
        return _delivery(told)
    except NotACassette as error:
        raise Unreadable(f"{shelf.told(path)}, line {error.line}: {error.problem}") from None
    except (KeyError, TypeError, AttributeError):
        raise Unreadable(f"{shelf.told(path)}, line 1: this is no delivery as golive writes it") from None
    except ValueError as error:
        raise Unreadable(f"{shelf.told(path)}, line 1: {error}") from None


def read_file(path: Path) -> Delivery:
    """Return a delivery of a file that may lie anywhere; see :func:`read` for what is raised."""
    return read(Shelf(path.resolve().parent, "", ""), path.resolve())


def read_folder(folder: Path) -> tuple[Delivery, ...]:
    """Return every delivery below a folder, in the order in which they were received.

    Raises:
        Unreadable: one of them cannot be read.
    """
    return tuple(sorted(map(read_file, sorted(folder.rglob("*.yaml"))), key=lambda one: one.moment))


def _delivery(told: Any) -> Delivery:
    plain, headers = told["delivery"], dict(told["delivery"]["headers"])
    spelling = headers.pop(SPELLING, None)
    body = body_in(plain["body"], [spelling] if spelling else None)
    texts = [plain[name] for name in ("vendor", "event", "event_id", "scheme")]
    if not all(isinstance(each, str) for each in (*texts, *headers.values(), told["metadata"]["source"])):
        raise TypeError("texts are due")
    return Delivery(
        vendor=plain["vendor"],
        event=plain["event"],
        event_id=plain["event_id"],
        scheme=plain["scheme"],
        moment=moment_of(told["metadata"]["recorded"]),
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
        source=told["metadata"]["source"],
    )


def _names(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the header names a pack speaks of; a name that is a template itself was chosen by somebody, and is left."""
    yield from (name.lower() for name in headers if not re.search(PLACEHOLDER, name))
