"""Gives a check the papers it is about, or ends it with the key of golive.yaml that names none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pytest_golive.facts.finding import CheckFailed, Finding, NotVerified
from pytest_golive.papers.named import Papers
from pytest_golive.papers.reading import SUFFIXES, Elsewhere, Missing, Paper, read

ELSEWHERE = "golive reads files only: keep it in the repository, or let somebody vouch for it"


def named(
    papers: Papers, given: str, key: str, what: str, suffixes: Collection[str] = SUFFIXES
) -> tuple[Paper, ...]:
    """Return what golive.yaml names under a key.

    Args:
        papers: where its files lie.
        given: what it names; may be empty.
        key: the key.
        what: what it should name, for a reader.
        suffixes: what the names of a folder's papers end with.

    Raises:
        NotVerified: it names nothing, or an address.
        CheckFailed: it names a file that is not there.
    """
    if not given.strip():
        raise NotVerified(f"{key} is missing: {what}", key=key)
    try:
        return read(papers.folder, given, key, suffixes)
    except Elsewhere as address:
        raise NotVerified(f"{key} is {address}: {ELSEWHERE}", key=key) from None
    except Missing as problem:
        finding = Finding(
            "what golive.yaml names has to be there", "a file or folder, seen from golive.yaml", str(problem)
        )
        raise CheckFailed(finding) from None


def runbooks(papers: Papers, what: str) -> Mapping[str, tuple[Paper, ...]]:
    """Return the runbooks by what golive.yaml calls them; those at addresses are left out where there are others.

    Raises:
        NotVerified: it names none that can be read.
        CheckFailed: it names a file that is not there.
    """
    key = "operations.runbooks"
    if not papers.runbooks:
        raise NotVerified(f"{key} is missing: {what}", key=key)
    found: dict[str, tuple[Paper, ...]] = {}
    away: NotVerified | None = None
    for name, given in papers.runbooks.items():
        try:
            found[name] = named(papers, given, f"{key}.{name}", what)
        except NotVerified as elsewhere:
            away = elsewhere
    if not found and away is not None:
        raise away
    return found


def has_some_elsewhere(papers: Papers) -> bool:
    """Whether a runbook lies where golive cannot read it, so that nothing can be said to be missing."""
    return any("://" in given for given in papers.runbooks.values())
