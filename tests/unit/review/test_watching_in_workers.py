"""A worker of xdist looks at the traffic where the process does that has read golive.yaml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_golive import reviewing
from pytest_golive.credentials.secret import Secret
from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.reviews import Reviews, Watching

MONITORING = Monitoring.model_validate(
    {"prometheus": "http://127.0.0.1:9", "authorization": {"env": "A"}, "labels": {"status": "code"}, "alerts": "a.yml"}
)


@pytest.mark.parametrize(
    "watching",
    [
        None,
        Watching(Path("/shop"), None, ("calls.jsonl",)),
        Watching(Path("/shop"), MONITORING, (), Secret("Bearer 0123456789abcdef", "monitoring.authorization")),
    ],
)
def test_what_is_sent_is_received(watching: Watching | None) -> None:
    sent = json.loads(json.dumps(reviewing.told(Reviews(watching))))

    received = reviewing.received(sent)

    assert received == watching
    if watching is not None and watching.authorization is not None:
        assert received is not None
        assert received.authorization is not None
        assert received.authorization.reveal() == "Bearer 0123456789abcdef"
