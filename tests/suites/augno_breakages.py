"""Augno, wrong in every way a vendor may be wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pytest_golive.sandbox import rehearsal
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.state import Row
from pytest_golive.sandbox.http import App, Headers, Request, Response, json_response
from tests.suites.breakage import Breakage
from tests.suites.planned_checks import THERE, Planned
from tests.suites.vendor_in_disguise import (
    Twist,
    Wrap,
    before,
    everywhere,
    json_of,
    on,
    once_it_succeeds,
    sent,
    when,
)

AUGNO = Planned("augno", forbidden=("list_sandboxes",))
here, both, reads, repeats = AUGNO.here, AUGNO.both, AUGNO.reads, AUGNO.repeats
bad_inputs, of = AUGNO.bad_inputs, AUGNO.of

VERSION = "1.0.forge-preview.3"
OWN_KEY = "shop-integration"


# ------------------------------------------------------------------ how to be wrong


def _header(request: Request, name: str, value: str | None) -> Request:
    """Return the request with another value of a header, None for without it."""
    fields = {each: request.headers[each] for each in request.headers if each != name.lower()}
    return replace(request, headers=Headers([*fields.items(), *([(name, value)] if value is not None else [])]))


def _body(response: Response, change: Callable[[Any], Any]) -> Response:
    """Return the response with another body and the same header fields."""
    changed = json_response(response.status, change(json_of(response.body)))
    return replace(response, body=changed.body)


def _problem(app: Augno, request: Request, status: int, code: str) -> Response:
    """Return a refusal as the vendor writes them."""
    error = {
        "code": code,
        "type": "api_error" if status >= 500 else "invalid_request_error",
        "message": "It is broken.",
        "param": None,
        "doc_url": f"{app.brand.errors}{code}",
        "is_transient": status >= 500,
        "quota": None,
        "request_log_url": None,
    }
    right = app(_header(request, "Authorization", None))
    return replace(right, status=status, body=json_response(status, {"error": error}).body)


def _fields(**fields: Any) -> Twist:
    """Put these fields into every success."""
    return once_it_succeeds(lambda response: _body(response, lambda body: {**body, **fields}))


def _error(status: int | None = None, **fields: Any) -> Twist:
    """Put these fields into every error, or those of one status; what is `...` is left out."""

    def changed(body: Any) -> Any:
        error = {**body["error"], **fields}
        return {"error": {name: value for name, value in error.items() if value is not ...}}

    def twist(app: Augno, request: Request) -> Response:
        response = app(request)
        meant = response.status >= 400 and status in {None, response.status}
        return _body(response, changed) if meant and b'"code"' in response.body else response

    return twist


def _named(version: str | None) -> Callable[[Augno, Request], bool]:
    return lambda app, request: request.headers.get(app.brand.version_header) == version


def _as_if_right(app: Augno, request: Request) -> Response:
    return app(_header(request, app.brand.version_header, VERSION))


def _no_longer_served(app: Augno, request: Request) -> Response:
    def changed(body: Any) -> Any:
        error = body["error"]
        return {"error": {**error, "message": error["message"].replace(VERSION, "1.0.forge-preview.4")}}

    response = app(request)
    return _body(response, changed) if b"api_version_invalid" in response.body else response


def _without_a_word(app: Augno, request: Request) -> Response:
    response = app(request)
    wordless = {"message": "This API version is not served."}
    if b"api_version_invalid" not in response.body:
        return response
    return _body(response, lambda body: {"error": {**body["error"], **wordless}})


def _keyless(app: Augno, request: Request) -> Response:
    return app(_header(request, "Idempotency-Key", None))


def _unmarked(app: Augno, request: Request) -> Response:
    response = app(request)
    headers = {name: value for name, value in response.headers.items() if name != "Idempotent-Replayed"}
    return replace(response, headers=headers)


def _takes_another_body() -> Wrap:
    """Do a write whose key came before with another body."""
    seen: dict[str, bytes] = {}

    def twist(app: Augno, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        other = key and seen.setdefault(key, request.body) != request.body
        return _keyless(app, request) if other else app(request)

    return everywhere(twist)


def _done_at_once() -> Wrap:
    """Do a write again whose first call with the same key still runs."""
    running: set[str] = set()
    lock = threading.Lock()

    def twist(app: Augno, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        with lock:
            first = key not in running
            running.add(key)
        try:
            return app(request) if first else _keyless(app, request)
        finally:
            with lock:
                running.discard(key) if first else None

    return on("create_customer", twist)


def _behind_the_first_page(app: Augno, request: Request) -> bool:
    return "cursor" in request.query


def _skips_a_row(response: Response) -> Response:
    return _body(response, lambda body: {**body, "data": body["data"][1:]})


def _ends_early(response: Response) -> Response:
    return _body(response, lambda body: {**body, "page_info": {**body["page_info"], "next_page_url": None}})


def _goes_on(response: Response) -> Response:
    """Lead to the first page again, for ever."""

    def changed(body: Any) -> Any:
        info = body["page_info"]
        again = info["next_page_url"] or "/v1/operations/carriers?limit=1"
        return {**body, "page_info": {**info, "next_page_url": again, "has_next_page": True}}

    return _body(response, changed)


def _clamped(app: Augno, request: Request) -> Response:
    asked = request.query.get("limit", "")
    if asked.isdecimal() and int(asked) > 1000:
        return app(replace(request, query={"limit": "1000"}, query_values={"limit": ["1000"]}))
    return app(request)


def _forgiving(app: Augno, request: Request) -> Response:
    response = app(request)
    without = {name: values for name, values in request.query_values.items() if name != "cursor"}
    query = {name: value for name, value in request.query.items() if name != "cursor"}
    if "cursor" in request.query and response.status == 400:
        return app(replace(request, query=query, query_values=without))
    return response


def _unexpanded(app: Augno, request: Request) -> Response:
    without = {name: values for name, values in request.query_values.items() if not name.startswith("include")}
    query = {name: value for name, value in request.query.items() if not name.startswith("include")}
    return app(replace(request, query=query, query_values=without))


def _in_any_account(app: Augno, request: Request) -> Response:
    """Look for a thing in both accounts, whoever asks."""
    response = app(request)
    if response.status != 404:
        return response
    keys = [f"Bearer {one.api_key}" for one in app.connections().values()]
    others = (app(_header(request, "Authorization", key)) for key in keys)
    return next((other for other in others if other.status == 200), response)


def _anybody(app: Augno, request: Request) -> Response:
    """Let everyone in as the sandbox's key."""
    response = app(request)
    key = f"Bearer {app.connections()['sandbox'].api_key}"
    return app(_header(request, "Authorization", key)) if response.status == 401 else response


def _account(app: Augno, environment: str) -> Any:
    return app._openings[environment].account


def _row(app: Augno, environment: str, kind: str, name: str) -> Row:
    rows: list[Row] = [row for row in _account(app, environment).table(kind) if row["name"] == name]
    return rows[0]


def _lacking_a_unit(app: Augno) -> None:
    _account(app, "production").table("unit").remove(_row(app, "production", "unit", "Pair"))


def _counting_otherwise(app: Augno) -> None:
    _row(app, "production", "unit", "Pair").values["ratio_numerator"] = "3"


def _with_test_data(app: Augno) -> None:
    _row(app, "production", "customer", "Golive Hardware").values["name"] = "E2E customer"


def _own_key(app: Augno, environment: str = "production") -> Row:
    return app._ring.row_of(app.connections()[environment].api_key)


def _mighty(app: Augno) -> None:
    _own_key(app).values["role_id"] = _row(app, "production", "role", "Administrator").id


def _old(days: int) -> Callable[[Augno], None]:
    def change(app: Augno) -> None:
        made = datetime.now(UTC) - timedelta(days=days)
        _own_key(app).created_at = made.strftime("%Y-%m-%dT%H:%M:%SZ")

    return change


def _unrevoked(app: Augno) -> None:
    for connection in app.connections().values():
        app._ring.row_of(connection.previous_api_key).values["revoked_at"] = None


def _masked_otherwise(response: Response) -> Response:
    def changed(body: Any) -> Any:
        return {
            **body,
            "data": [{**key, "redacted_value": f"{key['redacted_value'][:-4]}0000"} for key in body["data"]],
        }

    return _body(response, changed)


def _anonymous(app: Augno, request: Request) -> Response:
    response = app(request)
    return replace(response, headers={name: value for name, value in response.headers.items() if name != "Request-ID"})


def _without_limits(app: Augno, request: Request) -> Response:
    response = app(request)
    kept = {name: value for name, value in response.headers.items() if not name.startswith("RateLimit-")}
    return replace(response, headers=kept)


def _unechoed(app: Augno, request: Request) -> Response:
    response = app(request)
    kept = {name: value for name, value in response.headers.items() if name != app.brand.version_header}
    return replace(response, headers=kept)


def _loses_the_log() -> Wrap:
    def wrap(app: Augno) -> App:
        # The rehearsal's own minute is too long for a test.
        rehearsal.QUICK["request_log_lag_seconds"] = 0.5
        app.changes.log_seconds = 3600.0
        return app

    return wrap


def _logged(**fields: Any) -> Twist:
    """Put these fields into every row of the log."""

    def changed(body: Any) -> Any:
        return {**body, "data": [{**row, **fields} for row in body["data"]]}

    return once_it_succeeds(lambda response: _body(response, changed))


def _created_all_the_same(app: Augno, request: Request) -> Response:
    """Refuse a unit of an unknown type, and keep it."""
    response = app(request)
    body = json_of(request.body)
    if response.status == 400 and isinstance(body, dict) and body.get("type") == "golive-unknown":
        app(replace(request, body=json_response(200, {**body, "type": "quantity"}).body))
    return response


def _under_another_abbreviation(app: Augno, request: Request) -> Response:
    """Let an abbreviation be taken twice."""
    response = app(request)
    taken = response.status == 409 and b'"abbreviation"' in response.body
    return json_response(201, {"id": "un_another"}) if taken else response


def _closes_an_estimate(app: Augno, request: Request) -> Response:
    response = app(request)
    if response.status < 400:
        return response
    issue = replace(request, path=request.path.replace("/close", "/issue"), body=b'{"notify_customer": false}')
    return app(request) if app(issue).status == 200 else response


def _issues_again(app: Augno, request: Request) -> Response:
    response = app(request)
    read = replace(request, method="GET", path=request.path.removesuffix("/actions/issue"), body=b"")
    return app(read) if response.status == 409 else response


def _keeps_its_status(app: Augno, request: Request) -> Response:
    body = json_of(request.body)
    if not isinstance(body, dict) or body.get("status") != "hold_all":
        return app(request)
    return app(replace(request, body=json_response(200, {"status": "hold_shipment"}).body))


def _failing_on_zero(app: Augno, request: Request) -> Response:
    return _problem(app, request, 500, "internal_error")


def _unknown_version(app: Augno, request: Request) -> bool:
    return request.headers.get(app.brand.version_header, "").startswith("0.0.golive")


def _with_a_used_key(app: Augno, request: Request) -> bool:
    return "Idempotency-Key" in request.headers


def _ignoring_q(app: Augno, request: Request) -> Response:
    without = {name: values for name, values in request.query_values.items() if name != "q"}
    query = {name: value for name, value in request.query.items() if name != "q"}
    return app(replace(request, query=query, query_values=without))


def _knowing_everything(app: Augno, request: Request) -> Response:
    body = json_of(request.body)
    if not isinstance(body, dict):
        return app(request)
    known = {name: value for name, value in body.items() if name != "golive_unknown"}
    return app(replace(request, body=json_response(200, known).body))


def _taking_nothing(app: Augno, request: Request) -> Response:
    if json_of(request.body) != {}:
        return app(request)
    return app(replace(request, method="GET", body=b""))


def _without(*names: str) -> Twist:
    def changed(body: Any) -> Any:
        return {name: value for name, value in body.items() if name not in names}

    return once_it_succeeds(lambda response: _body(response, changed))


def _called_wrongly(app: Augno) -> None:
    """Let the integration do what its role does not allow."""
    key = app.connections()["sandbox"].api_key
    fields = [
        ("Authorization", f"Bearer {key}"),
        (app.brand.version_header, VERSION),
        ("User-Agent", "shop/1"),
    ]
    app(Request("GET", "/v1/core/sandboxes", headers=Headers(fields)))


def _refusing_to_open(app: Augno, request: Request) -> Response:
    return _problem(app, request, 409, "resource_conflict")


def _expiring(app: Augno) -> None:
    soon = datetime.now(UTC) + timedelta(days=5, hours=1)
    _own_key(app).values["expires_at"] = soon.strftime("%Y-%m-%dT%H:%M:%SZ")


def _with_a_twin(app: Augno) -> None:
    app.issue_key("production", name=OWN_KEY)


def _taken_for_a_sandbox(app: Augno) -> None:
    """Give production a key that begins as those of a sandbox do."""
    opening = app._openings["production"]
    app.revoke(opening.keys["api_key"])
    opening.account.mode = "test"
    keys = {**opening.keys, "api_key": app.issue_key("production", name=OWN_KEY)}
    app._openings["production"] = replace(opening, keys=keys)


# ------------------------------------------------------------------ how to be right in another way


def _by_cursors(app: Augno) -> None:
    app.pager.shape = "cursor"


def _existing(app: Augno, request: Request) -> Response:
    """Call a conflict by the other of its two names."""
    response = app(request)
    return replace(response, body=response.body.replace(b"resource_conflict", b"resource_exists"))


def _renamed(app: Augno) -> None:
    Augno.__init__(app, "openmrp")


def _late(app: Augno) -> None:
    app.changes.log_seconds = 2.0


def _with_more(app: Augno, request: Request) -> Response:
    response = app(request)
    return _body(response, lambda body: {**body, "golive_unknown": {"more": 1}})


def _forbidding(app: Augno, request: Request) -> Response:
    """Say of what belongs to another account that it is forbidden."""
    response = app(request)
    keys = [f"Bearer {one.api_key}" for one in app.connections().values()]
    if request.method != "GET" or response.status != 404:
        return response
    there = [key for key in keys if app(_header(request, "Authorization", key)).status == 200]
    return _problem(app, request, 403, "insufficient_permissions") if there else response


def _offering_another(app: Augno, request: Request) -> Response:
    def changed(body: Any) -> Any:
        error = body["error"]
        return {"error": {**error, "message": f"{error['message']} 1.0.forge-preview.4"}}

    response = app(request)
    return _body(response, changed) if b"api_version_invalid" in response.body else response


# ------------------------------------------------------------------ the vendors


def there(*checks: str) -> frozenset[str]:
    """Return the ids of checks in the environment a release goes to."""
    return frozenset(f"{check}[augno{THERE}]" for check in checks)


wrong = partial(Breakage, vendor="augno")
right = partial(Breakage, vendor="augno", verdict="GO")


VERSIONS = (
    wrong(
        "a call without a version is taken",
        everywhere(when(_named(None), _as_if_right)),
        failed=both("version_is_demanded", case="missing"),
        messages={
            "version_is_demanded[augno-missing]": (
                "list_units has to refuse a call that names no API version with 400; seen: 200 "
                '{"object": "list", "data": [{"id": "un_#", "object": "unit", "name": "Metre", '
                '"abbreviation": "m", "type": "length", "ratio_numerator": "1", "ratio_denominator": '
                '"1", "offset_numerator": "0", "offset_denominator": "1", "is_base_unit": true, '
                '"owner": null, "created_at": "#T#…'
            ),
        },
    ),
    wrong(
        "a version that never was is taken",
        everywhere(when(_unknown_version, _as_if_right)),
        failed=both("version_is_demanded", case="unknown") | here("pinned_version_is_served"),
        messages={
            "pinned_version_is_served[augno]": (
                "list_units has to refuse the API version 0.0.golive, which never was with 400; "
                'seen: 200 {"object": "list", "data": [{"id": "un_#", "object": "unit", "name": '
                '"golive_unit_#", "abbreviation": "golive_unit_#", "ratio_numerator": "12", '
                '"ratio_denominator": "1", "offset_numerator": "0", "offset_denominator": "1", '
                '"type": "quantity", "…'
            ),
            "version_is_demanded[augno-unknown]": (
                "list_units has to refuse the API version 0.0.golive-no-version, which never was "
                'with 400; seen: 200 {"object": "list", "data": [{"id": "un_#", "object": "unit", '
                '"name": "Metre", "abbreviation": "m", "type": "length", "ratio_numerator": "1", '
                '"ratio_denominator": "1", "offset_numerator": "0", "offset_denominator": "1", '
                '"is_base_unit": true, "owner": null, "created_at": "#T#…'
            ),
        },
    ),
    wrong(
        "a version that is too old is taken",
        everywhere(when(_named("1.0.forge-preview.1"), _as_if_right)),
        failed=both("version_is_demanded", case="too_old"),
        messages={
            "version_is_demanded[augno-too_old]": (
                "list_units has to refuse the API version 1.0.forge-preview.1, which is no longer "
                'served with 400; seen: 200 {"object": "list", "data": [{"id": "un_#", "object": '
                '"unit", "name": "Metre", "abbreviation": "m", "type": "length", "ratio_numerator": '
                '"1", "ratio_denominator": "1", "offset_numerator": "0", "offset_denominator": "1", '
                '"is_base_unit": true, "owner": null, "created_at": "#T#…'
            ),
        },
    ),
    wrong(
        "a missing version is refused as something else",
        everywhere(when(_named(None), _error(code="parameter_missing"))),
        failed=both("version_is_demanded", case="missing"),
        messages={
            "version_is_demanded[augno-missing@sandbox-production]": (
                "list_units has to refuse a call that names no API version, with code "
                'api_version_required in `error.code`; seen: 400 {"error": {"code": '
                '"parameter_missing", "type": "invalid_request_error", "message": "The Augno-Version '
                'header is required.", "param": "Augno-Version", "doc_url": '
                '"https://docs.augno.com/api/errors#api_version_required", "is_transient": false, '
                '"quota": null, "request_log_url": null}}'
            ),
        },
    ),
    wrong(
        "the pinned version is no longer served",
        everywhere(_no_longer_served),
        failed=here("pinned_version_is_served"),
        messages={
            "pinned_version_is_served[augno]": ("augno has to serve the pinned API version; seen: 1.0.forge-preview.4"),
        },
    ),
    wrong(
        "no version is named",
        everywhere(_without_a_word),
        inconclusive=here("pinned_version_is_served"),
        messages={
            "pinned_version_is_served[augno]": (
                'list_units has to name the API versions that are served; seen: 400 {"error": '
                '{"code": "api_version_invalid", "type": "invalid_request_error", "message": "This '
                'API version is not served.", "param": "Augno-Version", "doc_url": '
                '"https://docs.augno.com/api/errors#api_version_invalid", "is_transient": false, '
                '"quota": null, "request_log_url": null}}'
            ),
        },
        verdict="INCONCLUSIVE",
    ),
    wrong(
        "the version is not repeated",
        everywhere(_unechoed),
        failed=both("answers_carry_their_headers"),
        messages={
            "answers_carry_their_headers[augno]": (
                "list_units has to carry the header Augno-Version in the form "
                "1\\.0\\.forge\\-preview\\.3; seen: it is absent"
            ),
        },
    ),
)

ERRORS = (
    wrong(
        "everyone is let in with any key",
        everywhere(_anybody),
        failed=of("call_without_a_key_is_refused") | both("replaced_key_is_refused"),
        messages={
            "replaced_key_is_refused[augno]": (
                'list_units has to refuse the key that was replaced with 401; seen: 200 {"object": '
                '"list", "data": [{"id": "un_#", "object": "unit", "name": "Metre", "abbreviation": '
                '"m", "type": "length", "ratio_numerator": "1", "ratio_denominator": "1", '
                '"offset_numerator": "0", "offset_denominator": "1", "is_base_unit": true, "owner": '
                'null, "created_at": "#T#…'
            ),
            "call_without_a_key_is_refused[augno-get_payment_term]": (
                'get_payment_term has to refuse a call without a key with 401; seen: 200 {"id": '
                '"pytm_#", "object": "payment_term", "name": "Due on receipt", "status": "active", "owner": '
                'null, "created_at": "#T#Z", "updated_at": "#T#Z"}'
            ),
        },
    ),
    wrong(
        "an unknown unit has a code of its own",
        on("get_unit", _error(404, code="not_found")),
        failed=of("unknown_id_is_not_found", "get_unit")
        | of("ids_of_one_environment_are_refused_by_the_other", "get_unit"),
        messages={
            "unknown_id_is_not_found[augno-get_unit]": (
                "get_unit has to refuse a unit_id that nobody has, with code resource_not_found in "
                '`error.code`; seen: 404 {"error": {"code": "not_found", "type": '
                '"invalid_request_error", "message": "No such unit.", "param": null, "doc_url": '
                '"https://docs.augno.com/api/errors#resource_not_found", "is_transient": false, '
                '"quota": null, "request_log_url": "https://augno.com/dashboard/request-logs/rq_#"}}'
            ),
            "ids_of_one_environment_are_refused_by_the_other[augno-get_unit]": (
                "get_unit has to refuse in sandbox-production a unit_id of sandbox, with code "
                'resource_not_found or insufficient_permissions in `error.code`; seen: 404 {"error": '
                '{"code": "not_found", "type": "invalid_request_error", "message": "No such unit.", '
                '"param": null, "doc_url": "https://docs.augno.com/api/errors#resource_not_found", '
                '"is_transient": false, "quota": null, "request_log_url": '
                '"https://augno.com/dashboard/request-logs/rq_#"}}'
            ),
        },
    ),
    wrong(
        "errors do not say whether they pass",
        on("get_customer", _error(is_transient=...)),
        failed=of("call_without_a_key_is_refused", "get_customer")
        | of("unknown_id_is_not_found", "get_customer")
        | of("ids_of_one_environment_are_refused_by_the_other", "get_customer"),
        messages={
            "unknown_id_is_not_found[augno-get_customer]": (
                "get_customer has to refuse a customer_id that nobody has in the shape of "
                "schemas/augno/error.json; seen: `error` lacks `is_transient`"
            ),
        },
    ),
    wrong(
        "errors have a type nobody knows",
        on("get_address", _error(404, type="authorization_error")),
        failed=of("unknown_id_is_not_found", "get_address")
        | of("ids_of_one_environment_are_refused_by_the_other", "get_address"),
        messages={
            "unknown_id_is_not_found[augno-get_address]": (
                "get_address has to refuse a address_id that nobody has in the shape of "
                "schemas/augno/error.json; seen: `error.type` is 'authorization_error', one of "
                "'invalid_request_error', 'api_error', 'idempotency_error' is due"
            ),
        },
    ),
    wrong(
        "a zero makes it fail",
        on("create_unit", when(sent(ratio_denominator="0"), _failing_on_zero)),
        failed=here("invalid_data_is_refused", case="create_unit-ratio_denominator:is-zero"),
        messages={
            "invalid_data_is_refused[augno-create_unit-ratio_denominator:is-zero]": (
                "create_unit has to refuse the call with 400 when `ratio_denominator` is zero, never "
                'with a failure; seen: 500 {"error": {"code": "internal_error", "type": "api_error", '
                '"message": "It is broken.", "param": null, "doc_url": '
                '"https://docs.augno.com/api/errors#internal_error", "is_transient": true, "quota": '
                'null, "request_log_url": null}}'
            ),
        },
    ),
    wrong(
        "what is refused is created all the same",
        on("create_unit", _created_all_the_same),
        failed=here("invalid_data_is_refused", case="create_unit-type:unknown-value"),
        messages={
            "invalid_data_is_refused[augno-create_unit-type:unknown-value]": (
                "create_unit has to create nothing when `type` holds a value that is not one of the "
                "allowed; seen: answered 400, and unit un_# is there all the same"
            ),
        },
    ),
    wrong(
        "a field nobody knows is taken",
        on("create_payment_term", _knowing_everything),
        failed=here("invalid_data_is_refused", case="create_payment_term-golive_unknown:unknown-field"),
        messages={
            "invalid_data_is_refused[augno-create_payment_term-golive_unknown:unknown-field]": (
                "create_payment_term has to refuse the call with 400 when `golive_unknown` is a "
                'field the contract does not know; seen: 201 {"id": "pytm_#", "object": '
                '"payment_term", "name": "golive_payment_term_#", "status": "active", "owner": null, '
                '"created_at": "#T#Z", "updated_at": "#T#Z"}'
            ),
        },
    ),
    wrong(
        "a change that changes nothing is taken",
        on("update_customer", _taking_nothing),
        failed=here("incomplete_data_is_refused", case="update_customer-body:empty"),
        messages={
            "incomplete_data_is_refused[augno-update_customer-body:empty]": (
                "update_customer has to refuse the call with 400 when the body has no fields; seen: "
                '200 {"id": "ac_#", "object": "customer", "name": "golive_customer_#", "number": '
                '"1003", "status": "normal", "edi_status": "disabled", "commission_policy": '
                '"commission_exempt", "note": null, "relationship_type": "standalone", '
                '"contact_info": null, "freight_preferenc…'
            ),
        },
    ),
    wrong(
        "a unit lacks a field",
        on("get_unit", _without("is_base_unit")),
        failed=reads("get_unit"),
        messages={
            "answer_fits_its_schema[augno-get_unit]": (
                "get_unit has to fit schemas/augno/get_unit.response.json; seen: the body lacks "
                "`is_base_unit` (documented)"
            ),
        },
    ),
)

TWICE = (
    wrong(
        "idempotency keys are forgotten",
        on("create_customer", _keyless),
        failed=of("same_key_same_body_is_replayed", "create_customer")
        | of("same_key_other_body_is_refused", "create_customer")
        | of("same_key_at_once_is_done_once", "create_customer"),
        messages={
            "same_key_same_body_is_replayed[augno-create_customer]": (
                "create_customer has to replay the first answer when the same call comes again with "
                "the same key; seen: it made ac_#, then ac_#"
            ),
        },
    ),
    wrong(
        "a replay is not marked",
        on("create_unit", _unmarked),
        failed=of("same_key_same_body_is_replayed", "create_unit"),
        messages={
            "same_key_same_body_is_replayed[augno-create_unit]": (
                "create_unit has to mark the replay with Idempotent-Replayed: true; seen: it is absent"
            ),
        },
    ),
    wrong(
        "another body is taken under a used key",
        _takes_another_body(),
        failed=of("same_key_other_body_is_refused"),
        messages={
            "same_key_other_body_is_refused[augno-create_payment_term]": (
                "create_payment_term has to refuse a key that was used with another body with 400; "
                'seen: 201 {"id": "pytm_#", "object": "payment_term", "name": '
                '"golive_payment_term_#", "status": "active", "owner": null, "created_at": "#T#Z", '
                '"updated_at": "#T#Z"}'
            ),
        },
    ),
    wrong(
        "what comes at once is done twice",
        _done_at_once(),
        failed=of("same_key_at_once_is_done_once", "create_customer"),
        messages={
            "same_key_at_once_is_done_once[augno-create_customer]": (
                "create_customer has to do a call once that comes 3 times at once with one key; "
                "seen: it made ac_#, ac_# or ac_#"
            ),
        },
    ),
    wrong(
        "a used key is told like wrong data",
        everywhere(when(_with_a_used_key, _error(type="invalid_request_error"))),
        failed=of("same_key_other_body_is_refused") | of("same_key_at_once_is_done_once"),
        messages={
            "same_key_other_body_is_refused[augno-create_unit]": (
                "create_unit has to refuse a key that was used with another body, with type "
                'idempotency_error in `error.type`; seen: 400 {"error": {"code": '
                '"validation_failed", "type": "invalid_request_error", "message": "This '
                'Idempotency-Key was used before with another request.", "param": "Idempotency-Key", '
                '"doc_url": "https://docs.augno.com/api/errors#validation_failed", "is_transient": '
                'false, "quota": null, "request_log_url": "ht…'
            ),
        },
    ),
    wrong(
        "an abbreviation is taken twice",
        on("create_unit", _under_another_abbreviation),
        failed=here("unique_value_is_taken_once", case="create_unit-abbreviation")
        | here("invalid_data_is_refused", case="create_unit-abbreviation:is-that-of-a-system-unit"),
        messages={
            "unique_value_is_taken_once[augno-create_unit-abbreviation]": (
                "create_unit has to refuse it as a conflict when the abbreviation of a unit is "
                'taken; seen: 201 {"id": "un_another"}'
            ),
        },
    ),
)

LISTINGS = (
    wrong(
        "a row is skipped behind the first page",
        on("list_units", when(_behind_the_first_page, once_it_succeeds(_skips_a_row))),
        failed=of("listing_gives_every_id_once", "list_units")
        | of("listing_bears_a_row_inserted_meanwhile", "list_units"),
        messages={
            "listing_gives_every_id_once[augno-list_units]": (
                "list_units has to give all 14 items in pages of 7; seen: 1 are missing: un_#"
            ),
        },
    ),
    wrong(
        "a listing ends after its first page",
        on("list_customers", once_it_succeeds(_ends_early)),
        failed=here("listing_gives_every_id_once", case="list_customers")
        | of("listing_bears_a_row_inserted_meanwhile", "list_customers"),
        messages={
            "listing_bears_a_row_inserted_meanwhile[augno-list_customers]": (
                "list_customers has to give all items that were there, though one more appears "
                "between two pages; seen: 6 are missing: ac_#, ac_#, ac_# and 3 more"
            ),
        },
    ),
    wrong(
        "a listing never ends",
        on("list_carriers", once_it_succeeds(_goes_on)),
        failed=of("listing_gives_every_id_once", "list_carriers")
        | here("listing_of_nothing_is_empty", case="list_carriers"),
        inconclusive=here("configuration_is_in_both_environments", case="list_carriers"),
        messages={
            "listing_gives_every_id_once[augno-list_carriers]": (
                "list_carriers has to give every id once in pages of the vendor's own size; seen: 2 "
                "come again: cr_#, cr_#"
            ),
            "listing_gives_every_id_once[augno-list_carriers@sandbox-production]": (
                "list_carriers has to give every id once in pages of the vendor's own size; seen: 2 "
                "come again: cr_#, cr_#"
            ),
        },
    ),
    wrong(
        "every filter finds everything",
        on("list_payment_terms", _ignoring_q),
        failed=here("listing_of_nothing_is_empty", case="list_payment_terms"),
        messages={
            "listing_of_nothing_is_empty[augno-list_payment_terms]": (
                "list_payment_terms has to list nothing when nothing matches (q {fresh:nothing}); "
                'seen: 200 {"object": "list", "data": [{"id": "pytm_#", "object": "payment_term", '
                '"name": "golive_payment_term_#", "status": "active", "owner": null, "created_at": '
                '"#T#Z", "updated_at": "#T#Z"}, {"id": "pytm_#…'
            ),
        },
    ),
    wrong(
        "a page of any size is given",
        on("list_units", _clamped),
        failed=here("page_size_is_bounded", case="list_units"),
        messages={
            "page_size_is_bounded[augno-list_units]": (
                "list_units has to refuse a page of 1001 items, one more than allowed with 400; "
                'seen: 200 {"object": "list", "data": [{"id": "un_#", "object": "unit", "name": '
                '"golive_unit_#", "abbreviation": "golive_unit_#", "ratio_numerator": "12", '
                '"ratio_denominator": "1", "offset_numerator": "0", "offset_denominator": "1", '
                '"type": "quantity", "…'
            ),
        },
        verdict="GO",
    ),
    wrong(
        "a cursor may be tampered with",
        on("list_units", _forgiving),
        failed=here("page_size_is_bounded", case="list_units"),
        messages={
            "page_size_is_bounded[augno-list_units]": (
                'list_units has to refuse a cursor that was tampered with; seen: 200 {"object": '
                '"list", "data": [{"id": "un_#", "object": "unit", "name": "golive_unit_#", '
                '"abbreviation": "golive_unit_#", "ratio_numerator": "12", "ratio_denominator": "1", '
                '"offset_numerator": "0", "offset_denominator": "1", "type": "quantity", "…'
            ),
        },
        verdict="GO",
    ),
    wrong(
        "nothing is expanded",
        on("list_units", _unexpanded),
        failed=here("expansion_fills_its_field", case="list_units-owner"),
        messages={
            "expansion_fills_its_field[augno-list_units-owner]": (
                "list_units has to fill `owner` when include[]=owner asks for it; seen: `owner` is empty in all 8"
            ),
        },
        verdict="GO",
    ),
)

ENVIRONMENTS = (
    wrong(
        "an id opens in the other account",
        on("get_unit", _in_any_account),
        failed=of("ids_of_one_environment_are_refused_by_the_other", "get_unit"),
        messages={
            "ids_of_one_environment_are_refused_by_the_other[augno-get_unit]": (
                "get_unit has to refuse in sandbox-production a unit_id of sandbox with 404 or 403; "
                'seen: 200 {"id": "un_#", "object": "unit", "name": "US dollar", "abbreviation": "USD", '
                '"type": "currency", "ratio_numerator": "1", "ratio_denominator": "1", '
                '"offset_numerator": "0", "offset_denominator": "1", "is_base_unit": true, "owner": '
                'null, "created_at": "#T#Z"…'
            ),
        },
    ),
    wrong(
        "production lacks a unit",
        before(_lacking_a_unit),
        failed=here("configuration_is_in_both_environments", case="list_units"),
        messages={
            "configuration_is_in_both_environments[augno-list_units]": (
                "the units of sandbox have to be in sandbox-production, too; seen: 1 are missing: pr / Pair"
            ),
        },
    ),
    wrong(
        "production counts otherwise",
        before(_counting_otherwise),
        failed=here("configuration_is_in_both_environments", case="list_units"),
        messages={
            "configuration_is_in_both_environments[augno-list_units]": (
                "the units of both environments have to be alike; seen: pr / Pair: ratio_numerator "
                "is '2' here, '3' there"
            ),
        },
    ),
    wrong(
        "production's key is one of a sandbox",
        before(_taken_for_a_sandbox),
        failed=there("production_is_addressed_rightly"),
        messages={
            "production_is_addressed_rightly[augno@sandbox-production]": (
                "sandbox-production has to be called with a key of its own kind; seen: the key # is of another kind"
            ),
        },
    ),
    wrong(
        "production holds test data",
        before(_with_test_data),
        failed=there("production_holds_no_test_data"),
        messages={
            "production_holds_no_test_data[augno@sandbox-production]": (
                "sandbox-production must not hold test data; seen: 1 found: E2E customer in list_customers"
            ),
        },
    ),
)

OWN_CALLS = (
    wrong(
        "requests have no name",
        everywhere(_anonymous),
        failed=both(
            "answers_carry_their_headers", "own_call_is_in_the_vendors_log", "logged_calls_name_the_pinned_version"
        ),
        messages={
            "own_call_is_in_the_vendors_log[augno]": ("list_units has to carry a Request-ID; seen: it has none"),
            "answers_carry_their_headers[augno]": (
                "list_units has to carry the header Request-ID in the form rq_[0-9a-z]{12,32}; seen: it is absent"
            ),
        },
    ),
    wrong(
        "limits are not told",
        everywhere(_without_limits),
        failed=both("answers_carry_their_headers"),
        messages={
            "answers_carry_their_headers[augno]": (
                "list_units has to carry the header RateLimit-Limit in the form [0-9]+; seen: it is absent"
            ),
        },
    ),
    wrong(
        "the log is lost",
        _loses_the_log(),
        failed=both("own_call_is_in_the_vendors_log"),
        inconclusive=both("logged_calls_name_the_pinned_version"),
        messages={
            "own_call_is_in_the_vendors_log[augno]": (
                "list_units has to be in the vendor's log within 0.5 s; seen: list_request_logs finds nothing for rq_#"
            ),
            "logged_calls_name_the_pinned_version[augno]": (
                "list_units has to be in the vendor's log with who made it, so that calls of this "
                'key can be told from others; seen: 200 {"object": "list", "data": [{"id": "un_#", '
                '"object": "unit", "name": "golive_unit_#", "abbreviation": "golive_unit_#", '
                '"ratio_numerator": "12", "ratio_denominator": "1", "offset_numerator": "0", '
                '"offset_denominator": "1", "type": "quantity", "…'
            ),
        },
    ),
    wrong(
        "the log names another version",
        on("list_request_logs", _logged(api_version="1.0.forge-preview.1")),
        failed=both("own_call_is_in_the_vendors_log", "logged_calls_name_the_pinned_version"),
        messages={
            "own_call_is_in_the_vendors_log[augno]": (
                "list_units has to be in the vendor's log as GET /v1/catalog/units, 200, version "
                "1.0.forge-preview.3; seen: api_version is '1.0.forge-preview.1'"
            ),
            "logged_calls_name_the_pinned_version[augno]": (
                "calls with this key have to name the pinned API version; seen: also 1.0.forge-preview.1"
            ),
        },
    ),
    wrong(
        "the log does not say who called",
        on("list_request_logs", _logged(actor=None)),
        failed=both("own_call_is_in_the_vendors_log")
        | here("expansion_fills_its_field", case="list_request_logs-actor"),
        inconclusive=both("logged_calls_name_the_pinned_version"),
        messages={
            "own_call_is_in_the_vendors_log[augno]": (
                "list_units has to be in the vendor's log with who made it; seen: the row has no actor"
            ),
            "logged_calls_name_the_pinned_version[augno]": (
                "list_units has to be in the vendor's log with who made it, so that calls of this "
                'key can be told from others; seen: 200 {"object": "list", "data": [{"id": "un_#", '
                '"object": "unit", "name": "golive_unit_#", "abbreviation": "golive_unit_#", '
                '"ratio_numerator": "12", "ratio_denominator": "1", "offset_numerator": "0", '
                '"offset_denominator": "1", "type": "quantity", "…'
            ),
        },
    ),
    wrong(
        "the log holds an error nobody knows",
        before(_called_wrongly),
        failed=here("errors_in_the_vendors_log_are_known"),
        messages={
            "errors_in_the_vendors_log_are_known[augno]": (
                "every error in the vendor's log has to be a known one; seen: insufficient_permissions (rq_#)"
            ),
        },
        suite="weekly",
        verdict="GO",
    ),
)

STATES = (
    wrong(
        "an estimate is closed",
        on("close_sales_order", _closes_an_estimate),
        failed=here("order_goes_through_its_states"),
        messages={
            "order_goes_through_its_states[augno]": (
                'close_sales_order has to be refused for an order that is estimate; seen: 200 {"id": '
                '"or_#", "object": "sales_order", "number": "1008", "status": "fulfilled", '
                '"payment_status": "unpaid", "priority": "normal", "acknowledgment_status": '
                '"not_sent", "payment_intent_ids": [], "customer_purchase_order_number": '
                '"golive_sales_order_#", "note": n…'
            ),
        },
    ),
    wrong(
        "an order is issued twice",
        on("issue_sales_order", _issues_again),
        failed=here("order_goes_through_its_states") | repeats("issue_sales_order"),
        messages={
            "order_goes_through_its_states[augno]": (
                'issue_sales_order has to be refused for an order that is issued; seen: 200 {"id": '
                '"or_#", "object": "sales_order", "number": "1008", "status": "issued", '
                '"payment_status": "unpaid", "priority": "normal", "acknowledgment_status": '
                '"not_sent", "payment_intent_ids": [], "customer_purchase_order_number": '
                '"golive_sales_order_#", "note": null…'
            ),
            "repeated_write_does_what_the_contract_says[augno-issue_sales_order]": (
                "issue_sales_order has to be refused as a conflict (409) or be refused (4xx) when "
                'the same call comes again; seen: 200 {"id": "or_#", "object": "sales_order", '
                '"number": "1002", "status": "issued", "payment_status": "unpaid", "priority": '
                '"normal", "acknowledgment_status": "not_sent", "payment_intent_ids": [], '
                '"customer_purchase_order_number": "golive_sales_order_#", "note": "Wri… (it '
                "succeeded once more)"
            ),
        },
    ),
    wrong(
        "an order cannot be opened again",
        on("open_sales_order", _refusing_to_open),
        failed=here("order_goes_through_its_states"),
        messages={
            "order_goes_through_its_states[augno]": (
                'open_sales_order has to answer 200; seen: 409 {"error": {"code": '
                '"resource_conflict", "type": "invalid_request_error", "message": "It is broken.", '
                '"param": null, "doc_url": "https://docs.augno.com/api/errors#resource_conflict", '
                '"is_transient": false, "quota": null, "request_log_url": null}}'
            ),
        },
        incidents=(
            (
                'left behind: sales_order or_# at augno: 409 {"error": {"code": "resource_conflict", '
                '"type": "invalid_request_error", "message": "A fulfilled sales order cannot be '
                'deleted.", "param": null, "doc_url": '
                '"https://docs.augno.com/api/errors#resource_conflict", "is_transient": false, "quota": '
                'null, "request_log_url": "https://augno.com/dashboard/req…; `golive sweep --env '
                "sandbox` tries again"
            ),
            (
                'left behind: address ad_# at augno: 409 {"error": {"code": "resource_conflict", "type": '
                '"invalid_request_error", "message": "This address is in use.", "param": null, '
                '"doc_url": "https://docs.augno.com/api/errors#resource_conflict", "is_transient": '
                'false, "quota": null, "request_log_url": '
                '"https://augno.com/dashboard/request-logs/rq_#…; `golive sweep --env sandbox` tries '
                "again"
            ),
        ),
    ),
    wrong(
        "a hold is forgotten",
        on("update_customer", _keeps_its_status),
        failed=here("customer_takes_every_status"),
        messages={
            "customer_takes_every_status[augno]": (
                "update_customer has to show the status hold_all that was set; seen: status is 'hold_shipment'"
            ),
        },
    ),
)

KEYS = (
    wrong(
        "production's key is an administrator's",
        before(_mighty),
        failed=there("key_is_not_an_admins"),
        messages={
            "key_is_not_an_admins[augno@sandbox-production]": (
                "the key must not have the role of an administrator; seen: the role 'Administrator' of type admin"
            ),
        },
    ),
    wrong(
        "production's key is old",
        before(_old(30)),
        failed=there("live_key_is_new"),
        messages={
            "live_key_is_new[augno@sandbox-production]": (
                "the key that goes live has to be new; seen: shop-integration is 30 days old"
            ),
        },
    ),
    wrong(
        "production's key should have been replaced",
        before(_old(95)),
        failed=there("keys_are_replaced_in_time"),
        messages={
            "keys_are_replaced_in_time[augno@sandbox-production]": (
                "the key has to be replaced in time; seen: shop-integration is 95 days old"
            ),
        },
        suite="weekly",
    ),
    wrong(
        "production's key expires soon",
        before(_expiring),
        failed=there("keys_are_replaced_in_time"),
        messages={
            "keys_are_replaced_in_time[augno@sandbox-production]": (
                "the key must not expire soon; seen: it expires at #T#Z"
            ),
        },
        suite="weekly",
    ),
    wrong(
        "production's key is not the only one of its name",
        before(_with_a_twin),
        failed=there("key_is_dedicated"),
        messages={
            "key_is_dedicated[augno@sandbox-production]": (
                "exactly one active key has to be named shop-integration; seen: 2: aug_sk_prod_****#, aug_sk_prod_****#"
            ),
        },
    ),
    wrong(
        "the replaced key still opens",
        before(_unrevoked),
        failed=both("replaced_key_is_refused") | there("key_is_dedicated"),
        messages={
            "replaced_key_is_refused[augno]": (
                'list_units has to refuse the key that was replaced with 401; seen: 200 {"object": '
                '"list", "data": [{"id": "un_#", "object": "unit", "name": "Metre", "abbreviation": '
                '"m", "type": "length", "ratio_numerator": "1", "ratio_denominator": "1", '
                '"offset_numerator": "0", "offset_denominator": "1", "is_base_unit": true, "owner": '
                'null, "created_at": "#T#…'
            ),
            "key_is_dedicated[augno@sandbox-production]": (
                "exactly one active key has to be named shop-integration; seen: 2: aug_sk_prod_****#, aug_sk_prod_****#"
            ),
        },
    ),
    wrong(
        "the key is not listed",
        on("list_api_keys", once_it_succeeds(_masked_otherwise)),
        failed=both("key_is_listed_in_its_account")
        | there("live_key_is_new", "key_is_not_an_admins", "key_is_dedicated"),
        messages={
            "key_is_listed_in_its_account[augno]": (
                "the account has to list the key that is used; seen: none of the 6 keys of the account looks like it"
            ),
        },
    ),
)

BREAKAGES = (*VERSIONS, *ERRORS, *TWICE, *LISTINGS, *ENVIRONMENTS, *OWN_CALLS, *STATES, *KEYS)

RIGHT = (
    right("it is all there and right", before(lambda app: None)),
    right("pages lead on by cursors", before(_by_cursors)),
    right("what is taken exists", everywhere(_existing)),
    right("it is called OpenMRP", before(_renamed)),
    right("answers hold more than they have to", everywhere(_with_more)),
    right("ids of others are forbidden", everywhere(_forbidding)),
    right("the log takes two seconds", before(_late)),
    right(
        "there is a newer version",
        everywhere(_offering_another),
        warned={
            "pinned_version_is_served[augno]": (
                "1.0.forge-preview.3 is pinned, and there is a newer version: 1.0.forge-preview.4"
            )
        },
    ),
)
