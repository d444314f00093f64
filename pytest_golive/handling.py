"""The handlers of a run: those of golive.yaml for the chosen environment's vendors, or the example project's."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.handlers.labs import Labs
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.manifest.environment import Environment
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Effects, Handler, Manifest
from pytest_golive.readiness.handler_cases import ALLOWANCE, HandlerCase
from pytest_golive.sandbox.deliveries.post import is_this_machine
from pytest_golive.sandbox.rehearsal import EXAMPLE
from pytest_golive.vendors.pack import Pack


def setups_of(manifest: Manifest, chosen: Environment, folder: Path, *, makes_up: bool = False) -> tuple[Setup, ...]:
    """Return the handlers of golive.yaml whose vendors the chosen environment has.

    Args:
        manifest: golive.yaml.
        chosen: the environment.
        folder: where golive.yaml lies.
        makes_up: whether secrets that are not set are made up; handlers elsewhere are left out then.

    Raises:
        Mistakes: what golive.yaml says of them cannot be used.
    """
    made: list[Setup] = []
    mistakes: list[Mistake] = []
    for name, handler in manifest.handlers.items():
        target = chosen.targets.get(handler.vendor)
        if target is None or (makes_up and _is_elsewhere(handler)):
            continue
        try:
            made.append(
                set_up(
                    manifest,
                    name,
                    folder,
                    profile=target.profile,
                    sandbox=makes_up,
                    production=chosen.production,
                    allowed=ALLOWANCE in chosen.allow,
                    ids=target.ids,
                )
            )
        except Mistakes as error:
            mistakes += error.mistakes
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(made)


def example_setups(vendors: Collection[str], store: Path) -> tuple[Setup, ...]:
    """Return the example project's handlers, for a rehearsal without golive.yaml; `store` is where they keep data."""
    handlers = {f"example-{vendor}": _example(vendor, store) for vendor in EXAMPLES if vendor in vendors}
    manifest = Manifest(golive=1, project="golive example", handlers=handlers)
    return tuple(set_up(manifest, name, EXAMPLE) for name in handlers)


EVENTS = "webhooks"
"""The part of an API that sends events, in every pack."""

EXAMPLES = ("augno", "selwise", "timely")
"""The vendors whose events the example handler takes."""


def _example(vendor: str, store: Path) -> Handler:
    variables = {
        "VENDOR": vendor,
        "DATABASE": str(store / f"{vendor}.sqlite"),
        "PORT": "{port}",
        "WEBHOOK_SECRET": "{secret}",
        "PREVIOUS_WEBHOOK_SECRET": "{previous_secret}",
        "RETIRED_WEBHOOK_SECRET": "{retired_secret}",
        "FOREIGN_WEBHOOK_SECRET": "{foreign_secret}",
        "TENANT": "{tenant}",
        "MODE": "{mode}",
        "DOWNSTREAM_URL": "{downstream_url}",
        "VENDOR_API_URL": "{base_url}",
        "VENDOR_API_KEY": "{api_key}",
    }
    return Handler(
        vendor=vendor,
        command=(sys.executable, str(EXAMPLE / "handler.py")),
        path=f"/hooks/{vendor}",
        ready="/healthz",
        environ=variables,
        downstream=True,
        effects=Effects(path="/golive/effects"),
    )


def cases_of(setups: Iterable[Setup]) -> tuple[HandlerCase, ...]:
    """Return the handlers as the plan knows them."""
    return tuple(
        HandlerCase(each.name, each.vendor, each.handler.auth, each.production, not each.started) for each in setups
    )


def features_of(pack: Pack, named: Mapping[str, bool], setups: Iterable[Setup]) -> dict[str, bool]:
    """Return which parts of a vendor's API the integration uses.

    Who has a handler for a vendor's events uses them, though most do not, unless golive.yaml says otherwise.

    Args:
        pack: of the vendor.
        named: those that golive.yaml speaks of.
        setups: the handlers of the run; the example project's are no integration's.
    """
    received = any(each.vendor == pack.vendor and each.folder != EXAMPLE for each in setups)
    return {
        name: named.get(name, feature.default or (received and name == EVENTS))
        for name, feature in pack.features.items()
    }


def labs_of(setups: Iterable[Setup], redactor: Redactor) -> Labs:
    """Return the labs of a run; whatever the handlers share with golive is masked from now on."""
    there = tuple(setups)
    for setup in there:
        for secret in setup.secrets.values():
            redactor.add(secret)
    return Labs(there, redactor.scrub)


def _is_elsewhere(handler: Handler) -> bool:
    return handler.url is not None and not is_this_machine(urlsplit(handler.url).hostname or "")
