"""The functions that provoke the faults of a lab's catalogue, found by the faults' ids."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Container, Mapping
from typing import Generic, TypeVar

TrialT = TypeVar("TrialT")


class Catalogue(Generic[TrialT]):
    """The functions of one lab's faults, one module per section.

    Args:
        sections: the package that holds the modules.
        known: gives the ids of all faults.
    """

    def __init__(self, sections: str, known: Callable[[], Container[str]]) -> None:
        self._sections = sections
        self._known = known
        self._functions: dict[str, Callable[[TrialT], None]] = {}
        self._complete = False

    def fault(self, fault_id: str) -> Callable[[Callable[[TrialT], None]], Callable[[TrialT], None]]:
        """Register the function that provokes a fault and judges what came of it.

        Raises:
            ValueError: there is no such fault, or it has a function already.
        """

        def register(function: Callable[[TrialT], None]) -> Callable[[TrialT], None]:
            if fault_id not in self._known():
                raise ValueError(f"{function.__name__}: there is no fault {fault_id}")
            if fault_id in self._functions:
                raise ValueError(f"{function.__name__}: {fault_id} has a function already")
            self._functions[fault_id] = function
            return function

        return register

    def functions(self) -> Mapping[str, Callable[[TrialT], None]]:
        """Return the functions of the faults that this version can provoke, by fault."""
        if not self._complete:
            package = importlib.import_module(self._sections)
            for module in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
                importlib.import_module(f"{self._sections}.{module}")
            self._functions = dict(sorted(self._functions.items()))
            self._complete = True
        return self._functions
