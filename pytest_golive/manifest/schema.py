"""The JSON Schema of golive.yaml: the model's, with what each vendor's pack adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from pytest_golive.credentials.source import Source
from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.model import FromVariable, Manifest, VendorTarget

ID = "urn:golive:golive.yaml"

_REF = "#/$defs/"
_TEXT = {"type": "string", "minLength": 1}


class _WithoutTitles(GenerateJsonSchema):
    """Leaves out the titles made from key names: an editor would show them in place of the descriptions."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002  # the interface is pydantic's
        return False


def manifest_schema(keys: Iterable[VendorKeys]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of golive.yaml for these vendors; equal input gives equal output."""
    vendors = sorted(keys, key=lambda vendor: vendor.vendor)
    schema = schema_of(Manifest)
    definitions = schema.pop("$defs")
    target = definitions.pop(VendorTarget.__name__)
    for vendor in vendors:
        definitions[f"vendor_{vendor.vendor}"] = _vendor_target(target, vendor)
    _name_vendors(definitions, vendors)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        **schema,
        "title": "golive.yaml",
        "$defs": dict(sorted(definitions.items())),
    }


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model, as a YAML file means it."""
    schema: dict[str, Any] = _tidied(model.model_json_schema(schema_generator=_WithoutTitles))
    return schema


def _tidied(schema: Any) -> Any:
    """Return pydantic's schema as golive.yaml means it, in every part of it."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _tidied(value) for key, value in schema.items() if (key, value) != ("default", None)}
    return _with_names(_without_null(parts))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Take out that a key may be null: an empty value in YAML is a key somebody forgot to fill in."""
    branches = schema.get("anyOf")
    if not isinstance(branches, list) or {"type": "null"} not in branches:
        return schema
    rest = [branch for branch in branches if branch != {"type": "null"}]
    if len(rest) > 1:
        return {**schema, "anyOf": rest}
    return {**rest[0], **{key: value for key, value in schema.items() if key != "anyOf"}}


def _with_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Refuse the names that do not fit: `patternProperties` alone lets them through, with any value."""
    patterns = schema.get("patternProperties")
    if not isinstance(patterns, dict) or "propertyNames" not in schema:
        return schema
    ((pattern, value),) = patterns.items()
    rest = {key: part for key, part in schema.items() if key != "patternProperties"}
    return {
        **rest,
        "propertyNames": {**schema["propertyNames"], "pattern": pattern},
        "additionalProperties": value,
    }


def _name_vendors(definitions: dict[str, Any], vendors: list[VendorKeys]) -> None:
    """Put the names that only the packs know into the definitions: vendors and allowances."""
    environment = definitions["Environment"]["properties"]
    environment["vendors"] = {
        "type": "object",
        "description": environment["vendors"]["description"],
        "properties": {vendor.vendor: {"$ref": f"{_REF}vendor_{vendor.vendor}"} for vendor in vendors},
        "additionalProperties": False,
    }
    allowances = {name: cost for vendor in vendors for name, cost in vendor.allowances.items()}
    environment["allow"]["items"] = _one_of_names(allowances)
    for program in ("Client", "Handler"):
        properties = definitions[program]["properties"]
        properties["vendor"] = {
            "type": "string",
            "description": properties["vendor"]["description"],
            "enum": [vendor.vendor for vendor in vendors],
        }


def _one_of_names(names: Mapping[str, str]) -> dict[str, Any]:
    told = "; ".join(f"{name}: {meaning}" for name, meaning in sorted(names.items()))
    return {"type": "string", "enum": sorted(names), **({"description": told} if told else {})}


def _vendor_target(target: Mapping[str, Any], vendor: VendorKeys) -> dict[str, Any]:
    """Return the schema of `environments.<name>.vendors.<vendor>`, credentials beside the other keys."""
    own = target["properties"]
    required_ids = [name for name, (_, required) in vendor.ids.items() if required]
    required_credentials = [name for name, (_, required) in vendor.credentials.items() if required]
    return {
        "type": "object",
        "description": f"{vendor.title}, as this environment uses it",
        "properties": {
            "base_url": own["base_url"],
            **_credentials(vendor),
            "ids": _closed(own["ids"], _ids(vendor), required_ids),
            "features": _closed(own["features"], _features(vendor)),
            "settings": _closed(own["settings"], _settings(vendor)),
            **({"profile": _profile(own["profile"], vendor)} if vendor.profiles else {}),
            "uses": _operations(own["uses"], vendor),
            "forbidden": _operations(own["forbidden"], vendor),
            "budget": own["budget"],
            "rotation": own["rotation"],
        },
        "required": ["base_url", *required_credentials, *(["ids"] if required_ids else [])],
        "additionalProperties": False,
    }


def _profile(model: Mapping[str, Any], vendor: VendorKeys) -> dict[str, Any]:
    return {**_one_of_names(vendor.profiles), "description": model["description"]}


def _operations(model: Mapping[str, Any], vendor: VendorKeys) -> dict[str, Any]:
    return {
        "type": "array",
        "description": model["description"],
        "items": {"type": "string", "enum": sorted(vendor.operations)},
    }


def _credentials(vendor: VendorKeys) -> dict[str, Any]:
    return {
        name: {"$ref": f"{_REF}{Source.__name__}", "description": title}
        for name, (title, _) in vendor.credentials.items()
    }


def _ids(vendor: VendorKeys) -> dict[str, Any]:
    return {name: _or_variable(title, _TEXT) for name, (title, _) in vendor.ids.items()}


def _features(vendor: VendorKeys) -> dict[str, Any]:
    return {name: {"type": "boolean", "description": title} for name, title in vendor.features.items()}


def _settings(vendor: VendorKeys) -> dict[str, Any]:
    return {name: _or_variable(title, schema) for name, (title, schema) in vendor.settings.items()}


def _or_variable(title: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that may also be read from an environment variable."""
    return {"description": title, "anyOf": [deepcopy(dict(schema)), {"$ref": _REF + FromVariable.__name__}]}


def _closed(model: Mapping[str, Any], properties: dict[str, Any], required: Iterable[str] = ()) -> dict[str, Any]:
    needed = list(required)
    return {
        "type": "object",
        "description": model["description"],
        "properties": properties,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }
