"""`.env` files in a repository: tracked, in its history, or about to be added by accident."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pytest_golive.credentials.search import tracked_files
from pytest_golive.source.git import NoGit, asked, told
from pytest_golive.source.plausible import looks_made_by_a_machine

_NAME = re.compile(r"\.env(?:\..+)?$|.+\.env$")
_SAMPLE = re.compile(r"(?:example|sample|template|dist|tmpl|tpl|defaults?|schema|vault|enc|encrypted|keys?)(?:\.|$)")
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$")
_SECRET_NAME = re.compile(r"KEY|SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|AUTH|DSN", re.IGNORECASE)
_PUBLIC_NAME = re.compile(r"PUBLIC|PUBLISHABLE|_URL$|_ID$|_PATH$|_FILE$|_NAME$|_HOST$", re.IGNORECASE)
_LOADERS = re.compile(
    r"load_dotenv|dotenv|python-decouple|environs|env_file\s*:|--env-file|godotenv|phpdotenv|DotEnv|direnv",
    re.IGNORECASE,
)
_READ_FOR_LOADERS = re.compile(
    r"\.(?:py|js|mjs|cjs|ts|go|php|rb|java|kt|toml|ya?ml|json|txt|mod)$|(?:^|/)(?:Gemfile|Dockerfile|Makefile|\.envrc)$"
)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A `.env` file that is or was in the repository.

    Attributes:
        path: seen from the top of the repository.
        commit: a commit that holds it; empty where it is tracked now.
        secrets: names of its variables that hold what looks like a secret.
        values: how many of its variables have a value.
    """

    path: str
    commit: str
    secrets: tuple[str, ...]
    values: int

    def told(self) -> str:
        """Return the file in one line."""
        where = f" in commit {self.commit[:10]}" if self.commit else ""
        holds = f"gives {', '.join(self.secrets[:3])} a value" if self.secrets else f"has {self.values} values"
        return f"{self.path}{where} {holds}"


def is_env_file(path: str) -> bool:
    """Whether a file holds variables of an environment, and is no sample and not encrypted as its name says."""
    name = PurePosixPath(path).name
    return _NAME.fullmatch(name) is not None and _SAMPLE.search(name.replace(".env", ".", 1)) is None


def tracked(repository: Path) -> list[EnvFile]:
    """Return the `.env` files with values that git tracks.

    Raises:
        NoGit: there is no repository.
    """
    names = asked(repository, "ls-files", "-z").split("\0")
    found = []
    for name in filter(is_env_file, names):
        path = repository / name
        if path.is_file():
            found.append(_read(name, "", path.read_bytes()))
    return [each for each in found if each.values]


def in_history(repository: Path) -> list[EnvFile]:
    """Return the `.env` files with values that any commit holds, each as its newest such version.

    Raises:
        NoGit: there is no repository.
    """
    found: dict[str, EnvFile] = {}
    for commit, blob, path in _versions(repository):
        if path in found and found[path].secrets:
            continue
        each = _read(path, commit, asked(repository, "cat-file", "blob", blob).encode("utf-8", "surrogateescape"))
        if each.values and (path not in found or each.secrets):
            found[path] = each
    return list(found.values())


def _versions(repository: Path) -> Iterator[tuple[str, str, str]]:
    commit = ""
    log = ("log", "--all", "--raw", "--no-abbrev", "--no-renames", "--diff-merges=first-parent", "--format=commit %H")
    for line in told(repository, *log, "--diff-filter=AM", "--", ":(glob)**/*.env", ":(glob)**/.env*"):
        if line.startswith(b"commit "):
            commit = line[7:].decode("ascii")
        elif line.startswith(b":"):
            fields, _, path = line.decode("utf-8", "replace").partition("\t")
            if is_env_file(path):
                yield commit, fields.split(" ")[3], path


def is_ignored(repository: Path, name: str = ".env") -> bool:
    """Whether git would leave a `.env` file alone.

    Raises:
        NoGit: there is no repository.
    """
    asked(repository, "rev-parse", "--git-dir")
    try:
        return bool(asked(repository, "check-ignore", "--no-index", name).strip())
    except NoGit:
        return False


def is_used(repository: Path) -> bool:
    """Whether something in the repository loads `.env` files, or one lies there."""
    if (repository / ".env").exists():
        return True
    return any(
        _READ_FOR_LOADERS.search(path.name) and _LOADERS.search(path.read_text("utf-8", "replace"))
        for path in tracked_files(repository)
        if path.stat().st_size < 1_000_000
    )


def _read(path: str, commit: str, data: bytes) -> EnvFile:
    values = dict(_variables(data.decode("utf-8", "replace")))
    secrets = [
        name
        for name, value in values.items()
        if _SECRET_NAME.search(name) and not _PUBLIC_NAME.search(name) and looks_made_by_a_machine(value)
    ]
    return EnvFile(path, commit, tuple(secrets), len(values))


def _variables(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _LINE.match(line)
        value = match[2].split(" #")[0].strip().strip("'\"") if match else ""
        if match and value and not value.startswith(("encrypted:", "ENC[", "$")):
            yield match[1], value
