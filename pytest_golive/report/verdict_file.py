"""``golive-verdict.json``: what other programs may rely on. Keys may be added, never renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.plan import Plan
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import DecidedRule, Verdict
from pytest_golive.report.sides import Side, next_steps, standings

UNFINISHED = "the run did not finish"
"""The reason a file gives from the start of a run until its end."""

Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", examples=["2026-11-21T09:00:00Z"])]


class Entry(BaseModel):
    """A part of the file; readers must tolerate keys they do not know."""

    model_config = ConfigDict(frozen=True)


class FindingEntry(Entry):
    """Why a check did not pass."""

    requirement: str = Field(description="what has to hold")
    expected: str = Field(description="what would have been right")
    actual: str = Field(description="what was seen instead")
    fix: str = Field(description="what to do about it")
    rerun: str = Field(description="command line that runs this check alone")
    curl: str = Field(default="", description="command line that sends the last call again, without its key")
    exchanges: tuple[str, ...] = Field(default=(), description="the calls that led here, one line each")
    key: str = Field(default="", description="the key of golive.yaml whose absence left this unverified")


class ResultEntry(Entry):
    """How one check ended."""

    check: str = Field(description="pytest node id")
    rules: tuple[str, ...] = Field(description="the rules it decides, or a share of them")
    faults: tuple[str, ...] = Field(description="the faults it provokes")
    vendor: str | None
    subject: str | None = Field(description="the client, handler or target it is about")
    operation: str | None = Field(description="the operation of the vendor's pack it is about")
    outcome: Outcome
    severity: Severity
    seconds: float = Field(description="set-up, call and tear-down together")
    finding: FindingEntry | None = None
    observations: tuple[str, ...] = Field(default=(), description="assumed facts of the pack that did not hold")
    warnings: tuple[str, ...] = Field(default=(), description="what holds, but close to the edge")
    notes: tuple[str, ...] = Field(default=(), description="what may be worth knowing; it changes no outcome")


class RuleEntry(Entry):
    """How one rule stands: the worst of its checks."""

    rule: str
    vendor: str | None
    outcome: Outcome
    severity: Severity
    decided_by: tuple[str, ...] = Field(description="node ids of the tests")
    title: str = ""
    why: str = Field(default="", description="what was seen, for everything but a pass")
    undecided: tuple[str, ...] = Field(default=(), description="shares of the rule this version cannot decide yet")


class SideEntry(Entry):
    """How far one side is: the team, the vendor, or people who have to vouch for something."""

    side: Side
    settled: int = Field(description="rules after which nobody has to do anything")
    total: int = Field(description="rules that apply")


class GapEntry(Entry):
    """A gap that people accept: a waiver, or a blocker that somebody declared not applicable."""

    kind: Literal["waiver", "not applicable"]
    name: str = Field(description="what it is about")
    rules: tuple[str, ...]
    vendor: str | None = Field(description="null: every vendor")
    reason: str
    owner: str = Field(description="who closes it, or who says so")
    approver: str = Field(default="", description="who accepts it; empty where nobody has to")
    until: str = Field(default="", description="its last day")
    place: str = Field(default="", description="file and line")
    counts: bool = Field(default=True, description="whether it counts towards the ceiling")
    problem: str = Field(default="", description="why it does not count; empty where it does")
    warning: str = Field(default="", description="what has to be seen to soon")


class WordEntry(Entry):
    """What a person vouched for, whether or not it counted."""

    rule: str
    vendor: str
    statement: str = Field(description="what was vouched for")
    by: str
    role: str
    at: str
    until: str = Field(default="", description="its last day")
    evidence: str
    state: Literal["holds", "missing", "wrong"] = Field(description="missing: there, and over or too old")
    told: str = Field(default="", description="what it is worth, in a sentence")


class ComparedEntry(Entry):
    """What became of rules since the last run of the same suites in the same environment."""

    at: str
    verdict: str
    commit: str | None
    new: tuple[str, ...] = Field(description="fail now, and did not then; vendor and id of each")
    fixed: tuple[str, ...] = Field(description="failed then, and hold now")
    still_failing: tuple[str, ...]
    newly_waived: tuple[str, ...]


class ChangedEntry(Entry):
    """What is different since the last GO of the same suites in the same environment."""

    at: str
    commit: str | None
    what: tuple[str, ...]


class VerdictFile(Entry):
    """The result of a run, as a release ticket or a pipeline reads it."""

    golive: Literal[1] = Field(default=1, description="version of this file's layout")
    verdict: Word
    scope: Literal["full", "partial"] = Field(description="partial: narrower than one whole suite, never GO")
    environment: str
    suites: tuple[Suite, ...]
    project: str
    started: Moment
    finished: Moment | None = Field(description="null: the run did not finish")
    commit: str | None = Field(description="git commit of the project, if it is a repository")
    reasons: tuple[str, ...] = Field(description="one line each, the deciding ones first")
    results: tuple[ResultEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    sides: tuple[SideEntry, ...] = Field(default=(), description="how far each side is that has rules")
    next: tuple[str, ...] = Field(default=(), description="what to do next, the most pressing first")
    run: str = ""
    version: str = Field(default="", description="version of pytest-golive")
    rehearsal: bool = Field(default=False, description="true: made in the sandbox, says nothing about an integration")
    notes: tuple[str, ...] = Field(default=(), description="what a reader has to know besides")
    without_check: tuple[str, ...] = Field(default=(), description="rules of the suite that a rehearsal does not try")
    accepted: tuple[GapEntry, ...] = Field(default=(), description="gaps that people accept; to be read first")
    attestations: tuple[WordEntry, ...] = Field(default=(), description="what people vouched for")
    hashes: dict[str, str] = Field(default_factory=dict, description="SHA-256 of what the run was made of")
    compared: ComparedEntry | None = Field(default=None, description="with the last run; null: none is remembered")
    since_go: ChangedEntry | None = Field(default=None, description="since the last GO; null: none is remembered")
    flaky: tuple[str, ...] = Field(default=(), description="tests that failed, were run again, and passed")


def result_entry(result: Result) -> ResultEntry:
    """Return a result as the file writes it."""
    return ResultEntry(
        check=result.test,
        rules=tuple(rule for rule in result.rules if not rule.startswith(("CL-", "WH-"))),
        faults=_faults(result),
        vendor=result.vendor,
        subject=result.subject,
        operation=result.operation,
        outcome=result.outcome,
        severity=result.severity,
        seconds=round(result.seconds, 3),
        finding=None if result.finding is None else _finding(result.finding, result.key),
        observations=result.observations,
        warnings=result.warnings,
        notes=result.notes,
    )


def _faults(result: Result) -> tuple[str, ...]:
    """Return the faults a check provokes, whether or not they were asked for as rules."""
    named = [rule for rule in result.rules if rule.startswith(("CL-", "WH-"))]
    return tuple(dict.fromkeys([*([result.fault] if result.fault else []), *named]))


def rule_entry(rule: DecidedRule) -> RuleEntry:
    """Return a rule as the file writes it."""
    return RuleEntry(
        rule=rule.rule,
        vendor=rule.vendor,
        outcome=rule.outcome,
        severity=rule.severity,
        decided_by=rule.decided_by,
        title=rule.title,
        why=rule.why,
        undecided=rule.in_part,
    )


def finished(
    unfinished: VerdictFile,
    verdict: Verdict,
    results: Mapping[str, Result],
    at: str,
    notes: Sequence[str] = (),
    plan: Plan | None = None,
) -> VerdictFile:
    """Return the file of a run that came to its end."""
    return unfinished.model_copy(
        update={
            "verdict": verdict.word,
            "finished": at,
            "reasons": verdict.reasons,
            "notes": tuple(dict.fromkeys((*unfinished.notes, *notes))),
            "results": tuple(map(result_entry, results.values())),
            "rules": tuple(map(rule_entry, verdict.rules)),
            "sides": tuple(
                SideEntry(side=each.side, settled=each.settled, total=each.total)
                for each in standings(plan or Plan(), verdict.rules)
            ),
            "next": next_steps(plan or Plan(), verdict.rules),
        }
    )


def counted(rules: Sequence[DecidedRule]) -> str:
    """Return how many rules ended how, worst first: "3 failed, 40 passed"."""
    counts = dict.fromkeys(Outcome, 0)
    for rule in rules:
        counts[rule.outcome] += 1
    told = [f"{count} {outcome.replace('_', ' ')}" for outcome, count in counts.items() if count]
    return ", ".join(told) or "none"


def beside(rules: Sequence[DecidedRule]) -> str:
    """Return what does not decide but is counted: failed or unverified rules of minor and info severity."""
    minor = [rule for rule in rules if not rule.severity.decides]
    failed = sum(rule.outcome is Outcome.FAILED for rule in minor)
    untold = sum(rule.outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_VERIFIED} for rule in minor)
    told = [f"{count} {what}" for count, what in ((failed, "failed"), (untold, "unverified")) if count]
    return f"minor and info, not deciding: {', '.join(told)}" if told else ""


def told_gap(gap: GapEntry) -> str:
    """Return a gap that people accept, in one line."""
    agreed = f"accepted by {gap.approver}" if gap.approver else f"so {gap.owner}"
    until = f" until {gap.until}" if gap.until else ""
    closing = f"; {gap.owner} closes it" if gap.kind == "waiver" else ""
    worth = f"; does not count: {gap.problem}" if gap.problem else f"; {gap.warning}" if gap.warning else ""
    return f"{gap.kind} {gap.name}: {gap.reason} ({agreed}{until}{closing}){worth}"


def told_past(file: VerdictFile) -> list[str]:
    """Return what changed since the last run and the last GO, and which tests are flaky, a line each."""
    lines = []
    if file.compared is not None:
        since = file.compared
        parts = (("new", since.new), ("fixed", since.fixed), ("still failing", since.still_failing))
        told = [f"{what}: {_some(rules)}" for what, rules in (*parts, ("newly waived", since.newly_waived)) if rules]
        lines.append(f"since the last run ({since.verdict}, {since.at}): {'; '.join(told) or 'no rule fails anew'}")
    if file.since_go is not None and file.since_go.what:
        lines.append(f"since the last GO ({file.since_go.at}): {'; '.join(file.since_go.what)}")
    if file.flaky:
        lines.append(f"run again, so not to be relied upon: {_some(file.flaky)}")
    return lines


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def _finding(finding: Finding, key: str) -> FindingEntry:
    return FindingEntry(
        requirement=finding.requirement,
        expected=finding.expected,
        actual=finding.actual,
        fix=finding.fix,
        rerun=finding.rerun,
        curl=finding.curl,
        exchanges=finding.exchanges,
        key=key,
    )
