"""What a team has set up wrongly turns the checks of its own side red, in an environment of golive.yaml."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import read_pack
from tests.suites.misconfigurations import MISCONFIGURATIONS, Misconfiguration, Project
from tests.suites.observed import ONE_AFTER_ANOTHER, Observed, run

RIGHT = Misconfiguration("nothing is wrong")
SETTINGS = {name: each.example for name, each in read_pack("uppzy").settings.items() if name != "timeout_exception"}


class World:
    """A vendor, and a deployment that reports its fingerprints."""

    def __init__(self, case: Misconfiguration) -> None:
        self.uppzy = Uppzy()
        self.wrapped: App = case.wrap(self.uppzy)
        self.deployed: Any = None
        self.vendor = Sandbox(apps={"uppzy": self.uppzy}, wrap=lambda name, app: self.wrapped)
        self.deployment = Server(self._report)

    def _report(self, request: Request) -> Response:
        environment = request.query.get("environment", "staging")
        key = self.uppzy.connections()["production" if environment == "production" else "sandbox"].api_key
        if environment == "staging" and self.deployed is None:
            return json_response(404, {"error": "not there"})
        own = {"uppzy": {"api_key": fingerprint(key)}}
        return json_response(200, self.deployed if environment == "staging" else own)

    def target(self, environment: str) -> dict[str, Any]:
        connection = self.uppzy.connections()["sandbox" if environment == "staging" else environment]
        return {
            "base_url": self.vendor.base_url("uppzy"),
            "api_key": {"env": f"{environment.upper()}_KEY"},
            "ids": {**connection.ids, "other_site_id": connection.foreign_ids["site_id"]},
            "settings": {**SETTINGS, "poll_interval_seconds": 1.0},
        }

    def project(self, pytester: pytest.Pytester) -> Project:
        keys = {
            "staging": self.uppzy.connections()["sandbox"].api_key,
            "production": self.uppzy.connections()["production"].api_key,
        }
        reports = f"{self.deployment.url}/fingerprints"
        environments = {
            "staging": {
                "releases_to": "production",
                "deployment": {"fingerprints": reports},
                "vendors": {"uppzy": self.target("staging")},
            },
            "production": {
                "production": True,
                "deployment": {"fingerprints": f"{reports}?environment=production"},
                "vendors": {"uppzy": self.target("production")},
            },
        }
        manifest = {"golive": 1, "project": "shop", "environments": environments}
        return Project(pytester.path, manifest, {"uppzy": fingerprint(keys["staging"])}, keys)


def _observed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, case: Misconfiguration) -> Observed:
    world = World(case)
    with world.vendor, world.deployment:
        project = world.project(pytester)
        case.change(project)
        world.deployed = project.deployed
        # JSON is YAML too.
        (project.folder / "golive.yaml").write_text(json.dumps(project.manifest))
        for environment, key in project.keys.items():
            monkeypatch.setenv(f"{environment.upper()}_KEY", key)
        return run(pytester, "staging", *ONE_AFTER_ANOTHER)


@pytest.mark.parametrize("case", MISCONFIGURATIONS, ids=lambda case: case.name)
def test_a_wrong_set_up_turns_its_own_checks_red(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, case: Misconfiguration
) -> None:
    """Failed, inconclusive and observed are exactly those that this mistake is about."""
    seen = _observed(pytester, monkeypatch, case)

    assert case.failed == seen.those("failed")
    assert case.inconclusive == seen.those("inconclusive")
    assert case.messages == {check: seen.message(check) for check in case.messages}
    assert case.observed == {check: seen.observations().get(check) for check in case.observed}
    assert ("NO-GO" if case.failed else "INCONCLUSIVE", 1) == (seen.verdict, seen.exit_code)
    assert frozenset() == seen.incidents()


def test_a_right_set_up_raises_no_alarm(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a real environment nothing is red for a right set-up, and what the contract leaves open is only noted."""
    seen = _observed(pytester, monkeypatch, RIGHT)

    assert frozenset() == seen.those("failed", "inconclusive")
    assert {
        f"invalid_data_is_refused[uppzy-{operation}-response_language:names-a-language-that-does-not-exist]": (
            f"{operation} accepts a call in which `response_language` names a language that does not exist: "
            "the contract leaves it open"
        )
        for operation in ("chat", "chat_async")
    } == {check: told for check, told in seen.observations().items() if "language" in check}
    assert frozenset() == seen.incidents()
