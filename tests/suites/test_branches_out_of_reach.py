"""What no vendor and no golive.yaml can bring about in a whole run, asked of the check itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import suites.access.test_keys as keys
import suites.chat.test_requests as requests
import suites.configuration.test_addresses_and_ids as addresses
import suites.configuration.test_key_storage as key_storage
import suites.parity.test_environments as parity
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.sandbox.world import Sandbox

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)

Check = Callable[[Golive, PlannedCheck], None]


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    """The check that notes belong to."""
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A right vendor."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Golive]]:
    """Make what a check gets: one target in staging, and other environments."""
    made: list[Golive] = []

    def golive(target: Target, *others: Environment, **staging: Any) -> Golive:
        environments = (Environment("staging", targets={"uppzy": target}, **staging), *others)
        made.append(
            Golive(
                {environment.name: environment for environment in environments},
                "staging",
                run="r",
                sandbox=False,
                redactor=Redactor(),
                journal=Journal(tmp_path / "journal.jsonl"),
                repository=tmp_path,
            )
        )
        return made[-1]

    yield golive
    for each in made:
        each.close()


def _target(base_url: str = "https://api.uppzy.com/api/v1", **changes: Any) -> Target:
    credentials = {"api_key": Secret("upz_staging_key_1", "uppzy.api_key")}
    return Target("uppzy", base_url, **{"credentials": credentials, **changes})


def _of(sandbox: Sandbox) -> Target:
    connection = sandbox.connection("uppzy")
    key = Secret(connection.api_key, "uppzy.api_key")
    return _target(sandbox.base_url("uppzy"), credentials={"api_key": key}, ids=connection.ids)


def _failed(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    return failed.value.finding.requirement, failed.value.finding.actual


def _not_verified(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(NotVerified) as missing:
        check(golive, PLANNED)
    return missing.value.reason, missing.value.key


def test_limits_that_come_late_fail(
    make: Callable[..., Golive], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds are too long for a test, so that here a moment is."""
    monkeypatch.setattr(keys, "LONGEST_SECONDS", 0.0)

    requirement, actual = _failed(keys.test_limits_answer, make(_of(sandbox)))

    assert requirement == "get_limits has to come within 0 s"
    assert re.fullmatch(r"\d\.\d s", actual)


def test_a_key_without_a_store_fails(make: Callable[..., Golive]) -> None:
    """Wherever it came from."""
    assert _failed(key_storage.test_key_comes_from_a_store, make(_target())) == (
        "the key has to come from a store",
        "no source is named",
    )
    key_storage.test_key_comes_from_a_store(make(_target(credential_sources={"api_key": "file key"})), PLANNED)


@pytest.mark.parametrize(
    ("url", "requirement", "actual"),
    [
        ("https://api.uppzy.com/api/v1", None, None),
        ("http://localhost:8000/api/v1", None, None),
        ("<base_url>", "the base URL has to be set", "'<base_url>'"),
        ("http://api.uppzy.com/api/v1", "the base URL has to be encrypted", "http://api.uppzy.com/api/v1"),
        ("https://api.uppzy.com/v2", "the base URL has to end in /api/v1", "https://api.uppzy.com/v2"),
        ("https://api.uppzy.com/api/v1?x=1", "the base URL has to end in /api/v1", "https://api.uppzy.com/api/v1?x=1"),
    ],
)
def test_a_wrong_base_url_fails(
    make: Callable[..., Golive], url: str, requirement: str | None, actual: str | None
) -> None:
    """A placeholder, not encrypted, or of another version."""
    if requirement is None:
        addresses.test_base_url_is_explicit(make(_target(url)), PLANNED)
    else:
        assert _failed(addresses.test_base_url_is_explicit, make(_target(url))) == (requirement, actual)


def test_without_a_production_to_release_to_nothing_is_compared(
    make: Callable[..., Golive], record: CheckRecord
) -> None:
    """In production itself that is as it should be."""
    check = keys.test_key_is_refused_by_production

    assert _not_verified(check, make(_target())) == (
        "environments.staging.releases_to is missing: no production to compare with",
        "environments.staging.releases_to",
    )
    check(make(_target(), production=True), PLANNED)
    assert record.warnings == [
        "decided where releases_to leads here: a run in production has no key of a lower environment"
    ]


def test_keys_that_cannot_be_compared_are_not_verified(make: Callable[..., Golive]) -> None:
    """There is no other environment, or its key is told nowhere here."""
    check = key_storage.test_keys_differ_between_environments
    dark = Environment("production", targets={"uppzy": _target(credentials={})})

    assert _not_verified(check, make(_target())) == (
        "golive.yaml names no other environment to compare keys with",
        "environments",
    )
    assert _not_verified(check, make(_target(), dark)) == (
        "no key, and environments.production.deployment.fingerprints is missing",
        "environments.production.deployment.fingerprints",
    )


def test_without_its_address_a_deployment_is_not_verified(make: Callable[..., Golive]) -> None:
    """With the key to add."""
    place = "environments.staging.deployment.fingerprints"

    assert _not_verified(keys.test_deployment_reports_this_key, make(_target())) == (
        f"{place} is missing: nothing tells which keys are deployed",
        place,
    )


def test_without_another_site_one_that_nobody_has_is_tried(
    make: Callable[..., Golive], sandbox: Sandbox, record: CheckRecord
) -> None:
    """It proves less, and says so."""
    requests.test_request_of_another_site_is_not_found(make(_of(sandbox)), PLANNED)

    assert record.warnings == ["ids.other_site_id is not in golive.yaml: tried with a site that does not exist"]


@pytest.mark.parametrize(
    ("url", "actual"),
    [
        ("https://api.uppzy.example/api/v1", "https://api.uppzy.example/api/v1"),
        ("http://api.uppzy.com/api/v1", "http://api.uppzy.com/api/v1"),
        ("https://api.uppzy.com", "https://api.uppzy.com"),
        ("https://api.uppzy.com:8443/api/v1", "https://api.uppzy.com:8443/api/v1"),
    ],
)
def test_production_elsewhere_fails(make: Callable[..., Golive], url: str, actual: str) -> None:
    """Production is called where the vendor documents it; a slash at the end is no other place."""
    assert _failed(parity.test_production_is_addressed_rightly, make(_target(url), production=True)) == (
        "staging has to call the vendor's production address",
        actual,
    )
    for right in ("https://api.uppzy.com/api/v1", "https://api.uppzy.com/api/v1/"):
        parity.test_production_is_addressed_rightly(make(_target(right), production=True), PLANNED)
    parity.test_production_is_addressed_rightly(make(_target(url)), PLANNED)


@pytest.mark.parametrize(("production", "kind"), [(True, "test"), (False, "prod")])
def test_a_key_of_the_other_kind_fails(make: Callable[..., Golive], production: bool, kind: str) -> None:
    """A test key in production, or the other way round, works in the wrong account."""
    planned = PlannedCheck("a_check", "augno", "augno", "staging", (), (), Severity.BLOCKER)

    def golive(of: str) -> Golive:
        key = Secret(f"aug_sk_{of}_0123456789abcdefghijkl_{'x' * 50}", "augno.api_key")
        target = Target("augno", "https://api.augno.com", credentials={"api_key": key})
        made = make(target, production=production)
        made.environments["staging"].targets["augno"] = target  # type: ignore[index]  # a dictionary underneath
        return made

    with pytest.raises(CheckFailed) as failed:
        parity.test_production_is_addressed_rightly(golive(kind), planned)
    parity.test_production_is_addressed_rightly(golive("prod" if production else "test"), planned)

    finding = failed.value.finding
    assert finding.requirement == "staging has to be called with a key of its own kind"
    assert finding.expected == (
        "a key that begins with aug_sk_prod_" if production else "none that begins with aug_sk_prod_"
    )
    assert re.fullmatch(r"the key [0-9a-f]{12} is of another kind", finding.actual)
