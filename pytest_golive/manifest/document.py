"""A YAML file as plain values that know their lines.

YAML as in its version 1.2 and JSON: only `true` and `false` are booleans, and a number is what looks like one
in JSON. `on`, `no`, `12:30`, `0123` and `2026-11-21` stay text, which PyYAML would turn into something else.

No message repeats what it found: a secret that begins with `*` or `!` is an alias or a tag in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pytest_golive.manifest.mistake import Mistake, Mistakes

MOST_VALUES = 10_000
DEEPEST = 50

PathInDocument = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """Finds out what a plain scalar is by the rules of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's way


_PLAIN = {
    "bool": re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"),
    "null": re.compile(r"(~|null|Null|NULL|)\Z"),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)\Z"),
    "float": re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)\Z"),
}
for _name, _pattern in _PLAIN.items():
    _Loader.add_implicit_resolver(_TAG + _name, _pattern, None)
_Loader.add_implicit_resolver(_TAG + "merge", re.compile(r"<<\Z"), ["<"])


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says.

    Attributes:
        file: name of the file, as messages show it.
        data: its mapping, made of dict, list, str, int, float, bool and None.
        lines: line of each key and item, by its path.
    """

    file: str
    data: dict[str, Any]
    lines: dict[PathInDocument, int]

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of that key or item, or of the nearest one around it that is there."""
        parts = tuple(path)
        while parts not in self.lines and parts:
            parts = parts[:-1]
        return self.lines.get(parts, 1)

    def mistake(self, path: Sequence[str | int], sentence: str) -> Mistake:
        """Return a mistake at the line of `path`, with the path before the sentence."""
        return Mistake(self.file, self.line(path), f"{dotted(path)}: {sentence}" if path else sentence)


def dotted(path: Sequence[str | int]) -> str:
    """Return a path as people write it: `environments.staging.allow[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read_document(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping.

    Raises:
        Mistakes: it is not there, not UTF-8, not YAML, or says things twice.
    """
    return _Reading(path.name).document(_text_of(path))


def parse_scalar(text: str) -> str | int | float | bool | None:
    """Return what `text` would mean as a plain value in golive.yaml; the text itself when it is none."""
    kind = next((name for name, pattern in _PLAIN.items() if pattern.match(text)), "str")
    try:
        value: str | int | float | bool | None = _SCALARS[kind](text)
    except ValueError:  # an integer of thousands of digits
        return text
    return value


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Mistakes([Mistake(path.name, 0, f"{path.name} is not there: {path}")]) from None
    except OSError as error:
        raise Mistakes([Mistake(path.name, 0, f"{path.name} cannot be read: {error.strerror}: {path}")]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Mistakes([Mistake(path.name, line, "this is not UTF-8 text")]) from None


def _boolean(text: str) -> bool:
    words = {"true": True, "false": False}
    if text.lower() not in words:
        raise ValueError("neither true nor false")
    return words[text.lower()]


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": _boolean,
    "null": lambda _: None,
}


@dataclass(slots=True)
class _Reading:
    """The state of turning one text into values."""

    file: str
    lines: dict[PathInDocument, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    values: int = 0

    def document(self, text: str) -> Document:
        root = self._compose(text)
        if not isinstance(root, MappingNode):
            self._stop(root, "the file has to be a mapping of keys and values at its top level")
        data = self._value(root, ())
        if self.mistakes:
            raise Mistakes(self.mistakes)
        return Document(self.file, data, self.lines)

    def _compose(self, text: str) -> Node | None:
        try:
            return yaml.compose(text, Loader=_Loader)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            problem = f"the character U+{error.character:04X} is not allowed in YAML"
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            problem = _in_one_sentence(error)
        except RecursionError:
            line, problem = 1, f"values are nested more than {DEEPEST} deep"
        raise Mistakes([Mistake(self.file, line, problem)])

    def _value(self, node: Node, path: PathInDocument) -> Any:
        self._count(node)
        if len(path) > DEEPEST:
            self._stop(node, f"values are nested more than {DEEPEST} deep")
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            self._check_tag(node, "map")
            return {key: self._value(value, (*path, key)) for key, value in self._pairs(node, path)}
        if isinstance(node, SequenceNode):
            self._check_tag(node, "seq")
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _pairs(self, node: MappingNode, path: PathInDocument) -> Iterator[tuple[str, Node]]:
        """Yield keys and values, with what `<<` merges in; the mapping's own keys win."""
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                merged = {**self._merged(value_node), **merged}
                continue
            key = self._key(key_node)
            if key is None:
                continue
            if key in own:
                first = own[key][0].start_mark.line + 1
                self._note(key_node, f"the key {key} is already given in line {first}")
            else:
                own[key] = (key_node, value_node)
        for key, (key_node, value_node) in {**merged, **own}.items():
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, value_node

    def _merged(self, node: Node) -> dict[str, tuple[Node, Node]]:
        sources = node.value if isinstance(node, SequenceNode) else [node]
        found: dict[str, tuple[Node, Node]] = {}
        for source in sources:
            self._count(source)
            if not isinstance(source, MappingNode):
                self._stop(source, "'<<' merges mappings only")
            for key_node, value_node in source.value:
                if key_node.tag == _TAG + "merge":
                    self._stop(key_node, "a merged mapping may not merge another one")
                key = self._key(key_node)
                if key is not None:
                    found.setdefault(key, (key_node, value_node))
        return found

    def _key(self, node: Node) -> str | None:
        if not isinstance(node, ScalarNode):
            self._note(node, "a key has to be text, not a list or a mapping")
        elif node.tag != _TAG + "str":
            self._note(node, "a key has to be text; put it in quotes")
        else:
            return str(node.value)
        return None

    def _scalar(self, node: Node) -> Any:
        self._check_tag(node, *_SCALARS)
        convert = _SCALARS.get(node.tag.removeprefix(_TAG), str)
        try:
            return convert(node.value)
        except ValueError:
            self._note(node, f"this is not what its tag !!{node.tag.removeprefix(_TAG)} says")
            return None

    def _check_tag(self, node: Node, *allowed: str) -> None:
        if node.tag not in {_TAG + name for name in allowed}:
            self._note(node, "a tag is not allowed here; put a text that begins with ! in quotes")

    def _count(self, node: Node) -> None:
        """Stop at a file whose aliases repeat each other until nothing is left of the memory."""
        self.values += 1
        if self.values > MOST_VALUES:
            told = f"the file holds more than {MOST_VALUES} values, counting what its aliases repeat"
            self._stop(node, told)

    def _note(self, node: Node, message: str) -> None:
        self.mistakes.append(Mistake(self.file, node.start_mark.line + 1, message))

    def _stop(self, node: Node | None, message: str) -> NoReturn:
        line = node.start_mark.line + 1 if node else 1
        raise Mistakes([*self.mistakes, Mistake(self.file, line, message)])


def _in_one_sentence(error: yaml.MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context).split())
    if problem == "but found another document":
        return "a second document begins here; the file has to be a single one"
    if problem.startswith("found undefined alias"):
        return "no anchor (&name) defines this alias; put a text that begins with * in quotes"
    if "'\\t'" in problem:
        return "this is not YAML: lines are indented with spaces, and here is a tab"
    return "this is not YAML: " + re.sub(r"'[^']*'", _only_signs, problem)


def _only_signs(quoted: re.Match[str]) -> str:
    """Keep what PyYAML quotes of YAML's own, such as ':' and '<stream end>', not what the user wrote."""
    text = quoted.group()
    return text if len(text) <= 3 or text.startswith("'<") else "what stands here"
