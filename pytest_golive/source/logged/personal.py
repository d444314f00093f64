"""Data about people in logs: e-mail addresses, telephone numbers, street addresses, names, and what golive planted.

A false alarm costs more than a miss here: what is an example, a machine's address or a company's desk is not
reported, and what is only likely is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal
from urllib.parse import unquote

Certainty = Literal["certain", "likely"]

_EMAIL = re.compile(
    r"(?P<before>(?:^|.)(?:://[^\s@/]*)?)(?<![\w.+*•-])(?P<local>[A-Za-z0-9][\w.+'-]{0,63})@(?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![\w@-])"
)
_NO_DOMAIN = re.compile(
    r"(?:^|\.)example(?:\.(?:com|org|net|edu|co|io|de|br|gov))?$|\.(?:test|example|invalid|localhost|local"
    r"|internal|lan|corp|home|svc|cluster"
    r"|intranet|localdomain|arpa|png|jpe?g|gif|svg|webp|ico|css|js|ts|tsx|mjs|map|json|html?|py|go|rb|java|php"
    r"|lock|md|txt|yaml|yml|service|slice"
    r"|gserviceaccount|amqp)$|(?:^|\.)(?:gserviceaccount\.com|iam\.gserviceaccount\.com|users\.noreply\.github\.com"
    r"|compute\.amazonaws\.com|ingest\.sentry\.io|github\.com|gitlab\.com|bitbucket\.org|amazonses\.com"
    r"|test\.com|email\.com|domain\.com"
    r"|domain\.tld|mailinator\.com|company\.com|yourcompany\.com|acme\.com|foo\.com|bar\.com|sentry\.io)$",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"(?:no|do[-_.]?not|nao|nicht)[-_.]?(?:reply|responda|antworten)\w*|mailer-?daemon|post-?master|web-?master"
    r"|host-?master|bounces?\b.*"
    r"|abuse|support|suporte|soporte|help(?:desk)?|hilfe|info|contact(?:o|us)?|contato|kontakt|mailer|hello|hi"
    r"|hola|ol[aá]|team|office|mail|email"
    r"|admin(?:istrator)?|root|sys(?:tem|admin|log)?|ops|sre|dev(?:s|ops|elopers?)?|platform"
    r"|infra(?:structure)?|(?:[\w-]+-)?on-?call"
    r"|alerts?|alarms?|monitor(?:ing)?|status|notif\w*|news(?:letter)?|marketing|sales|vendas|ventas|vertrieb"
    r"|billing|invoices?"
    r"|accounting|buchhaltung|finance|financeiro|payments?|orders?|pedidos|bestellung|shop|store|service"
    r"|servi[cç]e?o?|customer[-_.]?\w*"
    r"|security|privacy|legal|compliance|gdpr|dpo|datenschutz|hr|jobs|careers|press|presse|media|api|bot|git"
    r"|www-data|www|nginx|apache"
    r"|celery|rabbit(?:mq)?|postgres|mysql|redis|kafka|jenkins|gitlab|github|actions|runner|ci|cd|build"
    r"|deploy(?:er|ment)?|release"
    r"|cron|daemon|nobody|user|username|test(?:er|user)?\d*|qa|staging|demo|sample|dummy|foo|bar|golive\w*"
    r"|integration\w*|webhooks?"
    r"|[\w.+-]*(?:[-_.+](?:bot|svc|service|ci|system|noreply|alerts|sync|worker|job|api)|-sa)|(?:svc|bot|sa"
    r"|service|system|sys)[-_.][\w.+-]*"
    r"|[0-9a-f]{12,}|[\d.:-]{1,6}",
    re.IGNORECASE,
)
_OF_DESKS = """support help helpdesk team oncall alerts alert ops bot svc noreply sync service admin platform infra info
    billing sales care newsletter notifications ssl tls cert certs security postmaster integration integrations"""
_DESKS = frozenset(_OF_DESKS.split())
"""One of these among the words of an address makes it that of a desk or a machine."""

_NO_ADDRESS_AFTER = re.compile(
    r"://[^\s@/]*$|[*\u2022\u2026]$|(?:message-?id|mid|references|in-reply-to)\W{1,5}<?[^\s<>]*$", re.IGNORECASE
)
"""What stands before something that only looks like an address: a password in a URL, a mask, the id of a mail."""

_ACTORS = re.compile(
    r"(?:^|[._-])(?:actor|operator|author|committer|deployed_?by|triggered_?by|approved_?by|approver|owner"
    r"|assignee|principal|sub"
    r"|updated_?by|created_?by|changed_?by|employee|agent|attendant)(?:$|[._-])",
    re.IGNORECASE,
)

_CODES = (
    r"(?:1|7|2[07]|2[1-6]\d|29\d|3[0-46-9]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[789]\d|8[1246]"
    r"|8[0578]\d|9[0-58]|9[679]\d)"
)
_INTERNATIONAL = re.compile(rf"(?<![\w+.:/*=-])\+(?={_CODES})(?:\d[ .()/-]{{0,2}}){{9,14}}\d(?![\w:.-]*\d)")
_INTERNATIONAL_KEYED = re.compile(r"\+?\(?\d(?:[ .()/-]{0,2}\d){7,14}")
_FIGURES = re.compile(r"delta|diff|offset|amount|balance|bytes|total|change|value", re.IGNORECASE)
_JID = re.compile(r"(?<![\w.])(\d{9,15})@(?:s\.whatsapp\.net|c\.us|lid)\b")
_PHONE_NAMES = re.compile(
    r"(?:^|[._-])(?:phone(?:_?(?:number|no|e164))?|phones|mobile(?:_?(?:number|phone))?|cell(?:_?phone)?|tel"
    r"|telephone|telefon(?:nummer)?|telefone"
    r"|tel[eé]fono|handy|celular|msisdn|whats_?app(?:_?number)?|sms_?to|fax|(?:customer|contact|user|caller"
    r"|billing|shipping)_?phone(?:_?number)?)$",
    re.IGNORECASE,
)
_RECEIVERS = re.compile(r"(?:^|[._-])(?:to|from|recipient|sender|destination|caller|callee|number)$", re.IGNORECASE)
_OF_COMPANIES = re.compile(
    r"display_|business|support|company|\bour_|own_|shop|store|office|hotline|vendor", re.IGNORECASE
)
_FICTION = re.compile(
    r"1?555\d{7}|20[2-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4,6}|1?\d{3}555(?:01\d\d|0{4}|1{4}|1234)"
    r"|4420794609\d\d|447700900\d{3}|(\d)\1{6,}|\d*1234567\d*|\d*0{6,}\d*"
    r"|\d*9876543210\d*"
)

_AMERICAN = re.compile(r"1(?!555)[2-9]\d\d[2-9]\d{6}")

_STREET = re.compile(
    r"\b\d{1,5}[a-z]? (?:[A-ZÀ-Ý][\w.'-]+ ){1,3}(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Lane|Boulevard|Blvd\.?"
    r"|Terrace|Parkway|Highway)\b(?! [a-z])"
    r"|\b[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|gasse|allee|platz)\s\d{1,4}\s?[a-z]?\b"
    r"|\b(?:Rua|Avenida|Av\.|Travessa|Alameda|Calle|Carrera|Paseo|Via|Viale|Rue|Avenue"
    r"|Boulevard)\s(?:d[aeo]s?\s|del?\s|la\s|las\s|los\s)*[A-ZÀ-Ý][\wÀ-ÿ.'-]+"
    r"(?:\s[\wÀ-ÿ.'-]+){0,3},?\s(?:n[ºo.]*\s?)?\d{1,5}\b"
    r"|\b\d{1,4},?\s(?:rue|avenue|boulevard|place)\s(?:d[eu]s?\s|de la\s|la\s)?[A-ZÀ-Ý][\wÀ-ÿ.'-]+"
)
_STREET_NAMES = re.compile(
    r"(?:^|[._-])(?:street(?:_?(?:address|name|line))?\d?|address_?(?:line)?_?[123]|addr(?:ess)?_?line\d?"
    r"|(?:shipping|billing|postal|home|mailing|delivery)_?address"
    r"|stra(?:ß|ss)e|rua|endere[cç]o|logradouro|direcci[oó]n|calle|adresse)$",
    re.IGNORECASE,
)
_WITH_A_NUMBER = re.compile(r"[A-Za-zÀ-ÿ]{3}.*\d|\d.*[A-Za-zÀ-ÿ]{3}")
_OF_MACHINES = re.compile(r"://|^\d{1,3}(?:\.\d{1,3}){3}|:\d{2,5}$|^[\w-]+(?:\.[\w-]+)+(?::\d+)?$|^[0-9a-fx:]+$|@")
_NAME_NAMES = re.compile(
    r"(?:^|[._-])(?:first_?name|last_?name|full_?name|given_?name|family_?name|sur_?name|customer_?name"
    r"|contact_?name|recipient_?name|billing_?name"
    r"|vorname|nachname|primeiro_?nome|sobrenome|nome_?completo|apellidos?|nombre_?completo)$",
    re.IGNORECASE,
)
_CERTAIN_NAMES = re.compile(
    r"first|last|full|given|family|sur_?name|vorname|nachname|primeiro|sobrenome|completo|apellido", re.IGNORECASE
)
_PERSON = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ'\u2019-]+(?: (?:[a-z]{1,3} )?[A-ZÀ-Þ][\w'\u2019.-]*){0,4}")
_MADE_UP = re.compile(
    r"test|example|golive|dummy|sample|unknown|anonym|redact|mask|hidden|removed|deleted|filtered|string|null"
    r"|none|\bdoe\b|\bfoo\b|\bbar\b",
    re.IGNORECASE,
)
_KEYED = re.compile(
    r"""(?P<name>[A-Za-zÀ-ÿ_][\wÀ-ÿ.-]{0,60})\\{0,3}["']?\s?(?:=>?|:)\s?(?:\[\s?)?(?:u?\\{0,3}["'](?P<quoted>[^"'\\]{1,200})|(?P<bare>[^\s,;"'\\&}\])]{1,120}))"""
)
_NAME_BEFORE = re.compile(r"([A-Za-z_][\w.-]{0,60})\\{0,3}[\"']?\s?(?:=>?|:)\s?\[?\\{0,3}[\"'<]?$")
_CANARY = re.compile(r"golive[0-9a-f]{16}(name|email|phone|content)")
_CANARIES = {
    "name": "a name",
    "email": "an e-mail address",
    "phone": "a telephone number",
    "content": "what somebody wrote",
}
_ESCAPED = re.compile(r"\\u00([0-9a-fA-F]{2})")
_STREETS = """street st. avenue ave road lane boulevard blvd terrace parkway highway stra str. gasse allee platz rua av.
    travessa alameda calle carrera paseo via rue place"""
_OF_STREETS = tuple(_STREETS.split())
"""One of these stands in every line with a street."""


@dataclass(frozen=True, slots=True)
class Person:
    """Data about a person in a log.

    Attributes:
        line: where, from 1.
        what: what it is: an e-mail address, a telephone number …
        shown: how it is shown: never whole.
        value: what was found, to tell two from each other; is never told.
        certainty: whether it is certain, or only likely.
    """

    line: int
    what: str
    shown: str
    value: str
    certainty: Certainty = "certain"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand in a log, since it is nobody's data.

    Attributes:
        patterns: addresses, numbers or names with * and ?, capitals or not.
        domains: domains whose addresses belong to companies: the vendor's.
    """

    patterns: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def covers(self, value: str) -> bool:
        """Whether a value may stand there."""
        lower = value.casefold()
        patterns = [pattern.casefold() for pattern in self.patterns]
        patterns += [re.sub(r"[+ ()/.-]", "", pattern) for pattern in patterns if "@" not in pattern]
        return any(fnmatchcase(lower, pattern) for pattern in patterns) or any(
            lower.endswith((f"@{domain}", f".{domain}")) for domain in self.domains
        )


def people_in(lines: Iterable[str], allowed: Allowed) -> Iterator[Person]:
    """Yield data about people in the lines of a log, the same value of a line once."""
    for number, raw in enumerate(lines, start=1):
        line = _plain(raw)
        seen: set[str] = set()
        for person in _in_line(line, number):
            known = person.what if person.what == "a street address" else person.value
            if known not in seen and not allowed.covers(person.value):
                seen.add(known)
                yield person


def _plain(raw: str) -> str:
    """Return a line with what was escaped for JSON or addresses as it is."""
    line = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw) if "\\u00" in raw else raw
    return unquote(line) if "%40" in line or "%2B" in line or "%2b" in line else line


def _in_line(line: str, number: int) -> Iterator[Person]:
    if "golive" in line:
        for match in _CANARY.finditer(line):
            yield Person(number, f"{_CANARIES[match[1]]} that golive sent", match.group()[:6] + "…", match.group())
    if "@" in line:
        yield from _emails(line, number)
    if "+" in line:
        yield from _phones(line, number)
    lower = line.lower()
    if any(word in lower for word in _OF_STREETS):
        yield from _streets(line, number)
    for match in _KEYED.finditer(line):
        kind = _kind(match["name"])
        if kind:
            value = match["quoted"] if match["quoted"] is not None else match["bare"]
            if kind == "phone" and match["bare"] and (whole := _INTERNATIONAL_KEYED.match(line, match.start("bare"))):
                value = whole.group()
            yield from _by_name(kind, match["name"], value.strip(), number)


def _emails(line: str, number: int) -> Iterator[Person]:
    for match in _JID.finditer(line):
        yield Person(number, "a telephone number", _masked(match[1]), _digits(match[1]))
    for match in _EMAIL.finditer(line):
        local, domain = match["local"], match["domain"]
        if _is_no_persons(line, match.start("local"), local, domain):
            continue
        name = _name_before(line, match.start("local"))
        certainty: Certainty = "likely" if _ACTORS.search(name) else "certain"
        yield Person(number, "an e-mail address", f"{local[:1]}…@{domain}", f"{local}@{domain}".casefold(), certainty)


def _is_no_persons(line: str, begin: int, local: str, domain: str) -> bool:
    if _NO_ADDRESS_AFTER.search(line[max(0, begin - 80) : begin]):
        return True
    if domain.casefold() in {"s.whatsapp.net", "c.us"}:
        return True
    desk = any(each in _DESKS for each in re.split(r"[-_.+]", local.casefold()))
    return bool(desk or _NO_DOMAIN.search(domain) or _NO_PERSON.fullmatch(local) or "golive" in local.casefold())


def _phones(line: str, number: int) -> Iterator[Person]:
    for match in _INTERNATIONAL.finditer(line):
        digits = _digits(match.group())
        name = _name_before(line, match.start())
        if not _is_a_number(match.group(), digits) or _FIGURES.search(name):
            continue
        yield Person(number, "a telephone number", _masked(match.group()), digits)


def _is_a_number(text: str, digits: str) -> bool:
    """Whether somebody could be called there: no number of films, and in North America one of its plan."""
    if _FICTION.fullmatch(digits):
        return False
    american = text.lstrip().startswith(("+1", "001"))
    return not american or _AMERICAN.fullmatch(digits.removeprefix("00")) is not None


def _streets(line: str, number: int) -> Iterator[Person]:
    for match in _STREET.finditer(line):
        name = _name_before(line, match.start())
        certainty: Certainty = "certain" if _STREET_NAMES.search(name) else "likely"
        yield Person(number, "a street address", f"{match.group()[:3]}…", match.group(), certainty)


@cache
def _kind(name: str) -> str:
    """Return what a value is because of the name it stands under; empty where that tells nothing."""
    kinds = {"phone": _PHONE_NAMES, "receiver": _RECEIVERS, "street": _STREET_NAMES, "name": _NAME_NAMES}
    return next((kind for kind, pattern in kinds.items() if pattern.search(name)), "")


def _by_name(kind: str, name: str, text: str, number: int) -> Iterator[Person]:
    """Yield what is data about a person because of the name it stands under."""
    if _MADE_UP.search(text) or _OF_COMPANIES.search(name):
        return
    if kind in {"phone", "receiver"}:
        digits = _digits(text)
        is_number = _INTERNATIONAL_KEYED.fullmatch(text) and _is_a_number(text, digits)
        # A receiver without a sign of a telephone may be an id.
        if is_number and (kind == "phone" or text.startswith(("+", "(", "00"))):
            yield Person(number, "a telephone number", _masked(text), digits)
    elif kind == "street" and _WITH_A_NUMBER.search(text) and not _OF_MACHINES.search(text):
        yield Person(number, "a street address", f"{text[:3]}…", text)
    elif kind == "name" and _PERSON.fullmatch(text):
        certainty: Certainty = "certain" if _CERTAIN_NAMES.search(name) else "likely"
        if certainty == "likely" and " " not in text:
            return  # it may be a company's
        yield Person(number, "a name", f"{text[:1]}…", text, certainty)


def _name_before(line: str, begin: int) -> str:
    """Return the name that a value stands under; empty where it stands under none."""
    match = _NAME_BEFORE.search(line[max(0, begin - 90) : begin])
    return match[1] if match else ""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _masked(text: str) -> str:
    digits = _digits(text)
    return f"{'+' if text.startswith('+') else ''}{digits[:2]}… ({len(digits)} digits)"
