"""What README.md shows is true: its blocks run, its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_golive.manifest.load import load_manifest
from pytest_golive.vendors.keys import all_vendor_keys

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_both_commands_make_their_own_virtual_environment() -> None:
    """A locked system pip is no obstacle, and the script of the pipeline finds both lines."""
    commands = [line for block in blocks("console") for line in block.splitlines() if "python3 -m venv" in line]

    assert commands == [
        "$ python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/pytest -m prerelease --env sandbox",
        '$ python3 -m venv .venv && .venv/bin/pip install -q -e ".[dev]" && .venv/bin/pytest -n 2',
    ]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_manifest_shown_has_no_mistake(text: str, tmp_path: Path) -> None:
    """Who copies it gets no error."""
    path = tmp_path / "golive.yaml"
    path.write_text(text, encoding="utf-8")

    assert load_manifest(path, all_vendor_keys()).project == "shop"


@pytest.mark.parametrize("text", blocks("python"))
def test_the_check_shown_runs_and_passes(pytester: pytest.Pytester, text: str) -> None:
    """A check of one's own, as it stands there, in the sandbox."""
    pytester.makepyfile(test_shop=text)

    result = pytester.runpytest_subprocess(
        "-m",
        "prerelease",
        "--env",
        "sandbox",
        "--golive-only",
        "SHOP-07",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    )

    result.assert_outcomes(passed=1)


def test_every_option_of_the_table_exists(pytester: pytest.Pytester) -> None:
    """No option is documented that --help does not know."""
    told = pytester.runpytest_subprocess("--help").stdout.str()

    documented = set(re.findall(r"^\| `(--[a-z-]+)", README, re.MULTILINE))

    assert documented
    assert set() == {option for option in documented if option not in told}


def test_every_suite_folder_is_in_the_table() -> None:
    """What is checked is told, folder by folder."""
    folders = {path.name for path in (CHECKOUT / "suites").iterdir() if (path / "__init__.py").exists()}

    assert folders == set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
