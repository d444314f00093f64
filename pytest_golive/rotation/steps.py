"""The steps of a rotation, as golive.yaml tells when they were taken, and whether their order is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pytest_golive.facts.finding import CheckFailed, Finding, NotVerified, NotYet

MINUTE = timedelta(minutes=1)
"""People write times to the minute: what differs by less is the same moment."""

LONGEST_OVERLAP = timedelta(days=30)
"""So long two keys may work beside each other."""


@dataclass(frozen=True, slots=True)
class Steps:
    """When the steps of a rotation were taken; None where golive.yaml does not tell it.

    Attributes:
        created: the new key was made.
        stored: the secret store took it.
        switched: the deployment began to use it.
        smoked: the smoke passed with it, by the team's own word.
        watched: the traffic was seen to be normal, by the team's own word.
        revoked: the vendor stopped taking the old key.
        job: id of an async request from before the switch; "" for none.
    """

    created: datetime | None = None
    stored: datetime | None = None
    switched: datetime | None = None
    smoked: datetime | None = None
    watched: datetime | None = None
    revoked: datetime | None = None
    job: str = ""

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Steps:
        """Return what golive.yaml tells, as an environment keeps it: ISO 8601 in UTC."""
        moments = {name: datetime.fromisoformat(text) for name, text in told.items() if name != "job"}
        return cls(**moments, job=told.get("job", ""))


def must_be_over(steps: Steps, now: datetime) -> None:
    """End while the old key may still work: golive.yaml names a moment to come at which it is revoked.

    Raises:
        NotYet: that moment is less than 30 days after the switch.
    """
    __tracebackhide__ = True
    revoked = steps.revoked
    if revoked is not None and revoked > now and revoked - (steps.switched or now) <= LONGEST_OVERLAP:
        raise NotYet(f"the old key may work until it is revoked, {written(revoked)}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that something passed between the switch and the revocation.

    Attributes:
        what: what has to pass, as a sentence begins with it.
        passes: when it passed, by the runs that golive keeps.
        said: when it passed, by golive.yaml.
        key: the key of golive.yaml that says so.
        kept_since: since when golive keeps runs of this environment; None: it keeps none.
    """

    what: str
    passes: Sequence[datetime]
    said: datetime | None
    key: str
    kept_since: datetime | None


def must_pass_in_between(found: Evidence, switched: datetime, revoked: datetime | None, now: datetime) -> None:
    """Demand that something passed after the switch, and before the old key was revoked.

    Raises:
        CheckFailed: the first pass is later than the revocation, or golive looked in vain.
        NotVerified: nothing tells when it passed.
        NotYet: it did not pass so far, and the old key still works.
    """
    __tracebackhide__ = True
    told = [*found.passes, *([found.said] if found.said is not None else [])]
    after = sorted(at for at in told if at >= switched - MINUTE)
    if after and (revoked is None or after[0] <= revoked + MINUTE):
        return
    if revoked is None or revoked > now:
        raise NotYet(f"{found.what} has to pass before the old key is revoked, and did not pass since the switch")
    span = f"a pass between the switch, {written(switched)}, and the revocation, {written(revoked)}"
    requirement = f"{found.what} has to pass before the old key is revoked"
    if after:
        raise CheckFailed(Finding(requirement, span, f"the first pass is of {written(after[0])}"))
    if found.kept_since is not None and found.kept_since <= revoked:
        kept = f"none in the runs that golive keeps since {written(found.kept_since)}"
        raise CheckFailed(Finding(requirement, span, f"{kept}, and {found.key} is not told"))
    raise NotVerified(f"{found.key} is missing: nothing tells when {found.what} passed", key=found.key)


def is_before(stored: datetime, created: datetime | date) -> bool:
    """Whether a secret was stored before its key was made; a day that is told without a time is whole."""
    if isinstance(created, datetime):
        return stored < created - MINUTE
    return stored.date() < created


def written(at: datetime) -> str:
    """Return a moment as findings tell it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
