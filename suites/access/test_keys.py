"""Whether the key opens what it has to, and nothing opens without it."""

from __future__ import annotations

import string

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.answer import either
from pytest_golive.exchange.silence import NoAnswer
from pytest_golive.facts.chance import chance
from pytest_golive.facts.finding import CheckFailed
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

LONGEST_SECONDS = 10.0


def test_limits_answer(golive: Golive, planned: PlannedCheck) -> None:
    """Network, key and tenant are right: the tenant's limits answer in time.

    If this fails: 401 is the key, 403 the plan or the tenant, 404 the tenant id; no answer is address or network.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    try:
        answer = vendor.call("get_limits")
    except NoAnswer as silence:
        # The one check that is about being reachable: here silence is a failure, everywhere else nothing is told.
        raise CheckFailed(silence.finding) from None
    answer.must_fit()
    answer.must("be an object with at least one field", isinstance(answer.json, dict) and answer.json)
    answer.must(
        f"come within {LONGEST_SECONDS:g} s",
        answer.seconds <= LONGEST_SECONDS,
        actual=f"{answer.seconds:.1f} s",
    )


def test_missing_and_corrupted_keys_are_refused(golive: Golive, planned: PlannedCheck) -> None:
    """Without the key, or with one letter of it changed, nothing opens.

    If this fails: the address answers without proof of who asks; it is not the vendor's API, or is open to anyone.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    due = vendor.pack.authentication.refused
    told = either(due)
    answer = vendor.call_with_key(None, "get_limits")
    answer.must_be_refused(f"refuse a call without a key with {told}", due)
    key = vendor.key(vendor.pack.authentication.credential)
    corrupted = _corrupted(key)
    # All letters but one are the key's own: it must be as invisible in evidence as the key.
    golive.redactor.add(corrupted)
    answer = vendor.call_with_key(corrupted, "get_limits")
    answer.must_be_refused(f"refuse a key of which one letter was changed with {told}", due)


def test_key_is_refused_by_production(golive: Golive, planned: PlannedCheck) -> None:
    """The key of this environment opens nothing in the environment it releases to.

    If this fails: one key opens both; create a production key of its own and revoke the shared one.
    """
    there = golive.releases_to
    if golive.environment.production and there is None:
        golive.warn("decided where releases_to leads here: a run in production has no key of a lower environment")
        return
    if there is None:
        place = f"environments.{golive.environment.name}.releases_to"
        golive.not_verified(f"{place} is missing: no production to compare with", key=place)
        return
    mine = golive.vendor(planned.vendor)
    answer = golive.vendor(planned.vendor, there).call_with_key(
        mine.key(mine.pack.authentication.credential), "get_limits"
    )
    answer.must_be_refused(
        f"be refused by {there} when it is made with the key of {golive.environment.name}", {401, 403, 404}
    )


def test_deployment_reports_this_key(golive: Golive, planned: PlannedCheck) -> None:
    """What is deployed holds the key golive was given, by its fingerprint.

    If this fails: the deployment runs with another key; roll the configuration out again, or correct golive.yaml.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    mine = vendor.key(vendor.pack.authentication.credential).fingerprint
    reported = golive.deployed_fingerprints(planned.vendor, planned.environment)
    others = [each for each in reported if each != mine]
    golive.must(
        "the deployment has to hold the configured key",
        reported and not others,
        expected=f"fingerprint {mine}, from every target",
        actual=f"reported: {', '.join(reported) or f'nothing for {planned.vendor}'}",
    )


def _corrupted(key: Secret) -> Secret:
    """Return the key with its last letter changed: of the same shape, and not it."""
    value = key.reveal()
    last = chance("corrupted key").choice((string.ascii_letters + string.digits).replace(value[-1], ""))
    return Secret(value[:-1] + last, name=f"{key.name} (corrupted)")
