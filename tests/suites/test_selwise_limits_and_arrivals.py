"""The checks of limits, drills and arrivals, on notes that are right in many ways and on each way to be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.integrations.test_arrivals as arrivals
import suites.integrations.test_limits_and_drills as notes
from pytest_golive.papers.named import Papers
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.rehearsal import PAPERS
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.selwise.entries import entry
from pytest_golive.sandbox.world import Sandbox
from tests.suites.planned_checks import ARRIVALS
from tests.suites.selwise_papers_asked import NOW, Asked, Check
from tests.suites.vendor_in_disguise import operation_of

LIMITS, DRILL = notes.test_limits_are_written_down, notes.test_drill_was_in_time
SUCCESS, REFUSED = arrivals.test_successes_follow_each_change, arrivals.test_failures_are_seldom_429
ARRIVE, VOLUME = arrivals.test_critical_events_arrive, arrivals.test_volume_is_kept_after_a_change
ALL: dict[str, Check] = {
    name.removeprefix("test_"): check
    for module in (notes, arrivals)
    for name, check in vars(module).items()
    if name.startswith("test_")
}
TODAY = NOW.date()


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, Selwise]]:
    selwise = Selwise()
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    yield sandbox, selwise
    sandbox.stop()


@pytest.fixture
def ask(world: tuple[Sandbox, Selwise], tmp_path: Path) -> Asked:
    return Asked(*world, tmp_path, rehearsal=False)


@pytest.fixture
def ask_of(tmp_path: Path) -> Iterator[Callable[[Callable[[Selwise], object]], Asked]]:
    """Ask of a Selwise that was changed before."""
    running: list[Sandbox] = []

    def made(change: Callable[[Selwise], object]) -> Asked:
        selwise = Selwise()
        change(selwise)
        sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
        sandbox.start()
        running.append(sandbox)
        return Asked(sandbox, selwise, tmp_path, rehearsal=False)

    yield made
    for sandbox in running:
        sandbox.stop()


def _note(ask: Asked, check: Check, name: str, text: str, key: str) -> str:
    ask.write(f"../{name}", text)
    named: dict[str, Any] = {key: name}
    return ask(check, papers=Papers(ask.folder, **named))


def test_every_check_of_arrivals_is_here() -> None:
    """The list that other tests rest upon is whole."""
    assert sorted(ALL) == sorted(ARRIVALS)


@pytest.mark.parametrize("check", [LIMITS, DRILL, SUCCESS, REFUSED])
def test_the_example_project_is_right(world: tuple[Sandbox, Selwise], tmp_path: Path, check: Check) -> None:
    assert Asked(*world, tmp_path)(check, papers=PAPERS) == "passed"


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (LIMITS, "operations.limits is missing: nothing says what providers and receivers can take"),
        (DRILL, "operations.drill is missing: nothing tells of a drill of stopping a provider"),
        (SUCCESS, "operations.change_records is missing: nothing tells how integrations were changed"),
        (
            ARRIVE,
            "operations.event_counts is missing: nothing tells how many events were expected and how many arrived",
        ),
        (
            VOLUME,
            "operations.event_counts is missing: nothing tells how many events were expected and how many arrived",
        ),
    ],
)
def test_without_papers_nothing_is_verified(ask: Asked, check: Check, told: str) -> None:
    assert ask(check, papers=Papers(ask.folder)) == f"not verified: {told} [{told.partition(' ')[0]}]"


# ---------------------------------------------------------------- limits

KNOWN = (
    "limits of providers and receivers have to be known, and retries have to fit them; "
    "limit, peak, 20 % to spare, contact and day for each, and the retries that are set"
)
TABLE = """# Limits

| To | Limit | Peak | Contact | Date |
|---|---|---|---|---|
| GA4 | 50 req/s | 600/min | support@google.example | 2026-11-01 |
| Meta | 200 per minute | 2 rps | meta@shop.example | 2026-11-01 |
| Google Ads | 1,000/min | 100/min | ads@shop.example | 2026-11-01 |
| Orders webhook | 10 rps | 1 rps | Shop Platform | 2026-11-01 |
"""
DATA = {
    "checked_at": "2026-11-01",
    "limits": {
        "ga4": {"limit_per_minute": 3000, "peak_per_minute": 900, "contact": "Ana"},
        "meta": {"rate_limit": {"per_minute": 1200}, "limit_rpm": 1200, "peak_rpm": 400, "contact": "Ana"},
        "google_ads": {"limit": "1200/min", "peak": "2/s", "contact": "Ana"},
        "hooks.shop.example": {"limit": "600/min", "peak": "90/min", "contact": "Ana", "retries": 3},
    },
}
GERMAN = "".join(
    f"## {name}\n\n- Limit: 1.000 pro Minute\n- Spitze: 300 pro Minute\n- Kontakt: Ana\n- Stand: 01.11.2026\n\n"
    for name in ("GA4", "Meta", "Google Ads", "Empfänger des Webhooks")
)
ROWS = "provider,limit,peak,headroom,owner,reviewed\n" + "".join(
    f"{name},?,unknown unit,35%,Ana,2026-11-01\n" for name in ("ga4", "meta", "gads", "webhook orders")
).replace("?", "see contract").replace("unknown unit", "low")


@pytest.mark.parametrize(
    ("name", "text"),
    [("limits.md", TABLE), ("limits.json", json.dumps(DATA)), ("grenzen.md", GERMAN), ("limits.csv", ROWS)],
)
def test_right_notes_raise_no_alarm(ask: Asked, name: str, text: str) -> None:
    assert _note(ask, LIMITS, name, text, "limits") == "passed"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| Meta | 200 per minute | 2 rps | meta@shop.example | 2026-11-01 |\n", "", "there is nothing about meta"),
        ("600/min", "48/s", "limits.md:5, about ga4: 4% are left between peak and limit"),
        ("meta@shop.example", "TBD", "limits.md:6, about meta, lacks contact"),
        ("1,000/min | 100/min", " | ", "limits.md:7, about gads, lacks limit, peak"),
        ("ads@shop.example | 2026-11-01", "Ana | 2026-01-05", "limits.md:7, about gads, is of 2026-01-05"),
        (
            "| Orders webhook | 10 rps | 1 rps | Shop Platform | 2026-11-01 |\n",
            "",
            "there is nothing about the receiver of the webhook orders",
        ),
    ],
)
def test_wrong_notes(ask: Asked, old: str, new: str, told: str) -> None:
    assert old in TABLE

    assert _note(ask, LIMITS, "limits.md", TABLE.replace(old, new), "limits") == f"failed: {KNOWN}; {told}"


def test_retries_that_are_otherwise(ask_of: Callable[..., Asked]) -> None:
    """What the note says of retries is what the webhook is set to."""

    def change(selwise: Selwise) -> None:
        (hook,) = selwise.site("sandbox").hooks.values()
        hook.fields["retryPolicy"] = {"maxRetries": 8, "backoff": "exponential", "initialDelaySeconds": 60}

    assert _note(ask_of(change), LIMITS, "limits.json", json.dumps(DATA), "limits") == (
        f"failed: {KNOWN}; limits.json:1 tells 3 retries of the receiver of the webhook orders, the vendor makes 8"
    )


def test_a_note_that_cannot_be_read(ask: Asked) -> None:
    assert _note(ask, LIMITS, "limits.json", "[", "limits") == (
        f"cannot tell: {KNOWN}; line 1: expected the node content, but found '<stream end>'"
    )


# ---------------------------------------------------------------- drills

IN_TIME = (
    "the team has to be able to stop a provider in time; "
    "a drill of the last 90 days, from alert to confirmed switch within 10 min"
)
PAGE = "# Drills\n\n## 2026-11-03\n\n- 10:00 alert\n- 10:04 test mode\n- 10:06 confirmed by reading it back\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("drill.md", PAGE),
        (
            "drill.md",
            "# Drills\n\n- 2026-11-03: GA4 switched off, took 6 minutes from the alert to the confirmed switch.\n",
        ),
        ("drill.md", "Übung am 03.11.2026: Alarm um 10:00, abgeschaltet und bestätigt um 10:07.\n"),
        ("drill.yaml", "date: 2026-11-03\nalert_at: 10:00\nconfirmed_at: 10:05\n"),
        ("drill.json", '[{"day": "2026-02-01", "minutes": 40}, {"day": "2026-11-03", "duration_minutes": 4}]'),
        ("drills.csv", "alerted_at,contained_at\n2026-11-03T10:00Z,2026-11-03T10:09Z\n"),
        (
            "drill.yaml",
            "drills:\n- day: 2026-11-03\n  steps:\n  - {step: alert, at: 10:00}\n  - {step: confirmed, at: 10:03}\n",
        ),
    ],
)
def test_right_drills_raise_no_alarm(ask: Asked, name: str, text: str) -> None:
    assert _note(ask, DRILL, name, text, "drill") == "passed"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("drill.md", PAGE.replace("10:06", "10:26"), "failed: {0}; drill.md:3 took 26 min"),
        ("drill.md", PAGE.replace("2026-11-03", "2026-03-03"), "failed: {0}; drill.md:3 is of 2026-03-03"),
        ("drill.md", "# Drills\n\nNone yet.\n", "failed: {0}; drill.md tells of none"),
        (
            "drill.md",
            "# Drill\n\nOn 2026-11-03 we stopped GA4.\n",
            "cannot tell: {0}; drill.md:1 does not tell how long it took",
        ),
        ("drill.yaml", "took: 4 min\n", "cannot tell: {0}; drill.yaml:1 tells no day"),
        ("drill.yaml", "a: [", "cannot tell: {0}; line 1: expected the node content, but found '<stream end>'"),
    ],
)
def test_wrong_drills(ask: Asked, name: str, text: str, told: str) -> None:
    assert _note(ask, DRILL, name, text, "drill") == told.format(IN_TIME)


# ---------------------------------------------------------------- what the vendor's logs say


def _changed(at: str = "2026-11-10T09:05:00Z") -> str:
    return json.dumps({"provider": "ga4", "change_id": "CHG-1", "config_at": at, "test_at": at, "test_result": "ok"})


def _log(status: str, number: int = 1, **told: Any) -> Callable[[Selwise], None]:
    def change(selwise: Selwise) -> None:
        selwise.site("sandbox").logs["ga4"] = [
            entry(status, "purchase", provider="ga4", createdAt="2026-11-12T09:00:00.000Z", **told)
            for _ in range(number)
        ]

    return change


def _after(ask: Asked, at: str = "2026-11-10T09:05:00Z") -> str:
    return _note(ask, SUCCESS, "changes.json", _changed(at), "change_records")


def test_successes_after_a_change(ask_of: Callable[..., Asked]) -> None:
    error = {"code": "x", "message": "no"}
    right, test, wrong = (ask_of(_log(state)) for state in ("success", "test", "filtered"))

    assert (_after(right), _after(test)) == ("passed", "passed")
    words = "show a success of ga4 since CHG-1"
    assert _after(wrong) == (f"failed: list_integration_logs has to {words}; to {words}; 1 filtered (changes.json:1)")
    failing = ask_of(_log("failed", 3, error=error))
    assert _after(failing).endswith("; 3 failed (changes.json:1)")


def test_no_traffic_after_a_change(ask_of: Callable[..., Asked]) -> None:
    """Without a single entry nobody can say that the change is to blame."""
    told = "no entry of ga4 since CHG-1: is there no traffic?"

    assert _after(ask_of(_log("success")), "2026-11-20T09:05:00Z") == f"warned: {told}"
    assert _after(ask_of(_log("success", 0))) == "noted: the log of ga4 is empty: nothing can be said of CHG-1"


def test_records_of_no_provider(ask: Asked) -> None:
    hook = json.dumps({"target": "webhook orders", "config_at": "2026-11-10T09:05Z", "test_at": "2026-11-10T09:06Z"})

    assert _note(ask, SUCCESS, "changes.json", hook, "change_records") == (
        "not verified: operations.change_records holds no record of a provider in staging [operations.change_records]"
    )


def _refused(ask: Asked) -> str:
    return ask(REFUSED, papers=Papers(ask.folder))


def test_refusals_for_too_many_requests(ask_of: Callable[..., Asked]) -> None:
    error = {"code": "rate_limited", "message": "slow down"}
    words = "hold few refusals for too many requests: at most 50% of the failures"

    assert _refused(ask_of(_log("retrying", 30, httpStatus=429, error=error))) == (
        f"failed: list_integration_logs has to {words}; to {words}; 30 of 30 in the log of ga4"
    )
    assert _refused(ask_of(_log("failed", 3, httpStatus=429, error=error))) == (
        "warned: refusals for too many requests in the log of ga4: 3 of 3 failures, too few to tell a share"
    )
    assert _refused(ask_of(_log("failed", 30, httpStatus=500, error=error))) == "passed"


# ---------------------------------------------------------------- what was expected, and what arrived

CRITICAL = (("ga4", "purchase"), ("ga4", "add_to_cart"), ("meta", "purchase"), ("gads", "purchase"))
HERE = "critical events that are expected have to arrive downstream; at most 5% absent in 7 days (gap_ratio)"
KEPT = (
    "the volume of events has to be what it was before a change; "
    "at most 30% fewer than on the same weekdays before (drop_ratio)"
)


def _counted(arrived: Callable[[str, str, date], tuple[int, int]] = lambda *_: (100, 99)) -> list[dict[str, Any]]:
    days = [TODAY - timedelta(days=number) for number in range(1, 30)]
    told = ((day, name, event, arrived(name, event, day)) for day in days for name, event in CRITICAL)
    return [
        {"day": f"{day}", "provider": name, "event": event, "expected": expected, "arrived": came}
        for day, name, event, (expected, came) in told
    ]


def _arrive(ask: Asked, rows: list[dict[str, Any]], check: Check = ARRIVE) -> str:
    ask.write("../changes.json", _changed("2026-11-20T09:05:00Z"))
    ask.write("../counts.json", json.dumps(rows))
    return ask(check, papers=Papers(ask.folder, event_counts="counts.json", change_records="changes.json"))


def test_events_that_arrive(ask: Asked) -> None:
    assert _arrive(ask, _counted()) == "passed"
    assert _arrive(ask, _counted(), VOLUME) == "passed"


def test_counts_in_another_form(ask: Asked) -> None:
    """CSV with other names, and a table of a page."""
    rows = _counted()
    lines = [f"{each['day']};{each['provider']};{each['event']};{each['expected']};{each['arrived']}" for each in rows]
    table = ["| Tag | Anbieter | Ereignis | Erwartet | Angekommen |", "|---|---|---|---|---|"]
    table += [f"| {line.replace(';', ' | ')} |" for line in lines]
    for name, text in (
        ("counts.csv", "\n".join(["date;destination;event_name;source_count;downstream_count", *lines])),
        ("counts.md", "\n".join(table)),
        ("log.csv", "\n".join(["day;provider;event;shop_count;selwise_success", *lines])),
    ):
        assert _note(ask, ARRIVE, name, text + "\n", "event_counts") == "passed"


def test_events_that_are_absent_while_health_is_green(ask: Asked) -> None:
    def lost(name: str, event: str, day: date) -> tuple[int, int]:
        return (100, 90 if (name, event) == ("meta", "purchase") else 100)

    assert _arrive(ask, _counted(lost)) == (
        f"failed: {HERE}; 630 of 700 purchase arrived at meta; health calls it healthy"
    )


def test_few_events_that_are_absent(ask: Asked) -> None:
    def few(name: str, event: str, day: date) -> tuple[int, int]:
        return (1, 0) if name == "gads" else (100, 100)

    assert _arrive(ask, _counted(few)) == "warned: 0 of 7 purchase arrived at gads: too few to tell a share"


def test_events_that_nobody_counts(ask: Asked) -> None:
    rows = [each for each in _counted() if each["provider"] != "gads"]

    assert _arrive(ask, rows) == (f"cannot tell: {HERE}; since 2026-11-21 counts.json counts no purchase at gads")
    assert _arrive(ask, [{"day": "2026-11-21"}]) == (
        "not verified: operations.event_counts: counts.json has no row with day, provider, event, expected and arrived "
        "[operations.event_counts]"
    )
    assert _note(ask, ARRIVE, "counts.yaml", "a: [", "event_counts") == (
        "cannot tell: counts of events have to be readable; a row for each; "
        "line 1: expected the node content, but found '<stream end>'"
    )


def test_a_volume_that_fell_after_a_change(ask: Asked) -> None:
    def fell(name: str, event: str, day: date) -> tuple[int, int]:
        return 100, 40 if name == "ga4" and event == "purchase" and day > date(2026, 11, 20) else 100

    assert _arrive(ask, _counted(fell), VOLUME) == (
        f"failed: {KEPT}; changes.json:1: purchase at ga4: 40 a day since CHG-1, 100 on the same weekdays before"
    )


def test_a_volume_that_fell_at_the_source(ask: Asked) -> None:
    """Fewer customers are no fault of the change."""

    def fell(name: str, event: str, day: date) -> tuple[int, int]:
        return (40, 40) if day > date(2026, 11, 20) else (100, 100)

    assert _arrive(ask, _counted(fell), VOLUME) == "passed"


def test_a_volume_that_nobody_counts(ask: Asked) -> None:
    rows = [each for each in _counted() if each["provider"] != "ga4"]

    assert _arrive(ask, rows, VOLUME) == (
        f"cannot tell: {KEPT}; counts.json does not count the days before and after CHG-1"
    )


def test_no_recent_change(ask: Asked) -> None:
    ask.write("../changes.json", _changed("2026-08-20T09:05:00Z"))
    ask.write("../counts.json", json.dumps(_counted()))
    papers = Papers(ask.folder, event_counts="counts.json", change_records="changes.json")

    assert ask(VOLUME, papers=papers) == "noted: no recorded change of the last 28 days"


def test_webhooks_of_another_shape(tmp_path: Path) -> None:
    selwise = Selwise()

    def wrapped(request: Request) -> Response:
        if operation_of(selwise, request) == "list_webhooks":
            return json_response(200, [{"webhook": "orders"}])
        return selwise(request)

    told = "tell id, name and isActive of each webhook"
    with Sandbox(("selwise",), apps={"selwise": selwise}, wrap=lambda name, app: wrapped) as sandbox:
        asked = Asked(sandbox, selwise, tmp_path, rehearsal=False)
        assert _refused(asked) == (
            f'cannot tell: list_webhooks has to {told}; to {told}; 200 [{{"webhook": "orders"}}]'
        )


def test_a_provider_without_a_log(ask_of: Callable[..., Asked]) -> None:
    """One that was never configured here has none; the record is of another time, then."""

    def change(selwise: Selwise) -> None:
        site = selwise.site("sandbox")
        site.integrations.pop("ga4")
        site.logs.pop("ga4")

    assert _after(ask_of(change)) == "noted: there is no log of ga4"
