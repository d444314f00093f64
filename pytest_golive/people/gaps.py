"""Gaps that people accept: waivers, and blockers that somebody declared not applicable. Both under one ceiling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pytest_golive.facts.outcome import Severity
from pytest_golive.manifest.explain import listed
from pytest_golive.manifest.mistake import Mistake
from pytest_golive.manifest.model import Manifest, NotApplicable
from pytest_golive.people.authors import History, Unknown, same_person
from pytest_golive.people.days import ONE_DAY, begins, ends, is_a_day, last_day
from pytest_golive.people.files import Waivers
from pytest_golive.people.judging import WARN_DAYS, author_among
from pytest_golive.people.records import Waiver
from pytest_golive.people.rules_known import KnownRules, is_switched_off_by_hand, known_rules
from pytest_golive.people.said import is_said
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.rule import Rule

MOST_DAYS_LEFT_OUT = 365
"""How long a blocker may be declared not applicable before that is agreed anew."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap that is accepted, or was.

    Attributes:
        kind: how it is accepted.
        name: what it is about, as its test and reports name it: `TIM-20`, `timely webhooks`.
        place: file and line.
        rules: ids of the rules.
        vendor: for which vendor; None for every one.
        reason: why it can be borne, or why it does not apply.
        owner: who closes it, or who says so.
        approver: who accepts it; empty where nobody has to.
        until: its last day; empty where it has none.
        problem: why it does not count; empty where it does.
        warning: what has to be seen to soon.
        is_counted: whether it counts towards the ceiling.
        of_the_team: whether it is about a rule that the team's own tests decide.
        of_feature: whether it agrees to a feature being switched off, which is what makes the rules fall away.
    """

    kind: Literal["waiver", "not applicable"]
    name: str
    place: str
    rules: tuple[str, ...]
    vendor: str | None
    reason: str
    owner: str
    approver: str = ""
    until: str = ""
    problem: str = ""
    warning: str = ""
    is_counted: bool = True
    of_the_team: bool = False
    of_feature: bool = False

    @property
    def holds(self) -> bool:
        """Whether it counts."""
        return not self.problem

    @property
    def text(self) -> str:
        """Why, and who says so until when."""
        if self.kind == "waiver":
            return f"{self.reason} (accepted by {self.approver} until {self.until}; {self.owner} closes it)"
        if self.approver:
            return f"{self.reason} ({self.owner}, accepted by {self.approver} until {self.until})"
        return f"{self.reason} ({self.owner})"

    def is_about(self, rule: str, vendor: str | None) -> bool:
        """Whether it is about a rule of a vendor."""
        return rule in self.rules and self.vendor in {None, vendor}


@dataclass(frozen=True, slots=True)
class Judging:
    """What gaps are judged by: the environment, who wrote what, and the time."""

    environment: str
    history: History
    now: datetime

    def problem(self, approver: str, until: str) -> str:
        """Return why an acceptance does not count; empty where it does."""
        if until and ends(until) <= self.now:
            return f"it was accepted until {until}, and that is over"
        if not approver:
            return ""
        try:
            wrote = author_among(approver, self.history.of_the_change) is not None
        except Unknown:
            return ""  # and a warning
        return f"{approver} wrote a part of the change, so git; somebody else has to accept it" if wrote else ""

    def warning(self, approver: str, until: str) -> str:
        """Return that an acceptance ends soon, or that git cannot tell whether it may be given; else empty."""
        if until and ends(until) <= self.now:
            return ""
        told = []
        if until and ends(until) - self.now <= timedelta(days=WARN_DAYS) + ONE_DAY:
            told.append(f"it is accepted until {last_day(ends(until))} only: close it, or accept it anew")
        try:
            if approver:
                _ = self.history.of_the_change
        except Unknown as unknown:
            told.append(f"whether {approver} wrote a part of the change cannot be told: {unknown}")
        return "; ".join(told)


def waived(waivers: Waivers, known: KnownRules, judging: Judging) -> Iterator[Gap]:
    """Yield the gaps that are waived in the environment, those included whose time is over."""
    for record in waivers.records:
        if record.environment in {None, judging.environment}:
            yield _of_waiver(waivers, record, judging, of_the_team=record.rule not in known)


def _of_waiver(waivers: Waivers, record: Waiver, judging: Judging, *, of_the_team: bool) -> Gap:
    return Gap(
        kind="waiver",
        name=f"{record.vendor} {record.rule}" if record.vendor else record.rule,
        place=waivers.place(record),
        rules=(record.rule,),
        vendor=record.vendor,
        reason=record.reason,
        owner=record.owner,
        approver=record.approver,
        until=record.until,
        problem=judging.problem(record.approver, record.until),
        warning=judging.warning(record.approver, record.until),
        of_the_team=of_the_team,
    )


def left_out(manifest: Manifest, known: KnownRules, judging: Judging) -> Iterator[Gap]:
    """Yield what golive.yaml declares not applicable in the environment."""
    for number, given in enumerate(manifest.not_applicable):
        if given.environment not in {None, judging.environment}:
            continue
        rules = rules_of(given, known)
        yield Gap(
            kind="not applicable",
            name=name_of(given),
            place=str(manifest.mistake(("not_applicable", number), "")).removesuffix(": "),
            rules=tuple(rule.id for rule in rules),
            vendor=given.vendor,
            reason=given.reason,
            owner=given.by,
            approver=given.approver or "",
            until=given.until or "",
            problem=judging.problem(given.approver or "", given.until or ""),
            warning=judging.warning(given.approver or "", given.until or ""),
            is_counted=any(rule.severity is Severity.BLOCKER for rule in rules),
            of_feature=given.feature is not None,
        )


def declared(manifest: Manifest, environment: str) -> Mapping[str, str]:
    """Return why rules do not apply in an environment, as golive.yaml says it; nothing is judged."""
    known = known_rules()
    told: dict[str, str] = {}
    for given in manifest.not_applicable:
        if given.feature is None and given.environment in {None, environment}:
            for rule in rules_of(given, known):
                told[f"{given.vendor} {rule.id}" if given.vendor else rule.id] = f"{given.reason} ({given.by})"
    return told


def rules_of(given: NotApplicable, known: KnownRules) -> tuple[Rule, ...]:
    """Return the rules that an entry of `not_applicable` is about."""
    if given.rule is not None:
        return (known.by_id[given.rule],) if given.rule in known else ()
    if given.section is not None:
        return known.section(given.vendor or "", given.section)
    return known.about_feature(given.vendor or "", given.feature or "")


def name_of(given: NotApplicable) -> str:
    """Return what an entry of `not_applicable` is about, in words."""
    return " ".join(part for part in (given.vendor, given.rule or given.section or given.feature) if part)


def unapproved_features(manifest: Manifest, environment: str, gaps: tuple[Gap, ...]) -> Mapping[str, frozenset[str]]:
    """Return by vendor the features that golive.yaml switches off without anybody having agreed who may."""
    approved = {
        (each.vendor, each.feature)
        for each in manifest.not_applicable
        if each.feature is not None and any(gap.name == name_of(each) and gap.approver and gap.holds for gap in gaps)
    }
    return {
        vendor: frozenset(
            name
            for name in target.features
            if is_switched_off_by_hand(vendor, target.features, name) and (vendor, name) not in approved
        )
        for vendor, target in manifest.environments[environment].vendors.items()
    }


def mistakes_in(manifest: Manifest, known: KnownRules, now: datetime) -> Iterator[Mistake]:
    """Yield what is wrong in golive.yaml's `not_applicable`, with lines."""
    for number, given in enumerate(manifest.not_applicable):
        for key, told in _wrong(manifest, given, known, now):
            place: list[str | int] = ["not_applicable", number, *([key] if key else [])]
            path = f"not_applicable[{number}]{f'.{key}' if key else ''}"
            yield manifest.mistake(place, f"{path}: {told}")


def _wrong(manifest: Manifest, given: NotApplicable, known: KnownRules, now: datetime) -> Iterator[tuple[str, str]]:
    if given.rule is not None and given.rule not in known and not given.rule.startswith("CL-"):
        yield "rule", known.unknown(given.rule)
        return
    yield from _wrong_names(manifest, given, known)
    for key in ("reason", "by", "approver"):
        value = getattr(given, key)
        if value is not None and not is_said(value):
            yield key, "is not filled in"
    yield from _wrong_days(given, now)
    if given.approver is not None and same_person(given.by, given.approver):
        yield "approver", "is the one who says so; somebody else has to agree"
    blockers = [rule.id for rule in rules_of(given, known) if rule.severity is Severity.BLOCKER]
    missing = [key for key in ("approver", "until") if getattr(given, key) is None]
    if blockers and missing:
        what = f"{blockers[0]} is a blocker" if given.rule else f"{', '.join(blockers)} are among it and blockers"
        yield "", f"{what}: it needs {' and '.join(missing)}"


def _wrong_names(manifest: Manifest, given: NotApplicable, known: KnownRules) -> Iterator[tuple[str, str]]:
    if given.environment is not None and given.environment not in manifest.environments:
        told = listed(manifest.environments, given.environment, "there is")
        yield "environment", f"there is no environment {given.environment!r}{told}"
    if given.vendor is not None and given.vendor not in known.vendors:
        yield "vendor", f"unknown vendor {given.vendor!r}{listed(known.vendors, given.vendor, 'there are')}"
        return
    if given.rule is None and given.vendor is None:
        yield "", f"a {'section' if given.section else 'feature'} needs its vendor"
        return
    vendor = given.vendor or ""
    if given.section is not None and given.section not in known.sections(vendor):
        told = listed(known.sections(vendor), given.section, "there are")
        yield "section", f"{vendor} has no section {given.section!r}{told}"
    if given.feature is not None:
        yield from _wrong_feature(manifest, vendor, given.feature)


def _wrong_feature(manifest: Manifest, vendor: str, feature: str) -> Iterator[tuple[str, str]]:
    features = read_pack(vendor).features
    if feature not in features:
        yield "feature", f"{vendor} has no feature {feature!r}{listed(features, feature, 'there are')}"
        return
    targets = [each.vendors[vendor] for each in manifest.environments.values() if vendor in each.vendors]
    if all(target.features.get(feature, features[feature].default) for target in targets):
        yield "feature", f"{feature} is switched off in no environment: features: {{{feature}: false}} does that"


def _wrong_days(given: NotApplicable, now: datetime) -> Iterator[tuple[str, str]]:
    for key in ("at", "until"):
        value = getattr(given, key)
        if value is not None and not is_a_day(value):
            yield key, "is no day of the calendar, as 2026-11-21"
            return
    if given.at is not None and begins(given.at) > now + ONE_DAY:
        yield "at", "lies in the future"
    start = begins(given.at) if given.at is not None else now
    if given.until is not None and given.at is not None and ends(given.until) <= start:
        yield "until", "lies before the day on which it was said"
    elif given.until is not None and ends(given.until) > start + timedelta(days=MOST_DAYS_LEFT_OUT) + ONE_DAY:
        yield "until", f"is more than {MOST_DAYS_LEFT_OUT} days ahead; it is agreed anew after that"
