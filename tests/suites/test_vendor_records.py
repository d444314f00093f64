"""What the vendors keep of the traffic: a source where the team keeps nothing, and beside what it keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.request_logs.test_vendor_records as records
import suites.review.test_calls as calls
import suites.review.test_trends as trends
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.facts.once import Once
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import MISSING, Reviews, Watching
from pytest_golive.review.sources.records import REACH, Kept, Log, VendorRecords
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.uppzy.state import Question, Site
from pytest_golive.sandbox.world import Sandbox

pytest.importorskip("duckdb")

PLANNED = PlannedCheck("c", "augno", "augno", "live", (), (), Severity.MINOR, title="Logs agree", fix="Look.")

Make = Callable[..., Golive]


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("c")) as made:
        yield made


@pytest.fixture
def augno() -> Augno:
    """A right vendor."""
    return Augno(log_seconds=0.0)


@pytest.fixture
def make(augno: Augno, tmp_path: Path, record: CheckRecord) -> Iterator[Make]:
    """Make what a check gets: the account that is live, and logs of the team's, where there are some."""
    sandbox = Sandbox(("augno",), apps={"augno": augno})
    sandbox.start()
    made: list[Golive] = []
    connection = sandbox.connection("augno", "production")
    secret = Secret(connection.api_key, "augno.api_key")
    base_url = sandbox.base_url("augno", "production")

    def golive(
        *lines: dict[str, Any] | None, features: dict[str, bool] | None = None, production: bool = True
    ) -> Golive:
        target = Target("augno", base_url, credentials={"api_key": secret}, ids=connection.ids, features=features or {})
        each = Golive(
            {"live": Environment("live", production=production, targets={"augno": target})},
            "live",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=tmp_path,
        )
        (tmp_path / "calls.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines if line))
        each.reviews = Reviews(Watching(tmp_path, traffic=("calls.jsonl",)) if lines else None)
        made.append(each)
        return each

    yield golive
    for each in made:
        each.close()
    sandbox.stop()


NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _kept(ago: float, **told: Any) -> Kept:
    """Return a call of the team's key, so many hours ago."""
    usual = Kept(NOW - timedelta(hours=ago), "GET /v1/units", "GET", "200", 0.1, "k1", False, "", "api.augno.com")
    return replace(usual, **told)


OWN = _kept(0.5, is_own=True, request="own")


def _of(golive: Golive, *rows: Kept, changes: tuple[Kept, ...] = (), since: datetime = NOW - REACH) -> Golive:
    """Put what the vendor keeps behind a check."""
    logs = {"calls": Log((OWN, *rows), since), "changes": Log(changes, NOW - REACH)}
    golive.records = lambda vendor, _: VendorRecords(vendor, logs.get, MISSING)  # type: ignore[method-assign, assignment]
    golive.reviews.records = golive.records
    return golive


def _told(
    check: Callable[[Golive, PlannedCheck], None], golive: Golive, error: type[Any] = CheckFailed
) -> tuple[str, str]:
    with pytest.raises(error) as raised:
        check(golive, PLANNED)
    return raised.value.finding.expected, raised.value.finding.actual.replace(f"{golive.repository}/", "")


def _line(ago: float, **told: Any) -> dict[str, Any]:
    return {"time": (NOW - timedelta(hours=ago)).isoformat(), "endpoint": "GET /v1/units", "status": 200, **told}


CALLED = tuple(30 + number / 10 for number in range(60))
"""When the team called, in hours ago."""


def test_calls_that_both_have(make: Make) -> None:
    """Also where our log has more, and where the vendor's has some of another key."""
    lines = [_line(ago) for ago in CALLED]
    check = records.test_own_log_holds_what_the_vendor_saw
    others = [_kept(ago, actor="k2") for ago in CALLED for _ in range(9)]

    check(_of(make(*lines), *map(_kept, CALLED), *others), PLANNED)
    check(_of(make(*lines), *map(_kept, CALLED[:9])), PLANNED)


def test_calls_that_our_log_does_not_have(make: Make) -> None:
    """Somebody calls with our key and counts nothing."""
    golive = _of(make(*(_line(ago) for ago in CALLED[:40])), *map(_kept, CALLED))
    end = NOW - timedelta(hours=1)
    begin, day = end - timedelta(days=7), end - timedelta(days=2)

    assert _told(records.test_own_log_holds_what_the_vendor_saw, golive) == (
        "each call that the vendor saw to stand in our own log",
        (
            f"the day from {day:%Y-%m-%d %H:%M} UTC on: the vendor saw 60 calls, we have 40 "
            f"({begin + timedelta(days=1):%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, by the logs calls.jsonl)"
        ),
    )


def test_changes_that_we_did_not_make(make: Make) -> None:
    """Counted by the calls that made them; one call may change much, and golive's own do not count."""
    check = records.test_own_log_holds_what_the_vendor_saw
    rows = [_kept(ago, request=f"r{ago}", method="POST") for ago in CALLED]
    changes = tuple(_kept(ago, request=f"r{ago}", status="create") for ago in CALLED for _ in range(3))
    made = [_line(ago, **{"http.request.method": "POST"}) for ago in CALLED]
    reads = [_line(ago) for ago in CALLED]

    check(_of(make(*made), *rows, changes=(*changes, _kept(40, request="own"))), PLANNED)
    expected, actual = _told(check, _of(make(*reads), *rows, changes=changes))
    assert (expected, actual.partition(" (")[0]) == (
        "no more changes with this key than our own log has writes",
        "changes by 60 calls, and 0 writes of ours",
    )
    with pytest.raises(NotVerified) as missing:
        check(_of(make(*({**line, "endpoint": "/v1/units"} for line in reads)), *rows, changes=changes), PLANNED)
    assert re.sub(r"/\S*/", "", missing.value.reason) == (
        "calls are not told by method, by the logs calls.jsonl: changes cannot be compared with writes"
    )


def test_what_cannot_be_compared(make: Make) -> None:
    """Nobody keeps figures; no day is known by both; no call of golive's shows whose calls are ours."""
    check = records.test_own_log_holds_what_the_vendor_saw
    with pytest.raises(NotVerified) as missing:
        check(make(), PLANNED)
    assert (missing.value.reason, missing.value.key) == (MISSING, "monitoring")
    golive = _of(make(_line(40)), since=NOW - timedelta(hours=5))
    assert _told(check, golive, CannotTell)[0] == "a whole day that both logs cover"
    golive = make(_line(40))
    nobody = VendorRecords("augno", {"calls": Log((_kept(40),), NOW - REACH)}.get, MISSING)
    golive.records = lambda *_: nobody  # type: ignore[method-assign]
    assert _told(check, golive, CannotTell) == (
        "what augno itself keeps to answer",
        "what augno itself keeps: no call of golive's shows in it, by which the calls of this key could be told",
    )


def test_production_is_called_rightly(make: Make, record: CheckRecord) -> None:
    """By the team's own programs, at the documented host; before the deploy nobody has."""
    check = records.test_production_is_called_by_its_key

    check(_of(make(), _kept(40), _kept(50, status="500")), PLANNED)
    assert record.notes == [f"the first success of this key was at {NOW - timedelta(hours=40):%Y-%m-%d %H:%M} UTC"]
    assert _told(check, _of(make(), _kept(40), _kept(9, host="api-legacy.augno.com"))) == (
        "api.augno.com",
        "also api-legacy.augno.com, by what augno itself keeps",
    )
    with pytest.raises(NotYet) as waits:
        check(_of(make(), _kept(9, status="401"), _kept(9, actor="k2")), PLANNED)
    assert waits.value.reason == (
        "due after the deploy: no call of this key has succeeded yet, by what augno itself keeps"
    )


def test_what_the_vendor_keeps_is_a_source(make: Make) -> None:
    """Where the team keeps nothing: calls and durations; what it does not tell is not verified."""
    check = calls.test_launch_goes_well
    rows = [_kept(100 - number / 10) for number in range(400)]

    check(_of(make(), *rows), PLANNED)
    expected, actual = _told(check, _of(make(), *rows, *(_kept(60, status="403") for _ in range(3))))
    assert (expected, actual.partition(" (")[0]) == ("no answer of 401 or 403", "3 of 403")
    assert actual.endswith("by what augno itself keeps)")
    with pytest.raises(NotVerified) as missing:
        calls.test_limited_calls_are_tried_again(_of(make(), *rows), PLANNED)
    assert (missing.value.reason, missing.value.key) == (MISSING, "monitoring")
    since = NOW - timedelta(days=3)
    told = _told(check, _of(make(), *rows, since=since), CannotTell)
    assert told == (
        "what augno itself keeps to answer",
        f"what augno itself keeps was read back to {since:%Y-%m-%d %H:%M} UTC only: there is too much of it",
    )


# ------------------------------------------------------------------ read from the embedded vendors


def test_augnos_log_is_read(make: Make, augno: Augno) -> None:
    """Of the live key, with what it changed."""
    golive = make(production=False)
    golive.examples("augno").made("create_unit").answer.must_succeed()

    known = golive.records("augno", "live")
    assert known is not None
    rows = known.log("calls").rows
    made = next(row for row in rows if row.method == "POST")
    assert (made.endpoint, made.status, made.is_own, made.host) == (
        "POST /v1/catalog/units",
        "201",
        True,
        "api.augno.com",
    )
    assert made.request in {row.request for row in known.log("changes").rows}


def test_a_log_that_cannot_be_read_is_told(make: Make, augno: Augno) -> None:
    """Its feature is switched off: as if there were none; it is refused: it cannot be told."""
    switched = make(features={"request_logs": False})
    with pytest.raises(NotVerified) as missing:
        calls.test_launch_goes_well(switched, PLANNED)
    assert missing.value.reason == MISSING

    augno.fail("list_request_logs", "internal_error", times=9)
    expected, actual = _told(calls.test_launch_goes_well, make(), CannotTell)
    assert expected == "what augno itself keeps to answer"
    assert actual.startswith("list_request_logs of augno cannot be read: 500")


def test_timelys_deliveries_are_read(tmp_path: Path, record: CheckRecord) -> None:
    """Of every webhook; too few say nothing, and calls are nowhere kept."""
    sandbox = Sandbox(("timely",))
    sandbox.start()
    connection = sandbox.connection("timely", "production")
    target = Target(
        "timely",
        sandbox.base_url("timely", "production"),
        credentials={"api_key": Secret(connection.api_key, "timely.api_key")},
        ids=connection.ids,
    )
    golive = Golive(
        {"live": Environment("live", production=True, targets={"timely": target})},
        "live",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=tmp_path,
    )
    golive.reviews = Reviews()
    planned = replace(PLANNED, vendor="timely")
    try:
        known = golive.records("timely", "live")
        assert known is not None
        rows = known.log("deliveries").rows
        assert {(row.status, row.failed) for row in rows} == {("success", False)}
        with pytest.raises(CannotTell) as few:
            calls.test_handler_takes_deliveries(golive, planned)
        assert few.value.finding.expected == "100 deliveries in the week"
        with pytest.raises(NotVerified) as missing:
            calls.test_limited_calls_are_tried_again(golive, planned)
        assert missing.value.reason == MISSING
    finally:
        golive.close()
        sandbox.stop()


def test_deliveries_that_the_vendor_saw_fail(make: Make) -> None:
    """What goes on is neither."""
    rows = [_kept(90 - number / 10, status="success", failed=False) for number in range(300)]
    failed = [_kept(50, status="failed", failed=True) for _ in range(9)]
    waits = [_kept(50, status="pending") for _ in range(50)]
    golive = make()
    logs = {"deliveries": Log((*rows, *failed, *waits), NOW - REACH)}
    golive.reviews.records = lambda vendor, _: VendorRecords(vendor, logs.get, MISSING)

    expected, actual = _told(calls.test_handler_takes_deliveries, golive)
    assert (expected, actual.partition(" failed")[0]) == (
        "at most 1 % of the deliveries to fail",
        "2.9 % (9 of 309)",
    )


@pytest.fixture
def rated(tmp_path: Path, record: CheckRecord) -> Iterator[tuple[Golive, Site]]:
    """A site of the embedded Uppzy, and a team that keeps no figures."""
    app = Uppzy()
    sandbox = Sandbox(("uppzy",), apps={"uppzy": app})
    sandbox.start()
    connection = sandbox.connection("uppzy", "production")
    key = Secret(connection.api_key, "uppzy.api_key")
    target = Target("uppzy", sandbox.base_url("uppzy", "production"), credentials={"api_key": key}, ids=connection.ids)
    golive = Golive(
        {"live": Environment("live", production=True, targets={"uppzy": target})},
        "live",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=tmp_path,
    )
    golive.reviews = Reviews()
    yield golive, app._state.sites[connection.ids["site_id"]]
    golive.close()
    sandbox.stop()


def _rate(site: Site, feedback: str, count: int, days_ago: int) -> None:
    """Write down questions that were asked so many days ago, with their ratings."""
    day = f"{NOW - timedelta(days=days_ago):%Y-%m-%d}"
    for _ in range(count):
        name = f"q{len(site.questions)}"
        site.questions[name] = Question(name, "s", "?", None, 0, 0, feedback=feedback, day=day)


def test_uppzys_statistics_are_read(rated: tuple[Golive, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """By days; a vendor that tells the same whatever days are asked for tells nothing of a week."""
    golive, site = rated
    planned = replace(PLANNED, vendor="uppzy")
    for feedback, count, days_ago in (("good", 200, 12), ("bad", 10, 15), ("good", 40, 3), ("bad", 20, 2)):
        _rate(site, feedback, count, days_ago)

    with pytest.raises(CheckFailed) as failed:
        trends.test_ratings_are_as_good_as_before(golive, planned)
    assert failed.value.finding.actual.partition(" (202")[0] == (
        "bad ratings: 33 % (20 of 60), 4.8 % (10 of 210) in the four weeks before"
    )

    monkeypatch.setattr(Site, "_asked", lambda self, _first, _last: list(self.questions.values()))
    golive.reviews = Reviews()
    golive._shared = Once()
    with pytest.raises(NotVerified) as missing:
        trends.test_ratings_are_as_good_as_before(golive, planned)
    assert (missing.value.reason, missing.value.key) == (MISSING, "monitoring")
