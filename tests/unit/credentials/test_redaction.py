import base64
import html
import json
import threading
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret, fingerprint

VALUE = 'upz_live/4f"9c+2e=7é1'
MASK = f"[uppzy.api_key {fingerprint(VALUE)}]"

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "quote": quote,
    "quote everything": lambda value: quote(value, safe=""),
    "quote_plus": quote_plus,
    "quote, lower hex": lambda value: "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "_.-~" else quote(letter, safe="").lower()
        for letter in value
    ),
    "quoted twice": lambda value: quote(quote(value)),
    "json": json.dumps,
    "json unicode": lambda value: json.dumps(value, ensure_ascii=False),
    "json in json": lambda value: json.dumps(json.dumps(value)),
    "json in html": lambda value: html.escape(json.dumps(value)),
    "html": html.escape,
    "html text": lambda value: html.escape(value, quote=False),
    "repr": repr,
    "repr of json": lambda value: repr(json.dumps(value)),
    "bytes": lambda value: repr(value.encode()),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64, url": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "basic, as user": lambda value: base64.b64encode(f"{value}:".encode()).decode(),
    "basic, after 1": lambda value: base64.b64encode(f"u:{value}".encode()).decode(),
    "basic, after 2": lambda value: base64.b64encode(f"us:{value}".encode()).decode(),
    "basic, after 3": lambda value: base64.b64encode(f"use:{value}".encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "hex, upper": lambda value: value.encode().hex().upper(),
    "reversed": lambda value: value[::-1],
}

secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=60)


def core(encoded: str, encoding: str, value: str) -> str:
    """Return what must be gone: of base64 the characters that hold bits of the secret alone."""
    if not encoding.startswith(("base64", "basic")):
        return encoded.strip("\"'")
    before = int(encoding[-1]) + 1 if encoding[-1].isdigit() else 0
    return encoded[-(-before * 8 // 6) : (before + len(value.encode())) * 8 // 6]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_is_masked_in_each_encoding(encoding: str) -> None:
    """Text around the secret stays, its mask names it."""
    encoded = ENCODINGS[encoding](VALUE)

    scrubbed = Redactor([Secret(VALUE, "uppzy.api_key")]).scrub(f"GET /?key={encoded} -> 200")

    assert core(encoded, encoding, VALUE) not in scrubbed
    assert MASK in scrubbed
    assert scrubbed.startswith("GET /?key=")
    assert scrubbed.endswith(" -> 200")


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=40)
@given(value=secrets)
def test_no_secret_survives_any_encoding(encoding: str, value: str) -> None:
    """Whatever the secret is made of, it is found and masked."""
    redactor = Redactor([Secret(value, "a.key")])
    encoded = ENCODINGS[encoding](value)

    scrubbed = redactor.scrub(f"<{encoded}>")

    assert core(encoded, encoding, value) not in scrubbed.replace(f"[a.key {fingerprint(value)}]", "")
    assert redactor.holds(f"<{encoded}>") == ("a.key",)


@given(value=secrets, text=st.text())
def test_text_without_a_secret_is_left_alone(value: str, text: str) -> None:
    """Nothing else is changed."""
    redactor = Redactor([Secret(value, "a.key")])
    assume(not any(form in text for form in redactor.values))
    assume("..." not in text and "…" not in text)

    assert redactor.scrub(text) == text
    assert redactor.holds(text) == ()


@given(value=secrets, data=st.data())
def test_a_piece_beside_an_ellipsis_is_masked(value: str, data: st.DataObject) -> None:
    """What pytest leaves of a long value, its beginning and its end, is masked too."""
    assume("." not in value and "…" not in value and len(value.splitlines()) == 1)
    begin = data.draw(st.integers(4, len(value)))
    end = data.draw(st.integers(4, len(value)))
    mask = f"[a.key {fingerprint(value)}]"

    scrubbed = Redactor([Secret(value, "a.key")]).scrub(f"({value[:begin]}...{value[-end:]})")

    assert scrubbed == f"({mask}...{mask})"


def test_a_longer_piece_is_taken_before_a_shorter_one() -> None:
    """A piece of a secret whose beginning repeats is masked whole."""
    redactor = Redactor([Secret("abcdabcdabcdXYZ1", "a.key")])

    assert redactor.scrub("'abcdabcd...") == "'[a.key {}]...".format(fingerprint("abcdabcdabcdXYZ1"))


def test_a_public_prefix_is_masked_and_not_called_a_leak() -> None:
    """`upz_live_...` is a placeholder; half of a key is a leak."""
    redactor = Redactor([Secret("upz_live_4f9c2e71ab", "uppzy.api_key")])

    assert redactor.holds("use upz_live_... as the key") == ()
    assert redactor.holds("E  'upz_live_4f9c...") == ("uppzy.api_key",)


def test_the_longer_of_two_secrets_wins() -> None:
    """A secret that contains another one is masked as itself."""
    short, long = Secret("0a1b2c3d4e", "a.short"), Secret("0a1b2c3d4e-5f6g", "a.long")

    scrubbed = Redactor([short, long]).scrub("0a1b2c3d4e-5f6g 0a1b2c3d4e")

    assert scrubbed == f"[a.long {long.fingerprint}] [a.short {short.fingerprint}]"


def test_each_line_of_a_key_file_is_masked() -> None:
    """A private key is printed with an indent on each line."""
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----\n"

    scrubbed = Redactor([Secret(key, "a.key")]).scrub("E   MIIEvQIBADANBgkqhkiG\nE   9w0BAQEFAASCBKcwggSj")

    assert scrubbed == "E   [a.key {0}]\nE   [a.key {0}]".format(fingerprint(key))


def test_nested_values_are_scrubbed_whole() -> None:
    """Keys, lists, and a secret of digits that became a number; the rest stays what it is."""
    redactor = Redactor([Secret("48151623", "a.pin"), Secret("upz_live_4f9c", "a.key")])
    pin, key = f"[a.pin {fingerprint('48151623')}]", f"[a.key {fingerprint('upz_live_4f9c')}]"

    scrubbed = redactor.scrub_json(
        {"upz_live_4f9c": [48151623, "x upz_live_4f9c", True, None, 1.5], "a": ({"b": "c"},)}
    )

    assert scrubbed == {key: [pin, f"x {key}", True, None, 1.5], "a": [{"b": "c"}]}


def test_the_first_name_of_a_value_is_shown() -> None:
    """Adding a secret twice, or under a second name, changes nothing."""
    redactor = Redactor([Secret(VALUE, "uppzy.api_key")])
    redactor.add(Secret(VALUE, "uppzy.previous_api_key"))

    assert redactor.scrub(VALUE) == MASK
    assert redactor.holds(VALUE) == ("uppzy.api_key",)


def test_an_empty_secret_is_refused() -> None:
    """It would be found between any two characters."""
    with pytest.raises(ValueError, match=r"^the secret a\.key is empty and cannot be masked$"):
        Redactor([Secret("", "a.key")])


def test_without_secrets_nothing_is_searched() -> None:
    """A redactor that knows no secret gives every text back."""
    assert Redactor().scrub("anything...") == "anything..."
    assert Redactor().holds("anything...") == ()


def test_secrets_may_be_added_while_others_scrub() -> None:
    """Labs make up secrets during the run, on threads of their own."""
    redactor = Redactor()
    values = [f"s3cr3t-{number:04}" for number in range(200)]

    def work(part: list[str]) -> None:
        for value in part:
            redactor.add(Secret(value, "a.key"))
            redactor.scrub(value)

    threads = [threading.Thread(target=work, args=[part]) for part in (values[:100], values[100:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not any(value in redactor.scrub(" ".join(values)) for value in values)
