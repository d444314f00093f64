"""A deployment whose key was replaced, as a check after a rotation gets it: a vendor, a report, and a past."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.history.kept import KeptRun
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation.past import Past
from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)

NOW = datetime.now(UTC).replace(microsecond=0)

Check = Callable[[Golive, PlannedCheck], None]


def ago(hours: float) -> datetime:
    """Return when it was so many hours ago."""
    return NOW - timedelta(hours=hours)


def at(hours: float) -> str:
    """Return the same as findings tell it."""
    return f"{ago(hours):%Y-%m-%d %H:%M} UTC"


@dataclass(slots=True)
class Rotated:
    """Makes what a check gets.

    Attributes:
        folder: where runs are kept.
        sandbox: the vendor.
        deployment: what reports.
        answers: what the deployment reports, one after the other.
        made: what has to be closed.
    """

    folder: Path
    sandbox: Sandbox
    deployment: Server
    answers: list[Any] = field(default_factory=list)
    made: list[Golive] = field(default_factory=list)

    @property
    def keys(self) -> Mapping[str, str]:
        """The fingerprints of the keys, by name."""
        target = self.made[-1].environment.targets["uppzy"]
        return {name: secret.fingerprint for name, secret in target.credentials.items()}

    def golive(
        self,
        *reports: Any,
        told: Mapping[str, float] | None = None,
        job: str = "",
        old: bool = True,
        reporting: bool = True,
        **environment: Any,
    ) -> Golive:
        """Return what leads a check to everything.

        Args:
            reports: what the deployment reports, in turns; `new` and `old` stand for fingerprints.
            told: `rotation` of golive.yaml, in hours ago.
            job: its id of a request.
            old: whether golive.yaml names the old key.
            reporting: whether it names where the deployment reports.
            environment: `workers`, `probes`.
        """
        connection = self.sandbox.connection("uppzy", "sandbox")
        keys = {"api_key": connection.api_key} | ({"previous_api_key": connection.previous_api_key} if old else {})
        rotation = {name: ago(hours).isoformat() for name, hours in (told or {}).items()}
        target = Target(
            "uppzy",
            self.sandbox.base_url("uppzy", "sandbox"),
            credentials={name: Secret(value, f"uppzy.{name}") for name, value in keys.items()},
            ids=connection.ids,
            rotation=rotation | ({"job": job} if job else {}),
        )
        names = {
            "new": Secret(connection.api_key, "new").fingerprint,
            "old": Secret(connection.previous_api_key, "old").fingerprint,
        }
        self.answers[:] = [_filled(report, names) for report in reports]
        url = f"{self.deployment.url}/fingerprints" if reporting else None
        where = Environment("staging", targets={"uppzy": target}, fingerprints_url=url, **environment)
        golive = Golive(
            {"staging": where},
            "staging",
            run="r",
            sandbox=False,
            redactor=Redactor(target.credentials.values()),
            journal=Unwritten(),
            repository=self.folder,
        )
        golive.past = Past(self.folder, "shop")
        self.made.append(golive)
        return golive

    def ran(
        self,
        hours: float,
        key: str = "new",
        *held: str,
        suite: str = "postrotation",
        others: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Keep a run of so many hours ago, in which these rules held; `others` are fingerprints of further keys."""
        connection = self.sandbox.connection("uppzy", "sandbox")
        secret = connection.api_key if key == "new" else connection.previous_api_key
        Past(self.folder, "shop").note(
            "staging",
            KeptRun(
                f"0123abcd{hours:g}",
                "shop",
                "staging",
                (suite,),
                "GO",
                ago(hours).isoformat(),
                ago(hours).isoformat(),
                results={("uppzy", rule): "passed" for rule in held},
                fingerprints={("uppzy", "api_key"): Secret(secret, "k").fingerprint, **(others or {})},
            ),
        )

    def failed(self, check: Check, golive: Golive, error: type[Any]) -> Sequence[str]:
        """Return requirement, expected and actual of a check that does not pass, fingerprints by their names."""
        with pytest.raises(error) as raised:
            check(golive, PLANNED)
        finding = raised.value.finding
        return tuple(self.named(text) for text in (finding.requirement, finding.expected, finding.actual))

    def skipped(self, check: Check, golive: Golive, error: type[Any]) -> Sequence[str]:
        """Return why a check is not verified or pending, and the key to add."""
        with pytest.raises(error) as raised:
            check(golive, PLANNED)
        return (self.named(raised.value.reason), getattr(raised.value, "key", ""))

    def named(self, text: str) -> str:
        """Return a text with names in the place of fingerprints."""
        connection = self.sandbox.connection("uppzy", "sandbox")
        for name, key in (("<new>", connection.api_key), ("<old>", connection.previous_api_key)):
            text = text.replace(Secret(key, name).fingerprint, name)
        return text


def reporting(answers: list[Any]) -> App:
    """Return what answers with these reports, one after the other."""
    turns = itertools.count()

    def answer(request: Request) -> Response:
        del request
        return json_response(200, answers[next(turns) % len(answers)])

    return answer


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
