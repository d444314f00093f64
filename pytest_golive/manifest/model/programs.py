"""`clients` and `handlers` of golive.yaml: programs of the team."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from pytest_golive.credentials.source import Source
from pytest_golive.manifest.model.form import (
    Argv,
    Frozen,
    PythonObject,
    Seconds,
    Text,
    Texts,
    WebAddress,
    exactly_one_of,
)


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
