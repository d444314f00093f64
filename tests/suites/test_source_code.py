"""The checks of pipelines, code and configuration, each on a right project and on one that is wrong in one way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import suites.source.test_code as code
import suites.source.test_configuration_differences as differences
import suites.source.test_stages as stages
import suites.source.test_switches as switches
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.files import SourceFiles
from tests.unit.source.planted import Repository

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MAJOR)
AUGNO = replace(PLANNED, vendor="augno")

TEST_KEY = "aug_sk_test_4fG7hJ2kL9mN3pQ5rS8tVw_Xy6zB1cD4eF7gH2jK5lM8nP3qR6sT9uV"

Check = Callable[[Golive, PlannedCheck], None]


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def _golive(repository: Repository, staging: Target, production: Target | None = None, **options: Any) -> Golive:
    environments = {"staging": Environment("staging", targets={staging.vendor: staging}, **options)}
    if production is not None:
        targets = {production.vendor: production} if production.vendor == staging.vendor else {}
        environments["production"] = Environment("production", production=True, targets=targets)
    golive = Golive(
        environments,
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=repository.folder,
    )
    golive.source = SourceFiles(repository.folder, repository.folder)
    return golive


def _uppzy(repository: Repository, **target: Any) -> Golive:
    return _golive(repository, Target("uppzy", "https://api.uppzy.com/api/v1", **target))


def _augno(repository: Repository, **target: Any) -> Golive:
    settings = {"api_version": "1.0.forge-preview.3", **target.pop("settings", {})}
    return _golive(repository, Target("augno", "https://api.augno.com", settings=settings, **target))


def _failed(check: Check, golive: Golive, planned: PlannedCheck = PLANNED) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, planned)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


def _not_verified(check: Check, golive: Golive, planned: PlannedCheck = PLANNED) -> tuple[str, str]:
    with pytest.raises(NotVerified) as skipped:
        check(golive, planned)
    return str(skipped.value), skipped.value.key


# ---------------------------------------------------------------- stages

ONE_SECRET = """
jobs:
  deploy-staging: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY }}"}}
  deploy-production: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY }}"}}
"""
CROSSED = """
jobs:
  deploy-staging: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY_PROD }}"}}
  deploy-production: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY_STAGING }}"}}
"""
APART = """
jobs:
  deploy-staging: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY_STAGING }}"}}
  deploy-production: {env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY_PROD }}"}}
"""
WORKFLOW = ".github/workflows/deploy.yml"


def test_stages_with_keys_of_their_own(repository: Repository, record: CheckRecord) -> None:
    stages.test_each_stage_takes_its_own_key(_uppzy(repository), PLANNED)
    assert record.notes == ["no file of a pipeline or a deployment here takes a key of uppzy"]

    repository.write(WORKFLOW, APART)
    stages.test_each_stage_takes_its_own_key(_uppzy(repository), PLANNED)
    stages.test_production_holds_no_test_key(_uppzy(repository), PLANNED)

    assert (len(record.notes), record.warnings) == (1, [])


def test_stages_that_share_a_key(repository: Repository) -> None:
    repository.write(WORKFLOW, ONE_SECRET)

    assert _failed(stages.test_each_stage_takes_its_own_key, _uppzy(repository)) == (
        "production and other stages must not take one key",
        "a variable, or a scope of it, for each stage",
        (
            f"{WORKFLOW}:3: job deploy-staging takes secrets.UPPZY_API_KEY, "
            f"and so does job deploy-production in {WORKFLOW}"
        ),
    )


def test_stages_that_take_each_others_key(repository: Repository) -> None:
    repository.write(WORKFLOW, CROSSED)

    assert _failed(stages.test_each_stage_takes_its_own_key, _uppzy(repository)) == (
        "no stage may take the key of another one",
        "names that tell the stage that takes them",
        (
            f"{WORKFLOW}:3: job deploy-staging takes secrets.UPPZY_API_KEY_PROD, although it is another stage; "
            f"{WORKFLOW}:4: job deploy-production takes secrets.UPPZY_API_KEY_STAGING, although it is production"
        ),
    )
    assert _failed(stages.test_production_holds_no_test_key, _uppzy(repository)) == (
        "production must not take the key of another stage",
        "names of production's own keys",
        f"{WORKFLOW}:4: job deploy-production takes secrets.UPPZY_API_KEY_STAGING",
    )


def test_a_test_key_in_a_file_of_production(repository: Repository) -> None:
    repository.write("deploy/staging.yaml", f"key: {TEST_KEY}\n")
    stages.test_production_holds_no_test_key(_augno(repository), AUGNO)

    repository.write("deploy/production.yaml", f"a: 1\nkey: {TEST_KEY}\n")

    requirement, expected, actual = _failed(stages.test_production_holds_no_test_key, _augno(repository), AUGNO)
    assert (requirement, expected, actual.partition(", fingerprint")[0]) == (
        "no file of production may hold a key of a test environment",
        "files without one",
        "deploy/production.yaml:2 holds a key of augno, aug_sk_test_*** (67 characters",
    )


def test_a_place_for_each_key(repository: Repository, record: CheckRecord) -> None:
    def golive(mine: str, theirs: str) -> Golive:
        credentials = {"api_key": Secret("0123456789", "augno.api_key")}
        return _golive(
            repository,
            Target("augno", "https://a.example", credentials=credentials, credential_sources={"api_key": mine}),
            Target("augno", "https://a.example", credential_sources={"api_key": theirs}),
        )

    stages.test_key_is_kept_in_one_place(golive("environment variable A", "environment variable B"), AUGNO)
    assert record.warnings == []

    assert _failed(stages.test_key_is_kept_in_one_place, golive("file key", "file key"), AUGNO) == (
        "every environment needs a place of its own for its key",
        "a variable, file or command for each environment",
        "staging and production read it from the file key",
    )

    repository.write(WORKFLOW, APART.replace("UPPZY", "AUGNO") + APART.partition("jobs:")[2].replace("UPPZY", "AUGNO2"))
    repository.write(
        ".github/workflows/more.yml",
        'jobs: {production: {env: {K: "${{ secrets.AUGNO_KEY_COPY }}", W: "${{ secrets.AUGNO_WEBHOOK_SECRET }}"}}}',
    )
    stages.test_key_is_kept_in_one_place(golive("file a", "file b"), AUGNO)
    assert record.warnings[-1] == (
        "production in GitHub takes keys of augno from several places: "
        "secrets.AUGNO2_API_KEY_PROD, secrets.AUGNO_KEY_COPY"
    )


# ---------------------------------------------------------------- code

CLIENT = {
    "Python": ("shop/uppzy_client.py", 'URL = "https://api.uppzy.com/api/v1"\nheaders = {"X-API-Key": key}\n'),
    "TypeScript": ("src/uppzy.ts", "const url = `https://api.uppzy.com/api/v1`\nh.set('x-api-key', key)\n"),
    "Go": ("uppzy/client.go", 'const URL = "https://api.uppzy.com/api/v1"\nreq.Header.Set("X-API-Key", key)\n'),
    "PHP": ("src/Uppzy.php", "<?php\n$url = 'https://api.uppzy.com/api/v1';\n$h[] = 'X-API-Key: ' . $key;\n"),
    "Java": ("src/main/java/Uppzy.java", 'String URL = "https://api.uppzy.com/api/v1";\nb.header("X-API-Key", key);\n'),
    "Ruby": ("lib/uppzy.rb", "URL = 'https://api.uppzy.com/api/v1'\nrequest['X-API-Key'] = key\n"),
}
SECOND = {
    "Python": ("shop/jobs.py", '# the second "api.uppzy.com"\nrequests.get("https://api.uppzy.com/api/v1/x")\n'),
    "TypeScript": ("src/jobs.ts", "// uppzy\nfetch(url, {headers: {'X-API-Key': uppzyKey}})\n"),
    "Go": ("jobs/run.go", '/* uppzy */\nhttp.Get("https://api.uppzy.com/api/v1/x")\n'),
    "PHP": ("src/Jobs.php", "<?php\n$c->get('https://api.uppzy.com/api/v1/x');\n"),
    "Java": ("src/main/java/Jobs.java", '// uppzy\nr.header("X-API-Key", key);\n'),
    "Ruby": ("lib/jobs.rb", "# uppzy\nget 'https://api.uppzy.com/api/v1/x'\n"),
}
ADDRESS = "the vendor's address may stand in one place of a program only"
HEADER = "the header with the key may stand in one place of a program only"


@pytest.mark.parametrize("language", CLIENT)
def test_one_client_layer(repository: Repository, language: str, record: CheckRecord) -> None:
    name, text = CLIENT[language]
    repository.write(name, text)
    begun = next(number for number, line in enumerate(text.splitlines(), 1) if "https" in line)

    code.test_one_place_calls_the_vendor(_uppzy(repository), PLANNED)
    assert record.notes == [f"the client: {name}:{begun}, {name}:{begun + 1}"]

    other, text = SECOND[language]
    repository.write(other, text)

    requirement, expected, actual = _failed(code.test_one_place_calls_the_vendor, _uppzy(repository))
    what, line = (ADDRESS, begun) if requirement == ADDRESS else (HEADER, begun + 1)
    word = "api.uppzy.com" if what == ADDRESS else "X-API-Key"
    places = sorted([f"{name}:{line}", f"{other}:2"])
    assert (requirement, expected) == (what, "one client that all calls go through")
    assert actual.lower() == f"{word} in {', '.join(places)}".lower()


@pytest.mark.parametrize(
    "others",
    [
        {"shop/settings.py": "UPPZY_BASE_URL = os.environ['UPPZY_BASE_URL']\n"},
        {"shop/comments.py": '# see "https://api.uppzy.com"\n"""Calls "api.uppzy.com"."""\nimport uppzy_client\n'},
        {"tests/test_uppzy.py": "URL = 'https://api.uppzy.com/api/v1'\n"},
        {"scripts/smoke.py": "URL = 'https://api.uppzy.com/api/v1'\n"},
        {"docs/uppzy.js": "URL = 'https://api.uppzy.com/api/v1'\n"},
        {"config/uppzy.yaml": "url: 'https://api.uppzy.com/api/v1'\n"},
        {"shop/inbound.py": "key = request.headers['X-API-Key']  # our own customers'\n"},
        {"shop/links.py": "DOCS = 'https://docs.uppzy.com/api'\nOTHER = 'https://my-api.uppzy.community'\n"},
        {"worker/package.json": "{}", "worker/src/client.js": "const u = 'https://api.uppzy.com/api/v1' // uppzy\n"},
    ],
)
def test_what_is_no_second_client(repository: Repository, others: dict[str, str]) -> None:
    for name, text in {**dict(CLIENT.values()), **others}.items():
        if name.startswith("shop/uppzy") or name in others:
            repository.write(name, text)

    code.test_one_place_calls_the_vendor(_uppzy(repository), PLANNED)


def test_a_folder_of_the_vendors_name_is_one_place(repository: Repository) -> None:
    repository.write("shop/uppzy/http.py", 'URL = "https://api.uppzy.com/api/v1"\n')
    repository.write("shop/uppzy/files.py", 'URL = "https://api.uppzy.com/api/v1/files"\n')

    code.test_one_place_calls_the_vendor(_uppzy(repository), PLANNED)


def test_code_that_does_not_mention_the_vendor(repository: Repository) -> None:
    repository.write("shop/app.py", "x = 1\n")

    told = ("no code in shop mentions uppzy", "source.repository")
    assert _not_verified(code.test_one_place_calls_the_vendor, _uppzy(repository)) == told


def test_the_version_is_set_once(repository: Repository, record: CheckRecord) -> None:
    check = code.test_version_is_set_in_one_place
    assert _not_verified(check, _augno(repository), AUGNO) == (
        "no code in shop sets Augno-Version",
        "source.repository",
    )

    repository.write("package.json", '{"dependencies": {"@augno/sdk": "^1.2.0"}}')
    check(_augno(repository), AUGNO)
    assert record.notes == ["the vendor's library sets the version"]

    repository.write("src/http.ts", "const VERSION = '1.0.forge-preview.3'\nh['Augno-Version'] = VERSION\n")
    check(_augno(repository), AUGNO)

    repository.write("src/jobs.ts", "fetch(u, {headers: {'augno-version': V}})\n")
    assert _failed(check, _augno(repository), AUGNO) == (
        "Augno-Version may be set in one place of a program only",
        "one place that all calls go through",
        "Augno-Version in src/http.ts:2, src/jobs.ts:1",
    )


@pytest.mark.parametrize("wrong", ["1.0.forge-preview.1", "latest"])
def test_another_version_than_the_pinned_one(repository: Repository, wrong: str) -> None:
    repository.write("http.py", f"# 1.0.forge-preview.1 was before\nheaders = {{'Augno-Version': '{wrong}'}}\n")

    assert _failed(code.test_version_is_set_in_one_place, _augno(repository), AUGNO) == (
        "the version in the code has to be the pinned one",
        "1.0.forge-preview.3",
        f"http.py:2 says {wrong}",
    )


LOCKS = {
    "package-lock.json": json.dumps(
        {"packages": {"": {"dependencies": {"@augno/sdk": "^1.2.0"}}, "node_modules/@augno/sdk": {"version": "1.2.3"}}},
        indent=2,
    ),
    "yarn.lock": '"@augno/sdk@^1.2.0":\n  version "1.2.3"\n  resolved "x"\n',
    "pnpm-lock.yaml": "importers:\n  .:\n    dependencies:\n      '@augno/sdk':\n"
    "        specifier: ^1.2.0\n        version: 1.2.3\n",
}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_library_that_is_locked(repository: Repository, record: CheckRecord, lock: str) -> None:
    repository.write("package.json", '{"dependencies": {"@augno/sdk": "^1.2.0"}}')
    repository.commit(lock, LOCKS[lock])

    code.test_version_of_the_library_is_locked(_augno(repository), AUGNO)

    line = next(number for number, text in enumerate(LOCKS[lock].splitlines(), 1) if "1.2.3" in text)
    assert (record.notes, record.warnings) == ([f"{lock}:{line} holds @augno/sdk 1.2.3"], [])


def test_a_library_that_is_locked_in_go(
    repository: Repository, record: CheckRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
    repository.commit("go.mod", "module shop\n\nrequire (\n\tgithub.com/augno/augno-go v0.4.1\n)\n")

    code.test_version_of_the_library_is_locked(_augno(repository), AUGNO)

    assert record.notes == ["go.mod:4 holds github.com/augno/augno-go v0.4.1"]
    assert len(record.warnings) == 1
    assert record.warnings[0].startswith("github.com/augno/augno-go v0.4.1 was taken up ")
    assert record.warnings[0].endswith(" days ago: see whether there is a newer one")


def test_a_library_that_is_not_locked(repository: Repository, record: CheckRecord) -> None:
    code.test_version_of_the_library_is_locked(_augno(repository), AUGNO)
    assert record.notes == ["calls are made without the vendor's library"]

    repository.write("web/package.json", '{"dependencies": {"@augno/sdk": "^1.2.0"}}')
    repository.write("broken/package.json", "{")

    assert _failed(code.test_version_of_the_library_is_locked, _augno(repository), AUGNO) == (
        "the version of the vendor's library has to be locked",
        "a lock file with one exact version",
        "web/package.json asks for @augno/sdk, and no lock file holds its version",
    )


CALLS = [
    'client.post(f"/m2m/sites/{self.site}/chat/feedback")\n',
    "fetch(`${base}/m2m/sites/${site}/chat/feedback`)\n",
    'url = base + "/m2m/sites/" + site + "/chat/feedback"\n',
    "$c->post(sprintf('/m2m/sites/%s/chat/feedback', $site));\n",
    '"/m2m/sites/#{site}/chat/feedback"\n',
    "'/m2m/sites/:site_id/chat/feedback'\n",
]


@pytest.mark.parametrize("line", CALLS)
def test_calls_that_are_declared_and_one_that_is_not(repository: Repository, line: str) -> None:
    check = code.test_only_declared_operations_are_called
    repository.write("uppzy.ts", f"const SITE = `/m2m/sites/${{id}}`\n{line}")

    check(_uppzy(repository, uses=("send_feedback",)), PLANNED)

    assert _failed(check, _uppzy(repository, uses=("chat", "get_limits"))) == (
        "the code may call declared operations only",
        "paths of chat, get_limits",
        "uppzy.ts:2 calls /m2m/sites/{site_id}/chat/feedback",
    )


def test_calls_that_nobody_can_see(repository: Repository) -> None:
    check = code.test_only_declared_operations_are_called
    key = "environments.staging.vendors.uppzy.uses"

    assert _not_verified(check, _uppzy(repository)) == (
        f"{key} is missing: nothing says which operations the service calls",
        key,
    )
    assert _not_verified(check, _uppzy(repository, uses=("chat",))) == (
        "no code in shop writes down a path of uppzy",
        "source.repository",
    )


# ---------------------------------------------------------------- two environments


def _two(repository: Repository, **production: Any) -> Golive:
    mine: dict[str, Any] = {
        "ids": {"account": "a"},
        "features": {"webhooks": True},
        "uses": ("list_units",),
        "settings": {"api_version": "1.0.forge-preview.3", "key_name": "staging", "test_markers": ["e2e"]},
    }
    theirs = {**mine, "settings": {**mine["settings"], "key_name": "live"}, "ids": {"account": "b"}, **production}
    return _golive(
        repository,
        Target("augno", "https://staging.example", **mine),
        Target("augno", "https://api.augno.com", **theirs),
        releases_to="production",
    )


def test_environments_that_differ_where_they_must(repository: Repository) -> None:
    check = differences.test_environments_differ_where_they_must

    check(_two(repository), AUGNO)
    check(_two(repository, settings={}), AUGNO)


@pytest.mark.parametrize(
    ("production", "told"),
    [
        ({"features": {"webhooks": False}}, "features.webhooks: true, there false"),
        ({"profile": "openmrp"}, "profile: none, there openmrp"),
        ({"uses": ("list_units", "get_unit")}, "uses: get_unit in one of them only"),
        (
            {"settings": {"api_version": "1.0.forge-preview.1"}},
            "settings.api_version: 1.0.forge-preview.3, there 1.0.forge-preview.1",
        ),
    ],
)
def test_environments_that_behave_otherwise(repository: Repository, production: dict[str, Any], told: str) -> None:
    assert _failed(differences.test_environments_differ_where_they_must, _two(repository, **production), AUGNO) == (
        "staging and production may differ in key, address, ids and names only",
        "the same features, operations and settings",
        told,
    )


def test_environments_that_cannot_be_compared(repository: Repository) -> None:
    check = differences.test_environments_differ_where_they_must
    augno = Target("augno", "https://staging.example")

    assert _not_verified(check, _golive(repository, augno), AUGNO) == (
        "environments.staging.releases_to is missing: no environment to compare with",
        "environments.staging.releases_to",
    )
    golive = _golive(repository, augno, Target("uppzy", "https://x.example"), releases_to="production")
    assert _not_verified(check, golive, AUGNO) == (
        "environments.production.vendors.augno is missing: nothing can be compared",
        "environments.production.vendors.augno",
    )


def test_branches_on_error_codes(repository: Repository) -> None:
    check = code.test_other_error_codes_have_a_branch
    text = "function f() {\n  switch (code) {\n  case 'resource_exists': a()\n  case 'resource_conflict': b()\n  }\n}\n"
    repository.write("errors.ts", text.replace("b()", "b()\n    default: c()"))
    check(_augno(repository), AUGNO)

    repository.write("errors.ts", text)

    assert _failed(check, _augno(repository), AUGNO) == (
        "a branch on error codes needs one for all others",
        "a default in each",
        "errors.ts:2: switch (code) has none",
    )


def test_ids_of_production(repository: Repository) -> None:
    check = differences.test_production_names_no_test_ids
    repository.write("deploy/staging.yaml", "account: ac_5151\n")
    repository.write("deploy/production.yaml", "account: ac_9191\n")

    def golive(**ids: str) -> Golive:
        mine = Target("augno", "https://a.example", ids={"account_id": "ac_5151", "order_product_sku": "GOLIVE-1"})
        return _golive(
            repository, mine, Target("augno", "https://b.example", ids={"order_product_sku": "GOLIVE-1", **ids})
        )

    check(golive(account_id="ac_9191"), AUGNO)

    assert _failed(check, golive(account_id="ac_5151"), AUGNO) == (
        "production's configuration may hold ids of production only",
        "ids that no other environment has",
        "production: ids.account_id is staging's account_id",
    )
    repository.write("deploy/production.yaml", "a: 1\naccount: ac_5151\n")
    assert _failed(check, golive(account_id="ac_9191"), AUGNO)[2] == (
        "deploy/production.yaml:2 names staging's account_id"
    )
    assert _not_verified(check, _augno(repository), AUGNO) == (
        "golive.yaml names no environment of production",
        "environments",
    )


# ---------------------------------------------------------------- switches

SWITCHES = {"concurrency": "UPPZY_AT_ONCE", "sync_pause": "UPPZY_SYNC", "flows": {"chat": "UPPZY_CHAT", "docs": "DOCS"}}
READ_BY_NOBODY = "stands in no file of shop but golive.yaml, documents and tests"


def test_calls_at_the_same_time(repository: Repository) -> None:
    check = switches.test_concurrency_is_limited
    check(_uppzy(repository, settings={"max_concurrent_calls": 8}), PLANNED)

    assert _failed(check, _uppzy(repository, settings={"max_concurrent_calls": 1000})) == (
        "calls at the same time have to be limited",
        "max_concurrent_calls from 1 to 64",
        "max_concurrent_calls is 1000",
    )


def test_switches_that_somebody_reads(repository: Repository) -> None:
    repository.write("golive.yaml", "switches: {concurrency: UPPZY_AT_ONCE, sync_pause: UPPZY_SYNC}\n")
    repository.write("docs/ops.md", "UPPZY_SYNC\n")
    repository.write("tests/test_sync.py", "monkeypatch.setenv('OTHER_UPPZY_SYNC', 'off')\n")
    golive = _uppzy(repository, settings={"switches": SWITCHES})

    assert _failed(switches.test_concurrency_can_be_lowered, golive) == (
        "the limit of calls at the same time has to be read from configuration",
        "code or configuration that reads UPPZY_AT_ONCE",
        f"UPPZY_AT_ONCE {READ_BY_NOBODY}",
    )
    assert _failed(switches.test_sync_can_be_paused, golive)[::2] == (
        "sync jobs have to look at a switch that pauses them",
        f"UPPZY_SYNC {READ_BY_NOBODY}",
    )
    assert _failed(switches.test_flows_can_be_switched_off, golive)[::2] == (
        "the flow chat has to look at a switch that turns it off",
        f"UPPZY_CHAT {READ_BY_NOBODY}",
    )

    repository.write("config/application.yml", "uppzy: {at-once: ${UPPZY_AT_ONCE:4}}\n")
    repository.write("src/sync.go", 'if os.Getenv("UPPZY_SYNC") == "off" { return }\n')
    repository.write("src/flows.rb", "CHAT = ENV['UPPZY_CHAT']\nDOCS = ENV['DOCS']\n")
    switches.test_concurrency_can_be_lowered(golive, PLANNED)
    switches.test_flows_can_be_switched_off(golive, PLANNED)
    assert _failed(switches.test_sync_can_be_paused, golive) == (
        "the switch that pauses sync jobs has to be tested",
        "a test that turns UPPZY_SYNC",
        "no test mentions it",
    )

    repository.write("src/sync_test.go", 't.Setenv("UPPZY_SYNC", "off")\n')
    switches.test_sync_can_be_paused(golive, PLANNED)


def test_switches_that_nobody_names(repository: Repository) -> None:
    golive = _uppzy(repository, settings={"switches": {}})
    place = "environments.staging.vendors.uppzy.settings.switches"

    for check, which in (
        (switches.test_concurrency_can_be_lowered, "concurrency"),
        (switches.test_sync_can_be_paused, "sync_pause"),
        (switches.test_flows_can_be_switched_off, "flows"),
    ):
        assert _not_verified(check, golive) == (
            f"{place}.{which} is missing: nobody says what turns it down",
            f"{place}.{which}",
        )
