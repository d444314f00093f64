"""Why a delivery is not proven."""

from __future__ import annotations

from typing import Literal, get_args

from pytest_golive.signing.scheme import Scheme

Reason = Literal["missing", "malformed", "stale", "wrong"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""From what was looked at first to what was looked at last."""


class NotGenuine(Exception):
    """A delivery is not proven.

    Attributes:
        reason: missing: a header is; malformed: it is not written by the scheme; stale: the time is too far off;
            wrong: nothing fits body and secret.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason: Reason = reason


def check_age(scheme: Scheme, age: float) -> None:
    """Accept a delivery that was sent so many seconds ago.

    Raises:
        NotGenuine: it is too old, or too far ahead of the clock.
    """
    if scheme.tolerance_seconds is not None and abs(age) > scheme.tolerance_seconds:
        where = "old" if age > 0 else "ahead of the clock"
        raise NotGenuine(
            "stale", f"the delivery is {abs(age):.0f} s {where}; at most {scheme.tolerance_seconds:.0f} s are allowed"
        )
