"""Which operation of the vendor a label or a field of an endpoint means, whatever way it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def unseen(endpoints: Iterable[str], paths: Mapping[str, str]) -> tuple[str, ...]:
    """Return the operations that no endpoint stands for.

    An endpoint may be the operation's name, its path with or without the base's path and a method before it, with
    placeholders of any spelling (`{id}`, `:id`, `<id>`) or an id in their place.

    Args:
        endpoints: as they are counted.
        paths: operation -> its path below the base URL.
    """
    written = [_plain(endpoint) for endpoint in endpoints if endpoint]
    return tuple(name for name, path in paths.items() if not _is_there(name, path, written))


def _is_there(name: str, path: str, written: list[str]) -> bool:
    pattern = re.compile(r"(?:.*/)?" + _pattern(path).lstrip("/") + r"/?")
    return any(endpoint == name or pattern.fullmatch(endpoint) for endpoint in written)


def _plain(endpoint: str) -> str:
    without_method = re.sub(r"^[A-Z]+\s+", "", endpoint.strip())
    return re.sub(r"^https?://[^/]+", "", without_method).partition("?")[0]


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path))
