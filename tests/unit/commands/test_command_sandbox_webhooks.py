"""`golive sandbox --deliver`: what a developer does at the desk."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

import httpx
import pytest

from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.signing import verify
from pytest_golive.vendors.library import read_pack

Command = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

SCHEMES = "api_key, basic, bearer, hmac, none, signature"


class Handler:
    """Refuses the first delivery and accepts every other."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.url = ""

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(500 if len(self.requests) == 1 else 200)


@pytest.fixture
def handler() -> Iterator[Handler]:
    """Listens on loopback."""
    handler = Handler()
    with Server(handler) as server:
        handler.url = f"{server.url}/hook"
        yield handler


def described(running: subprocess.Popen[str]) -> dict[str, Any]:
    stream: IO[str] | None = running.stdout
    assert stream is not None, "started with pipes"
    vendors: dict[str, Any] = json.loads(stream.readline())
    return vendors


def origin(told: dict[str, Any]) -> str:
    return str(httpx.URL(told["base_url"]).join("/")).rstrip("/")


def test_an_event_is_sent_tried_again_and_logged(start: Start, handler: Handler) -> None:
    """With one POST, and a clock that runs fast."""
    options = ["--vendor", "timely", "--deliver", f"timely={handler.url}", "--clock-factor", "100"]
    with start(["sandbox", *options]) as running, httpx.Client(trust_env=False, timeout=30) as client:
        told = described(running)["timely"]
        desk, hook = origin(told), told["webhook"]
        sent = client.post(f"{desk}/golive/deliver", json={"vendor": "timely", "event": "message.received"}).json()
        end = time.monotonic() + 20
        while len(handler.requests) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        rows: list[dict[str, Any]] = []
        while [row["status"] for row in rows] != ["success", "failed"] and time.monotonic() < end:
            rows = client.get(f"{desk}/golive/deliveries", params={"event_id": sent["event_ids"][0]}).json()[
                "deliveries"
            ]
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=5)
        code = running.returncode

    webhooks = read_pack("timely").webhooks
    assert webhooks is not None
    assert (code, out, err) == (0, "", "")
    assert {name: hook[name] for name in ("url", "scheme")} == {"url": handler.url, "scheme": "sig_a"}
    assert [(row["attempt"], row["http_status"], row["endpoint_id"]) for row in rows] == [
        (2, 200, hook["id"]),
        (1, 500, hook["id"]),
    ]
    assert handler.requests[0].body == handler.requests[1].body
    for request in handler.requests:
        verify(webhooks.signing["sig_a"], [hook["secret"]], request.headers, request.body, now=time.time())


def test_a_secret_of_ones_own_comes_from_the_environment(
    start: Start, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used, and not repeated."""
    monkeypatch.setenv("SHOP_WEBHOOK_TOKEN", "a-token-of-the-user")
    options = ["--deliver", f"selwise={handler.url}", "--scheme", "selwise=bearer"]
    options += ["--webhook-secret-env", "selwise=SHOP_WEBHOOK_TOKEN"]
    with start(["sandbox", *options]) as running, httpx.Client(trust_env=False, timeout=30) as client:
        told = described(running)
        desk = origin(told["selwise"])
        answer = client.post(f"{desk}/golive/deliver", json={"event": "purchase", "test": True}).json()
        nowhere = client.post(f"{desk}/golive/deliver", json={"vendor": "augno", "event": "unit.created"})
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=5)

    hook = told["selwise"]["webhook"]
    assert handler.requests[0].headers["authorization"] == "Bearer a-token-of-the-user"
    assert {name: value for name, value in hook.items() if name != "id"} == {
        "url": handler.url,
        "scheme": "bearer",
        "secret_variable": "SHOP_WEBHOOK_TOKEN",
    }
    assert "a-token-of-the-user" not in json.dumps([told, answer])
    assert (nowhere.status_code, nowhere.json()) == (
        409,
        {"error": "augno delivers nowhere: start golive sandbox with --deliver augno=URL"},
    )


def test_it_ends_while_a_delivery_is_under_way(start: Start) -> None:
    """A handler that never answers holds nothing up."""
    release: list[bool] = []

    def never(request: Request) -> Response:
        del request
        while not release:
            time.sleep(0.05)
        return Response(200)

    with Server(never) as server:
        options = ["--vendor", "timely", "--deliver", f"timely={server.url}/hook"]
        with start(["sandbox", *options]) as running, httpx.Client(trust_env=False, timeout=30) as client:
            desk = origin(described(running)["timely"])
            asked = {"event": "message.received", "times": 3}
            client.post(f"{desk}/golive/deliver", json=asked)
            time.sleep(0.2)
            running.send_signal(signal.SIGTERM)

            assert running.communicate(timeout=3) == ("", "")
            assert running.returncode == 0
        release.append(True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--deliver", "timly=http://localhost/x"],
            "unknown vendor 'timly'; did you mean timely? There are: augno, selwise, timely, uppzy",
        ),
        (
            ["--vendor", "uppzy", "--deliver", "timely=http://localhost/x"],
            "unknown vendor 'timely'; there are: uppzy",
        ),
        (["--deliver", "uppzy=http://localhost/x"], "--deliver uppzy: Uppzy sends no webhooks"),
        (
            ["--deliver", "timely=localhost:8000"],
            "--deliver timely: 'localhost:8000' is no address of http or https",
        ),
        (["--deliver", "timely=http://"], "--deliver timely: 'http://' is no address of http or https"),
        (["--deliver", "timely=http://[x/"], "--deliver timely: 'http://[x/' is no address of http or https"),
        (
            ["--deliver", "timely=http://localhost:99999/"],
            "--deliver timely: 'http://localhost:99999/' is no address of http or https",
        ),
        (
            ["--deliver", "timely=http://localhost/x", "--deliver", "timely=http://localhost/y"],
            "--deliver names timely twice",
        ),
        (
            ["--deliver", "selwise=http://localhost/x", "--scheme", "selwise=basc"],
            f"unknown signing scheme of selwise 'basc'; did you mean basic? There are: {SCHEMES}",
        ),
        (
            ["--deliver", "timely=http://localhost/x", "--retry", "timely=strat"],
            "unknown retry schedule of timely 'strat'; did you mean start? There are: introduction, start",
        ),
        (
            ["--retry", "selwise=fixed"],
            "--retry selwise: its webhooks go nowhere; add --deliver selwise=URL",
        ),
        (
            ["--scheme", "selwise=basic"],
            "--scheme selwise: its webhooks go nowhere; add --deliver selwise=URL",
        ),
        (
            ["--webhook-secret-env", "selwise=HOOK_SECRET"],
            "--webhook-secret-env selwise: its webhooks go nowhere; add --deliver selwise=URL",
        ),
        (
            ["--deliver", "timely=http://localhost/x", "--webhook-secret-env", "timely=NO_SUCH_SECRET"],
            "--webhook-secret-env timely: the environment variable NO_SUCH_SECRET is not set, or empty",
        ),
        (
            ["--deliver", "timely=http://localhost/x", "--webhook-secret-env", "timely=whsec_MfKQ9r8GKYqrTwjU"],
            "--webhook-secret-env timely: the environment variable is not set, or empty",
        ),
        *(
            ([f"{option}={value}"], f"argument {option}: has to name a vendor and, after a =, what is said of it")
            for option in ("--deliver", "--scheme", "--retry", "--webhook-secret-env")
            for value in ("timely", "timely=", "=x")
        ),
        *(
            ([f"--clock-factor={value}"], "argument --clock-factor: has to be a number above 0, at most 1000000")
            for value in ("x", "0", "-1", "nan", "inf", "1000001")
        ),
        (["--delivr", "x"], "unknown option '--delivr'; did you mean --deliver? There are: @OPTIONS@"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(golive: Command, options: list[str], message: str) -> None:
    """With the nearest right word, and before anything listens."""
    known = (
        "--help, --port, --latency-ms, --vendor, --rate-limits, --variant, --deliver, --scheme, --retry, "
        "--webhook-secret-env, --clock-factor"
    )

    assert golive("sandbox", *options) == (2, [], [f"golive sandbox: {message.replace('@OPTIONS@', known)}"])


def test_a_secret_that_holds_no_key_is_told_without_repeating_it(
    golive: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a vendor whose secrets are written in base64."""
    pack = read_pack("timely")
    assert pack.webhooks is not None
    scheme = pack.webhooks.signing["sig_a"].model_copy(update={"secret_encoding": "base64"})
    webhooks = pack.webhooks.model_copy(update={"signing": {"sig_a": scheme}})
    monkeypatch.setattr(
        "pytest_golive.vendors.library.read_pack", lambda *_: pack.model_copy(update={"webhooks": webhooks})
    )
    monkeypatch.setenv("HOOK_SECRET", "no base64, but secret")

    told = golive("sandbox", "--deliver", "timely=http://localhost/x", "--webhook-secret-env", "timely=HOOK_SECRET")

    assert told == (
        2,
        [],
        ["golive sandbox: --webhook-secret-env timely: the signing secret is no base64"],
    )
