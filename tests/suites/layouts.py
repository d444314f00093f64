"""Repositories as teams lay them out, each right in its own way, and wrong once one thing of it is another."""

# ruff: noqa: E501  # a line of a file is as long as it is

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UPPZY_VALUE = "Zk3vQ9xW7mB2nT5rY8uLHs8dK2mPq4Rt"
AUGNO_TEST = "aug_sk_test_4fG7hJ2kL9mN3pQ5rS8tVw_Xy6zB1cD4eF7gH2jK5lM8nP3qR6sT9uV"
AUGNO_LIVE = "aug_sk_prod_7Kq2Wm9Xc4Vb8Nz5Lp3RtY_Hs8dK2mPq4Rt7Wz1XcVbJf6Gy3Qn9Ea5Ub"
TIMELY_LIVE = "tly_live_Hs8dK2mPq4Rt7Wz1XcVb"


SEALED = "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEqAx5i4OJSWKPiTySYZZA9rO43" * 12
"""What kubeseal makes of a secret: nobody but the cluster can read it."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What makes a layout wrong.

    Attributes:
        path: the file that is another one; a new file where there was none.
        text: what it holds then, or, with `into`, what takes the place of that.
        check: which check finds it.
        told: what it tells, or a part of it.
        into: what of the file is replaced; empty for all of it.
    """

    path: str
    text: str
    check: str
    told: str
    into: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A repository.

    Attributes:
        vendor: whose API it calls.
        files: path -> text.
        wrong: its wrong twins.
        uses: the operations golive.yaml declares.
    """

    vendor: str
    files: Mapping[str, str]
    wrong: tuple[Wrong, ...] = ()
    uses: tuple[str, ...] = field(default=())


IGNORED = ".env\n.env.*\n!.env.example\nnode_modules/\ndist/\n"

PYTHON_SETTINGS = Layout(
    "uppzy",
    {
        ".gitignore": IGNORED,
        "pyproject.toml": '[project]\nname = "shop-chat"\ndependencies = ["httpx", "pydantic-settings"]\n',
        "shop/settings.py": '''
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment when the service starts."""

    model_config = SettingsConfigDict(env_prefix="UPPZY_", env_file=".env")
    base_url: str = "https://api.uppzy.com/api/v1"
    api_key: SecretStr
    tenant_id: str
    site_id: str
    max_concurrent_calls: int = 8
''',
        "shop/uppzy.py": """
import httpx

from shop.settings import Settings


class Uppzy:
    def __init__(self, settings: Settings) -> None:
        self._site = settings.site_id
        self._http = httpx.Client(
            base_url=settings.base_url,
            headers={"X-API-Key": settings.api_key.get_secret_value()},
            timeout=httpx.Timeout(10.0),
            limits=httpx.Limits(max_connections=settings.max_concurrent_calls),
        )

    def chat(self, session_id: str, message: str) -> dict:
        answer = self._http.post(f"/m2m/sites/{self._site}/chat", json={"session_id": session_id, "message": message})
        answer.raise_for_status()
        return answer.json()
""",
        ".env.example": "UPPZY_API_KEY=\nUPPZY_TENANT_ID=\nUPPZY_SITE_ID=\n",
        "README.md": "# shop-chat\n\nSet `UPPZY_API_KEY` to a key from the API Access screen, as `UPPZY_API_KEY=your-api-key`.\n",
        "tests/test_uppzy.py": 'KEY = "test-key-for-unit-tests"\n\ndef test_chat(respx_mock):\n    respx_mock.post("https://api.uppzy.com/api/v1/m2m/sites/s/chat")\n',
        ".github/workflows/deploy.yml": """
on: push
jobs:
  staging:
    environment: staging
    steps:
      - run: ./deploy.sh staging
        env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY }}"}
  production:
    environment: production
    needs: staging
    steps:
      - run: ./deploy.sh production
        env: {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY }}"}
""",
    },
    uses=("chat",),
    wrong=(
        Wrong(
            "shop/settings.py",
            f'api_key: SecretStr = SecretStr("{UPPZY_VALUE}")  # UPPZY_API_KEY',
            "key_is_in_no_file",
            "",
            into="api_key: SecretStr",
        ),
        Wrong(
            ".github/workflows/deploy.yml",
            'on: push\njobs:\n  staging: {env: &all {UPPZY_API_KEY: "${{ secrets.UPPZY_API_KEY }}"}}\n  production: {env: *all}\n',
            "each_stage_takes_its_own_key",
            ".github/workflows/deploy.yml:3: job staging takes secrets.UPPZY_API_KEY, and so does job production",
        ),
        Wrong(
            "shop/jobs.py",
            'import httpx\n\nhttpx.get("https://api.uppzy.com/api/v1/m2m/tenants/t/limits")\n',
            "one_place_calls_the_vendor",
            "shop/jobs.py:3",
        ),
    ),
)

PYTHON_DJANGO = Layout(
    "augno",
    {
        ".gitignore": IGNORED,
        "requirements.txt": "django==5.2\nrequests==2.32.3\n",
        "shop/settings/base.py": """
import os

AUGNO = {
    "BASE_URL": os.environ.get("AUGNO_BASE_URL", "https://api.augno.com"),
    "API_KEY": os.environ["AUGNO_API_KEY"],
    "VERSION": "1.0.forge-preview.3",
}
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
""",
        "shop/settings/test.py": 'from .base import *\n\nAUGNO["API_KEY"] = "dummy-key-for-tests"\n',
        "erp/client.py": """
import requests
from django.conf import settings


def session() -> requests.Session:
    made = requests.Session()
    made.headers["Authorization"] = f"Bearer {settings.AUGNO['API_KEY']}"
    made.headers["Augno-Version"] = settings.AUGNO["VERSION"]
    return made


def list_units(cursor=None):
    return session().get(f"{settings.AUGNO['BASE_URL']}/v1/catalog/units", params={"cursor": cursor}, timeout=10).json()


def outcome(error):
    match error["code"]:
        case "resource_not_found" | "resource_gone":
            return "missing"
        case "validation_failed":
            return "user"
        case _:
            return "backend"
""",
        "deploy/values-staging.yaml": "env:\n  AUGNO_API_KEY:\n    secretKeyRef: {name: erp-staging, key: augno}\n",
        "deploy/values-production.yaml": "env:\n  AUGNO_API_KEY:\n    secretKeyRef: {name: erp-production, key: augno}\n",
        "requirements.lock": "django==5.2 --hash=sha256:Zk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7m0123456789abcd\n",
    },
    uses=("list_units",),
    wrong=(
        Wrong(
            "shop/settings/base.py",
            f'os.environ.get("AUGNO_API_KEY", "{AUGNO_TEST}")',
            "key_is_in_no_file",
            "shop/settings/base.py:6 holds a key of augno, aug_sk_test_***",
            into='os.environ["AUGNO_API_KEY"]',
        ),
        Wrong(
            "erp/client.py",
            "",
            "other_error_codes_have_a_branch",
            'erp/client.py:18: match error["code"]: has none',
            into='        case _:\n            return "backend"\n',
        ),
        Wrong(
            "deploy/values-production.yaml",
            f"env:\n  AUGNO_API_KEY: {AUGNO_TEST}\n",
            "production_holds_no_test_key",
            "deploy/values-production.yaml:2 holds a key of augno, aug_sk_test_***",
        ),
        Wrong(
            "erp/other.py",
            'HEADERS = {"Augno-Version": "1.0.forge-preview.1"}\n',
            "version_is_set_in_one_place",
            "Augno-Version in erp/client.py:9, erp/other.py:1",
        ),
    ),
)

PYTHON_NOTEBOOK = Layout(
    "timely",
    {
        ".gitignore": IGNORED,
        "pyproject.toml": '[project]\nname = "crm"\n',
        "crm/timely.py": """
import os
import urllib.request

BASE = os.getenv("TIMELY_BASE_URL", "https://api.timelyai.com.br/v1")


def key() -> str:
    found = os.getenv("TIMELY_API_KEY")
    if not found:
        raise SystemExit("TIMELY_API_KEY is not set")
    return found


def contacts(page: int) -> bytes:
    request = urllib.request.Request(f"{BASE}/contacts?page={page}", headers={"x-api-key": key()})
    return urllib.request.urlopen(request, timeout=20).read()
""",
        "analysis/contacts.ipynb": '{"cells": [{"cell_type": "code", "source": ["import os\\n", "key = os.environ[\\"TIMELY_API_KEY\\"]\\n"], "outputs": [{"text": ["id 9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d\\n", "sha e83c5163316f89bfbde7d9ab23ca2e25604af290"]}]}]}\n',
        "Dockerfile": "FROM python:3.12\nARG TIMELY_API_KEY\nENV TIMELY_API_KEY=${TIMELY_API_KEY}\nRUN --mount=type=secret,id=timely pip install .\n",
        "compose.yaml": "services:\n  crm:\n    environment:\n      TIMELY_API_KEY: ${TIMELY_API_KEY:?set it in .env}\n    env_file: .env\n",
    },
    uses=("list_contacts",),
    wrong=(
        Wrong(
            "analysis/contacts.ipynb",
            f'key = \\"{TIMELY_LIVE}\\"',
            "key_is_in_no_file",
            "analysis/contacts.ipynb:1 holds a key of timely, tly_live_***",
            into='key = os.environ[\\"TIMELY_API_KEY\\"]',
        ),
        Wrong(
            "Dockerfile",
            f"FROM python:3.12\nENV TIMELY_API_KEY={TIMELY_LIVE}\n",
            "key_is_in_no_file",
            "Dockerfile:2 holds a key of timely, tly_live_***",
        ),
        Wrong(
            "compose.yaml",
            f"${{TIMELY_API_KEY:-{TIMELY_LIVE}}}",
            "key_is_in_no_file",
            "compose.yaml:4 holds a key of timely, tly_live_***",
            into="${TIMELY_API_KEY:?set it in .env}",
        ),
        Wrong(
            "crm/export.py",
            'PATH = "/messages/send"\nURL = f"https://api.timelyai.com.br/v1/agents"\n',
            "only_declared_operations_are_called",
            "crm/export.py:2 calls /agents",
        ),
    ),
)

NODE_DOTENV = Layout(
    "timely",
    {
        ".gitignore": IGNORED,
        "package.json": '{"name": "crm", "dependencies": {"dotenv": "^16.4.5", "undici": "^6.19.8"}}\n',
        "package-lock.json": '{"packages": {"node_modules/undici": {"version": "6.19.8", "integrity": "sha512-U8uCCl2x9TK3WANvmBavymRzxbfFYG+tAu+fgx3zxQy3qdagQqBLwJVrdyO1TBfUXvfKveMKJZhpvUYoOjM+4g=="}}}\n',
        "src/config.ts": """
import "dotenv/config";
import { z } from "zod";

export const config = z
  .object({
    TIMELY_BASE_URL: z.string().url().default("https://api.timelyai.com.br/v1"),
    TIMELY_API_KEY: z.string().min(20),
    TIMELY_WEBHOOK_SECRET: z.string().min(16),
  })
  .parse(process.env);
""",
        "src/timely/client.ts": """
import { request } from "undici";
import { config } from "../config";

export async function timely(path: string, init: object = {}) {
  return request(`${config.TIMELY_BASE_URL}${path}`, {
    ...init,
    headers: { "x-api-key": config.TIMELY_API_KEY, "content-type": "application/json" },
    headersTimeout: 20_000,
  });
}

export const listContacts = (page: number) => timely(`/contacts?page=${page}`);
""",
        "src/timely/messages.ts": """
import { timely } from "./client";

export const send = (conversation: string, content: string) =>
  timely(`/conversations/${conversation}/messages`, { method: "POST", body: JSON.stringify({ content }) });
""",
        ".env.example": "TIMELY_API_KEY=tly_live_xxxxxxxxxxxxxxxxxxxx\nTIMELY_WEBHOOK_SECRET=<whsec>\n",
        "src/server.ts": """
import express from "express";
import { listContacts } from "./timely/client";
import "./webhooks";

const app = express();
app.get("/contacts", async (request, response) => response.json(await listContacts(1)));
app.post("/webhooks", (request, response) => response.sendStatus(200));
""",
        "src/webhooks.ts": 'export const PATH = "/webhooks";\n',
        "web/src/page.ts": 'export const load = () => fetch("/agents").then((answer) => answer.json());\n',
        "test/client.test.ts": 'process.env.TIMELY_API_KEY = "tly_test_key_for_unit_tests_only";\n',
        ".gitlab-ci.yml": """
stages: [deploy]
deploy-staging:
  stage: deploy
  environment: {name: staging}
  variables: {TIMELY_API_KEY: $TIMELY_API_KEY_STAGING}
  script: ./deploy.sh
deploy-production:
  stage: deploy
  environment: {name: production}
  variables: {TIMELY_API_KEY: $TIMELY_API_KEY_PRODUCTION}
  script: ./deploy.sh
  when: manual
""",
    },
    uses=("list_contacts", "send_message"),
    wrong=(
        Wrong(
            "src/timely/client.ts",
            f'config.TIMELY_API_KEY ?? "{TIMELY_LIVE}"',
            "key_is_in_no_file",
            "src/timely/client.ts:8 holds a key of timely, tly_live_***",
            into="config.TIMELY_API_KEY",
        ),
        Wrong(
            ".gitlab-ci.yml",
            "$TIMELY_API_KEY_PRODUCTION",
            "each_stage_takes_its_own_key",
            ".gitlab-ci.yml:6: job deploy-staging takes $TIMELY_API_KEY_PRODUCTION of environment staging, although it is another stage",
            into="$TIMELY_API_KEY_STAGING",
        ),
        Wrong(
            ".env.local",
            f"TIMELY_API_KEY={TIMELY_LIVE}\n",
            "env_files_stay_out_of_git",
            ".env.local gives TIMELY_API_KEY a value",
        ),
        Wrong(
            "src/jobs/export.ts",
            'fetch("https://api.timelyai.com.br/v1/contacts");\n',
            "one_place_calls_the_vendor",
            "src/jobs/export.ts:1",
        ),
    ),
)

NODE_MONOREPO = Layout(
    "uppzy",
    {
        ".gitignore": IGNORED,
        "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}\n',
        "packages/uppzy/package.json": '{"name": "@shop/uppzy"}\n',
        "packages/uppzy/src/index.js": """
const base = process.env.UPPZY_BASE_URL ?? "https://api.uppzy.com/api/v1";

export function uppzy({ apiKey, siteId }) {
  if (!apiKey) throw new Error("UPPZY_API_KEY is missing");
  const headers = { "X-API-Key": apiKey };
  return {
    chat: (body) => fetch(`${base}/m2m/sites/${siteId}/chat`, { method: "POST", headers, body: JSON.stringify(body) }),
  };
}
""",
        "apps/web/package.json": '{"name": "web", "dependencies": {"next": "^15.0.0", "@shop/uppzy": "*"}}\n',
        "apps/web/app/api/chat/route.js": """
import { uppzy } from "@shop/uppzy";

const client = uppzy({ apiKey: process.env.UPPZY_API_KEY, siteId: process.env.UPPZY_SITE_ID });

export const POST = async (request) => client.chat(await request.json());
""",
        "apps/worker/package.json": '{"name": "worker", "dependencies": {"@shop/uppzy": "*"}}\n',
        "apps/worker/src/run.js": 'import { uppzy } from "@shop/uppzy";\n\nuppzy({ apiKey: process.env.UPPZY_API_KEY });\n',
        "turbo.json": '{"globalEnv": ["UPPZY_API_KEY", "UPPZY_SITE_ID"]}\n',
        "infra/serverless.yml": "provider:\n  environment:\n    UPPZY_API_KEY: ${ssm:/shop/${sls:stage}/uppzy-api-key}\n",
        "bitbucket-pipelines.yml": "pipelines:\n  branches:\n    main:\n      - step: {deployment: production, script: ['UPPZY_API_KEY=$UPPZY_API_KEY ./deploy.sh']}\n",
    },
    uses=("chat",),
    wrong=(
        Wrong(
            "infra/serverless.yml",
            UPPZY_VALUE,
            "key_is_in_no_file",
            "infra/serverless.yml:3 holds a value for UPPZY_API_KEY, Zk***",
            into="${ssm:/shop/${sls:stage}/uppzy-api-key}",
        ),
        Wrong(
            "apps/web/.next/static/app.js",
            f'k={{UPPZY_API_KEY:"{UPPZY_VALUE}"}}',
            "delivered_files_hold_no_key",
            "apps/web/.next/static/app.js:1 holds a value for UPPZY_API_KEY",
        ),
    ),
)

GO_VIPER = Layout(
    "augno",
    {
        ".gitignore": IGNORED,
        "go.mod": "module shop.example/erp\n\ngo 1.23\n\nrequire github.com/spf13/viper v1.19.0\n",
        "go.sum": "github.com/spf13/viper v1.19.0 h1:RWq5SEjt8o25SROyN3z2OrDB9l7RPd3lwTWU8EcEdcI=\n",
        "internal/config/config.go": """
package config

import "github.com/spf13/viper"

type Config struct {
	BaseURL string `mapstructure:"augno_base_url"`
	APIKey  string `mapstructure:"augno_api_key"`
}

func Load() (Config, error) {
	viper.SetDefault("augno_base_url", "https://api.augno.com")
	viper.MustBindEnv("augno_api_key", "AUGNO_API_KEY")
	viper.AutomaticEnv()
	var c Config
	return c, viper.Unmarshal(&c)
}
""",
        "internal/augno/client.go": """
package augno

import (
	"net/http"
	"time"
)

const version = "1.0.forge-preview.3"

type Client struct {
	http *http.Client
	base string
	key  string
}

func New(base, key string) *Client {
	return &Client{http: &http.Client{Timeout: 10 * time.Second}, base: base, key: key}
}

func (c *Client) do(method, path string) (*http.Response, error) {
	request, err := http.NewRequest(method, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Augno-Version", version)
	return c.http.Do(request)
}

func (c *Client) Unit(id string) (*http.Response, error) { return c.do("GET", "/v1/catalog/units/"+id) }

func Outcome(code string) string {
	switch code {
	case "resource_not_found", "resource_gone":
		return "missing"
	case "validation_failed":
		return "user"
	}
	return "backend"
}
""",
        "config.yaml": 'augno_base_url: https://api.augno.com\naugno_api_key: ""  # from AUGNO_API_KEY\nlog_level: info\n',
        "chart/values.yaml": "augno:\n  existingSecret: erp-augno\n  secretKey: api-key\n",
        "chart/templates/deployment.yaml": "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - env:\n            - name: AUGNO_API_KEY\n              valueFrom: {secretKeyRef: {name: {{ .Values.augno.existingSecret }}, key: {{ .Values.augno.secretKey }}}}\n",
        "internal/augno/client_test.go": 'package augno\n\nconst testKey = "aug_sk_test_dummy"\n',
    },
    uses=("get_unit",),
    wrong=(
        Wrong(
            "config.yaml",
            f"augno_api_key: {AUGNO_LIVE}\n",
            "key_is_in_no_file",
            "config.yaml:1 holds a key of augno, aug_sk_prod_***",
        ),
        Wrong(
            "internal/report/report.go",
            'package report\n\nconst url = "https://api.augno.com/v1/finance/payment-terms"\n',
            "only_declared_operations_are_called",
            "internal/report/report.go:3 calls /v1/finance/payment-terms",
        ),
        Wrong(
            "internal/augno/client.go",
            '"1.0.forge-preview.1"',
            "version_is_set_in_one_place",
            "internal/augno/client.go:9 says 1.0.forge-preview.1",
            into='"1.0.forge-preview.3"',
        ),
    ),
)

GO_TERRAFORM = Layout(
    "uppzy",
    {
        ".gitignore": IGNORED + "*.tfvars\n",
        "go.mod": "module shop.example/chat\n\ngo 1.23\n",
        "cmd/chat/main.go": """
package main

import (
	"log"
	"os"

	"shop.example/chat/uppzy"
)

func main() {
	key, ok := os.LookupEnv("UPPZY_API_KEY")
	if !ok {
		log.Fatal("UPPZY_API_KEY is not set")
	}
	uppzy.Serve(key)
}
""",
        "uppzy/uppzy.go": """
package uppzy

import "net/http"

const Base = "https://api.uppzy.com/api/v1"

func Serve(key string) {
	request, _ := http.NewRequest("GET", Base+"/m2m/tenants/"+tenant()+"/limits", nil)
	request.Header.Set("X-API-Key", key)
}
""",
        "terraform/variables.tf": 'variable "uppzy_api_key" {\n  type      = string\n  sensitive = true\n}\n',
        "terraform/main.tf": 'resource "aws_ssm_parameter" "uppzy" {\n  name  = "/shop/${var.stage}/uppzy"\n  type  = "SecureString"\n  value = var.uppzy_api_key\n}\n\nresource "aws_ecs_task_definition" "chat" {\n  container_definitions = jsonencode([{ secrets = [{ name = "UPPZY_API_KEY", valueFrom = aws_ssm_parameter.uppzy.arn }] }])\n}\n',
        "terraform/terraform.tfvars.example": 'uppzy_api_key = "your-api-key"\n',
        ".circleci/config.yml": "version: 2.1\nworkflows:\n  main:\n    jobs:\n      - deploy: {name: deploy-staging, context: shop-staging}\n      - deploy: {name: deploy-production, context: shop-production}\njobs:\n  deploy:\n    steps:\n      - run: TF_VAR_uppzy_api_key=$UPPZY_API_KEY terraform apply\n",
    },
    uses=("get_limits",),
    wrong=(
        Wrong(
            "terraform/main.tf",
            f'[{{ name = "UPPZY_API_KEY", value = "{UPPZY_VALUE}" }}]',
            "key_is_in_no_file",
            "terraform/main.tf:8 holds a value for UPPZY_API_KEY, Zk***",
            into='[{ name = "UPPZY_API_KEY", valueFrom = aws_ssm_parameter.uppzy.arn }]',
        ),
        Wrong(
            ".circleci/config.yml",
            "shop-production",
            "each_stage_takes_its_own_key",
            "job deploy-staging takes $UPPZY_API_KEY of context shop-production, and so does job deploy-production",
            into="shop-staging",
        ),
    ),
)

JAVA_SPRING = Layout(
    "timely",
    {
        ".gitignore": "target/\n.env\n",
        "pom.xml": "<project><artifactId>crm</artifactId></project>\n",
        "src/main/resources/application.yml": "timely:\n  base-url: ${TIMELY_BASE_URL:https://api.timelyai.com.br/v1}\n  api-key: ${TIMELY_API_KEY}\n  timeout: 20s\nspring:\n  config:\n    import: optional:configtree:/run/secrets/\n",
        "src/main/resources/application-production.yml": "timely:\n  api-key: ${TIMELY_API_KEY_PRODUCTION}\n",
        "src/main/resources/application-staging.yml": "timely:\n  api-key: ${TIMELY_API_KEY_STAGING}\n",
        "src/main/java/de/shop/crm/timely/TimelyClient.java": """
package de.shop.crm.timely;

@Component
class TimelyClient {
    private final RestClient http;

    /** Calls the vendor; https://api.timelyai.com.br/v1 by default. */
    TimelyClient(RestClient.Builder builder, TimelyProperties properties) {
        this.http = builder.baseUrl(properties.baseUrl()).defaultHeader("x-api-key", properties.apiKey()).build();
    }

    Contacts contacts(int page) {
        return http.get().uri("/contacts?page={page}", page).retrieve().body(Contacts.class);
    }
}
""",
        "src/test/resources/application-test.yml": "timely:\n  api-key: tly_test_only-for-tests-1234\n",
        "Jenkinsfile": "pipeline {\n  stages {\n    stage('Deploy staging') {\n      environment { TIMELY_API_KEY = credentials('timely-api-key-staging') }\n      steps { sh './deploy.sh' }\n    }\n    stage('Deploy production') {\n      environment { TIMELY_API_KEY = credentials('timely-api-key-production') }\n      steps { sh './deploy.sh' }\n    }\n  }\n}\n",
        "gradle/verification-metadata.xml": '<sha256 value="e83c5163316f89bfbde7d9ab23ca2e25604af290e83c5163316f89bfbde7d9ab"/>\n',
    },
    uses=("list_contacts",),
    wrong=(
        Wrong(
            "src/main/resources/application.yml",
            f"${{TIMELY_API_KEY:{TIMELY_LIVE}}}",
            "key_is_in_no_file",
            "src/main/resources/application.yml:3 holds a key of timely, tly_live_***",
            into="${TIMELY_API_KEY}",
        ),
        Wrong(
            "Jenkinsfile",
            "timely-api-key-production",
            "each_stage_takes_its_own_key",
            "Jenkinsfile:4: stage Deploy staging takes credential timely-api-key-production, and so does stage Deploy production",
            into="timely-api-key-staging",
        ),
        Wrong(
            "src/main/java/de/shop/crm/Export.java",
            'class Export {\n    String header = "x-api-key"; // timely\n}\n',
            "one_place_calls_the_vendor",
            "src/main/java/de/shop/crm/Export.java:2",
        ),
    ),
)

KOTLIN = Layout(
    "augno",
    {
        ".gitignore": "build/\n.env\nlocal.properties\n",
        "build.gradle.kts": 'dependencies { implementation("io.ktor:ktor-client-cio:3.0.1") }\n',
        "src/main/resources/application.conf": 'augno {\n  baseUrl = "https://api.augno.com"\n  baseUrl = ${?AUGNO_BASE_URL}\n  apiKey = ${AUGNO_API_KEY}\n}\n',
        "src/main/kotlin/erp/Augno.kt": """
package erp

class Augno(private val http: HttpClient, private val config: Config) {
    suspend fun units() = http.get("${config.baseUrl}/v1/catalog/units") {
        bearerAuth(config.apiKey)
        header("Augno-Version", "1.0.forge-preview.3")
    }

    fun outcome(code: String) = when (code) {
        "resource_not_found", "resource_gone" -> Outcome.MISSING
        "validation_failed" -> Outcome.USER
        else -> Outcome.BACKEND
    }
}
""",
        "k8s/overlays/production/secret.sealed.yaml": "kind: SealedSecret\nspec:\n  encryptedData:\n    AUGNO_API_KEY: "
        + SEALED
        + "\n",
        "k8s/overlays/staging/secret.sealed.yaml": "kind: SealedSecret\nspec:\n  encryptedData:\n    AUGNO_API_KEY: "
        + SEALED
        + "\n",
        "k8s/base/deployment.yaml": "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - envFrom: [{secretRef: {name: erp-augno}}]\n",
    },
    uses=("list_units",),
    wrong=(
        Wrong(
            "src/main/kotlin/erp/Augno.kt",
            "",
            "other_error_codes_have_a_branch",
            "src/main/kotlin/erp/Augno.kt:10: when (code) has none",
            into="        else -> Outcome.BACKEND\n",
        ),
        Wrong(
            "k8s/overlays/production/secret.yaml",
            f"kind: Secret\nstringData:\n  AUGNO_API_KEY: {AUGNO_LIVE}\n",
            "key_is_in_no_file",
            "k8s/overlays/production/secret.yaml:3 holds a key of augno, aug_sk_prod_***",
        ),
    ),
)

RAILS = Layout(
    "uppzy",
    {
        ".gitignore": "/config/master.key\n/config/credentials/*.key\n.env*\n",
        "Gemfile": 'gem "rails", "~> 8.0"\ngem "faraday"\n',
        "Gemfile.lock": "GEM\n  specs:\n    faraday (2.12.0)\nCHECKSUMS\n  faraday (2.12.0) sha256=7a38dc5b1f9b2f0c5a3c6c5e5d8d7f1c2b3a4958671f2e3d4c5b6a7988f7e6d5\n",
        "config/credentials.yml.enc": "Zk3vQ9xW7mB2nT5rY8uLHs8dK2mPq4Rt7Wz1XcVb==--Pw6bN4jD8gF2sC9k--E3aMZk3vQ9xW7mB2nT5rY8uL==\n",
        "config/initializers/uppzy.rb": """
Rails.application.config.x.uppzy.base_url = ENV.fetch("UPPZY_BASE_URL", "https://api.uppzy.com/api/v1")
Rails.application.config.x.uppzy.api_key = Rails.application.credentials.dig(:uppzy, :api_key) || ENV.fetch("UPPZY_API_KEY")
""",
        "app/clients/uppzy_client.rb": """
class UppzyClient
  def initialize(config = Rails.configuration.x.uppzy)
    @http = Faraday.new(url: config.base_url, headers: { "X-API-Key" => config.api_key }, request: { timeout: 75 })
  end

  def chat(site_id:, session_id:, message:)
    @http.post("m2m/sites/#{site_id}/chat", { session_id: session_id, message: message }.to_json)
  end
end
""",
        "spec/clients/uppzy_client_spec.rb": 'RSpec.describe UppzyClient do\n  before { ENV["UPPZY_API_KEY"] = "spec-key-0123456789abcdef" }\nend\n',
        "config/deploy.yml": "env:\n  secret:\n    - UPPZY_API_KEY\n    - RAILS_MASTER_KEY\n",
        "config/database.yml": 'production:\n  url: <%= ENV["DATABASE_URL"] %>\n',
    },
    uses=("chat",),
    wrong=(
        Wrong(
            "config/initializers/uppzy.rb",
            f'ENV.fetch("UPPZY_API_KEY", "{UPPZY_VALUE}")',
            "key_is_in_no_file",
            "config/initializers/uppzy.rb:3 holds a value for UPPZY_API_KEY, Zk***",
            into='ENV.fetch("UPPZY_API_KEY")',
        ),
        Wrong(
            "app/jobs/report_job.rb",
            'Faraday.get("https://api.uppzy.com/api/v1/m2m/tenants/t/limits")\n',
            "one_place_calls_the_vendor",
            "app/jobs/report_job.rb:1",
        ),
    ),
)

SINATRA = Layout(
    "augno",
    {
        ".gitignore": ".env\n",
        "Gemfile": 'gem "sinatra"\ngem "dotenv"\n',
        "app.rb": """
require "dotenv/load"
require "net/http"

KEY = ENV["AUGNO_API_KEY"] or abort("AUGNO_API_KEY is missing")

def unit(id)
  uri = URI("#{ENV.fetch("AUGNO_BASE_URL", "https://api.augno.com")}/v1/catalog/units/#{id}")
  Net::HTTP.get(uri, { "Authorization" => "Bearer #{KEY}", "Augno-Version" => "1.0.forge-preview.3" })
end

def outcome(code)
  case code
  when "resource_not_found", "resource_gone" then :missing
  when "validation_failed" then :user
  else :backend
  end
end
""",
        "azure-pipelines.yml": "stages:\n  - stage: staging\n    variables: [{group: erp-staging}]\n    jobs: [{job: deploy, steps: [{script: ./deploy.sh, env: {AUGNO_API_KEY: $(AUGNO_API_KEY)}}]}]\n  - stage: production\n    variables: [{group: erp-production}]\n    jobs: [{job: deploy, steps: [{script: ./deploy.sh, env: {AUGNO_API_KEY: $(AUGNO_API_KEY)}}]}]\n",
    },
    uses=("get_unit",),
    wrong=(
        Wrong(
            "app.rb", "", "other_error_codes_have_a_branch", "app.rb:13: case code has none", into="  else :backend\n"
        ),
        Wrong(
            "azure-pipelines.yml",
            "erp-production",
            "each_stage_takes_its_own_key",
            "$(AUGNO_API_KEY) of group erp-production",
            into="erp-staging",
        ),
        Wrong(
            "app.rb",
            f'ENV["AUGNO_API_KEY"] || "{AUGNO_TEST}"',
            "key_is_in_no_file",
            "app.rb:5 holds a key of augno, aug_sk_test_***",
            into='ENV["AUGNO_API_KEY"] or abort("AUGNO_API_KEY is missing")',
        ),
    ),
)

LARAVEL = Layout(
    "timely",
    {
        ".gitignore": "/vendor\n.env\n.env.backup\n.env.production\n",
        "composer.json": '{"require": {"laravel/framework": "^12.0"}}\n',
        "composer.lock": '{"content-hash": "e83c5163316f89bfbde7d9ab23ca2e25", "packages": [{"dist": {"shasum": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}}]}\n',
        "config/services.php": """<?php

return [
    'timely' => [
        'base_url' => env('TIMELY_BASE_URL', 'https://api.timelyai.com.br/v1'),
        'key' => env('TIMELY_API_KEY'),
    ],
];
""",
        "app/Services/Timely.php": """<?php

namespace App\\Services;

use Illuminate\\Support\\Facades\\Http;

class Timely
{
    public function contacts(int $page): array
    {
        return Http::baseUrl(config('services.timely.base_url'))
            ->withHeaders(['x-api-key' => config('services.timely.key')])
            ->timeout(20)
            ->get('/contacts', ['page' => $page])
            ->throw()
            ->json();
    }
}
""",
        ".env.example": "APP_KEY=\nTIMELY_API_KEY=\n",
        "phpunit.xml": '<php><env name="TIMELY_API_KEY" value="testing-only"/><env name="APP_KEY" value="base64:2fl+Ktvkfl+Fuz4Qp/A75G2RTiWVA/ZoKZvp6fiiM10="/></php>\n',
    },
    uses=("list_contacts",),
    wrong=(
        Wrong(
            "config/services.php",
            f"env('TIMELY_API_KEY', '{TIMELY_LIVE}')",
            "key_is_in_no_file",
            "config/services.php:6 holds a key of timely, tly_live_***",
            into="env('TIMELY_API_KEY')",
        ),
        Wrong(
            "app/Jobs/Export.php",
            "<?php\n\n$url = 'https://api.timelyai.com.br/v1/contacts';\n",
            "one_place_calls_the_vendor",
            "app/Jobs/Export.php:3",
        ),
    ),
)

SYMFONY = Layout(
    "uppzy",
    {
        ".gitignore": "/.env.local\n/.env.*.local\n/config/secrets/prod/prod.decrypt.private.php\n.env\n",
        "composer.json": '{"require": {"symfony/http-client": "^7.1"}}\n',
        "config/packages/framework.yaml": "framework:\n  http_client:\n    scoped_clients:\n      uppzy.client:\n        base_uri: '%env(UPPZY_BASE_URL)%/'\n        headers: {X-API-Key: '%env(UPPZY_API_KEY)%'}\n        timeout: 75\n",
        "config/secrets/prod/prod.UPPZY_API_KEY.4f5a2b.php": '<?php\n\nreturn "\\x9c\\x1f\\xbb\\x04Zk3vQ9xW7mB2nT5r";\n',
        "src/Uppzy/Client.php": """<?php

namespace App\\Uppzy;

use Symfony\\Contracts\\HttpClient\\HttpClientInterface;

final class Client
{
    public function __construct(private HttpClientInterface $uppzyClient, private string $siteId) {}

    public function chat(string $session, string $message): array
    {
        return $this->uppzyClient->request('POST', "m2m/sites/{$this->siteId}/chat", [
            'json' => ['session_id' => $session, 'message' => $message],
        ])->toArray();
    }
}
""",
    },
    uses=("chat",),
    wrong=(
        Wrong(
            "config/packages/framework.yaml",
            UPPZY_VALUE,
            "key_is_in_no_file",
            "config/packages/framework.yaml:6 holds a value for X-API-Key, Zk***",
            into="'%env(UPPZY_API_KEY)%'",
        ),
        Wrong(
            ".env.prod",
            f"UPPZY_API_KEY={UPPZY_VALUE}\n",
            "env_files_stay_out_of_git",
            ".env.prod gives UPPZY_API_KEY a value",
        ),
    ),
)

DOTNET = Layout(
    "augno",
    {
        ".gitignore": "bin/\nobj/\nsecrets.json\n.env\n",
        "src/Erp/Erp.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><UserSecretsId>9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d</UserSecretsId></PropertyGroup></Project>\n',
        "src/Erp/appsettings.json": '{"Augno": {"BaseUrl": "https://api.augno.com", "ApiKey": "", "Version": "1.0.forge-preview.3"}}\n',
        "src/Erp/appsettings.Production.json": '{"Augno": {"ApiKey": "#{AUGNO_API_KEY}#"}, "KeyVault": {"Uri": "https://shop-prod.vault.azure.net/"}}\n',
        "src/Erp/appsettings.Development.json": '{"Augno": {"ApiKey": "set with: dotnet user-secrets set Augno:ApiKey"}}\n',
        "src/Erp/AugnoClient.cs": """
namespace Erp;

public sealed class AugnoClient(HttpClient http)
{
    public Task<Unit?> Unit(string id) => http.GetFromJsonAsync<Unit>($"/v1/catalog/units/{id}");

    public static Outcome OutcomeOf(string code) => code switch
    {
        "resource_not_found" or "resource_gone" => Outcome.Missing,
        "validation_failed" => Outcome.User,
        _ => Outcome.Backend,
    };
}
""",
        "src/Erp/Program.cs": """
builder.Services.AddHttpClient<AugnoClient>((services, http) =>
{
    var options = services.GetRequiredService<IOptions<AugnoOptions>>().Value;
    http.BaseAddress = new Uri(options.BaseUrl);
    http.DefaultRequestHeaders.Authorization = new("Bearer", options.ApiKey);
    http.DefaultRequestHeaders.Add("Augno-Version", options.Version);
});
""",
        "packages.lock.json": '{"dependencies": {"net8.0": {"Polly": {"resolved": "8.4.2", "contentHash": "BpE2I6HBYYA5tF0Vn4eoQOGYTYIK1BlF5EXVgkWGn3mqUUjbXAr13J6fZVbp7Q3epRR8yshacBMlsHMhpOiV3g=="}}}}\n',
    },
    uses=("get_unit",),
    wrong=(
        Wrong(
            "src/Erp/appsettings.Production.json",
            f'{{"Augno": {{"ApiKey": "{AUGNO_TEST}"}}}}\n',
            "production_holds_no_test_key",
            "src/Erp/appsettings.Production.json:1 holds a key of augno, aug_sk_test_***",
        ),
        Wrong(
            "src/Erp/Reports.cs",
            'var url = "https://api.augno.com/v1/finance/payment-terms";\n',
            "only_declared_operations_are_called",
            "src/Erp/Reports.cs:1 calls /v1/finance/payment-terms",
        ),
    ),
)

RUST = Layout(
    "uppzy",
    {
        ".gitignore": "target/\n.env\n",
        "Cargo.toml": '[package]\nname = "chat"\n[dependencies]\nreqwest = "0.12"\n',
        "Cargo.lock": '[[package]]\nname = "reqwest"\nchecksum = "a77c62af46e79de0a562e1a9849205ffcb7fc1238876e9bd743357570e04046f"\n',
        "src/uppzy.rs": """
pub struct Uppzy { http: reqwest::Client, base: String, key: String, site: String }

impl Uppzy {
    pub fn from_env() -> Result<Self, std::env::VarError> {
        Ok(Self {
            http: reqwest::Client::new(),
            base: std::env::var("UPPZY_BASE_URL").unwrap_or_else(|_| "https://api.uppzy.com/api/v1".into()),
            key: std::env::var("UPPZY_API_KEY")?,
            site: std::env::var("UPPZY_SITE_ID")?,
        })
    }

    pub async fn chat(&self, body: &Chat) -> reqwest::Result<Answer> {
        let url = format!("{}/m2m/sites/{}/chat", self.base, self.site);
        self.http.post(url).header("X-API-Key", &self.key).json(body).send().await?.json().await
    }
}
""",
        "deploy/fly.production.toml": 'app = "chat"\n[env]\n  UPPZY_BASE_URL = "https://api.uppzy.com/api/v1"\n  # fly secrets set UPPZY_API_KEY=...\n',
        "ansible/group_vars/production.yml": "uppzy_api_key: \"{{ lookup('community.hashi_vault.hashi_vault', 'secret/shop/production/uppzy:key') }}\"\nvault_uppzy_api_key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  62313365396662343061393464336163383764373764613633653634306231386433626436623361\n",
    },
    uses=("chat",),
    wrong=(
        Wrong(
            "src/uppzy.rs",
            f'std::env::var("UPPZY_API_KEY").unwrap_or("{UPPZY_VALUE}".into())',
            "key_is_in_no_file",
            "src/uppzy.rs:9 holds a value for UPPZY_API_KEY, Zk***",
            into='std::env::var("UPPZY_API_KEY")?',
        ),
    ),
)


def _crm(files: Mapping[str, str]) -> Layout:
    """Return a small client of Timely.ai's among other files."""
    client = """
import os, httpx

http = httpx.Client(
    base_url="https://api.timelyai.com.br/v1", headers={"x-api-key": os.environ["TIMELY_API_KEY"]}, timeout=20
)


def contacts(page):
    return http.get("/contacts", params={"page": page})
"""
    return Layout("timely", {".gitignore": IGNORED, "crm/timely.py": client, **files}, uses=("list_contacts",))


FURTHER: Mapping[str, Layout] = {
    "gha reusable": _crm(
        {
            ".github/workflows/deploy.yml": "on:\n  workflow_call:\n    inputs: {env: {type: string}}\njobs:\n  deploy:\n    environment: ${{ inputs.env }}\n    env: {TIMELY_API_KEY: '${{ secrets.TIMELY_API_KEY }}'}\n    steps: [{run: ./d.sh}]\n",
            ".github/workflows/main.yml": "on: push\njobs:\n  staging: {uses: ./.github/workflows/deploy.yml, with: {env: staging}, secrets: inherit}\n  production: {uses: ./.github/workflows/deploy.yml, with: {env: production}, secrets: inherit}\n",
        }
    ),
    "gha matrix": _crm(
        {
            ".github/workflows/d.yml": "on: push\njobs:\n  deploy:\n    strategy: {matrix: {env: [staging, production]}}\n    environment: ${{ matrix.env }}\n    env: {TIMELY_API_KEY: '${{ secrets.TIMELY_API_KEY }}'}\n    steps: [{run: ./d.sh}]\n"
        }
    ),
    "gha tests with staging key": _crm(
        {
            ".github/workflows/ci.yml": "on: pull_request\njobs:\n  test:\n    env: {TIMELY_API_KEY: '${{ secrets.TIMELY_API_KEY_SANDBOX }}'}\n    steps: [{run: pytest}]\n",
            ".github/workflows/d.yml": "on: push\njobs:\n  production:\n    environment: production\n    env: {TIMELY_API_KEY: '${{ secrets.TIMELY_API_KEY }}'}\n    steps: [{run: ./d.sh}]\n",
        }
    ),
    "gitlab extends": _crm(
        {
            ".gitlab-ci.yml": ".deploy:\n  script: ./deploy.sh --key $TIMELY_API_KEY\ndeploy:staging:\n  extends: .deploy\n  environment: staging\ndeploy:production:\n  extends: .deploy\n  environment: production\n"
        }
    ),
    "helm": _crm(
        {
            "chart/values.yaml": "timely:\n  apiKeySecret: timely\n",
            "chart/values-prod.yaml": "timely:\n  apiKeySecret: timely-prod\n",
            "chart/values-staging.yaml": "timely:\n  apiKeySecret: timely-staging\n",
            "chart/templates/secret.yaml": "{{- if .Values.timely.create }}\nkind: Secret\ndata:\n  TIMELY_API_KEY: {{ .Values.timely.key | b64enc }}\n{{- end }}\n",
        }
    ),
    "kustomize": _crm(
        {
            "k8s/base/deploy.yaml": "kind: Deployment\nspec: {template: {spec: {containers: [{env: [{name: TIMELY_API_KEY, valueFrom: {secretKeyRef: {name: timely, key: api-key}}}]}]}}}\n",
            "k8s/overlays/staging/kustomization.yaml": "namespace: shop-staging\nresources: [../../base]\nsecretGenerator: [{name: timely, envs: [secrets.env]}]\n",
            "k8s/overlays/production/kustomization.yaml": "namespace: shop-production\nresources: [../../base]\nsecretGenerator: [{name: timely, envs: [secrets.env]}]\n",
        }
    ),
    "compose override": _crm(
        {
            "compose.yaml": "services: {crm: {environment: [TIMELY_API_KEY]}}\n",
            "compose.prod.yaml": "services: {crm: {environment: {TIMELY_API_KEY: '${TIMELY_API_KEY}'}}}\n",
            "compose.staging.yaml": "services: {crm: {environment: {TIMELY_API_KEY: '${TIMELY_API_KEY}'}}}\n",
        }
    ),
    "ansible": _crm(
        {
            "inventory/production/group_vars/all.yml": 'timely_api_key: "{{ vault_timely_api_key }}"\n',
            "inventory/staging/group_vars/all.yml": 'timely_api_key: "{{ vault_timely_api_key }}"\n',
            "roles/crm/templates/env.j2": "TIMELY_API_KEY={{ timely_api_key }}\n",
        }
    ),
    "pulumi": _crm(
        {
            "Pulumi.production.yaml": "config:\n  shop:timelyApiKey:\n    secure: AAABADVlZjk0ZmY3LTQ4YjYtNDk5Yi1iZjE4LTZkYzE5ZDVhYjA2MXo=\n",
            "Pulumi.staging.yaml": "config:\n  shop:timelyApiKey:\n    secure: AAABAP2lZjk0ZmY3LTQ4YjYtNDk5Yi1iZjE4LTZkYzE5ZDVhYjA2MXo=\n",
        }
    ),
    "app.json heroku": _crm(
        {
            "app.json": '{"env":{"TIMELY_API_KEY":{"description":"Key of Timely.ai","required":true}}}\n',
            "Procfile": "web: gunicorn crm\n",
            "render.yaml": "services:\n  - envVars: [{key: TIMELY_API_KEY, sync: false}]\n",
            "vercel.json": '{"env":{"TIMELY_API_KEY":"@timely-api-key"}}\n',
            "netlify.toml": "[context.production.environment]\nNODE_ENV='production'\n",
        }
    ),
    "azure template": _crm(
        {
            "azure-pipelines.yml": "stages:\n- template: deploy.yml\n  parameters: {env: staging, group: crm-staging}\n- template: deploy.yml\n  parameters: {env: production, group: crm-production}\n",
            "deploy.yml": "parameters: [{name: env}, {name: group}]\nstages:\n- stage: ${{ parameters.env }}\n  variables: [{group: '${{ parameters.group }}'}]\n  jobs: [{deployment: d, environment: '${{ parameters.env }}', strategy: {runOnce: {deploy: {steps: [{script: ./d.sh, env: {TIMELY_API_KEY: $(TIMELY_API_KEY)}}]}}}}]\n",
        }
    ),
    "openapi generated": _crm(
        {
            "generated/timely/client.py": 'URL = "https://api.timelyai.com.br/v1"\nHEADERS = {"x-api-key": KEY}\nPATH = "/agents"\n',
            "openapi/timely.yaml": "servers: [{url: https://api.timelyai.com.br/v1}]\npaths: {/agents: {get: {}}}\n",
        }
    ),
    "mock server": _crm(
        {
            "mocks/timely.py": 'BASE = "https://api.timelyai.com.br/v1"\n@app.get("/agents")\ndef a(): ...\n',
            "e2e/fixtures.ts": 'export const url = "https://api.timelyai.com.br/v1/agents";\n',
        }
    ),
    "docs in code": _crm(
        {
            "crm/help.py": '"""Docs: https://docs.timelyai.com.br/en/start"""\nHELP = "https://docs.timelyai.com.br/en/start/webhooks"\n'
        }
    ),
    "cli + lib": _crm(
        {
            "crm/cli.py": 'import click\nfrom crm import timely\n@click.command()\n@click.option("--key", envvar="TIMELY_API_KEY")\ndef main(key): timely.contacts(1)\n'
        }
    ),
    "two services": _crm(
        {
            "svc-a/pyproject.toml": "",
            "svc-a/a/timely.py": 'import os\nU="https://api.timelyai.com.br/v1"\nH={"x-api-key": os.environ["TIMELY_API_KEY"]}\n',
            "svc-b/package.json": "{}",
            "svc-b/src/timely.ts": 'const u="https://api.timelyai.com.br/v1"; const h={"x-api-key": process.env.TIMELY_API_KEY!};\n',
        }
    ),
    "inbound x-api-key": _crm(
        {
            "crm/auth.py": 'def auth(r):\n    if r.headers.get("x-api-key") != os.environ["OWN_API_KEY"]: raise Forbidden()\n'
        }
    ),
    "php laravel routes": _crm(
        {
            "routes/api.php": "<?php\nRoute::get('/contacts', [ContactController::class, 'index']);\nRoute::post('/webhooks', TimelyWebhook::class);\n",
            "app/Http/Controllers/TimelyController.php": "<?php\n// timely\nclass TimelyController { public function show() { return view('timely/agents'); } }\n",
        }
    ),
    "switch in js": Layout(
        "augno",
        {
            ".gitignore": IGNORED,
            "package.json": "{}",
            "src/augno.ts": 'const V="1.0.forge-preview.3";\nexport const get=(p:string)=>fetch("https://api.augno.com"+p,{headers:{"Augno-Version":V,Authorization:`Bearer ${process.env.AUGNO_API_KEY}`}});\nexport const units=()=>get("/v1/catalog/units");\nexport function kind(c:string){\n  switch(c){\n    case "resource_not_found": return 1;\n    case "validation_failed": return 2;\n    default: return 3;\n  }\n}\nexport const map:Record<string,number>={resource_not_found:1,validation_failed:2};\n',
        },
        uses=("list_units",),
    ),
    "go map": Layout(
        "augno",
        {
            ".gitignore": IGNORED,
            "go.mod": "module x\n",
            "augno.go": 'package x\nvar kinds = map[string]int{"resource_not_found": 1, "validation_failed": 2}\nfunc u() { req, _ := http.NewRequest("GET", "https://api.augno.com/v1/catalog/units", nil); req.Header.Set("Augno-Version", "1.0.forge-preview.3"); req.Header.Set("Authorization", "Bearer "+os.Getenv("AUGNO_API_KEY")) }\nfunc k(c string) int {\n\tif v, ok := kinds[c]; ok {\n\t\treturn v\n\t}\n\treturn 3\n}\n',
        },
        uses=("list_units",),
    ),
    "js config per stage": Layout(
        "uppzy",
        {
            ".gitignore": IGNORED,
            "package.json": "{}",
            "config/default.js": 'module.exports={uppzy:{baseUrl:"https://api.uppzy.com/api/v1",apiKey:process.env.UPPZY_API_KEY}};\n',
            "config/staging.js": 'module.exports={uppzy:{baseUrl:"https://api.uppzy.com/api/v1"}};\n',
            "config/production.js": 'module.exports={uppzy:{baseUrl:"https://api.uppzy.com/api/v1"}};\n',
            "lib/client.js": '// uppzy\nconst c=require("config").uppzy;\nexports.chat=(s,b)=>fetch(`${c.baseUrl}/m2m/sites/${s}/chat`,{headers:{"X-API-Key":c.apiKey}});\n',
        },
        uses=("chat",),
    ),
    "django settings per stage": Layout(
        "timely",
        {
            ".gitignore": IGNORED,
            "shop/settings/staging.py": 'TIMELY_URL="https://api.timelyai.com.br/v1"\n',
            "shop/settings/production.py": 'TIMELY_URL="https://api.timelyai.com.br/v1"\n',
            "shop/crm.py": 'import os, httpx\nfrom django.conf import settings\n# timely\nc = httpx.Client(base_url=settings.TIMELY_URL, headers={"x-api-key": os.environ["TIMELY_API_KEY"]}, timeout=20)\ndef contacts(p): return c.get("/contacts", params={"page": p})\n',
        },
        uses=("list_contacts",),
    ),
    "angular": Layout(
        "uppzy",
        {
            ".gitignore": IGNORED,
            "package.json": '{"dependencies":{"@angular/core":"18"}}',
            "src/environments/environment.ts": 'export const environment={chat:"/api/chat"};\n',
            "src/environments/environment.prod.ts": 'export const environment={chat:"/api/chat"};\n',
            "server/uppzy.ts": 'const key=process.env["UPPZY_API_KEY"]!;\nexport const chat=(b:string)=>fetch("https://api.uppzy.com/api/v1/m2m/sites/"+process.env.SITE+"/chat",{headers:{"X-API-Key":key}});\n',
        },
        uses=("chat",),
    ),
    "envs": Layout(
        "timely",
        {
            ".gitignore": ".env\n.env.local\n",
            ".envrc": 'export TIMELY_API_KEY="$(op read op://shop/timely/key)"\n',
            "Makefile": "run:\n\tTIMELY_API_KEY=$$(vault kv get -field=key shop/timely) python -m crm\n",
            "crm/timely_client.py": 'import os\nKEY = os.environ["TIMELY_API_KEY"]\nURL = os.environ.get("TIMELY_BASE_URL") or "https://api.timelyai.com.br/v1"\n\ndef get(s, page):\n    return s.get(URL + "/contacts", params={"page": page}, headers={"x-api-key": KEY})\n',
            "postman.json": '{"variable":[{"key":"TIMELY_API_KEY","value":"{{timely_key}}"}],"auth":{"apikey":[{"key":"x-api-key","value":"{{TIMELY_API_KEY}}"}]}}\n',
            "k8s/prod/external-secret.yaml": "kind: ExternalSecret\nspec:\n  data:\n    - secretKey: TIMELY_API_KEY\n      remoteRef: {key: shop/production/timely, property: api_key}\n",
            "k8s/staging/external-secret.yaml": "kind: ExternalSecret\nspec:\n  data:\n    - secretKey: TIMELY_API_KEY\n      remoteRef: {key: shop/staging/timely, property: api_key}\n",
        },
        uses=("list_contacts",),
    ),
    "sops": Layout(
        "augno",
        {
            ".gitignore": ".env\n",
            "secrets/production.yaml": "AUGNO_API_KEY: ENC[AES256_GCM,data:Zk3vQ9xW7mB2nT5rY8uLHs8dK2mPq4Rt,iv:7Wz1XcVbPw6bN4jD8gF2sC9kE3aM=,tag:abc==,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:Zk3vQ9xW7,type:str]\n",
            ".sops.yaml": "creation_rules: [{age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}]\n",
            "erp/augno.ex": 'defmodule Erp.Augno do\n  def key, do: System.fetch_env!("AUGNO_API_KEY")\n  def units, do: Req.get!("https://api.augno.com/v1/catalog/units", headers: [{"authorization", "Bearer " <> key()}, {"augno-version", "1.0.forge-preview.3"}])\nend\n',
            "mix.exs": "defmodule M do\nend\n",
        },
        uses=("list_units",),
    ),
    "axios ts class": Layout(
        "timely",
        {
            ".gitignore": IGNORED,
            "package.json": "{}",
            "src/crm/TimelyClient.ts": 'import axios, { AxiosInstance } from "axios";\nexport class TimelyClient {\n  private http: AxiosInstance;\n  constructor(apiKey = process.env.TIMELY_API_KEY ?? "") {\n    if (!apiKey) throw new Error("TIMELY_API_KEY missing");\n    this.http = axios.create({ baseURL: "https://api.timelyai.com.br/v1", headers: { "x-api-key": apiKey }, timeout: 20000 });\n  }\n  contacts(page: number) { return this.http.get("/contacts", { params: { page } }); }\n  create(body: unknown) { return this.http.post("/contacts", body); }\n}\n',
            "src/routes/contacts.ts": 'import { Router } from "express";\nimport { TimelyClient } from "../crm/TimelyClient";\nexport const router = Router();\nrouter.get("/contacts", list);\nrouter.get("/agents", auth, (req, res) => res.json([]));\nrouter.route("/channels").get(list);\n',
            "src/nest.controller.ts": '// timely\n@Controller("webhooks")\nexport class W { @Post("/webhooks") take() {} }\n',
        },
        uses=("list_contacts", "create_contact"),
    ),
    "fastapi own": Layout(
        "timely",
        {
            ".gitignore": IGNORED,
            "pyproject.toml": "",
            "crm/timely.py": 'import os, httpx\nclient = httpx.AsyncClient(base_url=os.environ["TIMELY_BASE_URL"], headers={"x-api-key": os.environ["TIMELY_API_KEY"]}, timeout=20)\nasync def contacts(page): return await client.get("/contacts", params={"page": page})\n',
            "crm/api.py": 'from fastapi import APIRouter\nfrom crm.timely import contacts\nrouter = APIRouter(prefix="/agents")\n@router.get("/conversations")\nasync def a(): return await contacts(1)\napp.include_router(router, prefix="/webhooks")\nROUTES = [Route("/channels", endpoint=a)]\napp.mount("/messages", b)\n',
        },
        uses=("list_contacts",),
    ),
    "gin": Layout(
        "timely",
        {
            ".gitignore": IGNORED,
            "go.mod": "module x\n",
            "internal/timely/t.go": 'package timely\nconst base = "https://api.timelyai.com.br/v1"\nfunc (c *C) Contacts() { c.get(base + "/contacts"); r.Header.Set("x-api-key", os.Getenv("TIMELY_API_KEY")) }\n',
            "cmd/main.go": 'package main\nimport "x/internal/timely"\nfunc main() {\n\tr := gin.Default()\n\tr.GET("/agents", h.List)\n\tr.POST("/webhooks", timely.Handle)\n\thttp.HandleFunc("/channels", h)\n\tmux.Handle("GET /conversations", h)\n}\n',
        },
        uses=("list_contacts",),
    ),
}
"""Right ones without a wrong twin: each has something of its own that looks like a mistake."""

LAYOUTS: Mapping[str, Layout] = {
    "Python with pydantic-settings": PYTHON_SETTINGS,
    "Django": PYTHON_DJANGO,
    "Python with notebooks": PYTHON_NOTEBOOK,
    "TypeScript with dotenv and zod": NODE_DOTENV,
    "a monorepo of JavaScript": NODE_MONOREPO,
    "Go with viper and a chart": GO_VIPER,
    "Go with Terraform": GO_TERRAFORM,
    "Spring": JAVA_SPRING,
    "Kotlin with sealed secrets": KOTLIN,
    "Rails": RAILS,
    "Sinatra": SINATRA,
    "Laravel": LARAVEL,
    "Symfony": SYMFONY,
    "ASP.NET": DOTNET,
    "Rust": RUST,
    **FURTHER,
}
