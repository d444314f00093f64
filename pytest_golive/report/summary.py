"""The verdict in Markdown: as a comment in the ticket, and where a pipeline shows a summary of its job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.sides import Standing, told
from pytest_golive.report.ticket.plain_text import one_line
from pytest_golive.report.verdict_file import GapEntry, VerdictFile, counted

LARGEST = 32_767
"""Characters that a comment in a ticket may have, in the system that allows the fewest."""

MARKS = {Word.GO: "✅", Word.GO_WITH_WAIVERS: "🟡", Word.NO_GO: "❌", Word.INCONCLUSIVE: "❔"}

SHOWN = (200, 40, 10, 0)
"""Rules and reasons that are tried to be shown, until the text is no longer than that."""

SPECIAL = re.compile(r"([\\`*\[\]#|~$]|(?<!\w)_|_(?!\w))")
"""What Markdown, in one dialect or another, takes for more than itself."""

LOUD = (Outcome.FAILED, Outcome.INCONCLUSIVE)


def summary(
    file: VerdictFile,
    rules: Sequence[DecidedRule],
    standings: Iterable[Standing] = (),
    steps: Iterable[str] = (),
    banner: str = "",
    report: str = "",
) -> str:
    """Return the text, at most 32,767 characters.

    Args:
        file: the verdict.
        rules: how each rule stands.
        standings: how far each side is.
        steps: what to do next.
        banner: what every output of a rehearsal carries.
        report: name of the file with all of it.
    """
    sides, todo = told(standings), list(steps)
    text = ""
    for shown in SHOWN:
        parts = [
            _head(file, banner),
            _exceptions(file, rules, shown),
            _reasons(file, shown),
            f"**{escaped(sides)}**" if sides else "",
            _steps(todo),
            _since(file),
            _table(rules, shown),
            f"Rules: {counted(rules)}.",
            _foot(file, report),
        ]
        text = "\n\n".join(part for part in parts if part) + "\n"
        if len(text) <= LARGEST:
            break
    return text


def escaped(text: object, longest: int = 300) -> str:
    """Return foreign text so that Markdown shows it as it is: no markup, no link, nobody called by name."""
    shown = one_line(text, longest).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner takes no room, and keeps a name behind @ from being told that it was named.
    return SPECIAL.sub(r"\\\1", shown).replace("@", "@\u2060")


def _head(file: VerdictFile, banner: str) -> str:
    where = " · ".join(escaped(part, 100) for part in (file.project, file.environment, ", ".join(file.suites)))
    scope = " · partial" if file.scope == "partial" else ""
    head = f"## {MARKS[file.verdict]} golive: {file.verdict}\n\n{where}{scope}"
    return f"{head}\n\n**{escaped(banner)}**" if banner else head


def _exceptions(file: VerdictFile, rules: Sequence[DecidedRule], shown: int) -> str:
    recorded = {rule for gap in file.accepted for rule in gap.rules}
    waived = [rule for rule in rules if rule.outcome is Outcome.WAIVED and rule.rule not in recorded]
    lines = [f"- {_accepted(gap)}" for gap in file.accepted]
    lines += [f"- {escaped(rule.rule, 100)} waived: {escaped(rule.why)}" for rule in waived]
    return _listed("### Accepted by name", lines, shown)


def _accepted(gap: GapEntry) -> str:
    by = f"{gap.owner}, approved by {gap.approver}" if gap.approver else gap.owner
    until = f" until {gap.until}" if gap.until else ""
    problem = f"; {gap.problem or gap.warning}" if gap.problem or gap.warning else ""
    return f"{escaped(', '.join(gap.rules))} {gap.kind}: {escaped(gap.reason)} ({escaped(by)}{until}){escaped(problem)}"


def _reasons(file: VerdictFile, shown: int) -> str:
    return _listed("### Reasons", [f"- {escaped(reason)}" for reason in file.reasons], shown)


def _steps(steps: Sequence[str]) -> str:
    return _listed("### Next", [f"{number}. {escaped(step)}" for number, step in enumerate(steps, 1)], len(steps))


def _since(file: VerdictFile) -> str:
    """Return what became of the rules since the last run, in one line."""
    lines = [f"{len(file.flaky)} tests failed, were run again, and passed"] if file.flaky else []
    then = file.compared
    if then is not None:
        counts = (("failing anew", then.new), ("fixed", then.fixed), ("still failing", then.still_failing))
        told = ", ".join(f"{len(ids)} {what}" for what, ids in (*counts, ("newly waived", then.newly_waived)) if ids)
        lines.insert(0, f"since {escaped(then.at)} ({escaped(then.verdict)}): {told or 'nothing changed'}")
    return f"{'; '.join(lines)}." if lines else ""


def _listed(title: str, lines: Sequence[str], shown: int) -> str:
    if not lines:
        return ""
    more = [f"- and {len(lines) - shown} more"] if len(lines) > shown else []
    return "\n".join([title, "", *lines[:shown], *more])


def _table(rules: Sequence[DecidedRule], shown: int) -> str:
    loud = [rule for rule in rules if rule.outcome in LOUD]
    loud.sort(key=lambda rule: (rule.outcome.rank, list(Severity).index(rule.severity)))
    if not loud or not shown:
        return ""
    cells = [
        (escaped(rule.rule, 100), rule.severity, rule.outcome, escaped(rule.title), escaped(rule.why))
        for rule in loud[:shown]
    ]
    rows = [f"| {' | '.join(each)} |" for each in cells]
    more = [f"\nand {len(loud) - shown} more"] if len(loud) > shown else []
    head = ["| rule | severity | outcome | has to hold | seen |", "|---|---|---|---|---|"]
    folded = f"<details><summary>{len(loud)} rules failed or could not be told</summary>"
    return "\n".join([folded, "", *head, *rows, *more, "", "</details>"])


def _foot(file: VerdictFile, report: str) -> str:
    commit = f" · commit `{file.commit[:12]}`" if file.commit and file.commit.isalnum() else ""
    where = f" · all of it: {escaped(report)}" if report else ""
    return f"pytest-golive {escaped(file.version, 40)}{commit}{where}"
