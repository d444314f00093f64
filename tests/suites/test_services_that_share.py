"""The checks of services that share a vendor, and of the source of the smoke question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import suites.papers.test_services as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MINOR)
OWNERS = {"owner": "Shop Platform", "api_key": "Shop Platform"}
PATH = "Level 1: on-call@shop.example, at once. Level 2: lead@shop.example, 15 minutes."
SHARED = "services that call one vendor have to share owner and escalation path"

Check = Callable[[Golive, PlannedCheck], None]


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(folder: Path, papers: Papers, *sources: str) -> Golive:
    settings = {"smoke_source": list(sources) if len(sources) > 1 else sources[0]} if sources else {}
    golive = Golive(
        {"staging": Environment("staging", targets={"uppzy": Target("uppzy", "https://x", settings=settings)})},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    golive.papers = papers
    return golive


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def _service(folder: Path, operations: str, vendor: str = "uppzy") -> None:
    folder.mkdir(parents=True)
    environments = f"environments: {{production: {{vendors: {{{vendor}: {{base_url: https://x}}}}}}}}"
    (folder / "golive.yaml").write_text(f"golive: 1\nproject: other\n{environments}\noperations: {operations}\n")


@pytest.mark.parametrize(
    ("operations", "why"),
    [
        (
            f"{{owners: {{owner: Sales}}, escalation: '{PATH}'}}",
            "../crm/golive.yaml has Sales as owner, and golive.yaml Shop Platform",
        ),
        (
            f"{{owners: {{api_key: Sales}}, escalation: '{PATH}'}}",
            "../crm/golive.yaml has Sales as api_key, and golive.yaml Shop Platform",
        ),
        (
            "{owners: {owner: shop platform}, escalation: 'Level 1: sales@shop.example'}",
            (
                "../crm/golive.yaml has Level 1: sales@shop.example as escalation, "
                "and golive.yaml Level 1: on-call@shop.example, at once. Level 2: lead@sho…"
            ),
        ),
        (
            "{owners: {owner: Shop Platform}}",
            (
                "../crm/golive.yaml has none as escalation, "
                "and golive.yaml Level 1: on-call@shop.example, at once. Level 2: lead@sho…"
            ),
        ),
    ],
)
def test_services_that_do_not_share(tmp_path: Path, operations: str, why: str) -> None:
    _service(tmp_path / "crm", operations)
    (tmp_path / "shop").mkdir()
    papers = Papers(tmp_path / "shop", owners=OWNERS, escalation=PATH, services=("../crm/golive.yaml",))

    assert _failed(checks.test_services_share_owner_and_escalation, _golive(tmp_path / "shop", papers)) == (
        SHARED,
        "the same in each golive.yaml",
        why,
    )


@pytest.mark.parametrize(
    "operations",
    [
        f"{{owners: {{owner: Shop  platform}}, escalation: '{PATH}'}}",
        "{owners: {uppzy_owner: Shop Platform}, escalation: ../shop/docs/escalation.md}",
        "{owners: {api_key: Shop Platform}, escalation: 'on-call@shop.example, then lead@shop.example'}",
    ],
)
def test_services_that_share(tmp_path: Path, record: CheckRecord, operations: str) -> None:
    """A folder will do for the golive.yaml in it; the path may be one file, or two that name the same people."""
    _service(tmp_path / "crm", operations)
    (tmp_path / "shop" / "docs").mkdir(parents=True)
    (tmp_path / "shop" / "docs" / "escalation.md").write_text(PATH)
    owners = OWNERS if "owner:" in operations else {"api_key": "Shop Platform"}
    papers = Papers(tmp_path / "shop", owners=owners, escalation="docs/escalation.md", services=("../crm",))

    checks.test_services_share_owner_and_escalation(_golive(tmp_path / "shop", papers), PLANNED)

    assert record.notes == ["other services: ../crm"]


def test_services_of_one_repository(tmp_path: Path) -> None:
    """They are found without being named; one of another vendor does not count."""
    _service(tmp_path / "services" / "crm", "{owners: {owner: Sales}}")
    _service(tmp_path / "services" / "mail", "{owners: {owner: Mail}}", vendor="timely")
    papers = Papers(tmp_path / "services" / "shop", owners=OWNERS)

    told = _failed(checks.test_services_share_owner_and_escalation, _golive(tmp_path, papers))[2]

    assert told == (
        "services/crm/golive.yaml has Sales as owner, and golive.yaml Shop Platform; "
        "services/crm/golive.yaml has none as escalation, and golive.yaml none"
    )


def test_no_other_service(tmp_path: Path, record: CheckRecord) -> None:
    checks.test_services_share_owner_and_escalation(_golive(tmp_path, Papers(tmp_path, services=())), PLANNED)
    assert record.notes == ["other services: none"]

    with pytest.raises(NotVerified) as skipped:
        checks.test_services_share_owner_and_escalation(_golive(tmp_path, Papers(tmp_path)), PLANNED)
    assert (str(skipped.value), skipped.value.key) == (
        (
            "operations.services is missing: the golive.yaml of each other service that calls uppzy, "
            "or [] where there is none"
        ),
        "operations.services",
    )


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    papers = Papers(tmp_path, services=("../crm/golive.yaml",))

    assert _failed(checks.test_services_share_owner_and_escalation, _golive(tmp_path, papers)) == (
        "what golive.yaml names has to be there",
        "the golive.yaml of another service",
        (
            "operations.services: ../crm/golive.yaml: golive.yaml is not there: "
            f"{(tmp_path / '../crm/golive.yaml').resolve()}"
        ),
    )


# ---------------------------------------------------------------- the smoke question

OLD, NEW = (f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (40, 3))
ROWS = f"""source_id,document_id,batch_id,approver,time,status
good,d1,b,Ana,{OLD},published
fresh,d2,b,Ana,{OLD},published
fresh,d2,c,Ana,{NEW},published
draft,d3,b,Ana,{OLD},draft
nobody,d4,b,,{OLD},published
gone,d5,b,Ana,{OLD},deleted
"""


def _asking(folder: Path, *sources: str) -> Golive:
    (folder / "sync.csv").write_text(ROWS)
    return _golive(folder, Papers(folder, sync_log="sync.csv"), *sources)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("fresh", f"fresh was changed on {NEW[:10]}"),
        ("draft", "draft is draft: nobody approved it"),
        ("nobody", "row 5 does not tell who approved nobody"),
        ("gone", "gone is deleted"),
        ("other", "the sync log has no other"),
    ],
)
def test_a_question_on_sand(tmp_path: Path, source: str, why: str) -> None:
    assert _failed(checks.test_smoke_question_rests_on_stable_content, _asking(tmp_path, "good", source)) == (
        "the smoke question has to rest on approved content that stays",
        "a source of the sync log with an approver, unchanged for 30 days",
        why,
    )


def test_a_question_on_rock(tmp_path: Path) -> None:
    """The document's id will do for the source's."""
    checks.test_smoke_question_rests_on_stable_content(_asking(tmp_path, "good"), PLANNED)
    checks.test_smoke_question_rests_on_stable_content(_asking(tmp_path, "good", "d1"), PLANNED)


def test_a_question_without_a_source(tmp_path: Path) -> None:
    with pytest.raises(NotVerified) as skipped:
        checks.test_smoke_question_rests_on_stable_content(_asking(tmp_path), PLANNED)

    assert skipped.value.key == "environments.staging.vendors.uppzy.settings.smoke_source"
