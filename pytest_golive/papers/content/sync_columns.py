"""The names that teams give to the columns of a sync log, in four languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source": (
        "source_id",
        "source",
        "origin_id",
        "external_id",
        "cms_id",
        "source_ref",
        "source_key",
        "path",
        "file",
        "url",
        "quelle",
        "quell_id",
        "origen",
        "id_origen",
        "fuente",
        "origem",
        "id_origem",
        "fonte",
    ),
    "document": (
        "document_id",
        "doc_id",
        "document",
        "uppzy_id",
        "uppzy_document_id",
        "remote_id",
        "target_id",
        "vendor_id",
        "doc",
        "dokument",
        "dokument_id",
        "documento",
        "id_documento",
        "documento_id",
    ),
    "batch": (
        "batch_id",
        "batch",
        "sync_id",
        "rollout",
        "rollout_id",
        "wave",
        "run_id",
        "job_id",
        "charge",
        "stapel",
        "welle",
        "lote",
        "lote_id",
        "id_lote",
        "tanda",
    ),
    "approver": (
        "approver",
        "approved_by",
        "approval",
        "reviewer",
        "reviewed_by",
        "released_by",
        "signed_off_by",
        "freigegeben_von",
        "freigabe",
        "aprobado_por",
        "aprovado_por",
    ),
    "time": (
        "time",
        "timestamp",
        "at",
        "date",
        "synced_at",
        "published_at",
        "uploaded_at",
        "approved_at",
        "created_at",
        "approval_date",
        "datum",
        "fecha",
        "veröffentlicht_am",
        "freigegeben_am",
        "publicado_en",
        "publicado_em",
    ),
    "state": ("status", "state", "source_status", "source_state"),
    "published": (
        "published_at",
        "synced_at",
        "uploaded_at",
        "activated_at",
        "sent_at",
        "time",
        "timestamp",
        "ts",
        "at",
        "date",
        "created_at",
        "started_at",
        "datum",
        "fecha",
        "veröffentlicht_am",
        "publicado_en",
        "publicado_em",
        "published",
    ),
    "category": ("category", "topic", "theme", "subject", "kategorie", "thema", "categoría", "categoria", "tema"),
    "environment": ("environment", "env", "stage", "target_environment", "umgebung", "entorno", "ambiente"),
    "site": ("site_id", "site", "uppzy_site_id"),
    "tenant": ("tenant_id", "tenant", "workspace_id"),
    "event": ("event", "action", "operation", "event_type", "kind", "type"),
    "pause": ("paused_at", "paused", "pause", "pauses", "stopped_at", "halted_at", "on_hold_since", "on_hold"),
    "checked": (
        "checked_at",
        "verified_at",
        "questions_passed_at",
        "smoke_passed_at",
        "quality_passed_at",
        "smoke_questions",
        "topic_questions",
        "smoke",
        "questions",
        "quality",
        "quality_check",
        "checks",
        "checked",
        "verified",
    ),
}
"""What a row tells -> the columns it may stand in."""

PLACES: dict[str, list[tuple[str, int]]] = {}
"""Column -> what it may tell, with its rank among the columns that may."""

for _name, _columns in COLUMNS.items():
    for _rank, _each in enumerate(_columns):
        PLACES.setdefault(_each, []).append((_name, _rank))

NAMES = frozenset(column for columns in COLUMNS.values() for column in columns)
"""Every name of a column."""


@cache
def plain_column(name: object) -> str:
    """Return the name of a column as :data:`COLUMNS` writes it: `sourceId` and `Source ID` are `source_id`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", str(name).strip())
    return re.sub(r"[\s._\-]+", "_", parted).casefold()
