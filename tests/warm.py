"""A process that has imported everything, and forks one child for each run: starting takes longer than most runs.

Each child is a process of its own: what a run changes in modules ends with it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class Warm:
    """The process, started by the first run.

    Args:
        packages: what it imports whole, beside golive: runs that only ask for shipped checks need not import them anew.
    """

    def __init__(self, *packages: str) -> None:
        self._packages = packages
        self._process: subprocess.Popen[str] | None = None

    def run(self, folder: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str, str]:
        """Run pytest in a folder; return its exit code, and what it printed on both streams."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        # Not in the folder itself: what lies there is part of some tests.
        printed = [folder.with_name(f"{folder.name}.{stream}") for stream in ("out", "err")]
        streams = [str(path) for path in printed]
        asked = {"folder": str(folder), "arguments": list(arguments), "environ": dict(environ), "streams": streams}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the warm process died"
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in printed)
        return int(line), out, err

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            # It ends with the tests: its standard input is closed then.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", *self._packages],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(_end, self._process)
        return self._process


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait(10)


WARM = Warm()
"""The one of this process, for runs in any project."""

WARM_SUITES = Warm("suites")
"""The one for runs of shipped checks alone; with settings of a project's own, pytest wants to import them itself."""


def _serve() -> None:
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_run(asked))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(asked: Mapping[str, Any]) -> int:
    import pytest

    out, err = (os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in asked["streams"])
    for file, instead in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
        os.dup2(instead, file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv = ["pytest", *asked["arguments"]]
    sys.path[:0] = [asked["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    code = 3
    try:
        code = int(pytest.main(asked["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _warm_up(packages: Sequence[str]) -> None:
    """Import what every run imports, and read what it reads."""
    import pytest_golive.start
    from pytest_golive.report.ticket import page
    from pytest_golive.vendors.keys import all_vendor_keys
    from pytest_golive.vendors.library import general_rules, packs, read_rules
    from tests.suites import all_breakages

    assert pytest_golive.start
    assert all_breakages.BREAKAGES
    for package in map(importlib.import_module, ("pytest_golive", *packages)):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # The settings of a folder of tests are pytest's to import.
            if not module.name.endswith("conftest"):
                importlib.import_module(module.name)
    all_vendor_keys()
    general_rules()
    for vendor in packs():
        read_rules(vendor)
    for template in ("ticket", "parts", "top", "run", "checklist", "findings", "weeks", "charts"):
        page._environment(1.0).get_template(f"{template}.html")
    # What is there now is there to the end: no child has to look through it for garbage.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    _warm_up(sys.argv[1:])
    _serve()
