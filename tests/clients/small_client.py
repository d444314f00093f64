"""A client of a few lines, written by tests of the lab itself: what it does is said by a variable."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pytest_golive.clients.setup import Setup
from pytest_golive.manifest.model import Client
from pytest_golive.vendors.library import read_pack

SOURCE = """
import json, os, sys, time, urllib.error, urllib.request

PAUSE = float(os.environ.get("PAUSE", "-1"))

def sent(call, method, path, body=None):
    request = urllib.request.Request(call["base_url"] + path, method=method, data=body and json.dumps(body).encode())
    request.add_header("x-api-key", call["api_key"])
    request.add_header("Content-Type", "application/json")
    for _ in range(3):
        try:
            return json.load(urllib.request.urlopen(request, timeout=5))
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            asked = float(error.headers["Retry-After"] or 0)
            time.sleep(asked if PAUSE < 0 else PAUSE)
    raise OSError("too often")

def answer(call):
    if os.environ.get("SAYS"):
        print(os.environ["SAYS"], file=sys.stderr)
    if os.environ.get("REFUSES") == call["operation"]:
        return {"ok": False, "error": {"kind": "user", "message": "No."}}
    if call["operation"] == "list_contacts":
        return {"ok": True, "result": {"items": sent(call, "GET", "/contacts")["data"]}}
    return {"ok": True, "result": {"id": sent(call, "POST", "/contacts", call["arguments"])["data"]["id"]}}

for line in sys.stdin:
    call = json.loads(line)
    try:
        said = answer(call)
    except OSError as error:
        said = {"ok": False, "error": {"kind": "backend", "message": "Please try again later."}}
    print(json.dumps({"call_id": call["call_id"], **said}), flush=True)
"""

OPERATIONS = ("list_contacts", "create_contact")


def small(folder: Path, source: str = SOURCE, *, vendor: str = "timely", **changes: Any) -> Setup:
    """Return the set-up of the small client, or of one with another source."""
    path = folder / "small.py"
    path.write_text(source)
    environ = changes.pop("environ", {})
    said = {
        "vendor": vendor,
        "command": [sys.executable, "-S", str(path)],
        "operations": OPERATIONS,
        "environ": environ,
        "call_seconds": 6,
        **changes,
    }
    return Setup("shop", Client.model_validate(said), read_pack(vendor), folder)


def manifest(folder: Path, *, environ: str = "{}", source: str = SOURCE) -> Path:
    """Write a golive.yaml that names the small client, and return where."""
    (folder / "small.py").write_text(source)
    path = folder / "golive.yaml"
    path.write_text(
        "golive: 1\nproject: shop\nclients:\n  shop:\n    vendor: timely\n"
        f"    command: [{sys.executable}, -S, small.py]\n    operations: [list_contacts, create_contact]\n"
        f"    call_seconds: 6\n    environ: {environ}\n"
    )
    return path
