from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_golive.vendors.library import schemas_folder


def test_the_schema_is_the_published_one(golive: Callable[..., Any]) -> None:
    """Byte for byte, so that a redirect writes the same file."""
    told = golive("schema")

    published = (schemas_folder() / "golive.schema.json").read_text(encoding="utf-8")
    assert (told.code, told.out, told.err) == (0, published.splitlines(), [])
    assert json.loads("\n".join(told.out))["$id"] == "urn:golive:golive.yaml"
