import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.load import load_manifest
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import FromVariable, Manifest

Load = Callable[[str], Manifest]
Told = Callable[[str], list[str]]

EXAMPLE = """\
golive: 1
project: shop
environments:
  staging:
    releases_to: production
    vendors:
      timely:
        base_url: https://api.timelyai.com.br/v1
        api_key: {env: TIMELY_API_KEY}
        ids: {workspace_id: c1a2, agent_id: 9b1e}
      uppzy:
        base_url: {env: UPPZY_BASE_URL}
        api_key: {file: secrets/uppzy}
        previous_api_key: {command: [op, read, "op://uppzy/old"]}
        ids: {tenant_id: {env: UPPZY_TENANT_ID}, site_id: {env: UPPZY_SITE_ID}}
        features: {async_chat: true, feedback: true, content_sync: false}
        settings: {timeout_seconds: 10, retry: {max_retries: 3}, release: {env: RELEASE}}
  production:
    production: true
    allow: [chat_smoke]
    deployment: {fingerprints: https://shop.example/internal/key-fingerprints}
clients:
  crm-sync:
    vendor: timely
    command: [node, crm.mjs]
    operations: [list_contacts, create_contact, send_message]
    environ: {TIMELY_BASE_URL: "{base_url}", TIMELY_API_KEY: "{api_key}", WORKSPACE: "{workspace_id}"}
    concurrent: true
handlers:
  timely-events:
    vendor: timely
    url: https://staging.shop.example/hooks/timely
    secret: {env: TIMELY_WEBHOOK_SECRET}
    environ: {PORT: "{port}", TIMELY_WEBHOOK_SECRET: "{secret}"}
    ready: /healthz
    effects: {url: https://staging.shop.example/golive/effects}
  orders:
    vendor: uppzy
    app: "shop.web:app"
    path: /hooks
    effects: {path: /effects, settle_seconds: 2}
    mode: live
    downstream: true
    logs: var/log/hooks.log
    restart: true
source: {repository: ., logs: [var/log/*.jsonl], bundles: [dist/]}
monitoring: {prometheus: https://prometheus.internal, alerts: ops/alerts.yml}
traffic: logs/*.parquet
operations:
  owners: {integration: shop-team}
  escalation: "#shop-oncall"
  runbooks: {rotation: ops/rotation.md}
  rollback: {release: previous}
  change_log: CHANGELOG-ops.md
  sync_log: ops/sync.md
questions: golive/questions.yaml
attestations: golive/attestations.yaml
waivers: golive/waivers.yaml
not_applicable: [{rule: TIM-26, reason: no proactive messages, by: qa-lead}]
"""


def test_a_full_file_becomes_frozen_values(load: Load) -> None:
    """Every key of the layout is known and read."""
    manifest = load(EXAMPLE)
    uppzy = manifest.environments["staging"].vendors["uppzy"]

    assert uppzy.base_url == FromVariable(env="UPPZY_BASE_URL")
    assert {name: source.describe() for name, source in uppzy.credentials.items()} == {
        "api_key": "file secrets/uppzy",
        "previous_api_key": "command op read op://uppzy/old",
    }
    assert uppzy.settings["retry"] == {"max_retries": 3}
    assert manifest.environments["production"].allow == ("chat_smoke",)
    assert manifest.clients["crm-sync"].command == ("node", "crm.mjs")
    assert manifest.clients["crm-sync"].call_seconds == 60
    assert manifest.handlers["orders"].logs == ("var/log/hooks.log",)
    assert manifest.traffic == ("logs/*.parquet",)
    assert manifest.not_applicable[0].by == "qa-lead"
    assert str(manifest.mistake(["clients", "crm-sync", "command"], "is old")) == "golive.yaml:25: is old"


def test_the_smallest_file_is_enough(load: Load) -> None:
    """Clients and handlers alone can be tried against the sandbox."""
    manifest = load("golive: 1\nproject: shop\n")

    assert manifest.environments == {}
    assert manifest.source.repository == "."


HEAD = "golive: 1\nproject: shop\n"
STAGING = HEAD + "environments:\n  staging:\n"
TIMELY = STAGING + "    vendors:\n      timely:\n        base_url: https://a.example\n"
CLIENT = HEAD + "clients:\n  crm:\n    vendor: timely\n    operations: [list_contacts]\n"
HANDLER = HEAD + "handlers:\n  hooks:\n    vendor: timely\n"
TARGET = "environments.staging.vendors.timely"
WAY = "{env: API_KEY}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"
SECRET = "a secret may not stand in this file; say where it comes from:"
ONE_WAY = "give exactly one of command, callable, url; given:"
FILLED_IN = "port, secret, previous_secret, retired_secret, foreign_secret, tenant, mode, downstream_url"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("golive: 2\nproject: shop\n", "golive.yaml:1: golive: has to be 1"),
        (
            "golive: 1\n",
            "golive.yaml:1: the key project is missing (name of the integration, as reports show it)",
        ),
        ("golive: 1\nproject: ''\n", "golive.yaml:2: project: must not be empty"),
        ("golive: 1\nproject:\n", "golive.yaml:2: project: is empty; it has to be text"),
        (
            "golive: 1\nproject: 7\n",
            "golive.yaml:2: project: has to be text, but a number is given; put it in quotes",
        ),
        (
            HEAD + "environments: [a]\n",
            "golive.yaml:3: environments: has to be a mapping, but a list is given",
        ),
        (
            HEAD + "environments: {my env: {}}\n",
            "golive.yaml:3: environments.my env: the name has to look like staging",
        ),
        (
            HEAD + "environments: {sandbox: {}}\n",
            "golive.yaml:3: environments.sandbox: this environment is built in; choose another name",
        ),
        (
            STAGING + "    production: yes\n",
            ("golive.yaml:5: environments.staging.production: has to be true or false, but text is given; write true"),
        ),
        (
            STAGING + "    releases_to: stagin\n",
            (
                "golive.yaml:5: environments.staging.releases_to: there is no environment 'stagin' here; "
                "there is: nothing"
            ),
        ),
        (
            STAGING + "    releases_to: prod\n  production: {}\n",
            (
                "golive.yaml:5: environments.staging.releases_to: there is no environment 'prod' here; "
                "did you mean production? There is: production"
            ),
        ),
        (
            STAGING + "    releases_to: staging\n",
            "golive.yaml:5: environments.staging.releases_to: an environment cannot release to itself",
        ),
        (
            STAGING + "    release_to: staging\n",
            (
                "golive.yaml:5: environments.staging.release_to: unknown key; did you mean releases_to? "
                "Allowed here: allow, deployment, production, releases_to, vendors"
            ),
        ),
        (
            STAGING + "    allow: [everything]\n",
            ("golive.yaml:5: environments.staging.allow[0]: 'everything' is not known here; allowed: chat_smoke"),
        ),
        (
            STAGING + "    deployment: {fingerprints: shop.example}\n",
            (
                "golive.yaml:5: environments.staging.deployment.fingerprints: has to look like "
                "https://shop.example/golive"
            ),
        ),
        (
            STAGING + "    vendors: {timley: {}}\n",
            (
                "golive.yaml:5: environments.staging.vendors.timley: unknown key; did you mean timely? "
                "Allowed here: timely, uppzy"
            ),
        ),
        (TIMELY, f"golive.yaml:6: {TARGET}: the key api_key is missing (API key of the workspace)"),
        (
            TIMELY + "        api_kay: {env: X}\n",
            (
                f"golive.yaml:8: {TARGET}.api_kay: unknown key; did you mean api_key? "
                "Allowed here: api_key, base_url, budget, features, "
                "forbidden, ids, rotation, settings, uses"
            ),
        ),
        (
            TIMELY + "        api_key: s3cr3tvalue\n",
            f"golive.yaml:8: {TARGET}.api_key: {SECRET} {WAY}",
        ),
        (
            TIMELY + "        api_key: 12345678\n",
            f"golive.yaml:8: {TARGET}.api_key: {SECRET} {WAY}",
        ),
        (
            TIMELY + "        api_key:\n",
            f"golive.yaml:8: {TARGET}.api_key: is empty; say where the secret comes from: {WAY}",
        ),
        (
            TIMELY + "        api_key: {s3cr3tvalue}\n",
            f"golive.yaml:8: {TARGET}.api_key: unknown key; allowed here: env, file, command",
        ),
        (
            TIMELY + "        api_key: {fil: key}\n",
            (f"golive.yaml:8: {TARGET}.api_key: unknown key; did you mean file? Allowed here: env, file, command"),
        ),
        (
            TIMELY + "        api_key: {env: X, vault: y}\n",
            f"golive.yaml:8: {TARGET}.api_key: unknown key; allowed here: env, file, command",
        ),
        (
            TIMELY + "        api_key: {env: X, file: y}\n",
            f"golive.yaml:8: {TARGET}.api_key: give exactly one of env, file, command; given: env, file",
        ),
        (
            TIMELY + "        api_key: {}\n",
            f"golive.yaml:8: {TARGET}.api_key: give exactly one of env, file, command; given: none",
        ),
        (
            TIMELY + "        api_key: {env: s3cr3t value}\n",
            f"golive.yaml:8: {TARGET}.api_key.env: has to look like UPPZY_API_KEY",
        ),
        (
            TIMELY + "        api_key: {command: op read}\n",
            f"golive.yaml:8: {TARGET}.api_key.command: has to be a list, but text is given",
        ),
        (
            TIMELY + "        api_key: {env: X}\n        ids: {agent_id: 17}\n",
            (
                f"golive.yaml:9: {TARGET}.ids.agent_id: "
                f"has to be text or {{env: NAME}}, but a number is given; "
                "put it in quotes"
            ),
        ),
        (
            TIMELY + "        api_key: {env: X}\n        ids: {agent_id: {enw: A}}\n",
            f"golive.yaml:9: {TARGET}.ids.agent_id.enw: unknown key; did you mean env? Allowed here: env",
        ),
        (
            CLIENT,
            "golive.yaml:4: clients.crm: give exactly one of command, callable, url; given: none",
        ),
        (
            CLIENT + "    comand: [node]\n",
            (
                "golive.yaml:7: clients.crm.comand: "
                "unknown key; did you mean command? Allowed here: behind, call_seconds, "
                "callable, command, concurrent, directory, environ, operations, start_seconds, url, vendor"
            ),
        ),
        (
            CLIENT + "    command: [node]\n    url: http://127.0.0.1\n",
            "golive.yaml:4: clients.crm: give exactly one of command, callable, url; given: command, url",
        ),
        (
            CLIENT + "    callable: shop.golive\n",
            "golive.yaml:7: clients.crm.callable: has to look like shop.golive:drive",
        ),
        (
            CLIENT + "    command: [node]\n    call_seconds: 0\n",
            "golive.yaml:8: clients.crm.call_seconds: has to be more than 0, but 0 is given",
        ),
        (
            CLIENT + "    command: []\n",
            "golive.yaml:7: clients.crm.command: must not be empty",
        ),
        (
            CLIENT + "    command: [node]\n    environ: {PORT: 3000}\n",
            ("golive.yaml:8: clients.crm.environ.PORT: has to be text, but a number is given; put it in quotes"),
        ),
        (
            CLIENT + "    command: [node]\n    environ: {URL: {base_url}}\n",
            (
                "golive.yaml:8: clients.crm.environ.URL: has to be text, but a mapping is given; "
                'put it in quotes: "{base_url}"'
            ),
        ),
        (
            CLIENT + "    command: [node]\n    environ: {URL: '{base_ulr}/{workspace_id}'}\n",
            (
                "golive.yaml:8: clients.crm.environ.URL: "
                "nothing is filled in for {base_ulr}; did you mean base_url? "
                "Filled in are: base_url, api_key, workspace_id, agent_id"
            ),
        ),
        (
            HANDLER + "    command: [node]\n    app: 'a:b'\n",
            "golive.yaml:4: handlers.hooks: give exactly one of url, app, command; given: app, command",
        ),
        (
            HANDLER + "    command: [node]\n    environ: {PORT: '{prt}'}\n",
            (
                "golive.yaml:7: handlers.hooks.environ.PORT: "
                "nothing is filled in for {prt}; did you mean port? "
                f"Filled in are: {FILLED_IN}"
            ),
        ),
        (
            HANDLER + "    url: https://a.example\n    path: /hooks\n",
            ("golive.yaml:7: handlers.hooks.path: goes with app or command; a handler with url is started by others"),
        ),
        (
            HANDLER + "    app: 'a:b'\n    mode: prod\n",
            "golive.yaml:7: handlers.hooks.mode: 'prod' is not known here; allowed: live, test",
        ),
        (
            HANDLER + "    app: 'a:b'\n    effects: {settle_seconds: 2}\n",
            ("golive.yaml:7: handlers.hooks.effects: give exactly one of url, path, command, callable; given: none"),
        ),
        (
            HEAD + "handlers:\n  hooks: {vendor: timley, app: 'a:b'}\n",
            (
                "golive.yaml:4: handlers.hooks.vendor: 'timley' is not known here; did you mean timely? "
                "Allowed: timely, uppzy"
            ),
        ),
        (
            HEAD + "traffic: 7\n",
            "golive.yaml:3: traffic: has to be text or a list, but a number is given; put it in quotes",
        ),
        (
            HEAD + "not_applicable: [{rule: TIM26, reason: x, by: y}]\n",
            "golive.yaml:3: not_applicable[0].rule: has to look like TIM-26",
        ),
        (
            HEAD + 'not_applicable: [{rule: "TIM-26\\n", reason: x, by: y}]\n',
            "golive.yaml:3: not_applicable[0].rule: String should match pattern '^[A-Z]{2,8}-[0-9]{2,3}$'",
        ),
        (
            HEAD + "not_applicable: [{rule: TIM-26, reason: x}]\n",
            "golive.yaml:3: not_applicable[0]: the key by is missing (who says so)",
        ),
    ],
)
def test_one_cause_is_one_sentence(told: Told, text: str, message: str) -> None:
    """Each mistake says where, what is wrong and what would be right."""
    assert told(text) == [message]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("timeout_seconds: x", ".timeout_seconds: has to be a number or {env: NAME}, but text is given"),
        ("timeout_seconds: 0", ".timeout_seconds: has to be more than 0, but 0 is given"),
        ("timeout_seconds: 90", ".timeout_seconds: has to be at most 60, but 90 is given"),
        ("retry: {max_retries: -1}", ".retry.max_retries: has to be at least 0, but -1 is given"),
        ("retry: {max_retries: 1.5}", ".retry.max_retries: has to be a whole number, but a number is given"),
        ("retry: {}", ".retry: the key max_retries is missing"),
    ],
)
def test_a_setting_is_judged_by_its_packs_schema(told: Told, settings: str, message: str) -> None:
    """The branch that fits best is explained."""
    target = "{base_url: 'https://a', api_key: {env: A}, ids: {tenant_id: t, site_id: s}, settings: {%s}}"

    assert told(STAGING + "    vendors:\n      uppzy: " + target % settings + "\n") == [
        f"golive.yaml:6: environments.staging.vendors.uppzy.settings{message}"
    ]


def test_an_operation_that_the_vendor_does_not_have_is_told(tmp_path: Path) -> None:
    """With the nearest name; what is made of several operations may be named, too."""
    keys = VendorKeys("timely", "Timely", operations=("list_contacts", "chat"), composites={"ask": ("chat", "poll")})
    path = tmp_path / "golive.yaml"
    path.write_text(CLIENT.replace("[list_contacts]", "[ask, list_contact, poll]") + "    url: http://127.0.0.1:1/a\n")

    with pytest.raises(Mistakes) as told_of:
        load_manifest(path, [keys])

    assert [str(mistake) for mistake in told_of.value.mistakes] == [
        (
            "golive.yaml:6: clients.crm.operations[1]: Timely has no operation 'list_contact'; "
            "did you mean list_contacts? It has: list_contacts, chat, ask"
        ),
        "golive.yaml:6: clients.crm.operations[2]: Timely has no operation 'poll'; it has: list_contacts, chat, ask",
    ]


def test_all_mistakes_are_told_at_once(told: Told) -> None:
    """In the order of their lines, whatever found them."""
    text = TIMELY.replace("shop", "''") + "    releases_to: nowhere\nclients: {a: {vendor: x}}\nwaiver: a\n"

    assert told(text) == [
        "golive.yaml:2: project: must not be empty",
        f"golive.yaml:6: {TARGET}: the key api_key is missing (API key of the workspace)",
        ("golive.yaml:8: environments.staging.releases_to: there is no environment 'nowhere' here; there is: nothing"),
        "golive.yaml:9: clients.a: give exactly one of command, callable, url; given: none",
        (
            "golive.yaml:9: clients.a: the key operations is missing "
            "(what the client can do, by the operation names of the vendor's pack)"
        ),
        "golive.yaml:9: clients.a.vendor: 'x' is not known here; allowed: timely, uppzy",
        (
            "golive.yaml:10: waiver: unknown key; did you mean waivers? Allowed here: attestations, cassettes, "
            "clients, environments, golive, handlers, history, monitoring, not_applicable, operations, packs, "
            "project, questions, source, "
            "traffic, waivers"
        ),
    ]


@pytest.mark.parametrize("junk", [None, 7, "s3cr3tvalue", ["s3cr3tvalue"], {"s3cr3tvalue": {"s3cr3tvalue": 1}}])
def test_no_place_breaks_the_checks_and_no_credential_is_quoted(told: Told, load: Load, junk: Any) -> None:
    """Whatever stands in the place of a section or a credential is told, never raised or repeated."""
    for section in ("environments", "clients", "handlers", "source", "monitoring", "operations"):
        assert told(HEAD + f"{section}: {json.dumps({'a': junk})}\n")
    credential = "\n".join(told(TIMELY + f"        api_key: {json.dumps(junk)}\n"))
    assert "s3cr3t" not in credential
