"""The page about people's words: its files are read as they stand there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from pytest_golive.manifest.load import load_manifest
from pytest_golive.people.files import read_attestations, read_waivers
from pytest_golive.people.gaps import mistakes_in
from pytest_golive.people.rules_known import known_rules
from pytest_golive.vendors.keys import all_vendor_keys

PAGE = (Path(__file__).parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
WRITTEN = datetime(2026, 11, 21, tzinfo=UTC)
ENVIRONMENTS = ("staging", "production")
MANIFEST = """golive: 1
project: shop
environments:
  staging:
    vendors:
      timely:
        base_url: https://a.example
        api_key: {env: K}
        ids: {workspace_id: w, agent_id: a}
        features: {webhooks: false}
"""


def test_the_files_shown_are_right(tmp_path: Path) -> None:
    """Who copies them gets no error."""
    attestations, waivers, manifest = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    texts = {"a.yaml": attestations, "w.yaml": waivers, "golive.yaml": MANIFEST + manifest}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    known = known_rules()

    words = read_attestations(tmp_path / "a.yaml", known, ENVIRONMENTS, WRITTEN)
    gaps = read_waivers(tmp_path / "w.yaml", known, ENVIRONMENTS, WRITTEN)
    read = load_manifest(tmp_path / "golive.yaml", all_vendor_keys())

    assert len(words.records) == len(gaps.records) == 1
    assert [*map(str, mistakes_in(read, known, WRITTEN))] == []
    assert len(read.not_applicable) == 4
