"""Whether somebody filled in what a person has to say, or left what a template had there."""

from __future__ import annotations

import re

LEFT_OPEN = re.compile(
    r"<[^<>@]*>|\{.*\}|\$\{?\w+\}?|x{3,}|\.{2,}|…|-+|\?+|_+"
    r"|todo\b.*|tbd\b.*|fixme\b.*|change-?me|placeholder|none|null|undefined|n/?a"
    r"|(your|my)[-_ ](name|role|mail|e-?mail|reason|evidence|statement)",
    re.IGNORECASE,
)


def is_said(text: str) -> bool:
    """Whether a text is neither blank nor a placeholder; sentences may begin with any word."""
    stripped = text.strip()
    return bool(stripped) and LEFT_OPEN.fullmatch(stripped) is None
