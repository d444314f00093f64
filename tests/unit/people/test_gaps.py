"""Waivers, and what golive.yaml declares not applicable."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.manifest.load import load_manifest
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import Manifest
from pytest_golive.people.gaps import declared
from pytest_golive.people.register import Register, register_of
from pytest_golive.people.rules_known import known_rules
from pytest_golive.vendors.keys import all_vendor_keys
from tests.unit.people.repository import ANA, BEN, repository

CLEO = "Cleo Lee <cleo@shop.example>"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

MANIFEST = """golive: 1
project: shop
environments:
  staging:
    releases_to: production
    vendors:
      timely: {{base_url: https://a.example/v1, api_key: {{env: K}}, ids: {ids}, features: {{{features}}}}}
  production:
    production: true
    {deployment}
    vendors:
      timely: {{base_url: https://b.example/v1, api_key: {{env: P}}, ids: {ids}}}
{more}
"""

AGREED = "approver: Ana, until: 2026-12-31"


def manifest(folder: Path, *entries: str, features: str = "", deployment: str = "", more: str = "") -> Manifest:
    """Write a golive.yaml with these entries of `not_applicable` from line 14 on, and read it."""
    lines = ["not_applicable:", *(f"  - {{{entry}}}" for entry in entries)] if entries else []
    text = MANIFEST.format(
        ids="{workspace_id: w, agent_id: a}", features=features, deployment=deployment, more="\n".join([*lines, more])
    )
    (folder / "golive.yaml").write_text(text, encoding="utf-8")
    return load_manifest(folder / "golive.yaml", all_vendor_keys())


def register(folder: Path, *entries: str, environment: str = "staging", **more: Any) -> Register:
    """Return what people said in a project."""
    return register_of(manifest(folder, *entries, **more), environment, folder, now=NOW)


def told(folder: Path, *entries: str, **more: Any) -> list[str]:
    """Return the mistakes that are told of entries."""
    with pytest.raises(Mistakes) as found:
        register(folder, *entries, **more)
    return list(map(str, found.value.mistakes))


def waive(folder: Path, *records: str, ceiling: str = "") -> str:
    """Write waivers; return the line of golive.yaml that names the file."""
    lines = [f"  - {{{record}}}" for record in records]
    (folder / "waivers.yaml").write_text("\n".join(["golive: 1", ceiling, "waivers:", *lines, ""]), encoding="utf-8")
    return "waivers: waivers.yaml"


WAIVED = f"rule: TIM-26, reason: none is sent, owner: {BEN!r}, approver: {ANA!r}, until: 2026-12-31"


def test_a_rule_that_does_not_apply(tmp_path: Path) -> None:
    """On somebody's word, everywhere or in one environment, for one vendor or for all."""
    there = register(
        tmp_path, "rule: TIM-26, reason: none is sent, by: qa", "rule: API-01, vendor: timely, reason: x, by: y"
    )

    assert there.not_applicable == {"TIM-26": "none is sent (qa)", "timely API-01": "x (y)"}
    elsewhere = register(tmp_path, "rule: TIM-26, environment: production, reason: none is sent, by: qa")
    assert elsewhere.not_applicable == {}


def test_a_section_that_does_not_apply(tmp_path: Path) -> None:
    """Every rule of it, each on its own."""
    there = register(tmp_path, f"section: monitoring, vendor: timely, reason: x, by: y, {AGREED}".replace("m", "M", 1))

    ids = {rule.id for rule in known_rules().section("timely", "Monitoring")}
    assert set(there.not_applicable) == {f"timely {each}" for each in ids}
    assert declared(manifest(tmp_path, "rule: TIM-26, reason: r, by: b"), "staging") == {"TIM-26": "r (b)"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("rule: TIM-99, reason: r, by: b", ".rule: no rule has the id 'TIM-99'; did you mean TIM-29?"),
        ("rule: TIM-05, reason: r, by: b", ": TIM-05 is a blocker: it needs approver and until"),
        ("rule: TIM-05, reason: r, by: b, approver: Ana", ": TIM-05 is a blocker: it needs until"),
        (
            "section: Secrets, vendor: timely, reason: r, by: b",
            ": TIM-01, TIM-03, TIM-04, TIM-05, TIM-06 are among it and blockers: it needs approver and until",
        ),
        ("section: Secrets, reason: r, by: b", ": a section needs its vendor"),
        (
            "section: Secret, vendor: timely, reason: r, by: b",
            (
                ".section: timely has no section 'Secret'; did you mean Secrets? There are: Secrets, API, Webhooks, "
                "Agents and channels, Monitoring"
            ),
        ),
        ("rule: TIM-26, reason: tbd, by: b", ".reason: is not filled in"),
        (
            f"rule: TIM-05, reason: r, by: ana, {AGREED}",
            ".approver: is the one who says so; somebody else has to agree",
        ),
        ("rule: TIM-26, reason: r, by: b, until: 2026-11-31", ".until: is no day of the calendar, as 2026-11-21"),
        ("rule: TIM-26, reason: r, by: b, at: 2026-12-01", ".at: lies in the future"),
        (
            "rule: TIM-26, reason: r, by: b, at: 2026-11-20, until: 2026-11-19",
            ".until: lies before the day on which it was said",
        ),
        (
            "rule: TIM-05, reason: r, by: b, approver: Ana, until: 2027-11-30",
            ".until: is more than 365 days ahead; it is agreed anew after that",
        ),
        (
            "rule: API-01, vendor: tim, reason: r, by: b",
            ".vendor: unknown vendor 'tim'; did you mean timely? There are: augno, selwise, timely, uppzy",
        ),
        (
            f"feature: webhooks, vendor: timely, reason: r, by: b, {AGREED}",
            ".feature: webhooks is switched off in no environment: features: {webhooks: false} does that",
        ),
    ],
)
def test_a_wrong_entry(tmp_path: Path, entry: str, message: str) -> None:
    """Told with its line."""
    assert told(tmp_path, entry) == [f"golive.yaml:14: not_applicable[0]{message}"]


def test_an_unknown_feature_or_environment(tmp_path: Path) -> None:
    """With the names there are."""
    feature = told(tmp_path, f"feature: webhook, vendor: timely, reason: r, by: b, {AGREED}")
    environment = told(tmp_path, "rule: TIM-26, environment: prod, reason: r, by: b")

    assert feature[0].startswith(
        "golive.yaml:14: not_applicable[0].feature: timely has no feature 'webhook'; did you mean"
    )
    assert environment == [
        (
            "golive.yaml:14: not_applicable[0].environment: there is no environment 'prod'; did you mean production? "
            "There is: staging, production"
        )
    ]


def test_a_feature_with_blockers_needs_somebody_who_agrees(tmp_path: Path) -> None:
    """Switched off alone, it opens no way round its blockers."""
    alone = register(tmp_path, features="webhooks: false")
    agreed = register(
        tmp_path, f"feature: webhooks, vendor: timely, reason: not used, by: Ben, {AGREED}", features="webhooks: false"
    )
    over = register(
        tmp_path,
        "feature: webhooks, vendor: timely, reason: not used, by: Ben, approver: Ana, until: 2026-11-20",
        features="webhooks: false",
    )

    assert alone.unapproved == {"timely": frozenset({"webhooks"})}
    assert agreed.unapproved == {"timely": frozenset()}
    assert agreed.not_applicable == {}
    assert [(gap.name, gap.is_counted, gap.holds) for gap in agreed.gaps] == [("timely webhooks", True, True)]
    assert over.unapproved == {"timely": frozenset({"webhooks"})}


def test_a_blocker_that_does_not_apply_counts_until_its_day(tmp_path: Path) -> None:
    """Afterwards the rule is decided again, and the entry is told."""
    repository(tmp_path).commit("a.py", CLEO)
    entry = "rule: TIM-05, reason: no webhooks, by: Ben, approver: Ana, until: {}"

    there = register(tmp_path, entry.format("2026-11-21"))
    over = register(tmp_path, entry.format("2026-11-20"))

    assert there.not_applicable == {"TIM-05": "no webhooks (Ben, accepted by Ana until 2026-11-21)"}
    assert there.gaps[0].warning == "it is accepted until 2026-11-21 only: close it, or accept it anew"
    assert over.not_applicable == {}
    assert over.gaps[0].problem == "it was accepted until 2026-11-20, and that is over"


def test_a_waiver(tmp_path: Path) -> None:
    """Who accepts what until when, told first in every report."""
    repository(tmp_path).commit("a.py", CLEO)
    there = register(tmp_path, more=waive(tmp_path, WAIVED, ceiling="ceiling: 3"))

    assert there.ceiling == 3
    assert [(gap.kind, gap.name, gap.place, gap.problem, gap.warning) for gap in there.gaps] == [
        ("waiver", "TIM-26", "waivers.yaml:4", "", "")
    ]
    assert there.gaps[0].text == f"none is sent (accepted by {ANA} until 2026-12-31; {BEN} closes it)"


def test_a_waiver_of_another_environment(tmp_path: Path) -> None:
    """Says nothing here."""
    assert register(tmp_path, more=waive(tmp_path, f"{WAIVED}, environment: production")).gaps == ()


@pytest.mark.parametrize(
    ("until", "problem", "warning"),
    [
        ("2026-11-20", "it was accepted until 2026-11-20, and that is over", ""),
        ("2026-12-05", "", "it is accepted until 2026-12-05 only: close it, or accept it anew"),
        ("2026-12-06", "", ""),
    ],
)
def test_a_waiver_ends(tmp_path: Path, until: str, problem: str, warning: str) -> None:
    """Warned fourteen days ahead, and over after its day."""
    repository(tmp_path).commit("a.py", CLEO)
    gap = register(tmp_path, more=waive(tmp_path, WAIVED.replace("2026-12-31", until))).gaps[0]

    assert (gap.problem, gap.warning) == (problem, warning)


def test_where_git_cannot_tell_who_wrote_the_change(tmp_path: Path) -> None:
    """The gap counts, and that is warned of."""
    gap = register(tmp_path, more=waive(tmp_path, WAIVED)).gaps[0]

    told = f"whether {ANA} wrote a part of the change cannot be told: the files lie in no git repository"
    assert (gap.problem, gap.warning) == ("", told)


def test_who_wrote_the_change_does_not_accept_its_gaps(tmp_path: Path) -> None:
    """Neither by a waiver nor by declaring a blocker not applicable."""
    repository(tmp_path).commit("a.py", ANA)

    gaps = register(
        tmp_path,
        f"rule: TIM-05, reason: r, by: Ben, approver: {ANA!r}, until: 2026-12-31",
        more=waive(tmp_path, WAIVED),
    ).gaps

    told = f"{ANA} wrote a part of the change, so git; somebody else has to accept it"
    assert [gap.problem for gap in gaps] == [told, told]


def test_what_is_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by golive.yaml or a variable; before that day, and without it, nothing is."""

    def at(deployment: str) -> datetime | None:
        deploy = register(tmp_path, deployment=f"deployment: {{{deployment}}}").deploy
        assert deploy is not None
        assert deploy.environment == "production"
        return deploy.at

    assert at("fingerprints: https://shop.example/f") is None
    assert at("deployed: 2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)
    assert at("deployed: 2026-11-22") is None
    assert at("deployed: {env: DEPLOYED}") is None
    monkeypatch.setenv("DEPLOYED", "2026-11-20T10:00:00+00:00")
    assert at("deployed: {env: DEPLOYED}") == datetime(2026, 11, 20, 10, tzinfo=UTC)
    monkeypatch.setenv("DEPLOYED", "yesterday")
    with pytest.raises(Mistakes) as told:
        at("deployed: {env: DEPLOYED}")
    assert str(told.value) == (
        "golive.yaml:10: environments.production.deployment.deployed: has to be a day or a moment in UTC, "
        "as 2026-11-21T09:00:00Z"
    )


def test_the_deploy_of_an_earlier_release(tmp_path: Path) -> None:
    """A commit that is another one, or a day before the last change, is not about this release."""
    repo = repository(tmp_path)
    first = repo.commit("a.py", at="2026-11-10T12:00:00Z")
    second = repo.commit("b.py", at="2026-11-18T12:00:00Z")

    def at(deployment: str) -> datetime | None:
        deploy = register(tmp_path, deployment=f"deployment: {{{deployment}}}").deploy
        assert deploy is not None
        return deploy.at

    assert at("deployed: 2026-11-17") is None
    assert at("deployed: 2026-11-20") is not None
    assert at(f"deployed: 2026-11-20, commit: {first[:12]}") is None
    assert at(f"deployed: 2026-11-20, commit: {second[:12]}") is not None
    assert at("deployed: 2026-11-20, commit: v2") is None
