"""The vectors that are published: their files are those of the code, and every verdict is golive's own."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_golive.report import signing_vectors
from pytest_golive.signing import NotGenuine, Scheme, verify
from pytest_golive.vendors.library import schemas_folder

FOLDER = schemas_folder() / "signing"
FILES = sorted(path.name for path in FOLDER.glob("*.json") if path.name != signing_vectors.SCHEMA)
SCHEMA = json.loads((FOLDER / signing_vectors.SCHEMA).read_text(encoding="utf-8"))


def read(name: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return plain


def test_the_files_are_those_of_the_code(tmp_path: Path) -> None:
    """Run `python -m pytest_golive.report.signing_vectors` after a change of schemes or vectors."""
    texts = signing_vectors.generated()

    assert sorted([*FILES, signing_vectors.SCHEMA]) == sorted(texts)
    for name, text in texts.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name
    (tmp_path / "preset.gone.json").write_text("{}")
    signing_vectors.write(tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == texts


@pytest.mark.parametrize("name", FILES)
def test_every_file_fits_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(read(name))


def verdict(file: dict[str, Any], vector: dict[str, Any]) -> tuple[str, str | None]:
    try:
        verify(
            Scheme.model_validate(file["parameters"]),
            vector["secrets"],
            vector["headers"],
            base64.b64decode(vector["body_base64"]),
            now=vector["now"],
            username=file["username"],
            header_name=file["header_name"],
            method=vector["method"],
            url=vector["url"],
        )
    except NotGenuine as refused:
        return "refused", refused.reason
    return "genuine", None


@pytest.mark.parametrize("name", FILES)
def test_every_verdict_is_given(name: str) -> None:
    """From the file alone: its parameters, and no scheme of the code."""
    file = read(name)
    expected = {one["id"]: (one["verdict"], one["reason"]) for one in file["vectors"]}

    assert {one["id"]: verdict(file, one) for one in file["vectors"]} == expected
    assert len(expected) == len(file["vectors"])


@pytest.mark.parametrize("name", FILES)
def test_both_verdicts_are_there(name: str) -> None:
    """And end of overlap among them, wherever something is proven at all."""
    file = read(name)
    verdicts = {one["id"]: one["verdict"] for one in file["vectors"]}

    if file["parameters"]["strategy"] == "none":
        assert verdicts == {"genuine": "genuine"}
    else:
        assert verdicts["overlap_previous"] == verdicts["overlap_current"] == "genuine"
        assert verdicts["overlap_over"] == "refused"


@pytest.mark.parametrize(
    ("name", "vector", "header", "value"),
    [
        (
            "timely.sig_a",
            "genuine",
            "X-Timely-Signature",
            "858b9a83a02e68cc7b8b9147ac8ca4caa33d0ec77e3058e797882cf87e09f998",
        ),
        (
            "timely.sig_a",
            "genuine_odd_spacing",
            "X-Timely-Signature",
            "f9b96e8f388e37d683fb111b400e5c6da3b16a8074702743925598c01439a902",
        ),
        (
            "timely.sig_b",
            "genuine",
            "X-Timely-Signature",
            "sha256=e405ec9d5882e6f512f59ac5db13bb4a3dc90d87422074de7619f0f6cd1aca38",
        ),
        (
            "timely.sig_b",
            "genuine_odd_spacing",
            "X-Timely-Signature",
            "sha256=c5db30f60028b6286c20b8668f8e9f6ed2882af487facd44ae608afb22905676",
        ),
        (
            "timely.sig_c",
            "genuine",
            "X-Webhook-Signature",
            "sha256=858b9a83a02e68cc7b8b9147ac8ca4caa33d0ec77e3058e797882cf87e09f998",
        ),
    ],
)
def test_digits_that_were_made_elsewhere_are_among_them(name: str, vector: str, header: str, value: str) -> None:
    found = {one["id"]: one for one in read(f"{name}.json")["vectors"]}

    assert found[vector]["headers"][header] == value
    assert found[vector]["secrets"] == ["timely-vector-secret-01"]
