"""Where the key lives, and that no environment shares it."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_key_comes_from_a_store(golive: Golive, planned: PlannedCheck) -> None:
    """The key is named by where it is kept, and can be read from there.

    If this fails: give api_key as {env: …}, {file: …} or {command: …}; golive.yaml never holds the key itself.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    name = vendor.pack.authentication.credential
    vendor.key(name)
    source = vendor.target.credential_sources.get(name, "")
    golive.must(
        "the key has to come from a store",
        source,
        expected="env, file or command",
        actual="no source is named",
    )


def test_keys_differ_between_environments(golive: Golive, planned: PlannedCheck) -> None:
    """Every environment has a key of its own.

    If this fails: create a key for the environment that borrowed another's, switch to it, revoke the shared one.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    mine = vendor.key(vendor.pack.authentication.credential).fingerprint
    others = golive.other_fingerprints(planned.vendor, planned.environment)
    same = [name for name, fingerprint in others.told.items() if fingerprint == mine]
    golive.must(
        "every environment needs a key of its own",
        not same,
        expected="fingerprints that differ",
        actual=f"{planned.environment} and {', '.join(same)} hold the same key {mine}",
    )
    if others.untold:
        name, reason = next(iter(others.untold.items()))
        golive.not_verified(reason, key=f"environments.{name}.deployment.fingerprints")
    if not others.told:
        golive.not_verified("golive.yaml names no other environment to compare keys with", key="environments")
