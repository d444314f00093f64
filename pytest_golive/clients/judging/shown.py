"""Whether what users are shown of a failure gives something away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

_TRACES = (
    (re.compile(r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+"), "a stack trace"),
    (
        re.compile(r"\bat [\w$.<>]+ ?\([\w./:-]+:\d+(?::\d+)?\)|\bat [\w.$]+\.[\w$]+\([\w.]+\.java:\d+\)"),
        "a stack trace",
    ),
    (re.compile(r"goroutine \d+ \[|#\d+ /[\w./-]+\.php\(\d+\)|\.rb:\d+:in [`']"), "a stack trace"),
    (
        re.compile(
            r"\b[A-Za-z_][\w.]*(?:Error|Exception)\b|\bE(?:CONN[A-Z]+|TIMEDOUT|NOTFOUND|PIPE)\b|\b(?:undefined"
            r"|null) is not\b"
        ),
        "the name of an exception",
    ),
)
_SHORTEST_ID = 4


def gives_away(
    text: str, *, status: int | None, marks: Mapping[str, str], ids: Iterable[str], host: str
) -> Iterator[str]:
    """Yield what a text for users gives away, in words.

    Args:
        text: what is shown.
        status: what the vendor answered; None where the connection broke.
        marks: what stood in the vendor's answer -> what it is.
        ids: ids of the configuration.
        host: host and port that was called.
    """
    lower = text.lower()
    if status is not None:
        phrase = HTTPStatus(status).phrase
        if re.search(rf"(?<![\w.,]){status}(?![\w%]|[.,]\d)", text):
            yield f"the status {status}"
        if re.search(rf"\b{re.escape(phrase)}\b", text) and len(phrase.split()) > 1:
            yield f"the words {phrase}"
        elif re.fullmatch(rf"\W*(?:error\W*)?{re.escape(phrase)}\W*", text, re.IGNORECASE):
            yield f"the word {phrase}"
    yield from (what for mark, what in marks.items() if mark.lower() in lower)
    if any(len(each) >= _SHORTEST_ID and each in text for each in ids):
        yield "an id of the configuration"
    if host and host in text:
        yield "the address that was called"
    yield from dict.fromkeys(what for pattern, what in _TRACES if pattern.search(text))
