"""Steps as a person writes them: ``429 retry-after=2; 503 x4; reset; wait=14.5 200; real``.

Steps are parted by semicolons, the words of one by blanks:

- a status (``503``) is answered as the vendor writes it; ``200`` and ``real`` are the vendor's real answer;
- ``reset``, ``close``, ``hang`` … break the connection;
- ``wait=2`` seconds before the answer, ``pause=0.1`` seconds between the bytes of its body, ``idle=1`` seconds after
  it when the connection is closed without a word, ``inform=103`` an interim status, ``body=…`` another body;
- ``happens``: the vendor gets the request although it fails; ``closes``: ``Connection: close`` is answered;
- any other ``name=value`` is a header: ``retry-after=2``, ``"retry-after={date+3}"``;
- ``x4`` takes the step four times.
"""

from __future__ import annotations

import difflib
import math
import re
import shlex
from dataclasses import replace
from typing import Any, get_args

from pytest_golive.clients.script import REAL, Break, Step, Steps
from pytest_golive.clients.step_words import step_words

BREAKS: dict[str, Break] = {each.replace("_", "-"): each for each in get_args(Break)}
OPTIONS = ("wait", "pause", "idle", "inform", "body")
FLAGS = ("happens", "closes")
MOST_TIMES = 1000

_ONE_WORD_HEADERS = frozenset(
    ("age", "allow", "connection", "date", "deprecation", "etag", "expires", "link", "location", "server", "sunset")
)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TIMES = re.compile(r"x(\d+)")


class StepMistake(ValueError):
    """Steps that are not written as golive reads them; the message says what would be right."""


def parse_steps(text: str) -> Steps:
    """Return the steps that a text says.

    Raises:
        StepMistake: it says none, or a word of it is none of a step.
    """
    steps: list[Step] = []
    for part in _parts(text):
        steps += _step(part)
    if not steps:
        raise StepMistake("no step is written; write at least one, such as 503 or reset")
    return tuple(steps)


def _parts(text: str) -> list[str]:
    """Return what stands between semicolons that are not within quotes."""
    parts, quote = [""], ""
    for character in text:
        if character in "\"'" and quote in {"", character}:
            quote = "" if quote else character
        if character == ";" and not quote:
            parts.append("")
        else:
            parts[-1] += character
    if quote:
        raise StepMistake(f"a quote is not closed in: {parts[-1].strip()}")
    return [part.strip() for part in parts if part.strip()]


def _words(part: str) -> list[str]:
    """Return the words of a step, quotes taken off; a backslash is a character like any other."""
    lexer = shlex.shlex(part, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    return list(lexer)


def _step(part: str) -> list[Step]:
    step, times, told = REAL, 1, ""
    for word in _words(part):
        if match := _TIMES.fullmatch(word):
            times = int(match[1])
            if not 1 <= times <= MOST_TIMES:
                raise StepMistake(f"{word!r}: a step is taken at least once and at most {MOST_TIMES} times")
            continue
        if told and _is_outcome(word):
            raise StepMistake(f"{part!r} says both {told} and {word}; part steps by semicolons")
        told = word if _is_outcome(word) else told
        step = _with(step, word)
    step = _checked(part, step)
    return [step] * times


def _is_outcome(word: str) -> bool:
    return word.isdecimal() or word == "real"


def _with(step: Step, word: str) -> Step:
    if word.isdecimal():
        return _with_status(step, word)
    if word == "real":
        return step
    if word in BREAKS:
        return replace(step, breaks=BREAKS[word])
    if word in FLAGS:
        flag: dict[str, Any] = {word: True}
        return replace(step, **flag)
    name, equals, value = word.partition("=")
    if not equals:
        raise StepMistake(_unknown(word))
    return _with_value(step, name.lower(), name, value)


def _with_status(step: Step, word: str) -> Step:
    status = int(word)
    if not 200 <= status <= 599:
        raise StepMistake(f"{word} is no status of an answer; allowed: 200 to 599")
    return step if status == 200 else replace(step, status=status)


def _with_value(step: Step, name: str, written: str, value: str) -> Step:
    if name in {"wait", "pause", "idle"}:
        seconds = _seconds(name, value)
        if name == "idle":
            return replace(step, idles=seconds)
        return replace(step, wait=seconds) if name == "wait" else replace(step, pause=seconds)
    if name == "inform":
        if not (value.isdecimal() and 102 <= int(value) <= 199):
            raise StepMistake(f"inform={value}: an interim status is a number from 102 to 199")
        return replace(step, informs=(*step.informs, int(value)))
    if name == "body":
        return replace(step, body=value.encode())
    if not _is_header(name):
        raise StepMistake(_unknown(f"{written}={value}"))
    return replace(step, headers=(*step.headers, (written, value)))


def _seconds(name: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if seconds < 0 or not math.isfinite(seconds):
        raise StepMistake(f"{name}={value}: give seconds, such as {name}=1.5")
    return seconds


def _is_header(name: str) -> bool:
    return _HEADER.fullmatch(name) is not None and ("-" in name or name in _ONE_WORD_HEADERS)


def _checked(part: str, step: Step) -> Step:
    if step.breaks and not step.breaks.endswith(("_in_answer", "bad_chunk")) and (step.status or step.body):
        raise StepMistake(
            f"{part!r}: with {step.breaks.replace('_', '-')} there is no answer; part steps by semicolons"
        )
    return replace(step, said=step_words(step)) if step != REAL else step


def _unknown(word: str) -> str:
    known = [*BREAKS, *FLAGS, "real", *(f"{name}=" for name in OPTIONS), "retry-after=", "location="]
    name = word.partition("=")[0]
    names = [each.removesuffix("=") for each in known]
    near = difflib.get_close_matches(name.lower(), names, 1, 0.6)
    meant = f"; did you mean {known[names.index(near[0])]}?" if near else ""
    allowed = (
        f"a status, real, {', '.join(BREAKS)}, {', '.join(FLAGS)}, {'=, '.join(OPTIONS)}=, a header as name=value, x4"
    )
    return f"{word!r} is no word of a step{meant}; allowed: {allowed}"
