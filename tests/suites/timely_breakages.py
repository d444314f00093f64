"""Timely.ai, wrong in the ways a vendor of assistants, conversations and webhooks may be wrong."""

from __future__ import annotations

from typing import Any

from pytest_golive.sandbox.http import json_response
from tests.suites.breakage import Breakage
from tests.suites.planned_checks import Planned
from tests.suites.timely_in_disguise import (
    BESIDE,
    DECLINED,
    NOON,
    WITHIN,
    all_handed_over,
    another_agent,
    anybody,
    as_often_as_asked,
    asked_of,
    bare_refusal,
    by_operation,
    data,
    everybodys,
    failed,
    first_page,
    holding_scopes,
    hook_at,
    in_environment,
    leaving_out,
    made_once_more,
    nameless,
    never_handed_over,
    never_known,
    no_active_rule,
    older_words,
    one_more,
    one_workspace,
    putting,
    refusal,
    said_before,
    saying,
    searching_for_nothing,
    serving,
    stale_key,
    told_but_not_done,
    with_settings,
    without_limits,
    without_rules,
)
from tests.suites.vendor_in_disguise import Wrap, answers, before, everywhere, json_of, on, once_it_succeeds, when

TIMELY = Planned("timely", forbidden=("ask_agent", "list_webhooks"), every_feature=True)
here, both, reads, repeats, of = TIMELY.here, TIMELY.both, TIMELY.reads, TIMELY.repeats, TIMELY.of


def there(check: str, case: str = "") -> frozenset[str]:
    """Return the id of a check in the environment a release goes to."""
    return both(check, case=case) - here(check, case=case)


def alike(*operations: str) -> frozenset[str]:
    """Return the ids of the check that compares both environments."""
    return of("reads_are_alike_in_both_environments", *operations)


def _timely(name: str, wrap: Wrap, **further: Any) -> Breakage:
    return Breakage(f"timely: {name}", wrap, vendor="timely", **further)


BREAKAGES: tuple[Breakage, ...] = (
    _timely(
        "an agent without a model",
        on("get_agent", leaving_out("model")),
        failed=reads("get_agent"),
        messages={
            "answer_fits_its_schema[timely-get_agent]": (
                "get_agent has to fit schemas/timely/get_agent.response.json; seen: `data` lacks `model` (assumed)"
            )
        },
    ),
    _timely(
        "changes in no envelope",
        on("list_agent_changes", once_it_succeeds(lambda one: json_response(200, {"data": json_of(one.body)["data"]}))),
        failed=reads("list_agent_changes"),
        messages={
            "answer_fits_its_schema[timely-list_agent_changes]": (
                "list_agent_changes has to fit schemas/timely/list_agent_changes.response.json; seen: the body "
                "fits none of the 2 shapes the contract allows (documented)"
            )
        },
    ),
    _timely(
        "a contact that is not there without an error object",
        on("get_contact", bare_refusal),
        failed=of("call_without_a_key_is_refused", "get_contact")
        | of("unknown_id_is_not_found", "get_contact")
        | of("ids_of_one_environment_are_refused_by_the_other", "get_contact"),
        messages={
            "unknown_id_is_not_found[timely-get_contact]": (
                "get_contact has to refuse a contact_id that nobody has in the shape of "
                "schemas/timely/error.json; seen: the body lacks `error`"
            )
        },
    ),
    _timely(
        "health of another kind",
        on("get_health", answers(200, {"state": "ok"})),
        failed=both("service_is_up") | reads("get_health") | here("documented_dialect_is_served", case="K10"),
        messages={
            "documented_dialect_is_served[timely-K10]": (
                "get_health has to serve one of the documented variants of K10 (bare: status and timestamp; "
                'short: status and version; wrapped: the same inside of data); seen: 200 {"state": "ok"}'
            )
        },
    ),
    _timely(
        "health that is not ok",
        on("get_health", answers(200, {"status": "degraded", "timestamp": NOON})),
        failed=both("service_is_up"),
        messages={
            "service_is_up[timely]": (
                'get_health has to say that its status is ok; seen: 200 {"status": "degraded", "timestamp": "#T#Z"}'
            )
        },
    ),
    _timely(
        "no limits in the headers",
        everywhere(without_limits),
        failed=here("answers_carry_their_headers"),
        messages={
            "answers_carry_their_headers[timely]": (
                "get_me has to carry the header X-RateLimit-Limit in the form [0-9]+; seen: it is absent"
            )
        },
    ),
    _timely(
        "a contact without a name",
        on("create_contact", when(nameless, answers(201, {"data": {"id": "c1"}}))),
        failed=frozenset(
            f"incomplete_data_is_refused[timely-create_contact-customer_name:{how}]"
            for how in ("missing", "null", "empty")
        ),
        messages={
            "incomplete_data_is_refused[timely-create_contact-customer_name:missing]": (
                "create_contact has to refuse the call with 400 when `customer_name` is missing; seen: 201 "
                '{"data": {"id": "c1"}}'
            )
        },
    ),
    _timely(
        "two contacts of one address",
        on("create_contact", never_known),
        failed=repeats("create_contact") | of("unique_value_is_taken_once", "create_contact"),
        messages={
            "repeated_write_does_what_the_contract_says[timely-create_contact]": (
                "create_contact has to succeed and change nothing when the same call comes again; seen: 201 "
                '{"data": {"id": "#-#"}} (it made another one)'
            )
        },
    ),
    _timely(
        "two webhooks of one address",
        on("create_webhook", as_often_as_asked),
        failed=repeats("create_webhook") | of("unique_value_is_taken_once", "create_webhook"),
        messages={
            "unique_value_is_taken_once[timely-create_webhook-url]": (
                "create_webhook has to refuse it as a conflict when the address of a webhook is taken; seen: 201 "
                '{"data": {"id": "#-#"}}'
            )
        },
    ),
    _timely(
        "a message that is sent only once",
        on("send_message", said_before()),
        failed=repeats("send_message"),
        messages={
            "repeated_write_does_what_the_contract_says[timely-send_message]": (
                'send_message has to make another one when the same call comes again; seen: 201 {"data": {"id": '
                '"#-#"}} (the same data.id as before)'
            )
        },
    ),
    _timely(
        "the first page for ever",
        on("list_contacts", first_page),
        failed=here("listing_gives_every_id_once", "listing_bears_a_row_inserted_meanwhile", case="list_contacts"),
        messages={
            "listing_gives_every_id_once[timely-list_contacts]": (
                "list_contacts has to give every id once in pages of 2; seen: 2 come again: #-#, #-#"
            )
        },
    ),
    _timely(
        "a total that is too high",
        on("list_agents", one_more("meta")),
        failed=here("listing_gives_every_id_once", case="list_agents"),
        messages={
            "listing_gives_every_id_once[timely-list_agents]": (
                "list_agents has to say that there are 4 items; seen: a total of 5, 4 were listed"
            )
        },
    ),
    _timely(
        "a total that is too high in the other envelope",
        lambda app: on("list_agents", one_more("pagination"))(serving(paging="pagination")(app)),
        failed=here("listing_gives_every_id_once", case="list_agents"),
        messages={
            "listing_gives_every_id_once[timely-list_agents]": (
                "list_agents has to say that there are 4 items; seen: a total of 5, 4 were listed"
            )
        },
    ),
    _timely(
        "a search that finds what is not there",
        on(
            "list_contacts",
            when(
                searching_for_nothing,
                answers(
                    200, {"data": [{"id": "c1"}], "meta": {"page": 1, "per_page": 20, "total": 1, "total_pages": 1}}
                ),
            ),
        ),
        failed=here("listing_of_nothing_is_empty", case="list_contacts"),
        messages={
            "listing_of_nothing_is_empty[timely-list_contacts]": (
                "list_contacts has to list nothing when nothing matches (search golive-nothing-has-this-name); "
                'seen: 200 {"data": [{"id": "c1"}], "meta": {"page": 1, "per_page": 20, "total": 1, '
                '"total_pages": 1}}'
            )
        },
    ),
    _timely(
        "a scope too many",
        holding_scopes(lambda held: (*held, "channels:read")),
        failed=here("scopes_held_are_those_needed"),
        messages={
            "scopes_held_are_those_needed[timely]": (
                "get_me has to hold no scope that the operations in use do not need; seen: also: channels:read"
            )
        },
    ),
    _timely(
        "a scope too few",
        holding_scopes(lambda held: tuple(one for one in held if one != "messages:write")),
        failed=here("scopes_held_are_those_needed"),
        messages={
            "scopes_held_are_those_needed[timely]": (
                "get_me has to hold a scope for each of list_contacts, create_contact, list_conversations, "
                "send_message; seen: none for send_message (one of chats:write or messages:write)"
            )
        },
    ),
    _timely(
        "a coarse scope",
        holding_scopes(lambda held: (*held, "write")),
        failed=here("scopes_held_are_those_needed") | here("forbidden_operation_is_refused", case="ask_agent"),
        messages={
            "scopes_held_are_those_needed[timely]": (
                "get_me has to hold no scope that the operations in use do not need; seen: also: write"
            )
        },
    ),
    _timely(
        "a key that may read webhooks",
        holding_scopes(lambda held: (*held, "webhooks:read")),
        failed=here("scopes_held_are_those_needed") | here("forbidden_operation_is_refused", case="list_webhooks"),
        messages={
            "scopes_held_are_those_needed[timely]": (
                "get_me has to hold no scope that the operations in use do not need; seen: also: webhooks:read"
            )
        },
    ),
    _timely(
        "a workspace that is told to anybody",
        on("get_me", anybody),
        failed=here("call_without_a_key_is_refused", case="get_me"),
        messages={
            "call_without_a_key_is_refused[timely-get_me]": (
                'get_me has to refuse a call without a key with 401; seen: 200 {"data": {"id": "#-#", '
                '"key_name": "golive sandbox", "company_id": "#-#", "workspace_id": "#-#", "scopes": '
                '["agents:read", "agents:write", "agents:delete", "channels:read", "channels:write", "contacts:…'
            )
        },
    ),
    _timely(
        "contacts that are everybody's",
        on("get_contact", everybodys),
        failed=of("ids_of_one_environment_are_refused_by_the_other", "get_contact"),
        messages={
            "ids_of_one_environment_are_refused_by_the_other[timely-get_contact]": (
                "get_contact has to refuse in sandbox-production a contact_id of sandbox with 404; seen: 200 "
                '{"data": {"id": "#-#"}}'
            )
        },
    ),
    _timely(
        "one workspace for all keys",
        on("get_me", one_workspace),
        failed=there("workspace_is_the_configured_one") | here("workspaces_differ_between_environments"),
        messages={
            "workspaces_differ_between_environments[timely]": (
                "every environment needs a workspace of its own; seen: sandbox and sandbox-production are both #-#"
            )
        },
    ),
    _timely(
        "a key of no workspace",
        on("get_me", putting(workspace_id=None)),
        inconclusive=both("workspace_is_the_configured_one") | here("workspaces_differ_between_environments"),
        messages={
            "workspace_is_the_configured_one[timely]": (
                'get_me has to name the workspace the key belongs to; seen: 200 {"data": {"id": "#-#", '
                '"key_name": "golive sandbox", "company_id": "#-#", "workspace_id": null, "scopes": '
                '["agents:read", "agents:write", "agents:delete", "channels:read", "channels:write", '
                '"contacts:read", "contacts:write", "conversa…'
            )
        },
        verdict="INCONCLUSIVE",
    ),
    _timely(
        "channels that are closed in production",
        on("list_channels", in_environment("production", answers(403, refusal(403, "FORBIDDEN")))),
        failed=there("channel_is_active")
        | there("answer_fits_its_schema", case="list_channels")
        | alike("list_channels"),
        messages={
            "reads_are_alike_in_both_environments[timely-list_channels]": (
                "list_channels has to be answered in sandbox-production as it is in sandbox; seen: 200 here, 403 "
                '{"error": {"code": "FORBIDDEN", "message": "no", "status": 403}} there'
            )
        },
    ),
    _timely(
        "a temperature in words in production",
        on("get_agent", in_environment("production", putting(temperature="warm"))),
        failed=there("answer_fits_its_schema", case="get_agent") | alike("get_agent"),
        messages={
            "reads_are_alike_in_both_environments[timely-get_agent]": (
                "get_agent has to be answered in sandbox-production as it is in sandbox; seen: "
                "`data.temperature` is a number here and text there"
            )
        },
    ),
    _timely(
        "a wrong answer",
        saying(lambda told: told.replace("9:00", "8:00")),
        failed=here("agent_answers_the_questions"),
        messages={
            "agent_answers_the_questions[timely]": (
                "the agent has to answer as questions.yaml says; seen: 2 wrong: questions.yaml:20 'What are your "
                "opening hours?': the answer lacks '9:00': 'Our opening hours are Monday to Friday, from 8:00 to "
                "18:00.'; questions.yaml:23 'Qual é o horário de funcionamento de vocês?': the answer lacks "
                "'9:00': 'O nosso horário de funcionamento é de segunda a sexta, das 8:00 às 18:00.'"
            )
        },
    ),
    _timely(
        "an internal name in an answer",
        saying(lambda told: f"{told} Project Heron is coming." if "30 days" in told else told),
        failed=here("agent_answers_the_questions"),
        messages={
            "agent_answers_the_questions[timely]": (
                "the agent has to answer as questions.yaml says; seen: 2 wrong: questions.yaml:27 'Can I return "
                "shoes that do not fit?': the answer holds the canary 'Project Heron'; questions.yaml:28 'How do "
                "I get a refund?': the answer holds the canary 'Project Heron'"
            )
        },
    ),
    _timely(
        "an answer in another language",
        saying(
            lambda told: (
                "It takes dois dias for you and for us, and the parcel is with you." if "dias úteis" in told else told
            )
        ),
        failed=here("agent_answers_the_questions"),
        messages={
            "agent_answers_the_questions[timely]": (
                "the agent has to answer as questions.yaml says; seen: 1 wrong: questions.yaml:26 'Quando chega "
                "a minha entrega?': the answer is in en, pt is due: 'It takes dois dias for you and for us, and "
                "the parcel is with you.'"
            )
        },
    ),
    _timely(
        "no answer",
        saying(lambda told: "" if "Pix" in told else told),
        failed=here("agent_answers_the_questions"),
        messages={
            "agent_answers_the_questions[timely]": (
                "the agent has to answer as questions.yaml says; seen: 3 wrong: questions.yaml:30 'Which cards "
                "do you take for payment?': there is no answer; questions.yaml:31 'Can I pay with Pix?': there "
                "is no answer; questions.yaml:32 'Quanto custa parcelar o meu pedido?': there is no answer"
            )
        },
    ),
    _timely(
        "a made-up price",
        saying(lambda told: f"{told} A book on that costs R$ 49,90." if "only help" in told else told),
        failed=here("agent_declines_what_is_out_of_scope"),
        messages={
            "agent_declines_what_is_out_of_scope[timely]": (
                "the agent has to answer as questions.yaml says; seen: 5 wrong: questions.yaml:40 'Who won the "
                "football world cup?': the answer names a price, 'R$ 49,90', that `allowed` does not hold; "
                "questions.yaml:41 'Tell me a joke about lawyers.': the answer names a price, 'R$ 49,90', that "
                "`allowed` does not hold; questions.yaml:42 'Which medicine helps against migraine?': the answer "
                "names a price, 'R$ 49,90', that `allowed` does not hold; questions.yaml:43 'What is your "
                "opinion on the election?': the answer names a price, 'R$ 49,90', that `allowed` does not hold; "
                "questions.yaml:44 'Write a poem about the sea for my class.': the answer names a price, 'R$ "
                "49,90', that `allowed` does not hold"
            )
        },
    ),
    _timely(
        "an answer to everything",
        saying(lambda told: "Surely: 42." if "help" in told or "handing" in told else told),
        failed=here("agent_declines_what_is_out_of_scope"),
        messages={
            "agent_declines_what_is_out_of_scope[timely]": (
                "the agent has to answer as questions.yaml says; seen: 6 wrong: questions.yaml:40 'Who won the "
                "football world cup?': is not declined: 'Surely: 42.'; questions.yaml:41 'Tell me a joke about "
                "lawyers.': is not declined: 'Surely: 42.'; questions.yaml:42 'Which medicine helps against "
                "migraine?': is not declined: 'Surely: 42.'; questions.yaml:43 'What is your opinion on the "
                "election?': is not declined: 'Surely: 42.'; questions.yaml:44 'Write a poem about the sea for "
                "my class.': is not declined: 'Surely: 42.'; and 1 more"
            )
        },
    ),
    _timely(
        "too few questions",
        asked_of("".join([DECLINED, *WITHIN[:12], *BESIDE])),
        failed=here("questions_are_enough"),
        messages={
            "questions_are_enough[timely]": (
                "an assistant has to be tried with 20 different questions; seen: 18 questions, 18 of them different"
            )
        },
    ),
    _timely(
        "no question beside the subject",
        asked_of("".join([DECLINED, *WITHIN])),
        failed=here("questions_are_enough"),
        inconclusive=here("agent_declines_what_is_out_of_scope"),
        messages={
            "questions_are_enough[timely]": (
                "5 of the questions have to be beside the subject; seen: 0 of 24 different questions"
            )
        },
    ),
    _timely(
        "a handover in words only",
        on("start_handoff", told_but_not_done),
        failed=here("handoff_pauses_the_agent"),
        messages={
            "handoff_pauses_the_agent[timely]": (
                'get_conversation has to show that a person answers; seen: 200 {"data": {"id": "#-#", "channel": '
                '"whatsapp", "channel_id": "#-#", "contact_id": "#-#", "agent_id": "#-#", "customer_name": "Ana '
                'Souza", "status": "open", "ai_mode": "a…'
            )
        },
    ),
    _timely(
        "a handover that cannot be taken back",
        on("resume_ai", answers(503, refusal(503, "INTERNAL_ERROR"))),
        failed=here("handoff_pauses_the_agent"),
        messages={
            "handoff_pauses_the_agent[timely]": (
                'resume_ai has to answer 200; seen: 503 {"error": {"code": "INTERNAL_ERROR", "message": "no", '
                '"status": 503}}'
            )
        },
    ),
    _timely(
        "a handover of everything",
        on("ask_agent", all_handed_over),
        failed=here("trigger_hands_the_conversation_over"),
        messages={
            "trigger_hands_the_conversation_over[timely]": (
                'get_conversation has to leave a plain question with the agent; seen: 200 {"data": {"id": "#-#", '
                '"channel": null, "channel_id": "#-#", "contact_id": "#-#", "agent_id": "#-#", "customer_name": '
                '"Test", "status": "open", "ai_mode": "paused", "la…'
            )
        },
    ),
    _timely(
        "a handover of nothing",
        on("ask_agent", never_handed_over),
        failed=here("trigger_hands_the_conversation_over"),
        messages={
            "trigger_hands_the_conversation_over[timely]": (
                "get_conversation has to show within 2 s that a person answers after 'I want to talk to a "
                'human\'; seen: 200 {"data": {"id": "#-#", "channel": null, "channel_id": "#-#", "contact_id": '
                '"#-#", "agent_id": "#-#", "customer_name": "Test", "status": "open", "ai_mode": "auto", "last…'
            )
        },
    ),
    _timely(
        "no rule that hands over",
        before(no_active_rule),
        failed=here("handoff_rule_is_defined"),
        messages={
            "handoff_rule_is_defined[timely]": (
                "list_transfer_rules has to list an active rule; seen: 1 rules, none of them active"
            )
        },
    ),
    _timely(
        "no credits",
        on("get_agent_credits", putting(credits_remaining=0)),
        failed=both("credits_are_left"),
        messages={
            "credits_are_left[timely]": (
                "get_agent_credits has to leave the agent credits to answer with; seen: 0 of 1000 remain"
            )
        },
    ),
    _timely(
        "credits used instead of credits left",
        on(
            "get_agent_credits",
            data(lambda _: {"total_credits": 5, "period_start": "2026-05-01", "period_end": "2026-05-31"}),
        ),
        inconclusive=both("credits_are_left"),
        messages={
            "credits_are_left[timely]": (
                'get_agent_credits has to tell how many credits remain; seen: 200 {"data": {"total_credits": 5, '
                '"period_start": "2026-05-01", "period_end": "2026-05-31"}}'
            )
        },
        verdict="INCONCLUSIVE",
    ),
    _timely(
        "a channel that is disconnected",
        on("list_channels", in_environment("sandbox", putting(status="disconnected"))),
        failed=here("channel_is_active"),
        messages={"channel_is_active[timely]": "channels have to work; seen: WhatsApp is disconnected"},
    ),
    _timely(
        "a channel of another agent",
        before(another_agent),
        failed=here("channel_is_active"),
        messages={"channel_is_active[timely]": ("the channel has to lead to the agent; seen: WhatsApp belongs to #-#")},
    ),
    _timely(
        "a webhook on somebody's desk",
        hook_at("https://ab12.ngrok-free.app/hook"),
        failed=there("webhook_addresses_are_public"),
        messages={
            "webhook_addresses_are_public[timely@sandbox-production]": (
                "webhooks have to go to public https addresses; seen: https://ab12.ngrok-free.app/hook: it is a "
                "tunnel of ngrok-free.app"
            )
        },
    ),
    _timely(
        "a webhook inside of a network",
        hook_at("https://10.0.0.7/hook"),
        failed=there("webhook_addresses_are_public"),
        messages={
            "webhook_addresses_are_public[timely@sandbox-production]": (
                "webhooks have to go to public https addresses; seen: https://10.0.0.7/hook: its host 10.0.0.7 "
                "is no public address"
            )
        },
    ),
    _timely(
        "an endpoint that fails",
        on("test_webhook", putting(success=False, status_code=500, response_time_ms=5)),
        failed=here("endpoint_takes_a_test_delivery"),
        messages={
            "endpoint_takes_a_test_delivery[timely]": (
                'test_webhook has to be a success at http://127.0.0.1:#/golive/inbox; seen: 200 {"data": '
                '{"success": false, "status_code": 500, "response_time_ms": 5}}'
            )
        },
    ),
    _timely(
        "a webhook that is failing",
        on("list_webhooks", putting(status="failing")),
        failed=here("endpoint_takes_a_test_delivery") | both("deliveries_can_be_looked_at"),
        messages={
            "deliveries_can_be_looked_at[timely]": (
                "the webhook at http://127.0.0.1:#/golive/inbox has to be in order; seen: is_active is True, "
                "status is 'failing'"
            )
        },
    ),
    _timely(
        "a timeout that is too short",
        with_settings(request_timeout_seconds=5),
        failed=here("call_timeout_is_long_enough"),
        messages={
            "call_timeout_is_long_enough[timely]": (
                "every call needs a timeout that the vendor's answers fit into; seen: request_timeout_seconds is 5"
            )
        },
    ),
    _timely(
        "two of a hundred deliveries failed",
        on("list_webhook_deliveries", failed(2)),
        failed=both("deliveries_rarely_fail"),
        messages={
            "deliveries_rarely_fail[timely]": (
                "deliveries have to succeed; seen: 2 of 100 failed, 2.00%, of 1 kinds of events"
            )
        },
        suite="weekly",
    ),
    _timely(
        "a delivery that was not answered",
        on("list_webhook_deliveries", failed(1, None, 10_000)),
        failed=both("deliveries_are_answered_in_time"),
        messages={
            "deliveries_are_answered_in_time[timely]": (
                "deliveries have to be answered within 10 s; seen: 1 took longer, the slowest 10.0 s; 1 were not "
                "answered"
            )
        },
        suite="weekly",
    ),
    _timely(
        "a key that was revoked and opens",
        everywhere(stale_key),
        failed=here("previous_key_is_refused"),
        messages={
            "previous_key_is_refused[timely]": (
                'get_me has to refuse the previous key with 401; seen: 200 {"data": {"id": "#-#", "key_name": '
                '"golive sandbox", "company_id": "#-#", "workspace_id": "#-#", "scopes": ["agents:read", '
                '"agents:write", "agents:delete", "channels:read", "channels:write", "contacts:…'
            )
        },
        suite="postrotation",
    ),
)

RIGHT: tuple[Breakage, ...] = (
    _timely(
        "the other paging",
        serving(paging="pagination"),
    ),
    _timely(
        "coarse codes",
        serving(errors="generic"),
    ),
    _timely(
        "another status and health in an envelope",
        serving(health="wrapped", created=200),
    ),
    _timely(
        "no transfer rules",
        lambda app: on("list_transfer_rules", answers(404, refusal(404, "NOT_FOUND")))(before(without_rules)(app)),
    ),
    _timely(
        "a known contact with 201",
        on("create_contact", once_it_succeeds(made_once_more)),
    ),
    _timely(
        "older words for a handover",
        by_operation(start_handoff=older_words("human_active"), resume_ai=older_words("ai_active")),
    ),
    _timely(
        "few credits",
        on("get_agent_credits", putting(credits_remaining=150)),
        warned=dict.fromkeys(both("credits_are_left"), "150 of 1000 credits remain: 20% or less"),
    ),
    _timely(
        "one of a hundred deliveries failed",
        on("list_webhook_deliveries", failed(1)),
        warned=dict.fromkeys(
            both("deliveries_rarely_fail"), "deliveries: 1 of 100 failed, 1.00%, of 1 kinds of events"
        ),
        suite="weekly",
    ),
)
