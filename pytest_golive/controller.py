"""The hooks of the process that writes: ledger, verdict, report. With xdist, the controller's."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from typing import Any, Literal

import pytest

from pytest_golive import recording
from pytest_golive.facts.ledger import Belonging, Incident, Ledger, Observed, Output, Record, RunFinished, Started, now
from pytest_golive.facts.outcome import Word
from pytest_golive.heading import heading
from pytest_golive.readiness import verdict as verdicts
from pytest_golive.readiness.results import Results
from pytest_golive.remembering import keep, note_rotation, remember, with_past
from pytest_golive.report import page
from pytest_golive.report.files import CannotWrite, RunFiles, commit, replace, stage
from pytest_golive.report.junit import tell_the_verdict
from pytest_golive.report.rows import Rows, evidence
from pytest_golive.report.terminal import write_verdict
from pytest_golive.report.verdict_file import VerdictFile, finished
from pytest_golive.reports import Reports
from pytest_golive.run import Run
from pytest_golive.taking import RERUN, check_of, crashed, facts_of, need_reports, result_of
from pytest_golive.workers import sent

NOTED_SECONDS = 1.0
"""Waiting that the run took less than this for is not worth a word."""

GREEN = frozenset({Word.GO, Word.GO_WITH_WAIVERS})

KEPT = frozenset({pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR})
"""Exit codes of pytest's own that a full run keeps, because they say more than 1."""


class Controller:
    """Takes in what every test reports, and says at the end what follows from it.

    Args:
        config: pytest's configuration.
        run: the run.
        ledger: where every fact goes first.
        files: what the run writes.
        file: the verdict file as it stands at the start: not finished.
    """

    def __init__(self, config: pytest.Config, run: Run, ledger: Ledger, files: RunFiles, file: VerdictFile) -> None:
        self._config = config
        self._run = run
        self._ledger = ledger
        self._files = files
        self._file = file
        self._results = Results()
        self._incidents: list[verdicts.Incident] = []
        self._own: set[str] = set()
        self._belonging: set[str] = set()
        self._mistakes: list[str] = []
        self._waited: Counter[str] = Counter()
        self._skipped: list[str] = []
        self._attempts: Counter[str] = Counter()
        self._shown = False
        self._verdict: verdicts.Verdict | None = None
        self._reports = Reports(config, run, files, page.unfinished_page(file))
        if self._reports.has_html:
            config.pluginmanager.register(Rows(self._block), "golive-rows")
        if config.pluginmanager.hasplugin("xdist"):
            config.pluginmanager.register(Nodes(self, run), "golive-nodes")

    def pytest_report_header(self) -> list[str]:
        """Say where this run goes and what it may do there; keys only as fingerprints."""
        return heading(self._run)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected may hold checks that nobody will miss; one that skips itself is told."""
        if report.failed:
            self.note(f"{report.nodeid or 'the session'} could not be collected")
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._skipped.append(f"{report.nodeid} skipped itself as a whole: {reason.removeprefix('Skipped: ')}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the team's own tests: from here on each of them has to report."""
        self.expect([item.nodeid for item in session.items])
        self._write_belonging(self._run.belonging)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write down that a test began."""
        self._write(Started(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of a test, or the news that its process died."""
        told = getattr(report, "golive", None)
        if told is not None:
            self._take(report, told)
        elif report.failed:
            self._take(report, crashed(report, self._run.plan))

    def pytest_internalerror(self, excrepr: Any) -> None:
        """Take note that pytest itself failed."""
        lines = str(excrepr).strip().splitlines()
        self.note(f"pytest failed: {lines[-1] if lines else 'internal error'}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take note that the run was ended early, by Ctrl-C or by pytest.exit."""
        ended = excinfo.errisinstance(pytest.exit.Exception)
        self.note(f"ended by pytest.exit: {excinfo.value}" if ended else "interrupted")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Decide before any report is written; the verdict file is put into place after all of them."""
        self._gather(session)
        self._decide()
        tell_the_verdict(self._config, self._file)
        staged = self._staged()
        session.exitstatus = self._exit_status(session.exitstatus)
        try:
            result = yield
            self._close(session, staged)
        except CannotWrite as error:
            self._fail_safe(session, str(error))
            return None
        except BaseException as error:
            self._fail_safe(session, f"a report could not be written: {type(error).__name__}: {error}")
            if isinstance(error, pytest.exit.Exception):
                error.returncode = int(session.exitstatus)  # pytest would end with whatever its author wished
            raise
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
        """Print the verdict last, where a reader looks first; not at all if another plugin's summary breaks."""
        result = yield
        if self._verdict is not None:
            self._shown = True
            write_verdict(terminalreporter, self._file, self._rules, self._reports.banner, self._files)
        return result

    def note(self, text: str, word: Literal[Word.NO_GO, Word.INCONCLUSIVE] = Word.INCONCLUSIVE) -> None:
        """Take note of something that concerns the run as a whole; it is never GO then."""
        incident = verdicts.Incident(self._run.redactor.scrub(text), word)
        if incident not in self._incidents:
            self._incidents.append(incident)
            self._write(Incident(incident.text, word))

    def expect(self, tests: list[str]) -> None:
        """Remember which of the collected tests are the team's own."""
        self._own |= {test for test in tests if check_of(test) not in self._run.plan.checks}

    def hear(self, told: Mapping[str, Any]) -> None:
        """Take in what a process says at its end, beside the reports of its tests."""
        for incident in told.get("incidents", ()):
            self.note(incident)
        self._waited.update(told.get("waited", {}))
        self._write_belonging(told.get("belonging", ()))
        for check, text in told.get("outputs", ()):
            self._write(Output(check, text))
        self._mistakes += [mistake for mistake in told.get("mistakes", ()) if mistake not in self._mistakes]
        self._hear_of_recordings(told.get("recordings") or {})

    def _write_belonging(self, tests: Iterable[str]) -> None:
        new = tuple(test for test in tests if test not in self._belonging)
        if new:
            self._belonging |= set(new)
            self._write(Belonging(new))

    def _hear_of_recordings(self, told: Mapping[str, Any]) -> None:
        for incident in told.get("incidents", ()):
            self.note(incident)
        for leak in told.get("leaks", ()):
            self.note(leak, Word.NO_GO)
        recordings = self._run.golive.recordings
        if recordings is not None:
            recordings.hear(told.get("played", {}))

    def _write(self, record: Record) -> None:
        """Write to the ledger. A full disk ends no run: it is told, and the run is not green."""
        try:
            self._ledger.write(record)
        except (OSError, ValueError) as error:  # ValueError: the file is closed
            broken = verdicts.Incident(f"the ledger cannot be written: {getattr(error, 'strerror', None) or error}")
            if broken not in self._incidents:
                self._incidents.append(broken)

    def _gather(self, session: pytest.Session) -> None:
        """Take in what concerns the run as a whole."""
        self._run.clean_up()
        self.hear({"incidents": self._run.incidents, "outputs": self._run.late_output()})
        self._hear_of_recordings(recording.told(self._run))
        for reason in recording.reasons(self._run):
            self.note(reason)
        self._skipped += [*recording.notes(self._run), *self._waits()]
        if session.shouldfail:
            self.note(f"stopped early: {session.shouldfail}")
        if self._mistakes or session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            self.note("ended by a usage error: nothing ran")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        self._judge_waivers(session)

    def _waits(self) -> list[str]:
        """Tell how long calls waited to keep to the budget, where it is worth a word."""
        self._waited.update(self._run.golive.budgets.waited())
        self._run.golive.budgets.remove()
        return [
            f"{vendor}: golive's calls waited {seconds:.1f} s in all, to keep to its budget or because it said 429"
            for vendor, seconds in self._waited.items()
            if seconds > NOTED_SECONDS
        ]

    @property
    def _rules(self) -> tuple[verdicts.DecidedRule, ...]:
        return self._verdict.rules if self._verdict is not None else ()

    def _block(self) -> str:
        return self._reports.block(self._file, self._rules)

    def _take(self, report: pytest.TestReport, told: Mapping[str, Any]) -> None:
        check = told["check"]
        if report.outcome in RERUN:
            self._attempts[check] += 1
            self._write(Observed(check, "noted", "it failed, and is run again"))
            return
        result = result_of(report, told, self._attempts[check])
        self._results.add(result)
        for fact in facts_of(result, told["phase"]):
            self._write(fact)
        for charted in self._reports.exhibits.add(told):
            self._write(charted)
        if told["exchanges"] and self._reports.has_html:
            report.extras = [*getattr(report, "extras", []), evidence(list(told["exchanges"]))]  # type: ignore[attr-defined]

    def _judge_waivers(self, session: pytest.Session) -> None:
        """Say of each waiver whether it was needed, as a test: it takes the results of all others to tell."""
        if self._run.choice.scope == "partial" or self._mistakes:
            return
        for planned, needed in [*verdicts.needs_of_waivers(self._run.plan, self._results.by_check)]:
            session.testscollected += 1  # the terminal reckons by it how far the run is
            for report in need_reports(planned, needed=needed):
                self._config.hook.pytest_runtest_logreport(report=report)

    def _decide(self) -> None:
        silent = sorted(self._own - {result.test for result in self._results.by_check.values()})
        for test in silent:
            self.note(f"{test} {verdicts.SILENT}")
        self._verdict = verdicts.decide(self._run.plan, self._results.by_check, self._incidents, self._run.choice.scope)
        results = self._results.by_check
        file = finished(self._file, self._verdict, results, now(), self._skipped, self._run.plan)
        flaky = tuple(
            result.test
            for check, result in results.items()
            if self._attempts[check] and result.outcome not in verdicts.UNMET
        )
        self._file = with_past(file.model_copy(update={"flaky": flaky}), self._verdict.rules, self._run)

    def _staged(self) -> Any:
        text = self._text()
        try:
            return stage(self._files.verdict, text)
        except CannotWrite as error:
            # The old file still says that the run did not finish.
            self.note(str(error))
            self._decide()
            return None

    def _text(self) -> str:
        return json.dumps(self._run.redactor.scrub_json(self._file.model_dump(mode="json")), indent=1) + "\n"

    def _exit_status(self, status: int) -> int:
        if self._run.choice.scope == "partial" or self._verdict is None:
            return status
        if self._verdict.word in GREEN:
            return pytest.ExitCode.OK
        return status if status in KEPT else pytest.ExitCode.TESTS_FAILED

    def _close(self, session: pytest.Session, staged: Any) -> None:
        """Put the verdict into place, unless a report that was just written holds a secret."""
        self._reports.complete_page(self._file, self._rules)
        leaks = self._reports.leaks()
        if leaks:
            before = self._block()
            for leak in leaks:
                self.note(leak, Word.NO_GO)
            self._decide()
            self._reports.rewrite_block(before, self._file, self._rules)
            self._reports.correct_junit(self._file)
            staged = self._staged()
        self._write_reports()
        if staged is not None:
            commit(staged, self._files.verdict)
        if session.exitstatus not in KEPT:  # what was cut short is nothing to compare with
            remember(self._file, self._rules, self._run)
            self._say(keep(self._file, self._run))
            self._say(note_rotation(self._file, self._run))
        self._finish(session, told_anew=bool(leaks))

    def _say(self, told: str) -> None:
        """Write a line that changes no verdict to the terminal."""
        out = self._config.pluginmanager.getplugin("terminalreporter")
        if told and out is not None:
            out.line(told, yellow=True)

    def _write_reports(self) -> None:
        """Write the verdict to the ledger, and then the reports that are made from it."""
        assert self._verdict is not None, "a run ends with a verdict"
        self._write(RunFinished(self._verdict.word, self._verdict.reasons))
        self._reports.write(self._file, self._rules, self._results.by_check, self._write)

    def _finish(self, session: pytest.Session, *, told_anew: bool) -> None:
        """Close the ledger, and say what the terminal has not said yet."""
        assert self._verdict is not None, "a run ends with a verdict"
        self._ledger.close()
        if self._verdict.word not in GREEN and session.exitstatus == pytest.ExitCode.OK:
            # Also where another plugin has called it a success meanwhile.
            session.exitstatus = self._exit_status(session.exitstatus)
        out = self._config.pluginmanager.getplugin("terminalreporter")
        if out is not None and (told_anew or not self._shown or self._mistakes):
            lines = [f"ERROR: {mistake}" for mistake in self._mistakes]
            lines += [incident.text for incident in self._incidents if told_anew or not self._shown]
            for line in (*lines, f"golive: {self._file.verdict}"):
                out.line(line, red=True, bold=True)

    def _fail_safe(self, session: pytest.Session, text: str) -> None:
        """Leave files that are not green behind, whatever else went wrong."""
        self.note(text)
        self._decide()
        session.exitstatus = self._exit_status(session.exitstatus)
        with contextlib.suppress(CannotWrite):  # those of the start are still there: the run did not finish
            replace(self._files.verdict, self._text())
            self._reports.write_page(self._file, self._rules)
            self._reports.correct_junit(self._file)
        try:
            self._write_reports()
        except Exception:  # whatever it was: it has been told, or it is the same once more
            with contextlib.suppress(CannotWrite):
                self._reports.write_plainly(self._file, self._rules)
        self._finish(session, told_anew=True)


class Nodes:
    """What only happens with xdist's workers."""

    def __init__(self, controller: Controller, run: Run) -> None:
        self._controller = controller
        self._run = run

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker what it needs."""
        stealing = node.config.getoption("dist", "no") == "worksteal"
        node.workerinput["golive"] = sent(self._run, stealing=stealing)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Remember which tests a worker found."""
        self._controller.expect(list(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take in what happened in a worker, or that it died."""
        if error:
            self._controller.note(f"worker {node.gateway.id} died: {error}")
        self._controller.hear(json.loads(getattr(node, "workeroutput", {}).get("golive", "{}")))
