"""Reads the fields of one record: whose change it is, its steps in a list or beside each other, and the states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from pytest_golive.papers.changes.fields import META, alias_of, all_under, lone, snake, text_of, told_under
from pytest_golive.papers.changes.recorded import LAYER, WEBHOOK, Change, Step
from pytest_golive.papers.changes.states import State, provider_of, providers_in, state_of
from pytest_golive.papers.changes.steps import Kind, Phase, kind_of, outcome_of, phase_of, speaks_of
from pytest_golive.papers.text.record_times import moment_of, moments_in
from pytest_golive.papers.text.structured import Lined

_JOINED = re.compile(r",|&|\+|/|\b(?:and|und|y|e|both|beide|ambos|ambas)\b", re.IGNORECASE)
"""What stands between the names of several things that are changed."""

_TOGETHER: tuple[Kind, ...] = ("list", "health")


class Record:
    """The fields of one record, whatever they are called.

    Args:
        held: the fields.
        paper: name of the file.
        folders: where files that it names are looked for.
        beside: names of files with states that lie beside it.
    """

    def __init__(self, held: Lined, paper: str, folders: Sequence[Path], beside: Sequence[str] = ()) -> None:
        self._held = held
        self._paper = paper
        self._folders = folders
        self._beside = beside
        self._day: date | None = None

    def read(self) -> Change | None:
        """Return the change; None where this is the record of something else."""
        told = {name: told_under(self._held, name) for name in META}
        when = moment_of(told["when"])
        words = " ".join(text_of(told[name]) for name in ("id", "title", "planned"))
        told_days = (each.date() for text in (words, self._paper.rpartition("/")[2]) for each in moments_in(text))
        self._day = when.date() if when else next(told_days, None)
        steps, ordered = self._steps()
        changed = [step.text for step in steps if step.kind == "config"]
        texts = [text_of(told[name]) for name in ("title", "id", "planned")] + changed[:1]
        targets = tuple(dict.fromkeys(_targets(told["target"]))) or next(
            (tuple(dict.fromkeys(found)) for text in texts if (found := _targets_in(text))), ()
        )
        if not targets or not (steps or when):
            return None
        if not any(step.kind == "config" for step in steps) and when and when.time() != time():
            steps = [Step("config", times=(when,), line=self._held.line), *steps]
        steps = _phased(_sorted(_made_once(steps), ordered), ordered)
        return Change(
            paper=self._paper,
            line=self._held.line,
            name=text_of(told["id"])
            or self._named()
            or text_of(told["title"])
            or f"the change of {' and '.join(targets)}",
            targets=targets,
            site=text_of(told["site"]),
            environment=text_of(told["environment"]),
            owner=text_of(told["owner"]),
            day=self._day,
            planned=tuple(each for own in ("planned", "title") for each in _words(all_under(self._held, own))),
            steps=tuple(steps),
            ordered=ordered,
            before=self._state(steps, "before", targets),
            after=self._state(steps, "after", targets),
        )

    def _named(self) -> str:
        return next((text_of(value) for name, value in self._held.items() if _is_name(name, value)), "")

    def _steps(self) -> tuple[list[Step], bool]:
        listed = told_under(self._held, "steps")
        if isinstance(listed, list):
            steps = [step for each in listed for step in self._listed(each)]
            return [*steps, *self._flat(self._held)], True
        if isinstance(listed, Mapping):
            return [*self._flat(listed), *self._flat(self._held)], False
        return self._flat(self._held), False

    def _listed(self, held: Any) -> Iterator[Step]:
        """Yield the steps of one element of a list: one, but where list and health are told together."""
        if isinstance(held, Mapping):
            words = text_of(told_under(held, "kind")) or next((name for name in held if kind_of(lone(name))), "")
            rest = {name: value for name, value in held.items() if alias_of(name) != "kind"}
            line = held.line if isinstance(held, Lined) else self._held.line
        else:
            words, rest, line = str(held), {"text": str(held)}, self._held.line
        for kind, phase in _kinds(words):
            yield self._step(kind, phase, rest, line, words)

    def _flat(self, held: Mapping[str, Any]) -> list[Step]:
        """Return the steps that stand beside each other, as `test_at` and `test_result`, or one mapping for each."""
        grouped: dict[tuple[Kind, Phase], dict[str, Any]] = {}
        lines: dict[tuple[Kind, Phase], int] = {}
        steps: list[Step] = []
        for name, value in held.items():
            if alias_of(name) in META or value in (None, "", [], {}):
                continue
            if _is_name(name, value):
                continue
            line = held.line_of(name) if isinstance(held, Lined) else self._held.line
            kinds = _kinds(lone(name))
            if not kinds and isinstance(value, Mapping) and any(kind_of(lone(each)) for each in value):
                steps += self._flat(value)  # a group of steps, as `verification`
            for found in kinds:
                if found[0] in {"test", "logs", "watch", "config", "end"} and isinstance(value, list):
                    steps += [self._step(*found, _mapped(each), line, name) for each in value]
                    continue
                grouped.setdefault(found, {})[_facet(name)] = value
                lines.setdefault(found, line)
        for key, parts in grouped.items():
            steps += self._made(key, parts, lines[key])
        return steps

    def _made(self, key: tuple[Kind, Phase], parts: Mapping[str, Any], line: int) -> list[Step]:
        rest = {**_mapped(parts.get("", {})), **{name: value for name, value in parts.items() if name}}
        steps = [self._step(*key, rest, line, "")]
        if key[0] in {"watch", "logs"}:
            steps += self._watched(rest, line)
        return steps

    def _watched(self, rest: Mapping[str, Any], line: int) -> Iterator[Step]:
        """Yield each look at the logs, and the end of watching, of a mapping that tells them together."""
        for name, value in rest.items():
            plain = snake(name)
            if plain in {
                "polls",
                "checks",
                "looks",
                "checked",
                "days",
                "watched_at",
                "kontrollen",
                "consultas",
                "seen",
            }:
                for each in value if isinstance(value, list) else [value]:
                    yield self._step("watch", "", _mapped(each), line, name)
            elif plain in {"until", "to", "end", "ended", "ended_at", "watched_until", "till", "bis", "hasta", "até"}:
                yield self._step("end", "", {"at": value, "by": told_under(rest, "owner")}, line, name)

    def _step(self, kind: Kind, phase: Phase, rest: Mapping[str, Any], line: int, words: str) -> Step:
        told = told_under(rest, "time")
        text = " ".join(filter(None, [words, *(text_of(each) for each in rest.values())]))
        times = moments_in(told, self._day) if told is not None else moments_in(text, self._day)
        if times and self._day is None:
            self._day = times[0].date()
        return Step(
            kind, phase, times, _outcome(rest, text, kind), rest, text, line, by=text_of(told_under(rest, "owner"))
        )

    def _state(self, steps: Sequence[Step], phase: Phase, targets: Sequence[str]) -> State:
        of = next((provider for each in targets if (provider := provider_of(each))), "")
        state = State()
        for step in steps:
            if step.phase != phase or step.kind not in {"list", "health", "snapshot"}:
                continue
            found = state_of({step.kind: step.held} if step.kind != "snapshot" else step.held, self._folders, of)
            there = not found.missing
            words = re.sub(r"[_-]", " ", step.text)
            state = state.joined(found).joined(
                State(
                    listed=there and (step.kind == "list" or _speaks(step, found, "list", words)),
                    health=there and (step.kind == "health" or _speaks(step, found, "health", words)),
                )
            )
        if state.providers or state.elsewhere or state.missing or state.unhashed:
            return state
        mine = [name for name in self._beside if phase_of(re.sub(r"[-_.]+", " ", name)) == phase]
        for name in mine:
            state = state.joined(state_of(name, self._folders, of))
        return state


def _speaks(step: Step, found: State, kind: Kind, words: str) -> bool:
    """Whether a snapshot says that it holds something: by its words, or since only its hash is here."""
    bare = bool(found.unhashed) and not found.providers
    return step.kind == "snapshot" and (bare or speaks_of(kind, words))


def _kinds(words: str) -> list[tuple[Kind, Phase]]:
    """Return the steps that one line tells; list and health are often read together."""
    first = kind_of(words)
    if first is None:
        return []
    if first[0] in {"list", "health"}:
        both = all(speaks_of(kind, re.sub(r"[_-]+", " ", words)) for kind in _TOGETHER)
        return [("list", first[1]), ("health", first[1])] if both else [first]
    alone = first[0] != "test" or not re.search(r"\bhealth.*\blogs?\b|\blogs?\b.*\bhealth", words, re.IGNORECASE)
    return [first] if alone else [("test", ""), ("health", ""), ("logs", "")]


def _outcome(rest: Mapping[str, Any], text: str, kind: Kind) -> str:
    """Return how a step went: by the field that says so, or by a member of the answer, or by its words."""
    told = told_under(rest, "outcome")
    if isinstance(told, Mapping):
        return _outcome(told, "", kind)
    if told is not None:
        return outcome_of(told)
    for value in rest.values():
        if isinstance(value, Mapping) and (inner := told_under(value, "outcome")) is not None:
            return outcome_of(inner)
    status = told_under(rest, "http")
    if status is not None and outcome_of(status) == "failed":
        return "failed"
    if kind in {"list", "snapshot"}:
        return ""
    scalars = [
        value for name, value in rest.items() if not isinstance(value, Mapping | list) and alias_of(name) != "time"
    ]
    return outcome_of(" ".join(map(str, scalars))) or outcome_of(text if not rest else "")


def _is_name(name: str, value: Any) -> bool:
    """Whether a field `change` only names the change."""
    return snake(name) == "change" and isinstance(value, str) and not moments_in(value)


def _mapped(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, bool):
        return {"outcome": value}
    return {"text": value} if value not in (None, "") else {}


def _facet(name: str) -> str:
    """Return which part of a step a field tells: `at` of `test_at`, `outcome` of `test_result`."""
    plain = snake(name)
    for facet, endings in (
        ("at", r"at|time|timestamp|when|date|zeit|um|hora|am|datum|fecha|data|start(?:ed)?|done"),
        ("outcome", r"result|outcome|status|passed|ok|success|ergebnis|resultado"),
        ("by", r"by|owner|author|von|por"),
        ("until", r"until|till|bis|hasta|até"),
        ("sha256", r"sha256|hash|checksum|digest"),
        ("file", r"file|path|datei|archivo|arquivo"),
        ("url", r"url|endpoint|request|call"),
    ):
        if re.search(rf"_(?:{endings})$", plain):
            return facet
    return "" if len(plain.split("_")) == 1 else f" {plain}" if plain.startswith(("test_", "logs_")) else ""


def _targets(held: Any) -> Iterator[str]:
    if isinstance(held, Mapping):
        kind, key = text_of(held.get("kind") or held.get("type")), held.get("key") or held.get("name") or held.get("id")
        if key is not None:
            yield provider_of(key) or (f"{_named(kind)} {key}".strip() if _named(kind) else text_of(key))
        else:
            yield from (each for value in held.values() for each in _targets(value))
    elif isinstance(held, list):
        yield from (each for one in held for each in _targets(one))
    elif held:
        yield from _targets_in(str(held)) or [text_of(held)]


def _targets_in(text: str) -> list[str]:
    found = providers_in(text)
    if named := _named(text):
        own = re.search(r"webhook[\s:]+[`'\"]?([\w-]+)", text, re.IGNORECASE)
        found.append(f"{WEBHOOK} {own[1]}" if named == WEBHOOK and own else named)
    # What is told in brackets, or compared with, is not changed.
    return found if _JOINED.search(re.sub(r"\([^)]*\)", "", text)) else found[:1]


def _named(text: str) -> str:
    if re.search(r"web-?\s?hook", text, re.IGNORECASE):
        return WEBHOOK
    return (
        LAYER if re.search(r"data[\s_-]?layer|datenschicht|capa de datos|camada de dados", text, re.IGNORECASE) else ""
    )


def _words(held: Any) -> Iterator[str]:
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield str(name)
            yield from _words(value)
    elif isinstance(held, list):
        for each in held:
            yield from _words(each)
    elif held is not None:
        yield str(held)


def _sorted(steps: list[Step], ordered: bool) -> list[Step]:
    """Return steps by their times; those without one stay where the record has them."""
    if all(step.is_exact for step in steps) or not ordered:
        timed = sorted((s for s in steps if s.is_exact), key=lambda s: s.at.timestamp() if s.at else 0.0)
        return [*timed, *(step for step in steps if not step.is_exact)]
    return steps


def _made_once(steps: list[Step]) -> list[Step]:
    """Leave out what only says in words that something was changed, where the change itself is told with its time."""
    if not any(step.kind == "config" and step.is_exact for step in steps):
        return steps
    return [step for step in steps if step.kind != "config" or step.times]


def _phased(steps: list[Step], ordered: bool) -> list[Step]:
    """Tell of list, health and snapshot whether they are of before or after, where they do not say it themselves."""
    change = next((number for number, step in enumerate(steps) if step.kind == "config"), None)
    made: list[Step] = []
    for number, step in enumerate(steps):
        phase: Phase = step.phase
        told = change is not None and (ordered or (step.is_exact and steps[change].is_exact))
        if step.kind in {"list", "health", "snapshot"} and not phase and told and change is not None:
            phase = "before" if number < change else "after"
        made.append(Step(step.kind, phase, step.times, step.outcome, step.held, step.text, step.line, step.by))
    return made
