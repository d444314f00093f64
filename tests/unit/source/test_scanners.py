from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_golive.source.scanners import ScannerFailed, by_detect_secrets, by_gitleaks, gitleaks, has_detect_secrets
from tests.unit.source.planted import Repository

SLACK = "xoxb-" + "263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1"

FAKE = """#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = --report-path ] && report=$2; shift; done
{body}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def _program(tmp_path: Path, body: str) -> str:
    path = tmp_path / "gitleaks"
    path.write_text(FAKE.format(body=body))
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(not has_detect_secrets(), reason="needs detect-secrets")
def test_what_detect_secrets_knows_is_a_hint(repository: Repository) -> None:
    there = [
        repository.write("bot.py", f"x = 1\nTOKEN = '{SLACK}'\n"),
        repository.write("tests/test_bot.py", f"TOKEN = '{SLACK}'\n"),
        repository.write("package-lock.json", f'{{"x": "{SLACK}"}}'),
        repository.write(
            "ids.py", "ID = '9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d'; HASH = 'e83c5163316f89bfbde7d9ab23ca2e25'\n"
        ),
    ]

    leaks = by_detect_secrets(there, repository.folder)

    assert [(leak.level, re.sub("[0-9a-f]{12}", "#", leak.told())) for leak in leaks] == [
        (
            "warned",
            "bot.py:2 holds Slack Token, xo*** (56 characters, fingerprint #) (a general rule, and no key of a vendor)",
        )
    ]


@pytest.mark.skipif(not has_detect_secrets(), reason="needs detect-secrets")
def test_detect_secrets_is_given_only_so_much(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [repository.write(f"bot{number}.py", f"TOKEN = '{SLACK}'\n") for number in range(3)]
    there.append(repository.folder / "gone.py")
    assert len(by_detect_secrets(there, repository.folder)) == 3

    monkeypatch.setattr("pytest_golive.source.scanners._MOST_BYTES", 150)

    assert [leak.path for leak in by_detect_secrets(there, repository.folder)] == ["bot0.py", "bot1.py"]


@pytest.mark.skipif(gitleaks() is None, reason="needs gitleaks")
def test_the_real_gitleaks_is_understood(repository: Repository) -> None:
    """What it writes today is what golive reads."""
    repository.commit("bot.py", f"TOKEN = '{SLACK}'\n")
    repository.commit("tests/test_bot.py", f"TOKEN = '{SLACK}'\n")

    leaks = by_gitleaks(str(gitleaks()), repository.folder)

    assert [(leak.path, leak.line, leak.level) for leak in leaks] == [("bot.py", 1, "warned")]


def test_what_gitleaks_reports_is_a_hint(tmp_path: Path) -> None:
    told = [
        {"File": "a.py", "StartLine": 3, "RuleID": "aws-access-token", "Commit": "0123456789abcdef"},
        {"File": "docs/a.md", "StartLine": 3, "RuleID": "aws-access-token", "Commit": ""},
    ]
    (tmp_path / "told.json").write_text(json.dumps(told))
    program = _program(tmp_path, f'cp {tmp_path}/told.json "$report"')

    assert [leak.told() for leak in by_gitleaks(program, tmp_path)] == [
        (
            "a.py:3 in commit 0123456789 holds gitleaks rule aws-access-token, masked by the scanner "
            "(a general rule, and no key of a vendor)"
        )
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("exit 3", "gitleaks ended with exit code 3 and without a report"),
        ("exit 0", "gitleaks ended with exit code 0 and without a report"),
        ('echo "{" > "$report"', "gitleaks wrote a report that is not JSON"),
    ],
)
def test_a_scanner_that_fails_is_told(tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(ScannerFailed) as failed:
        by_gitleaks(_program(tmp_path, body), tmp_path)

    assert str(failed.value) == told


def test_a_scanner_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScannerFailed) as failed:
        by_gitleaks(str(tmp_path / "nowhere"), tmp_path)

    assert str(failed.value) == "gitleaks cannot be run: FileNotFoundError"


def test_a_scanner_is_looked_for_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gitleaks() is None

    program = _program(tmp_path, "")

    assert gitleaks() == program
