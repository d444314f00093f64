"""Whether answers carry the header fields that clients and their logs rely on."""

from __future__ import annotations

import re

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.cases import reads_by_itself
from pytest_golive.readiness.plan import PlannedCheck


def test_answers_carry_their_headers(golive: Golive, planned: PlannedCheck) -> None:
    """Request ids, rate limits and the served version stand in the header fields the contract names.

    If this fails: your logs lose what the vendor's support asks for, or your client its sight of the limit.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    answer = vendor.call(_readable(vendor))
    answer.must_succeed()
    for name, header in vendor.pack.answer_headers.items():
        _must_carry(answer, name, header.pattern, header.evidence, "answer_headers")
    limit = vendor.pack.rate_limit
    if limit is not None and limit.on_success:
        for name in limit.headers.values():
            _must_carry(answer, name, "[0-9]+", limit.evidence, "rate_limit.headers")
    versioning = vendor.pack.versioning
    if versioning is not None and versioning.echoed:
        # That it is repeated is nowhere promised, only seen.
        _must_carry(answer, versioning.header, re.escape(vendor.api_version), Evidence.ASSUMED, "versioning.echoed")


def _must_carry(answer: Answer, name: str, pattern: str, evidence: Evidence, place: str) -> None:
    __tracebackhide__ = True
    value = answer.headers.get(name)
    if value is None or re.fullmatch(pattern, value) is None:
        seen = "it is absent" if value is None else f"{name}: {value}"
        answer.differs(evidence, f"carry the header {name} in the form {pattern}", seen, place)


def _readable(vendor: Vendor) -> str:
    """Return a reading operation that needs nothing but the key."""
    return next(
        name
        for name, operation in vendor.pack.operations.items()
        if not operation.open and not operation.example and reads_by_itself(vendor.pack, operation)
    )
