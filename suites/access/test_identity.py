"""Whether this environment talks to the tenant and the site it is meant for."""

from __future__ import annotations

from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.unlike import unlike
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

REFUSED = (403, 404)


def test_tenant_is_the_configured_one(golive: Golive, planned: PlannedCheck) -> None:
    """The configured tenant is there, belongs to this key and answers with its own id.

    If this fails: 404 is a wrong tenant id, 403 a key of another tenant; compare both with the vendor's dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call("get_tenant")
    answer.must_succeed()
    _must_name(answer, ("id", "tenant_id"), vendor.id("tenant_id"))


def test_site_is_the_configured_one(golive: Golive, planned: PlannedCheck) -> None:
    """The configured site is there, belongs to this key and to the configured tenant.

    If this fails: 404 is a wrong site id, 403 a site of another tenant; compare both with the vendor's dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call("get_site")
    answer.must_succeed()
    _must_name(answer, ("id", "site_id"), vendor.id("site_id"))
    if "tenant_id" in answer.json:
        _must_name(answer, ("tenant_id",), vendor.id("tenant_id"))


def test_foreign_tenant_and_site_are_refused(golive: Golive, planned: PlannedCheck) -> None:
    """An id that is not ours is refused: what the key opens is bounded.

    If this fails: the vendor answers for ids nobody configured; do not release, and ask the vendor why.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    for operation, name in (("get_tenant", "tenant_id"), ("get_site", "site_id")):
        answer = vendor.call(operation, **{name: unlike(vendor.id(name))})
        answer.must_be_refused(f"refuse a {name} that is not ours with 403 or 404", REFUSED)


def _must_name(answer: Answer, fields: tuple[str, ...], due: str) -> None:
    """Compare an id with the configured one; an answer that holds none is as the contract allows."""
    __tracebackhide__ = True
    body: Any = answer.json
    answer.must("be an object with at least one field", isinstance(body, dict) and body)
    named = {field: body[field] for field in fields if field in body}
    wrong = {field: value for field, value in named.items() if value != due}
    answer.must(
        f"name the configured id {due}",
        not wrong,
        actual=", ".join(f"{field} is {value!r}" for field, value in wrong.items()),
    )
    if not named:
        answer.differs(Evidence.ASSUMED, f"hold one of {', '.join(fields)}", answer.told, answer.schema_file)
