"""What docs/webhooks.md shows is true: the handler works, the commands run, the tables are those of the packs."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from pytest_golive.report.signing_vectors import vectors_schema
from pytest_golive.sandbox.deliveries.desk import FIELDS
from pytest_golive.signing import PRESETS
from pytest_golive.vendors.library import packs, read_pack, schemas_folder
from pytest_golive.vendors.webhooks import Webhooks

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SENDING: Mapping[str, Webhooks] = {
    vendor: webhooks for vendor in packs() if (webhooks := read_pack(vendor).webhooks) is not None
}
PROGRAM = Path(__file__).parents[1] / "handlers" / "programs" / "flask_handler.py"
GOLIVE = [sys.executable, "-c", "from pytest_golive.cli import main; raise SystemExit(main())"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    return [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def ports() -> dict[str, str]:
    """The ports of the page, and those that are free here."""
    return {"8000": str(free_port()), "8199": str(free_port())}


@pytest.fixture
def here(ports: dict[str, str]) -> Any:
    """Puts the free ports into a text."""
    return lambda text: re.sub("|".join(ports), lambda match: ports[match.group()], text)


@pytest.fixture
def handler(tmp_path: Path, here: Any) -> Iterator[subprocess.Popen[str]]:
    """The handler of the page, with the secret of the page."""
    export, _, _ = commands()[:3]
    name, _, secret = export.removeprefix("export ").partition("=")
    file = tmp_path / "hook.py"
    file.write_text(here(blocks("python")[0]), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, file.name], cwd=tmp_path, env={**os.environ, name: secret}, stdout=subprocess.PIPE, text=True
    ) as running:
        os.environ[name] = secret
        yield running
        del os.environ[name]
        running.kill()


@pytest.fixture
def desk(handler: object, here: Any) -> Iterator[httpx.Client]:
    """A client of the sandbox, which was started by the command of the page."""
    words = shlex.split(here(commands()[2].removesuffix(" &")))
    assert words[:2] == ["golive", "sandbox"]
    with subprocess.Popen([*GOLIVE, *words[1:]], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())["timely"]
        assert told["webhook"]["secret_variable"] == "TIMELY_WEBHOOK_SECRET"
        headers = {read_pack("timely").authentication.header: f"Bearer {told['api_key']}"}
        if read_pack("timely").authentication.scheme == "plain":
            headers = {read_pack("timely").authentication.header: told["api_key"]}
        with httpx.Client(base_url=told["base_url"], headers=headers, trust_env=False, timeout=30) as client:
            yield client
        running.send_signal(signal.SIGTERM)


def curl(command: str) -> tuple[str, str | None]:
    """Return the address of a line with curl, and what it sends."""
    words = shlex.split(command)
    assert words[:2] == ["curl", "-s"]
    return words[2], words[4] if words[3:4] == ["-d"] else None


def test_the_page_leads_from_an_event_to_its_log(handler: subprocess.Popen[str], desk: httpx.Client, here: Any) -> None:
    """The handler takes the event once, and again only its answer."""
    deliver, log = commands()[3:5]
    url, body = curl(here(deliver))
    _until_listening(handler, desk, url, body)
    row = desk.post(url, content=body).json()["deliveries"][0]
    assert handler.stdout is not None
    line = handler.stdout.readline()

    assert (row["status"], row["http_status"], row["attempt"]) == ("success", 204, 1)
    assert line.startswith("message.received {")
    assert "'content': 'Are you open today?'" in line

    desk.post("contacts", json={"customer_name": "Zoë"})
    lines = [handler.stdout.readline()]
    while not lines[-1].startswith("contact.created"):
        lines.append(handler.stdout.readline())
    assert "Zoë" in lines[-1]

    url, body = curl(here(log))
    rows = desk.get(url).json()["deliveries"]
    assert body is None
    assert set(row) >= {"attempt", "status", "http_status", "milliseconds", "error", "at", "next_at"}
    assert {row["http_status"] for row in rows if row["status"] == "success"} == {204}


def _until_listening(handler: subprocess.Popen[str], desk: httpx.Client, url: str, body: str | None) -> None:
    """Wait for the handler, which was started a moment ago."""
    asked = json.loads(body or "{}") | {"test": True}
    end = time.monotonic() + 20
    while desk.post(url, json=asked).json()["deliveries"][0]["status"] != "success":
        assert time.monotonic() < end, "the handler does not answer"
        time.sleep(0.05)
    assert handler.stdout is not None
    assert handler.stdout.readline().startswith("webhook.test ")


def test_the_handler_of_the_page_refuses_what_is_not_genuine(
    handler: subprocess.Popen[str], desk: httpx.Client, here: Any
) -> None:
    """With a 401, whatever is wrong."""
    url, body = curl(here(commands()[3]))
    _until_listening(handler, desk, url, body)
    row = desk.post(url, content=body).json()["deliveries"][0]
    address, right = here("http://127.0.0.1:8000/"), row["request"]
    headers = {name: value for name, value in right["headers"].items() if name.startswith("X-Timely")}

    def answered(changed: Mapping[str, str], content: str = right["body"]) -> int:
        raw = {name.encode(): value.encode() for name, value in changed.items()}
        return httpx.post(address, content=content, headers=raw, trust_env=False).status_code

    assert answered(headers) == 204
    assert answered(headers, right["body"].replace("open", "shut")) == 401
    assert answered({}) == 401
    for value in ("", "0" * 64, "é" * 64, "short"):
        assert answered(headers | {"X-Timely-Signature": value}) == 401
    for value in ("", "soon", "1", "²"):
        assert answered(headers | {"X-Timely-Timestamp": value}) == 401


def test_the_example_of_ones_own_test_passes(pytester: pytest.Pytester) -> None:
    """As it stands there."""
    pytester.makepyfile(test_own=blocks("python")[1])

    pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_field_of_the_desk_is_in_the_table() -> None:
    """And no other."""
    table = PAGE.split("| field | meaning |")[1].split("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FIELDS)


def test_the_schedules_shown_are_those_of_the_packs() -> None:
    """Row by row."""
    expected = [
        f"| {vendor} | `{name}`{' (usual)' if name == webhooks.usual_retry else ''} "
        f"| {', '.join(f'{pause:g}' for pause in schedule.waits_seconds)} | {', '.join(schedule.retried)} "
        f"| {schedule.then.replace('_', ' ')}"
        f"{f' after {schedule.disables_after} failures in a row' if schedule.disables_after else ''} |"
        for vendor, webhooks in SENDING.items()
        for name, schedule in webhooks.retry.items()
    ]

    assert _rows("| vendor | schedule |") == expected


def test_the_schemes_shown_are_those_of_the_packs() -> None:
    """Row by row."""
    expected = [
        f"| {vendor} | `{name}`{' (usual)' if name == webhooks.usual else ''} "
        f"| {'; '.join(f'`{header}: {value}`' for header, value in scheme.headers.items()) or '-'} "
        f"| {f'`{scheme.signed}`' if scheme.strategy == 'hmac' else '-'} |"
        for vendor, webhooks in SENDING.items()
        for name, scheme in webhooks.signing.items()
    ]

    assert _rows("| vendor | scheme |") == expected


def test_the_presets_shown_are_those_there_are() -> None:
    """Row by row."""
    expected = [
        f"| `{name}` | {'; '.join(f'`{header}: {value}`' for header, value in preset.headers.items())} "
        f"| {', '.join(f'`{one}`' for one in preset.covers) or f'`{preset.signed}`'} |"
        for name, preset in PRESETS.items()
    ]

    assert _rows("| preset | headers |") == expected


def test_the_verifier_of_the_page_passes_the_vectors(pytester: pytest.Pytester) -> None:
    """As it stands there; and one that lets old deliveries in does not."""
    block = blocks("python")[2]
    pytester.makepyfile(test_own=block)
    vectors = json.loads((schemas_folder() / "signing" / "timely.sig_a.json").read_text(encoding="utf-8"))["vectors"]
    quiet = ("-p", "no:randomly", "-p", "no:cacheprovider")

    pytester.runpytest_subprocess(*quiet).assert_outcomes(passed=len(vectors))
    pytester.makepyfile(test_own=block.replace("> 300", "> 86_401"))
    stale = sum(vector["reason"] == "stale" for vector in vectors)
    pytester.runpytest_subprocess(*quiet).assert_outcomes(passed=len(vectors) - stale, failed=stale)


def test_every_field_of_a_vector_is_in_the_table() -> None:
    """And no other."""
    table = PAGE.split("## Test vectors")[1].split("| field | meaning |")[1].split("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(
        vectors_schema()["properties"]["vectors"]["items"]["properties"]
    )


RECORDED = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      timely:
        base_url: http://127.0.0.1:9/v1
        api_key: {env: SHOP_KEY}
        ids: {workspace_id: 00000000-0000-4000-8000-000000000001, agent_id: 00000000-0000-4000-8000-000000000002}
handlers:
  shop-hooks:
    vendor: timely
    command: [%s, %s]
    path: /hooks/timely
    ready: /healthz
    environ: {PORT: "{port}", WEBHOOK_SECRET: "{secret}", DATABASE: "%s/shop.sqlite"}
    effects: {path: /golive/effects}
"""


def test_what_was_kept_is_replayed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the lines of the page: kept by a handler, sent by the command, sent by a test."""
    keep, own = blocks("python")[3:]
    monkeypatch.setenv("TIMELY_WEBHOOK_SECRET", "only-for-my-desk")
    Path(pytester.path, "golive.yaml").write_text(RECORDED % (sys.executable, PROGRAM, pytester.path))
    names: dict[str, Any] = {}
    exec(keep, names)
    body = (
        '{"event":"message.received","event_id":"e1","timestamp":"2026-05-04T12:00:00Z","data":{"conversation_id":"c"}}'
    )
    path = names["keep"]({"Content-Type": "application/json"}, body.encode())
    assert path.relative_to(pytester.path).as_posix() in own

    words = shlex.split(blocks("sh")[0])
    sent = subprocess.run([*GOLIVE, *words[1:]], capture_output=True, text=True, check=True)
    assert "message.received  e1  took effect once" in sent.stdout.splitlines()

    pytester.makepyfile(test_own=own)
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--env", "sandbox", "test_own.py")
    result.assert_outcomes(passed=1)


def _rows(head: str) -> list[str]:
    lines = PAGE.split(head)[1].split("\n\n")[0].splitlines()
    return [line for line in lines[2:] if line.startswith("|")]
