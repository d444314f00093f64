"""How a right Timely.ai is turned into a wrong one, or into one that is right in another way."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_golive.sandbox import rehearsal
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.timely.seed import register_shop
from tests.suites.vendor_in_disguise import (
    Twist,
    Wrap,
    before,
    everywhere,
    json_of,
    on,
    once_it_succeeds,
    operation_of,
    when,
    with_key,
)


def data(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Twist:
    """Change the object, or each item, that a success holds."""

    def changed(response: Response) -> Response:
        body = json_of(response.body)
        held = body["data"]
        new = [change(dict(each)) for each in held] if isinstance(held, list) else change(dict(held))
        return json_response(response.status, {**body, "data": new}, _kept(response))

    return once_it_succeeds(changed)


def only(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what is left of an object: these fields, so that a finding shows it whole."""
    return lambda held: {name: held[name] for name in names}


def putting(**fields: Any) -> Twist:
    """Put these fields into the object, or each item, that a success holds."""
    return data(lambda held: {**held, **fields})


def leaving_out(*names: str) -> Twist:
    """Leave these fields out of the object, or each item, that a success holds."""
    return data(lambda held: {name: value for name, value in held.items() if name not in names})


def saying(answer: Callable[[str], str]) -> Wrap:
    """Let the agent answer something else."""

    def twist(app: Timely, request: Request) -> Response:
        asked = json_of(request.body)
        message = asked.get("message") if isinstance(asked, dict) else ""
        said = data(lambda held: {**held, "response": answer(held["response"])})
        return said(app, request) if message else app(request)

    return on("ask_agent", twist)


def _kept(response: Response) -> dict[str, str]:
    """Return the headers of an answer that are not about its body."""
    return {name: value for name, value in response.headers.items() if name.startswith("X-")}


def in_environment(name: str, twist: Twist) -> Twist:
    """Twist only the answers to the key of one environment."""
    return when(lambda app, request: request.headers.get("x-api-key") == app.connections()[name].api_key, twist)


def serving(**dialects: Any) -> Wrap:
    """Serve other variants of what the vendor's pages contradict each other about."""

    def change(app: Timely) -> None:
        for name, value in dialects.items():
            setattr(app.dialects, name, value)

    return before(change)


def asked_of(text: str) -> Wrap:
    """Rehearse with another questions file."""

    def change(app: Timely) -> None:
        file = Path(tempfile.mkdtemp()) / "questions.yaml"
        file.write_text(text, encoding="utf-8")
        rehearsal.QUESTIONS = file

    return before(change)


def with_settings(**settings: Any) -> Wrap:
    """Rehearse with other settings."""
    return before(lambda app: rehearsal.QUICK.update(settings))


def holding_scopes(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Wrap:
    """Give the service's key in the rehearsed environment other scopes."""

    def changed(app: Timely) -> None:
        key = app.connections()["sandbox"].keys["service_api_key"]
        app.limit(key, change(app._state.keys[key].scopes))

    return before(changed)


def hook_at(url: str, environment: str = "production") -> Wrap:
    """Move the registered webhook."""

    def change(app: Timely) -> None:
        hooks = app.workspace(environment).webhooks
        if not hooks:
            register_shop(app.workspace(environment), url)
        for hook in hooks.values():
            hook.url = url

    return before(change)


def nameless(app: Timely, request: Request) -> bool:
    body = json_of(request.body)
    return isinstance(body, dict) and not body.get("customer_name")


def never_known(app: Timely, request: Request) -> Response:
    """Forget who has an address before a contact is made."""
    workspace = app.workspace()
    kept = {key: one.customer_email for key, one in workspace.contacts.items()}
    for one in workspace.contacts.values():
        one.customer_email = None
    response = app(request)
    for key, email in kept.items():
        workspace.contacts[key].customer_email = email
    return data(only("id"))(lambda _: response, request)


def as_often_as_asked(app: Timely, request: Request) -> Response:
    """Register one address as often as it is asked for."""
    hooks = app.workspace().webhooks
    kept = {key: one.url for key, one in hooks.items()}
    for one in hooks.values():
        one.url = "https://elsewhere.example"
    response = app(request)
    for key, url in kept.items():
        hooks[key].url = url
    return data(only("id"))(lambda _: response, request)


def said_before() -> Twist:
    """Answer the same message with what the first one got."""
    given: dict[bytes, Response] = {}

    def twist(app: Timely, request: Request) -> Response:
        if request.body in given:
            return given[request.body]
        response = data(only("id"))(app, request)
        return given.setdefault(request.body, response) if response.status < 300 else response

    return twist


def first_page(app: Timely, request: Request) -> Response:
    """Give the first page whatever page is asked for."""
    query = {name: value for name, value in request.query.items() if name != "page"}
    response = app(replace(request, query=query))
    if response.status >= 300:
        return response
    body = json_of(response.body)
    body["meta"]["page"] = int(request.query.get("page", 1))
    return json_response(200, body)


def one_more(envelope: str) -> Twist:
    """Tell a total that is too high by one."""

    def changed(response: Response) -> Response:
        body = json_of(response.body)
        return json_response(200, {**body, envelope: {**body[envelope], "total": body[envelope]["total"] + 1}})

    return once_it_succeeds(changed)


def searching_for_nothing(app: Timely, request: Request) -> bool:
    return request.query.get("search", "").startswith("golive-nothing")


def anybody(app: Timely, request: Request) -> Response:
    """Let in whoever asks."""
    response = app(request)
    return app(with_key(request, app.connections()["sandbox"].api_key)) if response.status == 401 else response


def everybodys(app: Timely, request: Request) -> Response:
    """Look in the other workspace, too."""
    response = app(request)
    if response.status != 404:
        return response
    found = (app(with_key(request, one.api_key)) for one in app.connections().values())
    return data(only("id"))(lambda _: min(found, key=lambda each: each.status), request)


def one_workspace(app: Timely, request: Request) -> Response:
    """Say of every key that it belongs to the workspace for tests."""
    workspace = app.connections()["sandbox"].ids["workspace_id"]
    return putting(workspace_id=workspace)(app, request)


def told_but_not_done(app: Timely, request: Request) -> Response:
    """Say that a person answers, and let the agent go on."""
    response = app(request)
    for conversation in app.workspace().conversations.values():
        conversation.ai_mode = "auto"
    return response


def all_handed_over(app: Timely, request: Request) -> Response:
    """Hand every question over to a person."""
    response = app(request)
    if response.status < 300:
        made = json_of(response.body)["data"]["conversation_id"]
        app.workspace().conversations[made].ai_mode = "paused"
    return response


def give_back_fails(app: Timely, request: Request) -> Response:
    """Fail where a conversation is given back."""
    return json_response(503, {"error": {"code": "INTERNAL_ERROR", "message": "broken", "status": 503}})


def never_handed_over(app: Timely, request: Request) -> Response:
    """Leave every question with the agent."""
    response = app(request)
    for conversation in app.workspace().conversations.values():
        conversation.ai_mode = "auto"
    return response


def another_agent(app: Timely) -> None:
    next(iter(app.workspace().channels.values())).agent_id = list(app.workspace().agents)[1]


def no_active_rule(app: Timely) -> None:
    for rule in app.workspace().transfer_rules:
        rule.is_active = False


def failed(number: int, status: int | None = 500, milliseconds: int = 40) -> Twist:
    """Let so many of a hundred deliveries have failed."""

    def twist(app: Timely, request: Request) -> Response:
        response = app(request)
        if response.status >= 300:
            return response
        size, page = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))
        hook = request.path.split("/")[-2]
        rows = [_delivery(hook, row, row < number, status, milliseconds) for row in range(100)]
        meta = {"page": page, "per_page": size, "total": 100, "total_pages": -(-100 // size)}
        return json_response(200, {"data": rows[(page - 1) * size : page * size], "meta": meta}, _kept(response))

    return twist


def _delivery(hook: str, row: int, failed: bool, status: int | None, milliseconds: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{hook}/{row}")),
        "webhook_id": hook,
        "event": "message.sent",
        "status": "failed" if failed else "success",
        "status_code": status if failed else 204,
        "response_time_ms": milliseconds if failed else 40,
        "attempt": 1,
        "created_at": NOON,
    }


def without_limits(app: Timely, request: Request) -> Response:
    response = app(request)
    kept = {name: value for name, value in response.headers.items() if not name.startswith("X-RateLimit")}
    return replace(response, headers=kept)


def bare_refusal(app: Timely, request: Request) -> Response:
    response = app(request)
    return json_response(response.status, {"message": "no"}) if response.status >= 400 else response


def stale_key(app: Timely, request: Request) -> Response:
    """Let the key of before the rotation in."""
    known = app.connections()["sandbox"]
    stale = request.headers.get("x-api-key") == known.previous_api_key
    return app(with_key(request, known.api_key)) if stale else app(request)


def by_operation(**twists: Twist) -> Wrap:
    """Twist the answers to several operations, each in its own way."""

    def twist(app: Timely, request: Request) -> Response:
        mine = twists.get(operation_of(app, request))
        return mine(app, request) if mine is not None else app(request)

    return everywhere(twist)


def older_words(mode: str) -> Twist:
    """Answer a handover as an older page says."""

    def changed(held: dict[str, Any]) -> dict[str, Any]:
        at = {"transferred_at": NOON, "attendant_id": None} if mode == "human_active" else {"resumed_at": NOON}
        return {"conversation_id": held["id"], "status": mode, **at}

    return data(changed)


def made_once_more(response: Response) -> Response:
    return replace(response, status=201)


def without_rules(app: Timely) -> None:
    app.connections()["sandbox"].features["transfer_rules"] = False  # type: ignore[index]  # a dict, as it was made


NOON = "2026-05-04T12:00:00Z"
DECLINED = "declines: [can only help]\nquestions:\n"
WITHIN = [f"  - question: Are you open on day {number}?\n" for number in range(24)]
BESIDE = [f"  - question: Who won cup {number}?\n    out_of_scope: true\n" for number in range(6)]


def refusal(status: int, code: str) -> dict[str, Any]:
    """Return an error object."""
    return {"error": {"code": code, "message": "no", "status": status}}
