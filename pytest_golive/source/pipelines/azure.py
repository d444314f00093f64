"""Azure Pipelines: a variable belongs to the pipeline, or to the groups that a stage or job takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pytest_golive.source.pipelines.uses import (
    IsKey,
    Use,
    documents,
    pairs,
    set_by_itself,
    stage_of,
    stage_of_variable,
    texts,
)

VARIABLE = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the stages and jobs of a pipeline take keys from."""
    for pipeline in documents(text):
        if isinstance(pipeline, dict):
            yield from _below(file, pipeline, _Level(), is_key)


@dataclass(frozen=True, slots=True)
class _Level:
    """What holds at a stage or job.

    Attributes:
        names: of the stages and jobs around it.
        groups: of variables that are in reach.
        own: variables that the file itself sets, for this stage or job alone.
        chosen: whether an expression decides which variables there are: then the file does not tell them.
    """

    names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    chosen: bool = False


def _below(file: str, level: dict[str, Any], around: _Level, is_key: IsKey) -> Iterator[Use]:
    name = str(level.get("stage") or level.get("job") or level.get("deployment") or level.get("displayName") or "")
    here = _entered(level, around, name)
    for each in (*_entries(level.get("stages")), *_entries(level.get("jobs"))):
        yield from _below(file, each, here, is_key)
    own = {key: value for key, value in level.items() if key not in {"stages", "jobs"}}
    if not here.names or here.chosen:
        return
    given = own.get("environment")
    environment = str(given.get("name", "") if isinstance(given, dict) else given or "")
    stage = stage_of(environment) or stage_of(*reversed(here.names), file.rpartition("/")[2], job=True)
    stage = stage or stage_of(*reversed(here.groups))
    scope = f"group {', '.join(sorted(set(here.groups)))}" if here.groups else ""
    local = here.own | set_by_itself(own)
    for under, value in texts(own):
        for variable in VARIABLE.findall(value):
            if variable not in local and (is_key(variable) or is_key(under)):
                own_stage = stage_of_variable(under, is_key, stage)
                yield Use(
                    file, value.line, f"stage {'/'.join(here.names)}", own_stage, f"$({variable})", "Azure", scope
                )


def _entered(level: dict[str, Any], around: _Level, name: str) -> _Level:
    given = level.get("variables")
    entries = given if isinstance(given, list) else [given]
    groups = [str(value) for each in entries for key, value in pairs(each) if key in {"group", "template"}]
    if isinstance(given, dict):
        own = set(map(str, given))
    else:
        own = {str(value) for each in entries for key, value in pairs(each) if key == "name"}
    names = (*around.names, name) if name else around.names
    return _Level(
        names=names,
        groups=(*around.groups, *groups),
        # What the whole pipeline sets is one value for all of its stages.
        own=around.own | frozenset(own if names else ()),
        chosen=around.chosen or any(key.startswith("${{") for each in entries for key, _ in pairs(each)),
    )


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield stages or jobs, those that an expression puts in, too."""
    for each in value if isinstance(value, list) else ():
        inserted = [inner for key, inner in pairs(each) if key.startswith("${{")]
        if inserted:
            yield from (inner for some in inserted for inner in _entries(some))
        elif isinstance(each, dict):
            yield each
