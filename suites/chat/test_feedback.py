"""Whether an answer can be rated, and rated only once."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_feedback_is_accepted(golive: Golive, planned: PlannedCheck) -> None:
    """A rating of the smoke answer is taken, echoed and dated.

    If this fails: ratings are lost; switch the rating buttons off until the vendor takes them again.
    """
    made, _ = golive.examples(planned.vendor).twice("send_feedback")
    answer = made.answer
    answer.must_fit()
    body = answer.json
    for field in ("request_id", "feedback"):
        answer.must(
            f"echo {field}",
            body[field] == made.arguments[field],
            actual=f"sent {made.arguments[field]!r}, got {body[field]!r}",
        )
    answer.must("say in feedback_submitted_at when it was rated", "feedback_submitted_at" in body)


def test_repeated_feedback_changes_nothing(golive: Golive, planned: PlannedCheck) -> None:
    """The same rating again is answered ok, without a new date.

    If this fails: a retry after a timeout counts twice; do not repeat ratings until the vendor explains it.
    """
    _, made = golive.examples(planned.vendor).twice("send_feedback")
    answer = made.answer
    answer.must_fit()
    answer.must(
        "leave out feedback_submitted_at when the rating is repeated",
        "feedback_submitted_at" not in answer.json,
    )
