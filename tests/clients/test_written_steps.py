"""Steps as people write them, and what they are told when they write something else."""

from __future__ import annotations

import pytest

from pytest_golive.clients.script import REAL, Step
from pytest_golive.clients.step_words import step_words
from pytest_golive.clients.written_steps import StepMistake, parse_steps

ALLOWED = (
    "allowed: a status, real, reset-before-reading, reset, reset-in-answer, close, close-in-answer, bad-chunk, hang, "
    "hang-in-answer, happens, closes, wait=, pause=, idle=, inform=, body=, a header as name=value, x4"
)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "429 retry-after=2; 503 x4; reset; hang; wait=14.5 200; real",
            [
                Step(429, headers=(("retry-after", "2"),), said="429, retry-after: 2"),
                *[Step(503, said="503")] * 4,
                Step(breaks="reset", said="a reset in the place of an answer"),
                Step(breaks="hang", said="no answer"),
                Step(wait=14.5, said="the real answer, after 14.5 s"),
                REAL,
            ],
        ),
        ("200", [REAL]),
        ("real x2;", [REAL, REAL]),
        ("204", [Step(204, said="204")]),
        (
            '503 "Retry-After={date+3}"',
            [Step(503, headers=(("Retry-After", "{date+3}"),), said="503, Retry-After: {date+3}")],
        ),
        (
            "307 Location={elsewhere}{target}",
            [Step(307, headers=(("Location", "{elsewhere}{target}"),), said="307, Location: {elsewhere}{target}")],
        ),
        (
            "502 'body=<p>; no</p>' content-type=text/html",
            [
                Step(
                    502,
                    body=b"<p>; no</p>",
                    headers=(("content-type", "text/html"),),
                    said="502, content-type: text/html",
                )
            ],
        ),
        ("500 happens", [Step(500, happens=True, said="500, the vendor got the request")]),
        ("closes", [Step(closes=True, said="the real answer, Connection: close")]),
        ("idle=1", [Step(idles=1.0, said="the real answer, closed without a word after 1 s")]),
        (
            "inform=103 pause=0.1",
            [Step(informs=(103,), pause=0.1, said="the real answer, interim 103, a byte every 0.1 s")],
        ),
        ("body=[]", [Step(body=b"[]", said="another body")]),
        (
            "503 close-in-answer",
            [Step(503, breaks="close_in_answer", said="a close within the answer, 503")],
        ),
        (
            "reset happens wait=1",
            [
                Step(
                    breaks="reset",
                    happens=True,
                    wait=1.0,
                    said="a reset in the place of an answer, after 1 s, the vendor got the request",
                )
            ],
        ),
    ],
)
def test_what_is_written_is_done(text: str, steps: list[Step]) -> None:
    """Every word has one meaning; each step says in words what it does."""
    assert parse_steps(text) == tuple(steps)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no step is written; write at least one, such as 503 or reset"),
        (" ; ;", "no step is written; write at least one, such as 503 or reset"),
        ("rest", f"'rest' is no word of a step; did you mean reset?; {ALLOWED}"),
        ("Hang-In-Answers", f"'Hang-In-Answers' is no word of a step; did you mean hang-in-answer?; {ALLOWED}"),
        ("429 retryafter=2", f"'retryafter=2' is no word of a step; did you mean retry-after=?; {ALLOWED}"),
        ("429 zzz", f"'zzz' is no word of a step; {ALLOWED}"),
        ("429 =2", f"'=2' is no word of a step; {ALLOWED}"),
        ("42", "42 is no status of an answer; allowed: 200 to 599"),
        ("103", "103 is no status of an answer; allowed: 200 to 599"),
        ("600", "600 is no status of an answer; allowed: 200 to 599"),
        ("503 x0", "'x0': a step is taken at least once and at most 1000 times"),
        ("503 x1001", "'x1001': a step is taken at least once and at most 1000 times"),
        ("wait=soon", "wait=soon: give seconds, such as wait=1.5"),
        ("wait=-1", "wait=-1: give seconds, such as wait=1.5"),
        ("pause=nan", "pause=nan: give seconds, such as pause=1.5"),
        ("idle=inf", "idle=inf: give seconds, such as idle=1.5"),
        ("inform=200", "inform=200: an interim status is a number from 102 to 199"),
        ("429 503", "'429 503' says both 429 and 503; part steps by semicolons"),
        ("503 real", "'503 real' says both 503 and real; part steps by semicolons"),
        ("503 reset", "'503 reset': with reset there is no answer; part steps by semicolons"),
        ("503 'body=a", "a quote is not closed in: 503 'body=a"),
        ('503 "body=a; 200', 'a quote is not closed in: 503 "body=a; 200'),
    ],
)
def test_what_is_written_wrongly_is_told(text: str, message: str) -> None:
    """In one sentence, with the nearest word and what is allowed."""
    with pytest.raises(StepMistake) as told:
        parse_steps(text)

    assert str(told.value) == message


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (REAL, ""),
        (Step(said="an outage"), "an outage"),
        (Step(change=lambda answer: answer), "another body"),
        (Step(breaks="reset_in_answer"), "a reset within the answer"),
        (Step(breaks="bad_chunk"), "a chunk whose size is no number"),
        (Step(breaks="hang_in_answer"), "half of an answer"),
        (Step(breaks="close"), "a close without an answer"),
        (Step(breaks="reset_before_reading"), "a reset before the body was read"),
    ],
)
def test_steps_say_what_they_do(step: Step, words: str) -> None:
    """The real answer is nothing to talk about."""
    assert step_words(step) == words
