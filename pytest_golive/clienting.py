"""The clients of a run: those of golive.yaml for the chosen environment's vendors, or the example project's."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from pytest_golive.clients.lab import embedded
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.real_vendor import RealVendor, real_vendor
from pytest_golive.clients.setup import Setup, set_up
from pytest_golive.clients.vendor_behind import StoodIn
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.budget import Budget
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.wire import wire
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment
from pytest_golive.manifest.model import Client, Manifest
from pytest_golive.readiness.client_cases import ClientCase
from pytest_golive.sandbox.rehearsal import EXAMPLE

EXAMPLES = {
    "augno": ("list_units", "get_unit", "create_unit", "update_unit"),
    "selwise": ("list_integrations", "get_integration", "put_integration", "list_integration_logs"),
    "timely": ("list_contacts", "create_contact", "update_contact", "send_message"),
    "uppzy": ("get_limits", "chat", "chat_async_and_wait", "create_text_document"),
}
"""What the example client does, by vendor."""

PROMISES = {"uppzy": 75.0}
"""Within how many seconds a call of the example client ends, where a vendor may take long to answer."""

PROMISE = 22.0
"""The same with any other vendor."""


def setups_of(manifest: Manifest, chosen: Environment, folder: Path) -> tuple[Setup, ...]:
    """Return the clients of golive.yaml whose vendors the chosen environment has.

    Args:
        manifest: golive.yaml.
        chosen: the environment; its settings are what the clients are held to.
        folder: where golive.yaml lies.
    """
    return tuple(
        set_up(manifest, name, folder, profile=target.profile, settings=target.settings)
        for name, client in manifest.clients.items()
        if (target := chosen.targets.get(client.vendor)) is not None
    )


def example_setups(vendors: Collection[str]) -> tuple[Setup, ...]:
    """Return the example project's clients, for a rehearsal without golive.yaml."""
    clients = {f"example-{vendor}": _example(vendor) for vendor in EXAMPLES if vendor in vendors}
    manifest = Manifest(golive=1, project="golive example", clients=clients)
    return tuple(set_up(manifest, name, EXAMPLE) for name in clients)


def _example(vendor: str) -> Client:
    promise = PROMISES.get(vendor, PROMISE)
    variables = {
        "VENDOR": vendor,
        "CALL_SECONDS": f"{promise - 2:g}",
        "RETRY_BASE_SECONDS": "0.2",
        "POLL_SECONDS": "1.1",
        "POLL_BUDGET_SECONDS": "15",
    }
    return Client(
        vendor=vendor,
        command=(sys.executable, str(EXAMPLE / "client.py")),
        operations=EXAMPLES[vendor],
        environ=variables,
        call_seconds=promise,
        concurrent=True,
    )


def cases_of(setups: Iterable[Setup]) -> tuple[ClientCase, ...]:
    """Return the clients as the plan knows them."""
    return tuple(ClientCase(each.name, each.vendor, each.operations) for each in setups)


def labs_of(setups: Iterable[Setup], redactor: Redactor, behind: Callable[[Setup], StoodIn] | None = None) -> Labs:
    """Return the labs of a run's clients; `behind` makes the vendor behind a stand-in, None: golive's own."""
    return Labs(setups, redactor.scrub, behind)


def behind(golive: Golive) -> Callable[[Setup], StoodIn]:
    """Return what makes the vendor behind a stand-in in a run: golive's own, or the chosen environment's.

    Args:
        golive: knows the vendors of the chosen environment.
    """

    def made(setup: Setup) -> StoodIn:
        if setup.client.behind == "sandbox":
            return embedded(setup)
        where = golive.environment.name
        pace = golive.budgets.pace(setup.vendor, where, golive.limits(setup.vendor, where))
        return real_vendor(
            golive.vendor(setup.vendor),
            setup,
            transport=lambda url: Budget(wire(url), pace),
            journal=golive.journal,
            fresh=golive.fresh,
        )

    return made


def real(environment: Environment, journal: Journal, redactor: Redactor) -> Callable[[Setup], StoodIn]:
    """Return what hands requests on to a vendor in an environment, for one drive at the desk.

    Args:
        environment: where the vendor is; what succeeds there is really done.
        journal: where it is written down, for `golive sweep`.
        redactor: masks its keys.
    """

    def made(setup: Setup) -> StoodIn:
        vendor = Vendor(
            setup.pack,
            environment.targets[setup.vendor],
            Permit(environment.name, production=environment.production, allowed=frozenset(environment.allow)),
            strict=False,
            scrub=redactor.scrub,
            journal=journal,
            fresh=_fresh,
            run="drive",
        )
        return RealVendor(vendor, transport=wire(vendor.base_url), journal=journal, fresh=_fresh, alone=True)

    return made


def _fresh(kind: str) -> str:
    return f"golive-drive-{kind}-{secrets.token_hex(4)}"
