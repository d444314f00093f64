"""What the running deployment says of itself: the fingerprints of the keys it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from pytest_golive.cassettes.filtering import Called
from pytest_golive.cassettes.recordings import Recordings
from pytest_golive.cassettes.transport import Playback
from pytest_golive.exchange.recorder import SHOWN_HEADERS, Recorder
from pytest_golive.exchange.wire import wire
from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.manifest.environment import Environment

SECONDS = 10.0
LONGEST_REPORT = 1_000_000

FINGERPRINT = re.compile("[0-9a-f]{12}")

REPORT = Called("deployment", SHOWN_HEADERS, frozenset(), fingerprints=True)
"""What a recording keeps of such a call."""


@dataclass(frozen=True, slots=True)
class Others:
    """A key's fingerprints in other environments.

    Attributes:
        told: environment -> fingerprint.
        untold: environment -> why its fingerprint is not known here.
    """

    told: Mapping[str, str] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)


def fetch_report(url: str, scrub: Callable[[str], str], recordings: Recordings | None = None) -> Any:
    """Return what a deployment reports.

    Args:
        url: where.
        scrub: masks known secrets in a text.
        recordings: plays and records the call; None where it is asked and not kept.

    Raises:
        CannotTell: it does not answer with JSON.
    """
    asked = wire(url) if recordings is None else Playback(recordings, REPORT, lambda: wire(url))
    layers = Recorder(asked, scrub, key_header="authorization")
    try:
        with httpx.Client(transport=layers, trust_env=False, timeout=SECONDS) as client:
            named = {"golive_operation": "fingerprints"}
            response = client.get(url, headers={"accept": "application/json"}, extensions=named)
        if response.status_code == 200 and len(response.content) <= LONGEST_REPORT:
            return json.loads(response.content)
        actual = f"{response.status_code}, {len(response.content)} bytes"
    except (httpx.TransportError, httpx.DecodingError) as error:
        actual = f"{type(error).__name__}: {error}"
    except (ValueError, RecursionError):
        actual = "200 with a body that is not JSON"
    raise CannotTell(
        Finding(
            requirement="the deployment has to report the fingerprints of its keys",
            expected="200 with JSON: vendor -> credential -> fingerprint",
            actual=scrub(f"{url}: {actual}"),
            fix="make the deployment answer there; `golive fingerprint` shows how one is made",
        )
    )


def fingerprints_in(report: Any, vendor: str, credential: str) -> tuple[str, ...]:
    """Return every fingerprint that a report holds for a vendor's credential, in order.

    Taken are ``{"uppzy": "3f9a…"}``, ``{"uppzy": {"api_key": "3f9a…"}}`` and lists of such objects, at any depth: one
    per worker, target or region.
    """
    return tuple(_walk(report, vendor, credential))


def lacking_in(report: Any, vendor: str, credential: str) -> tuple[str, ...]:
    """Return the targets of a report that tell no fingerprint of a vendor's credential, by their names or numbers."""
    return tuple(_lacking(report, vendor, credential, "the deployment"))


def _lacking(report: Any, vendor: str, credential: str, place: str) -> Iterable[str]:
    if isinstance(report, Mapping) and vendor in report:
        yield from _untold(report[vendor], credential, place)
        return
    inner = _named(report)
    if not inner and not _tells_of_others(report):
        yield place
    for name, value in inner:
        yield from _lacking(value, vendor, credential, name)


def _untold(value: Any, credential: str, place: str) -> Iterable[str]:
    if isinstance(value, Mapping) and credential in value:
        value = value[credential]
    if isinstance(value, str) and value:
        return
    inner = list(_entries(value))
    if not inner:
        yield place
    for name, each in inner:
        yield from _untold(each, credential, name)


def _tells_of_others(report: Any) -> bool:
    """Whether a target reports keys of other vendors: it may well not need this one's."""
    return any(isinstance(value, str) and FINGERPRINT.fullmatch(value) for _, value in _entries(report))


def _named(report: Any) -> list[tuple[str, Any]]:
    """Return the parts of a report that may be targets: what is neither a number nor a text."""
    return [(name, value) for name, value in _entries(report) if value is None or isinstance(value, Mapping | list)]


def _entries(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), each) for name, each in value.items())
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            name = each.get("name") if isinstance(each, Mapping) else None
            yield str(name or f"target {number}"), each


def _walk(report: Any, vendor: str, credential: str) -> Iterable[str]:
    if isinstance(report, list):
        for each in report:
            yield from _walk(each, vendor, credential)
    elif isinstance(report, Mapping):
        for name, value in report.items():
            if name == vendor:
                yield from _told(value, credential)
            else:
                yield from _walk(value, vendor, credential)


def _told(value: Any, credential: str) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _told(each, credential)
    elif isinstance(value, Mapping):
        if credential in value:
            yield from _told(value[credential], credential)
        else:
            for each in value.values():
                if isinstance(each, Mapping | list):
                    yield from _told(each, credential)


def others_of(
    environments: Iterable[Environment],
    chosen: str,
    vendor: str,
    credential: str,
    report_of: Callable[[str], Any],
) -> Others:
    """Return a key's fingerprints in all environments but the chosen one.

    Args:
        environments: all of golive.yaml.
        chosen: the one that is compared with them.
        vendor: whose key.
        credential: which of its credentials.
        report_of: fetches what the deployment behind an address reports.
    """
    told: dict[str, str] = {}
    untold: dict[str, str] = {}
    for environment in environments:
        target = environment.targets.get(vendor)
        if environment.name == chosen or target is None:
            continue
        if credential in target.credentials:
            told[environment.name] = target.credentials[credential].fingerprint
        elif environment.fingerprints_url is None:
            place = f"environments.{environment.name}.deployment.fingerprints"
            untold[environment.name] = f"{target.missing.get(credential, 'no key')}, and {place} is missing"
        else:
            reported = fingerprints_in(report_of(environment.fingerprints_url), vendor, credential)
            if reported:
                told[environment.name] = reported[0]
            else:
                untold[environment.name] = f"{environment.fingerprints_url} reports no {credential} for {vendor}"
    return Others(told, untold)
