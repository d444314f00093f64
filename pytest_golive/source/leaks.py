"""Keys that lie where they should not: where, since when, and how bad that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pytest_golive.source.sightings import Kind, Sighting

_EXAMPLES = re.compile(
    r"""(?:^|[/!])(?:
          tests?|__tests__|specs?|testdata|test-data|fixtures?|__fixtures__|mocks?|__mocks__|stubs?|e2e|cypress
        | examples?|samples?|demos?|docs?|documentation|cassettes|stories|golive-cassettes
        )/
      | (?:^|[/!])(?:test_[^/]*|conftest)\.py$
      | [_.-](?:test|tests|spec|stories)\.\w+$ | (?:Test|Tests|Spec|IT)\.(?:java|kt|php|cs|scala)$
      | \.(?:md|mdx|rst|adoc|txt)$
      | (?:^|[/!])(?:README|CHANGELOG|CONTRIBUTING)[^/]*$
      | [.-](?:example|sample|template|dist|tmpl|tpl)$ | [.-](?:example|sample|template)\.\w+$
    """,
    re.VERBOSE,
)
"""Paths of tests, documents and samples: what only looks like a key is mostly an example there."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A key in a file, in the history or in what is delivered.

    Attributes:
        path: the file, seen from the repository; what lies in an archive follows a `!`.
        line: the line, from 1.
        what: what it is.
        masked: how it is shown.
        kind: how it was recognised.
        vendor: whose key it is; empty where nobody can say.
        why: why it is only a warning; empty where it is a failure.
        commit: the oldest commit that holds it; empty for files as they are.
        production: whether it is a key of production; None where it does not tell.
    """

    path: str
    line: int
    what: str
    masked: str
    kind: Kind
    vendor: str = ""
    why: str = ""
    commit: str = ""
    production: bool | None = None

    @property
    def in_message(self) -> bool:
        """Whether it stands in no file: in the message of a commit or tag, or in an object nothing refers to."""
        return self.path.startswith(("message of ", "object "))

    @property
    def level(self) -> Literal["failed", "warned"]:
        """Whether it stops a release."""
        return "warned" if self.why else "failed"

    def told(self) -> str:
        """Return the leak in one line, without the key."""
        commit = f" in commit {self.commit[:10]}" if self.commit else ""
        shown = self.what if self.kind == "configured" else f"{self.what}, {self.masked}"
        why = f" ({self.why})" if self.why else ""
        return f"{self.path}:{self.line}{commit} holds {shown}{why}"


def judged(
    path: str, line: int, sighting: Sighting, revoked: frozenset[str], *, commit: str = "", lenient: bool = True
) -> Leak:
    """Return what a sighting at a place means.

    Args:
        path: where, seen from the repository.
        line: where there.
        sighting: what was seen.
        revoked: fingerprints of keys that open nothing any more, from golive.yaml.
        commit: the oldest commit that holds it.
        lenient: whether the path may excuse what only looks like a key.
    """
    why = ""
    if sighting.retired:
        why = "a key that was replaced"
    elif sighting.fingerprint in revoked:
        why = "source.revoked lists it"
    elif sighting.kind in {"pattern", "assigned"} and lenient and is_example(path):
        why = "a test, a document or a sample: it may be an example"
    elif sighting.kind == "generic":
        why = "a general rule, and no key of a vendor"
    return Leak(
        path=path,
        line=line,
        what=sighting.what,
        masked=sighting.masked,
        kind=sighting.kind,
        vendor=sighting.vendor,
        why=why,
        commit=commit,
        production=sighting.production,
    )


def is_example(path: str) -> bool:
    """Whether a path is that of a test, a document or a sample."""
    return _EXAMPLES.search(path) is not None
