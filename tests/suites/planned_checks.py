"""The ids of everything a rehearsal plans, so that a breakage can name many checks at once."""

from __future__ import annotations

from pytest_golive.facts.outcome import Suite
from pytest_golive.readiness.plan import Ground, make_plan
from pytest_golive.sandbox.rehearsal import CHOSEN, RELEASED
from pytest_golive.vendors.library import general_rules, read_pack, read_rules

THERE = f"@{RELEASED}"
"""What ends the case of a check that looks at the environment a release goes to."""

PLAN = make_plan(
    Ground(CHOSEN, frozenset({Suite.PRERELEASE}), releases_to=RELEASED, sandbox=True),
    [(read_pack("uppzy"), (*read_rules("uppzy"), *general_rules()))],
)

CALLING_NOTHING = frozenset(
    {
        "base_url_is_explicit",
        "tenant_id_is_explicit",
        "site_id_is_explicit",
        "smoke_variables_are_set",
        "request_timeouts_are_explicit",
        "retries_are_explicit",
        "polling_is_explicit",
        "key_comes_from_a_store",
        "key_is_in_no_file",
        "keys_differ_between_environments",
        "deployment_reports_this_key",
    }
)
"""Checks that the vendor has no part in."""


def here(*checks: str, case: str = "uppzy") -> frozenset[str]:
    """Return the ids of checks in the rehearsed environment."""
    return frozenset(f"{check}[{case}]" for check in checks)


def both(*checks: str, case: str = "uppzy") -> frozenset[str]:
    """Return the ids of checks in the rehearsed environment and in the one it releases to."""
    return here(*checks, case=case) | here(*checks, case=f"{case}{THERE}")


def reads(*operations: str) -> frozenset[str]:
    """Return the ids of the check of answers, for reading operations in both environments."""
    return frozenset[str]().union(*(both("answer_fits_its_schema", case=f"uppzy-{name}") for name in operations))


def repeats(*operations: str) -> frozenset[str]:
    """Return the ids of the check of repeated writes."""
    check = "repeated_write_does_what_the_contract_says"
    return frozenset(f"{check}[uppzy-{operation}]" for operation in operations)


def bad_inputs(*operations: str) -> frozenset[str]:
    """Return the ids of all bad inputs of these operations."""
    return frozenset(
        planned.id for planned in PLAN.checks.values() if planned.bad_input and planned.operation in operations
    )


def calling(environment: str | None = None) -> frozenset[str]:
    """Return the ids of all checks that call the vendor, in one environment or in both."""
    return frozenset(
        planned.id
        for planned in PLAN.checks.values()
        if planned.check not in CALLING_NOTHING and environment in {None, planned.environment}
    )
