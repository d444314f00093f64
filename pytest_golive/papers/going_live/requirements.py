"""What a project began with and what it leaves behind: requirements, reviews, training, the first synchronisation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_golive.papers.text.passages import lines_of
from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.tabular import Columns, Line, NoTable, table_of

REQUIREMENTS: Columns = {
    "requirement": (
        *("requirement", "requirements", "id", "req", "story", "ref", "title", "description", "name", "what", "goal"),
        *("anforderung", "requisito", "need", "user_story", "acceptance_criterion", "criterion"),
    ),
    "proof": (
        *(
            "test",
            "tests",
            "evidence",
            "proof",
            "verified_by",
            "verification",
            "covered_by",
            "coverage",
            "link",
            "proven_by",
        ),
        *(
            "nachweis",
            "evidencia",
            "evidência",
            "prueba",
            "teste",
            "test_case",
            "test_cases",
            "check",
            "checks",
            "where",
        ),
    ),
    "state": (
        "status",
        "state",
        "result",
        "done",
        "met",
        "stand",
        "estado",
        "outcome",
        "fulfilled",
        "erfüllt",
        "passed",
    ),
}
REVIEWS: Columns = {
    "who": (
        *("stakeholder", "stakeholders", "name", "person", "who", "team", "role", "wer", "quem", "quién", "department"),
        *("reviewer", "party"),
    ),
    "when": (
        *("reviewed", "reviewed_at", "reviewed_on", "date", "day", "at", "signed", "signed_off", "signed_off_at"),
        *(
            "approved",
            "approved_at",
            "approval",
            "review",
            "datum",
            "data",
            "fecha",
            "ok",
            "status",
            "review_date",
            "sign_off",
        ),
    ),
}
TRAINING: Columns = {
    "team": (
        "team",
        "teams",
        "who",
        "group",
        "department",
        "audience",
        "abteilung",
        "equipe",
        "equipo",
        "role",
        "name",
    ),
    "material": (
        *(
            "training",
            "document",
            "documents",
            "material",
            "materials",
            "link",
            "links",
            "guide",
            "doc",
            "docs",
            "what",
        ),
        *("unterlage", "documento", "course", "page"),
    ),
    "seen": (
        *(
            "acknowledged",
            "acknowledged_at",
            "acknowledged_by",
            "confirmed",
            "confirmed_at",
            "confirmed_by",
            "seen",
            "seen_at",
        ),
        *(
            "date",
            "done",
            "attended",
            "trained",
            "trained_at",
            "held",
            "held_on",
            "datum",
            "data",
            "fecha",
            "status",
            "on",
            "at",
        ),
    ),
}
FIRST_SYNC: Columns = {
    "ours": (
        *(
            "local_id",
            "our_id",
            "internal_id",
            "own_id",
            "source_id",
            "shop_id",
            "erp_id",
            "sku",
            "number",
            "local_key",
            "key",
        ),
        "id",
    ),
    "theirs": (
        *(
            "augno_id",
            "openmrp_id",
            "vendor_id",
            "remote_id",
            "external_id",
            "target_id",
            "api_id",
            "their_id",
            "object_id",
        ),
    ),
    "kind": ("object", "resource", "type", "entity", "kind", "table", "collection", "name"),
    "state": ("status", "state", "result"),
    "there": (
        *(
            "vendor",
            "augno",
            "openmrp",
            "remote",
            "expected",
            "total",
            "vendor_count",
            "in_scope",
            "there",
            "remote_count",
        ),
        "source",
    ),
    "here": ("local", "synced", "mapped", "rows", "ours", "local_count", "here", "imported", "count", "done"),
    "rejected": ("rejects", "rejected", "failed", "missing", "errors", "unmatched", "skipped", "failures"),
    "orphans": ("orphans", "orphaned", "unknown"),
    "doubles": ("doubles", "duplicates", "duplicated", "dupes"),
    "again": (
        *(
            "second_run",
            "second_run_changes",
            "changed_again",
            "rerun",
            "rerun_changes",
            "second_run_changed",
            "changes",
            "changed",
        ),
    ),
}

_DAY = re.compile(
    r"\b20\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./]20\d\d\b"
    r"|\b\d{1,2}\.? [A-Z][a-z]{2,8}\.? 20\d\d\b|\b[A-Z][a-z]{2,8} \d{1,2}, 20\d\d\b"
)
_DROPPED = re.compile(
    r"(?:out of scope|descoped|de-scoped|dropped|struck|removed|rejected|withdrawn|deferred|won'?t (?:do|have)"
    r"|not applicable"
    r"|n/?a\b|entfällt|gestrichen|verworfen|fora do escopo|descartad|fuera de alcance|cancell?ed|superseded)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:open|to ?do|in progress|wip|pending|failed|failing|red|no|partial(?:ly)?|not (?:met|done|yet|started)"
    r"|blocked|offen|in arbeit"
    r"|aberto|pendente|abierto|pendiente|false|✗|✘|❌|🔴|x)",
    re.IGNORECASE,
)
_BOX = re.compile(r"\s*[-*+]\s+\[(?P<mark>[ xX✓])\]\s+(?P<text>\S.*)")
_PROOF = re.compile(r"https?://\S+|[\w./-]+\.\w{1,10}(?:::\w+)*|\b[A-Z][A-Z0-9]+-\d+\b|`[^`]+`")
_FILE = re.compile(r"(?<![\w:/.-])((?:[\w.@-]+/)+[\w.@-]+\.[A-Za-z]{1,10})\b(?:::([\w:.\[\]-]+)|[#:]\S*)?")
_ITEM = re.compile(
    r"\s*[-*+]\s+(?:\[[ xX]\]\s+)?\**(?P<lead>[^:]{2,60}?)\**(?::\**|\s[\u2013\u2014-]+)\s+(?P<rest>\S.*)"
)
_DONE = re.compile(r"confirm|acknowledg|attended|seen|done|trained|bestätigt|confirmad|visto", re.IGNORECASE)
_NUMBER = re.compile(r"[\d., ']*\d")


def has_day(text: str) -> bool:
    """Whether a text tells a day."""
    return _DAY.search(text) is not None


def items_of(paper: Paper, columns: Columns) -> tuple[Line, ...]:
    """Read a paper that is a table, or a list of items that each begin with whom they are about.

    Raises:
        NoTable: it is neither.
    """
    try:
        return table_of(paper, columns)
    except NoTable:
        items = tuple(_led(paper, tuple(columns)))
        if not items:
            raise
        return items


def _led(paper: Paper, names: Sequence[str]) -> Iterator[Line]:
    for number, line in enumerate(lines_of(paper), start=1):
        item = _ITEM.fullmatch(line)
        if item is not None:
            rest = item["rest"]
            # The last thing that is told is that it was done: a day, or a word for it.
            done = rest if has_day(rest) or _DONE.search(rest) else ""
            told = dict.fromkeys(names, rest) | {names[0]: item["lead"], names[-1]: done}
            yield Line(f"{paper.name}:{number}", told, item["lead"], line)


def requirements_of(paper: Paper) -> tuple[Line, ...]:
    """Read the requirements of a paper: rows of a table, or items with a box to tick.

    Raises:
        NoTable: there are neither.
    """
    try:
        return table_of(paper, REQUIREMENTS)
    except NoTable:
        boxes = tuple(_boxes(paper))
        if not boxes:
            raise
        return boxes


def _boxes(paper: Paper) -> Iterator[Line]:
    for number, line in enumerate(lines_of(paper), start=1):
        box = _BOX.fullmatch(line)
        if box is None:
            continue
        proof = _PROOF.search(box["text"])
        told = {
            "requirement": box["text"],
            "proof": proof.group() if proof else "",
            "state": "dropped" if _DROPPED.search(box["text"]) else "open" if box["mark"] == " " else "",
        }
        yield Line(f"{paper.name}:{number}", told, box["text"])


def unmet(requirement: Line, folders: Sequence[Path]) -> str:
    """Return why a requirement is not met, as far as its row tells; empty where it is, or was taken out.

    Args:
        requirement: the row.
        folders: where files that it names may lie.
    """
    state, proof = requirement.told["state"], requirement.told["proof"]
    if _DROPPED.search(state) or _DROPPED.match(proof):
        return ""
    if state and _OPEN.fullmatch(state.strip()):
        return f"is {state}"
    if is_placeholder(proof):
        return "leads to no test and no evidence"
    gone = next(_gone(proof, folders), "")
    return f"names {gone}, which is not there" if gone else ""


def _gone(text: str, folders: Sequence[Path]) -> Iterator[str]:
    """Yield the files of a text, and the tests in them, that are not there."""
    for match in _FILE.finditer(text):
        path = next((folder / match[1] for folder in folders if (folder / match[1]).is_file()), None)
        if path is None:
            yield match[1]
        elif match[2] and not all(
            part.partition("[")[0] in path.read_text("utf-8", "replace") for part in match[2].split("::")
        ):
            yield match.group()


def gone_links(text: str, folders: Sequence[Path]) -> list[str]:
    """Return the files that a text names and that are not there."""
    return list(_gone(text, folders))


@dataclass(frozen=True, slots=True)
class Synced:
    """What the paper about the first synchronisation tells.

    Attributes:
        wrong: what shows that it is not complete.
        rows: how many rows it has.
        again: whether it tells what a second run changed.
    """

    wrong: tuple[str, ...]
    rows: int
    again: bool


def synced(lines: Sequence[Line]) -> Synced:
    """Judge the map of ids, or the counts, of the first synchronisation."""
    mapped = [line for line in lines if line.told["theirs"] or (line.told["ours"] and not line.told["there"])]
    counted = [line for line in lines if line not in mapped]
    wrong = [*_of_map(mapped), *(each for line in counted for each in _of_counts(line))]
    return Synced(tuple(wrong), len(lines), any(_number(line.told["again"]) is not None for line in lines))


def _of_map(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if is_placeholder(line.told["theirs"]):
            yield f"{line.place}: {line.told['ours']} has no id of the vendor"
        elif _OPEN.fullmatch(line.told["state"].strip() or "-"):
            yield f"{line.place}: {line.told['ours'] or line.told['theirs']} is {line.told['state']}"
    for name, what in (("theirs", "the vendor's"), ("ours", "our")):
        counts = Counter((line.told["kind"], line.told[name]) for line in lines if not is_placeholder(line.told[name]))
        yield from (
            f"{what} id {value} stands there {times} times" for (_, value), times in counts.items() if times > 1
        )


def _of_counts(line: Line) -> Iterator[str]:
    there, here = _number(line.told["there"]), _number(line.told["here"])
    if there is not None and here is not None and there != here:
        yield f"{line.place}: {line.told['kind'] or line.name}: {here} of {there}"
    words = {"rejected": "rejected", "orphans": "orphaned", "doubles": "doubled", "again": "changed by the second run"}
    for name, word in words.items():
        number = _number(line.told[name])
        if number:
            yield f"{line.place}: {line.told['kind'] or line.name}: {number} {word}"


def _number(text: str) -> int | None:
    bare = text.strip()
    return int(re.sub(r"\D", "", bare)) if _NUMBER.fullmatch(bare) else None
