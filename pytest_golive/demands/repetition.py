"""The same valid call sent twice, and judged by what the contract allows."""

from __future__ import annotations

from pytest_golive.exchange.answer import UNTELLING, Answer
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.vendors.operation import Repetition

WORDS = {
    "second": "make another one",
    "same": "succeed and change nothing",
    "conflict": "be refused as a conflict (409)",
    "gone": "say that it is gone (404)",
    "refused": "be refused (4xx)",
}

SEEN = {
    "second": "it made another one",
    "same": "it succeeded once more",
    "conflict": "a conflict",
    "gone": "it is gone",
    "refused": "it was refused, or failed",
    "failed": "it was refused, or failed",
}
"""What a repeated call did, in the words of a finding."""


def must_repeat_well(vendor: Vendor, examples: Examples, operation: str) -> None:
    """Demand that a repeated call does what the contract says and no more.

    Raises:
        CheckFailed: it does something else.
        CannotTell: the call could not be made in the first place.
    """
    __tracebackhide__ = True
    repetition = vendor.operation(operation).repetition
    assert repetition is not None, f"the plan repeats only operations that say what a repetition does: {operation}"
    first, second = (made.answer for made in examples.twice(operation))
    first.must_succeed()
    if second.status in UNTELLING:
        second.cannot_tell("be answered when the same call comes again")
    allowed = " or ".join(WORDS[each] for each in repetition.accepted)
    what = f"{allowed} when the same call comes again"
    happened = _happened(first, second, repetition)
    if happened not in repetition.accepted:
        place = f"operations.{operation}.repetition"
        second.differs(repetition.evidence, what, f"{second.told} ({_seen(first, happened, repetition)})", place)
    if repetition.absent is not None and second.succeeded:
        body = second.json
        absent = not isinstance(body, dict) or repetition.absent not in body
        second.must(f"leave out {repetition.absent} when the same call comes again", absent)


def _happened(first: Answer, second: Answer, repetition: Repetition) -> str:
    if second.status == 409:
        return "conflict"
    if second.status in {404, 410}:
        return "gone"
    if not second.succeeded:
        return "refused" if 400 <= second.status < 500 else "failed"
    if repetition.distinct is None:
        return "same"
    mine, other = first.identifier((repetition.distinct,)), second.identifier((repetition.distinct,))
    return "same" if mine == other else "second"


def _seen(first: Answer, happened: str, repetition: Repetition) -> str:
    if happened != "same" or repetition.distinct is None:
        return SEEN[happened]
    before = first.identifier((repetition.distinct,))
    return f"the same {repetition.distinct} as before" if before else f"no {repetition.distinct} to tell them apart"
