"""Where the vendor's own pages disagree: which of the documented variants is served here."""

from __future__ import annotations

from pytest_golive.contract.judge import validator
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_documented_dialect_is_served(golive: Golive, planned: PlannedCheck) -> None:
    """One of the variants that the vendor documents is served; which one is noted in the report.

    If this fails: the answer is outside of everything the vendor documents; adapt the client only after asking why.
    """
    assert planned.operation is not None, "this check is planned for the operation that shows the variant"
    vendor = golive.vendor(planned.vendor, planned.environment)
    name = planned.variant or ""
    matter = vendor.pack.contradictions[name]
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call(planned.operation, **arguments)
    answer.must_succeed()
    seen = [
        variant
        for variant, model in matter.variants.items()
        if model.looks is not None and validator(model.looks).is_valid(answer.json)
    ]
    if seen:
        told = ", ".join(f"{variant} ({matter.variants[variant].title})" for variant in seen)
        vendor.note(f"{name}, {matter.title}: {told} is served")
        return
    variants = "; ".join(f"{variant}: {model.title}" for variant, model in matter.variants.items() if model.looks)
    answer.differs(
        matter.evidence,
        f"serve one of the documented variants of {name} ({variants})",
        answer.told,
        f"contradictions.{name}",
    )
