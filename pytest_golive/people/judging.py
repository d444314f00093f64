"""Whether a person's word holds: there, in time, by the right person, with evidence that is what it was."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pytest_golive.people.authors import Author, History, Unknown, person
from pytest_golive.people.claims import Claim
from pytest_golive.people.days import begins, day_of, ends, last_day
from pytest_golive.people.deploy import Deploy
from pytest_golive.people.files import Attestations
from pytest_golive.people.records import Attestation

WARN_DAYS = 14
"""Days before its end from which on a word or an accepted gap is warned of."""

FINGERPRINT = 12
"""Digits of a commit or a hash that are shown."""

_PROGRAMS = re.compile(
    r"\b(?:developer|dev|devops|programmer|coder|engineer|architect|tech(?:nical)? lead|sre|back-?end|front-?end"
    r"|full-?stack|entwickler\w*|desarrollador\w*|desenvolvedor\w*|programador\w*)\b",
    re.IGNORECASE,
)
_TRIES = re.compile(r"\b(?:qa|quality|test\w*|support|sales|customer|product|ux)\b", re.IGNORECASE)
"""Roles of those who try what others wrote."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person's word on a rule is worth.

    Attributes:
        state: it holds; it is missing, or too old to count; or it is wrong.
        text: who said it and until when it holds; else what is the matter.
        warning: what has to be seen to soon.
        record: the record it is about, if there is one.
    """

    state: Literal["holds", "missing", "wrong"]
    text: str
    warning: str = ""
    record: Attestation | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What words are judged by.

    Attributes:
        attestations: what people vouch for.
        folder: where golive.yaml lies; evidence is seen from there.
        history: who wrote what.
        deploy: when the release was deployed.
        environment: the environment that is looked at.
        now: the time.
        typed: the options that `golive attest` needs besides the rule.
    """

    attestations: Attestations
    folder: Path
    history: History
    deploy: Deploy
    environment: str
    now: datetime
    typed: str = ""
    digests: dict[Path, str] = field(default_factory=dict)

    def judge(self, claim: Claim) -> Judged:
        """Return what the best word on a claim is worth: one that holds, else the newest."""
        mine = [each for each in self.attestations.records if each.rule == claim.rule and self._is_here(claim, each)]
        if not mine:
            return Judged("missing", f"nobody has vouched for it; type: {self.line(claim)}")
        judged = [self._judge(claim, each) for each in sorted(mine, key=lambda each: begins(each.at), reverse=True)]
        return next((each for each in judged if each.state == "holds"), judged[0])

    def line(self, claim: Claim) -> str:
        """Return the command line by which a person vouches for a claim."""
        return f"golive attest {claim.rule}{self.typed}"

    def _is_here(self, claim: Claim, record: Attestation) -> bool:
        """Whether a word is about this environment; what is vouched for where a release goes counts before it, too."""
        there = self.environment if claim.about == "environment" else self.deploy.environment
        return record.environment in {None, self.environment, there}

    def _judge(self, claim: Claim, record: Attestation) -> Judged:
        wrong = self._evidence_is_wrong(record)
        if wrong:
            return Judged("wrong", f"{self._place(record)}: {wrong}", record=record)
        end = end_of(claim, record)
        if end <= self.now:
            told = f"the word of {record.by} of {record.at} held until {last_day(end)}; type: {self.line(claim)}"
            return Judged("missing", told, record=record)
        if claim.after_deploy and self.deploy.at is not None and ends(record.at) <= self.deploy.at:
            told = f"the word of {record.by} of {record.at} is older than the deploy; type: {self.line(claim)}"
            return Judged("missing", told, record=record)
        if claim.names_commit and self.deploy.at is not None and begins(record.at) > self.deploy.at:
            late = f"{record.by} signed on {record.at}, after the deploy of {day_of(self.deploy.at)}"
            return Judged("wrong", f"{self._place(record)}: {late}", record=record)
        return self._about_the_change(claim, record, end)

    def _about_the_change(self, claim: Claim, record: Attestation, end: datetime) -> Judged:
        try:
            stale = self._is_stale(claim, record)
            author = self._is_author(claim, record)
        except Unknown as unknown:
            told = f"whether {record.by} may vouch for it cannot be told: {unknown}"
            return Judged("missing", told, record=record)
        if author:
            return Judged("wrong", f"{self._place(record)}: {author}", record=record)
        if stale:
            return Judged("missing", f"{stale}; type: {self.line(claim)}", record=record)
        told = f"{record.by} ({record.role}) on {record.at}, holds until {last_day(end)}"
        return Judged("holds", told, self._ends_soon(claim, record, end) or self._is_insider(claim, record), record)

    def _is_stale(self, claim: Claim, record: Attestation) -> str:
        """Return why a word is about an earlier state of the repository; empty where it is not."""
        told = f"the word of {record.by} of {record.at}"
        if record.commit is not None and claim.of_the_release:
            changed = self.history.changed_since(record.commit)
            if not changed:
                return ""
            files = f"{changed[0]} and {len(changed) - 1} more files" if len(changed) > 1 else changed[0]
            return f"{told} is about commit {record.commit[:FINGERPRINT]}; since then {files} changed"
        if claim.names_commit:
            return f"{told} names no commit"
        if claim.of_the_release and ends(record.at) <= self.history.last_change:
            return f"{told} is older than the last change of {day_of(self.history.last_change)}"
        return ""

    def _is_author(self, claim: Claim, record: Attestation) -> str:
        if claim.not_by is None:
            return ""
        whole = claim.not_by == "whoever_wrote_it"
        authors = self.history.everybody if whole else self.history.of_the_change
        found = author_among(record.by, authors)
        if found is None:
            return ""
        part = "a part of it" if whole else "a part of the change"
        return f"{record.by} wrote {part}, so git; somebody else has to look"

    @staticmethod
    def _is_insider(claim: Claim, record: Attestation) -> str:
        """Return a warning where somebody looked who wrote none of it, and yet writes programs."""
        if claim.not_by != "whoever_wrote_it" or not _PROGRAMS.search(record.role) or _TRIES.search(record.role):
            return ""
        return f"{record.by} speaks as {record.role}: somebody who does not program would see other things"

    def _evidence_is_wrong(self, record: Attestation) -> str:
        if not record.is_file:
            return ""
        path = self.folder / record.evidence
        if path not in self.digests:
            try:
                self.digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                return f"the evidence {record.evidence} cannot be read: {error.strerror}"
        if self.digests[path] != record.sha256:
            return f"the evidence {record.evidence} is not what it was: its SHA-256 is {self.digests[path]}"
        return ""

    def _ends_soon(self, claim: Claim, record: Attestation, end: datetime) -> str:
        # A word that is renewed every week always ends soon.
        span = end - begins(record.at)
        if end - self.now > min(timedelta(days=WARN_DAYS), span / 3):
            return ""
        return f"the word of {record.by} on {claim.rule} ends on {last_day(end)}; type: {self.line(claim)}"

    def _place(self, record: Attestation) -> str:
        return self.attestations.place(record)


def end_of(claim: Claim, record: Attestation) -> datetime:
    """Return when a word ends: when it says, at the latest after the renewal period of the rule."""
    latest = ends(record.at) + timedelta(days=claim.renew_days)
    return latest if record.expires is None else min(latest, ends(record.expires))


def author_among(by: str, authors: Sequence[Author]) -> Author | None:
    """Return the author who is this person; None where nobody is."""
    who = person(by)
    return next((author for author in authors if author.is_one_with(who)), None)
