"""Sizes of the reports of large red runs, and what writing them costs, beside pytest-html alone.

::

    python bench/report.py [checks ...]

One check in five fails; where golive takes part, such a check makes a call first, whose evidence is in both pages. The
runs are whole ones, golive's with its own weekly checks of one vendor.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKS = (1_000, 5_000)

MANIFEST = """golive: 1
project: shop
environments:
  staging:
    vendors:
      uppzy:
        base_url: http://127.0.0.1:9/api/v1
        api_key: {env: SHOP_KEY}
        ids: {tenant_id: t, site_id: s}
"""

TESTS = """import pytest


@pytest.mark.weekly
@pytest.mark.parametrize("number", range(CHECKS))
def test_own(number, request):
    if number % 5 == 0:
        if request.config.pluginmanager.hasplugin("golive-controller"):
            request.getfixturevalue("golive").vendor("uppzy").call("get_tenant")
        assert number < 0, "what was seen " * 20
"""

GOLIVE = ("--env", "sandbox", "--golive-concurrency", "4")
CANDIDATES = {
    "pytest alone": ("-p", "no:golive", "-p", "no:html", "-m", "weekly"),
    "pytest-html alone": ("-p", "no:golive", "-m", "weekly", "--html=golive-pytest.html", "--self-contained-html"),
    "golive without pytest-html": ("-p", "no:html", "-m", "weekly", *GOLIVE),
    "golive with pytest-html": ("-m", "weekly", *GOLIVE),
}
FILES = ("golive-report.html", "golive-pytest.html", "golive-summary.md", "golive-verdict.json", ".golive/ledger.jsonl")


def ran(folder: Path, arguments: tuple[str, ...]) -> tuple[float, float]:
    """Return wall and processor seconds of a whole run."""
    quiet = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly", "--show-capture=no")
    environ = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "pytest", *quiet, *arguments]
    subprocess.run(command, cwd=folder, env=environ, check=False, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(size: int) -> str:
    """Return a size as people read it."""
    return f"{size / 1_000_000:.2f} MB" if size >= 1_000_000 else f"{size / 1_000:.0f} kB"


def main() -> None:
    """Print a table for each number of checks."""
    for checks in map(int, sys.argv[1:] or map(str, CHECKS)):
        print(f"{checks} checks, {checks // 5} of them red")
        for name, arguments in CANDIDATES.items():
            with tempfile.TemporaryDirectory(prefix="golive-bench-") as place:
                folder = Path(place)
                (folder / "golive.yaml").write_text(MANIFEST, encoding="utf-8")
                (folder / "test_own.py").write_text(TESTS.replace("CHECKS", str(checks)), encoding="utf-8")
                wall, processor = ran(folder, arguments)
                sizes = [f"{each} {told((folder / each).stat().st_size)}" for each in FILES if (folder / each).exists()]
            print(f"  {name:<27} {wall:6.1f} s, processor {processor:5.1f} s  {', '.join(sizes)}")


if __name__ == "__main__":
    main()
