"""The week against the four before, by endpoint, as small bars: the last one is this week's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from pytest_golive.facts.ledger import Charted
from pytest_golive.report.ticket.durations import seconds

TALL = 30
"""Height of the bars, in pixels."""

SEEN = 1.5
"""Height that can still be seen, in pixels."""

SHOWN = 8
"""Endpoints that are drawn; the table has all of them."""

HALF, TWICE = 0.5, 2.0
"""From what change on a figure is remarked upon; what is a finding, the checks say."""

UNKNOWN = "not known"

Value = float | None
"""A figure of one week; None: nobody kept it, or there were no calls."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A week of one figure. `x` and `width` are percents, `y` and `height` pixels."""

    x: float
    width: float
    y: float
    height: float
    now: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an endpoint.

    Attributes:
        now: this week's, as people read it.
        usual: that of the four weeks before.
        bars: all five weeks, the oldest first; a week of which nothing is known has none.
        told: all five weeks in words.
        all: each week's, as people read it.
        limit: where what is still right ends, in pixels; None where nothing says that.
        remark: what is unusual about this week's; empty where nothing is.
    """

    now: str
    usual: str
    bars: tuple[Bar, ...]
    told: str
    all: tuple[str, ...]
    limit: float | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint."""

    endpoint: str
    calls: Figure
    failed: Figure
    slow: Figure

    @property
    def is_unusual(self) -> bool:
        """Whether one of its figures is remarked upon."""
        return any(figure.remark for figure in (self.calls, self.failed, self.slow))


@dataclass(frozen=True, slots=True)
class Weeks:
    """The traffic of one vendor."""

    vendor: str
    environment: str
    source: str
    weeks: tuple[str, ...]
    until: str
    lines: tuple[Line, ...]
    more: int

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The endpoints that are drawn: what is unusual first, then those with most calls."""
        return tuple(sorted(self.lines, key=lambda line: not line.is_unusual)[:SHOWN])


def weeks_of(charted: Charted) -> Weeks:
    """Return what is drawn of a vendor's traffic."""
    return Weeks(
        vendor=charted.title or charted.vendor,
        environment=charted.environment,
        source=charted.source,
        weeks=charted.weeks,
        until=charted.until,
        lines=tuple(_line(told, charted) for told in charted.endpoints),
        more=charted.more,
    )


def _line(told: dict[str, object], charted: Charted) -> Line:
    calls, failed, slow = (_values(told[name]) for name in ("calls", "failed", "seconds"))
    shares: list[Value] = [
        hits / of if of and hits is not None else None for hits, of in zip(failed, calls, strict=True)
    ]
    before = sum(of or 0 for of in calls[:-1])
    usual_calls = before / max(1, len(calls) - 1)
    usual_share = sum(hits or 0 for hits in failed[:-1]) / before if before else None
    known = [value for value in slow[:-1] if value is not None]
    usual_slow = median(known) if known else None
    limit = charted.error_share
    return Line(
        endpoint=str(told["endpoint"]) or "(no endpoint)",
        calls=_figure(calls, usual_calls, _number, charted.weeks, remark=_fewer(calls[-1], usual_calls)),
        failed=_figure(shares, usual_share, _percent, charted.weeks, limit, remark=_above(shares[-1], limit)),
        slow=_figure(slow, usual_slow, seconds, charted.weeks, remark=_slower(slow[-1], usual_slow)),
    )


def _fewer(now: Value, usual: float) -> str:
    return "▼ less than half" if (now or 0) < HALF * usual else ""


def _above(now: Value, limit: float) -> str:
    return f"▲ above {_percent(limit)}" if now is not None and now > limit else ""


def _slower(now: Value, usual: Value) -> str:
    return "▲ more than twice" if now is not None and usual and now > TWICE * usual else ""


def _figure(
    values: Sequence[Value],
    usual: Value,
    word: Callable[[float], str],
    weeks: Sequence[str],
    limit: float | None = None,
    remark: str = "",
) -> Figure:
    """Return a figure.

    Args:
        values: of each week, the oldest first.
        usual: that of the weeks before this one.
        word: writes one value.
        weeks: the first day of each.
        limit: what is still right; the bars are drawn so that it can be seen.
        remark: what is unusual about this week's.
    """
    words = tuple(UNKNOWN if value is None else word(value) for value in values)
    top = max([value for value in values if value is not None] + ([] if limit is None else [limit]), default=0.0)
    *before, now = [f"week of {week}: {told}" for week, told in zip(weeks, words, strict=True)]
    return Figure(
        now=words[-1],
        usual=UNKNOWN if usual is None else word(usual),
        bars=tuple(_bar(place, value, top, len(values)) for place, value in enumerate(values) if value is not None),
        told=f"{'; '.join(before)}; this {now}",
        all=words,
        limit=None if limit is None or not top else round(TALL - TALL * limit / top, 1),
        remark=remark,
    )


def _bar(place: int, value: float, top: float, count: int) -> Bar:
    height = max(SEEN, TALL * value / top) if top else SEEN
    wide = 100 / count
    return Bar(
        x=round(wide * place + 2, 1),
        width=round(wide - 4, 1),
        y=round(TALL - height, 1),
        height=round(height, 1),
        now=place == count - 1,
    )


def _values(told: object) -> list[Value]:
    return [None if value is None else float(value) for value in told] if isinstance(told, list | tuple) else []


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    number = 100 * value
    return f"{number:.0f} %" if number >= 10 or number == 0 else f"{number:.2g} %"
