"""What no rehearsal of Augno brings about, asked of the check itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.access.test_key_inventory as inventory
import suites.orders.test_states as states
import suites.parity.test_test_data as test_data
import suites.request_logs.test_own_calls as own_calls
import suites.versions.test_supported_versions as versions
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.walk import walk
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.state import Row
from pytest_golive.sandbox.http import App
from pytest_golive.sandbox.world import Sandbox
from tests.suites import augno_breakages as broken
from tests.suites.vendor_in_disguise import Wrap, everywhere, on

PLANNED = PlannedCheck("a_check", "augno", "augno", "live", (), (), Severity.MAJOR)

Check = Callable[[Golive, PlannedCheck], None]
Make = Callable[..., Golive]

SETTINGS = {"key_name": "shop-integration", "project_started": "2026-09-01", "test_markers": ["golive_"]}


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    """The check that notes belong to."""
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def augno() -> Augno:
    """A right vendor."""
    return Augno(log_seconds=0.0)


@pytest.fixture
def make(augno: Augno, tmp_path: Path) -> Iterator[Make]:
    """Make what a check gets: one environment with the account that is live, or another one."""
    opened: list[Any] = []

    def golive(
        account: str = "production",
        *,
        wrap: Wrap | None = None,
        without: tuple[str, ...] = (),
        releases_to: str | None = None,
        production: bool = True,
        **settings: Any,
    ) -> Golive:
        def wrapped(vendor: str, app: App) -> App:
            return wrap(app) if wrap is not None else app

        sandbox = Sandbox(("augno",), apps={"augno": augno}, wrap=wrapped)
        sandbox.start()
        opened.append(sandbox.stop)
        connection = sandbox.connection("augno", account)
        keys = {"api_key": connection.api_key, "audit_key": connection.keys["audit_key"]}
        keys |= {"previous_api_key": connection.previous_api_key}
        target = Target(
            "augno",
            sandbox.base_url("augno", account),
            credentials={name: Secret(key, f"augno.{name}") for name, key in keys.items() if name not in without},
            ids=connection.ids,
            settings=SETTINGS | settings,
        )
        live = Environment("live", production=production, releases_to=releases_to, targets={"augno": target})
        environments = {"live": live} | ({releases_to: replace(live, name=releases_to)} if releases_to else {})
        made = Golive(
            environments,
            "live",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Journal(tmp_path / "journal.jsonl"),
            repository=tmp_path,
        )
        opened.append(made.close)
        return made

    yield golive
    for close in reversed(opened):
        close()


def _failed(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    return failed.value.finding.requirement, failed.value.finding.actual


def _untold(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(CannotTell) as untold:
        check(golive, PLANNED)
    return untold.value.finding.requirement, untold.value.finding.actual


def _key(augno: Augno) -> Row:
    return augno._ring.row_of(augno.connections()["production"].api_key)


def _before(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    "check", [inventory.test_live_key_is_new, inventory.test_key_is_not_an_admins, inventory.test_key_is_dedicated]
)
def test_what_is_about_production_is_decided_there(make: Make, record: CheckRecord, check: Check) -> None:
    """A key of a test environment may be old, mighty and shared."""
    check(make("sandbox", production=False, releases_to="real"), PLANNED)

    assert record.notes == ["decided in real: live is no production"]
    assert record.exchanges == []


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (inventory.test_live_key_is_new, "this is decided for a key of production"),
        (test_data.test_production_holds_no_test_data, "no production to look for test data in"),
    ],
)
def test_without_a_production_nothing_is_decided(make: Make, check: Check, told: str) -> None:
    """The reason names the line of golive.yaml."""
    with pytest.raises(NotVerified) as missing:
        check(make("sandbox", production=False), PLANNED)

    assert missing.value.reason == f"environments.live.releases_to is missing: {told}"
    assert missing.value.key == "environments.live.releases_to"


def test_an_old_key_goes_live_with_a_reason(make: Make, augno: Augno, record: CheckRecord) -> None:
    """It is told all the same."""
    _key(augno).created_at = _before(days=8)

    inventory.test_live_key_is_new(make(key_age_exception="agreed with security"), PLANNED)

    assert record.warnings == ["the key is older than 7 days: agreed with security"]


def test_a_new_key_needs_no_reason(make: Make, record: CheckRecord) -> None:
    """One that stands there is not told."""
    inventory.test_live_key_is_new(make(key_age_exception="agreed with security"), PLANNED)

    assert record.warnings == []


def test_a_limit_nobody_set_is_the_usual_one(make: Make, record: CheckRecord) -> None:
    """And said to be."""
    inventory.test_keys_are_replaced_in_time(make(), PLANNED)
    inventory.test_live_key_is_new(make(key_max_age_at_release_days=1), PLANNED)

    assert record.notes == ["settings.key_max_age_days is not in golive.yaml: taken as 90"]


def test_a_replaced_key_that_nobody_has_is_not_tried(make: Make, record: CheckRecord) -> None:
    """That is told, and is no failure."""
    inventory.test_replaced_key_is_refused(make(without=("previous_api_key",)), PLANNED)

    assert record.warnings == [
        "previous_api_key is not in golive.yaml: whether a replaced key is refused was not tried"
    ]


def test_without_an_auditing_key_nothing_is_said_of_keys(make: Make) -> None:
    """The reason says what it is for."""
    with pytest.raises(NotVerified) as missing:
        inventory.test_key_is_dedicated(make(without=("audit_key",)), PLANNED)

    assert missing.value.reason == (
        "environments.live.vendors.augno.audit_key is missing: key of an admin role, with which golive lists the keys "
        "and does nothing else"
    )


def test_a_role_that_is_not_shown_tells_nothing(make: Make) -> None:
    """It may be any."""
    roleless = on("list_api_keys", broken._logged(role=None))

    assert _untold(inventory.test_key_is_not_an_admins, make(wrap=roleless)) == (
        "the key's role has to be known",
        "None",
    )


def test_another_key_has_the_agreed_name(make: Make, augno: Augno) -> None:
    """Then it is the one that should be used."""
    _key(augno).values["name"] = "somebody's"
    augno.issue_key("production", name="shop-integration")
    requirement, actual = _failed(inventory.test_key_is_dedicated, make())

    assert requirement == "the key that is used has to be the one named shop-integration"
    assert actual.startswith("somebody's (aug_sk_prod_****")


def test_no_key_has_the_agreed_name(make: Make) -> None:
    """None is not one."""
    assert _failed(inventory.test_key_is_dedicated, make(key_name="other")) == (
        "exactly one active key has to be named other",
        "0: none",
    )


def test_a_key_is_older_than_the_project(make: Make, augno: Augno) -> None:
    """It was made for something else."""
    _key(augno).created_at = "2026-08-31T23:59:59Z"

    assert _failed(inventory.test_key_is_dedicated, make()) == (
        "the key has to be made for this project",
        "created at 2026-08-31T23:59:59Z",
    )


@pytest.mark.parametrize(("field", "state"), [("revoked_at", "revoked"), ("expires_at", "expired")])
def test_a_dead_key_is_told_as_such(make: Make, augno: Augno, field: str, state: str) -> None:
    """Also by a moment without a zone; what lies ahead does not count."""
    _key(augno).values[field] = _before(minutes=1).removesuffix("Z")

    assert _failed(inventory.test_key_is_listed_in_its_account, make()) == ("the key has to be active", state)


def test_a_key_that_will_be_revoked_is_active(make: Make, augno: Augno) -> None:
    """An overlap is not over before its end."""
    _key(augno).values["revoked_at"] = _before(days=-3)

    inventory.test_key_is_listed_in_its_account(make(), PLANNED)


# ------------------------------------------------------------------ versions


def test_versions_of_another_name_are_told(make: Make, record: CheckRecord) -> None:
    """They cannot be compared, and may break what is there; a preview in production is told, too."""
    versions.test_pinned_version_is_served(make(wrap=everywhere(_offering("1.0.hammer"))), PLANNED)

    assert record.warnings == [
        "1.0.forge-preview.3 is pinned, and there are versions of another name: hammer",
        "1.0.forge-preview.3 is a preview, and previews are not meant for production",
    ]


def test_what_a_preview_leads_to_is_newer(make: Make, record: CheckRecord) -> None:
    """Outside of production a preview is no matter."""
    golive = make("sandbox", production=False, wrap=everywhere(_offering("1.0.forge, 0.9.forge-preview.7")))
    versions.test_pinned_version_is_served(golive, PLANNED)

    assert record.warnings == ["1.0.forge-preview.3 is pinned, and there is a newer version: 1.0.forge"]


def _offering(*further: str) -> Any:
    def twist(app: Augno, request: Any) -> Any:
        def changed(body: Any) -> Any:
            error = body["error"]
            return {"error": {**error, "message": f"{error['message']} {', '.join(further)}"}}

        response = app(request)
        return broken._body(response, changed) if b"api_version_invalid" in response.body else response

    return twist


# ------------------------------------------------------------------ orders


def _ordering(make: Make, status: int, code: str) -> Golive:
    """Refuse every wrong step in another way."""

    def twist(app: Augno, request: Any) -> Any:
        response = app(request)
        return broken._problem(app, request, status, code) if response.status == 409 else response

    return make("sandbox", production=False, wrap=everywhere(twist))


def test_by_which_status_a_step_is_refused_is_assumed(make: Make, record: CheckRecord) -> None:
    """Another one is observed."""
    states.test_order_goes_through_its_states(_ordering(make, 422, "validation_failed"), PLANNED)

    assert len(record.observations) == 9  # each wrong step of each state, the second time in one not told again
    assert record.observations[0].startswith(
        "unissue_sales_order: assumed that it would be refused for an order that is estimate with 400 or 409, "
        "seen: 422 "
    )
    assert record.observations[0].endswith("; to change: operations.unissue_sales_order of augno")


def test_a_refusal_of_any_call_tells_nothing_of_a_step(make: Make) -> None:
    """The vendor did not look at the order."""
    requirement, actual = _untold(
        states.test_order_goes_through_its_states, _ordering(make, 403, "insufficient_permissions")
    )

    assert requirement == "unissue_sales_order has to be refused for an order that is estimate"
    assert actual.startswith('403 {"error": {"code": "insufficient_permissions"')


# ------------------------------------------------------------------ test data


def test_a_listing_too_long_to_read_is_told(make: Make, record: CheckRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not read may hold test data."""
    real = walk
    monkeypatch.setattr(test_data, "walk", lambda *args, **kwargs: real(*args, size=1, most=1, **kwargs))

    test_data.test_production_holds_no_test_data(make(), PLANNED)

    assert record.warnings[0] == "list_units has more than 1 items: the rest was not looked at"


# ------------------------------------------------------------------ the vendor's log


@pytest.mark.parametrize(
    ("occurred_at", "counts"),
    [("some day", True), (None, True), ("2026-01-01T00:00:00", False), ("2026-01-01T00:00:00Z", False)],
)
def test_old_calls_are_left_alone(make: Make, occurred_at: str | None, counts: bool) -> None:
    """What cannot be read counts as recent; a moment without a zone is read as UTC."""
    golive = make(wrap=on("list_request_logs", broken._logged(occurred_at=occurred_at)))
    rows = list(own_calls._rows(golive, PLANNED, "2"))

    assert bool(rows) is counts


def test_a_path_may_be_logged_with_its_query(make: Make) -> None:
    """It is the same call."""
    queried = on("list_request_logs", broken._logged(path="/v1/catalog/units?limit=1"))

    own_calls.test_own_call_is_in_the_vendors_log(make(wrap=queried), PLANNED)


def test_another_call_under_our_id_is_told(make: Make) -> None:
    """Field by field."""
    other = on("list_request_logs", broken._logged(path="/v1/core/search", status_code=404))

    assert _failed(own_calls.test_own_call_is_in_the_vendors_log, make(wrap=other)) == (
        "list_units has to be in the vendor's log as GET /v1/catalog/units, 200, version 1.0.forge-preview.3",
        "path is '/v1/core/search'; status_code is 404",
    )


def test_a_filter_that_is_ignored_accuses_nobody(make: Make) -> None:
    """Calls of another key, and of another class, are not ours to judge."""
    unfiltered = on("list_request_logs", _unfiltered)
    golive = make(wrap=unfiltered, known_error_codes=[])

    own_calls.test_errors_in_the_vendors_log_are_known(golive, PLANNED)


def _unfiltered(app: Augno, request: Any) -> Any:
    names = ("actor_ids[]", "status_code_classes[]")
    query = {name: value for name, value in request.query.items() if name not in names}
    values = {name: value for name, value in request.query_values.items() if name not in names}
    return app(replace(request, query=query, query_values=values))
