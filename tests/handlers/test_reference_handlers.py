"""Right handlers in four frameworks, and the example for every way that is signed: no fault is found in any of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.handlers import orders
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.manifest.model import Effects, Handler, Manifest
from pytest_golive.sandbox.rehearsal import EXAMPLE
from tests.handlers.handler_mutants import PROGRAMS, flask_setup, under_test
from tests.handlers.lab_runs import HELD, faults_of, tried

REFERENCES: dict[str, dict[str, Any]] = {
    "flask": {},
    "fastapi": {"command": None, "app": "fastapi_handler:app", "directory": str(PROGRAMS), "restart": True},
    "django": {"command": None, "app": "django_handler:application", "directory": str(PROGRAMS), "restart": True},
    "node": {"command": ["node", str(PROGRAMS / "node_handler.mjs")]},
}
"""What is special about each one's entry in golive.yaml."""

SIGNED = {
    "timely": ("timely", None),
    "augno": ("augno", None),
    "selwise": ("selwise", "hmac"),
    "selwise-signature": ("selwise", "signature"),
}
"""The example's name for a way to sign, and golive.yaml's vendor and `auth`."""

ASKS_NOTHING = "not verified: handlers.shop-hooks.environ names no {base_url}: WH-46 cannot be tried without it"
"""What is told of the right handlers that do not ask the vendor's API."""

AT_ONCE = 4
"""Labs at the same time: most of a lab is waiting."""


def reference_setup(framework: str, folder: Path) -> Setup:
    setup = flask_setup(folder, **REFERENCES[framework])
    if framework != "flask":  # the others ask the vendor for nothing
        environ = {name: value for name, value in setup.handler.environ.items() if not name.startswith("VENDOR_API")}
        setup = flask_setup(folder, **REFERENCES[framework], environ=environ)
    return setup


def example_setup(example: str, folder: Path) -> Setup:
    vendor, auth = SIGNED[example]
    handler = Handler(
        vendor=vendor,
        auth=auth,
        command=(sys.executable, str(EXAMPLE / "handler.py")),
        path=f"/hooks/{vendor}",
        ready="/healthz",
        downstream=True,
        environ={
            "VENDOR": example,
            "DATABASE": str(folder / "shop.sqlite"),
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
        },
        effects=Effects(path="/golive/effects"),
    )
    return set_up(Manifest(golive=1, project="shop", handlers={"shop-hooks": handler}), "shop-hooks", folder)


def right_setups(folder: Path) -> Iterator[tuple[str, Setup]]:
    """Yield every right handler with its name, each with a store of its own."""
    for framework in REFERENCES:
        if framework != "node" or shutil.which("node") is not None:
            (folder / framework).mkdir()
            yield framework, reference_setup(framework, folder / framework)
    for example in SIGNED:
        (folder / example).mkdir()
        yield f"example, {example}", example_setup(example, folder / example)


ORDERS = 20
"""Orders of a life's events that are tried on each; every one is in the test of all orders, and in the bench."""


def test_no_right_handler_raises_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault that its deliveries can show is tried on each of them, and none is found."""
    monkeypatch.setattr(orders, "WHOLE", 0)
    monkeypatch.setattr(orders, "SAMPLE", ORDERS)
    setups = dict(right_setups(tmp_path))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = dict(zip(setups, pool.map(tried_on, setups.values()), strict=True))

    assert {name: list(outcomes) for name, outcomes in told.items()} == {
        name: faults_of(setup) for name, setup in setups.items()
    }
    found = [
        f"{name}: {fault} {outcome}"
        for name, outcomes in told.items()
        for fault, outcome in outcomes.items()
        if outcome not in ({HELD} if "flask" in name or "example" in name else {HELD, ASKS_NOTHING})
    ]
    assert found == []


def test_all_orders_of_five_events_leave_one_state(tmp_path: Path) -> None:
    with under_test(reference_setup("flask", tmp_path)) as lab:
        assert tried(lab, ["WH-44"]) == {"WH-44": HELD}


def tried_on(setup: Setup) -> dict[str, str]:
    """Put a handler through the whole lab."""
    with under_test(setup) as lab:
        return tried(lab, faults_of(setup))
