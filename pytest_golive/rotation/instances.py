"""What a deployment's report tells of each of its instances: who it is, which key it holds, since when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_golive.exchange.vendor import Vendor

PROCESSES = {
    "worker": "worker",
    "workerid": "worker",
    "pid": "pid",
    "process": "process",
    "processid": "pid",
    "instance": "instance",
    "instanceid": "instance",
    "pod": "pod",
    "podname": "pod",
    "container": "container",
    "containerid": "container",
    "replica": "replica",
    "task": "task",
    "taskid": "task",
    "dyno": "dyno",
}
"""Fields that tell one process from another -> what a bare number in them is called."""

PLACES = {"host": "host", "hostname": "host", "node": "node", "server": "server", "name": "name", "id": "id"}
"""Fields that tell where a process runs: several may run there."""

AROUND = frozenset({"metadata", "meta", "status", "runtime", "info", "system", *PROCESSES, *PLACES})
"""Objects beside the vendor's name that tell of the instance, too."""

FULL = 1000
"""Numbers of processes up to this are found in every container: they tell nobody apart."""

ANYWHERE = timedelta(hours=12)
"""So much later than it says a clock may be that does not name its offset."""

STARTS = frozenset(
    {"started", "startedat", "starttime", "startup", "bootedat", "boottime", "since", "upsince", "runningsince"}
    | {"processstarttimeseconds", "launchedat"}
)
RELOADS = frozenset(
    {"reloaded", "reloadedat", "loaded", "loadedat", "keyloadedat", "configloadedat", "refreshedat", "rereadat"}
    | {"secretloadedat", "lastreload", "credentialsloadedat", "configreloadedat"}
)
UPTIMES = {"uptime": 1.0, "uptimeseconds": 1.0, "uptimes": 1.0, "uptimems": 0.001, "uptimemilliseconds": 0.001}
"""Fields that tell for how long it runs -> the seconds of one of them."""

FINGERPRINT = re.compile("[0-9a-f]{12}")

MILLISECONDS = 1e11
"""Numbers above this are no seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance, by what it reports.

    Attributes:
        name: what it calls itself, or where it stands in the report; "" where nothing tells it.
        fingerprint: of the key that it holds; "" where it tells none.
        started: since when it runs, at the latest; None where it does not tell.
        reloaded: when it read its configuration last, at the latest; None where it does not tell.
        is_a_process: whether the name tells one process from another.
    """

    name: str = ""
    fingerprint: str = ""
    started: datetime | None = None
    reloaded: datetime | None = None
    is_a_process: bool = False

    @property
    def configured(self) -> datetime | None:
        """When it last took its configuration, as far as that is told."""
        told = [at for at in (self.started, self.reloaded) if at is not None]
        return max(told, default=None)


OWN = "service_api_key"
"""The credential of a service whose key is another one than golive's."""


def in_use(vendor: Vendor) -> tuple[str, ...]:
    """Return the fingerprints that an instance may hold: of the service's own key where it has one, and of golive's.

    Raises:
        NotVerified: golive.yaml does not name the key.
    """
    mine = vendor.key(vendor.pack.authentication.credential).fingerprint
    own = vendor.target.credentials.get(OWN)
    return (mine,) if own is None else (own.fingerprint, mine)


def instances_in(report: Any, vendor: str, credential: str, now: datetime) -> tuple[Instance, ...]:
    """Return the instances that a report tells of, and that have to do with a vendor's credential.

    Taken are the shapes of :func:`~pytest_golive.exchange.deployment.fingerprints_in`, with further fields beside the
    vendor's name: ``{"pid": 4711, "started": "2026-11-20T10:00:00Z", "uppzy": "3f9a…"}``.
    """
    return tuple(_walk(report, vendor, credential, now, Instance()))


def _walk(report: Any, vendor: str, credential: str, now: datetime, around: Instance) -> Iterator[Instance]:
    if isinstance(report, list):
        for number, each in enumerate(report, 1):
            there = around if isinstance(each, Mapping) and _identity(each)[0] else _below(around, f"target {number}")
            yield from _walk(each, vendor, credential, now, there)
    elif isinstance(report, Mapping):
        here = _told_by(report, around, now)
        if vendor in report:
            yield from _held(report[vendor], credential, now, here)
            return
        for name, value in report.items():
            if isinstance(value, Mapping | list):
                yield from _walk(value, vendor, credential, now, _below(here, str(name)))


def _held(value: Any, credential: str, now: datetime, here: Instance) -> Iterator[Instance]:
    """Yield the instances of what stands below a vendor's name."""
    if isinstance(value, str):
        yield replace(here, fingerprint=value)
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            there = here if isinstance(each, Mapping) and _identity(each)[0] else _below(here, f"target {number}")
            yield from _held(each, credential, now, there)
    elif isinstance(value, Mapping):
        inside = _told_by(value, here, now)
        if credential in value:
            yield from _held(value[credential], credential, now, inside)
        elif "fingerprint" in value:
            yield from _held(value["fingerprint"], credential, now, inside)
        else:
            for name, each in value.items():
                if isinstance(each, Mapping | list) or (isinstance(each, str) and FINGERPRINT.fullmatch(each)):
                    yield from _held(each, credential, now, _below(inside, str(name)))


def _below(around: Instance, name: str) -> Instance:
    return replace(around, name=f"{around.name} {name}".strip())


def _told_by(report: Mapping[Any, Any], around: Instance, now: datetime) -> Instance:
    """Return what an object tells of the instance it is about, beside what stands around it."""
    identity, is_a_process = _identity(report)
    told = dict(_fields(report))
    started = next((at for name in told if name in STARTS and (at := _moment(told[name], now))), None)
    uptime = next((told[name] * UPTIMES[name] for name in told if name in UPTIMES and _is_number(told[name])), None)
    if started is None and uptime is not None and 0 <= uptime < FULL * 1e6:
        started = now - timedelta(seconds=uptime)
    reloaded = next((at for name in told if name in RELOADS and (at := _moment(told[name], now))), None)
    here = _below(around, identity) if identity else around
    return replace(
        here,
        started=started or around.started,
        reloaded=reloaded or around.reloaded,
        is_a_process=around.is_a_process or is_a_process,
    )


def _identity(report: Mapping[Any, Any]) -> tuple[str, bool]:
    """Return what an object calls its instance, and whether that is a single process."""
    places: list[str] = []
    processes: list[tuple[str, str]] = []
    for name, value in _fields(report):
        kind = PROCESSES.get(name) or PLACES.get(name)
        if kind is None or isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            continue
        word = str(value)
        told = f"{kind} {word}" if word.isdecimal() else word
        if name in PROCESSES:
            processes.append((word, told))
        else:
            places.append(told)
    told_apart = any(places or not word.isdecimal() or int(word) > FULL for word, _ in processes)
    return " ".join(dict.fromkeys([*places, *(told for _, told in processes)])), told_apart


def _fields(report: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the plain fields of an object, and of what stands in it about the same instance: `worker: {id: 3}`."""
    for name, value in report.items():
        plain = _plain(name)
        if not isinstance(value, Mapping):
            yield plain, value
        elif plain in AROUND:
            for inner, each in value.items():
                itself = _plain(inner) in {"id", "name", "number", "index"} and (plain in PROCESSES or plain in PLACES)
                if not isinstance(each, Mapping | list):
                    yield plain if itself else _plain(inner), each


def _plain(name: Any) -> str:
    return re.sub("[^a-z]", "", str(name).casefold())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(value: Any, now: datetime) -> datetime | None:
    """Return the latest moment that a field may tell: ISO 8601, or seconds or milliseconds since 1970; else None."""
    try:
        if _is_number(value):
            return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS else value, UTC)
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    if at is None or at.tzinfo is not None:
        return at
    return max(at.replace(tzinfo=UTC), min(at.replace(tzinfo=UTC) + ANYWHERE, now))
