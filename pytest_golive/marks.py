"""The rule marker, read: a typo in a keyword or a severity is told at the user's own line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import pytest

from pytest_golive.facts.outcome import Severity


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


def _read(item: pytest.Item, mark: pytest.Mark) -> RuleMark:
    path, line, _ = item.location
    place = f"{path}:{(line or 0) + 1}: @pytest.mark.rule"
    if mark.args:
        raise pytest.UsageError(f'{place} takes keywords only: rule(id="SHOP-07")')
    try:
        read = RuleMark(**mark.kwargs)
    except TypeError:
        allowed = ("id", "severity", "title")
        unknown = [name for name in mark.kwargs if name not in allowed]
        what = f"does not know {unknown[0]!r}{_nearest(unknown[0], allowed)}" if unknown else "needs an id"
        raise pytest.UsageError(f"{place} {what}; it takes {', '.join(allowed)}") from None
    severities = [severity.value for severity in Severity]
    if read.severity not in severities:
        raise pytest.UsageError(
            f"{place} has severity {read.severity!r}{_nearest(read.severity, severities)}; "
            f"allowed: {', '.join(severities)}"
        )
    return read


def _nearest(word: str, words: list[str] | tuple[str, ...]) -> str:
    close = difflib.get_close_matches(str(word), words, n=1)
    return f", did you mean {close[0]!r}?" if close else ""
