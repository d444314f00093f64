from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_golive.report.ticket.seal import Seal, Unsealed, differences, digest, read_seal, seal_of

FACTS = (
    {"fact": "run_started", "run": "1a2b3c4d"},
    {"fact": "decided", "check": "holds[timely]"},
    {"fact": "run_finished", "verdict": "NO-GO"},
)


def page_of(seal: Seal, body: str = "<h1>NO-GO</h1>") -> bytes:
    """Return a page with this seal."""
    metas = "".join(f'<meta name="golive-{name}" content="{getattr(seal, name)}">' for name in seal.__slots__)
    return f"<html>{metas}{body}</html>".encode()


def sealed(folder: Path, *facts: dict[str, str], word: str = "NO-GO") -> tuple[bytes, Path]:
    """Write a ledger and return a page that was made from it, whose hash is the ledger's last line."""
    ledger = folder / "ledger.jsonl"
    ledger.write_text("".join(f"{json.dumps(fact)}\n" for fact in facts or FACTS), encoding="utf-8")
    page = page_of(seal_of(ledger, "1a2b3c4d", word))
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"fact": "written", "file": "golive-report.html", "sha256": digest(page)}) + "\n")
    return page, ledger


def test_both_as_they_were_written(tmp_path: Path) -> None:
    """Under whatever name the page was attached, and whatever else the ledger says of other files."""
    page, ledger = sealed(tmp_path)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"fact": "written", "file": "golive-summary.md", "sha256": "00"}) + "\n")

    assert differences(page, "REL-881 report (2).html", ledger) == []
    assert read_seal(page.decode()) == Seal("1a2b3c4d", "NO-GO", "ledger.jsonl", 3, read_seal(page.decode()).sha256)


def test_a_changed_page(tmp_path: Path) -> None:
    """Whoever turns the word on it about."""
    page, ledger = sealed(tmp_path)

    assert differences(page.replace(b"<h1>NO-GO", b"<h1>GO"), "r.html", ledger) == [
        "r.html was changed after it was written"
    ]
    assert differences(page.replace(b'verdict" content="NO-GO', b'verdict" content="GO'), "r.html", ledger) == [
        "the report says GO, the ledger says NO-GO",
        "r.html was changed after it was written",
    ]


def test_a_changed_ledger(tmp_path: Path) -> None:
    """A fact that says something else now, or lines that are gone."""
    page, ledger = sealed(tmp_path)
    text = ledger.read_text(encoding="utf-8")

    ledger.write_text(text.replace("holds[timely]", "holds[uppzy]"), encoding="utf-8")
    changed = differences(page, "r.html", ledger)
    ledger.write_text(text.splitlines(keepends=True)[0], encoding="utf-8")
    cut = differences(page, "r.html", ledger)

    assert changed == ["ledger.jsonl was changed: its first 3 lines are not those the report was made from"]
    assert cut == [
        "ledger.jsonl ends after 1 lines, the report was made from 3",
        "the ledger has no verdict: its run did not finish",
        "the ledger does not say that r.html was written",
    ]


def test_both_changed_alike(tmp_path: Path) -> None:
    """A page with a new seal for a changed ledger: the ledger tells the hash of the page there was."""
    page, ledger = sealed(tmp_path)
    text = ledger.read_text(encoding="utf-8").replace("NO-GO", "GO")
    ledger.write_text(text, encoding="utf-8")
    lines = text.splitlines(keepends=True)
    forged = page_of(Seal("1a2b3c4d", "GO", "ledger.jsonl", 3, digest("".join(lines[:3]).encode())), "<h1>GO</h1>")

    assert differences(forged, "r.html", ledger) == ["r.html was changed after it was written"]
    assert differences(page, "r.html", ledger)[1:] == ["the report says NO-GO, the ledger says GO"]


def test_the_last_verdict_counts(tmp_path: Path) -> None:
    """A run may find at its very end that it is not green after all."""
    page, ledger = sealed(tmp_path, *FACTS[:2], {"fact": "run_finished", "verdict": "GO"}, FACTS[2])

    assert differences(page, "r.html", ledger) == []


def test_another_run(tmp_path: Path) -> None:
    """Said at once: nothing else can fit then."""
    page, ledger = sealed(tmp_path)
    ledger.write_text(json.dumps({**FACTS[0], "run": "99999999"}) + "\n", encoding="utf-8")
    other = differences(page, "r.html", ledger)
    ledger.write_text("", encoding="utf-8")

    assert other == ["the report is of run 1a2b3c4d, ledger.jsonl is of run 99999999"]
    assert differences(page, "r.html", ledger) == ["the report is of run 1a2b3c4d, ledger.jsonl is of run none"]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html></html>",
        '<meta name="golive-run" content="1a2b3c4d">',
        page_of(Seal("1", "GO", "l", -1, "s")).decode(),
    ],
)
def test_other_pages(page: str) -> None:
    """A page without a seal, or with half of one."""
    with pytest.raises(Unsealed, match=r"^is no report of a finished run of golive, or its seal was removed$"):
        read_seal(page)


@pytest.mark.parametrize(
    ("text", "told"),
    [("{}\nnot json\n", ", line 2: is no JSON"), ("[1]\n", ", line 1: is no fact of a run")],
)
def test_other_ledgers(tmp_path: Path, text: str, told: str) -> None:
    """A file of another kind is told with its line."""
    page, ledger = sealed(tmp_path)
    ledger.write_text(text, encoding="utf-8")

    with pytest.raises(Unsealed) as refused:
        differences(page, "r.html", ledger)
    assert str(refused.value) == f"{ledger}{told}"


def test_no_ledger(tmp_path: Path) -> None:
    """With the reason."""
    page, ledger = sealed(tmp_path)
    ledger.unlink()

    with pytest.raises(Unsealed, match=r"/ledger\.jsonl cannot be read: No such file or directory$"):
        differences(page, "r.html", ledger)
