"""pytest-html's page: rule, outcome, vendor and severity in every row, evidence below it, the verdict on top."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

import pytest

HEAD = (
    '<th class="sortable" data-column-type="outcome">Outcome</th>',
    '<th class="sortable" data-column-type="rule">Rule</th>',
    '<th class="sortable" data-column-type="vendor">Vendor</th>',
    '<th class="sortable" data-column-type="severity">Severity</th>',
)


class Rows:
    """Fills pytest-html's hooks; registered only where pytest-html is there.

    Args:
        top: gives the verdict block; asked once all results are in.
    """

    def __init__(self, top: Callable[[], str]) -> None:
        self._top = top

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Name the page after what it is."""
        report.title = "golive report"

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Put the verdict on top."""
        prefix.insert(0, self._top())

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Name golive's columns."""
        cells[1:1] = HEAD

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Fill golive's columns, and escape the node id, which pytest-html inserts as it is."""
        if not cells:
            return
        cells[1] = re.sub(
            r'(<td class="col-testId">)(.*)(</td>)',
            lambda m: m[1] + escape(m[2]) + m[3],
            cells[1],
            flags=re.DOTALL,
        )
        told = getattr(report, "golive", None) or {}
        values = {
            "outcome": str(told.get("outcome", "")).replace("_", " "),
            "rule": ", ".join(told.get("rules", ())),
            "vendor": told.get("vendor") or "",
            "severity": told.get("severity", ""),
        }
        cells[1:1] = [f'<td class="col-{name}">{escape(value)}</td>' for name, value in values.items()]


def evidence(exchanges: list[str]) -> dict[str, str | None]:
    """Return calls as an extra of pytest-html, shown in the row: browsers open no link to a data: address."""
    shown = "\n\n".join(exchanges)
    return {
        "name": "evidence",
        "format_type": "html",
        "content": f"<details><summary>Evidence: {len(exchanges)} calls</summary>"
        f'<pre class="golive-evidence">{escape(shown)}</pre></details>',
        "mime_type": None,
        "extension": None,
    }
