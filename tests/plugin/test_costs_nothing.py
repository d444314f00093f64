"""A run that is not golive's pays nothing for golive being installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugin.conftest import Project

HEAVY = ("httpx", "jsonschema", "vcr", "yaml", "requests", "pydantic", "jinja2", "asyncio", "ssl")
OWN = """
import json
def test_own():
    pass

def test_modules():
    with open(os.environ["MODULES"], "w") as file:
        json.dump(sorted(sys.modules), file)

def test_failing():
    assert False
"""


def test_nothing_heavy_is_imported(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the doors no module of golive's and none of its dependencies is read."""
    project.tests(OWN)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    modules, lines, codes = [], [], []

    for name, plugin in (("with", "pytest_golive.plugin"), ("without", "no:golive")):
        monkeypatch.setenv("MODULES", str(project.folder / name))
        ran = project.run("-p", plugin)
        modules.append(set(json.loads((project.folder / name).read_text(encoding="utf-8"))))
        lines.append([line for line in ran.lines if " in 0." not in line and "passed in" not in line])
        codes.append(ran.code)

    added = modules[0] - modules[1]
    doors = {"plugin", "options", "fixtures", "hookspecs", "facts", "facts.outcome"}
    assert {each for each in added if each.partition(".")[0] == "pytest_golive"} == {
        "pytest_golive",
        *(f"pytest_golive.{door}" for door in doors),
    }
    assert not {each for each in added if each.partition(".")[0] in HEAVY}
    assert lines[0] == lines[1]
    assert codes == [1, 1]


def test_nothing_is_written(project: Project) -> None:
    """No file, no header line, no section; also in a project that has a golive.yaml."""
    project.tests("def test_own(golive):\n    pass")
    project.write("golive.yaml", "this: is never read")

    ran = project.run("-rs")

    assert ran.code == 0
    ran.result.assert_outcomes(skipped=1)
    assert "golive: " not in ran.text
    assert {path.name for path in Path(project.folder).glob("*golive*")} == {"golive.yaml"}


def test_fixtures_without_an_environment_are_skipped(project: Project) -> None:
    """A test that wants golive is skipped with the line that would run it."""
    fixtures = ("golive", "golive_environment", "golive_credentials")
    project.tests("".join(f"def test_{each}({each}):\n    pass\n" for each in fixtures))

    ran = project.run("-rs")

    told = "needs an environment: run pytest with -m prerelease --env NAME"
    ran.result.assert_outcomes(skipped=3)
    assert [line.partition(": ")[2] for line in ran.lines if line.startswith("SKIPPED")] == [told] * 3
