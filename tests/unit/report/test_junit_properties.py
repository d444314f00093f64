from __future__ import annotations

from pathlib import Path

import pytest

from pytest_golive.facts.outcome import Word
from pytest_golive.report.junit import correct, tell_of_a_test
from tests.unit.report.red_runs import START

XML = '<testsuite><property name="golive.verdict" value="{}" /><property name="x" value="GO" /></testsuite>'


def test_a_later_phase_has_the_last_word() -> None:
    """A test that passed and broke while it was torn down; what a team says of its test is left alone."""
    properties: list[tuple[str, object]] = [("rule", "SHOP-07"), ("outcome", "mine")]
    told = {"severity": "major", "outcome": "passed", "vendor": None, "operation": "chat"}

    tell_of_a_test(properties, told)
    tell_of_a_test(properties, {**told, "outcome": "failed"})

    assert properties == [
        ("rule", "SHOP-07"),
        ("outcome", "mine"),
        ("golive.severity", "major"),
        ("golive.outcome", "failed"),
        ("golive.operation", "chat"),
    ]


@pytest.mark.parametrize("before", list(Word))
def test_what_came_to_light_since_is_written_over(tmp_path: Path, before: Word) -> None:
    """The file was written before somebody found a secret in it."""
    path = tmp_path / "junit.xml"
    path.write_text(XML.format(before), encoding="utf-8")

    correct(path, START.model_copy(update={"verdict": Word.NO_GO}))

    assert path.read_text(encoding="utf-8") == XML.format("NO-GO")


def test_no_file_is_left_alone(tmp_path: Path) -> None:
    """The plugin that writes it may have failed."""
    correct(tmp_path / "junit.xml", START)

    assert list(tmp_path.iterdir()) == []
