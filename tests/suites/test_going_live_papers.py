"""The checks of what is written down around going live, right in many ways and wrong in one."""

# ruff: noqa: E501  # a row of a table is as long as it is

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import suites.papers.test_endpoints as endpoints
import suites.papers.test_going_live as going_live
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Manifest
from pytest_golive.papers.named import Papers, papers_of
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.rehearsal import PAPERS
from tests.suites.planned_checks import GOING_LIVE

PLANNED = PlannedCheck("a_check", "augno", "augno", "production", (), (), Severity.MAJOR)
VERSION = "1.0.forge-preview.3"
COMMIT = "e83c5163316f89bfbde7d9ab23ca2e25604af290"

Check = Callable[[Golive, PlannedCheck], None]

ALL: dict[str, Check] = {
    name.removeprefix("test_"): check
    for module in (endpoints, going_live)
    for name, check in vars(module).items()
    if name.startswith("test_")
}
REQUIREMENTS, STAKEHOLDERS = ALL["requirements_are_met"], ALL["stakeholders_have_reviewed"]
FIRST_SYNC, TRAINING = ALL["first_sync_is_complete"], ALL["changed_work_was_shown"]
SIGNED = ALL["deployed_commit_is_the_signed_one"]
THEIR_VERSION, APART, BUILD = (
    ALL[f"endpoints_{name}"] for name in ("name_their_version", "are_apart", "run_the_same_build")
)


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(papers: Papers) -> Golive:
    targets = {"augno": Target("augno", "https://api.augno.com", settings={"api_version": VERSION})}
    golive = Golive(
        {
            "staging": Environment("staging", releases_to="production", targets=targets),
            "production": Environment("production", production=True, targets=targets),
        },
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=papers.folder,
    )
    golive.papers = papers
    return golive


def _with(folder: Path, key: str, text: str, name: str = "paper.md", **further: Any) -> Golive:
    (folder / name).write_text(text, encoding="utf-8")
    named: dict[str, Any] = {key: name, **further}
    return _golive(Papers(folder, **named))


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def _not_verified(check: Check, golive: Golive) -> tuple[str, str | None]:
    with pytest.raises(NotVerified) as skipped:
        check(golive, PLANNED)
    return str(skipped.value), skipped.value.key


def test_every_check_is_here() -> None:
    assert sorted(ALL) == sorted(GOING_LIVE)


@pytest.mark.parametrize("name", ALL)
def test_the_example_project_is_right(name: str, record: CheckRecord) -> None:
    papers = replace(PAPERS, deployments={each: {"commit": "0123abc"} for each in ("staging", "production")})

    ALL[name](_golive(papers), PLANNED)

    assert record.warnings == []


MISSING = {
    "operations.requirements": "requirements_are_met",
    "operations.first_sync": "first_sync_is_complete",
    "operations.training": "changed_work_was_shown",
    "environments.production.deployment.commit": "deployed_commit_is_the_signed_one",
    "operations.webhook_endpoints": "endpoints_name_their_version endpoints_are_apart endpoints_run_the_same_build",
}


@pytest.mark.parametrize(
    ("key", "check"), [(key, check) for key, checks in MISSING.items() for check in checks.split()]
)
def test_what_is_not_named_is_not_verified(key: str, check: str, tmp_path: Path) -> None:
    told, named = _not_verified(ALL[check], _golive(Papers(tmp_path)))

    assert named == key
    assert told.startswith(f"{key} is missing: ")


def test_what_cannot_be_read_is_inconclusive(tmp_path: Path) -> None:
    with pytest.raises(CannotTell) as ended:
        TRAINING(_with(tmp_path, "training", "Everybody knows.\n"), PLANNED)

    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "what operations.training names has to be readable",
        "a table in Markdown, CSV, JSON or YAML",
        "paper.md: no row tells team or material or seen",
    )
    with pytest.raises(CannotTell) as ended:
        APART(_with(tmp_path, "webhook_endpoints", "[broken", "e.json"), PLANNED)
    assert ended.value.finding.actual == "e.json: Expecting value: line 1 column 2 (char 1)"
    assert ended.value.finding.expected == "a table, CSV, JSON or YAML with one row per endpoint"
    assert ended.value.finding.requirement == "the list of endpoints has to be readable"


# ---------------------------------------------------------------- requirements

MET = {
    "table.md": "| ID | Requirement | Covered by | Status |\n|---|---|---|---|\n| R1 | Orders arrive | `tests/test_orders.py::test_arrive` | done |\n",
    "boxes.md": "# Scope\n\n- [x] Orders arrive (tests/test_orders.py)\n- [x] Reports match SHOP-12\n",
    "rows.csv": "requirement;evidence;state\nOrders arrive;https://ci.example/run/7;passed\nOld data;;dropped\n",
    "entries.yaml": "requirements:\n  - {id: R1, tests: [tests/test_orders.py]}\n  - {id: R2, evidence: SHOP-9, status: met}\n",
    "records.json": '[{"requirement": "R1", "test": "OrderTest.java", "result": "green"}]',
    "struck.md": "- [x] ~~Old data~~ dropped\n- [x] Orders (features/orders.feature)\n",
    "tabelle.adoc": "|===\n|Anforderung |Nachweis\n|Bestellungen |SHOP-1\n|===\n",
}


@pytest.mark.parametrize("name", MET)
def test_requirements_that_are_met(name: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_orders.py").write_text("def test_arrive(): ...\n")
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "orders.feature").write_text("Feature: orders\n")

    REQUIREMENTS(_with(tmp_path, "requirements", MET[name], name), PLANNED)


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("| Requirement | Test |\n|---|---|\n| Orders arrive | |\n", "Orders arrive leads to no test and no evidence"),
        (
            "| Requirement | Test |\n|---|---|\n| Orders arrive | TBD |\n",
            "Orders arrive leads to no test and no evidence",
        ),
        ("| Requirement | Test | Status |\n|---|---|---|\n| Orders | SHOP-1 | open |\n", "Orders is open"),
        (
            "| Requirement | Test |\n|---|---|\n| Orders | tests/test_gone.py |\n",
            "Orders names tests/test_gone.py, which is not there",
        ),
        (
            "| Requirement | Test |\n|---|---|\n| Orders | docs/here.md::test_x |\n",
            "Orders names docs/here.md::test_x, which is not there",
        ),
    ],
)
def test_a_requirement_that_is_not_met(text: str, actual: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "here.md").write_text("nothing\n")

    assert _failed(REQUIREMENTS, _with(tmp_path, "requirements", text)) == (
        "each requirement has to lead to a test or to evidence",
        "1 of 1 that are met, or were taken out with a reason",
        f"paper.md:3: {actual}",
    )
    boxes = "- [ ] Orders arrive (tests/test_orders.py)\n"
    assert _failed(REQUIREMENTS, _with(tmp_path, "requirements", boxes))[2] == (
        "paper.md:1: Orders arrive (tests/test_orders.py) is open"
    )


# ---------------------------------------------------------------- people


def test_stakeholders(tmp_path: Path, record: CheckRecord) -> None:
    STAKEHOLDERS(_golive(Papers(tmp_path)), PLANNED)
    assert record.notes == ["operations.stakeholders names no register: the person who vouches answers for all of them"]

    text = "| Name | Role | Reviewed by / on |\n|---|---|---|\n| Ana | QA | Ana, 2026-11-20 |\n| Ben | Sales | |\n"
    assert _failed(STAKEHOLDERS, _with(tmp_path, "stakeholders", text)) == (
        "each stakeholder has to have reviewed the integration",
        "a day for each of them",
        "paper.md:4: Ben has none",
    )
    STAKEHOLDERS(_with(tmp_path, "stakeholders", text.replace("Sales | |", "Sales | 20.11.2026 |")), PLANNED)


def test_teams_that_were_shown_nothing(tmp_path: Path) -> None:
    text = "| Team | Guide | Confirmed |\n|---|---|---|\n| Care | [how](docs/care.md) | |\n"
    assert _failed(TRAINING, _with(tmp_path, "training", text)) == (
        "what teams were shown has to be there",
        "documents that can be opened",
        "paper.md:3 names docs/care.md, which is not there",
    )

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "care.md").write_text("How.\n")
    assert _failed(TRAINING, _with(tmp_path, "training", text)) == (
        "each team whose work changes has to confirm that it was shown how",
        "a day, or who confirmed it",
        "paper.md:3: Care did not",
    )
    TRAINING(_with(tmp_path, "training", text.replace("| |", "| Ana |")), PLANNED)
    TRAINING(
        _with(tmp_path, "training", "- Care: docs/care.md, confirmed by Ana\n- **Ops** - docs/care.md, 2026-11-20\n"),
        PLANNED,
    )
    assert (
        _failed(TRAINING, _with(tmp_path, "training", "# Who\n\n- Care: docs/care.md\n"))[2]
        == "paper.md:3: Care did not"
    )
    TRAINING(
        _with(
            tmp_path,
            "training",
            "teams:\n  - {team: Care, course: https://lms.example/7, date: 2026-11-20}\n",
            "t.yaml",
        ),
        PLANNED,
    )


# ---------------------------------------------------------------- the first synchronisation


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("map.csv", "sku,augno_id\nA-1,un_1\nA-2,un_2\n", False),
        ("ids.json", '{"units": {"A-1": "un_1", "A-2": "un_2"}, "customers": {"A-1": "ac_1"}}', False),
        ("map.json", '[{"local_id": "1", "vendor_id": "cu_1", "object": "customer"}, {"local_id": "1", "vendor_id": "un_1", "object": "unit"}]', False),
        ("counts.md", "| Object | Vendor | Local | Rejects | Second run |\n|---|---|---|---|---|\n| units | 1,042 | 1042 | 0 | 0 |\n", True),
        ("counts.yaml", "objects:\n  units: {expected: 42, synced: 42, orphans: 0}\n", False),
    ],
)  # fmt: skip
def test_a_first_sync_that_is_complete(name: str, text: str, again: bool, tmp_path: Path, record: CheckRecord) -> None:
    FIRST_SYNC(_with(tmp_path, "first_sync", text, name), PLANNED)

    assert record.notes == ([] if again else ["it does not tell what a second run changed"])


@pytest.mark.parametrize(
    ("name", "text", "actual"),
    [
        ("map.csv", "sku,augno_id\nA-1,\n", "map.csv:2: A-1 has no id of the vendor"),
        ("map.csv", "sku,augno_id\nA-1,un_1\nA-2,un_1\n", "the vendor's id un_1 stands there 2 times"),
        ("ids.json", '{"A-1": "un_1", "A-2": "un_1"}', "the vendor's id un_1 stands there 2 times"),
        ("map.csv", "sku,augno_id\nA-1,un_1\nA-1,un_2\n", "our id A-1 stands there 2 times"),
        ("map.csv", "sku,augno_id,status\nA-1,un_1,failed\n", "map.csv:2: A-1 is failed"),
        ("counts.csv", "object,vendor,local\nunits,42,41\n", "counts.csv:2: units: 41 of 42"),
        ("counts.csv", "object,vendor,local,rejects\nunits,42,42,3\n", "counts.csv:2: units: 3 rejected"),
        ("counts.csv", "object,vendor,local,orphans\nunits,42,42,1\n", "counts.csv:2: units: 1 orphaned"),
        ("counts.csv", "object,vendor,local,duplicates\nunits,42,42,2\n", "counts.csv:2: units: 2 doubled"),
        (
            "counts.csv",
            "object,vendor,local,second_run\nunits,42,42,5\n",
            "counts.csv:2: units: 5 changed by the second run",
        ),
    ],
)
def test_a_first_sync_that_is_not_complete(name: str, text: str, actual: str, tmp_path: Path) -> None:
    assert _failed(FIRST_SYNC, _with(tmp_path, "first_sync", text, name)) == (
        "the first synchronisation has to be complete",
        "one id for each object, none rejected, and no change by a second run",
        actual,
    )


# ---------------------------------------------------------------- the build


STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "shop", "digest": {"sha256": "0" * 64}}],
    "predicate": {
        "buildDefinition": {
            "resolvedDependencies": [{"uri": "git+https://git.example/shop", "digest": {"gitCommit": COMMIT}}]
        }
    },
}
ENVELOPE = {
    "payloadType": "application/vnd.in-toto+json",
    "payload": base64.b64encode(json.dumps(STATEMENT).encode()).decode(),
}
OF_BUILDS = {
    "statement.json": json.dumps(STATEMENT),
    "envelope.json": json.dumps(ENVELOPE),
    "bundle.sigstore.json": json.dumps({"dsseEnvelope": ENVELOPE, "verificationMaterial": {}}),
    "lines.jsonl": f"{json.dumps(ENVELOPE)}\n{json.dumps({'other': 1})}\n",
    "slsa02.json": json.dumps({"predicate": {"materials": [{"digest": {"sha1": COMMIT}}]}}),
    "build.txt": f"commit: {COMMIT[:12]}\n",
}


def _deployed(folder: Path, commit: str = COMMIT, signed: str = "", provenance: str = "") -> Golive:
    words = f"golive: 1\nattestations:\n  - {{rule: AUG-40, at: 2026-11-20, commit: {signed}}}\n  - {{rule: AUG-39}}\n"
    (folder / "words.yaml").write_text(words if signed else "golive: 1\n")
    told = {"commit": commit, **({"provenance": provenance} if provenance else {})}
    return _golive(Papers(folder, attestations="words.yaml", deployments={"production": told}))


@pytest.mark.parametrize("name", OF_BUILDS)
def test_a_build_that_was_made_of_the_deployed_commit(name: str, tmp_path: Path, record: CheckRecord) -> None:
    (tmp_path / name).write_text(OF_BUILDS[name])

    SIGNED(_deployed(tmp_path, signed=COMMIT[:7], provenance=name), PLANNED)
    SIGNED(_deployed(tmp_path, provenance=name), PLANNED)

    assert record.notes == ["nobody signed for a commit under AUG-40"]
    other = "0123456789abcdef0123456789abcdef01234567"
    assert _failed(SIGNED, _deployed(tmp_path, commit=other, provenance=name)) == (
        "the build has to be made of the deployed commit",
        other,
        f"{name} names {COMMIT[:12]}",
    )


def test_a_commit_that_nobody_signed_for(tmp_path: Path, record: CheckRecord) -> None:
    SIGNED(_deployed(tmp_path, signed="E83C516"), PLANNED)
    assert record.warnings == []

    next_one = _deployed(tmp_path, signed="E83C516")
    words = (tmp_path / "words.yaml").read_text() + "  - {rule: AUG-40, at: 2026-11-25, commit: 0123abc}\n"
    (tmp_path / "words.yaml").write_text(words)
    SIGNED(next_one, PLANNED)
    assert record.warnings == [f"production runs {COMMIT[:12]}; the newest that was signed for is 0123abc"]

    assert _failed(SIGNED, _deployed(tmp_path, signed="0123abc")) == (
        "the deployed commit has to be the one that somebody signed for",
        "0123abc",
        f"production runs {COMMIT[:12]}",
    )
    assert _not_verified(SIGNED, _deployed(tmp_path)) == (
        "nobody signed for a commit under AUG-40, and environments.production.deployment.provenance is missing",
        "attestations",
    )
    (tmp_path / "empty.json").write_text("{}")
    assert _failed(SIGNED, _deployed(tmp_path, provenance="empty.json"))[2] == "empty.json names no commit"


# ---------------------------------------------------------------- endpoints

LIST = {
    "list.yaml": f"""
endpoints:
  test: {{url: https://staging.shop.example/hooks, secret: vault:shop/test#hook, api_version: {VERSION}, events: [customer.created], mode: test}}
  live: {{url: https://shop.example/hooks, secret: vault:shop/live#hook, api_version: {VERSION}, events: [customer.created], mode: live}}
""",
    "nested.yaml": f"- {{name: a, url: https://p/h, livemode: true, secret: {{vault: shop/live}}, events: [a], version: {VERSION}}}\n- {{name: b, url: https://s/h, livemode: false, secret: {{vault: shop/test}}, events: [a], version: {VERSION}}}\n",
    "list.csv": f"Environment,Endpoint URL,Signing secret,API version,Event types\nstaging,https://s.shop.example/h,HOOK_STAGING,{VERSION},all\nproduction,https://shop.example/h,HOOK_PRODUCTION,{VERSION},all\n",
    "list.md": f"| URL | Live? | Secret kept in | Payload version | Events |\n|---|---|---|---|---|\n| https://s.shop.example/h | no, test | S1 | account ({VERSION}) | all |\n| https://shop.example/h | live | S2 | {VERSION} | all |\n",
}


@pytest.mark.parametrize("name", LIST)
def test_endpoints_that_are_known(name: str, tmp_path: Path, record: CheckRecord) -> None:
    golive = _with(tmp_path, "webhook_endpoints", LIST[name], name)

    THEIR_VERSION(golive, PLANNED)
    APART(golive, PLANNED)

    assert record.warnings == []


def _listed(folder: Path, *rows: str, **papers: Any) -> Golive:
    head = "url,mode,secret,version,events,build\n"
    return _with(folder, "webhook_endpoints", head + "\n".join(rows), "e.csv", **papers)


TEST, LIVE = f"https://t.example/h,test,HOOK_T,{VERSION},all,", f"https://l.example/h,live,HOOK_L,{VERSION},all,"


@pytest.mark.parametrize(
    ("rows", "requirement", "expected", "actual"),
    [
        (
            (TEST.replace("HOOK_T", "vault:shop/hook"), LIVE.replace("HOOK_L", "vault:shop/hook")),
            "endpoints may share neither address nor secret",
            "an address and a secret for each",
            "e.csv:2 and e.csv:3 share the secret",
        ),
        (
            (TEST, LIVE.replace("//l.", "//t.")),
            "endpoints may share neither address nor secret",
            "an address and a secret for each",
            "e.csv:2 and e.csv:3 share the address https://t.example/h",
        ),
        (
            (TEST.replace("HOOK_T", ""), LIVE.replace("all", "TBD")),
            "of each endpoint address, mode, secret and events have to be known",
            "all four; of the secret, where it is kept",
            "e.csv:2 does not tell secret; e.csv:3 does not tell events",
        ),
        (
            (TEST.replace("HOOK_T", "whs7Kj7dh38Gd92kLmQ4Rt"), LIVE),
            "the list of endpoints may say where a secret is kept, and never the secret",
            "the name it has in the secret store",
            "e.csv:2 seems to hold one",
        ),
    ],
)
def test_endpoints_that_are_not_apart(
    rows: tuple[str, ...], requirement: str, expected: str, actual: str, tmp_path: Path
) -> None:
    assert _failed(APART, _listed(tmp_path, *rows)) == (requirement, expected, actual)


def test_a_variable_may_have_two_values(tmp_path: Path, record: CheckRecord) -> None:
    APART(_listed(tmp_path, TEST.replace("HOOK_T", "HOOK_SECRET"), LIVE.replace("HOOK_L", "HOOK_SECRET")), PLANNED)

    assert record.warnings == [
        "several endpoints take their secret from HOOK_SECRET: see that it has another value for each"
    ]


def test_endpoints_of_one_mode_only(tmp_path: Path, record: CheckRecord) -> None:
    APART(_listed(tmp_path, LIVE), PLANNED)
    APART(_listed(tmp_path, TEST), PLANNED)

    assert record.warnings == [
        "the list names endpoints for real customers only",
        "the list names endpoints for tests only",
    ]


def test_versions_of_endpoints(tmp_path: Path) -> None:
    assert _failed(THEIR_VERSION, _listed(tmp_path, TEST, LIVE.replace(VERSION, ""))) == (
        "the version of each endpoint's payloads has to be known",
        "a version for each endpoint",
        "e.csv:3 names none",
    )
    assert _failed(THEIR_VERSION, _listed(tmp_path, TEST, LIVE.replace("preview.3", "preview.1"))) == (
        "the version of each endpoint's payloads has to be the client's",
        VERSION,
        "e.csv:3 says 1.0.forge-preview.1",
    )


def test_builds_of_endpoints(tmp_path: Path, record: CheckRecord) -> None:
    BUILD(_listed(tmp_path, f"{TEST}e83c516", f"{LIVE}{COMMIT}"), PLANNED)
    requirement, expected = "both endpoints have to run the same build", "one build"

    assert _failed(BUILD, _listed(tmp_path, f"{TEST}e83c516", f"{LIVE}0123abc")) == (
        requirement,
        expected,
        "e.csv:3 runs 0123abc; e.csv:2 runs e83c516",
    )
    key = "operations.webhook_endpoints"
    assert _not_verified(BUILD, _listed(tmp_path, TEST, LIVE)) == (
        f"neither {key} nor deployment.commit of two environments tells which build runs where",
        key,
    )

    def deployed(staging: str, production: str) -> Golive:
        told = {
            "staging": {"commit": "e83c516", "deployed": staging},
            "production": {"commit": "0123abc", "deployed": production},
        }
        return _listed(tmp_path, TEST, LIVE, deployments=told)

    assert _failed(BUILD, deployed("2026-11-20", "2026-11-21")) == (
        requirement,
        expected,
        "production runs 0123abc; staging runs e83c516",
    )
    BUILD(deployed("2026-11-20", "2026-11-01"), PLANNED)
    BUILD(deployed("", ""), PLANNED)
    assert record.warnings == ["production awaits the build of staging"] * 2


def test_what_golive_yaml_names_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMIT", "0123abc")
    monkeypatch.delenv("DEPLOYED", raising=False)
    deployment = {"commit": {"env": "COMMIT"}, "deployed": {"env": "DEPLOYED"}, "provenance": "build.json"}
    operations: dict[str, Any] = dict.fromkeys(
        ("webhook_endpoints", "requirements", "stakeholders", "first_sync", "training"), "a.md"
    )
    manifest = Manifest.model_validate(
        {
            "golive": 1,
            "project": "shop",
            "attestations": "words.yaml",
            "environments": {"production": {"deployment": deployment}},
            "operations": operations,
        }
    )

    papers = papers_of(manifest, tmp_path)

    assert papers == Papers(
        tmp_path,
        attestations="words.yaml",
        deployments={"production": {"commit": "0123abc", "provenance": "build.json"}},
        **operations,
    )
    bare = papers_of(manifest.model_copy(update={"operations": None}), tmp_path)
    assert (bare.attestations, bare.deployments) == ("words.yaml", papers.deployments)
