"""Whether the steps of a procedure are written down, and in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_golive.papers.text.passages import Passage, lines_of, passages, sentences, steps_in
from pytest_golive.papers.text.reading import Paper

_KEY = (
    r"(?:keys?|secrets?|tokens?|credentials?|schlüssel\w*|zugangsdaten|claves?|credencia(?:l|les|is)|chaves?"
    r"|segredos?)"
)
_OLD = (
    r"(?:old|previous|former|retired|replaced|prior|existing|outdated|alte[nrs]?|vorherige[nrs]?|bisherige[nrs]?"
    r"|antigu?[oa]s?|anterior(?:es)?|velh[oa]s?|viej[oa]s?)"
)
_NEW = r"(?:new|second|replacement|fresh|additional|neue[nrs]?|zweite[nrs]?|nuev[oa]s?|nov[oa]s?|segund[oa]s?)"

ROTATION: Mapping[str, str] = {
    "create the new key": (
        rf"(?:creat|generat|issu|mint|request|add|erstell|erzeug|anleg|generier|beantrag|cre[ae]|crie|crear"
        rf"|criar|gener|emit)"
        rf"\w*\b.{{0,60}}\b{_KEY}\b|\b{_NEW}\b.{{0,30}}\b{_KEY}\b|\b{_KEY}\b.{{0,60}}\b(?:creat|erstell|erzeug"
        rf"|anlegen|angelegt)"
        rf"|\b(?:creat|generat|issu|mint|request|erstell|erzeug|cre[ae]|crie|ger[ae]|emit)\w*\b.{{0,12}}\b{_NEW}\b"
    ),
    "update the configuration": (
        r"(?:updat|chang|replac|set|put|stor|sav|writ|switch|swap|enter|past|cop|import|point|rotate|add|load|upload"
        r"|eintrag|hinterleg|setz|ersetz|änder|aktualisier|speicher|tausch|umstell|actualiz|atualiz|cambi|guard"
        r"|troc|alter|grav"
        r"|reemplaz|substitu|coloc|configur)\w*\b.{0,90}"
        r"(?:config|secret|variable|env\b|\benv|vault|parameter|setting|manager|store|services?\b|konfig|tresor"
        r"|einstellung"
        r"|dienst|entorno|ambiente|variável|variáveis|servic|serviç|cofre|bóveda|ssm|kubernetes|1password|doppler"
        r"|github|gitlab|pipeline|helm|\.env|\w_key\b)"
    ),
    "deploy or reload": (
        r"deploy|re-?start|re-?load|roll(?:ing|ed)?[ -]?out|rollout|release|ausroll|neu ?(?:ge)?start|ausliefer"
        r"|despleg|despliegue"
        r"|reinici|implant|publique|recarreg|recarg|recycl|bounce|\bpods?\b|kubectl|\binstances?\b"
    ),
    "run the smoke": (
        r"smoke|\bping|\bverif|\btest|\bprob|check\b.{0,40}\b(?:works?|answers?|succe)|(?:works?|funktionier"
        r"|antwort)\b.{0,40}"
        r"\b(?:key|schlüssel)|prüf|valid|funciona|comprueb|rauchtest|prueb|humo|fumaça|golive|pytest|\bconfirm|\bcurl\b|\bcall"
        r"|aufruf|llam|chama"
    ),
    "watch traffic and errors": (
        r"\b(?:watch|monitor|observ|look at|dashboard|traffic|error rate|errors|metric|graph|log(?:s|ging)?\b"
        r"|alert|normal"
        r"|beobacht|überwach|fehlerrate|fehlerquote|verkehr|erros|errores|tráfico|tráfego|monitore|vigil"
        r"|acompanh|401|\bwait|warte|esper)"
    ),
    "revoke the old key": (
        rf"(?:revok|revoc|revog|widerruf|invalidat|invalidier)\w*"
        rf"|(?:delet|remov|disabl|kill|deactivat|expir|retir|destroy|lösch|deaktivier|sperr|entfern|elimin|desactiv"
        rf"|desativ|borr|apag|exclu"
        rf"|inutiliz)\w*\b.{{0,60}}\b(?:{_OLD}|{_KEY})\b|\b{_OLD}\b.{{0,40}}(?:{_KEY}).{{0,40}}"
        rf"(?:delet|remov|disabl|lösch|deaktivier|gesperrt|sperren|entfern)"
    ),
}
"""The steps of a rotation, in their order -> how they may be worded."""

SWITCH = ("create the new key", "update the configuration", "revoke the old key")
"""The steps of a rotation without which there is none."""

ROLLOUT: Mapping[str, str] = {
    "only approved content": (
        r"approv|sign(?:ed)?[ -]?off|freigabe|freigegeben|freigeben|genehmig|aprob|aprov|released by|reviewed"
    ),
    "begin with a small batch": (
        r"(?:small|first|pilot|initial|tiny|klein|erste|pequeñ|pequen|primeir|primer)\w*\b.{0,40}(?:batch|set"
        r"|group|lot|charge"
        r"|stapel|paket|teil|lote|grupo|wave|documents|dokumente|welle)|(?:batch|lote|charge)\w*\b.{0,40}"
        r"(?:small|\d+ doc|klein|at most|pequeñ|pequen|höchstens)|canary|pilot|at most \d+ documents"
    ),
    "record source ids in the sync log": (
        r"sync[ -]?log|source[ -]?ids?|quell(?:en)?-?ids?|protokoll|(?:record|log|note"
        r"|write)\w*\b.{0,50}\b(?:ids?|source)"
        r"|ids? (?:de|da) (?:origen|origem|fonte)|registr|synclog|sync_log"
    ),
    "ask the smoke questions": (
        r"smoke|(?:test|sample|check|control|topic|expected|prüf|kontroll|test)-?\s?\w*\s?(?:question|frage)"
        r"|(?:ask|stell)\w*\b.{0,40}"
        r"(?:question|frage)|pregunta|pergunta|questions?\b"
    ),
    "watch feedback and low confidence": (
        r"feedback|rating|confidence|thumbs|bewertung|rückmeldung|konfidenz|sicherheit|valoraci|confianza"
        r"|avaliaç|confiança"
    ),
    "grow the batch once quality is right": (
        r"(?:increas|grow|expand|enlarg|bigger|larger|next|double|scale|ramp|widen|more|rest|remain|größer"
        r"|nächst|erhöh|steiger"
        r"|restlich|aument|ampli|siguiente|próxim|mayor|maior|cresc|extend)\w*\b.{0,80}(?:batch|set|group|lot"
        r"|charge|stapel|paket"
        r"|wave|documents?|dokumente|welle|size|rollout)|(?:batch|lote|charge|stapel|batches)\w*\b.{0,60}"
        r"(?:increas|grow|expand|bigger|larger|größer|erhöh|aument|double|mayor|maior)"
    ),
}
"""The steps of publishing content, in their order."""

STOPS: Mapping[str, str] = {
    "when bad feedback rises": (
        r"(?:bad|negative|poor|worse|schlecht|negativ|mal[ao]s?|ruim|ruins)\w*\b.{0,40}(?:feedback|rating"
        r"|bewertung|rückmeldung"
        r"|valoraci|avaliaç|votes?|answers?)|(?:feedback|ratings?|bewertung\w*|valoraci\w*|avaliaç\w*)\b.{0,60}"
        r"(?:ris|spik|jump|drop|worse|fall|increas|bad|negativ|steig|schlecht|sub[ei]|empeor|pior|aument|surge)"
        r"|thumbs[ -]down"
    ),
    "when answers leave the approved content": (
        r"(?:answer|response|repl|antwort|respuesta|resposta)\w*\b.{0,90}(?:approved|outside|leav|unexpected"
        r"|wrong|not (?:in|from|cover)"
        r"|freigegeb|außerhalb|falsch|aprobad|aprovad|fuera|fora|incorrect|off[ -]topic|invent|hallucinat"
        r"|expected|drift)"
        r"|hallucinat|halluzin|alucin|unapproved|expected words?"
    ),
    "when 5xx or timeouts rise": (
        r"5xx|50[0-9]\b|time[ -]?outs?|server[ -]?error|serverfehler|zeitüberschreitung|tiempo de espera"
        r"|tempo limite|error rate"
        r"|errores|erros"
    ),
}
"""When publishing stops."""

_CONDITION = re.compile(r"^\W*(?:when|if|once|as soon as|wenn|falls|sobald|cuando|si|quando|se)\b", re.IGNORECASE)

_WARNING = re.compile(
    r"\b(?:not|never|don.?t|only|until|before|once|nicht|nie|erst|bevor|nunca|no|hasta|antes|não|só|até)\b",
    re.IGNORECASE,
)
"""A sentence that says when a step must not be taken is not the step."""

FEWEST_WORDS = 8
"""What is shorter only points to a procedure."""

ENOUGH = 0.5
"""A paper in which fewer of the steps are recognised is written in words that nothing can be concluded from."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was recognised of a procedure.

    Attributes:
        papers: names of the papers it is written in.
        missing: steps that were recognised nowhere.
        misplaced: steps that are there, and only before one that has to come first.
        before: the step that the first misplaced one has to follow.
        total: how many steps it should have.
        written: how many items it has, or sentences where it has no items.
        ends_too_early: whether the last step comes before one that it has to follow, whatever else was recognised.
    """

    papers: tuple[str, ...]
    missing: tuple[str, ...]
    misplaced: tuple[str, ...]
    before: str
    total: int
    written: int
    ends_too_early: bool

    @property
    def is_understood(self) -> bool:
        """Whether enough was recognised to tell that the rest is not there.

        Where as many steps are written as there have to be, the one that is missed may only be worded otherwise.
        """
        if not self.missing:
            return True
        return len(self.missing) <= self.total * ENOUGH and self.written < self.total


def about(papers: Mapping[str, Sequence[Paper]], subject: str) -> list[Passage]:
    """Return the longest passages that are about a subject, whole papers first.

    Args:
        papers: what golive.yaml calls them -> the papers; a name that tells the subject is as good as a title.
        subject: a pattern.
    """
    pattern = re.compile(subject, re.IGNORECASE)
    whole = [
        Passage(paper.name, 1, key, "\n".join(lines_of(paper)))
        for key, each in papers.items()
        for paper in each
        if pattern.search(re.sub(r"[_-]", " ", key)) and len(each) == 1
    ]
    if whole:
        return whole
    # A row of a table of contents is not the procedure.
    return [each for each in titled(papers, subject) if each.words >= FEWEST_WORDS]


def titled(papers: Mapping[str, Sequence[Paper]], subject: str) -> list[Passage]:
    """Return the passages whose title is about a subject, the longest first."""
    pattern = re.compile(subject, re.IGNORECASE)
    found = [each for several in papers.values() for paper in several for each in passages(paper)]
    return sorted((each for each in found if pattern.search(each.title)), key=lambda each: -each.words)


def read_steps(passage: Iterable[Passage], steps: Mapping[str, str], names: Sequence[str] = ()) -> Reading:
    """Return how far the steps are there in their order, by the passage that has the most of them.

    Args:
        passage: where they may stand.
        steps: name -> how it may be worded, in their order.
        names: only these; default: all.
    """
    wanted = {name: steps[name] for name in names or steps}
    readings = [_read(each, wanted) for each in passage]
    return min(readings, key=lambda each: (len(each.missing) + len(each.misplaced), len(each.missing)))


def _read(passage: Passage, steps: Mapping[str, str]) -> Reading:
    lines = sentences(passage.body)
    held = {
        name: [number for number, line in enumerate(lines) if re.search(wording, line, re.IGNORECASE)]
        for name, wording in steps.items()
    }
    position, last, before = 0, "", ""
    misplaced: list[str] = []
    missing: list[str] = []
    for name, numbers in held.items():
        following = [number for number in numbers if number >= position]
        if following:
            position, last = following[0], name
        elif any(not _WARNING.search(lines[number]) for number in numbers):
            before = before or last
            misplaced.append(name)
        else:
            missing.append(name)
    return Reading(
        papers=(passage.paper,),
        missing=tuple(missing),
        misplaced=tuple(misplaced),
        before=before,
        total=len(steps),
        written=steps_in(lines),
        ends_too_early=list(steps)[-1] in misplaced,
    )


def conditions_in(found: Iterable[Passage]) -> int:
    """Return how many sentences or items say when something happens."""
    return max((len([line for line in sentences(each.body) if _CONDITION.search(line)]) for each in found), default=0)
