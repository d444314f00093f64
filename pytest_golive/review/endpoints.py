"""Which operation of the vendor a label or a field of an endpoint means, whatever way it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def unseen(endpoints: Iterable[str], paths: Mapping[str, str]) -> tuple[str, ...]:
    """Return the operations that no endpoint stands for.

    An endpoint may be the operation's name, or its path: with the base's path and a method before it or without them,
    or its end alone (`/chat`), with placeholders of any spelling (`{id}`, `:id`, `<id>`) or an id in their place.

    Args:
        endpoints: as they are counted.
        paths: operation -> its path below the base URL.
    """
    written = [_plain(endpoint) for endpoint in endpoints if endpoint]
    return tuple(name for name, path in paths.items() if not _is_there(name, path, written))


def stands_for(endpoint: str, name: str, path: str) -> bool:
    """Whether an endpoint is an operation's, however it is written; see :func:`unseen`."""
    return bool(endpoint) and _is_there(name, path, [_plain(endpoint)])


def method_of(endpoint: str) -> str:
    """Return the method that stands before a path: `GET /chat`; empty where none does."""
    found = re.match(r"\s*([A-Za-z]+)\s+\S", endpoint)
    return found[1].upper() if found else ""


def _is_there(name: str, path: str, written: list[str]) -> bool:
    parts = path.strip("/").split("/")
    ends = ["/".join(parts[start:]) for start in range(1, len(parts)) if not parts[start].startswith("{")]
    patterns = [r"(?:.*/)?" + _pattern(path.strip("/")), *(r"/?" + _pattern(end) for end in ends)]
    whole = re.compile("(?:" + "|".join(patterns) + ")/?")
    return any(endpoint == name or whole.fullmatch(endpoint) for endpoint in written)


def _plain(endpoint: str) -> str:
    without_method = re.sub(r"^[A-Z]+\s+", "", endpoint.strip())
    return re.sub(r"^https?://[^/]+", "", without_method).partition("?")[0]


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path))
