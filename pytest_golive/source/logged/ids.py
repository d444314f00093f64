"""The ids that the record of a call names: in fields of their own, or in the path that was called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_golive.source.logged.records import Record
from pytest_golive.vendors.pack import Pack

_PLACE = {"tenant_id": "tenant", "site_id": "site"}
_NO_ID = re.compile(r"[{}<>*•…:]|^:|%7B|^\$|^\[|redact|mask|unknown|none|null|undefined", re.IGNORECASE)
_ID = re.compile(r"[\w.-]{2,80}")


def ids_in(record: Record, pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield the tenant's and the site's id that a record names, as the pack calls them."""
    filled = dict(_filled(record, pack))
    for name, place in _PLACE.items():
        for value in dict.fromkeys(filter(None, (filled.get(name, ""), _own(record, name, place)))):
            if _is_id(value):
                yield name, value


def wanted_of(record: Record, pack: Pack) -> list[str]:
    """Return what the record of a call does not name: tenant, site, id of what was asked for, endpoint."""
    named = dict(ids_in(record, pack))
    filled = dict(_filled(record, pack))
    further = {name: value for name, value in filled.items() if name not in _PLACE}
    missing = [place for name, place in _PLACE.items() if name in pack.ids and name not in named]
    is_named = any(_is_id(value) for value in further.values()) or _is_id(record.told.get("resource", ""))
    # The path of a chat, or of a list, asks for nothing that has an id.
    if further and not is_named:
        missing.append("id of what was asked for")
    if "route" not in record.told:
        missing += ["endpoint"] if is_named else ["id of what was asked for", "endpoint"]
    return missing


def _own(record: Record, name: str, place: str) -> str:
    """Return the id that a field of its own names; one with the whole name counts first."""
    fields = {key.rpartition(".")[2].replace("-", "_").casefold(): value for key, value in record.fields.items()}
    return fields.get(name, "") or record.told.get(place, "")


def _filled(record: Record, pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield what stands in the places of a path that the pack leaves open."""
    route = record.told.get("route", "")
    path = re.sub(r"^\w+://[^/]*", "", route).partition("?")[0].rstrip("/").split("/")
    fitting = []
    for operation in pack.operations.values():
        template = operation.path.strip("/").split("/")
        own = path[-len(template) :]
        if len(own) == len(template) and all(map(_alike, template, own)):
            filled = {part[1:-1]: value for part, value in zip(template, own, strict=True) if part.startswith("{")}
            fitting.append((len(template), -len(filled), filled))
    # Of several the longest counts, and of these the one with the fewest places.
    yield from max(fitting, key=lambda each: each[:2], default=(0, 0, {}))[2].items()


def _alike(part: str, own: str) -> bool:
    return bool(own) if part.startswith("{") else part == own


def _is_id(value: str) -> bool:
    return bool(_ID.fullmatch(value)) and not _NO_ID.search(value)
