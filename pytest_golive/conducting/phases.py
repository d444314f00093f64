"""What one phase of a test says, in words a reader of the report understands."""

from __future__ import annotations

import inspect
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from pytest_golive.conducting.items import RECORD, check_of, planned_of
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotApplicable, NotVerified, NotYet
from pytest_golive.facts.outcome import Outcome
from pytest_golive.marks import rules_of
from pytest_golive.readiness.people_cases import VOUCHES
from pytest_golive.readiness.plan import UNDECIDED
from pytest_golive.run import Run

UNMET = frozenset({Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_VERIFIED})
"""Outcomes that a waiver accepts, and that say nothing yet of what is due later."""

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
    subject: str | None = None
    fault: str | None = None
    finding: dict[str, Any] | None = None
    observations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    timings: tuple[tuple[str, float], ...] = ()
    timeline: tuple[dict[str, float | str], ...] = ()
    leaks: tuple[dict[str, Any], ...] = ()
    charts: tuple[dict[str, Any], ...] = ()
    key: str = ""


class Phases:
    """Makes phases of what pytest reports.

    Args:
        run: the run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def of(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Phase | None:
        """Return what a phase says; None where it passed and nothing was demanded in it."""
        outcome = _outcome(call, report)
        if outcome is Outcome.PASSED and report.when != "call":
            return None
        record, rules = item.stash[RECORD], rules_of(item)
        planned = planned_of(item)
        if outcome is Outcome.PASSED and record.observations:
            outcome = Outcome.OBSERVED
        elif outcome is Outcome.PASSED and record.warnings:
            outcome = Outcome.WARNED
        elif outcome is Outcome.PASSED and planned is not None and planned.check == VOUCHES:
            outcome = Outcome.ATTESTED
        elif outcome in UNMET and call.excinfo is not None and report.when != "teardown":
            outcome = self._accepted(item, outcome)
        if planned is not None and planned.check == UNDECIDED and planned.reason.startswith("not applicable"):
            outcome = Outcome.NOT_APPLICABLE
        if call.excinfo is not None and isinstance(call.excinfo.value, NotApplicable):
            outcome = Outcome.NOT_APPLICABLE
        if call.excinfo is not None and isinstance(call.excinfo.value, NotYet):
            outcome = Outcome.PENDING
        return Phase(
            check=check_of(item),
            phase=report.when or "call",
            outcome=outcome.value,
            severity=rules.severity.value,
            rules=list(rules.ids),
            title=rules.title,
            vendor=(planned.vendor or None) if planned is not None else None,
            operation=planned.operation if planned is not None else None,
            subject=planned.subject if planned is not None else None,
            fault=planned.fault if planned is not None else None,
            finding=self._finding(item, call, report, outcome),
            observations=tuple(record.observations),
            warnings=tuple(record.warnings),
            notes=tuple(record.notes),
            exchanges=tuple(exchange.as_json() for exchange in record.exchanges)
            if outcome is not Outcome.PASSED
            else (),
            timings=tuple(
                (exchange.operation, round(exchange.seconds, 4))
                for exchange in record.exchanges
                if exchange.operation and not exchange.lab and report.when == "call"
            ),
            timeline=tuple(record.timeline) if outcome is not Outcome.PASSED else (),
            leaks=tuple(record.leaks) if report.when == "call" else (),
            charts=tuple(record.charts) if report.when == "call" else (),
            key=_key(call),
        )

    def waived(self, item: pytest.Item) -> str:
        """Return why a test may fail, and who accepts that; empty where one of its rules has to hold."""
        planned = planned_of(item)
        if planned is not None:
            return planned.waived
        waivers = self._run.plan.waived
        texts = [waivers.get(rule, "") for rule in rules_of(item).ids]
        return "; ".join(dict.fromkeys(texts)) if all(texts) else ""

    def _accepted(self, item: pytest.Item, outcome: Outcome) -> Outcome:
        planned = planned_of(item)
        if planned is not None and planned.pending and (planned.is_ahead or outcome is not Outcome.FAILED):
            return Outcome.PENDING
        return Outcome.WAIVED if self.waived(item) else outcome

    def tell(self, item: pytest.Item, phase: Phase, report: pytest.TestReport) -> None:
        """Show a gap that is accepted as a test that was expected to fail, and what is due later as a skipped one."""
        planned = planned_of(item)
        if phase.outcome == Outcome.WAIVED:
            report.outcome = "skipped"
            report.wasxfail = f"waived: {self.waived(item)}"
        elif phase.outcome == Outcome.PENDING and planned is not None and planned.pending:
            path, line, _ = item.location
            report.outcome = "skipped"
            report.longrepr = (path, (line or 0) + 1, f"Skipped: pending: {planned.pending}")

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
                actual=self._run.redactor.scrub(_said(error)),
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

    def title(self, item: pytest.Item, phase: Phase) -> str:
        """Return the line above a finding."""
        planned = planned_of(item)
        where = [place for place in (planned.vendor, planned.environment) if place] if planned is not None else []
        told = "INCONCLUSIVE" if phase.outcome == Outcome.INCONCLUSIVE else "FAILED"
        named = ", ".join(phase.rules) or item.name
        return " · ".join(
            [f"{told} {named} ({phase.severity})", *where, *(one for one in (phase.subject, phase.operation) if one)]
        )


def _key(call: pytest.CallInfo[None]) -> str:
    """Return the key of golive.yaml a test waits for; exceptions of others have keys of other kinds."""
    error = call.excinfo.value if call.excinfo is not None else None
    return error.key if isinstance(error, NotVerified) else ""


def _said(error: BaseException) -> str:
    return error.reason if isinstance(error, NotYet) else str(error) or type(error).__name__


def _advice(item: pytest.Item) -> str:
    """Return what a check's docstring says to do "If this fails:"."""
    told = inspect.getdoc(getattr(item, "function", None)) or ""
    _, _, advice = told.partition("If this fails:")
    return " ".join(advice.split())


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
    if isinstance(error, NotYet):
        return "to be looked at later"
    if outcome is Outcome.NOT_VERIFIED:
        return "to be configured" if isinstance(error, NotVerified) else "not to be skipped"
    return "to hold"
