"""Recorded deliveries, sent to a handler again: the bytes of that day, the time and the proof of today."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pytest_golive.cassettes.deliveries import Delivery as Recorded
from pytest_golive.cassettes.deliveries import headers_now, read_file, read_folder
from pytest_golive.cassettes.shelf import MOMENT
from pytest_golive.facts.body_path import at
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.setup import Setup
from pytest_golive.sandbox.deliveries.destination import HEADER_NAME, USERNAME
from pytest_golive.signing.scheme import filled

Recording: TypeAlias = Recorded | str | os.PathLike[str]
"""A recorded delivery, or its file; a relative path is seen from golive.yaml's folder."""


class NothingToReplay(Exception):
    """No recorded delivery can be sent to this handler; says why, in one line."""


def recorded_at(path: Path) -> tuple[Recorded, ...]:
    """Return the recorded delivery of a file, or those below a folder in the order in which they were received.

    Raises:
        NothingToReplay: there is none.
        Unreadable: one of them cannot be read.
    """
    found = read_folder(path) if path.is_dir() else (read_file(path),) if path.is_file() else ()
    if not found:
        raise NothingToReplay(f"there is no recorded delivery at {path}")
    return found


def recorded_parcel(setup: Setup, url: str, recorded: Recording) -> Parcel:
    """Return a recorded delivery as it is sent to a handler now.

    Raises:
        NothingToReplay: there is none, or it is another vendor's.
        Unreadable: the file holds no delivery.
    """
    found = recorded if isinstance(recorded, Recorded) else recorded_at(setup.folder / recorded)[0]
    return parcel_of(setup, url, found)


def parcel_of(setup: Setup, url: str, recorded: Recorded) -> Parcel:
    """Return a recorded delivery as it is sent to a handler now: proven as that handler expects it.

    Raises:
        NothingToReplay: it is another vendor's.
    """
    if recorded.vendor != setup.vendor:
        raise NothingToReplay(
            f"{recorded.event} was recorded of {recorded.vendor}, and {setup.name} takes events of {setup.vendor}"
        )
    scheme, own = setup.scheme, setup.secrets.get("secret")
    today = replace(recorded, scheme=setup.scheme_name)
    headers = headers_now(
        today,
        setup.webhooks,
        own.reveal() if own is not None else "",
        time.time(),
        webhook_id=f"golive-{setup.vendor}",
        username=USERNAME if scheme.strategy == "basic" else "",
        header_name=HEADER_NAME if "{header_name}" in "".join(scheme.headers) else "",
        url=url,
    )
    proving = {filled(name, {"header_name": HEADER_NAME}).lower() for name in scheme.headers}
    return Parcel(
        url=url,
        headers=tuple(headers.items()),
        body=recorded.body,
        proof=tuple(name.lower() for name in headers if name.lower() in proving),
        event=recorded.event,
        event_id=recorded.event_id,
        subject=_subject(setup, recorded),
        said=f"{recorded.event} as it was received {recorded.moment:{MOMENT}}",
    )


def _subject(setup: Setup, recorded: Recorded) -> str:
    known = setup.webhooks.events.get(recorded.event)
    try:
        envelope = json.loads(recorded.body)
    except (ValueError, RecursionError):
        return ""
    return str(at(envelope, known.subject) or "") if known is not None and known.subject else ""
