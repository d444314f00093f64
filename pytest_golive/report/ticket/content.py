"""What stands on the ticket, in the order it is read: as values, before any of it is markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import escape

from pytest_golive.facts.outcome import Outcome, Severity
from pytest_golive.readiness.plan import Plan, PlannedRule
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.sides import Standing, next_steps, standings
from pytest_golive.report.ticket.exhibits import Exhibit, Exhibits, Latency, Scale, latencies
from pytest_golive.report.ticket.seal import Seal
from pytest_golive.report.ticket.weeks import Weeks, weeks_of
from pytest_golive.report.verdict_file import VerdictFile

LOUD = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.WARNED, Outcome.OBSERVED)
"""Outcomes that have a finding, in the order they are shown; what waits for a key is told by key."""

WHOLE = 3
"""Checks of one rule that are shown with all they have to tell; of the others one line each."""

LINES = 20
"""Checks of one rule that are shown in one line; of the others the number."""

CHARTED = 20
"""Operations whose latency is drawn, the slowest of all."""

BODY = 1_500
"""Characters of a body that the ticket shows: the finding has said what is wrong with it."""

NOTHING = Exhibit()

OWN = "your own checks"
"""Where tests of the team's own stand in the checklist."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run went.

    Attributes:
        vendor: name of the vendor.
        title: its name as people write it.
        base_url: where it was asked.
        keys: by name, the fingerprint of each key.
    """

    vendor: str
    title: str
    base_url: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A run that has ended, as the ticket is made from it.

    Attributes:
        file: the verdict file.
        rules: how each rule stands.
        plan: what had to report.
        results: how each check stands.
        exhibits: what the checks have to show.
        places: where the run went.
        facts: what the run was made with: versions, hashes; name and value.
        banner: what every output of a rehearsal carries.
        whole_evidence: the file that has all calls of all checks, where there is one.
        seal: ties the page to its ledger.
    """

    file: VerdictFile
    rules: Sequence[DecidedRule]
    plan: Plan
    results: Mapping[str, Result]
    exhibits: Exhibits = field(default_factory=Exhibits)
    places: Sequence[Place] = ()
    facts: Sequence[tuple[str, str]] = ()
    banner: str = ""
    whole_evidence: str = ""
    seal: Seal | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One check of a finding.

    Attributes:
        result: how it stands.
        exhibit: what it has to show.
        cut: whether its evidence was left out to keep the page small.
    """

    result: Result
    exhibit: Exhibit = NOTHING
    cut: bool = False


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule that is not green, with the checks that say so.

    Attributes:
        anchor: where it stands on the page.
        rule: how it stands.
        section: of the vendor's page.
        fix: what to do, in the words of the rule.
        whole: checks with all they have to tell.
        lines: checks in one line each.
        more: how many are only counted.
        elsewhere: anchor and id of the rule under which its checks are shown already.
    """

    anchor: str
    rule: DecidedRule
    section: str = ""
    fix: str = ""
    whole: tuple[Shown, ...] = ()
    lines: tuple[Result, ...] = ()
    more: int = 0
    elsewhere: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rules that wait for the same thing.

    Attributes:
        key: the key of golive.yaml, or empty.
        why: why they are not verified.
        rules: all of them.
    """

    key: str
    why: str
    rules: tuple[DecidedRule, ...]

    @property
    def severity(self) -> Severity:
        """The worst of them."""
        return min((rule.severity for rule in self.rules), key=list(Severity).index)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The checklist of one vendor.

    Attributes:
        title: whose.
        sections: title of a section of its page, and the rules of it.
        counts: how many ended how, worst first.
    """

    title: str
    sections: tuple[tuple[str, tuple[DecidedRule, ...]], ...]
    counts: tuple[tuple[Outcome, int], ...]

    @property
    def quiet(self) -> bool:
        """Whether nobody has to look at it."""
        return all(
            outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.ATTESTED} for outcome, count in self.counts
        )


@dataclass(frozen=True, slots=True)
class Content:
    """The page, part by part."""

    told: Told
    standings: tuple[Standing, ...]
    steps: tuple[str, ...]
    counts: tuple[tuple[Outcome, int], ...]
    exceptions: tuple[DecidedRule, ...]
    reasons: tuple[tuple[str, str], ...]
    found: tuple[tuple[Outcome, tuple[FoundRule, ...]], ...]
    waiting: tuple[Waiting, ...]
    attested: tuple[DecidedRule, ...]
    chapters: tuple[Chapter, ...]
    latencies: tuple[Latency, ...]
    scale: Scale | None
    weeks: tuple[Weeks, ...]
    slower: int
    anchors: Mapping[tuple[str, str | None], str]


class Room:
    """How much evidence still has its place on the page.

    Args:
        size: bytes, as they stand in the file.
    """

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, result: Result, exhibit: Exhibit) -> bool:
        """Take the room for a check's evidence; False if it is too large for what is left."""
        wanted = 2_000 + _size(result, exhibit)
        if wanted > self._left:
            return False
        self._left -= wanted
        return True


def content_of(told: Told, room: Room) -> Content:
    """Return what stands on the ticket of a run."""
    planned = {(each.rule.id, each.vendor): each for each in told.plan.rules}
    found = tuple(_found(told, planned, room))
    anchors = {(each.rule.rule, each.rule.vendor): each.anchor for each in found}
    charted = latencies(told.exhibits.seconds)
    return Content(
        told=told,
        standings=standings(told.plan, told.rules),
        steps=next_steps(told.plan, told.rules),
        counts=_counts(told.rules),
        exceptions=tuple(_exceptions(told)),
        reasons=tuple((reason, _anchor_of(reason, anchors)) for reason in told.file.reasons),
        found=tuple(
            (outcome, group)
            for outcome in LOUD
            if (group := tuple(each for each in found if each.rule.outcome is outcome))
        ),
        waiting=tuple(_waiting(told.rules)),
        attested=tuple(_attested(told)),
        chapters=tuple(_chapters(told, planned)),
        latencies=charted[:CHARTED],
        scale=Scale.of(charted[:CHARTED]) if charted else None,
        weeks=tuple(weeks_of(charted) for charted in told.exhibits.charts.values()),
        slower=max(0, len(charted) - CHARTED),
        anchors=anchors,
    )


def _exceptions(told: Told) -> Iterator[DecidedRule]:
    """Yield the waived rules that no record of the verdict file tells of."""
    recorded = {rule for gap in told.file.accepted for rule in gap.rules}
    yield from (rule for rule in told.rules if rule.outcome is Outcome.WAIVED and rule.rule not in recorded)


def _attested(told: Told) -> Iterator[DecidedRule]:
    """Yield the attested rules that no record of the verdict file tells of."""
    recorded = {word.rule for word in told.file.attestations}
    yield from (rule for rule in told.rules if rule.outcome is Outcome.ATTESTED and rule.rule not in recorded)


def _found(told: Told, planned: Mapping[tuple[str, str], PlannedRule], room: Room) -> Iterator[FoundRule]:
    by_test = {result.test: result for result in told.results.values()}
    shown: dict[str, tuple[str, str]] = {}
    loud = [rule for rule in told.rules if rule.outcome in LOUD]
    loud.sort(key=lambda rule: (rule.outcome.rank, list(Severity).index(rule.severity)))
    for number, rule in enumerate(loud, 1):
        anchor, plan = f"finding-{number}", planned.get((rule.rule, rule.vendor or ""))
        results = [by_test[test] for test in rule.decided_by if test in by_test and by_test[test].outcome in LOUD]
        results.sort(key=lambda result: result.outcome.rank)
        fresh = [result for result in results if result.test not in shown]
        elsewhere = shown[results[0].test] if results and not fresh else None
        shown.update((result.test, (anchor, rule.rule)) for result in fresh)
        yield FoundRule(
            anchor=anchor,
            rule=rule,
            section="" if plan is None else plan.rule.section,
            fix="" if plan is None else plan.rule.fix,
            whole=tuple(_shown(told, result, room) for result in fresh[:WHOLE]),
            lines=tuple(fresh[WHOLE : WHOLE + LINES]),
            more=max(0, len(fresh) - WHOLE - LINES),
            elsewhere=elsewhere,
        )


def _shown(told: Told, result: Result, room: Room) -> Shown:
    exhibit = told.exhibits.by_check.get(result.check, NOTHING)
    if room.take(result, exhibit):
        return Shown(result, exhibit)
    return Shown(result, cut=True)


def _size(result: Result, exhibit: Exhibit) -> int:
    finding = result.finding
    texts = [*result.observations, *result.warnings, *result.notes]
    if finding is not None:
        texts += [finding.requirement, finding.expected, finding.actual, finding.fix, finding.rerun, finding.curl]
    size = sum(_bytes(text[:4_000]) for text in texts)
    for call in exhibit.calls:
        bodies = [str(call.get(name, ""))[:BODY] for name in ("request_body", "response_body")]
        headers = [str(call.get(name, ""))[:BODY] for name in ("request_headers", "response_headers", "url")]
        size += 1_500 + sum(map(_bytes, [*bodies, *headers]))
    return size + 700 * len(exhibit.course)


def _bytes(text: str) -> int:
    return len(escape(text).encode("utf-8", errors="replace"))


def _waiting(rules: Iterable[DecidedRule]) -> Iterator[Waiting]:
    """Yield what is not verified or not due yet, by what it waits for; what most rules wait for comes first."""
    groups: dict[tuple[str, str], list[DecidedRule]] = defaultdict(list)
    for rule in rules:
        if rule.outcome in {Outcome.NOT_VERIFIED, Outcome.PENDING}:
            groups[rule.key, "" if rule.key else rule.why].append(rule)
    for (key, why), group in sorted(groups.items(), key=lambda each: -len(each[1])):
        yield Waiting(key, why or group[0].why, tuple(group))


def _chapters(told: Told, planned: Mapping[tuple[str, str], PlannedRule]) -> Iterator[Chapter]:
    titles = {place.vendor: place.title for place in told.places}
    books: dict[str, dict[str, list[DecidedRule]]] = defaultdict(lambda: defaultdict(list))
    for rule in told.rules:
        plan = planned.get((rule.rule, rule.vendor or ""))
        title = OWN if plan is None else titles.get(plan.vendor, plan.vendor)
        books[title]["" if plan is None else plan.rule.section].append(rule)
    for title, sections in books.items():
        rules = [rule for group in sections.values() for rule in group]
        yield Chapter(title, tuple((name, tuple(group)) for name, group in sections.items()), _counts(rules))


def _counts(rules: Iterable[DecidedRule]) -> tuple[tuple[Outcome, int], ...]:
    counts = dict.fromkeys(Outcome, 0)
    for rule in rules:
        counts[rule.outcome] += 1
    return tuple((outcome, count) for outcome, count in counts.items() if count)


def _anchor_of(reason: str, anchors: Mapping[tuple[str, str | None], str]) -> str:
    """Return where the finding stands that a reason tells of; empty for one that concerns the run as a whole."""
    first = reason.partition(" ")[0]
    return next((anchor for (rule, _), anchor in anchors.items() if rule == first), "")
