"""What the fields of a change's record are called by the teams that keep them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FIELDS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "id": "change_id id change_no number ref reference ticket key nr nummer número numero change_number issue",
        "title": "title summary subject name description beschreibung descripción descrição titel título titulo"
        " reason grund"
        " motivo why purpose",
        "target": "target targets provider providers component anbieter proveedor provedor fournisseur"
        " destination ziel"
        " integration changed_provider changed_integration",
        "site": "site_id site siteid site_uuid",
        "environment": "environment env stage umgebung entorno ambiente environnement",
        "owner": "owner by who author changed_by operator engineer person wer responsible verantwortlich responsable"
        " responsável made_by performed_by executed_by signed_by signed_off_by approved_by quien quién quem von por"
        " watched_by ended_by",
        "when": "at when date time timestamp started started_at datum zeit fecha data changed_on day tag día dia"
        " created_at",
        "planned": "planned_fields planned plan fields changed_fields changes what diff scope geplant was"
        " cambios mudanças"
        " alterações änderungen planned_change planned_changes what_changed change_summary content touched intent",
        "steps": "steps flow timeline procedure schritte pasos passos verlauf ablauf log_entries history sequence"
        " actions protokoll_schritte step_log",
        "vendor": "vendor system service",
        "set": "enabled test_mode testmode body payload",
        "kind": "kind step action type event schritt paso passo stage_name phase task activity",
        "time": "called called_at sent sent_at taken made_at ran ran_at completed completed_at done_at begun at"
        " time timestamp when date started started_at taken_at done_at finished_at checked_at read_at"
        " tested_at"
        " tested_on zeit datum um hora fecha data run_at executed_at uhrzeit until performed_at created_at testedat",
        "outcome": "outcome result success passed ok status ergebnis resultado state verdict response",
        "http": "http_status status_code http code response_status",
    }.items()
}
"""What is told -> the fields it may stand in."""

META = ("id", "title", "target", "site", "environment", "owner", "when", "planned", "steps", "vendor", "set")
"""What a record tells beside its steps."""

TIMES = ("at", "kind", "outcome", "http", "by", "text", "sha256", "artefact")
"""What a step tells."""

RECORDS = frozenset(
    [
        "changes",
        "records",
        "change_records",
        "entries",
        "items",
        "history",
        "rows",
        "änderungen",
        "cambios",
        "mudanças",
        "log",
    ]
)
"""Lists that records stand in."""


def snake(name: str) -> str:
    """Return a field's name in lower case, its words joined by `_`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name).strip())
    return re.sub(r"[\s.\-/]+", "_", apart).strip("_*`").casefold()


def alias_of(name: str) -> str:
    """Return what a field tells of a record, as :data:`META` or a step calls it; empty for something else."""
    plain = snake(name)
    return next((own for own, words in FIELDS.items() if plain in words), "")


def lone(name: str) -> str:
    """Return the words of a field's name, without the ending that says which part of a step it tells."""
    plain = snake(name)
    found = re.fullmatch(
        r"(.+?)_(?:at|time|timestamp|when|on|date|zeit|um|hora|result|outcome|status|passed|ok|success|by|ergebnis"
        r"|resultado|sha256|hash|file|path|url)",
        plain,
    )
    return (found[1] if found else plain).replace("_", " ")


def told_under(held: Mapping[str, Any], own: str) -> Any:
    """Return what stands under any of the names of a field; None where it is not told."""
    words = FIELDS[own]
    return next((value for name, value in held.items() if snake(name) in words and value not in (None, "", [])), None)


def all_under(held: Mapping[str, Any], own: str) -> list[Any]:
    """Return what stands under each of the names of a field."""
    words = FIELDS[own]
    return [value for name, value in held.items() if snake(name) in words and value not in (None, "", [])]


def text_of(held: Any) -> str:
    """Return what stands in a field as one line of words; nested parts are told one after another."""
    if held is None or isinstance(held, bool):
        return "" if held is None else str(held).lower()
    if isinstance(held, Mapping):
        return " ".join(f"{name} {text_of(value)}" for name, value in held.items())
    if isinstance(held, list):
        return " ".join(map(text_of, held))
    return str(held).strip()
