"""What the configurations of two environments may differ in, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

OF_ONE_ENVIRONMENT = re.compile(
    r"(?:^|_)(?:id|ids|key|name|url|address|account|markers?|exception|started|trip)(?:_|$)"
)
"""Settings that each environment has of its own: what things are called there, and why something is otherwise."""


def test_environments_differ_where_they_must(golive: Golive, planned: PlannedCheck) -> None:
    """Moving on to the next environment changes key, address and ids, and no behaviour.

    If this fails: give both environments the same value, or you go live with what nobody has tried.
    """
    there = golive.releases_to
    if there is None:
        key = f"environments.{planned.environment}.releases_to"
        golive.not_verified(f"{key} is missing: no environment to compare with", key=key)
        return
    theirs = golive.environments[there].targets.get(planned.vendor)
    if theirs is None:
        key = f"environments.{there}.vendors.{planned.vendor}"
        golive.not_verified(f"{key} is missing: nothing can be compared", key=key)
        return
    mine = golive.vendor(planned.vendor, planned.environment).target
    found = list(_differences(read_pack(planned.vendor), mine, theirs))
    golive.must(
        f"{planned.environment} and {there} may differ in key, address, ids and names only",
        not found,
        expected="the same features, operations and settings",
        actual="; ".join(f"{name}: {told}" for name, told in found),
    )


def _differences(pack: Pack, mine: Target, theirs: Target) -> Iterator[tuple[str, str]]:
    for name, feature in pack.features.items():
        here, there = (target.features.get(name, feature.default) for target in (mine, theirs))
        if here != there:
            yield f"features.{name}", f"{_told(here)}, there {_told(there)}"
    if mine.profile != theirs.profile:
        yield "profile", f"{mine.profile or 'none'}, there {theirs.profile or 'none'}"
    if mine.uses and theirs.uses and set(mine.uses) != set(theirs.uses):
        yield "uses", f"{', '.join(sorted(set(mine.uses) ^ set(theirs.uses)))} in one of them only"
    for name in _common(mine.settings, theirs.settings):
        if mine.settings[name] != theirs.settings[name]:
            yield f"settings.{name}", f"{mine.settings[name]}, there {theirs.settings[name]}"


def _common(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the settings of behaviour that both environments give; where one is silent, it has the pack's word."""
    return [name for name in mine if name in theirs and not OF_ONE_ENVIRONMENT.search(name)]


def _told(switched: bool) -> str:
    return "true" if switched else "false"
