"""A repository to plant keys in, and what searches it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.source.files import searcher_for
from pytest_golive.source.sightings import Searcher

KEY = "tly_live_Zk3vQ9xW7mB2nT5rY8uL"
OTHER = "tly_live_Hs8dK2mPq4Rt7Wz1XcVb"
OLD = "tly_live_Pw6bN4jD8gF2sC9kE3aM"

VENDORS = {"timely": None, "augno": None, "uppzy": None}


def searcher() -> Searcher:
    """Return what searches for one key of Timely's, the one before it, and whatever looks like a key."""
    redactor = Redactor([Secret(KEY, "timely.api_key"), Secret(OLD, "timely.previous_api_key")])
    return searcher_for(redactor, VENDORS, {"timely": ("STAGING_TIMELY_API_KEY",)})


class Repository:
    """A repository of git in a folder, without the settings of whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """Run git."""
        who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env={**os.environ, **who, **quiet}, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, name: str, content: str | bytes, message: str = "A change") -> str:
        """Write a file and commit it; return the commit."""
        self.write(name, content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
