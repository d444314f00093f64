"""A failed check as data, and the five ways a check ends without passing.

::

    CheckFailed      what was required does not hold          -> failed
    CannotTell       it was tried and nothing can be said     -> inconclusive
    NotVerified      something is not configured              -> not verified, shown as skipped
    NotApplicable    it shows only now that nothing can hold  -> not applicable, shown as skipped
    NotYet           it is too early to look                  -> pending, shown as skipped
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from _pytest.outcomes import Skipped


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader of the report needs to know about a check that did not pass.

    Attributes:
        requirement: what has to hold, one sentence.
        expected: what would have been right.
        actual: what was seen instead.
        fix: what to do about it.
        rerun: the command line that runs this check alone.
        curl: the command line that sends the last request again, without its key.
        exchanges: the calls that led here, one line each.
    """

    requirement: str
    expected: str
    actual: str
    fix: str = ""
    rerun: str = ""
    curl: str = ""
    exchanges: tuple[str, ...] = ()

    def text(self, title: str = "") -> str:
        """Return the finding as aligned lines; empty parts are left out."""
        rows = [
            ("requirement", self.requirement),
            ("expected", self.expected),
            ("actual", self.actual),
            *(("evidence", line) for line in self.exchanges),
            ("fix", self.fix),
            ("curl", self.curl),
            ("rerun", self.rerun),
        ]
        lines = [f"{name:<12} {value}" for name, value in rows if value]
        return "\n".join([title, *lines] if title else lines)

    def told_by(self, **changes: str | tuple[str, ...]) -> Finding:
        """Return the finding completed by what only the run knows: rerun line, evidence, fix."""
        return replace(self, **changes)  # type: ignore[arg-type]  # replace() checks the names itself


class CheckFailed(AssertionError):
    """What a check requires does not hold; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text())
        self.finding = finding


class CannotTell(Exception):
    """A check was tried and nothing can be said: neither green nor the vendor's fault."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text())
        self.finding = finding


class NotVerified(Skipped):
    """Something a check needs is not configured; the reason names the key to add."""

    def __init__(self, reason: str, *, key: str = "") -> None:
        super().__init__(reason, _use_item_location=True)
        self.reason = reason
        self.key = key


class NotApplicable(NotVerified):
    """What a check is about does not exist here, as it has found out; the reason says what."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not applicable: {reason}")


class NotYet(NotVerified):
    """It is too early to look; the reason says what has to happen first, or until when to wait."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"pending: {reason}")
        self.reason = reason
