"""A client behind an address lives on: what one scenario leaves behind is not held against it in the next."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_golive.clients import trying
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.script import Ask, Scenario, Script, Step
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.manifest.model import Client
from pytest_golive.vendors.library import read_pack
from tests.clients.adapters import adapter
from tests.clients.client_runs import under_test


class Shop:
    """Lists contacts, and fails where a test says so."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls = 0
        self.under_way = 0
        self.most = 0
        self.fails_until = 0
        self.swallows_until = 0

    def __call__(self, call: dict[str, Any]) -> tuple[int, bytes]:
        with self.lock:
            self.calls += 1
            number = self.calls
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        try:
            return 200, json.dumps({"call_id": call["call_id"], **self.answer(call, number)}).encode()
        finally:
            with self.lock:
                self.under_way -= 1

    def answer(self, call: dict[str, Any], number: int) -> dict[str, Any]:
        failure = {"ok": False, "error": {"kind": "backend", "message": "later"}}
        if number <= self.fails_until:
            return failure
        vendor = urlsplit(call["base_url"])
        connection = http.client.HTTPConnection(vendor.netloc, timeout=5)
        connection.request("GET", f"{vendor.path}/contacts", headers={"x-api-key": call["api_key"]})
        answer = connection.getresponse()
        said = json.load(answer)
        connection.close()
        if answer.status == 200:
            return {"ok": True, "result": {"items": said["data"]}}
        return {"ok": True, "result": {"items": []}} if number <= self.swallows_until else failure


@contextmanager
def lab_of(shop: Shop, folder: Path, *, start_seconds: float = 20.0) -> Iterator[Lab]:
    with adapter(shop) as url:
        said = {"vendor": "timely", "url": url, "operations": ["list_contacts"], "start_seconds": start_seconds}
        setup = Setup("crm", Client.model_validate(said), read_pack("timely"), folder)
        with under_test(setup) as lab:
            yield lab


def failing(name: str) -> Scenario:
    return Scenario(name, (Ask("list_contacts"),), Script(then={"list_contacts": Step(status=500)}))


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "REST_SECONDS", 0.0)


def test_it_gets_over_the_scenario_before_first(tmp_path: Path) -> None:
    """Plain calls are made until it is well again; nothing of them is part of what was seen."""
    shop = Shop()
    shop.fails_until = 2
    with lab_of(shop, tmp_path) as lab:
        trace = lab.run(failing("one"))

    assert shop.calls == 2 + 5 + 1
    assert [(call.id, call.outcome) for call in trace.calls] == [("c1", "backend")]
    assert [attempt.status for attempt in trace.attempts] == [500]


def test_one_that_does_not_get_over_it_is_met_all_the_same(tmp_path: Path) -> None:
    """After its time to start; the positive control tells then."""
    shop = Shop()
    shop.fails_until = 1000
    with lab_of(shop, tmp_path, start_seconds=0.5) as lab, pytest.raises(CannotTell) as told:
        try_fault(lab, "CL-46", "list_contacts")

    assert told.value.finding.actual == "the positive control failed: list_contacts failed as backend: 'later'"


def test_its_scenarios_are_driven_one_after_the_other(tmp_path: Path) -> None:
    """It is not concurrent, and what one scenario does to it another must not meet."""
    shop = Shop()
    with lab_of(shop, tmp_path) as lab, ThreadPoolExecutor(3) as pool:
        traces = list(pool.map(lab.run, [failing("one"), failing("two"), failing("three")]))

    assert (shop.most, [len(trace.attempts) for trace in traces]) == (1, [1, 1, 1])


def test_it_is_asked_for_one_call_at_a_time(tmp_path: Path) -> None:
    """Also where a scenario asks for several: it says that it is not concurrent."""
    shop = Shop()
    asks = tuple(Ask("list_contacts", with_others=True) for _ in range(3))
    with lab_of(shop, tmp_path) as lab:
        trace = lab.run(Scenario("together", asks))

    assert (shop.most, [call.outcome for call in trace.calls]) == (1, ["ok", "ok", "ok"])


def test_an_alarm_has_to_be_seen_twice(tmp_path: Path) -> None:
    """Once may be what another fault left behind."""
    shop = Shop()
    # Two calls of the control and five before them, a warm-up and five before it: the 14th call meets the fault.
    shop.swallows_until = 14
    with lab_of(shop, tmp_path) as lab:
        try_fault(lab, "CL-46", "list_contacts")

    assert shop.calls == 7 + 7 + 7


def test_an_alarm_that_is_seen_twice_stands(tmp_path: Path) -> None:
    """With what was seen last."""
    shop = Shop()
    shop.swallows_until = 1000
    with lab_of(shop, tmp_path) as lab, pytest.raises(CheckFailed) as caught:
        try_fault(lab, "CL-46", "list_contacts")

    assert caught.value.finding.actual == "after 500 to the end the call succeeded"
