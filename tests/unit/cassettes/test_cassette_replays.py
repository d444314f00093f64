"""What was recorded is played again, exactly, and nothing is asked."""

from __future__ import annotations

import gzip
import json
import threading
from typing import Any

import httpx
import pytest

from pytest_golive.cassettes.tape import Mode
from pytest_golive.facts.current import carry
from tests.unit.cassettes.conftest import URL, Lab, environment


def test_a_recorded_call_is_played_and_nothing_is_asked(lab: Lab) -> None:
    """Status, listed headers and body are those that were recorded; others are gone."""
    headers = {"content-type": "application/json", "x-request-id": "r-1", "x-secret-thing": "s", "set-cookie": "a=b"}
    lab.run(
        Mode.ALL,
        lambda client: client.get(f"{URL}/limits"),
        lambda _: httpx.Response(201, headers=headers, content=b'{"a":1}'),
    )
    seen: list[httpx.Response] = []

    lab.run(Mode.NONE, lambda client: seen.append(client.get(f"{URL}/limits")), lambda _: pytest.fail("asked"))

    assert len(lab.asked) == 1
    assert (seen[0].status_code, seen[0].content) == (201, b'{"a":1}')
    assert dict(seen[0].headers) == {"content-type": "application/json", "x-request-id": "r-1"}
    assert seen[0].request.extensions["golive_played"] is True


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text",
        b"two\nlines\n",
        b"windows\r\nlines\r\n",
        "viel Gl\u00fcck \U0001f600 \u2028".encode(),
        b"\x89PNG\r\n\x1a\n\x00\xff",
        b"\x00\x01",
        b'{"a": 1, "b": [true, null, 1.5, "\\u00e9"]}',
        '{"name": "Jo\u00e3o"}'.encode(),
        b'{"a":1,"b":{"c":[]}}',
        b'{ "odd" :  1 }',
        b'{"twice": 1, "twice": 2}',
        b'{"big": 123456789012345678901234567890, "small": 1e-7}',
        b"[]",
        b'"text"',
        b"{broken",
        b" trailing space \n \n",
        b"---\n- not: yaml\n",
    ],
)
def test_every_body_is_played_byte_for_byte(lab: Lab, body: bytes) -> None:
    """Text, JSON in any spelling, and what is no text at all; sent and received."""
    lab.run(
        Mode.ALL,
        lambda client: client.post(f"{URL}/x", content=body, headers={"content-type": "application/json"}),
        lambda _: httpx.Response(200, content=body, headers={"content-type": "application/json"}),
    )
    seen: list[bytes] = []

    lab.run(
        Mode.NONE,
        lambda client: seen.append(
            client.post(f"{URL}/x", content=body, headers={"content-type": "application/json"}).content
        ),
    )

    assert seen == [body]


def test_a_compressed_answer_is_kept_decoded(lab: Lab) -> None:
    """What a person cannot read in a file nobody searches for secrets either."""
    packed = gzip.compress(b'{"a": 1}')
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    lab.run(Mode.ALL, lambda c: c.get(f"{URL}/x"), lambda _: httpx.Response(200, content=packed, headers=headers))
    seen: list[Any] = []

    lab.run(Mode.NONE, lambda client: seen.append(client.get(f"{URL}/x")))

    assert seen[0].json() == {"a": 1}
    assert '      string: |\n        {\n          "a": 1\n        }\n' in lab.file().read_text()


def test_a_multipart_form_with_real_bytes_is_found_again(lab: Lab) -> None:
    """A client makes up another boundary each time."""
    picture = b"\x89PNG\r\n\x1a\n\x00\xff--x"
    files = {"file": ("a.png", picture, "image/png")}
    lab.run(Mode.ALL, lambda client: client.post(f"{URL}/files", files=files, data={"title": "a"}))
    seen: list[int] = []

    lab.run(
        Mode.NONE,
        lambda client: seen.append(client.post(f"{URL}/files", files=files, data={"title": "a"}).status_code),
    )

    assert seen == [200]
    assert "!!binary" in lab.file().read_text()


def test_equal_calls_are_played_in_their_order(lab: Lab) -> None:
    """A request that is polled for has another state each time."""
    states = iter(["pending", "processing", "completed"])
    lab.run(
        Mode.ALL,
        lambda client: [client.get(f"{URL}/requests/1") for _ in range(3)],
        lambda _: httpx.Response(200, json={"status": next(states)}),
    )
    seen: list[str] = []

    lab.run(
        Mode.NONE,
        lambda client: seen.extend(client.get(f"{URL}/requests/1").json()["status"] for _ in range(3)),
    )

    assert seen == ["pending", "processing", "completed"]


def test_silence_is_played_too(lab: Lab) -> None:
    """A vendor that did not answer does not answer in the replay."""

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("timed out", request=request)

    def calls(client: httpx.Client) -> None:
        with pytest.raises(httpx.ReadTimeout, match="timed out"):
            client.get(f"{URL}/slow")

    lab.run(Mode.ALL, calls, silent)

    lab.run(Mode.NONE, calls, lambda _: pytest.fail("asked"))

    assert len(lab.asked) == 1


def test_that_the_rate_was_limited_is_remembered(lab: Lab) -> None:
    """A check that must not meet a 429 sees it in the replay as well."""

    def limited(request: httpx.Request) -> httpx.Response:
        request.extensions["golive_rate_limited"] = True
        return httpx.Response(200)

    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/x"), limited)
    seen: list[httpx.Response] = []

    lab.run(Mode.NONE, lambda client: seen.append(client.get(f"{URL}/x")))

    assert seen[0].request.extensions["golive_rate_limited"] is True
    assert dict(seen[0].headers) == {}


def test_another_address_and_other_ids_are_no_difference(lab: Lab) -> None:
    """A sandbox has new ones each time; the answers speak of today's."""
    lab.run(
        Mode.ALL,
        lambda client: client.get(f"{URL}/tenants/ten_4711aa/sites"),
        lambda _: httpx.Response(200, json={"tenant": "ten_4711aa", "next": f"{URL}/page/2", "other": "ten_4711aab"}),
    )
    there = environment("http://127.0.0.1:1/api/v1")
    there.targets["shop"].ids["tenant_id"] = "ten_0815bb"  # type: ignore[index]
    seen: list[Any] = []

    lab.run(
        Mode.MISSING,
        lambda client: seen.append(client.get("http://127.0.0.1:1/api/v1/tenants/ten_0815bb/sites").json()),
        where=there,
    )

    assert seen == [{"tenant": "ten_0815bb", "next": "http://127.0.0.1:1/api/v1/page/2", "other": "ten_4711aab"}]
    assert len(lab.asked) == 1


def test_calls_at_once_belong_to_one_cassette(lab: Lab) -> None:
    """Threads of one check record side by side, and are played side by side."""

    def at_once(client: httpx.Client) -> None:
        def call(number: int) -> None:
            answer = client.post(f"{URL}/things", json={"n": number % 4})
            seen.append((number % 4, answer.json()["n"]))

        threads = [threading.Thread(target=carry(call), args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    seen: list[tuple[int, int]] = []
    lab.run(Mode.ALL, at_once, lambda request: httpx.Response(200, json={"n": json.loads(request.content)["n"]}))
    seen.clear()

    lab.run(Mode.NONE, at_once)

    assert len(lab.asked) == 24
    assert sorted(seen) == sorted([(n % 4, n % 4) for n in range(24)])


def test_what_is_missing_is_asked_and_recorded(lab: Lab) -> None:
    """The rest is played; a call that was just asked is asked again when it comes again."""
    answers = iter(range(1, 10))
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/a"), lambda _: httpx.Response(200, json=next(answers)))
    seen: list[int] = []

    def calls(client: httpx.Client) -> None:
        seen.extend(client.get(f"{URL}/{name}").json() for name in ("a", "b", "b"))

    lab.run(Mode.MISSING, calls, lambda _: httpx.Response(200, json=next(answers)))
    lab.run(Mode.NONE, calls)

    assert seen == [1, 2, 3, 1, 2, 3]
    assert len(lab.asked) == 3


def test_all_records_anew(lab: Lab) -> None:
    """Nothing of the old recording is left; without any call no file is."""
    lab.run(Mode.ALL, lambda client: [client.get(f"{URL}/a"), client.get(f"{URL}/b")])
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/b"))
    text = lab.file().read_text()
    lab.run(Mode.ALL, lambda _: None)

    assert ("v1/b" in text, "v1/a" in text) == (True, False)
    assert not lab.file().exists()


def test_an_interrupted_check_leaves_the_old_recording(lab: Lab) -> None:
    """A cassette is written when the check has ended, and as a whole."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/old"))
    before = lab.file().read_text()

    def interrupted(client: httpx.Client) -> None:
        client.get(f"{URL}/new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.run(Mode.ALL, interrupted)

    assert lab.file().read_text() == before
    assert [path.name for path in lab.file().parent.iterdir()] == [lab.file().name]


def test_a_full_disk_is_told(lab: Lab) -> None:
    """The old file stays, and the run says which could not be written."""
    lab.file().mkdir(parents=True)

    recordings = lab.run(Mode.ALL, lambda client: client.get(f"{URL}/x"))

    assert recordings.incidents == [
        "golive-cassettes/staging/prerelease/checks/limits_answer/shop.yaml cannot be written: Is a directory"
    ]


def test_what_all_share_has_a_cassette_of_its_own(lab: Lab) -> None:
    """Whichever check comes first makes it; the other one's cassette does not hold it."""

    def first(client: httpx.Client) -> None:
        with recordings.shared("shop@staging.example.chat"):
            client.get(f"{URL}/chat")
        client.get(f"{URL}/own")

    recordings = lab.recordings(Mode.ALL, environment())
    from pytest_golive.facts.current import CheckRecord, recording
    from pytest_golive.facts.scope import check_scope

    with recording(CheckRecord("a[shop]")):
        first(lab.client(recordings, lambda _: httpx.Response(200)))
    recordings.end(check_scope("a[shop]"))
    recordings = lab.recordings(Mode.NONE, environment())
    with recording(CheckRecord("b[shop]")), recordings.shared("shop@staging.example.chat"):
        answer = lab.client(recordings, lambda _: pytest.fail("asked")).get(f"{URL}/chat")

    shared = lab.shelf.folder / "shared" / "shop@staging.example.chat.yaml"
    assert answer.status_code == 200
    assert ("/chat" in shared.read_text(), "/own" in shared.read_text()) == (True, False)
    assert "/chat" not in lab.file("a[shop]").read_text()
