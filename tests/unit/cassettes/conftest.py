from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from pytest_golive.cassettes.filtering import Called
from pytest_golive.cassettes.recordings import Recordings
from pytest_golive.cassettes.shelf import Shelf
from pytest_golive.cassettes.tape import Mode
from pytest_golive.cassettes.transport import Playback
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.scope import check_scope
from pytest_golive.manifest.environment import Environment, Target

KEY = "sk_live_Zq8Lw3Tn5Vb7Xc9Rd1Fg"
URL = "https://shop.example/api/v1"
CHECK = "limits_answer[shop]"

SHOWN = frozenset({"content-type", "date", "idempotency-key", "x-request-id"})
CALLED = Called("shop@staging", SHOWN, frozenset({"x-api-key"}))

Answerer = Callable[[httpx.Request], httpx.Response]


def environment(url: str = URL, key: str = KEY) -> Environment:
    """Return an environment with one vendor."""
    target = Target(
        vendor="shop",
        base_url=url,
        credentials={"api_key": Secret(key, "shop.api_key")},
        ids={"tenant_id": "ten_4711aa"},
    )
    return Environment(name="staging", targets={"shop": target})


class Lab:
    """Records and replays calls that a function answers."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder / "golive-cassettes", "staging", "prerelease")
        self.asked: list[httpx.Request] = []

    def recordings(self, mode: Mode, where: Environment, run: str = "11112222") -> Recordings:
        """Begin to record, or to replay."""
        redactor = Redactor(secret for target in where.targets.values() for secret in target.credentials.values())
        made = Recordings(
            Shelf(self.shelf.root, "staging", "prerelease"),
            mode,
            run=run,
            environments={"staging": where},
            redactor=redactor,
        )
        made.begin()
        return made

    def client(self, recordings: Recordings, answer: Answerer) -> httpx.Client:
        """Return a client whose calls are recorded, or replayed."""

        def handle(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return answer(request)

        return httpx.Client(transport=Playback(recordings, CALLED, lambda: httpx.MockTransport(handle)))

    def run(
        self,
        mode: Mode,
        calls: Callable[[httpx.Client], object],
        answer: Answerer = lambda _: httpx.Response(200, json={"ok": True}),
        where: Environment | None = None,
        check: str = CHECK,
    ) -> Recordings:
        """Make calls for a check that comes to its end."""
        recordings = self.recordings(mode, where or environment())
        with recording(CheckRecord(check)):
            calls(self.client(recordings, answer))
        recordings.end(check_scope(check))
        return recordings

    def file(self, check: str = CHECK) -> Path:
        """Return where a check's cassette lies."""
        return self.shelf.path(check_scope(check))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return a place to record and to replay."""
    return Lab(tmp_path)
