"""The services of a company that call one vendor: who owns each, and whom its people call, by their golive.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.manifest.document import read_document
from pytest_golive.papers.owners import owner_of, path_of
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Elsewhere, Missing, Paper, read

SHOWN_LENGTH = 58

OWNING = (("owner",), ("runtime_config", "api_key", "incident"))
"""What tells the owning team: one word for all, else these, as far as both tell them."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service with a golive.yaml of its own.

    Attributes:
        file: its golive.yaml, as messages show it.
        folder: where that lies.
        vendors: the vendors it calls.
        owners: what is owned -> the team or person.
        escalation: whom to call next, or the file that says so; empty where it does not tell.
    """

    file: str
    folder: Path
    vendors: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    escalation: str = ""


def service_of(path: Path, told: str) -> Service:
    """Read the golive.yaml of a service, as far as it is about owners.

    Args:
        path: the file.
        told: what messages call it.

    Raises:
        Mistakes: it is not there, or no YAML.
    """
    data = read_document(path).data
    operations = _mapping(data.get("operations"))
    environments = _mapping(data.get("environments")).values()
    return Service(
        file=told,
        folder=path.parent,
        vendors=frozenset(vendor for each in environments for vendor in _mapping(_mapping(each).get("vendors"))),
        owners={name: str(owner) for name, owner in _mapping(operations.get("owners")).items()},
        escalation=str(operations.get("escalation") or ""),
    )


def differences(mine: Service, others: Iterable[Service], vendor: str) -> Iterator[str]:
    """Yield what of owner and escalation is not the same in another service."""
    for other in others:
        keys = _compared(mine, other, vendor)
        for what in keys:
            own, theirs = _owner(mine, what, vendor), _owner(other, what, vendor)
            if _plain(own) != _plain(theirs):
                yield f"{other.file} has {theirs or 'nobody'} as {what}, and {mine.file} {own or 'nobody'}"
        if not _is_one_path(mine, other):
            yield (
                f"{other.file} has {_short(other.escalation)} as escalation, and {mine.file} {_short(mine.escalation)}"
            )


def _compared(mine: Service, other: Service, vendor: str) -> tuple[str, ...]:
    for names in OWNING:
        both = tuple(name for name in names if _owner(mine, name, vendor) and _owner(other, name, vendor))
        if both:
            return both
    # One of the two names nobody: that is no shared owner.
    return OWNING[1][:1]


def _owner(service: Service, what: str, vendor: str) -> str:
    found = owner_of(service.owners, what, vendor)
    return "" if found is None or is_placeholder(found[1]) else found[1]


def _is_one_path(mine: Service, other: Service) -> bool:
    if _plain(mine.escalation) and _plain(mine.escalation) == _plain(other.escalation) and mine.folder == other.folder:
        return True
    texts = [_text(service) for service in (mine, other)]
    if not all(texts):
        return False
    if _plain(texts[0]) == _plain(texts[1]):
        return True
    first, second = (path_of([Paper("escalation", text)]).contacts for text in texts)
    return bool(first) and first == second


def _text(service: Service) -> str:
    """Return what the escalation says; of an address the address."""
    if not service.escalation:
        return ""
    try:
        return "\n".join(paper.text for paper in read(service.folder, service.escalation, "operations.escalation"))
    except (Elsewhere, Missing):
        return service.escalation


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[: SHOWN_LENGTH - 1]}…" if len(line) > SHOWN_LENGTH else line or "none"
