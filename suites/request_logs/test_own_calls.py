"""Whether the vendor's own log shows what was called, and by whom: what support and a weekly look rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.layers import USER_AGENT
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import walk
from pytest_golive.facts.body_path import at
from pytest_golive.facts.moment import moment, seconds
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

LONGEST_PAUSE_SECONDS = 2.0

WEEK = timedelta(days=7)

MOST_PAGES = 5

SHOWN = 5

Row = Mapping[str, Any]


def test_own_call_is_in_the_vendors_log(golive: Golive, planned: PlannedCheck) -> None:
    """A call is found in the vendor's log by its Request-ID within a minute, as what it was.

    If this fails: the log belongs to another account than the key, or support will not find what you ask about.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer, row = _own_call(golive, planned)
    if row is None:
        answer.fail(
            f"be in the vendor's log within {_lag(vendor):g} s",
            f"list_request_logs finds nothing for {_request_id(answer)}",
        )
    path = vendor.operation("list_units").path
    due = {"method": "GET", "path": path, "status_code": answer.status, "api_version": vendor.api_version}
    # Whether the path is logged with its query is nowhere said.
    seen = {**row, "path": str(row.get("path")).partition("?")[0]}
    wrong = [f"{name} is {row.get(name)!r}" for name, value in due.items() if seen.get(name) != value]
    answer.must(
        f"be in the vendor's log as GET {path}, {answer.status}, version {vendor.api_version}",
        not wrong,
        actual="; ".join(wrong),
    )
    answer.must("be in the vendor's log with who made it", _actor(row), actual="the row has no actor")


def test_logged_calls_name_the_pinned_version(golive: Golive, planned: PlannedCheck) -> None:
    """Whatever succeeded lately with this key was asked for in the pinned version.

    If this fails: one of your programs sends another version, or none where the vendor once took it without.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    seen = {str(row.get("api_version")) for row in _rows(golive, planned, "2") if _is(row, "2")}
    others = sorted(seen - {vendor.api_version})
    golive.must(
        "calls with this key have to name the pinned API version",
        not others,
        expected=f"{vendor.api_version} in each successful call of the last days",
        actual=f"also {', '.join(others)}",
    )


def test_errors_in_the_vendors_log_are_known(golive: Golive, planned: PlannedCheck) -> None:
    """Each error code that the vendor logged for this key within a week is one that somebody looked at.

    If this fails: look the call up by its Request-ID, mend the client, or add the code to settings.known_error_codes.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    known = vendor.setting("known_error_codes")
    unknown: dict[str, str] = {}
    for group in ("4", "5"):
        for row in _rows(golive, planned, group):
            code = str(row.get("error_code") or row.get("status_code"))
            if _is(row, group) and code not in known and row.get("user_agent") != USER_AGENT:
                unknown.setdefault(code, str(row.get("id")))
    golive.must(
        "every error in the vendor's log has to be a known one",
        not unknown,
        expected=f"none but {', '.join(known) or 'no code at all'}",
        actual=", ".join(f"{code} ({request})" for code, request in [*unknown.items()][:SHOWN]),
    )


def _own_call(golive: Golive, planned: PlannedCheck) -> tuple[Answer, Row | None]:
    """Return a call of ours and its row in the vendor's log, None where it did not appear; made once a run."""
    __tracebackhide__ = True
    vendor = golive.vendor(planned.vendor, planned.environment)

    def make() -> tuple[Answer, Row | None]:
        answer = vendor.call("list_units", limit=1)
        answer.must_succeed()
        answer.must("carry a Request-ID", _request_id(answer), actual="it has none")
        return answer, _awaited(vendor, _request_id(answer))

    made: tuple[Answer, Row | None] = golive.once(("own call", planned.vendor, planned.environment), make)
    return made


def _awaited(vendor: Vendor, request_id: str) -> Row | None:
    __tracebackhide__ = True
    end, pause = seconds() + _lag(vendor), 0.1
    while True:
        answer = vendor.call("list_request_logs", q=request_id, **{"include[]": "actor"})
        answer.must_succeed()
        found = next((row for row in at(answer.json, "data") or () if row.get("id") == request_id), None)
        if found is not None or seconds() + pause > end:
            return found
        vendor.pause(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _lag(vendor: Vendor) -> float:
    """Return how late the log may be: it is written after the call."""
    usual = vendor.pack.settings["request_log_lag_seconds"].example
    return float(vendor.target.settings.get("request_log_lag_seconds", usual))


def _rows(golive: Golive, planned: PlannedCheck, group: str) -> Iterator[Row]:
    """Yield what was logged lately for the key of this environment, of one class of statuses."""
    __tracebackhide__ = True
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer, own = _own_call(golive, planned)
    actor = _actor(own) if own is not None else ""
    if not actor:
        answer.cannot_tell("be in the vendor's log with who made it, so that calls of this key can be told from others")
    filters: dict[str, Any] = {"actor_ids[]": actor, "status_code_classes[]": group, "include[]": "actor"}
    since = moment() - WEEK
    for row in walk(vendor, "list_request_logs", most=MOST_PAGES, **filters).items:
        # A filter that is ignored must not lead to wrong accusations.
        if _actor(row) == actor and _moment(row) >= since:
            yield row


def _request_id(answer: Answer) -> str:
    return str(answer.headers.get("request-id", ""))


def _actor(row: Row) -> str:
    return str(at(row, "actor.id") or "")


def _is(row: Row, group: str) -> bool:
    return str(row.get("status_code", "")).startswith(group)


def _moment(row: Row) -> datetime:
    """Return when a call was made; what cannot be read counts as recent."""
    now = moment()
    try:
        read = datetime.fromisoformat(str(row.get("occurred_at")))
    except ValueError:
        return now
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
