"""Augno's errors: every code with its status and type, and the eight keys of the error body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INVALID = "invalid_request_error"
API = "api_error"
IDEMPOTENCY = "idempotency_error"


@dataclass(frozen=True, slots=True)
class Kind:
    """What always goes with one code."""

    status: int
    type: str = INVALID
    is_transient: bool = False


CATALOGUE: Mapping[str, Kind] = {
    "validation_failed": Kind(400),
    "missing_field": Kind(400),
    "invalid_format": Kind(400),
    "parameter_missing": Kind(400),
    "parameter_invalid": Kind(400),
    "parameter_unknown": Kind(400),
    "parameters_exclusive": Kind(400),
    "api_version_required": Kind(400),
    "api_version_invalid": Kind(400),
    "api_version_too_old": Kind(400),
    "invalid_credentials": Kind(401),
    "api_key_expired": Kind(401),
    "api_key_revoked": Kind(401),
    "expired_token": Kind(401),
    "payment_required": Kind(402),
    "agent_spending_cap_reached": Kind(402),
    "insufficient_permissions": Kind(403),
    "limit_exceeded": Kind(403),
    "registration_closed": Kind(403),
    "resource_not_found": Kind(404),
    "method_not_allowed": Kind(405),
    "request_timeout": Kind(408, API, is_transient=True),
    "resource_exists": Kind(409),
    "resource_conflict": Kind(409),
    "idempotency_in_progress": Kind(409, IDEMPOTENCY, is_transient=True),
    "resource_gone": Kind(410, API),
    "rate_limit_exceeded": Kind(429, is_transient=True),
    "client_closed_request": Kind(499, API),
    "internal_error": Kind(500, API, is_transient=True),
    "external_service_error": Kind(502, API, is_transient=True),
    "connection_error": Kind(502, API, is_transient=True),
    "service_unavailable": Kind(503, API, is_transient=True),
    "timeout": Kind(504, API, is_transient=True),
}


class Problem(Exception):  # an answer, not an error of ours
    """A request is refused.

    Attributes:
        code: one of the catalogue.
        message: the reason, fit for end users.
        param: the field or parameter that is wrong, if it is about one.
        type: the class of the error, where it is not the code's usual one.
        quota: with `limit_exceeded`: what the plan allows and what is used.
        headers: header fields of the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        param: str | None = None,
        *,
        type: str | None = None,  # noqa: A002  # the API's own word
        quota: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.kind = CATALOGUE[code]
        self.code = code
        self.message = message
        self.param = param
        self.type = type or self.kind.type
        self.quota = quota
        self.headers = headers or {}

    def body(self, explained_at: str, shown_at: str | None) -> dict[str, Any]:
        """Return the error body.

        Args:
            explained_at: where the codes are explained.
            shown_at: where the dashboard shows the request; None where no account can look at it.
        """
        return {
            "error": {
                "code": self.code,
                "type": self.type,
                "message": self.message,
                "param": self.param,
                "doc_url": f"{explained_at}{self.code}",
                "is_transient": self.kind.is_transient,
                "quota": None if self.quota is None else dict(self.quota),
                "request_log_url": shown_at,
            }
        }


def missing(param: str) -> Problem:
    """Return the refusal of a request that lacks a field."""
    return Problem("missing_field", f"{param} is required.", param)


def malformed(param: str, due: str) -> Problem:
    """Return the refusal of a field that is not what it has to be."""
    return Problem("invalid_format", f"{param} must be {due}.", param)


def not_found(what: str) -> Problem:
    """Return the refusal of an id that nothing has."""
    return Problem("resource_not_found", f"No such {what}.")


def unfit(param: str, message: str) -> Problem:
    """Return the refusal of a field that is well written and yet cannot be."""
    return Problem("validation_failed", message, param)


def conflict(message: str, param: str | None = None) -> Problem:
    """Return the refusal of something that clashes with what there is."""
    return Problem("resource_conflict", message, param)
