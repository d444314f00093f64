from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.report.sides import next_steps, standings
from pytest_golive.report.summary import LARGEST, escaped, summary
from pytest_golive.report.ticket.content import Told
from pytest_golive.report.verdict_file import ComparedEntry, GapEntry
from tests.unit.report.red_runs import finding, hostile, made_up, many, planned, red, run_of


def written(told: Told) -> str:
    """Return the summary of a run."""
    steps = next_steps(told.plan, told.rules)
    return summary(
        told.file, told.rules, standings(told.plan, told.rules), steps, told.banner, report="golive-report.html"
    )


def test_all_of_it() -> None:
    """Word, place, what people accepted, reasons, sides, steps, what failed, and where the rest stands."""
    failing, waived = made_up("AA-01", "Waits"), made_up("AA-02", "Is fast", Severity.MINOR)
    word = replace(finding(waived), requirement="Is fast", actual="until 2026-12-24, Jo Kern")
    told = run_of(
        [
            planned("timely", failing, Outcome.FAILED, finding=replace(finding(failing), requirement="Waits")),
            planned("timely", waived, Outcome.WAIVED, finding=word),
        ]
    )

    assert (
        written(replace(told, banner="SANDBOX REHEARSAL"))
        == """## ❌ golive: NO-GO

shop · staging · prerelease

**SANDBOX REHEARSAL**

### Accepted by name

- AA-02 waived: Is fast; seen: until 2026-12-24, Jo Kern

### Reasons

- AA-01 blocker failed: Waits; seen: 0.0 s

**vendor 1 of 2**

### Next

1. put AA-01 right (blocker): Wait as long as the vendor says

<details><summary>1 rules failed or could not be told</summary>

| rule | severity | outcome | has to hold | seen |
|---|---|---|---|---|
| AA-01 | blocker | failed | Waits | Waits; seen: 0.0 s |

</details>

Rules: 1 failed, 1 waived.

pytest-golive 0.1.0 · commit `0f3c9d2e5b7a` · all of it: golive-report.html
"""
    )


def test_a_green_run_is_short() -> None:
    """Nothing is listed that nobody has to look at."""
    told = run_of([planned("timely", made_up("AA-01", "Waits"), Outcome.PASSED)])

    assert (
        written(told)
        == """## ✅ golive: GO

shop · staging · prerelease

**vendor 1 of 1**

Rules: 1 passed.

pytest-golive 0.1.0 · commit `0f3c9d2e5b7a` · all of it: golive-report.html
"""
    )


def test_people_s_records_stand_for_their_rules() -> None:
    """With who accepted what until when; a rule they tell of is not told twice."""
    rule = made_up("AA-02", "Is fast")
    told = run_of([planned("timely", rule, Outcome.WAIVED)])
    gap = GapEntry(
        kind="waiver",
        name="AA-02",
        rules=("AA-02",),
        vendor=None,
        reason="The vendor fixes it",
        owner="jo",
        approver="ann",
        until="2026-12-24",
        warning="14 days left",
    )
    bare = GapEntry(kind="not applicable", name="AA-03", rules=("AA-03",), vendor=None, reason="Unused", owner="jo")

    text = written(replace(told, file=told.file.model_copy(update={"accepted": (gap, bare)})))

    assert [line for line in text.splitlines() if line.startswith("- AA")][:2] == [
        "- AA-02 waiver: The vendor fixes it (jo, approved by ann until 2026-12-24); 14 days left",
        "- AA-03 not applicable: Unused (jo)",
    ]
    assert "- AA-02 waived" not in text


def test_the_last_run_in_one_line() -> None:
    """What became of the rules since, and what was flaky."""
    told = run_of([])
    then = ComparedEntry(
        at="2026-11-14T08:00:00Z",
        verdict="NO-GO",
        commit=None,
        new=("timely AA-01",),
        fixed=("timely AA-02", "timely AA-03"),
        still_failing=(),
        newly_waived=(),
    )
    same = then.model_copy(update={"new": (), "fixed": ()})

    def line(**changes: object) -> str:
        text = written(replace(told, file=told.file.model_copy(update=changes)))
        return next(each for each in text.splitlines() if each.startswith("since") or "run again" in each)

    assert line(compared=then, flaky=("a", "b")) == (
        "since 2026-11-14T08:00:00Z (NO-GO): 1 failing anew, 2 fixed; 2 tests failed, were run again, and passed."
    )
    assert line(compared=same) == "since 2026-11-14T08:00:00Z (NO-GO): nothing changed."
    assert line(flaky=("a", "b")) == "2 tests failed, were run again, and passed."


@pytest.mark.parametrize(
    ("told", "least"),
    [(red(), 4_000), (many(1_000), 10_000), (many(200, 4_000), 10_000), (hostile(), 1_000)],
    ids=["red", "many", "long", "hostile"],
)
def test_it_fits_a_comment(told: Told, least: int) -> None:
    """However much there is to tell; and it still tells what fits."""
    assert least < len(written(told)) <= LARGEST


def test_the_word_comes_first_whatever_it_is() -> None:
    """Every word has its mark, and a partial run says so."""
    told = run_of([])
    heads = [
        summary(told.file.model_copy(update={"verdict": word, "scope": "partial"}), ()).splitlines()[:3]
        for word in Word
    ]

    assert heads == [
        ["## ✅ golive: GO", "", "shop · staging · prerelease · partial"],
        ["## 🟡 golive: GO WITH WAIVERS", "", "shop · staging · prerelease · partial"],
        ["## ❌ golive: NO-GO", "", "shop · staging · prerelease · partial"],
        ["## ❔ golive: INCONCLUSIVE", "", "shop · staging · prerelease · partial"],
    ]


def test_foreign_text_is_text() -> None:
    """No markup, no picture from elsewhere, nobody called by name, and no command at the beginning of a line."""
    assert escaped("![x](http://evil.example/x.png) <b>|`*_#1 @team\n/close\x00") == (
        "!\\[x\\](http://evil.example/x.png) &lt;b&gt;\\|\\`\\*\\_\\#1 @\u2060team /close\\[U+0000\\]"
    )
    assert escaped("get_health, _x_ and [0]") == "get_health, \\_x\\_ and \\[0\\]"
    text = written(hostile())
    assert "<script" not in text
    assert not re.search(r"^/", text, re.MULTILINE)
    assert "@team" not in text
