"""Which check a test stands for, and what of it is at hand while it runs."""

from __future__ import annotations

import pytest

from pytest_golive import shipped
from pytest_golive.facts.current import CheckRecord
from pytest_golive.readiness.plan import PlannedCheck

RECORD = pytest.StashKey[CheckRecord]()
"""What a test has gathered so far."""


def planned_of(item: pytest.Item) -> PlannedCheck | None:
    """Return the planned check a test stands for, None for a test of the team's own."""
    planned = getattr(item, "callspec", None) and item.callspec.params.get("planned")  # type: ignore[attr-defined]
    return planned if isinstance(planned, PlannedCheck) else None


def check_of(item: pytest.Item) -> str:
    """Return the id under which a test reports: its planned check, else its node id."""
    planned = planned_of(item)
    return planned.id if planned is not None else item.nodeid


def marks_of(planned: PlannedCheck) -> list[pytest.MarkDecorator]:
    """Return the markers of the test made for a planned check."""
    marks: list[pytest.MarkDecorator] = [getattr(pytest.mark, suite.value) for suite in planned.suites]
    marks += [pytest.mark.rule(id=rule, severity=planned.severity.value) for rule in planned.rules]
    return [*marks, pytest.mark.effects(kind=planned.effects.value)]


def is_empty(item: pytest.Item) -> bool:
    """Whether this is the one skipped test pytest makes for a parametrisation without cases."""
    return (
        shipped.is_shipped(item.path)
        and "planned" in getattr(item, "fixturenames", ())
        and planned_of(item) is None
        and "NOTSET" in item.name
    )
