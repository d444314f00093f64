"""What the vendor keeps of our calls and of what they changed, beside what we keep ourselves."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.manifest.values import is_loopback
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.asking import asking
from pytest_golive.review.calls import is_taken
from pytest_golive.review.endpoints import method_of
from pytest_golive.review.judging import judge
from pytest_golive.review.review import Review
from pytest_golive.review.reviews import MISSING
from pytest_golive.review.sources.records import Log, VendorRecords
from pytest_golive.review.traffic import Row
from pytest_golive.review.unseen import changes_unseen, days_unseen
from pytest_golive.review.window import Window

SHOWN = 5

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

LAG = timedelta(hours=1)
"""What is younger may not stand in both logs yet."""


def test_production_is_called_by_its_key(golive: Golive, planned: PlannedCheck) -> None:
    """The vendor's log shows a success of this key that is not golive's own, and no call of it on another host.

    If this fails: find the service that calls the named host with this key, and give it the documented address.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    records = _records(golive, planned)
    with asking(planned.title, Review(records, moment())):
        rows = records.log("calls").rows
    ours = [row for row in rows if not row.is_own]
    right = _hosts(vendor)
    others = sorted({row.host for row in ours if row.host} - right)
    golive.must(
        "this key has to be used on the vendor's documented host only",
        not others,
        expected=", ".join(sorted(right)),
        actual=f"also {', '.join(others[:SHOWN])}, by {records.title}",
    )
    first = min((row.at for row in ours if row.status.startswith("2")), default=None)
    if first is None:
        raise NotYet(f"due after the deploy: no call of this key has succeeded yet, by {records.title}")
    golive.note(f"the first success of this key was at {first:%Y-%m-%d %H:%M} UTC")


def test_own_log_holds_what_the_vendor_saw(golive: Golive, planned: PlannedCheck) -> None:
    """Our log has about as many calls a day as the vendor saw, and as many writes as it recorded changes.

    If this fails: find the service that uses this key and counts nothing; if there is none, replace the key.
    """
    if not golive.reviews.has_figures:
        raise NotVerified(MISSING, key="monitoring")
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    records = _records(golive, planned)
    with asking(planned.title, Review(records, moment())):
        seen = records.log("calls")
    with asking(planned.title, review):
        window = _both_know(review, seen)
        said = [
            *days_unseen([row.at for row in seen.within(window) if not row.is_own], _by_day(review, window), window)
        ]
        changed = _changes(golive, planned, records, seen, window)
        if changed is not None:
            said += [
                *changes_unseen(changed, _writes(golive.vendor(planned.vendor, planned.environment), review, window))
            ]
    judge(said, review, title=planned.title, fix=planned.fix, warn=golive.warn, window=window)


def _changes(golive: Golive, planned: PlannedCheck, records: VendorRecords, seen: Log, window: Window) -> float | None:
    """Return how many calls of this key changed something, without golive's own; None where nobody records that."""
    vendor = golive.vendor(planned.vendor, planned.environment)
    if "audit_events" in vendor.pack.features and not vendor.has("audit_events"):
        return None
    own = {row.request for row in seen.rows if row.is_own}
    known = {row.request for row in seen.rows}
    with asking(planned.title, Review(records, moment())):
        changes = records.log("changes")
    if window.start < changes.since:
        golive.note(f"the vendor's changes were read back to {changes.since:%Y-%m-%d %H:%M} UTC only")
        return None
    # Whose call a change belongs to shows only where the call itself does.
    return len({row.request for row in changes.within(window)} & (known - own))


def _writes(vendor: Vendor, review: Review, window: Window) -> float:
    """Return how many of our calls were writes that succeeded.

    Raises:
        NotVerified: our calls are not told by method.
    """
    rows = [row for row in review.counts("requests", window, "endpoint", "method", "status") if is_taken(row)]
    if rows and not any(_method(vendor, row) for row in rows):
        told = f"calls are not told by method, by {review.traffic.title}: changes cannot be compared with writes"
        raise NotVerified(told, key="monitoring")
    return sum(row.value for row in rows if _method(vendor, row) in WRITES)


def _method(vendor: Vendor, row: Row) -> str:
    """Return the method of calls: what they are labelled with, what stands before their path, or their operation's."""
    endpoint = row.label("endpoint")
    operation = vendor.pack.operations.get(endpoint)
    return row.label("method").upper() or method_of(endpoint) or (operation.method if operation is not None else "")


def _by_day(review: Review, window: Window) -> dict[int, float]:
    """Return our calls by the day of a window."""
    days: dict[int, float] = {}
    for slot in review.slots("requests", 86_400, window):
        number = (slot.start - window.start).days
        days[number] = days.get(number, 0.0) + slot.row.value
    return days


def _both_know(review: Review, seen: Log) -> Window:
    """Return the whole days of the week that both logs cover."""
    end = review.week.end - LAG
    start = max(review.week.start, seen.since)
    days = max(0, (end - start) // timedelta(days=1))
    return Window(end - days * timedelta(days=1), end)


def _hosts(vendor: Vendor) -> set[str]:
    """Return the hosts that this key may be used on: the configured one; behind loopback stands the documented one."""
    host = urlsplit(vendor.base_url).hostname or ""
    return {urlsplit(vendor.pack.base_url.production).hostname or ""} if is_loopback(host) else {host}


def _records(golive: Golive, planned: PlannedCheck) -> VendorRecords:
    records = golive.records(planned.vendor, planned.environment)
    assert records is not None, "the pack says what the vendor keeps"
    return records
