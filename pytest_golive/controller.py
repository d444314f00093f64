"""The hooks of the process that writes: ledger, verdict, report. With xdist, the controller's."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Literal

import pytest

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.ledger import Decided, Incident, Ledger, Observed, RunFinished, Started, now
from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.readiness import verdict as verdicts
from pytest_golive.readiness.results import Result, Results
from pytest_golive.report import page
from pytest_golive.report.files import CannotWrite, RunFiles, commit, replace, stage
from pytest_golive.report.rows import Rows, evidence
from pytest_golive.report.terminal import write_verdict
from pytest_golive.report.verdict_file import VerdictFile, finished
from pytest_golive.run import BANNER, Run
from pytest_golive.workers import sent


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
        self._verdict: verdicts.Verdict | None = None
        self._has_html = config.pluginmanager.hasplugin("html")
        if self._has_html:
            config.pluginmanager.register(Rows(self._block), "golive-rows")
        if config.pluginmanager.hasplugin("xdist"):
            config.pluginmanager.register(Nodes(self, run), "golive-nodes")

    def pytest_report_header(self) -> list[str]:
        """Say where this run goes and what it may do there; keys only as fingerprints."""
        return header(self._run)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected may hold checks that nobody will miss."""
        if report.failed:
            self.note(f"{report.nodeid or 'the session'} could not be collected")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the team's own tests: from here on each of them has to report."""
        self.expect([item.nodeid for item in session.items])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write down that a test began."""
        self._ledger.write(Started(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of a test, or the news that its process died."""
        told = getattr(report, "golive", None)
        if told is not None:
            self._take(report, told)
        elif report.failed:
            self._take(report, self._crashed(report))

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
        self._run.clean_up()
        for incident in self._run.incidents:
            self.note(incident)
        if session.shouldfail:
            self.note(f"stopped early: {session.shouldfail}")
        self._decide()
        staged = self._staged()
        session.exitstatus = self._exit_status(session.exitstatus)
        try:
            result = yield
        except BaseException as error:
            self._fail_safe(f"a report could not be written: {type(error).__name__}: {error}")
            raise
        self._close(session, staged)
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the verdict last, where a reader looks first."""
        if self._verdict is not None:
            write_verdict(terminalreporter, self._file, self._verdict.rules, self._banner, self._files)

    def note(self, text: str, word: Literal[Word.NO_GO, Word.INCONCLUSIVE] = Word.INCONCLUSIVE) -> None:
        """Take note of something that concerns the run as a whole; it is never GO then."""
        incident = verdicts.Incident(self._run.redactor.scrub(text), word)
        if incident not in self._incidents:
            self._incidents.append(incident)
            self._ledger.write(Incident(incident.text))

    def expect(self, tests: list[str]) -> None:
        """Remember which of the collected tests are the team's own."""
        self._own |= {test for test in tests if _check_of(test) not in self._run.plan.checks}

    @property
    def _banner(self) -> str:
        return BANNER if self._run.sandbox else ""

    def _block(self) -> str:
        rules = self._verdict.rules if self._verdict is not None else ()
        return page.block(self._file, rules, self._banner)

    def _take(self, report: pytest.TestReport, told: Mapping[str, Any]) -> None:
        outcome = Outcome(told["outcome"])
        finding = told.get("finding")
        result = Result(
            check=told["check"],
            test=report.nodeid,
            outcome=outcome,
            severity=Severity(told["severity"]),
            rules=tuple(told["rules"]),
            vendor=told["vendor"],
            operation=told["operation"],
            seconds=report.duration,
            finding=None if finding is None else Finding(**{**finding, "exchanges": tuple(finding["exchanges"])}),
            observations=tuple(told["observations"]),
            warnings=tuple(told["warnings"]),
            key=told["key"],
        )
        self._results.add(result)
        for kind, texts in (("observed", result.observations), ("warned", result.warnings)):
            for text in texts:
                self._ledger.write(Observed(result.check, kind, text))  # type: ignore[arg-type]
        actual = result.finding.actual if result.finding is not None else ""
        self._ledger.write(
            Decided(result.check, report.nodeid, told["phase"], outcome, round(report.duration, 3), actual)
        )
        if told["exchanges"] and self._has_html:
            report.extras = [*getattr(report, "extras", []), evidence(list(told["exchanges"]))]  # type: ignore[attr-defined]

    def _crashed(self, report: pytest.TestReport) -> dict[str, Any]:
        """Describe a test whose process died: it has no words of its own."""
        check = _check_of(report.nodeid)
        planned = self._run.plan.checks.get(check)
        finding = Finding(
            requirement=planned.title if planned is not None else report.nodeid,
            expected="the test to come to its end",
            actual=str(report.longrepr).strip().splitlines()[-1] if report.longrepr else "the worker died",
        )
        return {
            "check": check if planned is not None else report.nodeid,
            "phase": "crash",
            "outcome": Outcome.FAILED,
            "severity": planned.severity if planned is not None else Severity.MAJOR,
            "rules": planned.rules if planned is not None else (),
            "vendor": planned.vendor if planned is not None else None,
            "operation": planned.operation if planned is not None else None,
            "finding": {name: getattr(finding, name) for name in finding.__slots__},
            "observations": (),
            "warnings": (),
            "exchanges": (),
            "key": "",
        }

    def _decide(self) -> None:
        silent = sorted(self._own - {result.test for result in self._results.by_check.values()})
        for test in silent:
            self.note(f"{test} {verdicts.SILENT}")
        self._verdict = verdicts.decide(self._run.plan, self._results.by_check, self._incidents, self._run.choice.scope)
        self._file = finished(self._file, self._verdict, self._results.by_check, now())
        self._ledger.write(RunFinished(self._verdict.word, self._verdict.reasons))

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
        if self._verdict.word in {Word.GO, Word.GO_WITH_WAIVERS}:
            return pytest.ExitCode.OK
        return status if status in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR} else 1

    def _close(self, session: pytest.Session, staged: Any) -> None:
        """Put the verdict into place, unless a report that was just written holds a secret."""
        if not self._has_html:
            rules = self._verdict.rules if self._verdict is not None else ()
            replace(self._files.html, page.plain_page(self._file, rules, self._banner))
        leaks = self._masked_files()
        if leaks:
            before = self._block()
            for leak in leaks:
                self.note(leak, Word.NO_GO)
            self._decide()
            self._rewrite_block(before)
            staged = self._staged()
            session.exitstatus = self._exit_status(session.exitstatus)
            self._print(leaks)
        if staged is not None:
            commit(staged, self._files.verdict)
        self._ledger.close()

    def _masked_files(self) -> list[str]:
        """Mask every known secret that still got into a report; say which file held it."""
        told = []
        xml = self._config.getoption("xmlpath", None)
        for path in filter(None, (self._files.html, xml)):
            told += self._mask_file(path)
        return told

    def _mask_file(self, path: Any) -> list[str]:
        place = Path(path)
        if not place.is_file():
            return []
        text = place.read_text(encoding="utf-8", errors="replace")
        held = self._run.redactor.holds(text)
        if not held:
            return []
        replace(place, self._run.redactor.scrub(text))
        return [f"{place.name} held the secret {', '.join(held)}: masked there, replace it wherever it was shown"]

    def _rewrite_block(self, before: str) -> None:
        html = self._files.html
        if html.is_file():
            text = html.read_text(encoding="utf-8", errors="replace")
            replace(html, text.replace(before, self._block()))

    def _print(self, lines: list[str]) -> None:
        out = self._config.pluginmanager.getplugin("terminalreporter")
        if out is not None:
            for line in (*lines, f"golive: {self._file.verdict}"):
                out.line(line, red=True, bold=True)

    def _fail_safe(self, text: str) -> None:
        """Leave a file that is not green behind, whatever else went wrong."""
        self.note(text)
        self._decide()
        try:
            replace(self._files.verdict, self._text())
            replace(
                self._files.html,
                page.plain_page(self._file, self._verdict.rules if self._verdict else (), ""),
            )
        except CannotWrite:
            pass  # the files of the start are still there, and they say that the run did not finish
        finally:
            self._ledger.close()


class Nodes:
    """What only happens with xdist's workers."""

    def __init__(self, controller: Controller, run: Run) -> None:
        self._controller = controller
        self._run = run

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker what it needs."""
        node.workerinput["golive"] = sent(self._run)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Remember which tests a worker found."""
        self._controller.expect(list(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take in what happened in a worker, or that it died."""
        if error:
            self._controller.note(f"worker {node.gateway.id} died: {error}")
        for incident in json.loads(getattr(node, "workeroutput", {}).get("golive", "[]")):
            self._controller.note(incident)


def header(run: Run) -> list[str]:
    """Return the lines of pytest's header."""
    environment = run.golive.environment
    kinds = "production" if environment.production else "not production"
    may = "only reads" if environment.production else "may write"
    allowed = f"; allowed: {', '.join(environment.allow)}" if environment.production and environment.allow else ""
    lines = [f"golive: environment {environment.name} ({kinds}: {may}{allowed}), {len(run.plan.checks)} checks planned"]
    if run.sandbox:
        lines.append(f"golive: {BANNER}")
    for vendor, target in environment.targets.items():
        keys = ", ".join(f"{name} {secret.fingerprint}" for name, secret in target.credentials.items())
        lines.append(f"golive: {vendor} at {target.base_url}, {keys or 'no keys'}")
    return lines


def _check_of(test: str) -> str:
    """Return the check that a node id of a shipped test stands for."""
    return test.rpartition("::")[2].removeprefix("test_")
