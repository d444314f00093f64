"""The values of a configuration file under dotted names, whatever it is written in, and which of them differ."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from pytest_golive.source.plausible import looks_made_by_a_machine

MOST_VALUES = 20_000

_LINE = re.compile(
    r"""^\s*(?:export\s+|const\s+|let\s+|var\s+|final\s+|set\s+|ENV\s+|ARG\s+|-\s+)?"""
    r"""["']?([A-Za-z_][\w.\-]*)["']?\s*(?::\s*\w+\s*)?[:=]\s*"""
    r"""["']?([^"'#;,\n]+)""",
    re.MULTILINE,
)
_TAG = re.compile(r"""<\w+\s+(?:key|name)="([^"]+)"\s+value="([^"]*)\"""")
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PASSWORD = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_SECRET = re.compile(r"key|token|secret|passw|credential|dsn|private|auth", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][\d_]*)?(?:\.\d+)?(?<=\d)")
"""A number; what begins with a zero more is an id."""

MOST_DIGITS = 15
"""What is longer is no number that anybody counts with."""


def values_in(name: str, text: str) -> dict[str, str]:
    """Return the values of a file: dotted name -> the value as text; none of one that cannot be read.

    Args:
        name: the file's name, which tells what it is written in.
        text: what it holds.
    """
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix in {".yaml", ".yml"}:
            data: Any = dict(enumerate(map(_named, enumerate(yaml.load_all(text, _Loader)))))
        elif suffix == ".json":
            data = json.loads(text)
        elif suffix == ".toml":
            data = tomllib.loads(text)
        else:
            pattern = _TAG if text.lstrip().startswith("<") else _LINE
            return {match[1]: canonical(match[2]) for match in pattern.finditer(text)}
    except (ValueError, yaml.YAMLError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for place, value in _leaves(data, ""):
        if len(found) >= MOST_VALUES:
            break
        found[place] = value
    return found


def canonical(value: Any) -> str:
    """Return a value so that two ways of writing it are one: 3, 3.0 and "3"; true and True."""
    text = str(value).strip()
    if isinstance(value, bool) or text.casefold() in {"true", "false"}:
        return text.casefold()
    if _NUMBER.fullmatch(text) and len(text) <= MOST_DIGITS:
        number = float(text.replace("_", ""))
        return str(int(number)) if number.is_integer() else repr(number)
    return " ".join(text.split())


def is_secret(name: str) -> bool:
    """Whether a value of this name is not to be shown."""
    return bool(_SECRET.search(name))


def may_be_secret(value: str) -> bool:
    """Whether a value could be a key, or an address with a password in it."""
    if _ID.fullmatch(value):
        return False
    return bool(_PASSWORD.search(value)) or any(map(looks_made_by_a_machine, re.split(r"[\s,;]+", value)))


class _Loader(yaml.BaseLoader):
    """Reads all values as text, and any tag as what is behind it."""


def _named(numbered: tuple[int, Any]) -> Any:
    """Return a document below its kind and name, so that another order is no change; else below its number."""
    number, document = numbered
    metadata = document.get("metadata") if isinstance(document, dict) else None
    name = metadata.get("name", "") if isinstance(metadata, dict) else ""
    if name:
        return {f"{document.get('kind', '')}/{name}": document}
    return {f"[{number + 1}]": document} if number else document


def _leaves(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            # Documents carry their own names.
            inner = place if isinstance(name, int) else f"{place}.{name}".lstrip(".")
            yield from _leaves(each, inner)
    elif isinstance(value, list):
        yield from _of_list(value, place)
    elif value is not None:
        yield place, canonical(value)


def _of_list(value: list[Any], place: str) -> Iterator[tuple[str, str]]:
    if value and all(isinstance(each, dict) and ("name" in each) for each in value):
        for each in value:
            if set(each) == {"name", "value"}:
                yield f"{place}.{each['name']}".lstrip("."), canonical(each["value"])
            else:
                rest = {name: inner for name, inner in each.items() if name != "name"}
                yield from _leaves(rest, f"{place}.{each['name']}".lstrip("."))
    elif any(isinstance(each, (dict, list)) for each in value):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{place}[{number}]")
    else:
        yield place, ", ".join(map(canonical, value))
