"""Whose site it is, and that no other one is reached; which tokens open it."""

from __future__ import annotations

import uuid

from pytest_golive.exchange.unlike import unlike
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import Steps, must_be_over

READS = ("list_integrations", "get_integrations_health")
FOR_A_PROVIDER = ("get_integration", "list_integration_logs")


@bearing_other_shapes
def test_site_id_is_a_uuid_of_its_own(golive: Golive, planned: PlannedCheck) -> None:
    """The configured site is a UUID, and no two environments share one.

    If this fails: correct ids.site_id; with another environment's site, a test there changes what is live here.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    site = vendor.id("site_id")
    golive.must("ids.site_id has to be a UUID", _is_uuid(site), expected="a UUID", actual=site)
    same = [
        name
        for name, there in golive.environments.items()
        if name != planned.environment
        and planned.vendor in there.targets
        and there.targets[planned.vendor].ids.get("site_id", "").lower() == site.lower()
    ]
    golive.must(
        "each environment has to have a site of its own",
        not same,
        expected=f"a site that only {planned.environment} uses",
        actual=f"{site} is also the site of {', '.join(same)}",
    )


@bearing_other_shapes
def test_wrong_site_gives_no_data(golive: Golive, planned: PlannedCheck) -> None:
    """A site that is malformed, that nobody has, or that is another one's gives no data.

    If this fails: this token reads other sites, and theirs may read yours; tell the vendor at once.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    wrong = {"is no UUID": "golive-no-site", "nobody has": unlike(vendor.id("site_id"))}
    if "other_site_id" in vendor.target.ids:
        wrong["is another one's"] = vendor.id("other_site_id")
    for words, site in wrong.items():
        for operation in READS:
            answer = vendor.call(operation, site_id=site)
            answer.must_be_refused(f"give nothing of a site that {words}", {400, 403, 404, 422})


@bearing_other_shapes
def test_replaced_token_opens_nothing(golive: Golive, planned: PlannedCheck) -> None:
    """The token that was replaced is refused by every endpoint of operations.

    If this fails: the old token still opens the site; revoke it, whoever holds it can switch everything off.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    old, provider = vendor.key("previous_api_key"), _provider(vendor)
    must_be_over(Steps.read(vendor.target.rotation), moment())
    refused = vendor.pack.authentication.refused
    for operation in (*READS, *FOR_A_PROVIDER):
        arguments = {"provider": provider} if operation in FOR_A_PROVIDER else {}
        answer = vendor.call_with_key(old, operation, **arguments)
        answer.must_be_refused("refuse the token that was replaced", refused)


def _provider(vendor: Vendor) -> str:
    return str(vendor.target.settings.get("test_provider", vendor.pack.settings["test_provider"].example))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
