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
from pytest_golive.facts.once import Once
from pytest_golive.manifest.environment import Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.alerting import Limits
from pytest_golive.review.logs import REMOTE, AccessLogs
from pytest_golive.review.names import MetricNames, metric_names
from pytest_golive.review.prometheus import Prometheus
from pytest_golive.review.review import Review
from pytest_golive.review.rotation import Switch
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
    """

    folder: Path
    monitoring: Monitoring | None = None
    traffic: tuple[str, ...] = ()
    authorization: Secret | None = None

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
    """

    watching: Watching | None = None
    example: Callable[[str], Traffic] | None = None
    _made: dict[tuple[str, str, datetime], Review] = field(default_factory=dict)
    _sources: dict[str, Traffic] = field(default_factory=dict)
    _once: Once = field(default_factory=Once)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, vendor: str, environment: str, now: datetime) -> Review:
        """Return the review of a vendor's traffic in an environment in the week before `now`.

        Raises:
            NotVerified: golive.yaml names neither metrics nor logs.
        """
        with self._lock:
            hour = now.replace(minute=0, second=0, microsecond=0)
            key = (vendor, environment, hour)
            if key not in self._made:
                source = self._source(vendor, environment)
                self._made[key] = Review(source, hour, self._thresholds(), self._select(vendor), environment)
            return self._made[key]

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
    def dashboards(self) -> tuple[str, ...]:
        """The dashboards of golive.yaml: addresses, and files seen from its folder."""
        return tuple(self._settings.dashboards)

    @property
    def folder(self) -> Path:
        """Where golive.yaml lies."""
        return Path() if self.watching is None else self.watching.folder

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
            raise NotVerified(MISSING, key="monitoring")
        settings = watching.settings
        if settings.prometheus is not None:
            if "" not in self._sources:
                headers = {"Authorization": watching.authorization.reveal()} if watching.authorization else {}
                self._sources[""] = Prometheus(settings.prometheus, self.names, headers=headers)
            return self._sources[""]
        if vendor not in self._sources:
            files = [each if each.startswith(REMOTE) else str(watching.folder / each) for each in watching.traffic]
            self._sources[vendor] = AccessLogs(files, _named(settings.fields), where=self._select(vendor))
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


def _named(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what golive.yaml gives by names that its schema knows, as plain text."""
    return {str(name): value for name, value in given.items()}
