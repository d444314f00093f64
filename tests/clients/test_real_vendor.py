"""A vendor of a real environment behind the stand-in: here the embedded one, reached over its socket."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from pytest_golive.clients.certificates import certificates
from pytest_golive.clients.driver import Client
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.real_vendor import RealVendor, real_vendor
from pytest_golive.clients.trying import try_fault
from pytest_golive.exchange.budget import Budget
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.wire import wire
from pytest_golive.facts.finding import NotVerified
from pytest_golive.sandbox.http import Headers, Request, Response
from pytest_golive.sandbox.rehearsal import rehearse
from pytest_golive.sandbox.world import Sandbox
from tests.clients.client_programs import setup_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(["timely", "selwise"]) as running:
        yield running


def vendor_of(sandbox: Sandbox, name: str, journal: Journal, permit: Permit | None = None) -> Vendor:
    target = rehearse(sandbox)["sandbox"].targets[name]
    return Vendor(
        sandbox.apps[name].pack,  # type: ignore[attr-defined]
        target,
        permit or Permit("staging", production=False, allowed=frozenset()),
        strict=False,
        scrub=str,
        journal=journal,
        fresh=lambda kind: f"golive_{kind}_1",
        run="r1",
    )


class Behind(RealVendor):
    """Closes golive's own connections too, which a run does at its end."""

    def close(self) -> None:
        self._vendor.close()
        super().close()


def behind(sandbox: Sandbox, journal: Journal, name: str = "timely", permit: Permit | None = None) -> Behind:
    vendor = vendor_of(sandbox, name, journal, permit)
    paced = Budget(wire(vendor.base_url))
    return Behind(vendor, transport=paced, journal=journal, fresh=lambda kind: f"golive_{kind}_1")


def asked(real: RealVendor, method: str, path: str, body: object = None) -> Response:
    whole = f"{real.pack.base_url.path}{path}"
    way = real.pack.authentication
    key = real.api_key if way.scheme == "plain" else f"Bearer {real.api_key}"
    fields = [(way.header, key), ("content-type", "application/json"), ("host", "stand-in")]
    content = b"" if body is None else json.dumps(body).encode()
    return real.answer(Request(method, whole, headers=Headers(fields), body=content), whole)


def test_what_a_client_makes_is_written_down_and_what_is_refused_struck_out(sandbox: Sandbox, tmp_path: Path) -> None:
    """With the vendor's own id; reading leaves nothing, and neither does what no operation has."""
    journal = Journal(tmp_path / "journal.jsonl")
    real = behind(sandbox, journal)
    listed = asked(real, "GET", "/contacts")
    made = asked(real, "POST", "/contacts", {"customer_name": "Ana Golive"})
    refused = asked(real, "POST", "/contacts", {"customer_name": 7})
    nowhere = asked(real, "GET", "/nowhere")
    real.close()

    assert [each.status for each in (listed, made, refused, nowhere)] == [200, 201, 400, 404]
    (left,) = journal.left()
    assert (left.operation, left.environment, left.name) == ("create_contact", "staging", "Ana Golive")
    assert left.id is not None
    assert left.id in made.body.decode()
    assert set(real.secrets()) >= {"api_key", "previous_api_key"}


def test_what_a_client_replaces_is_kept_to_be_put_back(sandbox: Sandbox, tmp_path: Path) -> None:
    """Before it is replaced."""
    journal = Journal(tmp_path / "journal.jsonl")
    real = behind(sandbox, journal, "selwise")
    site = real.ids["site_id"]
    replaced = asked(real, "PUT", f"/sites/{site}/integrations/ga4", {"isActive": False, "config": {}})
    real.close()

    assert replaced.status in {200, 400}
    assert [each.puts_back is not None for each in journal.left()] == [True]


def test_what_may_not_be_done_is_refused_and_what_is_not_reached_stays_written_down(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """403 in the vendor's words, and 502; nobody knows whether the second was done."""
    journal = Journal(tmp_path / "journal.jsonl")
    reads_only = behind(sandbox, journal, permit=Permit("staging", False, frozenset(), reads_only=True))
    forbidden = asked(reads_only, "POST", "/contacts", {"customer_name": "Ana"})
    reads_only.close()
    before = journal.left()

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    vendor = vendor_of(sandbox, "timely", journal)
    lost = RealVendor(vendor, transport=httpx.MockTransport(nobody), journal=journal, fresh=str)
    unknown = asked(lost, "POST", "/contacts", {"customer_name": "Bea"})

    assert (forbidden.status, before, unknown.status) == (403, (), 502)
    assert [(each.name, each.id) for each in journal.left()] == [("Bea", None)]


def test_no_client_is_tried_in_production(sandbox: Sandbox, tmp_path: Path) -> None:
    """Whatever is allowed there."""
    journal = Journal(tmp_path / "journal.jsonl")
    vendor = vendor_of(sandbox, "timely", journal, Permit("live", production=True, allowed=frozenset({"chat_smoke"})))
    setup = setup_of("httpx", "timely", tmp_path, behind="environment")

    with pytest.raises(NotVerified) as told:
        real_vendor(vendor, setup, transport=wire, journal=journal, fresh=str)
    assert str(told.value) == ("clients.timely-httpx.behind: live is marked production, and no client is tried there")


def test_a_client_may_be_told_of_the_authority_by_a_variable_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    """Where it reads none of the usual ones."""
    look = "import json, os, sys\nfor line in sys.stdin:\n    told = {'result': os.environ['MY_CA'], 'ok': True}\n"
    look += "    print(json.dumps({'call_id': json.loads(line)['call_id'], **told}), flush=True)\n"
    setup = setup_of("httpx", "timely", tmp_path, command=[sys.executable, "-c", look], environ={"MY_CA": "{ca_file}"})
    client = Client(setup, base_url="http://127.0.0.1:9", api_key="tly_live_0123456789abcdef")
    client.start()
    try:
        told = client.call("c1", "list_contacts", {}).result
    finally:
        client.close()

    assert told == str(certificates().authority)


def test_a_whole_trial_may_have_a_real_vendor_behind_it(sandbox: Sandbox, tmp_path: Path) -> None:
    """The fault comes from the stand-in, the answer after it from the environment."""
    journal = Journal(tmp_path / "journal.jsonl")
    setup = replace(setup_of("httpx", "timely", tmp_path, behind="environment"))
    labs = Labs([setup], behind=lambda _: behind(sandbox, journal))
    try:
        try_fault(labs.lab(setup.name), "CL-17", "create_contact")
    finally:
        labs.close()

    assert {each.operation for each in journal.left()} == {"create_contact"}
    assert all(each.id is not None for each in journal.left())
