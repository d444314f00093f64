"""A handler of golive.yaml, ready to be reached: its secrets read or made up, its placeholders filled in."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.credentials.secret import Secret
from pytest_golive.credentials.source import Source, SourceProblem, read_secret
from pytest_golive.handlers.program import Launch, free_port, served
from pytest_golive.manifest.explain import listed
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.signing.key import key_in, new_secret, public_of
from pytest_golive.signing.scheme import Scheme
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import Webhooks

SECRETS = ("secret", "previous_secret", "retired_secret", "foreign_secret")
"""The secrets a handler may have, by their keys in golive.yaml."""

MADE_UP = (*SECRETS, "tenant", "mode")
"""What golive makes up for a program that it starts, where `environ` asks for it by its placeholder."""

PLACEHOLDER = re.compile(r"{([a-z_]+)}")


@dataclass(frozen=True, slots=True)
class Setup:
    """A handler, ready to be reached.

    Attributes:
        name: in golive.yaml.
        handler: as golive.yaml says it.
        pack: of its vendor.
        folder: where golive.yaml lies.
        secrets: by their keys in golive.yaml; only those there are.
        tenant: the workspace, site or account it serves; None where nothing tells.
        mode: live or test; None where nothing tells.
        made_up: the keys whose values golive made up.
        sendable_tenant: the tenant that events carry where `tenant` tells none.
        production: whether it serves real customers, and golive did not start it.
        allowed: whether deliveries to it are allowed all the same.
        profile: the brand under which the vendor is called.
    """

    name: str
    handler: Handler
    pack: Pack
    folder: Path
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    tenant: str | None = None
    mode: str | None = None
    made_up: frozenset[str] = frozenset()
    sendable_tenant: str = ""
    production: bool = False
    allowed: bool = False
    profile: str | None = None

    @property
    def vendor(self) -> str:
        """Name of the vendor whose events it takes."""
        return self.pack.vendor

    @property
    def webhooks(self) -> Webhooks:
        """How its vendor sends."""
        assert self.pack.webhooks is not None, "looked at when it was set up"
        return self.pack.webhooks

    @property
    def scheme_name(self) -> str:
        """The way its vendor signs for it."""
        return self.handler.auth or self.webhooks.usual

    @property
    def scheme(self) -> Scheme:
        """The same, with all its parameters."""
        return self.webhooks.signing[self.scheme_name]

    @property
    def started(self) -> bool:
        """Whether golive starts it."""
        return self.handler.url is None

    @property
    def asks_vendor(self) -> bool:
        """Whether it is to call the vendor's API where golive serves that."""
        return "base_url" in _asked_for(self.handler)

    @property
    def restarts(self) -> bool:
        """Whether golive may stop and start it."""
        if self.handler.restart is not None:
            return self.handler.restart and self.started
        return self.handler.command is not None

    @property
    def key(self) -> str:
        """Where it stands in golive.yaml."""
        return f"handlers.{self.name}"

    def launch(
        self, scrub: Callable[[str], str], downstream_url: str = "", vendor: Mapping[str, str] | None = None
    ) -> Launch:
        """Return how it is started.

        Args:
            scrub: masks known secrets in a text.
            downstream_url: where golive stands in for what the handler calls.
            vendor: base_url, api_key and ids of the vendor's API that golive serves.
        """
        port = free_port()
        values = {
            **(vendor or {}),
            "port": str(port),
            "downstream_url": downstream_url,
            "tenant": self.tenant or "",
            "mode": self.mode or "",
            # Whoever only verifies gets by with a key that cannot sign.
            **{
                name: public_of(self.scheme, secret.reveal()) if self.scheme.asymmetric else secret.reveal()
                for name, secret in self.secrets.items()
            },
        }
        argv = self.handler.command or served(self.handler.app or "", port)
        return Launch(
            argv=[_filled(word, values) for word in argv],
            directory=(self.folder / self.handler.directory).resolve(),
            environ={name: _filled(value, values) for name, value in self.handler.environ.items()},
            port=port,
            ready=self.handler.ready,
            start_seconds=self.handler.start_seconds,
            scrub=scrub,
        )

    def url(self, launch: Launch | None) -> str:
        """Return the address of the webhook."""
        if launch is None:
            return self.handler.url or ""
        path = self.handler.path or "/"
        return f"{launch.origin}{path if path.startswith('/') else '/' + path}"

    def origin(self, launch: Launch | None) -> str:
        """Return scheme, host and port."""
        parts = urlsplit(self.url(launch))
        return f"{parts.scheme}://{parts.netloc}"


def set_up(  # a run's values, each by its name
    manifest: Manifest,
    name: str,
    folder: Path,
    *,
    profile: str | None = None,
    sandbox: bool = False,
    production: bool = False,
    allowed: bool = False,
    ids: Mapping[str, str] | None = None,
) -> Setup:
    """Read what golive.yaml says of a handler.

    Args:
        manifest: golive.yaml.
        name: of the handler.
        folder: where golive.yaml lies.
        profile: the brand under which its vendor is called.
        sandbox: a rehearsal: secrets that are not set are made up for programs golive starts.
        production: whether the chosen environment is one.
        allowed: whether deliveries to production are allowed.
        ids: of the vendor in the chosen environment.

    Raises:
        Mistakes: the vendor sends no webhooks, the way to sign does not exist, or a secret cannot be read.
    """
    handler = manifest.handlers[name]
    pack = read_pack(handler.vendor, profile)
    mistakes = list(_wrong(manifest, name, handler, pack))
    if mistakes:
        raise Mistakes(mistakes)
    assert pack.webhooks is not None, "looked at above"
    scheme = pack.webhooks.signing[handler.auth or pack.webhooks.usual]
    secrets: dict[str, Secret] = {}
    made_up: set[str] = set()
    for key in SECRETS:
        found = _secret(handler, key, name, folder, scheme, sandbox)
        if isinstance(found, SourceProblem):
            mistakes.append(manifest.mistake(("handlers", name, key), f"handlers.{name}.{key}: {found}"))
        elif found is not None:
            secrets[key], made = found
            made_up |= {key} if made else set()
    if "secret" not in secrets and scheme.strategy != "none" and not mistakes:
        told = f"handlers.{name}.secret is missing: deliveries cannot be signed without it"
        mistakes.append(manifest.mistake(("handlers", name), told))
    if mistakes:
        raise Mistakes(mistakes)
    asked = _asked_for(handler)
    tenant, mode = handler.tenant, handler.mode
    usual = _usual_tenant(pack, ids or {})
    if tenant is None and "tenant" in asked:
        tenant = usual
        made_up.add("tenant")
    if mode is None and "mode" in asked:
        mode = "live"
        made_up.add("mode")
    return Setup(
        name=name,
        handler=handler,
        pack=pack,
        folder=folder,
        secrets=secrets,
        tenant=tenant,
        mode=mode,
        made_up=frozenset(made_up),
        sendable_tenant=tenant or usual,
        production=production and handler.url is not None,
        allowed=allowed,
        profile=profile,
    )


def _wrong(manifest: Manifest, name: str, handler: Handler, pack: Pack) -> Iterator[Mistake]:
    if pack.webhooks is None:
        yield manifest.mistake(("handlers", name, "vendor"), f"handlers.{name}.vendor: {pack.title} sends no webhooks")
    elif handler.auth is not None and handler.auth not in pack.webhooks.signing:
        ways = pack.webhooks.signing
        told = f"handlers.{name}.auth: {pack.title} does not sign as {handler.auth!r}"
        yield manifest.mistake(("handlers", name, "auth"), told + listed(ways, handler.auth, "it signs as"))


def _secret(
    handler: Handler, key: str, name: str, folder: Path, scheme: Scheme, sandbox: bool
) -> tuple[Secret, bool] | SourceProblem | None:
    """Return a secret and whether it was made up; None where there is none; the problem where it cannot be read."""
    source: Source | None = getattr(handler, key)
    label = f"handlers.{name}.{key}"
    makes_up = handler.url is None and (source is None or sandbox)
    if source is not None:
        try:
            secret = read_secret(source, label, folder)
            if scheme.signs:
                key_in(scheme, secret.reveal())
        except SourceProblem as problem:
            if not makes_up:
                return problem
        except ValueError as problem:
            return SourceProblem(str(problem))
        else:
            return secret, False
    if makes_up and scheme.strategy != "none" and (source is not None or key in _asked_for(handler)):
        return Secret(new_secret(scheme), label), True
    return None


def _asked_for(handler: Handler) -> frozenset[str]:
    """Return the placeholders that a handler's variables and arguments name."""
    if handler.url is not None:
        return frozenset()
    return frozenset(PLACEHOLDER.findall(json.dumps([*handler.environ.values(), *(handler.command or ())])))


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with what golive has for it; other braces are the program's own."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), template)


def _usual_tenant(pack: Pack, ids: Mapping[str, str]) -> str:
    """Return the tenant of the environment's ids that the envelope names: `siteId` is the id `site_id`."""
    path = pack.webhooks.tenant if pack.webhooks is not None else None
    last = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", (path or "").split(".")[-1]).lower()
    return next((ids[name] for name in (last, f"{last}_id") if name in ids), str(uuid.uuid4()))


def told(setup: Setup) -> dict[str, Any]:
    """Return a set-up as plain values, secrets included: for xdist's own pipe to a worker."""
    return {
        "name": setup.name,
        "handler": setup.handler.model_dump(mode="json", by_alias=True, exclude_none=True),
        "vendor": setup.vendor,
        "profile": setup.profile,
        "folder": str(setup.folder),
        "secrets": {key: [secret.name, secret.reveal()] for key, secret in setup.secrets.items()},
        "tenant": setup.tenant,
        "mode": setup.mode,
        "made_up": sorted(setup.made_up),
        "sendable_tenant": setup.sendable_tenant,
        "production": setup.production,
        "allowed": setup.allowed,
    }


def received(values: Mapping[str, Any]) -> Setup:
    """Return the set-up that :func:`told` described."""
    return Setup(
        name=values["name"],
        handler=Handler.model_validate(values["handler"]),
        pack=read_pack(values["vendor"], values["profile"]),
        folder=Path(values["folder"]),
        secrets={key: Secret(value, name) for key, (name, value) in values["secrets"].items()},
        tenant=values["tenant"],
        mode=values["mode"],
        made_up=frozenset(values["made_up"]),
        sendable_tenant=values["sendable_tenant"],
        production=values["production"],
        allowed=values["allowed"],
        profile=values["profile"],
    )
