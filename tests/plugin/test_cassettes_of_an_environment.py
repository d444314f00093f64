"""Recordings of a real environment: replayed without keys, never a GO, watched once a week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.world import Sandbox
from tests.plugin.conftest import Project, Ran
from tests.plugin.test_cassettes import FORBIDDEN

GOLIVE_YAML = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      uppzy:
        base_url: {env: SHOP_URL}
        api_key: {env: SHOP_KEY}
        ids: {tenant_id: {env: SHOP_TENANT}, site_id: {env: SHOP_SITE}}
        settings: {poll_interval_seconds: 1}
"""

WITHOUT_VARIABLES = ("SHOP_URL", "SHOP_KEY", "SHOP_TENANT", "SHOP_SITE")

ONE = "UPZ-22,API-01"
"""Rules whose checks need nothing but the environment: the key opens it, and every reading answer fits."""


class Vendor:
    """A vendor that may change its answers, or give its caller's key away, between two runs."""

    def __init__(self, app: object) -> None:
        self.app = app
        self.change: list[tuple[bytes, bytes]] = []

    def __call__(self, request: Request) -> Response:
        """Answer, with what was changed."""
        answer: Response = self.app(request)  # type: ignore[operator]
        body = answer.body
        for old, new in self.change:
            body = body.replace(old, new)
        return Response(answer.status, answer.headers, body)


class Staging:
    """A project with an environment of its own, which is the sandbox behind a real address."""

    def __init__(self, project: Project, sandbox: Sandbox, vendor: Vendor) -> None:
        self.project = project
        self.sandbox = sandbox
        self.vendor = vendor
        self.key = sandbox.connection("uppzy").api_key

    def run(self, *args: str, suite: str = "prerelease") -> Ran:
        """Run a suite there."""
        return self.project.run("-m", suite, "--env", "staging", "-p", "no:cacheprovider", *args)

    def files(self) -> list[Path]:
        """Return the cassettes."""
        folder = self.project.folder / "golive-cassettes" / "staging"
        return [path for path in sorted(folder.rglob("*.yaml")) if path.name != "recording.yaml"]

    def age(self, days: int) -> None:
        """Make all recordings so old."""
        moment = datetime.now(UTC) - timedelta(days=days)
        for path in self.files():
            path.write_text(re.sub("recorded: '.*'", f"recorded: '{moment:%Y-%m-%dT%H:%M:%SZ}'", path.read_text()))


@pytest.fixture
def staging(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    """Return the environment, with its variables set."""
    vendors: list[Vendor] = []

    def wrap(_: str, app: object) -> Vendor:
        vendors.append(Vendor(app))
        return vendors[-1]

    with Sandbox(["uppzy"], wrap=wrap) as sandbox:
        connection = sandbox.connection("uppzy")
        monkeypatch.setenv("SHOP_URL", sandbox.base_url("uppzy"))
        monkeypatch.setenv("SHOP_KEY", connection.api_key)
        monkeypatch.setenv("SHOP_TENANT", connection.ids["tenant_id"])
        monkeypatch.setenv("SHOP_SITE", connection.ids["site_id"])
        project.write("golive.yaml", GOLIVE_YAML)
        yield Staging(project, sandbox, vendors[0])


def test_a_replay_needs_no_key_and_says_no_go(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yesterday's answers are shown as yesterday's: whatever the checks say, nothing is said about today."""
    live = staging.run("--golive-record", "all", "--golive-only", ONE)
    assert live.code == 0, live.text
    staging.sandbox.stop()
    for name in WITHOUT_VARIABLES:
        monkeypatch.delenv(name)
    staging.project.conftest(FORBIDDEN)

    replay = staging.run("--golive-record", "none", "--golive-only", ONE)

    day = live.partial["started"][:10]
    outcomes = {each["check"]: each["outcome"] for each in live.partial["results"]}
    assert {each["check"]: each["outcome"] for each in replay.partial["results"]} == outcomes
    assert set(outcomes.values()) == {"passed"}
    assert replay.partial["verdict"] == "INCONCLUSIVE"
    assert replay.partial["reasons"][0] == (
        f"replayed from cassettes recorded on {day}: staging was not asked, so nothing is said about it today"
    )
    assert staging.key not in "".join(path.read_text() for path in staging.files())


def test_a_full_replay_is_inconclusive(staging: Staging) -> None:
    """Also where everything that decides was decided and holds."""
    staging.project.tests("@pytest.mark.weekly\ndef test_own(golive):\n    golive.vendor('uppzy').call('get_limits')\n")
    staging.run("--golive-record", "all", suite="weekly")

    replay = staging.run("--golive-record", "none", suite="weekly")

    assert (replay.word, replay.code) == ("INCONCLUSIVE", 1)
    assert replay.verdict["reasons"][0].startswith("replayed from cassettes recorded on ")


def test_a_run_that_plays_a_part_says_no_go_either(staging: Staging) -> None:
    """With `missing`, what was played was not asked."""
    staging.run("--golive-record", "all", "--golive-only", "UPZ-22")

    ran = staging.run("--golive-record", "missing", "--golive-only", ONE)

    assert "1 answers were replayed from cassettes: staging was not asked for them today" in ran.partial["reasons"]


def test_a_key_that_an_answer_gives_away_as_bytes(staging: Staging) -> None:
    """It cannot be masked, so it is not written, and the run is NO-GO."""
    staging.vendor.change = [(b'"questions_per_month"', b'"\xff' + staging.key.encode() + b'"')]

    ran = staging.run("--golive-record", "all", "--golive-only", "UPZ-22")

    told = (
        "golive-cassettes/staging/prerelease/checks/limits_answer/uppzy.yaml was not written: "
        "it would give away uppzy.api_key in the body of the answer to get_limits"
    )
    assert (ran.partial["verdict"], ran.partial["reasons"][0]) == ("NO-GO", told)
    assert [path.name for path in staging.files()] == []


def weekly(staging: Staging, rule: str) -> dict[str, object]:
    """Return how a rule of the weekly review ended."""
    ran = staging.run("--golive-only", rule, suite="weekly")
    told: dict[str, object] = next(each for each in ran.partial["rules"] if each["rule"] == rule)
    return told


@pytest.mark.parametrize(
    ("days", "limit", "outcome", "why"),
    [
        (75, 90, "passed", ""),
        (80, 90, "warned", "{n} of {n} recordings are soon older than 90 days: {files} and {more} more"),
        (
            91,
            90,
            "failed",
            (
                "recordings have to be at most 90 days old; seen: {n} of {n} are older, recorded on {day}: "
                "{files} and {more} more"
            ),
        ),
        (75, 60, "failed", None),
    ],
)
def test_old_recordings_are_told_once_a_week(
    staging: Staging, days: int, limit: int, outcome: str, why: str | None
) -> None:
    """Two weeks before the limit they are warned of, and past it they fail."""
    staging.run("--golive-record", "all", "--golive-only", ONE)
    staging.age(days)
    staging.project.write("golive.yaml", GOLIVE_YAML + f"cassettes: {{max_age_days: {limit}}}\n")

    told = weekly(staging, "API-32")

    assert told["outcome"] == outcome
    if why is not None:
        names = [path.relative_to(staging.project.folder).as_posix() for path in staging.files()]
        day = (datetime.now(UTC) - timedelta(days=days)).date()
        filled = why.format(n=len(names), files=", ".join(names[:3]), more=len(names) - 3, day=day)
        assert told["why"] == filled


def test_no_recordings_no_question(staging: Staging) -> None:
    """A team that keeps none is told that the two rules do not concern it."""
    for rule in ("API-31", "API-32"):
        told = weekly(staging, rule)

        assert (told["outcome"], told["why"]) == (
            "not_applicable",
            "not applicable: no recordings of staging are kept that it could look at",
        )


@pytest.mark.parametrize(
    ("change", "outcome", "why"),
    [
        ([], "passed", ""),
        ([(b'"limits"', b'"new": 1, "limits"')], "passed", ""),
        # The pack only supposes these two: seen, and no failure.
        ([(b'"limits"', b'"bounds"')], "passed", ""),
        (
            [(b'"tenant_id": "', b'"tenant_id": 1, "was": "')],
            "observed",
            (
                "get_limits: assumed that it would answer with text in `tenant_id` as it did on {day}, "
                "seen: it is a whole number; to change: schemas/uppzy/get_limits.response.json of uppzy"
            ),
        ),
    ],
)
def test_a_changed_answer_is_seen_once_a_week(
    staging: Staging, change: list[tuple[bytes, bytes]], outcome: str, why: str
) -> None:
    """A field that is gone or of another kind fails as sure as the contract is of it; a new one is noted."""
    staging.run("--golive-record", "all", "--golive-only", "UPZ-22")
    staging.vendor.change = change

    told = weekly(staging, "API-31")

    day = datetime.now(UTC).date()
    assert (told["outcome"], told["why"]) == (outcome, why.replace("{day}", f"{day}"))


IN_THE_SANDBOX = """
from pytest_golive.sandbox.http import Response

def pytest_golive_sandbox(vendor, app):
    def changed(request):
        answer = app(request)
        body = answer.body.replace({old!r}, {new!r})
        return Response(answer.status, answer.headers, body)

    return changed
"""


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            (b"x", b"x"),
            (b'"tenant_id": "', b'"tenant_id": 1, "was": "'),
            "get_limits has to answer with text in `tenant_id` as it did on {day}; seen: it is a whole number",
        ),
        (
            (b'"limits"', b'"plan": "level2", "limits"'),
            (b"x", b"x"),
            "get_limits has to hold `plan` as it did on {day}; seen: it is gone",
        ),
    ],
)
def test_a_change_in_the_sandbox_fails(
    project: Project, before: tuple[bytes, bytes], after: tuple[bytes, bytes], why: str
) -> None:
    """There what the pack supposes has to hold as well."""
    project.write("golive.yaml", GOLIVE_YAML)
    project.conftest(IN_THE_SANDBOX.format(old=before[0], new=before[1]))
    project.run("-m", "prerelease", "--env", "sandbox", "--golive-record", "all", "--golive-only", "UPZ-22")
    project.conftest(IN_THE_SANDBOX.format(old=after[0], new=after[1]))

    ran = project.run("-m", "weekly", "--env", "sandbox", "--golive-only", "API-31")

    rule = next(each for each in ran.partial["rules"] if each["rule"] == "API-31")
    assert (ran.code, rule["outcome"]) == (1, "failed")
    assert rule["why"] == why.replace("{day}", f"{datetime.now(UTC).date()}")
