"""CircleCI: a variable belongs to the project, or to the contexts that a workflow gives to a job."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the jobs of a project's workflows take keys from."""
    for config in documents(text):
        jobs = dict(pairs(config.get("jobs"))) if isinstance(config, dict) else {}
        for _, workflow in pairs(config.get("workflows") if isinstance(config, dict) else None):
            for entry in listed(workflow.get("jobs")) if isinstance(workflow, dict) else ():
                for job, given in pairs(entry) if isinstance(entry, dict) else [(str(entry), {})]:
                    yield from _of_job(
                        file, job, given if isinstance(given, dict) else {}, jobs.get(job), is_key, entry
                    )


def _of_job(file: str, job: str, given: dict[str, Any], described: Any, is_key: IsKey, entry: object) -> Iterator[Use]:
    contexts = [str(each) for each in listed(given.get("context"))]
    local = set_by_itself(described)
    shown = str(given.get("name") or job)
    stage = stage_of(shown, job, job=True) or stage_of(*contexts)
    found: dict[str, tuple[int, str]] = {}
    for name, value in (*texts(described), *texts(given)):
        for variable in VARIABLE.findall(value):
            if variable not in local and (is_key(variable) or is_key(name)):
                found.setdefault(variable, (value.line, name))
        # The name of a variable, handed over: `key_variable: TIMELY_API_KEY_STAGING`.
        if name in given and name not in {"context", "name"} and is_key(value):
            found.setdefault(str(value), (value.line, name))
    for variable, (line, under) in found.items():
        scope = f"context {', '.join(sorted(contexts))}" if contexts else ""
        own = stage_of_variable(under, is_key, stage)
        yield Use(file, line or line_of(entry), f"job {shown}", own, f"${variable}", "CircleCI", scope)
