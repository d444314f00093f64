import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from pytest_golive.credentials import source as sources
from pytest_golive.credentials.source import Source, SourceProblem, read, read_secret


def command(code: str) -> Source:
    return Source(command=(sys.executable, "-c", code))


def problem(given: Source, directory: Path) -> str:
    with pytest.raises(SourceProblem) as told:
        read(given, directory)
    return str(told.value)


def test_each_place_is_named_in_words() -> None:
    """Messages and reports say where a secret comes from."""
    assert Source(env="UPPZY_API_KEY").describe() == "environment variable UPPZY_API_KEY"
    assert Source(file="secrets/key").describe() == "file secrets/key"
    assert Source(command=("op", "read", "op://a b")).describe() == "command op read 'op://a b'"


def test_each_place_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value is the text without the newline that ends it."""
    monkeypatch.setenv("UPPZY_API_KEY", "upz_live_env")
    (tmp_path / "key").write_bytes(b"upz_live_file\r\n")

    assert read(Source(env="UPPZY_API_KEY"), tmp_path) == "upz_live_env"
    assert read(Source(file="key"), tmp_path) == "upz_live_file"
    assert read(command("print(open('key').read().strip() + '2')"), tmp_path) == "upz_live_file2"


def test_one_newline_only_is_taken_off(tmp_path: Path) -> None:
    """White space may belong to a secret."""
    (tmp_path / "key").write_bytes(b" upz_live_file \n\n")

    assert read(Source(file="key"), tmp_path) == " upz_live_file \n"


def test_a_variable_that_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not set and set to nothing are told apart."""
    monkeypatch.delenv("UPPZY_API_KEY", raising=False)
    assert problem(Source(env="UPPZY_API_KEY"), tmp_path) == ("environment variable UPPZY_API_KEY is not set")
    monkeypatch.setenv("UPPZY_API_KEY", " ")
    assert problem(Source(env="UPPZY_API_KEY"), tmp_path) == ("environment variable UPPZY_API_KEY is set, but empty")
    monkeypatch.setenv("UPPZY_API_KEY", "upz_live_\udcff")
    assert problem(Source(env="UPPZY_API_KEY"), tmp_path) == ("environment variable UPPZY_API_KEY is not UTF-8 text")


def test_a_file_that_gives_nothing(tmp_path: Path) -> None:
    """Each way a file can fail has its own words."""
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    assert problem(Source(file="gone"), tmp_path) == "file gone is not there"
    assert problem(Source(file="."), tmp_path) == "file . is a folder"
    assert problem(Source(file="empty/x"), tmp_path) == "file empty/x cannot be read: Not a directory"
    assert problem(Source(file="empty"), tmp_path) == "file empty is empty"
    assert problem(Source(file="binary"), tmp_path) == "file binary is not UTF-8 text"


def test_a_command_that_gives_nothing(tmp_path: Path) -> None:
    """A failing command is named with its exit code; what it printed is not."""
    failing = command("import sys; print('s3cr3tvalue'); sys.exit('s3cr3tvalue')")
    assert problem(failing, tmp_path) == f"{failing.describe()} ended with exit code 1"
    silent = command("pass")
    assert problem(silent, tmp_path) == f"{silent.describe()} printed nothing"
    binary = command("import sys; sys.stdout.buffer.write(b'\\xff')")
    assert problem(binary, tmp_path) == f"{binary.describe()} is not UTF-8 text"
    assert problem(Source(command=("no-such-vault", "read")), tmp_path) == (
        "command no-such-vault read: the program no-such-vault was not found"
    )
    assert problem(Source(command=(str(tmp_path),)), tmp_path) == (
        f"command {tmp_path} cannot be started: Permission denied"
    )


def test_a_command_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault that waits for a password does not hold up the run."""
    monkeypatch.setattr(sources, "COMMAND_SECONDS", 0.1)
    hanging = command("import time; time.sleep(60)")

    assert problem(hanging, tmp_path) == f"{hanging.describe()} did not end within 0.1 seconds"


def test_a_weak_secret_is_refused_where_it_is_read(tmp_path: Path) -> None:
    """The message names the source, never the value."""
    (tmp_path / "key").write_text("changeme\n")

    with pytest.raises(SourceProblem) as told:
        read_secret(Source(file="key"), "uppzy.api_key", tmp_path)

    assert str(told.value) == ("file key: the secret is a placeholder or a common word, surely not the real one")


def test_a_secret_is_read_under_its_name(tmp_path: Path) -> None:
    """What is read is a Secret with the name it was asked for."""
    (tmp_path / "key").write_text("upz_live_file\n")

    secret = read_secret(Source(file="key"), "uppzy.api_key", tmp_path)

    assert (secret.name, secret.reveal()) == ("uppzy.api_key", "upz_live_file")


@pytest.mark.parametrize("given", [{}, {"env": "A", "file": "b"}, "s3cr3tvalue", {"env": "s3cr3t value"}])
def test_anything_but_one_place_is_refused_without_being_quoted(given: object) -> None:
    """pydantic's message does not repeat what may be a secret in the wrong place."""
    with pytest.raises(ValidationError) as refused:
        Source.model_validate(given)

    assert "s3cr3t" not in str(refused.value)
