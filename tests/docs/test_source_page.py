"""What docs/source.md shows is true: the keys of golive.yaml, the checks, and the lines that are found."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from pytest_golive.manifest.model import SourceCode
from pytest_golive.source.unpacking import DEEPEST, MOST_BYTES
from tests.unit.source.planted import searcher

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "source.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_golive_yaml() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

    source = SourceCode.model_validate(yaml.safe_load(text)["source"])

    assert (source.repository, source.bundles) == (".", ("web/dist/",))
    assert (source.logs, source.revoked) == (("var/log/*.jsonl",), ("5d03c20d6b3d",))
    assert source.allowed_in_logs == ("*@shop.example", "+49 30 90188*")


def test_the_checks_are_those_of_the_suite() -> None:
    """All of them that read files, but those that are about golive.yaml alone."""
    checks = {
        node.name.removeprefix("test_")
        for file in (ROOT / "suites" / "source").glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    told = set(re.findall(r"`([a-z]+(?:_[a-z]+){2,})`", PAGE))

    assert told - checks == {"allowed_in_logs", "previous_api_key"}
    assert checks - told == {
        "concurrency_is_limited",
        "environments_differ_where_they_must",
        "key_is_kept_in_one_place",
        "production_holds_no_test_key",
        "production_names_no_test_ids",
    }


LINES = [
    "UPPZY_API_KEY=…",
    'os.environ.get("UPPZY_API_KEY", "…")',
    'process.env.UPPZY_API_KEY || "…"',
    "${UPPZY_API_KEY:-…}",
    'headers["X-API-Key"] = "…"',
]


@pytest.mark.parametrize("form", LINES)
def test_the_lines_are_found(form: str) -> None:
    assert form in PAGE

    (found,) = searcher().find(f"uppzy: {form}".replace("…", "9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d").encode())

    assert found.kind == "assigned"


def test_the_bounds_are_those_of_the_program() -> None:
    words = {4: "four"}

    assert f"Archives are opened\n{words[DEEPEST]} deep and up to {MOST_BYTES // 2**20} MiB each" in PAGE
