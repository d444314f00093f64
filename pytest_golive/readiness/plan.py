"""What has to report before a verdict may say GO: computed from packs and golive.yaml before anything runs.

Tests are made from the plan, never the plan from the tests: a check that was renamed, deselected or not collected
is missing from the results, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.people.claims import is_watched
from pytest_golive.readiness.answered import ANSWERED, with_what_is_missing
from pytest_golive.readiness.cases import COMPARING, MULTIPLIED, Case, cases
from pytest_golive.readiness.cases import Ground as CaseGround
from pytest_golive.readiness.client_cases import ClientCase
from pytest_golive.readiness.handler_cases import HandlerCase
from pytest_golive.readiness.lab_cases import LABS, Programs, Untried, is_provoked, why_not_tried
from pytest_golive.readiness.people_cases import People, about_gaps, is_not_approved, not_approved, with_gaps, word_of
from pytest_golive.readiness.planned import Plan, PlannedCheck, PlannedRule
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Part, Rule

__all__ = ["NO_CHECK", "UNDECIDED", "Ground", "Plan", "PlannedCheck", "PlannedRule", "landed", "make_plan"]


def landed(part: Part) -> bool:
    """Whether this version of golive can carry out a deciding part."""
    return part.kind in {"check", "attestation"} or is_provoked(part)


NO_CHECK = "this version has no check yet"
"""How the reason begins where a rule waits for a later version, not for the team."""

UNDECIDED = "rule_is_decided"
"""The check that stands for a rule nothing can decide yet."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan is made for.

    Attributes:
        environment: name of the chosen environment.
        production: whether it is marked so.
        releases_to: the environment it releases to, looked at by reading only.
        sandbox: a rehearsal: rules without a check are counted, not planned.
        suites: the suites that run.
        only: the rules asked for by id; empty for all.
        features: by vendor, which parts of its API are used.
        forbidden: by vendor, the operations that its key must not be allowed.
        handlers: the team's webhook handlers.
        clients: the team's API clients.
        allow: what a run may do in production beyond reading.
        not_applicable: rule id -> why and who says so, from golive.yaml.
        recorded: by vendor, the operations that recordings of this environment are kept of.
        monitored: what of the team's monitoring golive can ask itself: figures, alerts.
        people: what people vouch for and accept.
    """

    environment: str
    suites: frozenset[Suite]
    production: bool = False
    releases_to: str | None = None
    sandbox: bool = False
    only: frozenset[str] = frozenset()
    features: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handlers: tuple[HandlerCase, ...] = ()
    clients: tuple[ClientCase, ...] = ()
    allow: tuple[str, ...] = ()
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    monitored: frozenset[str] = frozenset()
    people: People = field(default_factory=People)

    @property
    def programs(self) -> Programs:
        """The team's programs that the labs try."""
        return Programs(self.handlers, self.clients, self.allow)


def make_plan(ground: Ground, books: Sequence[tuple[Pack, Sequence[Rule]]]) -> Plan:
    """Return the plan for these vendors' packs and rules."""
    checks: dict[str, PlannedCheck] = {}
    rules: list[PlannedRule] = []
    without: list[PlannedRule] = []
    for pack, book in books:
        for rule in book:
            if not _chosen(ground, rule):
                continue
            if ground.sandbox and rule.needs.recordings and not _recorded(ground, pack, rule):
                continue  # a rehearsal is about the checks there are
            if _is_of_no_program(ground, pack, rule):
                continue
            planned = _plan_rule(ground, pack, rule, checks)
            if not planned.checks and not rule.id.startswith(pack.rule_prefix):
                continue  # a general rule about something this vendor does not have
            undecidable = ground.sandbox and not planned.checks and not planned.not_applicable
            (without if undecidable else rules).append(planned)
    for check in [each for each in checks.values() if each.check == ANSWERED]:
        checks[check.id] = _answered(ground, check, books)
    for check in about_gaps(ground.people, rules, ground.suites, ground.environment):
        checks[check.id] = check
    return with_gaps(Plan(checks, tuple(rules), tuple(without)), ground.people)


def _answered(ground: Ground, check: PlannedCheck, books: Sequence[tuple[Pack, Sequence[Rule]]]) -> PlannedCheck:
    """Return the check whether all rules of its vendor are answered for, with what it has to say."""
    before = replace(ground, suites=frozenset({Suite.PRERELEASE}), only=frozenset())
    own: dict[str, PlannedCheck] = {}
    rules = [
        _plan_rule(before, pack, rule, own)
        for pack, book in books
        for rule in book
        if pack.vendor == check.vendor and rule.id.startswith(pack.rule_prefix) and _chosen(before, rule)
    ]
    whole = with_gaps(Plan(own, tuple(rules)), ground.people)
    return with_what_is_missing(check, ground.people, whole, stand_in=UNDECIDED, no_check=NO_CHECK)


def _is_of_no_program(ground: Ground, pack: Pack, rule: Rule) -> bool:
    """Whether a rule is about one lab's programs alone, and a rehearsal has none, or this vendor nothing for them."""
    kinds = {part.kind for part in rule.decided_by}
    if rule.id.startswith(pack.rule_prefix) or not kinds <= LABS or len(kinds) != 1:
        return False
    if kinds == {"handler"} and pack.webhooks is None:
        return True
    return ground.sandbox and not ground.programs.of(rule.decided_by[0], pack)


def _chosen(ground: Ground, rule: Rule) -> bool:
    if ground.only and rule.id not in ground.only:
        return False
    return bool(ground.suites & set(rule.suites))


def _plan_rule(ground: Ground, pack: Pack, rule: Rule, checks: dict[str, PlannedCheck]) -> PlannedRule:
    reason = _not_applicable(ground, pack, rule)
    mine: list[PlannedCheck] = []
    parts = [part for part in rule.decided_by if _counts(ground, pack, part)]
    undecided = tuple(
        _words(part) for part in parts if not _carried_out(ground, pack, part) and not _is_a_word(ground, rule, part)
    )
    if reason and is_not_approved(ground.people, pack.vendor, rule):
        mine.append(_stand_in(ground, pack, rule, not_approved(pack.vendor, rule), ["not_applicable"]))
        reason, undecided = "", ()
    elif reason:
        mine.append(_stand_in(ground, pack, rule, f"not applicable: {reason}"))
    else:
        mine.extend(_carried(ground, pack, rule, parts))
        if not mine and _lacks_an_environment(ground, parts):
            key = f"environments.{ground.environment}.releases_to"
            mine.append(_stand_in(ground, pack, rule, f"{key} is missing: no environment to compare with", [key]))
        if undecided and not ground.sandbox:
            mine.append(_stand_in(ground, pack, rule, _undecided_reason(undecided), rule.needs.keys))
    for planned in mine:
        checks[planned.id] = _merged(checks.get(planned.id), planned)
    return PlannedRule(rule, pack.vendor, tuple(planned.id for planned in mine), undecided, reason)


def _carried(ground: Ground, pack: Pack, rule: Rule, parts: Sequence[Part]) -> Iterator[PlannedCheck]:
    """Yield the checks that the parts of a rule are carried out by; one person's word serves all that need one."""
    spoken = False
    for part in parts:
        if part.kind == "check" and _carried_out(ground, pack, part) and not _is_a_word(ground, rule, part):
            yield from (each for each in _cases(ground, pack, rule, part) if _is_recorded(ground, rule, each))
        elif part.kind in LABS and _carried_out(ground, pack, part):
            yield from _lab_cases(ground, pack, rule, part)
        elif not spoken and _is_a_word(ground, rule, part):
            spoken = True
            yield word_of(ground.people, _stand_in(ground, pack, rule, ""), rule)


def _is_a_word(ground: Ground, rule: Rule, part: Part) -> bool:
    """Whether a person's word decides a part: by the pack, or since nobody can look at the team's monitoring."""
    if part.kind == "attestation":
        return True
    unseen = not landed(part) or (part.watches is not None and part.watches not in ground.monitored)
    return ground.people.watched and unseen and is_watched(rule, part)


def _not_applicable(ground: Ground, pack: Pack, rule: Rule) -> str:
    for key in (f"{pack.vendor} {rule.id}", rule.id):
        if key in ground.not_applicable:
            return ground.not_applicable[key]
    if ground.production and all(part.each in MULTIPLIED for part in rule.decided_by):
        return "bad and repeated data is never sent to production"
    if rule.needs.recordings and not _recorded(ground, pack, rule):
        return f"no recordings of {ground.environment} are kept that it could look at"
    feature = rule.needs.feature
    if feature is not None and not _used(ground, pack, feature):
        return f"the feature {feature} is switched off in golive.yaml"
    return why_not_tried(rule.decided_by)


def _recorded(ground: Ground, pack: Pack, rule: Rule) -> bool:
    """Whether there is a recording for a rule that is about recordings."""
    cases = (case for part in rule.decided_by if part.check for case in _cases(ground, pack, rule, part))
    return any(_is_recorded(ground, rule, case) for case in cases)


def _is_recorded(ground: Ground, rule: Rule, planned: PlannedCheck) -> bool:
    """Whether a case has a recording to look at; rules that are about something else need none."""
    operations = ground.recorded.get(planned.vendor, frozenset())
    there = bool(operations) if planned.operation is None else planned.operation in operations
    return there or not rule.needs.recordings


def _counts(ground: Ground, pack: Pack, part: Part) -> bool:
    """Whether a part has a say in these suites, with the features that are used."""
    timely = not part.suites or bool(ground.suites & set(part.suites))
    if part.handler is not None and (pack.webhooks is None or not _used(ground, pack, "webhooks")):
        return False  # nothing is delivered
    if part.feature is not None and part.feature not in pack.features:
        return False  # a part of a general rule about something this vendor does not have
    return timely and (part.feature is None or _used(ground, pack, part.feature))


def _carried_out(ground: Ground, pack: Pack, part: Part) -> bool:
    """Whether this run can carry out a deciding part; a rehearsal counts what it has no program for as undecided."""
    if ground.sandbox and not part.rehearsed:
        return False
    if part.kind in LABS and ground.sandbox and not ground.programs.of(part, pack):
        return False
    return landed(part)


def _used(ground: Ground, pack: Pack, feature: str) -> bool:
    return ground.features.get(pack.vendor, {}).get(feature, True)


def _lacks_an_environment(ground: Ground, parts: Sequence[Part]) -> bool:
    """Whether these parts compare with the environment that a release goes to, and golive.yaml names none."""
    return ground.releases_to is None and not ground.production and any(part.each in COMPARING for part in parts)


def _words(part: Part) -> str:
    return f"{part.kind} ({getattr(part, part.kind)})"


def _undecided_reason(undecided: Sequence[str]) -> str:
    return f"{NO_CHECK} for: {'; '.join(undecided)}"


def _stand_in(ground: Ground, pack: Pack, rule: Rule, reason: str, keys: Sequence[str] = ()) -> PlannedCheck:
    return PlannedCheck(
        check=UNDECIDED,
        case=rule.id if rule.id.startswith(pack.rule_prefix) else f"{pack.vendor}-{rule.id}",
        vendor=pack.vendor,
        environment=ground.environment,
        rules=(rule.id,),
        suites=rule.suites,
        severity=rule.severity,
        title=rule.title,
        fix=rule.fix,
        reason=reason,
        key=keys[0] if keys else "",
    )


def _cases(ground: Ground, pack: Pack, rule: Rule, part: Part) -> Iterator[PlannedCheck]:
    assert part.check is not None, "only parts that name a check have cases"
    whole = PlannedCheck(
        check=part.check,
        case=pack.vendor,
        vendor=pack.vendor,
        environment=ground.environment,
        rules=(rule.id,),
        suites=tuple(suite for suite in rule.suites if not part.suites or suite in part.suites),
        severity=rule.severity,
        allow=part.allow,
        alone=part.alone,
        effects=_most(op.effects for op in pack.operations.values() if part.allow and op.allowance == part.allow),
        title=rule.title,
        fix=rule.fix,
    )
    yield from _multiplied(ground, pack, part, whole)
    # What has to hold in production too is looked at from here, as far as reading goes.
    if ground.releases_to and rule.about in {"both", "production"} and part.allow is None:
        there = replace(whole, environment=ground.releases_to)
        for planned in _multiplied(replace(ground, production=True), pack, part, there):
            yield replace(planned, case=f"{planned.case}@{ground.releases_to}")


def _lab_cases(ground: Ground, pack: Pack, rule: Rule, part: Part) -> Iterator[PlannedCheck]:
    """Yield a fault for each program it may show in; where there is none, what stands for the rule instead."""
    whole = len(rule.decided_by) == 1
    for case in ground.programs.cases(part, pack, whole=whole):
        if isinstance(case, Untried):
            yield _stand_in(ground, pack, rule, case.reason, case.keys)
            continue
        yield PlannedCheck(
            check=case.check,
            case=case.name,
            vendor=pack.vendor,
            environment=ground.environment,
            rules=(rule.id,),
            suites=rule.suites,
            severity=rule.severity,
            operation=case.operation,
            subject=case.subject,
            fault=case.fault,
            title=rule.title,
            fix=rule.fix,
        )


def _multiplied(ground: Ground, pack: Pack, part: Part, whole: PlannedCheck) -> Iterator[PlannedCheck]:
    there = CaseGround(
        pack=pack,
        production=ground.production,
        used=lambda feature: _used(ground, pack, feature),
        forbidden=ground.forbidden.get(pack.vendor, ()),
        compared=ground.releases_to is not None and whole.environment == ground.environment,
    )
    for case in cases(part.each, there):
        if case == Case():
            yield whole
            continue
        yield replace(
            whole,
            case=f"{pack.vendor}-{case.name}",
            operation=case.operation,
            bad_input=case.bad_input,
            variant=case.variant,
            allow=part.allow or case.allow,
            effects=_most((whole.effects, case.effects)),
        )


def _merged(known: PlannedCheck | None, planned: PlannedCheck) -> PlannedCheck:
    """Join what several rules ask of one check."""
    if known is None:
        return planned
    return replace(
        known,
        rules=tuple(dict.fromkeys([*known.rules, *planned.rules])),
        suites=tuple(dict.fromkeys([*known.suites, *planned.suites])),
        severity=min(known.severity, planned.severity, key=list(Severity).index),
        effects=_most((known.effects, planned.effects)),
        alone=known.alone or planned.alone,
    )


def _most(effects: Iterable[Effects]) -> Effects:
    return max(effects, key=list(Effects).index, default=Effects.NONE)
