"""A vendor to call that answers what a test says, behind a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.manifest.environment import Target
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.routing import Routes
from pytest_golive.sandbox.server import Server
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

KEY = "upz_test_5Kq9zQx1mN7r"
Reply = Response | Callable[[Request], Response]


@dataclass(slots=True)
class Talk:
    """Answers by operation, one reply after the other; the last one stays.

    Attributes:
        replies: operation -> what it answers, in order.
        heard: the operations that were called, with their requests.
    """

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    heard: list[tuple[str, Request]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        name = Routes(read_pack("uppzy")).find(request.method, request.path).operation
        self.heard.append((name, request))
        replies = self.replies.get(name, [json_response(404, {"error": "not found"})])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply if isinstance(reply, Response) else reply(request)

    def say(self, operation: str, *replies: Reply) -> None:
        """Answer an operation so, one reply after the other."""
        self.replies[operation] = list(replies)

    @property
    def called(self) -> list[str]:
        """The operations that were called, in order."""
        return [name for name, _ in self.heard]


class MakeVendor(Protocol):
    """Makes a vendor to call."""

    def __call__(
        self,
        *,
        strict: bool = ...,
        permit: Permit = ...,
        pack: Pack | None = ...,
        base_url: str | None = ...,
        **changes: Any,
    ) -> Vendor: ...


STAGING = Permit("staging", production=False, allowed=frozenset())


@pytest.fixture
def talk() -> Talk:
    """What the vendor says."""
    return Talk()


@pytest.fixture
def server(talk: Talk) -> Iterator[Server]:
    """The vendor's socket."""
    with Server(talk) as running:
        yield running
    assert running.failures == []


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal."""
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def redactor() -> Redactor:
    """Knows the key."""
    return Redactor([Secret(KEY, "uppzy.api_key")])


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    """The check that everything belongs to."""
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def make_vendor(server: Server, journal: Journal, redactor: Redactor, record: CheckRecord) -> Iterator[MakeVendor]:
    """Make a vendor; every one is closed at the end."""
    made: list[Vendor] = []

    def make(
        *,
        strict: bool = True,
        permit: Permit = STAGING,
        pack: Pack | None = None,
        base_url: str | None = None,
        **changes: Any,
    ) -> Vendor:
        target = Target(
            "uppzy",
            base_url or f"{server.url}/api/v1",
            credentials={"api_key": Secret(KEY, "uppzy.api_key")},
            ids={"tenant_id": "t_1", "site_id": "s_1"},
        )
        numbers = iter(range(1, 1000))
        vendor = Vendor(
            pack or read_pack("uppzy"),
            replace(target, **changes),
            permit,
            strict=strict,
            scrub=redactor.scrub,
            journal=journal,
            fresh=lambda kind: f"golive_{kind}_r_{next(numbers)}",
            run="r",
        )
        made.append(vendor)
        return vendor

    yield make
    for vendor in made:
        vendor.close()


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    """A vendor in staging, judged strictly."""
    return make_vendor()


def chatted(**fields: Any) -> Response:
    """Return a right answer to a question, with some fields changed."""
    return json_response(200, {"session_id": "s", "request_id": "req_1", "answer": "Nine to six.", **fields})


def listed(*items: Mapping[str, Any]) -> Response:
    """Return a listing."""
    return json_response(200, {"items": list(items)})
