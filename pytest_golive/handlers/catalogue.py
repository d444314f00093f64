"""The faults a webhook handler may have, as data (``faults.yaml``), and the functions that provoke them.

A fault gets its function in one of the modules of ``handlers/faults``, one module per section::

    @fault("WH-30")
    def sequential_duplicate(trial: Trial) -> None: ...
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import Field

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.vendors.fact import Frozen
from pytest_golive.vendors.library import LOADER
from pytest_golive.vendors.rule import FaultId, Needs, Part, Rule

if TYPE_CHECKING:
    from pytest_golive.handlers.trial import Function

Section = Literal["authenticity", "freshness", "duplicates", "order", "protocol", "semantics"]

Lever = Literal[
    "effects",
    "previous_secret",
    "retired_secret",
    "foreign_secret",
    "tenant",
    "mode",
    "downstream",
    "restart",
    "logs",
]

Shown = Literal["proof", "signature", "signed_time", "signed_id", "tenant", "mode", "version", "subject"]


class Fault(Frozen):
    """One way in which a handler may be wrong."""

    id: FaultId
    section: Section
    severity: Severity
    title: str = Field(description="what a right handler does, one sentence in our words")
    needs: tuple[Lever, ...] = Field(default=(), description="keys of the handler without which it is not verified")
    applies: tuple[Shown, ...] = Field(
        default=(), description="what the vendor's deliveries have to have: a proof, a signature, a time that is signed"
    )
    alone: bool = Field(default=False, description="nothing else is sent to the handler meanwhile")
    control: bool = Field(default=True, description="whether the positive control has to be seen first")
    suites: Annotated[tuple[Suite, ...], Field(min_length=1)] = (Suite.PRERELEASE,)
    fix: str = Field(description="what to do about it")


class Catalogue(Frozen):
    """``faults.yaml``."""

    faults: tuple[Fault, ...]


_functions: dict[str, Function] = {}


def fault(fault_id: str) -> Callable[[Function], Function]:
    """Register the function that provokes a fault and judges what came of it."""

    def register(function: Function) -> Function:
        if fault_id not in faults():
            raise ValueError(f"{function.__name__}: there is no fault {fault_id}")
        if fault_id in _functions and _functions[fault_id].__qualname__ != function.__qualname__:
            raise ValueError(f"{fault_id} has two functions")
        _functions[fault_id] = function
        return function

    return register


@cache
def faults() -> Mapping[str, Fault]:
    """Return every fault, by id."""
    raw = yaml.load((Path(__file__).parent / "faults.yaml").read_bytes(), Loader=LOADER)  # noqa: S506  # a safe loader
    return {one.id: one for one in Catalogue.model_validate(raw).faults}


@cache
def functions() -> Mapping[str, Function]:
    """Return the functions of the faults that this version can provoke, by fault."""
    from pytest_golive.handlers import faults as sections

    for module in sorted(one.name for one in pkgutil.iter_modules(sections.__path__)):
        importlib.import_module(f"{sections.__name__}.{module}")
    return dict(sorted(_functions.items()))


@cache
def handler_rules() -> tuple[Rule, ...]:
    """Return a rule for every fault: no handler may have it, whichever vendor it serves."""
    return tuple(
        Rule(
            id=one.id,
            title=one.title,
            section=f"Webhook handlers: {one.section}",
            suites=one.suites,
            severity=one.severity,
            about="environment",
            stage="before",
            decided_by=(Part(handler=one.id),),
            needs=Needs(keys=("handlers",)),
            source="catalogue",
            fix=one.fix,
        )
        for one in faults().values()
    )
