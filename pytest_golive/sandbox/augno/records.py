"""What Augno lets its customers look up: request logs, audit events, and the search over all records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.endpoints import Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.problem import Problem
from pytest_golive.sandbox.augno.queries import DATE, LIST, TEXT, Parameter, within
from pytest_golive.sandbox.augno.resource import Core, Resource
from pytest_golive.sandbox.augno.state import Account, Row

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class RequestLogs(Resource):
    """Every request of an account, a little later."""

    kind, plural, title, prefix = "request_log", "request_logs", "request log", "rq"
    path, permission = "/v1/core/request-logs", "request_logs"
    includes = frozenset({"actor", "account"})
    filters: ClassVar[Mapping[str, Parameter]] = {
        "methods": Parameter("list", METHODS),
        "status_codes": LIST,
        "status_code_classes": Parameter("list", ("1", "2", "3", "4", "5")),
        **dict.fromkeys(("error_codes", "exclude_error_codes", "actor_ids", "actor_types"), LIST),
        **dict.fromkeys(("hosts", "normalized_routes"), LIST),
        "idempotency_key": TEXT,
        "min_latency_us": Parameter("integer"),
        "starts_at": DATE,
        "ends_at": DATE,
    }

    def rows(self, asked: Asked) -> Sequence[Row]:
        """Return those that have come to show."""
        return self.core.changes.shown(asked.account.table(self.kind).newest_first())

    def row(self, asked: Asked) -> Row:
        """Return the one that the path names, once it shows."""
        return _shown(self, asked)

    def matches(self, _account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is one of those that were asked for; `q` is a request's id, or a part of its path."""
        sought = query.get("q", "")
        return (
            (sought == row.id or sought in row["path"])
            and _in(query, "methods", row["method"])
            and _in(query, "status_codes", str(row["status_code"]))
            and _in(query, "status_code_classes", str(row["status_code"] // 100))
            and _in(query, "error_codes", row["error_code"])
            and row["error_code"] not in query.get("exclude_error_codes", ())
            and _in(query, "actor_ids", row["actor_id"])
            and _in(query, "actor_types", "api_key")
            and _in(query, "hosts", row["host"])
            and _in(query, "normalized_routes", row["normalized_route"])
            and query.get("idempotency_key") in {None, row["idempotency_key"]}
            and row["latency_us"] >= query.get("min_latency_us", 0)
            and within(row["occurred_at"], query)
        )


class AuditEvents(Resource):
    """Who changed what, a little later."""

    kind, plural, title, prefix = "audit_event", "audit_events", "audit event", "auev"
    path, permission = "/v1/core/audit-events", "audit_events"
    includes = frozenset({"actor", "account", "changes", "request"})
    filters: ClassVar[Mapping[str, Parameter]] = {
        **dict.fromkeys(("resource_types", "resource_ids", "actor_ids"), LIST),
        "actions": Parameter("list", ("create", "update", "delete", "restore", "archive", "approve", "deny")),
        "start_date": DATE,
        "end_date": DATE,
        "root_resource_type": TEXT,
        "root_resource_id": TEXT,
    }

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are, and the one that lists the types of resources."""
        yield from super().endpoints()
        path = f"{self.path}/resource-types"
        yield Endpoint("list_audit_resource_types", "GET", path, self.needs("read"), self.resource_types)

    def rows(self, asked: Asked) -> Sequence[Row]:
        """Return those that have come to show."""
        return self.core.changes.shown(asked.account.table(self.kind).newest_first())

    def row(self, asked: Asked) -> Row:
        """Return the one that the path names, once it shows."""
        return _shown(self, asked)

    def resource_types(self, asked: Asked) -> Reply:
        """Return the types that events were written about."""
        types = sorted({row["resource_type"] for row in asked.account.table(self.kind)})
        return Reply({"object": "list", "data": types, "page_info": self.core.pager.single()})

    def matches(self, _account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is one of those that were asked for; of the root's type and id, both or none count."""
        sought = query.get("q", "")
        root = (query.get("root_resource_type"), query.get("root_resource_id"))
        return (
            sought in {"", row.id, row["resource_id"], row["request_id"], row["resource_type"]}
            and _in(query, "resource_types", row["resource_type"])
            and _in(query, "resource_ids", row["resource_id"])
            and _in(query, "actor_ids", row["actor_id"])
            and _in(query, "actions", row["action"])
            and within(row["occurred_at"], query, "start_date", "end_date")
            and (None in root or root == (row["resource_type"], row["resource_id"]))
        )


FOUND: Mapping[str, tuple[str, ...]] = {
    "customer": ("name", "number"),
    "sales_order": ("number", "customer_purchase_order_number"),
    "product": ("sku", "description"),
    "unit": ("name", "abbreviation"),
    "payment_term": ("name",),
    "account_group": ("name",),
    "address": ("name",),
}
"""Kinds that the search goes through, with the fields it looks into."""

KINDS_FOUND = (*FOUND, "invoice", "shipment")
"""Kinds that may be asked for; there are no invoices and shipments here."""


class Search:
    """One question to all records."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the call there is."""
        query = {"q": TEXT, "types": Parameter("list", KINDS_FOUND)}
        yield Endpoint("search", "GET", "/v1/core/search", "", self.search, query=query)

    def search(self, asked: Asked) -> Reply:
        """Return what the words occur in, on a single page."""
        sought = asked.query.get("q", "").strip().lower()
        if not sought:
            raise Problem("parameter_missing", "q is required.", "q")
        kinds = [kind for kind in FOUND if kind in asked.query.get("types", FOUND)]
        found = [_record(kind, row) for kind in kinds for row in _holding(asked.account, kind, sought)]
        return Reply({"object": "list", "data": found, "page_info": self._core.pager.single()})


def _holding(account: Account, kind: str, sought: str) -> list[Row]:
    rows = account.table(kind).newest_first()
    return [row for row in rows if any(sought in (row.get(field) or "").lower() for field in FOUND[kind])]


def _record(kind: str, row: Row) -> dict[str, Any]:
    metadata = {field: row.get(field) for field in FOUND[kind]}
    return {
        "id": row.id,
        "object": "record",
        "type": kind,
        "number": row.get("number"),
        "status": row.get("status"),
        "metadata": metadata,
    }


def _in(query: Mapping[str, Any], name: str, value: object) -> bool:
    return name not in query or value in query[name]


def _shown(resource: Resource, asked: Asked) -> Row:
    row = asked.account.table(resource.kind).get(asked.path[f"{resource.kind}_id"], resource.title)
    if not resource.core.changes.shown([row]):
        raise Problem("resource_not_found", f"No such {resource.title}.")
    return row
