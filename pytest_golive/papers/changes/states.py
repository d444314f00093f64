"""The state of a site as a record holds it: the list of its integrations, their health, and a hash of both."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.papers.text.reading import LARGEST_BYTES
from pytest_golive.papers.text.structured import Garbled, read_data

CONFIGURED = ("eventMapping", "reverseEventMapping", "eventFilters", "config", "enabled", "testMode")
"""What of a provider a change may change."""

WHOLE = ("eventMapping", "config")
"""Without these, nothing of a provider can be put back."""

PROVIDERS = {"ga4": "ga4", "meta": "meta", "gads": "gads", "google_ads": "gads", "googleads": "gads"}
"""Names of providers -> the one that they are stored under."""

_SPOKEN = {
    "google analytics": "ga4",
    "google analytics 4": "ga4",
    "analytics": "ga4",
    "facebook": "meta",
    "meta pixel": "meta",
    "facebook pixel": "meta",
    "google ads": "gads",
    "adwords": "gads",
}
_HASHES = {"sha256", "sha_256", "artefact_sha256", "artifact_sha256", "hash", "checksum", "digest", "prüfsumme"}
_FILES = {
    "file",
    "path",
    "artefact",
    "artifact",
    "snapshot",
    "ref",
    "reference",
    "location",
    "stored",
    "datei",
    "archivo",
}
_FILES |= {"arquivo", "evidence", "body_file"}
_HEALTH = re.compile(r"^(?:integrations?_)?health(?:_.*)?$|^gesundheit|^salud|^saúde")
_PATH = re.compile(r"[\w@%+ .-]*(?:/[\w@%+ .-]+)*\.(?:json|ya?ml|jsonl|gz|txt)|[\w@%+.-]+(?:/[\w@%+.-]+)+")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|`([^`\s]+\.(?:json|ya?ml))`|(?<![\w/])([\w@%+./-]+\.(?:json|ya?ml))\b")
_DIGEST = re.compile(r"\b(?:sha256:)?([0-9a-fA-F]{64})\b")
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class State:
    """What a record holds of the state of a site.

    Attributes:
        providers: provider -> its configuration, as far as it is held.
        named: providers that the list names, with or without their configuration.
        listed: whether a list of the integrations is held, or told.
        health: whether their health is.
        sites: the sites that it says it is of.
        missing: files that it names and that are not there.
        elsewhere: addresses that it names; golive does not look there.
        unhashed: hashes that it tells, of which nothing is there to hold against.
        unfit: hashes that do not fit the file they are of.
        doubtful: hashes that do not fit what stands in the record itself, in any way golive knows to write it.
    """

    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    listed: bool = False
    health: bool = False
    sites: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unhashed: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    def joined(self, other: State) -> State:
        """Return what two parts of one state hold together."""
        return State(
            {**self.providers, **other.providers},
            self.named | other.named,
            self.listed or other.listed,
            self.health or other.health,
            self.sites | other.sites,
            *(
                (*getattr(self, name), *getattr(other, name))
                for name in ("missing", "elsewhere", "unhashed", "unfit", "doubtful")
            ),
        )

    @property
    def is_told(self) -> bool:
        """Whether anything at all is held or told."""
        return bool(self.listed or self.health or self.providers or self.elsewhere or self.unhashed)


def provider_of(words: object) -> str:
    """Return the provider that words name, by the name it is stored under; empty for none."""
    plain = re.sub(r"[\s_-]+", " ", str(words)).strip().casefold()
    if plain.replace(" ", "_") in PROVIDERS:
        return PROVIDERS[plain.replace(" ", "_")]
    return _SPOKEN.get(plain, "")


def providers_in(text: str) -> list[str]:
    """Return the providers that a text speaks of, each once, as they come."""
    plain = re.sub(r"[\s_-]+", " ", text).casefold()
    names = {**_SPOKEN, **{name.replace("_", " "): stored for name, stored in PROVIDERS.items()}}
    names.pop("analytics")
    found = sorted(
        (at.start(), -len(name), stored)
        for name, stored in names.items()
        for at in re.finditer(rf"(?<![\w-]){name}(?![\w-])", plain)
    )
    return [*dict.fromkeys(stored for _, _, stored in found)]


def state_of(held: Any, folders: Sequence[Path], of: str = "") -> State:
    """Return what a record's field says of a state.

    Args:
        held: what stands there: the answers themselves, a file, or words.
        folders: where files are looked for.
        of: the provider that a configuration without a name is of.
    """
    body, hashes, state = _Reading(folders).read(held, of)
    for told in hashes:
        state = state.joined(_against(told, body))
    return state


class _Reading:
    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._files: list[bytes] = []

    def read(self, held: Any, of: str) -> tuple[_Body, list[str], State]:
        hashes = [*_hashes(held)]
        state = self._state(held, of, DEEPEST)
        return _Body(_without_hashes(held), tuple(self._files)), hashes, state

    def _state(self, held: Any, of: str, deep: int) -> State:
        if deep == 0 or held is None:
            return State()
        if isinstance(held, str):
            return self._words(held, of, deep)
        if isinstance(held, Mapping):
            return self._mapping(held, of, deep)
        if isinstance(held, list):
            return self._list(held, of, deep)
        return State()

    def _list(self, held: list[Any], of: str, deep: int) -> State:
        records = [each for each in held if isinstance(each, Mapping) and provider_of(each.get("provider", ""))]
        if records:
            plain = {provider_of(each["provider"]): configuration_of(each) for each in records}
            by_name = {name: held for name, held in plain.items() if held.keys() - {"enabled", "testMode"}}
            sites = frozenset(str(each[name]) for each in records for name in ("siteId", "site_id") if each.get(name))
            return State(by_name, frozenset(plain), listed=True, sites=sites)
        names = [provider_of(each) for each in held if isinstance(each, str) and provider_of(each)]
        if names:
            return State(named=frozenset(names), listed=True)
        state = State()
        for each in held:
            state = state.joined(self._state(each, of, deep - 1))
        return state

    def _mapping(self, held: Mapping[str, Any], of: str, deep: int) -> State:
        if own := provider_of(held.get("provider", "")) or of:
            plain = configuration_of(held)
            if any(name in plain for name in ("eventMapping", "eventFilters", "reverseEventMapping", "config")):
                return State({own: plain}, frozenset({own}), sites=_sites(held))
        if "status" in held and isinstance(held.get("integrations"), list):
            return State(health=True)
        state = State(sites=_sites(held))
        for name, value in held.items():
            state = state.joined(self._member(_snake(str(name)), value, of, deep))
        return state

    def _member(self, name: str, value: Any, of: str, deep: int) -> State:
        if name in _HASHES:
            return State()
        if _HEALTH.match(name):
            return self._health(value, deep)
        if (provider := provider_of(name)) and isinstance(value, Mapping):
            inner = self._mapping(value, provider, deep - 1)
            return inner.joined(State(named=frozenset({provider}), listed=True))
        if name in {"integrations", "list", "listed", "integrations_list", "providers"} and value not in (
            None,
            "",
            [],
            {},
        ):
            inner = self._state(value, of, deep - 1)
            named = frozenset(providers_in(value)) if isinstance(value, str) else frozenset()
            return inner if inner.missing else inner.joined(State(named=named, listed=True))
        if isinstance(value, list | Mapping) or name in _FILES:
            return self._state(value, of, deep - 1)
        return self._named_in(value, of, deep - 1) if isinstance(value, str) else State()

    def _health(self, value: Any, deep: int) -> State:
        if value in (None, "", [], {}):
            return State()
        if isinstance(value, str):
            inner = self._words(value, "", deep)
            return State(missing=inner.missing) if inner.missing else State(health=True, elsewhere=inner.elsewhere)
        return State(health=True)

    def _words(self, text: str, of: str, deep: int) -> State:
        return self._named_in(text, of, deep).joined(_spoken(text))

    def _named_in(self, text: str, of: str, deep: int) -> State:
        """Return what the files hold that words name; addresses are only taken down."""
        state = State()
        for address in re.findall(r"https?://\S+", text):
            state = state.joined(State(elsewhere=(address.rstrip(").,"),)))
        plain = re.sub(r"https?://\S+", " ", text)
        if _PATH.fullmatch(plain.strip()) and "." in plain:
            return state.joined(self._file(plain.strip(), of, deep))
        for groups in _LINK.findall(plain):
            state = state.joined(self._file(next(filter(None, groups)), of, deep))
        return state

    def _file(self, name: str, of: str, deep: int) -> State:
        for folder in self._folders:
            path = folder / name
            try:
                if path.is_file() and path.stat().st_size <= LARGEST_BYTES:
                    data = path.read_bytes()
                    break
            except OSError:
                continue
        else:
            return State(missing=(name,))
        self._files.append(data)
        try:
            documents = read_data(data.decode("utf-8-sig", "replace"))
        except Garbled:
            return State(missing=(f"{name} (neither JSON nor YAML)",))
        state = _of_file(name, documents)
        for each in documents:
            state = state.joined(self._state(each, of, deep - 1))
        return state


def _of_file(name: str, documents: list[Any]) -> State:
    """Return what a file is by what it holds: the answer of the health endpoint stands there bare."""
    health = any(
        isinstance(each, Mapping)
        and "status" in each
        and ("checkedAt" in each or isinstance(each.get("integrations"), list))
        for each in documents
    )
    return State(health=health or ("health" in name.casefold() and bool(documents)))


def _spoken(text: str) -> State:
    """Return what is told in words: that the list was read, and health."""
    named = frozenset(providers_in(text))
    listed = bool(re.search(r"\blist|integration|aufgelistet|inventory", text, re.IGNORECASE)) and bool(
        named or re.search(r"\d", text)
    )
    health = re.search(r"\bhealth|\bgesund|\bsalud|\bsaúde|\bdegraded\b", text, re.IGNORECASE)
    return State(named=named if listed else frozenset(), listed=listed, health=bool(health))


def configuration_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a provider's configuration by the vendor's own names, however a record writes them."""
    names = {_snake(name): name for name in CONFIGURED} | {"mapping": "eventMapping", "filters": "eventFilters"}
    names |= {"mappings": "eventMapping", "event_mappings": "eventMapping", "settings": "config"}
    found: dict[str, Any] = {}
    for name, value in record.items():
        if (own := names.get(_snake(str(name)))) is not None:
            found.setdefault(own, value)
    return found


def _sites(held: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(held[name]) for name in ("siteId", "site_id") if held.get(name))


def _snake(name: str) -> str:
    return re.sub(r"[\s.\-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())).casefold()


@dataclass(frozen=True, slots=True)
class _Body:
    held: Any
    files: tuple[bytes, ...]


def _hashes(held: Any) -> Iterator[str]:
    if isinstance(held, Mapping):
        for name, value in held.items():
            if _snake(str(name)) in _HASHES and isinstance(value, str) and (found := _DIGEST.search(value)):
                yield found[1].lower()
            elif isinstance(value, Mapping):
                yield from _hashes(value)
    elif isinstance(held, str):
        yield from (each.lower() for each in _DIGEST.findall(held))


def _without_hashes(held: Any) -> Any:
    if not isinstance(held, Mapping):
        return held
    return {name: value for name, value in held.items() if _snake(str(name)) not in _HASHES}


def _against(digest: str, body: _Body) -> State:
    """Say whether a hash fits: a file by its bytes or by its JSON, what stands in the record by its JSON alone."""
    if body.files:
        written = [*body.files, *(text for data in body.files for text in _written(_json(data)))]
        return State() if _fits(digest, written) else State(unfit=(digest,))
    parts = [*_parts(body.held)]
    if not parts:
        return State(unhashed=(digest,))
    return State() if _fits(digest, [text for part in parts for text in _written(part)]) else State(doubtful=(digest,))


def _parts(held: Any) -> Iterator[Any]:
    if isinstance(held, list) and held:
        yield held
    if not isinstance(held, Mapping):
        return
    kept = {name: value for name, value in held.items() if isinstance(value, Mapping | list) and value}
    if kept:
        yield held
        yield kept
        for value in kept.values():
            yield value
            yield _without_hashes(value)
        yield {name: _without_hashes(value) for name, value in kept.items()}


def _written(value: Any) -> Iterator[bytes]:
    if value is None:
        return
    for ordered in (True, False):
        for separators in ((",", ":"), (", ", ": ")):
            for plain in (True, False):
                text = json.dumps(value, sort_keys=ordered, separators=separators, ensure_ascii=plain, default=str)
                yield from (text.encode(), f"{text}\n".encode())
        for indent in (2, 4):
            text = json.dumps(value, sort_keys=ordered, indent=indent, ensure_ascii=False, default=str)
            yield from (text.encode(), f"{text}\n".encode())


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _fits(digest: str, written: Sequence[bytes]) -> bool:
    return any(hashlib.sha256(each).hexdigest() == digest for each in written)
