"""What the integration has to decide before it meets its first slow answer: timeouts, retries, polling."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

LONGEST_ANSWER_SECONDS = 60.0
"""The vendor's upper figure for a sync answer; waiting shorter gives up on answers that are still coming."""

MOST_RETRIES = 5
"""More than this is no longer bounded in a user's eyes."""

SHORTEST_INTERVAL_SECONDS = 1.0
"""Polling faster than this is itself a reason for a 429."""


def test_request_timeouts_are_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """Timeouts are numbers somebody chose, and sync chat is waited for as long as an answer may take.

    If this fails: raise sync_chat_timeout_seconds, or write down in timeout_exception who accepted the shorter one.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    plain = float(vendor.setting("request_timeout_seconds"))
    chat = float(vendor.setting("sync_chat_timeout_seconds"))
    golive.must("every call needs a timeout", plain > 0, expected="more than 0 s", actual=f"{plain:g} s")
    if "timeout_exception" in vendor.target.settings and str(vendor.setting("timeout_exception")).strip():
        golive.must("sync chat needs a timeout", chat > 0, expected="more than 0 s", actual=f"{chat:g} s")
        return
    golive.must(
        "the timeout of sync chat has to cover the slowest answer",
        chat >= LONGEST_ANSWER_SECONDS,
        expected=f"at least {LONGEST_ANSWER_SECONDS:g} s, or a written timeout_exception",
        actual=f"sync_chat_timeout_seconds is {chat:g} s and there is no timeout_exception",
    )


def test_retries_are_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """Retries are bounded, and their pauses grow, end and are spread.

    If this fails: set max_retries, retry_base_seconds, retry_cap_seconds and retry_jitter to what the client does.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    retries, base, cap, jitter = (
        vendor.setting(name) for name in ("max_retries", "retry_base_seconds", "retry_cap_seconds", "retry_jitter")
    )
    golive.must(
        "retries have to be bounded",
        retries <= MOST_RETRIES,
        expected=f"max_retries at most {MOST_RETRIES}",
        actual=f"max_retries is {retries}",
    )
    golive.must(
        "pauses between retries have to grow up to a cap",
        0 < base <= cap,
        expected="0 < retry_base_seconds <= retry_cap_seconds",
        actual=f"retry_base_seconds is {base:g}, retry_cap_seconds is {cap:g}",
    )
    golive.must(
        "pauses between retries have to be spread",
        jitter != "none",
        expected="retry_jitter full or equal",
        actual=f"retry_jitter is {jitter}",
    )


def test_polling_is_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """Async answers are polled for at a bearable pace and not for ever.

    If this fails: set poll_interval_seconds and poll_budget_seconds to what the worker does.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    interval, budget = (
        float(vendor.setting("poll_interval_seconds")),
        float(vendor.setting("poll_budget_seconds")),
    )
    golive.must(
        "polling must not be faster than the vendor bears",
        interval >= SHORTEST_INTERVAL_SECONDS,
        expected=f"poll_interval_seconds at least {SHORTEST_INTERVAL_SECONDS:g}",
        actual=f"poll_interval_seconds is {interval:g}",
    )
    golive.must(
        "polling has to end, after more than one poll",
        budget > interval,
        expected="poll_budget_seconds greater than poll_interval_seconds",
        actual=f"poll_budget_seconds is {budget:g}, poll_interval_seconds is {interval:g}",
    )
