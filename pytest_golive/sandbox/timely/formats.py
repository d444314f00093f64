"""Formats that the request schemas name and that are judged here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_golive.sandbox.timely.refusals import invalid

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")


def check_uri(body: Mapping[str, Any], field: str) -> None:
    """Refuse a field that holds no address.

    Raises:
        Refusal: it is none.
    """
    if body.get(field) is not None and URI.fullmatch(body[field]) is None:
        raise invalid(field, "has to be a URL")
