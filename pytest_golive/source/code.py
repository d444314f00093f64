"""The team's own code: which of its files name a vendor's address, its headers, its paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pytest_golive.credentials.search import tracked_files
from pytest_golive.source.leaks import is_example

LARGEST_BYTES = 1_000_000
"""A larger file was written by no person."""

_WITH_HASHES = ".py .rb .ex .exs .pl"
_WITH_SLASHES = """
    .js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .go .php .java .kt .kts .scala .cs .rs .swift .dart .groovy
"""
_COMMENT_OF = dict.fromkeys(_WITH_HASHES.split(), "#") | dict.fromkeys(_WITH_SLASHES.split(), "//")
_OF_PROGRAMS = """
    package.json pyproject.toml setup.py setup.cfg requirements.txt go.mod composer.json pom.xml build.gradle
    build.gradle.kts Gemfile Cargo.toml mix.exs pubspec.yaml
"""
_MANIFESTS = frozenset(_OF_PROGRAMS.split())
_NOT_THE_SERVICE = re.compile(
    r"(?:^|/)(?:scripts?|tools?|bin|bench(?:marks?)?|smoke|ops|ci|golive|node_modules|vendor|third_party|dist|build|"
    r"generated|__generated__|gen|migrations|\.[^/]+)/|\.min\.js$|\.d\.ts$|(?:^|/)(?:golive|setup|conftest|noxfile)[^/]*\.py$"
    r"|\.config\.[cm]?[jt]s$"
)
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DOCSTRING = re.compile(r'^[ \t]*[rRuU]?("""|\'\'\').*?\1', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class CodeFile:
    """A file of the service's code.

    Attributes:
        path: seen from the repository.
        project: the folder of the program it belongs to, as its nearest manifest says.
        text: what stands in it.
    """

    path: str
    project: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines, with comments and docstrings taken out."""
        suffix = PurePosixPath(self.path).suffix
        mark = _COMMENT_OF[suffix]
        block = _BLOCK_COMMENT if mark == "//" else _DOCSTRING
        text = block.sub(lambda match: "\n" * match.group().count("\n"), self.text)
        comment = re.compile(rf"(?:^|(?<=\s)){re.escape(mark)}.*" + (r"|^\s*#.*" if suffix == ".php" else ""))
        return tuple(comment.sub("", line) for line in text.split("\n"))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of the code.

    Attributes:
        path: the file.
        line: the line, from 1.
        text: what was found there.
    """

    path: str
    line: int
    text: str

    def told(self) -> str:
        """Return the place as people write it."""
        return f"{self.path}:{self.line}"


def code_of(repository: Path) -> tuple[CodeFile, ...]:
    """Return the code of a repository's services: no tests, samples, scripts, and nothing a program wrote."""
    files = tracked_files(repository)
    told = {path: path.relative_to(repository).as_posix() for path in files}
    projects = {str(PurePosixPath(name).parent) for name in told.values() if PurePosixPath(name).name in _MANIFESTS}
    found = []
    for path, name in told.items():
        if path.suffix not in _COMMENT_OF or is_example(name) or _NOT_THE_SERVICE.search(name):
            continue
        if path.stat().st_size <= LARGEST_BYTES:
            found.append(CodeFile(name, _project_of(name, projects), path.read_text("utf-8", "replace")))
    return tuple(found)


_CONFIGURATION = re.compile(
    r"\.(?:ya?ml|toml|json|properties|ini|conf|cfg|env|tf|sh)$|(?:^|/)(?:Dockerfile|Procfile)[^/]*$"
)
_NO_CODE = re.compile(r"(?:^|/)golive[^/]*\.ya?ml$|-lock\.|\.lock$")


def files_naming(repository: Path, name: str) -> list[str]:
    """Return the files of the service, code and configuration, in which a name stands by itself."""
    return [path for path in _naming(repository, name) if not is_example(path)]


def tests_naming(repository: Path, name: str) -> list[str]:
    """Return the tests in which a name stands by itself."""
    return [
        path for path in _naming(repository, name) if is_example(path) and PurePosixPath(path).suffix in _COMMENT_OF
    ]


def _naming(repository: Path, name: str) -> Iterator[str]:
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for path in tracked_files(repository):
        told = path.relative_to(repository).as_posix()
        if _NO_CODE.search(told) or not (path.suffix in _COMMENT_OF or _CONFIGURATION.search(told)):
            continue
        if path.stat().st_size <= LARGEST_BYTES and word.search(path.read_text("utf-8", "replace")):
            yield told


def _project_of(name: str, projects: set[str]) -> str:
    return next((str(each) for each in PurePosixPath(name).parents if str(each) in projects), ".")


def naming(files: Iterable[CodeFile], *words: str) -> tuple[CodeFile, ...]:
    """Return the files that hold one of these words anywhere, capitals or not."""
    lower = [word.lower() for word in words]
    return tuple(file for file in files if any(word in file.text.lower() for word in lower))


def written(files: Iterable[CodeFile], words: Sequence[str]) -> list[Place]:
    """Return the lines that hold one of these words within a text in quotes."""
    pattern = re.compile(rf"""["'`][^"'`\n]*?(?<![\w.-])({"|".join(map(re.escape, words))})(?![\w-])""", re.IGNORECASE)
    return [
        Place(file.path, number, match[1])
        for file in files
        for number, line in enumerate(file.lines, 1)
        if (match := pattern.search(line))
    ]


def homes(places: Iterable[Place], files: Sequence[CodeFile], vendor: str) -> dict[str, dict[str, Place]]:
    """Return by program the places that hold something: files, or a folder of the vendor's name or of configuration."""
    projects = {file.path: file.project for file in files}
    found: dict[str, dict[str, Place]] = {}
    for place in places:
        found.setdefault(projects[place.path], {}).setdefault(_home(place.path, vendor), place)
    return found


_OF_CONFIGURATION = frozenset({"config", "configs", "configuration", "settings", "environments", "env", "conf"})
"""Folders with one file for each stage: what all of them hold is configured, and called nowhere."""


def _home(path: str, vendor: str) -> str:
    parts = PurePosixPath(path).parts
    for number, part in enumerate(parts[:-1], 1):
        if vendor in part.lower() or part.lower() in _OF_CONFIGURATION:
            return "/".join(parts[:number])
    return path


def several(places: Iterable[Place], files: Sequence[CodeFile], vendor: str) -> Iterator[list[Place]]:
    """Yield the places of each program that has more than one home for what was found."""
    for by_home in homes(places, files, vendor).values():
        if len(by_home) > 1:
            yield list(by_home.values())


_FILLED_IN = re.compile(
    r"""\$?\{(?:(?!["'`]/|//|;)[^{}])*\}|\#\{[^{}]*\}|%[sdv]|(?<=/):\w+|(?<=/)<\w+>|["'`]\s*[+.]\s*[^"'`,;]{1,60}?\s*[+.]\s*["'`]"""
)
_TO_THE_END = re.compile(r"""/["'`]\s*[+.]\s*[\w$]""")
_BEGINS = frozenset({'"', "'", "`", "}", "/"})
"""What stands before a path: the beginning of a text, an address that is filled in, a host."""

_PATH = re.compile(r"(?:/(?:\{\}|[\w.-])+)+")


_OWN_ROUTE = re.compile(
    r"""^\s*(?:import\b|export\b.*\bfrom\b|from\b|use\b|\#include|package\b|\#?\[|-?\s*path:)|\brequire\w*\s*\(
    |\bRoute::\w+\(|\bMap(?:Get|Post|Put|Patch|Delete)?\(|\bHandle(?:Func)?\(|\b(?:re_)?path\(|@?\w*Mapping\(|\b(?:to|controller):
    |\.(?:get|post|put|patch|delete|all|use|route|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Route)\(\s*["'`][^"'`]*["'`]\s*,
     \s*(?:async\b|function\b|func\b|fn\b|\w+\s*=>|\([^()]*\)\s*=>|\[|(?:get|post|put|patch|delete)\()""",
    re.VERBOSE,
)
_DECORATOR = re.compile(r"\s*@\w+(?:\.\w+)*\(")
"""A line by which a program says what it serves itself, or what it is made of."""


def paths_written(
    files: Iterable[CodeFile], templates: Iterable[str], about: Iterable[CodeFile] | None = None
) -> dict[str, list[Place]]:
    """Return by template where code writes a path of the API, whatever way its variables are filled in.

    Of several templates that a path ends with, the longest counts.

    Args:
        files: the code.
        templates: the paths, with `{name}` for what is filled in.
        about: the files that make the calls: paths of one word, as `/contacts`, may be anybody's elsewhere.
    """
    known = {tuple(re.sub(r"\{\w+\}", "{}", template).strip("/").split("/")): template for template in templates}
    named = None if about is None else {file.path for file in about}
    found: dict[str, list[Place]] = {}
    for file in files:
        calls = named is None or file.path in named
        for place in _paths_in(file, known):
            if calls or _is_long(place.text):
                found.setdefault(place.text, []).append(place)
    return found


def _paths_in(file: CodeFile, known: Mapping[tuple[str, ...], str]) -> Iterator[Place]:
    """Yield where a file writes down one of these paths."""
    first = dict.fromkeys(segments[0] for segments in known if len(segments) > 2 and segments[0] != "{}")
    begun = re.compile(rf"""(?<=["'`])(?=(?:{"|".join(map(re.escape, first))})/)""") if first else None
    for number, line in enumerate(file.lines, 1):
        if not any(quote in line for quote in "\"'`") or _is_own(file, line):
            continue
        rooted = begun.sub("/", line) if begun else line
        plain = _TO_THE_END.sub(lambda match: "/{} " + match.group()[-1:], _FILLED_IN.sub("{}", rooted))
        for match in _PATH.finditer(plain):
            template = _longest(match.group().strip("/").split("/"), known)
            # One word is a path only where it begins one: `'crm/agents'` is the name of a view.
            if template and (_is_long(template) or plain[match.start() - 1 : match.start()] in _BEGINS):
                yield Place(file.path, number, template)


def _is_own(file: CodeFile, line: str) -> bool:
    # What begins with an at sign is no decorator in Ruby.
    return bool(_OWN_ROUTE.search(line) or (not file.path.endswith(".rb") and _DECORATOR.match(line)))


def _is_long(template: str) -> bool:
    return sum(not part.startswith("{") for part in template.strip("/").split("/")) > 1


def _longest(segments: list[str], known: Mapping[tuple[str, ...], str]) -> str | None:
    for begin in range(len(segments)):
        template = known.get(tuple(segments[begin:]))
        if template is not None:
            return template
    return None
