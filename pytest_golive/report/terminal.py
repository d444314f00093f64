"""The verdict in the terminal: the word, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_golive.facts.outcome import Outcome, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.files import RunFiles
from pytest_golive.report.verdict_file import VerdictFile, beside, counted, told_gap, told_past

SHOWN_REASONS = 20
"""Reasons the terminal shows; the files have all."""

MARKUP = {
    Word.GO: {"green": True, "bold": True},
    Word.GO_WITH_WAIVERS: {"yellow": True, "bold": True},
    Word.NO_GO: {"red": True, "bold": True},
    Word.INCONCLUSIVE: {"purple": True, "bold": True},
}


def write_verdict(
    out: pytest.TerminalReporter,
    file: VerdictFile,
    rules: Sequence[DecidedRule],
    banner: str,
    files: RunFiles,
) -> None:
    """Print the verdict, its reasons and where the files are."""
    out.section(f"golive: {file.verdict}", sep="=", **MARKUP[file.verdict])
    for line in (banner, f"{file.environment}, {', '.join(file.suites)}, scope {file.scope}"):
        if line:
            out.line(line)
    for gap in file.accepted:
        out.line(told_gap(gap))
    for reason in file.reasons[:SHOWN_REASONS]:
        out.line(f"  {reason}")
    if len(file.reasons) > SHOWN_REASONS:
        out.line(f"  and {len(file.reasons) - SHOWN_REASONS} more reasons, see {files.verdict.name}")
    out.line(f"rules: {counted(rules)}")
    if file.sides:
        turn = f"; next: {file.next[0]}" if file.next else ""
        out.line(f"{' · '.join(f'{each.side} {each.settled} of {each.total}' for each in file.sides)}{turn}")
    for line in (*_observations(file), *told_past(file), beside(rules), *file.notes):
        if line:
            out.line(line)
    out.line(f"report: {files.report}")
    out.line(f"verdict: {files.verdict}")
    out.line(f"golive: {file.verdict}", **MARKUP[file.verdict])


def _observations(file: VerdictFile) -> list[str]:
    seen = [text for result in file.results for text in result.observations if result.outcome is Outcome.OBSERVED]
    return [f"observed: {text}" for text in dict.fromkeys(seen)]
