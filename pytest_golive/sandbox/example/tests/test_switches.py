"""The example service's own test of its switches; a rehearsal looks whether there is one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))


def test_sync_can_be_paused() -> None:
    """One variable pauses the sync of documents, and nothing else."""
    switches = importlib.import_module("switches")
    paused = {"UPPZY_SYNC": "off"}

    assert (switches.may_sync({}), switches.may_sync(paused), switches.may_chat(paused)) == (True, False, True)
