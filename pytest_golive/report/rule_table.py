"""The page of docs that says of every rule what decides it, made from the packs.

``python -m pytest_golive.report.rule_table`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_golive.people.claims import RENEW_DAYS
from pytest_golive.readiness.plan import landed
from pytest_golive.vendors.library import general_rules, packs, read_pack, read_rules
from pytest_golive.vendors.rule import Part, Rule

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

HEAD = """# What decides each rule

Made from the packs: `python -m pytest_golive.report.rule_table`. A name in `code` is a check function of `suites/`
(without `test_`), in brackets what it is made for once each. What is *later* waits for a version that can carry it out:
until then the rule, or this part of it, is not verified in your environments and never green. What a person vouches for
is told in [people.md](people.md).
"""

KINDS = {
    "static": "a look into files",
    "metric": "a question to metrics or logs",
    "client": "client lab",
    "handler": "handler lab",
}
"""How parts decide that no check of this version carries out."""


def page() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for vendor in packs():
        pack = read_pack(vendor)
        lines += [f"## {pack.title}", "", *_table(read_rules(vendor)), ""]
    lines += ["## Every vendor", "", *_table(general_rules()), ""]
    return "\n".join(lines)


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    begun = sum(any(landed(part) for part in rule.decided_by) for rule in rules)
    whole = sum(all(landed(part) for part in rule.decided_by) for rule in rules)
    yield f"{len(rules)} rules: {whole} decided as a whole, {begun - whole} more in part, {len(rules) - begun} later."
    yield ""
    yield "| rule | severity | suites | what has to hold | decided by |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        parts = "; ".join(dict.fromkeys(map(_told, rule.decided_by)))
        suites = ", ".join(suite.value for suite in rule.suites)
        yield f"| {rule.id} | {rule.severity.value} | {suites} | {_cell(rule.title)} | {parts} |"


def _told(part: Part) -> str:
    if landed(part) and part.handler is not None:
        return f"handler lab {part.handler}"
    if part.attestation is not None:
        by = f", not by {part.not_by.replace('_', ' ')}" if part.not_by else ""
        return f"a person's word, for {part.renew_days or RENEW_DAYS} days{by}"
    if landed(part):
        return f"`{part.check}`" + (f" ({part.each.replace('_', ' ')})" if part.each != "vendor" else "")
    fault = f" {part.client or part.handler}" if part.client or part.handler else ""
    return f"*later: {KINDS[part.kind]}{fault}*"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
