"""Handlers of other styles than the right ones that are kept here: none of these raises an alarm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_golive.facts.finding import CheckFailed
from pytest_golive.handlers.event_shape import in_common, place_of
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.handlers.trying import try_fault
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.vendors.library import read_pack
from tests.handlers.handler_mutants import PROGRAMS, under_test

PLAIN = PROGRAMS / "plain_handler.py"


def plain_setup(folder: Path, source: Path = PLAIN) -> Setup:
    handler = Handler(
        vendor="timely",
        command=(sys.executable, str(source)),
        path="/",
        environ={"PORT": "{port}", "WEBHOOK_SECRET": "{secret}"},
    )
    return set_up(Manifest(golive=1, project="shop", handlers={"plain": handler}), "plain", folder, sandbox=True)


def test_nobody_sends_chunks_to_a_server_of_http_1_0(tmp_path: Path) -> None:
    """RFC 9112, 6.1: only who is known to speak HTTP/1.1 may get them."""
    with under_test(plain_setup(tmp_path)) as lab:
        try_fault(lab, "WH-57")


def test_who_asks_for_a_length_may_do_so(tmp_path: Path) -> None:
    source = tmp_path / "plain.py"
    asks = """        if "Content-Length" not in self.headers:
            return self.send_error(411)
        body ="""
    text = PLAIN.read_text().replace("        body =", asks).replace("-> None:\n        if", "-> object:\n        if")
    source.write_text(text.replace('    """Answers', '    protocol_version = "HTTP/1.1"\n    """Answers'))
    with under_test(plain_setup(tmp_path, source)) as lab:
        try_fault(lab, "WH-57")


def test_who_speaks_http_1_1_has_to_take_chunks(tmp_path: Path) -> None:
    source = tmp_path / "plain.py"
    source.write_text(PLAIN.read_text().replace('    """Answers', '    protocol_version = "HTTP/1.1"\n    """Answers'))
    with under_test(plain_setup(tmp_path, source)) as lab, pytest.raises(CheckFailed) as found:
        try_fault(lab, "WH-57")

    assert found.value.finding.expected == "a 2xx"
    assert found.value.finding.actual.startswith("a delivery that came in chunks answered 401 in ")


def test_an_event_of_an_unknown_kind_is_written_like_the_others() -> None:
    """Augno's envelope says that each event is about an object with an id, whatever its kind."""
    webhooks = read_pack("augno").webhooks
    assert webhooks is not None
    shared = in_common([event.data for event in webhooks.events.values() if event.subject is not None])

    assert place_of(webhooks) == "data"
    assert {"id", "object", "created_at", "updated_at"} <= set(shared["object"])
    assert in_common([{"a": {"id": 1, "x": 2}, "p": None}, {"a": {"id": 3}, "p": {"n": 1}}]) == {
        "a": {"id": 1},
        "p": None,
    }
    assert in_common([]) == {}
