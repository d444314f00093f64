"""Answers are altered where their schemas say, and values are found again whatever way they are written."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pytest_golive.clients.altering import altered, in_items, json_in, merged, objects, spots, with_content
from pytest_golive.clients.faults.reading_values import (
    LETTERS,
    MOMENT,
    bomb,
    compress,
    first_turned,
    last_word,
    packed,
    pairs,
    same_moment,
    same_number,
)
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.sandbox.http import Response
from pytest_golive.vendors.library import read_pack

SCHEMA: dict[str, Any] = {
    "$defs": {"owner": {"type": "object", "properties": {"kind": {"enum": ["team", "person"]}}}},
    "required": ["data"],
    "properties": {
        "data": {
            "items": {
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "allOf": [{"maxLength": 9}]},
                    "owner": {"$ref": "#/$defs/owner", "type": ["object", "null"]},
                    "free": {"type": "object"},
                },
            }
        },
        "meta": {"properties": {"page": {"type": "integer"}}},
    },
}

BODY = {
    "data": [{"id": "a", "owner": {"kind": "team"}, "free": {"x": 1}}, {"id": "b", "owner": None}],
    "meta": {"page": 1},
}


def test_fields_are_found_with_what_their_schema_says_of_them() -> None:
    """References and allOf are resolved; what the schema does not name is no field."""
    found = {spot.path: spot for spot in spots(SCHEMA, json.loads(json.dumps(BODY)))}

    assert list(found) == [
        ("data",),
        ("data", 0, "id"),
        ("data", 0, "owner"),
        ("data", 0, "owner", "kind"),
        ("data", 0, "free"),
        ("data", 1, "id"),
        ("data", 1, "owner"),
        ("meta",),
        ("meta", "page"),
    ]
    assert (found["data", 0, "id"].required, found["data", 0, "owner"].required) == (True, False)
    assert found["data", 0, "id"].schema == {"type": "string", "maxLength": 9}
    assert found["data", 1, "owner"].kinds == ("object", "null")
    assert found["data", 0, "owner", "kind"].schema["enum"] == ["team", "person"]


def test_a_field_is_changed_in_its_body() -> None:
    """Put another value there, or take it out."""
    body = json.loads(json.dumps(BODY))
    found = {spot.path: spot for spot in spots(SCHEMA, body)}

    found["data", 0, "id"].put("z")
    found["data", 1, "owner"].drop()

    assert body["data"][:2] == [{"id": "z", "owner": {"kind": "team"}, "free": {"x": 1}}, {"id": "b"}]


def test_free_maps_are_no_objects_of_the_schema() -> None:
    """What may stand in them is the team's own matter."""
    assert {"x": 1} not in objects(SCHEMA, BODY)
    assert {"kind": "team"} in objects(SCHEMA, BODY)


def test_of_a_listing_the_items_are_told_from_the_pages() -> None:
    """A change of `meta` would change where the listing ends."""
    listing, single = (read_pack("timely").operations[name] for name in ("list_contacts", "get_contact"))
    found = {spot.path: spot for spot in spots(SCHEMA, BODY)}

    assert (in_items(listing, found["data", 0, "id"]), in_items(listing, found["meta", "page"])) == (True, False)
    assert in_items(single, found["meta", "page"])
    bare = read_pack("selwise").operations["list_integrations"]
    assert [in_items(bare, spot) for spot in spots({"items": SCHEMA}, [{"data": []}])] == [True]


def test_only_successes_in_json_are_altered() -> None:
    """A refusal stays the vendor's own."""

    def alter(body: Any) -> None:
        body["more"] = "ü"

    change = altered(alter)

    assert change(Response(200, {"Content-Length": "2"}, b"{}")) == Response(200, {}, '{"more": "ü"}'.encode())
    for untouched in (Response(400, {}, b"{}"), Response(200, {}, b"<p>")):
        assert change(untouched) is untouched
    assert json_in(Response(200, {}, b"")) is None


def test_a_header_is_added_with_the_body() -> None:
    """Another length is the sender's matter."""
    answer = with_content(Response(200, {"content-length": "9", "X": "1"}, b"a"), b"bc", content_encoding="gzip")

    assert answer == Response(200, {"X": "1", "Content-Encoding": "gzip"}, b"bc")


def test_what_is_no_schema_says_nothing() -> None:
    """`true` is a schema as well."""
    assert merged({}, True) == {}
    assert merged(SCHEMA, {"$ref": "#"})["required"] == ["data"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_answers_are_compressed(encoding: str) -> None:
    """As Content-Encoding says; the bomb is small on its way."""
    unpack: Callable[[bytes], bytes] = gzip.decompress if encoding == "gzip" else zlib.decompress
    answer, large = packed(encoding)(Response(200, {}, b"{}")), bomb(encoding)(Response(200, {}, b"{}"))

    assert (unpack(answer.body), answer.headers) == (b"{}", {"Content-Encoding": encoding})
    assert (json.loads(unpack(large.body)), len(large.body) < 2_000_000) == ({}, True)
    assert len(unpack(large.body)) > 32_000_000
    assert unpack(compress(encoding, b"x")) == b"x"


@pytest.mark.parametrize(
    ("sent", "found", "same"),
    [
        ("1.50", 1.5, True),
        ("1.50", "1.5", True),
        ("1234567.000000000000000001", 1234567.0, False),
        (2**53 + 1, float(2**53), False),
        (1, True, True),
        ("1.5", None, False),
        ("1.5", "EUR 1.5", False),
    ],
)
def test_numbers_are_compared_however_they_are_written(sent: Any, found: Any, same: bool) -> None:
    """As text or as numbers."""
    assert same_number(sent, found) is same


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (MOMENT, True),
        ("2026-03-28T20:00:00Z", True),
        ("2026-03-28T20:00:00", True),
        ("2026-03-29T01:30:00Z", False),
        (1774728000, True),
        (1774728000250, True),
        (1774747800, False),
        ("28 March, 20:00", True),
        (None, True),
    ],
)
def test_moments_are_compared_however_they_are_written(found: Any, same: bool) -> None:
    """What cannot be read as one may be right."""
    assert same_moment(MOMENT, found) is same


def test_words_are_told_in_both_spellings() -> None:
    """Names of fields are written in two ways."""
    assert [last_word(name) for name in ("customer_name", "displayName", "title", "note_id")] == [
        "name",
        "name",
        "title",
        "id",
    ]
    assert LETTERS in dict(pairs({"a": [{"name": LETTERS}], "b": 1})).values()


def attempt(number: int, method: str, status: int, sha: str = "a", path: str = "/v1/contacts") -> Attempt:
    return Attempt(number, float(number), method, path, status=status, body_sha256=sha, call="c1")


@pytest.mark.parametrize(
    ("attempts", "turned"),
    [
        ([attempt(0, "POST", 302)], False),
        ([attempt(0, "POST", 307), attempt(1, "POST", 201)], False),
        ([attempt(0, "POST", 302), attempt(1, "POST", 201)], False),
        ([attempt(0, "POST", 303), attempt(1, "GET", 200, "")], False),
        ([attempt(0, "POST", 302), attempt(1, "GET", 200, "")], True),
        ([attempt(0, "PUT", 301), attempt(1, "PUT", 200, "")], True),
        ([attempt(0, "POST", 308), attempt(1, "POST", 201, "b")], True),
        ([attempt(0, "POST", 302), attempt(1, "GET", 200, "", "/login")], False),
    ],
    ids=["not followed", "307", "302 kept", "303", "302 to GET", "body lost", "other body", "elsewhere"],
)
def test_a_write_that_turned_into_another_is_seen(attempts: list[Attempt], turned: bool) -> None:
    """By method and body of what follows on the same path."""
    call = Call("c1", "create_contact", {}, 0.0, 1.0, "ok")

    assert (first_turned(Trace("t", tuple(attempts), calls=(call,)), call) is not None) is turned
