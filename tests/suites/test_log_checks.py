"""The checks of what logs tell, each on logs that are right and on those that are wrong in one way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import suites.source.test_logs as logs
from pytest_golive.clients.labs import Labs
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.rehearsal import EXAMPLE
from pytest_golive.source.files import SourceFiles
from tests.clients.small_client import SOURCE, small

AUGNO = PlannedCheck("a_check", "augno", "augno", "staging", (), (), Severity.MAJOR)
UPPZY = replace(AUGNO, vendor="uppzy")
TIMELY = replace(AUGNO, vendor="timely")
IDS = {"tenant_id": "t_81", "site_id": "s_204", "other_site_id": "s_999"}

Check = Callable[[Golive, PlannedCheck], None]

CALLS, FAILURES, NOT_FOUND = (
    logs.test_log_tells_each_call,
    logs.test_log_tells_why_a_call_failed,
    logs.test_log_tells_what_was_not_found,
)
SERVICE, IDS_OF_CALLS, PEOPLE = (
    logs.test_log_names_the_service,
    logs.test_logged_ids_are_configured,
    logs.test_logs_hold_no_personal_data,
)

OK = "2026-11-20 08:14:03 INFO shop.augno GET /v1/catalog/units 200 in 84 ms request_id=rq_7c1 try=1\n"
MADE = (
    "2026-11-20 08:14:04 INFO shop.augno POST /v1/catalog/units 201 in 99 ms request_id=rq_7c2 try=1 "
    "idempotency_key=4b1f\n"
)


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(folder: Path, text: str | None = None, **source: Any) -> Golive:
    targets = {name: Target(name, "https://x.example/v1", ids=IDS) for name in ("augno", "uppzy", "timely")}
    golive = Golive(
        {"staging": Environment("staging", targets=targets)},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    golive.source = SourceFiles(folder, folder, logs=("app.log",) if text is not None else (), **source)
    if text:
        (folder / "app.log").write_text(text)
    return golive


def _failed(check: Check, golive: Golive, planned: PlannedCheck = AUGNO) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, planned)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def _not_verified(check: Check, golive: Golive, planned: PlannedCheck = AUGNO) -> str:
    with pytest.raises(NotVerified) as skipped:
        check(golive, planned)
    assert skipped.value.key == "source.logs"
    return str(skipped.value)


@pytest.mark.parametrize(
    ("check", "planned"),
    [(CALLS, AUGNO), (FAILURES, AUGNO), (NOT_FOUND, UPPZY), (SERVICE, UPPZY), (PEOPLE, AUGNO)],
)
def test_the_example_project_is_right(check: Check, planned: PlannedCheck, record: CheckRecord, tmp_path: Path) -> None:
    golive = _golive(tmp_path)
    golive.source = SourceFiles(EXAMPLE, EXAMPLE, logs=("logs/*.jsonl",), example=True)

    check(golive, planned)

    assert record.warnings == []


@pytest.mark.parametrize("check", [CALLS, FAILURES, NOT_FOUND, SERVICE, IDS_OF_CALLS, PEOPLE])
def test_logs_that_are_not_named_or_not_there(check: Check, tmp_path: Path) -> None:
    assert _not_verified(check, _golive(tmp_path)) == ("source.logs is missing: nothing says what the integration logs")
    assert _not_verified(check, _golive(tmp_path, "")) == "app.log is not there: no log to look through"


@pytest.mark.parametrize(
    ("check", "planned", "text", "needed"),
    [
        (CALLS, AUGNO, "INFO started\n", "an answered call"),
        (FAILURES, AUGNO, OK, "a call that got no answer"),
        (NOT_FOUND, UPPZY, "INFO uppzy GET /m2m/sites/s_204/sessions 200\n", "a call that got 404"),
        (SERVICE, AUGNO, "INFO started\n", "a call"),
        (IDS_OF_CALLS, UPPZY, "INFO started\n", "an answered call"),
        (IDS_OF_CALLS, UPPZY, "INFO uppzy answered 200\n", "a call with the id of its tenant or site"),
    ],
)
def test_logs_that_show_nothing(check: Check, planned: PlannedCheck, text: str, needed: str, tmp_path: Path) -> None:
    assert _not_verified(check, _golive(tmp_path, text), planned) == (
        f"the logs tell of no call to {planned.vendor} that shows it: {needed} is needed"
    )


@pytest.mark.parametrize("pattern", ["*.log", "app.log", "*", ""])
def test_logs_outside_of_the_project(pattern: str, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "var" / "app.log").write_text("INFO customer ada@posteo.de\n")
    golive = _golive(tmp_path / "shop")
    golive.source = SourceFiles(tmp_path / "shop", tmp_path / "shop", logs=(f"{tmp_path}/var/{pattern}",))

    assert _failed(PEOPLE, golive)[2] == f"{tmp_path}/var/app.log:1 holds an e-mail address, a…@posteo.de"


# ---------------------------------------------------------------- each call

WHOLE = (
    "the log has to tell of each call the time, the route, the status, the duration, the Request-ID, "
    "the idempotency key, which try it was"
)


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        (
            OK.replace(" request_id=rq_7c1", "") + MADE.replace(" request_id=rq_7c2", ""),
            "app.log:1: the Request-ID of a call that succeeded",
        ),
        (
            OK.replace(" 200 ", " "),
            "app.log:1: the status of a call that ended",
        ),
        (
            OK + MADE.replace(" idempotency_key=4b1f", ""),
            "app.log:2: the idempotency key of a call that writes",
        ),
        (
            OK.replace(" try=1", "") + MADE.replace(" try=1", "").replace("in 99 ms", ""),
            "app.log:1: which try it was of a call that was answered",
        ),
        (
            OK + MADE + "2026-11-20 08:14:03 WARNING shop.augno GET /v1/catalog/units/un_9 404\n",
            (
                "app.log:3: the duration of a call that was refused with 4xx; "
                "app.log:3: the Request-ID of a call that was refused with 4xx"
            ),
        ),
    ],
)  # fmt: skip
def test_what_the_log_does_not_tell_of_calls(text: str, actual: str, tmp_path: Path) -> None:
    assert _failed(CALLS, _golive(tmp_path, text)) == (WHOLE, "all of them", f"the log does not tell {actual}")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            OK + OK.replace("in 84 ms ", "").replace("rq_7c1", "rq_7c3"),
            "the duration: app.log:2: the duration of a call that succeeded",
        ),
        (
            OK + "2026-11-20 08:14:03 ERROR shop.augno GET /v1/catalog/units 502 in 2 ms try=1\n",
            "the Request-ID: app.log:2: the Request-ID of a call that was answered 5xx",
        ),
        (
            OK.replace("request_id=rq_7c1", "trace_id=4bf92f3577b34da6"),
            "the Request-ID: app.log:1: the Request-ID of a call that succeeded",
        ),
    ],
)
def test_what_some_records_do_not_tell_is_a_warning(
    text: str, warning: str, tmp_path: Path, record: CheckRecord
) -> None:
    CALLS(_golive(tmp_path, text), AUGNO)

    assert record.warnings == [f"not every record tells {warning}"]


# ---------------------------------------------------------------- why a call failed


def test_a_failure_without_a_reason(tmp_path: Path, record: CheckRecord) -> None:
    silent = "2026-11-20 08:14:03 ERROR shop.augno GET /v1/catalog/units failed\n"

    assert _failed(FAILURES, _golive(tmp_path, OK + silent)) == (
        "the log has to tell why a call got no answer",
        "the kind of failure: a name that was not found, a refused connection, a certificate, a timeout",
        f"app.log:2 says {silent.strip()!r}",
    )

    told = "2026-11-20 08:14:03 ERROR shop.augno GET /v1/catalog/units: ConnectTimeout\n"
    FAILURES(_golive(tmp_path, OK + silent + told), AUGNO)

    assert record.warnings == [f"app.log:2 does not tell why: {silent.strip()!r}"]
    assert record.notes == ["the logs tell of no call whose key was refused"]


# ---------------------------------------------------------------- what was not found


def test_a_404_that_does_not_tell_what_was_not_found(tmp_path: Path, record: CheckRecord) -> None:
    silent = "WARN uppzy GET /m2m/sites/s_204/documents/doc_9 answered 404\n"
    requirement = "the record of a call that got 404 has to name tenant, site, what was asked for, and the endpoint"

    assert _failed(NOT_FOUND, _golive(tmp_path, silent), UPPZY) == (
        requirement,
        "the ids as they were sent",
        "app.log:1 names no tenant",
    )
    assert _failed(NOT_FOUND, _golive(tmp_path, "WARN uppzy answered 404\n"), UPPZY)[2] == (
        "app.log:1 names no tenant and no site and no id of what was asked for and no endpoint"
    )

    NOT_FOUND(_golive(tmp_path, silent + silent.strip() + " tenant=t_81\n"), UPPZY)

    assert record.warnings == ["app.log:1 names no tenant"]


# ---------------------------------------------------------------- who calls, and whom


def test_log_lines_that_name_no_service(tmp_path: Path, record: CheckRecord) -> None:
    silent = "2026-11-20 08:14:03 augno: GET /v1/catalog/units 200\n"

    assert _failed(SERVICE, _golive(tmp_path, silent * 2)) == (
        "log lines have to name the service that wrote them",
        "a field for the service or integration",
        "none of 2 has one, as app.log:1",
    )

    SERVICE(_golive(tmp_path, OK + silent), AUGNO)

    assert record.warnings == ["1 of 2 log lines name no service, as app.log:2"]


def test_ids_that_nobody_configured(tmp_path: Path) -> None:
    right = "INFO uppzy GET /m2m/sites/s_204/sessions 200 tenant_id=t_81\n"
    IDS_OF_CALLS(_golive(tmp_path, right), UPPZY)

    assert _failed(IDS_OF_CALLS, _golive(tmp_path, right + right.replace("s_204", "s_999")), UPPZY) == (
        "the service may call only the tenants and sites it is configured for",
        "ids that golive.yaml or a file of configuration names",
        "app.log:2 names site_id s_999",
    )
    (tmp_path / "sites.py").write_text("OTHER = 's_999'\n")
    assert _failed(IDS_OF_CALLS, _golive(tmp_path, right.replace("s_204", "s_999")), UPPZY)[2].endswith("s_999")
    (tmp_path / "sites.yaml").write_text("sites: [s_204, s_999]\n")
    IDS_OF_CALLS(_golive(tmp_path, right + right.replace("s_204", "s_999")), UPPZY)


# ---------------------------------------------------------------- people


def test_people_in_logs(tmp_path: Path, record: CheckRecord) -> None:
    text = "INFO customer ada@posteo.de\nINFO deployed_by=ana@posteo.de\n"

    assert _failed(PEOPLE, _golive(tmp_path, text)) == (
        "no log may hold data about people",
        "ids in their place",
        "app.log:1 holds an e-mail address, a…@posteo.de",
    )
    assert _failed(PEOPLE, _golive(tmp_path, "".join(f"INFO to u{n}@posteo.de\n" for n in range(7))))[2] == (
        "; ".join(f"app.log:{n} holds an e-mail address, u…@posteo.de" for n in range(1, 6)) + "; and 2 more"
    )

    PEOPLE(_golive(tmp_path, text, allowed_in_logs=("ada@*",)), AUGNO)

    assert record.warnings == ["app.log:2 holds an e-mail address, a…@posteo.de: see whether it is a person's"]


# ---------------------------------------------------------------- clients that are driven

TELLS = (
    SOURCE.replace(
        "            if error.code != 429:\n",
        "            tell(f'WARN shop.sync {method} {path} {error.code}')\n            if error.code != 429:\n",
    )
    .replace(
        "    except OSError as error:\n",
        "    except OSError as error:\n        tell(f'ERROR shop.sync timely {error!r}')\n",
    )
    .replace("def answer(call):", "def tell(text):\n    print(text, file=sys.stderr, flush=True)\n\ndef answer(call):")
)


def test_a_client_is_driven_where_no_log_tells_of_failures(tmp_path: Path, record: CheckRecord) -> None:
    golive = _golive(tmp_path)
    golive.clients = Labs([small(tmp_path, TELLS)])
    try:
        FAILURES(golive, TIMELY)
        assert record.warnings == []
        assert record.notes == []
        SERVICE(golive, TIMELY)
    finally:
        golive.clients.close()


def test_a_driven_client_that_tells_no_reason(tmp_path: Path) -> None:
    golive = _golive(tmp_path)
    golive.clients = Labs([small(tmp_path, TELLS.replace("timely {error!r}", "timely call failed"))])
    try:
        with pytest.raises(CannotTell) as ended:
            FAILURES(golive, TIMELY)
        finding = ended.value.finding
        assert finding.requirement == "the log has to tell why a call got no answer"
        assert finding.expected == (
            "the kind of failure: a name that was not found, a refused connection, a certificate, a timeout; "
            "or its log files under source.logs"
        )
        assert finding.actual == "; ".join(
            f"the log of shop after {fault}:{line} says 'ERROR shop.sync timely call failed'"
            for fault, line in [("a reset", 1), ("a reset", 2), ("401", 2), ("401", 4), ("404", 2)]
        )
    finally:
        golive.clients.close()


def test_a_client_that_cannot_be_driven(tmp_path: Path, record: CheckRecord) -> None:
    golive = _golive(tmp_path)
    golive.clients = Labs([small(tmp_path, "import sys; sys.exit(3)")])
    try:
        assert _not_verified(FAILURES, golive, TIMELY) == (
            "the logs tell of no call to timely that shows it: a call that got no answer is needed"
        )
    finally:
        golive.clients.close()
    assert all(note.startswith("shop could not be driven: ") for note in record.notes)
    assert sys.executable not in record.notes
