"""What a vendor pack says: how the vendor's API is reached, called and answered.

A pack is a folder of data, ``pack.yaml`` beside ``rules.yaml``, with its JSON Schemas under
``schemas/<vendor>/``. Every contract fact carries its evidence: *documented* with the page it stands on, or
*assumed* where the vendor's pages are silent. Against a real environment an assumed fact that does not hold is
an observation, never a failure.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pytest_golive.facts.outcome import Effects, Evidence

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Status = Annotated[int, Field(ge=100, le=599)]
Seconds = Annotated[float, Field(gt=0)]


class Frozen(BaseModel):
    """A value that is read once and never changed; an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Frozen):
    """Something the contract says, and how sure we are of it."""

    evidence: Evidence = Field(description="documented: stated on the source page; assumed: chosen by the pack")
    source: str | None = Field(default=None, description="code of the vendor's page, see `pages`")


class BaseUrl(Fact):
    """Where the vendor's documented API stands."""

    production: str = Field(description="the vendor's public address, version path included")
    path: str = Field(description="the path part every base URL of this vendor ends with, '' for none")
    variable: str = Field(description="environment variable that vendor samples read it from")


class Authentication(Fact):
    """How a request proves who sends it."""

    header: str = Field(description="name of the header that carries the key")
    scheme: Literal["plain", "bearer", "basic"] = Field(description="how the key is written into the header")
    credential: Name = Field(default="api_key", description="which credential signs golive's own calls")
    refused: tuple[Status, ...] = Field(description="statuses that say the key is missing, wrong or revoked")


class Credential(Fact):
    """A secret the vendor hands out."""

    title: str
    variable: str = Field(description="environment variable that vendor samples read it from")
    required: bool = False


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
    meaning: str
    retry: Literal["never", "bounded"] = "never"


class Errors(Fact):
    """How the vendor says no."""

    body: str = Field(description="schema file of an error body")
    refusals: tuple[Status, ...] = Field(description="statuses by which bad input may be refused")
    statuses: dict[Status, ErrorStatus]
    codes: dict[str, ErrorCode] = Field(default_factory=dict)


class RetryPolicy(Fact):
    """The retry policy that the vendor asks of its clients."""

    max_retries: Annotated[int, Field(ge=0)]
    base_seconds: Seconds
    factor: Annotated[float, Field(ge=1)]
    cap_seconds: Seconds
    jitter: Literal["none", "full", "equal"]
    retry_after: Literal["required", "honoured_if_present"]
    retry_after_cap_seconds: Seconds


class OperationRetry(Fact):
    """Whether one operation may be repeated after each kind of failure."""

    rate_limited: Literal["yes", "bounded", "no"]
    server_error: Literal["yes", "bounded", "no"]
    timeout: Literal["yes", "with_care", "no"]


class Paging(Fact):
    """A named style of walking through a listing, with its parameters."""

    style: Literal["page_number", "cursor", "offset", "none"]
    size: str | None = Field(default=None, description="query parameter for the size of a page")
    page: str | None = Field(default=None, description="query parameter for the page or cursor")
    items: tuple[str, ...] = Field(description="where the items stand: keys to try in order, '' for a bare array")
    next: str | None = Field(default=None, description="where the next cursor stands in the body")
    total_pages: str | None = Field(default=None, description="where the number of pages stands in the body")


class Polling(Fact):
    """How the end of an asynchronous operation is awaited."""

    operation: Name
    arguments: dict[str, str] = Field(description="argument of the polling call -> field of the first answer")
    status: str = Field(description="field that tells the state")
    waiting: tuple[str, ...]
    done: tuple[str, ...]
    failed: tuple[str, ...]
    interval_seconds: Seconds
    budget_seconds: Seconds


class Query(Fact):
    """One query parameter of an operation."""

    json_schema: dict[str, Any] = Field(alias="schema")
    required: bool = False


class Request(Fact):
    """The body an operation takes."""

    media: Literal["json", "multipart"] = "json"
    json_schema: str = Field(alias="schema", description="schema file of the body")
    file: str | None = Field(default=None, description="multipart: the part that holds the file")


class Response(Fact):
    """The answer an operation gives when it accepted the call."""

    statuses: tuple[Status, ...] = Field(description="the statuses the pack expects; another 2xx is observed")
    json_schema: str = Field(alias="schema", description="schema file of the body")


class Removal(Frozen):
    """The call that takes back what an operation created."""

    operation: Name
    arguments: dict[str, Any] = Field(description="arguments; '{id}' stands for what was created")


class Listing(Frozen):
    """The call that shows what exists, and how a created thing is recognised in it."""

    operation: Name
    id: tuple[str, ...] = Field(description="fields of an item that may hold its id, tried in order")
    name: str | None = Field(default=None, description="field of an item that holds the name golive gave it")


class Creation(Frozen):
    """What an operation creates, so that it can be found and removed."""

    kind: Name
    id: tuple[str, ...] = Field(default=(), description="fields of the answer that may hold the id, in order")
    argument: Name | None = Field(default=None, description="argument whose value names what is created")
    remove: Removal | None = None
    listing: Listing | None = None


class Repetition(Fact):
    """What a second, equal call is allowed to do."""

    accepted: tuple[Literal["second", "same", "conflict", "gone"], ...] = Field(
        description="second: another resource; same: a success that changes nothing; conflict: 409; gone: 404"
    )
    distinct: str | None = Field(default=None, description="field of the answer that differs between `second` answers")
    absent: str | None = Field(default=None, description="field that the repeated answer leaves out")


class BadValue(Fact):
    """One wrong request body that a schema alone does not tell, and how it has to be received."""

    title: str = Field(description="the change in words, after '`field` ': 'is in capital letters'")
    change: dict[str, Any] = Field(default_factory=dict, description="fields to replace in the valid body")
    elsewhere: dict[str, Any] = Field(default_factory=dict, description="arguments of path or query to replace")
    refusals: tuple[Status, ...] | None = Field(default=None, description="instead of the vendor's usual statuses")
    tolerated: bool = Field(default=False, description="a success is recorded, not failed")

    @model_validator(mode="after")
    def _something_is_wrong(self) -> BadValue:
        if not self.fields:
            raise ValueError("name what is wrong, in change or elsewhere")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what is wrong, in order."""
        return (*self.change, *self.elsewhere)


class Operation(Fact):
    """One call of the vendor's API."""

    title: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(description="below the base URL; {names} are filled from ids, else from the arguments")
    query: dict[str, Query] = Field(default_factory=dict)
    request: Request | None = None
    response: Response
    effects: Effects
    allowance: Name | None = Field(default=None, description="what golive.yaml has to allow in production")
    feature: Name | None = None
    retry: OperationRetry
    timeout_seconds: Seconds
    paging: Paging | None = None
    polling: Polling | None = None
    creates: Creation | None = None
    repetition: Repetition | None = None
    tolerates: dict[str, str] = Field(
        default_factory=dict,
        description="derived bad inputs the contract leaves open, by case id ('message:blank'), with the reason",
    )
    bad_values: tuple[BadValue, ...] = ()
    example: dict[str, Any] = Field(
        default_factory=dict,
        description="arguments of a valid call; '{fresh:KIND}' is a new name, '{id:NAME}' a configured id, "
        "'{answer:OPERATION.FIELD}' what that operation, called by its own example before, answered",
    )


class Pack(Frozen):
    """One vendor, whole."""

    pack: Literal[1]
    vendor: Name
    title: str
    docs: str
    rule_prefix: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    pages: dict[str, str] = Field(description="code of a page -> its path below `docs`")
    base_url: BaseUrl
    authentication: Authentication
    headers: dict[str, str] = Field(default_factory=dict, description="further headers every request needs")
    credentials: dict[Name, Credential]
    ids: dict[Name, Identifier]
    features: dict[Name, Feature] = Field(default_factory=dict)
    settings: dict[Name, Setting] = Field(default_factory=dict)
    allowances: dict[Name, Allowance] = Field(default_factory=dict)
    errors: Errors
    retry: RetryPolicy
    operations: dict[Name, Operation]
