"""GitHub Actions: a secret belongs to the repository, or to the environment that a job names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pytest_golive.source.pipelines.uses import IsKey, Stage, Use, documents, pairs, stage_of, stage_of_variable, texts

SECRET = re.compile(r"secrets\.([A-Za-z_]\w*)|secrets\[\s*['\"](\w+)['\"]\s*\]")


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the jobs of a workflow take keys from."""
    for workflow in documents(text):
        jobs = workflow.get("jobs") if isinstance(workflow, dict) else None
        for job, described in pairs(jobs):
            shared = {"env": workflow.get("env")}
            yield from _of_job(file, job, described, shared, is_key)


def _of_job(file: str, job: str, described: Any, shared: Any, is_key: IsKey) -> Iterator[Use]:
    given = described.get("environment") if isinstance(described, dict) else None
    environment = str(given.get("name", "") if isinstance(given, dict) else given or "")
    scope = f"environment {environment}" if environment else ""
    stages = _stages(file, job, described, environment)
    for name, value in (*texts(described), *texts(shared)):
        secrets = [first or second for first, second in SECRET.findall(value)]
        if len(secrets) == 1 and (is_key(secrets[0]) or is_key(name)):
            for stage in stages:
                own = stage_of_variable(name, is_key, stage)
                yield Use(file, value.line, f"job {job}", own, f"secrets.{secrets[0]}", "GitHub", scope)


def _stages(file: str, job: str, described: Any, environment: str) -> list[Stage]:
    """Return the stage of a job; of one that runs for several of them without an environment for each: all."""
    inputs = described.get("with") if isinstance(described, dict) else None
    asked = [str(value) for name, value in pairs(inputs) if "env" in name.lower() or "stage" in name.lower()]
    stage = stage_of(environment, *asked) or stage_of(job, file.rpartition("/")[2], job=True)
    strategy = described.get("strategy") if isinstance(described, dict) else None
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    told: list[Stage] = [stage_of(value) for _, value in texts(matrix)]
    several: list[Stage] = [each for each in dict.fromkeys(told) if each]
    return several if len(several) > 1 and not environment else [stage]
