"""One repository with a key in every hiding place, among everything that only looks like one."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

from pytest_golive.source.files import SourceFiles
from pytest_golive.source.history import look_through
from tests.unit.source.planted import KEY, OLD, OTHER, Repository, searcher
from tests.unit.source.test_source_files import BAITS
from tests.unit.source.test_unpacking import tarred, zipped

NOW: dict[str, str | bytes] = {
    ".circleci/config.yml": f"jobs: {{deploy: {{environment: {{TIMELY_API_KEY: {OTHER}}}}}}}\n",
    ".github/workflows/deploy.yml": f"env:\n  TIMELY_API_KEY: {OTHER}\n",
    ".gitlab-ci.yml": f"variables:\n  TIMELY_API_KEY: {OTHER}\n",
    "Dockerfile": f"FROM scratch\nENV TIMELY_API_KEY={OTHER}\n",
    "Jenkinsfile": f"environment {{ TIMELY_API_KEY = '{OTHER}' }}\n",
    "app/archive.zip": zipped(inner=tarred(deep=gzip.compress(f"x\n{KEY}".encode()))),
    "app/basic.http": f"Authorization: Basic {base64.b64encode(f'user:{KEY}'.encode()).decode()}\n",
    "app/hex.txt": KEY.encode().hex(),
    "app/reversed.py": f"KEY = '{KEY[::-1]}'[::-1]\n",
    "app/wide.ps1": f"$key = '{KEY}'".encode("utf-16"),
    "compose.yaml": f"services: {{crm: {{environment: [TIMELY_API_KEY={OTHER}]}}}}\n",
    "dump.sql.gz": gzip.compress(f"INSERT '{KEY}'".encode()),
    "k8s/secret.yaml": f"data:\n  key: {base64.b64encode(KEY.encode()).decode()}\n",
    "notebook.ipynb": json.dumps({"cells": [{"outputs": [{"text": [f"{KEY}\n"]}]}]}),
    "web/app.js.map": json.dumps({"sourcesContent": [f"const k = '{KEY}'"]}),
}
"""Files as they are: the configured key in every encoding, and another one that only looks like one."""

LOOKS = "a key of timely"
KNOWN = "timely.api_key"


def _plain(told: str) -> str:
    return re.sub(r"(?<=in commit )\w{10}", "#", re.sub(r", tly_live_.*", "", told)).replace(" holds ", ": ", 1)


def test_every_planted_key_is_told_and_no_bait(tmp_path: Path) -> None:
    made = Repository(tmp_path / "shop")
    for name, content in {**BAITS, ".gitignore": "web/dist\n"}.items():
        made.write(name, content)
    start = made.commit("a", "x")
    made.commit("gone.py", f"KEY = '{KEY}'\n")
    made.commit("gone.py", "KEY = None\n", message=f"Take {OLD} out")
    made.git("checkout", "-q", "-b", "attempt", start)
    made.commit("branch.py", f"KEY = '{KEY}'\n")
    made.git("checkout", "-q", "--detach", start)
    made.commit("tagged.py", f"KEY = '{KEY}'\n")
    made.git("tag", "v1")
    made.git("checkout", "-q", "-b", "forgotten", start)
    made.commit("deleted.py", f"LOST = '{KEY}'\n")
    made.git("checkout", "-q", "main")
    made.git("branch", "-q", "-D", "forgotten")
    made.write("a", f"{KEY}\n")
    made.git("stash", "-q")
    for name, content in NOW.items():
        made.write(name, content)
    made.write("web/dist/app.js", f"k='{KEY}'")
    source = SourceFiles(made.folder, made.folder, bundles=("web/dist/",))

    files = {_plain(leak.told()) for leak in source.search(searcher()).leaks}
    bundle = {_plain(leak.told()) for leak in source.search_bundles(searcher()).leaks}
    history = {(leak.level, _plain(leak.told())) for leak in look_through(made.folder, searcher()).leaks}

    assert files == {
        f".circleci/config.yml:1: {LOOKS}",
        f".github/workflows/deploy.yml:2: {LOOKS}",
        f".gitlab-ci.yml:2: {LOOKS}",
        f"Dockerfile:2: {LOOKS}",
        f"Jenkinsfile:1: {LOOKS}",
        f"app/archive.zip!inner!deep!(gzip):2: {KNOWN}",
        f"app/basic.http:1: {KNOWN}",
        f"app/hex.txt:1: {KNOWN}",
        f"app/reversed.py:1: {KNOWN}",
        f"app/wide.ps1:1: {KNOWN}",
        f"compose.yaml:1: {LOOKS}",
        f"dump.sql.gz!(gzip):1: {KNOWN}",
        f"k8s/secret.yaml:2: {KNOWN}",
        f"notebook.ipynb:1: {KNOWN}",
        f"web/app.js.map:1: {KNOWN}",
    }
    assert bundle == {f"web/dist/app.js:1: {KNOWN}"}
    assert {told for level, told in history if level == "failed"} == {
        f"gone.py:1 in commit #: {KNOWN}",
        f"branch.py:1 in commit #: {KNOWN}",
        f"tagged.py:1 in commit #: {KNOWN}",
        f"a:1 in commit #: {KNOWN}",
    }
    assert {re.sub(r"object \w+", "object #", told) for level, told in history if level == "warned"} == {
        "message of the commit:6 in commit #: timely.previous_api_key (a key that was replaced)",
        "object #:1: timely.api_key (no branch, tag or stash holds it any more: `git gc` removes it)",
    }
