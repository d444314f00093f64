"""Tells a name or a text from what only keeps its place."""

from __future__ import annotations

import re

_WHOLE = re.compile(
    r"""(?ix)
    tb[dac] | to[\s-]?do | fixme | x{2,} | n/?a | none | null | nil | unknown | \?+ | -+ | _+ | \.{2,} | … | tbh
    | (?:still\s)?to\sbe\s(?:defined|determined|announced|named|decided|confirmed|done|written|filled(?:\sin)?)
    | coming\ssoon | work\sin\sprogress | wip | later | pending | open | placeholder | change[\s_-]?me
    | fill\s?me(?:\sin)?
    | some(?:one|body) | no(?:body|\s?one) | any(?:one|body) | everybody | everyone
    | (?:your|some|the)[\s-](?:team|name|owner)
    | (?:team|owner|name|person)(?:[\s-]?name)? | foo | bar | lorem\sipsum.* | john\sdoe | jane\sdoe
    | (?:noch\s)?offen | unbekannt | jemand | niemand | wird\snoch\s(?:benannt|festgelegt|ergänzt) | n\.?\s?n\.? | folgt
    | por\sdefinir | pendiente | sin\sdefinir | desconocido | alguien | nadie
    | a\sdefinir | pendente | desconhecido | algu[ée]m | ningu[ée]m
    """
)
_INSIDE = re.compile(r"\b(?:TBD|TBA|TODO|FIXME|XXX+)\b")
_BRACKETED = re.compile(r"<[^@<>]*>|\{\{?[^{}]*\}?\}|\[[^\[\]()]*\]|\$\{?\w+\}?|__\w+__")


def is_placeholder(text: str) -> bool:
    """Whether nothing was entered yet."""
    plain = text.strip().strip("*_`\"' .:")
    if not plain:
        return True
    return bool(_WHOLE.fullmatch(plain) or _BRACKETED.fullmatch(text.strip()) or _INSIDE.search(text))


def is_unwritten(text: str) -> bool:
    """Whether a text holds nothing but what keeps its place."""
    lines = [line.strip(" \t-*+#>|0123456789.)") for line in text.splitlines()]
    return all(is_placeholder(line) for line in lines)


_OPEN = re.compile(
    r"(?i:tb[dac]|to[ -]?do|fixme|x{3,}|\?{2,}"
    r"|to be (?:defined|determined|announced|named|decided|confirmed))|<[^@<>]*>"
)


def left_open(text: str) -> str:
    """Return the first line with a value or cell that keeps its place only; empty where there is none.

    Words that may be meant, as none or later, are no such value in the middle of a text.
    """
    for line in text.split("\n"):
        cells = [cell.strip(" *_`.") for cell in re.split(r"[|:]\s|\s[|]|,\s", line.strip(" -*|#"))]
        if any(_OPEN.fullmatch(cell) for cell in cells[1:]):
            return line.strip()
    return ""
