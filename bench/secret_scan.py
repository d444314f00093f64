"""How long it takes to look for keys through a long history, beside what reading that history takes at least.

::

    python bench/secret_scan.py [commits] [secrets]

A repository of made-up code is written with `git fast-import`; in its middle one commit holds a key in base64 and the
next takes it out again. Told are seconds and the most memory that was in use.
"""

from __future__ import annotations

import base64
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.source.files import searcher_for
from pytest_golive.source.history import look_through

NAMES = "account answer client config customer event handler id key limit order page retry token total user value"
WORDS = NAMES.split(" ")
GIT = shutil.which("git") or "git"
KEY = "tly_live_Zk3vQ9xW7mB2nT5rY8uL"


def code(chance: random.Random, lines: int) -> str:
    """Return lines that look like a program."""
    return "".join(
        f"    {chance.choice(WORDS)}_{chance.choice(WORDS)} = {chance.choice(WORDS)}[{chance.randrange(10**6)}]"
        f"  # {' '.join(chance.choices(WORDS, k=6))}\n"
        for _ in range(lines)
    )


def stream(commits: int) -> Iterator[bytes]:
    """Yield what fast-import reads: every commit changes two of three hundred files of some 6 KB."""
    chance = random.Random(6)  # noqa: S311  # made-up code
    leaked = base64.b64encode(f"user:{KEY}".encode()).decode()
    for number in range(commits):
        message = f"Change number {number}\n"
        yield f"commit refs/heads/main\ncommitter A <a@example.org> {1_600_000_000 + number} +0000\n".encode()
        yield f"data {len(message)}\n{message}\n".encode()
        for file in chance.sample(range(300), 2):
            text = code(chance, 80)
            yield f"M 100644 inline src/part{file % 20}/module{file}.py\ndata {len(text)}\n{text}\n".encode()
        text = f"AUTH = '{leaked}'\n" if number == commits // 2 else "AUTH = None\n"
        yield f"M 100644 inline src/settings.py\ndata {len(text)}\n{text}\n".encode()
    yield b"done\n"


def written(folder: Path, commits: int) -> None:
    """Write the repository."""
    subprocess.run([GIT, "init", "-q", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(
        [GIT, "-C", str(folder), "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE
    ) as importing:
        assert importing.stdin is not None
        importing.stdin.writelines(stream(commits))
    subprocess.run([GIT, "-C", str(folder), "repack", "-adfq"], check=True)


def main() -> None:
    """Print one line per way to read the history."""
    commits = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    secrets = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    chance = random.Random(7)  # noqa: S311  # made-up secrets
    made_up = [
        "".join(chance.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=32))
        for _ in range(secrets)
    ]
    redactor = Redactor(Secret(value, f"timely.key{number}") for number, value in enumerate([KEY, *made_up[1:]]))
    searcher = searcher_for(redactor, dict.fromkeys(("uppzy", "selwise", "augno", "timely")), {})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder, commits)
        begun = time.perf_counter()
        command = f"git -C {folder} log --all -p | wc -c"
        size = int(subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout)  # noqa: S602
        print(f"git log --all -p | wc   {time.perf_counter() - begun:6.1f} s   {size / 2**20:.0f} MiB")
        begun = time.perf_counter()
        history = look_through(folder, searcher)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"golive                  {time.perf_counter() - begun:6.1f} s   {history.objects} objects, "
            f"{len(redactor.forms)} texts looked for, at most {most:.0f} MiB in use"
        )
        for leak in history.leaks:
            print(f"                        {leak.told()}")


if __name__ == "__main__":
    main()
