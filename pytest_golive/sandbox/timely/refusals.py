"""How Timely.ai says no: one error object, with fine codes on some pages of its documentation and coarse on others."""

from __future__ import annotations

from typing import Literal

from pytest_golive.sandbox.front import Refusal

ErrorCodes = Literal["specific", "generic"]

USUAL = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    402: "PLAN_LIMIT_REACHED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    429: "RATE_LIMIT_EXCEEDED",
}
"""The coarse code of each status."""

FINE = {401: "INVALID_API_KEY", 403: "INSUFFICIENT_SCOPE"}


def code_of(refusal: Refusal, codes: ErrorCodes) -> str:
    """Return the code of a refusal."""
    coarse = USUAL.get(refusal.status, "VALIDATION_ERROR")
    # The page with the coarse codes knows no 409, and so no word for it.
    if codes == "generic" and refusal.status != 409:
        return coarse
    if refusal.code is not None:
        return refusal.code
    if refusal.status == 400 and refusal.text.endswith(" is required"):
        return "MISSING_REQUIRED_FIELD"
    return FINE.get(refusal.status, coarse)


def absent(what: str) -> Refusal:
    """Return the refusal of an id that nobody has here; one of another workspace is answered alike."""
    return Refusal(404, f"{what} not found", code=f"{what.upper()}_NOT_FOUND" if what in NAMED else None)


def invalid(field: str, text: str, code: str | None = None) -> Refusal:
    """Return the refusal of a wrong field."""
    return Refusal(400, f"{field}: {text}", code=code, field=field)


NAMED = frozenset({"agent", "conversation", "contact", "channel", "webhook"})
"""Kinds of things that have a code of their own for not being there."""
