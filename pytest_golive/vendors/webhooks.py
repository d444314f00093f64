"""How a vendor sends webhooks: what it signs and how, how it tries again, and which events there are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pytest_golive.facts.body_path import at
from pytest_golive.signing.scheme import Scheme
from pytest_golive.vendors.fact import Fact, Name, Refused, Seconds


class SigningScheme(Scheme, Fact):
    """One way to prove that a delivery comes from the vendor: a scheme, and how sure the pack is of it."""


class RetrySchedule(Fact):
    """When a refused delivery comes again."""

    title: str = ""
    waits_seconds: tuple[float, ...] = Field(description="pauses after the first, second … failure")
    retried: tuple[str, ...] = Field(
        default=("network", "timeout", "3xx", "4xx", "5xx"), description="what is tried again: classes or statuses"
    )
    honours_retry_after: bool = Field(
        default=False, description="a refusal's Retry-After takes the place of a shorter pause"
    )
    then: Literal["given_up", "dead_letter", "endpoint_disabled", "endpoint_failing"] = "given_up"
    disables_after: int | None = Field(default=None, description="failures in a row after which the endpoint changes")


class Event(Fact):
    """One kind of event."""

    title: str
    json_schema: str = Field(alias="schema", description="schema file of the whole envelope: events/x.y.json")
    data: dict[str, Any] = Field(description="a right example of what the event is about; '{fresh:KIND}' is a new name")
    subject: str | None = Field(default=None, description="path in the envelope to the id of what the event is about")
    changed_at: str | None = Field(default=None, description="path in the envelope to the time that orders the events")
    lifecycle: int | None = Field(default=None, description="place in the life of its subject, counted from 1")


class Webhooks(Fact):
    """Outgoing deliveries of a vendor."""

    secret: Name = Field(default="webhook_secret", description="credential that signs them")
    signing: Annotated[dict[Name, SigningScheme], Field(min_length=1)]
    usual: Name = Field(description="the scheme that is taken unless another was chosen")
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="further headers: templates with {event_id}, {event}, {attempt}, {timestamp} (as the scheme writes "
        "it), {delivery_id} (a uuid, the same for all attempts), {webhook_id}, {tenant}, {mode}, {version}",
    )
    envelope: dict[str, Any] = Field(
        description="the body: '{event_id}', '{event}', '{timestamp}' (RFC 3339), '{tenant}', '{mode}', '{version}'; "
        "'{data}' alone is the event's data"
    )
    event_id: str = Field(description="path in the envelope to the id of the event")
    new_event_id: str = Field(
        default="evt_{random}", description="how such an id is made: '{random}' is 24 letters and digits, '{uuid}' one"
    )
    event_id_header: str | None = None
    event: str = Field(description="path in the envelope to the name of the event")
    occurred_at: str = Field(description="path in the envelope to the time of the event")
    tenant: str | None = Field(default=None, description="path in the envelope to the workspace, site or account")
    mode: str | None = Field(default=None, description="path in the envelope to what tells live from test")
    answer_within_seconds: Seconds
    refusal: Refused = Field(description="how a handler has to refuse what is not genuine")
    retry: Annotated[dict[Name, RetrySchedule], Field(min_length=1)]
    usual_retry: Name
    test_event: dict[str, Any] = Field(
        default_factory=dict, description="what of the envelope differs in a test delivery, by path"
    )
    events: Annotated[dict[str, Event], Field(min_length=1)]

    @property
    def marks_tests(self) -> bool:
        """Whether test events go to the same endpoints as all others, with a mark: they are for nobody's business."""
        return self.mode is not None and "{mode}" not in repr(self.envelope)

    def kind_of(self, name: str) -> str | None:
        """Return the kind of thing that an event is about; None where it is about none, or nobody tells."""
        event = self.events[name]
        if event.subject is None:
            return None
        place = next((field for field, value in self.envelope.items() if value == "{data}"), "")
        kind = at({place: event.data}, event.subject)
        return kind.strip("{}").removeprefix("fresh:") if isinstance(kind, str) else None
