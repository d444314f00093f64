"""Branches on an error code, and whether they have one for every code that nobody foresaw."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from pytest_golive.source.code import CodeFile, Place

_SWITCH = re.compile(r"\b(?:switch|when|match)\b[^{}\n]*\{")
_DEFAULT = re.compile(
    r"\bdefault\s*(?:=>|->|:)|(?:^|[\s;{,])(?:else|_)\s*(?:=>|->)|\bcase\s+_\s*(?:=>|:)", re.MULTILINE
)
_LITERAL = re.compile(r"""["'`:]([A-Za-z_]\w*)\b""")
_MATCH = re.compile(r"^(\s*)match\b.*:\s*$")
_CASE = re.compile(r"^(\s*)(?:.*=\s*)?case\b")
_FEWEST = 2
"""So many codes of the vendor make a branch one on error codes."""


def without_default(files: Sequence[CodeFile], codes: Collection[str]) -> list[Place]:
    """Return the branches on these codes that leave every other code to nobody.

    What follows after a branch is taken for what happens with all others.
    """
    found: list[Place] = []
    for file in files:
        if file.path.endswith(".py"):
            found += _by_indent(file, codes, _MATCH, re.compile(r"\s*case\s+(?:_|[a-z]\w*)\s*(?:if\b.*)?:"), "")
        elif file.path.endswith(".rb"):
            found += _by_indent(file, codes, _CASE, re.compile(r"\s*else\b"), "end")
        else:
            found += _by_braces(file, codes)
    return found


def _by_braces(file: CodeFile, codes: Collection[str]) -> Iterator[Place]:
    text = "\n".join(file.lines)
    for match in _SWITCH.finditer(text):
        end = _closing(text, match.end())
        block, after = text[match.end() : end], text[end + 1 :].lstrip(" \t\n\r;)")
        if _is_about(block, codes) and not _DEFAULT.search(block) and after[:1] in {"", "}"}:
            yield Place(file.path, 1 + text.count("\n", 0, match.start()), match.group().rstrip("{ "))


def _closing(text: str, begun: int) -> int:
    depth, quote = 1, ""
    for place in range(begun, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "\"'`":
            quote = sign
        else:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if depth == 0:
                return place
    return len(text)


def _by_indent(
    file: CodeFile, codes: Collection[str], begins: re.Pattern[str], default: re.Pattern[str], end: str
) -> Iterator[Place]:
    for number, line in enumerate(file.lines):
        match = begins.match(line)
        if match is None:
            continue
        indent = len(match[1])
        inside, last = _block(file.lines, number + 1, indent, end)
        has_default = any(default.match(each) for each in inside)
        if _is_about("\n".join(inside), codes) and not has_default and not _goes_on(file.lines, last, indent, end):
            yield Place(file.path, number + 1, line.strip())


def _block(lines: Sequence[str], begun: int, indent: int, end: str) -> tuple[list[str], int]:
    """Return the lines of a block and the number of the line after it."""
    inside: list[str] = []
    for number in range(begun, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        if end and line.strip().startswith(end) and depth <= indent:
            return inside, number + 1
        if not end and depth <= indent:
            return inside, number
        inside.append(line)
    return inside, len(lines)


def _goes_on(lines: Sequence[str], begun: int, indent: int, end: str) -> bool:
    """Whether a statement follows on the same level."""
    following = next((line for line in lines[begun:] if line.strip()), "")
    depth = len(following) - len(following.lstrip())
    return bool(following) and depth >= indent and not (end and following.strip().startswith(end))


def _is_about(block: str, codes: Collection[str]) -> bool:
    return len({name for name in _LITERAL.findall(block) if name in codes}) >= _FEWEST
