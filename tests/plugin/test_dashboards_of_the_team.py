"""The team's own dashboards: each that golive.yaml names is there, as an address that answers or as a file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable
from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.dashboards.dashboard import Board, Watched
from pytest_golive.review.dashboards.named import must_be_there
from pytest_golive.review.reviews import Reviews, Watching

SEEN: list[dict[str, str]] = []
"""Headers of the requests that came."""


class Answering(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        SEEN.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "/login")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its parent's name
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def look(folder: Path, *named: str) -> None:
    """Look at dashboards as the weekly review does."""
    monitoring = Monitoring.model_validate({"dashboards": list(named), "authorization": {"env": "PROMETHEUS"}})
    must_be_there(Reviews(Watching(folder, monitoring)), "a panel shows it", "mend it")


def test_what_is_there_passes(tmp_path: Path, address: str) -> None:
    """A page, one that asks who comes, one that leads to the login; golive's own file, one that a program makes."""
    (tmp_path / "golive.json").write_text(Board("shop", [Watched("Uppzy")]).as_json(), encoding="utf-8")
    (tmp_path / "exported.json").write_text(
        json.dumps({"dashboard": {"panels": [{"type": "stat"}]}}), encoding="utf-8-sig"
    )
    (tmp_path / "old.json").write_text(json.dumps({"rows": [{"panels": []}, {"panels": [{"type": "graph"}]}]}))
    (tmp_path / "datadog.json").write_text(json.dumps({"widgets": [{"definition": {}}]}))
    (tmp_path / "board.libsonnet").write_text("local grafana = import 'g.libsonnet';")

    look(tmp_path, *(f"{address}/{status}" for status in (200, 302, 401, 403, 429)))
    look(tmp_path, "golive.json", "exported.json", "old.json", "datadog.json", "*.libsonnet", str(tmp_path / "o*.json"))

    assert not any("authorization" in headers for headers in SEEN)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gone.json", "gone.json is not there"),
        ("boards/*.json", "*.json is not there"),
        ("broken.json", "broken.json is no JSON"),
        ("empty.json", "empty.json has no panel"),
        ("bro*.json", "broken.json is no JSON"),
        ("{address}/404", "{address}/404 answers 404"),
        ("{address}/410", "{address}/410 answers 410"),
        ("{address}/502", "{address}/502 answers 502"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, address: str, name: str, told: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "empty.json").write_text(json.dumps({"panels": [{"type": "row", "panels": []}]}))

    with pytest.raises(CheckFailed) as failed:
        look(tmp_path, name.format(address=address), f"{address}/200")

    assert str(failed.value) == (
        "requirement  a panel shows it\n"
        "expected     every dashboard of monitoring.dashboards\n"
        f"actual       {told.format(address=address)}\n"
        "fix          mend it"
    )


def test_who_cannot_be_asked_from_here_is_not_called_missing(tmp_path: Path) -> None:
    """It may answer inside of the team's own network."""
    with pytest.raises(CannotTell) as untold:
        look(tmp_path, "http://127.0.0.1:9/d/shop")

    assert (untold.value.finding.expected, untold.value.finding.actual) == (
        "dashboards that can be asked from here",
        "http://127.0.0.1:9/d/shop cannot be asked: ConnectError: [Errno 111] Connection refused",
    )


def test_hosts_that_hide_what_is_there_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private page of a code host is answered with 404 to who is not known."""
    address = "https://gitlab.shop.example/ops/boards/-/blob/main/shop.json"
    monkeypatch.setattr(httpx, "get", lambda url, **_: httpx.Response(404, request=httpx.Request("GET", url)))

    with pytest.raises(CannotTell) as untold:
        look(tmp_path, address)

    assert untold.value.finding.actual == (f"{address} answers 404, which may mean that it is not shown to everybody")


def test_nothing_is_demanded_where_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match=r"^not applicable: monitoring.dashboards names no dashboard$"):
        look(tmp_path)
    with pytest.raises(NotApplicable):
        must_be_there(Reviews(), "a panel shows it", "mend it")
