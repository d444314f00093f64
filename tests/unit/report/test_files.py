from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_golive.report.files import CannotWrite, Places, commit, ignore_in_git, replace, run_files, stage


def test_a_partial_run_has_names_of_its_own(tmp_path: Path) -> None:
    """No file of the two is the same, unless a place was given."""
    full, partial = run_files(tmp_path, "full"), run_files(tmp_path, "partial")
    places = Places(
        *(tmp_path / name for name in ("v.json", "r.html", "h.html", "s.md", "c.json", "i.json", "k.sarif"))
    )
    given = run_files(tmp_path, "partial", places)

    assert [path.name for path in (full.verdict, full.report, full.html, full.ledger, full.summary)] == [
        "golive-verdict.json",
        "golive-report.html",
        "golive-pytest.html",
        "ledger.jsonl",
        "golive-summary.md",
    ]
    assert [path.name for path in (partial.verdict, partial.report, partial.html, partial.ledger, partial.summary)] == [
        "golive-verdict.partial.json",
        "golive-report.partial.html",
        "golive-pytest.partial.html",
        "ledger.partial.jsonl",
        "golive-summary.partial.md",
    ]
    assert (full.ctrf, full.intoto, full.sarif) == (None, None, None)
    assert (
        Places(given.verdict, given.report, given.html, given.summary, given.ctrf, given.intoto, given.sarif) == places
    )


def test_the_ticket_makes_room_for_a_page_that_was_asked_for(tmp_path: Path) -> None:
    """Who tells pytest-html to write golive-report.html gets that, and the ticket beside it."""
    files = run_files(tmp_path, "full", Places(html=tmp_path / "golive-report.html"))

    assert (files.html.name, files.report.name) == ("golive-report.html", "golive-ticket.html")


def test_two_files_in_one_place(tmp_path: Path) -> None:
    """Told before one of them is written over the other."""
    both = tmp_path / "both.html"

    with pytest.raises(CannotWrite, match=r"/both\.html is named twice: for the report and for pytest-html's page$"):
        run_files(tmp_path, "full", Places(report=both, html=tmp_path / "x" / ".." / "both.html"))


def test_folders_are_made(tmp_path: Path) -> None:
    """A report may go to a folder that is not there yet."""
    replace(tmp_path / "a" / "b" / "file", "text")

    assert (tmp_path / "a" / "b" / "file").read_text(encoding="utf-8") == "text"


def test_a_staged_text_is_not_there_before_its_commit(tmp_path: Path) -> None:
    """The reader of a file sees the old text or the new one, and no other file is left."""
    path = tmp_path / "file"
    replace(path, "old")

    staged = stage(path, "new")
    before = path.read_text(encoding="utf-8")
    commit(staged, path)

    assert (before, path.read_text(encoding="utf-8")) == ("old", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """Told with the path and the reason."""
    (tmp_path / "file").mkdir()

    with pytest.raises(CannotWrite, match=r"/file cannot be written: is a folder$"):
        replace(tmp_path / "file", "text")


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    """Told with the path and the reason, too."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(CannotWrite, match=r"/file/report cannot be written: "):
        replace(tmp_path / "file" / "report", "text")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old text stays, and nothing half is left beside it."""
    replace(tmp_path / "file", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match=r"/file cannot be written: No space left on device$"):
        replace(tmp_path / "file", "new")

    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()] == [("file", "old")]


def test_a_place_that_was_taken_away(tmp_path: Path) -> None:
    """Between staging and putting into place."""
    staged = stage(tmp_path / "file", "text")
    staged.unlink()

    with pytest.raises(CannotWrite, match=r"/file cannot be written: No such file or directory$"):
        commit(staged, tmp_path / "file")


def test_the_folder_keeps_itself_out_of_git(tmp_path: Path) -> None:
    """Once; a project's own .gitignore there stays."""
    ignore_in_git(tmp_path / "new")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / ".gitignore").write_text("mine\n", encoding="utf-8")
    ignore_in_git(tmp_path / "old")

    assert (tmp_path / "new" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (tmp_path / "old" / ".gitignore").read_text(encoding="utf-8") == "mine\n"
