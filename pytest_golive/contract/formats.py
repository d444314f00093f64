"""The formats golive judges by itself, so that a missing optional package never turns a check off."""

from __future__ import annotations

import re
from datetime import date, datetime

from jsonschema import FormatChecker

FORMATS = FormatChecker(formats=())

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    """RFC 3339, section 5.6: a full date, a full time and an offset; second 60 is a leap second."""
    if not isinstance(value, str):
        return True
    match = DATE_TIME.fullmatch(value)
    if match is None:
        return False
    # The calendar is the library's to know; it knows no leap seconds.
    datetime.fromisoformat(f"{match[1]}T{match[2]}:{'59' if match[3] == '60' else match[3]}")
    return True


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """RFC 3339, section 5.6: year, month, day."""
    return not isinstance(value, str) or (DATE.fullmatch(value) is not None and bool(date.fromisoformat(value)))


@FORMATS.checks("email")
def is_email(value: object) -> bool:
    """One @ with something before it and a domain behind it; more than that only the mail server knows."""
    return not isinstance(value, str) or re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", value) is not None


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """RFC 3986, section 3: a scheme, a colon and something behind it, without blanks."""
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", value) is not None


@FORMATS.checks("uuid")
def is_uuid(value: object) -> bool:
    """RFC 9562, section 4: 32 hex digits in five groups."""
    return not isinstance(value, str) or UUID.fullmatch(value) is not None
