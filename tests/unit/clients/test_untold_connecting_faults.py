"""Where a fault of connecting or of keys cannot be told or does not apply, it says why: on a lab that drives nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.script import Scenario
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trace import Connection, Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.manifest.model import Client
from pytest_golive.vendors.library import client_faults, read_pack
from tests.unit.clients.traces import called, row, seen, sent

Seen = Callable[[Scenario], Trace]

NOTHING = seen((), called())
FIRED = row(503, fired="503")
OPEN = Connection(0, "vendor", 0.0)
"""A connection that is still open."""


class Told(Lab):
    """A lab in which every drive was seen before."""

    def __init__(self, look: Seen, **client: Any) -> None:
        said = {"vendor": "timely", "command": ["crm"], "operations": ["list_contacts", "create_contact"], **client}
        super().__init__(Setup("crm", Client.model_validate(said), read_pack("timely"), Path()), None)  # type: ignore[arg-type]
        self._look = look

    def run(self, scenario: Scenario) -> Trace:
        return self._look(scenario)


def tried(fault: str, look: Seen | Trace, operation: str | None = "list_contacts", **client: Any) -> str:
    """Return what comes of a fault, in a line."""
    lab = Told((lambda _: look) if isinstance(look, Trace) else look, **client)
    asked = None if client_faults()[fault].each == "client" else operation
    try:
        functions()[fault](Trial(lab, client_faults()[fault], asked))
    except CannotTell as unclear:
        return f"{unclear.finding.expected} | {unclear.finding.actual}"
    except CheckFailed as failed:
        return f"red: {failed.finding.actual}"
    except NotVerified as missing:
        return str(missing)
    return "held"


def over(proof: str, trace: Trace, otherwise: Trace) -> Seen:
    return lambda scenario: trace if scenario.script.tls == proof else otherwise


REFUSED = seen((), called(), connections=(Connection(0, "vendor", 0.0, 0.1, "client", handshake="unknown ca"),))
ENTERED = seen(row(200), called("ok"), connections=(OPEN,))
TRUSTS_NOBODY = (
    "a client that trusts the authority named by SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, "
    "CURL_CA_BUNDLE, DENO_CERT, or by {ca_file} in its environ | "
    "it trusts none of its certificates, not even the right one"
)
INSTEAD = "; list_contacts failed as backend: ''"
NO_REQUEST = f"a request | none was sent{INSTEAD}"
GAVE_UP = "the client gave up before it sent one"


@pytest.mark.parametrize(
    ("fault", "look", "told"),
    [
        ("CL-37", NOTHING, "a request that meets the fault | the client sent none"),
        (
            "CL-40",
            seen(row(200), called("ok")),
            "an address that accepts no connection | a request arrived all the same",
        ),
        ("CL-40", NOTHING, "held"),
        (
            "CL-41",
            seen(row(500), called(), called(id="c2")),
            "a first call that succeeds | list_contacts failed",
        ),
        (
            "CL-41",
            seen(row(200), called("ok"), called(id="c2", began_at=6.0), connections=(OPEN,)),
            "a connection that is closed before the second call | it was in use",
        ),
        ("CL-71", NOTHING, f"a connection to the vendor | there was none{INSTEAD}"),
        ("CL-73", NOTHING, f"a connection to the vendor | there was none{INSTEAD}"),
        ("CL-71", REFUSED, "held"),
        ("CL-72", REFUSED, TRUSTS_NOBODY),
        ("CL-72", over("good", ENTERED, REFUSED), "held"),
        ("CL-73", REFUSED, TRUSTS_NOBODY),
        ("CL-77", NOTHING, NO_REQUEST),
        ("CL-78", NOTHING, NO_REQUEST),
        ("CL-81", NOTHING, NO_REQUEST),
        ("CL-80", seen(row(200), called("ok")), "a key that is refused with 401 | it was not"),
        ("CL-82", seen((), called("user")), f"a request | {GAVE_UP}; list_contacts failed as user: ''"),
        ("CL-82", seen((), called("crash")), f"a request | {GAVE_UP}; list_contacts crashed: "),
        ("CL-82", over("good", ENTERED, NOTHING), "held"),
        ("CL-82", over("good", REFUSED, NOTHING), "held"),
        ("CL-82", NOTHING, "red: once called, and nothing arrived there"),
        ("CL-83", NOTHING, f"a connection to the vendor or the proxy | there was none{INSTEAD}"),
    ],
)
def test_what_cannot_be_told_says_why(fault: str, look: Seen | Trace, told: str) -> None:
    """In words of its own, and never as a failure of the client."""
    assert tried(fault, look) == told


def test_what_a_client_cannot_show_is_not_applicable() -> None:
    """One operation alone holds up no other; a log that golive does not hold is not searched."""
    held_up = tried("CL-44", NOTHING, operations=["list_contacts"], concurrent=True)
    log = tried("CL-75", NOTHING, command=None, url="http://127.0.0.1:9/golive")

    assert held_up == "not applicable: crm has one operation only"
    assert log == "clients.crm.command is missing: golive reads the log of what it starts itself"


def test_who_goes_through_a_proxy_of_the_environment_is_told_so() -> None:
    """A tunnel does no harm, and may be meant; the key within what asks for it is a fault."""
    tunnel = sent(0.0, 502, listener="proxy", method="CONNECT", operation=None, credential=None)
    leaking = sent(0.0, 502, listener="proxy", method="CONNECT", operation=None)
    with recording(CheckRecord("a check")) as record:
        quiet = tried("CL-83", seen([tunnel], called(), connections=(OPEN,)))
    loud = tried("CL-83", seen([leaking], called(), connections=(OPEN,), keys=("0123456789ab",)))

    assert quiet == "held"
    assert record.warnings == ["crm takes its proxy from the variables of its environment"]
    assert loud == "red: the proxy got it in its headers"
