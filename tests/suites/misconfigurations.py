"""One project for every way a team may have set up its own side wrongly, and what a real environment may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.sandbox.uppzy import Uppzy
from tests.suites.planned_checks import Planned
from tests.suites.uppzy_breakages import DOCUMENT_DEPENDENTS, UNTOLD, WRITES, alike, as_if
from tests.suites.vendor_in_disguise import Wrap, before, being, in_state, lacking, on, sent, when

UPPZY = Planned("uppzy")
bad_inputs, calling, reads, repeats = UPPZY.bad_inputs, UPPZY.calling, UPPZY.reads, UPPZY.repeats


@dataclass(slots=True)
class Project:
    """A project before it is written down.

    Attributes:
        folder: where it lies.
        manifest: its golive.yaml.
        deployed: what its deployment in staging reports; None for an address that is not there.
        keys: the keys of staging and production.
    """

    folder: Path
    manifest: dict[str, Any]
    deployed: Any
    keys: Mapping[str, str]

    @property
    def staging(self) -> dict[str, Any]:
        """What golive.yaml says of the vendor in staging."""
        target: dict[str, Any] = self.manifest["environments"]["staging"]["vendors"]["uppzy"]
        return target


Change = Callable[[Project], object]

AS_IT_IS = before(lambda app: None)


def there(*checks: str, case: str = "uppzy") -> frozenset[str]:
    """Return the ids of checks in staging and in the production it releases to."""
    return frozenset(f"{check}[{case}{place}]" for check in checks for place in ("", "@production"))


def here(*checks: str) -> frozenset[str]:
    """Return the ids of checks in staging."""
    return frozenset(f"{check}[uppzy]" for check in checks)


def setting(**values: Any) -> Change:
    """Give these settings of the vendor; None takes one away."""

    def change(project: Project) -> None:
        settings = {**project.staging["settings"], **values}
        project.staging["settings"] = {name: value for name, value in settings.items() if value is not None}

    return change


def having_id(**ids: str) -> Change:
    """Give these ids of the vendor."""
    return lambda project: project.staging["ids"].update(ids)


def at_address(change: Callable[[str], str]) -> Change:
    """Give another base URL."""
    return lambda project: project.staging.update(base_url=change(project.staging["base_url"]))


def deploying(report: Any) -> Change:
    """Let the deployment report this."""

    def change(project: Project) -> None:
        project.deployed = report

    return change


def nothing(project: Project) -> None:
    """Leave everything as it is."""


def _key_in_a_file(project: Project) -> None:
    (project.folder / "settings.py").write_text(f"DEBUG = True\nUPPZY = {project.keys['staging']!r}\n")


def _one_workspace_for_both(app: Uppzy) -> None:
    app._connections["production"] = app._connections["sandbox"]


@dataclass(frozen=True, slots=True)
class Misconfiguration:
    """A way to be set up wrongly, or a vendor that is not as the pack assumes.

    Attributes:
        name: what is wrong.
        change: makes a right project wrong.
        wrap: makes a right vendor wrong.
        failed: ids of the planned checks that fail.
        inconclusive: ids of those that can no longer tell.
        messages: id of a check -> what it demands and what it saw.
        observed: id of a check that only takes note -> of what.
    """

    name: str
    change: Change = nothing
    wrap: Wrap = AS_IT_IS
    failed: frozenset[str] = frozenset()
    inconclusive: frozenset[str] = frozenset()
    messages: Mapping[str, str] = field(default_factory=dict)
    observed: Mapping[str, str] = field(default_factory=dict)

    @property
    def red(self) -> frozenset[str]:
        """Everything that is not green."""
        return self.failed | self.inconclusive


def _of_this_environment(checks: frozenset[str]) -> frozenset[str]:
    return frozenset(check for check in checks if "@" not in check)


CONTENT = here(
    "rollout_pauses_where_answers_are_wrong", "topic_questions_are_answered", "listed_documents_are_in_the_sync_log"
)
"""What needs a sync log, which this project does not have."""

CALLING = _of_this_environment(calling()) - CONTENT
TENANT = ("get_tenant", "get_limits", "get_usage", "list_usage_history", "get_tenant_statistics")
SITE = (
    "get_site",
    "get_site_statistics",
    "list_sessions",
    "get_user_statistics",
    "get_widget_config",
    "list_documents",
)

TENANT_READS = _of_this_environment(reads(*TENANT)) | alike(*TENANT)
SITE_READS = (
    _of_this_environment(reads(*SITE))
    | alike(*SITE)
    | UPPZY.of("listing_gives_every_id_once")
    | UPPZY.of("listing_bears_a_row_inserted_meanwhile")
)

SET_UP_WRONGLY = (
    Misconfiguration(
        "the base URL ends in a slash",
        at_address(lambda url: f"{url}/"),
        failed=here("base_url_is_explicit"),
        messages={
            "base_url_is_explicit[uppzy]": ("the base URL must not end in a slash; seen: http://127.0.0.1:#/api/v1/")
        },
    ),
    Misconfiguration(
        "nothing listens at the base URL",
        at_address(lambda url: "http://127.0.0.1:9/api/v1"),
        failed=here("limits_answer"),
        inconclusive=CALLING - here("limits_answer", "key_is_refused_by_production"),
        messages={
            "limits_answer[uppzy]": (
                "get_tenant has to be answered; "
                "seen: http://127.0.0.1:#/api/v1: ConnectError: [Errno 111] Connection refused"
            ),
            "document_round_trip[uppzy]": (
                "get_tenant has to be answered; "
                "seen: http://127.0.0.1:#/api/v1: ConnectError: [Errno 111] Connection refused"
            ),
        },
    ),
    Misconfiguration(
        "the tenant id is a placeholder",
        having_id(tenant_id="your-tenant-id"),
        failed=here("tenant_id_is_explicit", "smoke_variables_are_set", "tenant_is_the_configured_one", "limits_answer")
        | here("site_is_the_configured_one")
        | TENANT_READS,
        messages={
            "tenant_id_is_explicit[uppzy]": "the tenant id has to be set; seen: 'your-tenant-id'",
            "smoke_variables_are_set[uppzy]": (
                "address, key and ids have to be set before a smoke test; seen: empty or a placeholder: ids.tenant_id"
            ),
            "tenant_is_the_configured_one[uppzy]": (
                'get_tenant has to answer 200; seen: 404 {"error": "tenant not found"}'
            ),
        },
    ),
    Misconfiguration(
        "the site id is a placeholder",
        having_id(site_id="<site_id>"),
        failed=here("site_id_is_explicit", "smoke_variables_are_set", "site_is_the_configured_one")
        | here("sync_chat_answers", "async_chat_completes", "document_round_trip")
        | SITE_READS
        | repeats(*WRITES),
        inconclusive=UNTOLD - CONTENT - bad_inputs("update_widget_config"),
        messages={
            "site_id_is_explicit[uppzy]": "the site id has to be set; seen: '<site_id>'",
            "document_round_trip[uppzy]": (
                'create_text_document has to answer 201; seen: 404 {"error": "site not found"}'
            ),
        },
    ),
    Misconfiguration(
        "the timeout of sync chat is too short",
        setting(sync_chat_timeout_seconds=30),
        failed=here("request_timeouts_are_explicit"),
        messages={
            "request_timeouts_are_explicit[uppzy]": (
                "the timeout of sync chat has to cover the slowest answer; "
                "seen: sync_chat_timeout_seconds is 30 s and there is no timeout_exception"
            )
        },
    ),
    Misconfiguration(
        "sync chat has an exception and no timeout",
        setting(sync_chat_timeout_seconds=0, timeout_exception="agreed with support"),
        failed=here("request_timeouts_are_explicit", "sync_chat_answers"),
        messages={
            "request_timeouts_are_explicit[uppzy]": "sync chat needs a timeout; seen: 0 s",
            "sync_chat_answers[uppzy]": "chat has to come within 0 s; seen: # s",
        },
    ),
    Misconfiguration(
        "a call has no timeout",
        setting(request_timeout_seconds=0),
        failed=here("request_timeouts_are_explicit"),
        messages={"request_timeouts_are_explicit[uppzy]": "every call needs a timeout; seen: 0 s"},
    ),
    Misconfiguration(
        "retries do not end",
        setting(max_retries=50),
        failed=here("retries_are_explicit"),
        messages={"retries_are_explicit[uppzy]": "retries have to be bounded; seen: max_retries is 50"},
    ),
    Misconfiguration(
        "pauses between retries do not grow",
        setting(retry_base_seconds=9),
        failed=here("retries_are_explicit"),
        messages={
            "retries_are_explicit[uppzy]": (
                "pauses between retries have to grow up to a cap; seen: retry_base_seconds is 9, retry_cap_seconds is 8"
            )
        },
    ),
    Misconfiguration(
        "pauses between retries are not spread",
        setting(retry_jitter="none"),
        failed=here("retries_are_explicit"),
        messages={
            "retries_are_explicit[uppzy]": "pauses between retries have to be spread; seen: retry_jitter is none"
        },
    ),
    Misconfiguration(
        "polling is too fast",
        setting(poll_interval_seconds=0.5),
        failed=here("polling_is_explicit"),
        messages={
            "polling_is_explicit[uppzy]": (
                "polling must not be faster than the vendor bears; seen: poll_interval_seconds is 0.5"
            )
        },
    ),
    Misconfiguration(
        "there is time for one poll only",
        setting(poll_budget_seconds=1),
        failed=here("polling_is_explicit"),
        messages={
            "polling_is_explicit[uppzy]": (
                "polling has to end, after more than one poll; "
                "seen: poll_budget_seconds is 1, poll_interval_seconds is 1"
            )
        },
    ),
    Misconfiguration(
        "the key stands in a file",
        _key_in_a_file,
        failed=there("key_is_in_no_file"),
        messages={
            "key_is_in_no_file[uppzy]": (
                "no file of the repository may hold a key; seen: settings.py:2 holds uppzy.api_key"
            )
        },
    ),
    Misconfiguration(
        "staging and production share a workspace and its key",
        wrap=before(_one_workspace_for_both),
        failed=here("keys_differ_between_environments", "key_is_refused_by_production"),
        messages={
            "keys_differ_between_environments[uppzy]": (
                "every environment needs a key of its own; seen: staging and production hold the same key #"
            )
        },
    ),
    Misconfiguration(
        "another key is deployed",
        deploying({"uppzy": {"api_key": "0123456789ab"}}),
        failed=here("deployment_reports_this_key"),
        messages={
            "deployment_reports_this_key[uppzy]": "the deployment has to hold the configured key; seen: reported: #"
        },
    ),
    Misconfiguration(
        "the deployment reports other vendors' keys",
        deploying({"timely": "0123456789ab"}),
        failed=here("deployment_reports_this_key"),
        messages={
            "deployment_reports_this_key[uppzy]": (
                "the deployment has to hold the configured key; seen: reported: nothing for uppzy"
            )
        },
    ),
    Misconfiguration(
        "the deployment reports nothing",
        deploying(None),
        inconclusive=here("deployment_reports_this_key"),
        messages={
            "deployment_reports_this_key[uppzy]": (
                "the deployment has to report the fingerprints of its keys; "
                "seen: http://127.0.0.1:#/fingerprints: 404, 22 bytes"
            )
        },
    ),
)

AGAINST_A_REAL_VENDOR = (
    Misconfiguration(
        "limits are an empty object",
        wrap=on("get_limits", being({})),
        failed=there("limits_answer"),
        messages={"limits_answer[uppzy]": "get_limits has to be an object with at least one field; seen: 200 {}"},
        observed={
            "answer_fits_its_schema[uppzy-get_limits]": (
                "get_limits: assumed that it would fit schemas/uppzy/get_limits.response.json, "
                "seen: the body is empty; to change: schemas/uppzy/get_limits.response.json of uppzy"
            )
        },
    ),
    Misconfiguration(
        "the tenant has no id",
        wrap=on("get_tenant", lacking("id")),
        observed={
            "tenant_is_the_configured_one[uppzy]": (
                "get_tenant: assumed that it would hold one of id, tenant_id, "
                'seen: 200 {"plan": "level2"}; to change: schemas/uppzy/get_tenant.response.json of uppzy'
            )
        },
    ),
    Misconfiguration(
        "a document gets no id",
        wrap=on("create_text_document", lacking("id")),
        failed=here("document_round_trip"),
        inconclusive=DOCUMENT_DEPENDENTS,
        messages={
            "document_round_trip[uppzy]": (
                'create_text_document has to give the document an id; seen: 201 {"status": "draft"}'
            )
        },
        observed={
            "repeated_write_does_what_the_contract_says[uppzy-create_text_document]": (
                "create_text_document: assumed that it would make another one or be refused as a conflict (409) when "
                'the same call comes again, seen: 201 {"status": "draft"} (no id to tell them apart); to change: '
                "operations.create_text_document.repetition of uppzy"
            )
        },
    ),
    Misconfiguration(
        "a document without content is taken",
        wrap=on("create_text_document", when(sent(content=None), as_if(content="nothing"))),
        observed={
            "incomplete_data_is_refused[uppzy-create_text_document-content:missing]": (
                "create_text_document: assumed that it would refuse the call with 400, 413, 415 or 422 when `content` "
                'is missing, seen: 201 {"id": "doc_#", "status": "draft"}; to change: '
                "operations.create_text_document (content:missing) of uppzy"
            )
        },
    ),
    Misconfiguration(
        "an async question is in a state nobody knows",
        setting(poll_budget_seconds=2.5),
        wrap=on("get_chat_request", in_state("queued")),
        failed=here("async_chat_completes"),
        messages={
            "async_chat_completes[uppzy]": (
                "get_chat_request has to end within the budget of 2.5 s; seen: still 'queued' after # polls in # s"
            )
        },
        observed={
            "async_chat_completes[uppzy]": (
                "get_chat_request: assumed that it would fit schemas/uppzy/get_chat_request.response.json, seen: "
                "`status` is 'queued', one of 'pending', 'processing', 'completed', 'failed' is due; to change: "
                "schemas/uppzy/get_chat_request.response.json of uppzy"
            )
        },
    ),
)

MISCONFIGURATIONS = (*SET_UP_WRONGLY, *AGAINST_A_REAL_VENDOR)
