"""Which webhook endpoints there are, and that those of test and of real customers are two, and alike."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.going_live.endpoints import COLUMNS, alike, is_live, shared, unknown
from pytest_golive.papers.text.tabular import Line, NoTable, table_of
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.plausible import looks_made_by_a_machine

KEY = "operations.webhook_endpoints"

SHOWN = 5


def test_endpoints_name_their_version(golive: Golive, planned: PlannedCheck) -> None:
    """Each webhook endpoint's version of payloads is known, and is the one that the client is pinned to.

    If this fails: write down the version, and make the endpoint again where it is another one.
    """
    pinned = str(golive.vendor(planned.vendor, planned.environment).setting("api_version"))
    endpoints = _endpoints(golive)
    silent = [each for each in endpoints if not each.told["version"]]
    golive.must(
        "the version of each endpoint's payloads has to be known",
        not silent,
        expected="a version for each endpoint",
        actual="; ".join(f"{each.place} names none" for each in silent[:SHOWN]),
    )
    others = [each for each in endpoints if pinned not in each.told["version"]]
    golive.must(
        "the version of each endpoint's payloads has to be the client's",
        not others,
        expected=pinned,
        actual="; ".join(f"{each.place} says {each.told['version']}" for each in others[:SHOWN]),
    )


def test_endpoints_are_apart(golive: Golive, planned: PlannedCheck) -> None:
    """Each webhook endpoint is known by address, mode, secret and events, and shares address and secret with none.

    If this fails: make a second endpoint with an address and a secret of its own, and write both down.
    """
    del planned
    endpoints = _endpoints(golive)
    lacking = [(each, names) for each in endpoints if (names := unknown(each))]
    golive.must(
        "of each endpoint address, mode, secret and events have to be known",
        not lacking,
        expected="all four; of the secret, where it is kept",
        actual="; ".join(f"{each.place} does not tell {', '.join(names)}" for each, names in lacking[:SHOWN]),
    )
    held = [each.place for each in endpoints if looks_made_by_a_machine(each.told["secret"])]
    golive.must(
        "the list of endpoints may say where a secret is kept, and never the secret",
        not held,
        expected="the name it has in the secret store",
        actual=f"{', '.join(held[:SHOWN])} seems to hold one",
    )
    same = list(shared(endpoints))
    golive.must(
        "endpoints may share neither address nor secret",
        not same,
        expected="an address and a secret for each",
        actual="; ".join(same[:SHOWN]),
    )
    for name in alike(endpoints):
        golive.warn(f"several endpoints take their secret from {name}: see that it has another value for each")
    modes = {is_live(each) for each in endpoints}
    if len(modes) == 1:
        golive.warn(f"the list names endpoints {'for real customers' if modes == {True} else 'for tests'} only")


def test_endpoints_run_the_same_build(golive: Golive, planned: PlannedCheck) -> None:
    """The endpoint of real customers runs the build that the test endpoint runs.

    If this fails: deploy the same build to both, with only address and secret different.
    """
    del planned
    endpoints = _endpoints(golive)
    live = {each.told["build"]: each.place for each in endpoints if is_live(each) and each.told["build"]}
    test = {each.told["build"]: each.place for each in endpoints if not is_live(each) and each.told["build"]}
    if live and test:
        _must_be_alike(golive, live, test)
        return
    deployed = {
        name: told.get("commit", "").casefold()
        for name, told in golive.papers.deployments.items()
        if name in golive.environments and told.get("commit")
    }
    live = {commit: name for name, commit in deployed.items() if golive.environments[name].production}
    test = {commit: name for name, commit in deployed.items() if not golive.environments[name].production}
    if not live or not test:
        golive.not_verified(
            f"neither {KEY} nor deployment.commit of two environments tells which build runs where", key=KEY
        )
    same = any(_is_same(one, other) for one in live for other in test)
    if not same and golive.papers.awaits_release(next(iter(test.values())), next(iter(live.values()))):
        golive.warn(f"{next(iter(live.values()))} awaits the build of {next(iter(test.values()))}")
        return
    _must_be_alike(golive, live, test)


def _must_be_alike(golive: Golive, live: dict[str, str], test: dict[str, str]) -> None:
    __tracebackhide__ = True
    alike = all(any(_is_same(one, other) for other in test) for one in live)
    told = [f"{place} runs {build}" for build, place in (*live.items(), *test.items())]
    golive.must(
        "both endpoints have to run the same build",
        alike,
        expected="one build",
        actual="; ".join(told[:SHOWN]),
    )


def _is_same(one: str, other: str) -> bool:
    """Whether two builds are one: a commit may be written in short."""
    return one.startswith(other) or other.startswith(one)


def _endpoints(golive: Golive) -> tuple[Line, ...]:
    __tracebackhide__ = True
    papers = golive.papers
    found: list[Line] = []
    for paper in asked.named(papers, papers.webhook_endpoints, KEY, "nothing says which webhook endpoints there are"):
        try:
            found += [line for line in table_of(paper, COLUMNS) if line.told["address"] or line.told["mode"]]
        except NoTable as problem:
            golive.cannot_tell(
                "the list of endpoints has to be readable",
                expected="a table, CSV, JSON or YAML with one row per endpoint",
                actual=f"{paper.name}: {problem}",
            )
    if not found:
        golive.not_verified(f"{KEY} names no endpoint yet", key=KEY)
    return tuple(found)
