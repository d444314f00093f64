"""From method and path to an operation of the pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from pytest_golive.vendors.pack import Pack

PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation that was found, with what the path says."""

    operation: str
    arguments: Mapping[str, str]


class UnknownPathError(LookupError):
    """No operation has this path."""


class WrongMethodError(LookupError):
    """Operations have this path, but none has this method.

    Attributes:
        allowed: the methods they have, sorted.
    """

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"allowed: {', '.join(allowed)}")
        self.allowed = allowed


class Routes:
    """The paths of a pack's operations, below its base path.

    Of two templates that fit, the one with a literal segment where the other has a placeholder owns the path:
    ``documents/bulk-status`` is never the document of that name, whatever the method.
    """

    def __init__(self, pack: Pack) -> None:
        self._base = pack.base_url.path
        self._templates: dict[tuple[str, ...], dict[str, str]] = {}
        for name, operation in pack.operations.items():
            methods = self._templates.setdefault(tuple(operation.path.split("/")), {})
            methods[operation.method] = name

    def find(self, method: str, path: str) -> Route:
        """Return the operation a request asks for, with the decoded values of its placeholders.

        Raises:
            UnknownPathError: no operation has this path.
            WrongMethodError: those that have it have other methods.
        """
        template = self._template(path)
        if template is None:
            raise UnknownPathError(path)
        methods = self._templates[template]
        if method not in methods:
            raise WrongMethodError(tuple(sorted(methods)))
        return Route(methods[method], _arguments(template, self._segments(path)))

    def _template(self, path: str) -> tuple[str, ...] | None:
        if not path.startswith(f"{self._base}/"):
            return None
        segments = self._segments(path)
        fitting = (template for template in self._templates if _fits(template, segments))
        return min(fitting, key=_placeholders, default=None)

    def _segments(self, path: str) -> tuple[str, ...]:
        # Decoded after splitting: an encoded slash belongs to its segment.
        return tuple(unquote(segment) for segment in path.removeprefix(self._base).split("/"))


def _fits(template: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    return len(template) == len(segments) and all(
        segment != "" if PLACEHOLDER.fullmatch(due) else segment == due
        for due, segment in zip(template, segments, strict=True)
    )


def _placeholders(template: tuple[str, ...]) -> tuple[bool, ...]:
    return tuple(PLACEHOLDER.fullmatch(due) is not None for due in template)


def _arguments(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str]:
    return {
        match[1]: segment
        for due, segment in zip(template, segments, strict=True)
        if (match := PLACEHOLDER.fullmatch(due))
    }
