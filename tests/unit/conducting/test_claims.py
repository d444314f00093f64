"""What checks of the packs use, and which of them leave each other in peace."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pytest_golive.conducting.claims import (
    BEARS,
    BESIDE_OTHERS,
    EVERYTHING,
    Claims,
    Use,
    alone,
    claims_of,
    disturb,
    hold_back,
    is_flow,
    patience_seconds,
)
from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.library import read_pack

UPPZY = read_pack("uppzy")
HERE = ("staging", "uppzy")


def planned(check: str, operation: str | None = None, **more: Any) -> PlannedCheck:
    """Return a planned check of Uppzy in staging."""
    effects = UPPZY.operations[operation].effects if operation is not None else Effects.NONE
    told: dict[str, Any] = {"effects": effects, "operation": operation, **more}
    return PlannedCheck(check, "uppzy", "uppzy", "staging", ("UPZ-01",), (Suite.WEEKLY,), Severity.MAJOR, **told)


def listings(claims: Claims) -> dict[str, Use]:
    """Return the claims to listings alone, by listing."""
    return {place[2]: use for place, use in claims.items() if len(place) == 3}


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (planned("answer_fits_its_schema", "get_tenant"), {}),
        (planned("answer_fits_its_schema", "list_documents"), {"list_documents": Use.READS}),
        (planned("repeated_write", "create_text_document"), {"list_documents": Use.ADDS}),
        (planned("repeated_write", "update_document"), {"list_documents": Use.ADDS}),
        (planned("answer_fits_its_schema", "get_chat_request"), {"list_sessions": Use.ADDS}),
        (
            planned("listing_bears_a_row", "list_documents", effects=Effects.REVERSIBLE),
            {"list_documents": Use.ALONE},
        ),
        (
            planned("incomplete_data", "create_text_document", bad_input="title:missing"),
            {"list_documents": Use.COMPARES},
        ),
        (
            planned("incomplete_data", "create_text_document", bad_input="content:missing"),
            {"list_documents": Use.ADDS},
        ),
        (planned("round_trip", allow="document_round_trip"), {"list_documents": Use.ADDS}),
        (planned("key_is_in_no_file"), {}),
    ],
    ids=lambda value: value.check + "-" + str(value.operation) if isinstance(value, PlannedCheck) else "",
)
def test_listings_that_a_check_uses(check: PlannedCheck, expected: dict[str, Use]) -> None:
    """Those it walks through, those it adds to, its examples' own calls included."""
    claims = claims_of(check, UPPZY)

    assert listings(claims) == expected
    assert (claims[()], claims[HERE]) == (Use.BESIDE, Use.BESIDE)


def test_who_wants_a_vendor_to_itself() -> None:
    """A flow, and a walk that inserts; walks that change nothing bear one another, and nobody else."""
    flow = planned("flow", alone="settings")
    walk = planned("listing_gives_every_id_once", "list_documents", alone="listings")
    inserts = planned("listing_bears_a_row", "list_documents", alone="listings", effects=Effects.REVERSIBLE)

    assert [is_flow(each) for each in (flow, walk, inserts)] == [True, False, False]
    assert [claims_of(each, UPPZY)[HERE] for each in (flow, walk, inserts)] == [Use.ALONE, Use.WATCHES, Use.ALONE]
    assert all(hold_back(claims_of(each, UPPZY)) for each in (flow, walk, inserts))
    assert not hold_back(claims_of(planned("answer_fits_its_schema", "list_documents"), UPPZY))


def test_uses_that_go_together() -> None:
    """The table is the same from both sides, and nobody bears one who wants to be alone."""
    for one, other in itertools.product(Use, repeat=2):
        assert (other in BEARS[one]) == (one in BEARS[other])
    assert not any(Use.ALONE in bears for bears in BEARS.values())
    assert (EVERYTHING[()], BESIDE_OTHERS[()]) == (Use.ALONE, Use.BESIDE)


def test_two_that_compare_disturb_each_other() -> None:
    """So the one that finds something looks again, alone."""
    one = {(*HERE, "list_documents"): Use.COMPARES, HERE: Use.BESIDE}
    other = {(*HERE, "list_sessions"): Use.COMPARES, HERE: Use.BESIDE}

    assert (disturb(one, one), disturb(one, other), disturb(one, alone(one))) == (True, False, False)
    assert alone(one) == {(*HERE, "list_documents"): Use.ALONE, HERE: Use.BESIDE}


def test_who_has_to_wait_for_the_vendor() -> None:
    """Chats and what needs one of its own; not what shares the example of all."""
    assert patience_seconds(planned("repeated_write", "chat"), UPPZY) == 75.0
    assert patience_seconds(planned("repeated_write", "chat_async"), UPPZY) == 90.0
    assert patience_seconds(planned("repeated_write", "close_session"), UPPZY) >= 75.0
    assert patience_seconds(planned("invalid_data", "close_session", bad_input="session_id:missing"), UPPZY) == 0.0
    assert patience_seconds(planned("answer_fits_its_schema", "get_tenant"), UPPZY) == 0.0
    assert patience_seconds(planned("sync_chat_answers", allow="chat_smoke"), UPPZY) == 90.0


def test_what_lasts_in_a_lab_begins_and_what_holds_up_the_others_ends_it() -> None:
    """So that a lab takes as long as its longest scenario, and what is tried alone finds nobody to wait for."""
    faults = ["WH-49", "WH-01", "CL-39", "CL-17", "WH-44"]

    told = {fault: patience_seconds(planned("withstands", fault=fault), UPPZY) for fault in faults}
    assert sorted(faults, key=lambda fault: -told[fault]) == ["CL-39", "WH-44", "WH-01", "CL-17", "WH-49"]
