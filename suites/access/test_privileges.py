"""Least privilege: the service's key may do what the service does, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.pack import Privileges

SERVICE_KEY = "service_api_key"
"""The credential of the service itself, where the run has one of its own; else the run's is the service's."""


def test_scopes_held_are_those_needed(golive: Golive, planned: PlannedCheck) -> None:
    """The key holds exactly the scopes that the operations in use need.

    If this fails: make a key with just the scopes the finding names, switch to it, and revoke the wider one.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    privileges = vendor.pack.privileges
    assert privileges is not None, "the plan asks only vendors that tell what a key may do"
    uses = vendor.target.uses
    if not uses:
        key = f"environments.{planned.environment}.vendors.{planned.vendor}.uses"
        golive.not_verified(f"{key} is missing: the operations that the service calls", key=key)
    answer = vendor.call_with_key(_service_key(vendor), privileges.operation)
    answer.must_succeed()
    held = at(answer.json, privileges.held)
    if not isinstance(held, list):
        answer.cannot_tell(f"list what the key may do in `{privileges.held}`")
    needed = {name: vendor.operation(name).scopes for name in uses}
    lacking = [name for name, scopes in needed.items() if scopes and not _meets(held, scopes, privileges)]
    answer.must(
        f"hold a scope for each of {', '.join(uses)}",
        not lacking,
        actual=f"none for {', '.join(f'{name} (one of {_or(needed[name])})' for name in lacking)}",
    )
    extra = [scope for scope in held if not any(_meets([scope], each, privileges) for each in needed.values())]
    answer.must("hold no scope that the operations in use do not need", not extra, actual=f"also: {', '.join(extra)}")


def test_forbidden_operation_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """An operation that the service must not be allowed is refused to its key.

    If this fails: whoever gets hold of the service's key can do this, too; take the right away from it.
    """
    assert planned.operation is not None, "this check is planned per forbidden operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    forbidden = vendor.pack.errors.forbidden
    if forbidden is None:
        golive.not_verified(f"the pack of {planned.vendor} does not say how a missing right is refused", key="")
        return
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call_with_key(_service_key(vendor), planned.operation, **arguments)
    answer.must_be_refused_as("refuse a key that has no right to this", forbidden)


def _service_key(vendor: Vendor) -> Secret:
    usual = vendor.pack.authentication.credential
    return vendor.target.credentials.get(SERVICE_KEY) or vendor.key(usual)


def _meets(held: Iterable[object], scopes: Sequence[str], privileges: Privileges) -> bool:
    """Whether one of the scopes held is one of those that serve; a coarse one is more than any operation needs."""
    known: Mapping[str, tuple[str, ...]] = privileges.aliases
    usual = {each for scope in held for each in known.get(str(scope), (str(scope),)) if scope not in privileges.coarse}
    return bool(usual & {each for scope in scopes for each in (scope, *known.get(scope, ()))})


def _or(scopes: Sequence[str]) -> str:
    return " or ".join(scopes)
