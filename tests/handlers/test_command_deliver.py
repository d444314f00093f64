"""`golive deliver`: what a developer at the desk sees of one event, one order, one fault."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pytest_golive.cli import main
from tests.handlers.handler_mutants import PROGRAMS, Mutant, written

MANIFEST = """
golive: 1
project: shop
handlers:
  shop-hooks:
    vendor: timely
    command: [%s, %s]
    path: /hooks/timely
    ready: /healthz
    environ: {PORT: "{port}", WEBHOOK_SECRET: "{secret}", DATABASE: "%s/shop.sqlite"}
    effects: {path: /golive/effects}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("golive.yaml").write_text(MANIFEST % (sys.executable, PROGRAMS / "flask_handler.py", tmp_path))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Return exit code and lines, with what differs from run to run replaced."""
    code = main(["deliver", *words])
    captured = capsys.readouterr()
    text = re.sub(r"in [0-9.]+ (ms|s)", r"in N \1", captured.out + captured.err)
    return code, re.sub(r"evt_[a-z0-9]+", "evt_N", text).splitlines()


def test_one_event_is_told_with_status_time_and_effect(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, "--event", "message.received", "--subject", "c1", "--event-id", "e1")

    assert code == 0
    assert lines == [
        "message.received  e1  answered 200 in N ms",
        "message.received  e1  took effect once",
        'state of c1: {"messages": 1, "status": "open"}',
    ]


def test_copies_come_one_after_the_other_or_at_once(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one_after_another = told(capsys, "--event-id", "e1", "--subject", "c1", "--times", "2")
    at_once = told(capsys, "--event-id", "e2", "--subject", "c2", "--at-once", "3")

    assert [line.partition("  ")[2] for line in one_after_another[1][:3]] == [
        "e1  answered 200 in N ms",
        "e1  answered 200 in N ms",
        "e1  took effect once",
    ]
    assert len(at_once[1]) == 5
    assert at_once[1][3] == "conversation.created  e2  took effect once"


def test_an_order_ends_in_one_state(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(capsys, "--order", "conversation.closed,conversation.created", "--subject", "c1")

    assert code == 0
    assert lines[-1] == 'state of c1: {"messages": 0, "status": "closed"}'
    assert lines[0] == "conversation.closed  evt_N  answered 200 in N ms"


def test_a_fault_is_told_as_in_a_report(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    piece = 'work.submit(carry_out, event_id)\n    return "taken", 200\n'
    worse = 'work.submit(carry_out, event_id)\n    return ("taken", 200) if new else ("known", 409)\n'
    mutant = written(Mutant("WH-36", piece, worse, "", ""), shop)
    Path("golive.yaml").write_text(MANIFEST % (sys.executable, mutant, shop))

    code, lines = told(capsys, "--fault", "WH-36", "--fault", "WH-01")

    assert code == 1
    assert lines == [
        "FAILED WH-36 · shop-hooks",
        "requirement  An event that was done already is answered with a 2xx",
        "expected     a 2xx",
        "actual       the same event again answered 409 in N ms",
        "fix          Answer a known id with 200; anything else makes the vendor send it again.",
        "passed WH-01 · shop-hooks in N s: A delivery without its signature is refused and has no effect",
    ]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--handler", "shop-hook"], "unknown handler 'shop-hook'; did you mean shop-hooks? There are: shop-hooks"),
        (["--fault", "WH-99"], "unknown fault 'WH-99'"),
        (["--event", "message.receved"], "unknown event 'message.receved'; did you mean message.received?"),
        (["--env", "stagin"], "unknown environment 'stagin'"),
        (["--times", "0"], "argument --times: has to be a whole number from 1 to 1000"),
        (["--data", "[]"], 'argument --data: has to be a JSON object: {"content": "Hello"}'),
    ],
)
def test_what_cannot_be_done_is_refused(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], refusal: str
) -> None:
    code, lines = told(capsys, *words)

    assert code == 2
    assert lines[0].startswith(f"golive deliver: {refusal}")


def test_a_handler_that_does_not_start_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("golive.yaml").write_text(MANIFEST % ("golive-no-such", "x", shop))

    code, lines = told(capsys)

    assert (code, lines) == (2, ["golive deliver: the program golive-no-such was not found"])
