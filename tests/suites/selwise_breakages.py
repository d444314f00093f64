"""Selwise, wrong in every way that its configuration, its logs and its changes may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_golive.sandbox import rehearsal
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.rehearsal import CHOSEN
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.selwise.entries import entry
from pytest_golive.sandbox.selwise.state import MASK, Site, now
from tests.suites.breakage import Breakage
from tests.suites.planned_checks import THERE, Planned
from tests.suites.vendor_in_disguise import (
    Twist,
    Wrap,
    answers,
    before,
    everywhere,
    json_of,
    on,
    once_it_succeeds,
    operation_of,
    sending,
    when,
)

SELWISE = Planned("selwise")
here, both, reads, repeats, of = SELWISE.here, SELWISE.both, SELWISE.reads, SELWISE.repeats, SELWISE.of
bad_inputs = SELWISE.bad_inputs

OTHERWISE_THAN_RECORDED = here("changes_have_their_records", "mapping_is_the_known_good")
"""What compares how the vendor is configured with the example project's papers."""

DAY_SECONDS = 86_400.0
WHOLE = 6
"""Fields of a whole update."""


# ------------------------------------------------------------------ how to be wrong


def body(change: Callable[[Any], Any]) -> Twist:
    """Change the body of every success."""
    return once_it_succeeds(
        lambda response: json_response(response.status, change(json_of(response.body)), _further(response))
    )


def _further(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower().startswith("x-ratelimit")}


def of_each(change: Callable[[dict[str, Any]], dict[str, Any]], inside: str = "") -> Twist:
    """Change each item of a list that a success is, or holds."""

    def changed(held: Any) -> Any:
        items = held[inside] if inside else held
        new = [change(dict(each)) for each in items]
        return {**held, inside: new} if inside else new

    return body(changed)


def sites(change: Callable[[Site], object]) -> Wrap:
    """Change both sites before the run begins."""

    def changed(app: Selwise) -> None:
        for environment in app.connections():
            change(app.site(environment))

    return before(changed)


def with_settings(**settings: Any) -> Wrap:
    """Rehearse with other settings."""
    return before(lambda app: rehearsal.QUICK.update(settings))


def of_ga4(app: Selwise, request: Request) -> bool:
    """Whether a request is an update of GA4, the provider that is changed."""
    return request.path.endswith("/ga4") and isinstance(json_of(request.body), dict)


def whole(app: Selwise, request: Request) -> bool:
    """Whether a request updates the whole of GA4."""
    return of_ga4(app, request) and len(json_of(request.body)) == WHOLE


def alone(**fields: Any) -> Callable[[Selwise, Request], bool]:
    """Say whether a request updates nothing of GA4 but these fields."""
    return lambda app, request: of_ga4(app, request) and json_of(request.body) == fields


def updating(condition: Callable[[Selwise, Request], bool], twist: Twist) -> Wrap:
    """Twist some updates of a provider."""
    return on("put_integration", when(condition, twist))


def as_if(**instead: Any) -> Twist:
    """Take a body as if it held these fields; one that is no object as it is."""

    def twist(app: Selwise, request: Request) -> Response:
        held = json_of(request.body)
        return app(sending(request, {**held, **instead})) if isinstance(held, dict) else app(request)

    return twist


def afterwards(change: Callable[[Site], object]) -> Twist:
    """Take the request, and change the rehearsed site."""

    def twist(app: Selwise, request: Request) -> Response:
        response = app(request)
        if response.status < 300:
            change(app.site("sandbox"))
        return response

    return twist


def meanwhile(**state: bool) -> Twist:
    """Take events as if the provider was in this state."""

    def twist(app: Selwise, request: Request) -> Response:
        mine = app.site("sandbox").integrations["ga4"]
        kept = {name: getattr(mine, name) for name in state}
        for name, value in state.items():
            setattr(mine, name, value)
        response = app(request)
        for name, value in kept.items():
            setattr(mine, name, value)
        return response

    return twist


def failing_entries(site: Site, *, times: int, **fields: Any) -> None:
    """Write failures into the log of GA4."""
    for _ in range(times):
        site.logs["ga4"].append(entry("failed", "purchase", provider="ga4", httpStatus=500, **fields))


def _unmask(app: Selwise, request: Request) -> Response:
    def shown(one: dict[str, Any]) -> dict[str, Any]:
        stored = app._state.sites[one["siteId"]].integrations[one["provider"]].config
        return {**one, "config": dict(stored)}

    return of_each(shown)(app, request)


def _refuses_from(first: int, status: int = 503) -> Twist:
    """Refuse whole updates from the nth on, and all of those that come after."""
    taken: list[int] = []

    def twist(app: Selwise, request: Request) -> Response:
        taken.append(1)
        if len(taken) >= first:
            return json_response(status, {"statusCode": status, "message": "later", "error": "Unavailable"})
        return app(request)

    return twist


def _sharing_a_site(app: Selwise) -> None:
    app._connections["production"] = app._connections["sandbox"]


def _mapping_never_grows(app: Selwise, request: Request) -> Response:
    """Keep of a mapping that is sent only what is stored already."""
    stored = app.site("sandbox").integrations["ga4"].event_mapping
    sent = json_of(request.body)["eventMapping"]
    return as_if(eventMapping={name: value for name, value in sent.items() if name in stored})(app, request)


def _switched_all_the_same(app: Selwise, request: Request) -> Response:
    """Refuse a switch of a wrong type, and throw it."""
    app(sending(request, {"enabled": False}))
    return app(request)


def _without(name: str) -> Twist:
    """Take a request as if it had no such parameter in its query."""
    return lambda app, request: app(replace(request, query={k: v for k, v in request.query.items() if k != name}))


def _any_page(app: Selwise, request: Request) -> Response:
    usable = {name: value for name, value in request.query.items() if value.isdecimal() and 0 < int(value) <= 100}
    return app(replace(request, query=usable))


def _stored_again(app: Selwise, request: Request) -> Response:
    response = app(request)
    order = json_of(request.body)
    return json_response(201, {"orderId": order["orderId"]}) if response.status == 409 else response


def _untold(app: Selwise, request: Request) -> Response:
    response = app(request)
    return replace(response, headers={k: v for k, v in response.headers.items() if not k.startswith("X-RateLimit")})


def _any_provider(app: Selwise, request: Request) -> Response:
    response = app(request)
    return json_response(200, {"provider": "ga4", "eventMapping": {}}) if response.status == 400 else response


def _of_a_stranger(app: Selwise, request: Request) -> bool:
    return any(one.foreign_ids["site_id"] in request.path for one in app.connections().values())


def _with_the_old_token(app: Selwise, request: Request) -> bool:
    sent = request.headers.get("authorization") or ""
    return any(one.previous_api_key in sent for one in app.connections().values())


def _without_a_key(app: Selwise, request: Request) -> bool:
    return not request.headers.get("x-selwise-api-key")


def _told(text: str) -> str:
    """Return what follows when nothing can be put back."""
    return f"{text}; `golive sweep --env sandbox` tries again"


CHANGE = frozenset(
    planned.id
    for planned in SELWISE.checks.values()
    if planned.alone == "integration" and planned.allow and planned.environment == CHOSEN
)
"""Every check that reads the record of the change."""

LISTED = (
    "critical_events_are_mapped",
    "filters_let_critical_events_pass",
    "providers_in_use_are_known",
    "providers_in_use_are_watched",
    "providers_on_have_their_credential",
)
"""Checks that begin with the list of providers."""

LOGS = ("failures_are_explained", "log_pages_follow_their_query", "providers_in_use_are_watched")
"""Checks that begin with a log."""

UNKNOWN_EVENT = "invalid_data_is_refused[selwise-put_integration-eventMapping:maps-an-event-that-does-not-exist]"

SWITCHED = here("nothing_is_forwarded_while_off", "nothing_is_forwarded_in_test_mode")


def broken(name: str, wrap: Wrap, failed: frozenset[str], messages: Mapping[str, str], **further: Any) -> Breakage:
    """Return a wrong Selwise."""
    return Breakage(f"selwise: {name}", wrap, failed=failed, messages=messages, vendor="selwise", **further)


BREAKAGES: tuple[Breakage, ...] = (
    # -------------------------------------------------------------- contract
    broken(
        "switches are text",
        on("get_integrations_health", of_each(lambda one: {**one, "enabled": "true"}, "integrations")),
        reads("get_integrations_health")
        | both("switches_are_booleans", "providers_in_use_are_watched")
        | here("health_tells_the_change", "state_before_a_change_is_whole"),
        {
            "switches_are_booleans[selwise]": "get_integrations_health has to hold enabled and testMode as booleans; "
            "seen: ga4: enabled is 'true'"
        },
    ),
    broken(
        "the list lacks times",
        on("list_integrations", of_each(lambda one: {k: v for k, v in one.items() if k != "updatedAt"})),
        reads("list_integrations") | both(*LISTED) | here("state_before_a_change_is_whole", "provider_is_put_back"),
        {
            f"{check}[selwise]": "list_integrations has to fit schemas/selwise/integrations.json; seen: `[0]` lacks "
            "`updatedAt` (assumed); `[1]` lacks `updatedAt` (assumed); `[2]` lacks `updatedAt` (assumed)"
            for check in LISTED
        },
    ),
    broken(
        "limits are not told",
        everywhere(_untold),
        here("answers_carry_their_headers"),
        {
            "answers_carry_their_headers[selwise]": "list_integrations has to carry the header X-RateLimit-Limit in "
            "the "
            "form [0-9]+; seen: it is absent"
        },
        verdict="GO",
    ),
    broken(
        "any provider is known",
        on("get_default_mappings", _any_provider),
        both("unknown_id_is_not_found", case="get_default_mappings"),
        {
            "unknown_id_is_not_found[selwise-get_default_mappings]": "get_default_mappings has to refuse a provider "
            'that nobody has with 400, 404 or 422; seen: 200 {"provider": "ga4", "eventMapping": {}}'
        },
    ),
    # -------------------------------------------------------------- access
    broken(
        "the public surface is open",
        on("get_public_config", when(_without_a_key, answers(200, {}))),
        both("call_without_a_key_is_refused", case="get_public_config"),
        {
            "call_without_a_key_is_refused[selwise-get_public_config]": "get_public_config has to refuse a call "
            "without "
            "a key with 403; seen: 200 {}"
        },
    ),
    broken(
        "a foreign site is open",
        on("list_integrations", when(_of_a_stranger, answers(200, []))),
        both("wrong_site_gives_no_data"),
        {
            "wrong_site_gives_no_data[selwise]": "list_integrations has to give nothing of a site that is another "
            "one's; seen: 200 []"
        },
    ),
    broken(
        "a malformed site crashes",
        on(
            "list_integrations",
            when(lambda app, request: "/golive-no-site/" in request.path, answers(500, {"message": "cast failed"})),
        ),
        both("wrong_site_gives_no_data"),
        {
            "wrong_site_gives_no_data[selwise]": "list_integrations has to give nothing of a site that is no UUID; "
            'seen: 500 {"message": "cast failed"}'
        },
    ),
    broken(
        "the replaced token still opens",
        on("get_integrations_health", when(_with_the_old_token, answers(200, {}))),
        both("replaced_token_opens_nothing"),
        {
            "replaced_token_opens_nothing[selwise]": "get_integrations_health has to refuse the token that was "
            "replaced; seen: 200 {}"
        },
        suite="postrotation",
    ),
    # -------------------------------------------------------------- data
    broken(
        "an order is stored twice",
        on("create_order", _stored_again),
        repeats("create_order"),
        {
            "repeated_write_does_what_the_contract_says[selwise-create_order]": "create_order has to be refused as a "
            'conflict (409) when the same call comes again; seen: 201 {"orderId": "golive_order_#"} (it succeeded once '
            "more)"
        },
    ),
    broken(
        "any address is taken",
        on("create_webhook", when(lambda app, request: b"http://hooks" in request.body, answers(201, {"id": "wh_9"}))),
        frozenset({"invalid_data_is_refused[selwise-create_webhook-url:is-not-https]"}),
        {
            "invalid_data_is_refused[selwise-create_webhook-url:is-not-https]": "create_webhook has to refuse the call "
            'with 400, 413, 415 or 422 when `url` is not https; seen: 201 {"id": "wh_9"}'
        },
    ),
    broken(
        "an event nobody knows is mapped",
        on(
            "put_integration",
            when(lambda app, request: b'{"golive_no_event"' in request.body, answers(200, {})),
        ),
        frozenset({UNKNOWN_EVENT}),
        {
            UNKNOWN_EVENT: "put_integration has to refuse the call with 400, 413, 415 or 422 when `eventMapping` maps "
            "an "
            "event that does not exist; seen: 200 {}"
        },
    ),
    # -------------------------------------------------------------- paging
    broken(
        "offset is ignored",
        on("list_integration_logs", _without("offset")),
        both("log_pages_follow_their_query") | both("listing_gives_every_id_once", case="list_integration_logs"),
        {
            "log_pages_follow_their_query[selwise]": "list_integration_logs has to hold another entry one further; "
            "seen: offset 0 and 1 hold #-#"
        },
    ),
    broken(
        "any page is given",
        on("list_integration_logs", _any_page),
        both("log_pages_follow_their_query"),
        {"log_pages_follow_their_query[selwise]": "list_integration_logs has to refuse limit=0; seen: 200"},
        verdict="GO",
    ),
    # -------------------------------------------------------------- providers, events, logs
    broken(
        "both names differ",
        on(
            "get_integration",
            when(
                lambda app, request: request.path.endswith("/google_ads"),
                body(lambda held: {**held, "testMode": not held["testMode"]}),
            ),
        ),
        both("both_names_of_a_provider_read_the_same"),
        {
            "both_names_of_a_provider_read_the_same[selwise]": "get_integration has to hold for google_ads what it "
            "holds for gads; seen: differs: testMode"
        },
        verdict="GO",
    ),
    broken(
        "a filter holds purchases back",
        sites(
            lambda site: site.integrations["ga4"].filters.update(
                purchase={"enabled": True, "conditions": [{"field": "order.total", "operator": "gte", "value": 1000}]}
            )
        ),
        both("filters_let_critical_events_pass", "filters_are_the_known_good", "mapping_is_the_known_good")
        | here("changes_have_their_records"),
        {
            "filters_let_critical_events_pass[selwise]": "filters have to let critical events pass; seen: held back by "
            "ga4.eventFilters.purchase"
        },
    ),
    broken(
        "a critical event is not mapped",
        sites(lambda site: site.integrations["meta"].event_mapping.pop("purchase")),
        both("critical_events_are_mapped", "mapping_is_the_known_good")
        | here("changes_have_their_records", "recorded_changes_lost_nothing"),
        {
            "critical_events_are_mapped[selwise]": "critical events have to be mapped; seen: there is no "
            "meta.eventMapping.purchase"
        },
    ),
    broken(
        "failures do not say why",
        sites(lambda site: failing_entries(site, times=1, error=None)),
        both("failures_are_explained"),
        {
            "failures_are_explained[selwise]": "list_integration_logs has to say why ga4 failed; seen: none of 1 "
            "failed "
            "entries does"
        },
        verdict="GO",
    ),
    broken(
        "an error nobody knows",
        sites(lambda site: failing_entries(site, times=1, error={"code": "E42", "message": "no"})),
        both("failures_are_explained"),
        {
            "failures_are_explained[selwise]": "list_integration_logs has to hold only failures of ga4 that are known; "
            "seen: unknown: E42"
        },
        verdict="GO",
    ),
    broken(
        "many failures",
        sites(lambda site: failing_entries(site, times=3, error={"code": "upstream_timeout", "message": "late"})),
        both("failures_are_explained"),
        {
            "failures_are_explained[selwise@sandbox-production]": "list_integration_logs has to hold few failures of "
            "ga4: at most 2% (fail_ratio); seen: 3 of 27"
        },
        verdict="GO",
    ),
    broken(
        "every attempt is a repetition",
        sites(lambda site: [one.update(attempt=2) for one in site.logs["ga4"]]),
        both("retries_are_rare"),
        {
            "retries_are_rare[selwise]": "list_integration_logs has to hold few repeated attempts of ga4: at most 5% "
            "(retry_ratio); seen: 24 of 24"
        },
        verdict="GO",
        suite="weekly",
    ),
    broken(
        "events are given up",
        sites(
            lambda site: failing_entries(
                site, times=1, attempt=4, eventId="e-7", error={"code": "upstream_timeout", "message": "late"}
            )
        ),
        both("retries_are_rare", "failures_are_explained"),
        {
            "retries_are_rare[selwise]": "list_integration_logs has to hold no event of ga4 that was given up; seen: "
            "given up: e-7"
        },
        verdict="GO",
        suite="weekly",
    ),
    broken(
        "a webhook is silent",
        sites(
            lambda site: [
                one.update(createdAt=now(9 * DAY_SECONDS)) for hook in site.hooks.values() for one in hook.log
            ]
        ),
        both("webhooks_are_watched"),
        {
            "webhooks_are_watched[selwise]": "list_webhook_logs has to hold a success within 7 days; seen: the last "
            "success of orders is 9.0 days old"
        },
        verdict="GO",
    ),
    broken(
        "a webhook fails",
        sites(lambda site: [one.update(status="failed") for hook in site.hooks.values() for one in hook.log[:4]]),
        both("webhooks_are_watched"),
        {
            "webhooks_are_watched[selwise]": "list_webhook_logs has to hold few failures of the webhook orders: at "
            "most "
            "2% (fail_ratio); seen: 4 of 24"
        },
        verdict="GO",
    ),
    # -------------------------------------------------------------- the change of a provider
    broken(
        "the change is refused",
        updating(whole, answers(409, {"message": "locked"})),
        here("only_planned_fields_change", "provider_is_put_back"),
        {
            "only_planned_fields_change[selwise]": 'put_integration has to answer 200 or 201; seen: 409 {"message": '
            '"locked"}',
            "steps_come_in_order[selwise]": "put_integration has to take the whole configuration of ga4; seen: 409 "
            '{"message": "locked"}',
        },
        inconclusive=CHANGE
        - here("only_planned_fields_change", "provider_is_put_back", "state_before_a_change_is_whole"),
        incidents=(_told('not put back: the former state of ga4 at selwise: 409 {"message": "locked"}'),),
    ),
    broken(
        "an update clears what it leaves out",
        before(lambda app: setattr(app.integrations, "merge", "replace")),
        here(
            "switching_off_changes_nothing_else",
            "test_mode_changes_nothing_else",
            "nothing_is_forwarded_in_test_mode",
            "lost_mapping_is_put_back",
        ),
        {
            "switching_off_changes_nothing_else[selwise]": "put_integration has to change nothing but enabled; seen: "
            "ga4: lost config.apiSecret, config.measurementId, eventMapping.page_view, eventMapping.search_query, "
            "eventMapping.add_to_cart, eventMapping.purchase, reverseEventMapping.shopPurchase, "
            "reverseEventMapping.golive_mapping_#, eventFilters.purchase",
            "nothing_is_forwarded_in_test_mode[selwise]": "put_integration has to write down what comes in test mode; "
            "seen: nothing within 2 s",
        },
    ),
    broken(
        "a whole update loses the filters",
        updating(whole, as_if(eventFilters={})),
        here("only_planned_fields_change", "no_mapping_is_lost", "provider_is_put_back")
        | OTHERWISE_THAN_RECORDED
        | here("recorded_changes_lost_nothing"),
        {
            "no_mapping_is_lost[selwise]": "put_integration has to keep every mapping, filter and setting; seen: ga4 "
            "lost eventFilters.purchase",
            "only_planned_fields_change[selwise]": "put_integration has to change only what was planned; seen: ga4: "
            "lost eventFilters.purchase",
            "provider_is_put_back[selwise]": "put_integration has to make ga4 what it was; seen: ga4: lost "
            "eventFilters.purchase",
        },
    ),
    broken(
        "an update loses a critical mapping",
        updating(whole, afterwards(lambda site: site.integrations["ga4"].event_mapping.pop("purchase", None))),
        here("only_planned_fields_change", "no_mapping_is_lost", "provider_is_put_back", "critical_events_are_mapped")
        | OTHERWISE_THAN_RECORDED
        | here("recorded_changes_lost_nothing"),
        {
            "no_mapping_is_lost[selwise]": "put_integration has to keep every mapping, filter and setting; seen: ga4 "
            "lost eventMapping.purchase (critical)"
        },
    ),
    broken(
        "the change is not stored",
        updating(whole, as_if(reverseEventMapping={"shopPurchase": "purchase"})),
        here("only_planned_fields_change"),
        {
            "only_planned_fields_change[selwise]": "put_integration has to change what was planned; seen: ga4: "
            "reverseEventMapping.golive_mapping_# is not there"
        },
    ),
    broken(
        "another provider changes too",
        updating(whole, afterwards(lambda site: setattr(site.integrations["meta"], "test_mode", True))),
        here("only_planned_fields_change", "provider_is_put_back"),
        {
            "only_planned_fields_change[selwise]": "put_integration has to change no other provider; seen: meta: "
            "changed testMode",
            "provider_is_put_back[selwise]": "list_integrations has to show the other providers as they were; seen: "
            "meta: changed testMode",
        },
    ),
    broken(
        "an update stores the mask as the secret",
        updating(whole, afterwards(lambda site: site.integrations["ga4"].config.update(apiSecret="********"))),
        here("provider_passes_its_test", "sending_shows_in_the_logs", "failures_are_explained"),
        {
            "provider_passes_its_test[selwise]": "test_integration has to pass; seen: success is False: the provider "
            "refuses config.apiSecret",
            "sending_shows_in_the_logs[selwise]": "list_integration_logs has to show success for a page_view that was "
            "sent; seen: failed",
        },
    ),
    broken(
        "the provider fails its test",
        on("test_integration", body(lambda held: {**held, "success": False, "message": "invalid measurement"})),
        here("provider_passes_its_test"),
        {
            "provider_passes_its_test[selwise]": "test_integration has to pass; seen: success is False: invalid "
            "measurement"
        },
    ),
    broken(
        "health lies",
        on(
            "get_integrations_health",
            of_each(lambda one: {**one, "enabled": False, "status": "disabled"}, "integrations"),
        ),
        here("health_tells_the_change"),
        {
            "health_tells_the_change[selwise]": "get_integrations_health has to tell what ga4 is configured to be; "
            "seen: {'enabled': False, 'testMode': False}, configured: {'enabled': True, 'testMode': False}"
        },
    ),
    broken(
        "health is green for what is off, and the other way round",
        on("get_integrations_health", of_each(lambda one: {**one, "status": "disabled"}, "integrations")),
        here("health_tells_the_change"),
        {
            "health_tells_the_change[selwise]": "get_integrations_health has to call ga4 what it is; seen: status "
            "'disabled', configured: {'enabled': True, 'testMode': False}"
        },
    ),
    broken(
        "health forgets a provider",
        on(
            "get_integrations_health",
            body(
                lambda held: {
                    **held,
                    "integrations": [one for one in held["integrations"] if one["provider"] != "ga4"],
                }
            ),
        ),
        both("providers_in_use_are_watched") | here("health_tells_the_change", "state_before_a_change_is_whole"),
        {
            "health_tells_the_change[selwise]": "get_integrations_health has to tell of ga4 once; seen: 0 times",
            "state_before_a_change_is_whole[selwise]": "get_integrations_health has to tell of ga4; seen: it tells of "
            "meta, gads",
            "providers_in_use_are_watched[selwise]": "get_integrations_health has to tell of ga4; seen: it tells of "
            "gads, meta",
        },
    ),
    broken(
        "the test is green, and logs are not found",
        on(
            "list_integration_logs",
            when(lambda app, request: "limit" in request.query, answers(404, {"message": "gone"})),
        ),
        both(*LOGS)
        | both("listing_gives_every_id_once", "page_size_is_bounded", case="list_integration_logs")
        | here("sending_shows_in_the_logs"),
        {
            "sending_shows_in_the_logs[selwise]": "list_integration_logs has to answer 200; seen: 404 "
            '{"message": "gone"}',
            "nothing_is_forwarded_while_off[selwise]": "ga4 has to be sent to before it is switched off; seen: none: "
            "so "
            "that nothing comes now says nothing",
            "nothing_is_forwarded_in_test_mode[selwise]": "ga4 has to be sent to before it is in test mode; seen: "
            "none: "
            "so that nothing comes now says nothing",
        },
        inconclusive=SWITCHED,
    ),
    broken(
        "what is sent shows nowhere",
        on(
            "send_events_batch",
            when(lambda app, request: b"page_view" in request.body, answers(202, {"accepted": 1, "rejected": []})),
        ),
        here("sending_shows_in_the_logs"),
        {
            "sending_shows_in_the_logs[selwise]": "list_integration_logs has to show success for a page_view that was "
            "sent; seen: nothing within 2 s"
        },
        inconclusive=SWITCHED,
    ),
    broken(
        "secrets are shown",
        on("list_integrations", _unmask),
        here("secrets_stay_out_of_sight"),
        {
            "secrets_stay_out_of_sight[selwise]": "list_integrations has to show no secret; seen: it shows "
            "ga4_api_secret, meta_access_token"
        },
    ),
    broken(
        "switching off is ignored",
        updating(alone(enabled=False), as_if(enabled=True)),
        here("switching_off_changes_nothing_else", "nothing_is_forwarded_while_off"),
        {
            "switching_off_changes_nothing_else[selwise]": "put_integration has to set enabled to false; seen: enabled "
            "is True"
        },
    ),
    broken(
        "what is off is sent to",
        on("send_events_batch", meanwhile(enabled=True)),
        here("nothing_is_forwarded_while_off"),
        {
            "nothing_is_forwarded_while_off[selwise]": "put_integration has to keep a provider that is off from being "
            "sent to; seen: the log says success of a page_view sent meanwhile"
        },
    ),
    broken(
        "test mode is ignored",
        updating(alone(testMode=True), as_if(testMode=False)),
        here("test_mode_changes_nothing_else", "nothing_is_forwarded_in_test_mode"),
        {
            "test_mode_changes_nothing_else[selwise]": "put_integration has to set testMode to true; seen: testMode is "
            "False"
        },
    ),
    broken(
        "test mode sends on",
        on("send_events_batch", meanwhile(test_mode=False)),
        here("nothing_is_forwarded_in_test_mode"),
        {
            "nothing_is_forwarded_in_test_mode[selwise]": "put_integration has to keep what comes in test mode from "
            "the "
            "provider; seen: the log says success of a page_view sent meanwhile"
        },
    ),
    broken(
        "a text switches",
        updating(alone(enabled="true"), answers(200, {})),
        here("wrong_switch_changes_nothing"),
        {"wrong_switch_changes_nothing[selwise]": 'put_integration has to refuse {"enabled": "true"}; seen: 200 {}'},
        verdict="GO",
    ),
    broken(
        "a refused switch switches",
        updating(alone(enabled="true"), _switched_all_the_same),
        here("wrong_switch_changes_nothing"),
        {
            "wrong_switch_changes_nothing[selwise]": "put_integration has to change nothing where it refuses; seen: "
            "answered 400, and changed enabled"
        },
        verdict="GO",
    ),
    broken(
        "a lost mapping stays lost",
        updating(whole, _mapping_never_grows),
        here("lost_mapping_is_put_back", "provider_is_put_back")
        | OTHERWISE_THAN_RECORDED
        | here("recorded_changes_lost_nothing"),
        {
            "lost_mapping_is_put_back[selwise]": "put_integration has to put the mapping back; seen: ga4: lost "
            "eventMapping.page_view"
        },
    ),
    broken(
        "the provider is not put back",
        updating(whole, _refuses_from(5)),
        here("provider_is_put_back"),
        {
            "provider_is_put_back[selwise]": 'put_integration has to answer 200 or 201; seen: 503 {"statusCode": 503, '
            '"message": "later", "error": "Unavailable"}'
        },
        incidents=(
            _told(
                'not put back: the former state of ga4 at selwise: 503 {"statusCode": 503, "message": "later", '
                '"error": '
                '"Unavailable"}'
            ),
        ),
    ),
    # -------------------------------------------------------------- further changes
    broken(
        "the test of a webhook fails",
        on("test_webhook", body(lambda held: {**held, "success": False, "message": "connection refused"})),
        here("webhook_goes_through_the_flow"),
        {
            "webhook_goes_through_the_flow[selwise]": "test_webhook has to deliver to webhook_url; seen: connection "
            "refused"
        },
        verdict="GO",
    ),
    broken(
        "an update of a webhook loses its events",
        on(
            "update_webhook",
            when(lambda app, request: b"timeoutMs" in request.body and b"5000" in request.body, as_if(events=[])),
        ),
        here("webhook_goes_through_the_flow"),
        {
            "webhook_goes_through_the_flow[selwise]": "update_webhook has to change nothing but timeoutMs; seen: "
            "changed events"
        },
        verdict="GO",
    ),
    broken(
        "a deleted webhook stays",
        on("delete_webhook", answers(204, {})),
        here("webhook_goes_through_the_flow") | repeats("delete_webhook"),
        {
            "repeated_write_does_what_the_contract_says[selwise-delete_webhook]": "delete_webhook has to say that it "
            "is "
            "gone (404) when the same call comes again; seen: 204 (it succeeded once more)"
        },
    ),
    broken(
        "an update of the data layer loses the rest",
        on(
            "put_data_layer",
            when(lambda app, request: b'"bufferSize": 11' in request.body, as_if(variableName="layer")),
        ),
        here("data_layer_goes_through_the_flow"),
        {
            "data_layer_goes_through_the_flow[selwise]": "put_data_layer has to change nothing but bufferSize; seen: "
            "changed variableName"
        },
        verdict="GO",
    ),
    # -------------------------------------------------------------- set up wrongly
    broken(
        "providers stand there twice",
        with_settings(providers=["gads", "google_ads"]),
        both("providers_in_use_are_known"),
        {"providers_in_use_are_known[selwise]": "a provider has to be named once; seen: gads and google_ads"},
        verdict="GO",
    ),
    broken(
        "the test comes late",
        with_settings(test_deadline_minutes=1e-9),
        here("steps_come_in_order"),
        {"steps_come_in_order[selwise]": "the test has to follow the change; seen: # s"},
    ),
    broken(
        "the snapshot is old",
        with_settings(snapshot_max_age_minutes=1e-9),
        here("steps_come_in_order"),
        {"steps_come_in_order[selwise]": "the snapshot has to be fresh when the change is made; seen: # s"},
    ),
    broken(
        "two environments share a site",
        before(_sharing_a_site),
        both("site_id_is_a_uuid_of_its_own") | of("ids_of_one_environment_are_refused_by_the_other"),
        {
            "site_id_is_a_uuid_of_its_own[selwise]": "each environment has to have a site of its own; seen: #-# is "
            "also the site of sandbox-production"
        },
    ),
)


# ------------------------------------------------------------------ right in another way


def _refusing_otherwise(app: Selwise, request: Request) -> Response:
    response = app(request)
    if response.status != 400:
        return response
    told = {**json_of(response.body), "statusCode": 422, "error": "Unprocessable Entity"}
    return json_response(422, told, _further(response))


def _succeeding_otherwise(app: Selwise, request: Request) -> Response:
    """Make with 200, act with 201, delete with 200 and a body."""
    response = app(request)
    other = {("POST", 200): 201, ("POST", 201): 200, ("DELETE", 204): 200}.get((request.method, response.status))
    if other is None:
        return response
    return replace(
        response,
        status=other,
        headers={**response.headers, "Content-Type": "application/json"},
        body=response.body or b"{}",
    )


def _hiding(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "config": {name: value for name, value in one["config"].items() if value != MASK}}


def _secrets_are_absent(app: Selwise, request: Request) -> Response:
    called = operation_of(app, request)
    if called == "list_integrations":
        return of_each(_hiding)(app, request)
    return body(_hiding)(app, request) if called in {"get_integration", "put_integration"} else app(request)


def _slow_logs(seconds: float) -> Wrap:
    """Show entries only once they are so old."""

    def twist(app: Selwise, request: Request) -> Response:
        with app._state.lock:
            logs = app._state.sites[request.path.split("/")[4]].logs
            kept = {name: [*entries] for name, entries in logs.items()}
            for name, entries in kept.items():
                logs[name] = [one for one in entries if one["createdAt"] <= now(seconds)]
            response = app(request)
            logs.update(kept)
        return response

    return on("list_integration_logs", twist)


def right(name: str, wrap: Wrap, **further: Any) -> Breakage:
    """Return a right Selwise."""
    return Breakage(f"selwise: {name}", wrap, vendor="selwise", **further)


RIGHT: tuple[Breakage, ...] = (
    right("data is refused with 422", everywhere(_refusing_otherwise)),
    right("other statuses of the same class say the same", everywhere(_succeeding_otherwise)),
    right(
        "secrets are not shown at all",
        everywhere(_secrets_are_absent),
        warned={
            f"providers_on_have_their_credential[{case}]": "ga4 is on and shows no config.apiSecret: nothing may be "
            "sent "
            "from the server; meta is on and shows no config.accessToken: nothing may be sent from the server"
            for case in ("selwise", f"selwise{THERE}")
        },
    ),
    right(
        "a second webhook of the same name is a conflict", before(lambda app: setattr(app.hooks, "refuse_twins", True))
    ),
    right("logs are slow", _slow_logs(0.7)),
    right(
        "masks look otherwise",
        on(
            "get_integration",
            body(lambda held: {**held, "config": {k: "***" if v == MASK else v for k, v in held["config"].items()}}),
        ),
    ),
)
