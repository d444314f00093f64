"""Records of changes that are written as pages: Markdown and the like, taken apart into the fields of a record.

One page is one record, or each of its sections, or each row of a table with a column for every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from pytest_golive.papers.changes.fields import META, alias_of, lone
from pytest_golive.papers.changes.steps import kind_of
from pytest_golive.papers.text.passages import FRONT_MATTER, ITEM, LEAD, headings_of, lines_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_times import moments_in
from pytest_golive.papers.text.structured import Garbled, Lined, read_data

ABOUT = re.compile(
    r"\bga[ _-]?4\b|google[ _-]?(?:ads|analytics)|\bg[ _-]?ads\b|\bmeta\b|facebook|adwords|web-?\s?hook|data[ _-]?layer"
    r"|datenschicht|capa de datos|camada de dados|selwise",
    re.IGNORECASE,
)
"""What a record of a change of an integration names somewhere."""

FEWEST_KINDS = 3
"""What tells of fewer steps is no record of a change."""

_CHANGE = re.compile(r"(?:the )?change|changes|änderung|cambio|mudança|alteração", re.IGNORECASE)
_UNCHECKED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[ \]\s")
_FENCES = {"```", "~~~"}
_DIVIDER = re.compile(r"\|?\s*:?-{2,}")
_MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_TIMED = re.compile(
    r"^\W*(?:20\d\d[-/.]\d\d?[-/.]\d\d?[T ,]*)?(?:\d\d?:\d\d(?::\d\d)?)?\s*(?:Z|UTC)?\W*[-\u2013\u2014:|]*\s*"
)


@dataclass(slots=True)
class _Page:
    """One record as far as it was read.

    Attributes:
        meta: what it tells beside its steps.
        steps: its steps.
        current: the step that further lines belong to.
        above: words of the heading, where that tells before or after.
    """

    meta: Lined
    steps: list[Lined] = field(default_factory=list)
    current: Lined | None = None
    above: str = ""

    def begin(self, words: str, line: int, text: str) -> None:
        """Begin a step."""
        step = Lined({"kind": f"{words} {self.above}".strip(), "text": text})
        step.line, step.lines = line, {}
        self.current = step
        self.steps.append(step)

    def add(self, text: str) -> None:
        """Add a line to the step that was begun last."""
        if self.current is not None and text.strip():
            self.current["text"] = f"{self.current['text']}\n{text.strip()}".strip()


def pages_of(paper: Paper) -> list[Lined]:
    """Return the records of a page of text, as mappings with `steps`; what leads the page holds for each of them."""
    front = FRONT_MATTER.match(paper.text)
    try:
        leading = read_data(front[0].strip("-\n")) if front else []
    except Garbled:
        leading = []
    found = _pages(paper, led=bool(leading))
    for record in found if leading and isinstance(leading[0], dict) else ():
        for name, value in leading[0].items():
            record.setdefault(name, value)
    return found


def _pages(paper: Paper, *, led: bool) -> list[Lined]:
    lines = lines_of(paper)
    rows = [record for table in _tables(lines) for record in _rows_of(table)]
    if rows:
        return rows
    headings = headings_of(paper)
    best: list[Lined] = []
    for level in sorted({each.level for each in headings}):
        found = []
        for position, each in enumerate(headings):
            if each.level != level:
                continue
            end = next((other.line for other in headings[position + 1 :] if other.level <= level), len(lines))
            if not led and not ABOUT.search("\n".join(lines[each.line : end])):
                continue  # a long log of changes is mostly about other things
            found.append(_read(lines, each.below, end, each.title, {h.line: h.title for h in headings}, each.line + 1))
        whole = [each for each in found if _is_record(each)]
        same = len(whole) == len(best) > 0 and [*map(_kinds, whole)] == [*map(_kinds, best)]
        # Of two headings above the same steps the one below names the change.
        more = (_changing(whole), len(whole)) > (_changing(best), len(best))
        best = whole if more or same else best
    if best:
        return best
    first = next((line.strip() for line in lines if line.strip()), "")
    title = first if ABOUT.search(first) and not first.startswith(("|", "-", "*")) else PurePosixPath(paper.name).stem
    one = _read(lines, 0, len(lines), title, {h.line: h.title for h in headings}, 1)
    return [one] if _is_record(one) else []


def _changing(records: Sequence[Lined]) -> int:
    """Return how many of these tell of a change itself: a section of what came before it, or after, is no record."""
    return sum(
        any((found := kind_of(str(step["kind"]))) is not None and found[0] == "config" for step in record["steps"])
        for record in records
    )


def _is_record(held: Lined) -> bool:
    return len(_kinds(held)) >= FEWEST_KINDS


def _kinds(held: Lined) -> set[str]:
    """Return the kinds of steps that are told by lines; those of headings are there only to hold them."""
    kinds = {kind_of(str(step["kind"])) for step in held["steps"] if step["text"] or len(step) > len(("kind", "text"))}
    return {found[0] for found in kinds if found is not None}


def _read(lines: Sequence[str], first: int, end: int, title: str, titles: dict[int, str], place: int) -> Lined:
    meta = Lined({"id": title})
    meta.line, meta.lines = place, {}
    page = _Page(meta)
    number = first
    while number < end:
        line = lines[number]
        if line.strip()[:3] in _FENCES:
            number = _fenced(page, lines, number, end)
            continue
        if number in titles:
            _heading(page, titles[number], number + 1)
        elif line.strip().startswith("|"):
            _row(page, line, number + 1)
        elif line.strip() and not _DIVIDER.match(line.strip()):
            above = lines[number - 1] if number else ""
            _line(page, line, number + 1, begins_paragraph=not above.strip() or number - 1 in titles)
        number += 1
    meta["steps"] = page.steps
    return meta


def _fenced(page: _Page, lines: Sequence[str], number: int, end: int) -> int:
    """Take the data between two fences into the step it stands under; return where the page goes on."""
    sign = lines[number].strip()[:3]
    last = next((at for at in range(number + 1, end) if lines[at].strip()[:3] == sign), end)
    text = "\n".join(lines[number + 1 : last])
    try:
        held = read_data(text, number + 2)
    except Garbled:
        held = []
    data = [each for each in held if isinstance(each, dict | list)]
    if page.current is not None and data:
        page.current[f"held {number}"] = data[0] if len(data) == 1 else data
    else:
        page.add(text)
    return last + 1


def _heading(page: _Page, title: str, line: int) -> None:
    plain = _plain(title)
    found = kind_of(re.sub(r"^\W*(?:step\s*)?\d+[.):]?\s*", "", plain, flags=re.IGNORECASE))
    page.above, page.current = "", None
    if found is not None and not re.match(
        r"^\W*(?:steps?|timeline|flow|procedure|schritte|pasos|passos)\W*$", plain, re.IGNORECASE
    ):
        page.begin(plain, line, "")
        page.above = found[1] if found[0] in {"list", "health", "snapshot"} else ""


def _row(page: _Page, line: str, number: int) -> None:
    cells = [_plain(cell) for cell in line.strip().strip("|").split("|")]
    if all(_DIVIDER.match(cell) or not cell.strip() for cell in cells) or len(cells) < 2:
        return
    if _take_meta(page, cells[0], " ".join(cells[1:])):
        return
    if _belongs(cells[0]):
        page.add(" ".join(cells[1:]))
        return
    words = next((cell for cell in cells if kind_of(_TIMED.sub("", cell)) is not None), "")
    # A row without a time or an outcome is the head of its table.
    if words and not (number and _is_head(cells)):
        page.begin(words, number, " | ".join(cell for cell in cells if cell != words))


def _is_head(cells: Sequence[str]) -> bool:
    words = {cell.strip().casefold() for cell in cells}
    return bool(words & {"step", "schritt", "paso", "passo", "action", "time", "zeit", "hora", "result", "ergebnis"})


def _line(page: _Page, line: str, number: int, *, begins_paragraph: bool) -> None:
    if _UNCHECKED.match(line) and not moments_in(line, date.min):
        return  # a box that nobody ticked
    item = ITEM.fullmatch(line)
    text = _plain(item[2] if item else line)
    led = LEAD.fullmatch(text)
    if led and _take_meta(page, led[1], led[2]):
        return
    if led and page.current is None and _CHANGE.fullmatch(led[1].strip()) and not moments_in(led[2], date.min):
        page.meta.setdefault("planned", led[2].strip())
        return  # what was meant, and not that it was done
    bare = _TIMED.sub("", text)
    words = led[1] if led and kind_of(_TIMED.sub("", led[1])) is not None else bare
    found = kind_of(words)
    begins = item or led or (begins_paragraph and found is not None and found[0] in {"end", "watch"})
    if begins and found is not None and not (page.current is not None and _belongs(words)):
        page.begin(words, number, text)
    else:
        page.add(text)


def _belongs(words: str) -> bool:
    """Whether a line only tells more of the step it stands under: `result`, `time` and the like."""
    return alias_of(words) in {"outcome", "time", "http", "owner"}


def _take_meta(page: _Page, name: str, value: str) -> bool:
    own = alias_of(_plain(name))
    if (
        own not in META
        or own in {"steps", "set"}
        or (page.current is not None and own in {"when", "owner", "planned", "title"})
    ):
        return False
    page.meta["title" if own == "id" else own] = value.strip()
    page.meta.lines[own] = page.meta.line
    return True


def _plain(text: str) -> str:
    return _MARKS.sub("", text).strip()


def _tables(lines: Sequence[str]) -> Iterator[list[tuple[int, list[str]]]]:
    table: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip().startswith("|"):
            table.append((number, [_plain(cell) for cell in line.strip().strip("|").split("|")]))
        elif table:
            yield table
            table = []


def _rows_of(table: list[tuple[int, list[str]]]) -> Iterator[Lined]:
    """Yield the records of a table that has one row for each change."""
    head = table[0][1]
    kinds = {found[0] for cell in head if (found := kind_of(lone(cell))) is not None}
    if len(kinds) < FEWEST_KINDS or not any(alias_of(cell) == "target" for cell in head):
        return
    for number, cells in table[1:]:
        if not all(_DIVIDER.match(cell) or not cell for cell in cells):
            held = Lined({name: cell for name, cell in zip(head, cells, strict=False) if cell})
            held.line, held.lines = number, {}
            yield held
