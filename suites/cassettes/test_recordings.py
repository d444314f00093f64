"""Whether what was recorded may still be trusted: it is not too old, and the vendor still answers so."""

from __future__ import annotations

from pytest_golive.cassettes.aging import Change, answered, changes, place_of, too_old
from pytest_golive.cassettes.recordings import days_told
from pytest_golive.cassettes.shelf import Lying, Shelf, Unreadable
from pytest_golive.exchange.answer import Answer
from pytest_golive.facts.moment import moment
from pytest_golive.facts.outcome import Evidence
from pytest_golive.facts.scope import scope
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

SHOWN = 3


def test_recording_has_todays_structure(golive: Golive, planned: PlannedCheck) -> None:
    """What was recorded of a reading operation has the fields and kinds of what the vendor answers today.

    If this fails: the vendor has changed; adapt your client, then record anew with --golive-record all.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    target = f"{planned.vendor}@{planned.environment}"
    recorded = answered(_shelf(golive), target, planned.operation, but=scope())
    answer = vendor.call(planned.operation, **golive.examples(planned.vendor).arguments(planned.operation))
    answer.must_succeed()
    schema = vendor.judge(vendor.operation(planned.operation).response.json_schema).schema
    when = f"{recorded.days[0]}" if len(set(recorded.days)) == 1 else f"{min(recorded.days)} to {max(recorded.days)}"
    for change in changes(recorded.bodies, answer.json, schema):
        _judge(answer, change, when)


def test_recordings_are_fresh(golive: Golive, planned: PlannedCheck) -> None:
    """No recording of this vendor is older than golive.yaml allows.

    If this fails: record anew with --golive-record all, and read in the difference what the vendor has changed.
    """
    shelf = _shelf(golive)
    recordings = _recordings(golive, shelf, planned.vendor)
    old, soon = too_old(recordings, moment().date(), shelf.max_age_days)
    limit = f"at most {shelf.max_age_days} days"
    names = [shelf.told(each.path) for each in (old or soon)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    told = f"{', '.join(names[:SHOWN])}{more}"
    when = days_told(each.label for each in old)
    golive.must(
        f"recordings have to be {limit} old",
        not old,
        expected=limit,
        actual=f"{len(old)} of {len(recordings)} are older, recorded {when}: {told}",
    )
    if soon:
        golive.warn(
            f"{len(soon)} of {len(recordings)} recordings are soon older than {shelf.max_age_days} days: {told}"
        )


def _judge(answer: Answer, change: Change, when: str) -> None:
    """Judge one change: what the contract promised fails, what it left open is noted."""
    __tracebackhide__ = True
    if change.kind == "new":
        answer.vendor.note(f"{answer.operation}: `{change.path}` is new since the recording of {when}")
        return
    if change.kind == "lost":
        told, seen = f"hold `{change.path}` as it did on {when}", "it is gone"
    else:
        told, seen = f"answer with {change.was} in `{change.path}` as it did on {when}", f"it is {change.now}"
    evidence = _evidence(answer, change)
    if evidence is None:
        answer.vendor.note(
            f"{answer.operation}: `{change.path}` has changed since {when}, as the contract allows: {seen}"
        )
    else:
        answer.differs(evidence, told, seen, answer.schema_file)


def _evidence(answer: Answer, change: Change) -> Evidence | None:
    """Return how sure the contract is of what has changed; None where it allows both."""
    if not change.known:
        return Evidence.ASSUMED
    parent, _, name = change.path.rpartition(".")
    for mismatch in answer.mismatches():
        lacking = place_of(mismatch.where) == parent and f"lacks `{name}`" in mismatch.sentence
        if lacking or place_of(mismatch.where) == change.path:
            return mismatch.evidence
    return None


def _recordings(golive: Golive, shelf: Shelf, vendor: str) -> list[Lying]:
    __tracebackhide__ = True
    try:
        return [lying for lying in shelf.everything() if vendor in lying.label.vendors]
    except Unreadable as error:
        golive.must("recordings have to be readable", holds=False, expected="cassettes", actual=str(error))
        raise  # must() has raised already


def _shelf(golive: Golive) -> Shelf:
    assert golive.shelf is not None, "the plan asks only where recordings are kept"
    return golive.shelf
