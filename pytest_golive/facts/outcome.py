"""The closed sets a verdict is made of."""

from __future__ import annotations

from enum import StrEnum


class Suite(StrEnum):
    """When a check runs; each is a pytest marker."""

    PRERELEASE = "prerelease"
    POSTROTATION = "postrotation"
    WEEKLY = "weekly"


class Severity(StrEnum):
    """How much a failure hurts: a blocker hurts data, money, secrets or customers."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"

    @property
    def decides(self) -> bool:
        """Whether a failure of this severity can turn the verdict."""
        return self in {Severity.BLOCKER, Severity.MAJOR}


class Effects(StrEnum):
    """What a call leaves behind at the vendor."""

    NONE = "none"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"


class Evidence(StrEnum):
    """Whether the vendor's pages state a fact, or the pack chose it where they are silent."""

    DOCUMENTED = "documented"
    ASSUMED = "assumed"


class Outcome(StrEnum):
    """What became of a check or a rule, worst first."""

    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_VERIFIED = "not_verified"
    PENDING = "pending"
    WAIVED = "waived"
    OBSERVED = "observed"
    WARNED = "warned"
    ATTESTED = "attested"
    PASSED = "passed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def rank(self) -> int:
        """Position from worst (0) on; not applicable stands apart, after all others."""
        return list(Outcome).index(self)


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return the outcome that decides when several checks speak about one rule.

    Raises:
        ValueError: without any outcome there is nothing to decide by.
    """
    return min(outcomes, key=lambda outcome: outcome.rank)


class Word(StrEnum):
    """The verdict, as a release manager reads it."""

    GO = "GO"
    GO_WITH_WAIVERS = "GO WITH WAIVERS"
    NO_GO = "NO-GO"
    INCONCLUSIVE = "INCONCLUSIVE"
