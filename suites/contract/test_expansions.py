"""Whether a sub-object that is asked for is there."""

from __future__ import annotations

from pytest_golive.exchange.walk import page_of
from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_expansion_fills_its_field(golive: Golive, planned: PlannedCheck) -> None:
    """What an answer leaves empty unless it is asked for is filled when it is.

    If this fails: your client reads null where it counts on a value; fetch the object by a call of its own.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    operation = vendor.operation(planned.operation)
    expansion = operation.expansions[planned.variant or ""]
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call(planned.operation, **{**arguments, expansion.query: expansion.value})
    answer.must_succeed()
    told = f"fill `{expansion.path}` when {expansion.query}={expansion.value} asks for it"
    bodies = [answer.json] if operation.paging is None else list(page_of(answer, operation.paging).items)
    if not bodies:
        answer.cannot_tell(told, "the listing is empty")
    empty = [body for body in bodies if at(body, expansion.path) is None]
    if len(empty) == len(bodies):
        answer.differs(
            expansion.evidence,
            told,
            f"`{expansion.path}` is empty in all {len(bodies)}",
            f"operations.{planned.operation}.expansions.{planned.variant}",
        )
