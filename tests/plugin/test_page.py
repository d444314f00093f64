"""The report for the ticket: the verdict on top, every row says which rule, and nothing in it is executed."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from tests.plugin.conftest import Project, Ran

NASTY = "<script>alert(1)</script>"
TESTS = f"""
@pytest.mark.weekly
@pytest.mark.rule(id="SHOP-07", severity="blocker", title="{NASTY}")
@pytest.mark.parametrize("value", [1], ids=["{NASTY}<img src=x onerror=alert(1)>"])
def test_own(golive, value):
    golive.vendor("uppzy").call("get_tenant")
    golive.must("{NASTY}", False, expected="{NASTY}", actual="{NASTY}")

@pytest.mark.weekly
def test_error():
    print("{NASTY}")
    raise ValueError("{NASTY}")
"""


def rows(ran: Ran) -> dict[str, Any]:
    """Return pytest-html's data, by node id."""
    found = re.search(r'data-jsonblob="([^"]*)"', ran.page)
    assert found is not None
    tests: dict[str, Any] = json.loads(html.unescape(found[1]))["tests"]
    return tests


def test_nothing_is_executed(project: Project) -> None:
    """Titles, node ids, parameters, messages and output are text; pytest-html inserts its rows as they are."""
    project.tests(TESTS)

    ran = project.weekly()

    assert NASTY not in ran.page
    for tests in rows(ran).values():
        for told in tests:
            inserted = "".join(told["resultsTableRow"]) + str(told["log"])
            assert NASTY not in inserted
            assert "<img" not in inserted
            for extra in told["extras"]:
                assert NASTY not in str(extra["content"])


def test_the_verdict_is_on_top(project: Project) -> None:
    """Word, reasons, and each rule that is not green, before pytest-html's own table."""
    project.tests(TESTS.replace(NASTY, "refunds"))

    ran = project.weekly()

    block = ran.page.partition('<section class="golive"')[2].partition("</section>")[0]
    assert ">NO-GO</h2>" in block
    assert "SANDBOX REHEARSAL: says nothing about your integration" in block
    assert "SHOP-07 blocker failed: refunds; seen: refunds" in block
    assert "2 rules that are not green" in block
    assert ran.page.index("NO-GO</h2>") < ran.page.index('id="results-table"')
    assert "<title" in ran.page
    assert "golive report" in ran.page


def test_rows_say_which_rule(project: Project) -> None:
    """Outcome, rule, vendor and severity are columns, and the calls are folded in below."""
    project.tests(TESTS.replace(NASTY, "refunds"))

    found = rows(project.weekly())

    own = next(tests[0] for name, tests in found.items() if "test_own" in name)
    assert [cell for cell in own["resultsTableRow"] if "col-result" not in cell and "golive" not in cell][:4] == [
        '<td class="col-outcome">failed</td>',
        '<td class="col-rule">SHOP-07</td>',
        '<td class="col-vendor"></td>',
        '<td class="col-severity">blocker</td>',
    ]
    assert own["extras"][0]["content"].startswith("<details><summary>Evidence: 1 calls</summary>")
    assert "requirement  refunds" in html.unescape(own["log"])


def test_a_dead_worker_is_seen(project: Project) -> None:
    """pytest-html has no row for a test whose process died; the verdict has."""
    project.tests("@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own():\n    os._exit(3)\n")

    ran = project.weekly("-n", "1")

    block = ran.page.partition('<section class="golive"')[2].partition("</section>")[0]
    assert not any("test_own" in name for name in rows(ran))
    assert "test_shop.py::test_own" in block
    assert "crashed while running" in block
