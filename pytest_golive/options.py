"""The command line: options, markers, which environment was chosen and how much of a suite runs.

Nothing here imports more than pytest: it is read at the start of every pytest run in which golive is installed.
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from pytest_golive.facts.outcome import Suite

SUITES = tuple(suite.value for suite in Suite)
SANDBOX = "sandbox"

CONCURRENCY = 16
"""Checks at once. Against a vendor that answers in 50 ms more threads than this gain next to nothing: from here on
the processor is what a run waits for. What a vendor bears at once is its budget's business."""

MOST_CONCURRENCY = 64
"""More threads than this cost more than they bring, with any vendor."""

RECORD = ("none", "missing", "all")

FILES = {
    "report": "Where the report for the ticket goes; default: golive-report.html",
    "summary": "Where the summary in Markdown goes; default: golive-summary.md",
    "ctrf": "Write the results as CTRF as well, to this file",
    "intoto": "Write the verdict as an in-toto statement as well, to this file",
    "sarif": "Write the keys that were found in files as SARIF as well, to this file",
}
"""Options that name a file which a run writes."""

MARKERS = (
    "prerelease: runs before a release",
    "postrotation: runs right after a key or secret was replaced",
    "weekly: runs once a week",
    "rule(id, *, severity='major', title=''): the rule a check decides; -m 'rule(id=\"UPZ-22\")' selects it",
    "effects(kind, *, overlaps=False): what a check leaves behind at the vendor: none, reversible or irreversible",
    "client: judges the team's own API client",
    "handler: judges the team's own webhook handler",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line.

    Attributes:
        environment: name of the environment.
        suites: the suites that run.
        scope: full for exactly one whole suite, else partial.
        only: rule and fault ids asked for by name.
        manifest: golive.yaml, as given; None for the one beside the rootdir.
        verdict: where the verdict goes, as given; None for the default place.
        files: where other files go, by the name of their option.
        paths_typed: whether paths were typed, so that the shipped suites are not added.
        dry: nothing runs and nothing is written (--collect-only).
        option: the spelling the environment was chosen with.
        concurrency: how many checks run at once; 1 for one after the other.
        record: `none` replays recordings, `missing` completes them, `all` makes them anew; None keeps nothing.
        cassettes: where recordings lie, as given; None for the default place.
    """

    environment: str
    suites: frozenset[Suite]
    scope: Literal["full", "partial"]
    only: frozenset[str] = frozenset()
    manifest: Path | None = None
    verdict: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    paths_typed: bool = False
    dry: bool = False
    option: str = "--env"
    concurrency: int = CONCURRENCY
    record: str | None = None
    cassettes: Path | None = None


def add_options(parser: pytest.Parser) -> None:
    """Declare the golive group. Values are plain text, so that xdist can send them to its workers."""
    group = parser.getgroup("golive", "golive: is the integration ready?")
    group.addoption(
        "--golive-env",
        dest="golive_env",
        metavar="NAME",
        default=None,
        help="Environment to test, from golive.yaml, or `sandbox`; --env NAME where no other plugin owns --env",
    )
    group.addoption(
        "--golive-manifest",
        metavar="PATH",
        default=None,
        help="golive.yaml; default: beside pytest's rootdir",
    )
    group.addoption(
        "--golive-only", metavar="IDS", default=None, help="Only these rules or faults, separated by commas"
    )
    group.addoption(
        "--golive-concurrency",
        metavar="N",
        default=None,
        help=f"Checks of golive's own that run at once, 1 for one after the other; default: {CONCURRENCY}",
    )
    group.addoption(
        "--golive-record",
        choices=RECORD,
        default=None,
        help="Calls of golive's own: none replays what was recorded and asks nothing, missing asks and records what is "
        "not there, all asks and records everything anew; default: everything is asked, nothing is recorded",
    )
    group.addoption(
        "--golive-cassettes",
        metavar="PATH",
        default=None,
        help="Where recordings lie; default: golive-cassettes, beside golive.yaml or in pytest's rootdir",
    )
    group.addoption(
        "--golive-verdict",
        metavar="PATH",
        default=None,
        help="Where the verdict goes; default: golive-verdict.json",
    )
    for name, told in FILES.items():
        group.addoption(f"--golive-{name}", metavar="PATH", default=None, help=told)


def add_env_unless_owned(parser: pytest.Parser) -> None:
    """Declare `--env`, unless a conftest or another plugin already did: then theirs stays as it is.

    Looks at the names that are registered and parses nothing: a project's own `--env` may have choices.
    """
    if "--env" in _registered(parser):
        return
    parser.getgroup("golive").addoption(
        "--env",
        dest="golive_env",
        metavar="NAME",
        default=None,
        help="Environment to test; same as --golive-env",
    )


def _registered(parser: pytest.Parser) -> Mapping[str, argparse.Action]:
    # pytest keeps one argparse parser from 9.1 on, and built it when asked before.
    built = getattr(parser, "optparser", None) or parser._getparser()  # type: ignore[attr-defined]  # noqa: SLF001
    known: dict[str, argparse.Action] = built._option_string_actions  # noqa: SLF001
    return known


def environment_is_no_path(early_config: pytest.Config, args: Sequence[str]) -> None:
    """Keep the name behind `--env` from being taken for a folder before `--env` is declared.

    A project may well have a folder called `staging`; pytest would then look for conftests there only.
    """
    typed = getattr(early_config.known_args_namespace, "file_or_dir", None)
    for flag, value in itertools.pairwise(args):
        if flag == "--env" and typed and value in typed:
            typed.remove(value)


def chosen(config: pytest.Config, parser: pytest.Parser) -> Choice | None:
    """Return what was chosen on the command line, None where golive takes no part in this run.

    Raises:
        pytest.UsageError: golive options contradict each other, or no suite was named.
    """
    typed = [str(argument) for argument in config.invocation_params.args]
    option, environment = _environment(config, parser, typed)
    if environment is None:
        _refuse_lonely(typed)
        return None
    expression = str(config.getoption("markexpr", "") or "")
    named = _suites_in(expression)
    only = _only(config)
    by_hand = parser.parse_known_args(typed)
    paths = tuple(getattr(by_hand, "file_or_dir", ()))
    if option == "--env" and not _owns_env(parser) and not named and not only:
        # A project's own --env, used for its own purposes: golive was not asked for anything.
        return None
    if not named and not only and not paths:
        raise pytest.UsageError(
            f"{option} {environment} needs a suite: add -m {SUITES[0]} (before a release), "
            f"-m {SUITES[1]} (after a key was replaced) or -m {SUITES[2]} (the weekly review)"
        )
    narrowed = paths or only or any(config.getoption(name, None) for name in NARROWING)
    narrowed = narrowed or any(getattr(by_hand, name, None) for name in NARROWING_BY_HAND)
    full = expression.strip() in SUITES and not narrowed
    return Choice(
        environment=environment,
        suites=frozenset(named or Suite),
        scope="full" if full else "partial",
        only=only,
        manifest=_path(config, "golive_manifest"),
        verdict=_path(config, "golive_verdict"),
        files={name: path for name in FILES if (path := _path(config, f"golive_{name}")) is not None},
        paths_typed=bool(paths),
        dry=bool(config.getoption("collectonly", False)),
        option=option,
        concurrency=_concurrency(config),
        record=config.getoption("golive_record", None),
        cassettes=_path(config, "golive_cassettes"),
    )


NARROWING = ("keyword", "lf", "stepwise", "setuponly", "setupplan")
"""Options of pytest's own that run less than was planned."""

NARROWING_BY_HAND = ("deselect", "ignore", "ignore_glob")
"""The same where somebody typed them; in addopts they are what the project always leaves out, as with testpaths."""


def _environment(config: pytest.Config, parser: pytest.Parser, typed: Sequence[str]) -> tuple[str, str | None]:
    """Return the spelling used and the name; only what stands on the command line counts, no default of anyone."""
    if any(_is(argument, "--golive-env") for argument in typed):
        return "--golive-env", config.getoption("golive_env")
    if any(_is(argument, "--env") for argument in typed):
        value = getattr(config.option, _registered(parser)["--env"].dest, None)
        return "--env", value if isinstance(value, str) else None
    return "--env", None


def _is(argument: str, option: str) -> bool:
    return argument == option or argument.startswith(f"{option}=")


def _owns_env(parser: pytest.Parser) -> bool:
    """Whether --env is golive's; a project's own may well have another destination than its name."""
    return _registered(parser)["--env"].dest == "golive_env"


def _refuse_lonely(typed: Sequence[str]) -> None:
    """An option that asks golive for something, without an environment, is a mistake worth a line.

    Only if somebody typed it: `addopts` may name a place for the verdict once and for all.
    """
    named = ("only", "manifest", "verdict", "record", "cassettes", *FILES)
    for option in (f"--golive-{name}" for name in named):
        if any(_is(argument, option) for argument in typed):
            raise pytest.UsageError(f"{option} needs an environment: add --env NAME (--env {SANDBOX} is built in)")


def _suites_in(expression: str) -> frozenset[Suite]:
    without_text = re.sub(r"\"[^\"]*\"|'[^']*'", "", expression)
    return frozenset(suite for suite in Suite if suite.value in re.findall(r"\w+", without_text))


def _only(config: pytest.Config) -> frozenset[str]:
    value = config.getoption("golive_only", None)
    if value is None:
        return frozenset()
    ids = frozenset(part.strip() for part in str(value).split(",") if part.strip())
    if not ids:
        raise pytest.UsageError("--golive-only needs at least one id, for instance --golive-only UPZ-22")
    return ids


def _concurrency(config: pytest.Config) -> int:
    value = config.getoption("golive_concurrency", None)
    if value is None:
        return CONCURRENCY
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_CONCURRENCY:
        raise pytest.UsageError(
            f"--golive-concurrency is {str(value)!r}; it takes a number from 1 (one after the other) "
            f"to {MOST_CONCURRENCY}, default: {CONCURRENCY}"
        )
    return int(text)


def _path(config: pytest.Config, name: str) -> Path | None:
    value = config.getoption(name, None)
    return None if value is None else config.invocation_params.dir / str(value)
