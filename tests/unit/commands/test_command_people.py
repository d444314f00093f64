"""`golive attest`, `waive`, `not-applicable` and `lint`: what they ask, write and refuse."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.unit.commands.conftest import Command
from tests.unit.people.repository import ANA, BEN, repository

MANIFEST = """golive: 1
project: shop
environments:
  staging:
    vendors:
      timely: {base_url: https://a.example/v1, api_key: {env: K}, ids: {workspace_id: w, agent_id: a}}
      uppzy: {base_url: https://b.example/api/v1, api_key: {env: K}, ids: {tenant_id: t, site_id: s}}
"""


def day(ahead: int) -> str:
    """Return the day that is this many days ahead, UTC."""
    return (datetime.now(UTC) + timedelta(days=ahead)).strftime("%Y-%m-%d")


@pytest.fixture(autouse=True)
def project(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A golive.yaml, and nobody at the keyboard."""
    (here / "golive.yaml").write_text(MANIFEST)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return here


def read(path: Path) -> object:
    """Read a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


ANSWERS = ("--by", ANA, "--role", "QA lead", "--evidence", "https://shop.example/1")
GAP = ("--reason", "none is sent", "--owner", "Ben", "--approver", "Ana")


def test_a_word_is_written(golive: Command, project: Path) -> None:
    """With the rule's own words, the day, and golive.yaml names the file."""
    told = golive("attest", "TIM-24", *ANSWERS)

    assert told.out == [
        "TIM-24 (major): When a conversation is handed over, an attendant gets to know",
        "  you vouch for: A named attendant has received the notification of a handover, and answered it.",
        "  it holds for 90 days",
        "golive/attestations.yaml: 1 word is written: TIM-24",
        "golive.yaml names it now: attestations: golive/attestations.yaml",
    ]
    assert (told.code, told.err) == (0, [])
    assert json.loads(json.dumps(read(project / "golive/attestations.yaml"), default=str)) == {
        "golive": 1,
        "attestations": [
            {
                "rule": "TIM-24",
                "statement": "A named attendant has received the notification of a handover, and answered it.",
                "by": ANA,
                "role": "QA lead",
                "at": day(0),
                "evidence": "https://shop.example/1",
            }
        ],
    }
    assert golive("lint").out == ["all is in order"]


def test_what_is_missing_is_asked_for(golive: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's name is proposed; evidence that is a file is hashed."""
    repository(project)
    with (project / ".git" / "config").open("a") as file:
        file.write("[user]\nname = Ana Souza\nemail = ana@shop.example\n")
    (project / "proof.png").write_bytes(b"seen")
    monkeypatch.setattr("sys.stdin", io.StringIO("\nQA lead\nproof.png\n"))

    told = golive("attest", "TIM-24")

    assert told.code == 0
    asked = "Who vouches for it, with mail address [Ana Souza <ana@shop.example>]: As what, for instance QA lead: "
    assert told.out[3].startswith(f"{asked}Evidence, a link or a file: golive/attestations.yaml: 1 word is written")
    written = read(project / "golive/attestations.yaml")
    assert isinstance(written, dict)
    (record,) = written["attestations"]
    assert (record["by"], record["sha256"]) == (ANA, hashlib.sha256(b"seen").hexdigest())


def test_a_whole_section(golive: Command, project: Path) -> None:
    """One record for each rule of it that a person's word decides; letter case does not count."""
    told = golive("attest", "operating model", *ANSWERS)

    assert told.out[-2] == (
        "golive/attestations.yaml: 6 words are written: UPZ-05, UPZ-06, UPZ-07, UPZ-08, UPZ-09, UPZ-10"
    )
    written = read(project / "golive/attestations.yaml")
    assert isinstance(written, dict)
    assert len({each["statement"] for each in written["attestations"]}) == 6


def test_a_review_names_the_commit_that_was_looked_at(golive: Command, project: Path) -> None:
    """And its terms are shown before anybody signs."""
    commit = repository(project).commit("a.py", BEN)

    told = golive("attest", "UPZ-10", *ANSWERS)

    assert told.out[2] == "  it holds for 90 days, not by whoever wrote the change, until the release changes"
    written = read(project / "golive/attestations.yaml")
    assert isinstance(written, dict)
    assert written["attestations"][0]["commit"] == commit


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("TIM-24",), "--by is missing: who vouches for it, with mail address"),
        (("TIM-24", "--by", "<name>"), "--by is not filled in"),
        (("TIM-24", "--by", "Ana", "--role", "QA"), "--evidence is missing: evidence, a link or a file"),
        (
            ("TIM-24", "--by", "A", "--role", "QA", "--evidence", "gone.png"),
            "--evidence gone.png: is no https address, and no file: No such file or directory",
        ),
        (("TIM-10", *ANSWERS), "no person's word decides TIM-10; `golive rules` says what does"),
        (("TIM-99", *ANSWERS), "no rule has the id 'TIM-99'; did you mean TIM-29?"),
        (
            ("TIM-24", "--env", "stagin", *ANSWERS),
            "unknown environment 'stagin'; did you mean staging? There are: staging",
        ),
        (
            ("Operating model", "--statement", "x", *ANSWERS),
            "--statement goes with one rule; each rule of a section has its own words",
        ),
    ],
)
def test_a_word_that_is_refused(golive: Command, project: Path, arguments: tuple[str, ...], told: str) -> None:
    """In one line, and nothing is written."""
    refused = golive("attest", *arguments)

    assert (refused.code, refused.err[-1]) == (2, f"golive attest: {told}")
    assert not (project / "golive").exists() or not (project / "golive/attestations.yaml").exists()


def test_a_word_that_would_make_the_file_wrong(golive: Command, project: Path) -> None:
    """The file stays as it was."""
    golive("attest", "TIM-24", *ANSWERS)
    before = (project / "golive/attestations.yaml").read_text()

    refused = golive("attest", "TIM-24", *ANSWERS, "--at", day(9))

    assert refused.err == [
        "golive attest: nothing is written:",
        "golive attest: attestations.yaml:13: attestations[1].at: lies in the future",
    ]
    assert (project / "golive/attestations.yaml").read_text() == before


def test_a_gap_is_waived(golive: Command, project: Path) -> None:
    """Until a day, by somebody who is not its owner."""
    told = golive("waive", "TIM-26", *GAP, "--until", day(60))

    assert told.out == [
        "TIM-26: Templates for messages after 24 hours are approved by Meta",
        "golive/waivers.yaml: 1 gap is accepted: TIM-26",
        "golive.yaml names it now: waivers: golive/waivers.yaml",
    ]
    assert golive("waive", "SHOP-07", *GAP, "--until", day(60)).code == 0
    written = read(project / "golive/waivers.yaml")
    assert isinstance(written, dict)
    assert [each["rule"] for each in written["waivers"]] == ["TIM-26", "SHOP-07"]


def test_a_section_is_waived_without_its_blockers(golive: Command) -> None:
    """They are told."""
    told = golive("waive", "Agents and channels", "--vendor", "timely", *GAP, "--until", day(60))

    assert told.out[-3:-1] == [
        "golive/waivers.yaml: 2 gaps are accepted: TIM-24, TIM-26",
        "left out, for blockers cannot be waived: TIM-21, TIM-22, TIM-23, TIM-25",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("TIM-05", *GAP), "TIM-05 is a blocker: it cannot be waived"),
        (("TIM-26", *GAP), "--until is missing: until which day, at most 90 days ahead"),
        (
            ("TIM-26", "--reason", "r", "--owner", "Ana", "--approver", "ana", "--until", day(9)),
            "waivers.yaml:6: waivers[0].approver: is the owner; somebody else has to accept the gap",
        ),
        (
            ("TIM-26", *GAP, "--until", day(99)),
            "waivers.yaml:8: waivers[0].until: is more than 90 days ahead; a gap is accepted anew after that",
        ),
    ],
)
def test_a_gap_that_is_refused(golive: Command, project: Path, arguments: tuple[str, ...], told: str) -> None:
    """Nothing is written."""
    refused = golive("waive", *arguments)

    assert (refused.code, refused.err[-1]) == (2, f"golive waive: {told}")
    assert not (project / "golive/waivers.yaml").exists()


def test_a_rule_that_does_not_apply(golive: Command, project: Path) -> None:
    """Goes into golive.yaml; a blocker asks who agrees."""
    told = golive("not-applicable", "TIM-26", "--reason", "none is sent", "--by", "Ben")
    asked = golive("not-applicable", "TIM-05", "--reason", "no webhooks", "--by", "Ben")
    agreed = golive(
        "not-applicable", "TIM-05", "--reason", "no webhooks", "--by", "Ben", "--approver", "Ana", "--until", day(60)
    )

    assert told.out == ["golive.yaml: 1 entry is written"]
    assert asked.err == ["golive not-applicable: --approver is missing: who agrees, somebody else"]
    assert agreed.out == ["about blockers: TIM-05", "golive.yaml: 1 entry is written"]
    written = read(project / "golive.yaml")
    assert isinstance(written, dict)
    assert [each["rule"] for each in written["not_applicable"]] == ["TIM-26", "TIM-05"]


def test_a_feature_that_is_switched_off(golive: Command, project: Path) -> None:
    """One entry says who agreed; before that `golive lint` calls it an error."""
    repository(project).commit("a.py", "Cleo Lee <cleo@shop.example>")
    text = (project / "golive.yaml").read_text()
    (project / "golive.yaml").write_text(text.replace("agent_id: a}}", "agent_id: a}, features: {webhooks: false}}"))
    line = "golive not-applicable --feature webhooks --vendor timely"

    before = golive("lint")
    said = golive(*line.split()[1:], "--reason", "not used", "--by", "Ben", "--approver", "Ana", "--until", day(300))
    after = golive("lint")

    assert said.err == []
    assert before.out == [
        f"error: the feature webhooks of timely is switched off, and blockers with it: `{line}` writes who agrees",
        "1 error",
    ]
    assert (before.code, after.code, after.out) == (1, 0, ["all is in order"])


def test_lint_tells_what_is_over_and_what_ends_soon(golive: Command, project: Path) -> None:
    """Errors first; words that do not count, gaps whose day is over, too many of them, and approvers who wrote it."""
    repository(project).commit("a.py", ANA)
    golive("attest", "TIM-24", "--by", "Cleo", *ANSWERS[2:], "--at", day(-85))
    golive("attest", "TIM-22", *ANSWERS)
    (project / "golive/waivers.yaml").write_text(
        "golive: 1\nceiling: 1\nwaivers:\n"
        f"  - {{rule: TIM-26, reason: r, owner: Ben, approver: Cleo, until: {day(-1)}}}\n"
        f"  - {{rule: TIM-28, reason: r, owner: Ben, approver: Cleo, until: {day(9)}}}\n"
        f"  - {{rule: TIM-30, reason: r, owner: Ben, approver: Cleo, until: {day(60)}}}\n"
        f"  - {{rule: TIM-27, reason: r, owner: Ben, approver: {ANA!r}, until: {day(60)}}}\n"
    )
    with (project / "golive.yaml").open("a") as file:
        file.write("waivers: golive/waivers.yaml\n")

    told = golive("lint")

    wrote = f"{ANA} wrote a part of the change, so git"
    assert told.code == 1
    assert told.out == [
        f"error: waivers.yaml:4: waiver TIM-26: it was accepted until {day(-1)}, and that is over",
        f"error: waivers.yaml:7: waiver TIM-27: {wrote}; somebody else has to accept it",
        "error: 2 gaps are accepted, and 1 may be: TIM-28, TIM-30",
        f"error: TIM-22: attestations.yaml:9: {wrote}; somebody else has to look",
        f"warning: waivers.yaml:5: waiver TIM-28: it is accepted until {day(9)} only: close it, or accept it anew",
        f"warning: the word of Cleo on TIM-24 ends on {day(5)}; type: golive attest TIM-24",
        "4 errors, 2 warnings",
    ]


def test_lint_of_a_wrong_file(golive: Command, project: Path) -> None:
    """All of its mistakes."""
    with (project / "golive.yaml").open("a") as file:
        file.write("not_applicable:\n  - {rule: TIM-05, reason: r, by: b}\n  - {rule: TIM-99, reason: r, by: b}\n")

    assert golive("lint").err == [
        "golive lint: golive.yaml:9: not_applicable[0]: TIM-05 is a blocker: it needs approver and until",
        "golive lint: golive.yaml:10: not_applicable[1].rule: no rule has the id 'TIM-99'; did you mean TIM-29?",
    ]


def test_the_verdict_of_no_ledger(golive: Command) -> None:
    """It is told."""
    assert golive("verdict", "gone.jsonl").err == [
        "golive verdict: gone.jsonl cannot be read: No such file or directory"
    ]
    assert golive("join", "gone.jsonl").err == ["golive join: gone.jsonl cannot be read: No such file or directory"]


def test_what_is_waived_already_is_not_waived_again(golive: Command, project: Path) -> None:
    """Of a section the rest is; one rule alone is refused."""
    golive("waive", "TIM-26", *GAP, "--until", day(60))

    again = golive("waive", "TIM-26", *GAP, "--until", day(60))
    rest = golive("waive", "Agents and channels", *GAP, "--until", day(60))

    assert again.err == ["golive waive: waived already: TIM-26; change the record there"]
    assert rest.out[1] == "golive/waivers.yaml: 1 gap is accepted: TIM-24"
