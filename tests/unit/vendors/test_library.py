from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_golive.vendors import library
from pytest_golive.vendors.library import (
    PackError,
    packs,
    read_pack,
    read_rules,
    read_schema,
    schemas_folder,
)

READERS = (packs, schemas_folder, read_pack, read_rules, read_schema)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package folder, in place of the real one."""
    folder = tmp_path / "site-packages" / "pytest_golive"
    (folder / "vendors" / "acme").mkdir(parents=True)
    monkeypatch.setattr(library, "PACKAGE", folder)
    for reader in READERS:
        reader.cache_clear()
    yield folder
    for reader in READERS:
        reader.cache_clear()


def test_uppzy_is_shipped() -> None:
    """The names of the packs are those of their folders."""
    assert "uppzy" in packs()


def test_a_pack_is_read_once() -> None:
    """Everybody gets the same frozen value."""
    assert read_pack("uppzy") is read_pack("uppzy")


def test_an_unknown_vendor_is_told_with_those_there_are(package: Path) -> None:
    """A wrong name is answered with the right ones."""
    (package / "vendors" / "acme" / "pack.yaml").write_text("pack: 1")

    with pytest.raises(PackError) as caught:
        read_pack("acmee")

    assert str(caught.value) == "the pack of acmee cannot be used:\n- golive ships none of that name; there are: acme"


def test_every_mistake_of_the_model_is_told(package: Path) -> None:
    """A pack with three mistakes is refused with three sentences, not with the first of them."""
    text = (Path(__file__).parents[3] / "pytest_golive/vendors/uppzy/pack.yaml").read_text(encoding="utf-8")
    text = text.replace("rule_prefix: UPZ", "rule_prefix: Uppzy", 1).replace("docs: https", "dogs: https", 1)
    (package / "vendors" / "acme" / "pack.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PackError) as caught:
        read_pack("acme")

    assert caught.value.mistakes == (
        "pack.yaml: docs: Field required",
        "pack.yaml: rule_prefix: String should match pattern '^[A-Z]{3}$'",
        "pack.yaml: dogs: Extra inputs are not permitted",
    )


def test_a_file_that_is_not_yaml_is_refused(package: Path) -> None:
    """A syntax error names its place."""
    (package / "vendors" / "acme" / "pack.yaml").write_text("pack: [1")

    with pytest.raises(PackError) as caught:
        read_pack("acme")

    (mistake,) = caught.value.mistakes
    assert mistake.startswith("pack.yaml is not YAML: while parsing a flow sequence")
    assert "line 1, column 7" in mistake


def test_python_objects_are_not_built_from_yaml(package: Path) -> None:
    """A pack is data: a tag that would run code is a mistake."""
    (package / "vendors" / "acme" / "pack.yaml").write_text("pack: !!python/object/apply:os.getcwd []")

    with pytest.raises(PackError, match=r"pack\.yaml is not YAML: could not determine a constructor"):
        read_pack("acme")


def test_missing_rules_are_told(package: Path) -> None:
    """A vendor without rules.yaml cannot be used."""
    with pytest.raises(PackError) as caught:
        read_rules("acme")

    assert caught.value.mistakes == ("rules.yaml cannot be read: No such file or directory",)


def test_schemas_of_a_wheel_come_first(package: Path) -> None:
    """Installed, the schemas lie inside the package; a folder beside it is somebody else's."""
    (package / "schemas").mkdir()
    (package.parent / "schemas").mkdir()

    assert package / "schemas" == schemas_folder()


def test_schemas_of_a_checkout_lie_beside_the_package(package: Path) -> None:
    """In a checkout they lie at the top of the repository."""
    assert package.parent / "schemas" == schemas_folder()
