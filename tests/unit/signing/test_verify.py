from __future__ import annotations

import pytest
from hypothesis import given, strategies

from pytest_golive.signing import PRESETS, NotGenuine, Scheme, new_secret, sign, verify

BODY = '{"name":"Zoë"}'.encode()
NOW = 1_777_896_000.0
SECRET = "a-secret-for-tests"

STAMPED = Scheme(
    title="t",
    strategy="hmac",
    signed="{timestamp}.{body}",
    headers={"X-Sig": "{signature}", "X-Time": "{timestamp}"},
    tolerance_seconds=300,
)
PREFIXED = Scheme(title="t", strategy="hmac", headers={"X-Sig": "sha256={signature}"})
LISTED = Scheme(
    title="t",
    strategy="hmac",
    signed="{timestamp}.{body}",
    headers={"X-Sig": "t={timestamp},v1={signature}"},
    tolerance_seconds=300,
    several=",v1=",
)
DATED = STAMPED.model_copy(update={"timestamp": "rfc3339"})
MILLIS = STAMPED.model_copy(update={"timestamp": "unix_milliseconds"})
BASE64 = PREFIXED.model_copy(update={"encoding": "base64"})
BEARER = Scheme(title="t", strategy="bearer", headers={"Authorization": "Bearer {secret}"})
BASIC = Scheme(title="t", strategy="basic", headers={"Authorization": "Basic {basic}"})
API_KEY = Scheme(title="t", strategy="api_key", headers={"{header_name}": "{secret}"})
ALL = [STAMPED, PREFIXED, LISTED, DATED, MILLIS, BASE64, BEARER, BASIC, API_KEY]


def signed(scheme: Scheme, secret: str = SECRET, at: float = NOW, **further: object) -> dict[str, str]:
    arguments = {"timestamp": at, "username": "shop", "header_name": "X-Key", **further}
    return sign(scheme, secret, BODY, **arguments)  # type: ignore[arg-type]


def verified(scheme: Scheme, headers: dict[str, str], *secrets: str, body: bytes = BODY, now: float = NOW) -> None:
    verify(scheme, secrets or (SECRET,), headers, body, now=now, username="shop", header_name="X-Key")


def refused(scheme: Scheme, headers: dict[str, str], *secrets: str, body: bytes = BODY, now: float = NOW) -> str:
    with pytest.raises(NotGenuine) as caught:
        verified(scheme, headers, *secrets, body=body, now=now)
    return f"{caught.value.reason}: {caught.value}"


@pytest.mark.parametrize("scheme", ALL)
def test_what_was_signed_is_genuine(scheme: Scheme) -> None:
    """Whatever the case of the headers' names, and whichever of the valid secrets it was."""
    headers = signed(scheme)

    verified(scheme, headers)
    verified(scheme, {name.upper(): value for name, value in headers.items()})
    verified(scheme, headers, "another", SECRET)


@pytest.mark.parametrize("scheme", ALL)
def test_another_secret_proves_nothing(scheme: Scheme) -> None:
    """Right in form, wrong in content."""
    assert refused(scheme, signed(scheme), "another").startswith("wrong: ")


@pytest.mark.parametrize("scheme", [STAMPED, PREFIXED, LISTED, DATED, MILLIS, BASE64])
@given(position=strategies.integers(0, len(BODY) - 1), other=strategies.integers(1, 255))
def test_every_byte_of_the_body_counts(scheme: Scheme, position: int, other: int) -> None:
    """One that is changed is found."""
    changed = bytearray(BODY)
    changed[position] ^= other

    assert refused(scheme, signed(scheme), body=bytes(changed)) == "wrong: no signature fits the body and the secret"


@pytest.mark.parametrize("scheme", ALL)
def test_every_header_has_to_be_there(scheme: Scheme) -> None:
    """Its name is told."""
    for name in signed(scheme):
        rest = {other: value for other, value in signed(scheme).items() if other != name}

        assert refused(scheme, rest) == f"missing: {name} is missing"


@pytest.mark.parametrize("name", ["Authorization"])
@pytest.mark.parametrize("scheme", [BEARER, BASIC])
def test_an_agreed_header_is_compared_whole(scheme: Scheme, name: str) -> None:
    """No part of it is enough."""
    for value in ("", "Bearer", "Basic", signed(scheme)[name][:-1], signed(scheme)[name] + "x", "é"):
        assert refused(scheme, {name: value}) == f"wrong: {name} is not what was agreed"


@pytest.mark.parametrize(
    "value",
    ["", " ", "x", "0" * 63, "0" * 65, "G" * 64, "é" * 64, "sha256=" + "0" * 64, "0" * 64 + "\n", "²" * 64],
)
def test_a_signature_that_cannot_be_one_is_malformed(value: str) -> None:
    """Told, and never an error of another kind."""
    assert (
        refused(STAMPED, {"X-Sig": value, "X-Time": "1777896000"}) == "malformed: X-Sig is not written as {signature}"
    )


@pytest.mark.parametrize("value", ["", "sha256=", "0" * 64, "sha256:" + "0" * 64, "SHA256=" + "0" * 64])
def test_the_prefix_belongs_to_it(value: str) -> None:
    """Without it, it is another scheme's."""
    assert refused(PREFIXED, {"X-Sig": value}) == "malformed: X-Sig is not written as sha256={signature}"


@pytest.mark.parametrize("value", ["sha256=" + "A" * 44 + "=", "sha256=" + "A" * 40, "sha256=" + "-" * 43 + "="])
def test_base64_has_its_length_and_letters(value: str) -> None:
    """As for hexadecimal digits."""
    assert refused(BASE64, {"X-Sig": value}) == "malformed: X-Sig is not written as sha256={signature}"


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        (STAMPED, "yesterday"),
        (STAMPED, "-1777896000"),
        (STAMPED, "1777896000.5"),
        (STAMPED, "²"),
        (STAMPED, "9" * 40),
        (DATED, "2026-05-04"),
        (DATED, "2026-05-04T12:00:00"),
        (DATED, "1777896000"),
    ],
)
def test_a_time_is_written_as_agreed(scheme: Scheme, value: str) -> None:
    """Every other way is malformed."""
    told = refused(scheme, signed(scheme) | {"X-Time": value})

    assert told == f"malformed: the time of the delivery is not written as {scheme.timestamp}"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (300, None),
        (-300, None),
        (301, "stale: the delivery is 301 s old; at most 300 s are allowed"),
        (-301, "stale: the delivery is 301 s ahead of the clock; at most 300 s are allowed"),
    ],
)
@pytest.mark.parametrize("scheme", [STAMPED, LISTED, DATED, MILLIS])
def test_an_old_delivery_is_stale(scheme: Scheme, seconds: int, told: str | None) -> None:
    """To the second, in both directions."""
    headers = signed(scheme, at=NOW - seconds)

    if told is None:
        verified(scheme, headers)
    else:
        assert refused(scheme, headers) == told


def test_without_a_tolerance_a_delivery_may_be_of_any_age() -> None:
    """Where the vendor says nothing of it."""
    verified(STAMPED.model_copy(update={"tolerance_seconds": None}), signed(STAMPED, at=0))


def test_the_time_cannot_be_changed_afterwards() -> None:
    """It is signed with the body."""
    old = signed(STAMPED, at=NOW - 4000)

    assert refused(STAMPED, old | {"X-Time": "1777896000"}) == "wrong: no signature fits the body and the secret"


def test_any_of_several_signatures_is_enough() -> None:
    """During a rotation each side may still hold the other secret."""
    headers = signed(LISTED, "new-secret", further_secrets=["old-secret"])

    verified(LISTED, headers, "new-secret")
    verified(LISTED, headers, "old-secret")
    assert refused(LISTED, headers, "a-third") == "wrong: no signature fits the body and the secret"


@pytest.mark.parametrize("value", ["v0=abc,{}", "{},v0=abc", "{};v2=x", "v1=short,{}"])
def test_entries_of_other_kinds_are_passed_over(value: str) -> None:
    """What a sender adds later breaks nothing."""
    verified(LISTED, {"X-Sig": value.format(signed(LISTED)["X-Sig"])})


@pytest.mark.parametrize(
    "value", ["", "t=1777896000", "v1=" + "0" * 64, "t=,v1=" + "0" * 64, "t=1777896000,v1=", "t=1777896000,v1=xyz"]
)
def test_a_list_without_time_or_signature_is_malformed(value: str) -> None:
    """Neither is made up."""
    assert refused(LISTED, {"X-Sig": value}) == "malformed: X-Sig is not written as t={timestamp},v1={signature}"


@pytest.mark.parametrize("name", sorted(PRESETS))
@given(value=strategies.text(max_size=80))
def test_whatever_the_headers_hold_there_is_an_answer(name: str, value: str) -> None:
    """Nothing but NotGenuine comes out of it, be the header ever so broken."""
    scheme = PRESETS[name]
    usual = {"Content-Type": "application/json"}
    headers = sign(scheme, new_secret(scheme), BODY, timestamp=NOW, event_id="msg_1", headers=usual) | usual
    for broken in headers:
        with pytest.raises(NotGenuine):
            verify(scheme, [new_secret(scheme)], headers | {broken: value}, BODY, now=NOW)


def test_nothing_agreed_is_nothing_to_verify() -> None:
    """Whatever comes is taken."""
    verify(Scheme(title="t", strategy="none"), [], {}, BODY, now=NOW)


def test_without_a_secret_nothing_can_be_verified() -> None:
    """A mistake of the caller, no matter of the delivery."""
    with pytest.raises(ValueError, match=r"^there is no secret to verify with$"):
        verify(STAMPED, [], signed(STAMPED), BODY, now=NOW)
