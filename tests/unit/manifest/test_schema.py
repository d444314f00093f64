import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.schema import manifest_schema
from pytest_golive.report import schema_files
from pytest_golive.vendors.library import schemas_folder

Keys = tuple[VendorKeys, ...]


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every property of the schema with its path."""
    if isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from properties(value, f"{path}[{index}]")
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield f"{path}.{name}", value
        for key, value in schema.items():
            yield from properties(value, f"{path}.{key}")


def test_it_is_a_json_schema(keys: Keys) -> None:
    """Editors take it: draft, id and all references are right."""
    schema = manifest_schema(keys)

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:golive:golive.yaml"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "VendorTarget" not in schema["$defs"]


def test_equal_vendors_give_equal_text(keys: Keys) -> None:
    """The order in which packs are read does not show."""
    assert json.dumps(manifest_schema(keys)) == json.dumps(manifest_schema(keys[::-1]))


def test_every_key_is_described(keys: Keys) -> None:
    """An editor shows a sentence beside each key."""
    described = dict(properties(manifest_schema(keys)))
    silent = [path for path, schema in described.items() if not {"description", "$ref"} & set(schema)]

    assert len(described) > 60
    assert [path.rpartition(".")[2] for path in silent] == ["max_retries"]  # inside a pack's own schema


def test_no_key_may_be_null(keys: Keys) -> None:
    """An empty value is a key somebody forgot to fill in."""
    assert '"null"' not in json.dumps(manifest_schema(keys))


def test_a_pack_brings_its_own_keys(keys: Keys) -> None:
    """Credentials stand beside the other keys of the target, with the pack's titles."""
    uppzy = manifest_schema(keys)["$defs"]["vendor_uppzy"]

    own = ["base_url", "api_key", "previous_api_key", "ids", "features", "settings", "uses", "forbidden", "budget"]
    own += ["rotation"]
    assert list(uppzy["properties"]) == own
    assert uppzy["required"] == ["base_url", "api_key", "ids"]
    assert uppzy["properties"]["api_key"] == {
        "$ref": "#/$defs/Source",
        "description": "API key of the tenant",
    }
    assert uppzy["properties"]["ids"]["required"] == ["tenant_id", "site_id"]
    assert uppzy["properties"]["features"]["properties"]["feedback"] == {
        "description": "thumbs",
        "type": "boolean",
    }


def test_the_schema_checked_in_is_the_one_of_the_packs() -> None:
    """Run `python -m pytest_golive.report.schema_files` after a change of types or packs."""
    for name, text in schema_files.generated().items():
        assert (schemas_folder() / name).read_text(encoding="utf-8") == text


def test_the_generated_files_are_written(tmp_path: Any) -> None:
    """Text ends with a newline, and is indented by two."""
    schema_files.write(tmp_path)

    text = (tmp_path / "golive.schema.json").read_text(encoding="utf-8")
    assert text.startswith('{\n  "$schema"')
    assert text.endswith("}\n")
