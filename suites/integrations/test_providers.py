"""Which providers are in use, what they are called, and whether all that is needed to operate them is there."""

from __future__ import annotations

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

PREFERRED, ALIAS = "gads", "google_ads"
TRIES = 3


@bearing_other_shapes
def test_providers_in_use_are_watched(golive: Golive, planned: PlannedCheck) -> None:
    """Every provider in use is configured, has its health, its logs and its default mapping.

    If this fails: the provider in the finding cannot be operated; configure it, or take it out of `providers`.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    listed, health = vendor.call("list_integrations"), vendor.call("get_integrations_health")
    listed.must_fit()
    health.must_fit()
    known = {one["provider"] for one in listed.json}
    told = {one["provider"] for one in health.json["integrations"]}
    for provider in _in_use(vendor):
        listed.must(f"hold {provider}", provider in known, actual=f"it lists {_names(known)}")
        health.must(f"tell of {provider}", provider in told, actual=f"it tells of {_names(told)}")
        vendor.call("list_integration_logs", provider=provider, limit=1).must_fit()
        vendor.call("get_default_mappings", provider=provider).must_fit()


@bearing_other_shapes
def test_providers_in_use_are_known(golive: Golive, planned: PlannedCheck) -> None:
    """The providers that golive.yaml names are those that are on, each by the name the vendor prefers.

    If this fails: one provider stands there twice; name it once, `gads`.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    named = [str(name) for name in vendor.setting("providers")]
    golive.must(
        "a provider has to be named once",
        not {PREFERRED, ALIAS} <= set(named),
        expected=f"{PREFERRED} alone",
        actual=f"{PREFERRED} and {ALIAS}",
    )
    if ALIAS in named:
        golive.warn(f"providers names {ALIAS}, an alias for older programs: write {PREFERRED}")
    listed = vendor.call("list_integrations")
    listed.must_fit()
    unnamed = sorted({one["provider"] for one in listed.json if one["enabled"]} - set(_in_use(vendor)))
    if unnamed:
        golive.warn(f"on at the vendor and not in providers: {', '.join(unnamed)}")


@bearing_other_shapes
def test_both_names_of_a_provider_read_the_same(golive: Golive, planned: PlannedCheck) -> None:
    """`gads` and its alias `google_ads` are one record.

    If this fails: two programs that use different names change different things; use `gads` everywhere.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for left in reversed(range(TRIES)):
        first = vendor.call("get_integration", provider=PREFERRED)
        other = vendor.call("get_integration", provider=ALIAS)
        if (first.status, first.text) == (other.status, other.text) or not left:
            break  # what differs once may have been written in between
    other.must(
        f"answer for {ALIAS} as for {PREFERRED}",
        other.status == first.status,
        actual=f"{other.status}, for {PREFERRED} {first.status}",
    )
    if first.succeeded:
        body, due = other.json, first.json
        fields = sorted(name for name in {**due, **body} if due.get(name) != body.get(name))
        other.must(
            f"hold for {ALIAS} what it holds for {PREFERRED}", not fields, actual=f"differs: {', '.join(fields)}"
        )


@bearing_other_shapes
def test_providers_on_have_their_credential(golive: Golive, planned: PlannedCheck) -> None:
    """A provider that is on has the credential it is sent to with; without one it may be valid, green, and silent.

    If this warns: store the provider's secret, or say that this provider is sent to from pages alone.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    listed = vendor.call("list_integrations")
    listed.must_fit()
    overwrites = vendor.operation("put_integration").overwrites
    assert overwrites is not None, "the pack says which members are secret"
    for one in listed.json:
        for secret in overwrites.hidden:
            member = secret.path.partition(".")[2]
            mine = secret.where.get("provider") == one["provider"]
            if mine and one["enabled"] and not one["config"].get(member):
                vendor.warn(f"{one['provider']} is on and shows no {secret.path}: nothing may be sent from the server")


def _in_use(vendor: Vendor) -> list[str]:
    """Return the providers that golive.yaml names, by the names they are stored under."""
    named = (str(name) for name in vendor.setting("providers"))
    return [*dict.fromkeys(PREFERRED if name == ALIAS else name for name in named)]


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
