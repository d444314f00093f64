"""Where a developer asks for an event, and looks at what became of it: paths on the sandbox's own port."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_golive.manifest.explain import listed
from pytest_golive.sandbox.courier import Attempt, Courier, Endpoint
from pytest_golive.sandbox.http import Request, Response, json_response

DELIVER = "/golive/deliver"
"""POST: an event is sent now."""

DELIVERIES = "/golive/deliveries"
"""GET: the delivery log."""

FIELDS = ("vendor", "event", "data", "test", "times", "event_id")

MOST_TIMES = 1_000
SHOWN = 100
"""Attempts of the log in one answer, unless another number is asked for."""


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Desk:
    """Answers for `/golive/deliver` and `/golive/deliveries`.

    Args:
        couriers: by vendor.
        chosen: ids of the endpoints that were named at the start, by vendor. Where one was, events go to it alone;
            where none was, to every endpoint on this machine that a client registered.
    """

    def __init__(self, couriers: Mapping[str, Courier], chosen: Mapping[str, str]) -> None:
        self._couriers = couriers
        self._chosen = chosen

    @staticmethod
    def owns(path: str) -> bool:
        """Whether a request is for the desk."""
        return path in {DELIVER, DELIVERIES}

    def __call__(self, request: Request) -> Response:
        """Return the answer; what cannot be done is told in one sentence."""
        method = "POST" if request.path == DELIVER else "GET"
        if request.method != method:
            return json_response(405, {"error": f"{request.path} takes {method} only"}, {"Allow": method})
        try:
            return self._deliver(request) if method == "POST" else self._deliveries(request)
        except _Refused as refused:
            return json_response(refused.status, {"error": str(refused)})

    def _deliver(self, request: Request) -> Response:
        asked = _read(request)
        vendor = self._vendor(asked["vendor"])
        courier, event = self._couriers[vendor], asked["event"]
        events = courier.webhooks.events
        if event not in events:
            raise _Refused(400, f"unknown event {event!r} of {vendor}{listed(events, event, 'there are')}")
        endpoints = self._endpoints(vendor, event, test=asked["test"])
        times = asked["times"]
        sent: dict[str, None] = {}
        try:
            for endpoint in endpoints:
                for _ in range(times):
                    # One alone is waited for, so that its answer is in ours; a burst has to be one.
                    sent[_delivered(courier, endpoint, asked, wait=times == 1)] = None
        except (LookupError, ValueError) as error:
            raise _Refused(400, str(error)) from None
        shown = [_row(vendor, one) for one in courier.all_attempts() if one.event_id in sent]
        return json_response(200 if times == 1 else 202, {"event_ids": list(sent), "deliveries": shown})

    def _endpoints(self, vendor: str, event: str, *, test: bool) -> list[Endpoint]:
        courier = self._couriers[vendor]
        known = self._within_reach(vendor)
        if not known:
            raise _Refused(409, f"{vendor} delivers nowhere: start golive sandbox with --deliver {vendor}=URL")
        served = [one for one in known if test or (one.takes(event) and courier.serves(one))]
        if not served:
            raise _Refused(
                409, f"no endpoint of {vendor} gets {event}: it is switched off, disabled, or takes other events"
            )
        return served

    def _within_reach(self, vendor: str) -> list[Endpoint]:
        courier = self._couriers[vendor]
        chosen = courier.endpoint(self._chosen.get(vendor, ""))
        return [chosen] if chosen else [one for one in courier.endpoints() if courier.reaches(one)]

    def _deliveries(self, request: Request) -> Response:
        query = request.query
        limit = query.get("limit", str(SHOWN))
        if not (limit.isascii() and limit.isdecimal()):
            raise _Refused(400, "limit has to be a whole number")
        vendors = [self._vendor(query["vendor"])] if "vendor" in query else list(self._couriers)
        rows = [
            (attempt.at, _row(vendor, attempt))
            for vendor in vendors
            for attempt in self._couriers[vendor].all_attempts()
            if query.get("event_id") in {None, attempt.event_id}
        ]
        rows.sort(key=lambda row: row[0], reverse=True)
        endpoints = [
            _endpoint_row(vendor, self._couriers[vendor], endpoint)
            for vendor in vendors
            for endpoint in self._couriers[vendor].endpoints()
        ]
        return json_response(200, {"endpoints": endpoints, "deliveries": [row for _, row in rows[: int(limit)]]})

    def _vendor(self, name: str | None) -> str:
        if name is None:
            delivering = [vendor for vendor in self._couriers if self._within_reach(vendor)]
            if len(delivering) != 1:
                raise _Refused(400, f"vendor is required; there are: {', '.join(self._couriers) or 'none'}")
            return delivering[0]
        if name not in self._couriers:
            raise _Refused(404, f"no vendor {name!r} sends webhooks here{listed(self._couriers, name, 'there are')}")
        return name


def _delivered(courier: Courier, endpoint: Endpoint, asked: Mapping[str, Any], *, wait: bool) -> str:
    return courier.deliver(
        endpoint, asked["event"], asked["data"], test=asked["test"], event_id=asked["event_id"], wait=wait
    )


def _read(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise _Refused(400, 'the body has to be JSON: {"vendor": "…", "event": "…"}') from None
    if not isinstance(body, dict):
        raise _Refused(400, 'the body has to be JSON: {"vendor": "…", "event": "…"}')
    for name in body:
        if name not in FIELDS:
            raise _Refused(400, f"unknown field {name!r}{listed(FIELDS, name, 'there are')}")
    asked = {"vendor": None, "data": None, "test": False, "times": 1, "event_id": None, **body}
    for name, kind, words, required in (
        ("vendor", str, "text", False),
        ("event", str, "text", True),
        ("data", dict, "an object", False),
        ("test", bool, "true or false", True),
        ("event_id", str, "text that is not empty", False),
    ):
        value = asked.get(name)
        if not (isinstance(value, kind) and value != "") and (required or value is not None):
            raise _Refused(400, f"{name} has to be {words}")
    times = asked["times"]
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MOST_TIMES:
        raise _Refused(400, f"times has to be a whole number from 1 to {MOST_TIMES}")
    return asked


def _row(vendor: str, attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as the desk shows it."""
    return {
        "id": attempt.id,
        "vendor": vendor,
        "endpoint_id": attempt.endpoint_id,
        "event": attempt.event,
        "event_id": attempt.event_id,
        "attempt": attempt.number,
        "test": attempt.test,
        "status": attempt.status,
        "http_status": attempt.http_status,
        "milliseconds": attempt.milliseconds,
        "error": attempt.error,
        "at": attempt.at.isoformat(),
        "next_at": attempt.next_at.isoformat() if attempt.next_at else None,
        "request": {"headers": dict(attempt.request_headers), "body": attempt.request_body},
        "response": {"body": attempt.response_body},
    }


def _endpoint_row(vendor: str, courier: Courier, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "vendor": vendor,
        "id": endpoint.id,
        "url": endpoint.url,
        "state": courier.endpoint_state(endpoint.id) if endpoint.active else "inactive",
        "dead_letters": list(courier.dead_letters(endpoint.id)),
    }
