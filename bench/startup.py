"""What golive costs a pytest run that does not use it, as ratios against the same run without it.

::

    python bench/startup.py [rounds]

The candidates run in turn, so that a noisy machine hits all of them; told are medians of the ratios per round.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CANDIDATES = {
    "autoload off": ({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, []),
    "autoload off, golive on": ({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, ["-p", "pytest_golive.plugin"]),
    "autoload on, golive off": ({}, ["-p", "no:golive"]),
    "autoload on (as installed)": ({}, []),
}
REFERENCES = {"autoload off, golive on": "autoload off", "autoload on (as installed)": "autoload on, golive off"}


def measured(folder: Path, environ: dict[str, str], arguments: list[str]) -> tuple[float, float]:
    """Return wall and processor seconds of one collection of one empty test."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, **environ}, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_empty():\n    pass\n", encoding="utf-8")
        taken: dict[str, list[tuple[float, float]]] = {candidate: [] for candidate in CANDIDATES}
        for number in range(rounds + 1):
            for candidate, (environ, arguments) in CANDIDATES.items():
                seconds = measured(folder, environ, arguments)
                if number:  # the first round warms the disk up
                    taken[candidate].append(seconds)
    print(f"{'candidate':<28} {'wall s':>7} {'cpu s':>7} {'wall ratio':>11} {'cpu ratio':>10} {'cpu ms more':>12}")
    for candidate, seconds in taken.items():
        wall, cpu = (statistics.median(values) for values in zip(*seconds, strict=True))
        reference = taken.get(REFERENCES.get(candidate, ""))
        told = ""
        if reference:
            pairs = list(zip(seconds, reference, strict=True))
            ratios = [statistics.median(mine[i] / other[i] for mine, other in pairs) for i in (0, 1)]
            more = statistics.median(mine[1] - other[1] for mine, other in pairs) * 1000
            told = f"{ratios[0]:>11.2f} {ratios[1]:>10.2f} {more:>12.0f}"
        print(f"{candidate:<28} {wall:>7.3f} {cpu:>7.3f} {told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
