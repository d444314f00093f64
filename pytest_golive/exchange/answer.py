"""What a vendor answered, and what a check may demand of it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from pytest_golive.cassettes.transport import PLAYED
from pytest_golive.contract.judge import Mismatch, mismatches, unknown_fields
from pytest_golive.facts.body_path import at
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.fact import Refused
from pytest_golive.vendors.operation import Operation

if TYPE_CHECKING:
    from pytest_golive.exchange.vendor import Vendor

UNTELLING = frozenset({429, 503})
"""Statuses by which a vendor says that it does not look at the call for now: nothing can be told from them."""

MOST_MISMATCHES = 5
"""Mismatches that a finding tells one by one; a long list with one fault has it in every item."""

NUMBER = re.compile(r"\[\d+\]")
"""The number of an item in a path: ``items[3].status``."""

SHOWN = 300
"""Characters of a body that a finding shows; the whole of it is in the evidence."""


def either(statuses: Collection[object]) -> str:
    """Return statuses, or codes, as a sentence names them: "400, 413 or 415"."""
    *others, last = map(str, statuses)
    return f"{', '.join(others)} or {last}" if others else last


class Answer:
    """One answer of a vendor.

    Attributes:
        operation: name of the operation that was called.
        status: the status code.
        seconds: how long it took, on a monotonic clock, without the pauses the vendor asked for.
        rate_limited: whether the vendor said 429 before it gave this answer.
        played: whether it comes from a recording, and the vendor was not asked.
        asked: the query parameters of the call, as they were sent.
    """

    def __init__(self, vendor: Vendor, operation: str, response: httpx.Response, seconds: float) -> None:
        self.vendor = vendor
        self.operation = operation
        self.status = response.status_code
        self.headers = response.headers
        self.seconds = max(0.0, seconds - response.request.extensions.get("golive_waited_seconds", 0.0))
        self.rate_limited = bool(response.request.extensions.get("golive_rate_limited"))
        self.played = bool(response.request.extensions.get(PLAYED))
        self.asked = dict(response.request.url.params)
        self._response = response

    @property
    def text(self) -> str:
        """The body as text."""
        return self._response.text

    @property
    def json(self) -> Any:
        """The body read as JSON.

        Raises:
            CheckFailed: the body is not JSON.
        """
        try:
            return self._response.json()
        except (ValueError, RecursionError):
            self.fail("be JSON", f"{self.told} with content-type {self.headers.get('content-type', 'absent')}")

    @property
    def succeeded(self) -> bool:
        """Whether the status says success (2xx)."""
        return 200 <= self.status < 300

    @property
    def told(self) -> str:
        """Status and beginning of the body, as a finding shows them."""
        body = self.vendor.scrub(self.text)
        cut = body if len(body) <= SHOWN else f"{body[:SHOWN]}…"
        return f"{self.status} {cut}".rstrip()

    def must(self, what: str, holds: object, *, actual: str | None = None) -> None:
        """Demand something of this answer.

        Args:
            what: the demand, to be read after "has to": ``"mention the refund"``.
            holds: whether it does.
            actual: what was seen instead; default: status and body.

        Raises:
            CheckFailed: it does not hold.
        """
        __tracebackhide__ = True
        if not holds:
            self.fail(what, actual)

    def fail(self, what: str, actual: str | None = None) -> NoReturn:
        """End the check: this answer does not do what it has to.

        Raises:
            CheckFailed: always.
        """
        __tracebackhide__ = True
        raise CheckFailed(self._finding(what, self.told if actual is None else self.vendor.scrub(actual)))

    def cannot_tell(self, what: str, actual: str | None = None) -> NoReturn:
        """End the check: from this answer nothing can be said about what is demanded.

        Raises:
            CannotTell: always.
        """
        __tracebackhide__ = True
        raise CannotTell(self._finding(what, self.told if actual is None else self.vendor.scrub(actual)))

    def must_succeed(self) -> None:
        """Demand a success, and note a success by another status than the pack expects.

        Raises:
            CheckFailed: the vendor refused or failed.
            CannotTell: the vendor limits the rate, so nothing can be said.
        """
        __tracebackhide__ = True
        due = self._model.response
        statuses = either(due.statuses)
        if self.status == 429:
            self.cannot_tell(f"answer {statuses}", f"{self.told} (the vendor limits the rate)")
        if not self.succeeded:
            self.fail(f"answer {statuses}")
        if self.status not in due.statuses:
            self.differs(
                due.evidence,
                f"answer {statuses}",
                f"{self.status}",
                f"operations.{self.operation}.response.statuses",
            )

    def must_be_refused_as(self, what: str, refused: Refused) -> None:
        """Demand a refusal of this kind, its error body included.

        The status has to hold as sure as the pack is of it; a success is never right. Codes and types are compared
        where both sides have some.

        Raises:
            CheckFailed: the call succeeded, failed at the vendor, or was refused in another way than documented.
            CannotTell: the vendor limits the rate or is not available, so it did not look at the call.
        """
        __tracebackhide__ = True
        told = f"{what} with {either(refused.statuses)}"
        if self.status in UNTELLING and self.status not in refused.statuses:
            self.cannot_tell(told)
        place = f"operations.{self.operation}"
        if self.succeeded or self.status >= 500:
            self.fail(told)
        if self.status not in refused.statuses:
            self.differs(refused.evidence, told, self.told, place)
            return
        self.must_explain(what, refused)

    def must_explain(self, what: str, refused: Refused) -> None:
        """Demand that a refusal says in its body what the contract says for programs: shape, code, type.

        Raises:
            CheckFailed: a documented part of it does not hold.
        """
        __tracebackhide__ = True
        errors = self.vendor.pack.errors
        self._must_have_the_error_shape(what)
        for name, path, due in (("code", errors.code, refused.codes), ("type", errors.type, refused.types)):
            seen = at(self.json, path) if path is not None and due else None
            if due and path is not None and seen not in due:
                told = f"{what}, with {name} {either(due)} in `{path}`"
                self.differs(refused.evidence, told, self.told, f"operations.{self.operation}")
        if refused.param is not None and errors.param is not None:
            seen = at(self.json, errors.param)
            if seen != refused.param:
                self.vendor.warn(f"{self.operation}: `{errors.param}` names {seen!r}, {refused.param!r} was expected")

    def _must_have_the_error_shape(self, what: str) -> None:
        __tracebackhide__ = True
        errors = self.vendor.pack.errors
        file = f"schemas/{self.vendor.name}/{errors.body}"
        found = mismatches(self.vendor.judge(errors.body), self.json)
        for mismatch in found:
            self.differs(mismatch.evidence, f"{what} in the shape of {file}", mismatch.sentence, file)
        if errors.status is not None and not found:
            seen = at(self.json, errors.status)
            told = f"{what}, its status repeated in `{errors.status}`"
            if seen != self.status:
                self.differs(errors.evidence, told, f"{self.status} with {errors.status} {seen!r}", "errors.status")

    def must_be_refused(self, what: str, statuses: Collection[int]) -> None:
        """Demand a refusal by one of these statuses.

        Raises:
            CheckFailed: the vendor answered otherwise.
            CannotTell: the vendor limits the rate or is not available, so it did not look at the call.
        """
        __tracebackhide__ = True
        if self.status in UNTELLING and self.status not in statuses:
            self.cannot_tell(what)
        self.must(what, self.status in statuses)

    def must_fit(self) -> None:
        """Demand a success whose body fits the pack's schema.

        What the vendor's pages state has to hold; what the pack assumes is observed instead, except in the
        sandbox, where both have to hold.

        Raises:
            CheckFailed: a documented fact is broken.
            CannotTell: the vendor limits the rate, so nothing can be said.
        """
        __tracebackhide__ = True
        self.must_succeed()
        if self.status == 204:
            return  # no content, nothing to fit
        found = self.mismatches()
        stated = [m for m in found if m.evidence is Evidence.DOCUMENTED or self.vendor.strict]
        if stated:
            told = [str(mismatch) for mismatch in stated[:MOST_MISMATCHES]]
            more = [f"and {len(stated) - len(told)} more"] if len(stated) > len(told) else []
            self.fail(f"fit {self.schema_file}", "; ".join([*told, *more]))
        for mismatch in _once_per_fault(found):
            self.differs(mismatch.evidence, f"fit {self.schema_file}", mismatch.sentence, self.schema_file)

    def mismatches(self) -> tuple[Mismatch, ...]:
        """Return every way in which the body does not fit the operation's response schema."""
        return mismatches(self.vendor.judge(self._model.response.json_schema), self.json)

    def unknown_fields(self) -> tuple[str, ...]:
        """Return the fields of the body that the schema does not know."""
        schema = self.vendor.judge(self._model.response.json_schema).schema
        return tuple(unknown_fields(schema if isinstance(schema, dict) else {}, self.json))

    def differs(self, evidence: Evidence, what: str, actual: str, place: str) -> None:
        """Take note that a fact of the pack does not hold: a failure if documented, else an observation.

        Args:
            evidence: how sure the pack is of the fact.
            what: the fact, to be read after "has to".
            actual: what was seen instead.
            place: where in the pack or its schemas the fact stands.
        """
        __tracebackhide__ = True
        if evidence is Evidence.DOCUMENTED or self.vendor.strict:
            self.fail(what, actual)
        self.vendor.observe(
            f"{self.operation}: assumed that it would {what}, seen: {actual}; to change: {place} of {self.vendor.name}"
        )

    def identifier(self, names: tuple[str, ...]) -> str | None:
        """Return the first of these places in the body that holds an id, None where there is none."""
        try:
            body = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        found = (at(body, name) for name in names)
        return next((str(value) for value in found if value not in (None, "")), None)

    @property
    def _model(self) -> Operation:
        return self.vendor.pack.operations[self.operation]

    @property
    def schema_file(self) -> str:
        """The schema file that a success has to fit, as a finding names it."""
        return f"schemas/{self.vendor.name}/{self._model.response.json_schema}"

    def _finding(self, what: str, actual: str) -> Finding:
        return Finding(requirement=f"{self.operation} has to {what}", expected=f"to {what}", actual=actual)


def _once_per_fault(found: tuple[Mismatch, ...]) -> list[Mismatch]:
    """Return the mismatches without those that tell of a further item what was told of one before."""
    first: dict[str, Mismatch] = {}
    for mismatch in found:
        first.setdefault(NUMBER.sub("[]", mismatch.sentence), mismatch)
    return [*first.values()]
