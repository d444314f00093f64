"""Calls with a replaced key in the vendor's own log, and what an overlap of two keys means for the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

import suites.access.test_key_inventory as inventory
import suites.access.test_rotation as rotation
import suites.access.test_workspace as workspace
import suites.integrations.test_site as site
import suites.request_logs.test_replaced_key as log
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.call import authorization
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.exchange.layers import USER_AGENT
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import written
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import read_pack

NOW = datetime.now(UTC)


def _planned(vendor: str) -> PlannedCheck:
    return PlannedCheck("a_check", vendor, vendor, "live", (), (), Severity.MAJOR)


@dataclass(slots=True)
class World:
    """A vendor with two keys that work.

    Attributes:
        folder: where nothing is.
        sandbox: the vendor.
        vendor: its name.
        old: the key that was replaced.
        made: what has to be closed.
    """

    folder: Path
    sandbox: Sandbox
    vendor: str
    old: str
    made: list[Golive] = field(default_factory=list)

    def golive(self, old: str = "", **hours_ago: float) -> Golive:
        """Return what leads a check to everything; `rotation` of golive.yaml in hours ago."""
        connection = self.sandbox.connection(self.vendor)
        keys = {"api_key": connection.api_key, "previous_api_key": old or self.old, **connection.keys}
        target = Target(
            self.vendor,
            self.sandbox.base_url(self.vendor),
            credentials={name: Secret(key, f"{self.vendor}.{name}") for name, key in keys.items()},
            ids=connection.ids,
            settings=connection.settings,
            rotation={name: (NOW - timedelta(hours=hours)).isoformat() for name, hours in hours_ago.items()},
        )
        golive = Golive(
            {"live": Environment("live", targets={self.vendor: target})},
            "live",
            run="r",
            sandbox=True,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=self.folder,
        )
        self.made.append(golive)
        return golive

    def call(self, key: str, program: str) -> None:
        """Call the vendor as some program does."""
        pack, connection = read_pack(self.vendor), self.sandbox.connection(self.vendor)
        version = {pack.versioning.header: connection.further["version"]} if pack.versioning else {}
        headers = {**authorization(pack.authentication, key), **version, "User-Agent": program}
        url = f"{self.sandbox.base_url(self.vendor)}/v1/catalog/units"
        assert httpx.get(url, headers=headers, trust_env=False).status_code == 200


@pytest.fixture
def augno(tmp_path: Path) -> Iterator[World]:
    app = Augno(log_seconds=0.0)
    with Sandbox(("augno",), apps={"augno": app}) as sandbox:
        world = World(tmp_path, sandbox, "augno", app.issue_key("sandbox"))
        yield world
        for each in world.made:
            each.close()


def test_the_replaced_key_is_called_with_no_more(augno: World) -> None:
    """Calls of the new key, and those that golive makes to see the old one refused, are none of it."""
    augno.call(augno.sandbox.connection("augno").api_key, "shop/2")
    augno.call(augno.old, USER_AGENT)

    log.test_replaced_key_is_used_no_more(augno.golive(switched=3), _planned("augno"))


def test_calls_from_before_the_switch_do_not_count(augno: World) -> None:
    augno.call(augno.old, "shop/1")

    log.test_replaced_key_is_used_no_more(augno.golive(switched=-0.5), _planned("augno"))


def test_somebody_still_calls_with_the_replaced_key(augno: World) -> None:
    augno.call(augno.old, "shop/1")
    augno.call(augno.old, "shop/1")

    with pytest.raises(CheckFailed) as failed:
        log.test_replaced_key_is_used_no_more(augno.golive(switched=3), _planned("augno"))

    finding = failed.value.finding
    assert finding.requirement == "nobody may call with the key that was replaced"
    assert finding.expected == f"no call with it since {written(NOW - timedelta(hours=3) + timedelta(minutes=1))}"
    assert finding.actual.startswith("2 calls, GET /v1/catalog/units on ")
    assert finding.actual.endswith(" UTC from 127.0.0.1 by shop/1")


def test_a_replaced_key_that_the_vendor_does_not_list(augno: World) -> None:
    old = "aug_sk_test_of-another-account_zzzz"
    with pytest.raises(CannotTell) as told:
        log.test_replaced_key_is_used_no_more(augno.golive(old, switched=3), _planned("augno"))

    finding = told.value.finding
    assert finding.requirement == "the vendor's list of keys has to have the old one"
    assert finding.expected == f"the key {Secret(old, 'old').fingerprint}, masked"
    assert finding.actual.startswith("none of the ")


def test_nobody_says_since_when_the_key_is_replaced(augno: World) -> None:
    key = "environments.live.vendors.augno.rotation.switched"
    with pytest.raises(NotVerified) as told:
        log.test_replaced_key_is_used_no_more(augno.golive(), _planned("augno"))

    reason = f"{key} is missing: nothing tells since when the old key is replaced"
    assert (told.value.reason, told.value.key) == (reason, key)


REFUSED: dict[str, Callable[[Golive, PlannedCheck], None]] = {
    "augno": inventory.test_replaced_key_is_refused,
    "selwise": site.test_replaced_token_opens_nothing,
    "timely": workspace.test_previous_key_is_refused,
    "uppzy": rotation.test_old_key_is_refused,
}


@pytest.mark.parametrize("vendor", REFUSED)
def test_an_old_key_may_work_until_it_is_revoked(tmp_path: Path, vendor: str) -> None:
    """By a moment to come that golive.yaml names, at most 30 days after the switch; then it has to be refused."""
    with Sandbox((vendor,)) as sandbox:
        app: Any = sandbox.apps[vendor]
        world = World(tmp_path, sandbox, vendor, app.issue_key("sandbox"))
        check, planned = REFUSED[vendor], _planned(vendor)
        until = written(NOW + timedelta(hours=5))
        with pytest.raises(NotYet) as pending:
            check(world.golive(switched=1, revoked=-5), planned)
        assert pending.value.reason == f"the old key may work until it is revoked, {until}"
        over: list[dict[str, Any]] = [{"switched": 1, "revoked": -24 * 40}, {"switched": 2, "revoked": 1}, {}]
        for told in over:
            with pytest.raises(CheckFailed):
                check(world.golive(**told), planned)
        app.revoke(world.old)
        check(world.golive(switched=2, revoked=1), planned)
        for each in world.made:
            each.close()
