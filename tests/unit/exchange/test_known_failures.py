from __future__ import annotations

import pytest

from pytest_golive.demands.refusal import must_refuse
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CheckFailed
from pytest_golive.sandbox.http import json_response
from pytest_golive.vendors.operation import BadValue
from tests.unit.exchange.conftest import MakeVendor, Talk

CASE = "color:is no colour"


def _knowing(make_vendor: MakeVendor, *, strict: bool, known: str | None) -> Vendor:
    """Return a vendor whose pack speaks of one wrong colour."""
    pack = make_vendor().pack
    bad = BadValue(evidence="assumed", title="is no colour", change={"color": "loud"}, known_failure=known)
    operation = pack.operations["update_widget_config"].model_copy(update={"bad_values": (bad,)})
    operations = {**pack.operations, "update_widget_config": operation}
    return make_vendor(strict=strict, pack=pack.model_copy(update={"operations": operations}))


def _judge(vendor: Vendor) -> None:
    must_refuse(vendor, Examples(vendor, lambda kind: f"golive_{kind}"), "update_widget_config", CASE)


def test_a_failure_the_vendor_knows_of_is_observed(talk: Talk, make_vendor: MakeVendor, record: CheckRecord) -> None:
    """With its reason; a team cannot mend it."""
    talk.say("update_widget_config", json_response(500, {}))

    _judge(_knowing(make_vendor, strict=False, known="seen by its own tests"))

    assert record.observations == [
        "update_widget_config fails with 500 when `color` is no colour: seen by its own tests"
    ]


@pytest.mark.parametrize(("strict", "known"), [(True, "seen by its own tests"), (False, None), (True, None)])
def test_any_other_failure_is_one(talk: Talk, make_vendor: MakeVendor, strict: bool, known: str | None) -> None:
    """Also a known one, where the sandbox stands for the vendor."""
    talk.say("update_widget_config", json_response(500, {}))

    with pytest.raises(CheckFailed) as failed:
        _judge(_knowing(make_vendor, strict=strict, known=known))

    assert failed.value.finding.requirement == (
        "update_widget_config has to refuse the call with 400, 413, 415 or 422 when `color` is no colour, "
        "never with a failure"
    )
    assert failed.value.finding.actual == "500 {}"


def test_a_success_is_a_failure_of_the_check_all_the_same(talk: Talk, make_vendor: MakeVendor) -> None:
    """Only failures at the vendor are known."""
    talk.say("update_widget_config", json_response(200, {}))

    with pytest.raises(CheckFailed) as failed:
        _judge(_knowing(make_vendor, strict=True, known="seen by its own tests"))

    assert failed.value.finding.actual == "200 {}"
