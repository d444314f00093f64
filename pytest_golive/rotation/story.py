"""The steps of a rehearsed rotation in their order, and by which check each of them is missed where it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        name: what it is called on the command line.
        hours_ago: when it is taken, before the last look.
        missed_by: the check that tells that it was left out; "" for what cannot be left out.
        vendors: whose rotation it is part of; empty for all.
    """

    name: str
    hours_ago: float
    missed_by: str = ""
    vendors: tuple[str, ...] = ()

    def is_of(self, vendor: str) -> bool:
        """Whether it is part of a vendor's rotation."""
        return not self.vendors or vendor in self.vendors


STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step("plan", 31, "rotation_is_planned"),
        Step("begin", 30, "job_from_before_the_switch_is_found"),
        Step("create", 29, "replaced_key_is_another"),
        Step("store", 28.5, "secret_is_newer_than_the_key"),
        Step("restart", 28, "instances_started_after_the_secret_changed"),
        Step("smoke", 27.4, "smoke_came_before_the_revocation"),
        Step("watch", 27, "revocation_came_last", ("uppzy",)),
        Step("revoke", 26, "old_key_is_refused"),
        Step("look", 0),
    )
}
"""The steps by name."""

ONE = Step("one", 28, "workers_hold_the_new_key")
"""Of all workers one is forgotten."""

SKIPPABLE: Mapping[str, Step] = {name: step for name, step in {**STEPS, ONE.name: ONE}.items() if step.missed_by}
"""What may be left out, with the check that tells it."""

READS: Mapping[str, str] = {
    "augno": "list_units",
    "selwise": "list_integrations",
    "timely": "list_contacts",
    "uppzy": "get_limits",
}
"""What the example service calls, by vendor."""

SMOKE: Mapping[str, tuple[str, ...]] = {
    "augno": ("API-64",),
    "selwise": ("SEL-17",),
    "timely": ("TIM-10",),
    "uppzy": ("UPZ-28", "UPZ-31", "UPZ-32", "UPZ-25", "UPZ-66"),
}
"""The rules that are the smoke, by vendor."""

WATCH = ("UPZ-67",)
"""The rules that look at the traffic before the old key is revoked."""

CHECKS = frozenset(
    {
        "async_chat_completes",
        "deployment_reports_this_key",
        "every_target_reports_a_key",
        "instances_started_after_the_secret_changed",
        "job_from_before_the_switch_is_found",
        "key_is_another_than_before",
        "key_is_young",
        "limits_answer",
        "no_instance_holds_the_old_key",
        "nobody_is_refused_now",
        "old_key_is_refused",
        "polls_are_not_refused_since_the_switch",
        "previous_key_is_refused",
        "refusals_do_not_pile_up",
        "replaced_key_is_another",
        "replaced_key_is_refused",
        "replaced_token_opens_nothing",
        "retries_are_as_few_as_before_the_switch",
        "revocation_came_last",
        "rotation_is_dated",
        "rotation_is_planned",
        "secret_is_newer_than_the_key",
        "site_id_is_a_uuid_of_its_own",
        "smoke_came_before_the_revocation",
        "smoke_variables_are_set",
        "sync_chat_answers",
        "traffic_is_as_before_the_switch",
        "workers_hold_the_new_key",
        "workspace_is_the_configured_one",
        "wrong_site_gives_no_data",
    }
)
"""The checks that a rehearsal looks at: those of a rotation, and the smoke."""

ASKING = frozenset(
    {
        "async_chat_completes",
        "limits_answer",
        "site_id_is_a_uuid_of_its_own",
        "smoke_variables_are_set",
        "sync_chat_answers",
        "workspace_is_the_configured_one",
        "wrong_site_gives_no_data",
    }
)
"""Those of the smoke: the last look need not take it again."""
