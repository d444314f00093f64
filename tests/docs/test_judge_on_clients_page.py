"""What docs/clients.md shows of `golive judge` is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_golive.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text()


def block(name: str) -> str:
    found = re.search(rf"<!-- judge: {re.escape(name)} -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_recording_of_the_page_is_judged_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "traffic.jsonl"
    path.write_text(block("traffic.jsonl"))

    code = main(["judge", str(path)])

    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("not to be seen")]
    assert (code, told) == (1, block("output").splitlines())
