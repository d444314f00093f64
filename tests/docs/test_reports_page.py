"""What docs/reports.md shows is true: files, options, and a pipeline that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from pytest_golive.options import FILES
from pytest_golive.report.files import run_files
from pytest_golive.report.summary import LARGEST

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")


def test_the_files_are_those_of_a_run(tmp_path: Path) -> None:
    """Every one of them, and no other."""
    files = run_files(tmp_path, "full")
    written = [getattr(files, name) for name in files.__slots__ if getattr(files, name) is not None]

    first = PAGE.partition("\n\nA run of partial scope")[0]
    assert {path.relative_to(tmp_path).as_posix() for path in written} == set(
        re.findall(r"^\| `([^`]+)` \|", first, re.MULTILINE)
    )


def test_the_options_are_golives() -> None:
    """All of those that name a report."""
    assert set(re.findall(r"--golive-(\w+)", PAGE)) == {*FILES, "verdict"}


def test_the_pipeline_keeps_what_there_is() -> None:
    """It is YAML, and keeps files that a run writes."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    job = yaml.safe_load(text)["golive"]

    assert "-m prerelease" in job["script"]
    assert all(f"`{path}`" in PAGE for path in job["artifacts"]["paths"])


def test_the_sizes_are_kept() -> None:
    """The number of the page is that of the code."""
    assert f"{LARGEST:,} characters" in PAGE
