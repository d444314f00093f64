"""Which key is used after a rotation: right in many ways, and wrong in one at a time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import suites.rotation.test_key as key
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.setup import set_up
from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Client, Manifest
from pytest_golive.papers.named import Papers
from pytest_golive.rotation import workers
from pytest_golive.rotation.past import Past
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox
from tests.suites.rotated import NOW, PLANNED, Rotated, ago, at, reporting

BEFORE = "the key has to be another one than before"
WORKERS = "every worker has to hold the new key"
NEW = "fingerprint <new> from each"


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


# ------------------------------------------------------------------ another key than before


def test_the_run_before_the_switch_used_the_old_key(rotated: Rotated) -> None:
    rotated.ran(30, "old", suite="weekly")
    rotated.ran(1, "new")

    key.test_key_is_another_than_before(rotated.golive(told={"switched": 2}), PLANNED)
    key.test_key_is_another_than_before(rotated.golive(), PLANNED)


def test_the_run_before_the_switch_used_this_key(rotated: Rotated) -> None:
    """Whatever was used long before."""
    rotated.ran(900, "old")
    rotated.ran(30, "new", suite="weekly")

    assert rotated.failed(key.test_key_is_another_than_before, rotated.golive(told={"switched": 2}), CheckFailed) == (
        BEFORE,
        f"another key than before the switch, {at(2)}",
        f"<new>, as in the run 0123abcd30 of {at(30)}",
    )


def test_a_key_that_was_replaced_before_the_last_run(rotated: Rotated) -> None:
    """The record says so; without it, that another key was used lately says so as well."""
    rotated.ran(50, "old", suite="weekly")
    rotated.ran(30, "new", suite="weekly")

    key.test_key_is_another_than_before(rotated.golive(told={"switched": 40}), PLANNED)
    key.test_key_is_another_than_before(rotated.golive(), PLANNED)


def test_a_key_that_was_never_replaced(rotated: Rotated) -> None:
    """No record, and all runs used it; or none has used another one for weeks."""
    rotated.ran(60, "new", suite="weekly")
    rotated.ran(1, "new")

    expected = (
        BEFORE,
        "another key than in the runs before the rotation",
        f"<new>, as in the run 0123abcd60 of {at(60)}",
    )
    assert rotated.failed(key.test_key_is_another_than_before, rotated.golive(), CheckFailed) == expected
    rotated.ran(500, "new", suite="weekly")
    rotated.ran(900, "old", suite="weekly")
    _, _, actual = rotated.failed(key.test_key_is_another_than_before, rotated.golive(), CheckFailed)
    assert actual == f"<new>, as in the run 0123abcd500 of {at(500)}"


def _besides(rotated: Rotated, golive: Any, days: float) -> None:
    """Give the environment a second vendor, whose key was replaced so many days ago."""
    key = Secret("tly_live_another-key-of-timely", "timely.api_key")
    for hours, fingerprint in ((24 * days + 1, "0123456789ab"), (24 * days - 1, key.fingerprint)):
        rotated.ran(hours, "new", suite="weekly", others={("timely", "api_key"): fingerprint})
    where = golive.environment
    targets = {**where.targets, "timely": Target("timely", "http://127.0.0.1:9", credentials={"api_key": key})}
    golive.environments = {"staging": replace(where, targets=targets)}
    golive.environment = golive.environments["staging"]


def test_the_key_of_another_vendor_was_replaced(rotated: Rotated) -> None:
    """A rotation is of one key: this one stays, unless golive.yaml tells when it was switched."""
    golive = rotated.golive()
    _besides(rotated, golive, 2)
    record = CheckRecord("t")
    with recording(record):
        key.test_key_is_another_than_before(golive, PLANNED)
    assert record.notes == ["timely.api_key was replaced lately, and golive.yaml tells no switch of this key"]
    golive.past = Past(rotated.folder / "empty")
    name = "environments.staging.vendors.uppzy.previous_api_key"
    golive.environment.targets["uppzy"].credentials.pop("previous_api_key")  # type: ignore[attr-defined]
    assert rotated.skipped(key.test_key_is_another_than_before, golive, NotVerified)[1] == name
    golive = rotated.golive(told={"switched": 3})
    _besides(rotated, golive, 2)
    assert rotated.failed(key.test_key_is_another_than_before, golive, CheckFailed)[0] == BEFORE


def test_the_key_of_another_vendor_was_replaced_long_ago(rotated: Rotated) -> None:
    golive = rotated.golive()
    _besides(rotated, golive, 30)

    assert rotated.failed(key.test_key_is_another_than_before, golive, CheckFailed)[0] == BEFORE


def test_nothing_tells_what_was_used_before(rotated: Rotated) -> None:
    """The old key of golive.yaml would; runs of the same rotation do not."""
    name = "environments.staging.vendors.uppzy.previous_api_key"
    told = f"nothing tells which key was used before; {name} would"

    assert rotated.skipped(key.test_key_is_another_than_before, rotated.golive(old=False), NotVerified) == (
        f"no earlier run is kept: {told}",
        name,
    )
    rotated.ran(5, "new")
    assert rotated.skipped(key.test_key_is_another_than_before, rotated.golive(old=False), NotVerified) == (
        f"no run from before the rotation is kept: {told}",
        name,
    )
    golive = rotated.golive(old=False, told={"switched": 6})
    assert rotated.skipped(key.test_key_is_another_than_before, golive, NotVerified) == (
        f"no run from before the switch, {at(6)}, is kept: {told}",
        name,
    )
    key.test_key_is_another_than_before(rotated.golive(), PLANNED)


def test_a_history_that_cannot_be_read_is_told(rotated: Rotated) -> None:
    pytest.importorskip("sqlalchemy")
    golive = rotated.golive(old=False)
    golive.past = Past(rotated.folder, "shop", Secret("nothing-like-a-url", "history.url"))

    told, _ = rotated.skipped(key.test_key_is_another_than_before, golive, NotVerified)
    problem = "history.url is no URL of a database, as postgresql://host/name"
    assert told.startswith(f"no earlier run is kept ({problem}): nothing tells which key was used before; ")


# ------------------------------------------------------------------ how old it is


@pytest.mark.parametrize("told", [{"created": 24 * 89.0}, {"switched": 24 * 20.0}])
def test_a_young_key(rotated: Rotated, told: dict[str, float]) -> None:
    rotated.ran(24 * 88, "new")
    rotated.ran(24 * 300, "old")

    key.test_key_is_young(rotated.golive(told=told), PLANNED)


def test_an_old_key(rotated: Rotated) -> None:
    """By its record, by the team's list of keys, or since a run has used it long ago."""
    requirement, expected = "the key has to be replaced in time", "a key that is at most 90 days old"
    golive = rotated.golive(told={"created": 24 * 91})
    assert rotated.failed(key.test_key_is_young, golive, CheckFailed) == (
        requirement,
        expected,
        f"rotation.created is {at(24 * 91)}, 91 days ago",
    )
    golive = rotated.golive()
    golive.papers = Papers(
        golive.repository, rotations={"uppzy": {"api_key": {"created": f"{ago(24 * 100):%Y-%m-%d}"}}}
    )
    day = f"{ago(24 * 100):%Y-%m-%d} 00:00 UTC, {(NOW - ago(24 * 100)).days} days ago"
    assert rotated.failed(key.test_key_is_young, golive, CheckFailed)[2] == f"operations.rotations.uppzy is {day}"
    rotated.ran(24 * 95, "new")
    golive = rotated.golive(told={"created": 24 * 3})
    assert rotated.failed(key.test_key_is_young, golive, CheckFailed)[2] == (
        f"the run 0123abcd2280 of {at(24 * 95)} used it already, 95 days ago"
    )


def test_a_key_that_is_used_since_another_one(rotated: Rotated) -> None:
    """Nobody wrote down when it was made; the runs tell since when it is used."""
    rotated.ran(24 * 80, "old")
    rotated.ran(24 * 70, "new")
    record = CheckRecord("t")
    with recording(record):
        key.test_key_is_young(rotated.golive(), PLANNED)
    assert record.notes == [f"used since the run 0123abcd1680 of {at(24 * 70)}, and another one before"]


def test_a_key_of_unknown_age(rotated: Rotated) -> None:
    name = "environments.staging.vendors.uppzy.rotation.created"

    assert rotated.skipped(key.test_key_is_young, rotated.golive(), NotVerified) == (
        f"{name} is missing: nothing tells how old the key is",
        name,
    )


# ------------------------------------------------------------------ other environments


def _elsewhere(rotated: Rotated, **keys: str | None) -> Any:
    """Return what leads to further environments, by their keys; None for one that cannot be read here."""
    golive = rotated.golive()
    mine = golive.environment.targets["uppzy"]
    for name, value in keys.items():
        held = {} if value is None else {"api_key": Secret(value, "uppzy.api_key")}
        missing = {} if held else {"api_key": "environment variable K is not set"}
        target = replace(mine, credentials=held, missing=missing)
        golive.environments = {**golive.environments, name: Environment(name, targets={"uppzy": target})}
    return golive


def test_no_other_environment_holds_the_key(rotated: Rotated) -> None:
    """Nor where there is none; what cannot be read is only told."""
    record = CheckRecord("t")
    with recording(record):
        key.test_key_is_in_no_other_environment(_elsewhere(rotated, live="another-key-of-uppzy"), PLANNED)
        key.test_key_is_in_no_other_environment(_elsewhere(rotated), PLANNED)
        assert record.warnings == []
        key.test_key_is_in_no_other_environment(_elsewhere(rotated, live=None), PLANNED)
    told = "environment variable K is not set, and environments.live.deployment.fingerprints is missing"
    assert record.warnings == [f"whether live holds it is not known here: {told}"]


def test_another_environment_holds_the_key(rotated: Rotated) -> None:
    golive = _elsewhere(rotated, live=rotated.sandbox.connection("uppzy").api_key, desk="another-key-of-uppzy")

    assert rotated.failed(key.test_key_is_in_no_other_environment, golive, CheckFailed) == (
        "no other environment may hold the key",
        "fingerprints that differ",
        "live holds <new> too",
    )


# ------------------------------------------------------------------ every worker

PID = [{"pid": 4710 + number, "uppzy": "new"} for number in range(3)]

RIGHT: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "processes": (PID, {"workers": 3, "probes": 9}),
    "hosts with several processes": ([{"host": "web-1", "uppzy": "new"}], {"workers": 4}),
    "workers without names": ([{"uppzy": {"api_key": "new"}}], {"workers": 3}),
    "all in one report": ([{"workers": PID}], {"workers": 3, "probes": 1}),
    "targets by name": ([{"web": {"uppzy": "new"}, "jobs": {"uppzy": "new"}}], {"workers": 2, "probes": 1}),
    "pods": ([{"pod": f"web-{n}", "keys": {"uppzy": {"api_key": "new"}}} for n in "ab"], {"workers": 2, "probes": 4}),
    "processes of one number in many containers": ([{"pid": 7, "uppzy": "new"}], {"workers": 4}),
    "workers of one number on many hosts": ([{"worker": n, "uppzy": "new"} for n in (1, 2)], {"workers": 4}),
    "told by an object of its own": (
        [{"worker": {"id": n, "pid": 7}, "metadata": {"name": "web"}, "uppzy": "new"} for n in (1, 2)],
        {"workers": 2, "probes": 4},
    ),
    "one process": ([{"pid": 1, "uppzy": "new"}], {"workers": 1}),
    "other vendors beside it": ([{"uppzy": "new", "timely": "0123456789ab"}], {"workers": 1}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_workers_that_are_up_to_date(rotated: Rotated, name: str) -> None:
    reports, environment = RIGHT[name]
    record = CheckRecord("t")
    with recording(record):
        key.test_workers_hold_the_new_key(rotated.golive(*reports, **environment), PLANNED)

    assert record.warnings == []


STALE: dict[str, tuple[list[Any], dict[str, Any], str]] = {
    "a process": (
        [*PID[:2], {"pid": 4712, "uppzy": "old"}],
        {"workers": 3, "probes": 9},
        "pid 4712 holds <old> (the key that was replaced) in 3 of 9 answers",
    ),
    "a worker on a host": (
        [{"worker": 1, "host": "web", "uppzy": "new"}, {"worker": 2, "host": "web", "uppzy": "0123456789ab"}],
        {"workers": 2, "probes": 4},
        "web worker 2 holds 0123456789ab in 2 of 4 answers",
    ),
    "one of many without names": (
        [{"uppzy": "new"}, {"uppzy": "new"}, {"uppzy": "new"}, {"uppzy": "old"}],
        {"workers": 4, "probes": 40},
        "10 of 40 answers tell <old> (the key that was replaced), about 1 of 4 workers",
    ),
    "one that nobody counted": (
        [{"uppzy": "new"}, {"uppzy": "old"}],
        {},
        "8 of 16 answers tell <old> (the key that was replaced)",
    ),
    "a target of one report": (
        [{"web": {"uppzy": "new"}, "jobs": {"uppzy": ["new", "old"]}}],
        {"workers": 3, "probes": 2},
        "jobs target 2 holds <old> (the key that was replaced) in 2 of 2 answers",
    ),
    "nobody tells": ([{"timely": "0123456789ab"}], {"workers": 1}, "nothing for uppzy"),
}


@pytest.mark.parametrize("name", STALE)
def test_a_worker_that_holds_another_key(rotated: Rotated, name: str) -> None:
    reports, environment, actual = STALE[name]
    golive = rotated.golive(*reports, **environment)

    assert rotated.failed(key.test_workers_hold_the_new_key, golive, CheckFailed) == (WORKERS, NEW, actual)


def test_a_service_with_a_key_of_its_own(rotated: Rotated) -> None:
    """Its workers hold that one, or golive's; no other."""
    own = Secret("a-key-of-the-service-alone", "uppzy.service_api_key")

    def golive(*reports: Any) -> Any:
        made = rotated.golive(*reports, workers=1)
        target = made.environment.targets["uppzy"]
        held = replace(target, credentials={**target.credentials, "service_api_key": own})
        made.environments = {"staging": replace(made.environment, targets={"uppzy": held})}
        return made

    for report in ({"uppzy": own.fingerprint}, {"uppzy": {"service_api_key": own.fingerprint}}, {"uppzy": "new"}):
        key.test_workers_hold_the_new_key(golive(report), PLANNED)
    _, expected, actual = rotated.failed(key.test_workers_hold_the_new_key, golive({"uppzy": "old"}), CheckFailed)
    assert expected == f"fingerprint {own.fingerprint} or <new> from each"
    assert actual == "1 of 1 answers tell <old> (the key that was replaced), about 1 of 1 workers"


def test_too_few_answers_to_have_met_every_worker(rotated: Rotated) -> None:
    """How many would do is told, and with what probability those that there are did."""
    golive = rotated.golive({"uppzy": "new"}, workers=8, probes=20)
    assert rotated.failed(key.test_workers_hold_the_new_key, golive, CannotTell) == (
        WORKERS,
        "an answer of each of 8 workers",
        "20 answers meet all of them with 53.1 %, 51 with 99 %",
    )
    golive = rotated.golive(*PID, workers=4, probes=30)
    assert rotated.failed(key.test_workers_hold_the_new_key, golive, CannotTell)[2] == (
        "30 answers told of 3: pid 4710, pid 4711, pid 4712; 30 answers meet all of them with 99.9 %"
    )


def test_nobody_says_how_many_workers_there_are(rotated: Rotated) -> None:
    record = CheckRecord("t")
    with recording(record):
        key.test_workers_hold_the_new_key(rotated.golive(*PID), PLANNED)

    told = "16 answers tell of pid 4710, pid 4711, pid 4712, and whether these are all is not known"
    assert record.warnings == [f"environments.staging.deployment.workers is missing: {told}"]


def test_a_deployment_that_does_not_always_answer(rotated: Rotated) -> None:
    """What it answers counts; nothing at all tells nothing."""
    url = "http://127.0.0.1:9/fingerprints"
    turns = itertools.count()

    def answer(request: Request) -> Response:
        return json_response(503, {}) if next(turns) % 2 else json_response(200, {"uppzy": new})

    record = CheckRecord("t")
    golive = rotated.golive(workers=1, probes=4)
    new = rotated.keys["api_key"]
    with recording(record), Server(answer) as deployment:
        golive.environments = {"staging": replace(golive.environment, fingerprints_url=deployment.url)}
        key.test_workers_hold_the_new_key(golive, PLANNED)
    assert record.notes == ["2 of 4 questions to the deployment were not answered"]
    golive = rotated.golive(workers=1, probes=4)
    golive.environments = {"staging": replace(golive.environment, fingerprints_url=url)}
    requirement, expected, actual = rotated.failed(key.test_workers_hold_the_new_key, golive, CannotTell)
    assert requirement == "the deployment has to report the fingerprints of its keys"
    assert expected == "200 with JSON: vendor -> credential -> fingerprint"
    assert actual.startswith(f"{url}: ConnectError: ")


def test_nobody_can_be_asked(rotated: Rotated) -> None:
    name = "environments.staging.deployment.fingerprints"

    assert rotated.skipped(key.test_workers_hold_the_new_key, rotated.golive(reporting=False), NotVerified) == (
        f"{name} is missing: nothing tells which keys are deployed",
        name,
    )


@pytest.mark.parametrize(("workers_", "answers", "chance"), [(1, 1, 1.0), (2, 2, 0.5), (3, 2, 0.0), (4, 4, 24 / 256)])
def test_how_likely_all_workers_were_met(workers_: int, answers: int, chance: float) -> None:
    assert workers.met_all(workers_, answers) == pytest.approx(chance)


@pytest.mark.parametrize("count", [2, 8, 64, 65, 100])
def test_how_many_answers_are_needed(count: int) -> None:
    least = workers.needed(count)

    assert workers.met_all(count, least) >= workers.SURE > workers.met_all(count, least - 1)


# ------------------------------------------------------------------ by the calls of a running client


def _running(rotated: Rotated, keys: list[str | None], url: str, operations: tuple[str, ...] = ("get_limits",)) -> Any:
    """Return what leads to a client that runs already, behind this address."""
    golive = rotated.golive(reporting=False, workers=len(keys), probes=6 * len(keys))
    client = Client(vendor="uppzy", url=url, operations=operations)
    manifest = Manifest(golive=1, project="shop", clients={"bot": client})
    golive.clients = Labs([set_up(manifest, "bot", rotated.folder)], golive.redactor.scrub)
    return golive


def _client(keys: list[str | None]) -> Any:
    """Return a client of several workers, each with the key of its own configuration; None for the one it is given."""
    turns = itertools.count()

    def take(request: Request) -> Response:
        asked = json.loads(request.body)
        own = keys[next(turns) % len(keys)] or asked["api_key"]
        url = f"{asked['base_url']}/m2m/tenants/{asked['ids']['tenant_id']}/limits"
        answer = httpx.get(url, headers={"X-API-Key": own}, trust_env=False)
        return json_response(
            200, {"call_id": asked["call_id"], "ok": answer.status_code == 200, "result": answer.json()}
        )

    return take


def test_a_client_whose_workers_call_with_the_new_key(rotated: Rotated) -> None:
    new = rotated.sandbox.connection("uppzy").api_key
    with Server(_client([new, new])) as client:
        key.test_workers_hold_the_new_key(_running(rotated, [new, new], client.url), PLANNED)
    assert client.failures == []


def test_a_client_of_which_one_worker_calls_with_the_old_key(rotated: Rotated) -> None:
    connection = rotated.sandbox.connection("uppzy")
    keys: list[str | None] = [connection.api_key, connection.previous_api_key, connection.api_key]
    with Server(_client(keys)) as client:
        golive = _running(rotated, keys, client.url)
        assert rotated.failed(key.test_workers_hold_the_new_key, golive, CheckFailed) == (
            WORKERS,
            NEW,
            "bot: 6 of 18 answers tell <old> (the key that was replaced), about 1 of 3 workers",
        )


def test_a_client_that_shows_no_key_of_its_own(rotated: Rotated) -> None:
    """It calls with what it is given, cannot be reached, or does nothing that could be asked for."""
    record = CheckRecord("t")
    with recording(record), Server(_client([None])) as client:
        for golive in (
            _running(rotated, [None], client.url),
            _running(rotated, [None], client.url, ("chat",)),
            _running(rotated, [None], "http://127.0.0.1:9/"),
        ):
            name = "environments.staging.deployment.fingerprints"
            told = f"{name} is missing: nothing tells which keys are deployed"
            assert rotated.skipped(key.test_workers_hold_the_new_key, golive, NotVerified) == (told, name)

    assert record.notes[:2] == [
        "bot calls with the key that it is given, and shows none of its own",
        "bot has no operation that reads without arguments",
    ]
    assert record.notes[2].startswith("bot: ConnectError: ")
