from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_golive.manifest.model import Manifest
from pytest_golive.source import contents, files
from pytest_golive.source.files import SourceFiles, search_files
from pytest_golive.source.named import source_files, source_received, source_told
from tests.unit.source.planted import KEY, OTHER, Repository, searcher
from tests.unit.source.test_unpacking import tarred, zipped

HINT = "tly_live_*** (29 characters, fingerprint ff1ad985ff7f)"
EXAMPLE = "(a test, a document or a sample: it may be an example)"

PLANTED: dict[str, str | bytes] = {
    ".github/workflows/deploy.yml": f"env:\n  TIMELY_API_KEY: {OTHER}\n",
    "Dockerfile": f"FROM scratch\nENV TIMELY_API_KEY={OTHER}\n",
    "docker-compose.yml": f"services:\n  web:\n    environment:\n      - TIMELY_API_KEY={OTHER}\n",
    "k8s/secret.yaml": "data:\n  key: dGx5X2xpdmVfWmszdlE5eFc3bUIyblQ1clk4dUw=\n",
    "notebooks/report.ipynb": json.dumps({"cells": [{"source": ["import x\n", f'key = "{KEY}"\n']}]}, indent=1),
    "src/app.ts": f"// x\nconst key = process.env.TIMELY_API_KEY ?? '{OTHER}'\n",
    "vendor.tar": tarred(**{"lib/config.rb": f"KEY = '{KEY}'".encode()}),
    "web/app.js.map": json.dumps({"sourcesContent": [f"const k = '{KEY}'"]}),
}

BAITS: dict[str, str | bytes] = {
    "package-lock.json": '{"integrity": "sha512-tml/Zk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7m=="}',
    "go.sum": "example.org/x v1.0.0 h1:Zk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7mB2nT5rY8uL=\n",
    ".env.example": "TIMELY_API_KEY=your-api-key\nUPPZY_API_KEY=<API_KEY>\n",
    "config.yaml": "timely_key: ${TIMELY_API_KEY}\nid: 9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d\n",
    "docs/api.html": "x-api-key: tly_live_EXAMPLE9k2LmQ8vT3",
    "src/html.py": "def html_template_renderer_for_mails2(): ...\n",
    "src/ids.ts": "export const SITE = '9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d'\n",
    "tests/test_client.py": "KEY = 'tly_test_key_for_unit_tests'\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def _source(repository: Repository, **options: tuple[str, ...]) -> SourceFiles:
    return SourceFiles(repository.folder, repository.folder, **options)  # type: ignore[arg-type]


def test_every_planted_key_is_found_and_no_bait(repository: Repository) -> None:
    for name, content in (PLANTED | BAITS).items():
        repository.write(name, content)

    found = _source(repository).search(searcher())

    assert found.files == len(PLANTED) + len(BAITS)
    assert [leak.told() for leak in found.leaks] == [
        f".github/workflows/deploy.yml:2 holds a key of timely, {HINT}",
        f"Dockerfile:2 holds a key of timely, {HINT}",
        f"docker-compose.yml:4 holds a key of timely, {HINT}",
        "k8s/secret.yaml:2 holds timely.api_key",
        "notebooks/report.ipynb:6 holds timely.api_key",
        f"src/app.ts:2 holds a key of timely, {HINT}",
        "vendor.tar!lib/config.rb:1 holds timely.api_key",
        "web/app.js.map:1 holds timely.api_key",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "tests/fixtures/answer.json",
        "docs/start.md",
        "README.md",
        ".env.example",
        "src/client.test.ts",
        "client_test.go",
    ],
)
def test_what_looks_like_a_key_in_a_test_or_document_is_a_warning(repository: Repository, name: str) -> None:
    repository.write(name, f"key: {OTHER}\n")

    (leak,) = _source(repository).search(searcher()).leaks

    assert (leak.level, leak.told()) == ("warned", f"{name}:1 holds a key of timely, {HINT} {EXAMPLE}")


def test_a_configured_key_in_a_test_is_none_the_less_a_leak(repository: Repository) -> None:
    repository.write("tests/test_client.py", f"KEY = '{KEY}'\n")

    assert [leak.level for leak in _source(repository).search(searcher()).leaks] == ["failed"]


def test_ignored_files_are_not_looked_at(repository: Repository) -> None:
    repository.write(".gitignore", ".env\n")
    repository.write(".env", f"TIMELY_API_KEY={KEY}\n")

    assert _source(repository).search(searcher()).leaks == ()


def test_files_that_cannot_be_read_or_unpacked_are_told_or_passed_over(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(files, "WHOLE_BYTES", 1000)
    locked = bytearray(zipped(a=b"x"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    there = [
        repository.write("large.sql", f"{'x' * 999}\n{KEY}"),
        repository.write("locked.zip", bytes(locked)),
        repository.folder / "gone",
    ]

    found = search_files(there, repository.folder, searcher())

    assert ([leak.told() for leak in found.leaks], found.files, found.partial) == (
        ["large.sql:2 holds timely.api_key"],
        2,
        ("large.sql", "locked.zip"),
    )


FRONT_END = '{"dependencies": {"react-dom": "^19.0.0"}}'


def test_bundles_are_those_that_golive_yaml_names(repository: Repository) -> None:
    repository.write(".gitignore", "static\n")
    repository.write("static/docs/app.js", f"k='{OTHER}'")
    repository.write("static/other.txt", "x")
    source = _source(repository, bundles=("static/**/*.js",))

    found = source.search_bundles(searcher())

    # Everybody gets it: that it lies in a folder called docs is no excuse.
    assert [leak.told() for leak in found.leaks] == [f"static/docs/app.js:1 holds a key of timely, {HINT}"]
    assert found.files == 1
    assert [path.name for path in _source(repository, bundles=("static/",)).bundle_files()] == ["app.js", "other.txt"]
    assert [path.name for path in _source(repository, bundles=("static/other.txt",)).bundle_files()] == ["other.txt"]
    assert _source(repository, bundles=("nowhere/",)).bundle_files() == []


def test_bundles_of_a_front_end_are_found_by_themselves(repository: Repository) -> None:
    repository.write(".gitignore", "dist\n")
    repository.write("dist/elsewhere.js", "x")
    assert _source(repository).bundle_files() == []

    repository.write("web/package.json", FRONT_END)
    repository.write("web/dist/app.js", "x")
    repository.write("web/dist/node_modules/x.js", "x")

    assert [path.relative_to(repository.folder).as_posix() for path in _source(repository).bundle_files()] == [
        "web/dist/app.js"
    ]


def test_the_example_project_gets_a_history_for_the_while(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    folder.mkdir()
    (folder / "settings.py").write_text(f"KEY = '{KEY}'\n")
    source = SourceFiles(folder, folder, example=True)

    history = source.search_history(searcher())

    assert [leak.told().partition(" in commit")[0] for leak in history.leaks] == ["settings.py:1"]
    with source.under_git() as repository:
        assert repository != folder
    with source.under_git() as again:
        assert again == repository
    source.close()
    source.close()
    assert not repository.exists()
    assert not (folder / ".git").exists()


def test_what_golive_yaml_names_travels_to_another_process(tmp_path: Path) -> None:
    manifest = Manifest.model_validate(
        {
            "golive": 1,
            "project": "shop",
            "environments": {
                "staging": {"vendors": {"timely": {"base_url": "https://x/v1", "api_key": {"env": "STAGING_KEY"}}}},
                "production": {"vendors": {"timely": {"base_url": "https://x/v1", "api_key": {"file": "k"}}}},
            },
            "handlers": {
                "events": {"vendor": "timely", "app": "a:b", "secret": {"env": "HOOK_SECRET"}, "logs": "h.log"}
            },
            "source": {"repository": "code", "bundles": "dist/", "logs": ["a.log"], "revoked": ["5d03c20d6b3d"]},
        }
    )

    source = source_files(manifest, tmp_path)

    assert source == SourceFiles(
        tmp_path / "code",
        tmp_path,
        bundles=("dist/",),
        logs=("a.log", "h.log"),
        revoked=frozenset({"5d03c20d6b3d"}),
        variables={"timely": ("STAGING_KEY", "HOOK_SECRET")},
    )
    assert source_received(json.loads(json.dumps(source_told(source)))) == source


def test_a_folder_that_git_ignores_is_looked_at_when_it_is_named(repository: Repository) -> None:
    """The example project lies in the virtual environment of a project that ignores it."""
    repository.commit(".gitignore", ".venv\n")
    repository.write(".venv/lib/example/settings.py", f"KEY = '{KEY}'\n")
    folder = repository.folder / ".venv" / "lib" / "example"

    found = SourceFiles(folder, folder).search(searcher())

    assert [leak.told() for leak in found.leaks] == ["settings.py:1 holds timely.api_key"]
