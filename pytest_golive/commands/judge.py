"""Judge recorded traffic of an API client: JSON lines, or a HAR archive, as golive's own trace or anybody's.

The same judgements that the client lab makes, on what really happened: which faults the recording could show, which of
them are there, and the requests behind each. Exit code 1: blockers or majors
among them; 0: none; 4: the recording cannot be judged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_golive.commands.console import Refused, complain, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.clients.judging.flaw import Flaw
    from pytest_golive.clients.judging.table import Verdict
    from pytest_golive.clients.trace import Attempt, Trace
    from pytest_golive.vendors.pack import Pack

UNFIT = 4
SHOWN_ROWS = 8
LONGEST = 100


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the arguments and options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the recording: a HAR archive, or JSON lines")
    parser.add_argument("--vendor", metavar="NAME", help="whose API it is; default: found by the paths")
    parser.add_argument("--profile", metavar="NAME", help="of the vendor's pack: the same API under another brand")
    parser.add_argument("--json", action="store_true", help="write one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Judge, and tell."""
    try:
        trace = _read(arguments.file)
        pack = _pack(arguments, trace)
        return _told(arguments, trace, pack)
    except Refused as refusal:
        complain("golive judge", str(refusal))
        return UNFIT


def _read(path: Path) -> Trace:
    from pytest_golive.clients import har, trace_file

    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text") from None
    try:
        if path.suffix.lower() == ".har" or _is_archive(text):
            trace = har.read(text, name=path.stem)
        else:
            trace = trace_file.read(text.splitlines(), name=path.stem)
    except trace_file.UnreadableTrace as problem:
        raise Refused(f"{path}: {problem}") from None
    if not trace.attempts:
        raise Refused(f"{path}: it holds no requests")
    return trace


def _is_archive(text: str) -> bool:
    """Whether a text is a HAR archive under another name."""
    return text.lstrip().startswith("{") and '"entries"' in text and '"startedDateTime"' in text


def _pack(arguments: argparse.Namespace, trace: Trace) -> Pack:
    from pytest_golive.clients.recorded import vendor_of
    from pytest_golive.vendors.library import PackError, packs, read_pack

    if arguments.vendor is not None:
        must_be_known(arguments.vendor, packs(), "vendor")
    vendor = arguments.vendor or vendor_of(trace.attempts)
    if vendor is None:
        raise Refused(f"no request asks for an operation of {', '.join(packs())}; name one with --vendor")
    try:
        return read_pack(vendor, arguments.profile)
    except PackError as error:
        raise Refused("; ".join(error.mistakes)) from None


def _told(arguments: argparse.Namespace, trace: Trace, pack: Pack) -> int:
    from pytest_golive.clients.judging.table import judged
    from pytest_golive.clients.policy import Policy
    from pytest_golive.clients.recorded import made_ready

    ready = made_ready(trace, pack)
    names = dict.fromkeys(one.operation for one in ready.attempts if one.operation is not None)
    if not names:
        raise Refused(f"{arguments.file}: no request asks for an operation of {pack.title}")
    verdicts = judged(ready, [Policy.of(pack, name) for name in names])
    if arguments.json:
        say(json.dumps(_as_json(arguments, ready, pack, verdicts), ensure_ascii=False))
    else:
        for line in _lines(ready, pack, verdicts):
            say(line)
    return 1 if any(verdict.flaws and _decides(verdict) for verdict in verdicts) else 0


def _decides(verdict: Verdict) -> bool:
    """Whether a fault is one that turns the verdict of a run."""
    from pytest_golive.facts.outcome import Severity
    from pytest_golive.vendors.library import client_faults

    return client_faults()[verdict.fault].severity in (Severity.BLOCKER, Severity.MAJOR)


def _lines(trace: Trace, pack: Pack, verdicts: Sequence[Verdict]) -> Iterator[str]:
    from pytest_golive.vendors.library import client_faults

    faults = client_faults()
    calls = len({one.call for one in trace.attempts if one.call is not None})
    yield f"{pack.title}: {_count(len(trace.attempts), 'request')}, {_count(calls, 'call')}{_guess(trace)}"
    decided = [verdict for verdict in verdicts if verdict.cases]
    for verdict in decided:
        fault = faults[verdict.fault]
        if not verdict.flaws:
            continue
        yield ""
        yield f"{fault.id} {fault.severity.value}: {fault.title}"
        yield f"  {len(verdict.flaws)} of {verdict.cases} failed; the first:"
        yield from _shown(verdict.flaws[0], trace)
        yield f"  fix: {fault.fix}"
    yield ""
    held = [f"{verdict.fault} ({verdict.cases})" for verdict in decided if not verdict.flaws]
    yield f"hold, with the number of cases: {', '.join(held) or 'none'}"
    unsure = [f"{one.fault} ({one.unsure})" for one in verdicts if one.unsure]
    if unsure:
        yield f"may as well be calls beside each other, which `call` in each line would tell: {', '.join(unsure)}"
    unseen = [one.fault for one in verdicts if not one.cases and not one.unsure]
    yield f"not to be seen in this recording: {', '.join(unseen) or 'none'}"
    failed = sum(1 for verdict in decided if verdict.flaws)
    yield f"golive judge: {failed} of {len(decided)} faults found that this recording can show"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _guess(trace: Trace) -> str:
    return "" if not trace.guessed else ", guessed from what was sent when"


def _shown(flaw: Flaw, trace: Trace) -> Iterator[str]:
    yield f"  expected: {flaw.expected}"
    yield f"  actual:   {flaw.actual}"
    for number in flaw.rows[:SHOWN_ROWS]:
        yield f"    {_row(trace.attempts[number], trace.zero)}"
    if len(flaw.rows) > SHOWN_ROWS:
        yield f"    and {len(flaw.rows) - SHOWN_ROWS} more"


def _row(attempt: Attempt, zero: float) -> str:
    time = (
        datetime.fromtimestamp(zero + attempt.at, UTC).strftime("%H:%M:%S.%f")[:-3] if zero else f"{attempt.at:.3f} s"
    )
    target = attempt.target if len(attempt.target) <= LONGEST else f"{attempt.target[:LONGEST]}…"
    said = attempt.answer_header("retry-after")
    wait = f", Retry-After: {said}" if said is not None else ""
    answer = attempt.status if attempt.status is not None else "no answer"
    return f"#{attempt.number + 1} {time} {attempt.method} {target} -> {answer}{wait}"


def _as_json(arguments: argparse.Namespace, trace: Trace, pack: Pack, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    from pytest_golive.vendors.library import client_faults

    faults = client_faults()
    return {
        "golive_judge": 1,
        "file": str(arguments.file),
        "vendor": pack.vendor,
        "requests": len(trace.attempts),
        "calls": len({one.call for one in trace.attempts if one.call is not None}),
        "guessed": bool(trace.guessed),
        "results": [
            {
                "fault": verdict.fault,
                "severity": faults[verdict.fault].severity.value,
                "title": faults[verdict.fault].title,
                "outcome": "failed" if verdict.flaws else "passed" if verdict.cases else "undecided",
                "cases": verdict.cases,
                "unsure": verdict.unsure,
                "flaws": [
                    {"expected": flaw.expected, "actual": flaw.actual, "requests": [row + 1 for row in flaw.rows]}
                    for flaw in verdict.flaws
                ],
            }
            for verdict in verdicts
        ],
    }
