"""What a person's word is worth."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.outcome import Severity
from pytest_golive.people.authors import History
from pytest_golive.people.claims import Claim, claim_named
from pytest_golive.people.deploy import Deploy
from pytest_golive.people.files import Attestations
from pytest_golive.people.judging import Hearing, Judged
from pytest_golive.people.records import Attestation
from tests.unit.people.repository import ANA, BEN, Repository, repository

CLAIM = Claim("TIM-24", "timely", "somebody gets to know", "I got it.", Severity.MAJOR, "production")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def word(**changes: Any) -> Attestation:
    """Return a word of Ana's."""
    told = {"rule": "TIM-24", "statement": "I got it.", "by": ANA, "role": "QA lead", "at": "2026-11-20"}
    return Attestation.model_validate({**told, "evidence": "https://shop.example/1", **changes})


def hearing(folder: Path, *words: Attestation, **changes: Any) -> Hearing:
    """Return what judges these words in staging, which releases to production."""
    file = Attestations(folder / "a.yaml", words, tuple(range(3, 3 + len(words))))
    history = History(folder, [Path("a.yaml"), Path("proof.png")])
    judged = Hearing(file, folder, history, Deploy("production"), "staging", NOW)
    return replace(judged, **changes)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A repository that Ben wrote."""
    made = repository(tmp_path)
    made.commit("a.py", BEN, at="2026-11-19T12:00:00Z")
    return made


def test_a_word_that_holds(tmp_path: Path) -> None:
    """Who, as what, when, and until when."""
    told = hearing(tmp_path, word()).judge(CLAIM)

    assert told == Judged("holds", f"{ANA} (QA lead) on 2026-11-20, holds until 2027-02-18", record=word())


def test_nobody_said_anything(tmp_path: Path) -> None:
    """The line to type, with the options it needs."""
    told = hearing(tmp_path, typed=" --manifest x.yaml").judge(CLAIM)

    assert told == Judged("missing", "nobody has vouched for it; type: golive attest TIM-24 --manifest x.yaml")


@pytest.mark.parametrize(
    ("changes", "until"),
    [({"at": "2026-08-01"}, "2026-10-30"), ({"at": "2026-11-01", "expires": "2026-11-20"}, "2026-11-20")],
)
def test_a_word_that_is_over(tmp_path: Path, changes: dict[str, str], until: str) -> None:
    """By the rule's period, or by what it says itself, whichever is earlier."""
    given = word(**changes)

    told = hearing(tmp_path, given).judge(CLAIM)

    text = f"the word of {ANA} of {given.at} held until {until}; type: golive attest TIM-24"
    assert told == Judged("missing", text, record=given)


def test_the_last_day_counts(tmp_path: Path) -> None:
    """All of it, in UTC; and it is warned of."""
    told = hearing(tmp_path, word(at="2026-11-01", expires="2026-11-21")).judge(CLAIM)

    assert told.state == "holds"
    assert told.warning == f"the word of {ANA} on TIM-24 ends on 2026-11-21; type: golive attest TIM-24"


def test_a_word_of_every_week_is_not_always_warned_of(tmp_path: Path) -> None:
    """Only in the last third of its time."""
    weekly = replace(CLAIM, renew_days=7)

    assert hearing(tmp_path, word(at="2026-11-20")).judge(weekly).warning == ""
    assert hearing(tmp_path, word(at="2026-11-15")).judge(weekly).warning != ""


def test_the_newest_word_that_holds_counts(tmp_path: Path) -> None:
    """Older ones stay in the file, and say nothing."""
    old, new = word(at="2026-01-01"), word(at="2026-11-20")

    assert hearing(tmp_path, old, new).judge(CLAIM).record == new
    assert hearing(tmp_path, new, old).judge(CLAIM).record == new


def test_words_of_other_environments(tmp_path: Path) -> None:
    """What is about production may be said of production; what is about the environment may not."""
    there, elsewhere = word(environment="production"), word(environment="qa")
    about_here = replace(CLAIM, about="environment")

    assert hearing(tmp_path, there).judge(CLAIM).state == "holds"
    assert hearing(tmp_path, there).judge(about_here).state == "missing"
    assert hearing(tmp_path, elsewhere).judge(CLAIM).state == "missing"
    assert hearing(tmp_path, word(environment="staging")).judge(about_here).state == "holds"


def test_evidence_that_is_a_file(tmp_path: Path) -> None:
    """It has to be there, and to be what it was."""
    proof = tmp_path / "proof.png"
    proof.write_bytes(b"seen")
    digest = hashlib.sha256(b"seen").hexdigest()

    right = hearing(tmp_path, word(evidence="proof.png", sha256=digest)).judge(CLAIM)
    changed = hearing(tmp_path, word(evidence="proof.png", sha256="0" * 64)).judge(CLAIM)
    gone = hearing(tmp_path, word(evidence="gone.png", sha256=digest)).judge(CLAIM)

    assert right.state == "holds"
    assert (changed.state, changed.text) == (
        "wrong",
        f"a.yaml:3: the evidence proof.png is not what it was: its SHA-256 is {digest}",
    )
    assert (gone.state, gone.text) == (
        "wrong",
        "a.yaml:3: the evidence gone.png cannot be read: No such file or directory",
    )


def test_who_wrote_it_does_not_review_it(repo: Repository) -> None:
    """Git's authors are compared by name and by address."""
    claim = replace(CLAIM, not_by="whoever_wrote_it")

    ben = hearing(repo.folder, word(by="B. Okafor <BEN@shop.example>")).judge(claim)
    ana = hearing(repo.folder, word()).judge(claim)

    assert (ben.state, ben.text) == (
        "wrong",
        "a.yaml:3: B. Okafor <BEN@shop.example> wrote a part of it, so git; somebody else has to look",
    )
    assert ana.state == "holds"


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("Senior Developer", "speaks as Senior Developer: somebody who does not program would see other things"),
        ("Site reliability engineer", "speaks as Site reliability engineer: "),
        ("Entwicklerin", "speaks as Entwicklerin: somebody who does not program would see other things"),
        ("QA engineer", ""),
        ("customer care", ""),
        ("product owner", ""),
        ("head of sales", ""),
    ],
)
def test_somebody_who_does_not_program_sees_other_things(repo: Repository, role: str, told: str) -> None:
    """It holds all the same, and only where nobody may look who wrote any of it."""
    claim = replace(CLAIM, not_by="whoever_wrote_it")

    judged = hearing(repo.folder, word(role=role)).judge(claim)

    assert judged.state == "holds"
    assert judged.warning.startswith(f"{ANA} {told}") if told else judged.warning == ""
    assert hearing(repo.folder, word(role=role)).judge(CLAIM).warning == ""


def test_who_wrote_the_change_does_not_approve_it(repo: Repository) -> None:
    """Who wrote an earlier release may."""
    repo.git("tag", "v1")
    repo.commit("b.py", ANA, at="2026-11-19T12:00:00Z")
    claim = replace(CLAIM, not_by="whoever_wrote_the_change")

    ana = hearing(repo.folder, word()).judge(claim)
    ben = hearing(repo.folder, word(by=BEN)).judge(claim)

    assert ana.text == f"a.yaml:3: {ANA} wrote a part of the change, so git; somebody else has to look"
    assert ben.state == "holds"


def test_where_git_cannot_tell(tmp_path: Path) -> None:
    """It is not verified, never green."""
    told = hearing(tmp_path, word()).judge(replace(CLAIM, not_by="whoever_wrote_it"))

    assert (told.state, told.text) == (
        "missing",
        f"whether {ANA} may vouch for it cannot be told: the files lie in no git repository",
    )


def test_a_review_is_of_this_release(repo: Repository) -> None:
    """A word older than the last change is about something else; one of the same day is not."""
    claim = replace(CLAIM, of_the_release=True)

    assert hearing(repo.folder, word(at="2026-11-19")).judge(claim).state == "holds"
    old = hearing(repo.folder, word(at="2026-11-18")).judge(claim)
    assert (old.state, old.text) == (
        "missing",
        f"the word of {ANA} of 2026-11-18 is older than the last change of 2026-11-19; type: golive attest TIM-24",
    )


def test_a_review_that_names_its_commit(repo: Repository) -> None:
    """What people write afterwards changes nothing; a change of the code does."""
    looked_at = repo.git("rev-parse", "--short=10", "HEAD")
    claim = replace(CLAIM, of_the_release=True, names_commit=True)
    given = word(commit=looked_at, at="2026-11-19")
    repo.commit("a.yaml", ANA)

    same = hearing(repo.folder, given).judge(claim)
    repo.commit("b.py", BEN)
    repo.commit("c.py", BEN)
    changed = hearing(repo.folder, given).judge(claim)

    assert same.state == "holds"
    assert changed.text == (
        f"the word of {ANA} of 2026-11-19 is about commit {looked_at}; since then b.py and 1 more files changed; "
        "type: golive attest TIM-24"
    )
    assert hearing(repo.folder, word()).judge(claim).text == (
        f"the word of {ANA} of 2026-11-20 names no commit; type: golive attest TIM-24"
    )
    strange = hearing(repo.folder, word(commit="fffffff")).judge(claim)
    assert (strange.state, strange.text) == (
        "missing",
        f"whether {ANA} may vouch for it cannot be told: git knows no commit fffffff here",
    )


def test_what_follows_the_deploy_is_said_after_it(tmp_path: Path) -> None:
    """A word from before it does not count."""
    deployed = Deploy("production", datetime(2026, 11, 21, 9, tzinfo=UTC))
    claim = replace(CLAIM, after_deploy=True)

    early = hearing(tmp_path, word(), deploy=deployed).judge(claim)
    late = hearing(tmp_path, word(at="2026-11-21"), deploy=deployed).judge(claim)

    assert early.text == f"the word of {ANA} of 2026-11-20 is older than the deploy; type: golive attest TIM-24"
    assert late.state == "holds"


def test_a_release_is_signed_off_before_its_deploy(repo: Repository) -> None:
    """On the day of the deploy it may have been in time."""
    commit = repo.git("rev-parse", "HEAD")
    deployed = Deploy("production", datetime(2026, 11, 20, 9, tzinfo=UTC))
    claim = replace(CLAIM, names_commit=True, of_the_release=True)

    late = hearing(repo.folder, word(commit=commit, at="2026-11-21"), deploy=deployed).judge(claim)
    same_day = hearing(repo.folder, word(commit=commit), deploy=deployed).judge(claim)

    assert (late.state, late.text) == (
        "wrong",
        f"a.yaml:3: {ANA} signed on 2026-11-21, after the deploy of 2026-11-20",
    )
    assert same_day.state == "holds"


def test_the_terms_of_a_rule_are_those_of_the_pack() -> None:
    """A sign-off names its commit, and is not by whoever wrote the change."""
    claim = claim_named("augno", "AUG-40")

    assert claim is not None
    assert (claim.names_commit, claim.of_the_release, claim.not_by) == (True, True, "whoever_wrote_the_change")
    assert claim_named("augno", "AUG-09") is None


def test_a_person_may_look_at_monitoring() -> None:
    """What stands in a rule about dashboards and alerts is what is vouched for; trends are looked at every week."""
    claim = claim_named("uppzy", "UPZ-34")

    assert claim is not None
    assert claim.statement.startswith("We looked at dashboards and alerts: ")
