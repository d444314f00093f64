"""Where code makes ids of sessions, and of what."""

from __future__ import annotations

import re

_ASSIGNED = re.compile(
    r"""(?<![\w.])(?:[\w.]+\.)?["']?\$?(session_?(?:id|key)\w*)["']?\s*(?::\s*[\w<>\[\]| ]+?\s*)?"""
    r"""(?:=>|:=|=(?!=)|:)\s*([^\n]+)""",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"(?:def|func|function|fn)\s+\w*session_?(?:id|key)\w*\s*\([^)]*\)[^\n{:]*[{:]?\s*(?:\n[^\n]*){0,6}?\n\s*return\s+([^\n]+)",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"""\bf["']|\.format\(|["'`]\s*\+|\+\s*["'`]|\$\{|#\{|%s|uuid|hash|sha\d|md5|hmac|nanoid|ulid|random|sprintf|join\(|concat""",
    re.IGNORECASE,
)


def builders_in(name: str, text: str) -> dict[str, str]:
    """Return how a file makes session ids: which one of the file -> the expression; none where it only hands them on.

    Args:
        name: the file's name.
        text: what it holds.
    """
    del name
    made = [match[2] for match in _ASSIGNED.finditer(text)] + [match[1] for match in _RETURNED.finditer(text)]
    plain = (re.sub(r"\s+", "", expression).rstrip(";,)}]") for expression in made if _MADE.search(expression))
    return {f"session id {number}": expression for number, expression in enumerate(plain, start=1)}
