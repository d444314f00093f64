"""The check of smokes after deploys, on pipelines of many systems that have one, and on those that lack it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import suites.source.test_deploys as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment
from pytest_golive.readiness.plan import PlannedCheck

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "production", (), (), Severity.MAJOR)
HAS_TO = ("a smoke has to follow each deploy", "a later step, or a job that waits for the deploy, which runs it")


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _judged(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    golive = Golive(
        {"production": Environment("production", production=True)},
        "production",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder / "shop",
    )
    checks.test_smoke_follows_each_deploy(golive, PLANNED)


def _failed(folder: Path, files: Mapping[str, str]) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        _judged(folder, files)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


GITHUB = """on: {push: {branches: [main]}}
jobs:
  deploy:
    environment: production
    steps:
      - uses: actions/checkout@v4
      - name: Deploy
        run: kubectl -n shop set image deploy/chat chat=$IMAGE
      - name: Smoke
        run: pytest -m prerelease --env production
"""
GITHUB_JOBS = """on: push
jobs:
  build: {steps: [{run: docker build .}]}
  deploy: {needs: build, steps: [{run: helm upgrade shop chart/}]}
  notify: {needs: deploy, steps: [{run: echo smoke}]}
  verify: {needs: [notify], steps: [{run: ./scripts/smoke.sh}]}
"""
GITLAB = """stages: [build, deploy, verify]
deploy:production:
  stage: deploy
  environment: production
  script: [./ship.sh]
smoke:
  stage: verify
  script: [pytest -m postrotation --env production]
"""
AZURE = """stages:
- stage: Build
  jobs: [{job: build, steps: [{script: make}]}]
- stage: Production
  jobs:
  - deployment: shop
    environment: production
    strategy: {runOnce: {deploy: {steps: [{script: az webapp deploy --name shop}]}}}
- stage: Smoke
  jobs: [{job: smoke, steps: [{script: golive}]}]
"""
CIRCLE = """version: 2.1
jobs:
  deploy: {steps: [checkout, {run: {name: Deploy, command: sls deploy --stage prod}}]}
  smoke: {steps: [{run: ./smoke.sh}]}
workflows:
  main:
    jobs: [deploy, {smoke: {requires: [deploy]}}]
"""
JENKINS = """pipeline { stages {
  stage('Build') { steps { sh 'make' } }
  stage('Deploy') { steps { sh 'ansible-playbook site.yml' } }
  stage('Smoke') { steps { sh 'pytest -m prerelease --env production' } }
} }
"""
PROMOTED = """pipeline { stages {
  stage('Deploy production') { steps { sh './ship.sh' } }
} }
"""
BITBUCKET = """pipelines:
  branches:
    main:
      - step: {name: Deploy, deployment: production, script: [./deploy.sh]}
      - step: {name: Smoke test, script: [make smoke]}
"""
RIGHT: dict[str, dict[str, str]] = {
    "github": {".github/workflows/deploy.yml": GITHUB},
    "github jobs": {".github/workflows/main.yml": GITHUB_JOBS},
    "another workflow": {
        ".github/workflows/d.yml": GITHUB.partition("      - name: Smoke")[0].replace("on:", "name: Ship it\non:"),
        ".github/workflows/s.yml": (
            "on: {workflow_run: {workflows: [Ship it]}}\njobs: {s: {steps: [{run: ./smoke.sh}]}}\n"
        ),
    },
    "any deployment": {
        ".github/workflows/d.yml": GITHUB.partition("      - name: Smoke")[0],
        ".github/workflows/s.yml": "on: deployment_status\njobs: {s: {steps: [{run: pytest -m prerelease}]}}\n",
    },
    "deployed by a platform": {
        ".github/workflows/s.yml": (
            "on: {deployment_status: {}, push: {}}\njobs: {smoke_prod: {steps: [{run: npx playwright test}]}}\n"
        ),
    },
    "a called workflow": {
        ".github/workflows/a.yml": (
            "on: push\njobs:\n  deploy: {uses: ./.github/workflows/deploy.yml}\n"
            "  smoke: {needs: deploy, uses: ./.github/workflows/smoke.yml}\n"
        ),
        ".github/workflows/deploy.yml": "on: workflow_call\njobs: {deploy: {steps: [{run: helm upgrade shop c}]}}\n",
        ".github/workflows/smoke.yml": "on: workflow_call\njobs: {try: {steps: [{run: pytest -m prerelease}]}}\n",
    },
    "a script does both": {
        ".github/workflows/a.yml": "on: push\njobs: {ship: {steps: [{run: ./bin/deploy.sh}]}}\n",
        "bin/deploy.sh": "set -e\nkubectl apply -f k8s/\npytest -m prerelease --env production\n",
    },
    "make does both": {
        ".gitlab-ci.yml": "ship: {script: [make ship]}\n",
        "Makefile": "ship:\n\thelm upgrade shop .\n\t$(MAKE) smoke\n\nsmoke:\n\t./smoke.sh\n",
    },
    "npm does both": {
        ".gitlab-ci.yml": "ship: {script: [npm run ship]}\n",
        "package.json": '{"scripts": {"ship": "serverless deploy && npm run smoke"}}',
    },
    "gitlab": {".gitlab-ci.yml": GITLAB},
    "gitlab in several files": {
        ".gitlab-ci.yml": "stages: [deploy, verify]\ninclude: [{local: /ci/*.yml}]\n",
        "ci/ship.yml": "ship:\n  stage: deploy\n  script: [helm upgrade shop .]\n",
        "ci/try.yml": "try:\n  stage: verify\n  script: [pytest -m prerelease]\n",
    },
    "gitlab needs": {
        ".gitlab-ci.yml": GITLAB.replace("  stage: verify", "  stage: deploy\n  needs: ['deploy:production']")
    },
    "azure": {"azure-pipelines.yml": AZURE},
    "azure, once it is there": {
        "azure-pipelines.yml": AZURE.partition("- stage: Smoke")[0].replace(
            "--name shop}]}}}", "--name shop}]}, on: {success: {steps: [{script: golive}]}}}}"
        )
    },
    "circle": {".circleci/config.yml": CIRCLE},
    "jenkins": {"Jenkinsfile": JENKINS},
    "bitbucket": {"bitbucket-pipelines.yml": BITBUCKET},
    "the cluster does it": {
        ".github/workflows/d.yml": GITHUB.partition("      - name: Smoke")[0],
        "k8s/smoke.yaml": (
            "kind: Job\nmetadata: {annotations: {argocd.argoproj.io/hook: PostSync}}\n"
            "spec: {containers: [{command: [pytest, -m, prerelease]}]}\n"
        ),
    },
    "cloud build": {
        "cloudbuild.yaml": (
            "steps:\n- {name: gcr.io/cloud-builders/gcloud, args: [run, deploy, shop]}\n"
            "- {name: python, args: [pytest, -m, prerelease]}\n"
        )
    },
    "drone": {
        ".drone.yml": (
            "kind: pipeline\nsteps:\n- {name: deploy, commands: [helm upgrade shop .]}\n"
            "- {name: smoke, commands: [make]}\n"
        )
    },
    "a cluster for the tests": {
        ".github/workflows/deploy.yml": GITHUB,
        ".github/workflows/test.yml": (
            "on: push\njobs: {t: {steps: [{run: kind create cluster}, {run: kubectl apply -f k8s/}, {run: pytest}]}}\n"
        ),
    },
    "lines that go on": {
        ".github/workflows/d.yml": GITHUB,
        ".github/workflows/t.yml": 'on: push\njobs: {t: {steps: [{run: "helm upgrade shop . \\\\\\n  --dry-run"}]}}\n',
    },
    "only a script": {"ops/deploy.sh": "rsync -a . host:\nkubectl rollout restart deploy/chat\n./smoke.sh\n"},
    "other deploys beside": {
        ".github/workflows/deploy.yml": GITHUB,
        ".github/workflows/docs.yml": "on: push\njobs: {deploy-docs: {steps: [{uses: actions/deploy-pages@v4}]}}\n",
        ".github/workflows/stage.yml": "on: push\njobs: {deploy-staging: {steps: [{run: helm upgrade shop .}]}}\n",
    },
}


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_a_smoke_that_follows(tmp_path: Path, record: CheckRecord, files: dict[str, str]) -> None:
    _judged(tmp_path, files)

    assert record.warnings == []
    assert [note for note in record.notes if note.startswith("smokes: ")] != []


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "none": (
        {".github/workflows/deploy.yml": GITHUB.partition("      - name: Smoke")[0]},
        ".github/workflows/deploy.yml:7: none follows deploy",
    ),
    "before": (
        {
            ".github/workflows/a.yml": GITHUB_JOBS.replace("needs: [notify], ", "needs: build, "),
        },
        ".github/workflows/a.yml:4: none follows deploy",
    ),
    "only printed": (
        {".github/workflows/a.yml": GITHUB_JOBS.rpartition("  verify")[0]},
        ".github/workflows/a.yml:4: none follows deploy",
    ),
    "only after a failure": (
        {".github/workflows/a.yml": GITHUB.replace("- name: Smoke", "- name: Smoke\n        if: failure()")},
        ".github/workflows/a.yml:7: none follows deploy",
    ),
    "by hand": (
        {".gitlab-ci.yml": GITLAB + "  when: manual\n"},
        ".gitlab-ci.yml:5: none follows deploy:production",
    ),
    "gitlab in several files": (
        {
            ".gitlab-ci.yml": (
                "stages: [verify, deploy]\ninclude: ci/ship.yml\ntry: {stage: verify, script: [./smoke]}\n"
            ),
            "ci/ship.yml": "ship:\n  stage: deploy\n  script: [helm upgrade shop .]\n",
        },
        "ci/ship.yml:3: none follows ship",
    ),
    "an earlier stage": (
        {".gitlab-ci.yml": GITLAB.replace("[build, deploy, verify]", "[verify, deploy]")},
        ".gitlab-ci.yml:5: none follows deploy:production",
    ),
    "azure": (
        {"azure-pipelines.yml": AZURE.partition("- stage: Smoke")[0]},
        "azure-pipelines.yml:8: none follows Production/shop (deployment)",
    ),
    "circle": (
        {".circleci/config.yml": CIRCLE.replace("requires: [deploy]", "requires: []")},
        ".circleci/config.yml:3: none follows deploy",
    ),
    "jenkins": (
        {
            "Jenkinsfile": JENKINS.replace("'Build'", "'Smoke first'")
            .replace("  stage('Smoke') {", "  stage('Mail') {")
            .replace("pytest -m prerelease --env production", "mail")
        },
        "Jenkinsfile:3: none follows pipeline",
    ),
    "production after staging": (
        {
            "Jenkinsfile": JENKINS.replace("'Deploy'", "'Deploy staging'") + PROMOTED,
        },
        "Jenkinsfile:7: none follows pipeline",
    ),
    "bitbucket": (
        {"bitbucket-pipelines.yml": BITBUCKET.partition("      - step: {name: Smoke")[0]},
        "bitbucket-pipelines.yml: none follows main",
    ),
    "a script": ({"ops/deploy.sh": "./smoke.sh\nkubectl apply -f .\n"}, "ops/deploy.sh:2: none follows deploy.sh"),
}


@pytest.mark.parametrize(("files", "told"), WRONG.values(), ids=WRONG)
def test_a_deploy_without_a_smoke(tmp_path: Path, files: dict[str, str], told: str) -> None:
    assert _failed(tmp_path, files) == (*HAS_TO, told)


def test_a_smoke_that_fails_nothing(tmp_path: Path, record: CheckRecord) -> None:
    _judged(tmp_path, {".gitlab-ci.yml": GITLAB + "  allow_failure: true\n"})

    assert record.warnings == [".gitlab-ci.yml: smoke: a red smoke would not fail the pipeline"]
    assert record.notes == ["smokes: .gitlab-ci.yml: smoke"]


def test_what_may_be_a_smoke(tmp_path: Path) -> None:
    with pytest.raises(CannotTell) as ended:
        _judged(
            tmp_path,
            {".gitlab-ci.yml": GITLAB.replace("smoke:", "e2e tests:").replace("pytest -m postrotation", "./e2e.sh")},
        )

    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "a smoke has to follow each deploy",
        "a step that is called smoke, or runs golive",
        ".gitlab-ci.yml:5: .gitlab-ci.yml: e2e tests may be one",
    )


@pytest.mark.parametrize("files", [{"README.md": "x"}, {".gitlab-ci.yml": "test: {script: [pytest]}\n"}])
def test_no_deploy(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(NotVerified) as skipped:
        _judged(tmp_path, files)

    assert (str(skipped.value), skipped.value.key) == (
        "no pipeline in shop deploys anything that could be told",
        "source.repository",
    )
