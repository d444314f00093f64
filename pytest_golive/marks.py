"""The rule marker, read: a typo in a keyword or a severity is told at the user's own line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import pytest

from pytest_golive.facts.outcome import Effects, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMark:
    """The keywords of ``@pytest.mark.rule``.

    Attributes:
        id: stable id of the rule: ``SHOP-07``.
        severity: how much a failure hurts.
        title: what has to hold, one sentence.
    """

    id: str
    severity: str = "major"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules a test decides, joined.

    Attributes:
        ids: their ids, in the order of the markers.
        severity: the worst of them; major for a test without a rule.
        title: the title of the first one that has one.
    """

    ids: tuple[str, ...]
    severity: Severity
    title: str


RULES = pytest.StashKey[Rules]()


def rules_of(item: pytest.Item) -> Rules:
    """Return the rules that a test's markers name.

    Raises:
        pytest.UsageError: a marker has an unknown keyword or severity.
    """
    if RULES not in item.stash:
        marks = [_read(item, mark) for mark in item.iter_markers("rule")]
        item.stash[RULES] = Rules(
            ids=tuple(dict.fromkeys(mark.id for mark in marks)),
            severity=min((Severity(mark.severity) for mark in marks), key=list(Severity).index, default=Severity.MAJOR),
            title=next((mark.title for mark in marks if mark.title), ""),
        )
    return item.stash[RULES]


def is_blocker(item: pytest.Item) -> bool:
    """Whether a rule that a test decides is a blocker."""
    return rules_of(item).severity is Severity.BLOCKER


def check_effects(item: pytest.Item) -> None:
    """Read the effects marker of a test.

    Raises:
        pytest.UsageError: it names no kind, or one that does not exist.
    """
    for mark in item.iter_markers("effects"):
        words = {name: value for name, value in mark.kwargs.items() if name != "overlaps"}
        given = [*mark.args, *words.values()]
        kinds = [kind.value for kind in Effects]
        if len(given) != 1 or set(words) - {"kind"} or given[0] not in kinds:
            what = f"has kind {given[0]!r}{nearest(str(given[0]), kinds)}" if len(given) == 1 else "takes one kind"
            raise pytest.UsageError(f"{_place(item)}: @pytest.mark.effects {what}; allowed: {', '.join(kinds)}")
        if mark.kwargs.get("overlaps", False) and given[0] != Effects.NONE:
            raise pytest.UsageError(
                f"{_place(item)}: @pytest.mark.effects has overlaps=True and kind {given[0]!r}; "
                f"only a test of kind 'none' may run beside others"
            )


def overlaps(item: pytest.Item) -> bool:
    """Whether a test of the team's own says of itself that it may run in a thread, beside others."""
    mark = item.get_closest_marker("effects")
    return mark is not None and bool(mark.kwargs.get("overlaps", False))


def _place(item: pytest.Item) -> str:
    path, line, _ = item.location
    return f"{path}:{(line or 0) + 1}"


def _read(item: pytest.Item, mark: pytest.Mark) -> RuleMark:
    place = f"{_place(item)}: @pytest.mark.rule"
    if mark.args:
        raise pytest.UsageError(f'{place} takes keywords only: rule(id="SHOP-07")')
    try:
        read = RuleMark(**mark.kwargs)
    except TypeError:
        allowed = ("id", "severity", "title")
        unknown = [name for name in mark.kwargs if name not in allowed]
        what = f"does not know {unknown[0]!r}{nearest(unknown[0], allowed)}" if unknown else "needs an id"
        raise pytest.UsageError(f"{place} {what}; it takes {', '.join(allowed)}") from None
    severities = [severity.value for severity in Severity]
    if read.severity not in severities:
        raise pytest.UsageError(
            f"{place} has severity {read.severity!r}{nearest(str(read.severity), severities)}; "
            f"allowed: {', '.join(severities)}"
        )
    return read


def nearest(word: str, words: list[str] | tuple[str, ...]) -> str:
    """Return the valid word that was probably meant, as the end of a sentence; empty if none is close."""
    close = difflib.get_close_matches(str(word), words, n=1)
    return f", did you mean {close[0]!r}?" if close else ""
