"""After a key was replaced: the new one is another one, the old one opens nothing, and nobody holds it any more."""

from __future__ import annotations

from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import Steps, must_be_over

OLD = "previous_api_key"


def test_replaced_key_is_another(golive: Golive, planned: PlannedCheck) -> None:
    """The key that is used now is not the one that was replaced.

    If this fails: create a new key at the vendor, and give golive and the deployment that one.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    mine, old = vendor.key(vendor.pack.authentication.credential).fingerprint, vendor.key(OLD).fingerprint
    golive.must(
        "the new key has to be another one than the old",
        mine != old,
        expected="two different keys",
        actual=f"both have the fingerprint {old}",
    )


def test_old_key_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """The key that was replaced opens nothing any more, once the moment of its revocation has come.

    If this fails: revoke it at the vendor; whoever has a copy of it is still let in.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    old = vendor.key(OLD)
    must_be_over(Steps.read(vendor.target.rotation), moment())
    answer = vendor.call_with_key(old, "get_limits")
    answer.must_be_refused("refuse the key that was replaced with 401", {401})


def test_no_instance_holds_the_old_key(golive: Golive, planned: PlannedCheck) -> None:
    """No target of the deployment reports the key that was replaced.

    If this fails: start the targets that still hold it anew, with the configuration of today.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    old = vendor.key(OLD).fingerprint
    reported = golive.deployed_fingerprints(planned.vendor, planned.environment)
    golive.must(
        "no target of the deployment may hold the key that was replaced",
        reported and old not in reported,
        expected=f"fingerprints, and none of them {old}",
        actual=f"reported: {', '.join(reported) or f'nothing for {planned.vendor}'}",
    )


def test_every_target_reports_a_key(golive: Golive, planned: PlannedCheck) -> None:
    """Every target of the deployment reports which key it holds.

    If this fails: give the target its key; it is the one whose calls are answered with 401.
    """
    without = golive.targets_without_key(planned.vendor, planned.environment)
    golive.must(
        "every target of the deployment needs a key",
        not without,
        expected=f"a fingerprint for {planned.vendor} from each",
        actual=f"none from {', '.join(without)}",
    )
