"""The sandbox is recorded and replayed: the same results check by check, and nothing is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from tests.plugin.conftest import MANIFEST, Project, Ran

FORBIDDEN = """
import socket

def refused(*args, **kwargs):
    raise AssertionError("a replay opens no socket")

socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refused
"""

CANARIES = """
import json, pathlib

def pytest_golive_sandbox(vendor, app):
    with open("keys.jsonl", "a") as file:
        for each in app.connections().values():
            file.write(json.dumps([each.api_key, each.previous_api_key, *each.keys.values()]) + "\\n")
"""

OWN = """
import uuid

@pytest.mark.prerelease
def test_own(golive):
    answer = golive.vendor("uppzy").call("chat", session_id=golive.fresh("session"), message="Support hours?")
    answer.must_fit()
    assert golive.once("limits", lambda: golive.vendor("uppzy").call("get_limits").status) == 200
"""


def prerelease(project: Project, *args: str) -> Ran:
    """Run the whole pre-release suite in the sandbox."""
    return project.run("-m", "prerelease", "--env", "sandbox", "-p", "no:cacheprovider", *args)


def results(ran: Ran) -> dict[str, Any]:
    """Return how every check ended, with all it told."""
    told = ("outcome", "observations", "warnings", "notes")
    return {each["check"]: [each[name] for name in told] for each in ran.verdict["results"]}


@pytest.fixture
def uppzy(project: Project) -> Project:
    """Return a project that uses one vendor, so that its sandbox has no other."""
    project.write("golive.yaml", MANIFEST)
    return project


@pytest.fixture
def recorded(uppzy: Project) -> Project:
    """Return a project with a recording of its own tests, which are few."""
    uppzy.tests(OWN)
    assert prerelease(uppzy, "--golive-record", "all", "test_shop.py").code == 0
    return uppzy


def test_a_replay_is_the_recorded_run_again(uppzy: Project) -> None:
    """Check by check, with sockets forbidden; the verdict says what it rests on; no key is in any file."""
    uppzy.tests(OWN)
    uppzy.conftest(CANARIES)
    live = prerelease(uppzy, "--golive-record", "all")
    assert live.word == "GO", live.text
    uppzy.conftest(FORBIDDEN)

    replay = prerelease(uppzy, "--golive-record", "none")

    day = json.loads(json.dumps(live.verdict["started"]))[:10]
    assert (replay.word, replay.code) == ("GO", 0)
    assert results(replay) == results(live)
    assert replay.verdict["rehearsal"] is True
    assert f"replayed from cassettes recorded on {day} from the sandbox: nothing was asked" in replay.verdict["notes"]
    assert "golive: replays golive-cassettes/sandbox/prerelease, nothing is asked" in replay.lines
    assert "SANDBOX REHEARSAL: says nothing about your integration" in replay.lines
    assert not [note for note in replay.verdict["notes"] if note.startswith("recordings:")]
    keys = {key for line in (uppzy.folder / "keys.jsonl").read_text().splitlines() for key in json.loads(line)}
    written = [path.read_text(encoding="utf-8") for path in (uppzy.folder / "golive-cassettes").rglob("*.yaml")]
    assert len(keys) >= 4
    assert len(written) > 100
    assert Redactor(Secret(key, "canary") for key in keys).holds("\n".join(written)) == ()


def test_workers_replay_too(recorded: Project) -> None:
    """Each plays what it runs; what all share is played by every one of them."""
    recorded.conftest(FORBIDDEN)

    ran = prerelease(recorded, "--golive-record", "none", "-n", "2", "test_shop.py")

    assert (ran.code, "1 passed" in ran.text) == (0, True), ran.text


@pytest.mark.parametrize("mode", ["all", "missing"])
def test_recording_in_several_processes_is_refused(uppzy: Project, mode: str) -> None:
    """They would write over each other's files."""
    ran = prerelease(uppzy, "--golive-record", mode, "-n", "2")

    assert ran.code == 4
    assert f"ERROR: --golive-record {mode} records in one process: leave out -n, or add -n0" in ran.lines
    assert not (uppzy.folder / "golive-cassettes").exists()


def test_nothing_to_replay(uppzy: Project) -> None:
    """One line that says how there will be."""
    ran = prerelease(uppzy, "--golive-record", "none")

    assert ran.code == 4
    assert (
        "ERROR: --golive-record none: golive-cassettes/sandbox/prerelease holds no recording; "
        "make one with -m prerelease --env sandbox --golive-record all"
    ) in ran.lines


@pytest.mark.parametrize("mode", ["none", "missing"])
def test_an_unreadable_recording_ends_the_run_before_it_begins(recorded: Project, mode: str) -> None:
    """It is never taken for an absent one."""
    path = next((recorded.folder / "golive-cassettes" / "sandbox" / "prerelease" / "own").glob("*.yaml"))
    path.write_text("a: !!python/object/apply:os.system [touch owned]\n")

    ran = prerelease(recorded, "--golive-record", mode, "test_shop.py")

    name = path.relative_to(recorded.folder).as_posix()
    assert ran.code == 4
    assert f"ERROR: {name}, line 1: a tag is not allowed in a cassette, but !!binary" in ran.lines
    assert not (recorded.folder / "owned").exists()


def test_an_unreadable_description_ends_it_too(recorded: Project) -> None:
    """Without addresses and ids there is nothing to replay."""
    (recorded.folder / "golive-cassettes" / "sandbox" / "prerelease" / "recording.yaml").write_text("a: 1\n")

    ran = prerelease(recorded, "--golive-record", "none", "test_shop.py")

    assert ran.code == 4
    assert (
        "ERROR: golive-cassettes/sandbox/prerelease/recording.yaml, line 1: `environments` has to be a mapping"
    ) in ran.lines


def test_what_is_not_recorded_fails_in_a_replay(recorded: Project) -> None:
    """The finding says what is missing, and how it gets there."""
    recorded.tests(OWN.replace("Support hours?", "Opening hours?"))

    ran = prerelease(recorded, "--golive-record", "none", "test_shop.py")

    assert ran.code == 1
    finding = ran.partial["results"][0]["finding"]
    assert re.sub(r"site_[0-9a-f]{32}", "site_#", re.sub(r"127.0.0.1:\d+", "127.0.0.1:#", finding["actual"])) == (
        "POST http://127.0.0.1:#/api/v1/m2m/sites/site_#/chat with uppzy.api_key: "
        "differs from recorded call 1: body field `message` was 'Support hours?' and is 'Opening hours?'"
    )
    assert finding["requirement"] == (
        "chat has to be in golive-cassettes/sandbox/prerelease/own/test_shop.py-test_own-a3b227.yaml"
    )


def test_what_is_missing_is_recorded(recorded: Project) -> None:
    """The rest is played, and from then on a replay has it all."""
    recorded.tests(OWN.replace('"Support hours?"', '"Support hours?")\n    golive.vendor("uppzy").call("get_usage"'))
    assert prerelease(recorded, "--golive-record", "none", "test_shop.py").code == 1

    filled = prerelease(recorded, "--golive-record", "missing", "test_shop.py")
    recorded.conftest(FORBIDDEN)
    replay = prerelease(recorded, "--golive-record", "none", "test_shop.py")

    assert (filled.code, replay.code) == (0, 0), filled.text + replay.text
    assert "golive: replays golive-cassettes/sandbox/prerelease, asks and records what is not there" in filled.lines


def test_a_check_that_is_interrupted_leaves_no_half_recording(uppzy: Project) -> None:
    """Its cassette is written when it has ended, and Ctrl-C is no end."""
    uppzy.tests(OWN + "    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(5)\n")

    ran = prerelease(uppzy, "--golive-record", "all", "test_shop.py")

    assert ran.code == 2
    assert not (uppzy.folder / "golive-cassettes" / "sandbox" / "prerelease" / "own").exists()


def test_another_folder(uppzy: Project) -> None:
    """Named on the command line, or in golive.yaml."""
    uppzy.tests(OWN)
    prerelease(uppzy, "--golive-record", "all", "--golive-cassettes", "tapes", "test_shop.py")
    uppzy.write("golive.yaml", MANIFEST + "cassettes: {folder: recorded}\n")
    prerelease(uppzy, "--golive-record", "all", "test_shop.py")

    folders = {path.parts[-4] for path in uppzy.folder.rglob("recording.yaml")}
    assert folders == {"tapes", "recorded"}


@pytest.mark.parametrize("option", ["--golive-record=none", "--golive-cassettes=x"])
def test_an_option_without_an_environment(project: Project, option: str) -> None:
    """Somebody typed it for a purpose."""
    ran = project.run(option)

    name = option.partition("=")[0]
    assert ran.code == 4
    assert f"ERROR: {name} needs an environment: add --env NAME (--env sandbox is built in)" in ran.lines


def test_a_mode_that_there_is_not(project: Project) -> None:
    """The three are named."""
    ran = prerelease(project, "--golive-record", "once")

    assert ran.code == 4
    assert "argument --golive-record: invalid choice: 'once'" in ran.text


def test_a_run_without_recordings_imports_no_vcrpy(project: Project) -> None:
    """It is imported when it is used."""
    project.conftest("import sys\n\ndef pytest_unconfigure():\n    print('vcr' in sys.modules)\n")

    ran = project.run("-m", "prerelease", "--env", "sandbox", "--golive-only", "UPZ-22", "-s")

    assert "False" in ran.lines
    assert not Path(project.folder, "golive-cassettes").exists()
