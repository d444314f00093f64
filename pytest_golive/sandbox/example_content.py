"""What the example project has published: its documents at the embedded Uppzy, and its sync log about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

COLUMNS = "source_id,document_id,batch_id,category,approver,published_at,status,checked_at"

SIGNED = "Ana Example"


@dataclass(frozen=True, slots=True)
class Published:
    """One document of the example.

    Attributes:
        id: at the vendor.
        source: where it comes from.
        batch: with which others it was published.
        days: how many days ago that was.
        title: its title.
        category: its topic.
        content: its text.
    """

    id: str
    source: str
    batch: str
    days: int
    title: str
    category: str
    content: str


EXAMPLE_CONTENT = (
    Published(
        "doc_00000000000000000000000000000101",
        "cms-101",
        "help-1",
        12,
        "Sending shoes back",
        "returns",
        "Shoes and bags that were not worn may be sent back within 30 days.",
    ),
    Published(
        "doc_00000000000000000000000000000102",
        "cms-102",
        "help-1",
        12,
        "Vouchers",
        "vouchers",
        "Vouchers are valid for three years.",
    ),
    Published(
        "doc_00000000000000000000000000000201",
        "cms-201",
        "help-2",
        3,
        "Broken zips",
        "repairs",
        "Broken zips are mended free of charge within one year.",
    ),
)
"""None of them shares a word with the question of the chat smoke: its answer is the vendor's own."""


def sync_log(now: datetime) -> str:
    """Return the example's sync log, as CSV: its batches are always of the last two weeks."""
    rows = [COLUMNS]
    for number, each in enumerate(EXAMPLE_CONTENT):
        at = now.astimezone(UTC).replace(microsecond=0) - timedelta(days=each.days) + timedelta(seconds=5 * number)
        passed = at + timedelta(hours=30)
        rows.append(
            f"{each.source},{each.id},{each.batch},{each.category},{SIGNED},{at.isoformat()},published,{passed.isoformat()}"
        )
    return "\n".join(rows) + "\n"
