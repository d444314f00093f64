"""One question asked and waited for, one asked and polled for."""

from __future__ import annotations

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import seconds
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.operation import Polling


def test_sync_chat_answers(golive: Golive, planned: PlannedCheck) -> None:
    """A question gets an answer with a request id, in its own session, within the time the client waits.

    If this fails: run the curl line; 5xx or silence is the vendor's, 4xx the request, a wrong answer the content.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    made = golive.examples(planned.vendor).made("chat")
    answer = made.answer
    answer.must_fit()
    body = answer.json
    answer.must("hold a request_id", body["request_id"].strip())
    answer.must("hold a non-empty answer", body["answer"].strip())
    if body["session_id"] != made.arguments["session_id"]:
        told = f"sent {made.arguments['session_id']!r}, got {body['session_id']!r}"
        answer.differs(Evidence.ASSUMED, "repeat the session_id it was asked in", told, "operations.chat")
    _must_be_in_time(vendor, answer)
    _must_hold_expected_words(vendor, answer)
    if body.get("confidence_level") == "low":
        vendor.warn("the smoke question is answered with low confidence: is its content still approved and active?")


def test_async_chat_completes(golive: Golive, planned: PlannedCheck) -> None:
    """A question that is answered later is accepted, can be polled for, and ends completed within the budget.

    If this fails: `failed` is the vendor's word, an unfinished request a stuck backlog; no 429 may appear on the way.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    submitted = golive.examples(planned.vendor).made("chat_async").answer
    submitted.must_fit()
    submitted.must("hold a request_id", submitted.json["request_id"].strip())
    polling = vendor.operation("chat_async").polling
    assert polling is not None, "the pack says how the end of chat_async is awaited"
    last = _poll(vendor, submitted, polling)
    last.must("hold a non-empty answer once it is completed", str(last.json.get("answer", "")).strip())


def _poll(vendor: Vendor, submitted: Answer, polling: Polling) -> Answer:
    """Poll at the configured pace until the request has ended; return the last answer."""
    __tracebackhide__ = True
    settings = vendor.target.settings
    interval = float(settings.get("poll_interval_seconds", polling.interval_seconds))
    budget = float(settings.get("poll_budget_seconds", polling.budget_seconds))
    arguments = {name: submitted.json[field] for name, field in polling.arguments.items()}
    begun, polls = seconds(), 0
    while True:
        vendor.pause(interval)
        answer = vendor.call(polling.operation, **arguments)
        polls += 1
        refused = answer.rate_limited or answer.status == 429
        answer.must("be answered without a 429", not refused, actual=f"429 for poll {polls}, then {answer.told}")
        answer.must_fit()
        state = answer.json.get(polling.status)
        if state in polling.done:
            return answer
        answer.must(f"end as {' or '.join(polling.done)}", state not in polling.failed)
        answer.must(
            f"end within the budget of {budget:g} s",
            seconds() - begun + interval <= budget,
            actual=f"still {state!r} after {polls} polls in {seconds() - begun:.1f} s",
        )


def _must_be_in_time(vendor: Vendor, answer: Answer) -> None:
    __tracebackhide__ = True
    limit = float(vendor.target.settings.get("sync_chat_timeout_seconds", vendor.operation("chat").timeout_seconds))
    answer.must(f"come within {limit:g} s", answer.seconds <= limit, actual=f"{answer.seconds:.1f} s")


def _must_hold_expected_words(vendor: Vendor, answer: Answer) -> None:
    __tracebackhide__ = True
    words = vendor.target.settings.get("smoke_expected_words", ())
    absent = [word for word in words if str(word).casefold() not in str(answer.json.get("answer", "")).casefold()]
    answer.must(
        f"hold the expected words {', '.join(map(str, words))}",
        not absent,
        actual=f"{', '.join(map(str, absent))} not in: {answer.json['answer']}",
    )
