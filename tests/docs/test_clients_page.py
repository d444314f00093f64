"""What docs/clients.md shows is true: its manifest, its test, its steps, its timeline."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pytest_golive.clients.written_steps import parse_steps
from pytest_golive.manifest.load import load_manifest
from pytest_golive.vendors.keys import all_vendor_keys
from pytest_golive.vendors.library import client_faults
from tests.clients.small_client import SOURCE

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "clients.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_manifest_shown_has_no_mistake(tmp_path: Path) -> None:
    (text,) = blocks("yaml")
    path = tmp_path / "golive.yaml"
    path.write_text(text, encoding="utf-8")

    assert list(load_manifest(path, all_vendor_keys()).clients) == ["crm-sync"]


def test_the_steps_shown_can_be_read() -> None:
    shown = [line for block in blocks("console") for line in re.findall(r'golive drive \S+ "([^"]+)"', block)]

    assert [len(parse_steps(each)) for each in shown] == [5]


def test_the_fault_shown_is_that_of_the_catalogue() -> None:
    told = blocks("text")[1]
    fault = client_faults()["CL-17"]

    assert fault.title in told
    assert fault.fix in told
    assert f"{len(client_faults())} faults" in PAGE


def test_the_check_shown_runs_and_passes(pytester: pytest.Pytester) -> None:
    """A test of one's own, as it stands there, with a client that waits."""

    (text,) = blocks("python")
    Path(pytester.path, "small.py").write_text(SOURCE)
    Path(pytester.path, "golive.yaml").write_text(
        "golive: 1\nproject: shop\nclients:\n  crm-sync: {vendor: timely, operations: [list_contacts], "
        f"command: [{sys.executable}, -S, small.py], call_seconds: 6}}\n"
    )
    pytester.makepyfile(test_shop=text)

    result = pytester.runpytest_subprocess(
        "-m",
        "prerelease",
        "--env",
        "sandbox",
        "--golive-only",
        "SHOP-09",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    )

    result.assert_outcomes(passed=1)
