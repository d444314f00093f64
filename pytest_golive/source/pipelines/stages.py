"""Whether each stage has a key of its own, as far as the files of pipelines and deployments say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pytest_golive.source.pipelines import azure, circleci, github, gitlab, jenkins, workloads
from pytest_golive.source.pipelines.uses import IsKey, Use, normal, stage_of

LARGEST_BYTES = 1_000_000

_OTHER_KEYS = re.compile(r"WEBHOOK|AUDIT|PREVIOUS|OLD|RETIRED|PUBLIC")

Reader = Callable[[str, str, IsKey], Iterator[Use]]

READERS: Sequence[tuple[re.Pattern[str], Reader]] = (
    (re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$"), github.uses),
    (re.compile(r"(?:^|/)[^/]*\.?gitlab-ci[^/]*\.ya?ml$|(?:^|/)\.gitlab/ci/[^/]+\.ya?ml$"), gitlab.uses),
    (re.compile(r"(?:^|/)[^/]*azure-pipelines?[^/]*\.ya?ml$|(?:^|/)\.azure(?:-pipelines)?/[^/]+\.ya?ml$"), azure.uses),
    (re.compile(r"(?:^|/)\.circleci/[^/]+\.ya?ml$"), circleci.uses),
    (re.compile(r"(?:^|/)[^/]*Jenkinsfile[^/]*$|\.jenkinsfile$"), jenkins.uses),
    (re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$"), workloads.compose_uses),
    (re.compile(r"\.ya?ml$"), workloads.kubernetes_uses),
)
"""Path of a file -> who reads it; the first that fits does."""


def reader_of(path: str) -> Reader | None:
    """Return who reads a file; None where it is no file of a pipeline or a deployment."""
    return next((reader for pattern, reader in READERS if pattern.search(path)), None)


def uses_in(files: Sequence[Path], root: Path, is_key: IsKey) -> list[Use]:
    """Return where the pipelines and deployments below `root` take a vendor's keys from."""
    found: list[Use] = []
    for path in files:
        told = path.relative_to(root).as_posix()
        reader = reader_of(told)
        if reader is not None and path.stat().st_size <= LARGEST_BYTES:
            found += reader(told, path.read_text("utf-8", "replace"), is_key)
    return list(dict.fromkeys(found))


def shared(uses: Sequence[Use]) -> list[tuple[Use, Use]]:
    """Return the pairs of one use in production and one elsewhere that get the same value."""
    production = {(use.system, use.source): use for use in uses if use.stage == "production"}
    seen: dict[tuple[str, str], tuple[Use, Use]] = {}
    for use in uses:
        source = (use.system, use.source)
        if use.stage == "test" and source in production:
            seen.setdefault(source, (use, production[source]))
    return list(seen.values())


def crossed(uses: Sequence[Use]) -> list[Use]:
    """Return the uses in one stage of what is, by its name, another stage's."""
    return [
        use
        for use in uses
        if use.stage and (named := stage_of(normal(use.name), use.scope.partition(" ")[2])) and named != use.stage
    ]


def places_by_stage(uses: Sequence[Use]) -> dict[str, list[str]]:
    """Return by stage what the API key is taken from, as far as one system keeps it under several names."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for use in uses:
        if use.stage and not _OTHER_KEYS.search(normal(use.name)):
            found.setdefault((use.stage, use.system), {})[use.source] = None
    return {f"{stage} in {system}": list(names) for (stage, system), names in found.items() if system}
