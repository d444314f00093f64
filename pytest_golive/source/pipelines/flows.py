"""Reads the order of steps: GitHub, GitLab, Azure, CircleCI, Bitbucket, Jenkins; else of scripts that deploy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_golive.source.pipelines import gitlab_flow
from pytest_golive.source.pipelines.flow import Flow, Job, Step, entries, mapped, named, step_of, with_all_before
from pytest_golive.source.pipelines.uses import Lined, documents, listed, pairs, texts

LARGEST_BYTES = 1_000_000

_STAGE = re.compile(r"stage\s*\(?\s*(['\"])(?P<name>.+?)\1\s*\)?\s*\{")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_TARGET = re.compile(r"^([\w.-]+)\s*:(?!=)[^\n]*\n((?:\t[^\n]*\n?|[ \t]*\n)*)", re.MULTILINE)


def flows_in(files: Sequence[Path], root: Path) -> tuple[Flow, ...]:
    """Return the pipelines below a folder; scripts that deploy are read where no pipeline is there."""
    found: list[Flow] = list(gitlab_flow.whole(files, root))
    scripts: list[Flow] = []
    read_already = {job.file for flow in found for job in flow.jobs} | {gitlab_flow.MAIN}
    for path in files:
        told = path.relative_to(root).as_posix()
        if told in read_already:
            continue
        read = next((reader for pattern, reader in _READERS if pattern.search(told)), None)
        if read is not None and path.stat().st_size <= LARGEST_BYTES:
            text = path.read_text("utf-8", "replace")
            (scripts if read in {_script, _makefile} else found).extend(read(told, text))
    return tuple(found or scripts)


def _github(file: str, text: str) -> Iterator[Flow]:
    for workflow in documents(text):
        jobs = mapped(workflow.get("jobs")) if isinstance(workflow, Mapping) else {}
        if not jobs:
            continue
        before = with_all_before({name: map(str, listed(mapped(job).get("needs"))) for name, job in jobs.items()})
        # `on` is a truth of YAML 1.1.
        on = workflow.get("on", workflow.get(True, workflow.get("True")))
        events: dict[str, Any] = {each: {} for each in map(str, listed(on))} or mapped(on)
        run = mapped(events.get("workflow_run"))
        triggers = {*map(str, listed(run.get("workflows")))} | ({"*"} if "deployment_status" in events else set())
        yield Flow(
            file=file,
            name=str(workflow.get("name") or file.rpartition("/")[2]),
            jobs=tuple(_github_job(name, job, before[name]) for name, job in jobs.items()),
            triggers=frozenset(triggers),
            called=set(events) == {"workflow_call"},
        )


def _github_job(name: str, job: Any, after: frozenset[str]) -> Job:
    told = mapped(job)
    skipped = "failure()" in str(told.get("if", ""))
    steps = [step_of(each, skipped=skipped) for each in entries(told.get("steps"))]
    if "uses" in told:
        steps.append(step_of({"name": told.get("name", name), "uses": told["uses"]}, skipped=skipped))
    label = str(told.get("name") or "")
    return Job(f"{name} {label}".strip(), tuple(steps), after, named(told.get("environment")))


def _azure(file: str, text: str) -> Iterator[Flow]:
    for pipeline in documents(text):
        if not isinstance(pipeline, Mapping):
            continue
        stages = list(entries(pipeline.get("stages"))) or [pipeline]
        jobs: list[Job] = []
        before: dict[str, list[str]] = {}
        for number, stage in enumerate(stages):
            name = str(stage.get("stage") or stage.get("displayName") or "")
            given = [str(each) for each in listed(stage.get("dependsOn"))]
            earlier = [str(each.get("stage") or each.get("displayName") or "") for each in stages[:number]][-1:]
            before[name] = given if "dependsOn" in stage else earlier
            jobs += _azure_jobs(name, stage)
        stages_before = with_all_before(before)
        yield Flow(file, file, tuple(_placed(job, jobs, stages_before) for job in jobs))


def _azure_jobs(stage: str, described: Mapping[str, Any]) -> Iterator[Job]:
    inner = list(entries(described.get("jobs"))) or [described]
    before = with_all_before({_azure_name(each): map(str, listed(each.get("dependsOn"))) for each in inner})
    for job in inner:
        name = _azure_name(job) if job is not described else ""
        steps = tuple(step_of(each) for each in _azure_steps(job))
        after = frozenset(f"{stage}/{each}" for each in (before.get(name, frozenset()) if name else ()))
        # The word itself: a job of this kind deploys, whatever its steps are called.
        label = f"{stage}/{name}" + (" (deployment)" if "deployment" in job else "")
        yield Job(label, steps, after, named(job.get("environment")))


def _azure_name(job: Mapping[str, Any]) -> str:
    return str(job.get("job") or job.get("deployment") or job.get("displayName") or job.get("template") or "")


def _azure_steps(job: Mapping[str, Any]) -> Iterator[Any]:
    yield from entries(job.get("steps"))
    for _, strategy in pairs(job.get("strategy")):
        phases = mapped(strategy)
        for phase in ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic"):
            yield from entries(mapped(phases.get(phase)).get("steps"))
        # `on` is a truth of YAML 1.1.
        after = mapped(phases.get("on") or phases.get("True"))
        yield from entries(mapped(after.get("success")).get("steps"))


def _placed(job: Job, jobs: Sequence[Job], stages: Mapping[str, frozenset[str]]) -> Job:
    stage = job.name.partition("/")[0]
    earlier = {each.name for each in jobs if each.name.partition("/")[0] in stages.get(stage, frozenset())}
    own = {each.name for each in jobs if each.name.removesuffix(" (deployment)") in job.after}
    return Job(job.name, job.steps, frozenset(earlier | own), job.environment)


def _circleci(file: str, text: str) -> Iterator[Flow]:
    for config in documents(text):
        if not isinstance(config, Mapping):
            continue
        jobs = mapped(config.get("jobs"))
        commands = mapped(config.get("commands"))
        for workflow, described in pairs(config.get("workflows")):
            given = [
                each if isinstance(each, Mapping) else {str(each): {}} for each in listed(mapped(described).get("jobs"))
            ]
            listed_jobs = [(name, mapped(options)) for each in given for name, options in pairs(each)]
            called = [(str(options.get("name", name)), name, options) for name, options in listed_jobs]
            before = with_all_before({name: map(str, listed(options.get("requires"))) for name, _, options in called})
            yield Flow(
                file,
                workflow,
                tuple(
                    Job(name, tuple(_circle_steps(jobs.get(job), job, commands)), before[name], _contexts(options))
                    for name, job, options in called
                ),
            )


def _contexts(options: Mapping[str, Any]) -> str:
    return " ".join(map(str, listed(options.get("context"))))


def _circle_steps(job: Any, name: str, commands: Mapping[str, Any]) -> Iterator[Step]:
    steps = listed(mapped(job).get("steps"))
    if not steps:
        yield Step(name, name)  # of an orb
    for each in steps:
        own = each if isinstance(each, str) else next(iter(mapped(each)), "")
        inner = listed(mapped(commands.get(own)).get("steps"))
        for step in inner or [each]:
            run = mapped(step).get("run") if isinstance(step, Mapping) else None
            yield step_of(run if run is not None else step, skipped=str(mapped(run).get("when", "")) == "on_fail")


def _bitbucket(file: str, text: str) -> Iterator[Flow]:
    for config in documents(text):
        for kind, several in pairs(config.get("pipelines") if isinstance(config, Mapping) else None):
            lists = [(kind, several)] if isinstance(several, list) else list(pairs(several))
            for name, steps in lists:
                described = [mapped(mapped(each).get("step")) for each in entries(steps)]
                where = " ".join(str(each.get("deployment", "")) for each in described)
                yield Flow(file, name, (Job(name, tuple(map(_bitbucket_step, described)), environment=where.strip()),))


def _bitbucket_step(step: Mapping[str, Any]) -> Step:
    by_hand = step.get("trigger") == "manual" and "deployment" not in step
    return Step(str(step.get("name", "")), "\n".join(map(str, listed(step.get("script")))), skipped=by_hand)


def _linear(file: str, text: str) -> Iterator[Flow]:
    """Yield the steps of Cloud Build, Drone, Woodpecker, Buildkite, CodeBuild and Travis, one after another."""
    for config in documents(text):
        if not isinstance(config, Mapping):
            continue
        steps = [step_of(each) for key in ("steps", "pipeline") for each in _listed_steps(config.get(key))]
        phases = mapped(config.get("phases"))
        steps += [Step(name, "\n".join(map(str, listed(mapped(each).get("commands"))))) for name, each in pairs(phases)]
        for key in ("script", "deploy", "after_deploy"):
            steps += [Step(key, _lines(each)) for each in listed(config.get(key)) or [config.get(key)] if each]
        if steps:
            yield Flow(file, file, (Job(file.rpartition("/")[2], tuple(steps)),))


def _listed_steps(value: Any) -> Iterator[Any]:
    """Yield steps, those that have a name as their key with it."""
    if isinstance(value, Mapping):
        yield from ({"name": name, **each} for name, each in pairs(value) if isinstance(each, Mapping))
        return
    for each in listed(value):
        if isinstance(each, Mapping) and isinstance(each.get("args"), list):
            # The image is the program: gcr.io/cloud-builders/gcloud.
            words = [str(each.get("entrypoint") or each.get("name", "")).rpartition("/")[2], *map(str, each["args"])]
            yield {"name": str(each.get("id", "")), "run": _lined(" ".join(words), each)}
        elif isinstance(each, (Mapping, str)):
            yield each


def _lined(text: str, near: Any) -> Lined:
    lined = Lined(text)
    lined.line = min((each.line for _, each in texts(near)), default=0)
    return lined


def _lines(value: Any) -> str:
    return "\n".join(str(text) for _, text in texts(value)) if isinstance(value, Mapping) else str(value)


def _jenkins(file: str, text: str) -> Iterator[Flow]:
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    stages = [(match["name"], match.start()) for match in _STAGE.finditer(plain)]
    steps = []
    for number, (name, begun) in enumerate(stages):
        end = stages[number + 1][1] if number + 1 < len(stages) else len(plain)
        body = plain[begun:end]
        steps.append(
            Step(name, body, 1 + plain.count("\n", 0, begun), skipped=bool(re.search(r"\binput\b\s*[({'\"]", body)))
        )
    yield Flow(file, file, (Job("pipeline", tuple(steps)),))


def _script(file: str, text: str) -> Iterator[Flow]:
    lines = [
        Step("", line, number) for number, line in enumerate(text.split("\n"), 1) if not line.lstrip().startswith("#")
    ]
    yield Flow(file, file, (Job(file.rpartition("/")[2], tuple(lines)),))


def _makefile(file: str, text: str) -> Iterator[Flow]:
    for match in _TARGET.finditer(text):
        if re.search(r"deploy|release|rollout", match[1]):
            begun = 1 + text.count("\n", 0, match.start(2))
            lines = (Step("", line.strip(), begun + number) for number, line in enumerate(match[2].split("\n")))
            yield Flow(file, match[1], (Job(match[1], tuple(lines)),))


Reader = Callable[[str, str], Iterator[Flow]]

_READERS: Sequence[tuple[re.Pattern[str], Reader]] = (
    (re.compile(r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$"), _github),
    (re.compile(r"(?:^|/)[^/]*\.?gitlab-ci[^/]*\.ya?ml$|(?:^|/)\.gitlab/ci/[^/]+\.ya?ml$"), gitlab_flow.single),
    (re.compile(r"(?:^|/)[^/]*azure-pipelines?[^/]*\.ya?ml$|(?:^|/)\.azure(?:-pipelines)?/[^/]+\.ya?ml$"), _azure),
    (re.compile(r"(?:^|/)\.circleci/[^/]+\.ya?ml$"), _circleci),
    (re.compile(r"(?:^|/)bitbucket-pipelines\.ya?ml$"), _bitbucket),
    (
        re.compile(
            r"(?:^|/)(?:cloudbuild[^/]*|\.drone|\.woodpecker|buildspec[^/]*|\.travis)\.ya?ml$"
            r"|(?:^|/)\.(?:buildkite|woodpecker)/[^/]+\.ya?ml$"
        ),
        _linear,
    ),
    (re.compile(r"(?:^|/)[^/]*Jenkinsfile[^/]*$|\.jenkinsfile$"), _jenkins),
    (re.compile(r"(?:^|/)(?:GNU)?[Mm]akefile$"), _makefile),
    (re.compile(r"(?:^|/)(?:[\w.-]*[_.-])?(?:deploy|release|rollout)(?:[_.-][\w.-]*)?\.(?:sh|bash|ps1)$"), _script),
)
