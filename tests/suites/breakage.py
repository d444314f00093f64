"""A vendor that is wrong in one way, with the checks that have to see it, and what they have to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.suites.vendor_in_disguise import Wrap


@dataclass(frozen=True, slots=True)
class Breakage:
    """A way to be wrong.

    Attributes:
        name: what is wrong.
        wrap: makes a right vendor wrong.
        failed: ids of the planned checks that fail.
        inconclusive: ids of those that can no longer tell.
        messages: id of a check -> what it demands and what it saw, numbers that change with each run left out.
        verdict: what follows.
        incidents: what is said of the run as a whole.
        warned: id of a check that holds, but close to the edge -> what it says.
        vendor: whose embedded app is wrapped; the rehearsal is about it alone.
        suite: the suite that is run.
    """

    name: str
    wrap: Wrap
    failed: frozenset[str] = frozenset()
    inconclusive: frozenset[str] = frozenset()
    messages: Mapping[str, str] = field(default_factory=dict)
    verdict: str = "NO-GO"
    incidents: tuple[str, ...] = ()
    warned: Mapping[str, str] = field(default_factory=dict)
    vendor: str = "uppzy"
    suite: str = "prerelease"

    @property
    def red(self) -> frozenset[str]:
        """Everything that is not green."""
        return self.failed | self.inconclusive
