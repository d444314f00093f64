"""The packs that golive ships: where they lie, how they are read, and what is refused.

Everything is read once a process. A pack that contradicts itself is refused with all of its mistakes at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from pytest_golive.vendors.client_fault import ClientFault, ClientFaults
from pytest_golive.vendors.consistency import mistakes_of
from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.handler_fault import HandlerFault, HandlerFaults
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Rule, RuleBook

# libyaml's loader is about ten times faster; wheels of PyYAML have it, other builds may not.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Model = TypeVar("Model", bound=Frozen)

PACKAGE = Path(__file__).parent.parent


class PackError(ValueError):
    """A pack cannot be used.

    Attributes:
        vendor: name of the pack.
        mistakes: every mistake found, one sentence each.
    """

    def __init__(self, vendor: str, mistakes: Iterable[str]) -> None:
        self.vendor = vendor
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([f"the pack of {vendor} cannot be used:", *(f"- {one}" for one in self.mistakes)]))


_own: dict[str, Path] = {}
"""Packs that a project brings, by vendor: the folder with pack.yaml, rules.yaml and schemas/."""


@cache
def packs() -> tuple[str, ...]:
    """Return the names of the vendors that there are packs for, sorted: golive's and those a project brings."""
    return tuple(sorted({*_shipped(), *_own}))


def _shipped() -> frozenset[str]:
    return frozenset(found.parent.name for found in (PACKAGE / "vendors").glob("*/pack.yaml"))


def own_packs() -> dict[str, Path]:
    """Return the packs that a project brought, by vendor."""
    return dict(_own)


def add_pack(folder: Path) -> str:
    """Make a pack known that a project brings, and return its vendor: the name of its folder.

    Args:
        folder: holds pack.yaml, rules.yaml and the folder schemas.

    Raises:
        PackError: golive ships a pack of that name, there is none in the folder, or it contradicts itself.
    """
    vendor = folder.name
    if vendor in _shipped():
        raise PackError(vendor, [f"golive ships one of that name; call the folder {folder} otherwise"])
    if not (folder / "pack.yaml").is_file():
        raise PackError(vendor, [f"there is no {folder / 'pack.yaml'}"])
    _own[vendor] = folder
    for known in (packs, read_pack, read_rules, read_schema):
        known.cache_clear()
    pack = read_pack(vendor)
    if pack.vendor != vendor:
        raise PackError(vendor, [f"pack.yaml: vendor: is {pack.vendor!r}, and its folder is called {vendor!r}"])
    check_pack(pack, read_rules(vendor))
    return vendor


@cache
def schemas_folder() -> Path:
    """Return where the JSON Schemas lie: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / "schemas"
    return inside if inside.is_dir() else PACKAGE.parent / "schemas"


@cache
def read_pack(vendor: str, profile: str | None = None) -> Pack:
    """Return a vendor's pack.

    Args:
        vendor: its name.
        profile: one of the pack's profiles: the same API under another brand.

    Raises:
        PackError: no such pack or profile is shipped, or it does not fit the model.
    """
    if vendor not in packs():
        raise PackError(vendor, [f"golive ships none of that name; there are: {', '.join(packs())}"])
    pack = _read(vendor, "pack.yaml", Pack)
    if profile is None:
        return pack
    if profile not in pack.profiles:
        raise PackError(vendor, [f"it has no profile {profile!r}; there are: {', '.join(pack.profiles) or 'none'}"])
    return _changed(vendor, pack, pack.profiles[profile].changes)


@cache
def read_rules(vendor: str) -> tuple[Rule, ...]:
    """Return a vendor's rules, in the order of ``rules.yaml``.

    Raises:
        PackError: there are none, or they do not fit the model.
    """
    return _read(vendor, "rules.yaml", RuleBook).rules


@cache
def general_rules() -> tuple[Rule, ...]:
    """Return the rules that hold for every vendor.

    Raises:
        PackError: they do not fit the model.
    """
    rules = _load("every vendor", PACKAGE / "vendors" / "every_vendor.yaml", RuleBook).rules
    handlers, clients = handler_faults().values(), client_faults().values()
    return (*rules, *(fault.rule() for fault in handlers), *(fault.rule() for fault in clients))


@cache
def handler_faults() -> Mapping[str, HandlerFault]:
    """Return every fault that a webhook handler may have, by id.

    Raises:
        PackError: they do not fit the model.
    """
    path = PACKAGE / "vendors" / "handler_faults.yaml"
    return {fault.id: fault for fault in _load("every vendor", path, HandlerFaults).faults}


@cache
def client_faults() -> Mapping[str, ClientFault]:
    """Return every fault that an API client may have, by id.

    Raises:
        PackError: they do not fit the model.
    """
    path = PACKAGE / "vendors" / "client_faults.yaml"
    return {fault.id: fault for fault in _load("every vendor", path, ClientFaults).faults}


@cache
def read_schema(vendor: str, file: str) -> dict[str, Any]:
    """Return one of a vendor's JSON Schemas. The value is shared: do not change it.

    Raises:
        OSError: there is no such file.
        ValueError: the file is not JSON.
    """
    folder = _own[vendor] / "schemas" if vendor in _own else schemas_folder() / vendor
    schema: dict[str, Any] = json.loads((folder / file).read_bytes())
    return schema


def check_pack(pack: Pack, rules: Iterable[Rule]) -> None:
    """Refuse a pack that contradicts itself, its schemas or its rules.

    Raises:
        PackError: with every contradiction.
    """
    mistakes = mistakes_of(pack, rules, partial(read_schema, pack.vendor))
    if mistakes:
        raise PackError(pack.vendor, mistakes)


def _changed(vendor: str, pack: Pack, changes: Mapping[str, Any]) -> Pack:
    try:
        return Pack.model_validate(_merged(pack.model_dump(by_alias=True), changes))
    except ValidationError as error:
        raise PackError(vendor, [_told("pack.yaml", one["loc"], one["msg"]) for one in error.errors()]) from error


def _merged(known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a nested value with these parts of it replaced; null takes one out."""
    merged = dict(known)
    for name, change in changes.items():
        before = merged.pop(name, None)
        if isinstance(before, Mapping) and isinstance(change, Mapping):
            merged[name] = _merged(before, change)
        elif change is not None:
            merged[name] = change
    return merged


def _read(vendor: str, name: str, model: type[Model]) -> Model:
    return _load(vendor, _own.get(vendor, PACKAGE / "vendors" / vendor) / name, model)


def _load(vendor: str, path: Path, model: type[Model]) -> Model:
    name = path.name
    try:
        return model.model_validate(yaml.load(path.read_bytes(), Loader=LOADER))  # noqa: S506  # a safe loader
    except OSError as error:
        raise PackError(vendor, [f"{name} cannot be read: {error.strerror}"]) from error
    except yaml.YAMLError as error:
        raise PackError(vendor, [f"{name} is not YAML: {error}"]) from error
    except ValidationError as error:
        raise PackError(vendor, [_told(name, one["loc"], one["msg"]) for one in error.errors()]) from error


def _told(name: str, place: tuple[int | str, ...], message: str) -> str:
    return f"{name}: {'.'.join(map(str, place))}: {message}"
