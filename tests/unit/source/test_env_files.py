from __future__ import annotations

from pathlib import Path

import pytest

from pytest_golive.source.env_files import in_history, is_env_file, is_ignored, is_used, tracked
from pytest_golive.source.git import NoGit
from tests.unit.source.planted import OTHER, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (".env", True),
        ("api/.env", True),
        (".env.production", True),
        ("deploy/staging.env", True),
        (".env.example", False),
        (".env.local.example", False),
        (".env.dist", False),
        (".env.vault", False),
        ("example.env", False),
        (".env.keys", False),
        ("environment.py", False),
        ("src/env.ts", False),
    ],
)
def test_which_files_count(path: str, told: bool) -> None:
    assert is_env_file(path) is told


def test_a_tracked_file_with_secrets(repository: Repository) -> None:
    repository.commit(".env", f"# ours\nPORT=3000\nexport TIMELY_API_KEY='{OTHER}'\nDB_PASSWORD=postgres\n")

    assert [each.told() for each in tracked(repository.folder)] == [".env gives TIMELY_API_KEY a value"]


@pytest.mark.parametrize(
    "content",
    [
        "PORT=3000\nVITE_API_URL=https://api.shop.example\n",
        "TIMELY_API_KEY=changeme\n",
        "NEXT_PUBLIC_KEY_ID=7K9x2Lm4Qw8zT5vB\n",
    ],
)
def test_a_tracked_file_with_values_that_are_no_secrets(repository: Repository, content: str) -> None:
    repository.commit(".env", content)

    (file,) = tracked(repository.folder)

    assert (file.secrets, file.told()) == ((), f".env has {content.count('=')} values")


@pytest.mark.parametrize(
    "content", ["", "TIMELY_API_KEY=\n", 'KEY="encrypted:BDqDBibm4wsYqMpCjTQ6BsDH"\n', "KEY=$OTHER\n"]
)
def test_a_tracked_file_without_values(repository: Repository, content: str) -> None:
    repository.commit(".env", content)

    assert tracked(repository.folder) == []


def test_a_file_that_was_tracked_once(repository: Repository) -> None:
    repository.commit(".env", f"TIMELY_API_KEY={OTHER}\n")
    commit = repository.commit(".env", f"TIMELY_API_KEY={OTHER}\nPORT=1\n")
    repository.commit(".env", "PORT=1\n")
    repository.git("rm", "-q", ".env")
    repository.git("commit", "-q", "-m", "x")

    assert tracked(repository.folder) == []
    assert [each.told() for each in in_history(repository.folder)] == [
        f".env in commit {commit[:10]} gives TIMELY_API_KEY a value"
    ]


def test_whether_git_ignores_it(repository: Repository) -> None:
    assert not is_ignored(repository.folder)

    repository.write(".gitignore", ".env*\n!.env.example\n")

    assert is_ignored(repository.folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package.json", '{"dependencies": {"dotenv": "^16"}}'),
        ("app.py", "from dotenv import load_dotenv\n"),
        ("docker-compose.yml", "services: {web: {env_file: .env}}\n"),
        (".env", "X=1\n"),
    ],
)
def test_whether_it_is_used(repository: Repository, name: str, content: str) -> None:
    repository.write("README.md", "We use no dotenv\n")
    assert not is_used(repository.folder)

    repository.write(name, content)

    assert is_used(repository.folder)


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    for ask in (tracked, in_history, is_ignored):
        with pytest.raises(NoGit):
            ask(tmp_path)
