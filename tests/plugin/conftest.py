from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.warm import WARM

WITHOUT = ("-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Plugins of golive's own development: starting them takes three times as long as starting golive."""

MANIFEST = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      uppzy:
        base_url: http://127.0.0.1:9/api/v1
        api_key: {env: SHOP_KEY}
        ids: {tenant_id: 00000000-0000-4000-8000-000000000001, site_id: 00000000-0000-4000-8000-000000000002}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of pytest in a project of its own, and what it left there."""

    result: pytest.RunResult
    folder: Path

    @property
    def code(self) -> int:
        """The exit code."""
        return int(self.result.ret)

    @property
    def text(self) -> str:
        """Everything the terminal showed."""
        return f"{self.result.stdout}\n{self.result.stderr}"

    @property
    def lines(self) -> list[str]:
        """The same, line by line."""
        return self.text.splitlines()

    @property
    def word(self) -> str:
        """The verdict of a full run."""
        return str(self.verdict["verdict"])

    @property
    def verdict(self) -> dict[str, Any]:
        """The verdict file of a full run."""
        return self.json("golive-verdict.json")

    @property
    def partial(self) -> dict[str, Any]:
        """The verdict file of a partial run."""
        return self.json("golive-verdict.partial.json")

    @property
    def page(self) -> str:
        """pytest-html's page of a full run."""
        return (self.folder / "golive-pytest.html").read_text(encoding="utf-8")

    @property
    def ticket(self) -> str:
        """The report of a full run."""
        return (self.folder / "golive-report.html").read_text(encoding="utf-8")

    @property
    def ledger(self) -> list[dict[str, Any]]:
        """The facts of a full run."""
        return facts(self.folder / ".golive" / "ledger.jsonl")

    def json(self, name: str) -> dict[str, Any]:
        """Read a file the run left."""
        told: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return told

    def own(self, rule: str) -> dict[str, Any]:
        """Return how a rule stands in the verdict."""
        return next(each for each in self.verdict["rules"] if each["rule"] == rule)

    def assert_not_green(self) -> None:
        """No file of the run, and not its exit code, may be taken for a GO."""
        assert self.code != 0
        assert self.word in {"NO-GO", "INCONCLUSIVE"}
        assert ">GO</h2>" not in self.page
        assert not re.search(">GO( WITH WAIVERS)?</h[12]>", self.ticket)
        assert "\ngolive: GO\n" not in self.text


def facts(path: Path) -> list[dict[str, Any]]:
    """Read a ledger."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class Project:
    """A team's project in an empty folder, with golive installed."""

    pytester: pytest.Pytester

    @property
    def folder(self) -> Path:
        """Its root."""
        return self.pytester.path

    def write(self, name: str, text: str) -> Path:
        """Write a file, folders and all."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def tests(self, body: str, name: str = "test_shop.py") -> None:
        """Write a module of tests that has imported what most of them need."""
        self.write(name, f"import logging, os, signal, sys, threading, time, warnings\nimport pytest\n\n{body}")

    def conftest(self, body: str) -> None:
        """Write the root conftest."""
        self.write("conftest.py", f"import pytest\n\n{body}")

    def run(self, *args: str) -> Ran:
        """Run pytest in a process of its own; a rehearsal is about one vendor, unless golive.yaml says otherwise."""
        if "sandbox" not in args:
            return self.run_cold(*args)
        if not (self.folder / "golive.yaml").exists():
            self.write("golive.yaml", MANIFEST)
        return self.run_warm(*args)

    def run_warm(self, *args: str) -> Ran:
        """Run pytest in a child of a process that has imported everything already."""
        begun = time.monotonic()
        code, out, err = WARM.run(self.folder, [*WITHOUT, *args], os.environ)
        seconds = time.monotonic() - begun
        return Ran(pytest.RunResult(code, out.splitlines(), err.splitlines(), seconds), self.folder)

    def run_cold(self, *args: str) -> Ran:
        """Run pytest from its very start, without anything imported before."""
        return Ran(self.pytester.runpytest_subprocess(*WITHOUT, *args), self.folder)

    def weekly(self, *args: str) -> Ran:
        """Run the whole weekly suite in the sandbox, with the one vendor that has hardly any weekly check of golive's.

        What these tests are about are the team's own.
        """
        return self.run("-m", "weekly", "--env", "sandbox", *args)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return an empty project."""
    for name in ("GITHUB_STEP_SUMMARY", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)
