import base64
import subprocess
from pathlib import Path

from pytest_golive.credentials import search
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.search import Hit, find_in_files, tracked_files
from pytest_golive.credentials.secret import Secret

VALUE = "upz_live_4f9c2é71ab"
REDACTOR = Redactor([Secret(VALUE, "uppzy.api_key")])


def test_a_hit_names_file_line_and_secret(tmp_path: Path) -> None:
    """Plain and encoded secrets are found, each line once."""
    path = tmp_path / "app.log"
    encoded = base64.b64encode(f"user:{VALUE}".encode()).decode()
    path.write_text(f"start\n{VALUE} {VALUE}\n\nAuthorization: Basic {encoded}\n", encoding="utf-8")

    assert find_in_files([path], REDACTOR) == [
        Hit(path, 2, "uppzy.api_key"),
        Hit(path, 4, "uppzy.api_key"),
    ]


def test_binary_and_latin_files_are_searched(tmp_path: Path) -> None:
    """Bytes that are no text do not hide a secret."""
    binary, latin = tmp_path / "bundle.bin", tmp_path / "latin.txt"
    binary.write_bytes(b"\xff\xfe\x00\n" + VALUE.encode() + b"\x80")
    latin.write_bytes(VALUE.encode("latin-1"))

    assert find_in_files([binary, latin], REDACTOR) == [
        Hit(binary, 2, "uppzy.api_key"),
        Hit(latin, 1, "uppzy.api_key"),
    ]


def test_a_secret_across_two_blocks_is_found(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Large files are read in pieces, and lines are counted through all of them."""
    monkeypatch.setattr(search, "_BLOCK_BYTES", 64)
    path = tmp_path / "large.log"
    path.write_text("line\n" * 100 + "x" * 9 + VALUE + "\n" + "line\n" * 100 + VALUE, encoding="utf-8")

    assert [hit.line for hit in find_in_files([path], REDACTOR)] == [101, 202]


def test_only_the_limit_is_read(tmp_path: Path) -> None:
    """A log of gigabytes does not hold up the run, unless all of it is asked for."""
    path = tmp_path / "large.log"
    path.write_text("x" * 1000 + VALUE, encoding="utf-8")

    assert find_in_files([path], REDACTOR, limit_bytes=1000) == []
    assert len(find_in_files([path], REDACTOR, limit_bytes=None)) == 1


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """A file that vanished meanwhile and a folder are no reason to stop."""
    assert find_in_files([tmp_path / "gone", tmp_path], REDACTOR) == []


def test_without_secrets_nothing_is_found(tmp_path: Path) -> None:
    """An empty redactor finds nothing in files of several blocks."""
    path = tmp_path / "a.txt"
    path.write_text("text")

    assert find_in_files([path], Redactor()) == []


def test_git_says_which_files_are_the_teams(tmp_path: Path) -> None:
    """Tracked and new files, not the ignored ones, not those deleted."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name in ("a.py", "new ü.py", "gone.py", "ignored.log"):
        (tmp_path / name).touch()
    (tmp_path / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "add", "a.py", "gone.py"], cwd=tmp_path, check=True)
    (tmp_path / "gone.py").unlink()

    assert tracked_files(tmp_path) == [tmp_path / ".gitignore", tmp_path / "a.py", tmp_path / "new ü.py"]


def test_without_git_installed_packages_are_left_out(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Outside a work tree, or without git, the folder is walked."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    for name in (
        "src/a.py",
        "node_modules/b.js",
        ".venv/c.py",
        "env/pyvenv.cfg",
        "env/d.py",
        "__pycache__/e",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert tracked_files(tmp_path) == [tmp_path / "src/a.py"]


def test_a_folder_that_is_no_work_tree_is_walked(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """git says so itself, and its word is taken."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.py").touch()

    assert tracked_files(tmp_path) == [tmp_path / "a.py"]
