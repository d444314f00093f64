"""What the vendor's list of keys says about ours: that it is there, whose it is, how old and how mighty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.answer import either
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import walk
from pytest_golive.facts.body_path import at
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import Steps, must_be_over

MADE_BY_THE_VENDOR = "[System Generated]"
"""What stands in the name of the key that the vendor's documents make by themselves."""

EXPIRES_SOON = timedelta(days=14)

ADMIN = "admin"

Key = Mapping[str, Any]


def test_key_is_listed_in_its_account(golive: Golive, planned: PlannedCheck) -> None:
    """The account of the auditing key lists the key that is used here, and it is active.

    If this fails: the key belongs to another account than the one you look at in the dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    state = _state(_own(golive, planned, vendor))
    golive.must("the key has to be active", state == "active", expected="active", actual=state)


def test_keys_are_replaced_in_time(golive: Golive, planned: PlannedCheck) -> None:
    """The key is younger than the policy allows, and does not expire within two weeks.

    If this fails: rotate the key, with an overlap that is long enough for every instance.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    own = _own(golive, planned, vendor)
    most = float(_policy(vendor, "key_max_age_days"))
    _must_be_younger(golive, own, most, "the key has to be replaced in time")
    expiry = _moment(own.get("expires_at"))
    golive.must(
        "the key must not expire soon",
        expiry is None or expiry - moment() > EXPIRES_SOON,
        expected=f"no expiry within {EXPIRES_SOON.days} days",
        actual=f"it expires at {own.get('expires_at')}",
    )


def test_live_key_is_new(golive: Golive, planned: PlannedCheck) -> None:
    """The key that goes live was made for that, or somebody wrote down why an older one goes.

    If this fails: rotate production's key before the release, or write the reason under settings.key_age_exception.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if not _in_production(golive, vendor):
        return
    own = _own(golive, planned, vendor)
    reason = vendor.target.settings.get("key_age_exception")
    most = float(_policy(vendor, "key_max_age_at_release_days"))
    if reason and _age(own) > timedelta(days=most):
        vendor.warn(f"the key is older than {most:g} days: {reason}")
        return
    _must_be_younger(golive, own, most, "the key that goes live has to be new")


def test_replaced_key_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """The key that was replaced opens nothing any more.

    If this fails: revoke it once nothing uses it; whoever has a copy of it is still let in.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if "previous_api_key" not in vendor.target.credentials:
        vendor.warn("previous_api_key is not in golive.yaml: whether a replaced key is refused was not tried")
        return
    must_be_over(Steps.read(vendor.target.rotation), moment())
    refused = vendor.pack.authentication
    answer = vendor.call_with_key(vendor.key("previous_api_key"), "list_units", limit=1)
    answer.must_be_refused(f"refuse the key that was replaced with {either(refused.refused)}", refused.refused)


def test_key_is_not_an_admins(golive: Golive, planned: PlannedCheck) -> None:
    """The key of production has a role of its own, and not the one that may do everything.

    If this fails: make a role with what the integration needs and a key with it; a key keeps its role for life.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if not _in_production(golive, vendor):
        return
    own = _own(golive, planned, vendor)
    role = at(own, "role.type")
    if role is None:
        golive.cannot_tell("the key's role has to be known", expected="a role with its type", actual=f"{own['role']!r}")
    golive.must(
        "the key must not have the role of an administrator",
        role != ADMIN,
        expected="a role with what the integration needs",
        actual=f"the role {at(own, 'role.name')!r} of type {role}",
    )


def test_key_is_dedicated(golive: Golive, planned: PlannedCheck) -> None:
    """In production exactly one active key has the agreed name, it is ours, and it was made for this project.

    If this fails: make a key with the agreed name for this integration alone, and revoke the others of that name.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if not _in_production(golive, vendor):
        return
    own, name = _own(golive, planned, vendor), vendor.setting("key_name")
    named = [key for key in _inventory(golive, planned, vendor) if key.get("name") == name and _state(key) == "active"]
    golive.must(
        f"exactly one active key has to be named {name}",
        len(named) == 1,
        expected="one",
        actual=f"{len(named)}: {', '.join(str(key.get('redacted_value')) for key in named) or 'none'}",
    )
    golive.must(
        f"the key that is used has to be the one named {name}",
        own.get("id") == named[0].get("id") and MADE_BY_THE_VENDOR not in str(own.get("name")),
        expected=name,
        actual=f"{own.get('name')} ({own.get('redacted_value')})",
    )
    started, made = vendor.setting("project_started"), _moment(own.get("created_at"))
    golive.must(
        "the key has to be made for this project",
        made is not None and made.date().isoformat() >= str(started),
        expected=f"created since {started}",
        actual=f"created at {own.get('created_at')}",
    )


def _inventory(golive: Golive, planned: PlannedCheck, vendor: Vendor) -> list[Key]:
    """Return every key of the account, listed once a run with the auditing key."""
    __tracebackhide__ = True
    wanted: dict[str, Any] = {"include[]": "role"}
    keys: list[Key] = golive.once(
        ("keys", planned.vendor, planned.environment), lambda: walk(vendor, "list_api_keys", **wanted).items
    )
    return keys


def _own(golive: Golive, planned: PlannedCheck, vendor: Vendor) -> Key:
    """Return the entry of the key that is used here."""
    __tracebackhide__ = True
    secret = vendor.key(vendor.pack.authentication.credential)
    keys = _inventory(golive, planned, vendor)
    found = [key for key in keys if _is(key, secret)]
    golive.must(
        "the account has to list the key that is used",
        found,
        expected=f"the key {secret.fingerprint}, masked",
        actual=f"none of the {len(keys)} keys of the account looks like it",
    )
    # Of two keys that look alike the younger one is in use.
    return max(found, key=lambda key: str(key.get("created_at")))


def _is(key: Key, secret: Secret) -> bool:
    """Whether a masked key may be this one: it begins and ends like it."""
    masked = str(key.get("redacted_value", ""))
    head, tail = masked.split("*", 1)[0], masked.rsplit("*", 1)[-1]
    value = secret.reveal()
    return "*" in masked and bool(tail) and value.startswith(head) and value.endswith(tail)


def _in_production(golive: Golive, vendor: Vendor) -> bool:
    """Whether this is decided here: a key of a test environment may be old, mighty and shared."""
    __tracebackhide__ = True
    if vendor.permit.production:
        return True
    where = vendor.permit.environment
    if golive.releases_to is None:
        place = f"environments.{where}.releases_to"
        golive.not_verified(f"{place} is missing: this is decided for a key of production", key=place)
    vendor.note(f"decided in {golive.releases_to}: {where} is no production")
    return False


def _policy(vendor: Vendor, name: str) -> Any:
    """Return a limit of golive.yaml, else the usual one."""
    if name in vendor.target.settings:
        return vendor.target.settings[name]
    usual = vendor.pack.settings[name].example
    vendor.note(f"settings.{name} is not in golive.yaml: taken as {usual}")
    return usual


def _must_be_younger(golive: Golive, key: Key, most_days: float, requirement: str) -> None:
    __tracebackhide__ = True
    age = _age(key)
    golive.must(
        requirement,
        age <= timedelta(days=most_days),
        expected=f"at most {most_days:g} days old",
        actual=f"{key.get('name')} is {age.days} days old",
    )


def _age(key: Key) -> timedelta:
    return moment() - (_moment(key.get("created_at")) or datetime.min.replace(tzinfo=UTC))


def _state(key: Key) -> str:
    """Return whether a key is revoked, expired or active; one that will be revoked later is active."""
    now = moment()
    for name, state in (("revoked_at", "revoked"), ("expires_at", "expired")):
        due = _moment(key.get(name))
        if due is not None and due <= now:
            return state
    return "active"


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
