"""What is watched is kept in files, and alerts reach those who have to act."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_golive.golive import Golive
from pytest_golive.papers.owners import owner_of
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.alerts.routes import Alert, Receiver, RoutesProblem, alerts_in
from pytest_golive.review.asking import files_named, routes_named
from pytest_golive.review.dashboards.watched import ALERTS, PANELS, Wanted, unresolved

SHOWN = 7
ROUTES, ALERT_FILES, DASHBOARDS = "monitoring.routes", "monitoring.alerts", "monitoring.dashboards"
OWNER = "operations.owners.monitoring"


def test_watching_is_kept_in_files(golive: Golive, planned: PlannedCheck) -> None:
    """Dashboards and alerts are files of the repository, and each thing that has to be watched stands in one.

    If this fails: export them into the repository, name them under `monitoring`, and add what the finding names.
    """
    reviews = golive.reviews
    vendor = golive.vendor(planned.vendor, planned.environment)
    used = {name: vendor.has(name) for name in vendor.pack.features}
    missing: list[Wanted] = []
    for key, files, wanted in (
        (DASHBOARDS, reviews.dashboard_files, PANELS),
        (ALERT_FILES, reviews.alert_files, ALERTS),
    ):
        text = "\n".join(_texts(key, files))
        missing += unresolved(wanted, text, reviews.names, used)
    golive.must(
        "what has to be watched has to stand in files",
        not missing,
        expected="a panel or an alert for each",
        actual=f"none for {', '.join(f'{each.what} ({each.rule})' for each in missing[:SHOWN])}",
    )
    if reviews.dashboard_addresses:
        golive.note(f"{', '.join(reviews.dashboard_addresses)}: what lies at an address was not looked at")


def test_alerts_reach_their_owner(golive: Golive, planned: PlannedCheck) -> None:
    """Every alert is sent to the team that owns monitoring.

    If this fails: point the route of the alert at the team's receiver.
    """
    owner = owner_of(golive.papers.owners, "monitoring", planned.vendor)
    if owner is None or is_placeholder(owner[1]):
        golive.not_verified(f"{OWNER} is missing: nobody is named", key=OWNER)
    assert owner is not None, "the check ended otherwise"
    files = files_named(ALERT_FILES, golive.reviews.alert_files)
    alerts = _alerts(golive, files, planned.vendor)
    routes = routes_named(ROUTES, golive.reviews.route_files)
    others = [each for each in golive.papers.owners.values() if each.casefold() != owner[1].casefold()]
    wrong: list[str] = []
    silent: dict[str, None] = {}
    for alert in alerts:
        for each, receiver in [(way, receiver) for way in routes for receiver in way.of(alert.labels)]:
            known = each.receivers.get(receiver)
            told = _wrong(alert, receiver, known, owner[1], others)
            if told:
                wrong.append(f"{each.file}: {told}")
            elif known is not None and not _names(owner[1], _about(known, alert)):
                silent[receiver] = None
    golive.must(
        "alerts have to reach the team that owns monitoring",
        not wrong,
        expected=f"a receiver of {owner[1]} for each",
        actual="; ".join(dict.fromkeys(wrong[:SHOWN])),
    )
    if silent:
        golive.warn(f"{', '.join(silent)}: no name in it tells that this is {owner[1]}; see that it is")
    golive.note(f"alerts that were followed to their receivers: {len(alerts)}")


def _wrong(alert: Alert, receiver: str, known: Receiver | None, owner: str, others: Sequence[str]) -> str:
    if known is None:
        return f"{alert.name} goes to {receiver or 'nobody'}, which is not defined"
    if not known.reaches:
        return f"{alert.name} goes to {receiver}, which reaches nobody"
    told = _about(known, alert)
    theirs = [each for each in others if _names(each, told)]
    if theirs and not _names(owner, told):
        return f"{alert.name} goes to {receiver}, which is {theirs[0]}'s"
    return ""


def _about(receiver: Receiver, alert: Alert) -> str:
    own = (value for name, value in alert.labels.items() if re.search(r"team|owner|squad|group", name))
    return " ".join((receiver.name, receiver.told, *own))


def _names(team: str, told: str) -> bool:
    """Whether all words of a team's name stand in a text."""
    # The company's own name in its addresses tells no team from another.
    plain = re.sub(r"[^a-z0-9]+", "", re.sub(r"@[\w-]+\.[\w.-]+", " ", told.casefold()))
    words = [word for word in re.findall(r"[^\W_]+", team.casefold()) if word not in {"team", "the", "squad", "equipo"}]
    if not words:
        return False
    return all(re.sub(r"[^a-z0-9]+", "", word) in plain for word in words)


def _texts(key: str, files: Sequence[Path]) -> Iterator[str]:
    for path in files_named(key, files):
        yield path.read_text("utf-8", "replace")


def _alerts(golive: Golive, files: Sequence[Path], vendor: str) -> list[Alert]:
    """Return the alerts of some files that are about a vendor; where none says so, all but those for nobody."""
    __tracebackhide__ = True
    requirement, expected = "alerts have to be readable", "rule files of Prometheus or Grafana"
    alerts: list[Alert] = []
    for file in files:
        try:
            alerts += alerts_in(file)
        except RoutesProblem as problem:
            golive.cannot_tell(requirement, expected=expected, actual=str(problem))
    if not alerts:
        names = ", ".join(file.name for file in files)
        golive.cannot_tell(requirement, expected=expected, actual=f"{names} holds no alert")
    named = [alert for alert in alerts if vendor in alert.text.casefold()]
    others = set(golive.environment.targets) - {vendor}
    rest = [alert for alert in alerts if alert.labels.get("vendor", "").casefold() not in others]
    return named or [alert for alert in rest if not alert.is_for_nobody]
