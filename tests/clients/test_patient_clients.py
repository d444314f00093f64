"""Slow answers are waited for as long as the vendor's pages ask: seen with the times of production."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.clients.client_programs import setup_of
from tests.clients.client_runs import tried, under_test

PATIENT = {"TRY_SECONDS": "17", "CALL_SECONDS": "20"}


def outcome_of(vendor: str, operation: str, folder: Path, **settings: str) -> str:
    setup = setup_of("httpx", vendor, folder, environ=PATIENT, call_seconds=21.0)
    case = ("CL-38", operation)
    with under_test(replace(setup, settings={**setup.settings, **settings})) as lab:
        return tried(lab, [case])[case]


def test_a_right_client_waits_for_fifteen_seconds(tmp_path: Path) -> None:
    """The only wait of that length among the tests: an answer after 14.5 s is a success."""
    assert outcome_of("timely", "list_contacts", tmp_path) == "held"


def test_what_no_page_asks_for_is_not_tried(tmp_path: Path) -> None:
    """A vendor that names no time, an operation that is not meant, and a team that agreed upon less."""
    told = [
        outcome_of("augno", "list_units", tmp_path),
        outcome_of("uppzy", "get_limits", tmp_path),
        outcome_of("uppzy", "chat", tmp_path, timeout_exception="40 s, agreed with support"),
    ]

    assert told == [
        "not verified: not applicable: Augno names no time that list_units has to be waited for",
        "not verified: not applicable: Uppzy names no time that get_limits has to be waited for",
        "not verified: not applicable: less is agreed upon: 40 s, agreed with support",
    ]
