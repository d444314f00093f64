"""What a runbook says about an answer of the vendor that is no success."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pytest_golive.papers.text.passages import Passage, passages
from pytest_golive.papers.text.placeholders import is_unwritten
from pytest_golive.papers.text.reading import Paper

FEW_WORDS = 4
"""A shorter passage is hardly a look and a step to take."""

INCIDENTS = {
    "401": (
        r"(?<!\d)401(?!\d)|un-?authori[sz]ed|unauthenticated|nicht (?:autorisiert|authentifiziert)|no autorizad[oa]"
        r"|não autorizad[oa]|nao autorizad[oa]|(?:invalid|wrong|rejected|expired|revoked|bad)(?: api)? (?:key"
        r"|credential)"
        r"|auth(?:entication)?[ -](?:error|fail)|ungültige[rn]? (?:api-?)?(?:key|schlüssel)|(?:clave|chave) inválida"
    ),
    "403": (
        r"(?<!\d)403(?!\d)|forbidden|(?:permission|access) (?:is )?denied|not allowed|verboten|zugriff verweigert"
        r"|keine berechtigung|prohibido|acceso denegado|proibido|acesso negado|sem permissão|missing (?:scope"
        r"|permission)"
    ),
    "404": (
        r"(?<!\d)404(?!\d)|not[ -]found|nicht gefunden|no encontrad[oa]|não encontrad[oa]|nao encontrad[oa]"
        r"|(?:missing|unknown) (?:id|resource|document|tenant|site)"
    ),
    "429": (
        r"(?<!\d)429(?!\d)|rate[ -]?limit|too many requests|throttl|quota|zu viele anfragen|anfragelimit|drossel"
        r"|límite de (?:peticiones|solicitudes|tasa|velocidad)|demasiadas (?:peticiones|solicitudes)"
        r"|limite de (?:requisições|taxa|chamadas)|muitas requisições"
    ),
    "5xx or timeouts": (
        r"(?<!\d)5(?:xx|\d\d)(?!\d)|server[ -]?(?:side )?(?:error|failure)|time[ -]?outs?\b|timed out|outage"
        r"|unavailab|unreachable|vendor (?:is )?down|serverfehler|zeitüberschreitung|ausfall|nicht erreichbar"
        r"|errores? del? servidor|tiempo de espera|caída|erros? (?:de|do|no) servidor|tempo (?:limite|esgotado)"
        r"|indisponib|fora do ar"
    ),
}
"""What a runbook has to speak of -> how it may be called."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the runbooks say about one kind of incident.

    Attributes:
        incident: as :data:`INCIDENTS` calls it.
        written: passages that are about it, the longest first.
        mentioned: where it is only mentioned; empty where it is mentioned nowhere.
    """

    incident: str
    written: tuple[Passage, ...]
    mentioned: str = ""

    @property
    def empty(self) -> str:
        """Where there is a heading and nothing below; empty where something is written."""
        return self.written[0].place if self.written and is_unwritten(self.written[0].body) else ""

    @property
    def thin(self) -> bool:
        """Whether little is written about it."""
        return bool(self.written) and not self.empty and self.written[0].words < FEW_WORDS


def spoken(papers: Iterable[Paper]) -> tuple[Spoken, ...]:
    """Return what is written about each kind of incident."""
    found = [passage for paper in papers for passage in passages(paper)]
    return tuple(_about(incident, found) for incident in INCIDENTS)


def _about(incident: str, found: list[Passage]) -> Spoken:
    pattern = _pattern(incident)
    # The title of a whole paper, "runbook for 401, 403 and 404", says nothing where its parts say more.
    written = sorted((each for each in found if pattern.search(each.title)), key=lambda each: -each.words)
    if written:
        return Spoken(incident, tuple(written))
    mentioned = next((where for each in found if (where := _line_with(pattern, each))), "")
    return Spoken(incident, (), mentioned)


def _line_with(pattern: re.Pattern[str], passage: Passage) -> str:
    for number, line in enumerate(passage.body.split("\n")):
        if pattern.search(line):
            return f"{passage.paper}:{passage.line + number}"
    return ""


@cache
def _pattern(incident: str) -> re.Pattern[str]:
    return re.compile(INCIDENTS[incident], re.IGNORECASE)
