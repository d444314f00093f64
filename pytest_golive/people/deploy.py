"""When the release was deployed: what is due afterwards is pending until then, and overdue some days later."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import FromVariable, Manifest
from pytest_golive.people.authors import History, Unknown
from pytest_golive.people.days import begins, day_of

NOT_YET = "due after the deploy"
"""How the reason of something pending begins."""


@dataclass(frozen=True, slots=True)
class Deploy:
    """What is known of the deploy of the release.

    Attributes:
        environment: where it is deployed.
        at: when; None where it is not known, or has not happened.
        is_told: whether golive.yaml has the key that tells it.
    """

    environment: str
    at: datetime | None = None
    is_told: bool = False

    @property
    def is_ahead(self) -> bool:
        """Whether golive.yaml says that the release is not deployed yet, so that its failures there are no news."""
        return self.is_told and self.at is None

    def pending(self, due_days: int, now: datetime, *, before: bool) -> str:
        """Return why something that follows the deploy is not due yet; empty where it is.

        Args:
            due_days: how many days after the deploy it may take.
            now: the time.
            before: whether a release that nobody says is deployed is not deployed: so before a release, and not in
                the suites that follow one.
        """
        if self.at is None:
            return f"{NOT_YET}, which {self.key} tells" if before else ""
        due = self.at + timedelta(days=due_days)
        return f"{NOT_YET}, until {day_of(due)}" if now < due else ""

    @property
    def key(self) -> str:
        """The key of golive.yaml that tells when it was."""
        return f"environments.{self.environment}.deployment.deployed"


def deploy_of(
    manifest: Manifest, chosen: str, history: History, now: datetime, environ: Mapping[str, str] | None = None
) -> Deploy:
    """Return what golive.yaml tells of the deploy of what is looked at.

    A deploy that lies before the last change, or is of another commit, is the one of an earlier release.

    Raises:
        Mistakes: a variable holds no moment.
    """
    variables = os.environ if environ is None else environ
    given = manifest.environments[chosen]
    there = chosen if given.production or not given.releases_to else given.releases_to
    deployment = manifest.environments[there].deployment if there in manifest.environments else None
    if deployment is None or deployment.deployed is None:
        return Deploy(there)
    moment = _text(deployment.deployed, variables)
    if not moment:
        return Deploy(there, is_told=True)
    at = _moment(manifest, there, moment)
    commit = _text(deployment.commit, variables) if deployment.commit is not None else ""
    if at > now or _is_of_another(history, commit, at):
        return Deploy(there, is_told=True)
    return Deploy(there, at, is_told=True)


def _text(given: str | FromVariable, environ: Mapping[str, str]) -> str:
    return (environ.get(given.env, "") if isinstance(given, FromVariable) else given).strip()


def _moment(manifest: Manifest, environment: str, text: str) -> datetime:
    place = ("environments", environment, "deployment", "deployed")
    try:
        return begins(text.replace("+00:00", "Z"))
    except ValueError:
        told = f"{'.'.join(place)}: has to be a day or a moment in UTC, as 2026-11-21T09:00:00Z"
        raise Mistakes([Mistake("golive.yaml", manifest.mistake(place, "").line, told)]) from None


def _is_of_another(history: History, commit: str, at: datetime) -> bool:
    """Whether what was deployed is not what is looked at, as far as git can tell."""
    try:
        if not commit:
            return at < history.last_change
        if history.head.startswith(commit.lower()):
            return False
    except Unknown:
        return False
    try:
        return bool(history.changed_since(commit))
    except Unknown:
        return True
