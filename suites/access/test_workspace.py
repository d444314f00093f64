"""Whether a key belongs to the workspace of its environment, and to no other."""

from __future__ import annotations

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.moment import moment, seconds
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import Steps, must_be_over

ME = "get_me"
HEALTH = "get_health"
WORKSPACE = "data.workspace_id"

REVOKED_WITHIN_SECONDS = 60.0
"""How long a revoked key may still be known somewhere; the embedded vendor forgets it at once."""

LOOKS_EVERY_SECONDS = 5.0


def test_service_is_up(golive: Golive, planned: PlannedCheck) -> None:
    """The vendor says of itself that all is well.

    If this fails: 503 is maintenance or trouble at the vendor; wait, and write to its support.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call(HEALTH)
    answer.must_fit()
    told = at(answer.json, "status") or at(answer.json, "data.status")
    answer.must("say that its status is ok", str(told).lower() == "ok")


def test_workspace_is_the_configured_one(golive: Golive, planned: PlannedCheck) -> None:
    """The key belongs to the configured workspace, in production to none that is for tests.

    If this fails: customers would be served from another workspace; make a key where the finding says.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call(ME)
    answer.must_fit()
    seen = at(answer.json, WORKSPACE)
    if seen is None:
        answer.cannot_tell("name the workspace the key belongs to")
    due = vendor.id("workspace_id")
    answer.must(f"name the workspace {due}", seen == due, actual=f"workspace_id is {seen}")
    tests = vendor.target.settings.get("test_workspace_ids", ())
    if golive.environments[planned.environment].production:
        answer.must("name no workspace that is for tests", seen not in tests, actual=f"{seen} is in test_workspace_ids")
    company = vendor.target.ids.get("company_id")
    named = at(answer.json, "data.company_id")
    answer.must(f"name the company {company}", company in {None, named}, actual=f"company_id is {named}")


def test_workspaces_differ_between_environments(golive: Golive, planned: PlannedCheck) -> None:
    """The environment a release goes to has a workspace of its own.

    If this fails: tests write where customers are; make a second workspace, with a key of its own, for tests.
    """
    here, there = golive.environment.name, golive.releases_to
    if planned.environment != here or (there is None and golive.environment.production):
        vendor = golive.vendor(planned.vendor, planned.environment)
        vendor.note("decided where releases_to leads here: a run in production has no other workspace to look at")
        return
    if there is None or planned.vendor not in golive.environments[there].targets:
        key = f"environments.{here}.releases_to"
        golive.not_verified(f"{key} names no environment with {planned.vendor} to compare with", key=key)
        return
    mine, other = (_workspace(golive.vendor(planned.vendor, name)) for name in (here, there))
    golive.must(
        "every environment needs a workspace of its own",
        mine != other,
        expected=f"another workspace than {mine} in {there}",
        actual=f"{here} and {there} are both {other}",
    )


def test_previous_key_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """The key that the last rotation replaced opens nothing any more, a minute after at the latest.

    If this fails: the old key still works for whoever has it; revoke it in the dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    previous, due = vendor.key("previous_api_key"), vendor.pack.authentication
    golive.must(
        "the previous key has to be another one than the present",
        previous.fingerprint != vendor.key(due.credential).fingerprint,
        expected="two different keys",
        actual=f"both have the fingerprint {previous.fingerprint}",
    )
    must_be_over(Steps.read(vendor.target.rotation), moment())
    end = seconds() + (0 if golive.sandbox else REVOKED_WITHIN_SECONDS)
    answer = vendor.call_with_key(previous, ME)
    while answer.succeeded and seconds() + LOOKS_EVERY_SECONDS <= end:
        golive.pause(LOOKS_EVERY_SECONDS)
        answer = vendor.call_with_key(previous, ME)
    answer.must_be_refused("refuse the previous key with 401", due.refused)


def _workspace(vendor: Vendor) -> str:
    answer = vendor.call(ME)
    answer.must_fit()
    seen = at(answer.json, WORKSPACE)
    if seen is None:
        answer.cannot_tell("name the workspace the key belongs to")
    return str(seen)
