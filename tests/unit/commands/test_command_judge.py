"""`golive judge`: recorded traffic, judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., tuple[int, list[str], list[str]]]

FIRST = {
    "at": 0.0,
    "method": "GET",
    "target": "/v1/contacts",
    "status": 429,
    "answered_at": 0.01,
    "ended_at": 0.01,
    "headers": {"User-Agent": "shop/1", "x-api-key": "tly_live_4f9a8b7c6d5e4f3a"},
    "answer_headers": {"Retry-After": "2"},
}
EARLY = {**FIRST, "at": 0.5, "answered_at": 0.51, "ended_at": 0.51, "status": 200, "answer_headers": {}}
LATE = {**EARLY, "at": 2.2, "answered_at": 2.21, "ended_at": 2.21}


def recording(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "traffic.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return str(path)


def test_a_flaw_is_told_with_the_requests_behind_it(golive: Command, tmp_path: Path) -> None:
    code, told, complaints = golive("judge", recording(tmp_path, FIRST, EARLY))

    assert (code, complaints) == (1, [])
    assert told[:10] == [
        "Timely.ai: 2 requests, 1 call, guessed from what was sent when",
        "",
        "CL-17 blocker: A Retry-After in seconds is waited for",
        "  1 of 1 failed; the first:",
        "  expected: at least 2.00 s before the next try",
        "  actual:   list_contacts was sent again 0.49 s after a 429 with Retry-After: 2",
        "    #1 0.000 s GET /v1/contacts -> 429, Retry-After: 2",
        "    #2 0.500 s GET /v1/contacts -> 200",
        "  fix: Read Retry-After of the answer, and wait at least that long before the next try, or give up.",
        "",
    ]
    assert told[10] == "hold, with the number of cases: CL-03 (1), CL-16 (1), CL-27 (1), CL-74 (1), CL-85 (1)"
    assert told[11].startswith("not to be seen in this recording: CL-01, CL-02, CL-04")
    assert told[12] == "golive judge: 1 of 6 faults found that this recording can show"


def test_no_flaw_is_exit_code_zero(golive: Command, tmp_path: Path) -> None:
    code, told, _ = golive("judge", recording(tmp_path, FIRST, LATE), "--vendor", "timely")

    assert (code, told[-1]) == (0, "golive judge: 0 of 6 faults found that this recording can show")


def test_what_turns_no_verdict_turns_no_exit_code(golive: Command, tmp_path: Path) -> None:
    code, told, _ = golive("judge", recording(tmp_path, {**LATE, "headers": {"User-Agent": "python-httpx/0.28.1"}}))

    assert code == 0
    assert "CL-85 info: Requests say which program sends them" in told


def test_the_same_as_json(golive: Command, tmp_path: Path) -> None:
    path = recording(tmp_path, FIRST, EARLY)

    code, told, _ = golive("judge", path, "--json")

    found = json.loads(told[0])
    results = {result["fault"]: result for result in found.pop("results")}
    assert (1, {"golive_judge": 1, "file": path, "vendor": "timely", "requests": 2, "calls": 1, "guessed": True}) == (
        code,
        found,
    )
    assert results["CL-17"] == {
        "fault": "CL-17",
        "severity": "blocker",
        "title": "A Retry-After in seconds is waited for",
        "outcome": "failed",
        "cases": 1,
        "unsure": 0,
        "flaws": [
            {
                "expected": "at least 2.00 s before the next try",
                "actual": "list_contacts was sent again 0.49 s after a 429 with Retry-After: 2",
                "requests": [1, 2],
            }
        ],
    }
    assert (results["CL-27"]["outcome"], results["CL-01"]["outcome"]) == ("passed", "undecided")


def test_giving_up_once_is_nobodys_fault_in_a_recording(golive: Command, tmp_path: Path) -> None:
    def unavailable(at: float, status: int) -> dict[str, Any]:
        return {**EARLY, "at": at, "answered_at": at + 0.01, "ended_at": at + 0.01, "status": status}

    code, once, _ = golive(
        "judge", recording(tmp_path, *(unavailable(at, status) for at, status in ((0, 503), (100, 503), (101, 200))))
    )
    always, told, _ = golive("judge", recording(tmp_path, unavailable(0, 503), unavailable(100, 200)))

    assert (code, always) == (0, 1), once
    assert "CL-01 major: A read that was answered 502, 503 or 504 is tried again" in told


def test_no_key_is_shown(golive: Command, tmp_path: Path) -> None:
    key = "tly_live_4f9a8b7c6d5e4f3a"
    _, told, _ = golive("judge", recording(tmp_path, {**FIRST, "target": f"/v1/contacts?api_key={key}", "headers": {}}))

    assert "CL-74 major: The key stands in its header, never in an address" in told
    assert key not in "\n".join(told)


@pytest.mark.parametrize(
    ("arguments", "text", "complaint"),
    [
        (["missing.jsonl"], None, "missing.jsonl cannot be read: No such file or directory"),
        (["x.jsonl"], "", "x.jsonl: it holds no requests"),
        (["x.jsonl"], "nope", "x.jsonl: line 1: it is not JSON"),
        (["x.har"], "{}", "x.har: it holds no log.entries, as a HAR archive does"),
        (
            ["x.jsonl"],
            '{"at": 0, "method": "GET", "target": "/"}',
            "no request asks for an operation of augno, selwise, timely, uppzy; name one with --vendor",
        ),
        (
            ["x.jsonl", "--vendor", "timly"],
            '{"at": 0, "method": "GET", "target": "/"}',
            "unknown vendor 'timly'; did you mean timely? There are: augno, selwise, timely, uppzy",
        ),
        (
            ["x.jsonl", "--vendor", "timely"],
            '{"at": 0, "method": "GET", "target": "/"}',
            "x.jsonl: no request asks for an operation of Timely.ai",
        ),
        (
            ["x.jsonl", "--vendor", "timely", "--profile", "other"],
            '{"at": 0, "method": "GET", "target": "/"}',
            "it has no profile 'other'; there are: none",
        ),
    ],
)
def test_what_cannot_be_judged(
    golive: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    text: str | None,
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / arguments[0]).write_text(text)

    code, told, complaints = golive("judge", *arguments)

    assert (4, [], [f"golive judge: {complaint}"]) == (code, told, complaints)


def test_an_archive_is_known_by_what_it_holds(golive: Command, tmp_path: Path) -> None:
    entry = {
        "startedDateTime": "2026-11-28T10:00:00Z",
        "time": 10,
        "request": {"method": "GET", "url": "https://api.timely.ai/v1/contacts", "headers": []},
        "response": {"status": 200, "headers": []},
    }
    path = tmp_path / "traffic.json"
    path.write_text(json.dumps({"log": {"entries": [entry]}}, indent=1))

    code, told, _ = golive("judge", str(path))

    assert (code, told[0]) == (0, "Timely.ai: 1 request, 1 call, guessed from what was sent when")
