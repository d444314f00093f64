"""What users get to see and to do: the checks on a small client that is right, and wrong as its variables say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import suites.clients.test_in_front_of_users as checks
from pytest_golive.clients.judging.shown import gives_away
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.setup import Setup
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Client
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.files import SourceFiles
from pytest_golive.vendors.library import read_pack

SOURCE = """
import json, os, sys, urllib.error, urllib.request

FLAW = os.environ.get("FLAW", "")
if FLAW == "strict" and not os.environ.get("UPPZY_API_KEY"):
    sys.exit("UPPZY_API_KEY is not set")
KEY = os.environ.get("UPPZY_API_KEY") or ("a-key-that-is-left-in-the-code" if FLAW == "default" else "")

def sent(call, path, body, key):
    url = call["base_url"] + "/m2m/sites/" + call["ids"]["site_id"] + path
    request = urllib.request.Request(url, method="POST", data=json.dumps(body).encode())
    for name, value in {"Content-Type": "application/json", **({"X-API-Key": key} if key else {})}.items():
        request.add_header(name, value)
    return json.load(urllib.request.urlopen(request, timeout=5))

def answer(call):
    key = KEY if "UPPZY_API_KEY" in os.environ or FLAW == "default" else call["api_key"]
    key = key or (call["api_key"] if FLAW == "either" else "")
    if not key and FLAW != "keyless":
        raise OSError("no key")
    if FLAW == "refuses" and call["operation"] != "chat":
        raise OSError("nobody rates here")
    if call["operation"] == "get_site":
        url = call["base_url"] + "/m2m/sites/" + call["ids"]["site_id"]
        return json.load(urllib.request.urlopen(urllib.request.Request(url, headers={"X-API-Key": key}), timeout=0.7))
    if call["operation"] == "chat":
        return sent(call, "/chat", call["arguments"], key)
    body = dict(call["arguments"], **({"feedback": "bad"} if FLAW == "turned" else {}))
    return sent(call, "/chat/feedback", body, key)

def told(error, call):
    if FLAW == "shows" and isinstance(error, urllib.error.HTTPError):
        return f"Error {error.code}: {error.read().decode()}"
    if FLAW == "shows":
        return f"ConnectionResetError: {error} at {call['base_url']}"
    return "" if FLAW == "silent" else "We cannot answer right now. Please try again in 5 minutes."

for line in sys.stdin:
    call = json.loads(line)
    try:
        said = {"ok": True, "result": answer(call)}
    except OSError as error:
        text = told(error, call)
        said = {"ok": False, "error": {"kind": "backend", "message": text}}
    print(json.dumps({"call_id": call["call_id"], **said}), flush=True)
"""

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)
SEEN, RATED, KEYED = (
    checks.test_users_see_nothing_of_the_failure,
    checks.test_rating_goes_through_the_application,
    checks.test_program_needs_its_key,
)

Check = Callable[[Golive, PlannedCheck], None]


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _setup(
    folder: Path, flaw: str = "", operations: tuple[str, ...] = ("chat", "send_feedback", "get_site"), **environ: str
) -> Setup:
    (folder / "app.py").write_text(SOURCE)
    client = Client(
        vendor="uppzy",
        command=(sys.executable, "-S", str(folder / "app.py")),
        operations=operations,
        environ={"FLAW": flaw, **environ},
    )
    return Setup("shop", client, read_pack("uppzy"), folder)


@contextmanager
def _golive(folder: Path, *setups: Setup) -> Iterator[Golive]:
    golive = Golive(
        {"staging": Environment("staging", targets={"uppzy": Target("uppzy", "https://api.uppzy.com/api/v1")})},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder / "code",
    )
    golive.source = SourceFiles(folder / "code", folder)
    (folder / "code").mkdir(exist_ok=True)
    golive.clients = Labs(setups)
    try:
        yield golive
    finally:
        golive.clients.close()


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def test_a_right_client(tmp_path: Path, record: CheckRecord) -> None:
    with _golive(tmp_path, _setup(tmp_path)) as golive:
        SEEN(golive, PLANNED)
        RATED(golive, PLANNED)
    for flaw in ("", "strict", "either"):
        with _golive(tmp_path, _setup(tmp_path, flaw, UPPZY_API_KEY="{api_key}")) as golive:
            KEYED(golive, PLANNED)

    told = "shop took the key that each call brings, so its variable was not needed"
    assert (record.warnings, record.notes) == ([], [told])


def test_a_client_that_shows_all_it_knows(tmp_path: Path) -> None:
    with _golive(tmp_path, _setup(tmp_path, "shows")) as golive:
        assert _failed(SEEN, golive) == (
            "what users are shown of a failure may give nothing away",
            "a text of your own, without status, error, id, address or stack trace",
            (
                "shop on 401 shows the status 401 and the vendor's error; "
                "shop on 403 shows the status 403 and the vendor's error; "
                "shop on 429 shows the status 429 and the vendor's error; "
                "shop on 500 shows the status 500 and the vendor's error; "
                "shop on a broken connection shows the address that was called and the name of an exception; "
                "shop on an answer that never comes shows the address that was called and the name of an exception"
            ),
        )


def test_a_client_that_shows_nothing(tmp_path: Path) -> None:
    with _golive(tmp_path, _setup(tmp_path, "silent")) as golive, pytest.raises(CannotTell) as ended:
        SEEN(golive, PLANNED)

    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "clients have to say what users are shown",
        "a message with each failure",
        "none of them said anything",
    )


def test_a_client_that_can_do_nothing(tmp_path: Path) -> None:
    """That is no word on what it shows, nor on its ratings."""
    with _golive(tmp_path, _setup(tmp_path, UPPZY_API_KEY="a-key-that-nobody-knows")) as golive:
        for check in (SEEN, RATED):
            with pytest.raises(CannotTell) as ended:
                check(golive, PLANNED)
            assert ended.value.finding.actual == (
                "the positive control failed: chat failed as backend: "
                "'We cannot answer right now. Please try again in 5 minutes.'"
            )


def test_a_rating_that_is_turned_around_or_refused(tmp_path: Path) -> None:
    with _golive(tmp_path, _setup(tmp_path, "turned")) as golive:
        assert _failed(RATED, golive) == (
            "a rating has to reach the vendor with the ids and the value that were given",
            "session_id, request_id, feedback unchanged",
            "shop sent another feedback",
        )
    with _golive(tmp_path, _setup(tmp_path, "refuses")) as golive:
        assert _failed(RATED, golive) == (
            "a rating has to be accepted, and the same one again",
            "a success, twice",
            "shop, first: failed as backend: 'We cannot answer right now. Please try again in 5 minutes.'",
        )


@pytest.mark.parametrize(
    ("flaw", "what"), [("default", "with a key that it was not given"), ("keyless", "without a key")]
)
def test_a_program_that_goes_on_without_its_key(flaw: str, what: str, tmp_path: Path) -> None:
    with _golive(tmp_path, _setup(tmp_path, flaw, UPPZY_API_KEY="{api_key}")) as golive:
        requirement, expected, actual = _failed(KEYED, golive)

    assert requirement == "without the variable of its key a program may send nothing"
    assert expected == "a refusal to start, or an error, without UPPZY_API_KEY"
    assert actual.startswith("shop sent POST /api/v1/m2m/sites/site_")
    assert actual.endswith(f"/chat {what}")


def test_clients_that_are_not_there(tmp_path: Path, record: CheckRecord) -> None:
    def not_verified(check: Check, golive: Golive) -> str:
        with pytest.raises(NotVerified) as skipped:
            check(golive, PLANNED)
        assert skipped.value.key == "clients"
        return str(skipped.value)

    with _golive(tmp_path) as golive:
        assert not_verified(SEEN, golive) == "clients names no client of uppzy: nothing says what users are shown"
        assert not_verified(RATED, golive) == "clients names no client of uppzy: nothing rates an answer"
        assert not_verified(KEYED, golive) == ("clients names no client of uppzy: nothing can be started without a key")
    with _golive(tmp_path, _setup(tmp_path, operations=("chat",))) as golive:
        assert not_verified(RATED, golive) == "no client of uppzy has send_feedback among its operations"
        assert not_verified(KEYED, golive) == (
            "no client of uppzy has {api_key} in its environ, and no file reads a variable of its key"
        )
        (tmp_path / "code" / "settings.py").write_text("KEY = os.environ['UPPZY_API_KEY']\n")
        KEYED(golive, PLANNED)
    assert record.notes == [
        "settings.py reads UPPZY_API_KEY; no client takes its key from a variable, so none was started without"
    ]


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("Sorry, that did not work. Try again in 429 seconds? No: in 5 minutes.", 401, []),
        ("Please contact support with the number 4711.", 500, []),
        ("Wir können gerade nicht antworten.", 403, []),
        ("The service is busy (too many requests at once).", 429, []),
        ("Unauthorized", 401, ["the word Unauthorized"]),
        ("HTTP 500 Internal Server Error", 500, ["the status 500", "the words Internal Server Error"]),
        ("Request failed with status code 429", 429, ["the status 429"]),
        ("golive_says_a7c3f1", 403, ["the vendor's error"]),
        ("No access to site site_0123456789", None, ["an id of the configuration"]),
        ("connect ECONNRESET 127.0.0.1:4711", None, ["the address that was called", "the name of an exception"]),
        ("TypeError: x\\n    at chat (/app/src/uppzy.js:12:3)", None, ["a stack trace", "the name of an exception"]),
        ('Traceback (most recent call last):\\n  File "/app/x.py", line 3', None, ["a stack trace"]),
    ],
)  # fmt: skip
def test_what_a_text_gives_away(text: str, status: int | None, told: list[str]) -> None:
    marks: dict[str, Any] = {checks.MARK: "the vendor's error"}

    assert (
        list(gives_away(text, status=status, marks=marks, ids=["site_0123456789", "t1"], host="127.0.0.1:4711")) == told
    )


def test_a_client_of_another_vendor_is_no_concern(tmp_path: Path) -> None:
    other = replace(_setup(tmp_path), pack=read_pack("timely"))
    with _golive(tmp_path, other) as golive, pytest.raises(NotVerified):
        SEEN(golive, PLANNED)
