"""Where events go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(slots=True)
class Endpoint:
    """One place a vendor delivers to. Its owner may change it at any time; the next attempt goes by what it is then.

    Attributes:
        id: the vendor's id of it.
        url: where its handler listens.
        secret: what sender and receiver share: a signing secret, a token, a password.
        scheme: name of one of the pack's signing schemes; None for the usual one.
        tenant: workspace, site or account that it belongs to.
        mode: live or test, as the vendor writes it.
        headers: further headers of every delivery.
        username: who sends, for schemes with a password.
        header_name: the header of the key, for schemes that let the owner choose it.
        retry: name of one of the pack's schedules; None for the courier's.
        waits_seconds: pauses after the first, second … failure; None for the schedule's.
        timeout_seconds: within what time it has to answer; None for what the pack says.
        active: whether it gets events; test events come all the same.
        version: API version of what it gets; '' for the one the pack describes.
        further_secrets: secrets that are valid beside the first during a rotation.
        events: names of the events it gets, `*` stands for any part; None for all.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    scheme: str | None = None
    tenant: str = ""
    mode: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    username: str = ""
    header_name: str = ""
    retry: str | None = None
    waits_seconds: tuple[float, ...] | None = None
    timeout_seconds: float | None = None
    active: bool = True
    version: str = ""
    further_secrets: tuple[str, ...] = field(default=(), repr=False)
    events: tuple[str, ...] | None = None

    def takes(self, event: str) -> bool:
        """Whether it gets events of this name."""
        return self.events is None or any(fnmatchcase(event, pattern) for pattern in self.events)
