"""The reviews of a run: whom to ask about which vendor's traffic, by golive.yaml."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.finding import NotVerified
from pytest_golive.facts.moment import moment
from pytest_golive.facts.once import Once
from pytest_golive.manifest.environment import Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.alerts.alerting import Limits
from pytest_golive.review.decisions import Decisions, read_decisions
from pytest_golive.review.names import MetricNames, metric_names
from pytest_golive.review.review import Review
from pytest_golive.review.rotation import Switch
from pytest_golive.review.sources.logs import REMOTE, AccessLogs
from pytest_golive.review.sources.prometheus import Prometheus
from pytest_golive.review.sources.records import VendorRecords
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Label, Traffic

MISSING = "monitoring: is missing: neither metrics nor logs can be asked (monitoring.prometheus, or traffic)"


@dataclass(frozen=True, slots=True)
class Watching:
    """What golive.yaml says about where the traffic can be looked at.

    Attributes:
        folder: where golive.yaml lies.
        monitoring: its `monitoring`; None: it has none.
        traffic: its `traffic`: log files.
        authorization: value of the Authorization header for Prometheus.
        vendors: those of all environments.
        environments: their names.
    """

    folder: Path
    monitoring: Monitoring | None = None
    traffic: tuple[str, ...] = ()
    authorization: Secret | None = None
    vendors: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()

    def read_decisions(self) -> Decisions:
        """Read the file of decisions.

        Raises:
            Mistakes: everything that is wrong in it.
        """
        assert self.settings.decisions is not None, "golive.yaml names one"
        return read_decisions(self.folder / self.settings.decisions, self.vendors, self.environments, moment())

    @property
    def settings(self) -> Monitoring:
        """Its `monitoring`, or an empty one."""
        return self.monitoring or Monitoring()


@dataclass(slots=True)
class Reviews:
    """The reviews of a run. Thread-safe.

    Attributes:
        watching: what golive.yaml says; None: nothing.
        example: makes what stands in for a source in a rehearsal, for an environment.
        records: gives what a vendor itself keeps of the traffic, for a vendor and an environment; None: nothing. Asked
            where the team has neither metrics nor logs.
    """

    watching: Watching | None = None
    example: Callable[[str], Traffic] | None = None
    records: Callable[[str, str], VendorRecords | None] = lambda _vendor, _environment: None
    _made: dict[tuple[str, str, datetime, bool], Review] = field(default_factory=dict)
    _sources: dict[str, Traffic] = field(default_factory=dict)
    _once: Once = field(default_factory=Once)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, vendor: str, environment: str, now: datetime) -> Review:
        """Return the review of a vendor's traffic in an environment in the week before `now`.

        Raises:
            NotVerified: golive.yaml names neither metrics nor logs.
        """
        return self._review(vendor, environment, now, lines=False)

    def lines_of(self, vendor: str, environment: str, now: datetime) -> Review:
        """Return the same from logs, where golive.yaml names some beside metrics: they tell one call from another.

        Raises:
            NotVerified: golive.yaml names neither metrics nor logs.
        """
        return self._review(vendor, environment, now, lines=True)

    def _review(self, vendor: str, environment: str, now: datetime, *, lines: bool) -> Review:
        with self._lock:
            hour = now.replace(minute=0, second=0, microsecond=0)
            key = (vendor, environment, hour, lines and self._has_logs)
            if key not in self._made:
                source = self._logs(vendor) if lines and self._has_logs else self._source(vendor, environment)
                # What the vendor keeps is of one key, and so of one environment.
                where = "" if isinstance(source, VendorRecords) else environment
                self._made[key] = Review(source, hour, self._thresholds(), self._select(vendor), where)
            return self._made[key]

    @property
    def _has_logs(self) -> bool:
        return self.watching is not None and bool(self.watching.traffic)

    @property
    def has_figures(self) -> bool:
        """Whether the team keeps figures itself: in metrics or in logs."""
        watching = self.watching
        named = watching is not None and (watching.settings.prometheus is not None or bool(watching.traffic))
        return named or self.example is not None

    @property
    def decisions(self) -> Decisions | None:
        """What was decided about the findings of earlier reviews; None: golive.yaml names no file.

        Raises:
            Mistakes: the file has become wrong since the run began.
        """
        watching = self.watching
        if watching is None or watching.settings.decisions is None:
            return None
        made: Decisions = self._once.get("decisions", watching.read_decisions)
        return made

    def switch_of(self, target: Target, now: datetime) -> Switch | None:
        """Return when the key of a vendor was replaced, None where that is not told; the example's was lately."""
        if self.example is not None:
            return Switch(now - timedelta(days=3), now - timedelta(days=2))
        return Switch.read(target.rotation)

    @property
    def prometheus(self) -> Prometheus | None:
        """The Prometheus of golive.yaml; None: it names none."""
        watching = self.watching
        if watching is None or watching.settings.prometheus is None:
            return None
        with self._lock:
            return cast("Prometheus", self._source("", ""))

    @property
    def names(self) -> MetricNames:
        """How the project's metrics are called."""
        settings = self._settings
        return metric_names(settings.preset, _named(settings.metrics), _named(settings.labels))

    @property
    def limits(self) -> Limits:
        """From what on alerts fire."""
        return Limits(**_named(self._settings.alert_limits))

    @property
    def alert_files(self) -> tuple[Path, ...]:
        """The rule files of golive.yaml."""
        return () if self.watching is None else tuple(self.watching.folder / name for name in self._settings.alerts)

    @property
    def route_files(self) -> tuple[Path, ...]:
        """The files of golive.yaml that say whom alerts are sent to."""
        return () if self.watching is None else tuple(self.watching.folder / name for name in self._settings.routes)

    @property
    def dashboard_files(self) -> tuple[Path, ...]:
        """The dashboards of golive.yaml that are files; a pattern that fits none stands for itself."""
        if self.watching is None:
            return ()
        places = (self.watching.folder / name for name in self._settings.dashboards if "://" not in name)
        return tuple(path for place in places for path in _fitting(place) or [place])

    @property
    def dashboard_addresses(self) -> tuple[str, ...]:
        """The dashboards of golive.yaml that lie at an address."""
        return tuple(name for name in self._settings.dashboards if "://" in name)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time this was asked for."""
        return self._once.get(key, make)

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            for source in self._sources.values():
                if isinstance(source, (Prometheus, AccessLogs)):
                    source.close()
            self._sources.clear()
            self._made.clear()

    def _source(self, vendor: str, environment: str) -> Traffic:
        watching = self.watching
        if watching is None or (watching.settings.prometheus is None and not watching.traffic):
            if self.example is not None:
                return self.example(environment)
            kept = self.records(vendor, environment) if vendor else None
            if kept is None:
                raise NotVerified(MISSING, key="monitoring")
            return kept
        settings = watching.settings
        if settings.prometheus is not None:
            if "" not in self._sources:
                headers = {"Authorization": watching.authorization.reveal()} if watching.authorization else {}
                self._sources[""] = Prometheus(settings.prometheus, self.names, headers=headers)
            return self._sources[""]
        return self._logs(vendor)

    def _logs(self, vendor: str) -> Traffic:
        watching = self.watching
        assert watching is not None, "there are logs"
        if vendor not in self._sources:
            files = [each if each.startswith(REMOTE) else str(watching.folder / each) for each in watching.traffic]
            self._sources[vendor] = AccessLogs(files, _named(watching.settings.fields), where=self._select(vendor))
        return self._sources[vendor]

    @property
    def _settings(self) -> Monitoring:
        return Monitoring() if self.watching is None else self.watching.settings

    def _select(self, vendor: str) -> dict[Label, str]:
        if self.watching is None:
            return {}
        return dict(self.watching.settings.select.get(vendor, {}))

    def _thresholds(self) -> Thresholds:
        given = {} if self.watching is None else _named(self.watching.settings.thresholds)
        whole = {"least_ratings", "least_calls"}
        return Thresholds(**{name: int(value) if name in whole else value for name, value in given.items()})


def _fitting(place: Path) -> list[Path]:
    """Return the files that a pattern fits; none where it is no pattern."""
    root = Path(place.anchor)
    return sorted(root.glob(str(place.relative_to(root)))) if "*" in str(place) else []


def _named(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what golive.yaml gives by names that its schema knows, as plain text."""
    return {str(name): value for name, value in given.items()}
