"""The order of a rotation's steps: right as told and as run, and wrong in one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.rotation.test_steps as steps
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.manifest.environment import Target
from pytest_golive.papers.changes.log import Entry, newest, rotations
from pytest_golive.papers.named import Papers
from pytest_golive.papers.rotation_steps import is_about, steps_in
from pytest_golive.papers.text.reading import read
from pytest_golive.rotation.instances import instances_in
from pytest_golive.rotation.past import Begun, Past, noted_in
from pytest_golive.rotation.submitting import submit
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox
from tests.suites.rotated import NOW, PLANNED, Rotated, ago, at, reporting

ROTATION = "environments.staging.vendors.uppzy.rotation"
REPORTS = "environments.staging.deployment.fingerprints"


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, Server, list[Any]]]:
    answers: list[Any] = []
    with Sandbox() as sandbox, Server(reporting(answers)) as deployment:
        yield sandbox, deployment, answers


@pytest.fixture
def rotated(world: tuple[Sandbox, Server, list[Any]], tmp_path: Path) -> Iterator[Rotated]:
    made = Rotated(tmp_path, *world)
    yield made
    for golive in made.made:
        golive.close()


# ------------------------------------------------------------------ the secret


def test_a_secret_that_is_newer_than_its_key(rotated: Rotated) -> None:
    """Also where only the day is told, or both were done within a minute."""
    for told in ({"created": 5, "stored": 4}, {"created": 5, "stored": 5.01}):
        steps.test_secret_is_newer_than_the_key(rotated.golive(told=told), PLANNED)
    golive = rotated.golive(told={"stored": 4})
    golive.papers = Papers(golive.repository, rotations={"uppzy": {"api_key": {"created": f"{ago(4):%Y-%m-%d}"}}})
    steps.test_secret_is_newer_than_the_key(golive, PLANNED)


def test_a_secret_that_is_older_than_its_key(rotated: Rotated) -> None:
    golive = rotated.golive(told={"created": 5, "stored": 30})

    assert rotated.failed(steps.test_secret_is_newer_than_the_key, golive, CheckFailed) == (
        "the secret has to be newer than the key",
        f"a secret that was stored since {at(5)}",
        f"it was stored on {at(30)}",
    )
    golive = rotated.golive(told={"stored": 72})
    golive.papers = Papers(golive.repository, rotations={"uppzy": {"api_key": {"created": f"{ago(4):%Y-%m-%d}"}}})
    _, expected, _ = rotated.failed(steps.test_secret_is_newer_than_the_key, golive, CheckFailed)
    assert expected == f"a secret that was stored since {ago(4):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("told", "step", "what"),
    [({}, "created", "when the key was made"), ({"created": 5}, "stored", "when the secret store took the key")],
)
def test_nobody_says_when_the_secret_was_stored(rotated: Rotated, told: dict[str, float], step: str, what: str) -> None:
    assert rotated.skipped(steps.test_secret_is_newer_than_the_key, rotated.golive(told=told), NotVerified) == (
        f"{ROTATION}.{step} is missing: nothing tells {what}",
        f"{ROTATION}.{step}",
    )


# ------------------------------------------------------------------ the instances


def _since(hours: float, key: str = "new", **more: Any) -> dict[str, Any]:
    return {"pid": 4711, "started": ago(hours).isoformat(), "uppzy": key} | more


@pytest.mark.parametrize(
    "report",
    [
        _since(3),
        {"pid": 1, "uppzy": {"api_key": "new", "loaded_at": ago(3).isoformat()}},
        {"pid": 1, "uptime_seconds": 3 * 3600, "uppzy": "new"},
        {"instances": [_since(3), _since(2, pid=4712)]},
        _since(90, reloaded_at=ago(3).isoformat()),
        {"uptime_ms": 3 * 3600_000, "pid": 1, "uppzy": "new"},
        {"status": {"startTime": ago(3).isoformat()}, "metadata": {"name": "web-1"}, "uppzy": "new"},
        {"pid": 1, "started": f"{ago(11):%Y-%m-%d %H:%M:%S}", "uppzy": "new"},
        {"started_at": ago(3).timestamp(), "keys": {"uppzy": {"api_key": "new"}}},
        {"startTime": int(ago(3).timestamp() * 1000), "hostname": "web-1", "uppzy": "new"},
    ],
)
def test_instances_that_started_after_the_secret_changed(rotated: Rotated, report: Any) -> None:
    golive = rotated.golive(report, told={"stored": 4}, workers=1)

    steps.test_instances_started_after_the_secret_changed(golive, PLANNED)


def test_an_instance_that_was_not_started_anew(rotated: Rotated) -> None:
    """With the old key it is stale; with the new one it reads keys anew, or its report is not about what it sends."""
    check = steps.test_instances_started_after_the_secret_changed
    requirement, expected = "every instance has to be started after the secret changed", f"a start since {at(4)}"
    golive = rotated.golive(_since(3), _since(50, "old", pid=4712), told={"stored": 4}, workers=2)
    assert rotated.failed(check, golive, CheckFailed) == (requirement, expected, f"pid 4712 started on {at(50)}")
    golive = rotated.golive(_since(50, "old", reloaded=ago(48).isoformat()), told={"created": 4}, workers=1)
    assert rotated.failed(check, golive, CheckFailed)[2] == f"pid 4711 started on {at(48)} (reloaded)"
    golive = rotated.golive(_since(50), told={"stored": 4}, workers=1)
    assert rotated.failed(check, golive, CannotTell) == (
        requirement,
        expected,
        f"pid 4711 started on {at(50)}, and holds the new key: if it reads keys anew, let it report `reloaded`",
    )


def test_instances_that_do_not_say_since_when_they_run(rotated: Rotated) -> None:
    check = steps.test_instances_started_after_the_secret_changed

    for report, who in (({"pid": 4711, "uppzy": "new"}, "pid 4711"), ({"uppzy": "new"}, "the deployment")):
        told = f"{REPORTS}: {who} reports no `started` beside its fingerprint"
        golive = rotated.golive(report, told={"stored": 4}, workers=1)
        assert rotated.skipped(check, golive, NotVerified) == (told, REPORTS)
    told = f"{ROTATION}.stored is missing: nothing tells when the secret store took the key"
    for said in ({}, {"created": 5}):
        golive = rotated.golive(_since(3), told=said, workers=1)
        assert rotated.skipped(check, golive, NotVerified) == (told, f"{ROTATION}.stored")
    golive = rotated.golive(told={"stored": 4}, reporting=False)
    assert rotated.skipped(check, golive, NotVerified)[1] == REPORTS


@pytest.mark.parametrize("value", ["yesterday", None, True, 1e30, {"at": 1}, ""])
def test_a_start_that_is_none_is_not_told(value: Any) -> None:
    (instance,) = instances_in({"started": value, "uppzy": "new"}, "uppzy", "api_key", NOW)

    assert instance.configured is None


# ------------------------------------------------------------------ smoke and revocation

IN_TURN = {"switched": 10, "revoked": 6}
BETWEEN = f"a pass between the switch, {at(10)}, and the revocation, {at(6)}"

Check = Callable[[Any, Any], None]


@pytest.mark.parametrize("check", [steps.test_smoke_came_before_the_revocation, steps.test_revocation_came_last])
def test_steps_in_their_order(rotated: Rotated, check: Check) -> None:
    """By golive's own runs, or by what the team tells."""
    check(rotated.golive(told={**IN_TURN, "smoked": 9, "watched": 8}), PLANNED)
    rotated.ran(9, "new", "UPZ-66")
    rotated.ran(8, "new", "UPZ-67")
    rotated.ran(1, "new", "UPZ-66", "UPZ-67")

    check(rotated.golive(told=IN_TURN), PLANNED)


def test_the_smoke_passed_too_late(rotated: Rotated) -> None:
    """Not before the revocation; before the switch, and with the old key, it does not count."""
    check = steps.test_smoke_came_before_the_revocation
    rotated.ran(9, "old", "UPZ-66")
    rotated.ran(11, "new", "UPZ-66")
    requirement = "the smoke has to pass before the old key is revoked"

    actual = f"none in the runs that golive keeps since {at(11)}, and {ROTATION}.smoked is not told"
    assert rotated.failed(check, rotated.golive(told=IN_TURN), CheckFailed) == (requirement, BETWEEN, actual)
    rotated.ran(3, "new", "UPZ-66")
    actual = f"the first pass is of {at(3)}"
    assert rotated.failed(check, rotated.golive(told=IN_TURN), CheckFailed) == (requirement, BETWEEN, actual)
    check(rotated.golive(told={**IN_TURN, "smoked": 7}), PLANNED)


def test_the_old_key_still_works(rotated: Rotated) -> None:
    check = steps.test_smoke_came_before_the_revocation
    told = "the smoke has to pass before the old key is revoked, and did not pass since the switch"
    for rotation in ({"switched": 10}, {"switched": 10, "revoked": -5}):
        assert rotated.skipped(check, rotated.golive(told=rotation), NotYet) == (told, "")
    told = "the old key is not revoked yet"
    assert rotated.skipped(steps.test_revocation_came_last, rotated.golive(told={"switched": 10}), NotYet) == (told, "")
    rotated.ran(9, "new", "UPZ-66")
    check(rotated.golive(told={"switched": 10}), PLANNED)


def test_the_old_key_was_revoked_before_the_switch(rotated: Rotated) -> None:
    golive = rotated.golive(told={"switched": 6, "revoked": 10})

    assert rotated.failed(steps.test_revocation_came_last, golive, CheckFailed) == (
        "the old key has to be revoked after the switch",
        f"a revocation after {at(6)}",
        f"it was revoked on {at(10)}",
    )


def test_the_traffic_was_not_looked_at_before_the_revocation(rotated: Rotated) -> None:
    rotated.ran(9, "new", "UPZ-66")
    rotated.ran(2, "new", "UPZ-67")

    assert rotated.failed(steps.test_revocation_came_last, rotated.golive(told=IN_TURN), CheckFailed) == (
        "the look at the traffic has to pass before the old key is revoked",
        BETWEEN,
        f"the first pass is of {at(2)}",
    )


def test_nobody_says_when_the_steps_were_taken(rotated: Rotated) -> None:
    for check in (steps.test_smoke_came_before_the_revocation, steps.test_revocation_came_last):
        told = {} if check is steps.test_smoke_came_before_the_revocation else {"revoked": 6}
        reason = f"{ROTATION}.switched is missing: nothing tells when the key was replaced"
        assert rotated.skipped(check, rotated.golive(told=told), NotVerified) == (reason, f"{ROTATION}.switched")
        reason = f"{ROTATION}.smoked is missing: nothing tells when the smoke passed"
        assert rotated.skipped(check, rotated.golive(told=IN_TURN), NotVerified) == (reason, f"{ROTATION}.smoked")


# ------------------------------------------------------------------ steps that the change log tells

IN_WORDS = """# Changes

## 2026-11-20

- Replaced the Uppzy key. Owner: Shop Platform. New key created at 09:30 UTC, the secret in the vault updated 09:40 UTC.
  Deployed at 10:00 UTC; smoke green at 10:20 UTC; traffic watched until 11:00 UTC.
- 11:30 UTC: old key revoked.

## 2026-11-02

- Published batch help-1.
"""

AS_DATA = """
- date: 2026-11-20
  kind: key rotation
  created_at: 2026-11-20T10:30:00+01:00
  secret_updated: 2026-11-20T10:40:00+01:00
  restarted: 2026-11-20T11:00:00+01:00
  smoke: {result: passed, at: "2026-11-20T11:20:00+01:00"}
  revoked_at: 2026-11-20T12:30:00+01:00
"""

IN_GERMAN = """## 20.11.2026: Schlüssel von Uppzy getauscht

Neuer Schlüssel angelegt 09:30 UTC, im Vault hinterlegt 09:40 UTC, ausgerollt 10:00 UTC.
Smoke grün 10:20 UTC, alter Schlüssel widerrufen 11:30 UTC.
"""

TOLD = {"created": "09:30", "stored": "09:40", "switched": "10:00", "smoked": "10:20", "revoked": "11:30"}


def _entry(folder: Path, text: str, name: str = "changes.md") -> Entry:
    (folder / name).write_text(text)
    (paper,) = read(folder, name, "operations.change_log")
    entry = newest(rotations(paper))
    assert entry is not None
    return entry


@pytest.mark.parametrize(
    ("text", "name"), [(IN_WORDS, "changes.md"), (AS_DATA, "changes.yaml"), (IN_GERMAN, "changes.md")]
)
def test_the_change_log_tells_the_steps(tmp_path: Path, text: str, name: str) -> None:
    told = steps_in(_entry(tmp_path, text, name))

    assert {step: f"{when:%H:%M}" for step, when in told.moments.items()} == TOLD
    assert not told.is_local


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Smoke failed at 10:20 UTC, smoke passed at 10:40 UTC", {"smoked": "10:40"}),
        ("Smoke:\n  at: 10:20 UTC", {"smoked": "10:20"}),
        ("Smoke:\n  result: failed\n  at: 10:20 UTC", {}),
        ("Key rotated; the old key will be revoked at 18:00 UTC", {}),
        ("Deployed between 10:00 UTC and 10:30 UTC", {}),
        ("Deployed at 10:00, smoke green at 10:20", {"switched": "10:00", "smoked": "10:20"}),
        ("Deployed at 10:00 UTC, smoke green at 10:20", {}),
        ("Deployed at 25:00 UTC; smoke after 2026-13-45 10:20 UTC", {"smoked": "10:20"}),
    ],
)
def test_what_a_line_of_the_change_log_tells(line: str, found: dict[str, str]) -> None:
    """Of several moments nobody knows which is meant; some with a clock and some without tell nothing."""
    told = steps_in(Entry("changes.md:3", f"2026-11-20: key replaced\n{line}"))

    assert {step: f"{when:%H:%M}" for step, when in told.moments.items()} == found


def _logging(rotated: Rotated, text: str) -> Any:
    (rotated.folder / "changes.md").write_text(text)
    golive = rotated.golive()
    golive.papers = Papers(rotated.folder, change_log="changes.md")
    return golive


def test_steps_are_taken_from_the_change_log_where_golive_yaml_tells_none(rotated: Rotated) -> None:
    check = steps.test_smoke_came_before_the_revocation
    check(_logging(rotated, IN_WORDS), PLANNED)
    late = IN_WORDS.replace("smoke green at 10:20", "smoke green at 11:50")
    span = "a pass between the switch, 2026-11-20 10:00 UTC, and the revocation, 2026-11-20 11:30 UTC"
    told = ("the smoke has to pass before the old key is revoked", span, "the first pass is of 2026-11-20 11:50 UTC")
    assert rotated.failed(check, _logging(rotated, late), CheckFailed) == told
    check(rotated.golive(told={"switched": 10, "smoked": 9, "revoked": 6}), PLANNED)


def test_the_rotation_of_another_vendors_key_tells_nothing_of_this_one(rotated: Rotated) -> None:
    """Of two that are in use; one that names neither is about each."""
    late = IN_WORDS.replace("smoke green at 10:20", "smoke green at 11:50")
    told = f"{ROTATION}.switched is missing: nothing tells when the key was replaced"
    for text, error in ((late.replace("the Uppzy key", "the Timely key"), NotVerified), (late, CheckFailed)):
        golive = _logging(rotated, text)
        where = golive.environment
        targets = {**where.targets, "timely": Target("timely", "http://127.0.0.1:9")}
        golive.environments = {"staging": replace(where, targets=targets)}
        with pytest.raises(error) as raised:
            steps.test_smoke_came_before_the_revocation(golive, PLANNED)
        assert not isinstance(raised.value, NotVerified) or raised.value.reason == told
    golive = _logging(rotated, late.replace("the Uppzy key", "the Uppzy key of production"))
    golive.environments = {**golive.environments, "production": golive.environment}
    assert rotated.skipped(steps.test_smoke_came_before_the_revocation, golive, NotVerified)[0] == told
    assert is_about("replaced the key", "uppzy", {"uppzy": ("uppzy",), "timely": ("timely", "Timely.ai")})


def test_a_clock_that_nobody_names_is_not_compared_with_golives_runs(rotated: Rotated) -> None:
    rotated.ran(9, "new", "UPZ-66")
    without = IN_WORDS.replace(" UTC", "").replace("smoke green at 10:20; ", "")

    key = f"{ROTATION}.smoked"
    golive = _logging(rotated, without)
    assert rotated.skipped(steps.test_smoke_came_before_the_revocation, golive, NotVerified) == (
        f"{key} is missing: nothing tells when the smoke passed",
        key,
    )


# ------------------------------------------------------------------ a job over the switch


def _begun(rotated: Rotated, hours: float = 3, key: str = "old", request: str = "") -> None:
    golive = rotated.golive()
    submitted = submit(golive.vendor("uppzy"))
    assert submitted is not None
    arguments = {"request_id": request} if request else submitted[1]
    fingerprint = rotated.keys["previous_api_key" if key == "old" else "api_key"]
    Past(rotated.folder).note("staging", Begun("uppzy", ago(hours).isoformat(), fingerprint, submitted[0], arguments))


def test_a_job_from_before_the_switch(rotated: Rotated) -> None:
    """Of several the latest that was submitted with another key; or the one that golive.yaml names."""
    _begun(rotated)
    _begun(rotated, 1, "new", "req_unknown")
    _begun(rotated, 90, "old", "req_unknown")
    with noted_in(rotated.folder, "staging").open("a") as file:
        file.write('{"begun": {"vendor"')

    steps.test_job_from_before_the_switch_is_found(rotated.golive(), PLANNED)
    submitted = submit(rotated.golive().vendor("uppzy"))
    assert submitted is not None
    steps.test_job_from_before_the_switch_is_found(rotated.golive(job=submitted[1]["request_id"]), PLANNED)


def test_a_job_that_is_lost(rotated: Rotated) -> None:
    """One that was submitted more than a day ago may be forgotten."""
    check = steps.test_job_from_before_the_switch_is_found
    _begun(rotated, request="req_lost")
    requirement, expected, actual = rotated.failed(check, rotated.golive(), CheckFailed)
    assert (requirement, expected) == ("get_chat_request has to answer 200", "to answer 200")
    assert actual.startswith("404")
    for golive in (_later(rotated, 30), rotated.golive(job="req_lost")):
        requirement, _, _ = rotated.failed(check, golive, CannotTell)
        assert requirement == "get_chat_request has to find a job from before the switch: it may be too long ago"


def _later(rotated: Rotated, hours: float) -> Any:
    noted_in(rotated.folder, "staging").unlink()
    _begun(rotated, hours, request="req_lost")
    return rotated.golive()


def test_nothing_was_submitted_before_the_switch(rotated: Rotated) -> None:
    check, key = steps.test_job_from_before_the_switch_is_found, f"{ROTATION}.job"
    command = "`golive rotate begin --env staging --vendor uppzy`"

    told = f"nothing was submitted before the switch: {command} does it, or tell {key}"
    assert rotated.skipped(check, rotated.golive(), NotVerified) == (told, key)
    _begun(rotated, 3, "new")
    told = f"{command} was called with the key that is used now, on {at(3)}: call it before the key is replaced"
    assert rotated.skipped(check, rotated.golive(), NotVerified) == (told, key)
    assert timedelta(hours=3) == NOW - ago(3)
