"""The functions that provoke the faults of ``vendors/client_faults.yaml``.

A fault gets its function in one of the modules of ``clients/faults``, one module per section::

    @fault("CL-17")
    def retry_after_seconds(trial: Trial) -> None: ...
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from pytest_golive.vendors.library import client_faults

if TYPE_CHECKING:
    from pytest_golive.clients.trial import Trial

    Function = Callable[[Trial], None]

_functions: dict[str, Function] = {}


def fault(fault_id: str) -> Callable[[Function], Function]:
    """Register the function that provokes a fault and judges what came of it."""

    def register(function: Function) -> Function:
        if fault_id not in client_faults():
            raise ValueError(f"{function.__name__}: there is no fault {fault_id}")
        if fault_id in _functions:
            raise ValueError(f"{function.__name__}: {fault_id} has a function already")
        _functions[fault_id] = function
        return function

    return register


@cache
def functions() -> Mapping[str, Function]:
    """Return the functions of the faults that this version can provoke, by fault."""
    from pytest_golive.clients import faults as sections

    for module in sorted(one.name for one in pkgutil.iter_modules(sections.__path__)):
        importlib.import_module(f"{sections.__name__}.{module}")
    return dict(sorted(_functions.items()))
