"""The words of a plan: the check that has to report, and the rule that has to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.vendors.rule import Rule


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """One check that has to report.

    Attributes:
        check: name of the test function, without ``test_``.
        case: what tells it from other cases of the same function; part of the test's id.
        vendor: the vendor it is about.
        environment: where its calls go: the chosen environment, or the one it releases to.
        operation: the operation it is about, if any.
        bad_input: id of the bad input it sends, if any.
        variant: what else tells it from others: the name of an expansion, a contradiction, a unique value.
        subject: the handler or client it is about, if any.
        fault: the fault it provokes, if any.
        alone: what nothing else of this vendor may use while it runs.
        rules: the rules it decides, or a share of them.
        suites: when it runs.
        severity: the worst of its rules'.
        allow: the allowance it needs in production.
        effects: the most that its calls leave behind at the vendor.
        title: what has to hold, in the words of its first rule.
        fix: what to do when it fails, in the words of its first rule.
        reason: why it cannot be decided, as the skipped test says it.
        key: the key of golive.yaml it waits for then.
        statement: what a person vouches for.
        problem: why a person's word, or a gap that people accept, does not count.
        warning: what of it has to be seen to soon.
        waived: why it may fail and who accepts that, where all of its rules are waived.
        pending: why it is not due yet, where none of its rules is.
        is_ahead: whether a failure is no news either, since the release is not deployed yet.
    """

    check: str
    case: str
    vendor: str
    environment: str
    rules: tuple[str, ...]
    suites: tuple[Suite, ...]
    severity: Severity
    operation: str | None = None
    bad_input: str | None = None
    variant: str | None = None
    subject: str | None = None
    fault: str | None = None
    alone: str | None = None
    allow: str | None = None
    effects: Effects = Effects.NONE
    title: str = ""
    fix: str = ""
    reason: str = ""
    key: str = ""
    statement: str = ""
    problem: str = ""
    warning: str = ""
    waived: str = ""
    pending: str = ""
    is_ahead: bool = False

    @property
    def id(self) -> str:
        """Name of the check with its case, as it ends a test's node id."""
        return f"{self.check}[{self.case}]"


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """One rule that has to be decided.

    Attributes:
        rule: what has to hold.
        vendor: for which vendor.
        checks: ids of the checks that decide it.
        undecided: parts that this version cannot carry out, in words.
        not_applicable: why it does not apply; empty where it does.
        waived: why it need not hold for now, and who accepts that; empty where nobody does.
        pending: why it is not due yet; empty where it is.
        is_ahead: whether a failure is no news either, since the release is not deployed yet.
    """

    rule: Rule
    vendor: str
    checks: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    not_applicable: str = ""
    waived: str = ""
    pending: str = ""
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that has to report.

    Attributes:
        checks: by id.
        rules: in the order of the packs.
        without_check: rules left out because nothing can decide them yet; only in the sandbox.
        waived: id of a waived rule -> why, and who accepts that; for the team's own tests of it.
    """

    checks: Mapping[str, PlannedCheck] = field(default_factory=dict)
    rules: tuple[PlannedRule, ...] = ()
    without_check: tuple[PlannedRule, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)

    def of(self, check: str) -> tuple[PlannedCheck, ...]:
        """Return the cases of one test function, in order."""
        return tuple(planned for planned in self.checks.values() if planned.check == check)

    def about_gaps(self) -> tuple[PlannedCheck, ...]:
        """Return the checks that decide no rule, but whether gaps are accepted as they have to be."""
        of_rules = {check for planned in self.rules for check in planned.checks}
        return tuple(planned for name, planned in self.checks.items() if name not in of_rules)
