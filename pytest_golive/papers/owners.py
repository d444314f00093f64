"""Who is named to look after what, and whom to call next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pytest_golive.papers.text.placeholders import left_open
from pytest_golive.papers.text.reading import Paper

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "runtime_config": ("config", "configuration", "runtime_configuration", "settings", "runtime"),
    "api_key": ("api_keys", "key", "keys", "credentials", "secrets", "secret", "key_lifecycle", "key_rotation"),
    "content": ("documents", "content_sync", "content_rollout", "knowledge", "knowledge_base", "document_rollout"),
    "monitoring": ("alerts", "dashboards", "alerting", "observability", "monitoring_and_alerts"),
    "incident": ("incidents", "incident_response", "on_call", "oncall", "support"),
    "release": ("releases", "release_approval", "approval", "go_live"),
    "rollback": ("roll_back", "way_back", "revert"),
    "reliability": ("sre", "operations", "integrations", "platform"),
    "analytics": ("analytics_operations", "data", "bi"),
    "marketing": ("technical_marketing", "growth", "martech", "marketers"),
    "owner": ("integration", "integrations", "site", "service", "primary", "lead"),
    "deputy": ("backup", "stand_in", "substitute", "secondary", "second", "alternate", "delegate", "co_owner"),
}
"""What is owned, as the rules call it -> how else teams call it."""

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|\+?\d[\d ()/-]{6,}\d|(?<!\w)[#@][\w-]{2,}|https?://\S+"
    r"|\b(?:pagerduty|opsgenie|slack|teams|phone|telefon|teléfono|telefone|mail|on[ -]?call|hotline|whatsapp|signal"
    r"|rufbereitschaft|bereitschaft|guardia|plantão|plantao|squadcast|victorops|incident\.io)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d+\s*-?\s*(?:s|sec|seconds?|min|mins|minutes?|minuten?|minutos?|m|h|hrs?|hours?|stunden?|horas?|days?"
    r"|tage?n?|d[ií]as?)\b"
    r"|\b(?:immediately|at once|sofort|unverzüglich|de inmediato|imediatamente|24/7|next (?:business|working) day)\b",
    re.IGNORECASE,
)
_ON_CALL = re.compile(
    r"on[ -]?call|pager|opsgenie|squadcast|victorops|incident\.io|rota\b|24/7|rufbereitschaft|bereitschaft"
    r"|guardia|plantão"
    r"|plantao|hotline|duty",
    re.IGNORECASE,
)


def owner_of(owners: Mapping[str, str], what: str, vendor: str = "") -> tuple[str, str] | None:
    """Return the key of `operations.owners` and the owner it names; None where nobody is named.

    Args:
        owners: what is owned -> the team or person.
        what: as the rules call it.
        vendor: a team that has several vendors may put its name before or behind.
    """
    plain = {_plain(name): name for name in owners}
    for name in (what, *OTHER_NAMES.get(what, ())):
        for written in (f"{vendor}_{name}", f"{name}_{vendor}", name):
            if written in plain:
                return plain[written], owners[plain[written]]
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s.\-/]+", "_", name.strip().casefold())


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom to call, one after another.

    Attributes:
        contacts: ways to reach somebody, each once.
        levels: lines that name one.
        timed: of them, those that say in which time, or the lines beside them.
        unwritten: a line that only keeps its place; empty where there is none.
        on_call: whether somebody is on call.
    """

    contacts: tuple[str, ...]
    levels: int
    timed: int
    unwritten: str
    on_call: bool


@cache
def _contacts(line: str) -> tuple[str, ...]:
    return tuple(match[0].casefold() for match in _CONTACT.finditer(line))


def path_of(papers: Iterable[Paper]) -> Escalation:
    """Read an escalation path: a file, or some words."""
    written = [line for paper in papers for line in paper.text.split("\n")]
    lines = [part for line in written for part in re.split(r"\s(?:->|→|=>|then)\s|;", line)]
    reached = [line for line in lines if _contacts(line)]
    return Escalation(
        contacts=tuple(dict.fromkeys(contact for line in reached for contact in _contacts(line))),
        levels=len(reached),
        timed=sum(bool(_TIME.search(line)) for line in lines),
        unwritten=left_open("\n".join(lines)),
        on_call=any(_ON_CALL.search(line) for line in lines),
    )
