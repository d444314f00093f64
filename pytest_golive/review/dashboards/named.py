"""The team's own dashboards: whether each that golive.yaml names is there, as an address that answers or as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotApplicable
from pytest_golive.review.reviews import Reviews
from pytest_golive.review.sources.prometheus import is_local

TIMEOUT_SECONDS = 20.0

GONE = frozenset({404, 410})

HIDING = ("github.", "gitlab.", "bitbucket.")
"""Hosts that answer 404 to everybody who may not see a page, whether or not it is there."""

NONE = "monitoring.dashboards names no dashboard"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is wrong with a dashboard; both empty: nothing.

    Attributes:
        missing: it is not there, or is none.
        untold: whether it is there cannot be told from here.
    """

    missing: str = ""
    untold: str = ""


def must_be_there(reviews: Reviews, requirement: str, fix: str) -> None:
    """Demand that every dashboard that golive.yaml names is there. It is asked for without any credentials.

    Raises:
        CheckFailed: one is not.
        CannotTell: one cannot be asked from here.
        NotApplicable: golive.yaml names none.
    """
    __tracebackhide__ = True
    looked = [*map(_read, reviews.dashboard_files), *map(_asked, reviews.dashboard_addresses)]
    if not looked:
        raise NotApplicable(NONE)
    missing = [each.missing for each in looked if each.missing]
    if missing:
        raise CheckFailed(Finding(requirement, "every dashboard of monitoring.dashboards", "; ".join(missing), fix=fix))
    untold = [each.untold for each in looked if each.untold]
    if untold:
        raise CannotTell(Finding(requirement, "dashboards that can be asked from here", "; ".join(untold)))


def _asked(address: str) -> Looked:
    """Ask for a page. One that wants to know who asks, or leads to where that is told, is there."""
    try:
        answer = httpx.get(address, timeout=TIMEOUT_SECONDS, trust_env=not is_local(address))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Looked(untold=f"{address} cannot be asked: {type(error).__name__}: {error}")
    if answer.status_code == 404 and any(part in answer.url.host for part in HIDING):
        return Looked(untold=f"{address} answers 404, which may mean that it is not shown to everybody")
    if answer.status_code in GONE or answer.status_code >= 500:
        return Looked(missing=f"{address} answers {answer.status_code}")
    return Looked()


def _read(path: Path) -> Looked:
    if not path.is_file():
        return Looked(missing=f"{path.name} is not there")
    if path.suffix != ".json":
        return Looked()  # written as a program, or in another tool's form
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return Looked(missing=f"{path.name} is no JSON")
    panels = list(_panels(told))
    return Looked(missing=f"{path.name} has no panel") if panels and not any(panels) else Looked()


def _panels(told: Any) -> Iterator[bool]:
    """Yield for each list of panels whether there is one in it; other tools call them otherwise, and have no list."""
    each = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    if isinstance(told, dict) and isinstance(told.get("panels"), list):
        yield any(isinstance(one, dict) and one.get("type") != "row" for one in told["panels"])
    for one in each:
        yield from _panels(one)
