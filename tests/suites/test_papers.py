"""The checks of what is written down, on papers that are right in many ways and on those that are wrong in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.papers.test_batches as batches
import suites.papers.test_change_log as changed
import suites.papers.test_incidents as incidents
import suites.papers.test_logs_of_change as logs
import suites.papers.test_owners as owners
import suites.papers.test_rotation_dates as dates
import suites.papers.test_runbooks as runbooks
import suites.papers.test_services as services
import suites.papers.test_way_back as back
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.history.kept import KeptRun
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.papers.asked import sync_log
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.rehearsal import PAPERS
from tests.suites.planned_checks import PAPERS as CHECKS

SECRETS = {name: Secret(f"a-made-up-{name}", f"timely.{name}") for name in ("api_key", "webhook_secret")}
TIMELY = Target("timely", "https://api.timelyai.com.br/v1", credentials=SECRETS)
UPPZY = replace(TIMELY, vendor="uppzy", settings={"smoke_source": "cms-101"})
PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)

OF_TIMELY = replace(PLANNED, vendor="timely")

Check = Callable[[Golive, PlannedCheck], None]

ALL: dict[str, Check] = {
    name.removeprefix("test_"): check
    for module in (runbooks, owners, back, logs, dates, batches, incidents, changed, services)
    for name, check in vars(module).items()
    if name.startswith("test_")
}


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(papers: Papers) -> Golive:
    golive = Golive(
        {"staging": Environment("staging", targets={"timely": TIMELY, "uppzy": UPPZY})},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=papers.folder,
    )
    golive.papers = papers
    return golive


def _with(folder: Path, text: str, name: str, **named: Any) -> Golive:
    (folder / name).write_text(text, encoding="utf-8")
    return _golive(Papers(folder, **named))


def _runbook(folder: Path, text: str, name: str = "book.md", key: str = "on call") -> Golive:
    return _with(folder, text, name, runbooks={key: name})


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def _cannot_tell(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CannotTell) as ended:
        check(golive, PLANNED)
    finding = ended.value.finding
    return finding.requirement, finding.expected, finding.actual


def _not_verified(check: Check, golive: Golive) -> tuple[str, str | None]:
    with pytest.raises(NotVerified) as skipped:
        check(golive, PLANNED)
    return str(skipped.value), skipped.value.key


# ---------------------------------------------------------------- all of them


def test_every_check_of_papers_is_here() -> None:
    """The list that other tests rest upon is whole."""
    assert sorted(ALL) == sorted(CHECKS)


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_the_example_project_is_right(check: Check, record: CheckRecord) -> None:
    """What a rehearsal reads is complete, and nothing about it is doubtful."""
    golive = _golive(PAPERS)
    golive.sandbox = True

    check(golive, OF_TIMELY if check is dates.test_secrets_have_a_day_to_be_replaced else PLANNED)

    assert record.warnings == []


MISSING = {
    "operations.runbooks": "incidents_are_written_down rotation_is_written_in_order rotation_switches_before_it_revokes"
    " rollout_is_written_in_order runbook_covers_changes_and_incidents",
    "operations.owners.runtime_config": "settings_have_an_owner",
    "operations.owners.api_key": "key_has_an_owner",
    "operations.owners.content": "content_has_an_owner",
    "operations.owners.monitoring": "monitoring_has_an_owner",
    "operations.owners.incident": "incidents_have_an_owner",
    "operations.owners.release": "releases_have_an_owner",
    "operations.owners.reliability": "roles_have_an_owner",
    "operations.owners.owner": "owner_and_deputy_are_named",
    "operations.escalation": "somebody_is_on_call escalation_has_two_levels support_of_the_vendor_is_known",
    "operations.services": "services_share_owner_and_escalation",
    "operations.rollback": "way_back_names_command_and_owner way_back_is_a_plan providers_have_a_way_back",
    "operations.incidents": "configuration_is_checked_during_a_401 access_is_looked_through_after_a_403"
    " smoke_stands_before_closing",
    "operations.sync_log": "smoke_question_rests_on_stable_content incidents_tell_of_bulk_syncs"
    " published_content_is_approved sources_are_recorded first_batch_is_small batches_stand_in_the_change_log"
    " batches_wait_for_the_one_before batches_tell_their_time",
    "operations.rotations.uppzy.api_key": "secrets_have_a_day_to_be_replaced",
    "operations.change_log": "configuration_changes_are_logged session_changes_are_logged retry_changes_are_logged"
    " polling_changes_are_logged concurrency_changes_are_logged"
    " alert_changes_are_logged incidents_list_what_changed_before rotation_is_planned"
    " rotation_is_dated",
}


@pytest.mark.parametrize(
    ("key", "check"), [(key, check) for key, checks in MISSING.items() for check in checks.split()]
)
def test_what_is_not_named_is_not_verified(tmp_path: Path, key: str, check: str) -> None:
    """A check without its paper names the key to add."""
    told, named = _not_verified(ALL[check], _golive(Papers(tmp_path)))

    assert named == key
    assert told.startswith(key)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    golive = _golive(Papers(tmp_path, runbooks={"incidents": "docs/incidents.md"}, rollback="docs/back.md"))
    requirement, expected = "what golive.yaml names has to be there", "a file or folder, seen from golive.yaml"

    assert _failed(runbooks.test_incidents_are_written_down, golive) == (
        requirement,
        expected,
        "operations.runbooks.incidents: docs/incidents.md is not there",
    )
    assert _failed(back.test_way_back_names_command_and_owner, golive) == (
        requirement,
        expected,
        "operations.rollback: docs/back.md is not there",
    )


def test_a_paper_at_an_address(tmp_path: Path) -> None:
    golive = _golive(
        Papers(tmp_path, rollback="https://wiki.shop.example/back", runbooks={"a": "https://wiki.example/a"})
    )
    why = "golive reads files only: keep it in the repository, or let somebody vouch for it"

    assert _not_verified(back.test_way_back_is_a_plan, golive) == (
        f"operations.rollback is https://wiki.shop.example/back: {why}",
        "operations.rollback",
    )
    assert _not_verified(runbooks.test_incidents_are_written_down, golive) == (
        f"operations.runbooks.a is https://wiki.example/a: {why}",
        "operations.runbooks.a",
    )


# ---------------------------------------------------------------- incidents

TABLE = """
| Answer | Look at | Do |
|--------|---------|----|
| 401 | fingerprint of the deployed key | put the right key in place and reload |
| 403 | tenant, site, plan | pause the rollout and fix the ids |
| 404 | exact ids in the log | find the service that made the call |
| 429 / rate limit | calls at the same time | lower the number of workers |
| 500-504, timeouts | status page of the vendor | pause the sync, tell support |
"""
GERMAN = """
Betriebshandbuch
================

Nicht autorisiert (401)
-----------------------
Fingerabdruck des Schlüssels vergleichen, richtigen Schlüssel hinterlegen, neu starten.

Zugriff verweigert
------------------
Mandant und Site prüfen, danach den Rollout anhalten und Zuständige informieren.

Nicht gefunden
--------------
Genaue Ids aus dem Log lesen und den aufrufenden Dienst suchen.

Zu viele Anfragen
-----------------
Zahl der gleichzeitigen Aufrufe senken und auf Retry-After warten.

Serverfehler und Zeitüberschreitungen
-------------------------------------
Statusseite ansehen, Synchronisierung anhalten, Kundendienst informieren.
"""
ASCIIDOC = """= Incidents

== Client errors

401:: Compare the fingerprint, replace the key, reload the service.
403:: Compare tenant and site with the configuration, pause the rollout.
404:: Read the ids from the log and find the caller.
429:: Lower the concurrency and wait as long as Retry-After says.

== Outages and timeouts

. Look at the status page.
. Pause the sync, and switch the flow off.
"""
ITEMS = """
# On call

- **401 Unauthorized**: compare fingerprints, set the right key, reload.
- **403** - check tenant and site, pause the rollout meanwhile.
- 404 → read the ids from the log, find who called.
- `429`: lower the number of workers, honour Retry-After.
- 5xx:
  - look at the status page
  - pause the sync and tell customer care
"""
PORTUGUESE = """
## Erro 401: chave inválida
Comparar a impressão digital da chave, trocar a chave e reiniciar.
## Erro 403: acesso negado
Conferir tenant e site, pausar a publicação até corrigir.
## Erro 404: não encontrado
Ler os ids exatos no log e achar o serviço.
## Erro 429: limite de requisições
Diminuir as chamadas simultâneas e esperar o Retry-After.
## Erros do servidor
Ver a página de status, pausar a sincronização, avisar o suporte.
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [(TABLE, "b.md"), (GERMAN, "b.rst"), (ASCIIDOC, "b.adoc"), (ITEMS, "b.md"), (PORTUGUESE, "b.md")],
    ids=["table", "german reST", "AsciiDoc", "items", "portuguese"],
)
def test_incidents_in_many_words(tmp_path: Path, record: CheckRecord, text: str, name: str) -> None:
    runbooks.test_incidents_are_written_down(_runbook(tmp_path, text, name), PLANNED)

    assert record.warnings == []


def test_incidents_in_a_folder_with_one_file_each(tmp_path: Path, record: CheckRecord) -> None:
    folder = tmp_path / "runbooks"
    folder.mkdir()
    for name in ("401", "403", "404-not-found", "rate-limit", "timeouts"):
        (folder / f"{name}.md").write_text("Look at the dashboard first, then page the on-call engineer.\n")

    runbooks.test_incidents_are_written_down(_golive(Papers(tmp_path, runbooks={"all": "runbooks/"})), PLANNED)

    assert record.warnings == []


def test_incidents_that_nobody_wrote_about(tmp_path: Path) -> None:
    text = "\n".join(line for line in ITEMS.splitlines() if "404" not in line and "429" not in line)

    assert _failed(runbooks.test_incidents_are_written_down, _runbook(tmp_path, text)) == (
        "the runbooks have to say what to do when the vendor refuses or fails",
        "a section for each",
        "no runbook mentions 404, 429",
    )


def test_incidents_that_may_be_written_elsewhere(tmp_path: Path) -> None:
    golive = _runbook(tmp_path, "\n".join(line for line in ITEMS.splitlines() if "404" not in line))
    golive.papers = replace(golive.papers, runbooks={**golive.papers.runbooks, "more": "https://wiki.example/404"})

    assert _not_verified(runbooks.test_incidents_are_written_down, golive) == (
        (
            "nothing here is about 404, and a runbook lies elsewhere: golive reads files only: "
            "keep it in the repository, or let somebody vouch for it"
        ),
        "operations.runbooks",
    )


def test_incidents_with_nothing_below_their_name(tmp_path: Path) -> None:
    text = "# Book\n\n## 401\n\nTODO\n\n" + "\n".join(line for line in ITEMS.splitlines() if "401" not in line)

    assert _failed(runbooks.test_incidents_are_written_down, _runbook(tmp_path, text)) == (
        "what is said about an incident has to be more than its name",
        "what to look at first, and what to do then",
        "nothing is written about 401 at book.md:3",
    )


def test_incidents_that_are_only_mentioned(tmp_path: Path, record: CheckRecord) -> None:
    text = ITEMS.replace("- 404 → read the ids from the log, find who called.", "A 404 is nothing to worry about.")
    text = text.replace("compare fingerprints, set the right key, reload.", "replace the key")

    runbooks.test_incidents_are_written_down(_runbook(tmp_path, text), PLANNED)

    assert record.warnings == [
        "book.md:4 says little about 401",
        "404 is only mentioned (book.md:6): give it a section of its own",
    ]


# ---------------------------------------------------------------- procedures

STEPS = """# Rotate the key
1. Generate a second API key in the dashboard.
2. Store it in Vault, under
   shop/uppzy.
3. Restart all workers.
4. Verify that a chat answers.
5. Monitor the error rate for 30 minutes.
6. Delete the old key.
"""
PROSE = """
## Schlüsseltausch

Zuerst wird ein neuer Schlüssel erzeugt. Dann wird er im Vault hinterlegt und der Dienst neu gestartet. Danach den
Smoke-Test laufen lassen und das Dashboard beobachten. Erst dann den alten Schlüssel widerrufen.
"""
HEADED = """
# Rotação da chave

### 1. Criar a nova chave
No painel do fornecedor.
### 2. Atualizar a variável de ambiente
Em todos os serviços.
### 3. Implantar
### 4. Testar com o smoke
### 5. Acompanhar os erros
### 6. Revogar a chave antiga
"""
SPANISH = """
## Cambio de clave

1. Crear una clave nueva en el panel.
2. Actualizar el secreto en Vault para cada entorno.
3. Reiniciar los servicios.
4. Ejecutar las pruebas de humo.
5. Vigilar el tráfico y los errores durante 30 minutos.
6. Revocar la clave anterior.
"""
BOLD = """
# API key rotation

Do **not** revoke the old key until step 6.

## Procedure

1. **Issue replacement**: under Settings, API keys, click *New key*, name it `shop-prod`.
2. **Swap the secret**: `aws secretsmanager put-secret-value --secret-id prod/uppzy`
3. **Roll the service**: `kubectl rollout restart deploy/chat`
4. **Smoke**: `pytest -m postrotation --env production`
5. **Observe**: 30 min without a 401.
6. **Kill the old key**: revoke it in the dashboard.
"""
ROTATION = (
    "create the new key, update the configuration, deploy or reload, run the smoke, watch traffic and errors, "
    "revoke the old key"
)


@pytest.mark.parametrize(
    "text", [STEPS, PROSE, HEADED, SPANISH, BOLD], ids=["items", "german", "portuguese", "spanish", "bold"]
)
def test_rotations_in_order(tmp_path: Path, text: str) -> None:
    golive = _runbook(tmp_path, text)

    runbooks.test_rotation_is_written_in_order(golive, PLANNED)
    runbooks.test_rotation_switches_before_it_revokes(golive, PLANNED)


def test_a_rotation_that_revokes_too_early(tmp_path: Path) -> None:
    lines = STEPS.splitlines()
    golive = _runbook(tmp_path, "\n".join([lines[0], lines[1], lines[-1], *lines[2:-1]]))

    assert _failed(runbooks.test_rotation_is_written_in_order, golive) == (
        "the rotation runbook has to have its steps in order",
        ROTATION,
        "in book.md, after `watch traffic and errors` there is no longer: revoke the old key",
    )
    assert _failed(runbooks.test_rotation_switches_before_it_revokes, golive) == (
        "the rotation runbook has to have its steps in order",
        "create the new key, update the configuration, revoke the old key",
        "in book.md, after `update the configuration` there is no longer: revoke the old key",
    )


def test_a_rotation_that_warns_of_its_end(tmp_path: Path) -> None:
    text = STEPS.replace("1. Gen", "Never revoke the old key before step 6.\n\n1. Gen").replace(
        "Delete the old key", "Hand it back"
    )

    assert _cannot_tell(runbooks.test_rotation_is_written_in_order, _runbook(tmp_path, text))[2] == (
        "in book.md these are not recognised: revoke the old key"
    )


def test_a_rotation_that_begins_with_its_end(tmp_path: Path) -> None:
    text = "# Key rotation\n\n1. Revoke the old key.\n2. Create a new one.\n3. Update the secret.\n4. Go on.\n"

    assert _failed(runbooks.test_rotation_is_written_in_order, _runbook(tmp_path, text)) == (
        "the rotation runbook has to have its steps in order",
        ROTATION,
        "in book.md, after `update the configuration` there is no longer: revoke the old key",
    )


def test_a_rotation_without_its_smoke(tmp_path: Path) -> None:
    golive = _runbook(tmp_path, "\n".join(line for line in STEPS.splitlines() if "Verify" not in line))

    assert _failed(runbooks.test_rotation_is_written_in_order, golive) == (
        "the rotation runbook has to have all of its steps",
        ROTATION,
        "book.md does not say: run the smoke",
    )
    runbooks.test_rotation_switches_before_it_revokes(golive, PLANNED)


def test_a_rotation_with_a_step_in_other_words(tmp_path: Path) -> None:
    golive = _runbook(tmp_path, STEPS.replace("Verify that a chat answers", "See whether the assistant is alive"))

    assert _cannot_tell(runbooks.test_rotation_is_written_in_order, golive) == (
        "the rotation runbook has to have its steps in order",
        ROTATION,
        "in book.md these are not recognised: run the smoke",
    )


def test_a_rotation_in_words_nobody_knows(tmp_path: Path) -> None:
    golive = _runbook(tmp_path, "# Rotation\n\n1. Vaihda avain ja odota hetki\n2. Katso mitä tapahtuu\n3. Valmis on\n")

    assert _cannot_tell(runbooks.test_rotation_is_written_in_order, golive) == (
        "the rotation runbook has to have its steps in order",
        ROTATION,
        f"in book.md these are not recognised: {ROTATION}",
    )


def test_no_rotation_and_no_rollout(tmp_path: Path) -> None:
    golive = _runbook(tmp_path, "# Incidents\n\nLook at the dashboard.\n")

    assert _not_verified(runbooks.test_rotation_is_written_in_order, golive) == (
        "operations.runbooks names none about replacing a key",
        "operations.runbooks.key_rotation",
    )
    assert _not_verified(runbooks.test_rollout_is_written_in_order, golive) == (
        "operations.runbooks names none about publishing content",
        "operations.runbooks.content_rollout",
    )


STOPS = "stop when bad feedback rises, when answers leave the approved content, when 5xx or timeouts rise"
CONTENT = (PAPERS.folder / PAPERS.runbooks["content_rollout"]).read_text(encoding="utf-8")


def test_a_rollout_without_its_stop_condition(tmp_path: Path) -> None:
    text = CONTENT.replace("- when answers leave the approved content,\n", "")

    assert _failed(runbooks.test_rollout_is_written_in_order, _runbook(tmp_path, text)) == (
        "the content runbook has to say when publishing stops",
        STOPS,
        "book.md does not say: when answers leave the approved content",
    )


def test_a_rollout_in_other_words(tmp_path: Path) -> None:
    text = CONTENT.replace(
        "- when answers leave the approved content,\n", "- when the assistant says strange things,\n"
    )

    assert _cannot_tell(runbooks.test_rollout_is_written_in_order, _runbook(tmp_path, text)) == (
        "the content runbook has to say when publishing stops",
        STOPS,
        "in book.md this is not recognised: when answers leave the approved content",
    )


def test_a_rollout_that_asks_nothing(tmp_path: Path) -> None:
    text = CONTENT.replace("4. Ask the smoke questions on the changed topics.\n", "")

    requirement, _, actual = _failed(runbooks.test_rollout_is_written_in_order, _runbook(tmp_path, text))

    assert (requirement, actual) == (
        "the content runbook has to have all of its steps",
        "book.md does not say: ask the smoke questions",
    )


def test_a_runbook_that_does_not_watch_after_a_release(tmp_path: Path, record: CheckRecord) -> None:
    text = "# Integrations\n\n## Changes\n\nOne at a time.\n\n## Incidents\n\nSwitch it off.\n"

    assert _failed(runbooks.test_runbook_covers_changes_and_incidents, _runbook(tmp_path, text)) == (
        "the runbooks have to cover changes, incidents, and watching after a release",
        "a section for each",
        "no runbook mentions watching after a release",
    )

    text += "\nKeep watching for a day.\n"
    runbooks.test_runbook_covers_changes_and_incidents(_runbook(tmp_path, text), PLANNED)
    assert record.warnings == ["no section of the runbooks is about watching after a release: it is only mentioned"]


# ---------------------------------------------------------------- owners

OWNED = {
    "settings_have_an_owner": "runtime_config",
    "key_has_an_owner": "api_key",
    "content_has_an_owner": "content",
    "monitoring_has_an_owner": "monitoring",
    "incidents_have_an_owner": "incident",
    "releases_have_an_owner": "release",
    "roles_have_an_owner": "analytics",
    "owner_and_deputy_are_named": "deputy",
}


@pytest.mark.parametrize(
    "nobody", ["TBD", "<team>", "todo: ask Ana", "xxx", "to be defined", "Noch offen", "a definir"]
)
@pytest.mark.parametrize("check", OWNED)
def test_an_owner_that_is_nobody(tmp_path: Path, check: str, nobody: str) -> None:
    named = {**PAPERS.owners, OWNED[check]: nobody.replace("todo", "TODO")}

    assert _failed(ALL[check], _golive(Papers(tmp_path, owners=named))) == (
        "an owner has to be a team or a person",
        "a name that people know",
        f"operations.owners.{OWNED[check]} is {named[OWNED[check]]!r}",
    )


@pytest.mark.parametrize(
    ("key", "owner"),
    [("API key", "platform"), ("uppzy_keys", "Ana Souza <ana@shop.example>"), ("credentials", "#team-checkout")],
)
def test_owners_under_other_names(tmp_path: Path, key: str, owner: str) -> None:
    owners.test_key_has_an_owner(_golive(Papers(tmp_path, owners={key: owner})), PLANNED)


def test_one_person_as_owner_and_deputy(tmp_path: Path) -> None:
    golive = _golive(Papers(tmp_path, owners={"owner": "Ana", "deputy": "ana "}))

    assert _failed(owners.test_owner_and_deputy_are_named, golive) == (
        "owner and deputy have to be two",
        "somebody else who steps in",
        "ana  is both",
    )


# ---------------------------------------------------------------- escalation


@pytest.mark.parametrize(
    "path",
    [
        "PagerDuty shop-platform, after 15 min -> head-of-platform@shop.example, after 1 hour",
        "1. #shop-on-call, sofort\n2. +49 30 1234567, nach 30 Minuten\n",
        "Level 1: PagerDuty shop-uppzy, within 15 min\nLevel 2: Maria, +55 11 91234-5678, after 30 min\n",
        "| Nível | Contato |\n|---|---|\n| 1 | plantao@loja.example, 10 minutos |\n| 2 | cto@loja.example, 1 hora |",
    ],
)
def test_escalation_in_many_words(tmp_path: Path, path: str) -> None:
    golive = _golive(Papers(tmp_path, escalation=path))

    owners.test_escalation_has_two_levels(golive, PLANNED)
    owners.test_somebody_is_on_call(golive, PLANNED)


def test_escalation_to_nobody(tmp_path: Path, record: CheckRecord) -> None:
    golive = _golive(Papers(tmp_path, escalation="ask around in the office"))
    assert _failed(owners.test_somebody_is_on_call, golive) == (
        "the escalation path has to name a way to reach somebody",
        "a number, an address, a channel or a rota",
        "operations.escalation names none",
    )

    golive = _golive(Papers(tmp_path, escalation="ana@shop.example"))
    owners.test_somebody_is_on_call(golive, PLANNED)
    assert record.warnings == ["operations.escalation does not say who is on call"]
    assert _failed(owners.test_escalation_has_two_levels, golive) == (
        "the escalation path has to have two levels with a contact each",
        "a second one to call when the first does not answer",
        "operations.escalation names 1 contact",
    )


def test_escalation_on_one_line(tmp_path: Path, record: CheckRecord) -> None:
    path = "ana@shop.example within 5 minutes, bea@shop.example"

    owners.test_escalation_has_two_levels(_golive(Papers(tmp_path, escalation=path)), PLANNED)

    assert record.warnings == [
        "operations.escalation names all contacts on one line: see that they are two levels",
        "operations.escalation tells one time only: each level has one of its own",
    ]


def test_escalation_without_times(tmp_path: Path, record: CheckRecord) -> None:
    golive = _golive(Papers(tmp_path, escalation="- ana@shop.example\n- bea@shop.example\n"))
    assert _failed(owners.test_escalation_has_two_levels, golive) == (
        "the escalation path has to say after what time the next one is called",
        "a time for each level, as 15 minutes",
        "operations.escalation tells no time",
    )

    golive = _golive(Papers(tmp_path, escalation="- ana@shop.example\n- bea@shop.example, after 20 minutes\n"))
    owners.test_escalation_has_two_levels(golive, PLANNED)
    assert record.warnings == ["operations.escalation tells one time only: each level has one of its own"]


def test_escalation_that_is_not_filled_in(tmp_path: Path) -> None:
    golive = _golive(Papers(tmp_path, escalation="- level 1: ana@shop.example, 10 min\n- level 2: TBD\n"))

    assert _failed(owners.test_escalation_has_two_levels, golive) == (
        "the escalation path has to be filled in",
        "names and contacts",
        "operations.escalation says '- level 2: TBD'",
    )


def test_support_that_nobody_wrote_down(tmp_path: Path) -> None:
    golive = _golive(Papers(tmp_path, escalation="ana@shop.example"))
    assert _failed(owners.test_support_of_the_vendor_is_known, golive) == (
        "the team's pages have to name the vendor's support address",
        "contato@timelyai.com.br",
        "neither the escalation path nor a runbook names it",
    )

    golive = _golive(Papers(tmp_path, escalation="Timely: contato@timelyai.com.br"))
    assert _failed(owners.test_support_of_the_vendor_is_known, golive) == (
        "the team's pages have to say how an urgent mail is marked",
        "URGENT in the subject",
        "contato@timelyai.com.br is named without it",
    )


# ---------------------------------------------------------------- the way back


@pytest.mark.parametrize(
    "text",
    [
        "Owner: platform team\n\n```sh\nkubectl rollout undo deployment/shop\n```\n",
        "Verantwortlich: Team Shop. Vorherige Version ausrollen.\n",
        "Set CHAT_ENABLED=false. The on-call engineer decides.\n",
    ],
)
def test_ways_back(tmp_path: Path, text: str) -> None:
    back.test_way_back_names_command_and_owner(_with(tmp_path, text, "back.md", rollback="back.md"), PLANNED)


def test_a_way_back_without_command_or_owner(tmp_path: Path) -> None:
    golive = _with(tmp_path, "The platform team goes back to where we were.\n", "back.md", rollback="back.md")
    assert _failed(back.test_way_back_names_command_and_owner, golive) == (
        "the way back has to name the command or the switch",
        "what is run or switched, word for word",
        "back.md names none",
    )

    golive = _with(tmp_path, "Run `helm rollback shop`.\n", "back.md", rollback="back.md")
    assert _failed(back.test_way_back_names_command_and_owner, golive) == (
        "the way back has to have an owner",
        "a team or a person, there or under operations.owners.rollback",
        "back.md names nobody",
    )
    golive.papers = replace(golive.papers, owners={"rollback": "Shop Platform"})
    back.test_way_back_names_command_and_owner(golive, PLANNED)


def test_a_way_back_that_nobody_wrote(tmp_path: Path) -> None:
    golive = _with(tmp_path, "# Rollback\n\nTODO\n", "back.md", rollback="back.md")
    golive.papers.folder.joinpath("back.md").write_text("- TBD\n- TODO\n")

    assert _failed(back.test_way_back_is_a_plan, golive) == (
        "the way back has to be written down",
        "what is done, and by whom",
        "back.md holds nothing yet",
    )


@pytest.mark.parametrize("nobody", ["TBD", "<team>", "to be named"])
def test_a_way_back_that_is_not_filled_in(tmp_path: Path, nobody: str) -> None:
    golive = _golive(Papers(tmp_path, rollback=f"- command: `shop deploy --previous`\n- owner: {nobody}\n"))

    assert _failed(back.test_way_back_names_command_and_owner, golive) == (
        "the way back has to be filled in",
        "names, commands and numbers",
        f"operations.rollback says '- owner: {nobody}'",
    )


def test_words_that_only_look_open(tmp_path: Path) -> None:
    text = "- owner: Shop\n- data: none\n- when: calls fail, later alarms ring: run `shop deploy --previous`\n"

    back.test_way_back_is_a_plan(_golive(Papers(tmp_path, rollback=text)), PLANNED)


PLAN = (
    "Owner: platform.\nWhen more than 2 % of calls fail: run `helm rollback shop`.\nOrders are sent again by replay.\n"
)


def test_a_plan_for_the_way_back(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    golive = _with(tmp_path, f"{PLAN}Rehearsed on {today - timedelta(days=30)}.\n", "back.md", rollback="back.md")
    back.test_way_back_is_a_plan(golive, PLANNED)

    old = today - timedelta(days=120)
    golive = _with(tmp_path, f"{PLAN}Rehearsed on {old}.\n", "back.md", rollback="back.md")
    assert _failed(back.test_way_back_is_a_plan, golive) == (
        "the way back has to be rehearsed every 90 days",
        "a rehearsal within 90 days",
        f"back.md tells of one on {old}",
    )

    golive = _with(tmp_path, "Run `helm rollback shop`.\n", "back.md", rollback="back.md")
    assert _failed(back.test_way_back_is_a_plan, golive) == (
        "the plan for the way back has to have owner, triggers, steps and data",
        "who decides, by which signs, what is done, and what becomes of the data",
        "back.md says nothing about owner, triggers, data",
    )


def test_a_provider_without_its_way_back(tmp_path: Path) -> None:
    golive = _with(tmp_path, 'Send `{"enabled": false}`.\n', "back.md", rollback="back.md")
    assert _failed(back.test_providers_have_a_way_back, golive) == (
        "both ways to stop a provider have to be written down",
        "the body that switches a provider off, the body that puts it into test mode",
        "back.md does not say: the body that puts it into test mode",
    )

    golive = _with(tmp_path, '`{"enabled": false}` or `{"testMode": true}`.\n', "back.md", rollback="back.md")
    assert _failed(back.test_providers_have_a_way_back, golive) == (
        "what has to be known to stop a provider has to be written down",
        "when to use which, who may, how to verify, how to undo",
        "back.md does not say: when to use which, who may, how to verify, how to undo",
    )


# ---------------------------------------------------------------- logs

ROWS = "source_id,document_id,batch_id,approver,time,status\n"
SYNC_LOGS = {
    "log.csv": ROWS + "cms-1,doc_1,b1,Ana,2026-11-02,published\n",
    "log.tsv": ROWS.replace(",", "\t") + "cms-1\tdoc_1\tb1\tAna\t2026-11-02\tpublished\n",
    "log.jsonl": '{"Source Id": "cms-1", "doc_id": "doc_1", "approved_by": "Ana", "at": "2026-11-02"}\n',
    "camel.json": (
        '[{"sourceId": "cms-1", "documentID": "doc_1", "batchId": "b1",'
        ' "approvedBy": "Ana", "publishedAt": "2026-11-02"}]'
    ),
    "map.json": '{"cms-1": {"documentId": "doc_1", "approver": "Ana", "syncedAt": "2026-11-02T09:00:00Z"}}',
    "state.json": '{"version": 3, "documents": {"doc_1": {"source": "cms-1", "approver": "Ana", "at": "2026-11-02"}}}',
    "batches.yaml": "batches:\n  b1: {approver: Ana, date: 2026-11-02, documents: {cms-1: doc_1, cms-2: doc_2}}\n",
    "table.md": (
        "# Sync log\n\nWhat we published.\n\n| Source ID | Document | Batch | Approved by | Date |\n"
        "|---|---|:-:|---|---|\n| cms-1 | doc_1 | b1 | Ana | 2026-11-02 |\n"
    ),
    "german.csv": "Quelle;Dokument;Charge;Freigegeben von;Datum\ncms-1;doc_1;b1;Ana;02.11.2026\n",
    "spanish.csv": "id_origen,id_documento,lote,aprobado_por,publicado_en\ncms-1,doc_1,l1,Ana,2026-11-02\n",
    "comments.csv": f"# written by the sync job\n{ROWS}cms-1,doc_1,b1,Ana,2026-11-02,published\n",
    "log.yaml": (
        "batches:\n  - id: b1\n    approver: Ana\n    date: 2026-11-02\n"
        "    documents:\n      - {source: cms-1, document: doc_1}\n"
    ),
}


@pytest.mark.parametrize("name", SYNC_LOGS)
def test_sync_logs_of_many_kinds(tmp_path: Path, name: str) -> None:
    golive = _with(tmp_path, SYNC_LOGS[name], name, sync_log=name)

    logs.test_published_content_is_approved(golive, PLANNED)
    logs.test_sources_are_recorded(golive, PLANNED)
    assert sync_log(golive.papers)[0].told["document"] == "doc_1"


def test_a_sync_log_of_many_files(tmp_path: Path) -> None:
    """One for each day; also larger ones than other papers may be."""
    (tmp_path / "logs").mkdir()
    for day in (2, 3):
        text = ROWS + f"cms-{day},doc_{day},b{day},Ana,2026-11-0{day},{'published' * 60}\n" * (1 if day == 2 else 4_000)
        (tmp_path / "logs" / f"{day}.csv").write_text(text)

    for named in ("logs", "logs/*.csv"):
        rows = sync_log(Papers(tmp_path, sync_log=named))
        assert (len(rows), rows[0].told["document"], rows[-1].told["document"]) == (4_001, "doc_2", "doc_3")


def test_rows_that_nobody_approved(tmp_path: Path) -> None:
    text = ROWS + "cms-1,doc_1,b1,,2026-11-02,published\ncms-2,doc_2,b1,TBD,2026-11-02,\ncms-3,,b1,Ana,2026-11-02,\n"
    golive = _with(tmp_path, text, "log.csv", sync_log="log.csv")

    assert _failed(logs.test_published_content_is_approved, golive) == (
        "each row of the sync log has to tell who approved it, and when",
        "an approver and a day in each row",
        "missing in row 1, row 2",
    )
    assert _failed(logs.test_sources_are_recorded, golive) == (
        "each row of the sync log has to tell source and document",
        "a source id and a document id in each row",
        "missing in row 3",
    )


def test_rows_of_drafts(tmp_path: Path) -> None:
    text = ROWS + "cms-1,doc_1,b1,Ana,2026-11-02,draft\ncms-2,doc_2,b1,Ana,2026-11-02,archived\n"

    assert _failed(logs.test_published_content_is_approved, _with(tmp_path, text, "l.csv", sync_log="l.csv")) == (
        "only content that is approved and valid may be published",
        "no source that is a draft or archived",
        "row 1 is draft, row 2 is archived",
    )


def test_a_sync_log_that_says_nothing(tmp_path: Path) -> None:
    golive = _with(tmp_path, ROWS, "log.csv", sync_log="log.csv")
    assert _not_verified(logs.test_sources_are_recorded, golive) == (
        "the sync log has no row yet: nothing was published",
        "operations.sync_log",
    )

    golive = _with(tmp_path, "{broken", "log.jsonl", sync_log="log.jsonl")
    assert _cannot_tell(logs.test_sources_are_recorded, golive) == (
        "the sync log has to be readable",
        "CSV, JSON, JSON lines or YAML with one row per document",
        "log.jsonl: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    )


def test_a_first_batch_that_is_large(tmp_path: Path) -> None:
    rows = [
        f"cms-{number},doc_{number},{'b1,Ana,2026-11-02' if number < 12 else 'b2,Ana,2026-11-09'},"
        for number in range(30)
    ]
    golive = _with(tmp_path, ROWS + "\n".join(rows) + "\n", "log.csv", sync_log="log.csv")

    assert _failed(logs.test_first_batch_is_small, golive) == (
        "a rollout has to begin with a small batch",
        "at most 10 documents",
        "batch b1 has 12",
    )

    golive = _with(tmp_path, "source_id,document_id\ncms-1,doc_1\n", "log.csv", sync_log="log.csv")
    assert _not_verified(logs.test_first_batch_is_small, golive) == (
        "the sync log names no batch: nothing tells which came first",
        "operations.sync_log",
    )


def test_a_batch_that_the_change_log_does_not_have(tmp_path: Path, record: CheckRecord) -> None:
    (tmp_path / "log.csv").write_text(SYNC_LOGS["log.csv"])
    golive = _with(tmp_path, "- 2026-11-02 published\n", "c.md", change_log="c.md", sync_log="log.csv")
    assert _failed(logs.test_batches_stand_in_the_change_log, golive) == (
        "each batch has to stand in the change log",
        "an entry with the id of the batch",
        "no entry names b1",
    )

    (tmp_path / "log.csv").write_text("source_id,document_id\ncms-1,doc_1\n")
    logs.test_batches_stand_in_the_change_log(golive, PLANNED)
    assert record.notes == ["the sync log names no batch"]


def test_rows_that_are_no_documents(tmp_path: Path) -> None:
    """A pause needs no approver, and what was never sent no document id."""
    rows = "cms-1,doc_1,b1,Ana,2026-11-02,published\n,,b1,,2026-11-03,paused\ncms-2,,b1,,2026-11-02,failed\n"
    golive = _with(tmp_path, ROWS + rows, "log.csv", sync_log="log.csv")

    logs.test_published_content_is_approved(golive, PLANNED)
    logs.test_sources_are_recorded(golive, PLANNED)


DAY_1, DAY_2 = (datetime.now(UTC).date() - timedelta(days=days) for days in (20, 10))
DAY_0, DAY_3 = DAY_1 + timedelta(days=2), DAY_2 + timedelta(days=1)
GREW = "".join(f"cms-{number},doc_{number},b2,Ana,{DAY_2},published\n" for number in range(2, 22))
GREW = f"{ROWS}cms-1,doc_1,b1,Ana,{DAY_1},published\n{GREW}"
BEGAN = f"b2 (20 documents) began on {DAY_2} 00:00 UTC"


@pytest.mark.parametrize(
    ("sync", "changes"),
    [
        (GREW, f"- {DAY_0}: smoke questions and ratings of b1 are good\n- {DAY_2}: b2\n"),
        (GREW + f",,b1,,{DAY_0},questions passed\n", ""),
        (GREW.replace("cms-3,doc_3,b2", "cms-3,doc_3,b1"), f"- {DAY_2}: Fragen zu b1 bestanden\n"),
        ("".join(GREW.splitlines(keepends=True)[:9]), ""),
        (GREW.replace(f",b1,Ana,{DAY_1}", ",b1,Ana,2020-01-01").replace(f"{DAY_2}", "2020-01-09"), ""),
    ],
    ids=["in the change log", "in the sync log", "on the same day", "still small", "long ago"],
)
def test_batches_that_waited(tmp_path: Path, sync: str, changes: str) -> None:
    (tmp_path / "log.csv").write_text(sync)
    golive = _golive(Papers(tmp_path, sync_log="log.csv", change_log=changes))

    batches.test_batches_wait_for_the_one_before(golive, PLANNED)
    batches.test_batches_tell_their_time(golive, PLANNED)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("", f"{BEGAN}, and nothing is written down about b1"),
        (
            f"- {DAY_3}: questions of b1 passed\n- {DAY_2}: published b2\n",
            f"{BEGAN}, b1 was found good after that, on {DAY_3}",
        ),
        (
            f"- {DAY_0}: questions of b1 failed\n- {DAY_2}: published b2\n",
            f"{BEGAN}, and b1 was not found good: operations.change_log:1",
        ),
    ],
)
def test_a_batch_that_did_not_wait(tmp_path: Path, changes: str, told: str) -> None:
    (tmp_path / "log.csv").write_text(GREW)
    golive = _golive(Papers(tmp_path, sync_log="log.csv", change_log=changes))

    assert _failed(batches.test_batches_wait_for_the_one_before, golive) == (
        "a bigger batch has to wait until the one before it is written down as good",
        "in the sync log or the change log, for each batch: questions and ratings are good, before a bigger one begins",
        told,
    )


@pytest.mark.parametrize(
    ("day", "outcome", "holds"), [(DAY_0, "passed", True), (DAY_0, "failed", False), (DAY_3, "passed", False)]
)
def test_a_run_of_golive_found_the_batch_good(tmp_path: Path, day: date, outcome: str, holds: bool) -> None:
    """One after the batch and before the next; one that came later says nothing of it."""
    (tmp_path / "log.csv").write_text(GREW)
    golive = _golive(Papers(tmp_path, sync_log="log.csv"))
    kept = KeptRun(
        "r1",
        "shop",
        "staging",
        ("prerelease",),
        "GO",
        f"{day}T09:00:00Z",
        f"{day}T09:00:00Z",
        results={("uppzy", "UPZ-56"): outcome},
    )
    golive.past._runs["staging"] = (kept,)

    if holds:
        batches.test_batches_wait_for_the_one_before(golive, PLANNED)
    else:
        assert _failed(batches.test_batches_wait_for_the_one_before, golive)[2] == (
            f"{BEGAN}, and nothing is written down about b1"
        )


def test_batches_without_times(tmp_path: Path) -> None:
    rows = "source_id,document_id,batch_id,approved_at\ncms-1,doc_1,b1,2026-11-02\ncms-2,doc_2,b2,2026-11-09\n"
    golive = _with(tmp_path, rows, "log.csv", sync_log="log.csv")

    assert _failed(batches.test_batches_tell_their_time, golive) == (
        "the sync log has to tell when each batch was published",
        "a time that can be read, such as 2026-11-02T09:00:00Z, in a column such as published_at",
        "none for b1, b2",
    )
    assert _not_verified(batches.test_batches_wait_for_the_one_before, golive) == (
        "the sync log does not tell when b1, b2 began: nothing tells which batch followed which",
        "operations.sync_log",
    )
    golive = _with(tmp_path, "source_id,document_id\ncms-1,doc_1\n", "log.csv", sync_log="log.csv")
    assert _not_verified(batches.test_batches_tell_their_time, golive) == (
        "the sync log names no batch: nothing tells what was published together",
        "operations.sync_log",
    )


TODAY = datetime.now(UTC).date()
CHANGE_LOGS = {
    "items.md": f"# Log\n\n- {TODAY}: rotated the API key. Owner: Platform. Rollback: the old key.\n- older\n",
    "table.md": f"| Date | What | Who | Back |\n|---|---|---|---|\n| {TODAY} | new key | by Ana | revert it |\n",
    "log.yaml": f"changes:\n  - date: {TODAY}\n    what: key rotation\n    owner: Platform\n    rollback: old key\n",
    "log.csv": f"date,change,owner,rollback\n{TODAY},key rotation,Platform,keep the old key\n",
    "german.md": f"## {TODAY:%d.%m.%Y}\n\nSchlüssel getauscht, verantwortlich: Team Shop. Zurück: alter Schlüssel.\n",
}


@pytest.mark.parametrize("name", CHANGE_LOGS)
def test_rotations_in_change_logs_of_many_kinds(tmp_path: Path, record: CheckRecord, name: str) -> None:
    golive = _with(tmp_path, CHANGE_LOGS[name], name, change_log=name)

    logs.test_rotation_is_planned(golive, PLANNED)
    logs.test_rotation_is_dated(golive, PLANNED)

    assert record.warnings == []


def test_a_rotation_that_was_not_planned(tmp_path: Path) -> None:
    golive = _with(tmp_path, "# Changes\n\n- colours: a new button\n", "c.md", change_log="c.md")
    for check in (logs.test_rotation_is_planned, logs.test_rotation_is_dated):
        assert _failed(check, golive) == (
            "the change log has to have the rotation",
            "an entry about the key that was replaced",
            "c.md has none",
        )

    golive = _with(tmp_path, "# Changes\n\n- key: rotated\n", "c.md", change_log="c.md")
    assert _failed(logs.test_rotation_is_planned, golive) == (
        "a rotation has to be planned",
        "an entry with the day, the owner and the way back",
        "c.md:1 does not tell the day, the owner, the way back",
    )
    assert _failed(logs.test_rotation_is_dated, golive) == (
        "the change log has to have the day of the rotation",
        "an entry with the day",
        "c.md:1 tells none",
    )


def test_a_rotation_that_a_ticket_tells_of(tmp_path: Path, record: CheckRecord) -> None:
    golive = _with(tmp_path, "# Changes\n\n- 2026-01-05: key rotated, OPS-17\n", "c.md", change_log="c.md")

    logs.test_rotation_is_planned(golive, PLANNED)
    logs.test_rotation_is_dated(golive, PLANNED)

    assert record.warnings == [
        "c.md:3 does not tell the owner and the way back: see that OPS-17 does",
        "the newest rotation of the change log is of 2026-01-05: is this one in it?",
    ]


# ---------------------------------------------------------------- days of keys


API_KEY = "operations.rotations.timely.api_key"


def _rotated(created: int, replace_by: int, **more: str) -> dict[str, str]:
    return {
        "created": f"{TODAY + timedelta(days=created)}",
        "replace_by": f"{TODAY + timedelta(days=replace_by)}",
        **more,
    }


def _judged(papers: Papers) -> tuple[str, str, str]:
    return _failed(lambda golive, _: dates.test_secrets_have_a_day_to_be_replaced(golive, OF_TIMELY), _golive(papers))


@pytest.mark.parametrize(
    ("created", "replace_by", "told"),
    [
        (-10, 100, "operations.rotations.timely.api_key is used for 110 days"),
        (-60, -1, f"operations.rotations.timely.api_key was due by {TODAY - timedelta(days=1)}"),
        (
            10,
            5,
            f"{API_KEY} is to be replaced by {TODAY + timedelta(days=5)}, before it was made",
        ),
    ],
)
def test_days_that_a_key_must_not_have(tmp_path: Path, created: int, replace_by: int, told: str) -> None:
    rotations = {"timely": {"api_key": _rotated(created, replace_by, owner="Shop")}}

    assert _judged(Papers(tmp_path, rotations=rotations)) == (
        "a key may be used for 90 days, and no longer than its day",
        "a day to come, by which it is replaced",
        told,
    )


def test_a_key_that_nobody_replaces(tmp_path: Path, record: CheckRecord) -> None:
    rotations = {"timely": {"api_key": _rotated(-80, 10), "webhook_secret": _rotated(-10, 80, owner="Shop")}}
    assert _judged(Papers(tmp_path, rotations=rotations)) == (
        "somebody has to be named who replaces a key",
        "an owner there, or under operations.owners.api_key",
        "operations.rotations.timely.api_key names nobody",
    )

    golive = _golive(Papers(tmp_path, rotations=rotations, owners={"api_key": "Shop Platform"}))
    dates.test_secrets_have_a_day_to_be_replaced(golive, OF_TIMELY)
    assert record.warnings == [f"operations.rotations.timely.api_key is to be replaced by {TODAY + timedelta(days=10)}"]


def test_a_secret_without_a_day(tmp_path: Path) -> None:
    golive = _golive(Papers(tmp_path, rotations={"timely": {"api_key": _rotated(-10, 60, owner="Shop")}}))

    assert _not_verified(lambda golive, _: dates.test_secrets_have_a_day_to_be_replaced(golive, OF_TIMELY), golive) == (
        "operations.rotations.timely.webhook_secret is missing: nothing tells when it is replaced",
        "operations.rotations.timely.webhook_secret",
    )


def test_a_day_that_no_calendar_has(tmp_path: Path) -> None:
    wrong = {"created": "2026-02-30", "replace_by": "2026-03-30"}
    golive = _golive(Papers(tmp_path, rotations={"timely": {"api_key": wrong}}))

    assert _cannot_tell(lambda golive, _: dates.test_secrets_have_a_day_to_be_replaced(golive, OF_TIMELY), golive) == (
        "the days of a key have to be in the calendar",
        "days, as 2026-11-21",
        "operations.rotations.timely.api_key: 2026-02-30 and 2026-03-30",
    )
