"""What of an exchange is kept: nothing that is not listed, and no secret in any encoding."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from pytest_golive.cassettes import secret_fields
from pytest_golive.cassettes.bodies import decoded, parsed, spelled, spelling_of, with_known_boundary
from pytest_golive.cassettes.standin import stand_in
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret, weakness

if TYPE_CHECKING:
    from vcr.request import Request

CREDENTIAL = "golive-credential"
"""In a recording: which credential a call was made with, by its name."""

OPERATION = "golive-operation"
TARGET = "golive-target"
LIMITED = "golive-rate-limited"
ERROR = "golive-error"
OWN = frozenset({CREDENTIAL, OPERATION, TARGET})

NEVER = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "content-length", "content-encoding", "host"}
    | {"transfer-encoding", "connection", "user-agent"}
)
"""Headers that are never kept, whoever lists them: keys, and what belongs to one connection."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a call is, beside its bytes.

    Attributes:
        target: vendor and environment: `uppzy@staging`.
        shown: header names that may be kept.
        keys: header names that carry a key.
        fingerprints: whether answers hold fingerprints where their names promise keys.
    """

    target: str
    shown: frozenset[str]
    keys: frozenset[str]
    fingerprints: bool = False

    def keeps(self, header: str) -> bool:
        """Whether a header may be kept."""
        name = header.lower()
        return name in self.shown and name not in NEVER and name not in self.keys


class Filter:
    """Makes of an exchange what a cassette may hold. Thread-safe.

    Args:
        redactor: knows the configured secrets.
        prefixes: public beginnings of the vendors' keys.
        patterns: regular expressions of the vendors' keys: what looks like one and nobody configured is one, too.
        learning: whether secrets that come by are given stand-ins; in a replay they have them already.
    """

    def __init__(
        self,
        redactor: Redactor,
        prefixes: Iterable[str] = (),
        patterns: Iterable[str] = (),
        *,
        learning: bool = True,
    ) -> None:
        self._redactor = redactor
        self._patterns = tuple(re.compile(pattern) for pattern in patterns)
        self._prefixes = tuple(prefixes)
        self._learning = learning
        self._salt = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._learned: dict[str, str] = {}
        self._issued = Redactor()

    def request(self, request: httpx.Request, called: Called) -> Request:
        """Return a request as a cassette holds it."""
        from vcr.request import Request

        extensions = request.extensions
        content, content_type = with_known_boundary(request.content, request.headers.get("content-type", ""))
        headers = {name: self.text(value) for name, value in request.headers.items() if called.keeps(name)}
        if content_type and content:
            headers["content-type"] = content_type
        else:
            headers.pop("content-type", None)
        headers |= {
            TARGET: called.target,
            OPERATION: str(extensions.get("golive_operation", "")),
            CREDENTIAL: str(extensions.get("golive_credential", "none")),
        }
        body = self.body(content, content_type) or None
        return Request(request.method, self.address(request.url), body, dict(sorted(headers.items())))

    def response(self, response: httpx.Response, called: Called, *, limited: bool) -> dict[str, Any]:
        """Return an answer as a cassette holds it: decoded, with the listed headers."""
        headers: dict[str, list[str]] = {}
        for name, value in response.headers.multi_items():
            if called.keeps(name):
                headers.setdefault(name.lower(), []).append(self.text(value))
        content_type = response.headers.get("content-type", "")
        if limited:
            headers[LIMITED] = ["true"]
        return {
            "status": {"code": response.status_code, "message": response.reason_phrase},
            "headers": dict(sorted(headers.items())),
            "body": {"string": self.body(response.content, content_type, named=not called.fingerprints)},
        }

    def silence(self, error: httpx.RequestError) -> dict[str, Any]:
        """Return the lack of an answer as a cassette holds it."""
        told = self.text(f"{type(error).__name__}: {error}")
        return {"status": {"code": 0, "message": ""}, "headers": {ERROR: [told]}, "body": {"string": b""}}

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        masked = self._redactor.scrub(text)
        for pattern in self._patterns if self._learning else ():
            masked = pattern.sub(lambda match: self._given(match[0]), masked)
        for real, made in list(self._learned.items()):
            masked = masked.replace(real, made)
        return masked

    def address(self, url: httpx.URL) -> str:
        """Return an address without secrets: known ones anywhere, and parameters whose names say that they are one."""
        given = [(name, value) for name, value in url.params.multi_items() if secret_fields.is_secret(name, value)]
        text = self.text(str(url))
        if given and self._learning:
            changed = [
                (name, self._given(value) if secret_fields.is_secret(name, value) else value)
                for name, value in httpx.URL(text).params.multi_items()
            ]
            text = str(httpx.URL(text).copy_with(params=changed))
        return text

    def body(self, content: bytes, content_type: str, *, named: bool = True) -> bytes:
        """Return a body without secrets; JSON field by field, in the spelling it had.

        Args:
            content: the body.
            content_type: what it is.
            named: whether fields are secrets by their names.
        """
        text = decoded(content)
        if isinstance(text, bytes):
            return content
        try:
            value = parsed(text) if "json" in content_type or text[:1] in {"{", "["} else None
        except ValueError:
            value = None
        if not isinstance(value, dict | list):
            return self.text(text).encode()
        # Also where nothing is changed in the end: what comes by in an earlier answer is a secret in a later call.
        # First those that have a name: what is masked already is no unnamed secret.
        masked = self._redactor.scrub_json(value)
        changed = secret_fields.replaced(masked, self._given) if named else masked
        changed = _each_text(changed, self.text)
        if changed == value:
            return content
        return spelled(changed, spelling_of(text, value) or "json").encode()

    def cleaned(self, value: Any) -> Any:
        """Return a nested value once more without what was learned to be a secret after it was filtered."""
        if isinstance(value, bytes):
            text = decoded(value)
            return value if isinstance(text, bytes) else self.text(text).encode()
        if isinstance(value, Mapping):
            return {name: self.cleaned(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.cleaned(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def held(self, text: str) -> tuple[str, ...]:
        """Return the names of the secrets that a finished text still gives away."""
        return (*self._redactor.holds(text), *self._issued.holds(text))

    def _given(self, value: str) -> str:
        """Return the stand-in of a secret that came by, and remember it."""
        if not self._learning:
            return value
        with self._lock:
            if value in self._learned.values():
                return value
            if value not in self._learned:
                made = stand_in(value, self._salt, self._prefixes)
                # A weak one, or a word, would be found everywhere.
                if weakness(value) is None and len(value) >= secret_fields.LONGEST_WORD:
                    self._learned = {**self._learned, value: made}
                    self._issued.add(Secret(value, "a secret the vendor issued"))
                return made
            return self._learned[value]


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key) if isinstance(key, str) else key: _each_text(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in value]
    return value


def header_of(headers: Mapping[str, Any], name: str) -> str:
    """Return one header of a recorded request or answer; empty where it is not there."""
    value = headers.get(name, "")
    return str(value[0]) if isinstance(value, list) and value else str(value or "")


def listed(names: Iterable[str]) -> frozenset[str]:
    """Return header names as they are compared."""
    return frozenset(name.lower() for name in names)
