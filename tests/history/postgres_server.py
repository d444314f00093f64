"""A real PostgreSQL on loopback, for as long as the tests of a module; Debian's package `postgresql` brings it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN_SECONDS = 30.0

PASSWORD = "a-password-of-tests"

OWNER = "postgres"
"""Whose program it is where root starts it: it refuses to be root's."""


def program(name: str) -> str | None:
    """Return where one of its programs lies: Debian keeps them out of the way."""
    found = shutil.which(name)
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(beside[-1]) if beside else None)


def is_here() -> bool:
    """Whether it is installed."""
    return program("initdb") is not None and program("postgres") is not None


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL without any table, and return its URL."""
    owner = OWNER if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="golive-pg-"))
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if owner is not None:
        for path in (folder, secret):
            shutil.chown(path, owner)
    data = folder / "data"
    made = [str(program("initdb")), "-D", str(data), "-U", "golive", "--auth=scram-sha-256", f"--pwfile={secret}"]
    subprocess.run([*made, "--no-sync"], check=True, capture_output=True, timeout=120, user=owner, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    process = subprocess.Popen(
        [str(program("postgres")), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=owner,
        cwd=folder,
    )
    try:
        _await(port, process)
        yield f"postgresql://golive:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(2)  # ends all connections, and itself
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=golive password={PASSWORD} dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"postgres did not become ready; its exit status is {process.poll()}")
