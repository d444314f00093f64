"""How a delivery proves where it comes from: one named strategy, and its parameters as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import floor
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLACEHOLDER = re.compile(r"{([a-z_]+)}")

KNOWN = (
    "body",
    "signature",
    "timestamp",
    "event_id",
    "webhook_id",
    "secret",
    "username",
    "basic",
    "header_name",
    "signature_input",
    "content_digest",
)
"""What templates may name. `body` is for what is signed, `basic` is `username:secret` in base64, the last two are for
http_message."""


class Scheme(BaseModel):
    """One way to prove that a delivery comes from its sender.

    Header names, header values and `signed` are templates: ``{signature}``, ``{timestamp}`` (as `timestamp` says),
    ``{event_id}``, ``{webhook_id}``, ``{secret}``, ``{username}``, ``{basic}`` (`username:secret` in base64) and
    ``{header_name}`` (chosen by whoever set the endpoint up); ``{body}`` stands in `signed` only. With http_message
    (RFC 9421) ``{signature}`` and ``{signature_input}`` are whole header values, and ``{content_digest}`` is that of
    RFC 9530.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    strategy: Literal["hmac", "ed25519", "http_message", "bearer", "basic", "api_key", "none"]
    hash: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    secret_encoding: Literal["utf-8", "base64", "hex"] = Field(default="utf-8", description="how the key is written")
    secret_prefix: str = Field(default="", description="what stands before the key and does not belong to it: whsec_")
    public_prefix: str = Field(default="", description="ed25519: what stands before a public key: whpk_")
    signed: str = Field(default="{body}", description="hmac, ed25519: the bytes that are signed, as a template")
    headers: dict[str, str] = Field(default_factory=dict, description="template of the name -> template of the value")
    timestamp: Literal["unix_seconds", "unix_milliseconds", "rfc3339"] = "unix_seconds"
    tolerance_seconds: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="how old a delivery may be; None: no limit"
    )
    several: str | None = Field(
        default=None, description="during a rotation: how one more signature is added to the signature's value: ',v1='"
    )
    matches: str | None = Field(
        default=None, description="regular expression of the signature header's value as the vendor writes it"
    )
    algorithm: Literal["hmac-sha256", "ed25519"] = Field(default="hmac-sha256", description="http_message: of RFC 9421")
    covers: tuple[str, ...] = Field(
        default=(), description='http_message: components that have to be signed: @method, @query-param;name="id"'
    )
    parameters: tuple[Literal["created", "expires", "keyid", "alg", "tag"], ...] = Field(
        default=("created", "keyid", "alg"), description="http_message: what is told of a signature, in this order"
    )
    label: str = Field(
        default="sig1", description="http_message: name of the first signature", pattern=r"^[a-z*][a-z0-9_.*-]*$"
    )
    key_id: str = Field(default="", description="http_message: keyid; '' for none")
    tag: str = Field(default="", description="http_message: tag; '' for none")
    expires_seconds: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="http_message: how long a signature holds, told as expires"
    )
    digest: Literal["sha-256", "sha-512"] = Field(default="sha-256", description="http_message: of the Content-Digest")

    @property
    def signs(self) -> bool:
        """Whether a delivery carries a signature, made for it alone."""
        return self.strategy in {"hmac", "ed25519", "http_message"}

    @property
    def signs_time(self) -> bool:
        """Whether the time of the attempt is signed."""
        if self.strategy == "http_message":
            return "created" in self.parameters
        return self.signs and "{timestamp}" in self.signed

    @property
    def asymmetric(self) -> bool:
        """Whether the receiver gets by with a key that cannot sign."""
        return self.strategy == "ed25519" or (self.strategy == "http_message" and self.algorithm == "ed25519")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for template in self._templates():
            for name in PLACEHOLDER.findall(template):
                if name not in KNOWN:
                    raise ValueError(f"{template!r} names {{{name}}}; there are: {', '.join(KNOWN)}")
        if self.signs and "{signature}" not in "".join(self.headers.values()):
            raise ValueError("no header carries the {signature}")
        if self.asymmetric and not self.public_prefix:
            raise ValueError("with two keys, a public_prefix has to tell which one a text holds")
        if self.strategy == "http_message":
            self._is_whole_message()
        if self.strategy in {"bearer", "basic", "api_key"} and not self.headers:
            raise ValueError("no header carries the secret")
        return self

    def _is_whole_message(self) -> None:
        told = set(self.headers.values())
        if not self.covers:
            raise ValueError("http_message covers nothing")
        if "{signature_input}" not in told:
            raise ValueError("no header carries the {signature_input}")
        if "content-digest" in self.covers and "{content_digest}" not in told:
            raise ValueError("no header carries the {content_digest}")
        if ("expires" in self.parameters) != (self.expires_seconds is not None):
            raise ValueError("expires and expires_seconds go together")

    def _templates(self) -> Iterator[str]:
        yield self.signed
        yield from self.headers
        yield from self.headers.values()


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its placeholders replaced.

    Raises:
        ValueError: the template needs a value that is not given.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise ValueError(f"{template!r} needs {{{name}}}, and none was given")
        return values[name]

    return PLACEHOLDER.sub(value, template)


def written(scheme: Scheme, timestamp: float) -> str:
    """Return a time, given in Unix seconds, as the scheme writes it."""
    if scheme.timestamp == "unix_seconds":
        return str(floor(timestamp))
    if scheme.timestamp == "unix_milliseconds":
        return str(floor(timestamp * 1000))
    return f"{datetime.fromtimestamp(floor(timestamp), UTC):%Y-%m-%dT%H:%M:%SZ}"


def read(scheme: Scheme, text: str) -> float:
    """Return a time written by the scheme in Unix seconds.

    Raises:
        ValueError: it is not written so.
    """
    if scheme.timestamp == "rfc3339":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment.timestamp()
    if not re.fullmatch(r"[0-9]{1,17}", text):
        raise ValueError("no whole number")
    return int(text) / (1000 if scheme.timestamp == "unix_milliseconds" else 1)
