"""Whether a request is found where it belongs, and only there."""

from __future__ import annotations

from pytest_golive.exchange.unlike import unlike
from pytest_golive.facts.chance import chance
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_unknown_request_is_not_found(golive: Golive, planned: PlannedCheck) -> None:
    """Polling for a request nobody made is answered 404.

    If this fails: a worker that lost its request id cannot tell that from a request that still runs.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call("get_chat_request", request_id=f"req_{chance('request').randbytes(16).hex()}")
    answer.must_be_refused("say 404 for a request nobody made", {404})


def test_request_of_another_site_is_not_found(golive: Golive, planned: PlannedCheck) -> None:
    """A request is found under its own site, and not under another one.

    If this fails: answers of one site can be read from another; do not release before the vendor explains it.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    other = vendor.target.ids.get("other_site_id")
    if other is None:
        other = unlike(vendor.id("site_id"))
        vendor.warn("ids.other_site_id is not in golive.yaml: tried with a site that does not exist")
    request = golive.examples(planned.vendor).field("chat_async", "request_id")
    own = vendor.call("get_chat_request", request_id=request)
    own.must_succeed()
    foreign = vendor.call("get_chat_request", request_id=request, site_id=other)
    # A site that is not ours at all may also be refused for itself.
    foreign.must_be_refused("say 404 for a request of another site", {403, 404})
