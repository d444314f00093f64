"""What golive adds to pytest's JUnit file: the verdict for the run, rules, severity and outcome for each test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from _pytest.junitxml import xml_key

from pytest_golive.report.files import replace
from pytest_golive.report.ticket.plain_text import one_line
from pytest_golive.report.verdict_file import VerdictFile

REASONS = 20
"""Reasons that stand in the file; the verdict file has all."""


def correct(path: Path, file: VerdictFile) -> None:
    """Write the verdict that holds now over the one that was written, where something came to light since.

    Raises:
        CannotWrite: the file cannot be replaced.
    """
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    now = re.sub(r'(<property name="golive\.verdict" value=")[A-Z -]*(")', rf"\g<1>{file.verdict}\g<2>", text)
    if now != text:
        replace(path, now)


TOLD = ("severity", "outcome", "vendor", "operation", "subject", "fault")
"""What is said of a test beside its rules."""


def tell_the_verdict(config: pytest.Config, file: VerdictFile) -> None:
    """Write the verdict beside the results, where a JUnit file is written; called before it is."""
    xml = config.stash.get(xml_key, None)
    if xml is None:
        return
    told = {
        "golive.verdict": file.verdict,
        "golive.scope": file.scope,
        "golive.environment": file.environment,
        "golive.project": file.project,
        "golive.run": file.run,
        "golive.commit": file.commit or "",
        "golive.rehearsal": str(file.rehearsal).lower(),
    }
    for name, value in told.items():
        xml.add_global_property(name, one_line(value))
    for reason in file.reasons[:REASONS]:
        xml.add_global_property("golive.reason", one_line(reason))


def tell_of_a_test(properties: list[tuple[str, object]], told: Mapping[str, Any]) -> None:
    """Write severity, outcome and what a test is about beside its rules; a later phase has the last word.

    Args:
        properties: of the test, as pytest keeps them.
        told: what a phase of the test said.
    """
    found = {f"golive.{name}": told[name] for name in TOLD if told.get(name)}
    properties[:] = [each for each in properties if each[0] not in found]
    properties.extend(found.items())
