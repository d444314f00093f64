"""Right repositories of many kinds raise no alarm in the checks of source, and each wrong twin raises its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import suites.source.test_code as code
import suites.source.test_configuration_differences as differences
import suites.source.test_env_files as env_files
import suites.source.test_keys_in_files as keys
import suites.source.test_stages as stages
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import scanners
from pytest_golive.source.files import SourceFiles
from tests.suites.layouts import LAYOUTS, Layout, Wrong
from tests.unit.source.planted import Repository

Check = Callable[[Golive, PlannedCheck], None]

CHECKS: dict[str, Check] = {
    name.removeprefix("test_"): check
    for module in (keys, code, stages, env_files, differences)
    for name, check in vars(module).items()
    if name.startswith("test_")
    and name
    not in {"test_logs_hold_no_key", "test_key_is_kept_in_one_place", "test_environments_differ_where_they_must"}
}
"""Those that are about files of the repository."""

OF_AUGNO = {"version_is_set_in_one_place", "version_of_the_library_is_locked", "other_error_codes_have_a_branch"}
"""Those that are planned for it alone."""

MAY_SEE_NOTHING = {"version_of_the_library_is_locked", "delivered_files_hold_no_key", "version_is_set_in_one_place"}

ADDRESSES = {
    "uppzy": "https://api.uppzy.com/api/v1",
    "augno": "https://api.augno.com",
    "timely": "https://api.timelyai.com.br/v1",
}


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """General scanners have a word of their own; test_scanners.py asks them."""
    monkeypatch.setattr(scanners, "has_detect_secrets", lambda: False)
    monkeypatch.setattr(scanners, "gitleaks", lambda: None)


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _laid_out(layout: Layout, folder: Path, wrong: Wrong | None = None) -> Repository:
    repository = Repository(folder)
    files = dict(layout.files)
    if wrong is not None:
        if wrong.into:
            assert wrong.into in files[wrong.path], wrong
        files[wrong.path] = files[wrong.path].replace(wrong.into, wrong.text) if wrong.into else wrong.text
    for path, text in files.items():
        repository.write(path, text)
    repository.git("add", "-A")
    if wrong is not None and wrong.path.startswith(".env"):
        repository.git("add", "-f", wrong.path)
    repository.git("commit", "-q", "-m", "All of it")
    return repository


def _golive(layout: Layout, repository: Repository) -> Golive:
    staging = Target(
        layout.vendor,
        ADDRESSES[layout.vendor],
        ids={"tenant_id": "ten_of_staging"},
        settings={"api_version": "1.0.forge-preview.3"},
        uses=layout.uses,
    )
    production = replace(staging, ids={"tenant_id": "ten_of_production"})
    golive = Golive(
        {
            "staging": Environment("staging", releases_to="production", targets={layout.vendor: staging}),
            "production": Environment("production", production=True, targets={layout.vendor: production}),
        },
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=repository.folder,
    )
    golive.source = SourceFiles(repository.folder, repository.folder)
    return golive


def _outcomes(layout: Layout, golive: Golive, only: str = "") -> dict[str, str]:
    """Return what is red, by check, with what was seen."""
    planned = PlannedCheck("a_check", layout.vendor, layout.vendor, "staging", (), (), Severity.MAJOR)
    red: dict[str, str] = {}
    for name, check in CHECKS.items():
        if only not in {"", name} or (name in OF_AUGNO and layout.vendor != "augno"):
            continue
        try:
            check(golive, planned)
        except CheckFailed as failed:
            red[name] = failed.finding.actual
        except NotVerified as missing:
            if name not in MAY_SEE_NOTHING:
                red[name] = f"not verified: {missing}"
    return red


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_right_repository_raises_no_alarm(name: str, tmp_path: Path, record: CheckRecord) -> None:
    layout = LAYOUTS[name]

    assert _outcomes(layout, _golive(layout, _laid_out(layout, tmp_path / "shop"))) == {}
    assert record.warnings == []


TWINS = [(name, wrong) for name, layout in LAYOUTS.items() for wrong in layout.wrong]


@pytest.mark.parametrize(
    ("name", "wrong"), TWINS, ids=[f"{name}: {wrong.path}, {number}" for number, (name, wrong) in enumerate(TWINS)]
)
def test_a_wrong_one_raises_its_own(name: str, wrong: Wrong, tmp_path: Path) -> None:
    layout = LAYOUTS[name]

    red = _outcomes(layout, _golive(layout, _laid_out(layout, tmp_path / "shop", wrong)), wrong.check)

    assert wrong.told in red.get(wrong.check, "nothing"), red
