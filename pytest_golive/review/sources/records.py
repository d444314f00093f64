"""Traffic facts from what a vendor itself keeps: the calls made with this key, what they changed, what was delivered.

Read once a run, newest first, through golive's own budget, and never more than some pages: what lies behind them is not
known, and nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pytest_golive.exchange.layers import USER_AGENT
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import Page, id_in, pages_of
from pytest_golive.facts.body_path import first_at
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.moment import moment, seconds
from pytest_golive.review.sources.statistics import Figures, read_statistics
from pytest_golive.review.traffic import (
    Counted,
    Label,
    Labels,
    Level,
    NotKept,
    Question,
    Row,
    Sent,
    Slot,
    TrafficProblem,
)
from pytest_golive.review.window import Window
from pytest_golive.vendors.records import Recorded

Kind = Literal["calls", "changes", "deliveries"]

REACH = timedelta(weeks=6, hours=2)
"""So far back reviews look: a week and the four before, and what the week before found, from a full hour on."""

MOST_PAGES = 25
"""Pages that are read of a listing: rows hold the bodies of calls, and golive's budget is small."""

LONGEST_PAUSE_SECONDS = 2.0

KINDS: Mapping[Counted, Kind] = {"requests": "calls", "deliveries": "deliveries", "delivery_failures": "deliveries"}
"""What is counted -> the records that tell it."""


LABELS_OF: Mapping[Counted, Label] = {"feedback": "feedback", "answers": "confidence_level"}
"""What only statistics count -> the label of its values."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One record.

    Attributes:
        at: when it happened, UTC.
        endpoint: what was called, with its method before it, or the event that was delivered.
        method: of the call.
        status: of the answer; of a change, what was done; of a delivery, how it ended.
        seconds: how long it took; None where that is not told.
        actor: whose key it was.
        is_own: whether golive itself made the call.
        request: id of the call.
        host: what was called.
        failed: of a delivery, whether it failed; None while it goes on.
    """

    at: datetime
    endpoint: str
    method: str
    status: str
    seconds: float | None
    actor: str
    is_own: bool
    request: str
    host: str
    failed: bool | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """Records, as far as they were read.

    Attributes:
        rows: newest first.
        since: from when on nothing is missing.
    """

    rows: tuple[Kept, ...]
    since: datetime

    def within(self, window: Window) -> Iterator[Kept]:
        """Yield the records of a window."""
        return (row for row in self.rows if window.start <= row.at < window.end)

    def of_actor(self, actor: str) -> Log:
        """Return the records of one key."""
        return Log(tuple(row for row in self.rows if row.actor == actor), self.since)

    @property
    def own_actor(self) -> str:
        """The key that golive calls with, as the vendor names it; empty where no call of golive's shows."""
        return next((row.actor for row in self.rows if row.is_own and row.actor), "")


def read_records(vendor: Vendor, kind: Kind, now: datetime) -> Log | None:
    """Read what a vendor keeps, back to six weeks ago or as far as some pages go; None where it keeps nothing of it.

    Raises:
        TrafficProblem: it cannot be read.
    """
    records = vendor.pack.records
    recorded: Recorded | None = None if records is None else getattr(records, kind)
    if recorded is None:
        return None
    feature = vendor.operation(recorded.operation).feature
    if feature is not None and not vendor.has(feature):
        return None
    try:
        return _read(vendor, recorded, now)
    except (CheckFailed, CannotTell) as error:
        told = error.finding.actual
    except NotVerified as error:
        told = error.reason
    raise TrafficProblem(f"{recorded.operation} of {vendor.name} cannot be read: {told}")


def _read(vendor: Vendor, recorded: Recorded, now: datetime) -> Log:
    begin = now - REACH
    since, rows = begin, list[Kept]()
    if recorded.agent and recorded.lag is not None:
        usual = vendor.pack.settings[recorded.lag].example
        _await_own(vendor, recorded, float(vendor.target.settings.get(recorded.lag, usual)))
    for arguments in _listings(vendor, recorded):
        known, until = _pages(pages_of(vendor, recorded.operation, size=recorded.size, **arguments), recorded, begin)
        rows += known
        since = max(since, until)
    return Log(tuple(sorted(rows, key=lambda row: row.at, reverse=True)), since)


def _await_own(vendor: Vendor, recorded: Recorded, lag_seconds: float) -> None:
    """Wait until a call of golive's own shows, by which the calls of this key are known: reading the log is one."""
    end, pause = seconds() + lag_seconds, 0.1
    while True:
        page = next(pages_of(vendor, recorded.operation, size=recorded.size, **recorded.arguments))
        if any(_text(item, recorded.agent) == USER_AGENT for item in page.items) or seconds() + pause > end:
            return
        vendor.pause(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _listings(vendor: Vendor, recorded: Recorded) -> Iterator[Mapping[str, Any]]:
    if recorded.each is None or recorded.argument is None:
        yield dict(recorded.arguments)
        return
    for page in pages_of(vendor, recorded.each):
        for item in page.items:
            yield {**recorded.arguments, recorded.argument: id_in(item, ("id",))}


def _pages(pages: Iterator[Page], recorded: Recorded, begin: datetime) -> tuple[list[Kept], datetime]:
    """Return the records of a listing, and from when on none of them is missing."""
    rows: list[Kept] = []
    for number, page in enumerate(pages, start=1):
        known = [row for item in page.items if (row := _row(item, recorded)) is not None]
        rows += known
        oldest = min((row.at for row in known), default=begin)
        if oldest < begin or not page.goes_on:
            break
        if number == MOST_PAGES:
            return rows, oldest
    return rows, begin


def _row(item: Mapping[str, Any], recorded: Recorded) -> Kept | None:
    """Return a record; None where it does not tell when it was made."""
    at = _moment(first_at(item, recorded.time))
    if at is None:
        return None
    status, method = (_text(item, places) for places in (recorded.status, recorded.method))
    took = first_at(item, recorded.microseconds)
    return Kept(
        at=at,
        endpoint=" ".join(filter(None, (method, _text(item, recorded.endpoint).partition("?")[0]))),
        method=method,
        status=status,
        seconds=took / 1e6 if isinstance(took, (int, float)) else None,
        actor=_text(item, recorded.actor),
        is_own=_text(item, recorded.agent) == USER_AGENT,
        request=_text(item, recorded.request),
        host=_text(item, recorded.host),
        failed=status in recorded.failed if status in recorded.over else None,
    )


def _text(item: Mapping[str, Any], places: Sequence[str]) -> str:
    found = first_at(item, places)
    return "" if found is None else str(found)


def _moment(written: Any) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


class VendorRecords:
    """What a vendor keeps of a team's traffic: without golive's own calls, and with those of the team's key alone.

    Args:
        vendor: its name, as golive.yaml writes it.
        read: gives what it keeps of one kind, None where it keeps nothing; asked once a run.
        missing: what is said where it keeps nothing.
        statistics: gives the numbers it tells of a span of days.
    """

    def __init__(
        self,
        vendor: str,
        read: Callable[[Kind], Log | None],
        missing: str,
        statistics: Callable[[Window], Figures] = lambda _window: {},
    ) -> None:
        self._vendor = vendor
        self._read = read
        self._missing = missing
        self._statistics = statistics

    @property
    def title(self) -> str:
        """What it is, as a finding names it."""
        return f"what {self._vendor} itself keeps"

    def log(self, kind: Kind) -> Log:
        """Return what it keeps of one kind; calls of this key alone.

        Raises:
            NotKept: nothing.
            TrafficProblem: it cannot be read, or does not show whose calls are this key's.
        """
        log = self._read(kind)
        if log is None:
            raise NotKept(kind, self._missing, advice="")
        if kind != "calls":
            return log
        actor = log.own_actor
        if not actor:
            told = "no call of golive's shows in it, by which the calls of this key could be told"
            raise TrafficProblem(f"{self.title}: {told}")
        return log.of_actor(actor)

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return how often something happened; see :meth:`Traffic.counts`."""
        if question.of in LABELS_OF:
            return self._told(question)
        sums: dict[tuple[str, ...], float] = {}
        for _, labels in self._chosen(question):
            sums[labels] = sums.get(labels, 0.0) + 1
        return tuple(Row(dict(zip(question.by, labels, strict=True)), count) for labels, count in sums.items())

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return the same for each part of the window; see :meth:`Traffic.slots`."""
        sums: dict[tuple[int, tuple[str, ...]], float] = {}
        for row, labels in self._chosen(question):
            part = int((row.at - question.window.start).total_seconds() // seconds)
            sums[part, labels] = sums.get((part, labels), 0.0) + 1
        start, length = question.window.start, timedelta(seconds=seconds)
        return tuple(
            Slot(start + part * length, Row(dict(zip(question.by, labels, strict=True)), count))
            for (part, labels), count in sorted(sums.items())
        )

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most within one of the parts; see :meth:`Traffic.busiest`."""
        return max((slot.row.value for slot in self.slots(question, seconds)), default=0.0)

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return an exact quantile of what calls took; see :meth:`Traffic.quantile`."""
        took: dict[tuple[str, ...], list[float]] = {}
        for row, labels in self._chosen(question):
            if row.seconds is not None:
                took.setdefault(labels, []).append(row.seconds)
        if not took:
            raise NotKept(question.of, self._missing, advice="")
        return tuple(
            Row(dict(zip(question.by, labels, strict=True)), sorted(known)[round(share * (len(known) - 1))])
            for labels, known in took.items()
        )

    def highest(self, of: Level, window: Window, where: Labels) -> float:  # noqa: ARG002  # nothing of it is kept
        """Raise that no level is kept; see :meth:`Traffic.highest`."""
        raise NotKept(of, self._missing, advice="")

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:  # noqa: ARG002
        """Raise that messages are not told apart; see :meth:`Traffic.sent_again`."""
        raise NotKept("message", self._missing, advice="")

    def _told(self, question: Question) -> tuple[Row, ...]:
        """Return numbers that only statistics tell."""
        values = self._statistics(question.window).get(question.of)
        if values is None:
            raise NotKept(question.of, self._missing, advice="")
        label = LABELS_OF[question.of]
        return tuple(
            Row({name: value if name == label else "" for name in question.by}, count)
            for value, count in values.items()
            if count and question.where.get(label, value) == value
        )

    def _chosen(self, question: Question) -> Iterator[tuple[Kept, tuple[str, ...]]]:
        kind = KINDS.get(question.of)
        if kind is None:
            raise NotKept(question.of, self._missing, advice="")
        log = self.log(kind)
        if question.window.start < log.since:
            told = f"was read back to {log.since:%Y-%m-%d %H:%M} UTC only: there is too much of it"
            raise TrafficProblem(f"{self.title} {told}")
        for row in log.within(question.window):
            if row.is_own or not _counts(question.of, row):
                continue
            labels: Mapping[Label, str] = {"endpoint": row.endpoint, "status": row.status, "method": row.method}
            if all(labels.get(name, value) == value for name, value in question.where.items()):
                yield row, tuple(labels.get(name, "") for name in question.by)


def _counts(of: Counted, row: Kept) -> bool:
    """Whether a record counts for a figure: a delivery that goes on is neither."""
    if of == "requests":
        return True
    return row.failed is not None if of == "deliveries" else bool(row.failed)


def records_of(vendor: Vendor, once: Callable[[object, Callable[[], Any]], Any], missing: str) -> VendorRecords | None:
    """Return what a vendor itself keeps; None where its pack says nothing of it.

    Args:
        vendor: the vendor, in one environment.
        once: returns what was made the first time something was asked for.
        missing: what is said where it keeps nothing.
    """
    if vendor.pack.records is None:
        return None
    place = (vendor.name, vendor.permit.environment)

    def read(kind: Kind) -> Log | None:
        log: Log | None = once(("records", kind, *place), lambda: read_records(vendor, kind, moment()))
        return log

    def statistics(window: Window) -> Figures:
        days = (f"{window.start:%Y-%m-%d}", f"{window.end:%Y-%m-%d}")
        figures: Figures = once(("statistics", *place, *days), lambda: read_statistics(vendor, window))
        return figures

    return VendorRecords(vendor.name, read, missing, statistics)
