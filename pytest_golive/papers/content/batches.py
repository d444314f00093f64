"""Content goes out in batches: which there were, when, and what is written down about each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pytest_golive.papers.changes.log import Entry, entries_of
from pytest_golive.papers.content.log_times import first, times
from pytest_golive.papers.content.sync_log import Row
from pytest_golive.papers.text.moments import Moment
from pytest_golive.papers.text.reading import Paper

SMALL = 10
SMALL_SHARE = 0.05
"""A batch is small with at most so many documents, or this share of all, whichever is more."""

ROLLOUT = timedelta(days=30)
"""Batches that are further apart belong to two rollouts."""

PAUSE = re.compile(
    r"(?i)\bpaus\w*|\bon[ _-]?hold\b|\b(?:is|was|were)\s+held\b|\bhalt\w*|\bstopp?(?:ed|s)?\b|\bsuspend\w*"
    r"|angehalten|gestoppt|ausgesetzt|\bdet(?:en|uv)\w*|\binterr(?:ump|omp)\w*"
)
_NO_PAUSE = re.compile(
    r"(?i)\b(?:no|not|never|nothing|without|kein\w*|nicht|ohne|sin|sem|não|nunca)\s+(?:\w+\s+){0,2}?(?:to\s+)?"
    r"(?:paus|halt|stop|hold|angehalten|gestoppt|det|interr)\w*"
)
ROLLED_BACK = re.compile(
    r"(?i)\broll(?:ed|ing)[ _-]?back\b|\breverted\b|\bwithdrawn\b|\btaken back\b|zurückge(?:rollt|nommen|zogen)"
    r"|\brevertid\w*|\bretirad\w*"
)
_ABOUT_QUALITY = re.compile(
    r"(?i)smoke|question|answer|quality|feedback|rating|confidence|\bcheck|verif|\bgood\b|frage|antwort|qualität"
    r"|bewertung|geprüft|pregunta|respuesta|calidad|pergunta|resposta|qualidade|verificad"
)
_GOOD = re.compile(
    r"(?i)\bpass\w*|\bok(?:ay)?\b|\bgood\b|\bgreen\b|\bfine\b|\bright\b|\bcorrect\w*|\baccept\w*|\bapprov\w*|\bclean\b"
    r"|\bhealthy\b|\bverified\b|\btrue\b|\byes\b|\bdone\b|in order|unchanged|stable|✓|✔|✅|bestanden|\bgut\b|\bgrün\b"
    r"|in ordnung|\brichtig\b|\bbien\b|\bbuen\w*|\bcorret\w*|\baprobad\w*|\baprovad\w*|\bbo[am]s?\b|\bsuperad\w*"
    r"|\bs[ií]m?\b"
)
_BAD = re.compile(
    r"(?i)\bfail\w*|\bbad\b|\bwrong\b|\bred\b|\brose\b|\brisen\b|\bworse\b|\bno\b|\bfalse\b|\bpending\b|\bopen\b|❌|✗"
    r"|\bschlecht\w*|\bfalsch\w*|durchgefallen|\bmal\b|\bruim\b|\bfalh\w*|\bfall[oóa]\w*|\bpeor\w*|\bpior\w*"
)
_ABOUT_CONTENT = re.compile(
    r"(?i)roll-?out|content|\bsync\w*|\bbatch|publish|import|document|inhalt|veröffentlich|dokument|contenid|conteúdo"
    r"|publica|lote|sincroni|ratings?\b|answers?\b|smoke|questions?\b"
)
_ABOUT_ANSWERS = re.compile(
    r"(?i)smoke|question|answer|rating|feedback|confidence|quality|frage|antwort|bewertung|qualität|pregunta|respuesta"
    r"|calidad|pergunta|resposta|qualidade"
)
_NEITHER = re.compile(r"(?i)\s*(?:|-+|\u2013|no|false|none|null|n/?a|nein|never|0|nicht|não|não se aplica)\s*")
_YES = re.compile(r"(?i)\s*(?:yes|true|y|1|x|ja|sim|sí|si|✓|✔|✅)\s*")
_ITEM = re.compile(r"(?m)^(?=\s*(?:[-*+•]|\d+[.)]|#{1,6}|\|)\s?)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What somebody wrote down about the quality of a batch.

    Attributes:
        at: when; None where that is not told.
        good: whether it was found good.
        place: where it is written.
    """

    at: Moment | None
    good: bool
    place: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents that were published together.

    Attributes:
        name: its id.
        rows: its documents.
        pauses: when the rollout paused because of it; None where no time is told.
        checks: what is written down about its quality.
        was_rolled_back: whether it was taken back.
        gone: the ids of its documents that were deleted since.
    """

    name: str
    rows: tuple[Row, ...]
    pauses: tuple[Moment | None, ...] = ()
    checks: tuple[Checked, ...] = ()
    was_rolled_back: bool = False
    gone: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """How many documents it has."""
        return len({row.told["document"] or row.told["source"] or str(row.number) for row in self.rows})

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of its documents."""
        return tuple(dict.fromkeys(row.told["document"] for row in self.rows if row.told["document"]))

    @property
    def categories(self) -> tuple[str, ...]:
        """The topics of its documents, as far as rows tell them."""
        return tuple(dict.fromkeys(row.told["category"] for row in self.rows if row.told["category"]))

    @property
    def times(self) -> tuple[Moment, ...]:
        """When its documents were published, sorted."""
        told = (moment for row in self.rows if (moment := row.published) is not None)
        return tuple(sorted(told, key=lambda moment: moment.at))

    @property
    def begun(self) -> datetime | None:
        """When the first of its documents was published; None where no row tells."""
        return self.times[0].at if self.times else None

    @property
    def ended(self) -> datetime | None:
        """When the last of them was; where only the day is told, its end."""
        return max(moment.until for moment in self.times) if self.times else None

    def paused_between(self, start: datetime, end: datetime) -> bool:
        """Whether a pause is written down that began between these times; one without a time counts."""
        return any(pause is None or (pause.until >= start and pause.at <= end) for pause in self.pauses)


def batches_of(rows: Iterable[Row], changes: Sequence[Entry] = ()) -> tuple[Batch, ...]:
    """Return the batches of a log in the order of their times; those without times in the log's order, after them.

    Args:
        rows: of the sync log, also those about what happened to a batch.
        changes: the entries of the change log.
    """
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row.told["batch"]:
            grouped.setdefault(row.told["batch"], []).append(row)
    names = tuple(name for name, own in grouped.items() if any(row.is_about_a_document and row.was_sent for row in own))
    made = [_batch(name, names, grouped[name], changes) for name in names]
    dated = sorted((batch for batch in made if batch.begun), key=lambda batch: str(batch.begun))
    nameless = [(row.text, row) for row in rows if not row.is_about_a_document and row.told["batch"] not in names]
    said = [(text, _time_of(row), f"row {row.number} of the sync log") for text, row in nameless]
    said += [(block, _time_in(block, entry), entry.place) for block, entry in _narrowest(_of_no_batch(changes, names))]
    return (*_with_what_names_none(dated, said), *(batch for batch in made if not batch.begun))


def entries_and_items(paper: Paper) -> tuple[Entry, ...]:
    """Return the entries of a change log, and each of its items by itself: a list needs no headings and no days."""
    entries = entries_of(paper)
    if any(_is_record(entry) for entry in entries):
        return entries
    line, items = 1, []
    for item in _ITEM.split(paper.text):
        items.append(Entry(f"{paper.name}:{line}", item))
        line += item.count("\n")
    return (*entries, *items)


def is_small(batch: Batch, whole: int) -> bool:
    """Whether a batch is so small that nothing has to be waited for."""
    return batch.size <= max(SMALL, int(whole * SMALL_SHARE))


def growing(batches: Sequence[Batch]) -> tuple[tuple[Batch, Batch], ...]:
    """Return each batch that is bigger than all of the month before it, and not small, with the one before it.

    A sync of every night has batches of any size: only what it never sent before counts.
    """
    whole = sum(batch.size for batch in batches)
    dated = [(batch, batch.begun) for batch in batches if batch.begun]
    found = []
    for number, (batch, begun) in enumerate(dated):
        earlier = [other.size for other, at in dated[:number] if at >= begun - ROLLOUT]
        if number and batch.size > max(earlier, default=0) and not is_small(batch, whole):
            found.append((dated[number - 1][0], batch))
    return tuple(found)


def _of_no_batch(changes: Sequence[Entry], names: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    """Yield what a change log says about content and names no batch."""
    for entry in changes:
        for block in _parted(entry):
            about = _ABOUT_CONTENT.search(block) and (PAUSE.search(block) or _ABOUT_ANSWERS.search(block))
            if about and not any(_named(name, block) for name in names):
                yield block, entry


def _with_what_names_none(batches: Sequence[Batch], said: Sequence[tuple[str, Moment | None, str]]) -> Iterator[Batch]:
    """Yield batches with the pauses, and the checks, that are told by their days alone: of the batch before these."""
    for number, batch in enumerate(batches):
        begun, following = batch.begun, batches[number + 1].begun if number + 1 < len(batches) else None
        within = [
            (text, at, place)
            for text, at, place in said
            if at and begun and at.until >= begun and (following is None or at.at <= following)
        ]
        pauses = [at for text, at, _ in within if _pauses(text)]
        checks = [
            each
            for text, at, place in within
            if _ABOUT_ANSWERS.search(text)
            for each in _judged(text.replace("_", " "), at, place)
        ]
        yield replace(batch, pauses=(*batch.pauses, *pauses), checks=(*batch.checks, *checks))


def _batch(name: str, names: Sequence[str], own: Sequence[Row], changes: Sequence[Entry]) -> Batch:
    about = [row for row in own if row.is_about_a_document and row.was_sent]
    last = {row.told["document"]: row for row in about}
    gone = frozenset(document for document, row in last.items() if row.is_gone)
    there = {row.told["document"] for row in about if not row.is_gone}
    # A row that says that a document was deleted tells when that was, where another one says that it was published.
    documents = [row for row in about if not row.is_gone or row.told["document"] not in there]
    events = [row for row in own if not row.is_about_a_document]
    others = [other for other in names if other != name]
    blocks = _narrowest(block for entry in changes for block in _blocks(entry, name))
    pauses = [
        *_paused_rows(documents, others),
        *(_time_of(row) for row in events if _pauses(row.text)),
        *(_time_in(block, entry) for block, entry in blocks if _pauses(block)),
    ]
    checks = [*_checked_rows(documents, others), *_checked_events(events), *_checked_blocks(blocks)]
    back = gone == set(last) or any(
        ROLLED_BACK.search(text) for text in [*(row.text for row in events), *(block for block, _ in blocks)]
    )
    return Batch(name, tuple(documents), tuple(dict.fromkeys(pauses)), tuple(checks), back, gone)


def _paused_rows(rows: Sequence[Row], others: Sequence[str]) -> Iterator[Moment | None]:
    if any(_pauses(state.replace("_", " ")) for state in {row.told["state"] for row in rows}):
        yield None
    for part in _parts((row.told["pause"] for row in rows), others):
        yield first(part)


def _checked_rows(rows: Sequence[Row], others: Sequence[str]) -> Iterator[Checked]:
    place = f"row {rows[0].number} of the sync log"
    for part in _parts((row.told["checked"] for row in rows), others):
        good = bool(_GOOD.search(part) or _YES.fullmatch(part) or (times(part) and not _BAD.search(part)))
        if good or _BAD.search(part):
            yield Checked(first(part), good, place)


def _parts(cells: Iterable[str], others: Sequence[str]) -> Iterator[str]:
    """Yield what cells say, each thing once, without what says nothing or is about another batch."""
    for part in dict.fromkeys(part for cell in dict.fromkeys(cells) for part in cell.split(" | ")):
        if not _NEITHER.fullmatch(part) and not any(_named(other, part) for other in others):
            yield part


def _checked_events(events: Sequence[Row]) -> Iterator[Checked]:
    for row in events:
        yield from _judged(row.text.replace("_", " "), _time_of(row), f"row {row.number} of the sync log")


def _checked_blocks(blocks: Sequence[tuple[str, Entry]]) -> Iterator[Checked]:
    for block, entry in blocks:
        yield from _judged(block, _time_in(block, entry), entry.place)


def _judged(text: str, at: Moment | None, place: str) -> Iterator[Checked]:
    if not _ABOUT_QUALITY.search(text):
        return
    if _GOOD.search(text) or _BAD.search(text):
        yield Checked(at, bool(_GOOD.search(text)), place)


def _pauses(text: str) -> bool:
    return bool(PAUSE.search(_NO_PAUSE.sub("", text)))


def _blocks(entry: Entry, name: str) -> Iterator[tuple[str, Entry]]:
    """Yield what an entry says about a batch: the item or paragraph that names it; a record is one whole."""
    yield from ((block, entry) for block in _parted(entry) if _named(name, block))


def _parted(entry: Entry) -> list[str]:
    if _is_record(entry):
        return [entry.text]
    return [block for paragraph in re.split(r"\n\s*\n", entry.text) for block in _ITEM.split(paragraph)]


def _is_record(entry: Entry) -> bool:
    return ": entry " in entry.place


def _narrowest(blocks: Iterable[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """Return each thing that is said once, in the narrowest entry that tells a day: entries stand in each other."""
    best: dict[str, tuple[str, Entry]] = {}
    for block, entry in blocks:
        key = " ".join(re.findall(r"\w+", block.casefold()))
        known = best.get(key)
        if known is None or _width(entry) < _width(known[1]):
            best[key] = (block, entry)
    return list(best.values())


def _width(entry: Entry) -> tuple[bool, int]:
    return (first(entry.text) is None, len(entry.text))


def _named(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]|\.\d)", text, re.IGNORECASE) is not None


def _time_of(row: Row) -> Moment | None:
    return row.published or first(row.text)


def _time_in(block: str, entry: Entry) -> Moment | None:
    return first(block) or first(entry.text)
