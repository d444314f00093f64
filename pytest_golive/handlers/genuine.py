"""A genuine delivery of a vendor, written from its pack, and everything about it that may be varied."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_golive.facts.body_path import at
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.setup import Setup
from pytest_golive.sandbox.deliveries.destination import HEADER_NAME, USERNAME
from pytest_golive.sandbox.deliveries.endpoint import Endpoint
from pytest_golive.sandbox.deliveries.event import Letter, compose, data_of, new_event_id
from pytest_golive.sandbox.deliveries.headers import headers_of
from pytest_golive.signing import sign

OTHER_MODE = {"live": "test", "test": "live"}


class Writer:
    """Writes a vendor's deliveries to one handler.

    Args:
        setup: the handler.
        url: address of its webhook.
    """

    def __init__(self, setup: Setup, url: str) -> None:
        self.setup = setup
        self.url = url

    def write(  # noqa: PLR0913  # one knob for each thing that faults vary
        self,
        event: str,
        *,
        data: Mapping[str, Any] | None = None,
        subject: str | None = None,
        names: dict[str, str] | None = None,
        event_id: str | None = None,
        secret: str | None = None,
        further_secrets: Sequence[str] = (),
        attempt: int = 1,
        sent_at: float | None = None,
        occurred_at: float | None = None,
        tenant: str | None = None,
        mode: str | None = None,
        version: str = "",
        scheme: str | None = None,
        change: Callable[[dict[str, Any]], object] | None = None,
        body: bytes | Callable[[bytes], bytes] | None = None,
        said: str = "",
    ) -> Parcel:
        """Return a delivery that is right in everything that was not asked to be otherwise.

        Args:
            event: name of the event; one the pack does not know has `data` and nothing else.
            data: put over the pack's example.
            subject: id of what the event is about; None for the example's new one.
            names: new names of the example by kind; events that share them are about the same things.
            event_id: its id; None for a new one.
            secret: what it is signed with; None for the handler's.
            further_secrets: secrets that sign beside the first during a rotation.
            attempt: number of the attempt.
            sent_at: Unix seconds of this attempt, as they are signed; None for now.
            occurred_at: Unix seconds of the event itself; None for now.
            tenant: workspace, site or account; None for the one the handler serves.
            mode: live or test; None for the one the handler serves.
            version: API version; '' for the pack's.
            scheme: way to sign; None for the handler's.
            change: changes the envelope before it is written and signed.
            body: the exact bytes that are sent and signed, or what makes them of the usual ones.
            said: what is special about it, in words.
        """
        setup, webhooks = self.setup, self.setup.webhooks
        now = time.time()
        happened = now if occurred_at is None else occurred_at
        mode = mode or setup.mode or "live"
        endpoint = self._endpoint(tenant, mode, version, scheme, secret, further_secrets)
        made = self._data(event, data, subject, happened, names)
        letter = self._composed(endpoint, event, made, event_id, happened)
        envelope: dict[str, Any] = json.loads(letter.body)
        if change is not None:
            change(envelope)
            letter = replace(letter, body=_written(envelope))
        if body is not None:
            letter = replace(letter, body=body(letter.body) if callable(body) else body)
            with contextlib.suppress(ValueError, RecursionError):
                envelope = json.loads(letter.body)
        known = webhooks.events.get(event)
        headers = headers_of(setup.pack, letter, attempt, now if sent_at is None else sent_at)
        return Parcel(
            url=self.url,
            headers=tuple(headers.items()),
            body=letter.body,
            proof=self._proof(endpoint, letter, headers),
            event=letter.event,
            event_id=letter.event_id,
            subject=str(at(envelope, known.subject) or "") if known is not None and known.subject else "",
            said=said,
        )

    def letter(self, event: str, *, names: dict[str, str] | None = None) -> Letter:
        """Return a genuine event as the vendor's own courier brings it, to an endpoint that gets nothing else.

        Args:
            event: its name.
            names: see :meth:`write`.
        """
        now = time.time()
        endpoint = self._endpoint(None, self.setup.mode or "live", "", None, None, ())
        endpoint.id = f"{endpoint.id}-{new_event_id(self.setup.pack)}"
        letter = self._composed(endpoint, event, self._data(event, None, None, now, names), None, now)
        return replace(letter, test=False)  # one that is marked as a test for this handler comes again, too

    def _composed(
        self, endpoint: Endpoint, event: str, data: Mapping[str, Any], event_id: str | None, happened: float
    ) -> Letter:
        setup, webhooks = self.setup, self.setup.webhooks
        return compose(
            setup.pack,
            endpoint,
            event,
            data,
            event_id=event_id if event_id is not None else new_event_id(setup.pack),
            now=happened,
            test=endpoint.mode == "test" and webhooks.marks_tests,
        )

    def _data(
        self,
        event: str,
        data: Mapping[str, Any] | None,
        subject: str | None,
        now: float,
        names: dict[str, str] | None,
    ) -> dict[str, Any]:
        known = self.setup.webhooks.events.get(event)
        if known is None:
            return dict(data or {})
        made = data_of(self.setup.pack, event, data, now=now, names=names)
        steps = (known.subject or "").split(".")
        place = next((name for name, value in self.setup.webhooks.envelope.items() if value == "{data}"), "")
        if subject is not None and steps[0] == place and len(steps) > 1:
            inner: Any = made
            for step in steps[1:-1]:
                inner = inner[step]
            inner[steps[-1]] = subject
        return made

    def _endpoint(
        self,
        tenant: str | None,
        mode: str,
        version: str,
        scheme: str | None,
        secret: str | None,
        further: Sequence[str],
    ) -> Endpoint:
        setup = self.setup
        name = scheme or setup.scheme_name
        found = setup.webhooks.signing[name]
        own = setup.secrets.get("secret")
        return Endpoint(
            id=f"golive-{setup.vendor}",
            url=self.url,
            secret=secret if secret is not None else (own.reveal() if own is not None else ""),
            scheme=name,
            tenant=tenant if tenant is not None else setup.sendable_tenant,
            mode=mode,
            username=USERNAME if found.strategy == "basic" else "",
            header_name=HEADER_NAME if "{header_name}" in "".join(found.headers) else "",
            version=version,
            further_secrets=tuple(further),
        )

    def _proof(self, endpoint: Endpoint, letter: Letter, headers: Mapping[str, str]) -> tuple[str, ...]:
        scheme = self.setup.webhooks.signing[endpoint.scheme or self.setup.scheme_name]
        if scheme.strategy == "none":
            return ()
        names = sign(
            scheme,
            endpoint.secret,
            letter.body,
            timestamp=0,
            event_id=letter.event_id,
            webhook_id=endpoint.id,
            username=endpoint.username,
            header_name=endpoint.header_name,
            url=endpoint.url,
            headers=headers,
        )
        lower = {name.lower() for name in names}
        return tuple(name.lower() for name in headers if name.lower() in lower)


def with_fields(fields: Mapping[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Return a change that puts values at dotted paths of the envelope."""

    def change(envelope: dict[str, Any]) -> None:
        for path, value in fields.items():
            *parents, last = path.split(".")
            place: Any = envelope
            for step in parents:
                place = place.setdefault(step, {})
            place[last] = value

    return change


def without_fields(*paths: str) -> Callable[[dict[str, Any]], None]:
    """Return a change that takes dotted paths out of the envelope."""

    def change(envelope: dict[str, Any]) -> None:
        for path in paths:
            *parents, last = path.split(".")
            place: Any = envelope
            for step in parents:
                place = place.get(step) if isinstance(place, dict) else None
            if isinstance(place, dict):
                place.pop(last, None)

    return change


def _written(envelope: Any) -> bytes:
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
