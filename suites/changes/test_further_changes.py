"""Webhooks and the data layer, changed the same way as a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.changes.difference import difference
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import seconds
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

POLL_SECONDS = 0.2
USUAL_WAIT_SECONDS = 10.0
LARGEST_BUFFER = 500


@bearing_other_shapes
def test_webhook_goes_through_the_flow(golive: Golive, planned: PlannedCheck) -> None:
    """A webhook of golive's own is made, tested, found in its logs, changed in one field, deleted, and gone.

    If this fails: see the step in the finding; a test that fails is your address's answer, the rest is the vendor's.
    """
    vendor = golive.vendor(planned.vendor)
    url, events = str(vendor.setting("webhook_url")), ["custom_event"]
    made = vendor.call("create_webhook", name=golive.fresh("webhook"), url=url, events=events, isActive=False)
    made.must_fit()
    webhook = {"webhook_id": made.json["id"]}
    test = vendor.call("test_webhook", **webhook)
    test.must_fit()
    test.must("deliver to webhook_url", test.json["success"] is True, actual=f"{test.json['message']}")
    _must_be_logged(vendor, webhook)
    before = vendor.call("get_webhook", **webhook).json
    changed = vendor.call("update_webhook", **webhook, url=url, timeoutMs=5000)
    changed.must_fit()
    found = difference(before, vendor.call("get_webhook", **webhook).json).without(["timeoutMs"])
    changed.must("change nothing but timeoutMs", not found, actual=str(found))
    vendor.call("delete_webhook", **webhook).must_succeed()
    gone = vendor.call("get_webhook", **webhook)
    gone.must_be_refused("no longer know a webhook that was deleted", {404})


@bearing_other_shapes
def test_data_layer_goes_through_the_flow(golive: Golive, planned: PlannedCheck) -> None:
    """The data layer takes a change of one field, reads back as planned, and is put back.

    If this fails: the finding names what else changed; send the whole data layer in each update.
    """
    vendor = golive.vendor(planned.vendor)
    read = vendor.call("get_data_layer")
    read.must_fit()
    before = read.json
    size = int(before.get("bufferSize", 10))
    planned_size = size + 1 if size < LARGEST_BUFFER else size - 1
    try:
        changed = vendor.call("put_data_layer", **{**before, "bufferSize": planned_size})
        changed.must_fit()
        after = vendor.call("get_data_layer").json
        changed.must("store bufferSize", after.get("bufferSize") == planned_size, actual=f"{after.get('bufferSize')}")
        found = difference(before, after).without(["bufferSize"])
        changed.must("change nothing but bufferSize", not found, actual=str(found))
        _see_published(vendor, planned_size)
    finally:
        restored = vendor.before.put_back("put_data_layer", {})
    if restored is not None:
        restored.must_succeed()
        left = difference(before, vendor.call("get_data_layer").json)
        restored.must("make the data layer what it was", not left, actual=str(left))


def _must_be_logged(vendor: Vendor, webhook: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    patience, begun = _patience(vendor), seconds()
    while True:
        logs = vendor.call("list_webhook_logs", **webhook, limit=100)
        logs.must_fit()
        if logs.json["items"]:
            return
        logs.must("show the test delivery", seconds() - begun < patience, actual=f"nothing in {patience:g} s")
        vendor.pause(POLL_SECONDS)


def _see_published(vendor: Vendor, size: int) -> None:
    """Warn where pages do not get the change in time; without a public key nothing is looked at."""
    if not vendor.has("public_api") or "public_api_key" not in vendor.target.credentials:
        vendor.note("whether pages get the data layer was not looked at: there is no public_api_key")
        return
    patience, begun = _patience(vendor), seconds()
    while True:
        config = vendor.call("get_public_config")
        config.must_fit()
        if config.json["dataLayerConfig"].get("bufferSize") == size:
            return
        if seconds() - begun >= patience:
            vendor.warn(f"pages did not get the changed data layer within {patience:g} s")
            return
        vendor.pause(POLL_SECONDS)


def _patience(vendor: Vendor) -> float:
    return float(vendor.target.settings.get("log_wait_seconds", USUAL_WAIT_SECONDS))
