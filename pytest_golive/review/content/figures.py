"""The figures that content may change, for any span of time: by site and by endpoint where sources tell these apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pytest_golive.review.content.rising import Split
from pytest_golive.review.review import USUAL_WEEKS, Review
from pytest_golive.review.shares import Share
from pytest_golive.review.traffic import Counted, Label, Row
from pytest_golive.review.window import Window


@dataclass(frozen=True, slots=True)
class ContentFigures:
    """The figures of one site.

    Attributes:
        review: who is asked.
        site: the id of the site that content is published to.
        rests_on_content: whether calls of an endpoint rest on content, or publish it.
    """

    review: Review
    site: str
    rests_on_content: Callable[[str], bool]

    def ratings(self, window: Window) -> Split:
        """Return the share of bad ratings, at the site and at others."""
        return self._by_site("feedback", "feedback", "bad", window)

    def confidence(self, window: Window) -> Split:
        """Return the share of answers of low confidence, at the site and at others."""
        return self._by_site("answers", "confidence_level", "low", window)

    def errors(self, window: Window) -> Split:
        """Return the share of 5xx, of calls that rest on content and of others."""
        rows = self.review.counts("requests", window, "endpoint", "status")
        failed = [row for row in rows if row.label("status").startswith("5")]
        return self._by_endpoint(failed, rows)

    def timeouts(self, window: Window) -> Split:
        """Return the share of timeouts, of calls that rest on content and of others where they are told apart."""
        late = self.review.counts("timeouts", window, "endpoint")
        calls = self.review.counts("requests", window, "endpoint", "status")
        if any(row.label("endpoint") for row in late) or not late:
            return self._by_endpoint(late, calls)
        return Split(Share(_sum(late), _sum(calls)))

    def all_errors(self, window: Window) -> Split:
        """Return the share of 5xx of all calls, and of those that have no part in content."""
        return _whole(self.errors(window))

    def all_timeouts(self, window: Window) -> Split:
        """Return the share of timeouts of all calls, and of those that have no part in content."""
        return _whole(self.timeouts(window))

    def _by_endpoint(self, hits: Sequence[Row], calls: Sequence[Row]) -> Split:
        if not any(row.label("endpoint") for row in calls):
            return Split(Share(_sum(hits), _sum(calls)))

        def of(rows: Sequence[Row], own: bool) -> float:
            return _sum(row for row in rows if self.rests_on_content(row.label("endpoint")) is own)

        return Split(Share(of(hits, True), of(calls, True)), Share(of(hits, False), of(calls, False)))

    def _by_site(self, of: Counted, label: Label, value: str, window: Window) -> Split:
        rows = [row for row in self.review.counts(of, window, label, "site_id") if row.label(label)]
        if not self._tells_sites(of):
            return Split(_share(rows, label, value))
        own = [row for row in rows if row.label("site_id") == self.site]
        others = [row for row in rows if row.label("site_id") != self.site]
        return Split(_share(own, label, value), _share(others, label, value))

    def _tells_sites(self, of: Counted) -> bool:
        """Whether figures name the site: asked once, so that a span without any is judged like all others."""
        whole = Window(self.review.week.before(USUAL_WEEKS).start, self.review.week.end)
        return any(row.label("site_id") == self.site for row in self.review.counts(of, whole, "site_id"))


def _share(rows: Sequence[Row], label: Label, value: str) -> Share:
    return Share(_sum(row for row in rows if row.label(label).lower() == value), _sum(rows))


def _whole(split: Split) -> Split:
    return Split(Share(split.own.hits + split.others.hits, split.own.of + split.others.of), split.others)


def _sum(rows: Iterable[Row]) -> float:
    return sum(row.value for row in rows)
