"""The checks after a rotation, each on a deployment that is right and on one that is wrong in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import suites.access.test_rotation as rotation
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.deployment import lacking_in
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)

Make = Callable[..., Golive]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make what a check gets: a right vendor, two keys, and a deployment that reports this."""
    report: list[Any] = [None]

    def answer(request: Request) -> Response:
        return json_response(200, report[0])

    made: list[Golive] = []
    with Sandbox() as sandbox, Server(answer) as deployment:

        def golive(reported: Any = None, *, old: str = "previous_api_key", told: bool = True) -> Golive:
            connection = sandbox.connection("uppzy", "sandbox")
            keys = {"api_key": connection.api_key, "previous_api_key": getattr(connection, old)}
            target = Target(
                "uppzy",
                sandbox.base_url("uppzy", "sandbox"),
                credentials={name: Secret(value, f"uppzy.{name}") for name, value in keys.items()},
                ids=connection.ids,
            )
            names = {name: secret.fingerprint for name, secret in target.credentials.items()}
            report[0] = _filled(reported, names)
            url = f"{deployment.url}/fingerprints" if told else None
            made.append(
                Golive(
                    {"staging": Environment("staging", targets={"uppzy": target}, fingerprints_url=url)},
                    "staging",
                    run="r",
                    sandbox=True,
                    redactor=Redactor(target.credentials.values()),
                    journal=Unwritten(),
                    repository=tmp_path,
                )
            )
            return made[-1]

        yield golive
        for each in made:
            each.close()


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def _failed(check: Callable[[Golive, PlannedCheck], None], golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    masked = {each.fingerprint: each.name for each in golive.environment.targets["uppzy"].credentials.values()}
    texts = [finding.requirement, finding.expected, finding.actual]
    for fingerprint, name in masked.items():
        texts = [text.replace(fingerprint, f"<{name}>") for text in texts]
    return texts[0], texts[1], texts[2]


def test_a_rotation_that_is_done(make: Make) -> None:
    golive = make({"web": {"uppzy": "api_key"}, "worker": {"uppzy": {"api_key": "api_key"}}})

    for check in (
        rotation.test_replaced_key_is_another,
        rotation.test_old_key_is_refused,
        rotation.test_no_instance_holds_the_old_key,
        rotation.test_every_target_reports_a_key,
    ):
        check(golive, PLANNED)


def test_the_new_key_is_the_old_one(make: Make) -> None:
    requirement, expected, actual = _failed(rotation.test_replaced_key_is_another, make(old="api_key"))

    assert (requirement, expected) == ("the new key has to be another one than the old", "two different keys")
    assert actual.startswith("both have the fingerprint <uppzy.")


def test_the_old_key_still_works(make: Make) -> None:
    requirement, _, actual = _failed(rotation.test_old_key_is_refused, make(old="api_key"))

    assert requirement == "get_limits has to refuse the key that was replaced with 401"
    assert actual.startswith("200")


def test_an_instance_that_holds_the_old_key(make: Make) -> None:
    reported = {"web": {"uppzy": "api_key"}, "worker": {"uppzy": "previous_api_key"}}

    assert _failed(rotation.test_no_instance_holds_the_old_key, make(reported)) == (
        "no target of the deployment may hold the key that was replaced",
        "fingerprints, and none of them <uppzy.previous_api_key>",
        "reported: <uppzy.api_key>, <uppzy.previous_api_key>",
    )
    assert _failed(rotation.test_no_instance_holds_the_old_key, make({}))[2] == "reported: nothing for uppzy"


def test_a_target_without_a_key(make: Make) -> None:
    assert _failed(rotation.test_every_target_reports_a_key, make({"web": {"uppzy": "api_key"}, "worker": {}})) == (
        "every target of the deployment needs a key",
        "a fingerprint for uppzy from each",
        "none from worker",
    )


def test_a_deployment_that_tells_nothing(make: Make) -> None:
    key = "environments.staging.deployment.fingerprints"
    with pytest.raises(NotVerified) as skipped:
        rotation.test_every_target_reports_a_key(make(told=False), PLANNED)

    told = f"{key} is missing: nothing tells which keys are deployed"
    assert (str(skipped.value), skipped.value.key) == (told, key)


@pytest.mark.parametrize(
    ("report", "lacking"),
    [
        ({"uppzy": "3f9a"}, ()),
        ({"uppzy": {"api_key": "3f9a", "webhook_secret": None}}, ()),
        ({"uppzy": ["3f9a", "3f9a"]}, ()),
        ({"eu": {"web": {"uppzy": "3f9a"}}, "us": [{"uppzy": "3f9a"}], "version": 3, "build": "x"}, ()),
        ({"uppzy": {"web": "3f9a", "worker": None}}, ("worker",)),
        ({"uppzy": {"web": {"api_key": "3f9a"}, "worker": {"api_key": ""}}}, ("worker",)),
        ({"uppzy": None}, ("the deployment",)),
        ([{"name": "web", "uppzy": "3f9a"}, {"name": "worker"}, {"uppzy": ""}], ("worker", "target 3")),
        ({"eu": {"web": {"uppzy": "3f9a"}, "worker": None}}, ("worker",)),
        ({}, ("the deployment",)),
        ({"web": {"uppzy": "3f9a"}, "mails": {"timely": "0123456789ab"}}, ()),
    ],
)
def test_which_targets_lack_a_key(report: Any, lacking: tuple[str, ...]) -> None:
    assert lacking_in(report, "uppzy", "api_key") == lacking
