"""What a check is multiplied by: the operations, bad inputs, listings … of a pack that it can be made for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pytest_golive.contract.bad_input import bad_inputs
from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.rule import Subject

REFERENCE = re.compile(r"{(answer|own|first):(\w+)")
PLACEHOLDER = re.compile(r"{(\w+)}")

MULTIPLIED: frozenset[Subject] = frozenset({"incomplete", "invalid", "duplicate", "idempotent", "unique"})
"""Subjects that send data to be refused, or the same data again: never in production."""


COMPARING: frozenset[Subject] = frozenset({"foreign", "configuration", "compared"})
"""Subjects that look at two environments."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing a check is made for.

    Attributes:
        name: what tells it from the vendor's other cases; empty for the vendor as a whole.
        operation: the operation it is about, if any.
        bad_input: id of the bad input it sends, if any.
        variant: what else tells it: the name of an expansion, a contradiction, a unique value.
        effects: the most its call leaves behind.
        allow: the allowance it needs in production.
    """

    name: str = ""
    operation: str | None = None
    bad_input: str | None = None
    variant: str | None = None
    effects: Effects = Effects.NONE
    allow: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Where cases are made for.

    Attributes:
        pack: the vendor's pack.
        production: whether real customers are there.
        used: whether the team uses a feature.
        forbidden: operations the service's key must not be allowed.
        compared: whether there is an environment to compare with.
    """

    pack: Pack
    production: bool
    used: Callable[[str], bool]
    forbidden: tuple[str, ...] = ()
    compared: bool = False

    def usable(self) -> Iterator[tuple[str, Operation]]:
        """Yield the operations that may be called here.

        A write that no allowance opens is never made in production: there is nothing to verify there.
        """
        for name, operation in self.pack.operations.items():
            if operation.feature is not None and not self.used(operation.feature):
                continue
            if not self.production or operation.effects is Effects.NONE or operation.allowance is not None:
                yield name, operation


def cases(each: Subject, ground: Ground) -> Iterator[Case]:
    """Yield what a check is made for, in the order of the pack."""
    if each not in MULTIPLIED or not ground.production:
        yield from _MAKERS[each](ground)


def reads_by_itself(pack: Pack, operation: Operation) -> bool:
    """Whether an operation can be called without anything having been created before."""
    if operation.effects is not Effects.NONE:
        return False
    needed = {match[1] for match in REFERENCE.findall(repr(operation.example))}
    return all(name in pack.operations and reads_by_itself(pack, pack.operations[name]) for name in needed)


def path_id(pack: Pack, operation: Operation) -> str | None:
    """Return the argument of an operation's path that names one thing, None where only configured ids stand there."""
    names = [name for name in PLACEHOLDER.findall(operation.path) if name not in pack.ids]
    return names[-1] if names else None


def _of(name: str, operation: Operation, *, variant: str | None = None) -> Case:
    return Case(
        name=name if variant is None else f"{name}-{variant}",
        operation=name,
        variant=variant,
        effects=operation.effects,
        allow=operation.allowance,
    )


def _whole(_: Ground) -> Iterator[Case]:
    yield Case()


def _read_operations(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        if reads_by_itself(ground.pack, operation):
            yield _of(name, operation)


def _keyed_operations(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        if reads_by_itself(ground.pack, operation) and not operation.open:
            yield _of(name, operation)


def _incomplete(ground: Ground) -> Iterator[Case]:
    return _bad_inputs(ground, "incomplete")


def _invalid(ground: Ground) -> Iterator[Case]:
    return _bad_inputs(ground, "invalid")


def _bad_inputs(ground: Ground, family: str) -> Iterator[Case]:
    for name, operation in ground.usable():
        if operation.request is None:
            continue
        schema = read_schema(ground.pack.vendor, operation.request.json_schema)
        for bad in bad_inputs(ground.pack, operation, schema):
            if bad.family == family:
                case = f"{name}-{bad.id.replace(' ', '-')}"
                yield Case(case, name, bad_input=bad.id, effects=operation.effects, allow=operation.allowance)


def _repeated(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        if operation.repetition is not None:
            yield _of(name, operation)


def _versions(ground: Ground) -> Iterator[Case]:
    versioning = ground.pack.versioning
    first = next(_keyed_operations(ground), None)
    if versioning is None or first is None:
        return
    for variant in ("missing", "unknown", *(["too_old"] if versioning.too_old and versioning.old_version else [])):
        yield Case(name=variant, operation=first.operation, variant=variant)


def _contradictions(ground: Ground) -> Iterator[Case]:
    usable = dict(ground.usable())
    for name, contradiction in ground.pack.contradictions.items():
        visible = any(variant.looks is not None for variant in contradiction.variants.values())
        asked = usable.get(contradiction.operation or "")
        if visible and asked is not None and reads_by_itself(ground.pack, asked):
            yield Case(name=name, operation=contradiction.operation, variant=name)


def _listings(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        paged = operation.paging is not None and operation.paging.style != "none"
        if paged and operation.effects is Effects.NONE:
            callable_here = reads_by_itself(ground.pack, operation) or not ground.production
            if callable_here:
                yield _of(name, operation)


def _walked(ground: Ground) -> Iterator[Case]:
    """Yield the listings of which two walks can be compared: not those that every call adds something to."""
    operations = ground.pack.operations
    return (
        case
        for case in _listings(ground)
        if not (paging := operations[case.operation or ""].paging) or not paging.restless
    )


def _emptied(ground: Ground) -> Iterator[Case]:
    operations = ground.pack.operations
    return (
        case for case in _listings(ground) if (paging := operations[case.operation or ""].paging) and paging.nothing
    )


def _grown(ground: Ground) -> Iterator[Case]:
    """Yield the listings in which something appears that an operation creates."""
    if ground.production:
        return
    makers = {
        maker.creates.listing.operation: maker.effects
        for _, maker in ground.usable()
        if maker.creates and maker.creates.listing
    }
    for case in _listings(ground):
        if case.operation in makers:
            yield replace(case, effects=makers[case.operation])


def _bounded(ground: Ground) -> Iterator[Case]:
    operations = ground.pack.operations
    for case in _listings(ground):
        paging = operations[case.operation or ""].paging
        if paging is not None and (paging.too_large is not None or paging.altered is not None):
            yield case


def _identified(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        told = operation.unknown_id or ground.pack.errors.unknown_id
        if operation.effects is Effects.NONE and told is not None and path_id(ground.pack, operation) is not None:
            yield _of(name, operation)


def _foreign(ground: Ground) -> Iterator[Case]:
    if not ground.compared or ground.pack.errors.foreign_id is None:
        return
    yield from _identified(ground)


def _idempotent(ground: Ground) -> Iterator[Case]:
    idempotency = ground.pack.idempotency
    for name, operation in ground.usable():
        # Without a new name in each body no two calls can be told apart.
        telling = operation.creates is not None and "{fresh:" in repr(operation.example)
        if idempotency is not None and telling and operation.method in idempotency.methods:
            yield _of(name, operation)


def _unique(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        for variant in operation.unique:
            yield _of(name, operation, variant=variant)


def _expansions(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        if operation.effects is Effects.NONE:
            for variant in operation.expansions:
                yield _of(name, operation, variant=variant)


def _forbidden(ground: Ground) -> Iterator[Case]:
    usable = dict(ground.usable())
    for name in ground.forbidden:
        if name in usable:
            yield _of(name, usable[name])


def _configuration(ground: Ground) -> Iterator[Case]:
    for name, operation in ground.usable():
        if ground.compared and operation.parity is not None:
            yield _of(name, operation)


def _compared_reads(ground: Ground) -> Iterator[Case]:
    if ground.compared:
        yield from _read_operations(ground)


def _privileged(ground: Ground) -> Iterator[Case]:
    if ground.pack.privileges is not None:
        yield Case()


def _headed(ground: Ground) -> Iterator[Case]:
    pack = ground.pack
    if pack.answer_headers or pack.rate_limit is not None or (pack.versioning is not None and pack.versioning.echoed):
        yield Case()


_MAKERS: Mapping[Subject, Callable[[Ground], Iterator[Case]]] = {
    "vendor": _whole,
    "read_operation": _read_operations,
    "keyed_operation": _keyed_operations,
    "incomplete": _incomplete,
    "invalid": _invalid,
    "duplicate": _repeated,
    "version": _versions,
    "contradiction": _contradictions,
    "listing": _walked,
    "emptied": _emptied,
    "grown": _grown,
    "bounded": _bounded,
    "identified": _identified,
    "foreign": _foreign,
    "idempotent": _idempotent,
    "unique": _unique,
    "expansion": _expansions,
    "forbidden": _forbidden,
    "configuration": _configuration,
    "compared": _compared_reads,
    "privileged": _privileged,
    "headed": _headed,
}
