"""Where the vendor sends events to: public, encrypted, reached, and taking what comes."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.contract.public_address import is_global, not_public, tunnel_of
from pytest_golive.exchange.cleaning import items_of
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.manifest.values import is_loopback_url
from pytest_golive.readiness.plan import PlannedCheck

Item = Mapping[str, Any]

OWN = "golive_"
"""How names begin that a run of golive gives."""

SHOWN = 5
WINDOW = timedelta(days=7)
FEWEST_ROWS = 100
MOST_FAILED, MANY_FAILED = 0.01, 0.005


def test_webhook_addresses_are_public(golive: Golive, planned: PlannedCheck) -> None:
    """Every registered webhook goes to a public host over https, and to nobody's desk.

    If this fails: register the address of the deployed handler, and remove the one the finding names.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    production = golive.environments[planned.environment].production
    problems = []
    for hook in _registered(golive, vendor):
        url = str(hook.get("url"))
        if golive.sandbox and not production and is_loopback_url(url):
            vendor.note(f"{url} is on this machine: right in a rehearsal, nowhere else")
            continue
        problem = not_public(url) or (None if golive.sandbox else _resolved_inside(vendor, url))
        tunnel = tunnel_of(url)
        if problem is None and tunnel is not None:
            told = f"it is a tunnel of {tunnel}"
            problem = told if production else None
            if not production:
                vendor.warn(f"{url}: {told}, which must not be so in production")
        if problem is not None:
            problems.append(f"{url}: {problem}")
    golive.must(
        "webhooks have to go to public https addresses",
        not problems,
        expected="https and a public host",
        actual="; ".join(problems[:SHOWN]),
    )


def test_endpoint_takes_a_test_delivery(golive: Golive, planned: PlannedCheck) -> None:
    """Every registered webhook is active, and answers the vendor's own test delivery with success.

    If this fails: status_code tells whether it was reached; none is DNS, certificate or firewall, 4xx the handler.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for hook in _registered(golive, vendor):
        golive.must(
            f"the webhook at {hook.get('url')} has to be active",
            _is_active(hook),
            expected="is_active, or status active",
            actual=_state(hook),
        )
        answer = vendor.call("test_webhook", webhook_id=hook["id"])
        answer.must_fit()
        answer.must(f"be a success at {hook.get('url')}", at(answer.json, "data.success") is True)
        status = at(answer.json, "data.status_code")
        answer.must(f"be answered with 2xx by {hook.get('url')}", status is None or 200 <= status <= 299)


def test_deliveries_can_be_looked_at(golive: Golive, planned: PlannedCheck) -> None:
    """What was delivered to each webhook can be read, and none of them is failing or switched off.

    If this fails: events pile up or are lost; mend the handler, then set the webhook active again.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for hook in _registered(golive, vendor):
        answer = vendor.call("list_webhook_deliveries", webhook_id=hook["id"])
        answer.must_fit()
        golive.must(
            f"the webhook at {hook.get('url')} has to be in order",
            _is_active(hook),
            expected="active, not failing",
            actual=_state(hook),
        )


def test_deliveries_rarely_fail(golive: Golive, planned: PlannedCheck) -> None:
    """Of the deliveries of the last week, no more than 1 % failed.

    If this fails: the event log names the status of each; one event that is never taken makes up to six of them.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    over = [row for row in _rows(golive, vendor) if row.get("status") in {"success", "failed"}]
    if not over:
        golive.cannot_tell("deliveries have to succeed", expected="deliveries", actual="the logs hold none")
    failed = [row for row in over if row.get("status") == "failed"]
    share = len(failed) / len(over)
    events = len({(row.get("webhook_id"), _event(row)) for row in failed})
    told = f"{len(failed)} of {len(over)} failed, {share:.2%}, of {events} kinds of events"
    golive.must("deliveries have to succeed", share <= MOST_FAILED, expected=f"{MOST_FAILED:.0%} failed", actual=told)
    if share > MANY_FAILED:
        vendor.warn(f"deliveries: {told}")


def test_deliveries_are_answered_in_time(golive: Golive, planned: PlannedCheck) -> None:
    """Every delivery of the last week was answered, and within the time the vendor waits.

    If this fails: write the event down, answer, work afterwards; what takes longer counts as failed and comes again.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    webhooks = vendor.pack.webhooks
    assert webhooks is not None, "the pack says how the vendor sends webhooks"
    limit = webhooks.answer_within_seconds
    rows = _rows(golive, vendor)
    if not rows:
        golive.cannot_tell("deliveries have to be answered", expected="deliveries", actual="the logs hold none")
    slow = [row for row in rows if (row.get("response_time_ms") or 0) >= limit * 1000]
    silent = [row for row in rows if row.get("status") == "failed" and _status(row) is None]
    slowest = max((row.get("response_time_ms") or 0) for row in rows)
    golive.must(
        f"deliveries have to be answered within {limit:g} s",
        not slow and not silent,
        expected=f"{len(rows)} answers within {limit:g} s",
        actual=f"{len(slow)} took longer, the slowest {slowest / 1000:.1f} s; {len(silent)} were not answered",
    )


def _registered(golive: Golive, vendor: Vendor) -> list[Item]:
    """Return the team's webhooks: not those that a run of golive makes and removes."""
    found = [hook for hook in items_of(vendor, "list_webhooks") if not str(hook.get("name")).startswith(OWN)]
    golive.must(
        "a webhook has to be registered",
        found,
        expected="a webhook, or features.webhooks: false",
        actual="there is none",
    )
    return found


def _resolved_inside(vendor: Vendor, url: str) -> str | None:
    """Return why the addresses behind a host are not public; one that cannot be looked up from here is a warning."""
    host = urlsplit(url).hostname or ""
    try:
        found = addresses_of(host)
    except OSError as error:
        vendor.warn(f"{host} cannot be looked up from here: {error}")
        return None
    inside = [number for number in found if not is_global(number)]
    return f"its host {host} is {', '.join(inside)}, no public address" if inside else None


def addresses_of(host: str) -> list[str]:
    """Return the addresses behind a name.

    Raises:
        OSError: it cannot be looked up.
    """
    return sorted({str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)})


def _is_active(hook: Item) -> bool:
    return hook.get("is_active", True) is True and hook.get("status", "active") == "active"


def _state(hook: Item) -> str:
    return ", ".join(f"{name} is {hook[name]!r}" for name in ("is_active", "status") if name in hook)


def _rows(golive: Golive, vendor: Vendor) -> list[Item]:
    """Return the deliveries of the last week to all webhooks; where these are few, the latest there are."""
    rows = [
        row
        for hook in _registered(golive, vendor)
        for row in items_of(vendor, "list_webhook_deliveries", webhook_id=hook["id"])
    ]
    rows.sort(key=_time, reverse=True)
    since = moment() - WINDOW
    recent = [row for row in rows if _time(row) >= since]
    return recent if len(recent) >= FEWEST_ROWS else rows[:FEWEST_ROWS]


def _time(row: Item) -> datetime:
    """Return when a delivery was made; one that does not say so is the oldest."""
    written = str(row.get("created_at") or row.get("delivered_at") or "")
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _event(row: Item) -> Any:
    return row.get("event") or row.get("event_type")


def _status(row: Item) -> Any:
    return row.get("status_code") if row.get("status_code") is not None else row.get("http_status")
