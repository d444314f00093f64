"""HTTP Message Signatures against the examples of RFC 9421, and against another library."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import InvalidSignature
from hypothesis import given, strategies

from pytest_golive.signing import PRESETS, NotGenuine, Scheme, new_secret, public_of, sign, verify
from pytest_golive.signing.key import key_in
from pytest_golive.signing.message import signature_base
from pytest_golive.signing.request import Request, value_of
from pytest_golive.signing.structured import Component, InnerList, byte_strings, component, inner_lists, written

AT = 1_618_884_473
BODY = b'{"hello": "world"}'
URL = "https://example.com/foo?param=Value&Pet=dog"
HEADERS = {
    "Host": "example.com",
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    ),
    "Content-Length": "18",
}
SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
PRIVATE = "n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="
PUBLIC = "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="

B25 = Scheme(
    title="RFC 9421, B.2.5",
    strategy="http_message",
    algorithm="hmac-sha256",
    secret_encoding="base64",
    covers=("date", "@authority", "content-type"),
    parameters=("created", "keyid"),
    label="sig-b25",
    key_id="test-shared-secret",
    headers={"Signature-Input": "{signature_input}", "Signature": "{signature}"},
)
B26 = B25.model_copy(
    update={
        "algorithm": "ed25519",
        "covers": ("date", "@method", "@path", "@authority", "content-type", "content-length"),
        "label": "sig-b26",
        "key_id": "test-key-ed25519",
        "public_prefix": "public_",
    }
)


@pytest.mark.parametrize(
    ("scheme", "secret", "told", "signature"),
    [
        (
            B25,
            SHARED,
            'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
            "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
        ),
        (
            B26,
            PRIVATE,
            (
                'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
                ';created=1618884473;keyid="test-key-ed25519"'
            ),
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        ),
    ],
)
def test_the_examples_of_the_rfc(scheme: Scheme, secret: str, told: str, signature: str) -> None:
    """Appendix B.2: to the byte, both ways."""
    made = sign(scheme, secret, BODY, timestamp=AT, url=URL, headers=HEADERS)

    assert made == {"Signature-Input": told, "Signature": signature}
    verify(scheme, [secret], HEADERS | made, BODY, now=AT, url=URL)
    with pytest.raises(NotGenuine, match=r"^no signature fits the request and the secret$"):
        verify(scheme, [secret], HEADERS | made | {"Date": "Tue, 20 Apr 2021 02:07:56 GMT"}, BODY, now=AT, url=URL)


def test_the_public_key_of_the_rfc_verifies() -> None:
    assert public_of(B26, PRIVATE) == f"public_{PUBLIC}"
    made = sign(B26, PRIVATE, BODY, timestamp=AT, url=URL, headers=HEADERS)

    verify(B26, [f"public_{PUBLIC}"], HEADERS | made, BODY, now=AT, url=URL)


def test_the_digest_of_the_rfc_is_that_of_its_body() -> None:
    """RFC 9530, too; covered, it is looked at."""
    scheme = B25.model_copy(
        update={
            "covers": ("content-digest",),
            "digest": "sha-512",
            "headers": {**B25.headers, "Content-Digest": "{content_digest}"},
        }
    )
    made = sign(scheme, SHARED, BODY, timestamp=AT, url=URL)

    assert made["Content-Digest"] == HEADERS["Content-Digest"]
    verify(scheme, [SHARED], made, BODY, now=AT)
    with pytest.raises(NotGenuine, match=r"^the sha-512 of Content-Digest is not that of the body$"):
        verify(scheme, [SHARED], made, BODY + b" ", now=AT)


def test_the_signature_base_of_the_rfc() -> None:
    """B.2.3, whose algorithm golive does not have: the bytes that are signed."""
    told = (
        'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
        ';created=1618884473;keyid="test-key-rsa-pss"'
    )
    request = Request("POST", URL, {name.lower(): value for name, value in HEADERS.items()}, BODY)

    assert signature_base(inner_lists(told)["sig-b23"], request).decode().splitlines() == [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@query": ?param=Value&Pet=dog',
        '"@authority": example.com',
        '"content-type": application/json',
        f'"content-digest": {HEADERS["Content-Digest"]}',
        '"content-length": 18',
        f'"@signature-params": {told.removeprefix("sig-b23=")}',
    ]


@pytest.mark.parametrize(
    ("name", "url", "value"),
    [
        ("@target-uri", "https://www.example.com/path?param=value", "https://www.example.com/path?param=value"),
        ("@authority", "https://WWW.example.com:443/path", "www.example.com"),
        ("@authority", "http://www.example.com:8443/path", "www.example.com:8443"),
        ("@authority", "http://[::1]:80/", "[::1]"),
        ("@scheme", "HTTPS://www.example.com/", "https"),
        ("@request-target", "https://www.example.com/path?param=value", "/path?param=value"),
        ("@request-target", "https://www.example.com", "/"),
        ("@path", "https://www.example.com", "/"),
        ("@query", "https://www.example.com/path?queryString", "?queryString"),
        ("@query", "https://www.example.com/path", "?"),
        ('@query-param;name="baz"', "https://www.example.com/path?param=value&foo=bar&baz=bat%2Dman", "bat-man"),
        ('@query-param;name="qux"', "https://www.example.com/path?qux=&param=value", ""),
        (
            '@query-param;name="var"',
            "https://www.example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value",
            "this%20is%20a%20big%0Amultiline%20value",
        ),
        (
            '@query-param;name="bar"',
            "https://www.example.com/parameters?bar=with+plus+whitespace",
            "with%20plus%20whitespace",
        ),
        (
            '@query-param;name="fa%C3%A7ade%22%3A%20"',
            "https://www.example.com/parameters?fa%C3%A7ade%22%3A%20=something",
            "something",
        ),
        ("x-folded", "https://www.example.com/", "one two"),
    ],
)
def test_components_have_the_values_of_the_rfc(name: str, url: str, value: str) -> None:
    """Sections 2.1 and 2.2."""
    assert value_of(component(name), Request("POST", url, {"x-folded": " one\r\n   two "}, b"")) == value


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("@nothing", "there is no component @nothing"),
        ("date;sf", '"date";sf has parameters that nothing here reads'),
        ("@query-param", '"@query-param" has to have a name and nothing else'),
        ('@query-param;name="a"', "the query has 2 parameters a; one can be signed"),
        ('@query-param;name="b"', "the query has 0 parameters b; one can be signed"),
    ],
)
def test_what_cannot_be_told_is_not_signed(name: str, told: str) -> None:
    request = Request("POST", "https://example.com/?a=1&a=2", {"date": "x"}, b"")

    with pytest.raises(ValueError, match=r".") as raised:
        signature_base(InnerList((component(name),)), request)
    assert str(raised.value) == told


def test_a_component_is_covered_once() -> None:
    with pytest.raises(ValueError, match=r"^a component is covered twice$"):
        signature_base(InnerList((component("@path"), component("@path"))), Request("POST", URL, {}, b""))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"covers": ()}, "http_message covers nothing"),
        ({"headers": {"Signature": "{signature}"}}, "no header carries the {signature_input}"),
        ({"covers": ("content-digest",)}, "no header carries the {content_digest}"),
        ({"expires_seconds": 1.0}, "expires and expires_seconds go together"),
    ],
)
def test_a_scheme_that_is_not_whole_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match="Value error") as raised:
        Scheme.model_validate(B25.model_dump() | changes)
    assert f"Value error, {told}" in str(raised.value)


def test_a_signature_tells_its_end_and_its_purpose() -> None:
    scheme = B25.model_copy(
        update={"parameters": ("created", "expires", "tag"), "expires_seconds": 60.0, "tag": "hook"}
    )
    made = HEADERS | sign(scheme, SHARED, BODY, timestamp=AT, url=URL, headers=HEADERS)

    assert made["Signature-Input"].endswith(';created=1618884473;expires=1618884533;tag="hook"')
    verify(scheme, [SHARED], made, BODY, now=AT + 60, url=URL)
    with pytest.raises(NotGenuine, match=r"^the signature expired 2 s ago$"):
        verify(scheme, [SHARED], made, BODY, now=AT + 62, url=URL)
    other = scheme.model_copy(update={"tag": "mail"})
    with pytest.raises(NotGenuine, match=r"^Signature-Input does not say that tag is mail$"):
        verify(other, [SHARED], made, BODY, now=AT, url=URL)


def test_what_the_scheme_covers_has_to_be_given() -> None:
    with pytest.raises(ValueError, match=r"^the scheme covers date, and none was given$"):
        sign(B25, SHARED, BODY, timestamp=AT, url=URL)
    with pytest.raises(ValueError, match=r"^the scheme tells when a signature was made, and no time was given$"):
        sign(B25, SHARED, BODY, url=URL, headers=HEADERS)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Signature-Input": 'sig1=("@method");created="x"', "Signature": "sig1=:AA==:"}, "does not cover"),
        (
            {"Signature-Input": "sig1=(", "Signature": "sig1=:AA==:"},
            "Signature-Input is no structured field: a string is",
        ),
        (
            {"Signature-Input": "sig1=1", "Signature": "sig1=:AA==:"},
            "Signature-Input is no structured field: a member is",
        ),
        ({"Signature-Input": 'a=("x")', "Signature": "a=:A:"}, "Signature is no structured field: no base64 before 5"),
        ({"Signature-Input": 'a=("x"), a=("x")', "Signature": "a=::"}, "no structured field: a stands there twice"),
        ({"Signature-Input": 'a=("x""y")', "Signature": "a=::"}, "no structured field: no space at 6"),
        ({"Signature-Input": 'a=("x") b', "Signature": "a=::"}, "no structured field: a comma is due at 7"),
        ({"Signature-Input": 'a=("x")', "Signature": "b=::"}, "Signature and Signature-Input have no label in common"),
    ],
)
def test_broken_headers_are_told(headers: dict[str, str], told: str) -> None:
    with pytest.raises(NotGenuine) as raised:
        verify(PRESETS["rfc9421_hmac"], [SHARED], headers, BODY, now=AT, url=URL)

    assert raised.value.reason == "malformed"
    assert told in str(raised.value)


def test_a_list_is_written_as_it_was_read() -> None:
    """All kinds of values a parameter may have, and what stands there twice counts once."""
    text = '("date" "x\\"\\\\";key="a" "@path");created=1;a=?0;b;c=:AAE=:;d=tok/en;e="t";n=-5'

    assert inner_lists(f"sig1={text}")["sig1"].written == text
    assert inner_lists("s=();a=1;b=2;a=3")["s"].written == "();b=2;a=3"


PIECES = [
    "sig1",
    "a",
    "=",
    "(",
    ")",
    '"',
    '"@method"',
    '"content-digest"',
    ";",
    "created",
    ":",
    "AA==",
    ",",
    " ",
    "?1",
    "1",
    "-",
    "\\",
    "é",
]


@given(
    told=strategies.lists(strategies.sampled_from(PIECES), max_size=14).map("".join),
    signature=strategies.lists(strategies.sampled_from(PIECES), max_size=8).map("".join),
    digest=strategies.lists(strategies.sampled_from(PIECES), max_size=8).map("".join),
)
def test_whatever_structure_is_sent_there_is_an_answer(told: str, signature: str, digest: str) -> None:
    """Nothing but NotGenuine comes out of it."""
    headers = {"Signature-Input": told, "Signature": signature, "Content-Digest": digest}
    anything = B25.model_copy(update={"covers": ("@method",), "parameters": ("created",)})

    for scheme in (anything, PRESETS["rfc9421_ed25519"]):
        with pytest.raises(NotGenuine):
            verify(scheme, [SHARED if scheme is anything else PRIVATE], headers, BODY, now=AT, url=URL)


@given(
    text=strategies.text(strategies.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    number=strategies.integers(-(10**15) + 1, 10**15 - 1),
    raw=strategies.binary(max_size=40),
    flag=strategies.booleans(),
)
def test_any_value_comes_back_as_it_was_written(text: str, number: int, raw: bytes, flag: bool) -> None:
    made = InnerList((Component(text, {"a": raw}),), {"n": number, "s": text, "f": flag})

    assert inner_lists(f"x={made.written}, y=()") == {"x": made, "y": InnerList(())}
    assert byte_strings(f"x={written(raw)};p=1") == {"x": raw}


class Keys(HTTPSignatureKeyResolver):
    """One key, for the other library."""

    def __init__(self, private: Any, public: Any) -> None:
        self.private, self.public = private, public

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private

    def resolve_public_key(self, key_id: str) -> Any:
        return self.public


def other_library(scheme: Scheme, secret: str) -> dict[str, Any]:
    """Return what the other library's signers and verifiers are made with."""
    key = key_in(scheme, secret)
    if not scheme.asymmetric:
        return {"signature_algorithm": algorithms.HMAC_SHA256, "key_resolver": Keys(key, key)}
    private = Ed25519PrivateKey.from_private_bytes(key)
    return {"signature_algorithm": algorithms.ED25519, "key_resolver": Keys(private, private.public_key())}


def message(headers: dict[str, str]) -> Any:
    return SimpleNamespace(method="POST", url=URL, headers=headers)


@pytest.mark.parametrize("name", ["rfc9421_hmac", "rfc9421_ed25519"])
def test_ours_is_what_another_library_verifies(name: str) -> None:
    told_too = {"key_id": "k1", "tag": "hook", "parameters": ("created", "keyid", "alg", "tag")}
    scheme = PRESETS[name].model_copy(update=told_too)
    secret, usual = new_secret(scheme), {"Content-Type": "application/json"}
    made = usual | sign(scheme, secret, BODY, timestamp=time.time(), url=URL, headers=usual)

    def told(headers: dict[str, str], by: str = secret) -> Any:
        verifier = HTTPMessageVerifier(**other_library(scheme, by))
        return verifier.verify(message(headers), expect_tag="hook", body=BODY)

    assert set(scheme.covers) <= {str(each).strip('"') for each in told(made)[0].covered_components}
    with pytest.raises(InvalidSignature):
        told(made, new_secret(scheme))


@pytest.mark.parametrize("name", ["rfc9421_hmac", "rfc9421_ed25519"])
def test_what_another_library_signs_is_genuine_to_us(name: str) -> None:
    scheme = PRESETS[name]
    secret, sent = new_secret(scheme), message({"Content-Type": "application/json"})
    covered = [each for each in scheme.covers if each != "content-digest"]

    HTTPMessageSigner(**other_library(scheme, secret)).sign(sent, key_id="k1", covered_component_ids=covered, body=BODY)

    verify(scheme, [secret], sent.headers, BODY, now=time.time(), url=URL)
    with pytest.raises(NotGenuine, match=r"^the sha-256 of Content-Digest is not that of the body$"):
        verify(scheme, [secret], sent.headers, b"{}", now=time.time(), url=URL)
