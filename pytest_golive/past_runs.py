"""Earlier runs of the same integration, for checks that ask whether something was tried at the right time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.once import Once
from pytest_golive.history.kept import KeptRun
from pytest_golive.history.store import History, HistoryProblem, file_of, is_available

MOST = 200
"""So many runs of an environment are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class PastRuns:
    """Reads the history of runs; thread-safe, and asks once for each environment.

    Attributes:
        project: name of the integration; empty where there is no history to ask.
        root: where the project lies.
        url: of the database the runs are kept in; None for the project's own file.
    """

    project: str = ""
    root: Path = Path()
    url: Secret | None = None
    _once: Once = field(default_factory=Once)

    def runs(self, environment: str) -> tuple[KeptRun, ...]:
        """Return the kept runs of an environment, the newest first; none where no history can be read."""
        found: tuple[KeptRun, ...] = self._once.get(environment, lambda: self._read(environment))
        return found

    def _read(self, environment: str) -> tuple[KeptRun, ...]:
        place: Path | str = self.url.reveal() if self.url is not None else file_of(self.root)
        if not self.project or not is_available() or (isinstance(place, Path) and not place.is_file()):
            return ()
        try:
            history = History(place)
            try:
                return history.runs(self.project, environment, MOST)
            finally:
                history.close()
        except HistoryProblem:
            return ()  # what cannot be read proves nothing, and a record still may
