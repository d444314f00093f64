"""The page about rules says what the packs say."""

from __future__ import annotations

from pytest_golive.report import rule_table


def test_the_page_is_the_one_of_the_packs() -> None:
    """Run `python -m pytest_golive.report.rule_table` after a change of rules."""
    assert rule_table.PAGE.read_text(encoding="utf-8") == rule_table.page()
