"""Where a run looks at the team's traffic: what golive.yaml names, or the example project's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.credentials.source import SourceProblem, read_secret
from pytest_golive.manifest.environment import Environment
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Manifest, Monitoring
from pytest_golive.review.names import Selector
from pytest_golive.review.reviews import Reviews, Watching
from pytest_golive.review.sources.example import example_traffic
from pytest_golive.review.traffic import Traffic
from pytest_golive.sandbox.rehearsal import CHOSEN


def watching_of(manifest: Manifest, folder: Path) -> Watching | None:
    """Return where the traffic can be looked at; None where golive.yaml says nothing of it.

    Raises:
        Mistakes: a metric is no metric, the authorization cannot be read, or the decisions are not right.
    """
    monitoring = manifest.monitoring
    if monitoring is None and not manifest.traffic:
        return None
    mistakes: list[Mistake] = []
    authorization = None
    if monitoring is not None and monitoring.authorization is not None:
        try:
            authorization = read_secret(monitoring.authorization, "monitoring.authorization", folder)
        except SourceProblem as problem:
            mistakes.append(manifest.mistake(("monitoring", "authorization"), f"monitoring.authorization: {problem}"))
    for name, metric in (monitoring.metrics if monitoring else {}).items():
        try:
            Selector.read(metric)
        except ValueError as error:
            mistakes.append(manifest.mistake(("monitoring", "metrics", name), f"monitoring.metrics.{name}: {error}"))
    if mistakes:
        raise Mistakes(mistakes)
    vendors = tuple(dict.fromkeys(vendor for each in manifest.environments.values() for vendor in each.vendors))
    watching = Watching(folder, monitoring, manifest.traffic, authorization, vendors, tuple(manifest.environments))
    if watching.settings.decisions is not None:
        watching.read_decisions()  # what is wrong in it is told now
    return watching


def monitored(watching: Watching | None, *, rehearsal: bool) -> frozenset[str]:
    """Return what of the team's monitoring golive can ask: its figures, its alerts; the example has figures."""
    if watching is None:
        return frozenset({"figures"} if rehearsal else ())
    settings = watching.settings
    figures = settings.prometheus is not None or bool(watching.traffic)
    return frozenset(name for name, there in (("figures", figures), ("alerts", bool(settings.alerts))) if there)


def reviews_of(watching: Watching | None, environments: Mapping[str, Environment], redactor: Redactor) -> Reviews:
    """Return the reviews of a run; a rehearsal without metrics and logs looks at the example's traffic."""
    if watching is not None and watching.authorization is not None:
        redactor.add(watching.authorization)
    if watching is not None or CHOSEN not in environments:
        return Reviews(watching)

    def example(environment: str) -> Traffic:
        targets = environments[environment].targets.values()
        ids = {name: value for target in targets for name, value in target.ids.items()}
        return example_traffic(environment, ids, [name for target in targets for name in target.uses])

    return Reviews(example=example)


def told(reviews: Reviews) -> dict[str, Any] | None:
    """Return what a worker of xdist has to know of where the traffic can be looked at."""
    watching = reviews.watching
    if watching is None:
        return None
    monitoring, authorization = watching.monitoring, watching.authorization
    return {
        "folder": str(watching.folder),
        "monitoring": None if monitoring is None else monitoring.model_dump(mode="json", exclude_none=True),
        "traffic": list(watching.traffic),
        "authorization": None if authorization is None else [authorization.reveal(), authorization.name],
        "vendors": list(watching.vendors),
        "environments": list(watching.environments),
    }


def received(sent: Mapping[str, Any] | None) -> Watching | None:
    """Return what :func:`told` was told."""
    if sent is None:
        return None
    monitoring, authorization = sent["monitoring"], sent["authorization"]
    return Watching(
        Path(sent["folder"]),
        None if monitoring is None else Monitoring.model_validate(monitoring),
        tuple(sent["traffic"]),
        None if authorization is None else Secret(*authorization),
        tuple(sent["vendors"]),
        tuple(sent["environments"]),
    )
