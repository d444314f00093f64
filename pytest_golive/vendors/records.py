"""What a vendor itself keeps about the calls made to it, and about what it delivered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pytest_golive.vendors.fact import Fact, Name

Places = Annotated[tuple[str, ...], Field(min_length=1)]


class Recorded(Fact):
    """A listing of one kind of record, newest first; the first path of each at which a row has something counts."""

    operation: Name = Field(description="the listing")
    each: Name | None = Field(default=None, description="a listing whose ids the path of the first one needs")
    argument: Name | None = Field(default=None, description="the argument that takes such an id")
    arguments: dict[str, str] = Field(default_factory=dict, description="further arguments of the listing")
    size: Annotated[int, Field(gt=0)] | None = Field(default=None, description="how many rows a page shall hold")
    lag: Name | None = Field(default=None, description="the setting that says how late a row may come to show")
    time: Places = Field(description="when it happened")
    actor: tuple[str, ...] = Field(default=(), description="whose key it was")
    agent: tuple[str, ...] = Field(default=(), description="the User-Agent of the call")
    request: tuple[str, ...] = Field(default=(), description="the id of the call that caused it")
    host: tuple[str, ...] = Field(default=(), description="the host that was called")
    endpoint: tuple[str, ...] = Field(default=(), description="the path, with placeholders where there are some")
    method: tuple[str, ...] = Field(default=(), description="the method of the call")
    status: tuple[str, ...] = Field(default=(), description="the status of the answer, or how a delivery ended")
    microseconds: tuple[str, ...] = Field(default=(), description="how long it took")
    failed: tuple[str, ...] = Field(default=(), description="what a status is where a delivery failed")
    over: tuple[str, ...] = Field(default=(), description="what a status is where a delivery is over, either way")


class Statistics(Fact):
    """Numbers that the vendor tells of a span of days; where a value is counted, by dotted paths."""

    operation: Name = Field(description="what tells them")
    since: str = Field(description="its argument for the first day")
    until: str = Field(description="its argument for the last day")
    feedback: dict[str, Places] = Field(default_factory=dict, description="a rating -> how many there were")
    answers: dict[str, Places] = Field(default_factory=dict, description="a level of confidence -> how many there were")


class Records(Fact):
    """What of it there is."""

    calls: Recorded | None = Field(default=None, description="the calls made with this key and others of the account")
    changes: Recorded | None = Field(default=None, description="what was created, changed and deleted")
    deliveries: Recorded | None = Field(default=None, description="attempts to deliver webhooks")
    statistics: Statistics | None = Field(default=None, description="ratings and levels, by days")
