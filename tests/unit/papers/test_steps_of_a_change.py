"""What words of a record mean: which step, how it went, and when."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_golive.papers.changes.steps import kind_of, outcome_of
from pytest_golive.papers.text.record_times import moments_in


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("snapshot_before", ("snapshot", "before")),
        ("State after the change", ("snapshot", "after")),
        ("Zustand vorher", ("snapshot", "before")),
        ("estado anterior", ("snapshot", "before")),
        ("Pre-change", ("snapshot", "before")),
        ("health_before", ("health", "before")),
        ("Health geprüft", ("health", "")),
        ("GET /sites/s/integrations/health", ("health", "")),
        ("list integrations", ("list", "")),
        ("GET /sites/s/integrations", ("list", "")),
        ("PUT /sites/s/integrations/ga4", ("config", "")),
        ("PUT_INTEGRATION", ("config", "")),
        ("Konfiguration geändert", ("config", "")),
        ("alteração da configuração", ("config", "")),
        ("POST /sites/s/integrations/ga4/test", ("test", "")),
        ("Test bestanden", ("test", "")),
        ("prueba", ("test", "")),
        ("GET /sites/s/integrations/ga4/logs?limit=100", ("logs", "")),
        ("registros", ("logs", "")),
        ("monitor_end", ("end", "")),
        ("logs watched until", ("end", "")),
        ("Beobachtung beendet", ("end", "")),
        ("monitoring", ("watch", "")),
        ("Rolled back", ("rollback", "")),
        ("zurückgerollt", ("rollback", "")),
        ("after", ("snapshot", "after")),
        ("owner", None),
        ("ticket", None),
    ],
)
def test_which_step(words: str, kind: object) -> None:
    assert kind_of(words) == kind


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (True, "passed"),
        (False, "failed"),
        (200, "passed"),
        (503, "failed"),
        ("passed", "passed"),
        ("success", "passed"),
        ("HTTP 200", "passed"),
        ("✅", "passed"),
        ("bestanden", "passed"),
        ("éxito", "passed"),
        ("passou", "passed"),
        ("no errors", "passed"),
        ("0 failed, 43 success", "passed"),
        ("keine Fehler", "passed"),
        ("failed", "failed"),
        ("not passed", "failed"),
        ("did not pass", "failed"),
        ("nicht bestanden", "failed"),
        ("falló", "failed"),
        ("falhou", "failed"),
        ("returned 401", "failed"),
        ("failed at first, then passed", "passed"),
        ("passed (the first attempt failed)", "passed"),
        ("ok, error rate 0 %", "passed"),
        ("failed: 0", "passed"),
        ("0/43 failed", "passed"),
        ("errors: 03", "failed"),
        ("error rate 0.5 %", "failed"),
        ("(failed)", "failed"),
        ("500 events", ""),
        ("thumbs up", ""),
        (None, ""),
    ],
)
def test_how_it_went(told: object, outcome: str) -> None:
    assert outcome_of(told) == outcome


@pytest.mark.parametrize(
    ("told", "times"),
    [
        ("2026-11-12T10:05:00Z", ["2026-11-12 10:05+0000"]),
        ("2026-11-12T10:05:00.123+01:00", ["2026-11-12 10:05+0100"]),
        ("2026-11-12 10:05", ["2026-11-12 10:05+0000"]),
        ("12.11.2026 um 10:05", ["2026-11-12 10:05+0000"]),
        ("12. November 2026", ["2026-11-12 00:00+0000"]),
        ("Nov 12, 2026 at 3:05 pm", ["2026-11-12 15:05+0000"]),
        ("12 de noviembre de 2026 a las 10:05", ["2026-11-12 10:05+0000"]),
        ("10:05 and 10:07", ["2026-01-01 10:05+0000", "2026-01-01 10:07+0000"]),
        (1_794_477_900, ["2026-11-12 10:05+0000"]),
        (1_794_477_900_000, ["2026-11-12 10:05+0000"]),
        ("99.99.2026", []),
        ("G-TEST000001", []),
        (True, []),
    ],
)
def test_when(told: object, times: list[str]) -> None:
    assert [f"{each:%Y-%m-%d %H:%M%z}" for each in moments_in(told, date(2026, 1, 1))] == times
