"""Writes under an idempotency key: what a retry after a timeout relies on."""

from __future__ import annotations

from pytest_golive.demands.idempotency import must_do_once, must_refuse_another_body, must_replay
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_same_key_same_body_is_replayed(golive: Golive, planned: PlannedCheck) -> None:
    """The same write with the same key is done once, and answered the same again.

    If this fails: a retry doubles what it writes; look up what the first call did before you send it again.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor, examples = golive.vendor(planned.vendor), golive.examples(planned.vendor)
    must_replay(vendor, examples, planned.operation, golive.fresh("key"))


def test_same_key_other_body_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """A key that was used is refused with another body.

    If this fails: a key used twice by mistake loses a write without a word; make keys random, one per write.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor, examples = golive.vendor(planned.vendor), golive.examples(planned.vendor)
    must_refuse_another_body(vendor, examples, planned.operation, golive.fresh("key"))


def test_same_key_at_once_is_done_once(golive: Golive, planned: PlannedCheck) -> None:
    """The same write with the same key, several times at the same moment, is done once.

    If this fails: two workers that retry together double what they write; let one of them hold a lock.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor, examples = golive.vendor(planned.vendor), golive.examples(planned.vendor)
    must_do_once(vendor, examples, planned.operation, golive.fresh("key"))
