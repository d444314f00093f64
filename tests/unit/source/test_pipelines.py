from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_golive.source.pipelines.stages import crossed, reader_of, shared, uses_in
from pytest_golive.source.pipelines.uses import documents, is_key_of, normal, stage_of, stage_of_path

IS_KEY = is_key_of("timely", ["TIMELY_API_KEY", "TIMELY_WEBHOOK_SECRET"])

GITHUB = ".github/workflows/deploy.yml"

RIGHT = {
    "GitHub, a secret for each": {
        GITHUB: """
jobs:
  deploy-staging:
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY_STAGING }}"}
  deploy-production:
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY_PRODUCTION }}"}
"""
    },
    "GitHub, environments": {
        GITHUB: """
jobs:
  staging:
    environment: staging
    steps: [{run: deploy, env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}}]
  production:
    environment: {name: production, url: "https://shop.example"}
    steps: [{run: deploy, env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}}]
"""
    },
    "GitHub, a matrix of environments": {
        GITHUB: """
jobs:
  deploy:
    strategy: {matrix: {target: [staging, production]}}
    environment: ${{ matrix.target }}
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}
"""
    },
    "GitHub, a name made of the stage": {
        GITHUB: """
jobs:
  deploy:
    strategy: {matrix: {target: [staging, production]}}
    env: {TIMELY_API_KEY: "${{ secrets[format('TIMELY_API_KEY_{0}', matrix.target)] }}"}
"""
    },
    "GitHub, one expression for both": {
        GITHUB: """
env:
  TIMELY_API_KEY: ${{ github.ref == 'refs/heads/main' && secrets.TIMELY_PROD_KEY || secrets.TIMELY_STAGING_KEY }}
jobs:
  deploy-staging: {steps: []}
  deploy-production: {steps: []}
"""
    },
    "GitHub, tests take the key of the sandbox": {
        GITHUB: """
jobs:
  test:
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}
  deploy-staging:
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}
"""
    },
    "GitHub, a job that compares both stages": {
        GITHUB: """
jobs:
  golive-staging:
    env:
      STAGING_TIMELY_API_KEY: ${{ secrets.STAGING_TIMELY_API_KEY }}
      PRODUCTION_TIMELY_API_KEY: ${{ secrets.PRODUCTION_TIMELY_API_KEY }}
  deploy-production:
    env: {TIMELY_API_KEY: "${{ secrets.PRODUCTION_TIMELY_API_KEY }}"}
"""
    },
    "GitHub, another secret is shared": {
        GITHUB: """
jobs:
  deploy-staging: {env: {REGISTRY_TOKEN: "${{ secrets.REGISTRY_TOKEN }}"}}
  deploy-production: {env: {REGISTRY_TOKEN: "${{ secrets.REGISTRY_TOKEN }}"}}
"""
    },
    "GitLab, environments": {
        ".gitlab-ci.yml": """
.deploy:
  script: [deploy --key "$TIMELY_API_KEY"]
staging: {extends: .deploy, environment: staging}
production: {extends: .deploy, environment: {name: production}}
"""
    },
    "GitLab, a variable for each": {
        ".gitlab-ci.yml": """
variables: {REGION: eu}
deploy_staging:
  variables: {TIMELY_API_KEY: $TIMELY_API_KEY_STAGING}
  script: [deploy "$TIMELY_API_KEY"]
deploy_production:
  variables: {TIMELY_API_KEY: $TIMELY_API_KEY_PROD}
  script: [!reference [.deploy, script]]
"""
    },
    "Azure, groups": {
        "azure-pipelines.yml": """
stages:
  - stage: Staging
    variables: [{group: shop-staging}]
    jobs: [{job: deploy, steps: [{script: deploy, env: {TIMELY_API_KEY: $(TIMELY_API_KEY)}}]}]
  - stage: Production
    variables: [{group: shop-production}]
    jobs:
      - deployment: deploy
        environment: production
        strategy: {runOnce: {deploy: {steps: [{script: deploy, env: {TIMELY_API_KEY: $(TIMELY_API_KEY)}}]}}}
"""
    },
    "Azure, variables of each stage": {
        "azure-pipelines.yml": """
stages:
  - stage: Staging
    variables: {TIMELY_API_KEY: $(TIMELY_API_KEY_STAGING)}
    jobs: [{job: deploy, steps: [{script: 'deploy $(TIMELY_API_KEY)'}]}]
  - ${{ if eq(variables['Build.SourceBranch'], 'refs/heads/main') }}:
    - stage: Production
      variables: [{name: TIMELY_API_KEY, value: $(TIMELY_API_KEY_PROD)}]
      jobs: [{job: deploy, steps: [{script: 'deploy $(TIMELY_API_KEY)'}]}]
"""
    },
    "Azure, variables that an expression chooses": {
        "azure-pipelines.yml": """
variables:
  ${{ if eq(parameters.target, 'production') }}: {TIMELY_API_KEY: $(TIMELY_API_KEY_PROD)}
stages:
  - {stage: Staging, jobs: [{job: deploy, steps: [{script: 'deploy $(TIMELY_API_KEY)'}]}]}
  - {stage: Production, jobs: [{job: deploy, steps: [{script: 'deploy $(TIMELY_API_KEY)'}]}]}
"""
    },
    "CircleCI, set in the script": {
        ".circleci/config.yml": """
jobs:
  staging: {steps: [{run: 'export TIMELY_API_KEY=$TIMELY_API_KEY_STAGING; deploy $TIMELY_API_KEY'}]}
  production: {steps: [{run: {command: 'TIMELY_API_KEY="${TIMELY_API_KEY_PROD}" deploy --key $TIMELY_API_KEY'}}]}
workflows: {release: {jobs: [staging, production]}}
"""
    },
    "GitLab, set in the script": {
        ".gitlab-ci.yml": """
staging: {script: ['export TIMELY_API_KEY=$TIMELY_API_KEY_STAGING', 'deploy $TIMELY_API_KEY']}
production: {script: ['export TIMELY_API_KEY=$TIMELY_API_KEY_PROD', 'deploy $TIMELY_API_KEY']}
"""
    },
    "CircleCI, contexts": {
        ".circleci/config.yml": """
jobs:
  deploy: {steps: [{run: 'deploy --key "$TIMELY_API_KEY"'}]}
workflows:
  release:
    jobs:
      - deploy: {name: deploy-staging, context: shop-staging}
      - deploy: {name: deploy-production, context: [shop-production, registry]}
"""
    },
    "CircleCI, names handed over": {
        ".circleci/config.yml": """
jobs:
  deploy: {steps: [{run: 'deploy --key "${<< parameters.key >>}"'}]}
workflows:
  release:
    jobs:
      - deploy: {name: deploy-staging, key: TIMELY_API_KEY_STAGING}
      - deploy: {name: deploy-production, key: TIMELY_API_KEY_PROD}
"""
    },
    "Jenkins, a credential for each": {
        "Jenkinsfile": """
pipeline { stages {
  stage('Staging') { environment { TIMELY_API_KEY = credentials('timely-api-key-staging') } steps { sh 'd' } }
  stage('Production') { steps {
    withCredentials([string(credentialsId: 'timely-api-key-production', variable: 'TIMELY_API_KEY')]) { sh 'd' } } }
} }
"""
    },
    "Jenkins, an id made of the stage": {
        "Jenkinsfile": """
// environment { TIMELY_API_KEY = credentials('timely-api-key') }
def up(String to) { withCredentials([string(credentialsId: "timely-${to}", variable: 'TIMELY_API_KEY')]) { sh 'd' } }
pipeline { stages { stage('Staging') { steps { up('staging') } } stage('Production') { steps { up('prod') } } } }
"""
    },
    "Compose, whatever the machine has": {
        "compose.staging.yaml": "services: {web: {environment: {TIMELY_API_KEY: '${TIMELY_API_KEY}'}, env_file: .env}}",
        "compose.prod.yaml": "services: {web: {environment: ['TIMELY_API_KEY=${TIMELY_API_KEY}'], env_file: .env}}",
    },
    "Kubernetes, namespaces": {
        f"k8s/{stage}.yaml": f"""
kind: Deployment
metadata: {{name: web, namespace: {stage}}}
spec: {{template: {{spec: {{containers: [{{env: [
  {{name: TIMELY_API_KEY, valueFrom: {{secretKeyRef: {{name: timely, key: api-key}}}}}}]}}]}}}}}}
"""
        for stage in ("staging", "production")
    },
    "Kubernetes, overlays": {
        f"overlays/{stage}/web.yaml": """
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{env: [
  {name: TIMELY_API_KEY, valueFrom: {secretKeyRef: {name: timely, key: api-key}}}]}]}}}
"""
        for stage in ("staging", "production")
    },
    "two systems with one name": {
        ".gitlab-ci.yml": "deploy_staging: {script: [deploy $TIMELY_API_KEY]}",
        ".circleci/config.yml": """
jobs: {deploy-production: {steps: [{run: 'deploy $TIMELY_API_KEY'}]}}
workflows: {release: {jobs: [deploy-production]}}
""",
    },
    "Compose, a service whose name sounds like a stage": {
        "compose.staging.yaml": "services: {live: {env_file: .env.staging}, dev: {env_file: [{path: .env.staging}]}}",
    },
    "no pipeline at all": {"README.md": "x", "config.yaml": "a: [1, 2]", "list.yaml": "- 1", "broken.yaml": "a: [1"},
}

WRONG = {
    "GitHub, one secret": (
        {
            GITHUB: """
jobs:
  deploy-staging:
    env:
      TIMELY_API_KEY: ${{ secrets.TIMELY_API_KEY }}
  deploy-production:
    env:
      TIMELY_API_KEY: ${{ secrets.TIMELY_API_KEY }}
"""
        },
        [
            f"{GITHUB}:5: job deploy-staging takes secrets.TIMELY_API_KEY",
            f"{GITHUB}:8: job deploy-production takes secrets.TIMELY_API_KEY",
        ],
    ),
    "GitHub, one secret for the whole workflow": (
        {
            GITHUB: """
env:
  KEY: ${{ secrets['TIMELY_API_KEY'] }}
jobs:
  staging: {steps: [{run: deploy}]}
  production: {steps: [{run: deploy}]}
"""
        },
        [
            f"{GITHUB}:3: job staging takes secrets.TIMELY_API_KEY",
            f"{GITHUB}:3: job production takes secrets.TIMELY_API_KEY",
        ],
    ),
    "GitHub, two workflows": (
        {
            f".github/workflows/{stage}.yml": "jobs: {deploy: {env: {K: '${{ secrets.TIMELY_WEBHOOK_SECRET }}'}}}"
            for stage in ("staging", "production")
        },
        [
            ".github/workflows/staging.yml:1: job deploy takes secrets.TIMELY_WEBHOOK_SECRET",
            ".github/workflows/production.yml:1: job deploy takes secrets.TIMELY_WEBHOOK_SECRET",
        ],
    ),
    "GitHub, a matrix without environments": (
        {
            GITHUB: """
jobs:
  deploy:
    strategy: {matrix: {target: [staging, production]}}
    env: {TIMELY_API_KEY: "${{ secrets.TIMELY_API_KEY }}"}
"""
        },
        [
            f"{GITHUB}:5: job deploy takes secrets.TIMELY_API_KEY",
            f"{GITHUB}:5: job deploy takes secrets.TIMELY_API_KEY",
        ],
    ),
    "GitHub, handed to a reusable workflow": (
        {
            GITHUB: """
jobs:
  first:
    uses: ./.github/workflows/up.yml
    with: {environment: staging}
    secrets: {timely_api_key: "${{ secrets.TIMELY_API_KEY }}"}
  second:
    uses: ./.github/workflows/up.yml
    with: {environment: production}
    secrets: {timely_api_key: "${{ secrets.TIMELY_API_KEY }}"}
"""
        },
        [
            f"{GITHUB}:6: job first takes secrets.TIMELY_API_KEY",
            f"{GITHUB}:10: job second takes secrets.TIMELY_API_KEY",
        ],
    ),
    "GitLab, no environments": (
        {
            ".gitlab-ci.yml": """
.deploy: {script: [deploy "$TIMELY_API_KEY"]}
deploy_staging: {extends: .deploy}
deploy_production: {extends: [.deploy]}
"""
        },
        [
            ".gitlab-ci.yml:2: job deploy_staging takes $TIMELY_API_KEY",
            ".gitlab-ci.yml:2: job deploy_production takes $TIMELY_API_KEY",
        ],
    ),
    "GitLab, a variable of the whole pipeline": (
        {
            ".gitlab-ci.yml": """
variables:
  TIMELY_API_KEY: $SHOP_KEY
deploy_staging: {script: [deploy]}
deploy_production: {script: [deploy]}
"""
        },
        [
            ".gitlab-ci.yml:3: job deploy_staging takes $SHOP_KEY",
            ".gitlab-ci.yml:3: job deploy_production takes $SHOP_KEY",
        ],
    ),
    "Azure, one group": (
        {
            "azure-pipelines.yml": """
variables: [{group: shop}]
stages:
  - stage: Staging
    jobs: [{job: deploy, steps: [{script: deploy, env: {TIMELY_API_KEY: $(TIMELY_API_KEY)}}]}]
  - stage: Production
    jobs: [{job: deploy, steps: [{script: deploy, env: {TIMELY_API_KEY: $(TIMELY_API_KEY)}}]}]
"""
        },
        [
            "azure-pipelines.yml:5: stage Staging/deploy takes $(TIMELY_API_KEY) of group shop",
            "azure-pipelines.yml:7: stage Production/deploy takes $(TIMELY_API_KEY) of group shop",
        ],
    ),
    "CircleCI, no contexts": (
        {
            ".circleci/config.yml": """
jobs:
  deploy-staging: {steps: [{run: 'deploy $TIMELY_API_KEY staging'}]}
  deploy-production: {steps: [{run: 'deploy $TIMELY_API_KEY production'}]}
workflows: {release: {jobs: [deploy-staging, {deploy-production: {requires: [deploy-staging]}}]}}
"""
        },
        [
            ".circleci/config.yml:3: job deploy-staging takes $TIMELY_API_KEY",
            ".circleci/config.yml:4: job deploy-production takes $TIMELY_API_KEY",
        ],
    ),
    "Jenkins, one credential": (
        {
            "Jenkinsfile": """
pipeline {
  environment { TIMELY_API_KEY = credentials('timely-api-key') }
  stages { stage('Staging') { steps { sh 'd' } } stage('Production') { steps { sh 'd' } } }
}
"""
        },
        [
            "Jenkinsfile:3: stage Staging takes credential timely-api-key",
            "Jenkinsfile:3: stage Production takes credential timely-api-key",
        ],
    ),
    "Compose, one literal key": (
        {
            "compose.staging.yaml": "services: {web: {environment: {TIMELY_API_KEY: Hs8dK2mPq4Rt7Wz1XcVb}}}",
            "compose.production.yaml": "services: {web: {environment: [TIMELY_API_KEY=Hs8dK2mPq4Rt7Wz1XcVb]}}",
        },
        [
            "compose.staging.yaml:1: service web takes the literal value 89f10f6d5063",
            "compose.production.yaml:1: service web takes the literal value 89f10f6d5063",
        ],
    ),
    "Kubernetes, one secret": (
        {
            "k8s/all.yaml": "\n---\n".join(
                f"""kind: Deployment
metadata: {{name: shop-{stage}}}
spec: {{template: {{spec: {{containers: [{{env: [
  {{name: TIMELY_API_KEY, valueFrom: {{secretKeyRef: {{name: timely, key: api-key}}}}}}]}}]}}}}}}"""
                for stage in ("staging", "production")
            )
        },
        [
            "k8s/all.yaml:4: Deployment shop-staging takes secret timely/api-key of the namespace of k8s/all.yaml",
            "k8s/all.yaml:9: Deployment shop-production takes secret timely/api-key of the namespace of k8s/all.yaml",
        ],
    ),
}

CROSSED = {
    "GitHub": (
        {GITHUB: "jobs: {deploy-production: {env: {TIMELY_API_KEY: '${{ secrets.TIMELY_API_KEY_STAGING }}'}}}"},
        f"{GITHUB}:1: job deploy-production takes secrets.TIMELY_API_KEY_STAGING",
    ),
    "GitLab": (
        {".gitlab-ci.yml": "staging: {environment: staging, variables: {TIMELY_API_KEY: $PROD_TIMELY_KEY}}"},
        ".gitlab-ci.yml:1: job staging takes $PROD_TIMELY_KEY of environment staging",
    ),
    "Compose": (
        {"compose.prod.yaml": "services: {web: {env_file: [.env.staging]}}"},
        "compose.prod.yaml:1: service web takes the file .env.staging",
    ),
    "Kubernetes": (
        {
            "prod.yaml": """
kind: Pod
metadata: {name: web, namespace: production}
spec: {containers: [{env: [{name: TIMELY_API_KEY, valueFrom: {secretKeyRef: {name: timely-sandbox, key: k}}}]}]}
"""
        },
        "prod.yaml:4: Pod web takes secret timely-sandbox/k of namespace production",
    ),
}


def _uses(folder: Path, files: dict[str, str]):  # type: ignore[no-untyped-def]
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        paths.append(path)
    return uses_in(paths, folder, IS_KEY)


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_keys_that_are_kept_apart(tmp_path: Path, files: dict[str, str]) -> None:
    uses = _uses(tmp_path, files)

    assert (shared(uses), crossed(uses)) == ([], [])


@pytest.mark.parametrize(("files", "told"), WRONG.values(), ids=WRONG)
def test_a_key_that_two_stages_share(tmp_path: Path, files: dict[str, str], told: list[str]) -> None:
    (pair,) = shared(_uses(tmp_path, files))

    assert [use.told() for use in pair] == told


@pytest.mark.parametrize(("files", "told"), CROSSED.values(), ids=CROSSED)
def test_a_stage_that_takes_what_is_another_ones(tmp_path: Path, files: dict[str, str], told: str) -> None:
    assert [use.told() for use in crossed(_uses(tmp_path, files))] == [told]


def test_a_right_pipeline_is_looked_at(tmp_path: Path) -> None:
    """That nothing is shared is said of something: the uses of each stage were seen."""
    blind = {"GitHub, one expression for both", "GitHub, a name made of the stage", "GitHub, another secret is shared"}
    blind |= {"Azure, variables that an expression chooses"}
    blind |= {"Jenkins, an id made of the stage", "Compose, whatever the machine has", "no pipeline at all"}

    assert {name for name, files in RIGHT.items() if not _uses(tmp_path / normal(name), files)} == blind


@pytest.mark.parametrize(
    ("names", "job", "stage"),
    [
        (["production"], False, "production"),
        (["deploy-prod"], True, "production"),
        (["deployProd"], True, "production"),
        (["pre-prod"], False, "test"),
        (["non-production"], False, "test"),
        (["nonprod"], False, "test"),
        (["staging_eu"], False, "test"),
        (["test"], False, "test"),
        (["test"], True, ""),
        (["reproduce", "product"], False, ""),
        (["delivery", "live"], False, "production"),
        (["AUGNO_LIVE_API_KEY"], False, "production"),
        (["live-chat"], False, ""),
        ([""], False, ""),
    ],
)
def test_which_stage_a_name_tells(names: list[str], job: bool, stage: str) -> None:
    assert stage_of(*names, job=job) == stage


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("services/dev-portal/k8s/production.yaml", "production"),
        ("production/k8s/staging/web.yaml", "test"),
        ("devops/compose.yaml", ""),
    ],
)
def test_which_stage_a_path_tells(path: str, stage: str) -> None:
    assert stage_of_path(path) == stage


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("TIMELY_API_KEY", True),
        ("timely-api-key", True),
        ("timelyApiKey", True),
        ("STAGING_TIMELY_API_KEY_2", True),
        ("SHOP_TIMELY_TOKEN", True),
        ("TIMELY_BASE_URL", False),
        ("REGISTRY_TOKEN", False),
    ],
)
def test_which_names_are_keys(name: str, told: bool) -> None:
    assert IS_KEY(name) is told


def test_a_file_of_any_kind_is_read() -> None:
    assert reader_of("deploy/Jenkinsfile.release") is not None
    assert reader_of(".gitlab/ci/deploy.yml") is not None
    assert reader_of("src/app.py") is None
    assert documents("a: &a [*a, 1]\n---\nb: 2")[1] == {"b": 2}
    assert documents("? [a]\n: 1\n") == []


ODD: tuple[Any, ...] = (None, [], {}, "$TIMELY_API_KEY", 3, True, ["a", None, {"b": 1}], {"env": None}, {1: 2}, [[1]])


def _odd(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.15:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {key: _odd(each, chance) for key, each in value.items()}
    return [_odd(each, chance) for each in value] if isinstance(value, list) else value


def test_files_of_another_shape_are_no_trouble() -> None:
    """What somebody wrote wrongly, or as a later version wants it, is passed over."""
    chance = random.Random(5)
    texts = [(name, text) for files, _ in WRONG.values() for name, text in files.items() if name != "Jenkinsfile"]
    for name, text in texts * 12:
        odd = yaml.safe_dump_all([_odd(each, chance) for each in yaml.safe_load_all(text)])
        reader = reader_of(name)
        assert reader is not None
        for use in reader(name, odd, IS_KEY):
            assert use.told().startswith(f"{name}:")
