from __future__ import annotations

import re
import uuid

import pytest

from pytest_golive.exchange.unlike import unlike


@pytest.mark.parametrize(
    ("configured", "shape"),
    [
        ("t_1", r"t_[02-9]golive"),
        ("ten_0a1B", r"ten_[1-9][b-z][02-9][AC-Z]golive"),
        ("ten_0a1b2c3d", r"ten_[1-9][b-z][02-9][ac-z][013-9][abd-z][0-24-9][a-ce-z]"),
        ("42", r"[0-35-9][013-9]"),
        ("a_b_c", r"a_b_[abd-z]golive"),
        ("é", r"é"),
        ("t_", r"t_golive"),
        ("", r""),
    ],
)
def test_no_letter_of_the_id_itself_stays(configured: str, shape: str) -> None:
    """Kind and separators do: only the thing itself is unknown. A short id gets longer, so that nobody has it."""
    assert re.fullmatch(shape, unlike(configured))


def test_a_uuid_stays_a_right_one() -> None:
    """Else it would be refused for its shape."""
    configured = "00000000-0000-4000-8000-00000000000A"
    made = unlike(configured)

    assert made != configured
    assert uuid.UUID(made).version == 4
