"""docs/weekly.md names what there is: metrics, fields, labels, thresholds."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.names import FIELDS, METRICS, OPENTELEMETRY, OPENTELEMETRY_LABELS
from pytest_golive.review.thresholds import Thresholds

PAGE = (Path(__file__).parents[2] / "docs" / "weekly.md").read_text(encoding="utf-8")


def test_every_name_is_on_the_page() -> None:
    names = [*METRICS.values(), OPENTELEMETRY["requests"], OPENTELEMETRY["request_seconds"]]
    names += [*OPENTELEMETRY_LABELS.values(), *(places[0] for places in FIELDS.values() if "." in places[0])]
    names += [field.name for field in fields(Thresholds)]

    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_the_examples_are_golive_yaml() -> None:
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        Monitoring.model_validate(yaml.safe_load(block)["monitoring"])
