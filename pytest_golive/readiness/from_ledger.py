"""The verdict again, from the ledger alone: of one run, or of the shards of one release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.ledger import FIRST, Charted, digest_of
from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.plan import Plan, PlannedCheck, PlannedRule
from pytest_golive.readiness.results import Result, Results
from pytest_golive.readiness.verdict import Incident, Verdict, decide, needs_of_waivers
from pytest_golive.vendors.rule import Rule

UNFINISHED = "the run did not finish"

SAME = ("environment", "suites", "project", "commit", "version", "hashes", "sandbox")
"""What has to be the same in the ledgers of one release's shards."""


class BrokenLedger(Exception):
    """A file is no ledger, or was changed after it was written; says where."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a ledger tells.

    Attributes:
        path: the file.
        begin: its first line: what was asked for.
        plan: what had to report.
        results: what reported.
        incidents: what concerns the run as a whole.
        belonging: tests of the team's own that belong to the suites, whether or not the run was asked for them.
        said: the verdict that the run came to; None where it did not finish.
        lines: how many lines there are.
        digest: hash of the last one.
        charts: figures of weeks, by endpoint.
    """

    path: Path
    begin: Mapping[str, Any]
    plan: Plan
    results: Mapping[str, Result]
    incidents: tuple[Incident, ...] = ()
    belonging: tuple[str, ...] = ()
    said: tuple[Word, tuple[str, ...]] | None = None
    lines: int = 0
    digest: str = FIRST
    charts: tuple[Charted, ...] = ()

    @property
    def scope(self) -> Literal["full", "partial"]:
        """How much was asked for."""
        return "partial" if self.begin["scope"] == "partial" else "full"


def verdict_of(told: Told) -> Verdict:
    """Return the verdict that follows from a ledger; one that ends early is never GO."""
    return decide(told.plan, told.results, _incidents(told), told.scope)


def joined(shards: Sequence[Told]) -> Verdict:
    """Return the verdict of all shards of a release together: every rule of the whole has to be decided in one of them.

    Raises:
        BrokenLedger: they are not of one release.
    """
    first = shards[0]
    for shard in shards[1:]:
        for key in SAME:
            mine, others = shard.begin.get(key), first.begin.get(key)
            if mine != others and isinstance(mine, dict) and isinstance(others, dict):
                names = ", ".join(name for name in {**others, **mine} if mine.get(name) != others.get(name))
                raise BrokenLedger(f"{shard.path} is of another release than {first.path}: {names} differs")
            if mine != others:
                raise BrokenLedger(
                    f"{shard.path} is of another release: its {key} is {mine}, and {first.path} {others}"
                )
    results = Results()
    for shard in shards:
        for result in shard.results.values():
            results.add(result)
    plan = _whole(shards)
    incidents = [
        replace(incident, text=f"{shard.path.name}: {incident.text}")
        for shard in shards
        for incident in _incidents(shard)
    ]
    incidents += _needless(plan, results.by_check)
    ran = {result.test for result in results.by_check.values()}
    never = [test for test in dict.fromkeys(test for shard in shards for test in shard.belonging) if test not in ran]
    if never:
        incidents.append(Incident(f"no shard ran {_some(never)}"))
    left_out = _left_out(shards, plan)
    if left_out:
        incidents.append(Incident(f"no shard was asked for {_some(left_out)}"))
    return decide(plan, results.by_check, incidents, "full")


def read_ledger(path: Path) -> Told:
    """Read a ledger, and follow its chain.

    Raises:
        BrokenLedger: it cannot be read, or was changed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BrokenLedger(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BrokenLedger(f"{path} is no ledger: it is not UTF-8 text") from None
    reading = _Reading(path)
    before = FIRST
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        reading.take(_fact(path, number, line, before))
        before = digest_of(line)
    return reading.told(before)


def _fact(path: Path, number: int, line: str, before: str) -> dict[str, Any]:
    try:
        fact = json.loads(line)
    except ValueError:
        fact = None
    if not isinstance(fact, dict) or "fact" not in fact:
        raise BrokenLedger(f"{path}:{number}: this is no line of a ledger")
    if number == 1 and fact["fact"] != "run_started":
        raise BrokenLedger(f"{path}:1: a ledger begins with run_started; lines before this one are missing")
    if fact.get("before") != before:
        raise BrokenLedger(f"{path}:{number}: the chain is broken: this line does not follow the one before it")
    return fact


@dataclass(slots=True)
class _Reading:
    """The state of reading one ledger."""

    path: Path
    begin: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, PlannedCheck] = field(default_factory=dict)
    rules: list[PlannedRule] = field(default_factory=list)
    noted: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    results: Results = field(default_factory=Results)
    incidents: list[Incident] = field(default_factory=list)
    belonging: list[str] = field(default_factory=list)
    charts: list[Charted] = field(default_factory=list)
    said: tuple[Word, tuple[str, ...]] | None = None
    lines: int = 0

    def take(self, fact: Mapping[str, Any]) -> None:
        self.lines += 1
        taker = getattr(self, f"_{fact['fact']}", None)
        if taker is not None:
            try:
                taker(fact)
            except (KeyError, TypeError, ValueError):
                raise BrokenLedger(f"{self.path}:{self.lines}: this line lacks what it has to tell") from None

    def told(self, digest: str) -> Told:
        plan = Plan(self.checks, tuple(self.rules))
        return Told(
            path=self.path,
            begin=self.begin,
            plan=plan,
            results=self.results.by_check,
            incidents=tuple(self.incidents),
            belonging=tuple(self.belonging),
            said=self.said,
            lines=self.lines,
            digest=digest,
            charts=tuple(self.charts),
        )

    def _run_started(self, fact: Mapping[str, Any]) -> None:
        self.begin = dict(fact)

    def _planned(self, fact: Mapping[str, Any]) -> None:
        name, _, case = fact["check"].partition("[")
        self.checks[fact["check"]] = PlannedCheck(
            check=name,
            case=case.removesuffix("]"),
            vendor=fact["vendor"] or "",
            environment=self.begin["environment"],
            rules=tuple(fact["rules"]),
            suites=tuple(map(Suite, self.begin["suites"])),
            severity=Severity(fact["severity"]),
            title=fact["title"],
        )

    def _rule_planned(self, fact: Mapping[str, Any]) -> None:
        # A ledger keeps of a rule what a verdict needs, and no more.
        kept: dict[str, Any] = {"id": fact["rule"], "title": fact["title"], "severity": Severity(fact["severity"])}
        rule = Rule.model_construct(**kept)
        self.rules.append(
            PlannedRule(
                rule,
                fact["vendor"],
                tuple(fact["checks"]),
                tuple(fact["undecided"]),
                fact["not_applicable"],
                fact["waived"],
                fact["pending"],
                fact["is_ahead"],
            )
        )

    def _belonging(self, fact: Mapping[str, Any]) -> None:
        self.belonging += fact["tests"]

    def _observed(self, fact: Mapping[str, Any]) -> None:
        self.noted.setdefault((fact["check"], fact["kind"]), []).append(fact["text"])

    def _decided(self, fact: Mapping[str, Any]) -> None:
        check, actual, requirement = fact["check"], fact["actual"], fact["requirement"]
        self.results.add(
            Result(
                check=check,
                test=fact["test"],
                outcome=Outcome(fact["outcome"]),
                severity=Severity(fact["severity"]),
                rules=tuple(fact["rules"]),
                title=fact["title"],
                vendor=fact["vendor"],
                seconds=float(fact["seconds"]),
                finding=Finding(requirement, "", actual) if requirement or actual else None,
                observations=tuple(self.noted.pop((check, "observed"), ())),
                warnings=tuple(self.noted.pop((check, "warned"), ())),
                notes=tuple(self.noted.pop((check, "noted"), ())),
                key=fact["key"],
            )
        )

    def _charted(self, fact: Mapping[str, Any]) -> None:
        self.charts.append(
            Charted(
                vendor=fact["vendor"],
                environment=fact["environment"],
                source=fact["source"],
                weeks=tuple(fact["weeks"]),
                until=fact["until"],
                error_share=float(fact["error_share"]),
                endpoints=tuple(fact["endpoints"]),
                more=int(fact["more"]),
                title=fact["title"],
            )
        )

    def _incident(self, fact: Mapping[str, Any]) -> None:
        word = Word.NO_GO if fact["word"] == Word.NO_GO else Word.INCONCLUSIVE
        self.incidents.append(Incident(fact["text"], word))  # type: ignore[arg-type]  # one of the two

    def _run_finished(self, fact: Mapping[str, Any]) -> None:
        self.said = Word(fact["verdict"]), tuple(fact["reasons"])


def _incidents(told: Told) -> tuple[Incident, ...]:
    return told.incidents if told.said is not None else (*told.incidents, Incident(UNFINISHED))


def _whole(shards: Sequence[Told]) -> Plan:
    """Return the plan of all shards: rules that two of them share are decided by the checks of both."""
    checks: dict[str, PlannedCheck] = {}
    rules: dict[tuple[str, str], PlannedRule] = {}
    for shard in shards:
        checks |= shard.plan.checks
        for rule in shard.plan.rules:
            key = (rule.rule.id, rule.vendor)
            known = rules.get(key, rule)
            rules[key] = replace(known, checks=tuple(dict.fromkeys([*known.checks, *rule.checks])))
    return Plan(checks, tuple(rules.values()))


def _needless(plan: Plan, results: Mapping[str, Result]) -> Iterator[Incident]:
    """Yield the waivers that no shard could tell about by itself, and that all of them show to be needless."""
    for planned, needed in needs_of_waivers(plan, results):
        if not needed and planned.id not in results:
            yield Incident(f"{planned.title}: {', '.join(planned.rules)} holds without it: take it out", Word.NO_GO)


def _left_out(shards: Sequence[Told], plan: Plan) -> list[str]:
    """Return the rules that every shard left out."""
    there = {rule.rule.id for rule in plan.rules}
    return [rule for rule in _in_order(shards) if rule not in there]


def _in_order(shards: Sequence[Told]) -> Iterator[str]:
    yield from dict.fromkeys(rule for shard in shards for rule in shard.begin.get("left_out", ()))


def _some(rules: Sequence[str]) -> str:
    more = f" and {len(rules) - 3} more" if len(rules) > 3 else ""
    return f"{', '.join(rules[:3])}{more}"
