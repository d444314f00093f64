"""The verdict as HTML: the block on top of the pytest-html page, and the page that stands there until the end."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pytest_golive.facts.outcome import Outcome, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.verdict_file import UNFINISHED, VerdictFile, beside, counted, told_gap, told_past

COLOURS = {
    Word.GO: "#1a7f37",
    Word.GO_WITH_WAIVERS: "#7d4e00",
    Word.NO_GO: "#b91c1c",
    Word.INCONCLUSIVE: "#5b4b8a",
}

STYLE = """
.golive{border:1px solid #888;border-radius:6px;margin:16px 0;padding:0 16px 12px;font-size:14px;line-height:1.45;
 color:#1f2328;background:#fff;overflow-wrap:anywhere}
.golive h2{display:inline-block;margin:14px 0 6px;padding:6px 14px;border-radius:4px;color:#fff;font-size:24px}
.golive .banner{background:#fff3c4;border:1px solid #c9a300;padding:6px 10px;font-weight:bold}
.golive ul{margin:6px 0 10px;padding-left:20px}.golive li{margin:3px 0}
.golive table{border-collapse:collapse;width:100%;margin:6px 0;font-size:13px}
.golive th,.golive td{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}
.golive th{background:#f3f4f6}.golive summary{cursor:pointer;font-weight:bold;margin:8px 0}
.golive .failed{color:#b91c1c;font-weight:bold}.golive .inconclusive,.golive .not_verified{color:#5b4b8a}
.golive .observed,.golive .warned{color:#7d4e00}
.golive td:nth-child(-n+4),.golive th:nth-child(-n+4),td.col-rule,td.col-outcome{white-space:nowrap}
pre.golive-evidence{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f8fa;color:#1f2328;padding:8px}
#results-table td.col-testId,.logwrapper .log{overflow-wrap:anywhere}
/* pytest-html puts the environment first; a release manager reads the verdict first */
body{display:flex;flex-direction:column}#environment-header{order:1}#environment{order:2;align-self:flex-start}
@media print{.golive details{display:block}}
"""


def block(file: VerdictFile, rules: Sequence[DecidedRule], banner: str = "") -> str:
    """Return the verdict with its reasons and the rules behind it, everything escaped."""
    word = file.verdict
    parts = [
        f'<section class="golive" aria-label="golive verdict"><style>{STYLE}</style>',
        f'<h2 style="background:{COLOURS[word]}">{escape(word)}</h2>',
        f'<p class="banner">{escape(banner)}</p>' if banner else "",
        f"<p>{escape(summary(file))}</p>",
        _list("Accepted gaps", [told_gap(gap) for gap in file.accepted]),
        _list("Reasons", file.reasons),
        _list("Since then", told_past(file)),
        _list("Notes", file.notes),
        f"<p>{escape(beside(rules))}</p>" if beside(rules) else "",
        _findings(rules),
        _table(rules),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def summary(file: VerdictFile) -> str:
    """Return in one line what was run, where and when."""
    told = [
        f"project {file.project}",
        f"environment {file.environment}",
        f"suite {', '.join(file.suites)}",
        f"scope {file.scope}",
        f"{file.started} to {file.finished or 'not finished'}",
        f"commit {file.commit[:12]}" if file.commit else "no commit known",
        f"pytest-golive {file.version}",
    ]
    return " · ".join(told)


def unfinished_page(file: VerdictFile) -> str:
    """Return the page that stands in the report's place until the run has come to its end."""
    told = escape(f"golive: {UNFINISHED}")
    return f"{_head(told)}<body>{block(file, ())}</body></html>\n"


def plain_page(file: VerdictFile, rules: Sequence[DecidedRule], banner: str) -> str:
    """Return the verdict as a page of its own, for a project that runs without pytest-html."""
    return f"{_head(escape(f'golive: {file.verdict}'))}<body>{block(file, rules, banner)}</body></html>\n"


def _head(title: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>'
    )


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<strong>{escape(title)}</strong><ul>{items}</ul>"


def _findings(rules: Sequence[DecidedRule]) -> str:
    """Return what is not green, so that a check whose worker died is seen although pytest-html has no row for it."""
    quiet = {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.ATTESTED}
    loud = [rule for rule in rules if rule.outcome not in quiet]
    if not loud:
        return ""
    return f"<details open><summary>{len(loud)} rules that are not green</summary>{_rows(loud)}</details>"


def _table(rules: Sequence[DecidedRule]) -> str:
    if not rules:
        return ""
    return f"<details><summary>All {len(rules)} rules: {escape(counted(rules))}</summary>{_rows(rules)}</details>"


def _rows(rules: Sequence[DecidedRule]) -> str:
    rows = "".join(
        f"<tr><td>{escape(rule.rule)}</td><td>{escape(rule.vendor or '')}</td><td>{escape(rule.severity)}</td>"
        f'<td class="{escape(rule.outcome)}">{escape(rule.outcome.replace("_", " "))}</td>'
        f"<td>{escape(rule.title)}</td><td>{escape(rule.why)}</td></tr>"
        for rule in rules
    )
    head = "".join(f"<th>{name}</th>" for name in ("Rule", "Vendor", "Severity", "Outcome", "Has to hold", "Seen"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
