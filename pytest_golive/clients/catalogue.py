"""The functions that provoke the faults of ``vendors/client_faults.yaml``.

A fault gets its function in one of the modules of ``clients/faults``, one module per section::

    @fault("CL-17")
    def retry_after_seconds(trial: Trial) -> None: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_golive.trials.catalogue import Catalogue
from pytest_golive.vendors.library import client_faults

if TYPE_CHECKING:
    from pytest_golive.clients.trial import Trial

_catalogue: Catalogue[Trial] = Catalogue("pytest_golive.clients.faults", client_faults)

fault = _catalogue.fault
functions = _catalogue.functions
