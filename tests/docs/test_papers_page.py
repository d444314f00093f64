"""What docs/papers.md shows is true: its golive.yaml is read, and its table names every check."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from pytest_golive.manifest.model import Operations
from tests.suites.planned_checks import GOING_LIVE, PAPERS

PAGE = Path(__file__).parents[2].joinpath("docs", "papers.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_golive_yaml() -> None:
    """Whoever copies the block gets no mistake."""
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert block is not None
    # YAML knows days of its own; golive.yaml is read without them.
    Operations.model_validate(yaml.load(block[1], yaml.BaseLoader)["operations"])  # text only


def test_the_table_names_every_check() -> None:
    """None is missing, and none is told that is not there."""
    rows = [row.split("|")[1] for row in PAGE.splitlines() if row.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    written = {
        f"{name}have_an_owner" if name.endswith("s_") else f"{name}has_an_owner" for name in names if name[-1] == "_"
    }

    assert written | {name for name in names if name[-1] != "_"} == {*PAPERS, *GOING_LIVE}
