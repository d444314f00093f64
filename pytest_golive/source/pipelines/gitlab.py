"""GitLab CI: a variable belongs to the project, or to the environment that a job names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.source.pipelines.uses import (
    IsKey,
    Use,
    documents,
    line_of,
    listed,
    pairs,
    set_by_itself,
    stage_of,
    stage_of_variable,
    texts,
)

VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
DEEPEST = 10
NO_JOBS = frozenset({"variables", "stages", "include", "default", "workflow", "image", "services", "cache", "spec"})
"""Keys of a pipeline that are no jobs."""


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the jobs of a pipeline take keys from."""
    for pipeline in documents(text):
        if not isinstance(pipeline, dict):
            continue
        for job, described in pairs(pipeline):
            if job in NO_JOBS or job.startswith(".") or not isinstance(described, dict):
                continue
            whole = extended(pipeline, described)
            given = whole.get("environment")
            environment = str(given.get("name", "") if isinstance(given, Mapping) else given or "")
            stage = stage_of(environment) or stage_of(job, str(whole.get("stage", "")), job=True)
            scope = f"environment {environment}" if environment else ""
            for name, (line, under) in _taken(pipeline, whole, is_key).items():
                own = stage_of_variable(under, is_key, stage)
                yield Use(file, line, f"job {job}", own, f"${name}", "GitLab", scope)


def _taken(pipeline: Mapping[str, Any], job: Mapping[str, Any], is_key: IsKey) -> dict[str, tuple[int, str]]:
    """Return the variables of the project that a job's key comes from, each with its line and the name it gets."""
    own = {**dict(pairs(pipeline.get("variables"))), **dict(pairs(job.get("variables")))}
    found: dict[str, tuple[int, str]] = {}
    local = set_by_itself(job)
    for name, value in texts(job):
        for variable in VARIABLE.findall(value):
            if variable in local:
                continue
            given = own.get(variable)
            if given is not None and name != variable:
                continue  # it is set in this file: what it is set from is looked at by itself
            if is_key(variable) or is_key(name):
                found.setdefault(variable, (value.line, name))
    for name, value in pairs(pipeline.get("variables")):
        if is_key(name) and name not in dict(pairs(job.get("variables"))):
            for variable in VARIABLE.findall(str(value)):
                found.setdefault(variable, (line_of(value), name))
    return found


def extended(pipeline: Mapping[str, Any], job: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return a job with all that it takes from those it extends."""
    whole: dict[str, Any] = {}
    for name in listed(job.get("extends")):
        base = pipeline.get(name) if isinstance(name, str) else None
        if isinstance(base, Mapping) and depth < DEEPEST:
            whole = _joined(whole, extended(pipeline, base, depth + 1))
    return _joined(whole, job)


def _joined(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    variables = {**dict(pairs(below.get("variables"))), **dict(pairs(above.get("variables")))}
    return {**below, **above, **({"variables": variables} if variables else {})}
