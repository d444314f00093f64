"""What the example client knows of four vendors: their calls, their pages, what their answers and failures mean.

Pure functions and tables, without a socket; ``client.py`` beside this file sends.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

AUGNO_VERSION = "1.0.forge-preview.3"

PLACEHOLDER = re.compile(r"{(\w+)}")
FIELD_NAME = re.compile(r"[\w.\[\]-]{1,64}")

Kind = Literal["user", "backend"]


class Failed(Exception):
    """A call failed.

    Attributes:
        kind: user: the input was wrong; backend: everything else.
        message: what the user is shown.
    """

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def later() -> Failed:
    """Return how a call fails that may succeed another time."""
    return Failed("backend", "The service cannot be reached at the moment. Please try again later.")


def broken() -> Failed:
    """Return how a call fails whose answer nobody can use."""
    return Failed("backend", "The service gave an answer that cannot be used. Please try again later.")


@dataclass(frozen=True, slots=True)
class Route:
    """One call of a vendor.

    Attributes:
        method: of the request.
        path: below the base URL; placeholders are ids of the configuration, or arguments.
        needs: arguments without which the call makes no sense.
        pages: how a listing goes on; "": it is none.
        safe: whether it may be sent again when nobody knows if it was done.
        seconds: how long one try may take.
    """

    method: str
    path: str
    needs: tuple[str, ...] = ()
    pages: Literal["", "whole", "numbered", "cursor", "offset"] = ""
    safe: bool = False
    seconds: float = 20.0


def _get(path: str, *needs: str, pages: Literal["", "whole", "numbered", "cursor", "offset"] = "") -> Route:
    return Route("GET", path, needs, pages, safe=True)


SITE = "/m2m/sites/{site_id}"
INTEGRATIONS = "/sites/{site_id}/integrations"
UNIT = ("name", "abbreviation", "type", "ratio_numerator", "ratio_denominator", "offset_numerator")
CUSTOMER = ("name", "bill_to_address", "ship_to_address", "customer_type_group_id", "default_carrier_id")

ROUTES: dict[str, dict[str, Route]] = {
    "timely": {
        "list_contacts": _get("/contacts", pages="numbered"),
        "list_conversations": _get("/conversations", pages="numbered"),
        "get_contact": _get("/contacts/{contact_id}", "contact_id"),
        "create_contact": Route("POST", "/contacts", ("customer_name",)),
        "update_contact": Route("PUT", "/contacts/{contact_id}", ("contact_id",), safe=True),
        "send_message": Route("POST", "/conversations/{conversation_id}/messages", ("conversation_id", "content")),
    },
    "augno": {  # writes carry an idempotency key, so all of them may be sent again
        "list_units": _get("/v1/catalog/units", pages="cursor"),
        "list_customers": _get("/v1/sales/customers", pages="cursor"),
        "list_sales_orders": _get("/v1/sales/sales-orders", pages="cursor"),
        "get_unit": _get("/v1/catalog/units/{id}", "id"),
        "get_customer": _get("/v1/sales/customers/{id}", "id"),
        "create_unit": Route("POST", "/v1/catalog/units", (*UNIT, "offset_denominator"), safe=True),
        "create_customer": Route("POST", "/v1/sales/customers", (*CUSTOMER, "default_payment_term_id"), safe=True),
        "update_unit": Route("PATCH", "/v1/catalog/units/{id}", ("id",), safe=True),
    },
    "uppzy": {
        "get_limits": _get("/m2m/tenants/{tenant_id}/limits"),
        "chat": Route("POST", f"{SITE}/chat", ("session_id", "message"), seconds=75.0),
        "chat_async": Route("POST", f"{SITE}/chat/async", ("session_id", "message")),
        "get_chat_request": _get(f"{SITE}/chat/requests/{{request_id}}", "request_id"),
        "send_feedback": Route("POST", f"{SITE}/chat/feedback", ("session_id", "request_id", "feedback"), safe=True),
        "create_text_document": Route("POST", f"{SITE}/documents/text", ("title", "content")),
    },
    "selwise": {
        "list_integrations": _get(INTEGRATIONS, pages="whole"),
        "get_integration": _get(INTEGRATIONS + "/{provider}", "provider"),
        "put_integration": Route("PUT", INTEGRATIONS + "/{provider}", ("provider",), safe=True),
        "test_integration": Route("POST", INTEGRATIONS + "/{provider}/test", ("provider",), seconds=30.0),
        "list_integration_logs": _get(INTEGRATIONS + "/{provider}/logs", "provider", pages="offset"),
    },
}

FILTERS = ("search", "status", "order")
"""Arguments of a listing that stand in its query."""

USER_CODES = {
    *("VALIDATION_ERROR", "MISSING_REQUIRED_FIELD", "INVALID_PHONE_FORMAT", "NOT_FOUND", "AGENT_NOT_FOUND"),
    *("CONVERSATION_NOT_FOUND", "CONTACT_NOT_FOUND", "CHANNEL_NOT_FOUND", "WEBHOOK_NOT_FOUND"),
    *("DUPLICATE_WEBHOOK_URL", "CHANNEL_ALREADY_CONNECTED", "PAYLOAD_TOO_LARGE"),
    *("validation_failed", "missing_field", "invalid_format", "parameter_invalid"),
    *("resource_exists", "resource_conflict"),
}
"""What the user can mend; every other code is ours to look at."""

USER_STATUSES = {400, 404, 409, 413, 415, 422}
"""The same, where the vendor has no codes."""

IN_PROGRESS = "idempotency_in_progress"


def headers_of(vendor: str, api_key: str) -> dict[str, str]:
    """Return the headers by which a vendor knows us."""
    if vendor == "augno":
        return {"Authorization": f"Bearer {api_key}", "Augno-Version": AUGNO_VERSION}
    if vendor == "selwise":
        return {"Authorization": f"Bearer {api_key}"}
    return {"X-API-Key" if vendor == "uppzy" else "x-api-key": api_key}


def checked(route: Route, arguments: Mapping[str, Any]) -> None:
    """Refuse input that can be seen to be wrong before anything is sent.

    Raises:
        Failed: something is missing or malformed; says what.
    """
    for name in route.needs:
        value = arguments.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Failed("user", f"{name} is missing.")
    for name, value in arguments.items():
        if "email" in name and isinstance(value, str) and "@" not in value.strip("@"):
            raise Failed("user", f"{name} is no e-mail address.")


def target_of(route: Route, ids: Mapping[str, str], arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the path of a call, and the arguments that are left for its query or body."""
    left = dict(arguments)

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return quote(str(left.pop(name) if name in left else ids[name]), safe="")

    return PLACEHOLDER.sub(value, route.path), left


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole.

    Attributes:
        status: of it.
        headers: names in small letters, with every value they came with.
        body: decompressed.
    """

    status: int
    headers: Mapping[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's first value, "" for none."""
        return next(iter(self.headers.get(name, [])), "")

    @property
    def request_id(self) -> str:
        """What the vendor calls this request."""
        return self.header("request-id") or self.header("x-request-id")


def json_of(reply: Reply) -> Any:
    """Return the JSON of an answer.

    Raises:
        Failed: it is empty, cut off, or none.
    """
    charset = re.search(r"charset=\"?([\w-]+)", reply.header("content-type"), re.IGNORECASE)
    try:
        text = reply.body.decode(charset[1] if charset else "utf-8")
        return json.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), parse_constant=_no_constant)
    except (ValueError, LookupError, RecursionError):
        raise broken() from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def error_in(body: Any) -> dict[str, Any] | None:
    """Return what an error body says; None: it is none."""
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    if isinstance(error, dict):
        return error
    has_result = any(body.get(name) is not None for name in ("id", "request_id", "data", "success"))
    failed = isinstance(body.get("statusCode"), int) and body["statusCode"] >= 400
    return body if (error and not has_result) or failed else None


def failure_of(status: int, error: Mapping[str, Any]) -> Failed:
    """Return how a refusal is told."""
    code = code_of(error)
    inner = next((error[name] for name in ("status", "statusCode") if isinstance(error.get(name), int)), 0)
    users = code in USER_CODES if code else (status if status >= 400 else inner) in USER_STATUSES
    if not users:
        return later()
    param = error.get("param") or error.get("field")
    named = f": {param}" if isinstance(param, str) and FIELD_NAME.fullmatch(param) else ""
    return Failed("user", f"The input was not accepted{named}.")


def code_of(error: Mapping[str, Any] | None) -> str:
    """Return the code of an error body, "" for none."""
    code = (error or {}).get("code")
    return code if isinstance(code, str) else ""


def kept_of(error: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what of an error body is worth a line in the log: nothing that a customer wrote."""
    names = ("code", "type", "title", "request_id", "requestId", "trace_id")
    return {name: error[name] for name in names if error and isinstance(error.get(name), str)}


def retry_after(reply: Reply) -> float | None:
    """Return how many seconds the vendor asks us to wait; None: it does not say, or not in a way one can read."""
    found = [
        seconds for value in reply.headers.get("retry-after", []) if (seconds := _seconds(value, reply)) is not None
    ]
    return max(found, default=None)


def _seconds(value: str, reply: Reply) -> float | None:
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None
    try:
        now = parsedate_to_datetime(reply.header("date")).timestamp()
    except ValueError:
        now = time.time()
    return max(0.0, until - now)


def nothing_left(reply: Reply) -> float | None:
    """Return for how many seconds the vendor takes no more; None: it still does, or does not say."""
    for prefix in ("ratelimit", "x-ratelimit"):
        reset = reply.header(f"{prefix}-reset")
        if reply.header(f"{prefix}-remaining") == "0" and reset.isascii() and reset.isdigit():
            seconds = float(reset)
            return max(0.0, seconds - time.time()) if seconds > 1e6 else seconds
    return None


def items_of(body: Any) -> list[Any]:
    """Return the items of one page.

    Raises:
        Failed: there is no list where it has to be.
    """
    found = body
    if isinstance(body, dict):
        found = next((body[name] for name in ("data", "items") if name in body), None)
    if isinstance(found, dict):
        found = found.get("items")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise broken()
    return [{**item, "id": item.get("id") or item.get("provider")} for item in found]


def first_page(route: Route) -> dict[str, str]:
    """Return the query of a listing's first page."""
    return {
        "numbered": {"page": "1", "per_page": "50", "limit": "50"},
        "cursor": {"limit": "100"},
        "offset": {"limit": "50", "offset": "0"},
    }.get(route.pages, {})


def next_page(route: Route, body: Any, query: Mapping[str, str], received: int) -> dict[str, str] | None:
    """Return the query of the page after this one; None: this was the last."""
    if not isinstance(body, dict):
        return None
    if route.pages == "numbered":
        totals = (body[name].get("total_pages") for name in ("meta", "pagination") if isinstance(body.get(name), dict))
        total = next((one for one in totals if isinstance(one, int)), 1)
        number = int(query["page"]) + 1
        return {**query, "page": str(number)} if number <= total else None
    if route.pages == "cursor":
        info = body.get("page_info")
        if not isinstance(info, dict):
            return None
        in_url = parse_qs(urlsplit(info.get("next_page_url") or "").query).get("cursor", [None])[0]
        cursor = info.get("next_cursor") or in_url
        return {**query, "cursor": str(cursor)} if cursor else None
    if route.pages == "offset" and received == int(query["limit"]):
        return {**query, "offset": str(int(query["offset"]) + received)}
    return None


def result_of(route: Route, body: Any, arguments: Mapping[str, Any]) -> Any:
    """Return what a call that is no listing comes to: what the vendor said, and for a write the id of what it is about.

    Raises:
        Failed: the answer is not an object.
    """
    said = body.get("data", body) if isinstance(body, dict) else None
    if not isinstance(said, dict):
        raise broken()
    if route.method == "GET":
        return said
    known: Iterable[Any] = (said.get("id"), said.get("request_id"), arguments.get("provider"), arguments.get("id"))
    found = next((one for one in known if one is not None), None)
    if found is None:
        raise broken()
    return {**said, "id": found}
