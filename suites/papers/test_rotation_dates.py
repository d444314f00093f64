"""Keys and secrets do not stay for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pytest_golive.golive import Golive
from pytest_golive.papers.owners import owner_of
from pytest_golive.papers.rotations import LONGEST_DAYS, Due, due
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.readiness.plan import PlannedCheck

SECRETS = ("api_key", "webhook_secret")


def test_secrets_have_a_day_to_be_replaced(golive: Golive, planned: PlannedCheck) -> None:
    """The key, and the webhook secret where there is one, have a day by which somebody replaces them.

    If this fails: replace what is due, and enter the new days under `operations.rotations`.
    """
    held = golive.environments[planned.environment].targets[planned.vendor].credentials
    records = golive.papers.rotations.get(planned.vendor, {})
    key = f"operations.rotations.{planned.vendor}"
    today = datetime.now(UTC).date()
    dues = [_due(golive, f"{key}.{name}", record) for name, record in records.items()]
    wrong = [told for each in dues for told in each.wrong(today)]
    golive.must(
        f"a key may be used for {LONGEST_DAYS} days, and no longer than its day",
        not wrong,
        expected="a day to come, by which it is replaced",
        actual="; ".join(wrong),
    )
    nobody = [f"{key}.{name}" for name, record in records.items() if not _has_owner(golive, planned, name, record)]
    golive.must(
        "somebody has to be named who replaces a key",
        not nobody,
        expected="an owner there, or under operations.owners.api_key",
        actual=f"{', '.join(nobody)} names nobody",
    )
    missing = [f"{key}.{name}" for name in SECRETS if name in held and name not in records]
    if missing or not records:
        first = missing[0] if missing else f"{key}.api_key"
        golive.not_verified(f"{', '.join(missing) or first} is missing: nothing tells when it is replaced", key=first)
    for each in dues:
        if each.is_soon(today):
            golive.warn(f"{each.key} is to be replaced by {each.replace_by}")


def _due(golive: Golive, key: str, record: Mapping[str, str]) -> Due:
    try:
        return due(key, record)
    except ValueError:
        days = f"{record['created']} and {record['replace_by']}"
        golive.cannot_tell(
            "the days of a key have to be in the calendar", expected="days, as 2026-11-21", actual=f"{key}: {days}"
        )
        raise


def _has_owner(golive: Golive, planned: PlannedCheck, name: str, record: Mapping[str, str]) -> bool:
    others = (owner_of(golive.papers.owners, each, planned.vendor) for each in (name, "api_key"))
    named = [record.get("owner", ""), *(owner[1] for owner in others if owner is not None)]
    first = next((owner for owner in named if owner), "")
    return not is_placeholder(first)
