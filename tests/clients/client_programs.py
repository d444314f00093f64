"""Right clients in four stacks, by one variable for all vendors, as golive.yaml would name them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pytest_golive.clients.setup import Setup
from pytest_golive.manifest.model import Client
from pytest_golive.sandbox.rehearsal import EXAMPLE
from pytest_golive.vendors.library import read_pack

PROGRAMS = Path(__file__).parent / "programs"

COMMANDS: dict[str, list[str]] = {
    "httpx": [sys.executable, str(EXAMPLE / "client.py")],
    "requests": [sys.executable, str(PROGRAMS / "requests_client.py")],
    "aiohttp": [sys.executable, str(PROGRAMS / "aiohttp_client.py")],
    "node": ["node", str(PROGRAMS / "node_client.mjs")],
    "batch": [sys.executable, str(PROGRAMS / "batch_client.py")],
}
"""The right clients."""

CONCURRENT = {"httpx", "aiohttp", "node"}
"""Those that take a call before they have answered the one before."""

OPERATIONS: dict[str, list[str]] = {
    "timely": ["list_contacts", "create_contact", "update_contact", "send_message"],
    "augno": ["list_units", "get_unit", "create_unit", "update_unit"],
    "uppzy": ["get_limits", "chat", "chat_async_and_wait", "send_feedback", "create_text_document"],
    "selwise": ["list_integrations", "get_integration", "put_integration", "test_integration", "list_integration_logs"],
}
"""What they are driven with; all of them can do more."""

QUICK = {
    "RETRY_BASE_SECONDS": "0.1",
    "TRY_SECONDS": "2.5",
    "CALL_SECONDS": "7",
    "POLL_SECONDS": "0.5",
    "POLL_BUDGET_SECONDS": "5",
}
"""The same clients with shorter times, so that tests need not wait."""

CALL_SECONDS = 8.0

SETTINGS = {"poll_interval_seconds": 0.5, "poll_budget_seconds": 5}
"""What golive.yaml says of them."""


def setup_of(
    stack: str,
    vendor: str,
    folder: Path,
    *,
    source: Path | None = None,
    environ: dict[str, str] | None = None,
    **changes: Any,
) -> Setup:
    """Return the set-up of a right client.

    Args:
        stack: which one.
        vendor: whom it calls.
        folder: where it runs.
        source: another file in its place: a mutant of it.
        environ: variables that differ from the usual ones.
        changes: keys of golive.yaml that differ.
    """
    command = COMMANDS[stack]
    said: dict[str, Any] = {
        "vendor": vendor,
        "command": command if source is None else [*command[:-1], str(source)],
        "operations": OPERATIONS[vendor],
        "environ": {"VENDOR": vendor, **QUICK, **(environ or {})},
        "call_seconds": CALL_SECONDS,
        "concurrent": stack in CONCURRENT,
        **changes,
    }
    settings = {name: value for name, value in SETTINGS.items() if name in read_pack(vendor).settings}
    return Setup(f"{vendor}-{stack}", Client.model_validate(said), read_pack(vendor), folder, settings=settings)
