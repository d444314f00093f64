"""The checks of what is written about each integration, on pages that are right in many ways and wrong in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import suites.integrations.test_integration_pages as checks
from pytest_golive.papers.named import Papers
from pytest_golive.sandbox.rehearsal import PAPERS
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.source import git
from tests.suites.planned_checks import INTEGRATION_PAGES
from tests.suites.selwise_papers_asked import Asked, Check

RUNBOOK = checks.test_each_integration_has_a_runbook
BACK = checks.test_each_provider_has_a_way_back
LOOKED = checks.test_integration_runbook_was_looked_through
ALL: dict[str, Check] = {
    name.removeprefix("test_"): check for name, check in vars(checks).items() if name.startswith("test_")
}


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, Selwise]]:
    selwise = Selwise()
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    yield sandbox, selwise
    sandbox.stop()


@pytest.fixture
def ask(world: tuple[Sandbox, Selwise], tmp_path: Path) -> Asked:
    return Asked(*world, tmp_path)


def _runbooks(ask: Asked, check: Check, files: dict[str, str], **keys: str) -> str:
    for name, text in files.items():
        ask.write(f"../{name}", text)
    return ask(check, papers=Papers(ask.folder, runbooks=keys or {"integrations": "book.md"}))


def _rollback(ask: Asked, text: str) -> str:
    ask.write("../back.md", text)
    return ask(BACK, papers=Papers(ask.folder, rollback="back.md"))


def test_every_check_of_these_pages_is_here() -> None:
    """The list that other tests rest upon is whole."""
    assert sorted(ALL) == sorted(INTEGRATION_PAGES)


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_the_example_project_is_right(ask: Asked, check: Check) -> None:
    assert "warned" not in ask(check, papers=PAPERS)
    assert ask(check, papers=PAPERS) == "passed"


def test_without_pages_nothing_is_verified(ask: Asked) -> None:
    said = {name: ask(check, papers=Papers(ask.folder)) for name, check in ALL.items()}

    runbooks, rollback = "operations.runbooks", "operations.rollback"
    assert said == {
        "each_integration_has_a_runbook": f"not verified: {runbooks} is missing: nothing says what to do when an "
        f"integration fails [{runbooks}]",
        "each_provider_has_a_way_back": f"not verified: {rollback} is missing: nothing says how a release is "
        f"taken back [{rollback}]",
        "integration_runbook_was_looked_through": f"not verified: {runbooks} is missing: nothing says how "
        f"integrations are changed and watched [{runbooks}]",
    }


# ---------------------------------------------------------------- runbooks

SECTION = 'Symptoms: events are missing. Logs: `GET …/integrations/{0}/logs`. Stop: PUT {{"enabled": false}}.\n'
SECTIONS = {name: f"## {name}\n\n{SECTION.format(name)}" for name in ("GA4", "Meta", "Google Ads", "Webhooks")}
LAYER = "## Data layer\n\nWhen page views fall to zero, restore the last configuration and read it back.\n"

TABLE = """# Störungen

| Integration | Anzeichen | Protokoll | Abschalten |
|---|---|---|---|
| GA4 | Käufe fehlen im Bericht | https://app.selwise.com/logs/ga4 | enabled: false |
| Meta | Käufe fehlen im Bericht | https://app.selwise.com/logs/meta | Testmodus |
| Google Ads | Conversions fehlen | https://app.selwise.com/logs/gads | enabled: false |
| Webhook orders | Bestellung fehlt im Lager | https://app.selwise.com/logs/hooks | isActive: false |
| Datenschicht | Seitenaufrufe fehlen | keines | letzte Konfiguration zurückrollen |
"""
SPANISH = """# Integraciones

### Google Analytics 4
Síntoma: faltan compras. Registros: https://app.selwise.com/ga4/logs. Desactivar con enabled=false.

### Meta
Síntoma: faltan compras. Registros: https://app.selwise.com/meta/logs. Desactivar con enabled=false.

### Google Ads
Síntoma: faltan conversiones. Registros: https://app.selwise.com/gads/logs. Desactivar con enabled=false.

### Webhook de pedidos
Síntoma: falta un pedido. Registros: https://app.selwise.com/hooks/logs. Desactivar.

### Capa de datos
Cuando faltan páginas: revertir la última configuración.
"""

COLUMNS = """# Integrations

| | GA4 | Meta | Google Ads | Webhooks | Data layer |
|---|---|---|---|---|---|
| Symptoms | purchases missing | purchases missing | conversions fall | orders missing | page views fall |
| Logs | /integrations/ga4/logs | /integrations/meta/logs | /integrations/gads/logs | /webhooks/:id/logs | none |
| Stop | enabled: false | testMode: true | enabled: false | isActive: false | restore the last one |
"""

RIGHT = {
    "columns": COLUMNS,
    "sections": "# Integrations\n\n" + "\n".join(SECTIONS.values()) + LAYER,
    "rows": TABLE,
    "spanish": SPANISH,
    "items": "# Integrations\n\n"
    + "".join(
        f"- {name}: when events are missing see /integrations/{name}/logs, then set enabled: false\n"
        for name in ("ga4", "meta", "gads", "webhook", "data layer")
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_runbooks_raise_no_alarm(ask: Asked, text: str) -> None:
    assert _runbooks(ask, RUNBOOK, {"book.md": text}) == "passed"


def test_a_page_for_each(ask: Asked) -> None:
    """By the name of the file, or by what golive.yaml calls it."""
    text = SECTION.format("x")
    files = {f"book/{name}.md": text for name in ("ga4", "meta", "webhooks", "data-layer")} | {"ads.md": text}

    assert _runbooks(ask, RUNBOOK, files, book="book", google_ads="ads.md") == "passed"


OWN = "each provider, webhook and the data layer has to have a runbook of its own; a section, a page or a row for each"
SAYS = (
    "the runbook of an integration has to say what is needed to isolate and to stop it; "
    "its symptoms, where its logs are, how it is stopped"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            RIGHT["sections"].replace(SECTIONS["Meta"], ""),
            f"failed: {OWN}; none is about meta",
        ),
        (
            (
                "# Integrations\n\nFor each provider (GA4, Meta, Google Ads), webhooks and the data layer: read "
                "the logs.\n"
            ),
            f"failed: {OWN}; none is about ga4, meta, gads, the webhook orders, the data layer",
        ),
        (
            RIGHT["sections"].replace(
                SECTIONS["Webhooks"], "## Webhooks\n\nThey are sent by Selwise to the warehouse.\n"
            ),
            (
                f"failed: {SAYS}; book.md:15, about the webhook orders, does not say its symptoms, where its logs are, "
                "how it is stopped"
            ),
        ),
        (
            RIGHT["sections"].replace('PUT {"enabled": false}', "call Ana", 1),
            f"failed: {SAYS}; book.md:3, about ga4, does not say how it is stopped",
        ),
    ],
)
def test_wrong_runbooks(ask: Asked, text: str, told: str) -> None:
    assert _runbooks(ask, RUNBOOK, {"book.md": text}) == told


def test_a_runbook_elsewhere_may_say_it(ask: Asked) -> None:
    files = {"book.md": SECTIONS["GA4"]}

    assert _runbooks(ask, RUNBOOK, files, here="book.md", there="https://wiki.shop.example/integrations") == (
        "not verified: nothing here is about meta, gads, the webhook orders, the data layer, and a "
        "runbook lies elsewhere: "
        "golive reads files only: keep it in the repository, or let somebody vouch for it [operations.runbooks]"
    )


# ---------------------------------------------------------------- the way back

EACH = 'Owner: the one on call. Send {"enabled": false} when it does harm, {"testMode": true} while you look.\n'
GENERAL = "# The way back\n\n" + EACH + "\nIt is for GA4, Meta and Google Ads.\n"
LINE = "how each provider is rolled back has to be written down; a section, or a line, for each provider that is on"
WAYS = (
    "both ways to stop a provider have to be written down for each; "
    "how it is switched off, how it is put into test mode"
)


def test_right_ways_back_raise_no_alarm(ask: Asked) -> None:
    own = "".join(f"## {name}\n\n{EACH}\n" for name in ("GA4", "Meta", "Google Ads"))

    assert _rollback(ask, own) == "passed"
    assert _rollback(ask, GENERAL) == (
        "noted: ga4 is named at back.md:5, without a section of its own; "
        "noted: meta is named at back.md:5, without a section of its own; "
        "noted: gads is named at back.md:5, without a section of its own"
    )
    assert _rollback(ask, GENERAL + "\n## GA4\n\nSwitch it off at once; nobody buys by it.\n") == (
        "noted: back.md:7 leaves to the rest of the page, for ga4: how it is put into test mode; "
        "noted: meta is named at back.md:5, without a section of its own; "
        "noted: gads is named at back.md:5, without a section of its own"
    )


def test_wrong_ways_back(ask: Asked) -> None:
    own = "".join(f"## {name}\n\n{EACH}\n" for name in ("GA4", "Meta"))

    assert _rollback(ask, own) == f"failed: {LINE}; back.md does not name gads"
    assert _rollback(ask, own + "## Google Ads\n\nSwitch it off when it does harm.\n") == (
        f"failed: {WAYS}; back.md:9, about gads, does not say how it is put into test mode"
    )
    assert _rollback(ask, "GA4, Meta and Google Ads: call the vendor.\n") == (
        f"failed: {WAYS}; back.md, about ga4, does not say how it is switched off, how it is put into test mode; "
        "back.md, about meta, does not say how it is switched off, how it is put into test mode; "
        "back.md, about gads, does not say how it is switched off, how it is put into test mode"
    )


# ---------------------------------------------------------------- looked through


@pytest.mark.parametrize(
    "text",
    [
        "Last reviewed: 2026-11-01\n\n# Integrations\n\nRead the logs.\n",
        "---\ntitle: Integrations\nlast_reviewed: 2026-10-02\n---\n\n# Integrations\n",
        "# Integrationen\n\nZuletzt geprüft am 02.11.2026 von Ana.\n",
        "# Integrations\n\n| reviewed by | on |\n|---|---|\n| Ana reviewed | Oct 2, 2026 |\n",
    ],
)
def test_a_page_that_was_looked_through(real: Asked, text: str) -> None:
    assert _runbooks(real, LOOKED, {"book.md": text}) == "passed"


@pytest.fixture
def real(ask: Asked) -> Asked:
    """Ask as in an environment that is no rehearsal."""
    return Asked(ask.sandbox, ask.selwise, ask.folder, rehearsal=False)


def test_a_page_that_was_not_looked_through(real: Asked) -> None:
    files = {"book.md": "# Integrations\n\nLast reviewed 2026-01-05.\n"}

    assert _runbooks(real, LOOKED, files) == (
        "failed: runbooks about integrations have to be looked through; at most 90 days ago (review_age_days); "
        "book.md was last looked through on 2026-01-05"
    )


def test_a_page_that_tells_no_day(real: Asked) -> None:
    """Git's last commit is the day then."""
    files = {"book.md": "# Integrations\n\nRead the logs.\n"}

    assert _runbooks(real, LOOKED, files) == (
        "warned: book.md tells no day, and git does not know it: when it was looked through is not told"
    )
    git.commit(real.folder)
    assert _runbooks(real, LOOKED, files) == "passed"
