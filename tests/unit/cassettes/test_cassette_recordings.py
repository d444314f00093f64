"""The recordings of a run: what was not played, when they were made, and what a replay takes for its environment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pytest_golive.cassettes.environments import recorded_environments, with_recorded_values
from pytest_golive.cassettes.recordings import days_told
from pytest_golive.cassettes.shelf import Shelf, Unreadable, label_of, translation
from pytest_golive.cassettes.tape import Mode
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.moment import moment, read_from, seconds
from pytest_golive.manifest.environment import CallBudget, Environment, Target
from tests.unit.cassettes.conftest import KEY, URL, Lab, environment


def test_what_no_check_played_is_told(lab: Lab) -> None:
    """Whole files, and parts of them."""
    for name in "abc":
        lab.run(Mode.ALL, lambda client: [client.get(f"{URL}/1"), client.get(f"{URL}/2")], check=f"{name}[shop]")
    replay = lab.run(Mode.NONE, lambda client: client.get(f"{URL}/2"), check="a[shop]")
    replay.hear({"golive-cassettes/staging/prerelease/checks/b/shop.yaml": [0, 1]})

    assert replay.unused() == [
        "recordings: no check played golive-cassettes/staging/prerelease/checks/c/shop.yaml",
        "recordings: only a part was played of golive-cassettes/staging/prerelease/checks/a/shop.yaml (1 of 2)",
    ]
    assert replay.played()["golive-cassettes/staging/prerelease/checks/a/shop.yaml"] == [1]


def test_many_unused_files_are_one_line(lab: Lab) -> None:
    """A note stays a note."""
    for number in range(5):
        lab.run(Mode.ALL, lambda client: client.get(f"{URL}/1"), check=f"c{number}[shop]")

    assert lab.recordings(Mode.NONE, environment()).unused() == [
        (
            "recordings: no check played golive-cassettes/staging/prerelease/checks/c0/shop.yaml, "
            "golive-cassettes/staging/prerelease/checks/c1/shop.yaml, "
            "golive-cassettes/staging/prerelease/checks/c2/shop.yaml and 2 more"
        )
    ]


def test_days_are_told() -> None:
    """One, or from when to when."""
    plain: dict[str, Any] = {
        "check": "a[x]",
        "environment": "e",
        "golive": "1",
        "run": "r",
        "source": "live",
        "vendors": [],
        "values": {},
    }
    labels = [label_of({**plain, "recorded": f"2026-11-{day}T09:00:00Z"}) for day in (28, 20, 28)]

    assert days_told([labels[0]]) == "on 2026-11-28"
    assert days_told(labels) == "from 2026-11-20 to 2026-11-28"
    assert days_told([]) == "on no day"


def test_an_environment_is_described_without_its_keys(lab: Lab) -> None:
    """All the rest comes back as it was."""
    target = Target(
        vendor="shop",
        base_url=URL,
        base_url_source="literal",
        credentials=environment().targets["shop"].credentials,
        credential_sources={"api_key": "environment variable SHOP_KEY"},
        ids={"tenant_id": "ten_4711aa"},
        features={"chat": True},
        settings={"retries": 3, "list": [1, {"a": "b"}], "odd": ["1234e5678901", "0x1F", "on", "1.5", "~", ""]},
        profile="brand",
        uses=("a", "b"),
        forbidden=("c",),
        budget=CallBudget(10, 60.0, 4),
    )
    given = Environment(
        "staging", releases_to="live", allow=("x",), fingerprints_url="https://f", targets={"shop": target}
    )
    lab.run(Mode.ALL, lambda client: client.get(URL), where=given)

    environments, when = recorded_environments(lab.shelf)

    told = environments["staging"]
    key = told.targets["shop"].credentials["api_key"]
    again = replace(told.targets["shop"], credentials=target.credentials)
    assert replace(told, targets={"shop": again}) == given
    assert (key.name, key.fingerprint) == ("shop.api_key", target.credentials["api_key"].fingerprint)
    assert KEY not in lab.shelf.description.read_text()
    assert abs((datetime.now(UTC) - when).total_seconds()) < 60


def test_a_setting_that_holds_a_key_is_not_written(lab: Lab) -> None:
    """The run ends before the first call."""
    given = environment()
    target = replace(given.targets["shop"], settings={"note": f"use {KEY}"})

    with pytest.raises(Unreadable) as raised:
        lab.recordings(Mode.ALL, replace(given, targets={"shop": target}))

    assert str(raised.value) == (
        "golive-cassettes/staging/prerelease/recording.yaml would give away shop.api_key: "
        "a setting or an id holds a credential"
    )
    assert not lab.shelf.description.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "golive-cassettes/staging/prerelease/recording.yaml: recording.yaml is not there: {path}"),
        (
            "a: [",
            (
                "golive-cassettes/staging/prerelease/recording.yaml, line 1: "
                "this is not YAML: expected the node content, but found "
                "'<stream end>'"
            ),
        ),
        ("a: 1\n", "golive-cassettes/staging/prerelease/recording.yaml, line 1: `environments` has to be a mapping"),
        (
            "recorded: never\nenvironments: {}\n",
            (
                "golive-cassettes/staging/prerelease/recording.yaml, line 1: "
                "`recorded` has to be a time: 2026-11-28T09:00:00Z"
            ),
        ),
        (
            "recorded: 2026-11-28T09:00:00Z\nenvironments:\n  staging: {name: staging}\n",
            (
                "golive-cassettes/staging/prerelease/recording.yaml, line 3: "
                "this is not how golive describes an environment; record anew"
            ),
        ),
    ],
)
def test_a_description_that_cannot_be_read(tmp_path: Path, text: str | None, told: str) -> None:
    """File and line are told."""
    shelf = Shelf(tmp_path / "golive-cassettes", "staging", "prerelease")
    shelf.folder.mkdir(parents=True)
    if text is not None:
        shelf.description.write_text(text)

    with pytest.raises(Unreadable) as raised:
        recorded_environments(shelf)

    assert str(raised.value) == told.replace("{path}", str(shelf.description))


def test_what_cannot_be_read_here_was_recorded() -> None:
    """Addresses, ids and keys are the recorded ones; of the settings only those that are not set here."""
    recorded = environment()
    target = replace(recorded.targets["shop"], settings={"here": 1, "there": 2})
    recorded = replace(recorded, fingerprints_url="https://recorded", targets={"shop": target})
    now = Target(
        vendor="shop",
        base_url="",
        settings={"here": 3},
        uses=("a",),
        missing={"base_url": "…", "api_key": "…", "ids.tenant_id": "…", "settings.there": "…", "other_key": "kept"},
    )

    made = with_recorded_values(Environment("staging", targets={"shop": now, "new": Target("new", "")}), recorded)

    shop = made.targets["shop"]
    assert (shop.base_url, shop.ids, shop.settings) == (URL, {"tenant_id": "ten_4711aa"}, {"here": 3, "there": 2})
    assert (shop.uses, shop.missing) == (("a",), {"other_key": "kept"})
    assert made.fingerprints_url == "https://recorded"
    assert made.targets["new"] == Target("new", "")
    assert with_recorded_values(made, None) is made


def test_only_whole_words_are_translated() -> None:
    """An id is replaced where it stands alone, also in a path, and nowhere inside another word."""
    translated = translation(
        {"id": "t_1", "url": "https://a", "same": "x", "gone": "y"}, {"id": "t_2", "url": "https://b", "same": "x"}
    )

    assert translated({"x": ["https://a/t_1/x", "t_12", "at_1"], "n": 1, "b": b"t_1"}) == {
        "x": ["https://b/t_2/x", "t_12", "at_1"],
        "n": 1,
        "b": b"t_1",
    }
    assert translation({"a": "b"}, {})("b") == "b"


def test_time_stands_still_in_a_replay(lab: Lab) -> None:
    """Answers are judged by when they were given, and a check waits as often as it did."""
    seen: list[tuple[datetime, float, float]] = []

    def calls(client: httpx.Client) -> None:
        begun = seconds()
        client.get(f"{URL}/a")
        seen.append((moment(), begun, seconds()))

    def timed(mode: Mode) -> None:
        recordings = lab.recordings(mode, environment())
        undo = read_from(recordings)
        with recording(CheckRecord("a[shop]")):
            calls(lab.client(recordings, lambda _: httpx.Response(200)))
        from pytest_golive.facts.scope import check_scope

        recordings.end(check_scope("a[shop]"))
        undo()

    timed(Mode.ALL)
    timed(Mode.NONE)

    assert seen[0] == seen[1]
    assert seen[0][0].microsecond == 0
    assert seconds() != seen[0][2]
    assert abs((moment() - datetime.now(UTC)).total_seconds()) < 5


def test_a_clock_that_is_read_oftener_goes_on(lab: Lab) -> None:
    """It never goes back."""
    from pytest_golive.cassettes.tape import Tape

    tape = Tape(lab.file(), Mode.NONE, readings=[0.0, 2.5])

    assert [tape.seconds(), tape.seconds()] == [0.0, 2.5]
    assert 2.5 <= tape.seconds() <= tape.seconds() < 60


def test_each_suite_has_a_recording_of_its_own(lab: Lab) -> None:
    """One is recorded without a thought of the other; the weekly review looks at all."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/1"))
    weekly = Shelf(lab.shelf.root, "staging", "weekly")

    assert (weekly.has_recordings, weekly.lying()) == (False, ())
    assert [each.path for each in weekly.everything()] == [lab.file()]
    assert Shelf(lab.shelf.root, "live", "weekly").everything() == ()
