"""What the records of incidents have to tell: what was looked at, what ran, what changed before, what was tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pytest_golive.golive import Golive
from pytest_golive.history.kept import HOLDS
from pytest_golive.papers import asked
from pytest_golive.papers.changes.single import single_changes
from pytest_golive.papers.content.sync_log import Row
from pytest_golive.papers.incidents import follow_up as told
from pytest_golive.papers.incidents.records import ENVIRONMENTS, Incident, about, incidents_in
from pytest_golive.papers.text.moments import Moment
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.pipelines.uses import stage_of

KEY = "operations.incidents"
SHOWN = 5

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
"""After a rotation its refusals are looked at, and a rotation may take some weeks."""

FAILING = "5xx or timeouts"

CONFIGURED = ("UPZ-12", "UPZ-13", "UPZ-14", "UPZ-15")
OWNED_AND_DECLARED = ("UPZ-05", "UPZ-81")
SMOKE = ("UPZ-22", "UPZ-24")
"""The rules whose passing, in a run of golive at the right time, serves as well as a line in the record."""


def test_configuration_is_checked_during_a_401(golive: Golive, planned: PlannedCheck) -> None:
    """While a 401 went on, somebody checked the configuration that the service runs with.

    If this fails: run `pytest -m prerelease` on the environment now, and write into the record what it says.
    """
    wrong = []
    for incident in _incidents(golive, planned, "401", MONTH):
        begin, until = _begun(incident), incident.until or _now()
        said = told.looked_at(incident, told.CONFIGURATION, begin, until)
        if said.dated or _has_run(golive, planned, CONFIGURED, begin, until):
            continue
        if said.timely:
            golive.warn(f"{incident.place} does not tell when the configuration was checked")
        elif said.lines:
            wrong.append(
                f"{incident.place}: the configuration was not checked until it was closed, but: {said.lines[0]}"
            )
        else:
            wrong.append(f"{incident.place} does not tell of it")
    _must(golive, "during a 401 the configuration has to be checked", "a line with the time, or a run of golive", wrong)


def test_access_is_looked_through_after_a_403(golive: Golive, planned: PlannedCheck) -> None:
    """After a 403, somebody looked through whose environment it is and which endpoints are used.

    If this fails: look through both, and write into the record what you found.
    """
    wrong = []
    for incident in _incidents(golive, planned, "403", WEEK):
        if not incident.is_over:
            golive.note(f"{incident.place} is not over yet")
            continue
        begin, now = _begun(incident), _now()
        if _has_run(golive, planned, OWNED_AND_DECLARED, begin, now):
            continue
        looks = (("ownership", told.OWNERSHIP), ("the use of endpoints", told.ENDPOINTS))
        missing = [name for name, what in looks if not told.looked_at(incident, what, begin, now).timely]
        if missing:
            wrong.append(f"{incident.place} does not tell of {' and '.join(missing)}")
    _must(
        golive,
        "after a 403 ownership and the use of endpoints have to be looked through",
        "a line for each, or a run of golive",
        wrong,
    )


def test_incidents_tell_of_bulk_syncs(golive: Golive, planned: PlannedCheck) -> None:
    """Where 5xx or timeouts rose, the record tells whether a bulk sync was running, as the sync log has it.

    If this fails: compare the times of the sync log with those of the incident, and write down what
    overlaps, none included.
    """
    rows = _rows(golive)
    wrong = []
    for incident in _incidents(golive, planned, FAILING, WEEK):
        lines = told.tells_of_syncs(incident)
        running = told.synced_within(rows, _begun(incident), incident.end.until if incident.end else _now())
        logged = f"{len(running)} document{'' if len(running) == 1 else 's'} within it"
        if not lines:
            wrong.append(f"{incident.place} does not tell; the sync log has {logged if running else 'none within it'}")
        elif running and all(map(told.denies, lines)):
            wrong.append(f"{incident.place} says there was none ({lines[0]}), and the sync log has {logged}")
    _must(
        golive,
        "the record of 5xx or timeouts has to tell whether a bulk sync was running",
        "a line about it that agrees with the sync log",
        wrong,
    )


def test_incidents_list_what_changed_before(golive: Golive, planned: PlannedCheck) -> None:
    """Where 5xx or timeouts rose, the record lists what the change log has of the day before.

    If this fails: add the entries to the record, and take the newest one back if nothing else explains the trouble.
    """
    papers = golive.papers
    key = "operations.change_log"
    logs = asked.named(papers, papers.change_log, key, "nothing says where changes are written down")
    changes = single_changes(logs)
    wrong = []
    for incident in _incidents(golive, planned, FAILING, WEEK):
        before = told.changes_before(changes, _start(incident), incident.zone)
        missing = [change.place for change in before if not told.is_listed(change, incident)]
        if missing:
            wrong.append(f"{incident.place} does not list {', '.join(missing)}")
        elif not before and not told.tells_of_changes(incident):
            golive.warn(f"{incident.place} does not say that nothing changed in the day before")
    _must(
        golive,
        "the record of 5xx or timeouts has to list what changed in the day before",
        "each entry of the change log, by its ticket or its words",
        wrong,
    )


def test_smoke_stands_before_closing(golive: Golive, planned: PlannedCheck) -> None:
    """A green smoke was run after 5xx or timeouts had ended, and before the incident was closed.

    If this fails: run the smoke now. If it is red, open the incident again.
    """
    wrong = []
    for incident in _incidents(golive, planned, FAILING, WEEK):
        if not incident.is_closed:
            golive.note(f"{incident.place} is not closed yet")
            continue
        begin = incident.end.at if incident.end else _begun(incident)
        end = incident.closed.until if incident.closed else _now()
        green, smokes = told.smoke_of(incident, begin, end)
        if green.dated or _has_run(golive, planned, SMOKE, begin, end):
            continue
        if green.timely:
            golive.warn(f"{incident.place} does not tell when the smoke was run")
        elif green.lines:
            wrong.append(f"{incident.place}: no green smoke between its end and its closing, but: {green.lines[0]}")
        else:
            wrong.append(f"{incident.place}: no green smoke" + (f", but: {smokes[0]}" if smokes else ""))
    _must(
        golive,
        "before 5xx or timeouts are closed a smoke has to be green",
        "a green smoke between the end and the closing",
        wrong,
    )


def _must(golive: Golive, requirement: str, expected: str, wrong: Sequence[str]) -> None:
    __tracebackhide__ = True
    more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    golive.must(requirement, not wrong, expected=expected, actual="; ".join(wrong[:SHOWN]) + more)


def _incidents(golive: Golive, planned: PlannedCheck, kind: str, period: timedelta) -> Iterator[Incident]:
    """Yield the incidents of a kind that are to be looked at; a note where there is none."""
    __tracebackhide__ = True
    others = sorted(set(golive.environment.targets) - {planned.vendor})
    found = [each for each in about(_recorded(golive), planned.vendor, others) if _is_here(golive, planned, each)]
    mine = [each for each in found if kind in each.kinds and _is_lately(golive, each, period)]
    for each in found:
        if kind in each.may_be - each.kinds:
            golive.warn(f"{each.place} tells neither codes nor kind, and speaks of {kind}: it was not judged")
    if not mine:
        golive.note(f"no incident with {kind} is recorded of the last {period.days} days")
    unbegun = [each.place for each in mine if each.start is None]
    if unbegun:
        golive.cannot_tell(
            "the record of an incident has to tell when it began",
            expected="a start with day and time",
            actual=f"{', '.join(unbegun[:SHOWN])} {'does' if len(unbegun) == 1 else 'do'} not",
        )
    yield from mine


def _recorded(golive: Golive) -> tuple[Incident, ...]:
    papers = golive.papers
    given = papers.incidents.strip()
    if given and (papers.folder / given).is_dir() and not any((papers.folder / given).iterdir()):
        return ()
    found: tuple[Incident, ...] = golive.once(
        ("incidents", given),
        lambda: incidents_in(asked.records(papers, given, KEY, "nothing says where incidents are written down")),
    )
    return found


def _is_here(golive: Golive, planned: PlannedCheck, incident: Incident) -> bool:
    """Whether an incident is about this environment, as far as it says."""
    given = incident.tells(ENVIRONMENTS).casefold()
    if not given or planned.environment.casefold() in given or golive.sandbox:
        return True
    if any(name.casefold() in given for name in golive.environments):
        return False
    production = golive.environments[planned.environment].production
    return stage_of(given) in {"", "production" if production else "test"}


def _is_lately(golive: Golive, incident: Incident, period: timedelta) -> bool:
    # The example project's incidents were made up once and for all.
    if golive.sandbox or incident.start is None:
        return True
    until = incident.until
    # One that nobody has ended in a while was only forgotten.
    last = until or incident.start.until + (timedelta() if incident.is_over else MONTH)
    return last >= _now() - period


def _has_run(golive: Golive, planned: PlannedCheck, rules: Sequence[str], begin: datetime, end: datetime) -> bool:
    """Whether a run of golive that is kept found these rules to hold, between two times."""
    for run in golive.past.runs(planned.environment):
        finished = datetime.fromisoformat(run.finished)
        if begin <= finished <= end and all(run.results.get((planned.vendor, rule)) in HOLDS for rule in rules):
            return True
    return False


def _start(incident: Incident) -> Moment:
    assert incident.start is not None, "those that do not tell were looked at before"
    return incident.start


def _begun(incident: Incident) -> datetime:
    return _start(incident).at


def _now() -> datetime:
    return datetime.now(UTC)


def _rows(golive: Golive) -> tuple[Row, ...]:
    return asked.sync_log(golive.papers)
