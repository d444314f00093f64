"""docs/rotation.md names what there is: checks, thresholds, keys of golive.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from pytest_golive.manifest.model import Environment, History
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.shipped import suites_folder

PAGE = (Path(__file__).parents[2] / "docs" / "rotation.md").read_text(encoding="utf-8")


def test_checks_and_thresholds_are_those_there_are() -> None:
    """Each check of the traffic is on the page, with the defaults it tells."""
    source = (suites_folder() / "rotation" / "test_traffic.py").read_text(encoding="utf-8")
    usual = Thresholds()

    assert re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE) == re.findall(r"^def test_(\w+)\(", source, re.MULTILINE)
    figures = (usual.volume_change, usual.error_points, usual.retry_share, usual.retry_growth)
    assert figures == (0.3, 0.01, 0.10, 2.0)


def test_the_example_is_golive_yaml() -> None:
    block, history = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    text = re.sub(r"(\d{4}-\d\d-\d\dT\S+)", r'"\1"', block)

    environment = Environment.model_validate(yaml.safe_load(text)["environments"]["production"])

    rotation = environment.vendors["uppzy"].rotation
    assert rotation is not None
    assert rotation.switched == "2026-11-20T10:00Z"
    assert History.model_validate(yaml.safe_load(history)["history"]).url.env == "GOLIVE_HISTORY_URL"
