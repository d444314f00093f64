"""The ticket file as one page of HTML: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_golive.facts.ledger import Charted
from pytest_golive.facts.outcome import Outcome, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.ticket.content import BODY, Content, Room, Told, content_of
from pytest_golive.report.ticket.drawing import drawings
from pytest_golive.report.ticket.durations import seconds
from pytest_golive.report.ticket.plain_text import LONGEST, one_line, plain
from pytest_golive.report.ticket.weeks import weeks_of

LARGEST = 7_900_000
"""Bytes of the page: ticket systems take 10 MB, and some count in other units."""

ROOMS = ((5_000_000, 1.0), (1_500_000, 1.0), (0, 0.3), (0, 0.05))
"""What is tried, until the page is no larger than that: bytes of evidence, and how much of each text is shown."""

SHORTEST = 40
"""Characters that are shown of every text."""

SHOWN_REASONS = 15
"""Reasons that are read at a glance; the others are folded in."""

SYMBOLS = {
    Outcome.FAILED: "✗",
    Outcome.INCONCLUSIVE: "?",
    Outcome.NOT_VERIFIED: "\u2013",
    Outcome.PENDING: "…",
    Outcome.WAIVED: "!",
    Outcome.OBSERVED: "≈",
    Outcome.WARNED: "!",
    Outcome.ATTESTED: "✓",
    Outcome.PASSED: "✓",
    Outcome.NOT_APPLICABLE: "·",
}

KINDS = {Word.GO: "go", Word.GO_WITH_WAIVERS: "waivers", Word.NO_GO: "no-go", Word.INCONCLUSIVE: "untold"}

SAYING = {
    Word.GO: "Everything that decides was tried, and holds.",
    Word.GO_WITH_WAIVERS: "Everything that decides was tried, and holds, apart from gaps that were accepted by name.",
    Word.NO_GO: "Do not release: something that decides does not hold.",
    Word.INCONCLUSIVE: "Nothing can be said yet: something that decides was not tried, or could not be told.",
}

HEADINGS = {
    Outcome.FAILED: "What failed",
    Outcome.INCONCLUSIVE: "What could not be told",
    Outcome.WARNED: "What holds only just",
    Outcome.OBSERVED: "What is not as the pack assumes",
}


def ticket(told: Told) -> str:
    """Return the page of a run that has ended, at most 8 MB for 1,000 checks however much they have to show."""
    page = ""
    for size, share in ROOMS:
        page = _rendered(content_of(told, Room(size)), share)
        if len(page.encode("utf-8", errors="replace")) <= LARGEST:
            break
    return page


def charts_page(charts: Sequence[Charted], begin: Mapping[str, Any], verdict: Word) -> str:
    """Return the charts of a week alone, as they stand on the ticket.

    Args:
        charts: figures of weeks, by endpoint.
        begin: the first line of the ledger they are from.
        verdict: what follows from it.
    """
    style = _style()
    template = _environment(1.0).get_template("charts.html")
    return template.render(
        charts=tuple(map(weeks_of, charts)),
        begin=begin,
        verdict=verdict,
        kind=KINDS[verdict],
        style=Markup(style),  # noqa: S704  # golive's own file
        style_hash=_hash(style),
    )


def _rendered(content: Content, share: float) -> str:
    style = _style()
    return (
        _environment(share)
        .get_template("ticket.html")
        .render(
            page=content,
            told=content.told,
            file=content.told.file,
            style=Markup(style),  # noqa: S704  # golive's own file
            style_hash=_hash(style),
            kind=KINDS[content.told.file.verdict],
            saying=SAYING[content.told.file.verdict],
            headings=HEADINGS,
            shown_reasons=SHOWN_REASONS,
        )
    )


def _hash(style: str) -> str:
    """Return what the page's policy names its style by."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def _style() -> str:
    return files("pytest_golive.report.ticket").joinpath("templates/ticket.css").read_text(encoding="utf-8")


@cache
def _environment(share: float) -> Environment:
    """Return the templates, set up to show so much of every text."""

    def shown(text: object, longest: int = LONGEST) -> str:
        return plain(text, max(SHORTEST, round(longest * share)))

    def line(text: object, longest: int = LONGEST) -> str:
        return one_line(text, max(SHORTEST, round(longest * share)))

    made = Environment(
        loader=PackageLoader("pytest_golive.report.ticket"),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "line": line,
        "text": shown,
        "words": _words,
        "symbol": SYMBOLS.__getitem__,
        "seconds": seconds,
        "drawings": drawings,
        "body": _body,
        "headers": _headers,
        "came": _came,
        "said": _said,
        "breakable": _breakable,
        "moment": _moment,
    }
    return made


def _finalized(value: Any) -> Any:
    """Make whatever a template puts out fit to be read; markup is golive's own."""
    return value if isinstance(value, Markup) else plain(value)


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")


def _body(text: object) -> str:
    """Return a body laid out, if it is JSON, and cut to a size."""
    told = str(text)
    if told[:1] in {"{", "["} and len(told) <= BODY:
        with contextlib.suppress(ValueError, RecursionError):  # what is no JSON is shown as it came
            told = json.dumps(json.loads(told), indent=2, ensure_ascii=False)
    return plain(told, BODY)


def _headers(told: Mapping[str, object]) -> str:
    return plain("\n".join(f"{name}: {value}" for name, value in told.items()), BODY)


def _moment(text: str) -> str:
    """Return a time of the run's files as people read it."""
    return text.replace("T", " ").replace("Z", " UTC")


def _breakable(text: str) -> Markup:
    """Return a name that may be broken behind each of its words, and nowhere else first."""
    return Markup("_<wbr>").join(text.split("_"))


def _said(rule: DecidedRule) -> str:
    """Return what a person said of a rule, without repeating what it asks for."""
    return rule.why.removeprefix(f"{rule.title}; seen: ")


def _came(call: Mapping[str, Any]) -> str:
    if call.get("status") is None:
        return f"no answer ({one_line(call.get('error', ''), 300)})"
    return str(call["status"])
