"""What a line of plain text tells: access-like lines, Python's logging, log4j's patterns, syslog, logfmt, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pytest_golive.source.logged.names import canonical

_DAY = r"\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d{4}|\d{1,2}[/ -][A-Z][a-z]{2}[/ -]\d{4}"
TIME = re.compile(
    rf"(?:{_DAY})[T :]+\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?\s?(?:Z|[+-]\d\d:?\d\d)?"
    r"|^\W{0,2}[A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d|^\W{0,2}\d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|^\W{0,2}1\d{9}(?:\.\d+|\d{3,9})?\b|^[IWEF]\d{4} \d\d:\d\d:\d\d"
)
"""When a line was written; only at the beginning where it could be something else."""

PAIR = re.compile(
    r"""(?<![\w.%&?-])["'\\]{0,2}(?P<name>[A-Za-z_@][\w.@-]{0,60}?)["'\\]{0,2}\s?(?:=>?|:)\s?(?!//)
        (?: \\?"(?P<double>(?:[^"\\]|\\(?!").)*)\\?" | '(?P<single>[^']*)' | (?P<bare>[^\s,;"'\[\]{}()|]+) )""",
    re.VERBOSE,
)
"""A name with its value: logfmt, Python's and Ruby's dictionaries, pieces of JSON, `status: 200`."""

_CALL = re.compile(
    r"\b(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b\W{1,4}(?P<route>https?://[^\s\"'>,;]+|/[^\s\"'>,;]*)"
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>,;)\]]+")
_PATH = re.compile(r"(?<![\w.:/-])/(?:[\w.{}:*%$-]+/)+[\w.{}:*%$?=&-]+")
_STATUS = (
    re.compile(r"HTTP/\d(?:\.\d)?\"?\s+([1-5]\d\d)\b"),
    re.compile(
        r"\b(?:status(?:[ _-]?code)?|code|http|answered|answers?|returned|returns|responded|response|got|with"
        r"|received"
        r"|statuscode|resp|rc|refused|failed|error|Status|antwort\w*|respondeu|devolvi[oó]|erro)"
        r"(?: (?:with|code|status|an?|by|was|is|of|error|HTTP|mit|com"
        r"|con))*[\s:=>(\[#\"'-]{1,4}([1-5]\d\d)\b(?![.:]\d|\s?m?s\b)",
        re.IGNORECASE,
    ),
    re.compile(r"(?:->|=>|→|⇒|\u2192)\s*\(?([1-5]\d\d)\b"),
    re.compile(
        r"\b([1-5]\d\d) (?:OK|Created|Accepted|No Content|Bad Request|Un|Forbidden|Not Found|Conflict|Gone|Too Many"
        r"|Internal|Bad Gateway|Service|Gateway|Client Error|Server Error|Moved|Found|from\b|for url|on\b|in \d)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\b\W{1,4}\S+?\"?[\s:|,\[(]{1,3}([1-5]\d\d)\b(?![.:]\d|\s?m?s\b)"),
)
_DURATION = re.compile(
    r"(?<![\w.,:-])(\d+(?:[.,]\d+)?\s?(?:ms|msec|millis(?:econds)?|milliseconds|µs|us|s|secs?|seconds))\b",
    re.IGNORECASE,
)
_NOT_THE_DURATION = re.compile(
    r"(?:after|retry\w*|wait\w*|sleep\w*|back(?:ing)?[ -]?off|timeout|timed out|delay\w*|within|pause\w*|ttl"
    r"|expires|max\w*"
    r"|limit|budget|every|interval|next)[\s:=(-]*(?:in|of|for|another|after|try in)?[\s:=(-]*$",
    re.IGNORECASE,
)
_REQUEST_ID = re.compile(
    r"\b(?:x[-_ ])?(?:request|req|correlation|vendor request)[-_ ]?(?:id|no|number"
    r"|ref)\b[\"'\s:=(#\[]{1,4}([\w.:-]{3,})"
    r"|(?<![\w-])((?:rq|req)[_-][0-9A-Za-z]{3,})\b|\brid[=:]\s?([\w-]{3,})",
    re.IGNORECASE,
)
_IDEMPOTENCY = re.compile(r"\bidempoten\w*[-_ ]?(?:key)?\b[\"'\s:=(#\[]{1,4}([\w.:-]{4,})", re.IGNORECASE)
_TRY = re.compile(
    r"\b(?:try|attempt|retry|tries|attempts|retries|versuch|intento"
    r"|tentativa)\b[\s:=#(\[no.]{0,5}(\d{1,3})\b(?!\.?\d*\s?m?s\b)"
    r"|\b(\d{1,3})(?:st|nd|rd|th|\.)? (?:try|attempt|retry|retries|attempts|tries|versuch)\b"
    r"|\b(?:first|second|third|last) (?:try|attempt|retry)\b|\btry[#=](\d+)",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"^\S*\s?[A-Z][a-z]{2}\s+\d{1,2} [\d:]{8} [\w.-]+ (?P<syslog>[\w.@/-]+)(?:\[\d+\])?:"
    r"|(?:^|\s)(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)[\s:"
    r"|\]-]+(?:\[[^\]]*\]\s+)?(?P<logger>[a-zA-Z][\w]*(?:[.\-/:][\w]+)+)\b"
    r"|\[(?P<bracketed>[a-z]\w*(?:[.-]\w+)+)\]|\]\s(?P<channel>[a-z][\w-]*)\.(?:DEBUG|INFO|NOTICE|WARNING|ERROR"
    r"|CRITICAL):",
)


def told_in(text: str) -> dict[str, str]:
    """Return what a line of text tells: pairs first, then what stands in sentences."""
    found: dict[str, str] = {}
    for name, value in canonical(pairs_in(text)):
        found.setdefault(name, value)
    for name, value in _in_sentences(text):
        found.setdefault(name, value)
    return found


def pairs_in(text: str) -> Mapping[str, str]:
    """Return names with their values, as `status=200`, `"status": 200`, `'status': 200`."""
    found: dict[str, str] = {}
    for match in PAIR.finditer(text):
        value = next((match[kind] for kind in ("double", "single", "bare") if match[kind] is not None), "")
        found.setdefault(match["name"], value.rstrip("."))
    return found


def _in_sentences(text: str) -> Iterator[tuple[str, str]]:
    if time := TIME.search(text):
        yield "time", time.group().strip(" [(")
    if call := _CALL.search(text):
        yield "method", call["method"]
        yield "route", call["route"]
    if place := _ADDRESS.search(text) or _PATH.search(text):
        yield "route", place.group().rstrip(".:")
    bare = TIME.sub(" ", text, count=1)
    for pattern in _STATUS:
        if status := pattern.search(bare):
            yield "status", status[1]
            break
    yield from _numbers(bare)
    if service := _SERVICE.search(text):
        yield "service", next(group for group in service.groups() if group)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    for duration in _DURATION.finditer(text):
        if not _NOT_THE_DURATION.search(text[: duration.start()]):
            yield "duration", duration[1]
            break
    for name, pattern in (("request_id", _REQUEST_ID), ("idempotency_key", _IDEMPOTENCY), ("try", _TRY)):
        if match := pattern.search(text):
            yield name, next((group for group in match.groups() if group), match.group())
