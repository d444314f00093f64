"""The verdict as an in-toto statement with a test-result predicate, for those who gate deployments by attestations.

It is not signed: who signs it vouches for it, and has a tool for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pytest_golive.facts.outcome import Outcome, Word
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.ticket.plain_text import one_line
from pytest_golive.report.ticket.seal import Seal
from pytest_golive.report.verdict_file import VerdictFile

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"

RESULT = {Word.GO: "PASSED", Word.GO_WITH_WAIVERS: "WARNED", Word.NO_GO: "FAILED", Word.INCONCLUSIVE: "FAILED"}

PASSED = frozenset({Outcome.PASSED, Outcome.ATTESTED})
WARNED = frozenset({Outcome.WAIVED, Outcome.OBSERVED, Outcome.WARNED})
UNTRIED = frozenset({Outcome.NOT_APPLICABLE, Outcome.PENDING})


def statement(
    file: VerdictFile, rules: Sequence[DecidedRule], seal: Seal, hashes: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return the statement about a run that has ended.

    Args:
        file: the verdict.
        rules: how each rule stands; the lists of the predicate name them.
        seal: the ledger of the run.
        hashes: name and SHA-256 of what the run was configured with.
    """
    ledger = {"name": seal.ledger, "digest": {"sha256": seal.sha256}}
    # A rehearsal says nothing about the team's commit, so it is no subject of it.
    tested = file.commit is not None and not file.rehearsal
    subject = {"name": one_line(file.project), "digest": {"gitCommit": file.commit}} if tested else ledger
    return {
        "_type": STATEMENT,
        "subject": [subject],
        "predicateType": PREDICATE,
        "predicate": {
            "result": RESULT[file.verdict],
            "configuration": [
                {
                    **ledger,
                    "annotations": {
                        "verdict": file.verdict.value,
                        "scope": file.scope,
                        "environment": one_line(file.environment),
                        "suites": [suite.value for suite in file.suites],
                        "rehearsal": file.rehearsal,
                        "run": seal.run,
                    },
                },
                *({"name": one_line(name), "digest": {"sha256": sha256}} for name, sha256 in hashes),
            ],
            "passedTests": [_name(rule) for rule in rules if rule.outcome in PASSED],
            "warnedTests": [_name(rule) for rule in rules if _warned(rule)],
            "failedTests": [_name(rule) for rule in rules if _failed(rule)],
        },
    }


def _failed(rule: DecidedRule) -> bool:
    """Whether a rule keeps the verdict from a GO: what was not told counts like a failure."""
    return rule.outcome not in PASSED | WARNED | UNTRIED and rule.severity.decides


def _warned(rule: DecidedRule) -> bool:
    return rule.outcome in WARNED or (rule.outcome not in PASSED | UNTRIED and not rule.severity.decides)


def _name(rule: DecidedRule) -> str:
    return one_line(f"{rule.vendor}/{rule.rule}" if rule.vendor else rule.rule)
