"""Right handlers in four frameworks, and the example for every way that is signed: no fault is found in any of them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

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

SIGNED = {"augno": ("augno", None), "selwise": ("selwise", "hmac"), "selwise-signature": ("selwise", "signature")}
"""The example's name for a way to sign, and golive.yaml's vendor and `auth`."""


def reference_setup(framework: str, folder: Path) -> Setup:
    return flask_setup(folder, **REFERENCES[framework])


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
        },
        effects=Effects(path="/golive/effects"),
    )
    return set_up(Manifest(golive=1, project="shop", handlers={"shop-hooks": handler}), "shop-hooks", folder)


@pytest.mark.parametrize("framework", REFERENCES)
def test_a_right_handler_raises_no_alarm(framework: str, tmp_path: Path) -> None:
    if framework == "node" and shutil.which("node") is None:
        pytest.skip("node is not on this machine")

    setup = reference_setup(framework, tmp_path)
    with under_test(setup) as lab:
        outcomes = tried(lab, faults_of(setup))

    assert dict.fromkeys(faults_of(setup), HELD) == outcomes


@pytest.mark.parametrize("example", SIGNED)
def test_the_example_raises_no_alarm_however_it_is_signed(example: str, tmp_path: Path) -> None:
    setup = example_setup(example, tmp_path)
    with under_test(setup) as lab:
        outcomes = tried(lab, faults_of(setup))

    assert dict.fromkeys(faults_of(setup), HELD) == outcomes
