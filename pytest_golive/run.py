"""A golive run: what was chosen, what is planned, and what every process of it needs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.cleaning import remove_all
from pytest_golive.exchange.journal import forget_removed
from pytest_golive.facts.exchange import Exchange
from pytest_golive.golive import Golive
from pytest_golive.options import Choice
from pytest_golive.people.register import Register
from pytest_golive.readiness.client_cases import CHECK as WITHSTANDS
from pytest_golive.readiness.plan import Plan, PlannedCheck
from pytest_golive.vendors.library import read_pack

BANNER = "SANDBOX REHEARSAL: says nothing about your integration"
"""What every output of a rehearsal carries."""


@dataclass(slots=True)
class Run:
    """One run, in one process: the controller's or a worker's.

    Attributes:
        id: eight hex digits, part of every name the run creates.
        project: name from golive.yaml.
        root: pytest's rootdir; the files of the run lie there.
        choice: what was asked for on the command line.
        golive: what tests get.
        plan: what has to report.
        redactor: knows every secret of the run.
        sandbox: whether this is a rehearsal.
        notes: what the reader has to know besides the verdict.
        known_ids: ids of all rules of the chosen vendors, planned or not.
        incidents: what happened in this process that concerns the run as a whole.
        mistakes: what the team has to put right in its tests before anything can run.
        outputs: by check, what its threads wrote while another check was running.
        stealing: whether xdist may take back tests that it has handed to this worker.
        register: what people vouch for and accept.
        hashes: what the verdict rests upon beside the answers, each with its SHA-256.
        belonging: tests of the team's own that belong to these suites, as far as this process collected them.
        left_out: rules that --golive-only left out of the plan.
        history: URL of the database that runs are kept in; None: a file beside the ledger.
        endings: called before anything is removed; each returns what it has to tell of the run as a whole.
    """

    id: str
    project: str
    root: Path
    choice: Choice
    golive: Golive
    plan: Plan
    redactor: Redactor
    sandbox: bool
    notes: tuple[str, ...] = ()
    known_ids: frozenset[str] = frozenset()
    incidents: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    outputs: list[tuple[str, list[str]]] = field(default_factory=list)
    stealing: bool = False
    register: Register = field(default_factory=Register)
    hashes: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    belonging: tuple[str, ...] = ()
    history: Secret | None = None
    endings: list[Callable[[], Sequence[str]]] = field(default_factory=list)

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """Fingerprint of every credential of the chosen environment, by vendor and name."""
        return {
            f"{vendor}.{name}": secret.fingerprint
            for vendor, target in self.golive.environment.targets.items()
            for name, secret in target.credentials.items()
        }

    def mask(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        """Mask known secrets in everything a reporter may show of a report.

        The traceback becomes plain text if, and only if, it held one; a skip's place and reason stay a tuple, which
        JUnit needs.
        """
        scrub = self.redactor.scrub
        if isinstance(report.longrepr, tuple):
            path, line, reason = report.longrepr
            report.longrepr = (path, line, scrub(reason))
        elif report.longrepr is not None:
            text = str(report.longrepr)
            # The summary line is not always part of the text: --tb=line, --tb=no.
            crash = getattr(getattr(report.longrepr, "reprcrash", None), "message", "")
            if scrub(text) != text or scrub(crash) != crash:
                report.longrepr = scrub(text)
        if isinstance(getattr(report, "wasxfail", None), str):
            report.wasxfail = scrub(report.wasxfail)  # type: ignore[union-attr]  # pytest's own, undeclared attribute
        report.sections = [(name, scrub(content)) for name, content in report.sections]
        if isinstance(report, pytest.TestReport):
            report.user_properties = [
                (scrub(str(name)), self.redactor.scrub_json(value)) for name, value in report.user_properties
            ]

    def late_output(self) -> list[tuple[str, str]]:
        """Return by check what its threads wrote while another check was running."""
        return [(check, self.redactor.scrub("".join(pieces))) for check, pieces in self.outputs if pieces]

    def rerun_line(self, rules: Sequence[str], test: str) -> str:
        """Return the command line that runs a check alone."""
        choice = self.choice
        suite = next(iter(sorted(choice.suites)), "prerelease") if len(choice.suites) == 1 else "prerelease"
        words = ["pytest", "-m", suite, choice.option, choice.environment]
        if choice.manifest is not None:
            words += ["--golive-manifest", str(choice.manifest)]
        words += ["--golive-only", min(rules, key=self._checks_of)] if rules else [test]
        return shlex.join(words)

    def _checks_of(self, rule: str) -> int:
        return sum(rule in planned.rules for planned in self.plan.checks.values())

    def curl_line(self, planned: PlannedCheck | None, exchanges: Sequence[Exchange]) -> str:
        """Return the last call as a command line, its key taken from a variable; none where a client made it.

        The stand-in that a client called is gone by then: `golive drive` makes it again.
        """
        if planned is not None and planned.check == WITHSTANDS:
            return ""
        about = planned.vendor if planned is not None else ""
        vendor = about or next(iter(self.golive.environment.targets), "")
        if not vendor:
            return ""
        pack = read_pack(vendor)
        variable = pack.credentials[pack.authentication.credential].variable
        return exchanges[-1].curl(pack.authentication.header, variable)

    def clean_up(self) -> None:
        """Remove what this process created, and close its connections."""
        for end in self.endings:
            self.incidents += end()
        environment = self.golive.environment
        left = self.golive.journal.left()
        if left:
            vendors = {name: self.golive.vendor(name) for name in environment.targets}
            self.incidents += [
                f"{line}; `golive sweep --env {environment.name}` tries again"
                for line in remove_all(left, vendors, self.golive.journal, at_once=self.choice.concurrency)
            ]
        forget_removed(journal_path(self.root))
        self.golive.close()


def budgets_path(root: Path) -> Path:
    """Return where the processes of a run share how fast a vendor may be asked."""
    return root / ".golive" / "budget"


def journal_path(root: Path) -> Path:
    """Return where the journal of creations lies."""
    return root / ".golive" / "journal.jsonl"
