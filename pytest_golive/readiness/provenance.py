"""What a run was made of, as hashes: golive.yaml and what it names, the packs, golive itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pytest_golive.vendors.library import PACKAGE, own_packs, schemas_folder

SUFFIXES = frozenset({".py", ".yaml", ".json", ".html", ".css", ".jinja"})
"""Kinds of files that golive is made of."""


def hashes(files: Mapping[str, Path], vendors: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of everything a verdict rests upon beside the answers it got.

    Args:
        files: what to call a file, and where it lies; what is not there is left out.
        vendors: whose packs are used.
    """
    told = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if path.is_file()}
    for vendor in vendors:
        told[f"pack {vendor}"] = _tree(_folders_of(vendor))
    told["pytest-golive"] = _tree((PACKAGE, _suites()))
    return told


def _folders_of(vendor: str) -> tuple[Path, ...]:
    if vendor in own_packs():
        return (own_packs()[vendor],)
    return (PACKAGE / "vendors" / vendor, schemas_folder() / vendor)


def _suites() -> Path:
    inside = PACKAGE / "suites"
    return inside if inside.is_dir() else PACKAGE.parent / "suites"


@cache
def _tree(folders: tuple[Path, ...]) -> str:
    """Return one hash of the files below some folders, by their names there: the same in a wheel and in a checkout."""
    digest = hashlib.sha256()
    for number, folder in enumerate(folders):
        inside = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
        for path in sorted(inside):
            parts = path.relative_to(folder).parts
            if number == 0 and folder == PACKAGE and parts[0] in {"suites", "schemas"}:
                continue  # in a wheel they lie inside the package
            digest.update(f"{number}/{'/'.join(parts)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
