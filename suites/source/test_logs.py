"""What the team's logs tell of calls to the vendor, and what about people they had better not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pytest_golive.clients.script import Ask, Scenario, Script, Step
from pytest_golive.clients.setup import Setup
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import code
from pytest_golive.source.logged import calls as logged
from pytest_golive.source.logged.calls import FIELDS, Calls, Gap, Shape, calls_in, gaps, shape_of_calls
from pytest_golive.source.logged.ids import ids_in, wanted_of
from pytest_golive.source.logged.personal import Allowed, Person, people_in
from pytest_golive.source.logged.reasons import tells_a_reason
from pytest_golive.source.logged.records import Record, lines_of, records_in, records_of
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

SHOWN = 5

KEY = "source.logs"

REFUSED_KEY = (401, 403)

CONFIGURED = frozenset(
    [".yaml", ".yml", ".toml", ".json", ".properties", ".ini", ".env", ".tf", ".tfvars", ".cfg", ".conf"]
)
"""Files in which ids are configured, and not written into the code."""

OF_A_DRIVE = "the log of"

FAULTS = {"a reset": Step(breaks="reset"), "401": Step(status=401), "404": Step(status=404)}
"""What a client meets to the end of a call, so that its log tells of it."""


def test_log_tells_each_call(golive: Golive, planned: PlannedCheck) -> None:
    """The log has each call with time, route, status, duration, Request-ID, key of idempotency and try.

    If this fails: log what the finding names in the one place where calls are made, refused ones and failures included.
    """
    calls = _logged(golive, planned)
    if not calls.answered and not calls.ended:
        _tell_of_none(golive, planned, "an answered call")
    found = [gap for gap in gaps(calls) if not _is_told_elsewhere(calls, gap)]
    missing = [gap for gap in found if not gap.some and not _is_borne(calls, gap)]
    _demand(
        golive,
        [gap.record for gap in missing],
        f"the log has to tell of each call {', '.join(FIELDS.values())}",
        expected="all of them",
        actual="the log does not tell " + "; ".join(gap.told() for gap in missing[:SHOWN]),
    )
    for gap in found:
        golive.warn(f"not every record tells {FIELDS[gap.field]}: {gap.told()}")


def _is_told_elsewhere(calls: Calls, gap: Gap) -> bool:
    """Whether a try is told where it is no first one: elsewhere it says nothing that is not known."""
    return gap.field == "try" and any("try" in record.told for record in (*calls.answered, *calls.failed))


def _is_borne(calls: Calls, gap: Gap) -> bool:
    """Whether something that is not told is worth a warning only."""
    if gap.field == "try":
        return calls.speaks_opentelemetry
    if gap.field == "request_id":
        # What stands before the vendor's program answers without its id, and a trace leads to the call, too.
        told = any("request_id" in record.told for record in calls.answered)
        return "trace_id" in gap.record.told or (told and logged.status_of(gap.record) // 100 == 5)
    return False


def test_log_tells_why_a_call_failed(golive: Golive, planned: PlannedCheck) -> None:
    """The log tells what is wrong where the vendor cannot be reached, and where the key is refused.

    If this fails: log the class of the exception and its cause, and the vendor's error code.
    """
    calls = _logged(golive, planned)
    refused = [record for record in calls.answered if logged.status_of(record) in REFUSED_KEY]
    if not calls.failed:
        further = _driven(golive, planned)
        calls, refused = further, [*refused, *further.of(*REFUSED_KEY)]
    if not calls.failed:
        _tell_of_none(golive, planned, "a call that got no answer")
    silent = [record for record in calls.failed if not tells_a_reason(record)]
    _demand(
        golive,
        silent if len(silent) == len(calls.failed) else [],
        "the log has to tell why a call got no answer",
        expected="the kind of failure: a name that was not found, a refused connection, a certificate, a timeout",
        actual="; ".join(f"{record.place} says {_first_words(golive, record)}" for record in silent[:SHOWN]),
    )
    for record in silent[:SHOWN]:
        golive.warn(f"{record.place} does not tell why: {_first_words(golive, record)}")
    if not refused:
        golive.note("the logs tell of no call whose key was refused")


def test_log_tells_what_was_not_found(golive: Golive, planned: PlannedCheck) -> None:
    """The record of a call that got 404 names tenant, site, what was asked for, and the endpoint.

    If this fails: log these four where the client raises the error.
    """
    calls = _logged(golive, planned)
    records = calls.of(404) or _driven(golive, planned).of(404)
    if not records:
        _tell_of_none(golive, planned, "a call that got 404")
    pack = read_pack(planned.vendor)
    lacking = [(record, [name for name in wanted_of(record, pack) if name]) for record in records]
    silent = [(record, names) for record, names in lacking if names]
    _demand(
        golive,
        [record for record, _ in silent] if len(silent) == len(records) else [],
        "the record of a call that got 404 has to name tenant, site, what was asked for, and the endpoint",
        expected="the ids as they were sent",
        actual="; ".join(f"{record.place} names no {' and no '.join(names)}" for record, names in silent[:SHOWN]),
    )
    for record, names in silent[:SHOWN]:
        golive.warn(f"{record.place} names no {' and no '.join(names)}")


def test_log_names_the_service(golive: Golive, planned: PlannedCheck) -> None:
    """Log lines about the vendor name the service or integration that wrote them.

    If this fails: set the name once where the logger is made, workers and jobs included.
    """
    calls = _logged(golive, planned)
    records = (*calls.answered, *calls.failed)
    if not records:
        _tell_of_none(golive, planned, "a call")
    silent = [record for record in records if "service" not in record.told]
    _demand(
        golive,
        silent if len(silent) == len(records) else [],
        "log lines have to name the service that wrote them",
        expected="a field for the service or integration",
        actual=f"none of {len(records)} has one, as {silent[0].place if silent else ''}",
    )
    if silent:
        golive.warn(f"{len(silent)} of {len(records)} log lines name no service, as {silent[0].place}")


def test_logged_ids_are_configured(golive: Golive, planned: PlannedCheck) -> None:
    """Tenant and site ids of logged calls are those that golive.yaml configures.

    If this fails: find the caller that uses the foreign id, and give it the configured one.
    """
    calls = _in_files(golive, planned)
    if not calls.answered:
        _tell_of_none(golive, planned, "an answered call")
    pack = read_pack(planned.vendor)
    known = {
        name: {
            target.ids[name]
            for where in golive.environments.values()
            if (target := where.targets.get(planned.vendor)) is not None and name in target.ids
        }
        for name in ("tenant_id", "site_id")
    }
    foreign: dict[str, Record] = {}
    seen = 0
    for record in calls.answered:
        for name, value in ids_in(record, pack):
            seen += 1
            if known.get(name) and value not in known[name]:
                foreign.setdefault(f"{name} {value}", record)
    # A service for several sites has their ids in its own configuration.
    foreign = {told: record for told, record in foreign.items() if not _is_configured(golive, told.split(" ")[1])}
    if not seen:
        _tell_of_none(golive, planned, "a call with the id of its tenant or site")
    golive.must(
        "the service may call only the tenants and sites it is configured for",
        not foreign,
        expected="ids that golive.yaml or a file of configuration names",
        actual="; ".join(f"{record.place} names {told}" for told, record in list(foreign.items())[:SHOWN]),
    )


def _is_configured(golive: Golive, value: str) -> bool:
    return any(PurePosixPath(name).suffix in CONFIGURED for name in code.files_naming(golive.repository, value))


def test_logs_hold_no_personal_data(golive: Golive, planned: PlannedCheck) -> None:
    """No log holds people's addresses, numbers or names.

    If this fails: log ids in their place, and delete the lines from the log store too; what is nobody's data may stand
    in source.allowed_in_logs.
    """
    del planned
    files = _files(golive)

    def looked() -> list[tuple[str, Person]]:
        allowed = Allowed(golive.source.allowed_in_logs, tuple(_domains(golive)))
        return [(told, person) for path, told in files for person in people_in(lines_of(path), allowed)]

    found: list[tuple[str, Person]] = golive.once("people in logs", looked)
    certain = [each for each in found if each[1].certainty == "certain"]
    more = f"; and {len(certain) - SHOWN} more" if len(certain) > SHOWN else ""
    golive.must(
        "no log may hold data about people",
        not certain,
        expected="ids in their place",
        actual="; ".join(_told(each) for each in certain[:SHOWN]) + more,
    )
    for each in found[:SHOWN]:
        golive.warn(f"{_told(each)}: see whether it is a person's")


def _told(found: tuple[str, Person]) -> str:
    file, person = found
    return f"{file}:{person.line} holds {person.what}, {person.shown}"


def _domains(golive: Golive) -> Iterator[str]:
    """Yield the domains of the vendors: whose addresses are those of desks."""
    for vendor in golive.environment.targets:
        for pack in _brands(vendor):
            yield ".".join((urlsplit(pack.base_url.production).hostname or "").split(".")[1:])


# ---------------------------------------------------------------- what the logs tell


def _files(golive: Golive) -> Sequence[tuple[Path, str]]:
    __tracebackhide__ = True
    source = golive.source
    if not source.logs:
        golive.not_verified(f"{KEY} is missing: nothing says what the integration logs", key=KEY)
    files = source.log_files()
    if not files:
        golive.not_verified(f"{', '.join(source.logs)} is not there: no log to look through", key=KEY)
    return [(path, _name_of(path, source.folder)) for path in files]


def _name_of(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _logged(golive: Golive, planned: PlannedCheck) -> Calls:
    """Return the calls that the logs tell of; where no logs are named, those of a client that is driven."""
    __tracebackhide__ = True
    if not golive.source.logs and _clients(golive, planned):
        return _driven(golive, planned)
    return _in_files(golive, planned)


def _in_files(golive: Golive, planned: PlannedCheck) -> Calls:
    __tracebackhide__ = True
    files = _files(golive)

    def looked() -> Calls:
        records = (record for path, told in files for record in records_in(path, told))
        return calls_in(records, _shape(planned.vendor))

    found: Calls = golive.once(("calls in logs", planned.vendor), looked)
    return found


def _demand(golive: Golive, wrong: Sequence[Record], requirement: str, *, expected: str, actual: str) -> None:
    """Demand that no record is wrong; what a driven client wrote need not be all of its log, and fails nothing."""
    __tracebackhide__ = True
    if wrong and all(record.file.startswith(OF_A_DRIVE) for record in wrong):
        golive.cannot_tell(requirement, expected=f"{expected}; or its log files under {KEY}", actual=actual)
    golive.must(requirement, not wrong, expected=expected, actual=actual)


def _clients(golive: Golive, planned: PlannedCheck) -> list[Setup]:
    return [each for each in golive.clients.setups.values() if each.vendor == planned.vendor and each.started]


def _driven(golive: Golive, planned: PlannedCheck) -> Calls:
    """Return the calls that the team's clients tell of in their own log while they are driven."""

    def driven(drive: tuple[Setup, str]) -> list[Record]:
        return _records_of_drive(golive, *drive)

    def looked() -> Calls:
        drives = [(each, fault) for each in _clients(golive, planned) for fault in FAULTS]
        with ThreadPoolExecutor(len(FAULTS)) as pool:
            made = pool.map(golive.carry(driven), drives)
            return calls_in((record for records in made for record in records), _shape(planned.vendor))

    found: Calls = golive.once(("calls in logs of drives", planned.vendor), looked)
    return found


def _records_of_drive(golive: Golive, setup: Setup, fault: str) -> list[Record]:
    operation = _asked_for(setup)
    met = setup.pack.calls_of(operation)[0]
    script = Script(then={met: FAULTS[fault]})
    scenario = Scenario(f"{operation}: what the log tells of {fault}", (Ask(operation), Ask(operation)), script)
    try:
        trace = golive.client(setup.name).run(scenario)
    except (CannotTell, NotVerified) as ended:
        golive.note(f"{setup.name} could not be driven: {ended}")
        return []
    return list(records_of(trace.log, f"{OF_A_DRIVE} {setup.name} after {fault}"))


def _asked_for(setup: Setup) -> str:
    """Return an operation that reads one thing; else one that reads, else any."""

    def rank(name: str) -> tuple[bool, bool]:
        operation = setup.pack.operations.get(name)
        reads = operation is not None and operation.method == "GET"
        return reads and "{" in operation.path if operation is not None else False, reads

    return max(setup.operations, key=rank)


def _tell_of_none(golive: Golive, planned: PlannedCheck, what: str) -> None:
    __tracebackhide__ = True
    golive.not_verified(f"the logs tell of no call to {planned.vendor} that shows it: {what} is needed", key=KEY)


def _first_words(golive: Golive, record: Record) -> str:
    words = golive.redactor.scrub(record.text.partition("\n")[0])
    return repr(words if len(words) <= 90 else f"{words[:90]}…")


def _brands(vendor: str) -> Sequence[Pack]:
    pack = read_pack(vendor)
    return [pack, *(read_pack(vendor, name) for name in pack.profiles)]


def _shape(vendor: str) -> Shape:
    return shape_of_calls(_brands(vendor))
