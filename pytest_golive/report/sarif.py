"""Keys that were found in files, as SARIF 2.1.0: what code hosts show beside the line it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pytest_golive.source.leaks import Leak

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
"""What addresses of files are seen from: the folder of the repository, which only the reader knows."""

RULES = {
    "configured": ("configured-secret", "A secret that golive.yaml names stands in a file, in whatever encoding."),
    "pattern": ("vendor-key", "Something in a file looks like a key of a vendor."),
    "assigned": ("key-variable", "The variable that a key is kept in is given a literal value."),
    "generic": ("general-rule", "A general scanner takes something in a file for a secret."),
}
LEVELS = {"failed": "error", "warned": "warning"}


def sarif(leaks: Sequence[Leak], version: str) -> dict[str, Any]:
    """Return the log of one run; `version` is golive's. No value of a key is in it."""
    kinds = list(RULES)
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pytest-golive",
                        "version": version,
                        "rules": [
                            {
                                "id": name,
                                "shortDescription": {"text": told},
                                "defaultConfiguration": {"level": "warning" if kind == "generic" else "error"},
                            }
                            for kind, (name, told) in RULES.items()
                        ],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "results": [_result(leak, kinds.index(leak.kind)) for leak in leaks],
            }
        ],
    }


def _result(leak: Leak, rule: int) -> dict[str, Any]:
    identity = "\0".join([leak.path, leak.what, leak.masked])
    found: dict[str, Any] = {
        "ruleId": RULES[leak.kind][0],
        "ruleIndex": rule,
        "level": LEVELS[leak.level],
        "message": {"text": leak.told()},
        "locations": [_location(leak)],
        "partialFingerprints": {"golive/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]},
        "properties": {"masked": leak.masked},
    }
    if leak.commit:
        found["properties"]["commit"] = leak.commit
    return found


def _location(leak: Leak) -> dict[str, Any]:
    outer, _, inner = leak.path.partition("!")
    if leak.in_message:
        return {"logicalLocations": [{"fullyQualifiedName": leak.path}]}
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(outer), "uriBaseId": ROOT}}
    if not inner:
        return {"physicalLocation": place | {"region": {"startLine": leak.line}}}
    return {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": f"{leak.path}:{leak.line}"}]}
