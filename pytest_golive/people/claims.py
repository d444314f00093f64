"""What a person has to vouch for: the statement of a rule, and the terms of its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_golive.facts.outcome import Severity
from pytest_golive.vendors.library import general_rules, read_rules
from pytest_golive.vendors.rule import NotBy, Part, Rule

RENEW_DAYS = 90
"""How long a person's word holds where the rule does not say."""

DUE_DAYS = 7
"""Days after a deploy in which a word may still come, where the rule does not say."""

WATCHED = frozenset({"metric", "static"})
"""Kinds of parts that look at dashboards, alerts and metrics, where a rule needs monitoring."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody has to vouch for.

    Attributes:
        rule: id of the rule.
        vendor: whose rule it is.
        title: what has to hold.
        statement: what is vouched for, in the words of the pack.
        severity: how much a failure hurts.
        about: what the rule is about.
        renew_days: how long a word holds.
        not_by: who may not give it.
        of_the_release: whether it has to be newer than the last change, or to name its commit.
        names_commit: whether it has to name a commit.
        after_deploy: whether it has to be given after the deploy.
        due_days: days after the deploy in which it may still come.
    """

    rule: str
    vendor: str
    title: str
    statement: str
    severity: Severity
    about: str = "environment"
    renew_days: int = RENEW_DAYS
    not_by: NotBy | None = None
    of_the_release: bool = False
    names_commit: bool = False
    after_deploy: bool = False
    due_days: int = DUE_DAYS


def is_watched(rule: Rule, part: Part) -> bool:
    """Whether a part looks at what a person may vouch for instead, with `monitoring: {attested: true}`."""
    return "monitoring" in rule.needs.keys and (part.kind in WATCHED or part.watches is not None)


def _words(rule: Rule, part: Part) -> str:
    return rule.title if part.check is not None else str(getattr(part, part.kind))


def claim_of(vendor: str, rule: Rule) -> Claim | None:
    """Return what a person has to vouch for in a rule; None where no person's word decides it."""
    part = next((part for part in rule.decided_by if part.attestation is not None), None)
    watched = list(dict.fromkeys(_words(rule, part) for part in rule.decided_by if is_watched(rule, part)))
    if part is None and not watched:
        return None
    if part is None:
        # A week's trends are looked at every week; what stands in files is looked at like everything else.
        figures = (each.kind == "metric" or each.watches == "figures" for each in rule.decided_by)
        weekly = all(figures) and {str(suite) for suite in rule.suites} == {"weekly"}
        statement = f"We looked at dashboards and alerts: {'; '.join(watched)}"
        days = 7 if weekly else RENEW_DAYS
        return Claim(rule.id, vendor, rule.title, statement, rule.severity, rule.about, renew_days=days)
    return Claim(
        rule=rule.id,
        vendor=vendor,
        title=rule.title,
        statement=part.attestation or "",
        severity=rule.severity,
        about=rule.about,
        renew_days=part.renew_days or RENEW_DAYS,
        not_by=part.not_by,
        of_the_release=part.of_the_release,
        names_commit=part.names_commit,
        after_deploy=part.after_deploy,
        due_days=part.due_days or DUE_DAYS,
    )


def rules_of(vendor: str) -> Iterator[Rule]:
    """Yield the rules of a vendor, and those of every vendor."""
    yield from read_rules(vendor)
    yield from general_rules()


def claim_named(vendor: str, rule: str) -> Claim | None:
    """Return what a person has to vouch for in the rule of this id."""
    found = next((each for each in rules_of(vendor) if each.id == rule), None)
    return None if found is None else claim_of(vendor, found)
