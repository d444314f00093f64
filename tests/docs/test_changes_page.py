"""What docs/changes.md shows is true: its golive.yaml is read, its record is right, and its table names every check."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from pytest_golive.changes import recorded, watched
from pytest_golive.facts.moment import moment
from pytest_golive.manifest.model import Operations
from pytest_golive.papers.changes.records import changes_of
from pytest_golive.papers.text.reading import Paper
from tests.suites.planned_checks import ARRIVALS, CHANGE_RECORDS, INTEGRATION_PAGES, KNOWN_GOOD

PAGE = Path(__file__).parents[2].joinpath("docs", "changes.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_golive_yaml() -> None:
    """Whoever copies the block gets no mistake."""
    block = re.search(r"```yaml\n(operations:\n.*?)```", PAGE, re.DOTALL)

    assert block is not None
    # YAML knows days of its own; golive.yaml is read without them.
    Operations.model_validate(yaml.load(block[1], yaml.BaseLoader)["operations"])  # text only


def test_the_record_is_right(tmp_path: Path) -> None:
    """Its steps are in order, tested and watched."""
    block = re.search(r"<!-- record -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert block is not None
    (change,) = changes_of([Paper("changes/chg-101.yaml", block[1])], tmp_path)
    faults = [
        *recorded.wrong_order(change),
        *recorded.not_tested(change, 15),
        *watched.not_watched(change, 7, moment()),
    ]
    assert (change.name, change.targets, [str(each) for each in faults]) == ("CHG-101", ("ga4",), [])


def test_the_table_names_every_check() -> None:
    """None is missing, and none is told that is not there."""
    rows = [row.split("|")[1] for row in PAGE.splitlines() if row.startswith("| `")]

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {
        *CHANGE_RECORDS,
        *KNOWN_GOOD,
        *INTEGRATION_PAGES,
        *ARRIVALS,
    }
