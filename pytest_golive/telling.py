"""A finding in the place of a stack trace: what pytest prints, and what xdist and JUnit carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntryNative, ReprFileLocation, ReprTraceback

from pytest_golive import shipped
from pytest_golive.facts.finding import Finding


def longrepr_of(
    item: pytest.Item, call: pytest.CallInfo[None], finding: Mapping[str, Any], title: str
) -> ExceptionChainRepr | Any:
    """Return what a failed check shows.

    A shipped check, and one that says by itself what does not hold, shows its finding; any other error of a team's
    own test keeps pytest's traceback. Built of pytest's own parts, since xdist carries only those with their summary
    line.
    """
    assert call.excinfo is not None, "only a failure is told"
    told = Finding(**{**finding, "exchanges": tuple(finding["exchanges"])})
    if not hasattr(call.excinfo.value, "finding"):
        return item.repr_failure(call.excinfo)
    path, line = _place(item, call)
    lines = [title, *told.text().splitlines()]
    if not shipped.is_shipped(item.path):
        lines.append(f"{'at':<12} {path}:{line}")
    entry = ReprEntryNative([f"{text}\n" for text in lines])
    trace = ReprTraceback(reprentries=[entry], extraline=None, style="native")
    return ExceptionChainRepr([(trace, ReprFileLocation(path, line, f"{title}: {told.actual}"), None)])


def _place(item: pytest.Item, call: pytest.CallInfo[None]) -> tuple[str, int]:
    assert call.excinfo is not None, "only a failure has a place"
    for entry in reversed(call.excinfo.traceback):
        if str(entry.path) == str(item.path):
            return item.nodeid.split("::", maxsplit=1)[0], entry.lineno + 1
    path, line, _ = item.location
    return path, (line or 0) + 1
