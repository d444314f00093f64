"""The order of GitLab's jobs: by their stages, or by what they need; over all files that a pipeline includes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_golive.source.pipelines.flow import Flow, Job, Step, mapped, named, step_of, with_all_before
from pytest_golive.source.pipelines.gitlab import NO_JOBS, extended
from pytest_golive.source.pipelines.uses import documents, listed, pairs

MAIN = ".gitlab-ci.yml"
LARGEST_BYTES = 1_000_000


def single(file: str, text: str) -> Iterator[Flow]:
    """Yield the pipeline of one file."""
    yield from _of([(file, pipeline) for pipeline in documents(text) if isinstance(pipeline, Mapping)], file)


def whole(files: Sequence[Path], root: Path) -> Iterator[Flow]:
    """Yield the pipeline of a repository with all that it includes; nothing where it has none."""
    if root / MAIN not in files:
        return
    parts: dict[str, Mapping[str, Any]] = {}
    waiting = [root / MAIN, *(path for path in files if path.relative_to(root).as_posix().startswith(".gitlab/ci/"))]
    while waiting:
        path = waiting.pop(0)
        told = path.relative_to(root).as_posix()
        if told in parts or not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            continue
        pipeline: dict[str, Any] = {}
        for document in documents(path.read_text("utf-8", "replace")):
            pipeline |= mapped(document)
        parts[told] = pipeline
        waiting += _included(pipeline, root)
    # The including file has the last word.
    yield from _of(list(reversed(parts.items())), MAIN)


def _included(pipeline: Mapping[str, Any], root: Path) -> Iterator[Path]:
    given = pipeline.get("include")
    for each in given if isinstance(given, list) else [given]:
        local = each.get("local") if isinstance(each, Mapping) else each
        if isinstance(local, str) and "://" not in local and local.strip("/"):
            yield from sorted(root.glob(local.lstrip("/")))


def _of(parts: Sequence[tuple[str, Mapping[str, Any]]], file: str) -> Iterator[Flow]:
    pipeline: dict[str, Any] = {}
    places: dict[str, str] = {}
    for told, part in parts:
        pipeline |= mapped(part)
        places |= dict.fromkeys(mapped(part), told)
    jobs = {
        name: extended(pipeline, job)
        for name, job in pairs(pipeline)
        if name not in NO_JOBS and not name.startswith(".") and isinstance(job, Mapping)
    }
    stages = [".pre", *map(str, listed(pipeline.get("stages")) or ("build", "test", "deploy")), ".post"]
    before = with_all_before({name: _before(name, jobs, stages) for name in jobs})
    if jobs:
        yield Flow(file, file, tuple(_job(name, job, before[name], places[name]) for name, job in jobs.items()))


def _before(name: str, jobs: Mapping[str, Mapping[str, Any]], stages: Sequence[str]) -> list[str]:
    needs = jobs[name].get("needs")
    if isinstance(needs, list):
        return [str(each.get("job", "") if isinstance(each, Mapping) else each) for each in needs]

    def place(job: Mapping[str, Any]) -> int:
        stage = str(job.get("stage", "test"))
        return stages.index(stage) if stage in stages else len(stages)

    return [other for other, job in jobs.items() if place(job) < place(jobs[name])]


def _job(name: str, job: Mapping[str, Any], after: frozenset[str], file: str) -> Job:
    by_hand = job.get("when") in {"manual", "on_failure"}
    tolerated = str(job.get("allow_failure", "")).lower() == "true" and not by_hand
    lines = [(each, tolerated) for key in ("before_script", "script") for each in listed(job.get(key))]
    lines += [(each, True) for each in listed(job.get("after_script"))]
    lines += [(each, tolerated) for each in (mapped(job.get("trigger")).get("include"),) if isinstance(each, str)]
    steps = (step_of(each, skipped=by_hand) for each, _ in lines)
    told = (
        Step(each.name, each.text, each.line, lax, each.skipped) for each, (_, lax) in zip(steps, lines, strict=True)
    )
    return Job(name, tuple(told), after, named(job.get("environment")), file)
