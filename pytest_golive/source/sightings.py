"""Finds what is a key, or looks like one, in the bytes of one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pytest_golive.credentials.redaction import Redactor, base64_cores
from pytest_golive.credentials.secret import Secret, StandIn, fingerprint
from pytest_golive.source.plausible import looks_made_by_a_machine

Kind = Literal["configured", "pattern", "assigned", "generic"]
"""A secret that golive knows; what a vendor's keys look like; what a key's variable is given; a scanner's word."""

RETIRED = ("previous_", "retired_")
"""How credentials begin that were replaced: whoever finds them finds nothing that opens a door."""

_LEFT_EDGE = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))"
"""Where a key may begin: after no letter or digit, unless these belong to an escaped line end or character."""

_LITERAL = re.compile(r"[A-Za-z0-9_-]*(?![A-Za-z0-9_-]|[+*?{])")
_SHORTEST_ANCHOR = 3
_SHORTEST_HALVED = 32

_ASSIGNED = re.compile(
    rb"""(?![A-Za-z0-9_])(?:
    [\]"'\\)]{0,4} [ \t]*
    (?: => | := | =(?!=) | :-? | , | \|\|=? | \?\? | \?: | \bor\b | \{ | (?<=\w)[ \t] | \n\s*value: | \s+value\s*=
      | ,\s{0,80}["']?[vV]alue["']?\s?[:=]
      | \??\s{0,40}\.\s?(?:unwrap_or|unwrap_or_else|or_?[eE]lse|orElseGet|getOrElse|get_or_insert|ifEmpty)\s?[({]
        (?:\s?(?:\|_\||\(\)\s?->|_\s?=>))? (?:\s?String::from\()? )
    \s{0,8}
    (?: \\?(?P<quote>["'`]) (?P<quoted>[^"'`\s\\$<>{}]{8,256}) \\?(?P=quote)
      | (?P<bare>[A-Za-z0-9_+/=~-]{16,256}) (?![\w.(\[:/+=~-]) )
)""",
    re.VERBOSE,
)
"""What stands between a variable's name and its literal value, in shells, YAML, JSON and the usual languages."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that is a key, or looks like one.

    Attributes:
        start: where it begins, in bytes.
        kind: how it was recognised.
        what: what it is, as a reader knows it: `uppzy.api_key`, `a key of timely`.
        masked: how it is shown: never the value.
        fingerprint: what stands for the value.
        vendor: whose key it is; empty where nobody can say.
        retired: whether it was replaced already.
        production: True for a key of production, False for one of a test environment, None where it does not tell.
    """

    start: int
    kind: Kind
    what: str
    masked: str
    fingerprint: str = ""
    vendor: str = ""
    retired: bool = False
    production: bool | None = None


@dataclass(frozen=True, slots=True)
class KeyShape:
    """What the keys of a vendor look like, and what variables they are kept in.

    Attributes:
        vendor: the vendor's name.
        patterns: regular expressions of its keys.
        variables: names of the environment variables its secrets are read from.
        headers: names of the headers its keys are sent in, without those that everybody uses; what they are given
            counts where the vendor is mentioned, too.
        test_prefixes: how a key of a test environment begins.
        production_prefixes: how one of production begins.
    """

    vendor: str
    patterns: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    test_prefixes: tuple[str, ...] = ()
    production_prefixes: tuple[str, ...] = ()


@dataclass(slots=True)
class Searcher:
    """Looks for known secrets in all their encodings, for what looks like a key, and for values of key variables.

    Attributes:
        redactor: knows the secrets.
        shapes: what keys of the vendors look like.
    """

    redactor: Redactor
    shapes: tuple[KeyShape, ...] = ()
    _needles: list[tuple[bytes, Secret]] = field(default_factory=list)
    _patterns: list[tuple[tuple[bytes, ...], re.Pattern[bytes], KeyShape]] = field(default_factory=list)
    _names: list[tuple[bytes, KeyShape]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A replay's stand-ins open nothing, and stand in its recording.
        known = {form: secret for form, secret in self.redactor.forms if not isinstance(secret, StandIn)}
        for secret in set(known.values()):
            known.update(dict.fromkeys(_halves(secret), secret))
        longest_first = sorted(known.items(), key=lambda form: -len(form[0]))
        self._needles = [(text.encode("utf-8", "surrogatepass"), secret) for text, secret in longest_first]
        for shape in self.shapes:
            for pattern in dict.fromkeys(shape.patterns):
                self._patterns.append((beginnings(pattern), _edged(pattern), shape))
            names = [*shape.variables, *(form for header in shape.headers for form in _forms_of(header))]
            self._names += [(name.encode(), shape) for name in dict.fromkeys(names)]

    def shape(self, vendor: str) -> KeyShape:
        """Return what the keys of one of the vendors look like."""
        return next(shape for shape in self.shapes if shape.vendor == vendor)

    @property
    def longest(self) -> int:
        """Length of the longest text that is searched for, in bytes; at least that of any value that looks like one."""
        return max((len(needle) for needle, _ in self._needles), default=0) + 512

    def find(self, data: bytes) -> list[Sighting]:
        """Return what stands in `data`, each place once: a known secret before what only looks like one."""
        taken: list[tuple[int, int]] = []
        found: list[Sighting] = []
        for start, end, sighting in self._candidates(data):
            if not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                found.append(sighting)
        return sorted(found, key=lambda sighting: sighting.start)

    def _candidates(self, data: bytes) -> Iterator[tuple[int, int, Sighting]]:
        for needle, secret in self._needles:
            start = data.find(needle)
            while start >= 0:
                yield start, start + len(needle), _configured(start, secret)
                start = data.find(needle, start + len(needle))
        for anchors, pattern, shape in self._patterns:
            for match in _matches(pattern, anchors, data):
                value = match.group().decode("ascii", "replace")
                if looks_made_by_a_machine(value):
                    yield *match.span(), _looking_like_one(match.start(), value, shape)
        for name, shape in self._names:
            for match in _assignments(name, data):
                group = "quoted" if match["quoted"] is not None else "bare"
                value = match[group].decode("utf-8", "replace")
                told = name.decode()
                concerns = told in shape.variables or shape.vendor.encode() in data.lower()
                if concerns and looks_made_by_a_machine(value) and not _is_a_place(value):
                    yield *match.span(group), _given(match.start(group), told, value, shape)


def _assignments(name: bytes, data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield where a literal value follows a name that stands by itself."""
    at = data.find(name)
    while at >= 0:
        end = at + len(name)
        match = _ASSIGNED.match(data, end) if not data[at - 1 : at].isalnum() or at == 0 else None
        if match is not None:
            yield match
        at = data.find(name, end)


def _forms_of(header: str) -> tuple[str, str, str]:
    return header, header.lower(), header.title()


def _halves(secret: Secret) -> Iterator[str]:
    """Yield both halves of the secret in base64: where lines are broken, one of them is whole."""
    for core in base64_cores(secret.reveal().encode("utf-8", "surrogatepass")):
        if len(core) >= _SHORTEST_HALVED:
            for text in {core, core.translate(str.maketrans("+/", "-_"))}:
                yield from (text[: len(text) // 2], text[len(text) // 2 :])


def _matches(pattern: re.Pattern[bytes], anchors: tuple[bytes, ...], data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the matches that begin with one of the anchors; all where there are none.

    Searching for a few fixed texts takes a tenth of the time of searching for the expression itself.
    """
    if not anchors:
        yield from pattern.finditer(data)
    for anchor in anchors:
        at = data.find(anchor)
        while at >= 0:
            match = pattern.match(data, at)
            if match is not None:
                yield match
            at = data.find(anchor, at + 1)


def beginnings(pattern: str) -> tuple[bytes, ...]:
    """Return the fixed texts that matches of an expression begin with; nothing where they are too short to help."""
    bare = pattern.removeprefix(r"\b")
    group = re.match(r"\((?:\?:)?((?:[\w-]+|\[[^\]]*\]|[+*?|])+)\)", bare)
    rest = _LITERAL.match(bare, group.end() if group else 0)
    after = rest.group() if rest and (not group or bare[group.end() : group.end() + 1] not in "+*?{") else ""
    heads = [
        (literal.group(), literal.group() == part)
        for part in (group[1].split("|") if group else [""])
        if (literal := _LITERAL.match(part))
    ]
    found = tuple(head + (after if whole else "") for head, whole in heads)
    return tuple(text.encode() for text in found) if found and min(map(len, found)) >= _SHORTEST_ANCHOR else ()


def _configured(start: int, secret: Secret) -> Sighting:
    owner, _, name = secret.name.rpartition(".")
    return Sighting(
        start,
        "configured",
        secret.name,
        f"[{secret.name} {secret.fingerprint}]",
        secret.fingerprint,
        vendor=owner,
        retired=name.startswith(RETIRED),
    )


def _looking_like_one(start: int, value: str, shape: KeyShape) -> Sighting:
    production = None
    if value.startswith(shape.production_prefixes or ("\0",)):
        production = True
    elif value.startswith(shape.test_prefixes or ("\0",)):
        production = False
    what = f"a key of {shape.vendor}"
    return Sighting(
        start, "pattern", what, masked(value), fingerprint(value), vendor=shape.vendor, production=production
    )


def _given(start: int, name: str, value: str, shape: KeyShape) -> Sighting:
    return Sighting(start, "assigned", f"a value for {name}", masked(value), fingerprint(value), vendor=shape.vendor)


def masked(value: str) -> str:
    """Return how a value is shown that golive knows nothing about: how it begins, its length and its fingerprint."""
    kind = re.match(r"(?:[a-z]{2,6}_){1,3}", value)
    return f"{kind.group() if kind else value[:2]}*** ({len(value)} characters, fingerprint {fingerprint(value)})"


def _edged(pattern: str) -> re.Pattern[bytes]:
    return re.compile(_LEFT_EDGE + b"(?:" + pattern.removeprefix(r"\b").encode() + b")")


def _is_a_place(value: str) -> bool:
    """Whether a value says where a key lies, and is none: a path, an address, a name in a secret store."""
    return value.startswith(("/", "./", "../", "~/", "arn:", "projects/")) or "://" in value
