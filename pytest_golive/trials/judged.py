"""How a trial ends, in either lab: it holds, it fails, or it could not be told; and what a reader is told beside it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Generic, NoReturn, Protocol, TypeVar

from pytest_golive.facts.current import current
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotApplicable, NotVerified
from pytest_golive.vendors.lab_fault import LabFault


class Named(Protocol):
    """What golive.yaml says of the program that is tried."""

    @property
    def key(self) -> str:
        """Where in golive.yaml: `clients.crm`."""


class Bench(Protocol):
    """A lab with one program in it."""

    @property
    def setup(self) -> Named:
        """What golive.yaml says of it."""

    def scrub(self, text: str) -> str:
        """Return a text without secrets."""

    def cannot_tell(self, requirement: str, expected: str, actual: str) -> CannotTell:
        """Return what ends a trial that could not be made, with what the program said last."""


LabT = TypeVar("LabT", bound=Bench)
FaultT = TypeVar("FaultT", bound=LabFault)


@dataclass(frozen=True, slots=True)
class Judged(Generic[LabT, FaultT]):
    """A fault, and the lab of the program it is tried on.

    Attributes:
        lab: the program.
        fault: of the catalogue.
    """

    lab: LabT
    fault: FaultT

    def chance(self) -> random.Random:
        """Return a source of chance that gives the same numbers in every run."""
        return random.Random(self.fault.id)  # noqa: S311  # repeatable, not secret

    def must(self, holds: object, *, expected: str, actual: str) -> None:
        """Demand something; the requirement is the fault's title.

        Raises:
            CheckFailed: it does not hold.
        """
        __tracebackhide__ = True
        if not holds:
            scrub = self.lab.scrub
            raise CheckFailed(Finding(self.fault.title, scrub(expected), scrub(actual), fix=self.fault.fix))

    def cannot_tell(self, expected: str, actual: str) -> NoReturn:
        """End the trial: the fault could not be tried.

        Raises:
            CannotTell: always.
        """
        __tracebackhide__ = True
        raise self.lab.cannot_tell(self.fault.title, expected, actual)

    def not_verified(self, key: str, reason: str) -> NoReturn:
        """End the trial: golive.yaml lacks what it needs.

        Args:
            key: of the program: `effects`, `concurrent`.
            reason: what for.

        Raises:
            NotVerified: always.
        """
        __tracebackhide__ = True
        place = f"{self.lab.setup.key}.{key}"
        raise NotVerified(f"{place} is missing: {reason}", key=place)

    def not_applicable(self, reason: str) -> NoReturn:
        """End the trial: the fault cannot show in this program.

        Raises:
            NotApplicable: always.
        """
        __tracebackhide__ = True
        raise NotApplicable(reason)

    def note(self, text: str) -> None:
        """Take note of something a reader may want to know; it changes no outcome."""
        record = current()
        if record is not None:
            record.notes.append(self.lab.scrub(text))

    def warn(self, text: str) -> None:
        """Take note of something that holds, but close to the edge."""
        record = current()
        if record is not None:
            record.warnings.append(self.lab.scrub(text))
