"""Records of changes as teams keep them: data, pages and tables, in several languages and under several names."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.changes import recorded, recorded_states, watched
from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.changes.records import changes_of
from pytest_golive.papers.text.reading import Paper

CONFIG = {
    "provider": "ga4",
    "enabled": True,
    "testMode": False,
    "config": {"measurementId": "G-TEST000001"},
    "eventMapping": {"purchase": "purchase"},
    "reverseEventMapping": {},
    "eventFilters": {},
}
LIST = [CONFIG, {**CONFIG, "provider": "meta"}]
HEALTH = {
    "status": "healthy",
    "checkedAt": "2026-11-12T10:00:00Z",
    "integrations": [{"provider": "ga4", "status": "healthy"}],
}

FLAT = {
    "provider": "ga4",
    "when": "2026-11-12",
    "who": "Ana",
    "integrationsBefore": LIST,
    "healthBefore": HEALTH,
    "whatChanged": "eventFilters.purchase added",
    "configAt": "2026-11-12T10:05:00Z",
    "test": {"at": "2026-11-12T10:06:00Z", "success": True},
    "healthAfter": {"at": "2026-11-12T10:07:00Z", "status": "healthy"},
    "logs": {"checkedAt": "2026-11-12T10:10:00Z", "watchedUntil": "2026-11-20T00:00:00Z", "by": "Ana"},
    "stateAfter": CONFIG,
    "rollback": "PUT enabled:false if needed",
}
PAGE = f"""# CHG-101: GA4 purchase filter

- **Provider:** ga4
- **Owner:** Ana
- Date: 2026-11-12

## Before

List of integrations and health at 10:00:

```json
{json.dumps(LIST)}
```

Health:

```json
{json.dumps(HEALTH)}
```

## Steps

1. 10:05 PUT eventFilters.purchase
2. 10:06 Test: passed
3. 10:07 Health: healthy
4. 10:10 Logs read with limit=100, 12 successes, no errors

## After

```json
{json.dumps(LIST)}
```

## Rollback

Not needed.

## Monitoring

- 2026-11-13 09:00 logs ok
- Watched until 2026-11-19 12:00, signed off by Ana
"""
TABLE = """# Changes of integrations

## 2026-11-12 ga4: mapping

Provider: ga4

| Time | Step | Result |
|---|---|---|
| 10:00 | Snapshot before (list + health) | [before](states/before.json) |
| 10:05 | Config | 200 |
| 10:06 | Test | success |
| 10:07 | Health | healthy |
| 10:10 | Logs | ok |
| 10:12 | Snapshot after | [after](states/after.json) |

## 2026-11-13 meta: filter

Provider: meta

| Time | Step | Result |
|---|---|---|
| 10:05 | Config | 200 |
| 10:04 | Test | success |
| 10:07 | Health | healthy |
| 10:10 | Logs | ok |
"""
FRONT = f"""---
provider: ga4
date: 2026-11-12
owner: Ana
---

# Purchase filter

1. **10:00** — listed integrations (three, all on) and read health
2. **10:05** — changed configuration: `eventFilters.purchase`
3. **10:06** — test event sent, success
4. **10:07** — health checked, healthy
5. **10:10** — logs checked

## State before

```yaml
{json.dumps(LIST)}
```

## State after

```yaml
{json.dumps(LIST)}
```
"""
GERMAN = """# Änderung 17: GA4-Zuordnung

Anbieter: GA4
Verantwortlich: Ana
Datum: 12.11.2026

1. 10:00 Liste der Integrationen und Health gelesen
2. 10:05 Konfiguration geändert (eventMapping.purchase)
3. 10:06 Test bestanden
4. 10:07 Health geprüft: healthy
5. 10:10 Logs geprüft, keine Fehler
6. Beobachtung beendet: 20.11.2026, Ana
"""
SPANISH = """
cambios:
  - proveedor: ga4
    fecha: 2026-11-12
    responsable: Ana
    pasos:
      - {paso: lista de integraciones y salud, hora: "10:00"}
      - {paso: cambio de configuración, hora: "10:05"}
      - {paso: prueba, hora: "10:06", resultado: éxito}
      - {paso: salud, hora: "10:07"}
      - {paso: registros, hora: "10:10"}
"""
PORTUGUESE = """
- provedor: ga4
  data: 2026-11-12
  responsável: Ana
  passos:
    - 10:00 lista de integrações e saúde
    - 10:05 alteração da configuração
    - 10:06 teste aprovado
    - 10:07 saúde verificada
    - 10:10 registros lidos
"""
NAMED = """
CHG-7:
  target: {provider: google analytics 4}
  steps:
    list before: {at: 2026-11-12T10:00Z, integrations: [ga4, meta]}
    health before: {at: 2026-11-12T10:00Z, status: healthy}
    change: {at: 2026-11-12T10:05Z}
    test: {at: 2026-11-12T10:06Z, response: {success: true, message: ok}}
    health: {at: 2026-11-12T10:07Z, status: healthy}
    logs: {at: 2026-11-12T10:10Z}
"""
ROWS = (
    "change;provider;list_before_at;health_before_at;config_at;test_at;test_result;health_at;logs_at\n"
    "C1;ga4;2026-11-12 10:00;2026-11-12 10:00;2026-11-12 10:05;2026-11-12 "
    "10:06;passed;2026-11-12 10:07;2026-11-12 10:10\n"
)
WIDE = """| Change | Provider | List and health before | Config | Test | Health | Logs |
|---|---|---|---|---|---|---|
| C-9 | GA4 | 2026-11-12 10:00 | 2026-11-12 10:05 | 2026-11-12 10:06 passed | 2026-11-12 10:07 | 2026-11-12 10:10 ok |
"""

CHECKLIST = """# Change 2026-11-12: GA4 purchase mapping

| | |
|---|---|
| Provider | GA4 |
| Environment | production |
| Changed by | @ana |

## Pre-change

- [x] Listed integrations (10:00 UTC): ga4 enabled, meta enabled, gads disabled
- [x] Health checked (10:01 UTC): all healthy
- [x] Saved snapshot: [states/before.json](states/before.json)

## Change (10:05 UTC)

| Field | Before | After |
|---|---|---|
| eventMapping.purchase | Buy | Purchase |

## Verification

- [x] 10:07 UTC Test event: success
- [x] 10:09 UTC Health: healthy
- [x] 10:15 UTC Logs (limit=100): 43 success, 0 failed

## Post-change

Snapshot: [states/after.json](states/after.json)
"""
NESTED = f"""
id: 2026-11-12-ga4
provider: ga4
by: ana@shop.example
before: {{captured_at: 2026-11-12T10:00:00Z, integrations: {json.dumps(LIST)}, health: {json.dumps(HEALTH)}}}
change: {{at: 2026-11-12T10:05:00Z, what: eventFilters.purchase lowered to 10}}
test: {{at: 2026-11-12T10:06:00Z, result: passed}}
health: {{at: 2026-11-12T10:07:00Z, status: healthy}}
logs: {{at: 2026-11-12T10:12:00Z, successes: 12, failures: 0}}
after: {{captured_at: 2026-11-12T10:13:00Z, integrations: {json.dumps(LIST)}, health: {json.dumps(HEALTH)}}}
rollback: null
"""
LOGGED = """# Integration change log (Selwise)

### CHG-201 — 2026-11-12 — GA4 — Ana

**Change:** mapped `checkout_begin` to `InitiateCheckout`

| # | Step | When (UTC) | Result | Evidence |
|---|------|-----------|--------|----------|
| 1 | List integrations | 10:00 | 3 integrations | states/before.json |
| 2 | Read health | 10:00 | healthy | states/before.json |
| 3 | PUT /integrations/ga4 | 10:05 | 200 | |
| 4 | POST /integrations/ga4/test | 10:06 | success: true | |
| 5 | GET /integrations/health | 10:07 | healthy | |
| 6 | GET /integrations/ga4/logs?limit=100 | 10:15 | 37 success / 0 failed | |
| 7 | List integrations (after) | 10:16 | only eventMapping.checkout_begin added | states/after.json |
| 8 | Monitoring ended | 2026-11-19 09:30 | Ana | |

"""
PLAIN = """Change 2026-11-12 GA4
Provider: ga4
Who: Ana Example
Before: integrations listed at 10:00 (ga4, meta, gads), health green at 10:01
Config: conversionLabel replaced at 10:05
Test: passed at 10:06
Health: green at 10:07
Logs: checked at 10:20, 20 successes
After: integrations listed at 10:21
Logs watched until: 2026-11-20 (Ana)
"""
ASCIIDOC = """= Cambio 31: GA4

Proveedor:: GA4
Responsable:: Ana
Fecha:: 12/11/2026

. 10:00 Lista de integraciones y salud leídas
. 10:05 Cambio aplicado (eventMapping)
. 10:06 Prueba correcta
. 10:07 Salud verificada
. 10:15 Registros revisados, sin errores
. Vigilancia terminada el 20/11/2026 por Ana
"""
GROUPED = """
change: CHG-2026-041
provider: ga4
date: 2026-11-12
operator: ana
pre:
  taken: 2026-11-12T10:00:00Z
  list: states/list.json
  health: states/health.json
update: {method: PUT, sent: 2026-11-12T10:05:00Z, fields: [eventMapping]}
verification:
  test: {called: 2026-11-12T10:06:00Z, success: true}
  health: {called: 2026-11-12T10:07:00Z, status: healthy}
  logs: {called: 2026-11-12T10:12:00Z, limit: 100, success: 42, failed: 0}
post:
  list: states/after.json
monitoring:
  checks: [2026-11-13, 2026-11-16, 2026-11-17, 2026-11-18, 2026-11-19]
  ended: 2026-11-19T12:00:00Z
  ended_by: ana
rollback: {needed: false}
"""
CALLS = {
    "changeId": "C1",
    "provider": "ga4",
    "operator": "ana",
    "steps": [
        {"step": name, "timestamp": f"2026-11-12T10:{at}.000Z", "statusCode": 200, "response": response}
        for name, at, response in (
            ("LIST_INTEGRATIONS", "00:00", LIST),
            ("GET_HEALTH", "00:05", HEALTH),
            ("PUT_INTEGRATION", "05:00", {"provider": "ga4"}),
            ("TEST_INTEGRATION", "05:30", {"success": True, "message": "ok"}),
            ("GET_HEALTH", "06:00", HEALTH),
            ("GET_LOGS", "10:00", {"items": [], "total": 0}),
            ("LIST_INTEGRATIONS", "11:00", LIST),
        )
    ],
}
PROSE = """# 2026-11-12 GA4: rotated the API secret

**Who:** Ana

1. Baseline (10:00): list + health, all three providers on and healthy.
2. PUT with the new secret at 10:05.
3. Provider test passed at 10:06.
4. Health green at 10:07.
5. Logs at 10:20: 18 successes, no failures.

Rollback (if needed): PUT {"enabled": false}.

Watched daily until 2026-11-19, closed by Ana.
"""

RIGHT = {
    "checklist.md": CHECKLIST,
    "nested.yaml": NESTED,
    "grouped.yaml": GROUPED,
    "logged.md": LOGGED,
    "plain.txt": PLAIN,
    "asciidoc.adoc": ASCIIDOC,
    "calls.json": json.dumps(CALLS),
    "prose.md": PROSE,
    "flat.json": json.dumps(FLAT),
    "lines.jsonl": json.dumps(FLAT) + "\n",
    "page.md": PAGE,
    "table.md": TABLE.partition("## 2026-11-13")[0],
    "front.md": FRONT,
    "german.md": GERMAN,
    "spanish.yaml": SPANISH,
    "portuguese.yml": PORTUGUESE,
    "named.yaml": NAMED,
    "rows.csv": ROWS,
    "wide.md": WIDE,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "states").mkdir()
    (tmp_path / "states" / "before.json").write_text(json.dumps({"integrations": LIST, "health": HEALTH}))
    (tmp_path / "states" / "list.json").write_text(json.dumps(LIST))
    (tmp_path / "states" / "health.json").write_text(json.dumps(HEALTH))
    (tmp_path / "states" / "after.json").write_text(json.dumps(LIST))
    return tmp_path


def _one(folder: Path, name: str, text: str) -> Change:
    (change,) = changes_of([Paper(name, text)], folder)
    return change


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_record_is_read_as_one(folder: Path, name: str) -> None:
    """Steps, order, test, list and health are found in every one of them."""
    change = _one(folder, name, RIGHT[name])

    assert change.targets == ("ga4",)
    assert change.at is not None
    assert f"{change.at:%Y-%m-%d %H:%M}" == "2026-11-12 10:05"
    faults = [
        *recorded.wrong_order(change),
        *recorded.not_tested(change, 15),
        *recorded_states.late_or_no_list(change, 60),
        *recorded_states.late_or_no_health(change, 60),
    ]
    assert [str(each) for each in faults] == []


@pytest.mark.parametrize(
    "name",
    [
        "flat.json",
        "page.md",
        "table.md",
        "front.md",
        "checklist.md",
        "nested.yaml",
        "grouped.yaml",
        "calls.json",
        "logged.md",
    ],
)
def test_the_states_are_found(folder: Path, name: str) -> None:
    change = _one(folder, name, RIGHT[name])

    assert [*recorded_states.no_states(change)] == []
    assert change.before.providers["ga4"]["eventMapping"] == {"purchase": "purchase"}
    assert "ga4" in change.after.providers


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("page.md", "2. 10:06 Test: passed\n", "", "lacks test"),
        ("page.md", "10:06 Test", "10:04 Test", "test at 2026-11-12 10:04 came before config at 2026-11-12 10:05"),
        ("german.md", "3. 10:06 Test bestanden\n", "", "lacks test"),
        ("checklist.md", "- [x] 10:07 UTC Test event: success", "- [ ] Test event", "lacks test"),
        (
            "german.md",
            "10:07 Health",
            "10:12 Health",
            "logs at 2026-11-12 10:10 came before health at 2026-11-12 10:12",
        ),
        ("spanish.yaml", '      - {paso: salud, hora: "10:07"}\n', "", "lacks health"),
        ("portuguese.yml", "    - 10:10 registros lidos\n", "", "lacks logs"),
        ("rows.csv", "10:06;passed", "10:01;passed", "test at 2026-11-12 10:01 came before config at 2026-11-12 10:05"),
        ("wide.md", "| 2026-11-12 10:10 ok |", "| |", "lacks logs"),
        ("named.yaml", "    logs: {at: 2026-11-12T10:10Z}\n", "", "lacks logs"),
    ],
)
def test_a_wrong_record_is_read_as_one(folder: Path, name: str, old: str, new: str, told: str) -> None:
    assert old in RIGHT[name]
    change = _one(folder, name, RIGHT[name].replace(old, new))

    assert [told in str(each) for each in recorded.wrong_order(change)] == [True]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("page.md", "Test: passed", "Test: failed"),
        ("german.md", "Test bestanden", "Test nicht bestanden"),
        ("spanish.yaml", "resultado: éxito", "resultado: falló"),
        ("portuguese.yml", "teste aprovado", "teste falhou"),
        ("flat.json", '"success": true', '"success": false'),
        ("named.yaml", "success: true", "success: false"),
        ("rows.csv", "passed", "failed"),
    ],
)
def test_a_failed_test_is_read_as_one(folder: Path, name: str, old: str, new: str) -> None:
    change = _one(folder, name, RIGHT[name].replace(old, new))

    assert ["failed" in str(each) for each in recorded.not_tested(change, 15)] == [True]


@pytest.mark.parametrize("name", ["page.md", "prose.md", "grouped.yaml", "logged.md", "plain.txt", "asciidoc.adoc"])
def test_the_watch_is_found(folder: Path, name: str) -> None:
    assert [*watched.not_watched(_one(folder, name, RIGHT[name]), 7, datetime(2026, 11, 28, tzinfo=UTC))] == []


def test_each_section_of_a_page_is_a_record(folder: Path) -> None:
    """They are found with the line of their heading."""
    first, second = changes_of([Paper("table.md", TABLE)], folder)

    assert (first.place, second.place) == ("table.md:3", "table.md:16")
    assert [str(each) for each in recorded.wrong_order(second)] == [
        "table.md:23: 2026-11-13 meta: filter: test at 2026-11-13 10:04 came before config at 2026-11-13 10:05"
    ]


def test_files_beside_records_are_none(folder: Path) -> None:
    """A page that explains how to keep records, a template, and a state that a record names."""
    papers = [
        Paper("changes/README.md", PAGE),
        Paper("changes/TEMPLATE.md", PAGE),
        Paper("changes/states/before.json", json.dumps({"integrations": LIST, "health": HEALTH})),
        Paper("changes/page.md", PAGE),
    ]

    assert [each.paper for each in changes_of(papers, folder)] == ["changes/page.md"]


def test_a_record_without_times_tells_no_order(folder: Path) -> None:
    """Fields beside each other have none; what is not told is not wrong."""
    steps = {"config": "done", "test": "passed", "health": "healthy", "logs": "read"}
    flat = {"provider": "ga4", "when": "2026-11-12", **steps}
    faults = [*recorded.wrong_order(_one(folder, "flat.json", json.dumps(flat)))]

    assert str(faults[0]) == "flat.json:1: the change of ga4 does not tell whether test came after config"
    assert not any(each.certain for each in faults)


def test_a_webhook_and_the_data_layer(folder: Path) -> None:
    """The data layer has neither test nor logs: reading it back is enough."""
    layer: dict[str, Any] = {"target": "data layer", "steps": [{"kind": "config", "at": "2026-11-12T10:05:00Z"}]}
    hook = {"target": {"kind": "webhook", "key": "orders"}, "steps": layer["steps"][:1]}

    assert [str(each) for each in recorded.wrong_order(_one(folder, "layer.json", json.dumps(layer)))] == [
        "layer.json:1: the change of data layer was not read back"
    ]
    layer["steps"] += [{"kind": "read back", "at": "2026-11-12T10:06:00Z", "outcome": "snapshot as planned"}]
    assert [*recorded.wrong_order(_one(folder, "layer.json", json.dumps(layer)))] == []
    change = _one(folder, "hook.json", json.dumps(hook))
    assert change.targets == ("webhook orders",)
    assert [str(each) for each in recorded.wrong_order(change)] == [
        "hook.json:1: the change of webhook orders lacks test, health and logs"
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Rollback: PUT enabled:false if needed", False),
        ("Rollback: not needed", False),
        ("Rollback: none", False),
        ("Rollback: prepared, when health turns red by 2026-11-13", False),
        ("Rollback: 10:08 PUT enabled:false, done", True),
        ("Rolled back at 10:08 since the test failed", True),
    ],
)
def test_a_way_back_that_is_only_prepared(folder: Path, text: str, made: bool) -> None:
    page = GERMAN.replace("6. Beobachtung beendet: 20.11.2026, Ana", f"6. {text}")

    assert recorded.was_rolled_back(_one(folder, "german.md", page)) is made


def test_states_that_lie_beside_their_record(folder: Path) -> None:
    """A folder for each change, or files that are named like the record; a README may be the record then."""
    bare = GERMAN.replace("Liste der Integrationen und Health gelesen", "Zustand gesichert (Liste und Health)")
    states = {"before": json.dumps({"integrations": LIST, "health": HEALTH}), "after": json.dumps(LIST)}
    papers = [Paper("changes/17/README.md", bare), Paper("changes/18.md", bare), Paper("changes/19.md", bare)]
    papers += [Paper(f"changes/17/{phase}.json", text) for phase, text in states.items()]
    papers += [Paper(f"changes/18-{phase}.json", text) for phase, text in states.items()]
    for paper in papers:
        (folder / paper.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / paper.name).write_text(paper.text)
    first, second, third = sorted(changes_of(papers, folder), key=lambda each: each.paper)

    assert [each.paper for each in (first, second, third)] == [
        "changes/17/README.md",
        "changes/18.md",
        "changes/19.md",
    ]
    assert [{*each.before.providers} & {*each.after.providers} for each in (first, second)] == [{"ga4", "meta"}] * 2
    assert [{*third.before.providers}, {*third.after.providers}] == [set(), set()]


@pytest.mark.parametrize(
    ("planned", "named"),
    [
        ("eventMapping.purchase", True),
        ("ga4.event_mapping.purchase", True),
        ("eventMapping", True),
        ("removes the mapping of purchase", True),
        ("purchase no longer goes to GA4", True),
        ("eventFilters.purchase", False),
        ("GA4 purchase filter", False),
        ("purchase-filter removed", False),
    ],
)
def test_what_was_meant_to_change(folder: Path, planned: str, named: bool) -> None:
    change = _one(folder, "flat.json", json.dumps({**FLAT, "whatChanged": planned}))

    assert change.has_planned("eventMapping.purchase") is named


@pytest.mark.parametrize(
    ("told", "targets"),
    [
        ({"provider": "ga4 (meta stays as it is)"}, ("ga4",)),
        ({"provider": "GA4 and Meta"}, ("ga4", "meta")),
        ({"targets": ["ga4", "google_ads"]}, ("ga4", "gads")),
        ({"target": {"kind": "webhook", "key": "orders"}}, ("webhook orders",)),
        ({"target": "data_layer"}, ("data layer",)),
        ({"title": "Mapping of Meta as GA4 has it"}, ("meta",)),
        ({"title": "Purchases", "change": {"at": "2026-11-12T10:05Z", "call": "PUT /integrations/gads"}}, ("gads",)),
    ],
)
def test_what_was_changed(folder: Path, told: dict[str, Any], targets: tuple[str, ...]) -> None:
    steps = {name: value for name, value in FLAT.items() if name not in {"provider", "whatChanged", "configAt"}}
    change = {"configAt": "2026-11-12T10:05:00Z"} if "change" not in told else {}

    assert _one(folder, "one.json", json.dumps({**steps, **change, **told})).targets == targets
