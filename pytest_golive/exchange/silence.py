"""A call that got no answer."""

from __future__ import annotations

from pytest_golive.facts.finding import CannotTell, Finding


class NoAnswer(CannotTell):
    """The vendor gave no answer that can be read: no connection, a reset, a timeout, a broken encoding.

    Attributes:
        sent: whether the call may have reached the vendor; without a connection it cannot have.
    """

    def __init__(self, finding: Finding, *, sent: bool) -> None:
        super().__init__(finding)
        self.sent = sent
