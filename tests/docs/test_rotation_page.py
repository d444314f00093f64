"""docs/rotation.md names what there is: checks, thresholds, keys of golive.yaml."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import yaml

from pytest_golive.manifest.model import Environment, History
from pytest_golive.papers.rotations import LONGEST_DAYS
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.rotation.earlier import RECENT
from pytest_golive.rotation.instances import instances_in
from pytest_golive.rotation.story import SKIPPABLE
from pytest_golive.rotation.workers import SURE, needed
from pytest_golive.shipped import suites_folder

PAGE = (Path(__file__).parents[2] / "docs" / "rotation.md").read_text(encoding="utf-8")


def test_checks_and_thresholds_are_those_there_are() -> None:
    """Each check of a rotation is on the page, with the defaults it tells."""
    folder = suites_folder() / "rotation"
    files = [folder / f"test_{name}.py" for name in ("key", "steps", "traffic")]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    usual = Thresholds()

    assert sorted(folder.glob("test_*.py")) == files
    assert re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE) == re.findall(r"^def test_(\w+)\(", source, re.MULTILINE)
    assert f"6 workers need {needed(6)} answers" in PAGE
    assert (f"{SURE:.0%}", RECENT.days, LONGEST_DAYS) == ("99%", 14, 90)
    figures = (usual.volume_change, usual.error_points, usual.retry_share, usual.retry_growth)
    assert figures == (0.3, 0.01, 0.10, 2.0)


def test_the_example_is_golive_yaml() -> None:
    block, history = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    text = re.sub(r"(\d{4}-\d\d-\d\dT\S+)", r'"\1"', block)

    environment = Environment.model_validate(yaml.safe_load(text)["environments"]["production"])

    rotation = environment.vendors["uppzy"].rotation
    assert rotation is not None
    assert rotation.switched == "2026-11-20T10:00Z"
    assert environment.deployment is not None
    assert environment.deployment.workers == 6
    assert History.model_validate(yaml.safe_load(history)["history"]).url.env == "GOLIVE_HISTORY_URL"


def test_steps_of_a_rehearsal_are_missed_by_these_checks() -> None:
    """In their order, the forgotten worker after all of them."""
    rows = re.findall(r"^\| (\w+) \|.*\| `(\w+)` \|$", PAGE, re.MULTILINE)

    assert {name: step.missed_by for name, step in SKIPPABLE.items()} == dict(rows)


def test_the_example_of_a_report_tells_who_answers() -> None:
    (report,) = re.findall(r'`({"pid".*})`', PAGE)

    (instance,) = instances_in(json.loads(report), "uppzy", "api_key", datetime.now(UTC))

    assert (instance.name, instance.is_a_process) == ("web-1 pid 4711", True)
    assert instance.started == datetime(2026, 11, 20, 10, tzinfo=UTC)
