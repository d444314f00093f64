"""golive.yaml as types; the descriptions are what an editor shows beside each key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)

from pytest_golive.credentials.source import Source, VariableName
from pytest_golive.manifest.document import Document
from pytest_golive.manifest.mistake import Mistake

Text = Annotated[str, Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0)]
Argv = Annotated[tuple[Text, ...], Field(min_length=1)]
WebAddress = Annotated[str, Field(pattern=r"^https?://[^/\s]", examples=["https://shop.example/golive"])]
PythonObject = Annotated[str, Field(pattern=r"^[\w.]+:[\w.]+$", examples=["shop.golive:drive"])]
EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", examples=["staging"])]
ProgramName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", examples=["crm-sync"])]
DayOrMoment = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$", examples=["2026-11-21T09:00:00Z"])
]
Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$", examples=["2026-11-20T10:00:00Z"]),
]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=["5d03c20d6b3d"])]
RuleOrFault = Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{2,3}$", examples=["TIM-26"])]


MetricName = Literal[
    "requests",
    "request_seconds",
    "timeouts",
    "retries",
    "async_seconds",
    "async_timeouts",
    "feedback",
    "answers",
    "deliveries",
    "delivery_failures",
    "queue_depth",
    "queue_seconds",
]
LabelName = Literal[
    "endpoint", "status", "method", "environment", "integration", "tenant_id", "site_id", "feedback", "confidence_level"
]
FieldName = Literal[
    "time",
    "endpoint",
    "status",
    "seconds",
    "error",
    "resend_count",
    "environment",
    "integration",
    "tenant_id",
    "site_id",
    "feedback",
    "confidence_level",
    "async_seconds",
    "async_timeout",
    "method",
    "session",
    "message",
    "delivery",
    "queue_depth",
    "queue_seconds",
]
ThresholdName = Literal[
    "error_share",
    "error_growth",
    "rate_limited_growth",
    "timeout_growth",
    "low_confidence_points",
    "bad_feedback_growth",
    "least_ratings",
    "least_calls",
    "volume_drop",
    "retry_share",
    "volume_change",
    "error_points",
    "retry_growth",
    "poll_budget_share",
    "agreed_seconds",
    "sure",
]


AlertLimit = Literal[
    "unauthorized",
    "forbidden",
    "rate_limited",
    "server_errors",
    "timeouts",
    "timeouts_growth",
    "async_timeouts",
    "volume",
    "webhook_failures",
]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_as_tuple),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
"""One text, or a list of them."""


def exactly_one_of(*names: str) -> dict[str, Any]:
    """Return the JSON Schema by which one, and only one, of these keys is there."""
    return {"oneOf": [{"required": [name]} for name in names]}


class Frozen(BaseModel):
    """A value that is read once and never changed; an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def _need_one_of(self, *names: str) -> None:
        if len([name for name in names if getattr(self, name) is not None]) != 1:
            raise ValueError(f"give exactly one of {', '.join(names)}")


class FromVariable(Frozen):
    """A value that is read from the environment when the run begins."""

    env: VariableName = Field(description="environment variable that holds the value")


class Deployment(Frozen):
    """What is known of the running deployment."""

    fingerprints: WebAddress | None = Field(
        default=None, description="address that answers the fingerprints of the keys in use, see `golive fingerprint`"
    )
    deployed: DayOrMoment | FromVariable | None = Field(
        default=None, description="when the release was deployed, UTC; what has to follow is pending until then"
    )
    commit: Text | FromVariable | None = Field(default=None, description="the commit that is deployed")
    provenance: Text | None = Field(
        default=None, description="file that says what the deployed build was made of: in-toto, SLSA, Sigstore"
    )
    workers: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="how many processes answer there, each with a key of its own in memory"
    )
    probes: Annotated[int, Field(gt=0, le=2000)] | None = Field(
        default=None, description="how often `fingerprints` is asked after a rotation; default: enough for `workers`"
    )


class Budget(Frozen):
    """How much golive itself asks of a vendor, all threads and workers of a run together."""

    requests: Annotated[int, Field(gt=0)] = Field(description="calls in any span of `per_seconds`")
    per_seconds: Seconds = Field(default=60, description="length of the span")
    in_flight: Annotated[int, Field(gt=0)] = Field(default=4, description="calls under way at once")


class Rotation(Frozen):
    """The steps of the last rotation: their order is judged, and the traffic since the switch."""

    created: Moment | FromVariable | None = Field(
        default=None, description="when the new key was made, with Z or an offset"
    )
    stored: Moment | FromVariable | None = Field(
        default=None, description="when the secret store of this environment took the new key"
    )
    switched: Moment | FromVariable | None = Field(
        default=None, description="when the deployment began to use the new key, with Z or an offset"
    )
    smoked: Moment | FromVariable | None = Field(
        default=None, description="when the smoke passed with the new key, where golive did not run it"
    )
    watched: Moment | FromVariable | None = Field(
        default=None, description="when somebody saw the traffic normal, where golive did not look"
    )
    revoked: Moment | FromVariable | None = Field(
        default=None, description="when the vendor stops taking the old key; until then it may work"
    )
    job: Text | FromVariable | None = Field(
        default=None, description="id of an async request of before the switch, if not that of `golive rotate begin`"
    )


class VendorTarget(Frozen):
    """A vendor as one environment uses it; in golive.yaml the credentials stand beside the other keys."""

    base_url: Text | FromVariable = Field(description="where the vendor's API is called")
    credentials: dict[str, Source] = Field(default_factory=dict, description="where each secret comes from")
    ids: dict[str, Text | FromVariable] = Field(
        default_factory=dict, description="ids of configuration: a tenant, a site, a workspace"
    )
    features: dict[str, bool] = Field(default_factory=dict, description="parts of the API: true is used, false is not")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="values that rules need and only the team knows, or {env: NAME}"
    )
    profile: Text | None = Field(default=None, description="the brand under which the same API is called")
    uses: tuple[Text, ...] = Field(
        default=(),
        description="operations the service calls, default: those of `clients`; its key needs no other rights",
    )
    forbidden: tuple[Text, ...] = Field(default=(), description="operations the service's key must not be allowed")
    budget: Budget | None = Field(default=None, description="how much golive itself may ask here; default: the pack's")
    rotation: Rotation | None = Field(default=None, description="when the key was replaced last")

    @model_validator(mode="before")
    @classmethod
    def _gather_credentials(cls, data: object) -> object:
        """Collect the keys that are not the model's own: which there may be is up to the vendor's pack."""
        if not isinstance(data, dict) or "credentials" in data:
            return data
        own = {key: value for key, value in data.items() if key in cls.model_fields}
        return {**own, "credentials": {key: value for key, value in data.items() if key not in own}}


class Environment(Frozen):
    """A named place to test, with its own addresses and credentials."""

    production: bool = Field(
        default=False, description="true: real customers; checks only read, unless `allow` names more"
    )
    releases_to: EnvironmentName | None = Field(
        default=None,
        description="environment a release goes to next; its settings are checked too, reading only",
    )
    allow: tuple[Text, ...] = Field(
        default=(), description="what a run may do in production beyond reading, by the names of the packs"
    )
    deployment: Deployment | None = Field(default=None, description="what the running deployment tells")
    vendors: dict[str, VendorTarget] = Field(default_factory=dict, description="the vendors used here")


class Client(Frozen):
    """A program of the team that calls a vendor; golive drives it against a stand-in that misbehaves."""

    model_config = ConfigDict(json_schema_extra=exactly_one_of("command", "callable", "url"))

    vendor: Text = Field(description="vendor the client calls")
    command: Argv | None = Field(default=None, description="program and arguments; started anew per scenario")
    # Not `callable`: a class attribute of that name would hide the built-in.
    callable_: PythonObject | None = Field(
        default=None,
        alias="callable",
        description="Python function, module:name, run in a process of its own",
    )
    url: WebAddress | None = Field(default=None, description="address of a running client that takes calls as POST")
    directory: Text = Field(default=".", description="where the command runs, seen from golive.yaml's folder")
    operations: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="what the client can do, by the operation names of the vendor's pack"
    )
    environ: dict[str, str] = Field(
        default_factory=dict,
        description="further variables; {base_url}, {api_key}, {ca_file} and the vendor's ids are filled in",
    )
    start_seconds: Seconds = Field(default=20, description="how long it may take to start")
    call_seconds: Seconds = Field(default=60, description="the client's own promise: a call ends within this")
    concurrent: bool = Field(default=False, description="one process answers several calls at once, in any order")
    behind: Literal["sandbox", "environment"] = Field(
        default="sandbox",
        description="what answers where no fault is due: golive's embedded vendor, or the one of the chosen "
        "environment, where the client then really writes; never one of production",
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Client:
        self._need_one_of("command", "callable_", "url")
        return self


class Effects(Frozen):
    """How golive asks what an event really did."""

    model_config = ConfigDict(json_schema_extra=exactly_one_of("url", "path", "command", "callable"))

    url: WebAddress | None = Field(default=None, description="address asked with ?event_id= or ?subject=")
    path: Text | None = Field(default=None, description="the same, as a path at the handler's own address")
    command: Argv | None = Field(default=None, description="program that is given --event-id or --subject")
    callable_: PythonObject | None = Field(
        default=None,
        alias="callable",
        description="Python function, module:name, given event_id= or subject=",
    )
    settle_seconds: Seconds = Field(default=5, description="how long golive asks until the answer stops changing")

    @model_validator(mode="after")
    def _one_way_in(self) -> Effects:
        self._need_one_of("url", "path", "command", "callable_")
        return self


class Handler(Frozen):
    """A program of the team that receives a vendor's webhooks."""

    model_config = ConfigDict(json_schema_extra=exactly_one_of("url", "app", "command"))

    vendor: Text = Field(description="vendor that sends the webhooks")
    url: WebAddress | None = Field(default=None, description="address of the deployed handler")
    app: PythonObject | None = Field(default=None, description="ASGI or WSGI app, module:name, served by golive")
    command: Argv | None = Field(default=None, description="program and arguments, started and stopped by golive")
    path: Text | None = Field(default=None, description="path of the webhook, with `app` or `command`")
    directory: Text = Field(default=".", description="where app or command run, seen from golive.yaml's folder")
    secret: Source | None = Field(default=None, description="secret the deliveries are signed with")
    previous_secret: Source | None = Field(
        default=None, description="second secret during a rotation: has to be accepted"
    )
    retired_secret: Source | None = Field(default=None, description="secret whose overlap is over: has to be refused")
    foreign_secret: Source | None = Field(default=None, description="another environment's secret: has to be refused")
    auth: Text | None = Field(default=None, description="which of the vendor's ways to sign; default: its usual one")
    environ: dict[str, str] = Field(
        default_factory=dict,
        description="variables of the started handler; {port}, {secret}, {base_url} … are filled in",
    )
    ready: Text | None = Field(
        default=None,
        description="path that answers once the handler is up; default: the port accepts connections",
    )
    start_seconds: Seconds = Field(default=20, description="how long it may take to start")
    effects: Effects | None = Field(default=None, description="how golive asks what an event did")
    tenant: Text | None = Field(
        default=None, description="the workspace, site or account served here; others' events take no effect"
    )
    mode: Literal["live", "test"] | None = Field(
        default=None, description="the mode served here; the other one's events take no effect"
    )
    downstream: bool = Field(
        default=False, description="the handler calls {downstream_url}, where golive may fail or be slow"
    )
    logs: Texts = Field(default=(), description="files to read besides the program's own output")
    restart: bool | None = Field(
        default=None, description="golive may stop and start the program; default: true with `command`"
    )
    reconcile_seconds: Seconds = Field(
        default=10, description="within what time the handler asks the vendor at {base_url} for what it missed"
    )
    burst_seconds: int = Field(
        default=1, ge=1, le=60, description="for how long 100 events a second are sent; 10 sends 1,000"
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Handler:
        self._need_one_of("url", "app", "command")
        return self


class SourceCode(Frozen):
    """Where the integration's files lie; searched for secrets and read by checks about the repository."""

    repository: Text = Field(default=".", description="the repository, seen from golive.yaml's folder")
    logs: Texts = Field(default=(), description="log files, with * and **")
    bundles: Texts = Field(default=(), description="what is delivered to browsers or apps")
    configuration: Texts = Field(
        default=(), description="files that configure the environments, with * and **; their history is looked at"
    )
    revoked: tuple[Fingerprint, ...] = Field(
        default=(), description="fingerprints of keys that open nothing any more: found in files, they only warn"
    )
    allowed_in_logs: Texts = Field(
        default=(), description="addresses, numbers and names, with * and ?, that are nobody's data: *@shop.example"
    )


class Monitoring(Frozen):
    """Where the team watches the integration."""

    prometheus: WebAddress | None = Field(
        default=None, description="Prometheus HTTP API; Mimir, Thanos and VictoriaMetrics speak it too"
    )
    authorization: Source | None = Field(
        default=None, description="where the value of the Authorization header for it comes from: `Bearer …`"
    )
    preset: Literal["opentelemetry"] | None = Field(
        default=None, description="how metrics and labels are called: OpenTelemetry's HTTP client names"
    )
    metrics: dict[MetricName, Text] = Field(
        default_factory=dict, description='what a metric tells -> its name, or name{label="value"}'
    )
    labels: dict[LabelName, Text] = Field(default_factory=dict, description="what a label tells -> its name")
    fields: dict[FieldName, Texts] = Field(
        default_factory=dict, description="what a line of `traffic` tells -> the field or fields it stands in"
    )
    select: dict[Text, dict[LabelName, Text]] = Field(
        default_factory=dict, description="vendor -> the labels, with their values, of the calls to it"
    )
    thresholds: dict[ThresholdName, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="from what on a figure of the weekly review is a finding"
    )
    decisions: Text | None = Field(
        default=None, description="file with what was decided about the findings of weekly reviews"
    )
    alerts: Texts = Field(default=(), description="files that define the alerts: Prometheus rule files")
    alert_limits: dict[AlertLimit, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="from what on the alerts of `golive alerts` fire"
    )
    routes: Texts = Field(
        default=(), description="files that say whom alerts are sent to: Alertmanager's, or Grafana's policies"
    )
    dashboards: Texts = Field(default=(), description="files or addresses of the dashboards")
    attested: bool = Field(default=False, description="true: a person vouches for what monitoring shows")


class KeyRotation(Frozen):
    """When a key or secret was made, and when the next one takes its place."""

    created: DayOrMoment = Field(description="when it was made, UTC")
    replace_by: DayOrMoment = Field(description="the last day by which it is replaced, UTC")
    owner: Text | None = Field(default=None, description="who replaces it; default: the owner of `api_key`")


class Operations(Frozen):
    """Who looks after the integration, and by what papers."""

    owners: dict[str, Text] = Field(default_factory=dict, description="what is owned -> the team or person")
    rotations: dict[Text, dict[Text, KeyRotation]] = Field(
        default_factory=dict, description="vendor -> its key or secret -> when it is replaced: timely: {api_key: …}"
    )
    escalation: Text | None = Field(default=None, description="whom to call next, or the file that says so")
    runbooks: dict[str, Text] = Field(default_factory=dict, description="what happened -> file with what to do")
    rollback: Text | dict[str, Any] | None = Field(
        default=None, description="how a release is taken back: a file, or what it needs"
    )
    change_log: Text | None = Field(default=None, description="file with one entry per change")
    change_days: Annotated[int, Field(ge=0)] = Field(
        default=7, description="how many days an entry of the change log may be from its commit"
    )
    sync_log: Text | None = Field(default=None, description="file with one entry per content synchronisation")
    change_records: Text | None = Field(
        default=None, description="folder or file with a record of each change of an integration: steps, state, who"
    )
    known_good: Text | None = Field(
        default=None, description="folder or file with the mapping of each integration that is known to be good"
    )
    limits: Text | None = Field(
        default=None, description="file with the rate limit and the peak of each provider and receiver"
    )
    drill: Text | None = Field(default=None, description="file with the drills of stopping an integration in time")
    event_counts: Text | None = Field(
        default=None, description="file with how many events were expected, by provider and event, and how many arrived"
    )
    services: Texts | None = Field(
        default=None, description="golive.yaml of each other service that calls a vendor of this one; [] for none"
    )
    webhook_endpoints: Text | None = Field(default=None, description="file with one row per webhook endpoint")
    requirements: Text | None = Field(default=None, description="file with each requirement and its test or evidence")
    stakeholders: Text | None = Field(default=None, description="file with each stakeholder and the day of the review")
    first_sync: Text | None = Field(default=None, description="file with the map of ids, or the counts, of the start")
    training: Text | None = Field(default=None, description="file with the teams whose work changes, and what they saw")
    incidents: Text | None = Field(default=None, description="file or folder with a record of each incident")


class Cassettes(Frozen):
    """Recordings of golive's own calls, see --golive-record."""

    folder: Text = Field(default="golive-cassettes", description="where they lie, seen from golive.yaml's folder")
    max_age_days: Annotated[int, Field(gt=0)] = Field(
        default=90, description="how old a recording may be; the weekly review fails past it"
    )


class History(Frozen):
    """Where runs are kept, beside `.golive/history.sqlite`."""

    url: Source = Field(description="where the URL of a PostgreSQL comes from: postgresql://user:password@host/name")


class NotApplicable(Frozen):
    """A rule, a section of a vendor's page or a part of its API that does not concern this integration."""

    model_config = ConfigDict(json_schema_extra=exactly_one_of("rule", "section", "feature"))

    rule: RuleOrFault | None = Field(default=None, description="id of the rule or fault")
    section: Text | None = Field(default=None, description="all rules of this section of a vendor's page")
    feature: Text | None = Field(default=None, description="all rules about this feature, which is switched off")
    vendor: Text | None = Field(default=None, description="whose section, feature or, of a general rule, whose case")
    environment: EnvironmentName | None = Field(default=None, description="where; default: everywhere")
    reason: Text = Field(description="why it does not concern this integration")
    by: Text = Field(description="who says so")
    approver: Text | None = Field(default=None, description="who agrees; needed for blockers: somebody else")
    at: DayOrMoment | None = Field(default=None, description="when it was said, UTC")
    until: DayOrMoment | None = Field(default=None, description="last day it holds, UTC; needed for blockers")

    @model_validator(mode="after")
    def _about_one_thing(self) -> NotApplicable:
        self._need_one_of("rule", "section", "feature")
        return self


class Manifest(Frozen):
    """A golive.yaml."""

    golive: Literal[1] = Field(description="version of this file's layout")
    project: Text = Field(description="name of the integration, as reports show it")
    packs: Texts = Field(
        default=(), description="folders with packs of vendors that golive does not ship, named like the vendor"
    )
    environments: dict[EnvironmentName, Environment] = Field(
        default_factory=dict, description="places to test, chosen by --env; sandbox is built in"
    )
    clients: dict[ProgramName, Client] = Field(
        default_factory=dict, description="programs of the team that call a vendor"
    )
    handlers: dict[ProgramName, Handler] = Field(
        default_factory=dict, description="programs of the team that receive webhooks"
    )
    source: SourceCode = Field(default=SourceCode(), description="where the integration's files lie")
    monitoring: Monitoring | None = Field(default=None, description="where the team watches the integration")
    traffic: Texts = Field(default=(), description="recorded production traffic: Parquet, JSON lines or HAR files")
    operations: Operations | None = Field(default=None, description="who looks after it, by what papers")
    questions: Text | None = Field(default=None, description="file with questions for the assistant")
    attestations: Text | None = Field(default=None, description="file with what people vouch for")
    waivers: Text | None = Field(default=None, description="file with accepted gaps")
    cassettes: Cassettes = Field(default=Cassettes(), description="recordings of golive's own calls")
    history: History | None = Field(default=None, description="where runs are kept; default: .golive/history.sqlite")
    not_applicable: tuple[NotApplicable, ...] = Field(
        default=(), description="rules that do not concern this integration"
    )

    _document: Document | None = PrivateAttr(default=None)

    def read_from(self, document: Document) -> Manifest:
        """Remember the file this was read from, so that later mistakes can name their lines."""
        self._document = document
        return self

    def mistake(self, path: Iterable[str | int], message: str) -> Mistake:
        """Return a mistake at the line of `path`; without a file behind the manifest, about no line."""
        if self._document is None:
            return Mistake("golive.yaml", 0, message)
        return Mistake(self._document.file, self._document.line(tuple(path)), message)
