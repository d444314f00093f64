"""The embedded vendors as two environments of an example project: a sandbox, and the production it releases to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pytest_golive.credentials.secret import Secret
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.papers.named import Papers
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.example_content import EXAMPLE_CONTENT, Published, sync_log
from pytest_golive.sandbox.selwise.example_changes import event_counts, known_good, recorded_changes
from pytest_golive.sandbox.world import FINGERPRINTS, INBOX, Sandbox
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

EXAMPLE = Path(__file__).parent / "example"
"""The example project: what checks of files look at in a rehearsal."""

QUESTIONS = EXAMPLE / "questions.yaml"
"""What the assistants of the example project are asked."""

_TODAY = datetime.now(UTC).date()
_WITHIN_90_DAYS = {"created": f"{_TODAY - timedelta(days=20)}", "replace_by": f"{_TODAY + timedelta(days=60)}"}

PAPERS = Papers(
    EXAMPLE,
    owners={
        "runtime_config": "Shop Platform",
        "api_key": "Shop Platform",
        "content": "Customer Care",
        "monitoring": "Shop Platform",
        "incident": "Shop Platform",
        "release": "Shop QA",
        "reliability": "Shop Platform",
        "analytics": "Shop Insights",
        "marketing": "Shop Growth",
        "owner": "Shop Platform",
        "deputy": "Ana Example",
    },
    escalation="papers/escalation.md",
    runbooks={
        "incidents": "papers/incidents.md",
        "key_rotation": "papers/key-rotation.md",
        "content_rollout": "papers/content-rollout.md",
        "integrations": "papers/integrations.md",
    },
    rollback="papers/rollback.md",
    change_log="papers/changes.md",
    sync_log=sync_log(datetime.now(UTC)),
    incidents="papers/incident-log.md",
    services=(),
    change_records=recorded_changes(_TODAY),
    known_good=known_good(_TODAY),
    event_counts=event_counts(_TODAY),
    limits="papers/limits.md",
    drill="papers/drill.md",
    rotations={"timely": dict.fromkeys(("api_key", "webhook_secret"), _WITHIN_90_DAYS)},
    webhook_endpoints="papers/webhook-endpoints.md",
    requirements="papers/requirements.md",
    stakeholders="papers/stakeholders.md",
    first_sync="papers/first-sync.csv",
    training="papers/training.md",
    attestations="attestations.yaml",
    deployments={name: {"commit": "0123abc"} for name in ("sandbox", "sandbox-production")},
)
"""Who looks after the example project, and where that is written down."""

CHOSEN = "sandbox"
RELEASED = "sandbox-production"

QUICK: dict[str, Any] = {"poll_interval_seconds": 1.0, "timeout_exception": "", "key_age_exception": ""}
"""Settings of the example that differ from the pack's: embedded vendors answer at once, and nothing needs an excuse."""


@runtime_checkable
class RegistersInbox(Protocol):
    """An embedded vendor whose checks look at a webhook that the example project has registered."""

    def register_inbox(self, url: str) -> None:
        """Register where the example project takes webhooks, with a past of deliveries that it took."""


@runtime_checkable
class HoldsContent(Protocol):
    """An embedded vendor whose answers rest on documents that the example project has published."""

    def publish(self, documents: Sequence[Published]) -> None:
        """Hold these documents, in each environment."""


def rehearse(sandbox: Sandbox) -> dict[str, Environment]:
    """Return the environments of the example project, the chosen one first."""
    for app in sandbox.apps.values():
        if isinstance(app, RegistersInbox):
            app.register_inbox(sandbox.server.url + INBOX)
        if isinstance(app, HoldsContent):
            app.publish(EXAMPLE_CONTENT)
    return {
        CHOSEN: Environment(
            name=CHOSEN,
            releases_to=RELEASED,
            fingerprints_url=f"{sandbox.server.url}{FINGERPRINTS}",
            workers=1,
            targets={vendor: _target(sandbox, vendor, "sandbox") for vendor in sandbox.apps},
        ),
        RELEASED: Environment(
            name=RELEASED,
            production=True,
            fingerprints_url=f"{sandbox.server.url}{FINGERPRINTS}?environment=production",
            workers=1,
            targets={vendor: _target(sandbox, vendor, "production") for vendor in sandbox.apps},
        ),
    }


def _target(sandbox: Sandbox, vendor: str, environment: str) -> Target:
    connection = sandbox.connection(vendor, environment)
    pack = read_pack(vendor, connection.profile)
    keys = {"api_key": connection.api_key, "previous_api_key": connection.previous_api_key, **connection.keys}
    keys = {name: key for name, key in keys.items() if name in pack.credentials}
    foreign = {f"other_{name}": value for name, value in connection.foreign_ids.items()}
    return Target(
        vendor=vendor,
        base_url=sandbox.base_url(vendor, environment),
        base_url_source="the sandbox",
        credentials={name: Secret(value, name=f"{vendor}.{name}") for name, value in keys.items()},
        credential_sources=dict.fromkeys(keys, "the sandbox"),
        ids={**connection.ids, **{name: value for name, value in foreign.items() if name in pack.ids}},
        features=connection.features,
        settings=_settings(pack, connection),
        profile=connection.profile,
        uses=connection.uses,
        forbidden=connection.forbidden,
    )


def _settings(pack: Pack, connection: Connection) -> dict[str, Any]:
    """Return the pack's examples, with what the embedded vendor says of itself."""
    examples = {name: setting.example for name, setting in pack.settings.items()}
    quick = {name: value for name, value in QUICK.items() if name in examples}
    return examples | quick | dict(connection.settings)
