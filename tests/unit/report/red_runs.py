"""Runs that ended, as the controller hands them to the reports: red ones of any size, and one full of hostile text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pytest_golive.facts.course import Step, step, with_pauses
from pytest_golive.facts.exchange import Exchange
from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.plan import Plan, PlannedCheck, PlannedRule
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import Verdict, decide
from pytest_golive.report.ticket.content import Place, Told
from pytest_golive.report.ticket.exhibits import Exhibits
from pytest_golive.report.ticket.seal import Seal
from pytest_golive.report.verdict_file import UNFINISHED, VerdictFile, finished
from pytest_golive.vendors.library import read_rules
from pytest_golive.vendors.rule import Part, Rule

START = VerdictFile(
    verdict=Word.INCONCLUSIVE,
    scope="full",
    environment="staging",
    suites=(Suite.PRERELEASE,),
    project="shop",
    started="2026-11-21T09:00:00Z",
    finished=None,
    commit="0f3c9d2e5b7a41c68d90e1f2a3b4c5d6e7f80912",
    reasons=(UNFINISHED,),
    run="1a2b3c4d",
    version="0.1.0",
    notes=("timely: golive's calls waited 4.2 s in all, to keep to its budget or because it said 429",),
)
SEAL = Seal("1a2b3c4d", "NO-GO", "ledger.jsonl", 120, "ab" * 32)
PLACES = (
    Place("timely", "Timely.ai", "https://api.timelyai.com.br/v1", {"api_key": "9f86d081884c"}),
    Place("uppzy", "Uppzy", "https://staging.uppzy.example/api/v1", {"api_key": "2c26b46b68ff"}),
)
FACTS = (("Python", "3.11.9"), ("pytest", "9.2.0"))
HOSTILE = (
    "<script>document.title='owned'</script><img src=//evil.example/x onerror=alert(1)>"
    "\"' onmouseover='x' </pre></style></title>{{ 7 * 7 }}{% raw %}&amp;"
    "\u202egnp.exe\x00\x1b[31m\x07\ud800\ufffe|`*_#@team"
)


def call(operation: str, status: int | None, body: str, seconds: float = 0.12) -> str:
    """Return a call as a check's phase carries it."""
    return Exchange(
        operation=operation,
        method="POST",
        url=f"https://api.timelyai.com.br/v1/{operation}?page=2",
        request_headers={"content-type": "application/json", "authorization": "*** 9f86d081884c"},
        request_body='{"customer_name": "Ada", "tags": ["vip"]}',
        status=status,
        response_headers={"content-type": "application/json", "retry-after": "3"},
        response_body=body,
        seconds=seconds,
        error=None if status is not None else "ReadTimeout: no answer in 10 s",
    ).as_json()


def rules_of(vendors: Sequence[str] = ("timely", "uppzy")) -> list[tuple[str, Rule]]:
    """Return the rules of two real pages, so that titles and advice have their real length."""
    return [(vendor, rule) for vendor in vendors for rule in read_rules(vendor) if Suite.PRERELEASE in rule.suites]


def run_of(
    planned: Sequence[tuple[PlannedRule, PlannedCheck, Result]],
    exhibits: Exhibits | None = None,
    own: Sequence[Result] = (),
) -> Told:
    """Return a run in which these checks were planned and ended so."""
    plan = Plan({check.id: check for _, check, _ in planned}, tuple(rule for rule, _, _ in planned))
    results = {result.check: result for _, _, result in planned} | {result.check: result for result in own}
    verdict: Verdict = decide(plan, results)
    return Told(
        file=finished(START, verdict, results, "2026-11-21T09:01:10Z", plan=plan),
        rules=verdict.rules,
        plan=plan,
        results=results,
        exhibits=exhibits or Exhibits(),
        places=PLACES,
        facts=FACTS,
        whole_evidence="golive-pytest.html",
        seal=SEAL,
    )


def planned(vendor: str, rule: Rule, outcome: Outcome, **changes: object) -> tuple[PlannedRule, PlannedCheck, Result]:
    """Return a rule, the check that decides it, and how that ended."""
    check = PlannedCheck(
        check="holds",
        case=f"{vendor}-{rule.id}",
        vendor=vendor,
        environment="staging",
        rules=(rule.id,),
        suites=rule.suites,
        severity=rule.severity,
        title=rule.title,
        fix=rule.fix,
    )
    result = Result(
        check=check.id,
        test=f"golive/contract/test_holds.py::test_{check.id}",
        outcome=outcome,
        severity=rule.severity,
        rules=(rule.id,),
        title=rule.title,
        vendor=vendor,
        seconds=0.2,
    )
    named = {name: value for name, value in changes.items() if value is not None}
    return PlannedRule(rule, vendor, (check.id,)), check, Result(**{**_fields(result), **named})


def _fields(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in result.__slots__}


def finding(rule: Rule, expected: str = "at least 3.0 s between two calls", actual: str = "0.0 s") -> Finding:
    """Return a finding of the usual size."""
    return Finding(
        requirement=rule.title,
        expected=expected,
        actual=actual,
        fix=" ".join(rule.fix.split()),
        rerun=f"pytest -m prerelease --env staging --golive-only {rule.id}",
        curl="curl -i -X POST -H 'content-type: application/json' -H \"Authorization: Bearer $TIMELY_API_KEY\" "
        '--data-binary \'{"customer_name": "Ada"}\' https://api.timelyai.com.br/v1/contacts',
        exchanges=("POST https://api.timelyai.com.br/v1/contacts -> 429 in 120 ms",),
    )


def red(count: int = 40) -> Told:
    """Return a red run with so many findings, as a team sees it that has just begun."""
    exhibits, rows = Exhibits(), []
    for number, (vendor, rule) in enumerate(rules_of()):
        if number < count:
            outcome = Outcome.FAILED if number % 8 else Outcome.INCONCLUSIVE
            row = planned(vendor, rule, outcome, finding=finding(rule), operation="create_contact", subject="crm-sync")
            exhibits.add(_told(row[2], number))
        elif number % 17 == 0:
            lacking = Finding(rule.title, "an attestation", "no attestation; `golive attest` writes one")
            row = planned(vendor, rule, Outcome.NOT_VERIFIED, finding=lacking, key="attestations")
        elif number % 7 == 0:
            lacking = Finding(rule.title, "to be configured", "monitoring is missing")
            row = planned(vendor, rule, Outcome.NOT_VERIFIED, finding=lacking, key="monitoring")
        elif number % 11 == 0:
            word = Finding(rule.title, "an attestation", "Mara Lindt (QA lead) on 2026-11-20: reviewed, see REL-881")
            row = planned(vendor, rule, Outcome.ATTESTED, finding=word)
        elif number % 13 == 0:
            waiver = Finding(rule.title, "to hold", "until 2026-12-24, Jo Kern, approved by Ann Roth: vendor fixes it")
            row = planned(vendor, rule, Outcome.WAIVED, finding=waiver)
        else:
            row = planned(vendor, rule, Outcome.PASSED)
        rows.append(row)
    return run_of(rows, exhibits)


def _told(result: Result, number: int) -> dict[str, object]:
    body = json.dumps({"error": {"code": "rate_limited", "message": "Too many requests", "request_id": "req_81"}})
    course = [
        *_drive("create_contact: 503 for good", 1.0, ["503"] * 3 + ["no answer: a reset in the place of an answer"]),
        *_drive("create_contact: 429 with Retry-After", 3.0, ["429, retry-after: 3", "429, retry-after: 3", "201"]),
    ]
    return {
        "check": result.check,
        "vendor": result.vendor,
        "exchanges": [call("contacts", 429 if number % 5 else None, body, 0.1 + number / 100)] * 2,
        "timings": [("create_contact", 0.1 + number / 100), ("list_contacts", 0.05)],
        "timeline": course if number % 3 == 0 else [],
    }


def _drive(part: str, pause: float, came: Sequence[str]) -> list[Step]:
    """Return a call whose requests came to this, a pause between two of them."""
    begun = [4_000 + number * (pause + 0.12) for number in range(len(came))]
    steps = [
        step(at, at + 0.12, "POST /v1/contacts", said, lane="c1", part=part)
        for at, said in zip(begun, came, strict=True)
    ]
    ended = "failed as backend: 'Try again later.'"
    call = step(begun[0] - 0.05, begun[-1] + 0.2, "create_contact", ended, kind="call", lane="c1", part=part)
    return [call, *with_pauses(steps)]


def quiet_week() -> Told:
    """Return a green weekly run, with charts."""
    usual = {"calls": [900.0, 950.0, 1000.0, 905.0, 940.0], "failed": [4.0] * 5, "seconds": [0.5, None, 0.6, 0.5, 0.4]}
    week = {
        "vendor": "uppzy",
        "environment": "production",
        "source": "Prometheus at https://prometheus.internal",
        "weeks": ("2026-10-24", "2026-10-31", "2026-11-07", "2026-11-14", "2026-11-21"),
        "until": "2026-11-28 12:00 UTC",
        "error_share": 0.02,
        "endpoints": ({"endpoint": "/chat", **usual}, {"endpoint": "/limits", **usual}),
    }
    exhibits = Exhibits()
    exhibits.add({"check": "a", "vendor": "uppzy", "timings": [("chat", 2.0), ("get_limits", 0.1)], "charts": [week]})
    return run_of([planned(vendor, rule, Outcome.PASSED) for vendor, rule in rules_of(("uppzy",))[:30]], exhibits)


def many(count: int, size: int = 200) -> Told:
    """Return a run of so many checks, one in five red with bodies of this size."""
    exhibits, rows = Exhibits(), []
    for number in range(count):
        rule = made_up(f"MANY-{number % 999 + 1:03}", f"Requirement {number} holds")
        if number % 5 == 0:
            row = planned("timely", rule, Outcome.FAILED, finding=finding(rule, actual="x" * size))
        else:
            row = planned("timely", rule, Outcome.PASSED)
        rows.append(_numbered(row, number))
        if number % 5 == 0:
            exhibits.add({"check": rows[-1][2].check, "exchanges": [call("contacts", 500, "&" * size)] * 5})
    return run_of(rows, exhibits)


def _numbered(row: tuple[PlannedRule, PlannedCheck, Result], number: int) -> tuple[PlannedRule, PlannedCheck, Result]:
    rule, check, result = row
    named = PlannedCheck(**{**{name: getattr(check, name) for name in check.__slots__}, "case": f"timely-{number}"})
    told = {"check": named.id, "test": f"golive/contract/test_holds.py::test_{named.id}"}
    return PlannedRule(rule.rule, rule.vendor, (named.id,)), named, Result(**{**_fields(result), **told})


def made_up(name: str, title: str, severity: Severity = Severity.BLOCKER) -> Rule:
    """Return a rule of no vendor's page."""
    return Rule(
        id=name,
        title=title,
        section="Errors",
        suites=(Suite.PRERELEASE,),
        severity=severity,
        about="environment",
        stage="before",
        decided_by=(Part(check="holds"),),
        source="X",
        fix="Wait as long as the vendor says. Then ask again.",
    )


def hostile() -> Told:
    """Return a run in which every text somebody else wrote tries something."""
    rule = made_up("EVIL-001", HOSTILE)
    told = Finding(HOSTILE, HOSTILE, HOSTILE + "y" * 1_000_000, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
    exhibits, rows = Exhibits(), []
    for outcome in Outcome:
        row = planned(
            "timely",
            rule,
            outcome,
            finding=told,
            title=HOSTILE,
            operation=HOSTILE,
            subject=HOSTILE,
            fault=HOSTILE,
            observations=(HOSTILE,),
            warnings=(HOSTILE,),
            notes=(HOSTILE,),
            key=HOSTILE if outcome is Outcome.NOT_VERIFIED else "",
        )
        rows.append(_numbered(row, outcome.rank))
        exhibits.add(
            {
                "check": rows[-1][2].check,
                "vendor": HOSTILE,
                "exchanges": [
                    Exchange(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        {HOSTILE: HOSTILE},
                        HOSTILE + "z" * 1_000_000,
                        500,
                        {HOSTILE: HOSTILE},
                        HOSTILE,
                    ).as_json()
                ],
                "timings": [(HOSTILE, 0.2)],
                "timeline": [
                    step(0, 1, HOSTILE, HOSTILE, kind=kind, lane=HOSTILE, part=part)
                    for kind in ("call", "attempt", "wait")
                    for part in (HOSTILE, f"{HOSTILE} again")
                ],
            }
        )
    own = Result(HOSTILE, f"{HOSTILE}::test", Outcome.FAILED, finding=told, title=HOSTILE, rules=(HOSTILE,))
    made = run_of(rows, exhibits, (own,))
    file = made.file.model_copy(
        update={"project": HOSTILE, "environment": HOSTILE, "notes": (HOSTILE,), "commit": HOSTILE, "run": HOSTILE}
    )
    return Told(
        file,
        made.rules,
        made.plan,
        made.results,
        exhibits,
        (Place("timely", HOSTILE, HOSTILE, {HOSTILE: HOSTILE}),),
        ((HOSTILE, HOSTILE),),
        HOSTILE,
        HOSTILE,
        Seal(HOSTILE, "NO-GO", HOSTILE, 1, HOSTILE),
    )
