"""Containers: what Docker Compose and Kubernetes give to the programs of a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.source.pipelines.uses import IsKey, Lined, Use, documents, line_of, pairs, stage_of, stage_of_path
from pytest_golive.source.plausible import looks_made_by_a_machine

_KIND = re.compile(r"""(?:^|[{,])\s*["']?kind["']?\s*:""", re.MULTILINE)
_ENV = re.compile(r"""(?:^|[{,\s])["']?env["']?\s*:""", re.MULTILINE)


def compose_uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield what the services of a Compose file are given; `${NAME}` is whatever the machine has."""
    for document in documents(text):
        for service, described in pairs(document.get("services") if isinstance(document, dict) else None):
            stage = stage_of_path(file) or stage_of(service)
            where = f"service {service}"
            for name, value in _environment(described):
                if is_key(name) and looks_made_by_a_machine(str(value)):
                    yield Use(file, line_of(value), where, stage, f"the literal value {fingerprint(str(value))}", "")
            given = described.get("env_file") if isinstance(described, dict) else None
            for each in given if isinstance(given, list) else [given]:
                path = each.get("path") if isinstance(each, dict) else each
                if isinstance(path, Lined) and stage_of(path):
                    yield Use(file, path.line, where, stage, f"the file {path}", "Compose")


def _environment(described: Any) -> Iterator[tuple[str, Any]]:
    given = described.get("environment") if isinstance(described, dict) else None
    if isinstance(given, list):
        for each in given:
            name, _, value = str(each).partition("=")
            lined = Lined(value)
            lined.line = line_of(each)
            yield name, lined
    else:
        yield from pairs(given)


def kubernetes_uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield what workloads of Kubernetes are given; a secret belongs to its namespace."""
    if not (_KIND.search(text) and _ENV.search(text)):
        return  # most YAML files are something else, and reading them takes its time
    for document in documents(text):
        if not isinstance(document, dict) or "kind" not in document:
            continue
        metadata = document.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        name, namespace = str(metadata.get("name", "")), str(metadata.get("namespace", ""))
        stage = stage_of(namespace, name) or stage_of_path(file)
        where = f"{document['kind']} {name}"
        # Without a namespace it is given when this is applied: per folder, as overlays do, or all at once.
        scope = f"namespace {namespace}" if namespace else f"the namespace of {file}"
        for entry in _env_entries(document):
            variable = str(entry.get("name", ""))
            source = entry.get("valueFrom")
            reference = source.get("secretKeyRef") if isinstance(source, dict) else None
            if isinstance(reference, dict):
                secret, key = reference.get("name", ""), reference.get("key", "")
                if is_key(variable) or is_key(str(key)) or is_key(str(secret)):
                    yield Use(file, line_of(secret), where, stage, f"secret {secret}/{key}", "Kubernetes", scope)
            elif is_key(variable) and looks_made_by_a_machine(str(entry.get("value", ""))):
                value = entry["value"]
                yield Use(file, line_of(value), where, stage, f"the literal value {fingerprint(str(value))}", "")


def _env_entries(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "env" and isinstance(inner, list):
                yield from (each for each in inner if isinstance(each, dict))
            else:
                yield from _env_entries(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _env_entries(inner, depth + 1)
