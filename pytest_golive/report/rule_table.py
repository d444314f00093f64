"""The page of docs that says of every rule what decides it, made from the packs.

``python -m pytest_golive.report.rule_table`` writes it anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_golive.people.claims import RENEW_DAYS
from pytest_golive.readiness.lab_cases import why_not_tried
from pytest_golive.readiness.plan import landed
from pytest_golive.vendors.library import general_rules, packs, read_pack, read_rules
from pytest_golive.vendors.rule import Part, Rule

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

HEAD = """# What decides each rule

Made from the packs: `python -m pytest_golive.report.rule_table`. A name in `code` is a check function of `suites/`
(without `test_`), in brackets what it is made for once each. What a person vouches for is told in
[people.md](people.md). A few faults cannot be tried by golive: the table says why, and they are not applicable. What
would be *later* waits for a version that can carry it out, is not verified until then, and never green.
"""

KINDS = {
    "static": "a look into files",
    "metric": "a question to metrics or logs",
    "client": "client lab",
    "handler": "handler lab",
}
"""How parts decide that no check of this version carries out."""

STANDINGS = (
    "decided as a whole",
    "but for a part that cannot be tried and says why",
    "that cannot be tried and say why",
    "in part",
    "later",
)
"""How far a rule is decided, as the counts above a table tell it."""


def page() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for vendor in packs():
        pack = read_pack(vendor)
        lines += [f"## {pack.title}", "", *_table(read_rules(vendor)), ""]
    lines += ["## Every vendor", "", *_table(general_rules()), ""]
    return "\n".join(lines)


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    yield _counted(rules)
    yield ""
    yield "| rule | severity | suites | what has to hold | decided by |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        parts = "; ".join(dict.fromkeys(map(_told, rule.decided_by)))
        suites = ", ".join(suite.value for suite in rule.suites)
        yield f"| {rule.id} | {rule.severity.value} | {suites} | {_cell(rule.title)} | {parts} |"


def _counted(rules: Sequence[Rule]) -> str:
    """Return how many rules are decided, how far."""
    standings = Counter(_standing(rule) for rule in rules)
    counts = ", ".join(f"{standings[standing]} {standing}" for standing in STANDINGS if standings[standing])
    return f"{len(rules)} rules: {counts}."


def _standing(rule: Rule) -> str:
    whole, but_for_a_part, never, in_part, later = STANDINGS
    missing = [part for part in rule.decided_by if not landed(part)]
    if not missing:
        return whole
    begun = len(missing) < len(rule.decided_by)
    if all(why_not_tried([part]) for part in missing):
        return but_for_a_part if begun else never
    return in_part if begun else later


def _told(part: Part) -> str:
    if landed(part) and (part.handler or part.client):
        return f"{KINDS[part.kind]} {part.handler or part.client}"
    if part.attestation is not None:
        by = f", not by {part.not_by.replace('_', ' ')}" if part.not_by else ""
        return f"a person's word, for {part.renew_days or RENEW_DAYS} days{by}"
    if landed(part):
        return f"`{part.check}`" + (f" ({part.each.replace('_', ' ')})" if part.each != "vendor" else "")
    fault = f" {part.client or part.handler}" if part.client or part.handler else ""
    if reason := why_not_tried([part]):
        return f"*{KINDS[part.kind]}{fault}: {reason}*"
    return f"*later: {KINDS[part.kind]}{fault}*"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
