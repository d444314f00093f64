"""Whether the vendor's own log still shows calls with the key that was replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.layers import USER_AGENT
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import walk
from pytest_golive.facts.body_path import at
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.steps import MINUTE, Steps, written

OLD = "previous_api_key"

LATELY = timedelta(days=1)

MOST_PAGES = 5

SHOWN = 3

Row = Mapping[str, Any]


def test_replaced_key_is_used_no_more(golive: Golive, planned: PlannedCheck) -> None:
    """Since the switch, and within a day, the vendor's log shows no call with the key that was replaced.

    If this fails: find who sends the calls, by their addresses and programs, and give them the new key.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    old = vendor.key(OLD)
    switched = Steps.read(vendor.target.rotation).switched
    if switched is None:
        key = f"environments.{planned.environment}.vendors.{planned.vendor}.rotation.switched"
        golive.not_verified(f"{key} is missing: nothing tells since when the old key is replaced", key=key)
        return
    since = max(switched + MINUTE, moment() - LATELY)
    rows: list[Row] = []
    ids = _ids(golive, planned, vendor, old)
    for each in ids:
        filters: dict[str, Any] = {"actor_ids[]": each, "include[]": "actor"}
        found = walk(vendor, "list_request_logs", most=MOST_PAGES, **filters).items
        # A filter that is ignored must not lead to wrong accusations; golive itself tries the old key.
        rows += [row for row in found if at(row, "actor.id") == each and row.get("user_agent") != USER_AGENT]
    late = sorted((row for row in rows if _moment(row) >= since), key=_moment, reverse=True)
    golive.must(
        "nobody may call with the key that was replaced",
        not late,
        expected=f"no call with it since {written(since)}",
        actual=f"{len(late)} calls, {'; '.join(map(_told, late[:SHOWN]))}",
    )


def _ids(golive: Golive, planned: PlannedCheck, vendor: Vendor, old: Secret) -> list[str]:
    """Return the ids of the keys that look like the old one and not like the new one, by the vendor's list of keys."""
    __tracebackhide__ = True
    wanted: dict[str, Any] = {"include[]": "role"}
    keys: list[Row] = golive.once(
        ("keys", planned.vendor, planned.environment), lambda: walk(vendor, "list_api_keys", **wanted).items
    )
    mine = vendor.key(vendor.pack.authentication.credential)
    found = [str(key.get("id")) for key in keys if _is(key, old) and not _is(key, mine)]
    if not found:
        golive.cannot_tell(
            "the vendor's list of keys has to have the old one",
            expected=f"the key {old.fingerprint}, masked",
            actual=f"none of the {len(keys)} keys of the account looks like it alone",
        )
    return found


def _is(key: Row, secret: Secret) -> bool:
    """Whether a masked key may be this one: it begins and ends like it."""
    masked = str(key.get("redacted_value", ""))
    head, tail = masked.split("*", 1)[0], masked.rsplit("*", 1)[-1]
    value = secret.reveal()
    return "*" in masked and bool(tail) and value.startswith(head) and value.endswith(tail)


def _told(row: Row) -> str:
    made = f"{row.get('method')} {row.get('normalized_route') or row.get('path')} on {written(_moment(row))}"
    return f"{made} from {row.get('client_ip') or 'an unknown address'} by {row.get('user_agent') or 'no program'}"


def _moment(row: Row) -> datetime:
    """Return when a call was made; what cannot be read counts as long ago, and accuses nobody."""
    try:
        read = datetime.fromisoformat(str(row.get("occurred_at")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
