"""What a line or a field of a change's record is about: which step, before or after the change, and how it went."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["list", "health", "snapshot", "config", "test", "logs", "rollback", "watch", "end"]
"""The steps that a record tells: `watch` is one look at the logs afterwards, `end` that somebody ended watching."""

Phase = Literal["before", "after", ""]
"""Whether a step says of itself that it is about the state before or after the change."""

_END = (
    r"(?:monitor|watch|observ|hypercare|überwach|beobacht|vigil|acompanh|seguimiento)\w*\b.*"
    r"\b(?:end(?:ed|s)?|until|till|through|closed?|done|finish\w*|complete[d]?|over|signed|sign ?off|bis|ende|beendet"
    r"|abgeschlossen|hasta|fin|finaliz\w*|terminad\w*|até|fim|encerr\w*)\b"
    r"|\b(?:end|ende|fin|fim|close|sign ?off) (?:of |der |des |del? |do |da )?(?:the )?"
    r"(?:monitor|watch|observ|hypercare|überwach|beobacht|vigil|acompanh|seguimiento)"
    r"|\blogs? (?:watched|monitored|observed) (?:until|till|through|to)\b|\bsign(?:ed)? ?off\b"
    r"|\blogs? (?:bis|hasta|até)\b"
)
_WORDINGS: tuple[tuple[Kind, str], ...] = (
    (
        "rollback",
        (
            r"\broll(?:ed|ing|s)? ?back|\bback(?:ed)? ?out\b|\brevert"
            r"|\bundo(?:ne)?\b|rückgängig|zurück(?:ge)?(?:roll|nahme|gesetzt|setzen|genommen)|\brücknahme"
            r"|\breversi[óo]n|\breversão|\brevertid|\bdeshac|\bdesfe|\bdesfaz"
        ),
    ),
    ("end", _END),
    ("snapshot", r"^\W*(?:pre|post)[- ]?(?:change|deploy\w*|update|flight|rollout)\b"),
    ("config", r"^\W*(?:put|patch|updated?|appl(?:y|ied))\b(?!.*\btest\b)"),
    (
        "test",
        (
            r"\btests?\b(?! ?mode| ?modus)|\btested\b|\bretest|\btesteado|\btestado|\bprueba|\bprobado"
            r"|\bteste\b|\bgetestet\b|\bprobe(?:lauf)?\b|/test\b"
        ),
    ),
    (
        "snapshot",
        (r"\bsnap ?shots?\b|\bbaseline|\bbackup|\bschnappschuss"),
    ),
    (
        "health",
        (r"\bhealth|\bgesundheit|\bsalud\b|\bsaúde|\bsanté"),
    ),
    (
        "snapshot",
        (
            r"\bread(?:ing)?(?: it)?[ _-]back\b|\bzurückgelesen|\bstate\b|\bzustand|\bausgangs|\bestado\b|\bpre ?state"
            r"|\bconfig\w* (?:before|after|vorher|nachher)\b|\b(?:before|after) config\w*$"
        ),
    ),
    (
        "list",
        (
            r"\blist(?:ed|ing|s|a|ado|ada|adas|ados|e|en|et)?\b|\baufgelistet|\binventory"
            r"|\bintegra(?:tions?|tionen|ciones|ções)\b(?!/)"
        ),
    ),
    (
        "watch",
        (
            r"\b(?:monitor|watch|poll|observ|überwach|beobacht|vigil|acompanh|hypercare)\w*|\bseguimiento\b"
            r"|\blogs? (?:re)?checked (?:again|daily)"
        ),
    ),
    (
        "logs",
        (r"\blogs?\b|\bprotokoll|\bregistros?\b|\bdelivery log|\bjournal\b|/logs\b"),
    ),
    (
        "config",
        (
            r"\bconfig|\bkonfig|\bchang(?:e|ed|es)\b|\bupdat(?:e|ed)\b|\bput\b|\bappl(?:y|ied)\b|\bänder"
            r"|\bgeändert|\bcambi|\bmudan|\balter(?:aç|ad)|\baplica|\bactualiz|\batualiz|\bdeploy|\bsaved\b"
            r"|\bset\b|\brotat(?:ed|ion)\b|\breplaced\b|\bmapping\b|\bfilters?\b|\bumgestellt|\bedit(?:ed)?\b"
            r"|\bswitched\b|\bexecut(?:ed|ion)\b|\benabl(?:e|ed)\b|\bdisabl(?:e|ed)\b|\btest ?mode\b"
        ),
    ),
)
_KINDS = tuple((kind, re.compile(wording, re.IGNORECASE)) for kind, wording in _WORDINGS)
_BEFORE = re.compile(
    r"\b(?:before|prior|pre|baseline|previous|initial|vor|vorher|davor|ausgangs\w*|antes|previ[oa]s?|anterior(?:es)?"
    r"|inicial|avant|old)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|post|afterwards?|following|final|resulting|nach|nachher|danach|después|despues|posterior|depois|após"
    r"|apos|final|new)\b",
    re.IGNORECASE,
)

_NO_FAULT = re.compile(
    r"\b(?:no|0|zero|without|none|keine?|ohne|sin|ning[uú]n|sem|nenhum(?:a)?)(?:\s*/\s*\d+)?\s+(?:\w+\s+)?"
    r"(?:errors?|fail\w*|fehler\w*|errore?s|erros?|falhas?|fallos?|issues?|problem\w*)"
    r"|\b(?:errors?|fail\w*|fehler\w*|erros?|falhas?|fallos?)(?:[\s_-]?(?:rate|ratio|count|quote|s))?\s*[:=]?\s*0(?:[.,]0+)?"
    r"\s*%?(?![\d.,])",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^)]*\)")
_FAILED = re.compile(
    r"\bnot (?:ok|passed|successful|healthy|green)\b|\b(?:did|does) ?n[o']t pass\b|\bnicht (?:ok|bestanden"
    r"|erfolgreich)\b"
    r"|\bno (?:pasó|passou)\b|\bfail\w*|\berrors?\b|\bfalse\b|\bred\b|\bunhealthy\b|\bbroken\b|✗|✘|❌"
    r"|\bfehlgeschlagen\b"
    r"|\bgescheitert\b|\bfehler\w*|\bfall[oóa]\w*|\bfalh\w+|\berro\b|\bunsuccessful\b|\brejected\b"
    r"|\babgelehnt\b|\bnok\b"
    r"|\bnein\b|^\s*[45]\d\d\s*$|\b(?:http|status|code|returned|answer(?:ed)?|gave|->|→)[\s:=]*[45]\d\d\b",
    re.IGNORECASE,
)
_PASSED = re.compile(
    r"\bpass(?:ed|es)?\b|\bok(?:ay)?\b|\bsuccess\w*|\btrue\b|\bgreen\b|\bhealthy\b|\bdone\b|\bfine\b|✓|✔|✅|☑"
    r"|\bbestanden\b|\berfolgreich\b|\bgrün\b|\bgut\b|\bin ordnung\b|\béxito\w*|\bexito\w*|\bsuperad[oa]\b"
    r"|\bcorrect[oa]?\b"
    r"|\bsucesso\b|\bpassou\b|\baprovad[oa]\b|\baprobad[oa]\b|\bbem-sucedid[oa]\b|\bpasó\b|\byes\b|\bja\b"
    r"|\bsí\b|\bsim\b"
    r"|\bgood\b|\bclean\b|\bworks?\b|\bworked\b|\bverified\b|\bconfirmed\b|\bréussi\w*"
    r"|\bcomplete[d]?\b|\bperformed\b|^\s*2\d\d\s*$|\b(?:http|status|code|returned|answer(?:ed)?|gave)[\s:=]*2\d\d\b",
    re.IGNORECASE,
)
NOT_DONE = re.compile(
    r"^\W*(?:no(?:ne|t)?\b(?!t)|n/?a\b|nein\b|keine?r?\b|nicht\b|ningun|nenhum|não\b|false\b|-+$|—$|0$|null$|unused\b"
    r"|open\b|pending\b)|\bnot (?:needed|necessary|required|used|performed|done|executed|run|made|taken)\b"
    r"|\bnicht (?:nötig|notwendig|erforderlich|ausgeführt|gebraucht)\b|\bno (?:fue )?(?:necesari[oa]|hizo falta)\b"
    r"|\bnão (?:foi )?(?:necessári[oa]|precis\w+)\b|\bskipped\b|\bübersprungen\b|\bomitid[oa]\b|\bpulad[oa]\b",
    re.IGNORECASE,
)
"""What says that a step was not made."""

PLANNED = re.compile(
    r"\b(?:plan\w*|if|in case|when|would|should|how to|option|available|ready|prepared|falls|wenn|bei|möglich"
    r"|si|en caso"
    r"|se|caso|cuando|quando|geplant|vorbereitet|procedure|command)\b",
    re.IGNORECASE,
)
"""What says that a way back is only prepared."""


@lru_cache(maxsize=20_000)
def kind_of(words: str) -> tuple[Kind, Phase] | None:
    """Return which step words are about, and whether it is the one before or after the change; None: about none."""
    plain = re.sub(r"[_\-./`*\"']+", " ", words) if "/" not in words else words
    phase = phase_of(plain)
    for kind, wording in _KINDS:
        if wording.search(plain):
            # What comes before or after a test is no part of it.
            return kind, phase if kind in {"list", "health", "snapshot"} else ""
    bare = plain.strip(" :#*").casefold()
    return ("snapshot", phase) if phase and len(bare.split()) == 1 else None


def speaks_of(kind: Kind, words: str) -> bool:
    """Whether words speak of a kind of step at all, whatever else they speak of."""
    return any(wording.search(words) for known, wording in _KINDS if known == kind)


def phase_of(words: str) -> Phase:
    """Return whether words speak of the time before or after the change, by whichever they name first."""
    before, after = _BEFORE.search(words), _AFTER.search(words)
    if before and (not after or before.start() < after.start()):
        return "before"
    return "after" if after else ""


def outcome_of(value: Any) -> Literal["passed", "failed", ""]:
    """Return how a step went; empty where that is not told in words that are known. The last word counts."""
    if isinstance(value, bool):
        return "passed" if value else "failed"
    if value is None:
        return ""
    whole = _NO_FAULT.sub(" fine ", str(value))
    # What stands in brackets tells how it came to that.
    return _outcome_in(_ASIDE.sub(" ", whole)) or _outcome_in(whole)


def _outcome_in(text: str) -> Literal["passed", "failed", ""]:
    failed = max((found.end() for found in _FAILED.finditer(text)), default=-1)
    # In `not passed` the second word alone is no success.
    rest = _FAILED.sub(lambda found: " " * len(found[0]), text)
    passed = max((found.end() for found in _PASSED.finditer(rest)), default=-1)
    if failed == passed:
        return ""
    return "failed" if failed > passed else "passed"
