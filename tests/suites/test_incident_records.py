"""The checks of incident records: kept in many ways that are right, and each wrong in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.papers.test_incidents as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.history.kept import KeptRun
from pytest_golive.history.store import History, file_of
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.papers.incidents.records import incidents_in
from pytest_golive.papers.named import Papers
from pytest_golive.papers.text.moments import moments_in
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.past import Past

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "production", (), (), Severity.MINOR)
DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
DATE, BEFORE = f"{DAY:%Y-%m-%d}", f"{DAY - timedelta(days=1):%Y-%m-%d}"
KEY = "operations.incidents"

Check = Callable[[Golive, PlannedCheck], None]
UPPZY = Target("uppzy", "https://api.uppzy.com/api/v1")


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(folder: Path, text: str, name: str = "incidents.md", **named: Any) -> Golive:
    (folder / name).write_text(text, encoding="utf-8")
    golive = Golive(
        {
            "production": Environment(
                "production", production=True, targets={"uppzy": UPPZY, "timely": Target("timely", "https://x")}
            ),
            "staging": Environment("staging", targets={"uppzy": UPPZY}),
        },
        "production",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    golive.papers = Papers(folder, incidents=name, **named)
    return golive


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


# ---------------------------------------------------------------- how they are kept

FRONT = f"""---
title: Uppzy answers 401
started: {DATE}T10:00:00+01:00
resolved: {DATE}T10:45
closed: {DATE}T12:00
---
# Timeline
- 10:20 Compared the runtime configuration with the vault.
"""
YAML = f"""
incidents:
  - id: INC-7
    start: {DATE} 09:00
    end: {DATE} 09:45
    closed: {DATE} 11:00
    status_codes: [401]
    configuration_checked: {DATE} 09:20
"""
JSON = f"""{{"INC-7": {{
"startedAt": "{DATE}T09:00:00Z", "resolvedAt": "{DATE}T09:45:00Z", "closedAt": "{DATE}T11:00:00Z", "statusCodes": [401],
"timeline": [{{"time": "09:20", "what": "Verified the environment variables of all workers"}}]}}}}"""
CSV = f"""id;begin;end;closed;code;actions
7;{DATE} 09:00;{DATE} 09:45;{DATE} 11:00;401;09:20 tenant and site id validated
"""
HEADED = f"""# Störungen

## {DATE} 10:00 CET: 401 von Uppzy

**Ende:** 10:45
**Geschlossen:** 12:00

10:20 Konfiguration geprüft, der Schlüssel war alt.

## {BEFORE} 08:00 CET: 429

**Ende:** 08:20
"""
TABLE = f"""
| Incidente | Início | Fim | Encerrado | Erro | Ações |
|---|---|---|---|---|---|
| INC-7 | {DATE} 09:00 | 09:45 | 11:00 | 401 | 09:20 configuração conferida |
"""
EXPORT = f"""{{"total": 1, "issues": [{{"key": "OPS-7", "fields": {{"summary": "401 from Uppzy",
"created": "{DATE} 09:00", "resolved": "{DATE} 09:45", "closed": "{DATE} 11:00",
"description": "09:20 settings verified"}}}}]}}"""
KEPT = {
    "a.md": FRONT,
    "b.yaml": YAML,
    "c.json": JSON,
    "d.csv": CSV,
    "e.md": HEADED,
    "f.md": TABLE,
    "g.json": EXPORT,
}


@pytest.mark.parametrize(("name", "text"), KEPT.items(), ids=KEPT)
def test_records_in_many_ways(tmp_path: Path, record: CheckRecord, name: str, text: str) -> None:
    """Each tells the same incident: begun at nine, over at a quarter to ten, closed at eleven."""
    found = next(each for each in incidents_in([Paper(name, text)]) if "401" in each.kinds)

    assert [each.at - DAY if each else None for each in (found.start, found.end, found.closed)] == [
        timedelta(hours=9),
        timedelta(hours=9, minutes=45),
        timedelta(hours=11),
    ]
    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, text, name), PLANNED)
    assert record.warnings == []


def test_a_folder_of_records(tmp_path: Path, record: CheckRecord) -> None:
    """Templates and the page that explains them are no incidents."""
    folder = tmp_path / "incidents"
    folder.mkdir()
    (folder / "README.md").write_text("# Incidents\n\nStart: when the 401 began\n")
    (folder / "one.json").write_text(JSON)
    (folder / "template.yaml").write_text("start: <when>\nend: <when>\ncodes: []\n")

    golive = _golive(tmp_path, "", "x.md")
    golive.papers = Papers(tmp_path, incidents="incidents/")
    checks.test_configuration_is_checked_during_a_401(golive, PLANNED)

    assert (record.warnings, record.notes) == ([], [])


@pytest.mark.parametrize("text", ["# Incidents\n\nNone so far.\n", "", "<!-- one heading each -->\n"])
def test_no_incident_is_fine(tmp_path: Path, record: CheckRecord, text: str) -> None:
    checks.test_smoke_stands_before_closing(_golive(tmp_path, text), PLANNED)

    assert record.notes == ["no incident with 5xx or timeouts is recorded of the last 7 days"]


def test_an_empty_folder_is_fine(tmp_path: Path, record: CheckRecord) -> None:
    (tmp_path / "incidents").mkdir()
    golive = _golive(tmp_path, "")
    golive.papers = Papers(tmp_path, incidents="incidents")

    checks.test_access_is_looked_through_after_a_403(golive, PLANNED)

    assert record.notes == ["no incident with 403 is recorded of the last 7 days"]


def test_nothing_is_named(tmp_path: Path) -> None:
    golive = _golive(tmp_path, "")
    golive.papers = Papers(tmp_path)

    with pytest.raises(NotVerified) as skipped:
        checks.test_smoke_stands_before_closing(golive, PLANNED)

    assert (str(skipped.value), skipped.value.key) == (
        f"{KEY} is missing: nothing says where incidents are written down",
        KEY,
    )


@pytest.mark.parametrize(
    "line",
    ["vendor: timely", "environment: staging", "env: dev", "start: 2024-01-02 10:00\nend: 2024-01-02 11:00"],
)
def test_other_incidents_are_not_judged(tmp_path: Path, record: CheckRecord, line: str) -> None:
    """Those of another vendor, another environment or another time."""
    start = "" if "start" in line else f"start: {DATE} 09:00\nend: {DATE} 10:00\n"

    checks.test_configuration_is_checked_during_a_401(
        _golive(tmp_path, f"{start}code: 401\n{line}\n", "i.yaml"), PLANNED
    )

    assert record.notes == ["no incident with 401 is recorded of the last 30 days"]


def test_incidents_of_a_whole_company(tmp_path: Path, record: CheckRecord) -> None:
    """Where some name the vendor, those that name nobody, or somebody else, are not its."""
    told = f"{{start: {DATE} 09:00, end: {DATE} 10:00, code: 401, title: "
    text = f"- {told}database}}\n- {told}'mail, not Uppzy', vendor: Mailer}}\n"
    text += f"- {told}Uppzy, done: config checked 09:10}}\n"

    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, text, "i.yaml"), PLANNED)
    assert record.warnings == []

    other = f"- {told}database, provider: Postgres}}\n"
    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, other, "i.yaml"), PLANNED)
    assert record.notes == ["no incident with 401 is recorded of the last 30 days"]


def test_an_incident_that_does_not_tell_its_kind(tmp_path: Path, record: CheckRecord) -> None:
    text = f"# Uppzy was down\n\nStart: {DATE} 09:00\nEnd: {DATE} 10:00\n\nWorkers saw 401 now and then.\n"

    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, text), PLANNED)

    assert record.warnings == ["incidents.md tells neither codes nor kind, and speaks of 401: it was not judged"]


def test_an_incident_without_its_beginning(tmp_path: Path) -> None:
    with pytest.raises(CannotTell) as ended:
        checks.test_configuration_is_checked_during_a_401(
            _golive(tmp_path, "codes: 401\nend: today\n", "i.yaml"), PLANNED
        )

    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "the record of an incident has to tell when it began",
        "a start with day and time",
        "i.yaml does not",
    )


# ---------------------------------------------------------------- 401


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("10:05 paged the team, restarted the workers", "i.yaml does not tell of it"),
        ("configuration was not checked", "i.yaml does not tell of it"),
        ("nobody looked at the settings", "i.yaml does not tell of it"),
        ("the key was replaced; to do, check the configuration", "i.yaml does not tell of it"),
        (
            f"{DATE} 12:30 configuration checked",
            (
                "i.yaml: the configuration was not checked until it was closed, but: "
                f"done: {DATE} 12:30 configuration checked"
            ),
        ),
    ],
)
def test_a_401_without_a_look_at_the_configuration(tmp_path: Path, line: str, why: str) -> None:
    text = f"start: {DATE} 10:00\nend: {DATE} 11:00\nclosed: {DATE} 12:00\ncode: 401\ndone: {line}\n"

    assert _failed(checks.test_configuration_is_checked_during_a_401, _golive(tmp_path, text, "i.yaml")) == (
        "during a 401 the configuration has to be checked",
        "a line with the time, or a run of golive",
        why,
    )


@pytest.mark.parametrize(
    "line", ["checked the config, not the cause", "settings verified without findings", "Umgebungsvariablen geprüft"]
)
def test_a_look_that_found_nothing(tmp_path: Path, record: CheckRecord, line: str) -> None:
    text = f"start: {DATE} 10:00\nend: {DATE} 11:00\ncode: 401\ndone: 10:20 {line}\n"

    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, text, "i.yaml"), PLANNED)

    assert record.warnings == []


def test_a_look_without_its_time(tmp_path: Path, record: CheckRecord) -> None:
    text = f"start: {DATE} 10:00\nend: {DATE} 11:00\ncode: 401\nconfig_check: passed\n"

    checks.test_configuration_is_checked_during_a_401(_golive(tmp_path, text, "i.yaml"), PLANNED)

    assert record.warnings == ["i.yaml does not tell when the configuration was checked"]


def _kept(golive: Golive, folder: Path, finished: datetime, *rules: str, outcome: str = "passed") -> None:
    told = f"{finished:%Y-%m-%dT%H:%M:%SZ}"
    history = History(file_of(folder))
    results = dict.fromkeys((("uppzy", rule) for rule in rules), outcome)
    history.keep(KeptRun("r1", "shop", "production", ("prerelease",), "GO", told, told, results=results))
    history.close()
    golive.past = Past(folder, "shop")


def test_a_run_of_golive_is_as_good(tmp_path: Path) -> None:
    """What a run found while the incident went on needs no line; one that came later, or was red, does."""
    text = f"start: {DATE} 10:00\nend: {DATE} 11:00\ncode: 401\n"
    hour = timedelta(hours=1)
    for finished, outcome, holds in ((10.5, "passed", True), (12, "passed", False), (10.5, "failed", False)):
        folder = tmp_path / f"{finished}{outcome}"
        folder.mkdir()
        golive = _golive(folder, text, "i.yaml")
        _kept(golive, folder, DAY + finished * hour, *checks.CONFIGURED, outcome=outcome)
        if holds:
            checks.test_configuration_is_checked_during_a_401(golive, PLANNED)
        else:
            assert _failed(checks.test_configuration_is_checked_during_a_401, golive)[2] == "i.yaml does not tell of it"


# ---------------------------------------------------------------- 403

FORBIDDEN = f"start: {DATE} 10:00\nend: {DATE} 11:00\nkind: forbidden\n"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("actions: paused the rollout", "i.yaml does not tell of ownership and the use of endpoints"),
        ("actions: ownership reviewed with Platform", "i.yaml does not tell of the use of endpoints"),
        ("endpoints: checked\nownership: to be reviewed, pending", "i.yaml does not tell of ownership"),
    ],
)
def test_a_403_that_nobody_looked_through(tmp_path: Path, lines: str, why: str) -> None:
    golive = _golive(tmp_path, f"{FORBIDDEN}{lines}\n", "i.yaml")

    assert _failed(checks.test_access_is_looked_through_after_a_403, golive) == (
        "after a 403 ownership and the use of endpoints have to be looked through",
        "a line for each, or a run of golive",
        why,
    )


@pytest.mark.parametrize(
    "lines",
    [
        "ownership_checked: yes\nendpoint_use_checked: yes",
        "follow_up: [UPZ-05 passed, UPZ-81 passed]",
        "después: [se revisó quién es el responsable, se comprobaron las llamadas y rutas]",
        "nachher: [Zuständigkeit geprüft, Aufrufe mit golive.yaml verglichen]",
    ],
)
def test_a_403_that_was_looked_through(tmp_path: Path, record: CheckRecord, lines: str) -> None:
    checks.test_access_is_looked_through_after_a_403(_golive(tmp_path, f"{FORBIDDEN}{lines}\n", "i.yaml"), PLANNED)

    assert record.notes == []


def test_a_403_that_goes_on(tmp_path: Path, record: CheckRecord) -> None:
    text = f"start: {DATE} 10:00\nend: open\nkind: 403\n"

    checks.test_access_is_looked_through_after_a_403(_golive(tmp_path, text, "i.yaml"), PLANNED)

    assert record.notes == ["i.yaml is not over yet"]


# ---------------------------------------------------------------- 5xx and timeouts

FAILING = f"start: {DATE} 10:00\nend: {DATE} 11:00\nclosed: {DATE} 12:00\ncodes: [503]\n"
SYNCED = f"source_id,document_id,batch_id,approver,time\na,d,b-1,Ana,{DATE}T10:30:00Z\n"
IDLE = f"source_id,document_id,batch_id,approver,time\na,d,b-1,Ana,{BEFORE}T10:30:00Z\n"
SYNC_HAS_TO_BE_TOLD = (
    "the record of 5xx or timeouts has to tell whether a bulk sync was running",
    "a line about it that agrees with the sync log",
)


def _syncing(folder: Path, line: str, log: str) -> Golive:
    (folder / "sync.csv").write_text(log)
    return _golive(folder, FAILING + line, "i.yaml", sync_log="sync.csv")


@pytest.mark.parametrize(
    ("line", "log", "why"),
    [
        ("", SYNCED, "i.yaml does not tell; the sync log has 1 document within it"),
        ("", IDLE, "i.yaml does not tell; the sync log has none within it"),
        (
            "bulk_sync: none",
            SYNCED,
            "i.yaml says there was none (bulk sync: none), and the sync log has 1 document within it",
        ),
    ],
)
def test_syncs_that_are_not_told(tmp_path: Path, line: str, log: str, why: str) -> None:
    assert _failed(checks.test_incidents_tell_of_bulk_syncs, _syncing(tmp_path, line, log)) == (
        *SYNC_HAS_TO_BE_TOLD,
        why,
    )


@pytest.mark.parametrize(
    ("line", "log"),
    [
        ("bulk_sync: none", IDLE),
        ("sync_running: false", IDLE),
        ("bulk_sync: batch b-1 ran from 10:00 to 10:40", SYNCED),
        ("notes: Während der Störung lief die Synchronisierung von b-1.", SYNCED),
        ("notes: A sync of one batch was running, and was not paused.", SYNCED),
    ],
)
def test_syncs_that_are_told(tmp_path: Path, line: str, log: str) -> None:
    checks.test_incidents_tell_of_bulk_syncs(_syncing(tmp_path, line, log), PLANNED)


CHANGES = f"""# Changes

## {BEFORE}

- Raised the poll budget from 60 to 90 seconds. SHOP-12

## 2024-02-03

- Renewed the certificate of the gateway.
"""


def _changed(folder: Path, line: str, log: str = CHANGES, name: str = "changes.md") -> Golive:
    (folder / name).write_text(log)
    return _golive(folder, FAILING + line, "i.yaml", change_log=name)


def test_changes_that_are_not_listed(tmp_path: Path) -> None:
    wanted = (
        "the record of 5xx or timeouts has to list what changed in the day before",
        "each entry of the change log, by its ticket or its words",
    )
    timed = f"time,what\n{DATE} 09:00,Deployed gateway 4.2\n{BEFORE} 09:00,Deployed checkout 7.1\n"
    timed += f"{DATE} 13:00,Deployed checkout 7.2\n"

    assert _failed(checks.test_incidents_list_what_changed_before, _changed(tmp_path, "changes: none")) == (
        *wanted,
        "i.yaml does not list changes.md:5",
    )
    # Of entries with a time those of the day before count: not a deploy 25 hours ago, nor what came after.
    assert _failed(checks.test_incidents_list_what_changed_before, _changed(tmp_path, "", timed, "changes.csv")) == (
        *wanted,
        "i.yaml does not list changes.csv: entry 1",
    )


def test_changes_of_which_one_is_not_listed(tmp_path: Path) -> None:
    """What belongs to a change, as its owner, is none; nor is a day without one."""
    log = f"""# Changes
{BEFORE} Raised the poll budget to 90 seconds
  Owner: Platform
{BEFORE} Gateway certificate renewed
{BEFORE} none
"""
    golive = _changed(tmp_path, "changes: [poll budget raised]", log)

    assert _failed(checks.test_incidents_list_what_changed_before, golive)[2] == "i.yaml does not list changes.md:4"


TITLED = f"""# Changes

## {BEFORE}: checkout moved to the new gateway

- Old: gateway 1
- New: gateway 2
- Owner: Platform
- Way back: switch the flag GATEWAY
"""
RELEASED = f"""# Changelog

## [1.4.0] - {BEFORE}

### Changed

- **checkout:** moved to the new gateway ([#12](https://git.shop.example/12))
"""


@pytest.mark.parametrize("log", [TITLED, RELEASED])
def test_changes_with_a_title(tmp_path: Path, log: str) -> None:
    """Their old and new values need not be repeated."""
    checks.test_incidents_list_what_changed_before(
        _changed(tmp_path, "before: new gateway for the checkout", log), PLANNED
    )

    assert "does not list" in _failed(checks.test_incidents_list_what_changed_before, _changed(tmp_path, "", log))[2]


@pytest.mark.parametrize(
    "line", ["changes: SHOP-12", "before: the poll budget was raised to 90 seconds", "deploys: [poll budget 60 -> 90]"]
)
def test_changes_that_are_listed(tmp_path: Path, record: CheckRecord, line: str) -> None:
    checks.test_incidents_list_what_changed_before(_changed(tmp_path, line), PLANNED)

    assert record.warnings == []


def test_a_day_without_changes(tmp_path: Path, record: CheckRecord) -> None:
    quiet = CHANGES.replace(BEFORE, "2024-01-01")

    checks.test_incidents_list_what_changed_before(_changed(tmp_path, "changes: none", quiet), PLANNED)
    assert record.warnings == []

    checks.test_incidents_list_what_changed_before(_changed(tmp_path, "", quiet), PLANNED)
    assert record.warnings == ["i.yaml does not say that nothing changed in the day before"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("notes: gone after a while", "i.yaml: no green smoke"),
        ("smoke: failed at 11:30", "i.yaml: no green smoke, but: smoke: failed at 11:30"),
        (
            "smoke: {at: '10:20', result: green}",
            "i.yaml: no green smoke between its end and its closing, but: smoke: at: 10:20, result: green",
        ),
        (
            "timeline: [11:10 smoke 3 passed but 2 failed, 11:40 smoke not passed]",
            "i.yaml: no green smoke, but: timeline: 11:10 smoke 3 passed but 2 failed",
        ),
        (
            f"smoke: green at {DATE} 12:30",
            f"i.yaml: no green smoke between its end and its closing, but: smoke: green at {DATE} 12:30",
        ),
    ],
)
def test_a_smoke_that_is_missing(tmp_path: Path, line: str, why: str) -> None:
    golive = _golive(tmp_path, f"{FAILING}{line}\n", "i.yaml")

    assert _failed(checks.test_smoke_stands_before_closing, golive) == (
        "before 5xx or timeouts are closed a smoke has to be green",
        "a green smoke between the end and the closing",
        why,
    )


@pytest.mark.parametrize(
    ("line", "warnings"),
    [
        ("smoke: {at: '11:20', result: green}", []),
        ("timeline: [10:50 the smoke failed, 11:20 the smoke passed]", []),
        ("notes: '10:50 the smoke failed, 11:20 it passed with 0 failures'", []),
        ("log: Um 11:20 war der Rauchtest grün.", []),
        ("smoke: green", ["i.yaml does not tell when the smoke was run"]),
    ],
)
def test_a_smoke_that_is_there(tmp_path: Path, record: CheckRecord, line: str, warnings: list[str]) -> None:
    checks.test_smoke_stands_before_closing(_golive(tmp_path, f"{FAILING}{line}\n", "i.yaml"), PLANNED)

    assert record.warnings == warnings


def test_an_incident_that_is_not_closed(tmp_path: Path, record: CheckRecord) -> None:
    text = f"start: {DATE} 10:00\nend: {DATE} 11:00\ncodes: timeouts\n"

    checks.test_smoke_stands_before_closing(_golive(tmp_path, text, "i.yaml"), PLANNED)

    assert record.notes == ["i.yaml is not closed yet"]


# ---------------------------------------------------------------- postmortems as they are written

POSTMORTEM = """# Postmortem: Uppzy errors (incident #465)

**Date**: 2026-11-20

**Summary**: Chat answers failed
with 503 for 45 minutes.

**Duration**: 10:00-10:45 UTC

## Timeline (all times UTC)
* 10:00 first 503
* 10:45 **OUTAGE ENDS**
* 12:00 **INCIDENT CLOSED**
"""
REVIEW = """## Incident summary
Between 11:00 and 11:45 (CET) on 20 November 2026 users could not chat: a timeout of Uppzy.

## Timeline
11:00 - first timeouts
11:45 - fixed

Closed: 20 November 2026 13:00 CET
"""
REST = """Incident of 2026-11-20: timeouts
================================

:Start: 2026-11-20 10:00 UTC
:End: 2026-11-20 10:45 UTC
:Closed: 2026-11-20 12:00 UTC
"""
TOML = """+++
title = "Uppzy 503"
date = 2026-11-20T10:00:00Z
resolved = 2026-11-20T10:45:00Z
closed = 2026-11-20T12:00:00Z
+++
It was the vendor.
"""
PROSE = """# Uppzy answered 5xx

It began at 10:00 UTC on 2026-11-20. Errors ceased at 10:45 UTC, and the incident was closed at 12:00 UTC.
"""


TEMPLATE = """# Incident report (Uppzy timeouts)

**Severity:** Sev-2
**Start\u2013End:** 2026-11-20 02:00 → 02:45 PT

| Time (PT) | Event |
|-----------|-------|
| 02:00 | Alert received |
| 02:45 | Recovered |
| 04:00 | Incident closed |
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("f.md", TEMPLATE), ("a.md", POSTMORTEM), ("b.md", REVIEW), ("c.rst", REST), ("d.md", TOML), ("e.txt", PROSE)],
    ids=["report", "postmortem", "review", "reST", "TOML", "prose"],
)
def test_postmortems(name: str, text: str) -> None:
    """All tell of 5xx or timeouts from ten to a quarter to eleven, closed at noon."""
    (found,) = incidents_in([Paper(name, text)])

    assert found.kinds == {"5xx or timeouts"}
    assert [each.told if each else None for each in (found.start, found.end, found.closed)] == [
        "2026-11-20 10:00 UTC",
        "2026-11-20 10:45 UTC",
        "2026-11-20 12:00 UTC",
    ]


# ---------------------------------------------------------------- days and times


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-20T10:00:00.123+01:00", "2026-11-20 09:00 UTC"),
        ("20.11.2026 um 10:05 Uhr", "2026-11-20 10:05 UTC"),
        ("Nov 20, 2026, 3:15 PM", "2026-11-20 15:15 UTC"),
        ("20 de novembro de 2026 às 14h30", "2026-11-20 14:30 UTC"),
        ("11/20/2026 10:00 EST", "2026-11-20 15:00 UTC"),
        ("on 2026-11-20", "2026-11-20"),
        ("at 00:20 it was over", "2026-11-20 00:20 UTC"),
        ("31.13.2026", ""),
        ("2026-11-20 10:00 +99:00", "2026-11-20 10:00 UTC"),
        ("2026-11-20 10:00-10:45", "2026-11-20 10:00 UTC"),
        ("2026-11-20T10:00-03:00", "2026-11-20 13:00 UTC"),
    ],
)
def test_moments(text: str, told: str) -> None:
    """A clock alone belongs to the day of what it follows, or to the next where that was late in the evening."""
    found = moments_in(text, after=datetime(2026, 11, 19, 23, 50, tzinfo=UTC))

    assert next((each.told for each in found), "") == told
