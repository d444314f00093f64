from __future__ import annotations

import pytest

from pytest_golive.contract.formats import FORMATS

RIGHT = {
    "date-time": [
        "2024-06-13T14:32:45Z",
        "2024-06-13t14:32:45z",
        "2024-06-13 14:32:45+02:00",
        "2024-06-13T14:32:45.1Z",
        "2024-06-13T14:32:45.123456789-00:00",
        "2016-12-31T23:59:60Z",
    ],
    "date": ["2024-06-13", "2024-02-29"],
    "email": ["golive@example.com", "a+b@host", "é@example.com"],
    "uri": ["https://example.com/a?b#c", "urn:golive:x", "mailto:a@b"],
    "uuid": ["550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000"],
}

WRONG = {
    "date-time": [
        "2024-06-13",
        "2024-06-13T14:32:45",
        "2024-06-13T14:32Z",
        "2024-02-30T14:32:45Z",
        "2024-06-13T25:00:00Z",
        "2024-06-13T14:32:61Z",
        "2024-06-13T14:32:45+0200",
        "2024-06-13T14:32:45+02",
        "2024-06-13T14:32:45+24:00",
        "2024-06-13T14:32:45Z and more",
        "٢٠٢٤-06-13T14:32:45Z",
        "1718289165",
        "",
    ],
    "date": ["2024-6-13", "20240613", "2024-W01-1", "20240101  ", "2023-02-29", "2024-06-13T00:00:00Z", ""],
    "email": ["golive", "@example.com", "a@", "a b@example.com", "a@b..c", "a@b@c", "a@b.c\n", ""],
    "uri": ["example.com", "https:", "1https://example.com", "https://example.com/a b", ""],
    "uuid": [
        "550e8400e29b41d4a716446655440000",
        "{550e8400-e29b-41d4-a716-446655440000}",
        "550e840-0e29b-41d4-a716-446655440000",
        "g50e8400-e29b-41d4-a716-446655440000",
        "",
    ],
}


def _cases(values: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, each in values.items() for value in each]


@pytest.mark.parametrize(("name", "value"), _cases(RIGHT))
def test_what_the_standard_allows_conforms(name: str, value: str) -> None:
    """RFC 3339, 3986 and 9562."""
    assert FORMATS.conforms(value, name)


@pytest.mark.parametrize(("name", "value"), _cases(WRONG))
def test_anything_else_does_not(name: str, value: str) -> None:
    """However much the library's own readers take."""
    assert not FORMATS.conforms(value, name)


@pytest.mark.parametrize("name", sorted(RIGHT))
@pytest.mark.parametrize("value", [None, 5, ["x"], {"a": "b"}])
def test_a_format_says_nothing_about_what_is_no_text(name: str, value: object) -> None:
    """That is the type's to judge."""
    assert FORMATS.conforms(value, name)


def test_an_unknown_format_is_no_demand() -> None:
    """JSON Schema leaves it to the reader."""
    assert FORMATS.conforms("x", "iban")
