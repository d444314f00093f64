"""`golive decide`: what it asks, writes and refuses."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.unit.commands.conftest import Command

MANIFEST = """golive: 1
project: shop
environments:
  live:
    vendors:
      uppzy: {base_url: https://b.example/api/v1, api_key: {env: K}, ids: {tenant_id: t, site_id: s}}
"""

ANSWERS = ("--yes", "--reason", "Too many at once", "--owner", "Ana", "--due", "2099-01-31")


@pytest.fixture(autouse=True)
def project(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A golive.yaml, and nobody at the keyboard."""
    (here / "golive.yaml").write_text(MANIFEST)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return here


def test_a_decision_is_written(golive: Command, project: Path) -> None:
    """Where golive.yaml names no file, the line to add is told."""
    told = golive("decide", "uppzy  errors /chat", *ANSWERS)

    assert told.out == [
        "golive/decisions.yaml: a decision is written: uppzy errors /chat",
        "name it in golive.yaml: monitoring: {decisions: golive/decisions.yaml}",
    ]
    assert (told.code, told.err) == (0, [])
    assert yaml.load((project / "golive/decisions.yaml").read_text(), yaml.BaseLoader) == {
        "golive": "1",
        "decisions": [
            {
                "finding": "uppzy errors /chat",
                "decision": "yes",
                "reason": "Too many at once",
                "owner": "Ana",
                "at": datetime.now(UTC).strftime("%Y-%m-%d"),
                "due": "2099-01-31",
            }
        ],
    }


def test_a_second_one_goes_to_the_file_that_is_named(golive: Command, project: Path) -> None:
    """Below the first, and every other line stays."""
    (project / "golive.yaml").write_text(MANIFEST + "monitoring: {decisions: ops/decided.yaml}\n")
    golive("decide", "uppzy errors /chat", *ANSWERS)

    told = golive("decide", "uppzy retries", "--no", "--env", "live", *ANSWERS[1:])

    assert told.out == ["ops/decided.yaml: a decision is written: uppzy retries"]
    written = yaml.load((project / "ops/decided.yaml").read_text(), yaml.BaseLoader)["decisions"]
    assert [(each["finding"], each["decision"], each.get("environment")) for each in written] == [
        ("uppzy errors /chat", "yes", None),
        ("uppzy retries", "no", "live"),
    ]


def test_what_cannot_be_decided_is_refused(golive: Command, project: Path) -> None:
    """A finding that there cannot be; an answer that is missing; a day that there is not."""
    assert golive("decide", "uppzy retry", *ANSWERS).err == [
        (
            "golive decide: no finding is called 'retry'; did you mean retries? There are: errors, volume, rate limit, "
            "timeouts, async timeouts, low confidence, bad ratings, retries, polling, deliveries, rollout, incident"
        )
    ]
    assert golive("decide", "uppzy retries", "--yes", *ANSWERS[3:]).err == ["golive decide: --reason is missing: why"]
    assert golive("decide", "uppzy retries", *ANSWERS[:-1], "2026-02-30").err == [
        "golive decide: nothing is written:",
        "golive decide: decisions.yaml:8: decisions[0].due: is no day of the calendar, as 2026-11-21",
    ]
    assert not (project / "golive/decisions.yaml").exists()
