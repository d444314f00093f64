"""Git's authors, and who is one of them."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_golive.people.authors import Author, History, Unknown, person, same_person
from tests.unit.people.repository import ANA, BEN, repository


@pytest.mark.parametrize(
    ("text", "name", "mail"),
    [
        ("Ana Souza <Ana@Shop.example>", "Ana Souza", "ana@shop.example"),
        ("ana@shop.example", "", "ana@shop.example"),
        ("Ana Souza (ana@shop.example)", "Ana Souza", "ana@shop.example"),
        ("Ana  Souza", "Ana Souza", ""),
    ],
)
def test_a_person_is_a_name_and_an_address(text: str, name: str, mail: str) -> None:
    """In the spellings people use."""
    assert person(text) == Author(name, mail)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Souza <a@x.example>", "A. Souza <A@X.example>", True),
        ("José Muñoz", "jose  munoz <jm@x.example>", True),
        ("Ana Souza <a@x.example>", "Ana Souza <b@x.example>", True),
        ("Ana Souza", "Ana Silva", False),
        ("<a@x.example>", "<b@x.example>", False),
        ("a@x.example", "Ana", False),
        ("!!!", "???", False),
    ],
)
def test_who_is_one_with_whom(one: str, other: str, same: bool) -> None:
    """The same address, or the same name; nothing is nobody."""
    assert same_person(one, other) is same


def test_everybody_and_who_wrote_the_change(tmp_path: Path) -> None:
    """The change begins at the last tag before what is looked at; co-authors are authors."""
    repo = repository(tmp_path)
    repo.commit("a.py", ANA)
    repo.git("tag", "v1")
    repo.commit("b.py", BEN, trailer="Co-authored-by: Cleo Lee <cleo@shop.example>")

    history = History(tmp_path)

    assert {each.name for each in history.everybody} == {"Ana Souza", "Ben Okafor", "Cleo Lee"}
    assert {each.name for each in history.of_the_change} == {"Ben Okafor", "Cleo Lee"}


def test_a_tag_on_what_is_looked_at_is_the_release_itself(tmp_path: Path) -> None:
    """The one before it counts; without one, everything is new."""
    repo = repository(tmp_path)
    repo.commit("a.py", ANA)
    repo.commit("b.py", BEN)
    repo.git("tag", "v1")

    assert {each.name for each in History(tmp_path).of_the_change} == {"Ana Souza", "Ben Okafor"}


def test_the_last_go_comes_before_tags(tmp_path: Path) -> None:
    """What was released since then is the change; a commit of nowhere is none."""
    repo = repository(tmp_path)
    repo.commit("a.py", ANA)
    repo.git("tag", "v1")
    go = repo.commit("b.py", BEN)
    repo.commit("c.py", "Cleo Lee <cleo@shop.example>")

    assert {each.name for each in History(tmp_path, since=go).of_the_change} == {"Cleo Lee"}
    assert {each.name for each in History(tmp_path, since="f" * 40).of_the_change} == {"Ben Okafor", "Cleo Lee"}


def test_the_same_commit_as_the_last_go_has_the_authors_of_its_release(tmp_path: Path) -> None:
    """A second run of one candidate does not make its authors strangers."""
    repo = repository(tmp_path)
    repo.commit("a.py", ANA)
    repo.git("tag", "v1")
    go = repo.commit("b.py", BEN)

    assert {each.name for each in History(tmp_path, since=go).of_the_change} == {"Ben Okafor"}


def test_what_people_write_about_a_release_changes_nothing(tmp_path: Path) -> None:
    """The commit of an attestation is no change, and its author is no author."""
    repo = repository(tmp_path)
    looked_at = repo.commit("a.py", ANA, at="2026-11-01T12:00:00Z")
    repo.commit("golive/attestations.yaml", BEN, at="2026-11-20T12:00:00Z")

    history = History(tmp_path, [Path("golive/attestations.yaml")])

    assert {each.name for each in history.everybody} == {"Ana Souza"}
    assert history.last_change == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert history.changed_since(looked_at) == ()
    assert History(tmp_path).changed_since(looked_at) == ("golive/attestations.yaml",)


def test_only_the_folder_of_the_integration_counts(tmp_path: Path) -> None:
    """In a repository of many projects, others write other things."""
    repo = repository(tmp_path)
    repo.commit("shop/a.py", ANA)
    repo.commit("elsewhere/b.py", BEN)

    assert {each.name for each in History(tmp_path / "shop").everybody} == {"Ana Souza"}


def test_a_history_that_is_cut_off_tells_no_authors(tmp_path: Path) -> None:
    """What a pipeline fetched without its past cannot say who wrote it."""
    repo = repository(tmp_path / "whole")
    repo.commit("a.py", ANA)
    repo.commit("b.py", BEN)
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{repo.folder}", str(tmp_path / "shallow")], check=True
    )

    with pytest.raises(Unknown) as told:
        _ = History(tmp_path / "shallow").everybody

    assert str(told.value) == ("the history is cut off here (a shallow clone): fetch all of it, as with fetch-depth: 0")


def test_without_a_repository(tmp_path: Path) -> None:
    """Files alone have no authors."""
    with pytest.raises(Unknown) as told:
        _ = History(tmp_path).head

    assert str(told.value) == "the files lie in no git repository"


@pytest.mark.parametrize("commit", ["f" * 40, "--all", "main"])
def test_a_commit_that_is_none(tmp_path: Path, commit: str) -> None:
    """Neither an option of git's nor the name of a branch is taken for one."""
    repository(tmp_path).commit("a.py")

    with pytest.raises(Unknown, match=f"^git knows no commit {commit} here$"):
        History(tmp_path).changed_since(commit)


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and ends nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unknown, match=r"^git is not installed here$"):
        _ = History(tmp_path).head


def test_who_merges_a_change_has_not_written_it(tmp_path: Path) -> None:
    """The one who presses the button may approve."""
    repo = repository(tmp_path)
    repo.commit("a.py", BEN)
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("b.py", BEN)
    repo.git("checkout", "-q", "main")
    repo.git(
        "-c", "user.name=Ana", "-c", "user.email=ana@shop.example", "merge", "-q", "--no-ff", "-m", "merge", "topic"
    )

    assert {each.name for each in History(tmp_path).everybody} == {"Ben Okafor"}


def test_a_repository_that_git_refuses_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container somebody else often owns the files; the remedy is told."""
    repository(tmp_path / "repo").commit("a.py")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    with pytest.raises(Unknown) as told:
        _ = History(tmp_path / "repo").head

    assert str(told.value) == "another user owns the repository: git config --global --add safe.directory …"
