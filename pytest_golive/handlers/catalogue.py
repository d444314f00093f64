"""The functions that provoke the faults of ``vendors/handler_faults.yaml``.

A fault gets its function in one of the modules of ``handlers/faults``, one module per section::

    @fault("WH-30")
    def sequential_duplicate(trial: Trial) -> None: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_golive.trials.catalogue import Catalogue
from pytest_golive.vendors.library import handler_faults

if TYPE_CHECKING:
    from pytest_golive.handlers.trial import Trial

_catalogue: Catalogue[Trial] = Catalogue("pytest_golive.handlers.faults", handler_faults)

fault = _catalogue.fault
functions = _catalogue.functions
