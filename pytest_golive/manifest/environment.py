"""One environment of golive.yaml with every value read: what the rest of golive works with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.credentials.secret import Secret
from pytest_golive.credentials.source import SourceProblem, read_secret
from pytest_golive.manifest.document import dotted, parse_scalar
from pytest_golive.manifest.explain import listed, sentences
from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import FromVariable, Manifest, Rotation, VendorTarget


@dataclass(frozen=True, slots=True)
class CallBudget:
    """How much golive itself asks of a vendor, all threads and workers together.

    Attributes:
        requests: calls in any span of `per_seconds`.
        per_seconds: length of the span.
        in_flight: calls under way at once.
    """

    requests: int
    per_seconds: float
    in_flight: int

    @property
    def told(self) -> str:
        """The budget as a sentence ends with it."""
        times = "once" if self.requests == 1 else f"{self.requests} times"
        return f"{times} in {self.per_seconds:g} s, {self.in_flight} at once"


@dataclass(frozen=True, slots=True)
class Target:
    """A vendor as one environment uses it.

    Attributes:
        vendor: name of the vendor.
        base_url: where its API is called, exactly as given.
        base_url_source: how it was given: `literal` or `environment variable X`.
        credentials: the secrets, by the pack's names for them.
        credential_sources: where each secret came from, in words.
        ids: ids of configuration, by the pack's names for them.
        features: only those golive.yaml speaks of; the pack has the defaults.
        settings: values golive.yaml gives to the pack's settings.
        missing: what golive.yaml names and could not be read here -> why; only where that was asked for.
        profile: the brand under which the same API is called; None for the pack's own.
        uses: the operations that the service calls here; its key needs the scopes of these and no others.
        forbidden: operations that the service's key must not be allowed.
        budget: how much golive itself may ask here; None for the pack's figure.
        rotation: when the steps of the last rotation were taken, as ISO 8601 in UTC, by the names of golive.yaml:
            `switched`, `revoked` …, and `job`, the id of a request; only what is told.
    """

    vendor: str
    base_url: str
    base_url_source: str = "literal"
    credentials: Mapping[str, Secret] = field(default_factory=dict)
    credential_sources: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, bool] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    uses: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    budget: CallBudget | None = None
    rotation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """A named place to test, ready for use.

    Attributes:
        name: its name in golive.yaml.
        production: whether real customers are served here.
        releases_to: the environment a release goes to next.
        allow: what a run may do here beyond reading.
        fingerprints_url: where the deployment tells the fingerprints of its keys.
        workers: how many processes answer there; None: nobody says.
        probes: how often it is asked to meet all of them; None: as often as golive thinks fit.
        targets: the vendors used here, by name.
    """

    name: str
    production: bool = False
    releases_to: str | None = None
    allow: tuple[str, ...] = ()
    fingerprints_url: str | None = None
    workers: int | None = None
    probes: int | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)


def resolve(manifest: Manifest, name: str, directory: Path, keys: Sequence[VendorKeys]) -> Environment:
    """Read every address, id, setting and secret of the environment `name`.

    `directory` is the folder of golive.yaml. The built-in sandbox is no concern of this function.

    Raises:
        Mistakes: the environment is unknown, or what its values are read from is missing or wrong.
    """
    reading = _Reading(manifest, name, directory)
    environment = reading.environment_of(keys)
    if reading.mistakes:
        raise Mistakes(reading.mistakes)
    return environment


def resolve_what_is_there(
    manifest: Manifest, name: str, directory: Path, keys: Sequence[VendorKeys], *, run_commands: bool
) -> Environment:
    """Read of an environment what can be read here; the rest stands in each target's `missing`.

    For environments that are only compared with: a staging pipeline rightly has no production key.

    Args:
        manifest: golive.yaml.
        name: one of its environments.
        directory: the folder of golive.yaml.
        keys: what the packs declare.
        run_commands: whether secrets that a command prints are asked for, too.
    """
    return _Reading(manifest, name, directory, lenient=True, run_commands=run_commands).environment_of(keys)


def _unknown(name: str, names: list[str]) -> str:
    told = listed(names, name, "it has", also=["sandbox"])
    return f"environment {name!r} is not in golive.yaml{told} (and sandbox is built in)"


@dataclass(slots=True)
class _Reading:
    """The state of reading one environment."""

    manifest: Manifest
    environment: str
    directory: Path
    lenient: bool = False
    run_commands: bool = True
    mistakes: list[Mistake] = field(default_factory=list)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    optional: frozenset[tuple[str, str]] = frozenset()

    def environment_of(self, keys: Sequence[VendorKeys]) -> Environment:
        given = self.manifest.environments.get(self.environment)
        if given is None:
            names = sorted(self.manifest.environments)
            raise Mistakes([self.manifest.mistake(("environments",), _unknown(self.environment, names))])
        by_vendor = {key.vendor: key for key in keys}
        self.optional = frozenset(
            (key.vendor, name) for key in keys for name, (_, required) in key.credentials.items() if not required
        )
        return Environment(
            name=self.environment,
            production=given.production,
            releases_to=given.releases_to,
            allow=given.allow,
            fingerprints_url=given.deployment.fingerprints if given.deployment else None,
            workers=given.deployment.workers if given.deployment else None,
            probes=given.deployment.probes if given.deployment else None,
            targets={
                vendor: self.target(vendor, target, by_vendor.get(vendor)) for vendor, target in given.vendors.items()
            },
        )

    def target(self, vendor: str, given: VendorTarget, keys: VendorKeys | None) -> Target:
        schemas = {name: schema for name, (_, schema) in keys.settings.items()} if keys else {}
        ids = {name: self._text(vendor, ("ids", name), value) for name, value in given.ids.items()}
        settings = {
            name: self._setting(vendor, name, value, schemas.get(name, {})) for name, value in given.settings.items()
        }
        return Target(
            vendor=vendor,
            base_url=self._base_url(vendor, given.base_url) or "",
            base_url_source=_place(given.base_url),
            credentials=self._credentials(vendor, given),
            credential_sources={name: source.describe() for name, source in given.credentials.items()},
            ids={name: value for name, value in ids.items() if value is not None},
            features=dict(given.features),
            settings={name: value for name, value in settings.items() if value is not None},
            missing=self.missing.get(vendor, {}),
            profile=given.profile,
            uses=given.uses or self._operations_of_clients(vendor, keys),
            forbidden=given.forbidden,
            budget=None if given.budget is None else CallBudget(**given.budget.model_dump()),
            rotation=self._rotation(vendor, given.rotation),
        )

    def _rotation(self, vendor: str, given: Rotation | None) -> dict[str, str]:
        """Return the steps of the last rotation; a variable that is not set says that it is not known yet."""
        told: dict[str, str] = {}
        for name, value in given or ():
            text = os.environ.get(value.env, "").strip() if isinstance(value, FromVariable) else value
            if not value or not text:
                continue
            try:
                told[name] = text if name == "job" else _in_utc(text)
            except ValueError:
                problem = "has to be a moment that exists, with Z or an offset, as 2026-11-20T10:00:00Z"
                self._note(vendor, ("rotation", name), _told(value, problem))
        return told

    def _operations_of_clients(self, vendor: str, keys: VendorKeys | None) -> tuple[str, ...]:
        """Return what the team's clients call, where the environment itself does not say it."""
        composites = keys.composites if keys else {}
        clients = [client for client in self.manifest.clients.values() if client.vendor == vendor]
        named = [name for client in clients for name in client.operations]
        return tuple(dict.fromkeys(call for name in named for call in composites.get(name, (name,))))

    def _base_url(self, vendor: str, given: str | FromVariable) -> str | None:
        value = self._text(vendor, ("base_url",), given)
        problem = _no_address(value) if value is not None else None
        if problem:
            self._note(vendor, ("base_url",), _told(given, problem))
        return value

    def _credentials(self, vendor: str, given: VendorTarget) -> dict[str, Secret]:
        read: dict[str, Secret] = {}
        for name, source in given.credentials.items():
            if source.command is not None and not self.run_commands:
                self._note(vendor, (name,), f"{source.describe()} is not run from here")
                continue
            try:
                read[name] = read_secret(source, f"{vendor}.{name}", self.directory)
            except SourceProblem as problem:
                self._note(vendor, (name,), str(problem))
        return read

    def _text(self, vendor: str, path: tuple[str, ...], given: str | FromVariable) -> str | None:
        if isinstance(given, str):
            return given
        value = os.environ.get(given.env)
        if value is None or not value.strip():
            state = "is not set" if value is None else "is set, but empty"
            self._note(vendor, path, f"{_place(given)} {state}")
            return None
        return value

    def _setting(self, vendor: str, name: str, given: Any, schema: Mapping[str, Any]) -> Any:
        if not (isinstance(given, dict) and set(given) == {"env"}):
            return given  # golive.yaml's own schema has judged it
        source = FromVariable.model_validate(given)
        text = self._text(vendor, ("settings", name), source)
        if text is None:
            return None
        value = parse_scalar(text)
        problems = sentences(value, schema)
        if not problems:
            return value
        if not sentences(text, schema):
            return text  # a setting that is text, and looks like a number
        for path, sentence in problems:
            told = f"{dotted(path)}: {sentence}" if path else sentence
            self._note(vendor, ("settings", name), _told(source, told))
        return None

    def _note(self, vendor: str, path: tuple[str, ...], told: str) -> None:
        where = ("environments", self.environment, "vendors", vendor, *path)
        message = f"environment {self.environment}, vendor {vendor}, {dotted(path)}: {told}"
        if self.lenient or (vendor, path[0]) in self.optional:
            self.missing.setdefault(vendor, {})[dotted(path)] = message
        else:
            self.mistakes.append(self.manifest.mistake(where, message))


def _place(given: str | FromVariable) -> str:
    return f"environment variable {given.env}" if isinstance(given, FromVariable) else "literal"


def _told(given: str | FromVariable, problem: str) -> str:
    return f"{_place(given)}: {problem}" if isinstance(given, FromVariable) else problem


def _in_utc(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset: nobody knows whose clock is meant")
    return moment.astimezone(UTC).isoformat()


def _no_address(value: str) -> str | None:
    """Return why this cannot be a base URL, without showing it: it may hold a password."""
    try:
        parts = urlsplit(value)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_right or value != value.strip():
        return "has to be an address that begins with http:// or https:// and has a host"
    if parts.username is not None or parts.password is not None:
        return "may not hold a user name or password; credentials have keys of their own"
    return None
