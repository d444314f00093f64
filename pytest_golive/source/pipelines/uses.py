"""A key's way into one stage of a deployment, as a file of a pipeline says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

Stage = Literal["", "test", "production"]
"""A stage of real customers, one of nobody's, or one whose name does not tell."""

MOST_VALUES = 20_000
"""So many values of a file are looked at: aliases may make a small file endless."""

_TEST = re.compile(
    r"(?<![a-z])(?:stag(?:e|ing)?|stg|sandbox|sbx|dev(?:el(?:op(?:ment)?)?)?|uat|(?:pre|non)-?prod(?:uction)?|preview)(?![a-z])"
)
_NO_JOB = re.compile(r"(?<![a-z])(?:test(?:ing)?|qa|integration|int)(?![a-z])")
_PRODUCTION = re.compile(
    r"(?<![a-z])(?:prod(?:uction)?|prd|live(?!-(?:chat|stream|view|reload|data|test|event|share|support|agent)))(?![a-z])"
)
_KEY = re.compile(r"KEY|TOKEN|SECRET|CREDENTIAL", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Use:
    """One stage takes a key from somewhere.

    Attributes:
        file: the file that says so, seen from the repository.
        line: the line there, from 1.
        where: the job, stage or workload, in the file's own words.
        stage: which stage that is.
        name: the variable, secret or credential it takes.
        system: what keeps the values: two systems may have different ones under one name.
        scope: what else the value depends on: an environment, a group, a namespace; two uses of one name under one
            scope get one value.
    """

    file: str
    line: int
    where: str
    stage: Stage
    name: str
    system: str
    scope: str = ""

    @property
    def source(self) -> str:
        """What tells the value from others, in words."""
        return f"{self.name} of {self.scope}" if self.scope else self.name

    def told(self) -> str:
        """Return the use in one line."""
        return f"{self.file}:{self.line}: {self.where} takes {self.source}"


IsKey = Callable[[str], bool]
"""Whether a variable, secret or credential of this name is a key of the vendor."""


def is_key_of(vendor: str, variables: Iterable[str]) -> IsKey:
    """Return what knows the keys of a vendor by their names: those declared, and those that carry its name."""
    known = {normal(name) for name in variables}

    def is_key(name: str) -> bool:
        plain = normal(name)
        return any(one == plain or one in plain for one in known) or (
            vendor in plain.lower() and bool(_KEY.search(name))
        )

    return is_key


def normal(name: str) -> str:
    """Return a name as variables are written: `timely-api-key` and `timelyApiKey` as TIMELY_API_KEY."""
    return re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").upper()


def stage_of(*names: str, job: bool = False) -> Stage:
    """Return which stage names tell, the most telling first.

    Args:
        names: of an environment, a job, a file.
        job: whether these are names of jobs: one called `test` runs tests, and belongs to no stage.
    """
    for name in names:
        words = re.sub(r"[^a-z]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower())
        if _TEST.search(words) or (not job and _NO_JOB.search(words)):
            return "test"
        if _PRODUCTION.search(words):
            return "production"
    return ""


def stage_of_path(path: str) -> Stage:
    """Return which stage the path of a file tells: its name first, then its folders from the inside out."""
    told = (stage_of(part) for part in reversed(path.split("/")))
    return next((stage for stage in told if stage), "")


def stage_of_variable(name: str, is_key: IsKey, otherwise: Stage) -> Stage:
    """Return the stage that a key's variable is for: the one in its name, else that of the job.

    A pipeline that compares two stages has the keys of both, each under a name of its own.
    """
    return (stage_of(name) if is_key(name) else "") or otherwise


class Lined(str):
    """A text of a YAML file that knows its line."""

    __slots__ = ("line",)
    line: int


class _Loader(yaml.SafeLoader):
    """Reads any tag, such as `!reference` or `!vault`, as the plain value behind it."""


def _text(loader: _Loader, node: yaml.ScalarNode) -> Lined:
    text = Lined(loader.construct_scalar(node))
    text.line = node.start_mark.line + 1
    return text


def _anything(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _text(loader, node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


_Loader.add_constructor("tag:yaml.org,2002:str", _text)
_Loader.add_multi_constructor("!", _anything)


def documents(text: str) -> list[Any]:
    """Return the documents of a YAML file; those before the first mistake where there is one."""
    found: list[Any] = []
    try:
        found.extend(yaml.load_all(text, Loader=_Loader))  # a safe loader
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return found
    return found


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the entries of a mapping, none of anything else."""
    if isinstance(value, Mapping):
        yield from ((key if isinstance(key, str) else str(key), each) for key, each in value.items())


def texts(value: Any) -> Iterator[tuple[str, Lined]]:
    """Yield every text below a value, with the name it stands under."""
    left = MOST_VALUES
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting and left:
        left -= 1
        name, each = waiting.pop()
        if isinstance(each, Lined):
            yield name, each
        elif isinstance(each, Mapping):
            waiting += [(str(key), inner) for key, inner in each.items()]
        elif isinstance(each, list):
            waiting += [(name, inner) for inner in each]


def listed(value: Any) -> list[Any]:
    """Return a list as it is, one text as a list of it, and nothing for anything else."""
    if isinstance(value, str):
        return [value]
    return value if isinstance(value, list) else []


_SET = re.compile(r"""(?:^|[\s;&|'"(])(?:export\s+)?([A-Za-z_]\w*)=(?!["']?\$\{?\1\b)""")


def set_by_itself(value: Any) -> set[str]:
    """Return the variables that scripts below a value set: where they get their values from is looked at by itself."""
    return {name for _, text in texts(value) for name in _SET.findall(text)}


def line_of(value: object, default: int = 1) -> int:
    """Return the line of a text."""
    return value.line if isinstance(value, Lined) else default
