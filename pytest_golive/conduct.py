"""The hooks around single checks, in every process that runs some: made from the plan, recorded, told in words."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from dataclasses import asdict
from typing import Any, cast

import pytest

from pytest_golive import shipped
from pytest_golive.conducting.items import RECORD, is_empty, marks_of, planned_of
from pytest_golive.conducting.overlap import Overlap
from pytest_golive.conducting.phases import Phase, Phases
from pytest_golive.facts.current import owning_threads, recording
from pytest_golive.marks import check_effects, is_blocker, nearest, rules_of
from pytest_golive.output import guard_logs, mask_streams, routed
from pytest_golive.report.junit import tell_of_a_test
from pytest_golive.run import Run
from pytest_golive.telling import longrepr_of


class Conductor:
    """Runs the planned checks, and says of each phase what became of it."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._run = run
        self._phases = Phases(run)
        self._overlap = Overlap(config, run)
        run.endings.append(self._overlap.close)
        config.add_cleanup(mask_streams(config, run.redactor.scrub))

    @property
    def busy(self) -> Callable[[], list[tuple[str, float]]]:
        """Tells which checks run ahead, and for how many seconds."""
        return self._overlap.busy

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
                pytest.param(planned, id=planned.case, marks=marks_of(planned)) for planned in self._run.plan.of(check)
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
        items[:] = [item for item in items if not is_empty(item)]
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
            self._refuse_waived_blocker(item)
        only = self._run.choice.only
        named = {rule for item in items for rule in rules_of(item).ids if planned_of(item) is None}
        suites = [suite.value for suite in self._run.choice.suites]
        self._run.belonging = tuple(
            item.nodeid for item in items if planned_of(item) is None and any(map(item.get_closest_marker, suites))
        )
        if self._run.choice.scope == "full":
            self._run.golive.collected_rules = frozenset(named)
        named |= {rule for item in items for rule in rules_of(item).ids}
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

    def _refuse_waived_blocker(self, item: pytest.Item) -> None:
        """Refuse a waiver of a test of the team's own that says of itself that it is a blocker.

        Raises:
            pytest.UsageError: there is one.
        """
        if is_blocker(item) and planned_of(item) is None and self._phases.waived(item):
            path, line, _ = item.location
            rule = rules_of(item).ids[0]
            raise pytest.UsageError(f"{path}:{(line or 0) + 1}: {rule} is a blocker: it cannot be waived")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Make this test the current check for its whole duration."""
        with self._overlap.room_for(item), recording(self._overlap.record_of(item)) as record:
            item.stash[RECORD] = record
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

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Take what came of a test that ran ahead; any other is pytest's to call."""
        return self._overlap.take(pyfuncitem)

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
        self._overlap.time(item, call)
        report = yield
        phase = self._phases.of(item, call, report)
        if phase is not None:
            told = cast("dict[str, Any]", self._run.redactor.scrub_json(asdict(phase)))
            report.golive = told  # type: ignore[attr-defined]  # xdist carries it to the controller
            tell_of_a_test(item.user_properties, told)
            report.user_properties = list(item.user_properties)
            if phase.finding is not None and report.failed and call.excinfo is not None:
                report.longrepr = longrepr_of(item, call, phase.finding, self._phases.title(item, phase))
            self._phases.tell(item, phase, report)
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

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Let no further check begin, before anybody takes the time to describe the interruption."""
        self._overlap.stop()

    def pytest_sessionfinish(self) -> None:
        """Remove what this process created and did not remove."""
        self._run.clean_up()

    def _show_evidence(self, report: pytest.TestReport, phase: Phase) -> None:
        notes = [
            *(f"observed: {text}" for text in phase.observations),
            *(f"warned: {text}" for text in phase.warnings),
            *(f"noted: {text}" for text in phase.notes),
        ]
        if notes and report.when == "call":
            report.sections.append(("golive", "\n".join(notes)))
