"""How the integration calls: whether it tries again what it should, and not what it should not. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row, Sent, status_class, summed, total
from pytest_golive.review.trends import Said, TooLittle, Trend, Warned, errors_of

LIMITED_SHARE = 0.01
"""A larger share of 429 is worth a warning."""

UNTRIED_SHARE = 0.5
"""So many of the 429 at most may stay without another try: a client that tries once more leaves half of them so."""

LEAST_LIMITED = 10
"""With fewer 429 nothing is said about what follows them."""

LEAST_DELIVERIES = 100

FAILED_DELIVERIES = 0.01
"""A larger share of failed deliveries is a finding, by the vendor's own page; half of it a warning."""

LEAST_FAILED = 5
"""With fewer failed deliveries it may be chance, and is a warning."""

LAUNCH_ERRORS, LAUNCH_LIMITED = 0.01, 0.001
"""What may fail, and what may get 429, while a launch is watched."""

SHOWN = 3


def refused_again(refused: float, again: float, thresholds: Thresholds) -> Said:
    """Return whether calls that were refused with 401 are tried again.

    A retry after another failure may meet a 401, and one that fetched a new key may follow it: as many as retries
    usually are say nothing.

    Args:
        refused: answers of 401.
        again: retries that have to do with a 401: answered by one, or counted for one.
        thresholds: how many of all calls may be retries, and how sure it has to be.
    """
    share = Share(min(again, refused), refused)
    if again < 2 or lower_bound(share, thresholds.sure) <= thresholds.retry_share:
        return None
    expected = "one try for each call that is refused with 401"
    return Trend("", expected, f"retries with 401: {share.told}", Action.TUNE_RETRIES)


def limited_and_left(rows: Sequence[Row], retries: float, thresholds: Thresholds) -> Said:
    """Return whether calls that got 429 are left without another try, and reach who called.

    Each try that follows another one is a retry: there are at least as many 429 without one as there are more 429
    than retries.

    Args:
        rows: the week's calls by status.
        retries: the week's retries, of whatever cause.
        thresholds: how much data it takes, and how sure it has to be.
    """
    calls, limited = total(tuple(rows)), sum(row.value for row in rows if row.label("status") == "429")
    if calls < thresholds.least_calls:
        return TooLittle(f"{thresholds.least_calls} calls in the week", f"{calls:,.0f}")
    left = Share(max(0.0, limited - retries), limited)
    if limited >= LEAST_LIMITED and lower_bound(left, thresholds.sure) > UNTRIED_SHARE:
        expected = "each call that gets 429 to be tried again"
        actual = f"at least {left.told} were not: {limited:,.0f} answers of 429, {retries:,.0f} retries"
        return Trend("", expected, actual, Action.TUNE_RETRIES)
    share = Share(limited, calls)
    if lower_bound(share, thresholds.sure) > LIMITED_SHARE:
        return Warned(f"429: {share.told}; more than {percent(LIMITED_SHARE)} of the calls are worth a look")
    return None


def nameless(rows: Sequence[Row], what: str) -> Said:
    """Return whether calls do not tell which integration made them.

    Args:
        rows: calls by integration.
        what: which calls these are, as a sentence names them.
    """
    calls = total(tuple(rows))
    if calls < 1:
        return TooLittle(what, "none")
    without = Share(sum(row.value for row in rows if not row.label("integration")), calls)
    if without.hits < 0.5:
        return None
    return Trend("", f"{what} to name the integration", f"{without.told} do not", Action.LOOK_INTO)


def polled_too_often(
    polls: float, submitted: float, interval_seconds: float, budget_seconds: float, thresholds: Thresholds
) -> Said:
    """Return whether a request is polled more often than pause and budget allow, in the mean of the week.

    Args:
        polls: calls that ask for the state of a request.
        submitted: requests that were taken.
        interval_seconds: the pause between two polls.
        budget_seconds: how long is polled.
        thresholds: how much data it takes.
    """
    if submitted < thresholds.least_calls:
        return TooLittle(f"{thresholds.least_calls} requests that were submitted", f"{submitted:,.0f}")
    most = budget_seconds / interval_seconds + 1
    mean = polls / submitted
    # Each request is polled a whole number of times, so its mean moves less than this by chance.
    if mean <= most + 3 * most / submitted**0.5:
        return None
    expected = f"at most {most:.0f} polls for each request: {budget_seconds:g} s, one every {interval_seconds:g} s"
    return Trend("", expected, f"{mean:.1f} ({polls:,.0f} of {submitted:,.0f} requests)", Action.CHANGE_POLLING)


def sent_too_often(sent: Sequence[Sent], most: int) -> Said:
    """Return which messages were sent more often than one try and its retries."""
    if not sent:
        return None
    shown = ", ".join(
        f"{each.message} of {each.session or 'a session'} {each.times} times from {_clock(each.start)}"
        for each in sent[:SHOWN]
    )
    more = f" and {len(sent) - SHOWN} more" if len(sent) > SHOWN else ""
    expected = f"each message sent at most {most} times: one try and its retries"
    return Trend("", expected, shown + more, Action.TUNE_RETRIES)


def retries_without_end(retries: float, calls: float, max_retries: int, thresholds: Thresholds) -> Said:
    """Return whether there are more retries than so many per call, while the vendor fails.

    Args:
        retries: tries beyond the first, meanwhile.
        calls: all tries, meanwhile.
        max_retries: how many may follow a first try.
        thresholds: from what share on it is worth a warning, and how sure it has to be.
    """
    share = Share(min(retries, calls), calls)
    most = max_retries / (1 + max_retries)
    if lower_bound(share, thresholds.sure) > most:
        expected = f"at most {max_retries} retries for each call"
        return Trend("", expected, f"retries: {share.told} while the vendor failed", Action.TUNE_RETRIES)
    if lower_bound(share, thresholds.sure) > thresholds.retry_share:
        told = f"retries: {share.told} while the vendor failed; a budget of {percent(thresholds.retry_share)} spares it"
        return Warned(told)
    return None


def backlog(depth: float | None, age_seconds: float | None, busiest: float | None, budget_seconds: float) -> Said:
    """Return whether async jobs waited for longer than twice the polling budget.

    Args:
        depth: the most jobs that waited; None where nobody tells.
        age_seconds: the highest age of the oldest job; None where nobody tells.
        busiest: the most requests within twice the budget; None where nobody tells.
        budget_seconds: how long an answer is polled for.
    """
    most = 2 * budget_seconds
    expected = f"no job to wait for more than {most:g} s, twice the polling budget"
    if age_seconds is not None and age_seconds >= most:
        return Trend("", expected, f"the oldest waited for {age_seconds:,.0f} s", Action.CHANGE_POLLING)
    # More jobs than came within that time: the oldest came before it.
    if depth is not None and busiest is not None and depth > 1.2 * busiest + 5:
        actual = f"{depth:,.0f} waited, and no more than {busiest:,.0f} came within {most:g} s"
        return Trend("", expected, actual, Action.CHANGE_POLLING)
    return None


def launch(rows: Sequence[Row], seconds: float | None, agreed_seconds: float, thresholds: Thresholds) -> list[Said]:
    """Return what is not as it has to be while a launch is watched.

    Args:
        rows: calls since then, by endpoint and status.
        seconds: within how many seconds 95 of 100 calls were done; None where nobody keeps durations.
        agreed_seconds: within how many they have to be; 0 where that is not agreed.
        thresholds: how much data it takes, and how sure it has to be.
    """
    calls = total(tuple(rows))
    if calls < thresholds.least_calls:
        return [TooLittle(f"{thresholds.least_calls} calls", f"{calls:,.0f}")]
    failed = Share(sum(share.hits for share in errors_of(rows).values()), calls)
    by_status = summed(tuple(rows), "status")
    limited = Share(by_status.get("429", 0.0), calls)
    said: list[Said] = []
    if lower_bound(failed, thresholds.sure) > LAUNCH_ERRORS:
        expected = f"less than {percent(LAUNCH_ERRORS)} of the calls to fail"
        said.append(Trend("", expected, f"{failed.told} failed", Action.TUNE_RETRIES))
    refused = {status: by_status.get(status, 0.0) for status in ("401", "403")}
    if any(count >= 0.5 for count in refused.values()):
        told = ", ".join(f"{count:,.0f} of {status}" for status, count in refused.items() if count >= 0.5)
        said.append(Trend("", "no answer of 401 or 403", told, Action.LOOK_INTO))
    if lower_bound(limited, thresholds.sure) > LAUNCH_LIMITED:
        expected = f"less than {percent(LAUNCH_LIMITED)} of the calls to get 429"
        said.append(Trend("", expected, f"429: {limited.told}", Action.TUNE_RETRIES))
    if agreed_seconds and seconds is not None and seconds > agreed_seconds:
        expected = f"95 of 100 calls within the {agreed_seconds:g} s that are agreed"
        said.append(Trend("", expected, f"{seconds:.2g} s", Action.LOOK_INTO))
    return said


def deliveries(failed: float, delivered: float) -> Said:
    """Return whether more than one in a hundred webhook deliveries failed, and not just a few."""
    share = Share(failed, delivered)
    if delivered < LEAST_DELIVERIES:
        return TooLittle(f"{LEAST_DELIVERIES} deliveries in the week", f"{delivered:,.0f}")
    if share.value > FAILED_DELIVERIES * (1 + 1e-6) and failed >= LEAST_FAILED:
        expected = f"at most {percent(FAILED_DELIVERIES)} of the deliveries to fail"
        return Trend("", expected, f"{share.told} failed", Action.LOOK_INTO)
    if share.value > FAILED_DELIVERIES / 2:
        more = f"more than {percent(FAILED_DELIVERIES)}, and {LEAST_FAILED} at least, are a finding"
        return Warned(f"deliveries: {share.told} failed; {more}")
    return None


def is_taken(row: Row) -> bool:
    """Whether a row is of calls that succeeded."""
    return status_class(row.label("status")) == "2xx"


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
