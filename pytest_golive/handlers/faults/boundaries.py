"""Authenticity: what a handler keeps apart, and what it keeps to itself. Secrets, letters, tenants, answers."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.finding import CannotTell
from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.forging import signature_in, stamped
from pytest_golive.handlers.genuine import with_fields
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial
from pytest_golive.signing.scheme import Scheme

KEY = bytes(range(251, 219, -1))
"""A key whose base64 has `+`, `/` and `=` in it: 32 bytes."""

SHORTEST = 8
"""Letters of a secret below which it is found in any text by chance."""

NOTE = "words-that-stand-nowhere-else"

BEYOND_ASCII = "Zo\u00eb, Bj\u00f6rk \u6f22\u5b57 \U0001f986 e\u0301"
"""An umlaut, Chinese, a letter beyond the first 65536, and an accent of its own."""

NO_UTF8: Mapping[str, Callable[[bytes], bytes]] = {
    "a byte that is no UTF-8": lambda raw: raw.replace(NOTE.encode(), b"\xff\xfe"),
    "a letter in Latin-1": lambda raw: raw.replace(NOTE.encode(), "Zo\u00eb".encode("latin-1")),
    "a UTF-8 letter that is cut off": lambda raw: raw.replace(NOTE.encode(), b"\xf0\x9f\xa6"),
    "half a pair of surrogates": lambda raw: raw.replace(NOTE.encode(), b"\\ud83e"),
    "a byte order mark before it": lambda raw: b"\xef\xbb\xbf" + raw,
}

GIVEN_AWAY: Mapping[str, re.Pattern[str]] = {
    "a stack trace": re.compile(
        r"Traceback \(most recent call last\)"
        r"|^\s*File \"[^\"]+\", line \d+"
        r"|^\s*at (?:async )?[\w.$<>\[\] ]+ ?\([^()\n]*:\d+(?::\d+)?\)"
        r"|goroutine \d+ \[running\]"
        r"|^#\d+ [^\n]+\(\d+\): ",
        re.MULTILINE,
    ),
    "a path of its machine": re.compile(
        r"(?:/(?:home|usr|var|opt|srv|root|app|tmp|Users)/|\b[A-Z]:\\)[\w.@/\\-]+\.(?:py|[cm]?[jt]s|rb|php|java|go|cs|ex)\b"
    ),
}
"""What an answer shows of a handler's inside; each is looked for in the whole answer."""


@fault("WH-13")
def secret_as_written(trial: Trial) -> None:
    """The handler started beside itself with secrets that look like another notation than they are."""
    setup = trial.lab.setup
    asked = repr((setup.handler.environ, setup.handler.command))
    if "{secret}" not in asked:
        trial.not_verified("environ", "a {secret} in it lets golive start the handler with others")
    event = trial.lab.event
    for said, secret in _secrets(setup.scheme):
        other = _beside(trial, secret)
        try:
            parcel = other.genuine(event, said=f"a delivery signed with a secret that has {said}")
            receipt = trial.send(parcel)
        except CannotTell as problem:
            trial.cannot_tell(f"the handler to start with a secret that has {said}", problem.finding.actual)
        finally:
            other.close()
        trial.must_accept(parcel, receipt)


@fault("WH-15")
def letters_beyond_ascii(trial: Trial) -> None:
    """Text of all the world is taken; bytes that are no text may be refused, and break nothing."""
    field = {"golive_note": NOTE}
    trial.given(trial.genuine(change=with_fields(field)), acts=False)
    world = trial.genuine(change=with_fields({"golive_note": BEYOND_ASCII}), said="an event with letters beyond ASCII")
    trial.must_accept(world, trial.send(world))
    if trial.lab.has_probe:
        trial.must_act(world)
    for said, change in NO_UTF8.items():
        parcel = trial.genuine(change=with_fields(field), body=change, said=f"a signed delivery with {said}")
        trial.must_not_fail(parcel, trial.send(parcel))


@fault("WH-21")
def another_tenant(trial: Trial) -> None:
    """A genuine event, rightly signed, that is about somebody else."""
    trial.need_probe()
    parcel = trial.genuine(tenant=_other(trial.lab.tenant), said="an event of another tenant")

    trial.must_not_fail(parcel, trial.send(parcel))
    trial.must_act(parcel, 0)


@fault("WH-22")
def telling_answers(trial: Trial) -> None:
    """Whatever a handler refuses: its answer holds no secret, no right signature, no trace and no path."""
    for parcel, right in _refused(trial):
        receipt = trial.send(parcel)
        if receipt.accepted:
            trial.cannot_tell("a refusal, to look at its answer", f"{parcel.said} {receipt.told}")
        _must_keep_to_itself(trial, parcel, receipt, right)
    # What is signed and no event may be taken; where it is refused, its answer counts like the others.
    unusable = trial.genuine(
        body=lambda raw: raw[: len(raw) // 2], said="a signed delivery with a body that breaks off"
    )
    _must_keep_to_itself(trial, unusable, trial.send(unusable), None)


def _must_keep_to_itself(trial: Trial, parcel: Parcel, receipt: Receipt, right: str | None) -> None:
    told = given_away(trial, receipt, right)
    trial.must(
        told is None,
        expected="an answer that gives nothing away",
        actual=f"{parcel.said} {receipt.told}, with {told}",
    )


def given_away(trial: Trial, receipt: Receipt, right: str | None) -> str | None:
    """Return what an answer gives away, in words; None where it keeps all to itself.

    Args:
        trial: the trial.
        receipt: what came back.
        right: the signature that would have been right, and was not sent.
    """
    text = "\n".join([receipt.body.decode("utf-8", "replace"), *(value for _, value in receipt.headers)])
    for key, secret in trial.lab.setup.secrets.items():
        value = secret.reveal()
        if len(value) >= SHORTEST and any(written in text for written in _ways_to_write(value)):
            return f"the handler's own {key}"
    if right is not None and right.lower() in text.lower():
        return "the signature that would have been right"
    return next((said for said, pattern in GIVEN_AWAY.items() if pattern.search(text)), None)


def _refused(trial: Trial) -> Iterator[tuple[Parcel, str | None]]:
    """Yield deliveries to be refused, each with the signature that would be right for it and that it does not carry."""
    lab, scheme = trial.lab, trial.lab.setup.scheme
    if scheme.strategy != "none":
        genuine = trial.genuine()
        placed = signature_in(lab, genuine)
        right = placed.signature if placed is not None else None
        yield genuine.without_header(*_carriers(lab, genuine)).saying("a delivery without its proof"), right
        for said, put in (("a wrong", "0" * 64), ("a malformed", "no,signature=\u00e9"), ("an empty", "")):
            sent = genuine
            for name in _carriers(lab, genuine):
                sent = sent.with_header(name, (sent.header(name) or "").replace(right, put) if right else put)
            yield sent.saying(f"a delivery with {said} proof"), right
    if scheme.signs_time:
        yield stamped(lab, trial.genuine(), "golive").saying("a delivery with no time of today"), None


def _carriers(lab: Lab, parcel: Parcel) -> tuple[str, ...]:
    """Return the headers that carry what only who has the secret can write."""
    known = {name.lower(): value for name, value in lab.setup.scheme.headers.items()}
    carried = ("{signature}", "{secret}", "{basic}")
    return tuple(name for name in parcel.proof if any(one in known.get(name, "{secret}") for one in carried))


def _ways_to_write(secret: str) -> tuple[str, ...]:
    raw = secret.encode()
    return secret, base64.b64encode(raw).decode(), raw.hex()


def _secrets(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Yield secrets that are right, and that a handler which guesses reads otherwise."""
    encoding = scheme.secret_encoding
    if encoding == "base64":
        yield "a + and a / in it", scheme.secret_prefix + base64.b64encode(KEY).decode()
    elif encoding == "hex":
        yield "hexadecimal digits alone", scheme.secret_prefix + KEY.hex()
    else:
        yield "hexadecimal digits alone", scheme.secret_prefix + KEY.hex()
        # Text is text, though another vendor's prefix stands before it and the rest is base64.
        yield "whsec_ before it and = behind it", f"{scheme.secret_prefix}whsec_{base64.b64encode(KEY).decode()}"


def _beside(trial: Trial, secret: str) -> Lab:
    """Return the handler started once more, with another secret."""
    setup = trial.lab.setup
    named = Secret(secret, f"{setup.key}.secret")
    changed = replace(setup, secrets={**setup.secrets, "secret": named})
    return Lab(changed, lambda text: trial.lab.scrub(text.replace(secret, "***")))


def _other(tenant: str) -> str:
    """Return another tenant, written alike."""
    try:
        return str(uuid.UUID(int=uuid.UUID(tenant).int ^ 1))
    except ValueError:
        last = tenant[-1:]
        return tenant[:-1] + ("1" if last != "1" else "2")
