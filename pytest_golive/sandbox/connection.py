"""What a client needs to know to reach an embedded vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Connection:
    """One environment of one embedded vendor. Keys are made up at each start.

    Attributes:
        base_path: what follows the origin in the base URL.
        api_key: opens it.
        previous_api_key: opened it before the last rotation; revoked.
        ids: the configured ids.
        foreign_ids: ids of what exists and belongs to the same owner, but is not what is configured.
        keys: further credentials, by the names of the pack: a service's own key, a webhook secret.
        features: parts of the API that the example service uses though most do not, or the other way round.
        settings: settings of golive.yaml that a rehearsal needs to be told.
        uses: operations that the example service calls.
        forbidden: operations that its key must not be allowed.
        profile: the brand under which the API is called; None for the pack's own.
        further: what else a client needs, by the name it has in `golive sandbox`.
    """

    base_path: str
    api_key: str = field(repr=False)
    previous_api_key: str = field(repr=False)
    ids: Mapping[str, str]
    foreign_ids: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    features: Mapping[str, bool] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    profile: str | None = None
    further: Mapping[str, str] = field(default_factory=dict, repr=False)
