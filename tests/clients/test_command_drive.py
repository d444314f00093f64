"""`golive drive`: what a developer at the desk sees of one fault, or of steps of their own."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from pytest_golive.cli import main
from pytest_golive.sandbox.world import Sandbox
from tests.clients.small_client import manifest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    manifest(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Return exit code and lines, with the times of this run replaced."""
    code = main(["drive", *words])
    captured = capsys.readouterr()
    text = re.sub(r"(?m)^ +[0-9]+\.[0-9]{3}  ", "T  ", captured.out + captured.err)
    text = re.sub(r"[0-9]+\.[0-9]{2,3} s", "N s", text)
    # Golive itself may have been late, and have looked once more.
    lines = [line for line in text.splitlines() if line and "golive itself was late" not in line]
    return code, lines


TIMELINE = [
    "T  c1  asked for list_contacts",
    "T  c1  #1 GET /v1/contacts, connection 1",
    "T  c1  #1 -> 429, retry-after: 1, connection: close",
    "T  c1  #2 GET /v1/contacts, connection 2, N s after #1 ended",
    "T  c1  #2 -> 200, connection: close",
    "T  c1  succeeded after N s",
]


@pytest.mark.usefixtures("here")
def test_steps_are_told_second_by_second(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, "shop", "429 retry-after=1; 200")

    assert code == 0
    assert re.fullmatch("── list_contacts: asked for by a test, [0-9]+", lines[0])
    assert lines[1:] == TIMELINE


@pytest.mark.usefixtures("here")
def test_a_step_that_was_never_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(
        capsys, "shop", "400; reset", "--operation", "create_contact", "--arguments", '{"customer_name": "A"}'
    )

    assert code == 0
    assert lines[2].startswith("T  c1  #1 POST /v1/contacts, 22 B ")
    assert lines[3:] == [
        "T  c1  #1 -> 400, connection: close",
        "T  c1  failed as backend: 'Please try again later.' after N s",
        "          never taken: create_contact, request 2: a reset in the place of an answer",
    ]


def test_a_fault_is_told_with_its_timeline(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest(here, environ='{PAUSE: "0.1"}')
    code, lines = told(capsys, "shop", "CL-17", "--operation", "list_contacts")

    assert code == 1
    assert lines[-5:] == [
        "FAILED CL-17 · shop",
        "requirement  A Retry-After in seconds is waited for",
        "expected     at least N s before the next try",
        "actual       list_contacts was sent again N s after a 429 with Retry-After: 2",
        "fix          Read Retry-After of the answer, and wait at least that long before the next try, or give up.",
    ]
    assert "T  c1  #1 -> 429, retry-after: 2, connection: close" in lines


@pytest.mark.usefixtures("here")
def test_what_holds_is_told_with_its_timeline_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, "shop", "CL-66")

    assert code == 1  # it reads the first page only
    code, lines = told(capsys, "shop", "CL-93")
    assert (code, lines[-1]) == (0, "passed CL-93 · shop: One call writes once, also while the answer is slow")


STAGING = """\
environments:
  staging: {vendors: {timely: {base_url: "%s", api_key: {file: key}, ids: {%s}}}}
  live: {production: true, vendors: {timely: {base_url: "%s", api_key: {file: key}, ids: {%s}}}}
"""


def test_a_real_vendor_may_answer_behind_the_faults(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no fault really happens there; never in production."""
    with Sandbox(["timely"]) as real:
        connection = real.connection("timely")
        ids = ", ".join(f"{name}: {value}" for name, value in connection.ids.items())
        text = Path("golive.yaml").read_text()
        Path("golive.yaml").write_text(text + STAGING % (real.base_url("timely"), ids, real.base_url("timely"), ids))
        Path("key").write_text(connection.api_key)
        Path("key").chmod(0o600)
        words = ("shop", "429 retry-after=0", "--operation", "create_contact")

        code, lines = told(capsys, *words, "--env", "staging", "--real")
        refused = told(capsys, *words, "--env", "live", "--real")
        unknown = told(capsys, *words, "--real")
        answer = httpx.get(
            f"{real.base_url('timely')}/contacts?search=golive", headers={"x-api-key": connection.api_key}
        )

    swept = "made or changed in staging: 2; golive sweep --env staging takes it back"
    assert (code, lines[-2:]) == (0, ["T  c1  succeeded after N s", swept])
    assert len(answer.json()["data"]) == 2  # the warm-up's as well
    assert refused == (2, ["golive drive: --real: live is production: faults are not tried with real customers"])
    assert unknown == (2, ["golive drive: --real: name an environment of golive.yaml with timely by --env"])
    assert connection.api_key not in "".join(lines)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crm", "CL-17"], "golive drive: unknown client 'crm'; there are: shop"),
        (["shop", "CL-99"], "golive drive: unknown fault 'CL-99'; there are: CL-01, CL-02"),
        (
            ["shop", "CL-15"],
            "golive drive: CL-15: the protocol by which clients are driven has no way to cancel a call",
        ),
        (
            ["shop", "CL-36"],
            "golive drive: CL-36: no client of this vendor could have it: it waits for no work that ends later",
        ),
        (["shop", "resett"], "golive drive: 'resett' is no word of a step; did you mean reset?"),
        (
            ["shop", "reset", "--operation", "chat"],
            "golive drive: unknown operation 'chat'; there are: list_contacts, create_contact",
        ),
        (
            ["shop", "CL-63", "--operation", "create_contact"],
            "golive drive: unknown operation for CL-63 'create_contact'; did you mean list_contacts? There are: list_",
        ),
        (["shop", "reset", "--arguments", "[1]"], "golive drive: argument --arguments: '[1]' is no JSON object"),
        (["shop", "reset", "--arguments", "{"], "golive drive: argument --arguments: '{' is not JSON"),
        (
            ["shop", "CL-31"],
            "CL-31 · shop: not applicable: clients.shop.concurrent is not true: it does one call after",
        ),
    ],
)
def test_what_cannot_be_is_told_in_a_line(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    code, lines = told(capsys, *words)

    assert code == (0 if lines[0].startswith("CL-") else 2)
    assert len(lines) == 1
    assert lines[0].startswith(said)


@pytest.mark.usefixtures("here")
def test_what_was_seen_is_kept_for_judging(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    code, _ = told(capsys, "shop", "429 retry-after=1; 200", "--trace", "seen.jsonl")
    judged = main(["judge", "seen.jsonl"])

    lines = capsys.readouterr().out.splitlines()
    assert (code, judged, lines[0]) == (0, 0, "Timely.ai: 2 requests, 1 call")
    assert "tly_live" not in (here / "seen.jsonl").read_text()


@pytest.mark.usefixtures("here")
def test_a_trace_that_cannot_be_written_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, "shop", "200", "--trace", "nowhere/seen.jsonl")

    assert (code, lines[-1]) == (2, "golive drive: nowhere/seen.jsonl cannot be written: No such file or directory")
