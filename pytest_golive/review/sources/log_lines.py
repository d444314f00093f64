"""What a line of a log counts for: the figures of the one interface, as SQL over lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pytest_golive.review.traffic import LABELS, Counted, Labels, Level, Question
from pytest_golive.review.window import Window

COUNTED: Mapping[Counted, str] = {
    "requests": "calls",
    "timeouts": "timeouts",
    "retries": "retries",
    "async_timeouts": "async_timeouts",
    "async_answers": "async_answers",
    "feedback": "ratings",
    "answers": "levels",
    "deliveries": "deliveries",
    "delivery_failures": "delivery_failures",
}
"""Each figure -> its column among the sums of hours."""

_WENT_WELL = "(success|succeeded|ok|delivered|accepted|processed|true|2[0-9x][0-9x])"

_WAITS = "(pending|retrying|queued)"

OF_A_LINE: Mapping[Counted, str] = {
    "requests": "count(*) FILTER (WHERE (status <> '' OR error <> '') AND delivery = '')",
    "timeouts": "count(*) FILTER (WHERE regexp_matches(error, 'time_?out', 'i'))",
    "retries": "count(*) FILTER (WHERE resend_count > 0)",
    "async_timeouts": "count(*) FILTER (WHERE async_timeout)",
    "async_answers": "count(async_seconds)",
    "feedback": "count(*) FILTER (WHERE feedback <> '')",
    "answers": "count(*) FILTER (WHERE confidence_level <> '')",
    "deliveries": f"count(*) FILTER (WHERE delivery <> '' AND NOT regexp_full_match(delivery, '{_WAITS}', 'i'))",
    "delivery_failures": (
        f"count(*) FILTER (WHERE delivery <> '' AND NOT regexp_full_match(delivery, '{_WAITS}|{_WENT_WELL}', 'i'))"
    ),
}
"""How each figure is counted over lines."""

NEEDED: Mapping[Counted, tuple[str, ...]] = {
    "requests": ("status", "error"),
    "timeouts": ("error",),
    "retries": ("resend_count", "tries"),
    "async_timeouts": ("async_timeout",),
    "async_answers": ("async_seconds",),
    "feedback": ("feedback",),
    "answers": ("confidence_level",),
    "deliveries": ("delivery",),
    "delivery_failures": ("delivery",),
}
"""One of these fields has to be there for the figure to mean something."""

LEVELS: Mapping[Level, str] = {"queue_depth": "queue_depth", "queue_seconds": "queue_seconds"}
"""Each level -> the column of a line."""

HOURS = f"""
    SELECT date_trunc('hour', time) AS time, {", ".join(LABELS)},
        {", ".join(f"{OF_A_LINE[of]} AS {name}" for of, name in COUNTED.items())},
        count(*) FILTER (WHERE time IS NULL) AS unreadable
    FROM lines GROUP BY ALL
"""  # noqa: S608  # made of nothing but this module's own words

SENT_AGAIN = """
    WITH tries AS (
        SELECT session, message, time, coalesce(seconds, 0) AS took, lag(time) OVER told AS before,
            lag(coalesce(seconds, 0)) OVER told AS took_before,
            lag(regexp_full_match(status, '2[0-9][0-9]')) OVER told AS went_well
        FROM lines
        WHERE {where} AND message <> '' AND (status <> '' OR error <> '')
        WINDOW told AS (PARTITION BY session, message ORDER BY time)
    ), runs AS (
        SELECT session, message, time,
            sum(CASE WHEN before IS NULL OR went_well
                OR epoch(time) - epoch(before) - least(took, took_before) > {pause} THEN 1 ELSE 0 END)
                OVER (PARTITION BY session, message ORDER BY time ROWS UNBOUNDED PRECEDING) AS run
        FROM tries
    )
    SELECT session, message, count(*) AS times, epoch(min(time)) AS start FROM runs
    GROUP BY session, message, run HAVING count(*) > {most} ORDER BY times DESC, start LIMIT 100
"""
"""Messages that were sent in a row, each try after one that failed. Some write a line when a call begins, others when
it ends: the longer of the pauses that may be meant counts."""


def text(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def condition(question: Question) -> tuple[str, list[datetime]]:
    """Return the condition that a question puts to lines or hours, and its values."""
    where, values = within(question.window, question.where)
    if question.of in {"feedback", "answers"}:
        where += f" AND {'feedback' if question.of == 'feedback' else 'confidence_level'} <> ''"
    return where, values


def within(window: Window, labels: Labels) -> tuple[str, list[datetime]]:
    """Return the condition that a window and labels put to lines, and its values."""
    where = "time >= ? AND time < ?"
    where += "".join(f" AND {name} = {text(value)}" for name, value in labels.items())
    return where, [window.start, window.end]


def is_of_hours(window: Window) -> bool:
    """Whether a window is of whole hours: their sums are kept, and the files need not be read again."""
    return all(at.minute == at.second == at.microsecond == 0 for at in (window.start, window.end))
