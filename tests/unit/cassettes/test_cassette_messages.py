"""A replay that is asked for what it does not hold says why: never recorded, recorded otherwise, or played already."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pytest_golive.cassettes.tape import Mode
from pytest_golive.cassettes.transport import NotRecorded
from pytest_golive.facts.finding import Finding
from tests.unit.cassettes.conftest import URL, Lab, environment

FILE = "golive-cassettes/staging/prerelease/checks/limits_answer/shop.yaml"
FIX = (
    "record what is missing with --golive-record missing, or the whole suite anew with --golive-record all; "
    "a call that changes from run to run takes its values from golive.fresh()"
)

Calls = Callable[[httpx.Client], object]


def refused(lab: Lab, recorded: Calls, asked: Calls) -> str:
    """Return why a call cannot be played."""
    lab.run(Mode.ALL, recorded)
    count = len(lab.asked)
    with pytest.raises(NotRecorded) as raised:
        lab.run(Mode.NONE, asked)
    assert len(lab.asked) == count, "a replay asks nothing"
    return raised.value.finding.actual


def test_the_whole_finding(lab: Lab) -> None:
    """What has to be there, where, and how it gets there."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/a", extensions={"golive_operation": "list_a"}))

    with pytest.raises(NotRecorded) as raised:
        lab.run(Mode.NONE, lambda client: client.get(f"{URL}/b", extensions={"golive_operation": "list_b"}))

    assert raised.value.finding == Finding(
        requirement=f"list_b has to be in {FILE}",
        expected="a recorded call",
        actual="GET https://shop.example/api/v1/b with none: never recorded",
        fix=FIX,
    )


def test_a_check_without_a_cassette(lab: Lab) -> None:
    """Nothing of it was ever recorded."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/a"))

    with pytest.raises(NotRecorded) as raised:
        lab.run(Mode.NONE, lambda client: client.get(f"{URL}/a"), check="other_check[shop]")

    assert raised.value.finding.requirement == (
        "this call has to be in golive-cassettes/staging/prerelease/checks/other_check/shop.yaml"
    )
    assert raised.value.finding.actual == "GET https://shop.example/api/v1/a with none: never recorded"


def test_a_call_outside_of_checks(lab: Lab) -> None:
    """Nothing is recorded there, and in a replay nothing is asked either."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/a"))

    with pytest.raises(NotRecorded) as raised:
        lab.client(lab.recordings(Mode.NONE, environment()), lambda _: pytest.fail("asked")).get(f"{URL}/a?key=x")

    assert raised.value.finding.actual == (
        "GET https://shop.example/api/v1/a: it is made outside of any check, where nothing is recorded"
    )


@pytest.mark.parametrize(
    ("recorded", "asked", "told"),
    [
        (
            lambda client: client.get(f"{URL}/a"),
            lambda client: [client.get(f"{URL}/a"), client.get(f"{URL}/a")],
            "GET {url}/a with none: played out: it was recorded once, and is asked for once more",
        ),
        (
            lambda client: [client.get(f"{URL}/a"), client.get(f"{URL}/a")],
            lambda client: [client.get(f"{URL}/a") for _ in range(3)],
            "GET {url}/a with none: played out: it was recorded 2 times, and is asked for once more",
        ),
        (
            lambda client: client.get(f"{URL}/a?page=1&size=5"),
            lambda client: client.get(f"{URL}/a?size=5&page=2"),
            (
                "GET {url}/a?size=5&page=2 with none: differs from recorded call 1: "
                "query parameter `page` was '1' and is '2'"
            ),
        ),
        (
            lambda client: client.get(f"{URL}/a"),
            lambda client: client.get(f"{URL}/a?page=2&page=3"),
            (
                "GET {url}/a?page=2&page=3 with none: differs from recorded call 1: "
                'query parameter `page` was absent and is ["2", "3"]'
            ),
        ),
        (
            lambda client: client.post(f"{URL}/a", headers={"Idempotency-Key": "k1"}),
            lambda client: client.post(f"{URL}/a", headers={"Idempotency-Key": "k2"}),
            "POST {url}/a with none: differs from recorded call 1: header idempotency-key was 'k1' and is 'k2'",
        ),
        (
            lambda client: client.post(f"{URL}/a", json={"a": {"b": [1, 2]}, "c": None}),
            lambda client: client.post(f"{URL}/a", json={"a": {"b": [1, 3, 4]}, "d": True}),
            (
                "POST {url}/a with none: differs from recorded call 1: body field `a.b[1]` was 2 and is 3; "
                "body field `a.b[2]` was absent and is 4; body field `c` was null and is absent and 1 more"
            ),
        ),
        (
            lambda client: client.post(f"{URL}/a", content=b"one"),
            lambda client: client.post(f"{URL}/a", content=b"\xff\xfe"),
            "POST {url}/a with none: differs from recorded call 1: body was 'one' and is 2 bytes",
        ),
        (
            lambda client: client.post(f"{URL}/a", json={"text": "x" * 80}),
            lambda client: client.post(f"{URL}/a", json={"text": 1}),
            f"POST {{url}}/a with none: differs from recorded call 1: body field `text` was '{'x' * 59}… and is 1",
        ),
        (
            lambda client: client.get(f"{URL}/a/1"),
            lambda client: client.get(f"{URL}/a/2"),
            "GET {url}/a/2 with none: differs from recorded call 1: path was '/api/v1/a/1' and is '/api/v1/a/2'",
        ),
        (
            lambda client: client.get(f"{URL}/a", extensions={"golive_credential": "shop.api_key"}),
            lambda client: client.get(f"{URL}/a"),
            "GET {url}/a with none: differs from recorded call 1: key was 'shop.api_key' and is 'none'",
        ),
        (
            lambda client: [client.get(f"{URL}/a?q=1"), client.get(f"{URL}/b?q=2")],
            lambda client: client.get(f"{URL}/b?q=3"),
            "GET {url}/b?q=3 with none: differs from recorded call 2: query parameter `q` was '2' and is '3'",
        ),
        (
            lambda client: [client.get(f"{URL}/a?q=1"), client.get(f"{URL}/a?q=2")],
            lambda client: [client.get(f"{URL}/a?q=1"), client.get(f"{URL}/a?q=3")],
            "GET {url}/a?q=3 with none: differs from recorded call 2: query parameter `q` was '2' and is '3'",
        ),
        (
            lambda client: client.get(f"{URL}/a"),
            lambda client: client.post(f"{URL}/a"),
            "POST {url}/a with none: never recorded",
        ),
    ],
)
def test_why_a_call_is_not_played(lab: Lab, recorded: Calls, asked: Calls, told: str) -> None:
    """The nearest recorded call, and which part of it is another."""
    assert refused(lab, recorded, asked) == told.replace("{url}", URL)


def test_what_makes_no_other_call(lab: Lab) -> None:
    """The order of parameters and fields, spaces in JSON, a client's name: all of that may differ."""
    lab.run(
        Mode.ALL,
        lambda client: client.post(f"{URL}/a?b=1&c=2", json={"x": 1, "y": 2}, headers={"user-agent": "one"}),
    )
    seen: list[int] = []

    def asked(client: httpx.Client) -> None:
        headers = {"content-type": "application/json", "user-agent": "two"}
        seen.append(client.post(f"{URL}/a?c=2&b=1", content=b'{"y":2,"x":1}', headers=headers).status_code)

    lab.run(Mode.NONE, asked)

    assert seen == [200]


def test_true_is_not_one(lab: Lab) -> None:
    """Python thinks so; JSON does not."""
    told = refused(lab, lambda c: c.post(f"{URL}/a", json={"a": 1}), lambda c: c.post(f"{URL}/a", json={"a": True}))

    assert told.endswith("differs from recorded call 1: body field `a` was 1 and is true")
