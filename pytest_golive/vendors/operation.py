"""One call of a vendor's API, as its pack describes it: how it is made, answered, repeated and taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.fact import Fact, Frozen, Name, Refused, Seconds, Status


class OperationRetry(Fact):
    """Whether one operation may be repeated after each kind of failure."""

    rate_limited: Literal["yes", "bounded", "no"]
    server_error: Literal["yes", "bounded", "no"]
    timeout: Literal["yes", "with_care", "no"]


class Next(Frozen):
    """Where an answer tells how to go on."""

    path: str = Field(description="path in the body: page_info.next_cursor")
    kind: Literal["cursor", "url"] = Field(description="cursor: to be sent as the page parameter; url: to be followed")


class Paging(Fact):
    """A named style of walking through a listing, with its parameters.

    Where the vendor's pages contradict each other, several shapes are listed: the first that an answer holds counts.
    """

    style: Literal["page_number", "cursor", "offset", "none"]
    size: tuple[str, ...] = Field(default=(), description="query parameters for the size of a page; all are sent")
    page: str | None = Field(default=None, description="query parameter for the page, cursor or offset")
    items: tuple[str, ...] = Field(description="where the items stand: paths to try in order, '' for a bare array")
    id: tuple[str, ...] = Field(default=("id",), description="fields of an item that may hold its id, in order")
    next: tuple[Next, ...] = Field(default=(), description="cursor: where the way on stands, to be tried in order")
    total: tuple[str, ...] = Field(default=(), description="where the number of items stands, to be tried in order")
    total_pages: tuple[str, ...] = Field(default=(), description="where the number of pages stands")
    largest: int | None = Field(default=None, description="the largest size of a page")
    default_size: int | None = Field(default=None, description="the size of a page when none is asked for")
    too_large: Refused | None = Field(default=None, description="how a size above the largest is refused")
    clamps: bool = Field(default=False, description="a size above the largest may also be answered with the largest")
    altered: Refused | None = Field(default=None, description="cursor: how a cursor that was tampered with is refused")
    restless: bool = Field(
        default=False, description="calls of any kind add to the listing, so that no two walks over it can be compared"
    )
    behind_the_end: Literal["empty", "refused"] = "empty"
    nothing: dict[str, Any] = Field(
        default_factory=dict, description="arguments that match nothing, for a walk over no items; as in examples"
    )


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
    json_schema: str = Field(alias="schema", description="schema file of the body; one of 204 has none to fit")


class Removal(Frozen):
    """The call that takes back what an operation created."""

    operation: Name
    arguments: dict[str, Any] = Field(description="arguments; '{id}' stands for what was created")


class Listing(Frozen):
    """The call that shows what exists, and how a created thing is recognised in it."""

    operation: Name
    arguments: dict[str, Any] = Field(default_factory=dict, description="arguments the listing needs; '{name}' is it")
    id: tuple[str, ...] = Field(description="fields of an item that may hold its id, tried in order")
    name: str | None = Field(default=None, description="field of an item that holds the name golive gave it")


class Creation(Frozen):
    """What an operation creates, so that it can be found and removed."""

    kind: Name
    id: tuple[str, ...] = Field(default=(), description="paths in the answer that may hold the id, in order: data.id")
    argument: Name | None = Field(default=None, description="argument whose value names what is created")
    remove: Removal | None = None
    listing: Listing | None = None


class Hidden(Frozen):
    """A secret inside of what a write replaces: reading shows it masked, so only golive.yaml can put it back."""

    path: str = Field(description="where it stands in the body: config.apiSecret")
    credential: Name = Field(description="the credential of golive.yaml that holds it")
    where: dict[str, str] = Field(default_factory=dict, description="only for these arguments of the call")


class Overwrites(Frozen):
    """What a write replaces, so that it can be put back as it was."""

    read: Name = Field(description="the operation that reads what is there before")
    by: tuple[Name, ...] = Field(default=(), description="arguments that both calls share: they name what is replaced")
    keep: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="fields of what was read that make the body which puts it back"
    )
    hidden: tuple[Hidden, ...] = ()
    unless_there: Name | None = Field(
        default=None, description="the operation that takes away what was not there before"
    )


class Repetition(Fact):
    """What a second, equal call is allowed to do."""

    accepted: tuple[Literal["second", "same", "conflict", "gone", "refused"], ...] = Field(
        description="second: another resource; same: a success that changes nothing; conflict: 409; gone: 404 or 410; "
        "refused: another refusal of the 4xx class"
    )
    distinct: str | None = Field(default=None, description="path in the answer that differs between `second` answers")
    absent: str | None = Field(default=None, description="field that the repeated answer leaves out")


class Unique(Fact):
    """A field whose value may be taken only once: what a second creation with the same value does."""

    title: str = Field(description="what is unique, in words: 'the number of a customer'")
    change: dict[str, Any] = Field(
        description="fields that both creations share, with '{fresh:KIND}' for a value of their own; the rest differs"
    )
    accepted: tuple[Literal["second", "same", "conflict"], ...] = Field(
        description="second: allowed, another one is made; same: the first one is returned; conflict: refused"
    )
    refused: Refused | None = Field(default=None, description="conflict: how")
    same: str = Field(default="id", description="path in the answer that tells the two apart")


class Batch(Fact):
    """Where a call that carries several things says what became of each."""

    items: str = Field(description="argument that lists the things")
    id: str = Field(description="field of a thing that names it, in the call and in the answer")
    rejected: str = Field(description="path in the answer to the list of things that were not taken")
    reason: str = Field(default="reason", description="field of a rejected thing that says why")


class BadValue(Fact):
    """One wrong request body that a schema alone does not tell, and how it has to be received."""

    title: str = Field(description="the change in words, after '`field` ': 'is in capital letters'")
    change: dict[str, Any] = Field(default_factory=dict, description="fields to replace in the valid body")
    elsewhere: dict[str, Any] = Field(default_factory=dict, description="arguments of path or query to replace")
    refusals: tuple[Status, ...] | None = Field(default=None, description="instead of the vendor's usual statuses")
    codes: tuple[str, ...] | None = Field(default=None, description="instead of the vendor's usual codes")
    tolerated: bool = Field(default=False, description="a success is recorded, not failed")
    known_failure: str | None = Field(
        default=None,
        description="where the vendor is known to fail on it (5xx): a failure is recorded, with this reason",
    )
    family: Literal["incomplete", "invalid"] = "invalid"

    @model_validator(mode="after")
    def _something_is_wrong(self) -> BadValue:
        if not self.fields:
            raise ValueError("name what is wrong, in change or elsewhere")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what is wrong, in order."""
        return (*self.change, *self.elsewhere)


class Expansion(Fact):
    """A sub-object that an answer holds only when it is asked for."""

    query: str = Field(description="query parameter that asks for it: include[]")
    value: str = Field(description="its value: owner")
    path: str = Field(description="path in the answer (in an item, for a listing) that is filled then")


class Parity(Fact):
    """How a configuration object is found again in another environment, where its id is another one."""

    title: str = Field(description="what these objects are, in words, in the plural: 'units'")
    natural_key: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="paths in an item; together a key")
    compare: tuple[str, ...] = Field(default=(), description="paths in an item that have to be equal, too")
    where: dict[str, Any] = Field(default_factory=dict, description="only items that hold these values by path")


class Composite(Fact):
    """Several calls that clients offer as one: something is submitted, and polled for until it is over."""

    title: str
    submit: Name = Field(description="the operation that begins it; the composite takes its arguments")
    poll: Name = Field(description="the operation that tells how far it is")


class Operation(Fact):
    """One call of the vendor's API."""

    title: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(description="below the base URL; {names} are filled from ids, else from the arguments")
    query: dict[str, Query] = Field(default_factory=dict)
    request: Request | None = None
    response: Response
    effects: Effects
    open: bool = Field(default=False, description="answers without a key")
    authentication: Name | None = Field(default=None, description="one of `authentications`, instead of the usual one")
    scopes: tuple[str, ...] = Field(default=(), description="scopes or permissions of which one is needed")
    allowance: Name | None = Field(default=None, description="what golive.yaml has to allow in production")
    feature: Name | None = None
    retry: OperationRetry
    timeout_seconds: Seconds
    paging: Paging | None = None
    polling: Polling | None = None
    creates: Creation | None = None
    overwrites: Overwrites | None = None
    repetition: Repetition | None = None
    batch: Batch | None = None
    unique: dict[Name, Unique] = Field(default_factory=dict)
    expansions: dict[Name, Expansion] = Field(default_factory=dict)
    parity: Parity | None = None
    reads_one: Name | None = Field(
        default=None, description="of a listing: the operation that reads one of its items by the id in its path"
    )
    unknown_id: Refused | None = Field(
        default=None, description="how an id nobody has is refused, instead of errors.unknown_id"
    )
    tolerates: dict[str, str] = Field(
        default_factory=dict,
        description="derived bad inputs the contract leaves open, by case id ('message:blank'), with the reason",
    )
    bad_values: tuple[BadValue, ...] = ()
    example: dict[str, Any] = Field(
        default_factory=dict,
        description="arguments of a valid call; '{fresh:KIND}' is a new name, '{id:NAME}' a configured id, "
        "'{setting:NAME}' a setting, '{answer:OPERATION.PATH}' what that operation, called by its own example before, "
        "answered, '{own:OPERATION.PATH}' the same of a call made for this one alone, '{first:OPERATION.PATH}' that of "
        "the first item of a listing",
    )
