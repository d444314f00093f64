"""The recordings that are checked in were made of the sandbox, say so, and are replayed with sockets forbidden.

A check that was added or asks otherwise since makes this fail: ``python tests/cassettes/record.py`` records anew.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pytest_golive.cassettes.environments import recorded_environments
from pytest_golive.cassettes.recordings import days_told
from pytest_golive.cassettes.shelf import Shelf

HERE = Path(__file__).parent
VENDORS = sorted(path.parent.name for path in HERE.glob("*/golive.yaml"))

FORBIDDEN = """
import socket

def refused(*args, **kwargs):
    raise AssertionError("a replay opens no socket")

socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refused
"""

WITHOUT = ("-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:cacheprovider")


def shelf_of(vendor: str) -> Shelf:
    """Return what is checked in of a vendor."""
    return Shelf(HERE / vendor / "golive-cassettes", "sandbox", "prerelease")


def test_something_is_checked_in() -> None:
    """Else the other tests would pass without a look at anything."""
    assert "uppzy" in VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_recording_that_is_checked_in_is_replayed(pytester: pytest.Pytester, vendor: str) -> None:
    """Every check ends as it did, and every recorded call is played."""
    shutil.copytree(HERE / vendor, pytester.path, dirs_exist_ok=True)
    pytester.makeconftest(FORBIDDEN)

    result = pytester.runpytest_subprocess(
        *WITHOUT, "-m", "prerelease", "--env", "sandbox", "--golive-record", "none", "-q", "--tb=short"
    )

    verdict = json.loads((pytester.path / "golive-verdict.json").read_text())
    when = days_told(lying.label for lying in shelf_of(vendor).lying())
    assert (verdict["verdict"], int(result.ret)) == ("GO", 0), result.stdout.str()
    assert [note for note in verdict["notes"] if not note.startswith("rehearsal: ")] == [
        f"replayed from cassettes recorded {when} from the sandbox: nothing was asked"
    ]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_recording_that_is_checked_in_says_where_it_comes_from(vendor: str) -> None:
    """Nobody may take an embedded vendor's answers for a real one's."""
    found = shelf_of(vendor).lying()
    environments, _ = recorded_environments(shelf_of(vendor))

    assert {(lying.label.source, lying.label.environment) for lying in found} == {("sandbox", "sandbox")}
    assert all("from the sandbox" in lying.path.read_text(encoding="utf-8").splitlines()[0] for lying in found)
    assert {vendor} == {name for each in environments.values() for name in each.targets}
