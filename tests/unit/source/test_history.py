from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from pytest_golive.source import contents, history
from pytest_golive.source.git import NoGit, asked
from pytest_golive.source.history import UNREACHED, History, look_through
from tests.unit.source.planted import KEY, OLD, OTHER, Repository, searcher
from tests.unit.source.test_unpacking import zipped

HOLDS = "holds timely.api_key"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def _told(repository: Repository, **options: frozenset[str]) -> list[str]:
    return [leak.told() for leak in look_through(repository.folder, searcher(), **options).leaks]


def test_a_key_that_was_taken_out_again_is_still_in_the_history(repository: Repository) -> None:
    repository.commit("settings.py", "DEBUG = True\n")
    leaked = repository.commit("settings.py", f"DEBUG = True\nKEY = '{KEY}'\n")
    repository.commit("settings.py", f"DEBUG = False\nKEY = '{KEY}'\n")
    repository.commit("settings.py", "DEBUG = False\n")

    assert _told(repository) == [f"settings.py:2 in commit {leaked[:10]} {HOLDS}"]


def test_every_branch_tag_and_stash_is_looked_through(repository: Repository) -> None:
    start = repository.commit("readme", "x")
    repository.git("checkout", "-q", "-b", "attempt")
    branch = repository.commit("a.py", KEY)
    repository.git("checkout", "-q", "--detach", start)
    tagged = repository.commit("b.py", KEY)
    repository.git("tag", "v1")
    repository.git("checkout", "-q", "main")
    stashes: list[str] = []
    for name in ("readme", "readme"):
        repository.write(name, f"{KEY} {len(stashes)}")
        repository.git("stash", "-q")
        stashes.append(repository.git("rev-parse", "stash"))

    assert sorted(_told(repository)) == sorted(
        [
            f"a.py:1 in commit {branch[:10]} {HOLDS}",
            f"b.py:1 in commit {tagged[:10]} {HOLDS}",
            f"readme:1 in commit {stashes[0][:10]} {HOLDS}",
        ]
    )


def test_messages_are_read_too(repository: Repository) -> None:
    commit = repository.commit("a", "x", message=f"Use the new key\n\n{KEY}")
    repository.git("tag", "-a", "v1", "-m", f"with {KEY}")

    told = _told(repository)

    assert f"message of the commit:{6 + 1} in commit {commit[:10]} {HOLDS}" in told
    assert [line for line in told if line.startswith("message of the tag v1:")] != []
    assert len(told) == 2


def test_what_nothing_refers_to_any_more_is_a_warning(repository: Repository) -> None:
    repository.commit("a", "x")
    repository.git("hash-object", "-w", str(repository.write("lost", KEY)))
    repository.folder.joinpath("lost").unlink()
    blob = repository.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize)")
    name = next(line.split()[0] for line in blob.splitlines() if line.endswith(f" {len(KEY)}"))

    assert _told(repository) == [f"object {name[:10]}:1 {HOLDS} ({UNREACHED})"]


def test_encodings_and_archives_of_the_history_are_opened(repository: Repository) -> None:
    first = repository.commit("release.zip", zipped(**{"app.js": f"x\nkey = '{KEY}'".encode()}))
    repository.git("rm", "-q", "release.zip")
    second = repository.commit("k8s.yaml", f"data:\n  key: {base64.b64encode(KEY.encode()).decode()}\n")

    assert _told(repository) == [
        f"k8s.yaml:2 in commit {second[:10]} {HOLDS}",
        f"release.zip!app.js:2 in commit {first[:10]} {HOLDS}",
    ]


def test_a_key_that_opens_nothing_any_more_is_a_warning(repository: Repository) -> None:
    commit = repository.commit("a.py", f"{OLD}\n{OTHER}\n")
    fingerprint = look_through(repository.folder, searcher()).leaks[0].masked[-13:-1]

    assert _told(repository, revoked=frozenset({fingerprint})) == [
        f"a.py:1 in commit {commit[:10]} holds timely.previous_api_key (a key that was replaced)",
        (
            f"a.py:2 in commit {commit[:10]} holds a key of timely, "
            f"tly_live_*** (29 characters, fingerprint {fingerprint}) (source.revoked lists it)"
        ),
    ]


def test_a_right_history_holds_nothing(repository: Repository) -> None:
    repository.commit("package-lock.json", '{"integrity": "sha512-9Zk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7mB2nT5rY8uL=="}')
    repository.commit("README.md", "Set UPPZY_API_KEY=<API_KEY> or tly_live_your-api-key")

    looked = look_through(repository.folder, searcher())

    assert looked == History(leaks=[], objects=4)


def test_a_shallow_clone_says_so(repository: Repository, tmp_path: Path) -> None:
    repository.commit("a", KEY)
    repository.commit("a", "x")
    url = repository.folder.as_uri()
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", url, str(tmp_path / "clone")], check=True, capture_output=True
    )

    looked = look_through(tmp_path / "clone", searcher())

    assert (looked.shallow, looked.leaks) == (True, [])


def test_a_large_file_is_read_in_pieces(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(history, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(contents, "_PIECE_BYTES", 700)
    lines = [f"line {number}\n" for number in range(300)]
    lines[70] = lines[250] = f"key {KEY}\n"
    commit = repository.commit("big.sql", "".join(lines))

    looked = look_through(repository.folder, searcher())

    assert looked.partial == 1
    assert [leak.told() for leak in looked.leaks] == [f"big.sql:71 in commit {commit[:10]} {HOLDS}"]


def test_more_than_a_heap_of_small_files_is_searched(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_HEAP_BYTES", 64)
    for number in range(9):
        repository.write(f"f{number}.py", f"# {number}\n" * 3)
    commit = repository.commit("g.py", f"# 1\nx = '{KEY}'\n")

    assert _told(repository) == [f"g.py:2 in commit {commit[:10]} {HOLDS}"]


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoGit, match=r"^fatal: not a git repository"):
        look_through(tmp_path, searcher())


def test_a_machine_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoGit, match=r"^git cannot be started: No such file or directory$"):
        asked(tmp_path, "status")


def test_a_damaged_repository_is_told(repository: Repository) -> None:
    """What could not be read is not taken for a history without keys."""
    repository.commit("a.py", "x = 1\n" * 99)
    name = repository.git("rev-parse", "HEAD:a.py")
    path = repository.folder / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:12])

    with pytest.raises(NoGit, match=r"^git cat-file ended with exit code 128$"):
        look_through(repository.folder, searcher())


def test_what_git_lfs_keeps_is_searched(repository: Repository) -> None:
    repository.commit("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:ab12\nsize 9\n")
    repository.write(".git/lfs/objects/ab/12/ab12cd34ef56", f"x\n{KEY}\n")

    assert _told(repository) == [f"object LFS ab12cd34ef:2 {HOLDS}"]
