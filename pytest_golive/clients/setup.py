"""A client of golive.yaml, ready to be driven: how it is reached, and what is filled into its variables."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pytest_golive.manifest.model import Client, Manifest
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

PLACEHOLDER = re.compile(r"{([A-Za-z_][A-Za-z0-9_]*)}")

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy")
"""Variables of golive's own environment that a driven client does not get: what it calls lies on this machine."""

PATIENCE_SECONDS = 120.0
"""How long a call may take of a client that promises nothing; what has not ended then has no end."""

How = Literal["command", "callable", "url"]


@dataclass(frozen=True, slots=True)
class Setup:
    """A client, ready to be driven.

    Attributes:
        name: in golive.yaml.
        client: as golive.yaml says it.
        pack: of its vendor.
        folder: where golive.yaml lies.
        profile: the brand under which the vendor is called.
        settings: of the vendor in the chosen environment; the pack has none of its own.
    """

    name: str
    client: Client
    pack: Pack
    folder: Path
    profile: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vendor(self) -> str:
        """Name of the vendor that it calls."""
        return self.pack.vendor

    @property
    def how(self) -> How:
        """By which of the three ways it is reached."""
        if self.client.url is not None:
            return "url"
        return "command" if self.client.command is not None else "callable"

    @property
    def started(self) -> bool:
        """Whether golive starts it, anew for each scenario."""
        return self.how != "url"

    @property
    def url(self) -> str:
        """The address that takes its calls; "" where golive starts it."""
        return self.client.url or ""

    @property
    def directory(self) -> Path:
        """Where its command runs."""
        return (self.folder / self.client.directory).resolve()

    @property
    def operations(self) -> tuple[str, ...]:
        """What it can do, by the pack's names."""
        return self.client.operations

    @property
    def start_seconds(self) -> float:
        """How long it may take to start."""
        return self.client.start_seconds

    @property
    def call_seconds(self) -> float:
        """Its own promise: a call ends within this."""
        return self.client.call_seconds

    @property
    def promises(self) -> bool:
        """Whether golive.yaml says itself how long a call may take."""
        return "call_seconds" in self.client.model_fields_set

    @property
    def patience_seconds(self) -> float:
        """How long a call is waited for: as long as the client promises, or until nobody would call it an end."""
        return self.call_seconds if self.promises else max(PATIENCE_SECONDS, self.call_seconds)

    @property
    def concurrent(self) -> bool:
        """Whether it takes a call before it has answered the one before."""
        return self.client.concurrent

    @property
    def key(self) -> str:
        """Where it stands in golive.yaml."""
        return f"clients.{self.name}"

    @property
    def argv(self) -> Sequence[str]:
        """Program and arguments that start it; nothing where others do."""
        if self.client.callable_ is not None:
            side_by_side = ["--concurrent"] if self.concurrent else []
            return [sys.executable, "-m", "pytest_golive.clients.drive", self.client.callable_, *side_by_side]
        return self.client.command or ()

    def environ(self, values: Mapping[str, str], further: Mapping[str, str]) -> dict[str, str]:
        """Return all variables of its process.

        Args:
            values: what stands in the place of each placeholder of golive.yaml's `environ`.
            further: variables of one scenario, which win.
        """
        own = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
        known = {**dict.fromkeys(self.pack.ids, ""), **values}
        return own | {name: filled(value, known) for name, value in self.client.environ.items()} | dict(further)


def set_up(
    manifest: Manifest,
    name: str,
    folder: Path,
    *,
    profile: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Setup:
    """Return what golive.yaml says of a client.

    Args:
        manifest: golive.yaml.
        name: of the client.
        folder: where golive.yaml lies.
        profile: the brand under which its vendor is called.
        settings: of its vendor in the chosen environment.
    """
    client = manifest.clients[name]
    return Setup(name, client, read_pack(client.vendor, profile), folder, profile, settings or {})


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with what golive has for it; other braces are the program's own."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), template)


def driven_arguments(pack: Pack, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an operation under the names that clients know: an id in a path may be just `id`."""
    known = pack.operations.get(operation)
    in_path = set(PLACEHOLDER.findall(known.path)) if known is not None else set[str]()
    return {pack.driven_as.get(name, name) if name in in_path else name: value for name, value in arguments.items()}


def told(setup: Setup) -> dict[str, Any]:
    """Return a set-up as plain values, for xdist's pipe to a worker."""
    return {
        "name": setup.name,
        "client": setup.client.model_dump(mode="json", by_alias=True, exclude_none=True),
        "vendor": setup.vendor,
        "folder": str(setup.folder),
        "profile": setup.profile,
        "settings": dict(setup.settings),
    }


def received(values: Mapping[str, Any]) -> Setup:
    """Return the set-up that :func:`told` described."""
    return Setup(
        name=values["name"],
        client=Client.model_validate(values["client"]),
        pack=read_pack(values["vendor"], values["profile"]),
        folder=Path(values["folder"]),
        profile=values["profile"],
        settings=values["settings"],
    )
