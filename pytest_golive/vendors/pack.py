"""What a vendor pack says: how the vendor's API is reached, called and answered.

A pack is a folder of data, ``pack.yaml`` beside ``rules.yaml``, with its JSON Schemas under
``schemas/<vendor>/``. Every contract fact carries its evidence: *documented* with the page it stands on, or
*assumed* where the vendor's pages are silent. Against a real environment an assumed fact that does not hold is
an observation, never a failure.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.fact import Fact, Frozen, Name, Refused, Seconds, Status
from pytest_golive.vendors.operation import Composite, Operation
from pytest_golive.vendors.records import Records
from pytest_golive.vendors.webhooks import Webhooks


class BaseUrl(Fact):
    """Where the vendor's documented API stands."""

    production: str = Field(description="the vendor's public address, version path included")
    path: str = Field(description="the path part every base URL of this vendor ends with, '' for none")
    variable: str = Field(description="environment variable that vendor samples read it from")


class Authentication(Fact):
    """How a request proves who sends it."""

    header: str = Field(description="name of the header that carries the key")
    scheme: Literal["plain", "bearer", "basic"] = Field(description="how the key is written into the header")
    also: tuple[Literal["plain", "bearer", "basic"], ...] = Field(default=(), description="further right ways to write")
    credential: Name = Field(default="api_key", description="which credential signs golive's own calls")
    refused: tuple[Status, ...] = Field(description="statuses that say the key is missing, wrong or revoked")
    codes: tuple[str, ...] = Field(default=(), description="codes of the error body that say so; empty for any")


class Credential(Fact):
    """A secret the vendor hands out."""

    title: str
    variable: str = Field(description="environment variable that vendor samples read it from")
    required: bool = False
    pattern: str | None = Field(default=None, description="regular expression of such a secret, for searches in files")
    test_prefix: str | None = Field(default=None, description="how one of a test environment begins")
    production_prefix: str | None = Field(default=None, description="how one of production begins")


class Identifier(Fact):
    """An id that belongs to configuration, never to user input: a tenant, a site, a workspace."""

    title: str
    variable: str = Field(description="environment variable that vendor samples read it from")
    required: bool = False
    example: str


class Feature(Fact):
    """A part of the API a team may not use; what it needs is then not applicable."""

    title: str
    default: bool


class Setting(Fact):
    """A value that rules need and only the team knows: a timeout, a retry policy, a threshold."""

    title: str
    json_schema: dict[str, Any] = Field(alias="schema", description="JSON Schema (2020-12) of the value")
    example: Any = Field(description="a right value, as `golive init` writes it")


class Allowance(Fact):
    """Something beyond reading that golive.yaml may allow by name in production."""

    title: str
    cost: str = Field(description="what it costs or leaves behind, in the words of a bill")


class ErrorStatus(Fact):
    """One status the vendor answers errors with."""

    meaning: str
    retry: Literal["never", "bounded"]


class ErrorCode(Fact):
    """One machine-readable code inside the vendor's error body."""

    status: Status
    also: tuple[Status, ...] = Field(default=(), description="further statuses it may come with")
    meaning: str
    retry: Literal["never", "bounded"] = "never"
    types: tuple[str, ...] = Field(default=(), description="what the body's type says with it")
    concerns: Literal["user", "backend", "either"] = Field(
        default="backend",
        description="user: the input was wrong, and the user may be told; backend: everything else; "
        "either: the vendor lets the client choose",
    )

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status it may come with."""
        return (self.status, *self.also)


class Errors(Fact):
    """How the vendor says no."""

    body: str = Field(description="schema file of an error body")
    code: str | None = Field(default=None, description="path in the body to the code for programs: error.code")
    told_apart: bool = Field(
        default=False, description="the vendor asks its clients to tell users' mistakes from all else, code by code"
    )
    type: str | None = Field(default=None, description="path in the body to the class of the error: error.type")
    param: str | None = Field(default=None, description="path in the body to the name of the wrong field")
    transient: str | None = Field(default=None, description="path in the body to whether trying again may help")
    status: str | None = Field(default=None, description="path in the body that repeats the status")
    refusals: tuple[Status, ...] = Field(description="statuses by which bad input may be refused")
    data_codes: tuple[str, ...] = Field(default=(), description="codes that refuse bad input; empty for any")
    body_evidence: Evidence | None = Field(
        default=None, description="whether it is stated that a body which is no JSON object is refused; else `evidence`"
    )
    statuses: dict[Status, ErrorStatus]
    codes: dict[str, ErrorCode] = Field(default_factory=dict)
    unknown_id: Refused | None = Field(default=None, description="how an id nobody has is refused")
    foreign_id: Refused | None = Field(default=None, description="how an id of another account is refused")
    forbidden: Refused | None = Field(default=None, description="how a key without the right is refused")
    unknown_query: Refused | None = Field(default=None, description="how an unknown query parameter is refused")


class RetryPolicy(Fact):
    """The retry policy that the vendor asks of its clients."""

    max_retries: Annotated[int, Field(ge=0)]
    base_seconds: Seconds
    factor: Annotated[float, Field(ge=1)]
    cap_seconds: Seconds
    jitter: Literal["none", "full", "equal"]
    retry_after: Literal["required", "honoured_if_present"]
    retry_after_cap_seconds: Seconds


class Patience(Fact):
    """How long the vendor's pages ask a client to wait for an answer, before it gives up."""

    seconds: Seconds
    operations: tuple[Name, ...] = Field(default=(), description="the operations it is about; empty for all")
    unless: Name | None = Field(default=None, description="the setting in which a team says why it waits less")


class Versioning(Fact):
    """The API version that every request has to name."""

    header: str
    version: str = Field(description="the version this pack describes; `settings.api_version` takes another")
    missing: Refused
    unknown: Refused
    too_old: Refused | None = None
    old_version: str | None = Field(default=None, description="a version that once was and is no longer served")
    echoed: bool = Field(default=False, description="answers repeat the header")


class Idempotency(Fact):
    """The header by which a write may be sent again without doing it twice."""

    header: str
    longest: int = Field(description="characters a key may have")
    methods: tuple[Literal["POST", "PATCH"], ...]
    replayed: str | None = Field(default=None, description="header that marks an answer given before")
    other_body: Refused = Field(description="how a used key with another body is refused")
    in_progress: Refused = Field(description="how a key is refused whose first call still runs")


class RateLimit(Fact):
    """How much a vendor lets its callers ask, and how it tells them."""

    requests: int
    per_seconds: Seconds
    scope: Literal["key", "address"]
    headers: dict[Literal["limit", "remaining", "reset"], str] = Field(default_factory=dict)
    on_success: bool = Field(default=True, description="the headers come with every answer, not only with refusals")


class RequestBudget(Fact):
    """How much golive itself asks of the vendor, all threads and workers together; golive.yaml may say otherwise."""

    requests: Annotated[int, Field(gt=0)]
    per_seconds: Seconds
    in_flight: Annotated[int, Field(gt=0)] = Field(description="calls under way at once")
    production_requests: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="fewer, where real customers are"
    )


class AnswerHeader(Fact):
    """A header every answer carries."""

    title: str
    pattern: str = Field(description="regular expression its whole value fits")


class Privileges(Fact):
    """Where the vendor tells what a key may do."""

    operation: Name = Field(description="the operation that tells it")
    held: str = Field(description="path in its answer to the list of scopes or permissions")
    aliases: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="a scope of one vocabulary -> those of the usual one that it stands for"
    )
    coarse: tuple[str, ...] = Field(default=(), description="scopes that are more than any one service needs")


class RotationStep(Fact):
    """One step by which a key is replaced."""

    title: str = Field(description="what to do, one sentence")
    rules: tuple[str, ...] = Field(default=(), description="rules of the suite postrotation that are decided after it")


class Variant(Fact):
    """One of several things that a vendor's pages say about the same matter."""

    title: str
    looks: dict[str, Any] | None = Field(
        default=None, description="JSON Schema that the observed answer fits if this variant is served; None: not seen"
    )


class Contradiction(Fact):
    """A matter in which the vendor's own pages disagree: every variant is right, the one that is served is recorded."""

    title: str
    operation: Name | None = Field(default=None, description="the reading operation whose answer shows it; None: none")
    variants: Annotated[dict[Name, Variant], Field(min_length=1)]
    taken: Name = Field(description="the variant this pack and the sandbox follow")


class Profile(Fact):
    """The same API under another brand: what of the pack is different there."""

    title: str
    changes: dict[str, Any] = Field(description="parts of pack.yaml to replace, nested as there; null takes one out")


class Pack(Frozen):
    """One vendor, whole."""

    pack: Literal[1]
    vendor: Name
    title: str
    docs: str
    rule_prefix: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    pages: dict[str, str] = Field(description="code of a page -> its path below `docs`")
    profiles: dict[Name, Profile] = Field(default_factory=dict)
    base_url: BaseUrl
    authentication: Authentication
    authentications: dict[Name, Authentication] = Field(
        default_factory=dict, description="further ways in, for the operations that name them"
    )
    headers: dict[str, str] = Field(default_factory=dict, description="further headers every request needs")
    libraries: tuple[str, ...] = Field(default=(), description="the vendor's own libraries, as registries name them")
    versioning: Versioning | None = None
    idempotency: Idempotency | None = None
    rate_limit: RateLimit | None = None
    budget: RequestBudget | None = None
    answer_headers: dict[str, AnswerHeader] = Field(default_factory=dict)
    credentials: dict[Name, Credential]
    ids: dict[Name, Identifier] = Field(default_factory=dict)
    features: dict[Name, Feature] = Field(default_factory=dict)
    settings: dict[Name, Setting] = Field(default_factory=dict)
    allowances: dict[Name, Allowance] = Field(default_factory=dict)
    privileges: Privileges | None = None
    contradictions: dict[str, Contradiction] = Field(default_factory=dict)
    rotation: tuple[RotationStep, ...] = Field(default=(), description="how a key is replaced, in order")
    errors: Errors
    retry: RetryPolicy
    patience: Patience | None = None
    webhooks: Webhooks | None = None
    records: Records | None = Field(default=None, description="what the vendor itself keeps of the traffic")
    operations: dict[Name, Operation]
    composites: dict[Name, Composite] = Field(
        default_factory=dict, description="what clients offer as one operation, and is made of several"
    )
    driven_as: dict[Name, Name] = Field(
        default_factory=dict, description="placeholder of a path -> what it is called when a client is driven"
    )

    def authentication_of(self, operation: Operation) -> Authentication:
        """Return how a call of this operation proves who sends it."""
        return self.authentications[operation.authentication] if operation.authentication else self.authentication

    @property
    def drivable(self) -> tuple[str, ...]:
        """Names of what a client may be asked for: operations, then composites."""
        return (*self.operations, *self.composites)

    def calls_of(self, name: str) -> tuple[str, ...]:
        """Return the operations that something drivable is made of: itself, or the parts of a composite."""
        composite = self.composites.get(name)
        return (name,) if composite is None else (composite.submit, composite.poll)
