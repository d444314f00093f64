"""Whether a conversation reaches a person when it has to, and the agent is silent until it is given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.facts.moment import seconds
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

PAUSED = frozenset({"paused", "human", "human_active"})
"""How the vendor's pages say that a person answers."""

WITHIN_SECONDS, WITHIN_SECONDS_HERE = 60.0, 2.0
"""Until when a person has to have the conversation: at the vendor, and at the embedded one, which is quick."""

LOOKS_EVERY_SECONDS = 1.0


def test_handoff_rule_is_defined(golive: Golive, planned: PlannedCheck) -> None:
    """It is written down what hands a conversation over, and one such rule is active where the API shows them.

    If this fails: activate the rule in the dashboard; the older API that lists rules may rightly answer 404.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    rule = vendor.setting("handoff_rule")
    answer = vendor.call("list_transfer_rules")
    if answer.status in {403, 404}:
        vendor.note(f"list_transfer_rules answers {answer.status}: only golive.yaml tells of the rule ({rule['type']})")
        return
    answer.must_fit()
    rules = at(answer.json, "data")
    active = [each for each in rules if each.get("is_active")]
    answer.must("list an active rule", active, actual=f"{len(rules)} rules, none of them active")


def test_handoff_pauses_the_agent(golive: Golive, planned: PlannedCheck) -> None:
    """Handed over, the test conversation is paused, also when it is handed over twice; given back, it is not.

    If this fails: agent and attendant write into one conversation, or nobody does; try it in the dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    conversation = vendor.id("conversation_id")
    before = _state_of(vendor, conversation)
    try:
        for _ in range(2):
            started = vendor.call("start_handoff", conversation_id=conversation)
            started.must_fit()
            started.must("say that a person answers", _says_paused(at(started.json, "data")))
        _must_be(vendor, conversation, paused=True)
        resumed = vendor.call("resume_ai", conversation_id=conversation)
        resumed.must_fit()
        resumed.must("say that the agent answers", not _says_paused(at(resumed.json, "data")))
        _must_be(vendor, conversation, paused=False)
    finally:
        _put_back(vendor, conversation, paused=before)


def test_trigger_hands_the_conversation_over(golive: Golive, planned: PlannedCheck) -> None:
    """The message that has to reach a person does, within a minute; a plain question does not.

    If this fails: customers who ask for a person are left with the agent; see the rule in the dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    rule: Mapping[str, Any] = vendor.setting("handoff_rule")
    plain = _ask(vendor, str(vendor.target.settings.get("smoke_question", _example(vendor, "smoke_question"))))
    looked = vendor.call("get_conversation", conversation_id=plain)
    if looked.status == 404:
        looked.cannot_tell("show the conversation of a test question")
    looked.must_fit()
    looked.must("leave a plain question with the agent", not _says_paused(at(looked.json, "data")))
    conversation = _ask(vendor, rule["trigger"])
    for _ in range(int(rule.get("turns", 1)) - 1 if rule["type"] == "turns" else 0):
        _ask(vendor, rule["trigger"], conversation_id=conversation)
    try:
        _await_person(golive, vendor, conversation, rule["trigger"])
    finally:
        _put_back(vendor, conversation, paused=False)


def _ask(vendor: Vendor, message: str, **further: Any) -> str:
    answer = vendor.call("ask_agent", message=message, **further)
    answer.must_fit()
    return str(at(answer.json, "data.conversation_id"))


def _await_person(golive: Golive, vendor: Vendor, conversation: str, trigger: str) -> None:
    __tracebackhide__ = True
    within = WITHIN_SECONDS_HERE if golive.sandbox else WITHIN_SECONDS
    end = seconds() + within
    while True:
        looked = vendor.call("get_conversation", conversation_id=conversation)
        looked.must_fit()
        if _says_paused(at(looked.json, "data")):
            return
        looked.must(
            f"show within {within:g} s that a person answers after {trigger!r}",
            seconds() + LOOKS_EVERY_SECONDS <= end,
        )
        golive.pause(LOOKS_EVERY_SECONDS)


def _must_be(vendor: Vendor, conversation: str, *, paused: bool) -> None:
    __tracebackhide__ = True
    looked = _looked_at(vendor, conversation)
    what = "show that a person answers" if paused else "show that the agent answers again"
    looked.must(what, _says_paused(at(looked.json, "data")) is paused)


def _state_of(vendor: Vendor, conversation: str) -> bool:
    return _says_paused(at(_looked_at(vendor, conversation).json, "data"))


def _looked_at(vendor: Vendor, conversation: str) -> Answer:
    looked = vendor.call("get_conversation", conversation_id=conversation)
    looked.must_fit()
    return looked


def _put_back(vendor: Vendor, conversation: str, *, paused: bool) -> None:
    """Leave the conversation as it was found; what happened before is what the check is about, not this."""
    operation = "start_handoff" if paused else "resume_ai"
    try:
        answer = vendor.call(operation, conversation_id=conversation)
    except NotVerified:
        return  # where only questions are allowed, a conversation for testing stays as it is: nobody is in it
    except CannotTell as silence:
        problem = silence.finding.actual
    else:
        problem = "" if answer.succeeded else f"{operation} answered {answer.told}"
    if problem:
        vendor.warn(f"the test conversation could not be put back as it was: {problem}")


def _says_paused(state: Mapping[str, Any]) -> bool:
    return bool(PAUSED & {state.get("ai_mode"), state.get("status")})


def _example(vendor: Vendor, setting: str) -> Any:
    return vendor.pack.settings[setting].example
