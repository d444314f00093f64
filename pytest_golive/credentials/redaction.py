"""Masks every known secret in a text, in whatever encoding it got there."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from pytest_golive.credentials.secret import Secret

_FRAGMENT = 4
_ENCODED_FRAGMENT = 8
_ENCODED = 8
_LINE = 16
_ELLIPSIS = re.compile(r"\.\.\.|…")
_PLAIN_EVERYWHERE = re.compile(r"[A-Za-z0-9_.-]+")
_URL_UNRESERVED_SETS = ("", "/", "~!*'()", "~!*'();/?:@&=+$,#")
"""What urllib, requests, JavaScript's encodeURIComponent and encodeURI leave as it is."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One way a secret may be written, and from how many characters on a cut piece of it counts."""

    text: str
    secret: Secret
    shortest_piece: int

    @property
    def head(self) -> str:
        return self.text[: self.shortest_piece]

    @property
    def tail(self) -> str:
        return self.text[-self.shortest_piece :]

    @property
    def mask(self) -> str:
        return f"[{self.secret.name} {self.secret.fingerprint}]"


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    form: _Form
    telling: bool
    """Whether so much of the secret is there that it counts as leaked."""


class Redactor:
    """Knows the secrets of a run and takes them out of texts; safe to share between threads."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: dict[str, _Form] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Mask this secret too from now on; of two names for one value the first is shown.

        Raises:
            ValueError: the secret is empty, and would be found everywhere.
        """
        if not secret.reveal():
            raise ValueError(f"the secret {secret.name} is empty and cannot be masked")
        with self._lock:
            if secret.reveal() in self._forms and self._forms[secret.reveal()].secret == secret:
                return
            # A new dict: a thread that is scrubbing keeps the one it began with.
            forms = dict(self._forms)
            for form in _forms(secret):
                forms.setdefault(form.text, form)
            self._forms = forms

    @property
    def values(self) -> tuple[str, ...]:
        """Every text that is searched for, longest first."""
        return tuple(sorted(self._forms, key=len, reverse=True))

    @property
    def forms(self) -> tuple[tuple[str, Secret], ...]:
        """Every text that is searched for, with the secret it gives away."""
        return tuple((text, form.secret) for text, form in self._forms.items())

    def scrub(self, text: str) -> str:
        """Return `text` with each secret, and each cut piece of one beside '...', replaced by its mask."""
        for find in (self._whole, self._pieces):
            text = _masked(text, list(find(text)))
        return text

    def scrub_json(self, value: object) -> object:
        """Return a copy of nested dicts, lists and scalars with every text in it scrubbed, keys included."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {self.scrub_json(key): self.scrub_json(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub_json(item) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            scrubbed = self.scrub(str(value))  # a secret of digits only
            return value if scrubbed == str(value) else scrubbed
        return value

    def holds(self, text: str) -> tuple[str, ...]:
        """Return the names of the secrets that `text` gives away, sorted.

        A piece beside '...' counts when it is at least half of the secret: the first characters of a key are
        often a public prefix, and `upz_live_...` a placeholder.
        """
        return tuple(sorted({name for _, name in self.find(text)}))

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the position and name of each secret that `text` gives away."""
        for match in (*self._whole(text), *self._pieces(text)):
            if match.telling:
                yield match.start, match.form.secret.name

    def _whole(self, text: str) -> Iterator[_Match]:
        forms = self._forms
        # Hundreds of `in`, which mostly find nothing, take a tenth of the time of a regular expression
        # with hundreds of branches.
        present = sorted((form for form in forms if form in text), key=len, reverse=True)
        if present:
            for found in re.finditer("|".join(map(re.escape, present)), text):
                yield _Match(found.start(), found.end(), forms[found.group()], telling=True)

    def _pieces(self, text: str) -> Iterator[_Match]:
        gaps = list(_ELLIPSIS.finditer(text))
        forms = list(self._forms.values()) if gaps else []
        begun = [form for form in forms if form.head in text]
        ended = [form for form in forms if form.tail in text]
        for gap in gaps:
            yield from _longest(_piece_before(text, gap.start(), form) for form in begun)
            yield from _longest(_piece_after(text, gap.end(), form) for form in ended)


def _masked(text: str, matches: list[_Match]) -> str:
    if not matches:
        return text
    kept, position = [], 0
    for match in sorted(matches, key=lambda match: match.start):
        if match.start >= position:
            kept += [text[position : match.start], match.form.mask]
            position = match.end
    return "".join([*kept, text[position:]])


def _longest(matches: Iterable[_Match | None]) -> Iterator[_Match]:
    found = [match for match in matches if match is not None]
    if found:
        yield max(found, key=lambda match: match.end - match.start)


def _piece_before(text: str, end: int, form: _Form) -> _Match | None:
    """Find the longest beginning of the form that ends where the '...' begins."""
    window = text[max(0, end - len(form.text)) : end]
    position = window.find(form.head)
    while position >= 0:
        if form.text.startswith(window[position:]):
            length = len(window) - position
            return _Match(end - length, end, form, telling=_is_telling(length, form))
        position = window.find(form.head, position + 1)
    return None


def _piece_after(text: str, start: int, form: _Form) -> _Match | None:
    """Find the longest ending of the form that begins where the '...' ends."""
    window = text[start : start + len(form.text)]
    position = window.rfind(form.tail)
    while position >= 0:
        length = position + len(form.tail)
        if form.text.endswith(window[:length]):
            return _Match(start, start + length, form, telling=_is_telling(length, form))
        position = window.rfind(form.tail, 0, length - 1)
    return None


def _is_telling(length: int, form: _Form) -> bool:
    return length >= _ENCODED_FRAGMENT and 2 * length >= len(form.text)


def _forms(secret: Secret) -> Iterator[_Form]:
    value = secret.reveal()
    for text in _escaped(value):
        yield _Form(text, secret, _FRAGMENT)
    for encoded in _encoded(value):
        for text in _escaped(encoded):
            yield _Form(text, secret, _ENCODED_FRAGMENT)


def _encoded(value: str) -> Iterator[str]:
    if len(value) >= _ENCODED:
        yield value[::-1]
    # A printed multi-line secret gets an indent on each line, so that its lines have to be known one by one.
    lines = value.splitlines()
    yield from (line for line in lines if len(lines) > 1 and len(line) >= _LINE and line[:5] != "-----")
    for raw in _bytes(value):
        if len(raw) >= _ENCODED:
            yield from (raw.hex(), raw.hex().upper())
            for core in base64_cores(raw):
                yield from (core, core.translate(str.maketrans("+/", "-_")))


def _bytes(value: str) -> set[bytes]:
    """Return the bytes a program may send for the text: UTF-8, or Latin-1 as in older Basic headers."""
    latin = value.encode("latin-1", "ignore")
    return {value.encode("utf-8", "surrogatepass"), *([latin] if latin.decode("latin-1") == value else [])}


def base64_cores(raw: bytes) -> Iterator[str]:
    """Yield, for each of the three alignments, the characters that depend on the secret alone.

    In `base64("user:" + key)` the key begins anywhere; the characters that also hold bits of its neighbours
    are left out.
    """
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode("ascii")
        core = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        if len(core) >= _ENCODED:
            yield core


def _escaped(text: str) -> set[str]:
    """Return the text under every escaping, and under two of them: JSON inside HTML, a repr of JSON."""
    if _PLAIN_EVERYWHERE.fullmatch(text):
        return {text}
    once = {escape(text) for escape in _ESCAPES}
    return {text, *once, *(escape(form) for form in once for escape in _ESCAPES)}


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)[1:-1]


def _json_unicode(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _json_slashes(text: str) -> str:
    return _json(text).replace("/", "\\/")  # PHP's json_encode


def _repr(text: str) -> str:
    return repr(text)[1:-1]


def _repr_quotes(text: str) -> str:
    """Return the repr of the text inside another one that forces the single quotes to be escaped."""
    return repr(text + "'\"")[1:-4]


def _repr_bytes(text: str) -> str:
    return repr(text.encode("utf-8", "surrogatepass"))[2:-1]


def _html_text(text: str) -> str:
    return html.escape(text, quote=False)


def _html_decimal(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def _percent(safe: str, encode: Callable[..., str], lower: bool) -> Callable[[str], str]:
    def escape(text: str) -> str:
        encoded = encode(text, safe=safe, errors="surrogatepass")
        return re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), encoded) if lower else encoded

    return escape


_ESCAPES: tuple[Callable[[str], str], ...] = (
    _json,
    _json_unicode,
    _json_slashes,
    _repr,
    _repr_quotes,
    _repr_bytes,
    html.escape,
    _html_text,
    _html_decimal,
    *(
        _percent(safe, encode, lower)
        for safe in _URL_UNRESERVED_SETS
        for encode in (quote, quote_plus)
        for lower in (False, True)
    ),
)
