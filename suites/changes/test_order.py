"""Whether a change is gone through in its order, from a state that was read before, and in time."""

from __future__ import annotations

from pytest_golive.changes.flow import change_of
from pytest_golive.changes.record import IN_ORDER, ChangeRecord, Step
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

APART_SECONDS = 300.0
"""List and health that lie further apart tell of two states, not of one."""


@bearing_other_shapes
def test_state_before_a_change_is_whole(golive: Golive, planned: PlannedCheck) -> None:
    """Before anything is changed, list and health are read: of this site, and with the provider that is changed.

    If this fails: there is nothing a rollback could lead back to; make no change before both can be read.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    listed, health = record.answer("list"), record.answer("health_before")
    listed.must_fit()
    health.must_fit()
    foreign = {str(one.get("siteId")) for one in listed.json} - {vendor.id("site_id")}
    listed.must("hold this site's providers only", not foreign, actual=f"siteId {', '.join(sorted(foreign))}")
    names = [str(one.get("provider")) for one in listed.json]
    listed.must(f"hold {record.provider}", record.provider in names, actual=f"it lists {', '.join(names) or 'none'}")
    told = [str(one.get("provider")) for one in health.json["integrations"]]
    health.must(
        f"tell of {record.provider}", record.provider in told, actual=f"it tells of {', '.join(told) or 'none'}"
    )
    step = record.step("snapshot_before")
    assert step is not None, "what was read was read in this step"
    golive.must(
        "list and health have to be read together",
        step.over - step.at <= APART_SECONDS,
        expected=f"at most {APART_SECONDS:g} s apart",
        actual=f"{step.over - step.at:.0f} s apart",
    )


@bearing_other_shapes
def test_steps_come_in_order(golive: Golive, planned: PlannedCheck) -> None:
    """A change goes config, test, health, logs, and only then back; the test comes at once, from a fresh snapshot.

    If this fails: the finding says which step came late; whoever relies on an untested change relies on luck.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    steps = _all_steps(record)
    before, config, test = steps[0], steps[1], steps[2]
    age, late = config.at - before.at, test.at - config.over
    _must_be_within(golive, vendor, "the snapshot has to be fresh when the change is made", age, "snapshot_max_age")
    _must_be_within(golive, vendor, "the test has to follow the change", late, "test_deadline")


@bearing_other_shapes
def test_flow_is_quick_enough(golive: Golive, planned: PlannedCheck) -> None:
    """From the snapshot to the logs a change takes no longer than the team can wait.

    If this warns: see in the evidence which call took its time.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    steps = _all_steps(record)
    minutes = (steps[IN_ORDER.index("logs")].over - steps[0].at) / 60
    budget = float(vendor.target.settings.get("flow_budget_minutes", _example(vendor, "flow_budget_minutes")))
    if minutes > budget:
        slowest = max(steps[:5], key=lambda step: step.over - step.at)
        told = f"{slowest.kind} took {slowest.over - slowest.at:.1f} s"
        golive.warn(f"the change took {minutes:.2g} min from snapshot to logs, {budget:g} are planned; {told}")


def _all_steps(record: ChangeRecord) -> list[Step]:
    """Return the steps of a change that was gone through; of one that was not, nothing can be said."""
    if record.ended is not None or len(record.steps) < len(IN_ORDER):
        raise record.lacking()
    return record.steps


def _must_be_within(golive: Golive, vendor: Vendor, requirement: str, seconds: float, setting: str) -> None:
    __tracebackhide__ = True
    name = f"{setting}_minutes"
    limit = float(vendor.target.settings.get(name, _example(vendor, name)))
    golive.must(
        requirement,
        seconds <= limit * 60,
        expected=f"within {limit:g} min ({name})",
        actual=f"{seconds:.1f} s",
    )


def _example(vendor: Vendor, setting: str) -> float:
    return float(vendor.pack.settings[setting].example)
