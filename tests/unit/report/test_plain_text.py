from __future__ import annotations

import pytest

from pytest_golive.report.ticket.plain_text import LONGEST, one_line, plain, plain_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ü and 漢字 and 👩‍👩‍👧", "plain, ü and 漢字 and 👩‍👩‍👧"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        (
            "bell \x07, escape \x1b[31m, delete \x7f, next line \x85",
            "bell [U+0007], escape [U+001B][31m, delete [U+007F], next line [U+0085]",
        ),
        ("half a character \ud800 and none \ufffe", "half a character \ufffd and none \ufffd"),
        ("invoice\u202egnp.exe", "invoice[U+202E]gnp.exe"),
        ("a\u200bb\ufeffc\u2028d\U000e0041", "a[U+200B]b[U+FEFF]c[U+2028]d[U+E0041]"),
        (None, "None"),
        (b"\xff", "b'\\xff'"),
    ],
    ids=["as it is", "lines", "control", "broken", "turned about", "no room", "nothing", "bytes"],
)
def test_what_a_text_holds_is_seen(text: object, shown: str) -> None:
    """And nothing in it has any say in how the words around it look."""
    assert plain(text) == shown


def test_a_book_is_cut() -> None:
    """What is left out is counted; what fits is whole."""
    assert plain("x" * 1_000_000) == "x" * LONGEST + "… (cut: 1,000,000 characters in all)"
    assert plain("x" * LONGEST) == "x" * LONGEST
    assert plain("abc", 2) == "ab… (cut: 3 characters in all)"


def test_one_line_is_one_line() -> None:
    """Whatever kind of white space there was."""
    assert one_line("a\n b\r\nc\x0bd\u2028e\u00a0f") == "a b c[U+000B]d[U+2028]e f"


def test_every_text_of_a_nested_value_is_plain() -> None:
    """Whatever else it holds stays as it is."""
    told = {"a\x00": ["b\ud800", ("c\u202e", 1, None)], "d": True}

    assert plain_json(told) == {"a[U+0000]": ["b\ufffd", ["c[U+202E]", 1, None]], "d": True}
