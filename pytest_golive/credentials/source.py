"""Where a secret comes from: an environment variable, a file or the output of a command."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pytest_golive.credentials.secret import Secret, weakness

COMMAND_SECONDS = 30.0

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["UPPZY_API_KEY"])]


class SourceProblem(Exception):
    """A secret could not be read; says what is wrong with its source, never what was read."""


class Source(BaseModel):
    """Names the place a secret is read from; exactly one of `env`, `file` and `command`."""

    # Without this pydantic's own messages would quote what was written in the place of a source.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"minProperties": 1, "maxProperties": 1},
    )

    env: VariableName | None = Field(default=None, description="environment variable that holds the secret")
    file: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="file that holds the secret and nothing else, seen from golive.yaml's folder",
    )
    command: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        default=None, description="program and its arguments; prints the secret and nothing else; no shell"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if len([place for place in (self.env, self.file, self.command) if place is not None]) != 1:
            raise ValueError("give exactly one of env, file, command")
        return self

    def describe(self) -> str:
        """Return the place in words, as messages and reports show it."""
        if self.env is not None:
            return f"environment variable {self.env}"
        if self.file is not None:
            return f"file {self.file}"
        return f"command {shlex.join(self.command or ())}"


def read(source: Source, directory: Path) -> str:
    """Return the secret that `source` names; `directory` is the folder golive.yaml lies in.

    Raises:
        SourceProblem: there is nothing to be read, or it is not text.
    """
    if source.env is not None:
        value = _from_variable(source)
    elif source.file is not None:
        value = _from_file(source, directory / source.file)
    else:
        value = _from_command(source, directory)
    return value


def read_secret(source: Source, name: str, directory: Path) -> Secret:
    """Return what `source` holds as a :class:`Secret` called `name`.

    Raises:
        SourceProblem: it cannot be read, or is no real secret.
    """
    value = read(source, directory)
    problem = weakness(value)
    if problem:
        raise SourceProblem(f"{source.describe()}: {problem}")
    return Secret(value, name)


def _from_variable(source: Source) -> str:
    value = os.environ.get(source.env or "")
    if value is None:
        raise SourceProblem(f"{source.describe()} is not set")
    if not value.strip():
        raise SourceProblem(f"{source.describe()} is set, but empty")
    # Bytes that are not UTF-8 arrive in os.environ as lone surrogates.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise SourceProblem(f"{source.describe()} is not UTF-8 text")
    # As from files and commands: a pipeline that pastes a key may well paste its line end too.
    return value.removesuffix("\n").removesuffix("\r")


def _from_file(source: Source, path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceProblem(f"{source.describe()} is not there") from None
    except IsADirectoryError:
        raise SourceProblem(f"{source.describe()} is a folder") from None
    except OSError as error:
        raise SourceProblem(f"{source.describe()} cannot be read: {error.strerror}") from None
    return _text(source, raw, "is empty")


def _from_command(source: Source, directory: Path) -> str:
    command = source.command or ()
    try:
        # Standard error is not kept: what a failing secret store says may quote the secret.
        done = subprocess.run(  # noqa: S603  # the user's own golive.yaml names the program; no shell
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise SourceProblem(f"{source.describe()}: the program {command[0]} was not found") from None
    except OSError as error:
        raise SourceProblem(f"{source.describe()} cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise SourceProblem(f"{source.describe()} did not end within {COMMAND_SECONDS:g} seconds") from None
    if done.returncode != 0:
        raise SourceProblem(f"{source.describe()} ended with exit code {done.returncode}")
    return _text(source, done.stdout, "printed nothing")


def _text(source: Source, raw: bytes, empty: str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise SourceProblem(f"{source.describe()} is not UTF-8 text") from None
    value = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not value.strip():
        raise SourceProblem(f"{source.describe()} {empty}")
    return value
