"""What the team's pages say about one provider, one webhook or the data layer: in a section or row of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from pytest_golive.papers.text.passages import FRONT_MATTER, WORD, Passage, lines_of, passages
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_times import days_in

NAMES: Mapping[str, str] = {
    "ga4": r"\bga[\s_-]?4\b|google[\s_-]?analytics",
    "meta": r"\bmeta\b(?![\s_-]?data)|\bfacebook\b",
    "gads": r"\bg[\s_-]?ads\b|google[\s_-]?ads|\badwords\b",
    "data layer": r"data[\s_-]?layer|selwise_?layer|datenschicht|capa de datos|camada de dados",
    "webhook": r"web-?\s?hooks?",
}
"""What is integrated -> how its section may be called."""

ASPECTS: Mapping[str, str] = {
    "its symptoms": (
        r"symptom|\bsigns?\b|\balert|\bwhen\b|\bif\b|\bgaps?\b|missing|absent|\bdrop|\bfall|fail|\berror|stale"
        r"|no (?:new )?"
        r"(?:events?|entries|conversions?|deliver)|degraded|unhealthy|anzeichen|störung|fehl|wenn|síntoma"
        r"|sintoma|cuando"
        r"|\bsi\b|quando|\bse\b|falla|falha"
    ),
    "where its logs are": (
        r"/logs\b|list_(?:integration|webhook)_logs|https?://\S+|\blogs?\b[^.\n]{0,60}(?:dashboard|page|tab"
        r"|console|\bin\b|at\b"
        r"|under|limit)|\blog page\b|protokoll|registros?\b"
    ),
    "how it is stopped": (
        r"[\"'`]?\benabled\b[\"'`]?\s*[:=]\s*[\"'`]?false|test[\s_-]?mode|isactive|deactivat|disable"
        r"|switch(?:ed)? (?:it )?off"
        r"|turn(?:ed)? (?:it )?off|roll(?:ed|ing)?[ -]?back|way back|abschalten|ausschalten|deaktivier"
        r"|testmodus|zurückrollen"
        r"|desactiv|desativ|apag|deslig|modo de (?:prueba|teste)|revert|restore"
    ),
}
"""What a section has to say -> how it may be worded. The data layer has no logs of its own."""

BOTH_SWITCHES: Mapping[str, str] = {
    "how it is switched off": (
        r"[\"'`]?\benabled\b[\"'`]?\s*[:=]\s*[\"'`]?false|disable|switch(?:ed)? (?:it )?off"
        r"|turn(?:ed)? (?:it )?off|abschalten"
        r"|ausschalten|deaktivier|desactiv|desativ|apag|deslig"
    ),
    "how it is put into test mode": r"test[ _-]?mode|testmodus|modo de (?:prueba|teste)",
}
"""The two ways back that the vendor has for a provider."""

_REVIEWED = re.compile(
    r"review|looked through|last[\s_-]?(?:checked|updated|verified|reviewed|changed|edited)|verified|updated"
    r"|valid(?:ated)?\b"
    r"|geprüft|überprüft|durchgesehen|stand\b|zuletzt|revisad|revisão|revisión|actualizad|atualizad|\bas of\b"
    r"|checked",
    re.IGNORECASE,
)
FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Section:
    """All that is written about one thing.

    Attributes:
        about: what it is about.
        place: where it begins; empty where there is none.
        text: all of it.
        bodies: what stands below its titles.
    """

    about: str
    place: str = ""
    text: str = ""
    bodies: tuple[str, ...] = ()

    def lacks(self, aspects: Mapping[str, str]) -> list[str]:
        """Return which of these aspects nothing is said about."""
        return [name for name, wording in aspects.items() if not re.search(wording, self.text, re.IGNORECASE)]


def section_of(papers: Mapping[str, Sequence[Paper]], about: str, name: str = "") -> Section:
    """Return what is written about a provider, a webhook or the data layer under a title of its own.

    Args:
        papers: what golive.yaml calls them -> the papers; a name that tells the subject is as good as a title.
        about: one of :data:`NAMES`.
        name: of a webhook: a title or a text that names it.
    """
    found = [*_titled(papers, NAMES[about])]
    if name:
        own = [*_titled(papers, re.escape(name))]
        found = [*own, *(each for each in found if re.search(re.escape(name), each.body, re.IGNORECASE))]
    if not found:
        return Section(about)
    text = "\n".join(f"{each.title}\n{each.body}" for each in found)
    return Section(about, found[0].place, text, tuple(each.body for each in found))


def besides(papers: Sequence[Paper], sections: Iterable[Section]) -> Section:
    """Return what papers say outside of these sections: it is for all of them."""
    text = "\n".join(paper.text for paper in papers)
    for body in (body for section in sections for body in section.bodies):
        text = text.replace(body, "")
    return Section("all", "", text)


def names_at_all(papers: Mapping[str, Sequence[Paper]], about: str) -> str:
    """Return where something is named, in whatever words; empty where it is not."""
    pattern = re.compile(NAMES[about], re.IGNORECASE)
    for each in (paper for several in papers.values() for paper in several):
        for number, line in enumerate(each.text.split("\n"), start=1):
            if pattern.search(line):
                return f"{each.name}:{number}"
    return ""


def last_looked_through(papers: Sequence[Paper]) -> dict[str, date]:
    """Return of each paper the last day on which it says it was looked through; papers that say none are left out."""
    found: dict[str, date] = {}
    for paper in papers:
        front = FRONT_MATTER.match(paper.text)
        lines = [line for line in paper.text.split("\n") if _REVIEWED.search(line)]
        lines += [
            line
            for line in (front[0] if front else "").split("\n")
            if re.match(r"\s*(?:date|last)", line, re.IGNORECASE)
        ]
        days = [day for line in lines for day in days_in(line)]
        if days:
            found[paper.name] = max(days)
    return found


def _titled(papers: Mapping[str, Sequence[Paper]], subject: str) -> Iterator[Passage]:
    """Yield the passages whose title is about a subject and about no other; the longest first."""
    pattern = re.compile(subject, re.IGNORECASE)
    found: list[Passage] = []
    for key, several in papers.items():
        for paper in several:
            whole, *parts = passages(paper)
            name = re.sub(
                r"[-_./]+", " ", f"{key} {PurePosixPath(paper.name).stem}" if len(several) == 1 else whole.title
            )
            if pattern.search(name) and _others(name, subject) == 0:
                found.append(whole)
            found += [each for each in (*parts, *_columns(paper)) if pattern.search(each.title)]
    fitting = [each for each in found if len(WORD.findall(each.body)) >= FEWEST_WORDS]
    yield from sorted(fitting, key=lambda each: (_others(each.title, subject), -each.words))


def _columns(paper: Paper) -> Iterator[Passage]:
    """Yield the columns of tables: a table with a column for each thing has its rows told by the first cells."""
    table: list[list[str]] = []
    for number, line in enumerate([*lines_of(paper), ""], start=1):
        if line.strip().startswith("|"):
            table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            continue
        head, *rows = table or [[]]
        for position, title in enumerate(head[1:], start=1):
            body = "\n".join(f"{row[0]}: {row[position]}" for row in rows if len(row) > position)
            yield Passage(paper.name, number - len(table), title, body)
        table = []


def _others(title: str, subject: str) -> int:
    """Return how many other things a title is about: one about all of them is a section of none."""
    return sum(bool(re.search(other, title, re.IGNORECASE)) for other in NAMES.values() if other != subject)
