"""`golive sandbox --variant`: what the vendors' pages contradict each other about is served either way."""

from __future__ import annotations

import argparse
from typing import Any

import httpx
import pytest

from pytest_golive.commands import variant_options
from pytest_golive.commands.console import Refused
from pytest_golive.commands.sandbox import _started, declare
from pytest_golive.sandbox.variants import PROFILE, SERVED
from pytest_golive.vendors.library import read_pack


def parsed(*options: str) -> argparse.Namespace:
    """Return the arguments of `golive sandbox` with these options."""
    parser = argparse.ArgumentParser()
    declare(parser)
    return parser.parse_args(options)


def get(url: str, **headers: str) -> Any:
    return httpx.get(url, headers=headers, trust_env=False, verify=False).json()


def test_every_variant_has_the_name_that_the_pack_gives_it() -> None:
    """And each matter has at least the one that is taken."""
    for vendor, matters in SERVED.items():
        pack = read_pack(vendor)
        for matter, (_, values) in matters.items():
            if matter == PROFILE:
                assert {*values} == {vendor, *pack.profiles}
            else:
                assert pack.contradictions[matter].taken in values
                assert {*values} <= {*pack.contradictions[matter].variants}


def test_variants_are_served() -> None:
    """Of several vendors and matters at once; what is not named is as usual."""
    sandbox = _started(
        parsed(
            *("--variant=timely=K1:pagination", "--variant=timely=K5:generic", "--variant=timely=K10:wrapped"),
            *("--variant=augno=profile:openmrp", "--variant=augno=page_info:cursors"),
            *("--deliver=augno=http://127.0.0.1:9/",),
        )
    )
    try:
        told = sandbox.describe()
        timely, augno = told["timely"], told["augno"]
        key = {"x-api-key": timely["api_key"]}
        brand = {"Authorization": f"Bearer {augno['api_key']}", "OpenMRP-Version": augno["version"]}

        assert {*get(f"{timely['base_url']}/contacts", **key)} == {"data", "pagination"}
        assert get(f"{timely['base_url']}/me")["error"]["code"] == "UNAUTHORIZED"
        assert {*get(f"{timely['base_url']}/health")} == {"data"}
        assert augno["api_key"].startswith("mrp_sk_test_")
        assert {*get(f"{augno['base_url']}/v1/catalog/units", **brand)["page_info"]} >= {"next_cursor", "prev_cursor"}
        assert augno["webhook"]["scheme"] == "timestamped_openmrp"
        assert told["selwise"]["base_url"].endswith("/api/v1")
    finally:
        sandbox.stop()


def test_a_field_that_is_left_out_may_be_removed() -> None:
    """As one of Selwise's pages has it."""
    sandbox = _started(parsed("--vendor=selwise", "--variant=selwise=merge_rule:replace"))
    try:
        told = sandbox.describe()["selwise"]
        url = f"{told['base_url']}/sites/{told['ids']['site_id']}/integrations/ga4"
        headers = {"Authorization": f"Bearer {told['api_key']}"}
        answer = httpx.put(url, json={"enabled": False}, headers=headers, trust_env=False, verify=False).json()
    finally:
        sandbox.stop()

    assert (answer["enabled"], answer["eventMapping"]) == (False, {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["timely=K2:sig_b"], "unknown matter of timely 'K2'; there are: K1, K10, K20, K5"),
        (["timely=K1:metta"], "unknown variant of timely's K1 'metta'; did you mean meta? There are: meta, pagination"),
        (["uppzy=K1:meta"], "--variant uppzy: it is served in one way only"),
        (["acme=K1:meta"], "unknown vendor 'acme'; there are: augno, selwise, timely, uppzy"),
        (["timely=K1:meta", "timely=K1:pagination"], "--variant names K1 of timely twice"),
    ],
)
def test_what_is_not_served_is_told_in_one_line(options: list[str], message: str) -> None:
    """With the nearest right word."""
    with pytest.raises(Refused) as caught:
        variant_options.chosen(
            parsed(*(f"--variant={one}" for one in options)), ("augno", "selwise", "timely", "uppzy")
        )

    assert str(caught.value) == message


@pytest.mark.parametrize("said", ["timely", "timely=K1", "timely=:meta", "=K1:meta", "timely=K1:"])
def test_what_names_no_variant_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All three parts are needed."""
    with pytest.raises(SystemExit):
        parsed(f"--variant={said}")

    message = "has to name a vendor, after a = the matter, and after a : the variant"
    assert capsys.readouterr().err.endswith(f"argument --variant: {message}\n")
