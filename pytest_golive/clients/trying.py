"""Tries a fault on a client, after the positive control of what it is tried with."""

from __future__ import annotations

import time

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.finding import CheckFailed, NotApplicable, NotVerified
from pytest_golive.vendors.client_fault import ClientFault
from pytest_golive.vendors.library import client_faults

REST_SECONDS = 2.0
"""How long a client that golive does not start is left alone before a fault that it has shown is tried once more."""


def try_fault(lab: Lab, fault_id: str, operation: str | None = None) -> None:
    """Provoke a fault, and judge what the client does.

    Args:
        lab: the client.
        fault_id: of the catalogue.
        operation: what it is tried with; None: the client as a whole.

    Raises:
        CheckFailed: the client has the fault.
        CannotTell: nothing can be said; the positive control failed, the fault did not come about.
        NotVerified: the client lacks what it needs.
        NotApplicable: the fault cannot show in it.
    """
    __tracebackhide__ = True
    fault = client_faults()[fault_id]
    need_levers(lab, fault)
    if fault.control and operation is not None:
        lab.control(operation)
    try:
        functions()[fault_id](Trial(lab, fault, operation))
    except CheckFailed:
        if lab.setup.started:
            raise
    else:
        return
    # Such a client lives on: what was seen may be what another fault has left behind, so it is tried once more.
    time.sleep(REST_SECONDS)
    functions()[fault_id](Trial(lab.anew(), fault, operation))


def need_levers(lab: Lab, fault: ClientFault) -> None:
    """Go on only where the client is what a fault needs.

    Raises:
        NotVerified: golive does not start it; names the key.
        NotApplicable: it does one call after the other, by its own word.
    """
    setup = lab.setup
    if "command" in fault.needs and not setup.started:
        key = f"{setup.key}.command"
        raise NotVerified(f"{key} is missing: {fault.id} cannot be tried without it", key=key)
    if "concurrent" in fault.needs and not setup.concurrent:
        raise NotApplicable(f"{setup.key}.concurrent is not true: it does one call after the other")
