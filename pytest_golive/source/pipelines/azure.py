"""Azure Pipelines: a variable belongs to the pipeline, or to the groups that a stage or job takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pytest_golive.source.pipelines.uses import IsKey, Use, documents, pairs, stage_of, stage_of_variable, texts

VARIABLE = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the stages and jobs of a pipeline take keys from."""
    for pipeline in documents(text):
        if isinstance(pipeline, dict):
            yield from _below(file, pipeline, (), (), is_key)


def _below(
    file: str, level: dict[str, Any], names: tuple[str, ...], groups: tuple[str, ...], is_key: IsKey
) -> Iterator[Use]:
    groups = (*groups, *_groups(level))
    inner = [each for key in ("stages", "jobs") for each in level.get(key) or () if isinstance(each, dict)]
    for each in inner:
        name = str(each.get("stage") or each.get("job") or each.get("deployment") or each.get("displayName") or "")
        yield from _below(file, each, (*names, name) if name else names, groups, is_key)
    own = {key: value for key, value in level.items() if key not in {"stages", "jobs"}}
    if not names or (inner and "jobs" not in level):
        return
    given = own.get("environment")
    environment = str(given.get("name", "") if isinstance(given, dict) else given or "")
    stage = stage_of(environment) or stage_of(*reversed(names), file.rpartition("/")[2], job=True)
    for under, value in texts(own):
        for variable in VARIABLE.findall(value):
            if is_key(variable) or is_key(under):
                scope = f"group {', '.join(sorted(set(groups)))}" if groups else ""
                own_stage = stage_of_variable(under, is_key, stage)
                yield Use(file, value.line, f"stage {'/'.join(names)}", own_stage, f"$({variable})", "Azure", scope)


def _groups(level: dict[str, Any]) -> Iterator[str]:
    given = level.get("variables")
    for each in given if isinstance(given, list) else ():
        yield from (str(value) for key, value in pairs(each) if key in {"group", "template"})
