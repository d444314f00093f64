"""The hooks around single checks, in every process that runs some: made from the plan, recorded, told in words."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Generator
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from pytest_golive import shipped
from pytest_golive.facts.current import CheckRecord, owning_threads, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.facts.outcome import Outcome
from pytest_golive.marks import check_effects, nearest, rules_of
from pytest_golive.output import guard_logs, mask_streams, routed
from pytest_golive.readiness.plan import UNDECIDED, PlannedCheck
from pytest_golive.run import Run
from pytest_golive.telling import longrepr_of

RECORD = pytest.StashKey[CheckRecord]()

LOUD = frozenset({Outcome.FAILED, Outcome.INCONCLUSIVE})
"""Outcomes that never go without saying why."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What one phase of a test says, in plain values: it travels from xdist's workers on the report."""

    check: str
    phase: str
    outcome: str
    severity: str
    rules: list[str]
    title: str = ""
    vendor: str | None = None
    operation: str | None = None
    finding: dict[str, Any] | None = None
    observations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    key: str = ""


class Conductor:
    """Runs the planned checks, and says of each phase what became of it."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._run = run
        config.add_cleanup(mask_streams(config, run.redactor.scrub))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Reach the plugins of pytest's own that are configured by now: logging and --lf."""
        guard_logs(session.config, self._run.redactor.scrub)
        shipped.find_failed(session.config)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the shipped suites to the session, and mask secrets in what collection says."""
        report = yield
        if isinstance(collector, pytest.Session) and not self._run.choice.paths_typed:
            shipped.append_to(collector, report)
        self._run.mask(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_parametrize_id(self, val: object) -> str | None:
        """Keep a secret that a test is parametrised with out of its node id."""
        if not isinstance(val, str | bytes):
            return None
        text = val.decode("utf-8", "replace") if isinstance(val, bytes) else val
        masked = self._run.redactor.scrub(text)
        return masked if masked != text else None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test per planned case of a shipped check."""
        definition = metafunc.definition
        if "planned" in metafunc.fixturenames and shipped.is_shipped(definition.path):
            check = metafunc.function.__name__.removeprefix("test_")
            cases = [
                pytest.param(planned, id=planned.case, marks=_marks(planned)) for planned in self._run.plan.of(check)
            ]
            metafunc.parametrize("planned", cases)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Keep the project's autouse fixtures away from shipped checks."""
        shipped.shield(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Drop the stand-ins pytest makes for checks that have no case here, and keep to --golive-only."""
        items[:] = [item for item in items if not _is_empty(item)]
        try:
            dropped = self._not_asked_for(session, items)
        except pytest.UsageError as error:
            if not self._run.golive.process:
                raise
            # Raised in a worker of xdist this would be a crash; the controller tells it, and what follows from it.
            self._run.mistakes.append(str(error))
            items.clear()
            return
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = [item for item in items if item not in dropped]

    def _not_asked_for(self, session: pytest.Session, items: list[pytest.Item]) -> list[pytest.Item]:
        """Read the markers of every test; return those that --golive-only leaves out.

        Raises:
            pytest.UsageError: a marker is written wrongly, or an id asked for is nobody's.
        """
        for item in items:
            check_effects(item)
        only = self._run.choice.only
        named = {rule for item in items for rule in rules_of(item).ids}
        if not only:
            return []
        known = named | self._run.known_ids
        unknown = sorted(only - known)
        if unknown and not session.testsfailed:  # a module that could not be read may hold the id
            raise pytest.UsageError(
                f"--golive-only: no rule, fault or collected test has the id {unknown[0]!r}"
                f"{nearest(unknown[0], sorted(known))}"
            )
        return [item for item in items if not only & set(rules_of(item).ids)]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Make this test the current check for its whole duration."""
        with recording(CheckRecord(check_of(item))) as record:
            item.stash[RECORD] = record
            self._run.outputs.append((record.key, record.output))
            item.user_properties.extend(("rule", rule) for rule in rules_of(item).ids)
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Send what the threads of other checks print to their own check."""
        with routed():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Do the same while the test runs, and remember the threads it leaves behind."""
        with routed(), owning_threads(item.stash[RECORD]):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Do the same while the test is torn down."""
        with routed():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say what the phase means for its check, in words a reader of the report understands."""
        report = yield
        phase = self._phase(item, call, report)
        if phase is not None:
            told = self._run.redactor.scrub_json(asdict(phase))
            report.golive = told  # type: ignore[attr-defined]  # xdist carries it to the controller
            if phase.finding is not None and report.failed and call.excinfo is not None:
                report.longrepr = longrepr_of(item, call, phase.finding, self._title(item, phase))
            self._show_evidence(report, phase)
        self._run.mask(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Mask once more, before any reporter: pytest adds to the report of a subtest after it was made."""
        self._run.mask(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Mask what a warning says, before it is shown or sent to the controller."""
        text = str(warning_message.message)
        masked = self._run.redactor.scrub(text)
        if masked != text:
            warning_message.message = Warning(masked)

    def pytest_sessionfinish(self) -> None:
        """Remove what this process created and did not remove."""
        self._run.clean_up()

    def _phase(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Phase | None:
        outcome = _outcome(call, report)
        if outcome is Outcome.PASSED and report.when != "call":
            return None
        record, rules = item.stash[RECORD], rules_of(item)
        planned = planned_of(item)
        if outcome is Outcome.PASSED and record.observations:
            outcome = Outcome.OBSERVED
        elif outcome is Outcome.PASSED and record.warnings:
            outcome = Outcome.WARNED
        if planned is not None and planned.check == UNDECIDED and planned.reason.startswith("not applicable"):
            outcome = Outcome.NOT_APPLICABLE
        return Phase(
            check=check_of(item),
            phase=report.when or "call",
            outcome=outcome.value,
            severity=rules.severity.value,
            rules=list(rules.ids),
            title=rules.title,
            vendor=planned.vendor if planned is not None else None,
            operation=planned.operation if planned is not None else None,
            finding=self._finding(item, call, report, outcome),
            observations=tuple(record.observations),
            warnings=tuple(record.warnings),
            notes=tuple(record.notes),
            exchanges=tuple(exchange.as_json() for exchange in record.exchanges)
            if outcome is not Outcome.PASSED
            else (),
            key=_key(call),
        )

    def _finding(
        self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, outcome: Outcome
    ) -> dict[str, Any] | None:
        if call.excinfo is None:
            return self._without_error(item, report) if outcome in LOUD else None
        error, rules = call.excinfo.value, rules_of(item)
        told = getattr(error, "finding", None)
        if not isinstance(told, Finding):
            told = Finding(
                requirement=rules.title or item.name,
                expected=_expected(outcome, call.excinfo.value),
                actual=self._run.redactor.scrub(str(error) or type(error).__name__),
            )
        planned, exchanges = planned_of(item), item.stash[RECORD].exchanges
        told = told.told_by(
            fix=told.fix or _advice(item) or (planned.fix if planned is not None else ""),
            rerun=self._run.rerun_line(rules.ids, report.nodeid),
            exchanges=tuple(exchange.line for exchange in exchanges[-5:]),
            curl=self._run.curl_line(planned, exchanges) if exchanges and outcome is not Outcome.NOT_VERIFIED else "",
        )
        return asdict(told)

    def _without_error(self, item: pytest.Item, report: pytest.TestReport) -> dict[str, Any]:
        """Describe what pytest itself decided: a test that was expected to fail and passed."""
        rules = rules_of(item)
        reason = str(getattr(report, "wasxfail", "") or report.longrepr or "")
        return asdict(
            Finding(
                requirement=rules.title or item.name,
                expected="to hold, without being expected to fail",
                actual=self._run.redactor.scrub(f"passed, though marked xfail: {reason}" if reason else "marked xfail"),
                rerun=self._run.rerun_line(rules.ids, report.nodeid),
            )
        )

    def _title(self, item: pytest.Item, phase: Phase) -> str:
        planned = planned_of(item)
        where = [planned.vendor, planned.environment] if planned is not None else []
        told = "INCONCLUSIVE" if phase.outcome == Outcome.INCONCLUSIVE else "FAILED"
        named = ", ".join(phase.rules) or item.name
        return " · ".join(
            [f"{told} {named} ({phase.severity})", *where, *([phase.operation] if phase.operation else [])]
        )

    def _show_evidence(self, report: pytest.TestReport, phase: Phase) -> None:
        notes = [
            *(f"observed: {text}" for text in phase.observations),
            *(f"warned: {text}" for text in phase.warnings),
            *(f"noted: {text}" for text in phase.notes),
        ]
        if notes and report.when == "call":
            report.sections.append(("golive", "\n".join(notes)))


def _key(call: pytest.CallInfo[None]) -> str:
    """Return the key of golive.yaml a test waits for; exceptions of others have keys of other kinds."""
    error = call.excinfo.value if call.excinfo is not None else None
    return error.key if isinstance(error, NotVerified) else ""


def _advice(item: pytest.Item) -> str:
    """Return what a check's docstring says to do "If this fails:"."""
    told = inspect.getdoc(getattr(item, "function", None)) or ""
    _, _, advice = told.partition("If this fails:")
    return " ".join(advice.split())


def planned_of(item: pytest.Item) -> PlannedCheck | None:
    """Return the planned check a test stands for, None for a test of the team's own."""
    planned = getattr(item, "callspec", None) and item.callspec.params.get("planned")  # type: ignore[attr-defined]
    return planned if isinstance(planned, PlannedCheck) else None


def check_of(item: pytest.Item) -> str:
    """Return the id under which a test reports: its planned check, else its node id."""
    planned = planned_of(item)
    return planned.id if planned is not None else item.nodeid


def _marks(planned: PlannedCheck) -> list[pytest.MarkDecorator]:
    marks: list[pytest.MarkDecorator] = [getattr(pytest.mark, suite.value) for suite in planned.suites]
    marks += [pytest.mark.rule(id=rule, severity=planned.severity.value) for rule in planned.rules]
    return [*marks, pytest.mark.effects(kind=planned.effects.value)]


def _is_empty(item: pytest.Item) -> bool:
    """Whether this is the one skipped test pytest makes for a parametrisation without cases."""
    return (
        shipped.is_shipped(item.path)
        and "planned" in getattr(item, "fixturenames", ())
        and planned_of(item) is None
        and "NOTSET" in item.name
    )


def _outcome(call: pytest.CallInfo[None], report: pytest.TestReport) -> Outcome:
    if hasattr(report, "wasxfail"):
        # Without a waiver nobody accepted this gap: it is not green, and it is no failure either.
        return Outcome.INCONCLUSIVE
    if report.passed:
        return Outcome.PASSED
    if report.skipped:
        return Outcome.NOT_VERIFIED
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, CannotTell) or (report.when == "setup" and not isinstance(error, CheckFailed)):
        return Outcome.INCONCLUSIVE
    return Outcome.FAILED


def _expected(outcome: Outcome, error: BaseException) -> str:
    if outcome is Outcome.NOT_VERIFIED:
        return "to be configured" if isinstance(error, NotVerified) else "not to be skipped"
    return "to hold"
