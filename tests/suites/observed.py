"""A full run of the shipped suites in a project of its own, as its verdict file tells it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.warm import WARM_SUITES

UNUSED = ("randomly", "cacheprovider", "html", "metadata", "xdist", "hypothesispytest", "anyio", "benchmark")
QUIET = (*(f"-pno:{plugin}" for plugin in UNUSED), "-q", "--tb=no")
"""Without what these runs do not need: building the report takes as long as the run."""

RULE = re.compile(r"^[A-Z]{2,8}-\d{2,3} |^\d+ rules ")
"""How a reason begins that a rule gives."""

VARYING = (
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "#-#"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "#T#Z"),
    (re.compile(r"\b(req|doc|ten|site)_[0-9a-f]{32}\b"), r"\1_#"),
    (re.compile(r"\bgolive_([a-z]+)_[0-9a-f]{8}_\d+"), r"golive_\1_#"),
    (re.compile(r"\b(un|pytm|acgp|ac|ad|pd|or|cr|apke|rq)_([0-9a-z]{19,22}\b|[0-9a-z]+(?=…))"), r"\1_#"),
    (re.compile(r"\b\d{4}-[\dT:.-]*(?=…)"), "#T#"),
    (re.compile(r"\*{4}[0-9A-Za-z]{4}\b"), "****#"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "#T#Z"),
    (re.compile(r"\bgolive_([a-z]+_[a-z]+)_[0-9a-f]{8}_\d+"), r"golive_\1_#"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:#"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "#"),
    (re.compile(r"'\d{4}-\d\d-\d\d'"), "'#-#-#'"),
    (re.compile(r"\b\d+ documents\b"), "# documents"),
    (re.compile(r"\bafter \d+ polls in \d+\.\d s$"), "after # polls in # s"),
    (re.compile(r"\bseen: \d+\.\d s$"), "seen: # s"),
)
"""What differs from run to run, and how the tests write it."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What a run told.

    Attributes:
        exit_code: pytest's.
        file: golive-verdict.json.
    """

    exit_code: int
    file: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """The word."""
        return str(self.file["verdict"])

    def those(self, *outcomes: str) -> frozenset[str]:
        """Return the ids of the checks that ended so."""
        return frozenset(name for name, result in self._results.items() if result["outcome"] in outcomes)

    def message(self, check: str) -> str:
        """Return what a check demanded and what it saw."""
        finding = self._results[check]["finding"]
        return steady(f"{finding['requirement']}; seen: {finding['actual']}")

    def warnings(self) -> dict[str, str]:
        """Return what was warned of, by check."""
        return {name: "; ".join(each["warnings"]) for name, each in self._results.items() if each["warnings"]}

    def observations(self) -> dict[str, str]:
        """Return which assumed facts did not hold, by check."""
        return {
            name: steady("; ".join(each["observations"]))
            for name, each in self._results.items()
            if each["observations"]
        }

    def incidents(self) -> frozenset[str]:
        """Return what was said of the run as a whole."""
        return frozenset(steady(reason) for reason in self.file["reasons"] if not RULE.match(reason))

    @property
    def _results(self) -> dict[str, Any]:
        return {each["check"].rpartition("::")[2].removeprefix("test_"): each for each in self.file["results"]}


def steady(text: str) -> str:
    """Return a text without what differs from run to run."""
    for varying, written in VARYING:
        text = varying.sub(written, text)
    return text


ONE_AFTER_ANOTHER = ("--golive-concurrency", "1")
"""What a wrong vendor does may depend on the order of calls, and each test is about one order."""


def run(
    pytester: pytest.Pytester, environment: str, *options: str, suite: str = "prerelease", only: Iterable[str] = ()
) -> Observed:
    """Run a suite, whole or of some rules, in a process of its own: within this one, modules would mix."""
    chosen = ["--golive-only", ",".join(only)] if only else []
    code, *printed = WARM_SUITES.run(
        pytester.path, ["-m", suite, "--env", environment, *chosen, *options, *QUIET], os.environ
    )
    path = Path(pytester.path, "golive-verdict.partial.json" if chosen else "golive-verdict.json")
    assert path.is_file(), "".join(printed)
    return Observed(code, json.loads(path.read_text()))
