"""Vouch for a rule, or for all rules of a section that a person's word decides: named, dated, with evidence.

Asks for what is not given; the word goes into the file that golive.yaml names, which belongs into version control.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.people_asking import (
    NO_WORDS,
    asked,
    declare_common,
    head,
    loaded,
    me,
    meant,
    name_file,
    today,
    write_records,
)

if TYPE_CHECKING:
    from pytest_golive.people.claims import Claim

__all__ = ["NO_WORDS", "declare", "run"]

USUAL = "golive/attestations.yaml"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    declare_common(parser, "rule to vouch for, or a section of a vendor's page: every rule of it that takes a word")
    parser.add_argument("--by", metavar="WHO", help="name and mail address; default: those of git")
    parser.add_argument("--role", metavar="ROLE", help="as what you speak: QA lead, on-call engineer …")
    parser.add_argument("--evidence", metavar="LINK|FILE", help="https address, or a file, whose hash is kept")
    parser.add_argument("--statement", metavar="TEXT", help="what you vouch for; default: the rule's own words")
    parser.add_argument("--at", metavar="DAY", help="when it was said, UTC; default: today")
    parser.add_argument("--expires", metavar="DAY", help="last day it holds; default: the renewal period of the rule")
    parser.add_argument("--commit", metavar="SHA", help="the commit you looked at; default: the one checked out")


def run(arguments: argparse.Namespace) -> int:
    """Write the records.

    Raises:
        Refused: no person's word decides it, something is missing, or what is said is not right.
    """
    from pytest_golive.people.claims import claim_of
    from pytest_golive.people.rules_known import known_rules

    manifest, path = loaded(arguments)
    known = known_rules()
    vendor, rules = meant(arguments, known, manifest)
    claims = [claim for rule in rules if (claim := claim_of(vendor, rule))]
    watched = manifest.monitoring is not None and manifest.monitoring.attested
    by_word = {rule.id for rule in rules if any(part.attestation is not None for part in rule.decided_by)}
    claims = [claim for claim in claims if watched or claim.rule in by_word]
    if not claims:
        raise Refused(f"no person's word decides {arguments.what}; `golive rules` says what does")
    if arguments.statement is not None and len(claims) > 1:
        raise Refused("--statement goes with one rule; each rule of a section has its own words")
    for claim in claims:
        _show(claim)
    records = _records(arguments, claims, path.parent)
    name = manifest.attestations or USUAL
    file = path.parent / name
    write_records(file, "attestations", records, lambda written: _judge(written, tuple(manifest.environments)))
    say(f"{file}: {len(records)} {'word is' if len(records) == 1 else 'words are'} written: {_ids(claims)}")
    if manifest.attestations is None:
        name_file(path, "attestations", name)
    return 0


def _show(claim: Claim) -> None:
    say(f"{claim.rule} ({claim.severity}): {claim.title}")
    say(f"  you vouch for: {claim.statement}")
    say(f"  it holds for {claim.renew_days} days{_terms(claim)}")


def _terms(claim: Claim) -> str:
    told = []
    if claim.not_by is not None:
        told.append(f"not by {claim.not_by.replace('_', ' ')}")
    if claim.of_the_release:
        told.append("until the release changes")
    return "".join(f", {each}" for each in told)


def _records(arguments: argparse.Namespace, claims: Sequence[Claim], folder: Path) -> list[dict[str, str | bool]]:
    by = asked(arguments.by, "--by", "Who vouches for it, with mail address", me(folder))
    role = asked(arguments.role, "--role", "As what, for instance QA lead")
    evidence, digest = _evidence(asked(arguments.evidence, "--evidence", "Evidence, a link or a file"), folder)
    records: list[dict[str, str | bool]] = []
    for claim in claims:
        record: dict[str, str | bool] = {"rule": claim.rule}
        if arguments.env is not None:
            record["environment"] = arguments.env
        record |= {"statement": arguments.statement or claim.statement, "by": by, "role": role}
        record |= {"at": arguments.at or today(), "evidence": evidence}
        if digest:
            record["sha256"] = digest
        commit = arguments.commit or (head(folder) if claim.of_the_release or claim.names_commit else "")
        if commit:
            record["commit"] = commit.lower()
        if arguments.expires is not None:
            record["expires"] = arguments.expires
        records.append(record)
    return records


def _evidence(given: str, folder: Path) -> tuple[str, str]:
    """Return the evidence as it is written, and its hash where it is a file."""
    if given.startswith(("https://", "http://")):
        return given, ""
    path = Path(given)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Refused(f"--evidence {given}: is no https address, and no file: {error.strerror}") from None
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix(), digest
    except ValueError:
        raise Refused(f"--evidence {given}: has to lie below {folder.resolve()}, where golive.yaml is") from None


def _judge(path: Path, environments: Sequence[str]) -> None:
    from datetime import UTC, datetime

    from pytest_golive.people.files import read_attestations
    from pytest_golive.people.rules_known import known_rules

    read_attestations(path, known_rules(), tuple(environments), datetime.now(UTC))


def _ids(claims: Sequence[Claim]) -> str:
    return ", ".join(claim.rule for claim in claims)
