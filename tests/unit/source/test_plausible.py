from __future__ import annotations

import pytest

from pytest_golive.source.plausible import looks_made_by_a_machine


@pytest.mark.parametrize(
    "value",
    [
        "tly_live_Zk3vQ9xW7mB2nT5rY8uL",
        "aug_sk_prod_4fG7hJ2kL9mN3pQ5rS8tVw_Xy6zB1cD4eF7gH2jK5lM8nP3qR6sT9uV",
        "9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d",
        "upz-Kj7dh38Gd92kLm",
        "e83c5163316f89bfbde7d9ab23ca2e25604af290",
        "qXvBnRtZpLkWdYsHgJcM",
    ],
)
def test_what_a_machine_made(value: str) -> None:
    assert looks_made_by_a_machine(value)


@pytest.mark.parametrize(
    "value",
    [
        "tly_live_your_api_key_here",
        "tly_live_1234567890abcdef",
        "tly_live_a1b2c3d4e5f6g7h8",
        "tly_live_abc123def456ghi789",
        "tly_live_AAAAAAAAAAAAAAAAAAAA",
        "tly_live_abcabcabcabcabc1",
        "tly_live_f00ba4f00ba4f00b",
        "tly_live_xxxxxxxxxxxxxxxx",
        "tly_live_EXAMPLE9k2LmQ8vT3",
        "tly_test_key_for_unit_tests",
        "tml_plate_renderer_for_mails2",
        "tml_someLongCamelCaseIdentifier",
        "tml_short1",
        "00000000-0000-4000-8000-000000000001",
        "support-webhook-handler-v2",
        "aug_sk_test_4fG7hJ2kL9mN3pQ5rS8tVw_placeholderPlaceholder1",
        "k9" * 200,
        "",
    ],
)
def test_what_somebody_wrote_as_an_example(value: str) -> None:
    assert not looks_made_by_a_machine(value)
