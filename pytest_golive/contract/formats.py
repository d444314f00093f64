"""The formats golive judges by itself, so that a missing optional package never turns a check off."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

from jsonschema import FormatChecker

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    """RFC 3339, section 5.6: a full date, a full time and an offset."""
    if not isinstance(value, str):
        return True
    if not re.match(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d", value):
        return False
    return datetime.fromisoformat(value.upper()).tzinfo is not None


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """RFC 3339, section 5.6: year, month, day."""
    return not isinstance(value, str) or bool(date.fromisoformat(value) and len(value) == 10)


@FORMATS.checks("email")
def is_email(value: object) -> bool:
    """One @ with something before it and a domain behind it; more than that only the mail server knows."""
    return not isinstance(value, str) or re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", value) is not None


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """RFC 3986, section 3: a scheme, a colon and something behind it, without blanks."""
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", value) is not None


@FORMATS.checks("uuid", raises=ValueError)
def is_uuid(value: object) -> bool:
    """RFC 9562, section 4: 32 hex digits in five groups."""
    return not isinstance(value, str) or (len(value) == 36 and bool(UUID(value)))
