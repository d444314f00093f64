"""What docs/papers.md shows is true: its golive.yaml is read, and its table names every check."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from pytest_golive.manifest.model import Operations
from pytest_golive.manifest.questions import read_questions
from pytest_golive.papers.content.batches import batches_of
from pytest_golive.papers.content.sync_log import rows_of
from pytest_golive.papers.text.reading import Paper
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


def test_the_sync_log_on_the_page_is_read() -> None:
    """With its pause, its check and the document that was deleted."""
    block = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)

    assert block is not None
    (batch,) = batches_of(rows_of(Paper("sync.csv", block[1])))
    assert (batch.name, batch.documents, batch.categories) == ("B-12", ("doc_1", "doc_2"), ("returns", "vouchers"))
    assert ([each and each.told for each in batch.pauses], [each.good for each in batch.checks]) == (
        ["2026-11-06 08:00 UTC"],
        [True],
    )
    assert (batch.gone, batch.was_rolled_back) == (frozenset({"doc_2"}), False)


def test_the_questions_on_the_page_are_read(tmp_path: Path) -> None:
    (block,) = [each for each in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if each.startswith("questions:")]
    (tmp_path / "questions.yaml").write_text(block)

    (question,) = read_questions(tmp_path / "questions.yaml").asked
    assert (question.topics, question.vendor) == (("returns",), "uppzy")
