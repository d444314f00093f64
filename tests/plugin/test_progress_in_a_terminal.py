"""The live line of a real run at a real terminal, and that nothing of it is left behind."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pyte
import pytest

from tests.plugin.conftest import MANIFEST, WITHOUT, Project

TESTS = """
@pytest.mark.weekly
@pytest.mark.parametrize("number", range(3))
def test_own(number):
    time.sleep(1.2)
"""
COLUMNS, LINES = 90, 40


def at_a_terminal(project: Project, environ: dict[str, str]) -> tuple[set[str], list[str], bytes]:
    """Run the weekly suite at a terminal; return the lines golive showed, the last screen, and all that was written."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "pytest", *WITHOUT, "-p", "no:cacheprovider", "-m", "weekly", "--env", "sandbox"]
    process = subprocess.Popen(
        command, cwd=project.folder, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **environ}
    )
    os.close(theirs)
    screen = pyte.Screen(COLUMNS, LINES)
    stream, written, seen = pyte.ByteStream(screen), b"", set[str]()
    while True:
        try:
            read = os.read(ours, 1 << 16)
        except OSError:  # nobody writes any more
            break
        written += read
        stream.feed(read)
        seen |= {line.rstrip() for line in screen.display if line.startswith("golive: ") and " checks" in line[:40]}
    os.close(ours)
    assert process.wait(30) == 0
    return seen, [line.rstrip() for line in screen.display], written


@pytest.mark.parametrize("pipeline", [False, True], ids=["somebody sits there", "a pipeline"])
def test_the_line_is_there_while_tests_run(project: Project, monkeypatch: pytest.MonkeyPatch, pipeline: bool) -> None:
    """It counts, goes below pytest's own lines, and is gone at the end; a pipeline with a terminal has none."""
    for name in ("CI", "BUILD_NUMBER", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    project.write("golive.yaml", MANIFEST)
    project.tests(TESTS)

    seen, last, written = at_a_terminal(project, {"TERM": "xterm", **({"CI": "true"} if pipeline else {})})

    shown = {line for line in seen if "planned" not in line}
    assert "golive: GO" in last
    assert not [line for line in last if "running" in line]
    assert (b"\x1b7" in written) == (not pipeline)
    if pipeline:
        assert shown == set()
    else:
        assert any(" of " in line and "1 running" in line for line in shown), shown
