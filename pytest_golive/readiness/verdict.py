"""The word, and one line per reason: a pure function of plan, results and incidents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome, Severity, Word, worst
from pytest_golive.readiness.people_cases import NEEDED
from pytest_golive.readiness.plan import NO_CHECK, Plan, PlannedCheck, PlannedRule
from pytest_golive.readiness.results import Result

SILENT = "did not report"
"""What is said of a planned check that left no result."""

UNTOLD = frozenset({Outcome.INCONCLUSIVE, Outcome.NOT_VERIFIED})

UNMET = UNTOLD | {Outcome.FAILED}
"""Outcomes that a waiver accepts, and that say nothing yet of what is due later."""


@dataclass(frozen=True, slots=True)
class DecidedRule:
    """How one rule stands.

    Attributes:
        rule: its id.
        title: what has to hold.
        vendor: for which vendor.
        outcome: the worst of its checks.
        severity: how much a failure hurts.
        decided_by: node ids of the tests that decided it.
        why: what was seen, for everything but a pass.
        key: the key of golive.yaml it waits for.
        in_part: parts nothing can decide yet, in words.
        waived: why it need not hold, and who accepts that, where that counted.
    """

    rule: str
    title: str
    vendor: str | None
    outcome: Outcome
    severity: Severity
    decided_by: tuple[str, ...] = ()
    why: str = ""
    key: str = ""
    in_part: tuple[str, ...] = ()
    waived: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that concerns the run as a whole.

    Attributes:
        text: what happened.
        word: the best verdict that is still possible.
    """

    text: str
    word: Literal[Word.NO_GO, Word.INCONCLUSIVE] = Word.INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run says.

    Attributes:
        word: GO, GO WITH WAIVERS, NO-GO or INCONCLUSIVE.
        reasons: why, one line each, the deciding ones first; empty for a plain GO.
        rules: how each rule stands.
        scope: full, or partial: something narrower than one whole suite, which never says GO.
    """

    word: Word
    reasons: tuple[str, ...]
    rules: tuple[DecidedRule, ...]
    scope: Literal["full", "partial"]


def decide(
    plan: Plan,
    results: Mapping[str, Result],
    incidents: Sequence[Incident] = (),
    scope: Literal["full", "partial"] = "full",
) -> Verdict:
    """Return the verdict.

    NO-GO: a blocker or major failed, or a gap is not accepted as it has to be. INCONCLUSIVE: else, one of them could
    not be told, was not verified or did not report. GO WITH WAIVERS: else, anything is waived. GO: else.
    """
    rules = (*(_decided(planned, results) for planned in plan.rules), *_of_the_users_own(plan, results))
    failed = [rule for rule in rules if rule.outcome is Outcome.FAILED and rule.severity.decides]
    untold = [rule for rule in rules if rule.outcome in UNTOLD and rule.severity.decides]
    if scope == "partial":
        # What was left out on purpose is no news; one line says how much it is.
        untold = [rule for rule in untold if rule.decided_by]
    gaps = [*_not_accepted(plan, results, scope)]
    worse = [incident for incident in (*incidents, *gaps) if incident.word is Word.NO_GO]
    reasons = [
        *(incident.text for incident in [*worse, *(i for i in (*incidents, *gaps) if i not in worse)]),
        *map(_line, sorted(failed, key=_by_severity)),
        *_grouped(sorted(untold, key=_by_severity)),
    ]
    if scope == "partial":
        left_out = sum(not rule.decided_by for rule in rules)
        reasons.append(f"a run of partial scope never says GO{f': {left_out} rules were left out' if left_out else ''}")
    if not any(rule.decided_by for rule in rules):
        reasons.append("nothing was decided")
    if failed or worse:
        word = Word.NO_GO
    elif reasons:
        word = Word.INCONCLUSIVE
    else:
        waived = [rule for rule in rules if rule.outcome is Outcome.WAIVED]
        word = Word.GO_WITH_WAIVERS if waived else Word.GO
        reasons += map(_line, waived)
    return Verdict(word, tuple(reasons), rules, scope)


def needs_of_waivers(plan: Plan, results: Mapping[str, Result]) -> Iterator[tuple[PlannedCheck, bool]]:
    """Yield for each waiver whether it was needed; not for those of which this run cannot tell."""
    for planned in plan.about_gaps():
        if planned.check != NEEDED:
            continue
        outcomes = [outcome for told in _meant(plan, results, planned) for outcome in told]
        if any(outcome in UNMET or outcome is Outcome.WAIVED for outcome in outcomes):
            yield planned, True
        elif outcomes and None not in outcomes and Outcome.PENDING not in outcomes:
            yield planned, False


def _meant(plan: Plan, results: Mapping[str, Result], waiver: PlannedCheck) -> Iterator[tuple[Outcome | None, ...]]:
    """Yield the outcomes of the rules that a waiver means, None for what did not report."""
    for rule in plan.rules:
        if rule.rule.id in waiver.rules and waiver.vendor in {"", rule.vendor}:
            yield tuple(results[check].outcome if check in results else None for check in rule.checks)
    for result in results.values():
        if result.check not in plan.checks and set(waiver.rules) & set(result.rules):
            yield (result.outcome,)


def _not_accepted(plan: Plan, results: Mapping[str, Result], scope: Literal["full", "partial"]) -> Iterator[Incident]:
    """Yield what is wrong with the gaps that people accept."""
    for planned in plan.about_gaps():
        result = results.get(planned.id)
        if result is None:
            if scope == "full" and planned.check != NEEDED:
                yield Incident(f"{planned.id} {SILENT}")
        elif result.outcome is Outcome.FAILED:
            actual = result.finding.actual if result.finding is not None else ""
            yield Incident(f"{planned.title}: {actual}", Word.NO_GO)
        elif result.outcome in UNTOLD:
            yield Incident(f"{planned.title}: {_why([result])}")


def _decided(planned: PlannedRule, results: Mapping[str, Result]) -> DecidedRule:
    reported = [results[check] for check in planned.checks if check in results]
    silent = [check for check in planned.checks if check not in results]
    outcomes = [result.outcome for result in reported] + [Outcome.INCONCLUSIVE] * bool(silent)
    seen = worst(outcomes) if outcomes else Outcome.INCONCLUSIVE
    deciding = [result for result in reported if result.outcome is seen]
    why = _why(deciding) if deciding else f"{', '.join(silent[:3]) or 'no check'} {SILENT}"
    outcome = seen if silent else _accepted(planned, seen)
    if outcome is Outcome.PENDING and planned.pending:
        why = planned.pending
    elif outcome is Outcome.WAIVED and planned.waived:
        why = f"{planned.waived}; {why}"
    return DecidedRule(
        rule=planned.rule.id,
        title=planned.rule.title,
        vendor=planned.vendor,
        outcome=Outcome.NOT_APPLICABLE if planned.not_applicable and not silent else outcome,
        severity=planned.rule.severity,
        decided_by=tuple(result.test for result in reported),
        why="" if outcome is Outcome.PASSED else why,
        key=next((result.key for result in deciding if result.key), ""),
        in_part=planned.undecided,
        waived=planned.waived if outcome is Outcome.WAIVED else "",
    )


def _accepted(planned: PlannedRule, seen: Outcome) -> Outcome:
    """Return how a rule stands that need not hold now: it is not due yet, or somebody accepted that it does not."""
    if seen not in UNMET:
        return seen
    if planned.pending and (planned.is_ahead or seen is not Outcome.FAILED):
        return Outcome.PENDING
    return Outcome.WAIVED if planned.waived else seen


def _said(finding: Finding, outcome: Outcome) -> str:
    """Say what was demanded and what was seen; where nothing was tried, the reason says it all."""
    if outcome in {Outcome.NOT_VERIFIED, Outcome.NOT_APPLICABLE, Outcome.PENDING}:
        return finding.actual
    return f"{finding.requirement}; seen: {finding.actual}"


def _why(deciding: Sequence[Result]) -> str:
    first = deciding[0]
    told = first.observations or first.warnings or first.notes
    said = _said(first.finding, first.outcome) if first.finding else "; ".join(told)
    more = f" (and {len(deciding) - 1} more)" if len(deciding) > 1 else ""
    return f"{said}{more}"


def _of_the_users_own(plan: Plan, results: Mapping[str, Result]) -> Iterable[DecidedRule]:
    """Tests of the team's own count like rules: by their `rule` marker's id, else by their name."""
    own = [result for result in results.values() if result.check not in plan.checks]
    by_rule: dict[str, list[Result]] = defaultdict(list)
    for result in own:
        for rule in result.rules or (result.check,):
            by_rule[rule].append(result)
    for rule, found in by_rule.items():
        outcome = worst([result.outcome for result in found])
        deciding = [result for result in found if result.outcome is outcome]
        yield DecidedRule(
            rule=rule,
            title=next((result.title for result in found if result.title), ""),
            vendor=found[0].vendor,
            outcome=outcome,
            severity=min((result.severity for result in found), key=list(Severity).index),
            decided_by=tuple(result.test for result in found),
            why="" if outcome is Outcome.PASSED else _why(deciding),
            key=deciding[0].key,
        )


def _by_severity(rule: DecidedRule) -> int:
    return list(Severity).index(rule.severity)


def _line(rule: DecidedRule) -> str:
    return f"{rule.rule} {rule.severity} {rule.outcome.replace('_', ' ')}: {rule.why or rule.title}"


def _grouped(rules: Sequence[DecidedRule]) -> list[str]:
    """One line per reason, and one line for all rules that wait for the same thing."""
    waiting: dict[str, list[DecidedRule]] = defaultdict(list)
    for rule in rules:
        waiting[_cause(rule)].append(rule)
    return [_line(group[0]) if len(group) == 1 else _waiting(cause, group) for cause, group in waiting.items()]


def _cause(rule: DecidedRule) -> str:
    """Return what a rule waits for; a rule that was tried stands for itself."""
    if rule.outcome is not Outcome.NOT_VERIFIED:
        return f"{rule.rule} {rule.vendor or ''}"
    if not rule.why.startswith(NO_CHECK):
        return f"waiting for {rule.key}" if rule.key else rule.why
    return f"{NO_CHECK} for them, a later one will need {rule.key}" if rule.key else f"{NO_CHECK} for them"


def _waiting(cause: str, group: Sequence[DecidedRule]) -> str:
    shown = ", ".join(rule.rule for rule in group[:3])
    more = f" and {len(group) - 3} more" if len(group) > 3 else ""
    worst_severity = min((rule.severity for rule in group), key=list(Severity).index)
    return f"{len(group)} rules not verified, up to {worst_severity} ({shown}{more}): {cause}"
