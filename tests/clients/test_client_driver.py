"""A client is asked line by line; whatever is no answer is told in words, and what leaks is named."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.clients import driver, program
from pytest_golive.clients.driver import Client, Unstarted
from pytest_golive.clients.setup import Setup, received, told
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.manifest.model import Client as Named
from pytest_golive.vendors.library import read_pack
from tests.clients.adapters import adapter

KEY = "tly_live_7Xq2mZ9pL4"

LOOP = """
import json, sys, os, time
for line in sys.stdin:
    call = json.loads(line)
    def answer(**said):
        print(json.dumps({"call_id": call["call_id"], **said}), flush=True)
"""
"""The beginning of a client that reads its calls; the body of the loop follows."""


def client_of(body: str, folder: Path, *, key: str = KEY, secrets: list[Secret] | None = None, **said: Any) -> Client:
    code = LOOP + "".join(f"    {line}\n" for line in body.splitlines())
    command = {"command": [sys.executable, "-I", "-S", "-c", code]} if "callable" not in said else {}
    return Client(
        setup_of(folder, **{**command, **said}),
        base_url="http://127.0.0.1:9/v1",
        api_key=key,
        ids={"workspace_id": "w_1"},
        redactor=Redactor([Secret(key, "api_key"), *(secrets or [])]),
    )


def setup_of(folder: Path, *, vendor: str = "timely", **said: Any) -> Setup:
    operations = said.pop("operations", ["list_contacts"])
    named = Named.model_validate({"vendor": vendor, "operations": operations, "call_seconds": 5, **said})
    return Setup("crm", named, read_pack(vendor), folder)


@contextmanager
def started(client: Client) -> Iterator[Client]:
    client.start()
    try:
        yield client
    finally:
        client.close()


def test_a_call_holds_what_the_protocol_says(tmp_path: Path) -> None:
    with started(client_of("answer(ok=True, result=call)", tmp_path, key="tly_live_0000111122")) as client:
        answer = client.call("c1", "list_contacts", {"status": "open"})

    assert answer.outcome == "ok"
    masked = f"[api_key {Secret('tly_live_0000111122', 'api_key').fingerprint}]"
    assert {
        "golive": 1,
        "call_id": "c1",
        "operation": "list_contacts",
        "arguments": {"status": "open"},
        "base_url": "http://127.0.0.1:9/v1",
        "api_key": masked,
        "ids": {"workspace_id": "w_1"},
    } == answer.result
    assert 0 < answer.ended_at - answer.began_at < 5


def test_an_id_in_a_path_is_called_id_where_the_pack_says_so(tmp_path: Path) -> None:
    client = client_of("answer(ok=True, result=call['arguments'])", tmp_path, vendor="augno", operations=["get_unit"])
    with started(client):
        one = client.call("c1", "get_unit", {"unit_id": "un_1"})
        other = client.call("c2", "create_sales_order", {"customer_id": "ac_1"})

    assert (one.result, other.result) == ({"id": "un_1"}, {"customer_id": "ac_1"})


@pytest.mark.parametrize("kind", ["user", "backend"])
def test_a_failure_has_its_kind_and_message(kind: str, tmp_path: Path) -> None:
    body = f"answer(ok=False, error={{'kind': {kind!r}, 'message': 'try again later'}})"
    with started(client_of(body, tmp_path)) as client:
        answer = client.call("c1", "list_contacts", {})

    assert (kind, "try again later", None) == (answer.outcome, answer.message, answer.result)


CRASHES = {
    "exit": ("sys.exit(3)", "its process ended with exit code 3"),
    "exception": ("{}['id']", "its process ended with exit code 1; it said: KeyError: 'id'"),
    "signal": ("os.kill(os.getpid(), 9)", "its process ended by signal 9"),
    "closed": ("os.close(1); time.sleep(9)", "it closed its standard output"),
    "ok": ("answer(ok='yes')", "its answer breaks the protocol: ok is neither true nor false"),
    "kind": (
        "answer(ok=False, error={'message': 'no'})",
        "its answer breaks the protocol: error.kind is neither user nor backend",
    ),
    "message": (
        "answer(ok=False, error={'kind': 'user', 'message': 3})",
        "its answer breaks the protocol: error.message is no text",
    ),
}


@pytest.mark.parametrize("how", CRASHES)
def test_a_crash_is_told_in_words(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "closed":
        monkeypatch.setattr(program, "LAST_WORDS_SECONDS", 0.3)
    body, words = CRASHES[how]
    with started(client_of(body, tmp_path)) as client:
        answer = client.call("c1", "list_contacts", {})

    assert ("crash", words) == (answer.outcome, answer.crash)


def test_after_its_end_every_call_is_a_crash(tmp_path: Path) -> None:
    with started(client_of("answer(ok=True)\nsys.exit(0)", tmp_path)) as client:
        first = client.call("c1", "list_contacts", {})
        second = client.call("c2", "list_contacts", {})

    assert (first.outcome, second.crash) == ("ok", "its process ended with exit code 0")


SILENCES = {
    "nothing": ("time.sleep(9)", 0.2, "it gave no answer for 0.4 s"),
    "other lines": ("print('[1, 2]', flush=True); time.sleep(9)", 0.4, "it gave no answer for 0.6 s; it said: [1, 2]"),
    "never flushed": (
        "sys.stdout.write(json.dumps({'call_id': 'c1', 'ok': True}) + chr(10))",
        0.2,
        "it answered only once its input was closed: it does not flush its standard output",
    ),
}


@pytest.mark.parametrize("how", SILENCES)
def test_silence_is_a_crash_after_the_promised_time(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(driver, "FLUSHING_SECONDS", 0.5)
    body, seconds, words = SILENCES[how]
    with started(client_of(body, tmp_path, start_seconds=0.2, call_seconds=seconds)) as client:
        answer = client.call("c1", "list_contacts", {})

    assert ("crash", words) == (answer.outcome, answer.crash)
    assert seconds + 0.2 < answer.ended_at - answer.began_at < seconds + 3


def test_lines_of_a_log_are_no_answers_even_with_the_id_of_a_call(tmp_path: Path) -> None:
    body = (
        "print(json.dumps({'call_id': 'c1', 'level': 'info'}), flush=True)\n"
        "print(json.dumps({'call_id': 'c9', 'ok': True}), flush=True)\n"
        "sys.stderr.write('näh\\n'); sys.stdout.buffer.write(bytes([255, 10]))\n"
        "answer(ok=True, result=1)\nanswer(ok=True, result=2)"
    )
    client = client_of(body, tmp_path)
    with started(client):
        answer = client.call("c1", "list_contacts", {})
        log, leaks = client.close()

    assert answer.result == 1
    assert {
        '{"call_id": "c1", "level": "info"}',
        '{"call_id": "c9", "ok": true}',
        "näh",
        "\N{REPLACEMENT CHARACTER}",
        '{"call_id": "c1", "ok": true, "result": 2}',
    } == set(log)
    assert leaks == ()


def test_what_leaks_is_masked_and_named_with_its_place(tmp_path: Path) -> None:
    body = (
        "import base64\n"
        "sys.stderr.write('auth: ' + base64.b64encode(b'u:' + call['api_key'].encode()).decode() + '\\n')\n"
        "sys.stderr.write('mail to ' + call['arguments']['customer_email'] + '\\n')\n"
        "answer(ok=False, error={'kind': 'backend', 'message': 'token-4711-abc refused'})"
    )
    client = client_of(body, tmp_path, secrets=[Secret("token-4711-abc", "token")])
    with started(client):
        answer = client.call("c1", "create_contact", {"customer_email": "ada@example.com", "customer_name": "Ada Love"})
        log, leaks = client.close()

    assert f"[token {Secret('token-4711-abc', '').fingerprint}] refused" == answer.message
    assert f"mail to [email {Secret('ada@example.com', '').fingerprint}]" == log[1]
    assert leaks == ("api_key", "email", "token")
    assert client.leak_places == (("api_key", "log"), ("email", "log"), ("token", "message"))
    assert f"[api_key {Secret(KEY, '').fingerprint}]" in log[0]


def test_personal_data_in_a_result_is_what_was_asked_for(tmp_path: Path) -> None:
    body = "answer(ok=True, result={'id': 'k1', 'email': call['arguments']['customer_email'], 'key': call['api_key']})"
    client = client_of(body, tmp_path)
    with started(client):
        answer = client.call("c1", "create_contact", {"customer_email": "ada@example.com"})

    assert answer.result["email"] == "ada@example.com"
    assert client.leak_places == (("api_key", "result"),)


def test_variables_are_filled_in_and_proxies_are_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("SHOP_MODE", "test")
    environ = {
        "BASE": "{base_url}/x",
        "KEY": "{api_key}",
        "SPACE": "{workspace_id}",
        "AGENT": "{agent_id}",
        "OWN": "{x}",
    }
    setup = setup_of(tmp_path, command=["x"], environ=environ)

    made = setup.environ({"base_url": "http://v", "api_key": "k", "workspace_id": "w"}, {"HTTP_PROXY": "http://canary"})

    assert {
        "BASE": "http://v/x",
        "KEY": "k",
        "SPACE": "w",
        "AGENT": "",
        "OWN": "{x}",
        "SHOP_MODE": "test",
        "HTTP_PROXY": "http://canary",
    }.items() <= made.items()
    assert "HTTPS_PROXY" not in made


def test_a_concurrent_client_answers_in_any_order(tmp_path: Path) -> None:
    body = (
        "held = globals().setdefault('held', [])\n"
        "held.append(call['call_id'])\n"
        "if len(held) == 2:\n"
        "    for name in reversed(held):\n"
        "        print(json.dumps({'call_id': name, 'ok': True, 'result': name}), flush=True)"
    )
    with started(client_of(body, tmp_path, concurrent=True)) as client:
        client.send("c1", "list_contacts", {})
        client.send("c2", "list_contacts", {})
        first, second = client.wait("c1"), client.wait("c2")

    assert (first.result, second.result) == ("c1", "c2")
    assert second.ended_at <= first.ended_at


def test_a_client_that_is_not_concurrent_is_asked_one_call_at_a_time(tmp_path: Path) -> None:
    with started(client_of("time.sleep(0.2); answer(ok=True)", tmp_path)) as client:
        client.send("c1", "list_contacts", {})
        with pytest.raises(RuntimeError, match=r"^crm is not concurrent, and has not answered the call before$"):
            client.send("c2", "list_contacts", {})
        client.wait("c1")
        answers: list[Any] = []
        threads = [
            threading.Thread(target=lambda name=name: answers.append(client.call(name, "list_contacts", {})))
            for name in ("c3", "c4")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [answer.outcome for answer in answers] == ["ok", "ok"]
    assert answers[1].began_at >= answers[0].ended_at


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    body = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nanswer(ok=True, result=child.pid)"
    client = client_of(body, tmp_path)
    client.start()
    child = client.call("c1", "list_contacts", {}).result
    begun = time.monotonic()
    client.close()

    assert time.monotonic() - begun < 3
    until = time.monotonic() + 5
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"command": ["golive-no-such-program"]}, "the program golive-no-such-program was not found"),
        ({"command": [sys.executable], "directory": "nowhere"}, "the folder {folder}/nowhere was not found"),
        ({"command": ["./closed"]}, "./closed cannot be started: Permission denied"),
    ],
    ids=["program", "folder", "permission"],
)
def test_what_cannot_be_started_is_told(said: dict[str, Any], words: str, tmp_path: Path) -> None:
    (tmp_path / "closed").write_text("")
    client = Client(setup_of(tmp_path, **said), base_url="http://v", api_key=KEY)

    with pytest.raises(Unstarted) as told_of:
        client.start()

    assert words.format(folder=tmp_path.resolve()) == str(told_of.value)


def test_scenarios_do_not_wait_for_each_others_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "AT_ONCE", threading.BoundedSemaphore(1))
    first, beside, other = (client_of("answer(ok=True)", tmp_path) for _ in range(3))
    waiting = threading.Thread(target=other.start)
    first.start()
    waiting.start()
    beside.start(beside=True)

    assert beside.call("c1", "list_contacts", {}).outcome == "ok"
    assert waiting.is_alive()

    beside.close()
    assert waiting.is_alive()
    first.close()
    waiting.join(5)
    assert other.call("c1", "list_contacts", {}).outcome == "ok"
    other.close()
    with pytest.raises(ValueError, match="released too many times"):
        program.AT_ONCE.release()


PYTHON_CLIENT = """
import asyncio, time

def plain(call):
    print("a line for the log")
    if call["operation"] == "broken":
        return {}["id"]
    if call["operation"] == "nothing":
        return None
    if call["operation"] == "result":
        return {"ok": "yes", "id": "k1"}
    if call["operation"] == "refused":
        return {"ok": False, "error": {"kind": "user", "message": "no"}}
    if call["operation"] == "strange":
        return {"ok": True, "result": {1, 2}}
    time.sleep(call["arguments"].get("seconds", 0))
    return {"ok": True, "result": call["arguments"]}

async def coroutine(call):
    await asyncio.sleep(call["arguments"].get("seconds", 0))
    return plain({**call, "arguments": {}})
"""


NAMES = ("right", "broken", "nothing", "result", "refused", "strange", "again")


def test_a_python_function_is_driven_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(PYTHON_CLIENT)
    client = Client(setup_of(tmp_path, callable="shop:plain"), base_url="http://v", api_key=KEY)
    with started(client):
        answers = [client.call(name, name, {"a": 1}) for name in NAMES]
        log, _ = client.close()

    assert {name: answer.outcome for name, answer in zip(NAMES, answers, strict=True)} == {
        "right": "ok",
        "broken": "crash",
        "nothing": "ok",
        "result": "ok",
        "refused": "user",
        "strange": "crash",
        "again": "ok",
    }
    assert [answers[position].result for position in (0, 2, 3)] == [{"a": 1}, None, {"ok": "yes", "id": "k1"}]
    assert [answers[position].crash for position in (1, 5)] == [
        "it raised KeyError: 'id'",
        "its answer is no JSON: Object of type set is not JSON serializable",
    ]
    assert log.count("a line for the log") == 7
    assert "KeyError: 'id'" in log


@pytest.mark.parametrize("function", ["plain", "coroutine"])
def test_a_concurrent_python_function_takes_calls_side_by_side(function: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(PYTHON_CLIENT)
    client = Client(setup_of(tmp_path, callable=f"shop:{function}", concurrent=True), base_url="http://v", api_key=KEY)
    with started(client):
        client.call("c0", "warm up", {})
        client.send("c1", "slow", {"seconds": 0.5})
        client.send("c2", "quick", {})
        slow, quick = client.wait("c1"), client.wait("c2")

    assert (slow.outcome, quick.outcome) == ("ok", "ok")
    assert quick.ended_at < slow.ended_at


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("nowhere:drive", "no module named nowhere, looked for in {folder}"),
        ("shop:nothing", "the module shop has no nothing"),
    ],
)
def test_a_python_function_that_is_not_there_is_told(named: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("")
    client = Client(setup_of(tmp_path, callable=named), base_url="http://v", api_key=KEY)
    with started(client):
        answer = client.call("c1", "list_contacts", {})

    said = words.format(folder=tmp_path.resolve())
    assert f"its process ended with exit code 1; it said: {said}" == answer.crash


def _answered(status: int, said: Any) -> Callable[[dict[str, Any]], tuple[int, bytes]]:
    return lambda asked: (status, json.dumps({"call_id": asked["call_id"], **said}).encode())


def test_a_client_behind_an_address_is_asked_by_post(tmp_path: Path) -> None:
    with adapter(lambda asked: (200, json.dumps({"call_id": "c1", "ok": True, "result": asked}).encode())) as url:
        client = Client(setup_of(tmp_path, url=url), base_url="http://v", api_key=KEY)
        with started(client):
            answer = client.call("c1", "list_contacts", {"status": "open"})

    assert (
        answer.outcome,
        answer.result["operation"],
        answer.result["arguments"],
    ) == ("ok", "list_contacts", {"status": "open"})
    assert client.close() == ((), ("api_key",))


def test_an_adapter_may_answer_a_failure_with_a_status_of_failure(tmp_path: Path) -> None:
    with adapter(_answered(502, {"ok": False, "error": {"kind": "backend", "message": "later"}})) as url:
        answer = Client(setup_of(tmp_path, url=url), base_url="http://v", api_key=KEY).call("c1", "list_contacts", {})

    assert (answer.outcome, answer.message) == ("backend", "later")


def test_an_adapter_that_answers_something_else_has_crashed(tmp_path: Path) -> None:
    with adapter(lambda _: (500, b"<h1>Internal Server Error</h1>")) as url:
        answer = Client(setup_of(tmp_path, url=url), base_url="http://v", api_key=KEY).call("c1", "list_contacts", {})

    assert answer.crash == "its adapter answered 500, and no answer: <h1>Internal Server Error</h1>"


def test_an_adapter_that_is_not_there_has_crashed(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/golive"
    answer = Client(setup_of(tmp_path, url=url), base_url="http://v", api_key=KEY).call("c1", "list_contacts", {})

    assert answer.crash == "nobody takes calls at http://127.0.0.1:9/golive: ConnectError"


def test_a_setup_travels_to_a_worker(tmp_path: Path) -> None:
    setup = setup_of(tmp_path, command=["node", "crm.mjs"], environ={"A": "{base_url}"}, concurrent=True)

    assert setup == received(json.loads(json.dumps(told(setup))))
    assert (
        setup.name,
        setup.vendor,
        setup.how,
        setup.key,
        setup.started,
    ) == ("crm", "timely", "command", "clients.crm", True)
