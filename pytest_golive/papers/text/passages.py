"""Takes a paper apart: headings with what stands below them, rows, items and lines that lead with what they are about.

Markdown, AsciiDoc and reStructuredText are read alike: by the few signs that make a heading, an item or a row in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from pytest_golive.papers.text.reading import Paper

_MARKED = re.compile(r"\s{0,3}(#{1,6}|={1,6}|\*{1,6})\s+(\S.*?)(?:\s+[#=]+)?\s*")
_BOLD = re.compile(r"\s{0,3}(?:\*\*|__)([^*_]+)(?:\*\*|__)\s*:?\s*")
_RULE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*")
ITEM = re.compile(r"(\s*)(?:[-*+•]|\d+[.)]|[a-z][.)]|\.{1,3}|#\.)\s+(?:\[[ xX]\]\s+)?(\S.*)")
LEAD = re.compile(
    r"\s*(?:\*\*|__|`)?(.{1,90}?)(?:\*\*|__|`)?\s*(?:::?|\s[-\u2013\u2014]+|\u2014|\u2192|=>|->)\s+(\S.*)"
)
"""An item of a list, and a line that begins with what it is about."""

_COMMENT = re.compile(r"<!--.*?-->|^////$.*?^////$", re.DOTALL | re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TAG = re.compile(
    r"</?(?:h[1-6]|p|li|ul|ol|td|tr|th|table|tbody|thead|br|b|strong|em|div|span|details|summary)\b[^>]*>"
)
WORD = re.compile(r"[^\W_]{2,}")

ASCIIDOC = {".adoc", ".asciidoc", ".asc"}
"""Where a row of signs below a line begins a block of code."""

FEWEST_ITEMS = 3
"""Fewer items are no procedure."""

BOLD_LEVEL = 7
"""A line in bold stands below every heading."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Something written under a heading, or led by what it is about.

    Attributes:
        paper: name of the paper.
        line: where it begins, from 1.
        title: the heading, or the words before the colon.
        body: what is written about it.
    """

    paper: str
    line: int
    title: str
    body: str

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.paper}:{self.line}"

    @property
    def words(self) -> int:
        """How many words the body has."""
        return len(WORD.findall(self.body))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Attributes:
        line: where it stands, from 0.
        level: 1 for the highest.
        title: its words.
        below: the first line of what stands below it.
    """

    line: int
    level: int
    title: str
    below: int


@cache
def lines_of(paper: Paper) -> tuple[str, ...]:
    """Return the lines of a paper; what its readers do not see is empty."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    text = _COMMENT.sub(blank, FRONT_MATTER.sub(blank, paper.text))
    return tuple(_TAG.sub(" ", line) for line in text.split("\n"))


@cache
def passages(paper: Paper) -> tuple[Passage, ...]:
    """Return all passages of a paper, the paper itself first: its file name tells what it is about too."""
    lines = lines_of(paper)
    name = re.sub(r"[-_./]+", " ", str(PurePosixPath(paper.name).with_suffix("")))
    return (
        Passage(paper.name, 1, name, "\n".join(lines)),
        *_sections(paper, lines),
        *_rows(paper, lines),
        *_led(paper, lines),
    )


def _sections(paper: Paper, lines: tuple[str, ...]) -> Iterator[Passage]:
    headings = headings_of(paper)
    for position, each in enumerate(headings):
        end = next((other.line for other in headings[position + 1 :] if other.level <= each.level), len(lines))
        below = lines[each.below : end]
        yield Passage(paper.name, each.line + 1, each.title, "\n".join(below).strip())


def _headings(lines: tuple[str, ...], suffix: str) -> Iterator[Heading]:
    signs: list[str] = []
    fence = ""
    for number, line in enumerate(lines):
        mark = line.strip()[:3]
        if fence or mark in {"```", "~~~"}:
            # Inside of code a sign at the beginning of a line is a comment.
            fence = "" if fence and mark == fence else fence or mark
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if marked := _MARKED.fullmatch(line):
            # Elsewhere stars are items of a list.
            if marked[1][0] != "*" or suffix == ".org":
                yield Heading(number, len(marked[1]), marked[2], number + 1)
        elif bold := _BOLD.fullmatch(line):
            yield Heading(number, BOLD_LEVEL, bold[1].strip(), number + 1)
        elif suffix not in ASCIIDOC and _is_underlined(line, following):
            sign = following.strip()[0]
            if sign not in signs:
                signs.append(sign)
            yield Heading(number, signs.index(sign) + 1, line.strip(), number + 2)


@cache
def headings_of(paper: Paper) -> tuple[Heading, ...]:
    """Return the headings of a paper, in their order."""
    return tuple(_headings(lines_of(paper), PurePosixPath(paper.name).suffix.lower()))


def _is_underlined(line: str, following: str) -> bool:
    title = line.strip()
    if not title or line[:1].isspace() or _RULE.fullmatch(title) or title[0] in "|-*>[":
        return False
    return bool(_RULE.fullmatch(following)) and len(following.strip()) >= min(len(title), 3)


def _rows(paper: Paper, lines: tuple[str, ...]) -> Iterator[Passage]:
    """Yield the rows of tables: the first cell is what the others are about."""
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.strip().startswith("|") else []
        if len(cells) > 1 and any(WORD.search(cell) for cell in cells[1:]):
            yield Passage(paper.name, number + 1, cells[0], "\n".join(cells[1:]))


def _led(paper: Paper, lines: tuple[str, ...]) -> Iterator[Passage]:
    """Yield items and lines that begin with what they are about; what is indented below belongs to them."""
    for number, line in enumerate(lines):
        item = ITEM.fullmatch(line)
        text = item[2] if item else line
        led = LEAD.fullmatch(text)
        below = list(_below(lines, number, len(item[1]) if item else len(line) - len(line.lstrip())))
        if led:
            yield Passage(paper.name, number + 1, led[1], "\n".join([led[2], *below]))
        elif item and below:
            yield Passage(paper.name, number + 1, text.strip(":* "), "\n".join(below))
        elif line.rstrip().endswith((":", "::")) and below:
            yield Passage(paper.name, number + 1, line.strip(" :*"), "\n".join(below))


def _below(lines: tuple[str, ...], number: int, indent: int) -> Iterator[str]:
    for line in lines[number + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return
        yield line.strip()


def sentences(text: str) -> list[str]:
    """Return headings, items and sentences in their order, each on one line however it was wrapped."""
    joined: list[str] = []
    begins = True
    for line in text.split("\n"):
        heading = bool(_MARKED.fullmatch(line) or _BOLD.fullmatch(line))
        if not line.strip() or _RULE.fullmatch(line.strip()):
            begins = True
            continue
        if begins or heading or ITEM.fullmatch(line) or line.lstrip().startswith("|"):
            joined.append(line.strip())
        else:
            joined[-1] += f" {line.strip()}"
        begins = heading
    return [each for line in joined for each in re.split(r"(?<=[^\W\d][\w)`][.!?;])\s+", line)]


def steps_in(told: Sequence[str]) -> int:
    """Return how many steps these sentences are: numbered items, else numbered headings, else items, else all."""
    items = [line for line in told if (found := ITEM.fullmatch(line)) and not found[1]]
    numbered = [line for line in items if line[0].isdigit()]
    headings = [line for line in told if (found := _MARKED.fullmatch(line)) and re.match(r"\W*(?:\w+ )?\d", found[2])]
    for listed in (numbered, headings, items):
        if len(listed) >= FEWEST_ITEMS:
            return len(listed)
    return len(told)
