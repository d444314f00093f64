"""What a replay has to know of the environments it was recorded in: addresses and ids; keys only by their fingerprints.

Each credential gets a stand-in, written down beside its fingerprint: of the same shape, so that what is judged by a
key's looks is judged alike, and opening nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from pytest_golive.cassettes.shelf import Shelf, Unreadable, moment_of
from pytest_golive.cassettes.standin import stand_in
from pytest_golive.credentials.secret import StandIn
from pytest_golive.manifest.document import Document, parse_scalar, read_document
from pytest_golive.manifest.environment import CallBudget, Environment, Target
from pytest_golive.manifest.mistake import Mistakes


class _Writer(yaml.SafeDumper):
    """Quotes what YAML 1.2 would read as something else: a fingerprint of digits and one e is a number there."""


def _text_node(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if isinstance(parse_scalar(text), str) else "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _text_node)


def described(environments: Iterable[Environment], prefixes: Iterable[str]) -> dict[str, Any]:
    """Return environments as plain values without any secret, by name."""
    salt = secrets.token_bytes(32)
    return {each.name: _environment(each, salt, tuple(prefixes)) for each in environments}


def description_text(described_: Mapping[str, Any], *, recorded: str, source: str, version: str) -> str:
    """Return the text of ``recording.yaml``."""
    heading = "# Where the cassettes beside this file were recorded. Keys stand here by fingerprint and stand-in only."
    plain = {"golive": version, "recorded": recorded, "source": source, "environments": described_}
    text: str = yaml.dump(plain, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120)
    return f"{heading}\n{text}"


def recorded_environments(shelf: Shelf) -> tuple[dict[str, Environment], datetime]:
    """Return the environments a shelf was recorded in, and when that was.

    Raises:
        Unreadable: the description is not there, or not what golive writes.
    """
    path = shelf.description
    try:
        document = read_document(path)
    except Mistakes as mistakes:
        first = mistakes.mistakes[0]
        place = f"{shelf.told(path)}, line {first.line}" if first.line else shelf.told(path)
        raise Unreadable(f"{place}: {first.message}") from None
    told = document.data.get("environments")
    if not isinstance(told, dict):
        raise Unreadable(f"{shelf.told(path)}, line 1: `environments` has to be a mapping")
    try:
        recorded = moment_of(document.data.get("recorded"))
    except ValueError as error:
        raise Unreadable(f"{shelf.told(path)}, line {document.line(('recorded',))}: {error}") from None
    return {name: _environment_of(shelf, path, document, name) for name in told}, recorded


def values_of(environments: Iterable[Environment]) -> dict[str, str]:
    """Return what differs from recording to recording, by name: addresses, ids, fingerprints of keys."""
    found: dict[str, str] = {}
    for environment in environments:
        if environment.fingerprints_url:
            found[f"{environment.name}/deployment"] = environment.fingerprints_url
        for vendor, target in environment.targets.items():
            place = f"{environment.name}/{vendor}"
            if target.base_url:
                found[f"{place}/base_url"] = target.base_url
            found |= {f"{place}/ids/{name}": value for name, value in target.ids.items()}
            keys = target.credentials.items()
            found |= {f"{place}/{name}/fingerprint": secret.fingerprint for name, secret in keys}
    return found


def with_recorded_values(environment: Environment, recorded: Environment | None) -> Environment:
    """Return an environment of golive.yaml with the addresses, ids and stand-ins it was recorded with."""
    if recorded is None:
        return environment
    targets = {
        name: _with_recorded(target, recorded.targets[name])
        for name, target in environment.targets.items()
        if name in recorded.targets
    }
    return replace(environment, fingerprints_url=recorded.fingerprints_url, targets={**environment.targets, **targets})


def _with_recorded(target: Target, recorded: Target) -> Target:
    settings = {name: each for name, each in recorded.settings.items() if f"settings.{name}" in target.missing}
    found = {"base_url", *(f"ids.{name}" for name in recorded.ids), *(f"settings.{name}" for name in settings)}
    found |= recorded.credentials.keys()
    return replace(
        target,
        base_url=recorded.base_url,
        ids=recorded.ids,
        credentials=recorded.credentials,
        settings={**settings, **target.settings},
        missing={name: why for name, why in target.missing.items() if name not in found},
    )


def _environment(environment: Environment, salt: bytes, prefixes: tuple[str, ...]) -> dict[str, Any]:
    told = {each.name: getattr(environment, each.name) for each in fields(environment)}
    targets = {name: _target(target, salt, prefixes) for name, target in environment.targets.items()}
    return {**told, "allow": list(environment.allow), "targets": targets}


def _target(target: Target, salt: bytes, prefixes: tuple[str, ...]) -> dict[str, Any]:
    told = {each.name: getattr(target, each.name) for each in fields(target)}
    plain = {name: _plain(value) for name, value in told.items() if name not in {"credentials", "budget", "missing"}}
    keys = {
        name: {
            "name": secret.name,
            "fingerprint": secret.fingerprint,
            "stand_in": stand_in(secret.reveal(), salt, prefixes, same_end=True),
        }
        for name, secret in target.credentials.items()
    }
    return {**plain, "credentials": keys, "budget": None if target.budget is None else asdict(target.budget)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _environment_of(shelf: Shelf, path: Path, document: Document, name: str) -> Environment:
    told = document.data["environments"][name]
    try:
        targets = {vendor: _target_of(each) for vendor, each in told["targets"].items()}
        return Environment(**{**told, "allow": tuple(told["allow"]), "targets": targets})
    except (KeyError, TypeError, AttributeError):
        line = document.line(("environments", name))
        raise Unreadable(
            f"{shelf.told(path)}, line {line}: this is not how golive describes an environment; record anew"
        ) from None


def _target_of(told: Mapping[str, Any]) -> Target:
    keys = {
        name: StandIn(each["stand_in"], each["name"], each["fingerprint"]) for name, each in told["credentials"].items()
    }
    budget = None if told["budget"] is None else CallBudget(**told["budget"])
    lists = {name: tuple(told[name]) for name in ("uses", "forbidden")}
    return Target(**{**told, **lists, "credentials": keys, "budget": budget})
