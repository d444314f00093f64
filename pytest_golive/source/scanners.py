"""General scanners for secrets, where they are installed: what they say is a hint beside golive's own search."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pytest_golive.source.leaks import Leak, is_example, judged
from pytest_golive.source.sightings import Sighting, masked

SECONDS = 300.0
"""How long a scanner may take."""

_LOCKS = """
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lockb poetry.lock uv.lock pdm.lock Pipfile.lock
    go.sum composer.lock Gemfile.lock Cargo.lock gradle.lockfile verification-metadata.xml
"""
_LOCK_FILES = frozenset(_LOCKS.split())
_RULES = {
    "AWSKeyDetector": "AKIA ASIA ABIA ACCA",
    "AzureStorageKeyDetector": "AccountKey=",
    "GitHubTokenDetector": "ghp_ gho_ ghu_ ghs_ ghr_",
    "GitLabTokenDetector": "glpat- gldt- glft- glsoat- glrt- glcbt- glimt- glptt- glagent- gloas-",
    "NpmDetector": "_authToken",
    "OpenAIDetector": "sk-",
    "PrivateKeyDetector": "-----BEGIN",
    "PypiTokenDetector": "pypi-",
    "SendGridDetector": "SG.",
    "SlackDetector": "xox hooks.slack.com",
    "SquareOAuthDetector": "sq0csp",
    "StripeDetector": "k_live_",
}
"""Rules of detect-secrets that know what a token looks like -> what every such token holds.

Those that guess from entropy or names are left out. The rules take seconds per megabyte, so only files that hold one of
these texts are given to them.
"""

_ANCHORS = tuple(anchor.encode() for anchors in _RULES.values() for anchor in anchors.split())
_MOST_BYTES = 4_000_000


class ScannerFailed(Exception):
    """A scanner that is installed did not do its work; says why."""


def has_detect_secrets() -> bool:
    """Whether detect-secrets is installed."""
    return importlib.util.find_spec("detect_secrets") is not None


def by_detect_secrets(files: Iterable[Path], root: Path) -> list[Leak]:
    """Return what the rules of detect-secrets find in files; in the first megabytes of those that they are about."""
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import transient_settings

    found: list[Leak] = []
    left = _MOST_BYTES
    with transient_settings({"plugins_used": [{"name": name} for name in _RULES]}):
        for path in files:
            told = path.relative_to(root).as_posix()
            if path.name in _LOCK_FILES or is_example(told) or not _may_hold_one(path):
                continue
            left -= path.stat().st_size
            if left < 0:
                break
            collection = SecretsCollection()
            collection.scan_file(str(path))
            for _, secret in collection:
                found.append(_hint(told, secret.line_number, secret.type, secret.secret_value or ""))
    return found


def _may_hold_one(path: Path) -> bool:
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
    except OSError:
        return False
    return any(anchor in data for anchor in _ANCHORS)


def gitleaks() -> str | None:
    """Return where gitleaks is, None where it is not installed."""
    return shutil.which("gitleaks")


def by_gitleaks(program: str, repository: Path) -> list[Leak]:
    """Return what gitleaks finds in the history of a repository.

    Raises:
        ScannerFailed: it ends otherwise than with a report.
    """
    with tempfile.TemporaryDirectory(prefix="golive-gitleaks-") as folder:
        report = Path(folder, "report.json")
        command = [
            program,
            "detect",
            "--source",
            str(repository),
            "--report-format",
            "json",
            "--report-path",
            str(report),
        ]
        try:
            done = subprocess.run(  # noqa: S603  # the user installed it; no shell
                [*command, "--redact", "--no-banner", "--exit-code", "0"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScannerFailed(f"gitleaks cannot be run: {type(error).__name__}") from None
        if done.returncode != 0 or not report.is_file():
            raise ScannerFailed(f"gitleaks ended with exit code {done.returncode} and without a report")
        try:
            told: list[dict[str, Any]] = json.loads(report.read_text("utf-8")) or []
        except ValueError:
            raise ScannerFailed("gitleaks wrote a report that is not JSON") from None
    leaks = [
        _hint(one["File"], int(one["StartLine"]), f"gitleaks rule {one['RuleID']}", "", commit=one.get("Commit", ""))
        for one in told
    ]
    return [leak for leak in leaks if Path(leak.path).name not in _LOCK_FILES and not is_example(leak.path)]


def _hint(path: str, line: int, rule: str, value: str, *, commit: str = "") -> Leak:
    shown = masked(value) if value else "masked by the scanner"
    return judged(path, line, Sighting(0, "generic", rule, shown), frozenset(), commit=commit)
