"""What a client needs to know to reach an embedded vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Connection:
    """One environment of one embedded vendor. Keys are made up at each start.

    Attributes:
        base_path: what follows the origin in the base URL.
        api_key: opens it.
        previous_api_key: opened it before the last rotation; revoked.
        ids: the configured ids.
        foreign_ids: ids of what exists and belongs to the same owner, but is not what is configured.
        further: what else a client needs, by the name it has in `golive sandbox`.
    """

    base_path: str
    api_key: str = field(repr=False)
    previous_api_key: str = field(repr=False)
    ids: Mapping[str, str]
    foreign_ids: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
