"""Formats that the request schemas name and that are judged here."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from pytest_golive.sandbox.front import Refusal
from pytest_golive.sandbox.timely.refusals import invalid

LONGEST_REASON = 500
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")


def check_uri(body: Mapping[str, Any], field: str) -> None:
    """Refuse a field that holds no address.

    Raises:
        Refusal: it is none.
    """
    if body.get(field) is not None and URI.fullmatch(body[field]) is None:
        raise invalid(field, "has to be a URL")


def check_handoff(content: bytes) -> None:
    """Refuse a wrong body of a handover; there need not be one.

    Raises:
        Refusal: it is no JSON object, or a field of it is wrong.
    """
    if not content.strip():
        return
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "invalid payload")
    reason, attendant = body.get("reason"), body.get("attendant_id")
    if reason is not None and not (isinstance(reason, str) and len(reason) <= LONGEST_REASON):
        raise invalid("reason", f"has to be text of at most {LONGEST_REASON} characters")
    if attendant is not None and not (isinstance(attendant, str) and _is_uuid(attendant)):
        raise invalid("attendant_id", "has to be a UUID")


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
