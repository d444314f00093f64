"""What people say, as the plan needs it: a check for each word that is asked for, and for each gap that is accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.people.claims import DUE_DAYS, Claim, claim_of
from pytest_golive.people.deploy import Deploy
from pytest_golive.people.gaps import Gap
from pytest_golive.people.judging import Judged
from pytest_golive.people.records import CEILING
from pytest_golive.readiness.planned import Plan, PlannedCheck, PlannedRule
from pytest_golive.vendors.rule import Rule

VOUCHES = "person_vouches"
"""The check that a person's word is there and counts."""

IN_TIME = "accepted_gap_is_in_time"
"""The check of one gap that people accept."""

NEEDED = "accepted_gap_is_needed"
"""What says at the end of a run whether a waiver was needed; made of the results, not collected."""

FEW = "accepted_gaps_are_few"
"""The check that no more gaps are accepted than may be."""

OF_THE_TEAM = "of the team"
"""The variant of a check about a gap of the team's own tests: whether there are such tests is known once collected."""

MISSING_FILE = "attestations"
"""The key of golive.yaml that words are waited for by."""


@dataclass(frozen=True, slots=True)
class People:
    """What people said, as far as the plan needs to know it.

    Attributes:
        judged: vendor and rule -> what the word on it is worth.
        gaps: what is waived or declared not applicable.
        ceiling: how many gaps may be accepted.
        unapproved: by vendor, features that were switched off without anybody who agreed.
        attested: whether there is a file in which people vouch for things.
        watched: whether a person vouches for what monitoring shows.
        deploy: when the release was deployed; None where that plays no part.
        before: whether a release that nobody says is deployed is not deployed: before one, and not in what follows.
        now: the time.
    """

    judged: Mapping[tuple[str, str], Judged] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    ceiling: int = CEILING
    unapproved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attested: bool = False
    watched: bool = False
    deploy: Deploy | None = None
    before: bool = True
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    @property
    def waivers(self) -> tuple[Gap, ...]:
        """The waivers that count."""
        return tuple(gap for gap in self.gaps if gap.kind == "waiver" and gap.holds)

    @property
    def counted(self) -> tuple[Gap, ...]:
        """The gaps that count towards the ceiling."""
        return tuple(gap for gap in self.gaps if gap.is_counted and gap.holds)


def word_of(people: People, stand_in: PlannedCheck, rule: Rule) -> PlannedCheck:
    """Return the check of the word that a rule asks for."""
    claim = claim_of(stand_in.vendor, rule)
    assert claim is not None, "only rules that a person's word decides"
    judged = people.judged.get((stand_in.vendor, rule.id), Judged("missing", "nobody has vouched for it"))
    overdue = _overdue(people, claim, rule) if judged.state == "missing" else ""
    told = f"{overdue}: {judged.text}" if overdue else judged.text
    missing = judged.state == "missing" and not overdue
    return replace(
        stand_in,
        check=VOUCHES,
        statement=claim.statement,
        reason=told if judged.state != "wrong" and not overdue else "",
        key=MISSING_FILE if missing else "",
        problem="" if judged.state == "holds" or missing else told,
        warning=judged.warning,
    )


def _overdue(people: People, claim: Claim, rule: Rule) -> str:
    """Return that something had to follow the deploy and did not; empty where it is not so."""
    deploy = people.deploy
    if rule.stage == "before" or deploy is None or deploy.at is None:
        return ""
    late = not deploy.pending(claim.due_days, people.now, before=True)
    return f"overdue: due within {claim.due_days} days after the deploy of {deploy.at:%Y-%m-%d}" if late else ""


def is_not_approved(people: People, vendor: str, rule: Rule) -> bool:
    """Whether a blocker falls away with a feature that nobody agreed to switch off."""
    switched_off = rule.needs.feature in people.unapproved.get(vendor, frozenset())
    return switched_off and rule.severity is Severity.BLOCKER


def not_approved(vendor: str, rule: Rule) -> str:
    """Return what is said of such a rule."""
    feature = rule.needs.feature
    return (
        f"the feature {feature} is switched off, and with it a blocker: not_applicable needs an entry "
        f"{{feature: {feature}, vendor: {vendor}, reason: …, by: …, approver: …, until: …}}"
    )


def about_gaps(
    people: People, rules: Sequence[PlannedRule], suites: Collection[Suite], environment: str
) -> Iterator[PlannedCheck]:
    """Yield the checks of the gaps that this run meets: of its own rules, and of those of the team's own tests."""
    planned = {(rule.rule.id, rule.vendor) for rule in rules}
    for gap in people.gaps:
        met = [rule for rule, vendor in planned if gap.is_about(rule, vendor)]
        if not met and not gap.of_the_team:
            continue
        if gap.kind == "waiver" or gap.is_counted or gap.until:
            yield _check_of(gap, IN_TIME, suites, environment, f"{gap.kind} {gap.name}")
        if gap.kind == "waiver" and gap.holds:
            yield _check_of(gap, NEEDED, suites, environment, f"waiver {gap.name}")
    if people.counted:
        yield _few(people, suites, environment)


def _check_of(gap: Gap, check: str, suites: Collection[Suite], environment: str, title: str) -> PlannedCheck:
    return PlannedCheck(
        check=check,
        case=gap.name.replace(" ", "-"),
        vendor=gap.vendor or "",
        environment=environment,
        rules=gap.rules,
        suites=tuple(sorted(suites)),
        severity=Severity.MAJOR,
        title=title,
        statement=gap.text,
        problem=f"{gap.place}: {gap.problem}" if gap.problem and check == IN_TIME else "",
        warning=f"{gap.place}: {gap.name}: {gap.warning}" if gap.warning and check == IN_TIME else "",
        fix=f"see {gap.place}",
        variant=OF_THE_TEAM if gap.of_the_team else None,
    )


def _few(people: People, suites: Collection[Suite], environment: str) -> PlannedCheck:
    counted = people.counted
    named = ", ".join(gap.name for gap in counted)
    over = len(counted) > people.ceiling
    return PlannedCheck(
        check=FEW,
        case="ceiling",
        vendor="",
        environment=environment,
        rules=(),
        suites=tuple(sorted(suites)),
        severity=Severity.MAJOR,
        title="accepted gaps",
        statement=f"at most {people.ceiling} gaps are accepted",
        problem=f"{len(counted)} are accepted, and {people.ceiling} may be: {named}" if over else "",
        fix="close gaps; or raise `ceiling` in the file of waivers, which a reviewer sees",
    )


def with_gaps(plan: Plan, people: People) -> Plan:
    """Return the plan with what is waived and what is not due yet."""
    ahead = people.deploy is not None and people.deploy.is_ahead
    rules = tuple(
        replace(each, waived=_waived(people, each), pending=_pending(people, each), is_ahead=ahead)
        for each in plan.rules
    )
    told: dict[str, list[PlannedRule]] = {}
    for planned in rules:
        for check in planned.checks:
            told.setdefault(check, []).append(planned)
    checks = {
        name: replace(
            check,
            waived=_joined([rule.waived for rule in told.get(name, ())]),
            pending=_joined([rule.pending for rule in told.get(name, ())]),
            is_ahead=ahead,
        )
        for name, check in plan.checks.items()
    }
    own = {rule: gap.text for gap in people.waivers if gap.vendor is None for rule in gap.rules}
    return replace(plan, checks=checks, rules=rules, waived=own)


def _joined(texts: Sequence[str]) -> str:
    """Return what is said of all of a check's rules; empty where one of them is to be decided all the same."""
    return "; ".join(dict.fromkeys(texts)) if all(texts) else ""


def _waived(people: People, planned: PlannedRule) -> str:
    found = (gap.text for gap in people.waivers if gap.is_about(planned.rule.id, planned.vendor))
    return "" if planned.not_applicable else next(found, "")


def _pending(people: People, planned: PlannedRule) -> str:
    if planned.rule.stage == "before" or people.deploy is None or planned.not_applicable:
        return ""
    claim = claim_of(planned.vendor, planned.rule)
    return people.deploy.pending(claim.due_days if claim else DUE_DAYS, people.now, before=people.before)
