"""Which commit somebody signed for, and of which one a build was made, as files say it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator
from typing import Any

import yaml

from pytest_golive.papers.text.reading import Paper

_COMMIT = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?(?![0-9a-fA-F])")
_OF_GIT = re.compile(r"commit|sha1|revision|git|ref", re.IGNORECASE)
_LINE = re.compile(r"(?:commit|revision|git[_ -]?sha|sha)\W{1,4}([0-9a-f]{7,64})\b", re.IGNORECASE)


def signed_commits(paper: Paper, rules: Collection[str]) -> tuple[str, ...]:
    """Return the commits that people signed for under one of these rules, the newest word first."""
    try:
        held = yaml.load(paper.text, yaml.BaseLoader)  # noqa: S506  # text only
    except yaml.YAMLError:
        return ()
    records = held.get("attestations", ()) if isinstance(held, dict) else ()
    mine = [each for each in records if isinstance(each, dict) and each.get("rule") in rules and each.get("commit")]
    return tuple(
        str(each["commit"]).lower() for each in sorted(mine, key=lambda each: str(each.get("at")), reverse=True)
    )


def commits_of_build(paper: Paper) -> tuple[str, ...]:
    """Return the commits that a statement about a build names: in-toto, SLSA, DSSE, Sigstore's bundle, text."""
    found = [commit.lower() for value in _values(paper.text) for commit in _commits(value)]
    found += [match[1].lower() for match in _LINE.finditer(paper.text)]
    return tuple(dict.fromkeys(found))


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON values of a file: one, or one a line."""
    for piece in (text, *text.splitlines()):
        try:
            yield json.loads(piece)
        except ValueError:
            continue


def _commits(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "payload" and isinstance(each, str):
                yield from _commits(_unpacked(each))
            else:
                yield from _commits(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _commits(each, name)
    elif isinstance(value, str) and _OF_GIT.search(name):
        yield from _COMMIT.findall(value)


def _unpacked(payload: str) -> Any:
    try:
        return json.loads(base64.b64decode(payload))
    except (ValueError, binascii.Error):
        return None


def is_same_commit(one: str, other: str) -> bool:
    """Whether two commits are one: either may be written in short."""
    first, second = one.lower(), other.lower()
    return bool(first and second) and (first.startswith(second) or second.startswith(first))
