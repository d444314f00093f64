"""Whether the pinned API version is one that the vendor still serves, and whether there is a newer one."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

VERSION = re.compile(r"\b(\d+)\.(\d+)\.([a-z]+)(?:-preview\.(\d+))?\b")

BOGUS = "0.0.golive"
"""Fits the form of a version and never was one."""

STABLE = float("inf")


class Version(NamedTuple):
    """One version, comparable with others of its codename: previews come before what they lead to."""

    codename: str
    minor: int
    patch: int
    preview: float
    text: str


def test_pinned_version_is_served(golive: Golive, planned: PlannedCheck) -> None:
    """Asked for a version that never was, the vendor names those it serves; the pinned one is among them.

    A newer one is no failure, nor is a preview in production: both are told, so that somebody looks at them.

    If this fails: the pinned version is at its end; move to a served one, in a test environment first.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    served = _served(vendor)
    mine = next((version for version in served if version.text == vendor.api_version), None)
    golive.must(
        f"{vendor.name} has to serve the pinned API version",
        mine,
        expected=f"{vendor.api_version} among the versions it names",
        actual=", ".join(version.text for version in served),
    )
    assert mine is not None, "demanded above"
    newer = [version.text for version in served if version.codename == mine.codename and version > mine]
    others = sorted({version.codename for version in served} - {mine.codename})
    if newer:
        vendor.warn(f"{mine.text} is pinned, and there is a newer version: {', '.join(newer)}")
    if others:
        vendor.warn(f"{mine.text} is pinned, and there are versions of another name: {', '.join(others)}")
    if vendor.permit.production and mine.preview != STABLE:
        vendor.warn(f"{mine.text} is a preview, and previews are not meant for production")


def _served(vendor: Vendor) -> tuple[Version, ...]:
    """Return the versions that the vendor names when it refuses one, oldest first."""
    __tracebackhide__ = True
    versioning = vendor.pack.versioning
    assert versioning is not None, "the vendor has versions"
    answer = vendor.call_with_headers({versioning.header: BOGUS}, "list_units", limit=1)
    answer.must_be_refused_as(f"refuse the API version {BOGUS}, which never was", versioning.unknown)
    message = str(at(answer.json, "error.message"))
    served = sorted({_read(match) for match in VERSION.finditer(message) if match[0] != BOGUS})
    if not served:
        answer.cannot_tell("name the API versions that are served")
    return tuple(served)


def _read(match: re.Match[str]) -> Version:
    minor, patch, codename, preview = match.groups()
    return Version(codename, int(minor), int(patch), STABLE if preview is None else int(preview), match[0])
