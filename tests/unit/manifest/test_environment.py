from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_golive.manifest.environment import Environment, Target, resolve, resolve_what_is_there
from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import Environment as GivenEnvironment
from pytest_golive.manifest.model import Manifest

Load = Callable[[str], Manifest]
Resolve = Callable[..., Environment]

FILE = """\
golive: 1
project: shop
environments:
  staging:
    releases_to: production
    allow: [chat_smoke]
    deployment: {fingerprints: https://shop.example/keys}
    vendors:
      uppzy:
        base_url: {env: UPPZY_BASE_URL}
        api_key: {env: UPPZY_API_KEY}
        previous_api_key: {file: old.key}
        ids: {tenant_id: {env: UPPZY_TENANT_ID}, site_id: s-1}
        features: {feedback: false}
        settings: {timeout_seconds: {env: TIMEOUT}, release: {env: RELEASE}, retry: {max_retries: 3}}
  production:
    production: true
"""
BAD = "environment staging, vendor uppzy, "


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set what the example file names."""
    values = {
        "UPPZY_BASE_URL": "https://api.uppzy.example/api/v1/",
        "UPPZY_API_KEY": "upz_live_4f9c2e71ab",
        "UPPZY_TENANT_ID": "00123",
        "TIMEOUT": "2.5",
        "RELEASE": "2026",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "old.key").write_text("upz_live_00aa11bb22\n")


@pytest.fixture
def resolved(load: Load, keys: tuple[VendorKeys, ...], tmp_path: Path) -> Resolve:
    """Return a function that resolves an environment of the example file, changed by replacements."""

    def environment(name: str = "staging", **changes: str) -> Environment:
        text = FILE
        for old, new in changes.items():
            text = text.replace(f"{{env: {old}}}", new)
        return resolve(load(text), name, tmp_path, keys)

    return environment


def told(resolved: Resolve, name: str = "staging", **changes: str) -> list[str]:
    with pytest.raises(Mistakes) as mistakes:
        resolved(name, **changes)
    return str(mistakes.value).splitlines()


def test_every_value_is_read(resolved: Resolve) -> None:
    """Addresses, ids, settings and secrets, with the places they came from."""
    staging = resolved()
    uppzy = staging.targets["uppzy"]

    assert (staging.name, staging.production, staging.releases_to) == ("staging", False, "production")
    assert (staging.allow, staging.fingerprints_url) == (("chat_smoke",), "https://shop.example/keys")
    assert uppzy.base_url == "https://api.uppzy.example/api/v1/"
    assert uppzy.base_url_source == "environment variable UPPZY_BASE_URL"
    assert uppzy.credentials["api_key"].reveal() == "upz_live_4f9c2e71ab"
    assert uppzy.credentials["previous_api_key"].name == "uppzy.previous_api_key"
    assert uppzy.credential_sources == {
        "api_key": "environment variable UPPZY_API_KEY",
        "previous_api_key": "file old.key",
    }
    assert uppzy.ids == {"tenant_id": "00123", "site_id": "s-1"}
    assert uppzy.features == {"feedback": False}
    assert uppzy.settings == {"timeout_seconds": 2.5, "release": "2026", "retry": {"max_retries": 3}}


def test_an_environment_prints_no_secret(resolved: Resolve) -> None:
    """pytest shows local variables; a target among them shows fingerprints."""
    assert "upz_live_" not in repr(resolved())


def test_an_environment_without_vendors_is_one(resolved: Resolve) -> None:
    """What is not used is not read."""
    assert resolved("production") == Environment("production", production=True)


def test_a_literal_base_url_is_told_as_such(resolved: Resolve) -> None:
    """A check judges whether an address may stand in the file."""
    uppzy = resolved(UPPZY_BASE_URL="http://127.0.0.1:8000").targets["uppzy"]

    assert (uppzy.base_url, uppzy.base_url_source) == ("http://127.0.0.1:8000", "literal")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("stagin", "; did you mean staging? It has: production, staging (and sandbox is built in)"),
        ("prod", "; did you mean production? It has: production, staging (and sandbox is built in)"),
        ("sandbx", "; did you mean sandbox? It has: production, staging (and sandbox is built in)"),
        ("qa", "; it has: production, staging (and sandbox is built in)"),
    ],
)
def test_an_unknown_environment_shows_those_there_are(resolved: Resolve, name: str, end: str) -> None:
    """The nearest name and all names."""
    assert told(resolved, name) == [f"golive.yaml:3: environment '{name}' is not in golive.yaml{end}"]


def test_all_that_is_missing_is_told_at_once(
    resolved: Resolve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each with its line, its key and the place that gave nothing."""
    for name in ("UPPZY_BASE_URL", "UPPZY_API_KEY", "RELEASE"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("UPPZY_TENANT_ID", "")
    (tmp_path / "old.key").unlink()

    assert told(resolved) == [
        f"golive.yaml:10: {BAD}base_url: environment variable UPPZY_BASE_URL is not set",
        f"golive.yaml:11: {BAD}api_key: environment variable UPPZY_API_KEY is not set",
        f"golive.yaml:13: {BAD}ids.tenant_id: environment variable UPPZY_TENANT_ID is set, but empty",
        f"golive.yaml:15: {BAD}settings.release: environment variable RELEASE is not set",
    ]


def test_what_no_check_has_to_have_stops_nothing(resolved: Resolve, tmp_path: Path) -> None:
    """A key that only another suite needs is left out, with the reason."""
    (tmp_path / "old.key").unlink()

    uppzy = resolved().targets["uppzy"]

    assert "previous_api_key" not in uppzy.credentials
    assert uppzy.missing == {"previous_api_key": f"{BAD}previous_api_key: file old.key is not there"}


def test_another_environment_is_read_as_far_as_it_goes(
    load: Load, keys: tuple[VendorKeys, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A staging pipeline rightly has no production key; what is there can still be compared with."""
    monkeypatch.delenv("UPPZY_API_KEY")

    there = resolve_what_is_there(load(FILE), "staging", tmp_path, keys, run_commands=False)

    uppzy = there.targets["uppzy"]
    assert uppzy.ids == {"tenant_id": "00123", "site_id": "s-1"}
    assert uppzy.missing == {"api_key": f"{BAD}api_key: environment variable UPPZY_API_KEY is not set"}


def test_no_command_is_run_for_an_environment_that_is_only_compared_with(
    load: Load, keys: tuple[VendorKeys, ...], tmp_path: Path
) -> None:
    """A password manager does not ask for a finger because somebody looked at another environment."""
    text = FILE.replace("{env: UPPZY_API_KEY}", "{command: [touch, was-run]}")

    there = resolve_what_is_there(load(text), "staging", tmp_path, keys, run_commands=False)

    assert there.targets["uppzy"].missing == {"api_key": f"{BAD}api_key: command touch was-run is not run from here"}
    assert not (tmp_path / "was-run").exists()


def test_a_weak_secret_is_a_mistake(resolved: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not be masked, and is told without being shown."""
    monkeypatch.setenv("UPPZY_API_KEY", "changeme")

    assert told(resolved) == [
        (
            f"golive.yaml:11: {BAD}api_key: environment variable UPPZY_API_KEY: "
            "the secret is a placeholder or a common word, surely not the real one"
        )
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        *(
            (value, "has to be an address that begins with http:// or https:// and has a host")
            for value in ("api.uppzy.example", "ftp://a.example", "https://", "https://a.example ", "/api/v1")
        ),
        ("https://a.example:port", "is not an address"),
        ("https://a.example:0", "has to be an address that begins with http:// or https:// and has a host"),
        ("https://[::1", "is not an address"),
        (
            "https://user:s3cr3tvalue@a.example",
            "may not hold a user name or password; credentials have keys of their own",
        ),
    ],
)
def test_a_base_url_that_is_none(resolved: Resolve, monkeypatch: pytest.MonkeyPatch, value: str, problem: str) -> None:
    """It is judged the same, literal or from a variable, and not repeated."""
    monkeypatch.setenv("UPPZY_BASE_URL", value)

    assert told(resolved) == [f"golive.yaml:10: {BAD}base_url: environment variable UPPZY_BASE_URL: {problem}"]
    assert told(resolved, UPPZY_BASE_URL=f"'{value}'") == [f"golive.yaml:10: {BAD}base_url: {problem}"]


def test_a_setting_from_a_variable_is_judged_by_its_schema(resolved: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text means what it would mean in the file."""
    monkeypatch.setenv("TIMEOUT", "soon")

    assert told(resolved) == [
        (
            f"golive.yaml:15: {BAD}settings.timeout_seconds: environment variable TIMEOUT: "
            "has to be a number, but text is given"
        )
    ]


def test_a_manifest_made_in_code_has_no_lines(tmp_path: Path) -> None:
    """Mistakes of values that stand in no file name none."""
    given = GivenEnvironment.model_validate({"vendors": {"uppzy": {"base_url": "x"}}})
    manifest = Manifest(golive=1, project="shop", environments={"staging": given})

    with pytest.raises(Mistakes) as mistakes:
        resolve(manifest, "staging", tmp_path, ())

    assert str(mistakes.value) == (
        f"{BAD}base_url: has to be an address that begins with http:// or https:// and has a host"
    )
    assert Target("uppzy", "https://a.example").credentials == {}


ROTATED = """
golive: 1
project: shop
environments:
  live:
    vendors:
      timely:
        base_url: https://a.example
        api_key: {env: SHOP_KEY}
        rotation: {switched: %s, revoked: {env: REVOKED_AT}}
"""


def test_when_a_key_was_replaced_is_told_in_utc(
    load: Load, keys: tuple[VendorKeys, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is not set says that it is not known yet."""
    monkeypatch.setenv("SHOP_KEY", "timely-key-0123456789abcdef")
    manifest = load(ROTATED % '"2026-11-20T10:00+02:00"')

    target = resolve(manifest, "live", tmp_path, keys).targets["timely"]
    assert target.rotation == {"switched": "2026-11-20T08:00:00+00:00"}
    monkeypatch.setenv("REVOKED_AT", "2026-11-20T12:00:30Z")
    target = resolve(manifest, "live", tmp_path, keys).targets["timely"]
    assert target.rotation == {"switched": "2026-11-20T08:00:00+00:00", "revoked": "2026-11-20T12:00:30+00:00"}


def test_a_moment_that_does_not_exist(
    load: Load, keys: tuple[VendorKeys, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In golive.yaml, in a variable, of the wrong form, and without saying which clock."""
    monkeypatch.setenv("SHOP_KEY", "timely-key-0123456789abcdef")
    for variable in ("soon", "2026-11-20T10:00"):
        monkeypatch.setenv("REVOKED_AT", variable)
        with pytest.raises(Mistakes) as mistakes:
            resolve(load(ROTATED % "2026-02-30T10:00Z"), "live", tmp_path, keys)

        problem = "has to be a moment that exists, with Z or an offset, as 2026-11-20T10:00:00Z"
        place = "golive.yaml:10: environment live, vendor timely, rotation"
        assert [str(mistake) for mistake in mistakes.value.mistakes] == [
            f"{place}.switched: {problem}",
            f"{place}.revoked: environment variable REVOKED_AT: {problem}",
        ]
    with pytest.raises(Mistakes) as wrong:
        load(ROTATED % "2026-11-20")
    assert len(wrong.value.mistakes) == 1
    assert str(wrong.value.mistakes[0]).startswith("golive.yaml:10: environments.live.vendors.timely.rotation.switched")
