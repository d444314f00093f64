"""Everything people said that concerns a run: read from the files that golive.yaml names, and judged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Manifest
from pytest_golive.people.authors import History
from pytest_golive.people.claims import claim_of, rules_of
from pytest_golive.people.days import ends
from pytest_golive.people.deploy import Deploy, deploy_of
from pytest_golive.people.files import Attestations, Waivers, read_attestations, read_waivers
from pytest_golive.people.gaps import Gap, Judging, left_out, mistakes_in, unapproved_features, waived
from pytest_golive.people.judging import Hearing, Judged
from pytest_golive.people.rules_known import KnownRules, known_rules


@dataclass(frozen=True, slots=True)
class Register:
    """What people said.

    Attributes:
        judged: vendor and rule -> what the word on it is worth.
        gaps: what is waived or declared not applicable in the environment.
        ceiling: how many gaps may be accepted.
        unapproved: by vendor, features that were switched off without anybody who agreed.
        watched: whether a person vouches for what monitoring shows.
        deploy: when the release was deployed; None in a rehearsal.
        now: the time it was judged at.
        files: the files it was read from, by the key of golive.yaml that names them.
    """

    judged: Mapping[tuple[str, str], Judged] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    ceiling: int = Waivers().ceiling
    unapproved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    watched: bool = False
    deploy: Deploy | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def not_applicable(self) -> Mapping[str, str]:
        """Why rules do not apply: by rule, or by vendor and rule where it is about one vendor only."""
        return {
            f"{gap.vendor} {rule}" if gap.vendor else rule: gap.text
            for gap in self.gaps
            if gap.kind == "not applicable" and gap.holds and not gap.of_feature
            for rule in gap.rules
        }


@dataclass(frozen=True, slots=True)
class Papers:
    """The files people write, read and checked.

    Attributes:
        known: the rules there are.
        attestations: what people vouch for.
        waivers: what is waived.
        files: where they lie, by the key of golive.yaml.
    """

    known: KnownRules
    attestations: Attestations = field(default_factory=Attestations)
    waivers: Waivers = field(default_factory=Waivers)
    files: Mapping[str, Path] = field(default_factory=dict)


def read_papers(manifest: Manifest, folder: Path, now: datetime) -> Papers:
    """Read the files that golive.yaml names.

    Raises:
        Mistakes: everything that is wrong in them, and in golive.yaml's `not_applicable`.
    """
    environments = tuple(manifest.environments)
    files = {key: folder / name for key in ("attestations", "waivers") if (name := getattr(manifest, key)) is not None}
    # Reading the packs of vendors that nobody uses takes a tenth of a second: only where a rule is named.
    known = known_rules() if files or manifest.not_applicable else KnownRules({})
    mistakes: list[Mistake] = [*mistakes_in(manifest, known, now)]
    attestations, waivers = Attestations(), Waivers()
    try:
        if "attestations" in files:
            attestations = read_attestations(files["attestations"], known, environments, now)
    except Mistakes as error:
        mistakes += error.mistakes
    try:
        if "waivers" in files:
            waivers = read_waivers(files["waivers"], known, environments, now)
    except Mistakes as error:
        mistakes += error.mistakes
    if mistakes:
        raise Mistakes(mistakes)
    return Papers(known, attestations, waivers, files)


def history_of(manifest: Manifest, folder: Path, papers: Papers, since: str | None = None) -> History:
    """Return the history of the integration's files, without what people write about a release.

    Args:
        manifest: golive.yaml.
        folder: where it lies.
        papers: the files people write.
        since: the commit of the last GO, if it is known.
    """
    repository = (folder / manifest.source.repository).resolve()
    evidence = [folder / each.evidence for each in papers.attestations.records if each.is_file]
    written = [folder / manifest.mistake((), "").file, *papers.files.values(), *evidence]
    return History(repository, _below(repository, written), since)


def _below(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """Return those of the paths that lie below a folder, seen from there; git is asked about no others."""
    seen = dict.fromkeys(Path(os.path.relpath(path.resolve(), folder)) for path in paths)
    return [path for path in seen if path.parts[:1] != ("..",) and not path.is_absolute()]


def register_of(
    manifest: Manifest,
    chosen: str,
    folder: Path,
    *,
    since: str | None = None,
    typed: str = "",
    now: datetime | None = None,
) -> Register:
    """Return what people said that concerns an environment of golive.yaml.

    Args:
        manifest: golive.yaml.
        chosen: the environment.
        folder: where golive.yaml lies.
        since: the commit of the last GO, if it is known.
        typed: the options that `golive attest` needs besides the rule.
        now: the time; default: the clock's.

    Raises:
        Mistakes: everything that is wrong in the files.
    """
    at = now or datetime.now(UTC)
    papers = read_papers(manifest, folder, at)
    history = history_of(manifest, folder, papers, since)
    judging = Judging(chosen, history, at)
    gaps = (*waived(papers.waivers, papers.known, judging), *left_out(manifest, papers.known, judging))
    deploy = deploy_of(manifest, chosen, history, at)
    hearing = Hearing(papers.attestations, folder, history, deploy, chosen, at, typed=typed)
    return Register(
        judged=_judged(hearing, tuple(manifest.environments[chosen].vendors)),
        gaps=gaps,
        ceiling=papers.waivers.ceiling,
        unapproved=unapproved_features(manifest, chosen, gaps),
        watched=manifest.monitoring is not None and manifest.monitoring.attested,
        deploy=deploy,
        now=at,
        files=papers.files,
    )


def example_register(path: Path, chosen: str, vendors: Sequence[str]) -> Register:
    """Return what the people of the example project said, at a time at which all of it holds."""
    known = known_rules()
    # Whatever the clock says: its days are as made up as the rest of it.
    attestations = read_attestations(path, known, (chosen,), datetime(9999, 1, 1, tzinfo=UTC), examples=True)
    now = max((ends(each.at) for each in attestations.records), default=datetime.now(UTC))
    hearing = Hearing(attestations, path.parent, _Nobodys(path.parent), Deploy(chosen), chosen, now)
    return Register(judged=_judged(hearing, vendors), now=now, files={"attestations": path})


class _Nobodys(History):
    """The history of the example project: it has none, and nobody wrote it."""

    everybody = ()
    of_the_change = ()
    last_change = datetime(2000, 1, 1, tzinfo=UTC)

    def changed_since(self, commit: str) -> tuple[str, ...]:
        """Return what changed: nothing ever does."""
        del commit
        return ()


def _judged(hearing: Hearing, vendors: Sequence[str]) -> dict[tuple[str, str], Judged]:
    claims = [claim for vendor in vendors for rule in rules_of(vendor) if (claim := claim_of(vendor, rule))]
    return {(claim.vendor, claim.rule): hearing.judge(claim) for claim in claims}
