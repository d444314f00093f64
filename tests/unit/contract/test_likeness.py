"""Two answers are alike in fields and kinds; what may be of any kind tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_golive.contract.likeness import known_fields, unlike_parts

SCHEMA: dict[str, Any] = {
    "properties": {
        "id": {"type": "string"},
        "size": {"type": ["integer", "null"]},
        "body": {},
        "value": {"type": ["object", "array", "null"]},
        "kind": {"enum": ["a", "b"]},
        "owner": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
}


def test_fields_of_one_kind_are_compared() -> None:
    assert known_fields(SCHEMA) == {"id", "size", "kind", "owner", "owner.name"}


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ({"body": [], "value": {}}, {"body": {}, "value": []}, []),
        ({"size": None}, {"size": 3}, []),
        ({"size": 1}, {"size": 1.5}, []),
        ({"id": "1"}, {"id": 1}, ["`id` is text here and a whole number there"]),
        ({"id": "1", "kind": "a"}, {"id": "1"}, ["`kind` is here and not there"]),
        ({"owner": {"name": "x"}}, {"owner": {}}, ["`owner.name` is here and not there"]),
        ({"owner": None}, {"owner": {"name": "x"}}, []),
    ],
)
def test_what_is_not_alike_is_told(here: dict[str, Any], there: dict[str, Any], told: list[str]) -> None:
    assert unlike_parts(here, there, known_fields(SCHEMA)) == told
