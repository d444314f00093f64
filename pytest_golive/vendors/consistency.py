"""Whether a pack agrees with itself: what it refers to exists, and its examples fit its own schemas.

The model alone cannot tell: it reads one value at a time. Each function here yields sentences; none of them
stops at the first mistake.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from pytest_golive.facts.outcome import Evidence, Suite
from pytest_golive.vendors.fact import Fact, Frozen
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Rule
from pytest_golive.vendors.webhook_consistency import mistakes_of_webhooks, webhook_schemas

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLACEHOLDER = re.compile(r"{(\w+)}")
REFERENCE = re.compile(r"{(id|answer|own|first):([^{}]*)}")

SchemaReader = Callable[[str], dict[str, Any]]
"""Reads a schema file of the pack by its name."""


def mistakes_of(pack: Pack, rules: Iterable[Rule], schema: SchemaReader) -> tuple[str, ...]:
    """Return every contradiction of a pack, in the order of its file, then those of its rules.

    Args:
        pack: the pack.
        rules: its rules.
        schema: reads one of its schema files.
    """
    readable: dict[str, dict[str, Any]] = {}
    return (
        *_of_facts("", pack, pack.pages),
        *_of_head(pack),
        *(f"{place}: {told}" for file, place in _files(pack).items() for told in _of_schema(file, schema, readable)),
        *(told for name in pack.operations for told in _of_operation(pack, name, readable)),
        *(told for name in pack.composites for told in _of_composite(pack, name)),
        *_of_records(pack),
        *_of_patience(pack),
        *_of_rotation(pack, tuple(rules)),
        *mistakes_of_webhooks(pack),
        *_of_rules(pack, tuple(rules)),
    )


def _of_records(pack: Pack) -> Iterator[str]:
    """Yield what the vendor's records name and the pack does not have."""
    if pack.records is None:
        return
    told = pack.records.statistics
    if told is not None and told.operation not in pack.operations:
        yield f"records.statistics: there is no operation {told.operation}"
    for kind in ("calls", "changes", "deliveries"):
        recorded = getattr(pack.records, kind)
        if recorded is None:
            continue
        for name in (recorded.operation, recorded.each):
            if name is not None and name not in pack.operations:
                yield f"records.{kind}: there is no operation {name}"
        if (recorded.each is None) != (recorded.argument is None):
            yield f"records.{kind}: each and argument go together"
        if recorded.lag is not None and recorded.lag not in pack.settings:
            yield f"records.{kind}: there is no setting {recorded.lag}"


def _files(pack: Pack) -> dict[str, str]:
    """Every schema file with the first place that names it."""
    files = {pack.errors.body: "errors.body"}
    for name, operation in pack.operations.items():
        if operation.request is not None:
            files.setdefault(operation.request.json_schema, f"operations.{name}.request.schema")
        files.setdefault(operation.response.json_schema, f"operations.{name}.response.schema")
    return files | webhook_schemas(pack)


def _of_schema(file: str, read: SchemaReader, readable: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with one schema file, and add a usable one to ``readable``."""
    try:
        schema = read(file)
    except OSError:
        yield f"there is no schema file {file}"
        return
    except ValueError as error:
        yield f"{file} is not JSON: {error}"
        return
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield f"{file} is no JSON Schema: {error.message}"
        return
    readable[file] = schema
    if schema.get("$schema") != DIALECT:
        yield f"{file} does not say that it is written for {DIALECT}"
    if "$id" not in schema:
        yield f"{file} has no $id"
    for reference in _references(schema):
        if not reference.startswith("#"):
            yield f"{file} refers to {reference!r}, outside of itself"


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _of_facts(place: str, value: object, pages: Collection[str]) -> Iterator[str]:
    """Whether every documented fact names a page that the pack knows."""
    if isinstance(value, Fact):
        if value.source is not None and value.source not in pages:
            yield _unknown(f"{place}.source", value.source, "pages", pages)
        elif value.source is None and value.evidence is Evidence.DOCUMENTED:
            yield f"{place}: is documented, but names no page as its source"
    if isinstance(value, Frozen):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _of_facts(f"{place}.{name}" if place else str(name), inner, pages)
    elif isinstance(value, tuple):
        for position, inner in enumerate(value):
            yield from _of_facts(f"{place}[{position}]", inner, pages)


def _of_head(pack: Pack) -> Iterator[str]:
    if not pack.base_url.production.endswith(pack.base_url.path):
        yield f"base_url: {pack.base_url.production} does not end with {pack.base_url.path}"
    if pack.authentication.credential not in pack.credentials:
        yield _unknown("authentication.credential", pack.authentication.credential, "credentials", pack.credentials)
    for name, setting in pack.settings.items():
        try:
            Draft202012Validator.check_schema(setting.json_schema)
        except SchemaError as error:
            yield f"settings.{name}.schema: is no JSON Schema: {error.message}"
        else:
            yield from _misfits(f"settings.{name}.example", "its schema", setting.json_schema, setting.example)


def _of_operation(pack: Pack, name: str, schemas: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    operation = pack.operations[name]
    place = f"operations.{name}"
    for placeholder in PLACEHOLDER.findall(operation.path):
        if placeholder not in pack.ids and placeholder not in operation.example:
            yield f"{place}.path: {{{placeholder}}} is neither one of the ids nor in the example"
    if operation.allowance is not None and operation.allowance not in pack.allowances:
        yield _unknown(f"{place}.allowance", operation.allowance, "allowances", pack.allowances)
    if operation.feature is not None and operation.feature not in pack.features:
        yield _unknown(f"{place}.feature", operation.feature, "features", pack.features)
    for part, other in _other_operations(operation):
        if other not in pack.operations:
            yield f"{place}.{part}: there is no operation {other!r}"
    yield from _of_placeholders(pack, place, operation, schemas)
    yield from _of_body(place, operation, schemas)


def _other_operations(operation: Operation) -> Iterator[tuple[str, str]]:
    if operation.polling is not None:
        yield "polling.operation", operation.polling.operation
    if operation.creates is not None and operation.creates.remove is not None:
        yield "creates.remove.operation", operation.creates.remove.operation
    if operation.creates is not None and operation.creates.listing is not None:
        yield "creates.listing.operation", operation.creates.listing.operation


def _of_placeholders(
    pack: Pack, place: str, operation: Operation, schemas: Mapping[str, dict[str, Any]]
) -> Iterator[str]:
    for kind, target in sorted(set(REFERENCE.findall(repr(operation.example)))):
        if kind == "id" and target not in pack.ids:
            yield _unknown(f"{place}.example", target, "ids", pack.ids)
        if kind in {"answer", "own"}:
            yield from _of_answer(pack, f"{place}.example", target, schemas)
        if kind == "first" and target.partition(".")[0] not in pack.operations:
            yield f"{place}.example: there is no operation {target.partition('.')[0]!r}"


def _of_answer(pack: Pack, place: str, target: str, schemas: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    name, _, field = target.partition(".")
    if name not in pack.operations:
        yield f"{place}: there is no operation {name!r}"
        return
    file = pack.operations[name].response.json_schema
    if file in schemas and not _knows(schemas[file], field):
        yield f"{place}: {file} has no property {field!r}"


def _knows(schema: Mapping[str, Any], path: str) -> bool:
    """Whether a schema speaks of the property at a dotted path."""
    for name in path.split("."):
        if name not in schema.get("properties", {}):
            return False
        schema = schema["properties"][name]
    return True


def _of_body(place: str, operation: Operation, schemas: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    request = operation.request
    if request is None or request.json_schema not in schemas:
        return
    schema = schemas[request.json_schema]
    fields = schema.get("properties", {})
    elsewhere = {*PLACEHOLDER.findall(operation.path), *operation.query}
    body = {name: value for name, value in operation.example.items() if name not in elsewhere}
    yield from _misfits(f"{place}.example", request.json_schema, schema, body)
    if request.media == "multipart" and request.file not in fields:
        yield f"{place}.request.file: {request.json_schema} has no property {request.file!r}"
    for case in operation.tolerates:
        field = case.partition(":")[0]
        if field != "body" and field not in fields:
            yield f"{place}.tolerates: {case!r} is about no property of {request.json_schema}"
    for position, bad in enumerate(operation.bad_values):
        for field in bad.change:
            if field not in fields:
                yield f"{place}.bad_values[{position}]: {request.json_schema} has no property {field!r}"


def _of_composite(pack: Pack, name: str) -> Iterator[str]:
    composite = pack.composites[name]
    if name in pack.operations:
        yield f"composites.{name}: an operation has this name"
    unknown = [
        _unknown(f"composites.{name}.{place}", part, "operations", pack.operations)
        for place, part in (("submit", composite.submit), ("poll", composite.poll))
        if part not in pack.operations
    ]
    yield from unknown
    polling = None if unknown else pack.operations[composite.submit].polling
    polled = composite.poll if unknown else polling and polling.operation
    if polled != composite.poll and (polled is None or polled in pack.operations):
        yield f"composites.{name}: {composite.submit} does not say how {composite.poll} is polled"


def _of_patience(pack: Pack) -> Iterator[str]:
    if pack.patience is None:
        return
    for name in pack.patience.operations:
        if name not in pack.operations:
            yield _unknown("patience.operations", name, "operations", pack.operations)
    if pack.patience.unless is not None and pack.patience.unless not in pack.settings:
        yield _unknown("patience.unless", pack.patience.unless, "settings", pack.settings)


def _of_rotation(pack: Pack, rules: tuple[Rule, ...]) -> Iterator[str]:
    """Whether what decides a step of a rotation runs after one."""
    known = {rule.id for rule in rules if Suite.POSTROTATION in rule.suites}
    for position, step in enumerate(pack.rotation):
        for name in step.rules:
            if name not in known:
                yield _unknown(f"rotation[{position}].rules", name, "rules of the suite postrotation", known)


def _of_rules(pack: Pack, rules: tuple[Rule, ...]) -> Iterator[str]:
    for rule_id, times in Counter(rule.id for rule in rules).items():
        if times > 1:
            yield f"rules: {rule_id} stands there {times} times"
    for rule in rules:
        if not rule.id.startswith(f"{pack.rule_prefix}-"):
            yield f"rules.{rule.id}: does not begin with {pack.rule_prefix}-"
        for place, name, kind, known in _named_by(pack, rule):
            if name not in known:
                yield _unknown(f"rules.{rule.id}.{place}", name, kind, known)


def _named_by(pack: Pack, rule: Rule) -> Iterator[tuple[str, str, str, Collection[str]]]:
    """Every name in a rule that the pack has to know: its place, the name, what it is, what there is."""
    yield "source", rule.source, "pages", pack.pages
    if rule.needs.feature is not None:
        yield "needs.feature", rule.needs.feature, "features", pack.features
    for kind, names in (
        ("ids", rule.needs.ids),
        ("credentials", rule.needs.credentials),
        ("settings", rule.needs.settings),
    ):
        for name in names:
            yield f"needs.{kind}", name, kind, getattr(pack, kind)
    for position, part in enumerate(rule.decided_by):
        if part.allow is not None:
            yield f"decided_by[{position}].allow", part.allow, "allowances", pack.allowances


def _misfits(place: str, file: str, schema: Mapping[str, Any], value: object) -> Iterator[str]:
    for error in sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: error.json_path):
        yield f"{place}: does not fit {file}: {error.json_path}: {error.message}"


def _unknown(place: str, name: str, kind: str, known: Collection[str]) -> str:
    return f"{place}: {name!r} is not one of the {kind}: {', '.join(known) or 'there are none'}"
