"""Writes what a person says into a YAML file that people write too: one more item, and every other line stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from pytest_golive.manifest.document import parse_scalar

PLAIN = re.compile(r"[^\W\d_][\w .,;/@<>()'+=?&%~-]*|https://[\w./?&=%~+@-]+|\d{4}-\d\d-\d\d(T[\d:]+Z)?|[0-9a-f]{7,64}")
"""Texts that YAML needs no quotes for, whatever stands around them."""

Value = str | bool
Record = Mapping[str, Value]


class CannotAppend(Exception):
    """A file is written in a way that one more item cannot be put into by text; says what to do."""


def scalar(value: Value) -> str:
    """Return a value as YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    plain = PLAIN.fullmatch(value) and value == value.strip() and parse_scalar(value) == value and " #" not in value
    return value if plain else json.dumps(value, ensure_ascii=False)


def items(records: Sequence[Record], indent: str) -> str:
    """Return records as items of a block list."""
    lines: list[str] = []
    for record in records:
        begin = f"{indent}- "
        for key, value in record.items():
            lines.append(f"{begin}{key}: {scalar(value)}")
            begin = f"{indent}  "
    return "".join(f"{line}\n" for line in lines)


def with_items(text: str, key: str, records: Sequence[Record]) -> str:
    """Return the text of a YAML file with more items in the list of a key at its top level.

    Raises:
        CannotAppend: the file or the list is written in brackets.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    begin = next((number for number, line in enumerate(lines) if re.match(rf"{re.escape(key)}\s*:", line)), None)
    if begin is None:
        if text.lstrip().startswith("{"):
            raise CannotAppend(f"it is written in brackets: put an item into {key} yourself")
        return "".join([*lines, f"{key}:\n", items(records, "  ")])
    behind = lines[begin].partition(":")[2].partition("#")[0].strip()
    if behind in {"[]", "~", "null"}:
        lines[begin] = f"{key}:\n"
    elif behind:
        raise CannotAppend(f"{key} is written in brackets: put the item there yourself, or write one item a line")
    end = _end_of(lines, begin)
    found = (re.match(r"(\s*)- ", line) for line in lines[begin + 1 : end])
    indent = next((match[1] for match in found if match), "  ")
    return "".join([*lines[:end], items(records, indent), *lines[end:]])


def with_key(text: str, key: str, value: str) -> str:
    """Return the text of a YAML file with one more key at its top level.

    Raises:
        CannotAppend: the file is written in brackets.
    """
    if text.lstrip().startswith("{"):
        raise CannotAppend(f"it is written in brackets: add {key}: {value} to it yourself")
    return f"{text.rstrip()}\n{key}: {scalar(value)}\n"


def _end_of(lines: Sequence[str], begin: int) -> int:
    """Return the line before which a list ends that begins behind `begin`: comments after its last item stay behind."""
    last = begin
    for number in range(begin + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace() and not line.startswith("- "):
            break
        last = number
    return last + 1
