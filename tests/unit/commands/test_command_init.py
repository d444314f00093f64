from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_golive.commands.manifest_text import PRODUCTION, STAGING, flow, golive_yaml, variables
from pytest_golive.manifest.load import load_manifest
from pytest_golive.manifest.model import Manifest
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.keys import all_vendor_keys
from pytest_golive.vendors.library import packs, read_pack
from pytest_golive.vendors.pack import Pack

Command = Callable[..., Any]

UPPZY_NEEDS = "STAGING_UPPZY_BASE_URL=… STAGING_UPPZY_API_KEY=… STAGING_UPPZY_TENANT_ID=… STAGING_UPPZY_SITE_ID=…"


def loaded(path: Path) -> Manifest:
    """Return what the file says; anything wrong in it raises."""
    return load_manifest(path, all_vendor_keys())


def without_optional(pack: Pack) -> Pack:
    """Return a vendor that declares no more than it has to."""
    return pack.model_copy(
        update={
            "credentials": {name: one for name, one in pack.credentials.items() if one.required},
            "ids": {name: one.model_copy(update={"required": False}) for name, one in pack.ids.items()},
            "features": {},
            "settings": {"timeout_exception": pack.settings["timeout_exception"]},
            "allowances": {},
        }
    )


def test_it_tells_what_was_written_and_what_to_do_next(golive: Command, here: Path) -> None:
    """Three commands to copy."""
    assert golive("init", "--vendor", "uppzy") == (
        0,
        [
            "golive.yaml is written: Uppzy in staging and production. Next:",
            "",
            "  golive rules --missing",
            "  pytest -m prerelease --env sandbox",
            f"  export {UPPZY_NEEDS}; pytest -m prerelease --env staging",
        ],
        [],
    )
    assert loaded(here / "golive.yaml").project == "shop"


def test_written_elsewhere_the_next_commands_name_the_place(golive: Command, here: Path) -> None:
    """They work as they stand."""
    (here / "an app").mkdir()

    told = golive("init", "--vendor", "uppzy", "--path", "an app/golive.yaml")

    place = "'an app/golive.yaml'"
    assert told.out[2:] == [
        f"  golive rules --missing --manifest {place}",
        f"  pytest -m prerelease --env sandbox --golive-manifest {place}",
        f"  export {UPPZY_NEEDS}; pytest -m prerelease --env staging --golive-manifest {place}",
    ]
    assert loaded(here / "an app" / "golive.yaml").project == "an app"


@pytest.mark.parametrize("vendors", [*([vendor] for vendor in packs()), list(packs())])
def test_the_file_loads_and_leads_to_every_vendor(golive: Command, here: Path, vendors: list[str]) -> None:
    """Alone and together; a vendor that was named twice stands there once."""
    golive("init", *(word for vendor in [*vendors, vendors[0]] for word in ("--vendor", vendor)))
    environments = loaded(here / "golive.yaml").environments

    assert {name: sorted(each.vendors) for name, each in environments.items()} == {
        STAGING: sorted(vendors),
        PRODUCTION: sorted(vendors),
    }
    assert (environments[STAGING].releases_to, environments[STAGING].production) == (PRODUCTION, False)
    assert (environments[PRODUCTION].production, environments[PRODUCTION].allow) == (True, ())


@pytest.mark.parametrize("vendor", packs())
def test_every_key_of_the_pack_is_in_the_file(golive: Command, here: Path, vendor: str) -> None:
    """Given, or ready to be taken out of its comment; allowances with what they cost."""
    golive("init", "--vendor", vendor)
    text, pack = (here / "golive.yaml").read_text(encoding="utf-8"), read_pack(vendor)

    declared = {*pack.credentials, *pack.ids, *pack.features, *pack.settings}
    assert {name for name in declared if f" {name}: " not in text} == set()
    in_one_line = " ".join(text.replace("#", " ").split())
    assert [name for name, given in pack.allowances.items() if f"Cost: {given.cost}" not in in_one_line] == []


def test_a_file_without_its_comment_signs_loads_too(golive: Command, here: Path) -> None:
    """What is commented out is right as it stands."""
    golive("init", "--vendor", "uppzy")
    path = here / "golive.yaml"
    keys = ("previous_api_key", "other_site_id", "timeout_exception", "deployment")
    lines = [
        line.replace("# ", "", 1) if line.lstrip().startswith(tuple(f"# {key}: " for key in keys)) else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    staging = loaded(path).environments[STAGING]
    assert set(staging.vendors["uppzy"].credentials) == {"api_key", "previous_api_key"}
    assert "other_site_id" in staging.vendors["uppzy"].ids
    assert "timeout_exception" in staging.vendors["uppzy"].settings
    assert staging.deployment is not None


def test_no_variable_is_read_by_two_environments(golive: Command, here: Path) -> None:
    """A staging run that looks at production would else take one key for both."""
    golive("init", "--vendor", "uppzy")
    environments = loaded(here / "golive.yaml").model_dump(mode="json")["environments"]

    staging, production = (set(_variables(environments[name])) for name in (STAGING, PRODUCTION))
    assert staging == set(variables([read_pack("uppzy")], STAGING))
    assert production == set(variables([read_pack("uppzy")], PRODUCTION))
    assert not staging & production


def _variables(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["env"]] if isinstance(value.get("env"), str) else []
        return own + [name for inner in value.values() for name in _variables(inner)]
    return []


def test_a_vendor_that_declares_little_gives_a_file_that_loads(here: Path) -> None:
    """No key is left without a value."""
    (here / "golive.yaml").write_text(golive_yaml("shop", [without_optional(read_pack("uppzy"))]), encoding="utf-8")

    document = yaml.safe_load((here / "golive.yaml").read_text(encoding="utf-8"))
    assert set(document["environments"][PRODUCTION]["vendors"]["uppzy"]) == {"base_url", "api_key"}


def test_the_rules_about_values_pass_with_the_written_ones(golive: Command, here: Path) -> None:
    """In a run against the embedded vendor, in both environments."""
    golive("init", "--vendor", "uppzy")
    only = ("--golive-only", "UPZ-12,UPZ-14,UPZ-15,UPZ-16,UPZ-17,UPZ-18")
    with Sandbox() as sandbox:
        given = {STAGING: sandbox.describe()["uppzy"], PRODUCTION: sandbox.describe("production")["uppzy"]}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "prerelease", "--env", STAGING, *only],
            env=_environ(given),
            cwd=here,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    verdict = json.loads((here / "golive-verdict.partial.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout
    assert {result["outcome"] for result in verdict["results"]} == {"passed"}
    assert [result for result in verdict["results"] if "@production" in result["check"]]


def _environ(given: Mapping[str, Any]) -> dict[str, str]:
    environ = dict(os.environ)
    for name, told in given.items():
        prefix = f"{name.upper()}_UPPZY"
        environ |= {f"{prefix}_BASE_URL": told["base_url"], f"{prefix}_API_KEY": told["api_key"]}
        environ |= {f"{prefix}_{key.upper()}": value for key, value in told["ids"].items()}
    return environ


def test_a_file_that_is_there_stays(golive: Command, here: Path) -> None:
    """Until --force says otherwise."""
    (here / "golive.yaml").write_text("mine", encoding="utf-8")

    told = golive("init", "--vendor", "uppzy")
    kept = (here / "golive.yaml").read_text(encoding="utf-8")
    forced = golive("init", "--vendor", "uppzy", "--force")

    message = "golive init: golive.yaml is there already and stays as it is; --force overwrites it"
    assert (told, kept) == ((2, [], [message]), "mine")
    assert forced.code == 0
    assert loaded(here / "golive.yaml").project == "shop"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vendor", "uppsy"], f"unknown vendor 'uppsy'; did you mean uppzy? There are: {', '.join(packs())}"),
        (["--vendor", "acme"], f"unknown vendor 'acme'; there are: {', '.join(packs())}"),
        ([], f"name a vendor with --vendor; there are: {', '.join(packs())}"),
        (
            ["--vendor", "uppzy", "--path", "no/golive.yaml"],
            "no/golive.yaml cannot be written: No such file or directory",
        ),
        (["--vendor", "uppzy", "--path", ".", "--force"], ". cannot be written: Is a directory"),
        (["--vendor"], "argument --vendor: expected one argument"),
    ],
)
def test_what_cannot_be_written_is_told(golive: Command, here: Path, arguments: list[str], message: str) -> None:
    """And nothing is left lying about."""
    assert golive("init", *arguments) == (2, [], [f"golive init: {message}"])
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["true", "Null", "1.5", "shop: two", 'a "b" #c', "größe", "-"])
def test_any_name_of_a_folder_is_a_name_of_a_project(name: str, tmp_path: Path) -> None:
    """Also one that YAML would take for something else."""
    path = tmp_path / "golive.yaml"
    path.write_text(golive_yaml(name, [read_pack("uppzy")]), encoding="utf-8")

    assert loaded(path).project == name


@pytest.mark.parametrize("value", [0.5, 3, True, None, "full", "on call", "null", ["a", "b: c"], {"a": [1, "two"]}])
def test_a_value_means_in_yaml_what_it_means_in_the_pack(value: Any) -> None:
    """Written on one line."""
    assert yaml.safe_load(flow(value)) == value
