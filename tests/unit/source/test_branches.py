from __future__ import annotations

import pytest

from pytest_golive.source.branches import without_default
from pytest_golive.source.code import CodeFile

CODES = {"validation_failed", "missing_field", "resource_exists"}

OPEN = {
    "client.ts": ("switch (error.code)", "function kind(error) {{\n  switch (error.code) {{{}{}\n  }}\n{}}}\n"),
    "client.go": ("switch code", "func kind(code string) {{\n\tswitch code {{{}{}\n\t}}\n{}}}\n"),
    "Client.php": ("switch ($code)", "function kind($code) {{\n  switch ($code) {{{}{}\n  }}\n{}}}\n"),
    "Client.java": ("switch (code)", "void kind(String code) {{\n  switch (code) {{{}{}\n  }}\n{}}}\n"),
    "Client.kt": ("when (code)", "fun kind(code: String) {{\n  when (code) {{{}{}\n  }}\n{}}}\n"),
    "client.rs": ("match code", "fn kind(code: &str) {{\n  match code {{{}{}\n  }}\n{}}}\n"),
    "client.py": ("match code:", "def kind(code):\n    match code:{}{}\n{}\nx = 1\n"),
    "client.rb": ("case code", "def kind(code)\n  case code{}{}\n  end\n{}end\n"),
}
CASES = {
    ".kt": ('\n "validation_failed" -> a()\n "missing_field" -> b()', "\n else -> c()", "  c()\n"),
    ".rs": ('\n "validation_failed" => a(),\n "missing_field" => b(),', "\n _ => c(),", "  c();\n"),
    ".py": (
        '\n        case "validation_failed":\n            a()\n        case "missing_field":\n            b()',
        "\n        case _:\n            c()",
        "    c()\n",
    ),
    ".rb": ("\n  when 'validation_failed' then a\n  when 'missing_field' then b", "\n  else c", "  c\n"),
}
USUAL = ('\n case "validation_failed": a(); break;\n case "missing_field": b(); break;', "\n default: c();", "  c();\n")


def _file(name: str, text: str) -> CodeFile:
    return CodeFile(name, ".", text)


@pytest.mark.parametrize("name", OPEN)
def test_a_branch_without_a_default(name: str) -> None:
    told, form = OPEN[name]
    cases, default, after = CASES.get(name[name.index(".") :], USUAL)

    (place,) = without_default([_file(name, form.format(cases, "", ""))], CODES)

    assert (place.told(), place.text) == (f"{name}:2", told)
    assert without_default([_file(name, form.format(cases, default, ""))], CODES) == []
    # What follows is for all others.
    assert without_default([_file(name, form.format(cases, "", after))], CODES) == []
    # It is about something else.
    assert without_default([_file(name, form.format(cases, "", ""))], {"other", "codes"}) == []


def test_braces_in_texts_are_none() -> None:
    text = "function f() { switch (c) { case 'validation_failed': return '}'; case 'missing_field': return '\\'{'; } }"

    assert [place.line for place in without_default([_file("a.js", text)], CODES)] == [1]
    assert without_default([_file("a.js", text.replace("'; } }", "'; default: return 1 } }"))], CODES) == []
    assert without_default([_file("a.js", "switch (c) { case 'validation_failed': case 'missing_field':")], CODES) != []


def test_a_capture_is_a_default_too() -> None:
    text = (
        'match code:\n    case "validation_failed" | "missing_field":\n        a()\n    case other:\n        b(other)\n'
    )

    assert without_default([_file("a.py", text)], CODES) == []
    assert len(without_default([_file("a.py", text.replace("case other:", 'case "x":'))], CODES)) == 1
