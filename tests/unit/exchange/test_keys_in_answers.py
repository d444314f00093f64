from __future__ import annotations

from pytest_golive.exchange.layers import USER_AGENT
from pytest_golive.facts.current import CheckRecord
from pytest_golive.sandbox.http import json_response
from tests.unit.exchange.conftest import MakeVendor, Talk

HANDED_OUT = "upz_live_0a1b2c3d4e5f6a7b"


def test_a_key_that_an_answer_hands_out_is_masked(talk: Talk, make_vendor: MakeVendor, record: CheckRecord) -> None:
    """Nobody could tell golive of it before; its form gives it away."""
    pack = make_vendor().pack
    credential = pack.credentials["api_key"].model_copy(update={"pattern": r"\bupz_live_[0-9a-f]{16}\b"})
    knowing = make_vendor(pack=pack.model_copy(update={"credentials": {**pack.credentials, "api_key": credential}}))
    talk.say("get_limits", json_response(200, {"plan": HANDED_OUT}))

    answer = knowing.call("get_limits")

    assert answer.told == '200 {"plan": "[a key of uppzy]"}'
    assert record.exchanges[0].response_body == '{"plan": "[a key of uppzy]"}'


def test_golive_says_who_calls(talk: Talk, make_vendor: MakeVendor) -> None:
    """So that the vendor's log tells its calls from the integration's."""
    talk.say("get_limits", json_response(200, {}))

    make_vendor().call("get_limits")

    assert talk.heard[0][1].headers["user-agent"] == USER_AGENT
    assert USER_AGENT.startswith("pytest-golive/")
