"""`environments` of golive.yaml: vendors, their keys and settings, the deployment, rotations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from pytest_golive.credentials.source import Source
from pytest_golive.manifest.model.form import (
    DayOrMoment,
    EnvironmentName,
    FromVariable,
    Frozen,
    Moment,
    Seconds,
    Text,
    WebAddress,
)


class Deployment(Frozen):
    """What is known of the running deployment."""

    fingerprints: WebAddress | None = Field(
        default=None, description="address that answers the fingerprints of the keys in use, see `golive fingerprint`"
    )
    deployed: DayOrMoment | FromVariable | None = Field(
        default=None, description="when the release was deployed, UTC; what has to follow is pending until then"
    )
    commit: Text | FromVariable | None = Field(default=None, description="the commit that is deployed")
    provenance: Text | None = Field(
        default=None, description="file that says what the deployed build was made of: in-toto, SLSA, Sigstore"
    )
    workers: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="how many processes answer there, each with a key of its own in memory"
    )
    probes: Annotated[int, Field(gt=0, le=2000)] | None = Field(
        default=None, description="how often `fingerprints` is asked after a rotation; default: enough for `workers`"
    )


class Budget(Frozen):
    """How much golive itself asks of a vendor, all threads and workers of a run together."""

    requests: Annotated[int, Field(gt=0)] = Field(description="calls in any span of `per_seconds`")
    per_seconds: Seconds = Field(default=60, description="length of the span")
    in_flight: Annotated[int, Field(gt=0)] = Field(default=4, description="calls under way at once")


class Rotation(Frozen):
    """The steps of the last rotation: their order is judged, and the traffic since the switch."""

    created: Moment | FromVariable | None = Field(
        default=None, description="when the new key was made, with Z or an offset"
    )
    stored: Moment | FromVariable | None = Field(
        default=None, description="when the secret store of this environment took the new key"
    )
    switched: Moment | FromVariable | None = Field(
        default=None, description="when the deployment began to use the new key, with Z or an offset"
    )
    smoked: Moment | FromVariable | None = Field(
        default=None, description="when the smoke passed with the new key, where golive did not run it"
    )
    watched: Moment | FromVariable | None = Field(
        default=None, description="when somebody saw the traffic normal, where golive did not look"
    )
    revoked: Moment | FromVariable | None = Field(
        default=None, description="when the vendor stops taking the old key; until then it may work"
    )
    job: Text | FromVariable | None = Field(
        default=None, description="id of an async request of before the switch, if not that of `golive rotate begin`"
    )


class VendorTarget(Frozen):
    """A vendor as one environment uses it; in golive.yaml the credentials stand beside the other keys."""

    base_url: Text | FromVariable = Field(description="where the vendor's API is called")
    credentials: dict[str, Source] = Field(default_factory=dict, description="where each secret comes from")
    ids: dict[str, Text | FromVariable] = Field(
        default_factory=dict, description="ids of configuration: a tenant, a site, a workspace"
    )
    features: dict[str, bool] = Field(default_factory=dict, description="parts of the API: true is used, false is not")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="values that rules need and only the team knows, or {env: NAME}"
    )
    profile: Text | None = Field(default=None, description="the brand under which the same API is called")
    uses: tuple[Text, ...] = Field(
        default=(),
        description="operations the service calls, default: those of `clients`; its key needs no other rights",
    )
    forbidden: tuple[Text, ...] = Field(default=(), description="operations the service's key must not be allowed")
    budget: Budget | None = Field(default=None, description="how much golive itself may ask here; default: the pack's")
    rotation: Rotation | None = Field(default=None, description="when the key was replaced last")

    @model_validator(mode="before")
    @classmethod
    def _gather_credentials(cls, data: object) -> object:
        """Collect the keys that are not the model's own: which there may be is up to the vendor's pack."""
        if not isinstance(data, dict) or "credentials" in data:
            return data
        own = {key: value for key, value in data.items() if key in cls.model_fields}
        return {**own, "credentials": {key: value for key, value in data.items() if key not in own}}


class Environment(Frozen):
    """A named place to test, with its own addresses and credentials."""

    production: bool = Field(
        default=False, description="true: real customers; checks only read, unless `allow` names more"
    )
    releases_to: EnvironmentName | None = Field(
        default=None,
        description="environment a release goes to next; its settings are checked too, reading only",
    )
    allow: tuple[Text, ...] = Field(
        default=(), description="what a run may do in production beyond reading, by the names of the packs"
    )
    deployment: Deployment | None = Field(default=None, description="what the running deployment tells")
    vendors: dict[str, VendorTarget] = Field(default_factory=dict, description="the vendors used here")
