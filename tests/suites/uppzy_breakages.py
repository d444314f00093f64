"""Uppzy, wrong in every way a vendor may be wrong."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pytest_golive.sandbox import rehearsal
from pytest_golive.sandbox.example_content import Published
from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.uppzy.state import Document
from tests.suites.breakage import Breakage
from tests.suites.planned_checks import THERE, Planned
from tests.suites.vendor_in_disguise import (
    Twist,
    Wrap,
    answers,
    at,
    before,
    being,
    everywhere,
    failing,
    holding,
    in_state,
    json_of,
    lacking,
    on,
    once_it_succeeds,
    page,
    sending,
    sent,
    when,
    with_key,
)

UPPZY = Planned("uppzy")
here, both, reads, repeats = UPPZY.here, UPPZY.both, UPPZY.reads, UPPZY.repeats
bad_inputs, calling, of = UPPZY.bad_inputs, UPPZY.calling, UPPZY.of


def alike(*operations: str) -> frozenset[str]:
    """Return the ids of the check that compares both environments."""
    return of("reads_are_alike_in_both_environments", *operations)


def _key_of(app: Uppzy, environment: str) -> str:
    return app.connections()[environment].api_key


def _without_a_key(app: Uppzy, request: Request) -> bool:
    return not request.headers.get("x-api-key")


def _first_letters_are_enough(app: Uppzy, request: Request) -> Response:
    sent = request.headers.get("x-api-key") or ""
    known = [one.api_key for one in app.connections().values() if sent[:-1] == one.api_key[:-1]]
    return app(with_key(request, known[0])) if known else app(request)


def _owner_of(app: Uppzy, request: Request) -> str:
    """Return the environment whose tenant a path names."""
    named = [name for name, one in app.connections().items() if one.ids["tenant_id"] in request.path]
    return named[0] if named else "sandbox"


def _let_in(app: Uppzy, request: Request) -> Response:
    return app(with_key(request, _key_of(app, _owner_of(app, request))))


def _foreign_is_there(app: Uppzy, request: Request) -> Response:
    response = app(request)
    return json_response(200, {"plan": "level2"}) if response.status == 404 else response


def _known_request(app: Uppzy, request: Request) -> bool:
    asked = request.path.rsplit("/", 1)[-1]
    return any(asked in site.questions for site in app._state.sites.values())


def _pending(app: Uppzy, request: Request) -> Response:
    asked = request.path.rsplit("/", 1)[-1]
    return json_response(200, {"session_id": "s", "request_id": asked, "status": "pending"})


def _at_any_site(app: Uppzy, request: Request) -> Response:
    asked = request.path.rsplit("/", 1)[-1]
    for site in app._state.sites.values():
        if asked in site.questions:
            head, _, tail = request.path.partition("/sites/")
            return app(at(request, f"{head}/sites/{site.id}/{tail.partition('/')[2]}"))
    return app(request)


def _now_and_then() -> Twist:
    """Refuse a call for its rate, and then none for half a second, whichever thread it is of."""
    lock, refused = threading.Lock(), [0.0]

    def twist(app: Uppzy, request: Request) -> Response:
        with lock:
            if time.monotonic() - refused[0] < 0.5:
                return app(request)
            refused[0] = time.monotonic()
        return json_response(429, {"error": "too many requests"}, {"Retry-After": "0"})

    return twist


def _every_other() -> Twist:
    """Refuse every other poll for its rate."""
    numbers = itertools.count()

    def twist(app: Uppzy, request: Request) -> Response:
        if next(numbers) % 2:
            return app(request)
        return json_response(429, {"error": "too many requests"}, {"Retry-After": "0"})

    return twist


def _within_a_second_and_a_half(wrap: Wrap) -> Wrap:
    def hurried(app: Uppzy) -> App:
        # The rehearsal's own budget of 90 s is too long for a test.
        rehearsal.QUICK["poll_budget_seconds"] = 1.5
        return wrap(app)

    return hurried


def _dated_again(response: Response) -> Response:
    return json_response(200, {"feedback_submitted_at": "2026-11-21T09:00:00Z", **json_of(response.body)})


def _dated_by_the_day(response: Response) -> Response:
    body = json_of(response.body)
    return json_response(
        200, {name: value[:10] if name == "feedback_submitted_at" else value for name, value in body.items()}
    )


def as_if(**instead: Any) -> Twist:
    """Take the request as if it had these fields."""
    return lambda app, request: app(sending(request, {**json_of(request.body), **instead}))


def _refused_and_kept(**instead: Any) -> Twist:
    def twist(app: Uppzy, request: Request) -> Response:
        app(sending(request, {**json_of(request.body), **instead}))
        return json_response(400, {"error": "invalid payload"})

    return twist


def _kept_as(title: str) -> Twist:
    """Refuse a document without a title, and keep it under this one."""

    def twist(app: Uppzy, request: Request) -> Response:
        app(sending(request, {**json_of(request.body), "title": "kept"}))
        _rename(app, "kept", title)
        return json_response(400, {"error": "title is required"})

    return twist


def _program_kept(app: Uppzy, request: Request) -> Response:
    """Refuse a program, and keep it all the same."""
    app(replace(request, body=request.body.replace(b"golive.exe", b"kept.txt")))
    _rename(app, "kept.txt", "golive.exe")
    return json_response(415, {"error": "unsupported file type"})


def _rename(app: Uppzy, title: str, other: str) -> None:
    for site in app._state.sites.values():
        for document in site.documents.values():
            if document.fields["title"] == title:
                document.fields["title"] = other


def _is_program(app: Uppzy, request: Request) -> bool:
    return b"golive.exe" in request.body


def _not_json(app: Uppzy, request: Request) -> bool:
    return json_of(request.body) is None


def _names_documents(app: Uppzy, request: Request) -> bool:
    body = json_of(request.body)
    named = body.get("document_ids") if isinstance(body, dict) else None
    return isinstance(named, list) and bool(named)


def _nothing_deleted(response: Response) -> Response:
    return response if json_of(response.body)["deleted"] else json_response(500, {"error": "broken"})


def _not_now(response: Response) -> Response:
    return response if json_of(response.body)["deleted"] else json_response(503, {"error": "broken"})


def _forgotten(app: Uppzy, request: Request) -> Response:
    """Make documents drafts, and forget them."""
    response = app(request)
    if response.status < 300:
        for site in app._state.sites.values():
            for document in json_of(request.body)["document_ids"]:
                site.documents.pop(document, None)
    return response


def _always_the_first() -> Twist:
    """Answer every question with the id of the first one of its session."""
    first: dict[str, str] = {}

    def twist(app: Uppzy, request: Request) -> Response:
        response = app(request)
        if response.status >= 300:
            return response
        body = json_of(response.body)
        return json_response(
            response.status, {**body, "request_id": first.setdefault(body["session_id"], body["request_id"])}
        )

    return twist


def _one_document_per_title() -> Twist:
    made: dict[str, Response] = {}

    def twist(app: Uppzy, request: Request) -> Response:
        body = json_of(request.body)
        title = str(body.get("title") if isinstance(body, dict) else body)
        return made[title] if title in made else _kept(made, title, app(request))

    return twist


def _kept(made: dict[str, Response], title: str, response: Response) -> Response:
    return made.setdefault(title, response) if response.status < 300 else response


def _second_time(twist: Twist) -> Twist:
    """Twist the answer when the same body comes again."""
    seen: set[bytes] = set()

    def second(app: Uppzy, request: Request) -> Response:
        if request.body in seen:
            return twist(app, request)
        seen.add(request.body)
        return app(request)

    return second


def _share_the_workspace(app: Uppzy) -> None:
    app._connections["production"] = app._connections["sandbox"]


def _opens_production_too(app: Uppzy, request: Request) -> Response:
    mine = request.headers.get("x-api-key") == _key_of(app, "sandbox")
    return _let_in(app, request) if mine else app(request)


def _all_active(response: Response) -> Response:
    items = json_of(response.body)["items"]
    return json_response(200, {"items": [{**item, "status": "active"} for item in items]})


def _revoke(app: Uppzy) -> None:
    app.revoke(_key_of(app, "sandbox"))


def _lower_plan(app: Uppzy) -> None:
    app.set_plan(app.connections()["sandbox"].ids["tenant_id"], "level1")


def _many_documents(app: Uppzy) -> None:
    for site in app._state.sites.values():
        for number in range(120):
            site.documents[f"doc_{number}"] = Document(f"doc_{number}", {"title": f"old {number}"}, "draft", 0.0)


def _published_by_hand(app: Uppzy) -> None:
    for site in app._state.sites.values():
        fields = {"title": "Opening times", "content": "Open until six."}
        site.documents[f"doc_{'a' * 32}"] = Document(f"doc_{'a' * 32}", fields, "active", 0.0)


def _drafted(app: Uppzy) -> None:
    """Put a document back to draft, whoever publishes it."""
    publish = app.publish

    def drafted(documents: Sequence[Published]) -> None:
        publish(documents)
        for site in app._state.sites.values():
            for document in site.documents.values():
                if document.fields["title"] == "Broken zips":
                    document.status = "draft"

    app.publish = drafted  # type: ignore[method-assign]  # a vendor that forgets


def _one_page(app: Uppzy, request: Request) -> Response:
    """Ignore the number of the page."""
    return app(replace(request, query={name: value for name, value in request.query.items() if name != "page"}))


def _unprocessable(app: Uppzy, request: Request) -> Response:
    response = app(request)
    return json_response(422, json_of(response.body)) if response.status == 400 else response


CHAT_DEPENDENTS = (
    here("feedback_is_accepted", "repeated_feedback_changes_nothing")
    | repeats("send_feedback", "close_session")
    | bad_inputs("send_feedback", "close_session")
)
"""What needs the answer of a chat."""

DOCUMENT_DEPENDENTS = repeats("update_document", "update_documents_status", "delete_documents") | bad_inputs(
    "update_document", "update_documents_status", "delete_documents"
)
"""What needs the id of a document."""

ON_TOPICS = here("topic_questions_are_answered", "rollout_pauses_where_answers_are_wrong")
"""What asks about the content that was published lately."""

WRITES = ("update_widget_config", "upload_document", "create_text_document", "create_qa_document", "chat", "chat_async")
"""Writes that need nothing to be there before."""

ASKED = (
    "tenant_is_the_configured_one",
    "site_is_the_configured_one",
    "limits_answer",
    "sync_chat_answers",
    "async_chat_completes",
    "document_round_trip",
    "listed_documents_are_in_the_sync_log",
    "topic_questions_are_answered",
    "answer_fits_its_schema",
    "listing_gives_every_id_once",
    "listing_bears_a_row_inserted_meanwhile",
    "reads_are_alike_in_both_environments",
)
"""Checks that begin with a call that has to be answered."""

EVERYTHING_ASKED = repeats(*WRITES) | frozenset(check for check in calling() if check.startswith(ASKED))

UNANSWERED = EVERYTHING_ASKED & calling(rehearsal.CHOSEN)
"""What fails when nothing is answered in the rehearsed environment alone."""

UNTOLD = (
    CHAT_DEPENDENTS
    | DOCUMENT_DEPENDENTS
    | here("request_of_another_site_is_not_found", "rollout_pauses_where_answers_are_wrong")
    | bad_inputs("update_widget_config", "upload_document", "create_text_document", "create_qa_document")
    | bad_inputs("chat", "chat_async")
)
"""What then cannot be told any more."""

UNKNOWN_LANGUAGE = "invalid_data_is_refused[uppzy-{}-response_language:names-a-language-that-does-not-exist]"
"""A bad input that may be taken, and then has to be answered."""

PAGE = "<h1>Maintenance</h1>"
LIMITS = '200 {"tenant_id": "ten_#", "limits": {"questions_per_month": 1000, "documents": 500}}'
ANSWER = "Our support hours are Monday to Friday, from 9:00 to 18:00."
SURE = '"confidence_level": "high", "confidence_score": 0.9'
REFUSED = "400, 413, 415 or 422"

TENANT_AND_SITE = (
    Breakage(
        "another tenant is answered",
        on("get_tenant", holding(id="t_2")),
        failed=both("tenant_is_the_configured_one"),
        messages={
            "tenant_is_the_configured_one[uppzy]": "get_tenant has to name the configured id ten_#; seen: id is 't_2'"
        },
    ),
    Breakage(
        "the tenant has no id",
        on("get_tenant", lacking("id")),
        failed=both("tenant_is_the_configured_one"),
        messages={
            "tenant_is_the_configured_one[uppzy]": (
                'get_tenant has to hold one of id, tenant_id; seen: 200 {"plan": "level2"}'
            )
        },
    ),
    Breakage(
        "the tenant is an empty object",
        on("get_tenant", being({})),
        failed=both("tenant_is_the_configured_one") | reads("get_tenant"),
        messages={
            "tenant_is_the_configured_one[uppzy]": (
                "get_tenant has to be an object with at least one field; seen: 200 {}"
            ),
            "answer_fits_its_schema[uppzy-get_tenant]": (
                "get_tenant has to fit schemas/uppzy/get_tenant.response.json; seen: the body is empty (assumed)"
            ),
        },
    ),
    Breakage(
        "the site belongs to another tenant",
        on("get_site", holding(tenant_id="t_2")),
        failed=both("site_is_the_configured_one"),
        messages={
            "site_is_the_configured_one[uppzy]": (
                "get_site has to name the configured id ten_#; seen: tenant_id is 't_2'"
            )
        },
    ),
    Breakage(
        "another site is answered",
        on("get_site", holding(id="s_2")),
        failed=both("site_is_the_configured_one"),
        messages={
            "site_is_the_configured_one[uppzy]": "get_site has to name the configured id site_#; seen: id is 's_2'"
        },
    ),
    Breakage(
        "any tenant id is answered",
        on("get_tenant", _foreign_is_there),
        failed=both("foreign_tenant_and_site_are_refused"),
        messages={
            "foreign_tenant_and_site_are_refused[uppzy]": (
                'get_tenant has to refuse a tenant_id that is not ours with 403 or 404; seen: 200 {"plan": "level2"}'
            )
        },
    ),
    Breakage(
        "any site id is answered",
        on("get_site", _foreign_is_there),
        failed=both("foreign_tenant_and_site_are_refused"),
        messages={
            "foreign_tenant_and_site_are_refused[uppzy@sandbox-production]": (
                'get_site has to refuse a site_id that is not ours with 403 or 404; seen: 200 {"plan": "level2"}'
            )
        },
    ),
)

KEYS = (
    Breakage(
        "no key is needed",
        everywhere(when(_without_a_key, _let_in)),
        failed=both("missing_and_corrupted_keys_are_refused") | of("call_without_a_key_is_refused"),
        messages={
            "call_without_a_key_is_refused[uppzy-get_limits]": (
                f"get_limits has to refuse a call without a key with 401; seen: {LIMITS}"
            ),
            "missing_and_corrupted_keys_are_refused[uppzy]": (
                f"get_limits has to refuse a call without a key with 401; seen: {LIMITS}"
            ),
        },
    ),
    Breakage(
        "the last letter of a key does not matter",
        everywhere(_first_letters_are_enough),
        failed=both("missing_and_corrupted_keys_are_refused") | of("call_without_a_key_is_refused"),
        messages={
            "call_without_a_key_is_refused[uppzy-get_limits]": (
                f"get_limits has to refuse a key of which one letter was changed with 401; seen: {LIMITS}"
            ),
            "missing_and_corrupted_keys_are_refused[uppzy]": (
                f"get_limits has to refuse a key of which one letter was changed with 401; seen: {LIMITS}"
            ),
        },
    ),
    Breakage(
        "the key is revoked",
        before(_revoke),
        failed=UNANSWERED | here("foreign_tenant_and_site_are_refused", "unknown_request_is_not_found"),
        inconclusive=UNTOLD - repeats(*WRITES),
        messages={
            "limits_answer[uppzy]": 'get_limits has to answer 200; seen: 401 {"error": "invalid_api_key"}',
            "unknown_request_is_not_found[uppzy]": (
                'get_chat_request has to say 404 for a request nobody made; seen: 401 {"error": "invalid_api_key"}'
            ),
            "invalid_data_is_refused[uppzy-chat-message:wrong-type]": (
                f"chat has to refuse the call with {REFUSED} when `message` is a list instead of text; "
                'seen: 401 {"error": "invalid_api_key"}'
            ),
        },
    ),
    Breakage(
        "the plan has no access to the API",
        before(_lower_plan),
        failed=UNANSWERED | here("unknown_request_is_not_found"),
        inconclusive=UNTOLD - repeats(*WRITES),
        messages={
            "limits_answer[uppzy]": (
                'get_limits has to answer 200; seen: 403 {"error": "api_access_not_available_on_plan"}'
            )
        },
    ),
    Breakage(
        "the key opens production too",
        on("get_limits", _opens_production_too),
        failed=here("key_is_refused_by_production"),
        messages={
            "key_is_refused_by_production[uppzy]": (
                "get_limits has to be refused by sandbox-production when it is made with the key of sandbox; "
                f"seen: {LIMITS}"
            )
        },
    ),
    Breakage(
        "production is the same workspace with the same key",
        before(_share_the_workspace),
        failed=here("key_is_refused_by_production", "keys_differ_between_environments"),
        messages={
            "keys_differ_between_environments[uppzy]": (
                "every environment needs a key of its own; seen: sandbox and sandbox-production hold the same key #"
            )
        },
    ),
)

LIMITS_OF_THE_PLAN = (
    Breakage(
        "limits are an empty object",
        on("get_limits", being({})),
        failed=both("limits_answer") | reads("get_limits"),
        messages={
            "limits_answer[uppzy]": (
                "get_limits has to fit schemas/uppzy/get_limits.response.json; seen: the body is empty (assumed)"
            )
        },
    ),
    Breakage(
        "limits fail",
        on("get_limits", failing()),
        failed=both("limits_answer") | reads("get_limits") | alike("get_limits"),
        messages={"limits_answer[uppzy]": 'get_limits has to answer 200; seen: 500 {"error": "broken"}'},
    ),
)

SYNC_CHAT = (
    Breakage(
        "sync chat fails",
        on("chat", failing()),
        failed=here("sync_chat_answers", "topic_questions_are_answered")
        | repeats("chat")
        | frozenset({UNKNOWN_LANGUAGE.format("chat")})
        | of("listing_bears_a_row_inserted_meanwhile", "list_sessions"),
        inconclusive=CHAT_DEPENDENTS | here("rollout_pauses_where_answers_are_wrong"),
        messages={
            "sync_chat_answers[uppzy]": 'chat has to answer 200; seen: 500 {"error": "broken"}',
            "topic_questions_are_answered[uppzy]": 'chat has to answer 200; seen: 500 {"error": "broken"}',
            "rollout_pauses_where_answers_are_wrong[uppzy]": 'chat has to answer 200; seen: 500 {"error": "broken"}',
            "listing_bears_a_row_inserted_meanwhile[uppzy-list_sessions]": (
                'chat has to answer 200; seen: 500 {"error": "broken"}'
            ),
            "feedback_is_accepted[uppzy]": (
                'chat has to answer with the `session_id` that other calls need; seen: 500 {"error": "broken"}'
            ),
            UNKNOWN_LANGUAGE.format("chat"): (
                f"chat has to refuse the call with {REFUSED} when `response_language` names a language that does not "
                'exist, never with a failure; seen: 500 {"error": "broken"}'
            ),
        },
    ),
    Breakage(
        "sync chat answers with blanks",
        on("chat", holding(answer="  ")),
        failed=here("sync_chat_answers") | ON_TOPICS,
        messages={
            "sync_chat_answers[uppzy]": (
                'chat has to hold a non-empty answer; seen: 200 {"session_id": "golive_session_#", '
                f'"request_id": "req_#", "answer": "  ", {SURE}}}'
            )
        },
    ),
    Breakage(
        "sync chat answers with a blank request id",
        on("chat", holding(request_id=" ")),
        failed=here("sync_chat_answers", "feedback_is_accepted", "repeated_feedback_changes_nothing")
        | repeats("chat", "send_feedback"),
        messages={
            "sync_chat_answers[uppzy]": (
                'chat has to hold a request_id; seen: 200 {"session_id": "golive_session_#", "request_id": " ", '
                f'"answer": "{ANSWER}", {SURE}}}'
            )
        },
    ),
    Breakage(
        "sync chat gives no request id",
        on("chat", lacking("request_id")),
        failed=here("sync_chat_answers", "topic_questions_are_answered") | repeats("chat"),
        inconclusive=here("feedback_is_accepted", "repeated_feedback_changes_nothing")
        | here("rollout_pauses_where_answers_are_wrong")
        | repeats("send_feedback")
        | bad_inputs("send_feedback"),
        messages={
            "sync_chat_answers[uppzy]": (
                "chat has to fit schemas/uppzy/chat.response.json; seen: the body lacks `request_id` (documented)"
            ),
            "repeated_write_does_what_the_contract_says[uppzy-chat]": (
                'chat has to make another one when the same call comes again; seen: 200 {"session_id": '
                f'"golive_session_#", "answer": "{ANSWER}", {SURE}}} (no request_id to tell them apart)'
            ),
        },
    ),
    Breakage(
        "sync chat answers in another session",
        on("chat", holding(session_id="another")),
        failed=here("sync_chat_answers", "feedback_is_accepted", "repeated_feedback_changes_nothing")
        | repeats("send_feedback", "close_session"),
        messages={
            "sync_chat_answers[uppzy]": (
                "chat has to repeat the session_id it was asked in; seen: sent 'golive_session_#', got 'another'"
            )
        },
    ),
    Breakage(
        "sync chat answers off the point",
        on("chat", holding(answer="We sell hats.")),
        failed=here("sync_chat_answers") | ON_TOPICS,
        messages={
            "topic_questions_are_answered[uppzy]": (
                "questions on changed topics have to be answered as questions.yaml says; seen: 3 wrong: "
                "questions.yaml:19 'Who mends broken zips?', on repairs (batch help-2): the answer lacks 'free of "
                "charge': 'We sell hats.'; questions.yaml:17 'Can shoes be sent back?', on returns (batch help-1): the "
                "answer lacks '30 days': 'We sell hats.'; questions.yaml:18 'Are old vouchers still valid?', on "
                "vouchers (batch help-1): the answer lacks 'three years': 'We sell hats.'"
            ),
            "rollout_pauses_where_answers_are_wrong[uppzy]": (
                "a rollout has to pause while answers leave the approved content; seen: none is written down, and "
                "questions.yaml:19 'Who mends broken zips?', on repairs (batch help-2): the answer lacks 'free of "
                "charge': 'We sell hats.'; questions.yaml:17 'Can shoes be sent back?', on returns (batch help-1): the "
                "answer lacks '30 days': 'We sell hats.'; questions.yaml:18 'Are old vouchers still valid?', on "
                "vouchers (batch help-1): the answer lacks 'three years': 'We sell hats.'"
            ),
            "sync_chat_answers[uppzy]": (
                "chat has to hold the expected words support; seen: support not in: We sell hats."
            ),
        },
    ),
)

ASYNC_CHAT = (
    Breakage(
        "an async question is not taken",
        on("chat_async", failing()),
        failed=here("async_chat_completes") | repeats("chat_async") | {UNKNOWN_LANGUAGE.format("chat_async")},
        inconclusive=here("request_of_another_site_is_not_found"),
        messages={
            "async_chat_completes[uppzy]": 'chat_async has to answer 202; seen: 500 {"error": "broken"}',
            "request_of_another_site_is_not_found[uppzy]": (
                'chat_async has to answer with the `request_id` that other calls need; seen: 500 {"error": "broken"}'
            ),
        },
    ),
    Breakage(
        "an async question gets no request id",
        on("chat_async", lacking("request_id")),
        failed=here("async_chat_completes") | repeats("chat_async"),
        inconclusive=here("request_of_another_site_is_not_found"),
        messages={
            "async_chat_completes[uppzy]": (
                "chat_async has to fit schemas/uppzy/chat_async.response.json; "
                "seen: the body lacks `request_id` (documented)"
            )
        },
    ),
    Breakage(
        "an async question gets a blank request id",
        on("chat_async", holding(request_id=" ")),
        failed=here("async_chat_completes", "request_of_another_site_is_not_found") | repeats("chat_async"),
        messages={
            "async_chat_completes[uppzy]": (
                'chat_async has to hold a request_id; seen: 202 {"session_id": "golive_session_#", '
                '"request_id": " ", "status": "pending"}'
            ),
            "request_of_another_site_is_not_found[uppzy]": (
                'get_chat_request has to answer 200; seen: 404 {"error": "request not found"}'
            ),
        },
    ),
    Breakage(
        "an async question fails",
        on("get_chat_request", in_state("failed")),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                'get_chat_request has to end as completed; seen: 200 {"session_id": "golive_session_#", '
                '"request_id": "req_#", "status": "failed"}'
            )
        },
    ),
    Breakage(
        "an async question is in a state nobody knows",
        on("get_chat_request", in_state("queued")),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                "get_chat_request has to fit schemas/uppzy/get_chat_request.response.json; seen: `status` is "
                "'queued', one of 'pending', 'processing', 'completed', 'failed' is due (assumed)"
            )
        },
    ),
    Breakage(
        "an async question never ends",
        _within_a_second_and_a_half(on("get_chat_request", in_state("processing"))),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                "get_chat_request has to end within the budget of 1.5 s; seen: still 'processing' after # polls in # s"
            )
        },
    ),
    Breakage(
        "an async question ends without an answer",
        on("get_chat_request", lacking("answer")),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                "get_chat_request has to fit schemas/uppzy/get_chat_request.response.json; "
                "seen: the body lacks `answer` (assumed)"
            )
        },
    ),
    Breakage(
        "an async question ends with a blank answer",
        on("get_chat_request", holding(answer=" ")),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                'get_chat_request has to hold a non-empty answer once it is completed; seen: 200 {"session_id": '
                f'"golive_session_#", "request_id": "req_#", "status": "completed", "answer": " ", {SURE}}}'
            )
        },
    ),
    Breakage(
        "polling is refused for its rate",
        on("get_chat_request", when(_known_request, _every_other())),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                'get_chat_request has to be answered without a 429; seen: 429 for poll 1, then 200 {"session_id": '
                f'"golive_session_#", "request_id": "req_#", "status": "completed", "answer": "{ANSWER}", {SURE}}}'
            )
        },
    ),
    Breakage(
        "a request nobody made is pending",
        on("get_chat_request", when(lambda app, request: not _known_request(app, request), _pending)),
        failed=here("unknown_request_is_not_found"),
        messages={
            "unknown_request_is_not_found[uppzy]": (
                'get_chat_request has to say 404 for a request nobody made; seen: 200 {"session_id": "s", '
                '"request_id": "req_#", "status": "pending"}'
            )
        },
    ),
    Breakage(
        "a request is found under any site",
        on("get_chat_request", _at_any_site),
        failed=here("request_of_another_site_is_not_found"),
        messages={
            "request_of_another_site_is_not_found[uppzy]": (
                'get_chat_request has to say 404 for a request of another site; seen: 200 {"session_id": '
                '"golive_session_#", "request_id": "req_#", "status": "pending"}'
            )
        },
    ),
)

RATINGS = (
    Breakage(
        "ratings fail",
        on("send_feedback", failing()),
        failed=here("feedback_is_accepted", "repeated_feedback_changes_nothing") | repeats("send_feedback"),
        messages={
            "feedback_is_accepted[uppzy]": 'send_feedback has to answer 200; seen: 500 {"error": "broken"}',
            "repeated_feedback_changes_nothing[uppzy]": (
                'send_feedback has to answer 200; seen: 500 {"error": "broken"}'
            ),
        },
    ),
    Breakage(
        "a rating is echoed for another request",
        on("send_feedback", holding(request_id="req_2")),
        failed=here("feedback_is_accepted"),
        messages={
            "feedback_is_accepted[uppzy]": "send_feedback has to echo request_id; seen: sent 'req_#', got 'req_2'"
        },
    ),
    Breakage(
        "a rating is answered with another status",
        on("send_feedback", holding(status="accepted")),
        failed=here("feedback_is_accepted", "repeated_feedback_changes_nothing"),
        messages={
            "feedback_is_accepted[uppzy]": (
                "send_feedback has to fit schemas/uppzy/send_feedback.response.json; "
                "seen: `status` is 'accepted', 'ok' is due (documented)"
            )
        },
    ),
    Breakage(
        "a rating is not dated",
        on("send_feedback", lacking("feedback_submitted_at")),
        failed=here("feedback_is_accepted"),
        messages={
            "feedback_is_accepted[uppzy]": (
                "send_feedback has to say in feedback_submitted_at when it was rated; "
                'seen: 200 {"status": "ok", "request_id": "req_#", "feedback": "good"}'
            )
        },
    ),
    Breakage(
        "a rating is dated without a time",
        on("send_feedback", once_it_succeeds(_dated_by_the_day)),
        failed=here("feedback_is_accepted"),
        messages={
            "feedback_is_accepted[uppzy]": (
                "send_feedback has to fit schemas/uppzy/send_feedback.response.json; seen: `feedback_submitted_at` is "
                "'#-#-#', which is not a valid date-time (documented)"
            )
        },
    ),
    Breakage(
        "a repeated rating is dated again",
        on("send_feedback", once_it_succeeds(_dated_again)),
        failed=here("repeated_feedback_changes_nothing") | repeats("send_feedback"),
        messages={
            "repeated_feedback_changes_nothing[uppzy]": (
                "send_feedback has to leave out feedback_submitted_at when the rating is repeated; seen: 200 "
                '{"feedback_submitted_at": "#T#Z", "status": "ok", "request_id": "req_#", '
                '"feedback": "good"}'
            ),
            "repeated_write_does_what_the_contract_says[uppzy-send_feedback]": (
                "send_feedback has to leave out feedback_submitted_at when the same call comes again; seen: 200 "
                '{"feedback_submitted_at": "#T#Z", "status": "ok", "request_id": "req_#", '
                '"feedback": "good"}'
            ),
        },
    ),
    Breakage(
        "a repeated rating is a conflict",
        on("send_feedback", _second_time(answers(409))),
        failed=here("repeated_feedback_changes_nothing") | repeats("send_feedback"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-send_feedback]": (
                "send_feedback has to succeed and change nothing when the same call comes again; "
                'seen: 409 {"error": "broken"} (a conflict)'
            )
        },
    ),
)

DOCUMENTS = (
    Breakage(
        "documents are not listed",
        on("list_documents", being({"items": []})),
        failed=here("document_round_trip") | of("listing_bears_a_row_inserted_meanwhile", "list_documents"),
        messages={
            "listing_bears_a_row_inserted_meanwhile[uppzy-list_documents]": (
                "list_documents has to list what upload_document created; seen: 0 items"
            ),
            "document_round_trip[uppzy]": (
                "list_documents has to hold the document that was created; seen: doc_# is not among the # documents"
            ),
        },
    ),
    Breakage(
        "a document gets no id",
        on("create_text_document", lacking("id")),
        failed=here("document_round_trip") | repeats("create_text_document"),
        inconclusive=DOCUMENT_DEPENDENTS,
        messages={
            "document_round_trip[uppzy]": (
                "create_text_document has to fit schemas/uppzy/create_text_document.response.json; "
                "seen: the body lacks `id` (assumed)"
            ),
            "repeated_write_does_what_the_contract_says[uppzy-create_text_document]": (
                "create_text_document has to make another one or be refused as a conflict (409) when the same call "
                'comes again; seen: 201 {"status": "draft"} (no id to tell them apart)'
            ),
            "repeated_write_does_what_the_contract_says[uppzy-delete_documents]": (
                'create_text_document has to answer with the `id` that other calls need; seen: 201 {"status": "draft"}'
            ),
        },
    ),
    Breakage(
        "a document stays active",
        on("list_documents", once_it_succeeds(_all_active)),
        failed=here("document_round_trip"),
        messages={
            "document_round_trip[uppzy]": (
                "update_documents_status has to leave the document as draft; seen: listed with status active"
            )
        },
    ),
    Breakage(
        "a document vanishes when it becomes a draft",
        on("update_documents_status", _forgotten),
        failed=here("document_round_trip") | repeats("update_documents_status"),
        messages={
            "document_round_trip[uppzy]": (
                "update_documents_status has to leave the document as draft; seen: it is no longer listed"
            )
        },
    ),
    Breakage(
        "a document is not deleted",
        on("delete_documents", when(_names_documents, answers(200, {"deleted": 1}))),
        failed=here("document_round_trip"),
        messages={
            "document_round_trip[uppzy]": (
                "list_documents has to no longer hold the document that was deleted; "
                "seen: doc_# is still among the # documents"
            )
        },
    ),
    Breakage(
        "documents cannot be deleted",
        on("delete_documents", when(_names_documents, answers(403))),
        failed=here("document_round_trip") | repeats("delete_documents"),
        inconclusive=frozenset({"invalid_data_is_refused[uppzy-delete_documents-document_ids:too-many]"}),
        messages={"document_round_trip[uppzy]": 'delete_documents has to answer 200; seen: 403 {"error": "broken"}'},
        incidents=(
            'left behind: document doc_# at uppzy: 403 {"error": "broken"}; `golive sweep --env sandbox` tries again',
        ),
    ),
)

PUBLISHED = (
    Breakage(
        "a document is published that the sync log does not know",
        before(_published_by_hand),
        failed=here("listed_documents_are_in_the_sync_log"),
        messages={
            "listed_documents_are_in_the_sync_log[uppzy]": (
                "every published document has to stand in the sync log; seen: no row for doc_# 'Opening times'"
            )
        },
    ),
    Breakage(
        "a document that was published is a draft again",
        before(_drafted),
        failed=frozenset(),
        inconclusive=ON_TOPICS,
        messages={
            "topic_questions_are_answered[uppzy]": (
                "documents have to be ready before their topics are asked about; seen: doc_# cannot be used for "
                "answers yet, and questions.yaml:19 'Who mends broken zips?', on repairs (batch help-2): the answer "
                "lacks 'free of charge': 'Our support hours are Monday to Friday, from 9:00 to 18:00.'"
            )
        },
        verdict="INCONCLUSIVE",
    ),
)

READING = (
    Breakage(
        "a field is missing in what is read",
        on("list_usage_history", lacking("items")),
        failed=reads("list_usage_history"),
        messages={
            "answer_fits_its_schema[uppzy-list_usage_history]": (
                "list_usage_history has to fit schemas/uppzy/list_usage_history.response.json; "
                "seen: the body lacks `items` (assumed)"
            )
        },
    ),
    Breakage(
        "a field of what is read has another type",
        on("get_usage", holding(usage="much")),
        failed=reads("get_usage"),
        messages={
            "answer_fits_its_schema[uppzy-get_usage@sandbox-production]": (
                "get_usage has to fit schemas/uppzy/get_usage.response.json; "
                "seen: `usage` is text, an object is due (assumed)"
            )
        },
    ),
    Breakage(
        "no listed document has an id",
        on("list_documents", being({"items": [{"title": str(number)} for number in range(7)]})),
        failed=reads("list_documents")
        | here("document_round_trip")
        | of("listing_gives_every_id_once", "list_documents"),
        inconclusive=here("listed_documents_are_in_the_sync_log"),
        messages={
            "listed_documents_are_in_the_sync_log[uppzy]": (
                "every listed document has to have an id; seen: 7 of # documents without one"
            ),
            "listing_gives_every_id_once[uppzy-list_documents]": (
                "list_documents has to give every item an id; seen: 14 items without id or document_id"
            ),
            "answer_fits_its_schema[uppzy-list_documents]": (
                "list_documents has to fit schemas/uppzy/list_documents.response.json; seen: `items[0]` lacks `id` "
                "(assumed); `items[1]` lacks `id` (assumed); `items[2]` lacks `id` (assumed); `items[3]` lacks `id` "
                "(assumed); `items[4]` lacks `id` (assumed); and 2 more"
            ),
        },
    ),
    Breakage(
        "a page for people is answered in the place of data",
        on("get_site_statistics", page(PAGE)),
        failed=reads("get_site_statistics") | alike("get_site_statistics"),
        messages={
            "answer_fits_its_schema[uppzy-get_site_statistics]": (
                f"get_site_statistics has to be JSON; seen: 200 {PAGE} with content-type text/html"
            )
        },
    ),
    Breakage(
        "what is read is not there",
        on("get_widget_config", failing(404)),
        failed=reads("get_widget_config") | alike("get_widget_config"),
        messages={
            "reads_are_alike_in_both_environments[uppzy-get_widget_config]": (
                'get_widget_config has to answer 200; seen: 404 {"error": "broken"}'
            ),
            "answer_fits_its_schema[uppzy-get_widget_config]": (
                'get_widget_config has to answer 200; seen: 404 {"error": "broken"}'
            ),
        },
    ),
    Breakage(
        "what is read comes with another success",
        on("get_user_statistics", once_it_succeeds(lambda response: replace(response, status=203))),
        failed=reads("get_user_statistics") | alike("get_user_statistics"),
        messages={
            "answer_fits_its_schema[uppzy-get_user_statistics]": "get_user_statistics has to answer 200; seen: 203"
        },
    ),
)


def _only_in_production(app: Uppzy, request: Request) -> Response:
    response = app(request)
    if _owner_of(app, request) == "sandbox" or response.status != 200:
        return response
    return json_response(200, {**json_of(response.body), "plan": 2})


PAGES = (
    Breakage(
        "the page of a listing cannot be chosen",
        everywhere(_one_page),
        failed=of("listing_gives_every_id_once") | of("listing_bears_a_row_inserted_meanwhile"),
        messages={
            "listing_gives_every_id_once[uppzy-list_documents]": (
                "list_documents has to give every id once in pages of the vendor's own size; "
                "seen: 9 come again: doc_#, doc_#, doc_# and 6 more"
            ),
            "listing_bears_a_row_inserted_meanwhile[uppzy-list_documents]": (
                "list_documents has to give all items that were there, though one more appears between two pages; "
                "seen: 3 are missing: doc_#, doc_#, doc_#"
            ),
        },
    ),
    Breakage(
        "production answers in another shape",
        on("get_tenant", _only_in_production),
        failed=alike("get_tenant") | here("answer_fits_its_schema", case=f"get_tenant{THERE}"),
        messages={
            "reads_are_alike_in_both_environments[uppzy-get_tenant]": (
                "get_tenant has to be answered in sandbox-production as it is in sandbox; "
                "seen: `plan` is text here and a whole number there"
            )
        },
    ),
)

BAD_INPUT = (
    Breakage(
        "a document without content is taken",
        on("create_text_document", when(sent(content=None), as_if(content="nothing"))),
        failed=frozenset(
            f"incomplete_data_is_refused[uppzy-create_text_document-content:{change}]" for change in ("missing", "null")
        ),
        messages={
            "incomplete_data_is_refused[uppzy-create_text_document-content:missing]": (
                f"create_text_document has to refuse the call with {REFUSED} when `content` is missing; "
                'seen: 201 {"id": "doc_#", "status": "draft"}'
            )
        },
    ),
    Breakage(
        "a broken body makes the vendor fail",
        on("close_session", when(_not_json, answers(500))),
        failed=frozenset({"invalid_data_is_refused[uppzy-close_session-body:not-json]"}),
        messages={
            "invalid_data_is_refused[uppzy-close_session-body:not-json]": (
                f"close_session has to refuse the call with {REFUSED} when the body is not JSON, never with a failure; "
                'seen: 500 {"error": "broken"}'
            )
        },
    ),
    Breakage(
        "a broken body is forbidden",
        on("update_widget_config", when(_not_json, answers(403))),
        inconclusive=frozenset({"invalid_data_is_refused[uppzy-update_widget_config-body:not-json]"}),
        messages={
            "invalid_data_is_refused[uppzy-update_widget_config-body:not-json]": (
                f"update_widget_config has to refuse the call with {REFUSED} when the body is not JSON; "
                'seen: 403 {"error": "broken"}'
            )
        },
        verdict="INCONCLUSIVE",
    ),
    Breakage(
        "a blank question is a conflict",
        on("create_qa_document", when(sent(question="   "), answers(409))),
        failed=frozenset({"incomplete_data_is_refused[uppzy-create_qa_document-question:blank]"}),
        messages={
            "incomplete_data_is_refused[uppzy-create_qa_document-question:blank]": (
                f"create_qa_document has to refuse the call with {REFUSED} when `question` holds only blanks; "
                'seen: 409 {"error": "broken"}'
            )
        },
    ),
    Breakage(
        "a refused document is there all the same",
        on("create_text_document", when(sent(content=None), _refused_and_kept(content="nothing"))),
        failed=frozenset(
            f"incomplete_data_is_refused[uppzy-create_text_document-content:{change}]" for change in ("missing", "null")
        ),
        messages={
            "incomplete_data_is_refused[uppzy-create_text_document-content:null]": (
                "create_text_document has to create nothing when `content` is null; "
                "seen: answered 400, and document doc_# is there all the same"
            )
        },
    ),
    Breakage(
        "a refused document is there without a title",
        on("create_text_document", when(sent(title=None), _kept_as(""))),
        failed=frozenset(
            f"incomplete_data_is_refused[uppzy-create_text_document-title:{change}]" for change in ("missing", "null")
        ),
        messages={
            "incomplete_data_is_refused[uppzy-create_text_document-title:missing]": (
                "create_text_document has to create nothing when `title` is missing; "
                "seen: answered 400, and document doc_# is there all the same"
            )
        },
    ),
    Breakage(
        "a refused file is there all the same",
        on("upload_document", when(_is_program, _program_kept)),
        failed=frozenset({"invalid_data_is_refused[uppzy-upload_document-file:is-a-program]"}),
        messages={
            "invalid_data_is_refused[uppzy-upload_document-file:is-a-program]": (
                "upload_document has to create nothing when `file` is a program; "
                "seen: answered 415, and document doc_# is there all the same"
            )
        },
    ),
)

REPETITION = (
    Breakage(
        "deleting again fails",
        on("delete_documents", once_it_succeeds(_nothing_deleted)),
        failed=repeats("delete_documents"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-delete_documents]": (
                "delete_documents has to succeed and change nothing or say that it is gone (404) when the same call "
                'comes again; seen: 500 {"error": "broken"} (it was refused, or failed)'
            )
        },
    ),
    Breakage(
        "deleting again is not possible for now",
        on("delete_documents", once_it_succeeds(_not_now)),
        inconclusive=repeats("delete_documents"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-delete_documents]": (
                'delete_documents has to be answered when the same call comes again; seen: 503 {"error": "broken"}'
            )
        },
        verdict="INCONCLUSIVE",
    ),
    Breakage(
        "the same question gets the same request id",
        on("chat", _always_the_first()),
        failed=repeats("chat"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-chat]": (
                'chat has to make another one when the same call comes again; seen: 200 {"session_id": '
                f'"golive_session_#", "request_id": "req_#", "answer": "{ANSWER}", {SURE}}} '
                "(the same request_id as before)"
            )
        },
    ),
    Breakage(
        "the same document is not written again",
        on("create_text_document", _one_document_per_title()),
        failed=repeats("create_text_document"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-create_text_document]": (
                "create_text_document has to make another one or be refused as a conflict (409) when the same call "
                'comes again; seen: 201 {"id": "doc_#", "status": "draft"} (the same id as before)'
            )
        },
    ),
    Breakage(
        "the same change is a conflict",
        on("update_widget_config", _second_time(answers(409))),
        failed=repeats("update_widget_config"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-update_widget_config]": (
                "update_widget_config has to succeed and change nothing when the same call comes again; "
                'seen: 409 {"error": "broken"} (a conflict)'
            )
        },
    ),
    Breakage(
        "a session is gone once it is closed",
        on("close_session", _second_time(answers(404))),
        failed=repeats("close_session"),
        messages={
            "repeated_write_does_what_the_contract_says[uppzy-close_session]": (
                "close_session has to succeed and change nothing when the same call comes again; "
                'seen: 404 {"error": "broken"} (it is gone)'
            )
        },
    ),
)

OUTAGES = (
    Breakage(
        "nothing is available for now",
        everywhere(answers(503)),
        failed=EVERYTHING_ASKED,
        inconclusive=calling() - EVERYTHING_ASKED,
        messages={
            "limits_answer[uppzy]": 'get_limits has to answer 200; seen: 503 {"error": "broken"}',
            "foreign_tenant_and_site_are_refused[uppzy]": (
                'get_tenant has to refuse a tenant_id that is not ours with 403 or 404; seen: 503 {"error": "broken"}'
            ),
        },
    ),
    Breakage(
        "every key is limited for an hour",
        everywhere(answers(429, headers={"Retry-After": "3600"})),
        inconclusive=calling(),
        messages={
            "limits_answer[uppzy]": (
                'get_limits has to answer 200; seen: 429 {"error": "broken"} (the vendor limits the rate)'
            )
        },
        verdict="INCONCLUSIVE",
    ),
)

BREAKAGES = (
    *TENANT_AND_SITE,
    *KEYS,
    *LIMITS_OF_THE_PLAN,
    *SYNC_CHAT,
    *ASYNC_CHAT,
    *RATINGS,
    *DOCUMENTS,
    *PUBLISHED,
    *READING,
    *PAGES,
    *BAD_INPUT,
    *REPETITION,
    *OUTAGES,
)

RIGHT = (
    Breakage("nothing is wrong", before(lambda app: None), verdict="GO"),
    Breakage("there are more documents than a page holds", before(_many_documents), verdict="GO"),
    Breakage("bad input is refused with 422", everywhere(_unprocessable), verdict="GO"),
    Breakage("every answer holds fields nobody knows", everywhere(holding(golive_unknown=1)), verdict="GO"),
    Breakage("a repeated document is a conflict", on("create_text_document", _second_time(answers(409))), verdict="GO"),
    Breakage("reading is limited now and then", on("list_documents", _now_and_then()), verdict="GO"),
    Breakage(
        "sync chat is not sure",
        on("chat", holding(confidence_level="low")),
        warned={
            "sync_chat_answers[uppzy]": (
                "the smoke question is answered with low confidence: is its content still approved and active?"
            ),
            "topic_questions_are_answered[uppzy]": "3 of 3 questions on changed topics have answers of low confidence",
        },
        verdict="GO",
    ),
)
"""Vendors that are right, each in its own way: none of them may raise an alarm."""
