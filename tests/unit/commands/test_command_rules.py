from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.commands import rule_rows
from pytest_golive.vendors.library import general_rules, packs, read_rules
from pytest_golive.vendors.rule import Rule

Command = Callable[..., Any]

MANIFEST = """
golive: 1
project: shop
environments:
  staging:
    releases_to: production
    vendors:
      uppzy:
        base_url: {env: NOT_SET}
        api_key: {file: is/not/there}
        ids: {tenant_id: t_1, site_id: s_1}
        features: {feedback: false}
        settings: {poll_interval_seconds: 2}
  production:
    production: true
    allow: [document_round_trip]
    deployment: {fingerprints: https://shop.example/fingerprints}
    vendors:
      uppzy:
        base_url: {env: NOT_SET}
        api_key: {file: is/not/there}
        ids: {tenant_id: t_2, site_id: s_2}
  laboratory: {}
clients:
  crm: {vendor: uppzy, url: https://shop.example/drive, operations: [chat]}
not_applicable: [{rule: UPZ-08, reason: no widget, by: qa}]
"""


def rule(rule_id: str, title: str, *decided_by: dict[str, str], **other: Any) -> Rule:
    """Return a rule of no more than is asked here."""
    usual = {"section": "s", "suites": ["prerelease"], "severity": "major", "about": "both", "stage": "before"}
    return Rule.model_validate(
        {"id": rule_id, "title": title, "decided_by": decided_by, "source": "OPS", "fix": "f", **usual, **other}
    )


CHECK = {"check": "thing_holds"}
RULES = (
    rule("UPZ-01", "The key is its own", CHECK, severity="blocker", suites=["prerelease", "postrotation"]),
    rule("UPZ-02", "Errors stay few", {"metric": "?"}, suites=["weekly"], needs={"keys": ["monitoring"]}),
    rule("UPZ-03", "Owners are known", CHECK, {"attestation": "."}, {"static": "."}, needs={"keys": ["attestations"]}),
    rule("UPZ-04", "Ratings arrive", CHECK, needs={"feature": "feedback"}),
    rule(
        "UPZ-05",
        "Polling has a pace that the vendor bears and an end that the caller notices",
        CHECK,
        needs={"settings": ["poll_interval_seconds", "poll_budget_seconds"], "credentials": ["previous_api_key"]},
    ),
    rule("UPZ-06", "Keys differ", CHECK, needs={"keys": ["releases_to", "deployment.fingerprints", "clients"]}),
    rule(
        "UPZ-07",
        "Chat answers",
        {"check": "chat_answers", "allow": "chat_smoke"},
        needs={"ids": ["site_id", "other_site_id"]},
    ),
    rule("UPZ-08", "The widget is there", {"static": "."}, needs={"keys": ["handlers"]}),
)
GENERAL = (rule("API-01", "Answers fit", CHECK | {"each": "read_operation"}, needs={"keys": ["monitoring"]}),)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts few rules in the place of all those there are."""
    monkeypatch.setattr(rule_rows, "read_rules", lambda _: RULES)
    monkeypatch.setattr(rule_rows, "general_rules", lambda: GENERAL)


@pytest.fixture
def manifest(here: Path) -> Path:
    """A golive.yaml whose values cannot be read: they need not be."""
    path = here / "golive.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    return path


@pytest.mark.usefixtures("book")
def test_without_golive_yaml_the_state_of_each_rule_is_told(golive: Command) -> None:
    """Who decides it, and whether this version can."""
    assert golive("rules") == (
        0,
        [
            "id      severity  suites    state         decided by                  title",
            "UPZ-01  blocker   pre post  check         check                       The key is its own",
            "UPZ-02  major     weekly    no check yet  metric                      Errors stay few",
            "UPZ-03  major     pre       in part       check, attestation, static  Owners are known",
            "UPZ-04  major     pre       check         check                       Ratings arrive",
            "UPZ-05  major     pre       check         check                       Polling has a pace that the v…",
            "UPZ-06  major     pre       check         check                       Keys differ",
            "UPZ-07  major     pre       check         check                       Chat answers",
            "UPZ-08  major     pre       no check yet  static                      The widget is there",
            "API-01  major     pre       check         check                       Answers fit",
            "",
            "9 rules: 6 check, 1 in part, 2 no check yet",
            "With a golive.yaml this also tells which keys rules wait for; `golive init` writes one.",
        ],
        [],
    )


@pytest.mark.usefixtures("book", "manifest")
def test_with_golive_yaml_each_rule_tells_what_it_waits_for(golive: Command) -> None:
    """In the first environment; secrets and variables are not read for it."""
    assert golive("rules").out == [
        "id      severity  suites    state           title",
        "UPZ-01  blocker   pre post  check           The key is its own",
        "UPZ-02  major     weekly    no check yet    Errors stay few",
        "        waits for monitoring",
        "UPZ-03  major     pre       in part         Owners are known",
        "        waits for attestations",
        "UPZ-04  major     pre       not applicable  Ratings arrive",
        "        the feature feedback is switched off in golive.yaml",
        "UPZ-05  major     pre       check           Polling has a pace that the vendor bears and an end tha…",
        "        waits for previous_api_key, settings.poll_budget_seconds",
        "UPZ-06  major     pre       check           Keys differ",
        "        waits for deployment.fingerprints",
        "UPZ-07  major     pre       check           Chat answers",
        "        waits for ids.other_site_id",
        "UPZ-08  major     pre       not applicable  The widget is there",
        "        no widget (qa)",
        "API-01  major     pre       check           Answers fit",
        "        waits for monitoring",
        "",
        "9 rules: 5 check, 1 in part, 1 no check yet, 2 not applicable",
        "staging: 1 can be decided as a whole, 6 wait for a key of golive.yaml",
    ]


@pytest.mark.usefixtures("book", "manifest")
def test_what_is_missing_is_told_once_for_all_rules_that_wait_for_it(golive: Command) -> None:
    """First the keys that a check waits for, then what a later version decides."""
    assert golive("rules", "--missing").out == [
        "`monitoring:` is missing: 2 rules, 1 with a check (UPZ-02, API-01)",
        "`attestations:` is missing: 1 rule, with a check (UPZ-03)",
        "`environments.staging.vendors.uppzy.previous_api_key:` is missing: 1 rule, with a check (UPZ-05)",
        "`environments.staging.vendors.uppzy.settings.poll_budget_seconds:` is missing: 1 rule, with a check (UPZ-05)",
        "`environments.staging.deployment.fingerprints:` is missing: 1 rule, with a check (UPZ-06)",
        "`environments.staging.vendors.uppzy.ids.other_site_id:` is missing: 1 rule, with a check (UPZ-07)",
        "",
        "no check yet by a question to metrics or logs (metric): 1 rule (UPZ-02)",
        "no check yet by a look into files, configuration and documents (static): 1 rule (UPZ-03)",
        "",
        "9 rules: 5 check, 1 in part, 1 no check yet, 2 not applicable",
        "staging: 1 can be decided as a whole, 6 wait for a key of golive.yaml",
    ]


def test_an_empty_list_may_be_the_answer(golive: Command, here: Path) -> None:
    """Where somebody said that there are no other services, nothing is missing."""
    missing = "`operations.services:` is missing: 1 rule, with a check (UPZ-11)"
    path = here / "golive.yaml"
    uppzy = "{base_url: https://x, api_key: {env: K}, ids: {tenant_id: t, site_id: s}}"
    text = f"golive: 1\nproject: shop\nenvironments: {{staging: {{vendors: {{uppzy: {uppzy}}}}}}}\n"

    path.write_text(f"{text}operations: {{owners: {{owner: Shop}}}}\n", encoding="utf-8")
    assert missing in golive("rules", "--missing").out

    path.write_text(f"{text}operations: {{services: []}}\n", encoding="utf-8")
    assert missing not in golive("rules", "--missing").out


@pytest.mark.usefixtures("book", "manifest")
def test_in_production_a_rule_waits_for_what_is_not_allowed_there(golive: Command) -> None:
    """Only what is not allowed yet; and a release ends there, so that nothing is released to."""
    told = golive("rules", "--env", "production", "--missing").out

    assert "`environments.production.allow: [chat_smoke]` is missing: 1 rule, with a check (UPZ-07)" in told
    assert not any("document_round_trip" in line or "UPZ-06" in line for line in told)


@pytest.mark.usefixtures("book", "manifest")
def test_a_vendor_that_the_environment_does_not_have_is_one_missing_key(golive: Command) -> None:
    """Not each of its ids and settings."""
    told = golive("rules", "--vendor", "uppzy", "--env", "laboratory", "--missing").out

    assert told[0] == (
        "`environments.laboratory.vendors.uppzy:` is missing: 8 rules, 7 with a check (UPZ-01, UPZ-02, …)"
    )


@pytest.mark.usefixtures("book", "manifest")
def test_the_sandbox_waits_for_nothing(golive: Command) -> None:
    """A rehearsal needs no golive.yaml."""
    assert golive("rules", "--env", "sandbox", "--missing").out[:2] == [
        "no check yet by a look into files, configuration and documents (static): 2 rules (UPZ-03, UPZ-08)",
        "no check yet by a question to metrics or logs (metric): 1 rule (UPZ-02)",
    ]


def test_nothing_missing_is_told(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty page would leave the reader guessing."""
    monkeypatch.setattr(rule_rows, "read_rules", lambda _: RULES[:1])
    monkeypatch.setattr(rule_rows, "general_rules", lambda: ())

    assert golive("rules", "--missing").out[:2] == ["nothing is missing", ""]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("columns", "header", "row"),
    [
        (
            76,
            "id      severity  suites    state         title",
            "UPZ-01  blocker   pre post  check         The key is its own",
        ),
        (69, "id      severity  state         title", "UPZ-01  blocker   check         The key is its own"),
        (54, "id      state         title", "UPZ-01  check         The key is its own"),
        (30, "id      state         title", "UPZ-01  check         The key…"),
        (10, "id      s…", "UPZ-01  c…"),
    ],
)
def test_columns_give_way_to_the_title_and_ids_stay_whole(
    golive: Command, monkeypatch: pytest.MonkeyPatch, columns: int, header: str, row: str
) -> None:
    """No line is wider than the window."""
    monkeypatch.setenv("COLUMNS", str(columns))
    told = golive("rules").out

    assert told[:2] == [header, row]
    assert max(map(len, told[:10])) <= columns


@pytest.mark.usefixtures("book")
def test_a_pipe_keeps_everything(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at its width."""
    monkeypatch.delenv("COLUMNS")

    assert any(line.endswith("and an end that the caller notices") for line in golive("rules").out)


@pytest.mark.usefixtures("book")
def test_a_suite_narrows_the_list(golive: Command) -> None:
    """Several may be named."""
    postrotation = golive("rules", "--suite", "postrotation").out
    both = golive("rules", "--suite", "postrotation", "--suite", "weekly").out

    assert [line.split()[0] for line in postrotation[1:-3]] == ["UPZ-01"]
    assert [line.split()[0] for line in both[1:-3]] == ["UPZ-01", "UPZ-02"]


@pytest.mark.usefixtures("book", "manifest")
def test_json_has_everything(golive: Command) -> None:
    """A list of objects for other programs."""
    told = json.loads("\n".join(golive("rules", "--json").out))

    assert [row["id"] for row in told] == [rule.id for rule in (*RULES, *GENERAL)]
    assert told[2] == {
        "id": "UPZ-03",
        "vendor": "uppzy",
        "title": "Owners are known",
        "severity": "major",
        "suites": ["prerelease"],
        "about": "both",
        "stage": "before",
        "state": "in part",
        "decided_by": [
            {"kind": "check", "what": "thing_holds"},
            {"kind": "attestation", "what": "."},
            {"kind": "static", "what": "."},
        ],
        "waits_for": ["attestations"],
        "not_applicable": None,
    }
    assert (told[3]["state"], told[3]["not_applicable"]) == (
        "not applicable",
        "the feature feedback is switched off in golive.yaml",
    )
    assert told[-1]["vendor"] is None
    assert told[4]["waits_for"] == [
        "environments.staging.vendors.uppzy.previous_api_key",
        "environments.staging.vendors.uppzy.settings.poll_budget_seconds",
    ]


@pytest.mark.usefixtures("book")
def test_json_of_what_is_missing_is_a_part_of_it(golive: Command) -> None:
    """The same objects, fewer of them."""
    told = json.loads("\n".join(golive("rules", "--missing", "--json").out))

    assert [row["id"] for row in told] == ["UPZ-02", "UPZ-03", "UPZ-08"]


def test_every_shipped_rule_is_listed_once(golive: Command) -> None:
    """Those of every vendor too, at the end."""
    told = json.loads("\n".join(golive("rules", "--json").out))

    shipped = [rule.id for vendor in packs() for rule in read_rules(vendor)]
    assert [row["id"] for row in told] == [*shipped, *(rule.id for rule in general_rules())]


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--suite", "pre"],
            "unknown suite 'pre'; did you mean prerelease? There are: prerelease, postrotation, weekly",
        ),
        (["--vendor", "upzy"], f"unknown vendor 'upzy'; did you mean uppzy? There are: {', '.join(packs())}"),
        (
            ["--env", "stagin"],
            "unknown environment 'stagin'; did you mean staging? There are: staging, production, laboratory, sandbox",
        ),
        (["--manifest", "other.yaml"], "other.yaml is not there; `golive init` writes one"),
        (["--manifest", "empty.yaml"], "empty.yaml has no environments; `golive init` shows how they are written"),
    ],
)
def test_what_is_unknown_is_told_with_the_nearest(
    golive: Command, here: Path, arguments: list[str], message: str
) -> None:
    """One line."""
    (here / "empty.yaml").write_text("golive: 1\nproject: shop\n", encoding="utf-8")

    assert golive("rules", *arguments) == (2, [], [f"golive rules: {message}"])


def test_an_environment_needs_a_golive_yaml(golive: Command) -> None:
    """Asked for by name, it is not passed over."""
    told = golive("rules", "--env", "staging")

    assert told == (2, [], ["golive rules: golive.yaml is not there; `golive init` writes one"])


def test_all_mistakes_of_golive_yaml_are_told(golive: Command, manifest: Path) -> None:
    """One line each, with its place."""
    manifest.write_text("golive: 1\nproject: shop\nenvironments: {staging: {production: maybe}}\nmonitoring:\n")

    told = golive("rules")

    assert (told.code, told.out) == (2, [])
    assert told.err == [
        "golive rules: golive.yaml:3: environments.staging.production: has to be true or false, but text is given",
        "golive rules: golive.yaml:4: monitoring: is empty; it has to be a mapping",
    ]
