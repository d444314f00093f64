"""Where a recording would give a secret away, although everything was filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_golive.cassettes.bodies import decoded, parsed
from pytest_golive.cassettes.filtering import OPERATION, header_of

if TYPE_CHECKING:
    from vcr.request import Request

Held = Callable[[str], tuple[str, ...]]


def leaks_in(requests: Iterable[Request], answers: Iterable[Mapping[str, Any]], held: Held) -> list[str]:
    """Return what would be given away and where, one phrase each.

    Args:
        requests: as they would be written.
        answers: likewise, in the same order.
        held: the names of the secrets in a text.
    """
    found = []
    for request, answer in zip(requests, answers, strict=True):
        operation = header_of(request.headers, OPERATION) or request.method
        parts = [
            ("address", request.uri),
            *((f"header {name}", str(value)) for name, value in request.headers.items()),
            *_parts(request.body),
        ]
        found += [f"{name} in the {part} of {operation}" for part, text in parts for name in held(text)]
        parts = [
            *((f"header {name}", str(value)) for name, value in answer["headers"].items()),
            *_parts(answer["body"]["string"]),
        ]
        found += [f"{name} in the {part} of the answer to {operation}" for part, text in parts for name in held(text)]
    return list(dict.fromkeys(found))


def _parts(body: Any) -> Iterator[tuple[str, str]]:
    """Yield the parts of a body; bytes letter by letter, because a secret may lie between them."""
    if not body:
        return
    text = decoded(body) if isinstance(body, bytes) else body
    if isinstance(text, bytes):
        yield "body", text.decode("latin-1")
        return
    try:
        value = parsed(text)
    except ValueError:
        value = None
    if isinstance(value, dict | list):
        yield from _fields(value, "")
    else:
        yield "body", text


def _fields(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield f"name of body field `{path}.{name}`".replace("`.", "`"), str(name)
            yield from _fields(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _fields(each, f"{path}[{index}]")
    else:
        yield f"body field `{path}`", str(value)
