"""What the logs of providers and webhooks tell: that they can be read, and how often sending failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

FEWEST = 20
"""With fewer entries a share says nothing."""

MOST_ENTRIES = 100
TRIES = 3
WRONG_PAGES = ({"limit": "0"}, {"limit": "101"}, {"limit": "-1"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "x"})

Entry = Mapping[str, Any]


@bearing_other_shapes
def test_log_pages_follow_their_query(golive: Golive, planned: PlannedCheck) -> None:
    """Logs come without parameters, one by one by limit and offset, and a page that cannot be is refused.

    If this fails: a walk through the logs may miss entries; read one page of 100, and no more, until it is mended.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    provider = str(vendor.setting("test_provider"))
    whole = vendor.call("list_integration_logs", provider=provider)
    whole.must_fit()
    for left in reversed(range(TRIES)):
        first, second = (_page(vendor, provider, offset) for offset in (0, 1))
        same = [one["id"] for one in first.json["items"]] == [one["id"] for one in second.json["items"]]
        if not same or not left:
            break  # an entry that came in between moves the pages once, not three times
    if whole.json["total"] > 1:
        second.must("hold another entry one further", not same, actual=f"offset 0 and 1 hold {_ids(first)}")
    else:
        vendor.warn(f"the log of {provider} holds {whole.json['total']} entries: its pages say nothing")
    for wrong in WRONG_PAGES:
        answer = vendor.call("list_integration_logs", provider=provider, **wrong)
        what = f"refuse {next(iter(wrong))}={next(iter(wrong.values()))}"
        answer.must(f"{what}, never with a failure", answer.status < 500)
        if answer.status not in vendor.pack.errors.refusals:
            answer.differs(Evidence.ASSUMED, what, str(answer.status), "operations.list_integration_logs")


@bearing_other_shapes
def test_failures_are_explained(golive: Golive, planned: PlannedCheck) -> None:
    """Few entries of the logs are failures, each says why, and every reason is known.

    If this fails: look into the provider's own diagnosis first; accept a code only with a ticket.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for provider in _in_use(vendor):
        answer, entries = _entries(vendor, provider)
        failed = [one for one in entries if one["status"] == "failed"]
        _must_say_why(vendor, answer, provider, failed)
        codes = {str((one["error"] or {}).get("code")) for one in failed if one["error"]}
        unknown = sorted(codes - set(vendor.setting("accepted_error_codes")))
        answer.must(
            f"hold only failures of {provider} that are known", not unknown, actual=f"unknown: {', '.join(unknown)}"
        )
        done = [one for one in entries if one["status"] in {"success", "failed"}]
        _must_be_rare(vendor, answer, f"failures of {provider}", (len(failed), len(done)), "fail_ratio")


@bearing_other_shapes
def test_retries_are_rare(golive: Golive, planned: PlannedCheck) -> None:
    """Few attempts are repetitions, and none is the last one and failed.

    If this fails: the receiver is at its limit, or was away for longer than the vendor tries.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for provider in _in_use(vendor):
        answer, entries = _entries(vendor, provider)
        again = [one for one in entries if one["attempt"] > 1]
        _must_be_rare(vendor, answer, f"repeated attempts of {provider}", (len(again), len(entries)), "retry_ratio")
        lost = [str(one["eventId"] or one["id"]) for one in again if one["status"] == "failed"]
        answer.must(f"hold no event of {provider} that was given up", not lost, actual=f"given up: {', '.join(lost)}")


@bearing_other_shapes
def test_webhooks_are_watched(golive: Golive, planned: PlannedCheck) -> None:
    """Every active webhook has logs; few of its deliveries failed, and the last success is no business cycle old.

    If this fails: the webhook in the finding does not arrive; see its address, or switch it off.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    listed = vendor.call("list_webhooks")
    listed.must_fit()
    days = float(vendor.setting("cycle_days"))
    for webhook in listed.json:
        if not webhook["isActive"]:
            continue
        name, logs = webhook["name"], vendor.call("list_webhook_logs", webhook_id=webhook["id"], limit=MOST_ENTRIES)
        logs.must_fit()
        entries = logs.json["items"]
        done = [one for one in entries if one["status"] in {"success", "failed"}]
        failed = [one for one in done if one["status"] == "failed"]
        _must_be_rare(vendor, logs, f"failures of the webhook {name}", (len(failed), len(done)), "fail_ratio")
        ages = [_days_since(str(one["createdAt"])) for one in entries if one["status"] == "success"]
        if not ages:
            vendor.warn(f"no delivery of the webhook {name} succeeded yet: is there no traffic?")
        else:
            told = f"the last success of {name} is {min(ages):.1f} days old"
            logs.must(f"hold a success within {days:g} days", min(ages) <= days, actual=told)


def _must_say_why(vendor: Vendor, answer: Answer, provider: str, failed: Sequence[Entry]) -> None:
    __tracebackhide__ = True
    silent = [one for one in failed if not _says_why(one)]
    if failed and len(silent) == len(failed):
        answer.fail(f"say why {provider} failed", f"none of {len(failed)} failed entries does")
    if silent:
        vendor.warn(f"{len(silent)} of {len(failed)} failed entries of {provider} do not say why")


def _says_why(one: Entry) -> bool:
    error = one["error"] or {}
    return bool(error.get("message") and (one["httpStatus"] or error.get("code")))


def _must_be_rare(vendor: Vendor, answer: Answer, what: str, counts: tuple[int, int], setting: str) -> None:
    __tracebackhide__ = True
    few, all_ = counts
    limit = float(vendor.setting(setting))
    if not few:
        return
    told = f"{few} of {all_}"
    if all_ < FEWEST:
        vendor.warn(f"{what}: {told}, too few entries to tell a share")
        return
    answer.must(f"hold few {what}: at most {limit:.0%} ({setting})", few / all_ <= limit, actual=told)


def _entries(vendor: Vendor, provider: str) -> tuple[Answer, list[Entry]]:
    answer = vendor.call("list_integration_logs", provider=provider, limit=MOST_ENTRIES)
    answer.must_fit()
    return answer, answer.json["items"]


def _page(vendor: Vendor, provider: str, offset: int) -> Answer:
    answer = vendor.call("list_integration_logs", provider=provider, limit=1, offset=offset)
    answer.must_fit()
    items = answer.json["items"]
    answer.must("hold at most one entry with limit=1", len(items) <= 1, actual=f"{len(items)} entries")
    return answer


def _ids(answer: Answer) -> str:
    return ", ".join(str(one["id"]) for one in answer.json["items"]) or "none"


def _in_use(vendor: Vendor) -> list[str]:
    return [*dict.fromkeys("gads" if name == "google_ads" else str(name) for name in vendor.setting("providers"))]


def _days_since(text: str) -> float:
    written = datetime.fromisoformat(text)
    aware = written if written.tzinfo is not None else written.replace(tzinfo=UTC)
    return (moment() - aware).total_seconds() / 86_400
