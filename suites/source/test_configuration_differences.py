"""What the configurations of two environments may differ in, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.credentials.search import tracked_files
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.leaks import is_example
from pytest_golive.source.pipelines.uses import stage_of_path
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

SHOWN = 5

SHORTEST_ID = 4
"""A shorter value stands everywhere."""

LARGEST_BYTES = 1_000_000

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


def test_production_names_no_test_ids(golive: Golive, planned: PlannedCheck) -> None:
    """Production's configuration holds ids of production only.

    If this fails: look the thing up in production by its natural key, and write down the id it has there.
    """
    targets = [
        (where, target)
        for where in golive.environments.values()
        if (target := where.targets.get(planned.vendor)) is not None
    ]
    productions = {where.name: target for where, target in targets if where.production}
    if not productions:
        golive.not_verified("golive.yaml names no environment of production", key="environments")
    foreign = {
        value: f"{where.name}'s {name}"
        for where, target in targets
        if not where.production
        for name, value in target.ids.items()
        if name.endswith("_id") and len(value) >= SHORTEST_ID
    }
    found = [
        f"{name}: ids.{each} is {foreign[value]}"
        for name, target in productions.items()
        for each, value in target.ids.items()
        if value in foreign and each.endswith("_id")
    ]
    own = {value for target in productions.values() for value in target.ids.values()}
    found += _in_files(golive, {value: told for value, told in foreign.items() if value not in own})
    golive.must(
        "production's configuration may hold ids of production only",
        not found,
        expected="ids that no other environment has",
        actual="; ".join(found[:SHOWN]),
    )


def _in_files(golive: Golive, foreign: Mapping[str, str]) -> Iterator[str]:
    """Yield where a file of production's names what another environment has."""
    if not foreign:
        return
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, foreign))})(?![\w-])")
    for path in tracked_files(golive.repository):
        told = path.relative_to(golive.repository).as_posix()
        if stage_of_path(told) != "production" or is_example(told) or path.stat().st_size > LARGEST_BYTES:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            yield from (f"{told}:{number} names {foreign[match]}" for match in pattern.findall(line))
