"""The checks of files, history and bundles, each on a repository that is right and on one that is wrong in one way."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import suites.source.test_env_files as env_files
import suites.source.test_keys_in_files as keys
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import scanners
from pytest_golive.source.files import SourceFiles
from tests.unit.source.planted import KEY, OLD, OTHER, Repository

PLANNED = PlannedCheck("a_check", "timely", "timely", "staging", (), (), Severity.MAJOR)

Check = Callable[[Golive, PlannedCheck], None]

FILES, HISTORY = keys.test_key_is_in_no_file, keys.test_key_is_in_no_commit
BUNDLES, ENV = keys.test_delivered_files_hold_no_key, env_files.test_env_files_stay_out_of_git


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository, on a machine without general scanners."""
    monkeypatch.setattr(scanners, "has_detect_secrets", lambda: False)
    monkeypatch.setattr(scanners, "gitleaks", lambda: None)
    made = Repository(tmp_path / "shop")
    made.commit(".gitignore", ".env\n")
    return made


def _golive(repository: Repository, **source: tuple[str, ...]) -> Golive:
    targets = {name: Target(name, "https://x.example/v1") for name in ("timely", "uppzy")}
    golive = Golive(
        {"staging": Environment("staging", targets=targets)},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor([Secret(KEY, "timely.api_key"), Secret(OLD, "timely.previous_api_key")]),
        journal=Unwritten(),
        repository=repository.folder,
    )
    golive.source = SourceFiles(repository.folder, repository.folder, **source)  # type: ignore[arg-type]
    return golive


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    told = (finding.requirement, finding.expected, finding.actual)
    return tuple(re.sub(r"(?<=fingerprint )\w{12}|(?<=commit )\w{10}", "#", text) for text in told)  # type: ignore[return-value]


def _not_verified(check: Check, golive: Golive) -> tuple[str, str]:
    with pytest.raises(NotVerified) as skipped:
        check(golive, PLANNED)
    return str(skipped.value), skipped.value.key


@pytest.mark.parametrize("check", [FILES, HISTORY, BUNDLES, ENV])
def test_a_right_repository_is_green(check: Check, repository: Repository, record: CheckRecord) -> None:
    repository.commit("src/client.py", "key = os.environ['TIMELY_API_KEY']\n")
    repository.commit("docs/start.md", "Set TIMELY_API_KEY=tly_live_your-api-key\n")
    repository.commit(".env.example", "TIMELY_API_KEY=\n")

    check(_golive(repository), PLANNED)

    assert record.warnings == []


def test_a_key_in_a_file(repository: Repository) -> None:
    repository.write("settings.py", f"DEBUG = True\nKEY = '{KEY}'\n")
    repository.write("deploy.sh", f"export TIMELY_API_KEY={OTHER}\n")

    assert _failed(FILES, _golive(repository)) == (
        "no file of the repository may hold a key",
        "3 files without it",
        (
            "deploy.sh:1 holds a key of timely, tly_live_*** (29 characters, fingerprint #); "
            "settings.py:2 holds timely.api_key"
        ),
    )


def test_no_more_than_ten_places_are_told(repository: Repository) -> None:
    repository.write("settings.py", f"KEY = '{KEY}'\n" * 13)

    actual = _failed(FILES, _golive(repository))[2]

    assert actual == "; ".join(f"settings.py:{line} holds timely.api_key" for line in range(1, 11)) + "; and 3 more"


def test_a_key_of_another_vendor_is_another_checks_concern(repository: Repository) -> None:
    repository.write("settings.py", f"KEY = '{KEY}'\n")
    golive = _golive(repository)

    FILES(golive, replace(PLANNED, vendor="uppzy"))

    with pytest.raises(CheckFailed):
        FILES(golive, PLANNED)


def test_what_is_no_open_door_is_a_warning(repository: Repository, record: CheckRecord) -> None:
    repository.write("old.py", f"KEY = '{OLD}'\n")
    repository.write("locked.zip", b"PK\x03\x04")

    FILES(_golive(repository), PLANNED)

    assert record.warnings == ["old.py:1 holds timely.previous_api_key (a key that was replaced)"]


def test_what_could_not_be_looked_into_is_noted(
    repository: Repository, record: CheckRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_golive.source.files.WHOLE_BYTES", 3)
    monkeypatch.setattr("pytest_golive.source.history.WHOLE_BYTES", 3)
    monkeypatch.setattr("pytest_golive.source.contents.WHOLE_BYTES", 3)
    golive = _golive(repository)

    FILES(golive, PLANNED)
    HISTORY(golive, PLANNED)

    assert record.notes == [
        "too large or encrypted, and not looked into: .gitignore",
        "too large or encrypted, and not unpacked: 2 versions of files",
    ]


def test_scanners_that_are_installed_are_asked(
    repository: Repository, record: CheckRecord, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "gitleaks"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.setattr(scanners, "has_detect_secrets", lambda: True)
    monkeypatch.setattr(scanners, "by_detect_secrets", lambda files, root: [])
    monkeypatch.setattr(scanners, "gitleaks", lambda: str(program))

    FILES(_golive(repository), PLANNED)

    assert record.notes == [
        "detect-secrets looked at the files, too",
        "gitleaks ended with exit code 7 and without a report",
    ]
    program.write_text('#!/bin/sh\nwhile [ $# -gt 0 ]; do [ "$1" = --report-path ] && echo [] > "$2"; shift; done\n')
    assert _golive(repository).source.hints()[1][1] == "gitleaks looked at the history, too"


def test_a_key_in_the_history(repository: Repository) -> None:
    repository.commit("settings.py", f"KEY = '{KEY}'\n")
    repository.commit("settings.py", "KEY = None\n")
    golive = _golive(repository)

    FILES(golive, PLANNED)
    assert _failed(HISTORY, golive) == (
        "no commit may hold a key",
        "6 versions of files and messages without it",
        "settings.py:1 in commit # holds timely.api_key",
    )


def test_a_history_that_is_not_there(repository: Repository, tmp_path: Path) -> None:
    golive = _golive(repository)
    (tmp_path / "plain").mkdir()
    golive.repository = tmp_path / "plain"
    golive.source = SourceFiles(golive.repository, golive.repository)
    told = "fatal: not a git repository (or any of the parent directories): .git"

    assert _not_verified(HISTORY, golive) == (f"the history of plain cannot be read: {told}", "source.repository")
    assert _not_verified(ENV, golive) == (f"git cannot be asked in plain: {told}", "source.repository")


def test_a_history_that_is_cut_off(repository: Repository) -> None:
    head = repository.commit("a", "x")
    (repository.folder / ".git" / "shallow").write_text(f"{head}\n")

    assert _not_verified(HISTORY, _golive(repository)) == (
        "only the newest commits are here; fetch all of them (actions/checkout: fetch-depth: 0)",
        "source.repository",
    )


def test_a_history_of_which_parts_are_left_out(repository: Repository) -> None:
    repository.git("config", "remote.origin.promisor", "true")

    assert _not_verified(HISTORY, _golive(repository)) == (
        "this clone leaves out files until somebody asks for them; make one without --filter",
        "source.repository",
    )


def test_a_key_in_what_is_delivered(repository: Repository) -> None:
    repository.write(".gitignore", "dist\n")
    repository.write("dist/app.js.map", f'{{"sourcesContent": ["k = \\"{KEY}\\""]}}')
    golive = _golive(repository, bundles=("dist/",))

    FILES(golive, PLANNED)
    assert _failed(BUNDLES, golive) == (
        "nothing that is delivered to browsers or apps may hold a key",
        "1 files without it",
        "dist/app.js.map:1 holds timely.api_key",
    )


def test_what_is_delivered_has_to_be_there(repository: Repository, record: CheckRecord) -> None:
    assert _not_verified(BUNDLES, _golive(repository, bundles=("dist/", "app/"))) == (
        "dist/, app/ is not there: build it before this run",
        "source.bundles",
    )
    BUNDLES(_golive(repository), PLANNED)
    assert record.notes == ["nothing here is delivered to browsers or apps"]

    repository.write("package.json", '{"devDependencies": {"vite": "^7"}}')
    assert _not_verified(BUNDLES, _golive(repository)) == (
        "what a front end is built into is not there: build it before this run",
        "source.bundles",
    )


def test_an_env_file_in_git(repository: Repository) -> None:
    repository.write("api/.env", f"PORT=1\nTIMELY_API_KEY={OTHER}\n")
    repository.git("add", "-f", "api/.env")
    repository.commit("deploy/old.env", f"HOOK_SECRET={OTHER}\n")
    repository.git("rm", "-q", "deploy/old.env")
    repository.git("commit", "-q", "-m", "x")

    assert _failed(ENV, _golive(repository)) == (
        "no .env file with secrets may be in git, now or in its history",
        "samples without values, such as .env.example",
        "api/.env gives TIMELY_API_KEY a value; deploy/old.env in commit # gives HOOK_SECRET a value",
    )


def test_an_env_file_that_git_would_take(repository: Repository, record: CheckRecord) -> None:
    repository.commit(".gitignore", "dist\n")
    ENV(_golive(repository), PLANNED)
    assert record.warnings == ["git does not ignore .env; nothing here seems to use such a file"]

    repository.write("requirements.txt", "python-dotenv\n")

    assert _failed(ENV, _golive(repository)) == (
        "git has to ignore .env where such files are used",
        "a line .env in .gitignore",
        "`git check-ignore .env` says no",
    )


def test_a_harmless_env_file_is_a_warning(repository: Repository, record: CheckRecord) -> None:
    repository.git("add", "-f", str(repository.write(".env", "PORT=3000\n")))

    ENV(_golive(repository), PLANNED)

    assert record.warnings == [".env has 1 values, none of which looks like a secret"]


def test_a_key_in_a_log(repository: Repository) -> None:
    check = keys.test_logs_hold_no_key
    assert _not_verified(check, _golive(repository)) == (
        "source.logs is missing: nothing says what the integration logs",
        "source.logs",
    )
    golive = _golive(repository, logs=("var/*.jsonl", "var/old/*.gz"))
    assert _not_verified(check, golive) == (
        "var/*.jsonl, var/old/*.gz is not there: no log to look through",
        "source.logs",
    )
    repository.write("var/today.jsonl", '{"key": "tly_live_****8uLx"}\n')
    check(_golive(repository, logs=("var/*.jsonl",)), PLANNED)

    repository.write("var/old/docs.gz", gzip.compress(f"x\nheaders: x-api-key={OTHER}\n".encode()))
    repository.write("var/today.jsonl", f'{{"authorization": "{KEY[::-1]}"}}\n')

    assert _failed(check, _golive(repository, logs=("var/*.jsonl", "var/old/*.gz"))) == (
        "no log may hold a key",
        "2 logs without it",
        (
            "var/old/docs.gz!(gzip):2 holds a key of timely, tly_live_*** (29 characters, fingerprint #); "
            "var/today.jsonl:1 holds timely.api_key"
        ),
    )
