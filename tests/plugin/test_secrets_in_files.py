"""Keys in the team's files: told in the verdict, in SARIF and nowhere in full."""

from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import Project
from tests.unit.source.planted import KEY, OTHER, Repository

MANIFEST = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      timely:
        base_url: http://127.0.0.1:9/v1
        api_key: {env: SHOP_KEY}
        ids: {workspace_id: c1a2b3c4-0000-4000-8000-000000000001, agent_id: 9b1e}
source: {bundles: dist/}
"""

WORKFLOW = """
jobs:
  staging: {env: {SHOP_KEY: "${{ secrets.SHOP_KEY }}"}}
  production: {env: {SHOP_KEY: "${{ secrets.SHOP_KEY }}"}}
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_keys_are_told_and_never_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SHOP_KEY", KEY)
    project.write("golive.yaml", MANIFEST)
    repository = Repository(project.folder)
    commit = repository.commit("settings.py", f"x = 1\nKEY = '{KEY}'\n")
    repository.commit("settings.py", f"x = 1\nKEY = '{OTHER}'\n")
    repository.write(".gitignore", "dist\n")
    repository.write("dist/app.js", "x")
    repository.write(".github/workflows/deploy.yml", WORKFLOW)

    ran = project.run_cold(
        "-m", "prerelease", "--env", "staging", "--golive-only", "TIM-01,TIM-11", "--golive-sarif", "k.sarif", *workers
    )

    hint = "a key of timely, tly_live_*** (29 characters, fingerprint ff1ad985ff7f)"
    told = {each["check"].partition("::test_")[2]: each for each in ran.partial["results"]}
    findings = {check: each["finding"] and each["finding"]["actual"] for check, each in told.items()}
    assert findings["key_is_in_no_file[timely]"] == f"settings.py:2 holds {hint}"
    assert findings["key_is_in_no_commit[timely]"].startswith(
        f"settings.py:2 in commit {commit[:10]} holds timely.api_key; "
    )
    assert findings["delivered_files_hold_no_key[timely]"] is None
    assert findings["each_stage_takes_its_own_key[timely]"] == (
        ".github/workflows/deploy.yml:3: job staging takes secrets.SHOP_KEY, "
        "and so does job production in .github/workflows/deploy.yml"
    )
    sarif = ran.json("k.sarif")["runs"][0]["results"]
    assert sorted(each["message"]["text"].partition(" in commit")[0] for each in sarif) == [
        "settings.py:2",
        "settings.py:2",
        f"settings.py:2 holds {hint}",
    ]
    everything = [ran.text, *(path.read_text("utf-8", "replace") for path in project.folder.glob("golive-*"))]
    assert not any(value in text for text in (*everything, json.dumps(sarif)) for value in (KEY, OTHER))


def test_sarif_needs_an_environment(project: Project) -> None:
    ran = project.run_cold("--golive-sarif", "k.sarif")

    assert ran.code == 4
    assert "ERROR: --golive-sarif needs an environment: add --env NAME (--env sandbox is built in)" in ran.lines
