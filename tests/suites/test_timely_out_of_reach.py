"""What checks of Timely.ai say where no wrong vendor and no rehearsal leads to, asked of the checks themselves."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import suites.access.test_workspace as workspace
import suites.agents.test_credits as credits_left
import suites.agents.test_handoff as handoff
import suites.agents.test_questions as questions
import suites.channels.test_channel_status as channels
import suites.webhooks.test_registered_endpoints as webhooks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.world import INBOX, Sandbox
from tests.suites.observed import steady
from tests.suites.timely_in_disguise import by_operation, data, in_environment, never_handed_over, putting, refusal
from tests.suites.vendor_in_disguise import Wrap, answers, before, on

PLANNED = PlannedCheck("a_check", "timely", "timely", "staging", (), (), Severity.MAJOR)
RULE = {"type": "keyword", "trigger": "I want to talk to a human", "destination": "support"}
DECLINING = """
declines: [sorry]
allowed: ['https://shop.example']
questions:
  - {question: Who won, out_of_scope: true}
"""
PUBLIC = "https://hooks.shop.example/timely"

Check = Callable[[Golive, PlannedCheck], None]


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    """The check that notes and warnings belong to."""
    with recording(CheckRecord("a check")) as current:
        yield current


class Stage:
    """A vendor, and what checks are told of it."""

    def __init__(self, folder: Path, wrap: Wrap) -> None:
        self.timely = Timely(think_seconds=0)
        self.running = Sandbox(("timely",), apps={"timely": self.timely}, wrap=lambda _, app: wrap(app))
        self._folder = folder
        self._made: list[Golive] = []

    def golive(
        self,
        *,
        sandbox: bool = False,
        production: bool = False,
        asked: str = "",
        releases_to: str | None = "production",
        **changes: Any,
    ) -> Golive:
        """Return what a check gets, in staging."""
        environments = {
            "staging": Environment(
                "staging",
                production=production,
                releases_to=releases_to,
                allow=("agent_questions", "test_conversation", "test_delivery"),
                targets={"timely": self._target("sandbox", changes)},
            ),
            "production": Environment(
                "production", production=True, targets={"timely": self._target("production", {})}
            ),
        }
        made = Golive(
            environments,
            "staging",
            run="r",
            sandbox=sandbox,
            redactor=Redactor(),
            journal=Journal(self._folder / "journal.jsonl"),
            repository=self._folder,
        )
        if asked:
            made.questions_file = self._folder / "questions.yaml"
            made.questions_file.write_text(asked, encoding="utf-8")
        self._made.append(made)
        return made

    def close(self) -> None:
        for each in self._made:
            each.close()
        self.running.stop()

    def _target(self, environment: str, changes: dict[str, Any]) -> Target:
        connection = self.running.connection("timely", environment)
        keys = {
            "api_key": connection.api_key,
            "previous_api_key": connection.previous_api_key,
            **changes.get("keys", {}),
        }
        ids = {**connection.ids, **changes.get("ids", {})}
        return Target(
            "timely",
            self.running.base_url("timely", environment),
            credentials={name: Secret(value, f"timely.{name}") for name, value in keys.items()},
            ids={name: value for name, value in ids.items() if value is not None},
            settings={"handoff_rule": RULE, **changes.get("settings", {})},
        )


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Start a vendor, a right one unless it is wrapped."""
    made: list[Stage] = []

    def start(wrap: Wrap | None = None) -> Stage:
        made.append(Stage(tmp_path, wrap or before(lambda app: None)))
        made[-1].running.start()
        return made[-1]

    yield start
    for each in made:
        each.close()


Start = Callable[..., Stage]


def failed(check: Check, golive: Golive) -> str:
    with pytest.raises(CheckFailed) as told:
        check(golive, PLANNED)
    finding = told.value.finding
    return steady(f"{finding.requirement}; seen: {finding.actual}")


def untold(check: Check, golive: Golive) -> str:
    with pytest.raises(CannotTell) as told:
        check(golive, PLANNED)
    finding = told.value.finding
    return steady(f"{finding.requirement}; seen: {finding.actual}")


def missing(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(NotVerified) as told:
        check(golive, PLANNED)
    return told.value.reason, told.value.key


# ---------------------------------------------------------------- questions


def test_without_questions_nothing_is_verified(stage: Start) -> None:
    """The key of golive.yaml is named."""
    assert missing(questions.test_questions_are_enough, stage().golive()) == (
        "questions is missing: the file with what the assistant is asked",
        "questions",
    )


def test_without_a_word_of_refusal_nothing_is_verified(stage: Start) -> None:
    """What a polite refusal looks like, only the team knows."""
    golive = stage().golive(asked="questions:\n  - {question: Who won, out_of_scope: true}\n")

    assert missing(questions.test_agent_declines_what_is_out_of_scope, golive) == (
        "questions.yaml names no `declines`: how a polite refusal looks",
        "questions",
    )


def test_with_nothing_to_ask_nothing_can_be_told(stage: Start) -> None:
    """A file of one kind of questions is no proof of the other."""
    golive = stage().golive(asked="declines: [x]\nquestions:\n  - question: Who won\n")

    told = untold(questions.test_agent_declines_what_is_out_of_scope, golive)

    assert told == "there has to be something to ask; seen: none of this kind"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Sorry, no. See https://rival.example/x.", "an address, 'https://rival.example/x',"),
        ("Sorry, no. Call +55 47 99000-0000!", "a phone number, '+55 47 99000-0000',"),
        ("Sorry, no. Come on 24/12/2026.", "a date, '24/12/2026',"),
        ("Sorry, no. That is 12 euros.", "a price, '12 euros',"),
    ],
)
def test_what_is_made_up_is_named(stage: Start, answer: str, told: str) -> None:
    """Addresses, numbers, dates and prices that nobody gave to the agent."""
    golive = stage(on("ask_agent", putting(response=answer))).golive(asked=DECLINING)

    assert failed(questions.test_agent_declines_what_is_out_of_scope, golive) == (
        "the agent has to answer as questions.yaml says; seen: 1 wrong: questions.yaml:5 'Who won': "
        f"the answer names {told} that `allowed` does not hold"
    )


def test_what_is_allowed_may_be_named(stage: Start) -> None:
    """With the sentence's full stop behind it."""
    golive = stage(on("ask_agent", putting(response="Sorry, see https://shop.example."))).golive(asked=DECLINING)

    questions.test_agent_declines_what_is_out_of_scope(golive, PLANNED)


def test_what_is_forbidden_is_named(stage: Start) -> None:
    """By the pattern of the file."""
    golive = stage().golive(asked="questions:\n  - {question: Are you open, forbid: ['monday']}\n")

    assert failed(questions.test_agent_answers_the_questions, golive) == (
        "the agent has to answer as questions.yaml says; seen: 1 wrong: questions.yaml:2 'Are you open': "
        "the answer holds 'monday', which is forbidden: "
        "'Our opening hours are Monday to Friday, from 9:00 to 18:00.'"
    )


# ---------------------------------------------------------------- handover


def test_an_older_api_that_lists_no_rules_is_noted(stage: Start, record: CheckRecord) -> None:
    """404 is right there; golive.yaml tells of the rule."""
    golive = stage(on("list_transfer_rules", answers(404, refusal(404, "NOT_FOUND")))).golive()
    handoff.test_handoff_rule_is_defined(golive, PLANNED)

    assert record.notes == ["list_transfer_rules answers 404: only golive.yaml tells of the rule (keyword)"]


@pytest.mark.parametrize(
    ("operation", "mode", "told"),
    [
        ("start_handoff", "auto", "start_handoff has to say that a person answers"),
        ("resume_ai", "paused", "resume_ai has to say that the agent answers"),
    ],
)
def test_what_a_handover_says_counts(stage: Start, operation: str, mode: str, told: str) -> None:
    """Besides what the conversation shows."""
    golive = stage(on(operation, putting(ai_mode=mode))).golive()

    due = f'{told}; seen: 200 {{"data": {{"id": "#-#", "ai_mode": "{mode}"}}}}'
    assert failed(handoff.test_handoff_pauses_the_agent, golive) == due


def test_a_conversation_that_stays_paused_is_told(stage: Start) -> None:
    """It says auto, and shows paused."""
    shown = {"id": "c", "ai_mode": "paused"}
    golive = stage(by_operation(get_conversation=answers(200, {"data": shown}))).golive()

    # What is assumed of a conversation's fields is only observed here.
    assert failed(handoff.test_handoff_pauses_the_agent, golive) == (
        "get_conversation has to show that the agent answers again; "
        'seen: 200 {"data": {"id": "c", "ai_mode": "paused"}}'
    )


def test_a_test_conversation_that_is_not_shown_leaves_it_open(stage: Start) -> None:
    """A vendor may keep what is asked for testing out of the list."""
    golive = stage(on("get_conversation", answers(404, refusal(404, "NOT_FOUND")))).golive()

    assert untold(handoff.test_trigger_hands_the_conversation_over, golive) == (
        "get_conversation has to show the conversation of a test question; seen: 404 "
        '{"error": {"code": "NOT_FOUND", "message": "no", "status": 404}}'
    )


def test_turns_are_asked_as_often_as_the_rule_says(stage: Start) -> None:
    """All in one conversation."""
    started = stage()
    rule = {**RULE, "type": "turns", "turns": 3}
    handoff.test_trigger_hands_the_conversation_over(started.golive(settings={"handoff_rule": rule}), PLANNED)
    asked = list(started.timely.workspace().conversations.values())[-1]

    assert [each.content for each in asked.messages.values() if each.sender_type == "customer"] == [RULE["trigger"]] * 3


def test_nobody_who_takes_over_is_waited_for_a_minute(stage: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a real vendor; a minute is too long for a test, so that here a moment is."""
    monkeypatch.setattr(handoff, "WITHIN_SECONDS", 0.2)
    monkeypatch.setattr(handoff, "LOOKS_EVERY_SECONDS", 0.05)

    told = failed(handoff.test_trigger_hands_the_conversation_over, stage(on("ask_agent", never_handed_over)).golive())

    assert told.startswith("get_conversation has to show within 0.2 s that a person answers after 'I want to talk to a")


def test_what_cannot_be_put_back_is_warned_of(stage: Start, record: CheckRecord) -> None:
    """The check itself fails for what it found."""
    golive = stage(on("resume_ai", answers(503, refusal(503, "INTERNAL_ERROR")))).golive()
    with pytest.raises(CheckFailed):
        handoff.test_handoff_pauses_the_agent(golive, PLANNED)

    told = '{"error": {"code": "INTERNAL_ERROR", "message": "no", "status": 503}}'
    assert record.warnings == [f"the test conversation could not be put back as it was: resume_ai answered 503 {told}"]


def test_a_vendor_that_falls_silent_is_warned_of_too(stage: Start, record: CheckRecord) -> None:
    """What the check found first is not covered by that."""
    started = stage()
    golive = started.golive()
    vendor = golive.vendor("timely")
    vendor.call("get_me")
    started.running.stop()
    handoff._put_back(vendor, "c", paused=False)

    assert [re.sub(r"[A-Z]\w+(Error|Timeout).*", "…", text) for text in record.warnings] == [
        f"the test conversation could not be put back as it was: {vendor.base_url}: …"
    ]


# ---------------------------------------------------------------- credits, channels


def test_credits_that_do_not_run_out_are_noted(stage: Start, record: CheckRecord) -> None:
    """A partner account."""
    golive = stage(on("get_agent_credits", putting(credits_remaining=0))).golive(settings={"unlimited_credits": True})
    credits_left.test_credits_are_left(golive, PLANNED)

    assert record.notes == ["settings.unlimited_credits: credits of this account do not run out"]


def test_the_configured_channel_has_to_be_there(stage: Start) -> None:
    """Among those of the workspace."""
    assert failed(channels.test_channel_is_active, stage().golive(ids={"channel_id": "c9"})) == (
        "channel c9 has to be there; seen: none among 2 channels"
    )


def test_without_a_configured_channel_the_agent_needs_one(stage: Start) -> None:
    """Any, and all of them work."""
    started = stage()
    draft = list(started.timely.workspace().agents)[1]
    channels.test_channel_is_active(started.golive(ids={"channel_id": None}), PLANNED)

    assert failed(channels.test_channel_is_active, started.golive(ids={"channel_id": None, "agent_id": draft})) == (
        "agent #-# has to have a channel; seen: none among 2 channels"
    )


# ---------------------------------------------------------------- webhooks


def test_a_number_is_its_own_address() -> None:
    """No resolver is asked for it."""
    assert webhooks.addresses_of("127.0.0.1") == ["127.0.0.1"]


def _registered(started: Stage, url: str) -> Stage:
    started.timely.register_inbox(url)
    return started


def test_some_webhook_has_to_be_registered(stage: Start) -> None:
    """Or the feature is switched off."""
    assert failed(webhooks.test_webhook_addresses_are_public, stage().golive()) == (
        "a webhook has to be registered; seen: there is none"
    )


def test_this_machine_is_noted_in_a_rehearsal(stage: Start, record: CheckRecord) -> None:
    """And is wrong everywhere else."""
    started = stage()
    url = started.running.server.url + INBOX
    _registered(started, url)
    webhooks.test_webhook_addresses_are_public(started.golive(sandbox=True), PLANNED)

    assert record.notes == [f"{url} is on this machine: right in a rehearsal, nowhere else"]
    assert failed(webhooks.test_webhook_addresses_are_public, started.golive()) == (
        f"webhooks have to go to public https addresses; seen: http://127.0.0.1:#{INBOX}: its scheme is http, not https"
    )


def test_a_tunnel_is_a_warning_where_no_customers_are(
    stage: Start, record: CheckRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In production it fails."""
    monkeypatch.setattr(webhooks, "addresses_of", lambda host: ["8.8.8.8"])
    started = _registered(stage(), "https://ab12.ngrok.app/x")
    webhooks.test_webhook_addresses_are_public(started.golive(), PLANNED)

    assert record.warnings == [
        "https://ab12.ngrok.app/x: it is a tunnel of ngrok.app, which must not be so in production"
    ]
    assert failed(webhooks.test_webhook_addresses_are_public, started.golive(production=True)) == (
        "webhooks have to go to public https addresses; seen: https://ab12.ngrok.app/x: it is a tunnel of ngrok.app"
    )


def test_a_public_name_of_a_private_address_is_found_out(stage: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """By looking it up."""
    monkeypatch.setattr(webhooks, "addresses_of", lambda host: ["10.0.0.8"])

    assert failed(webhooks.test_webhook_addresses_are_public, _registered(stage(), PUBLIC).golive()) == (
        "webhooks have to go to public https addresses; "
        f"seen: {PUBLIC}: its host hooks.shop.example is 10.0.0.8, no public address"
    )


def test_a_name_that_cannot_be_looked_up_is_a_warning(
    stage: Start, record: CheckRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine of the run may see another DNS than the vendor."""

    def unknown(host: str) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(webhooks, "addresses_of", unknown)
    webhooks.test_webhook_addresses_are_public(_registered(stage(), PUBLIC).golive(), PLANNED)

    assert record.warnings == ["hooks.shop.example cannot be looked up from here: [Errno -2] Name or service not known"]


@pytest.mark.parametrize(
    ("wrap", "told"),
    [
        (
            on("list_webhooks", putting(is_active=False, status="inactive")),
            (
                "the webhook at http://127.0.0.1:#/golive/inbox has to be active; "
                "seen: is_active is False, status is 'inactive'"
            ),
        ),
        (
            on("test_webhook", putting(status_code=302, response_time_ms=5)),
            (
                "test_webhook has to be answered with 2xx by http://127.0.0.1:#/golive/inbox; "
                'seen: 200 {"data": {"success": true, "status_code": 302, "response_time_ms": 5}}'
            ),
        ),
    ],
)
def test_a_test_delivery_is_taken_by_what_is_active(stage: Start, wrap: Wrap, told: str) -> None:
    """And answered with 2xx, whatever the vendor calls a success."""
    started = stage(wrap)
    _registered(started, started.running.server.url + INBOX)

    assert failed(webhooks.test_endpoint_takes_a_test_delivery, started.golive()) == told


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (webhooks.test_deliveries_rarely_fail, "deliveries have to succeed; seen: the logs hold none"),
        (webhooks.test_deliveries_are_answered_in_time, "deliveries have to be answered; seen: the logs hold none"),
    ],
)
def test_without_deliveries_nothing_can_be_told(stage: Start, check: Check, told: str) -> None:
    """An empty log is no proof."""
    empty = {"data": [], "meta": {"page": 1, "per_page": 20, "total": 0, "total_pages": 0}}
    golive = _registered(stage(on("list_webhook_deliveries", answers(200, empty))), PUBLIC).golive()

    assert untold(check, golive) == told


def test_a_delivery_without_a_readable_time_is_the_oldest(stage: Start) -> None:
    """It counts, and breaks nothing."""
    wrap = on("list_webhook_deliveries", data(lambda row: {**row, "created_at": "yesterday", "delivered_at": None}))

    webhooks.test_deliveries_rarely_fail(_registered(stage(wrap), PUBLIC).golive(), PLANNED)


# ---------------------------------------------------------------- workspaces and keys


def test_another_workspace_is_told(stage: Start) -> None:
    """With both ids."""
    assert failed(workspace.test_workspace_is_the_configured_one, stage().golive(ids={"workspace_id": "w9"})) == (
        "get_me has to name the workspace w9; seen: workspace_id is #-#"
    )


def test_another_company_is_told(stage: Start) -> None:
    """Where golive.yaml names one."""
    stage_ = stage()
    workspace.test_workspace_is_the_configured_one(stage_.golive(ids={"company_id": None}), PLANNED)

    assert failed(workspace.test_workspace_is_the_configured_one, stage_.golive(ids={"company_id": "c9"})) == (
        "get_me has to name the company c9; seen: company_id is #-#"
    )


def test_production_is_no_workspace_for_tests(stage: Start) -> None:
    """By its id."""
    started = stage()
    mine = started.running.connection("timely").ids["workspace_id"]
    settings = {"test_workspace_ids": [mine]}
    workspace.test_workspace_is_the_configured_one(started.golive(settings=settings), PLANNED)

    assert failed(
        workspace.test_workspace_is_the_configured_one, started.golive(production=True, settings=settings)
    ) == ("get_me has to name no workspace that is for tests; seen: #-# is in test_workspace_ids")


def test_without_another_environment_nothing_is_verified(stage: Start) -> None:
    """The key of golive.yaml is named."""
    key = "environments.staging.releases_to"

    assert missing(workspace.test_workspaces_differ_between_environments, stage().golive(releases_to=None)) == (
        f"{key} names no environment with timely to compare with",
        key,
    )


def test_production_has_nothing_to_compare_with(stage: Start, record: CheckRecord) -> None:
    """Where it is released from, it is decided."""
    golive = stage().golive(production=True, releases_to=None)
    workspace.test_workspaces_differ_between_environments(golive, PLANNED)

    assert record.notes == [
        "decided where releases_to leads here: a run in production has no other workspace to look at"
    ]


def test_a_workspace_that_is_not_named_leaves_it_open(stage: Start) -> None:
    """Of either environment."""
    golive = stage(on("get_me", in_environment("production", putting(workspace_id=None)))).golive()

    told = untold(workspace.test_workspaces_differ_between_environments, golive)

    assert told.startswith("get_me has to name the workspace the key belongs to; seen: 200 {")


def test_the_previous_key_is_another_one(stage: Start) -> None:
    """The same key twice in golive.yaml proves nothing."""
    started = stage()
    key = started.running.connection("timely").api_key

    assert failed(workspace.test_previous_key_is_refused, started.golive(keys={"previous_api_key": key})) == (
        "the previous key has to be another one than the present; seen: both have the fingerprint #"
    )


def test_a_revoked_key_may_be_known_for_a_while(stage: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for again until it is refused."""
    monkeypatch.setattr(workspace, "LOOKS_EVERY_SECONDS", 0.01)
    times = iter(range(100))

    def forgotten_later(app: Timely, request: Request) -> Response:
        stale = request.headers.get("x-api-key") == app.connections()["sandbox"].previous_api_key
        return answers(200, {"data": {}})(app, request) if stale and next(times) < 3 else app(request)

    workspace.test_previous_key_is_refused(stage(on("get_me", forgotten_later)).golive(), PLANNED)

    assert next(times) == 4
