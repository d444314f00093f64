"""Record the embedded vendors anew, each into a folder of its own beside this file.

::

    python tests/cassettes/record.py            # every vendor that has a folder here
    python tests/cassettes/record.py timely     # this one, also where it has none yet

What is recorded is the whole pre-release suite, in a project that uses one vendor. The tests replay it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RECORDED = "golive-cassettes"


def project_text(vendor: str) -> str:
    """Return the golive.yaml of a project that uses one vendor; a rehearsal reads no more of it than that."""
    from pytest_golive.vendors.library import read_pack

    pack = read_pack(vendor)
    credentials = {pack.authentication.credential} | {name for name, each in pack.credentials.items() if each.required}
    lines = [f"        {name}: {{env: NEVER_READ}}" for name in sorted(credentials)]
    ids = ", ".join(f"{name}: {each.example!r}" for name, each in pack.ids.items() if each.required)
    return "\n".join(
        [
            "# A project that uses one vendor, recorded in the sandbox by record.py.",
            "golive: 1",
            f"project: {vendor} recorded",
            "environments:",
            "  staging:",
            "    vendors:",
            f"      {vendor}:",
            f"        base_url: {pack.base_url.production}",
            *lines,
            *([f"        ids: {{{ids}}}"] if ids else []),
            "",
        ]
    )


def record(vendor: str) -> int:
    """Record one vendor; return pytest's exit code. What was recorded before stays where the run is not GO."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "golive.yaml").write_text(project_text(vendor), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--tb=short"]
        command += ["-m", "prerelease", "--env", "sandbox", "--golive-record", "all"]
        code = subprocess.run(command, cwd=folder, check=False).returncode
        if code == 0:
            target = HERE / vendor
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            shutil.copy(Path(folder, "golive.yaml"), target)
            shutil.copytree(Path(folder, RECORDED), target / RECORDED)
        return code


def main(vendors: list[str]) -> int:
    """Record these vendors, or all that have a folder here."""
    found = sorted(path.parent.name for path in HERE.glob("*/golive.yaml"))
    return max(map(record, vendors or found), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
