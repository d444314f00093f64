"""A git repository whose authors and days are known."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ANA = "Ana Souza <ana@shop.example>"
BEN = "Ben Okafor <ben@shop.example>"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in a folder."""

    folder: Path

    def commit(self, name: str, by: str = ANA, at: str = "2026-11-01T12:00:00Z", trailer: str = "") -> str:
        """Change a file, and commit it as somebody at a time; return the commit."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.read_text() + "x\n" if path.exists() else "x\n")
        self.git("add", "-A")
        who, mail = by.removesuffix(">").split(" <")
        message = f"change {name}\n\n{trailer}".strip()
        environ = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", who), ("EMAIL", mail), ("DATE", at))
        }
        subprocess.run(["git", "-C", str(self.folder), "commit", "-q", "-m", message], check=True, env=environ | PATHS)
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        """Ask git."""
        told = subprocess.run(["git", "-C", str(self.folder), *words], check=True, capture_output=True, text=True)
        return told.stdout.strip()


PATHS = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


def repository(folder: Path) -> Repository:
    """Make an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return Repository(folder)
