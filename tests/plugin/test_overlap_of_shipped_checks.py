"""golive's own checks at once: the same results, sooner; within the budget; and never where they might do harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.world import Sandbox
from tests.plugin.conftest import MANIFEST, Project, Ran

SLOW = """
import time

def pytest_golive_sandbox(vendor, app):
    def slow(request):
        time.sleep(0.02)
        return app(request)
    return slow
"""

WATCHED = """
from pathlib import Path
from pytest_golive.conducting.ahead import Body

run = Body.run

def noted(self):
    with Path("ahead.txt").open("a") as file:
        file.write(self.name + "\\n")
    run(self)

Body.run = noted
"""

TARGET = """
golive: 1
project: shop
environments:
  staging:
    PRODUCTION
    vendors:
      uppzy:
        base_url: URL
        api_key: {env: SHOP_KEY}
        ids: {tenant_id: TENANT, site_id: SITE}
        BUDGET
"""


class Counting:
    """An app that counts how many calls are under way."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.times: list[float] = []

    def __call__(self, request: Request) -> Response:
        with self._lock:
            self.times.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        try:
            return self._app(request)  # type: ignore[no-any-return]
        finally:
            with self._lock:
                self._now -= 1


class Staging:
    """A vendor outside of the run."""

    def __init__(self) -> None:
        self.counting: Counting | None = None
        self.sandbox = Sandbox(("uppzy",), wrap=self._counted)

    def _counted(self, vendor: str, app: Any) -> Counting:
        del vendor
        self.counting = Counting(app)
        return self.counting

    def configure(self, project: Project, monkeypatch: pytest.MonkeyPatch, budget: str, production: str) -> None:
        """Write golive.yaml for it."""
        told = self.sandbox.describe()["uppzy"]
        monkeypatch.setenv("SHOP_KEY", told["api_key"])
        text = TARGET.replace("URL", told["base_url"]).replace("BUDGET", budget).replace("PRODUCTION", production)
        text = text.replace("TENANT", told["ids"]["tenant_id"]).replace("SITE", told["ids"]["site_id"])
        project.write("golive.yaml", text)


@pytest.fixture
def staging() -> Iterator[Staging]:
    made = Staging()
    with made.sandbox:
        yield made


def results(ran: Ran) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what a run decided, in order, without times and ids."""
    return [(each["check"], each["outcome"], tuple(each["rules"])) for each in ran.verdict["results"]]


def test_the_same_results_sooner(project: Project) -> None:
    """A whole suite with a slow vendor: one after the other, and at once."""
    project.write("golive.yaml", MANIFEST)
    project.conftest(SLOW)
    told, seconds = [], []
    for options in (("--golive-concurrency", "1"), ()):
        begun = time.monotonic()
        ran = project.run("-m", "prerelease", "--env", "sandbox", *options)
        seconds.append(time.monotonic() - begun)
        assert ran.word == "GO"
        told.append(results(ran))

    assert told[0] == told[1]
    assert seconds[1] < seconds[0]


def test_writes_run_ahead_but_not_in_production(
    project: Project, staging: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where customers are, whatever is allowed there waits for its turn, in pytest's own thread."""
    project.conftest(WATCHED)
    told = []
    for production in ("", "production: true\n    allow: [document_round_trip]"):
        staging.configure(project, monkeypatch, "", production)
        ran = project.run("-m", "prerelease", "--env", "staging", "--golive-only", "UPZ-20,UPZ-23")
        ahead = (project.folder / "ahead.txt").read_text(encoding="utf-8").splitlines()
        (project.folder / "ahead.txt").unlink()
        told.append(
            (set(ahead), {each["check"].rpartition("::test_")[2]: each["outcome"] for each in ran.partial["results"]})
        )

    read, written = "tenant_is_the_configured_one[uppzy]", "document_round_trip[uppzy]"
    both = {read: "passed", written: "passed"}
    assert [both.items() <= outcomes.items() for _, outcomes in told] == [True, True]
    assert [both.keys() & ahead for ahead, _ in told] == [{read, written}, {read}]


def test_the_budget_of_golive_yaml(project: Project, staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads of all workers together; the header tells it, and the end tells how long calls waited."""
    budget = "budget: {requests: 5, per_seconds: 0.5, in_flight: 3}"
    staging.configure(project, monkeypatch, budget, "")

    ran = project.run("-m", "prerelease", "--env", "staging", "--golive-only", "UPZ-20,UPZ-21,UPZ-23", "-n", "2")

    assert staging.counting is not None
    times = sorted(staging.counting.times)
    assert (staging.counting.most <= 3, len(times) > 12) == (True, True)
    assert max(sum(begin <= each < begin + 0.5 for each in times) for begin in times) <= 5
    assert "golive: uppzy is asked at most 5 times in 0.5 s, 3 at once" in ran.lines
    notes = [line for line in ran.lines if line.startswith("uppzy: golive's calls waited ")]
    assert len(notes) == 1
    assert notes[0].endswith(" s in all, to keep to its budget or because it said 429")
    assert notes[0] in ran.partial["notes"]
    assert not (project.folder / ".golive" / "budget").exists()
