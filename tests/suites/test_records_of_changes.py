"""The checks of recorded changes, on records kept in many ways that are right, and on each way to be wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import suites.changes.test_recorded_changes as checks
from pytest_golive.papers.named import Papers
from pytest_golive.sandbox.http import json_response
from pytest_golive.sandbox.rehearsal import PAPERS
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.selwise.example_changes import configured
from pytest_golive.sandbox.world import Sandbox
from tests.suites.planned_checks import CHANGE_RECORDS
from tests.suites.selwise_papers_asked import Asked, Check, Record
from tests.suites.vendor_in_disguise import operation_of

ALL: dict[str, Check] = {
    name.removeprefix("test_"): check for name, check in vars(checks).items() if name.startswith("test_")
}
ORDER, LISTS, HEALTH = (
    ALL[name]
    for name in ("recorded_changes_went_in_order", "lists_were_read_before_changes", "health_was_read_before_changes")
)
LIVE, REPLAY, VENDORS, LOST = (
    ALL[name]
    for name in (
        "live_providers_were_tested",
        "recorded_states_can_be_replayed",
        "recorded_tests_are_the_vendors",
        "recorded_changes_lost_nothing",
    )
)
ONE, STATES, TESTED, WATCHED = (
    ALL[name]
    for name in (
        "one_provider_was_changed_at_a_time",
        "changes_have_their_records",
        "recorded_changes_passed_their_test",
        "logs_were_watched_for_a_cycle",
    )
)


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, Selwise]]:
    selwise = Selwise()
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    yield sandbox, selwise
    sandbox.stop()


@pytest.fixture
def ask(world: tuple[Sandbox, Selwise], tmp_path: Path) -> Asked:
    return Asked(*world, tmp_path)


# ---------------------------------------------------------------- a right record, as the contract sheet has it


def _right(name: str = "CHG-1", provider: str = "ga4", day: str = "2026-11-10") -> Record:
    state = configured()
    health = {"status": "healthy", "integrations": [{"provider": each, "status": "healthy"} for each in state]}
    before = {**state, provider: {**state[provider], "eventFilters": {}}} if provider == "ga4" else state
    both = [_copy({"list": [*each.values()], "health": health}) for each in (before, state)]
    looks = [{"kind": "watch", "at": f"2026-11-{int(day[-2:]) + n:02}T09:00:00Z"} for n in range(1, 8)]
    steps = [
        {"kind": "snapshot_before", "at": f"{day}T09:00:00Z", "http_status": 200, "body": both[0]},
        {"kind": "config", "at": f"{day}T09:05:00Z", "http_status": 200, "outcome": "ok"},
        {"kind": "test", "at": f"{day}T09:06:00Z", "http_status": 200, "outcome": "success"},
        {"kind": "health", "at": f"{day}T09:07:00Z", "outcome": "healthy"},
        {"kind": "logs", "at": f"{day}T09:10:00Z", "outcome": "ok"},
        {"kind": "snapshot_after", "at": f"{day}T09:11:00Z", "body": both[1]},
        *looks,
        {"kind": "monitor_end", "at": f"2026-11-{int(day[-2:]) + 7:02}T10:00:00Z", "by": "Ana"},
    ]
    target = {"kind": "provider", "key": provider}
    return {"change_id": name, "target": target, "planned_fields": ["eventFilters.purchase"], "steps": steps}


def _copy(held: Any) -> Any:
    return json.loads(json.dumps(held))


def _step(record: Record, kind: str) -> dict[str, Any]:
    return next(each for each in record["steps"] if each["kind"] == kind)


def _without(*kinds: str) -> Record:
    record = _right()
    record["steps"] = [each for each in record["steps"] if each["kind"] not in kinds]
    return record


def _with(kind: str, **told: Any) -> Record:
    record = _right()
    _step(record, kind).update(told)
    return record


def _and(record: Record, *steps: dict[str, Any]) -> Record:
    return {**record, "steps": [*record["steps"], *steps]}


# ---------------------------------------------------------------- all of them


def test_every_check_of_records_is_here() -> None:
    """The list that other tests rest upon is whole."""
    assert sorted(ALL) == sorted(CHANGE_RECORDS)


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_the_example_project_is_right(ask: Asked, check: Check) -> None:
    """What a rehearsal reads is complete, and nothing about it is doubtful; of gads it has no record."""
    noted = "noted: no record is about gads, which is on" if check is LIVE else "passed"

    assert ask(check, papers=PAPERS) == noted


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_two_right_records_raise_no_alarm(ask: Asked, check: Check) -> None:
    noted = "noted: no record is about gads, which is on" if check is LIVE else "passed"

    assert ask(check, _right(), _right("CHG-2", "meta", "2026-11-12")) == noted


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_without_records_nothing_is_verified(ask: Asked, check: Check) -> None:
    """A team that keeps none is told the key to add; so is one whose log of changes is prose."""
    prose = "# Changes\n\n## 2026-11-12\n\n- Replaced the Uppzy key of staging. Owner: Shop Platform.\n"
    ask.write("../log.md", prose)
    told = "not verified: operations.change_records is missing: nothing tells how integrations were changed"

    assert ask(check, papers=Papers(ask.folder)) == f"{told} [operations.change_records]"
    assert ask(check, papers=Papers(ask.folder, change_log="log.md")) == f"{told} [operations.change_records]"


def test_records_of_other_things_or_places(ask: Asked) -> None:
    """What is not about an integration, or not about this environment, decides nothing."""
    deploy = {"change_id": "D-1", "what": "shop 4.2", "steps": [{"kind": "deploy", "at": "2026-11-10T09:00:00Z"}]}
    elsewhere = {**_without("test"), "environment": "production"}

    assert ask(ORDER, deploy) == (
        "not verified: operations.change_records holds no record of a change of an integration "
        "[operations.change_records]"
    )
    assert ask(ORDER, elsewhere) == (
        "not verified: operations.change_records holds no record of staging; there are those of production "
        "[operations.change_records]"
    )
    # A release to where it was made looks at it too.
    assert ask(ORDER, elsewhere, releases_to="live").startswith("failed: ")
    assert ask(ORDER, {**_without("test"), "environment": "stage"}).startswith("failed: ")


def test_records_whose_states_are_of_another_site(ask: Asked) -> None:
    """A record that names no environment is of the site that its states are of."""
    foreign = _before(siteId="6f1c0d8e-0000-4000-8000-0000000000ff")

    assert ask(ORDER, foreign) == (
        "not verified: operations.change_records holds no record of staging; there are those of another site "
        "[operations.change_records]"
    )


def test_a_broken_file_is_told(ask: Asked) -> None:
    ask.write("a.yaml", "change_id: [")

    assert ask(ORDER) == (
        "cannot tell: records of changes have to be readable; YAML, JSON, CSV or a page of text; "
        "changes/a.yaml: line 1: expected the node content, but found '<stream end>'"
    )


def test_a_log_of_changes_may_hold_the_records(ask: Asked) -> None:
    """A team that keeps them where it keeps all changes need not say so twice."""
    ask.write("../log.json", json.dumps([_without("logs")], indent=1))
    told = ask(ORDER, papers=Papers(ask.folder, change_log="log.json"))

    assert told == f"failed: {IN_ORDER}; log.json:2: CHG-1 lacks logs"


def test_records_of_nothing_that_is_on(ask: Asked) -> None:
    """Where no record is about a provider that is on here, nothing was looked at."""
    hook = {**_right(), "target": "webhook orders"}

    assert ask(LIVE, hook) == (
        "not verified: operations.change_records holds no record of ga4, meta, gads in staging "
        "[operations.change_records]"
    )


# ---------------------------------------------------------------- each way to be wrong

IN_ORDER = "a change has to go config, test, health, logs, and only then back; each step, in this order"
LISTED = "all integrations have to be listed before a change; the list, read at most 60 min before"
HEALTHY = "health has to be read before a change; health, read at most 60 min before"
REPLAYED = (
    "the state before a change has to be kept so that it can be put back; "
    "list and health of one site, read together, with the provider's whole configuration"
)
KEPT = (
    "every change has to have a record of the state before and after; both states in each record, and no "
    "change without one"
)
PASSED = "every change has to have one passed test; a passed test at most 15 min after each change"
ALONE = "one provider has to be changed at a time; one target in each record, and each change finished before the next"
NOTHING_LOST = (
    "no mapping, filter or setting may be lost by a change; all that was there before and was not meant to go"
)
SENT = (
    "no live event may be sent on before a test has passed; a passed test after the newest change of "
    "each provider that is on"
)
CYCLE = (
    "logs have to be watched for a business cycle after a change; a look at the logs every day for 7 "
    "days, and who ended it"
)
OWN = "a change has to be verified by the vendor's own test; POST …/integrations/:provider/test"

BACK = {"kind": "rollback", "at": "2026-11-10T09:08:00Z", "outcome": "done"}


def _before(provider: str = "ga4", **changed: Any) -> Record:
    """Return a record whose state before the change is another one."""
    record = _right()
    held = next(each for each in _step(record, "snapshot_before")["body"]["list"] if each["provider"] == provider)
    held.update(changed)
    return record


def _thin(*fields: str) -> Record:
    record = _right()
    for each in _step(record, "snapshot_before")["body"]["list"]:
        for field in fields:
            each.pop(field, None)
    return record


WRONG: dict[str, tuple[Check, Record, str]] = {
    "no step at all after it": (
        ORDER,
        _without("test", "health", "logs"),
        f"failed: {IN_ORDER}; changes/0.json:1: CHG-1 lacks test, health and logs",
    ),
    "no change told": (
        ORDER,
        {**_without("config"), "when": "2026-11-10"},
        f"failed: {IN_ORDER}; changes/0.json:1: CHG-1 tells no change of a configuration",
    ),
    "test before the change": (
        ORDER,
        _with("test", at="2026-11-10T09:04:00Z"),
        f"failed: {IN_ORDER}; changes/0.json:#: CHG-1: test at 2026-11-10 09:04 came before config at 2026-11-10 09:05",
    ),
    "logs before health": (
        ORDER,
        _with("logs", at="2026-11-10T09:06:30Z"),
        f"failed: {IN_ORDER}; changes/0.json:#: CHG-1: logs at 2026-11-10 09:06 came before health at 2026-11-10 09:07",
    ),
    "back before the logs, and nothing had failed": (
        ORDER,
        _and(_right(), BACK),
        (
            f"failed: {IN_ORDER}; changes/0.json:#: CHG-1 was rolled back at 2026-11-10 09:08 before its logs "
            "were read, and nothing had failed"
        ),
    ),
    "back before it was made": (
        ORDER,
        _and(_with("test", outcome="failed"), {**BACK, "at": "2026-11-10T09:02:00Z"}),
        (
            f"failed: {IN_ORDER}; changes/0.json:#: CHG-1 was rolled back at 2026-11-10 09:02 before its logs "
            "were read, and nothing had failed; changes/0.json:#: CHG-1 was rolled back at 2026-11-10 09:02 before "
            "it was made"
        ),
    ),
    "no list": (
        LISTS,
        _without("snapshot_before"),
        (
            f"failed: {LISTED}; changes/0.json:1: CHG-1 does not hold the list of integrations of before the change: "
            "it holds none"
        ),
    ),
    "an old list": (
        LISTS,
        _with("snapshot_before", at="2026-11-10T07:00:00Z"),
        (
            f"failed: {LISTED}; changes/0.json:#: the list of integrations was read 125 min before CHG-1, "
            "at most 60 are allowed"
        ),
    ),
    "a list of later": (
        LISTS,
        _with("snapshot_before", at="2026-11-10T09:06:00Z"),
        f"failed: {LISTED}; changes/0.json:#: the list of integrations was read 1 min after CHG-1 was made",
    ),
    "no health": (
        HEALTH,
        _with("snapshot_before", body={"list": ["ga4", "meta"]}),
        f"failed: {HEALTHY}; changes/0.json:1: CHG-1 does not hold health of before the change: it holds none",
    ),
    "old health": (
        HEALTH,
        _with("snapshot_before", at="2026-11-10T07:00:00Z"),
        f"failed: {HEALTHY}; changes/0.json:#: health was read 125 min before CHG-1, at most 60 are allowed",
    ),
    "on and never tested": (
        LIVE,
        _without("test"),
        f"failed: {SENT}; changes/0.json:#: CHG-1 at 2026-11-10 09:05 was not tested",
    ),
    "on and its test failed": (
        LIVE,
        _with("test", outcome="failed"),
        f"failed: {SENT}; changes/0.json:#: the test of CHG-1 at 2026-11-10 09:06 failed",
    ),
    "names alone": (
        REPLAY,
        _with("snapshot_before", body={"list": ["ga4", "meta"], "health": "healthy"}),
        f"failed: {REPLAYED}; changes/0.json:1: CHG-1 does not hold how ga4 was configured before",
    ),
    "half a configuration": (
        REPLAY,
        _thin("config", "eventFilters"),
        f"failed: {REPLAYED}; changes/0.json:1: the state before CHG-1 lacks config, eventFilters of ga4",
    ),
    "list and health of two moments": (
        REPLAY,
        {
            **_right(),
            "steps": [
                {"kind": "list_before", "at": "2026-11-10T08:40:00Z", "body": [*configured().values()]},
                {"kind": "health_before", "at": "2026-11-10T08:50:00Z", "body": {"status": "healthy"}},
                *_without("snapshot_before")["steps"],
            ],
        },
        f"failed: {REPLAYED}; changes/0.json:1: list and health of before CHG-1 lie 10 min apart",
    ),
    "two sites": (
        REPLAY,
        {**_before(siteId="6f1c0d8e-0000-4000-8000-0000000000ff"), "environment": "staging"},
        (
            f"failed: {REPLAYED}; changes/0.json:1: the state before CHG-1 is of the site "
            "6f1c0d8e-0000-4000-8000-0000000000ff"
        ),
    ),
    "a file that is gone": (
        REPLAY,
        _with("snapshot_before", body="before.json"),
        f"failed: {REPLAYED}; changes/0.json:1: CHG-1 names before.json, which is not there",
    ),
    "only a hash": (
        REPLAY,
        _with("snapshot_before", body=None, artefact_sha256="ab" * 32),
        f"cannot tell: {REPLAYED}; changes/0.json:1: CHG-1 holds only the hash of the state before",
    ),
    "a hash that nothing fits": (
        REPLAY,
        _with("snapshot_before", artefact_sha256="ab" * 32),
        f"cannot tell: {REPLAYED}; changes/0.json:1: nothing in CHG-1 fits the hash abababababab…",
    ),
    "a state at an address": (
        REPLAY,
        _with("snapshot_before", body="https://wiki.shop.example/before.json"),
        (
            f"cannot tell: {REPLAYED}; changes/0.json:1: the state before CHG-1 lies at "
            "https://wiki.shop.example/before.json"
        ),
    ),
    "tested at the provider": (
        VENDORS,
        _with("test", request="curl https://www.google-analytics.com/debug/mp/collect"),
        f"failed: {OWN}; changes/0.json:#: CHG-1 was tested at www.google-analytics.com",
    ),
    "tested by another call": (
        VENDORS,
        _with("test", request="GET https://api.selwise.com/api/v1/sites/s/integrations/health"),
        f"failed: {OWN}; changes/0.json:#: CHG-1 was tested by another call than the test of the provider",
    ),
    "a mapping gone": (
        LOST,
        _before(eventMapping={**configured()["ga4"]["eventMapping"], "checkout_begin": "begin_checkout"}),
        f"failed: {NOTHING_LOST}; changes/0.json:1: CHG-1 took eventMapping.checkout_begin from ga4",
    ),
    "two at once": (
        ONE,
        {**_right(), "target": ["ga4", "meta"]},
        f"failed: {ALONE}; changes/0.json:1: CHG-1 changes ga4 and meta at once",
    ),
    "another one changed beside it": (
        ONE,
        _before("meta", enabled=False),
        f"failed: {ALONE}; changes/0.json:1: CHG-1 of ga4 changed meta too: changed enabled",
    ),
    "no state after": (
        STATES,
        _without("snapshot_after"),
        f"failed: {KEPT}; changes/0.json:1: CHG-1 holds nothing of the state after",
    ),
    "only health before": (
        STATES,
        _with("snapshot_before", body={"health": {"status": "healthy"}}),
        f"failed: {KEPT}; changes/0.json:1: CHG-1 holds only its health of the state before",
    ),
    "a state after that is gone": (
        STATES,
        _with("snapshot_after", body="after.json"),
        f"failed: {KEPT}; changes/0.json:1: CHG-1 names after.json, which is not there",
    ),
    "no test": (
        TESTED,
        _without("test"),
        f"failed: {PASSED}; changes/0.json:#: CHG-1 at 2026-11-10 09:05 was not tested",
    ),
    "a test that says nothing": (
        TESTED,
        _with("test", outcome=None, http_status=None),
        f"failed: {PASSED}; changes/0.json:#: CHG-1 does not tell whether its test at 2026-11-10 09:06 passed",
    ),
    "a test in other words": (
        TESTED,
        _with("test", outcome="thumbs up from the vendor"),
        f"cannot tell: {PASSED}; changes/0.json:#: CHG-1 does not tell whether its test at 2026-11-10 09:06 passed",
    ),
    "a late test": (
        TESTED,
        _with("test", at="2026-11-10T10:06:00Z"),
        f"failed: {PASSED}; changes/0.json:#: CHG-1 was tested 61 min after it was made, at most 15 are allowed",
    ),
    "a second change without a test": (
        TESTED,
        _and(_right(), {"kind": "config", "at": "2026-11-10T09:20:00Z", "what": "eventFilters.add_to_cart"}),
        f"failed: {PASSED}; changes/0.json:#: CHG-1 at 2026-11-10 09:20 was not tested",
    ),
    "nobody watched": (
        WATCHED,
        _without("watch", "monitor_end", "logs"),
        f"failed: {CYCLE}; changes/0.json:1: nothing says that the logs were watched after CHG-1",
    ),
    "watched too short": (
        WATCHED,
        _and(_without("watch", "monitor_end"), {"kind": "monitor_end", "at": "2026-11-11T09:00:00Z", "by": "Ana"}),
        (
            f"failed: {CYCLE}; changes/0.json:1: the logs were watched until 2026-11-11 after CHG-1, one cycle ends on "
            "2026-11-17"
        ),
    ),
    "days without a look": (
        WATCHED,
        _and(
            _without("watch"),
            {"kind": "watch", "at": "2026-11-11T09:00:00Z"},
            {"kind": "watch", "at": "2026-11-16T09:00:00Z"},
            {"kind": "watch", "at": "2026-11-17T09:00:00Z"},
        ),
        f"failed: {CYCLE}; changes/0.json:1: after CHG-1 nobody looked at the logs from 2026-11-11 to 2026-11-16",
    ),
    "nobody ended it": (
        WATCHED,
        _without("monitor_end"),
        f"failed: {CYCLE}; changes/0.json:1: nobody ended the watch after CHG-1",
    ),
    "ended by nobody": (
        WATCHED,
        _with("monitor_end", by=None),
        f"failed: {CYCLE}; changes/0.json:#: the end of the watch after CHG-1 names nobody",
    ),
}


@pytest.mark.parametrize(("check", "record", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_record(ask: Asked, check: Check, record: Record, told: str) -> None:
    """Each says what is wrong, and where; the line is that of the step where it is about one."""
    seen = ask(check, record)

    assert _unlined(seen) == told


def test_the_line_is_that_of_the_step(ask: Asked) -> None:
    """A finding leads to the place, not only to the file."""
    record = _with("test", at="2026-11-10T09:04:00Z")
    lines = json.dumps(record, indent=1).split("\n")
    line = next(number for number, text in enumerate(lines) if '"kind": "test"' in text)

    assert f"changes/0.json:{line}: CHG-1: test at" in ask(ORDER, record)


def _unlined(told: str) -> str:
    """Leave out lines other than that of the record."""
    return re.sub(r"(\.json:)(?!1:)\d+", r"\1#", told)


# ---------------------------------------------------------------- several changes, and what the vendor tells today


def _later(record: Record, minutes: int) -> Record:
    """Return a record whose times are all later."""
    text = re.sub(r"T09:(\d\d)", lambda found: f"T09:{int(found[1]) + minutes:02}", json.dumps(record))
    moved: Record = json.loads(text)
    return moved


def test_a_change_that_begins_before_the_last_one_is_over(ask: Asked) -> None:
    second = _later(_right("CHG-2", "meta"), 3)

    assert ask(ONE, _right(), second) == (
        f"failed: {ALONE}; changes/1.json:1: CHG-2 (meta) began at 2026-11-10 09:08, "
        "CHG-1 (ga4) reached its logs at 2026-11-10 09:10"
    )
    assert ask(ONE, _right(), _later(_right("CHG-2", "meta"), 30)) == "passed"
    assert ask(ONE, {**_right(), "site_id": "one"}, {**second, "site_id": "two"}) == "passed"


def test_an_older_fault_that_was_done_again_since(ask: Asked) -> None:
    """What is long over, and was done once more in order, is only a warning."""
    old = json.loads(json.dumps(_without("test")).replace("2026-11", "2026-05"))

    assert _unlined(ask(TESTED, old, _right("CHG-2"))) == (
        "warned: long ago: changes/0.json:#: CHG-1 at 2026-05-10 09:05 was not tested"
    )
    assert ask(TESTED, old, _right("CHG-2", "meta")).startswith(f"failed: {PASSED}; changes/0.json")


def test_health_before_the_test_is_the_other_page(ask: Asked) -> None:
    """The vendor's overview has it so: it is noted, and right."""
    assert ask(ORDER, _with("health", at="2026-11-10T09:05:30Z")) == (
        "noted: changes/0.json:1: CHG-1 read health before its test, as the vendor's overview has it"
    )


def test_a_change_that_failed_and_was_taken_back(ask: Asked) -> None:
    """Straight back after a failed test is what the page asks for; nothing more is due then."""
    record = _and(_without("health", "logs", "watch", "monitor_end"), BACK)
    _step(record, "test")["outcome"] = "failed"

    assert [ask(check, record) for check in (ORDER, TESTED, ONE, WATCHED)] == ["passed"] * 4


def test_what_the_vendor_has_today_and_no_record_tells(ask: Asked) -> None:
    record = _right()
    after = _step(record, "snapshot_after")["body"]["list"]
    of = {each["provider"]: each for each in after}
    of["ga4"]["eventMapping"]["checkout_begin"] = "begin_checkout"
    of["meta"]["eventFilters"]["purchase"] = {"enabled": False}
    of["gads"]["testMode"] = True

    assert ask(STATES, record) == (
        f"failed: {KEPT}; changes/0.json:1: ga4 is not as CHG-1 left it, and no record tells of it: "
        "lost eventMapping.checkout_begin; changes/0.json:1: meta is not as CHG-1 left it, and no record tells of it: "
        "lost eventFilters.purchase"
    )
    assert ask(LOST, record) == (
        f"failed: {NOTHING_LOST}; changes/0.json:1: eventMapping.checkout_begin of ga4 went away since CHG-1; "
        "changes/0.json:1: eventFilters.purchase of meta went away since CHG-1"
    )


def test_a_switch_that_no_record_tells_of(ask: Asked) -> None:
    """Whoever stops a provider in an incident is right to; the record may follow."""
    record = _right()
    _step(record, "snapshot_after")["body"]["list"][1]["testMode"] = True

    assert ask(STATES, record) == ("warned: meta was switched since CHG-1, and no record tells of it: changed testMode")


def test_a_provider_that_is_gone(tmp_path: Path) -> None:
    selwise = Selwise()
    selwise.site("sandbox").integrations.pop("gads")
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    try:
        assert Asked(sandbox, selwise, tmp_path)(STATES, _right()) == (
            f"failed: {KEPT}; changes/0.json:1: gads is gone since CHG-1, and no record tells of it"
        )
    finally:
        sandbox.stop()


def test_what_a_change_took_and_is_back(ask: Asked) -> None:
    record = _right()
    after = _step(record, "snapshot_after")["body"]["list"]
    after[1]["eventMapping"].pop("purchase")

    assert ask(LOST, record) == "warned: changes/0.json:1: CHG-1 took eventMapping.purchase from meta; it is back"


def test_what_was_meant_to_go(ask: Asked) -> None:
    record = _before(eventMapping={**configured()["ga4"]["eventMapping"], "checkout_begin": "begin_checkout"})

    assert ask(LOST, {**record, "planned_fields": ["eventMapping.checkout_begin"]}) == "passed"
    assert ask(LOST, {**record, "what": "no longer sends checkout_begin"}) == "passed"


def test_states_in_files_with_their_hashes(ask: Asked) -> None:
    """A file may lie beside the record; its hash is of its bytes, or of its JSON."""
    record, text = _right(), ""
    for kind in ("snapshot_before", "snapshot_after"):
        step = _step(record, kind)
        text = json.dumps(step.pop("body"), indent=2)
        ask.write(f"states/{kind}.json", text)
        step |= {"artefact": f"states/{kind}.json", "artefact_sha256": hashlib.sha256(text.encode()).hexdigest()}

    assert [ask(check, record) for check in (LISTS, HEALTH, REPLAY, STATES, LOST)] == ["passed"] * 5

    ask.write("states/snapshot_after.json", text.replace("purchase", "Purchase"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert ask(STATES, record) == (
        f"failed: {KEPT}; changes/0.json:1: the state after CHG-1 does not fit its hash {digest[:12]}…"
    )


def test_a_hash_of_what_stands_in_the_record(ask: Asked) -> None:
    record = _right()
    step = _step(record, "snapshot_before")
    step["sha256"] = hashlib.sha256(
        json.dumps(step["body"], sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()

    assert ask(REPLAY, record) == "passed"


def test_a_watch_that_is_not_over(ask: Asked) -> None:
    record = _right(day="2026-11-10")
    text = json.dumps(record).replace("2026-11-10", "2026-11-25")
    record = json.loads(text)
    record["steps"] = [each for each in record["steps"] if each["kind"] not in {"watch", "monitor_end"}]

    assert ask(WATCHED, record) == "not verified: CHG-1 is watched until 2026-12-02 []"


def test_a_state_of_two_sites(ask: Asked) -> None:
    one, other = (f"6f1c0d8e-0000-4000-8000-00000000000{number}" for number in (1, 2))
    record = {**_right(), "environment": "staging"}
    held = _step(record, "snapshot_before")["body"]["list"]
    held[0]["siteId"], held[1]["siteId"] = one, other

    assert ask(REPLAY, record) == (
        f"failed: {REPLAYED}; changes/0.json:1: the state before CHG-1 is of the site {one}, {other}; "
        f"changes/0.json:1: the state before CHG-1 is of the sites {one}, {other}"
    )


def test_a_state_before_that_does_not_fit_its_hash(ask: Asked) -> None:
    record = _right()
    step = _step(record, "snapshot_before")
    ask.write("before.json", json.dumps(step.pop("body")))
    step |= {"file": "before.json", "sha256": "ab" * 32}

    assert ask(REPLAY, record) == (
        f"failed: {REPLAYED}; changes/0.json:1: the state before CHG-1 does not fit its hash abababababab…"
    )


def test_a_provider_that_was_written_after_its_last_record(ask: Asked) -> None:
    """Its record keeps no state to compare with, and the vendor says that it was written since."""
    record = _right("CHG-1", "meta", "2026-11-10")
    _step(record, "snapshot_after")["body"] = {"list": ["ga4", "meta", "gads"]}
    seen = ask(STATES, record)

    assert re.sub(r"\d{4}-\d\d-\d\d", "#", seen) == (
        "warned: meta was written on #, after CHG-1: is there no record of that?"
    )


def _of_another_shape(tmp_path: Path, operation: str, body: Any) -> Asked:
    selwise = Selwise()

    def wrapped(request: Any) -> Any:
        return json_response(200, body) if operation_of(selwise, request) == operation else selwise(request)

    sandbox = Sandbox(("selwise",), apps={"selwise": selwise}, wrap=lambda name, app: wrapped)
    sandbox.start()
    return Asked(sandbox, selwise, tmp_path)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"data": []}, "list each provider by its name"),
        (["ga4"], "list each provider by its name"),
        ([{"name": "ga4"}], "list each provider by its name"),
        ([{"provider": "ga4"}], "tell which providers are on"),
    ],
)
def test_a_list_of_another_shape(tmp_path: Path, body: Any, told: str) -> None:
    """Nothing was looked at then, so nothing is green."""
    asked = _of_another_shape(tmp_path, "list_integrations", body)
    try:
        assert asked(LIVE, _right()) == (
            f"cannot tell: list_integrations has to {told}; to {told}; 200 {json.dumps(body)}"
        )
    finally:
        asked.sandbox.stop()


def test_a_record_that_keeps_only_what_was_changed(ask: Asked) -> None:
    """What it leaves out is not gone, and what else there is today needs no record."""
    record = _right()
    mapping = {"purchase": "purchase"}
    _step(record, "snapshot_after")["body"] = {"ga4": {"eventMapping": mapping}}

    assert [ask(check, record) for check in (LOST, ONE)] == ["passed"] * 2
    assert "failed" not in ask(STATES, record)
    _step(record, "snapshot_after")["body"] = {"ga4": {"eventMapping": {"purchase": "order"}}}
    assert ask(STATES, record) == (
        f"failed: {KEPT}; changes/0.json:1: ga4 is not as CHG-1 left it, and no record tells of it: "
        "changed eventMapping.purchase"
    )


def test_both_states_keep_only_the_mapping(ask: Asked) -> None:
    """Then what is absent after the change is gone."""
    record = _right()
    for kind, mapping in (("snapshot_before", {"a": "b", "c": "d"}), ("snapshot_after", {"a": "b"})):
        _step(record, kind)["body"] = {"ga4": {"eventMapping": mapping}}

    assert f"{NOTHING_LOST}; changes/0.json:1: CHG-1 took eventMapping.c from ga4" in ask(LOST, record)


def test_a_watch_that_nobody_can_make_up_for(ask: Asked) -> None:
    """What was not watched long ago is a warning; the data layer has no logs."""
    old = json.loads(json.dumps(_without("watch", "monitor_end", "logs")).replace("2026-11", "2026-05"))
    layer = {**_without("watch", "monitor_end", "logs"), "target": "data layer"}

    assert ask(WATCHED, old) == (
        "warned: long ago: changes/0.json:1: nothing says that the logs were watched after CHG-1"
    )
    assert ask(WATCHED, layer) == "passed"
