"""What is written about taking a release back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pytest_golive.papers.text.passages import sentences
from pytest_golive.papers.text.reading import Paper

_COMMAND = re.compile(
    r"`[^`\n]{3,}`|^\s*(?:\$|>)\s+\w|```|~~~|^----\s*$|^\.\. code|^::\s*$|^\[source"
    r"|\b(?:kubectl|helm|terraform|docker|git revert|git checkout|argocd|heroku|ansible|make|npm|fly|gcloud|aws"
    r"|az|flyctl|cap)"
    r"\s+[\w-]+|/rollback\b|\b(?:PUT|PATCH|POST)\s+/",
    re.IGNORECASE | re.MULTILINE,
)
_SWITCH = re.compile(
    r"\b(?:switch|toggle|feature[ -]?flag|flag|kill[ -]?switch|env(?:ironment)? variable|set\s+\w+\s*="
    r"|[A-Z][A-Z0-9]+_[A-Z0-9_]+"
    r"|re-?deploy|roll(?:ed)?[ -]?back (?:job|workflow|pipeline|button)|previous (?:image|version|release|tag"
    r"|build|deploy)"
    r"|disable|turn (?:it )?off|run (?:the )?(?:job|workflow|pipeline)|revert|enabled|testmode"
    r"|schalter|abschalten|ausschalten|deaktivier\w*|vorherige version|vorige version|zurückrollen|interruptor"
    r"|desactiv\w*|apagar"
    r"|versión anterior|desativ\w*|desligar|versão anterior|reverter|revertir)\b",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"\b(?:owner|owned|owns|responsib\w+|accountab\w+|who\b|team|squad|on[ -]?call|lead|manager|engineer"
    r"|decides?|role|contact"
    r"|verantwortlich\w*|zuständig\w*|wer\b|besitzer|equipo|respons[aá]ve\w*|responsable\w*|quem|quién|equipe"
    r"|time de|dono|dueño)\b"
    r"|[\w.+-]+@[\w-]+\.\w+|(?<![\w`])@[\w-]{2,}",
    re.IGNORECASE,
)
_REHEARSED = re.compile(
    r"rehears|drill|tested|tried|exercis|dry[ -]?run|practi[sc]e|geprobt|probe|geübt|getestet|ensay|simulacro"
    r"|ensai|simula|testad",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")

PARTS = {
    "triggers": (
        r"trigger|\bwhen\b|\bif\b|\bonce\b|threshold|condition|criteri|above|more than|exceed|wenn|sobald|falls"
        r"|auslöser|schwell"
        r"|cuando|\bsi\b|umbral|quando|\bse\b|limiar|gatilho|disparador|%"
    ),
    "steps": r"steps?\b|^\s*(?:\d+[.)]|[-*])\s|schritt|pasos?\b|passos?\b|then\b|`|run\b|deploy|revert|switch|disable",
    "data": (
        r"\bdata\b|database|records?\b|migration|orders?\b|backup|restore|queue|events?\b|daten|datos|dados"
        r"|cleanup|clean up|state"
    ),
}
"""What a plan for the way back speaks of, beside its owner."""

REHEARSAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class WayBack:
    """What was found of it.

    Attributes:
        command: whether a command or a switch is named.
        owner: whether somebody is named who does it, or decides it.
        missing: which of :data:`PARTS` nothing is said about.
        rehearsed: the last day it was rehearsed, as far as that is told.
    """

    command: bool
    owner: bool
    missing: tuple[str, ...]
    rehearsed: date | None = None

    def is_stale(self, today: date) -> bool:
        """Whether the last rehearsal is longer ago than it may be."""
        return self.rehearsed is not None and self.rehearsed < today - timedelta(days=REHEARSAL_DAYS)


def way_back(papers: Iterable[Paper]) -> WayBack:
    """Read what is written about the way back."""
    text = "\n".join(paper.text for paper in papers)
    told = [day for line in sentences(text) if _REHEARSED.search(line) for day in _days(line)]
    return WayBack(
        command=bool(_COMMAND.search(text) or _SWITCH.search(text)),
        owner=bool(_OWNER.search(text)),
        missing=tuple(
            name for name, wording in PARTS.items() if not re.search(wording, text, re.IGNORECASE | re.MULTILINE)
        ),
        rehearsed=max(told, default=None),
    )


def _days(line: str) -> list[date]:
    found = []
    for match in _DAY.finditer(line):
        try:
            found.append(date(*map(int, match.groups())))
        except ValueError:
            continue
    return found


BODIES = {
    "the body that switches a provider off": (
        r"[\"'`]?enabled[\"'`]?\s*[:=]\s*[\"'`]?false|disable|switch(?:ed)? off|turn(?:ed)? off|abschalten"
    ),
    "the body that puts it into test mode": r"test[ _-]?mode|testmodus|modo de (?:prueba|teste)",
}
"""The two ways back that the vendor has for a provider."""

CIRCUMSTANCES = {
    "when to use which": (
        r"\bwhen\b|\bif\b|use (?:this|it|which|when)|wenn|falls|cuando|quando|in case|prefer|criteri|severity"
    ),
    "who may": _OWNER.pattern + r"|\bmay\b|allowed|approv|darf|permission|authori[sz]",
    "how to verify": r"verif|check|confirm|health|prüf|kontroll|comprob|verific|test event|look at|logs?\b|\bsee\b",
    "how to undo": (
        r"undo|back on|re-?enable|restor|enabled[\"'`]?\s*[:=]\s*[\"'`]?true|switch(?:ed)? on|turn(?:ed)? on|revert"
        r"|rückgängig|wieder|deshac|desfaz|reactiv|reativ|put back|live again"
    ),
}
"""What has to be known to take one of them."""


def lacking(papers: Iterable[Paper], wordings: dict[str, str]) -> tuple[str, ...]:
    """Return what nothing is said about."""
    text = "\n".join(paper.text for paper in papers)
    return tuple(name for name, wording in wordings.items() if not re.search(wording, text, re.IGNORECASE))
