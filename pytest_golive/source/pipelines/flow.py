"""A pipeline as the order of its steps: what runs in each job, and which jobs end before another begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_golive.source.pipelines.uses import line_of, pairs, texts


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a job does.

    Attributes:
        name: what the file calls it; may be empty.
        text: what is run.
        line: where that stands, from 1; 0 where it is not told.
        tolerated: whether its failure stops nothing.
        skipped: whether it runs only by hand, or only after a failure.
    """

    name: str
    text: str
    line: int = 0
    tolerated: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """Steps that run one after another.

    Attributes:
        name: in the file's own words.
        steps: in their order.
        after: the jobs that end before it begins, those before them included.
        environment: what the file says it is for; may be empty.
        file: where it stands, if that is another file than the pipeline's.
    """

    name: str
    steps: tuple[Step, ...]
    after: frozenset[str] = frozenset()
    environment: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A pipeline.

    Attributes:
        file: seen from the repository.
        name: what it is called.
        jobs: all of them.
        triggers: pipelines that start it when they end; * for any deployment.
        called: whether only other pipelines start it, as a part of theirs.
    """

    file: str
    name: str
    jobs: tuple[Job, ...]
    triggers: frozenset[str] = field(default_factory=frozenset)
    called: bool = False


def with_all_before(direct: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return for each job all that come before it, from those that it names itself."""
    own = {job: tuple(before) for job, before in direct.items()}
    found: dict[str, frozenset[str]] = {}
    for job, before in own.items():
        seen: set[str] = set()
        waiting = list(before)
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += own.get(each, ())
        found[job] = frozenset(seen - {job})
    return found


def step_of(value: Any, *, skipped: bool = False) -> Step:
    """Return a step from whatever a file says about it."""
    if not isinstance(value, Mapping):
        return Step("", str(value), line_of(value), skipped=skipped)
    name = next((str(value[key]) for key in ("name", "displayName") if key in value), "")
    # They come from the last to the first.
    told = [(key, text) for key, text in reversed(list(texts(value))) if key not in _ABOUT]
    condition = str(value.get("if", "") or value.get("condition", ""))
    return Step(
        name=name,
        text="\n".join(f"uses: {text}" if key == "uses" else str(text) for key, text in told),
        line=min((text.line for _, text in texts(value)), default=0),
        tolerated=str(value.get("continue-on-error", value.get("continueOnError", ""))).lower() == "true",
        skipped=skipped or "failure()" in condition or "failed()" in condition or condition.strip() == "false",
    )


_ABOUT = {"name", "displayName", "if", "condition", "id", "shell", "working-directory"}
"""Keys that tell something about a step, and not what it does."""


def entries(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list."""
    yield from (each for each in (value if isinstance(value, list) else ()) if isinstance(each, Mapping))


def named(value: Any) -> str:
    """Return the name of an environment, however it is given."""
    return str(value.get("name", "") if isinstance(value, Mapping) else value or "")


def first_of(value: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """Return what stands under the first of these keys that is there."""
    return next((value[key] for key in keys if key in value), None)


def mapped(value: Any) -> dict[str, Any]:
    """Return a mapping as one with texts for keys; empty for anything else."""
    return dict(pairs(value))
