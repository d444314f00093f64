"""Asks checks of Selwise's papers what they say of papers that lie in a folder, on a day that stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Journal
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.rehearsal import rehearse
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox

PLANNED = PlannedCheck("a_check", "selwise", "selwise", "staging", (), (), Severity.MAJOR)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)

Check = Callable[[Golive, PlannedCheck], None]
Record = dict[str, Any]


class Still:
    """A clock that stands."""

    def moment(self) -> datetime:
        return NOW

    def seconds(self) -> float:
        return 0.0


@dataclass(frozen=True)
class Asked:
    """Asks a check of records that lie in a folder of their own."""

    sandbox: Sandbox
    selwise: Selwise
    folder: Path
    rehearsal: bool = True

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / "changes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def __call__(self, check: Check, *records: Record, papers: Papers | None = None, **named: Any) -> str:
        for number, record in enumerate(records):
            self.write(f"{number}.json", json.dumps(record, indent=1))
        target = rehearse(self.sandbox)["sandbox"].targets["selwise"]
        names = {"staging": Environment("staging", targets={"selwise": target}, **named)}
        if "releases_to" in named:
            names["live"] = Environment("live", production=True, targets={"selwise": target})
        golive = Golive(
            names,
            "staging",
            run="0badc0de",
            sandbox=self.rehearsal,
            redactor=Redactor(),
            journal=Journal(self.folder / "journal.jsonl"),
            repository=self.folder,
        )
        golive.papers = papers or Papers(self.folder, change_records="changes")
        seen, undo = CheckRecord("a check"), read_from(Still())
        try:
            with recording(seen):
                check(golive, PLANNED)
        except (CheckFailed, CannotTell) as ended:
            kind = "failed" if isinstance(ended, CheckFailed) else "cannot tell"
            return f"{kind}: {ended.finding.requirement}; {ended.finding.expected}; {ended.finding.actual}"
        except NotVerified as missing:
            return f"not verified: {missing.reason} [{missing.key}]"
        finally:
            undo()
            golive.close()
        said = [*(f"warned: {one}" for one in seen.warnings), *(f"noted: {one}" for one in seen.notes)]
        return "; ".join(said) or "passed"
