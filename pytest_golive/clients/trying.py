"""Tries a fault on a client, after the positive control of what it is tried with."""

from __future__ import annotations

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.finding import NotVerified
from pytest_golive.vendors.client_fault import ClientFault
from pytest_golive.vendors.library import client_faults


def try_fault(lab: Lab, fault_id: str, operation: str | None = None) -> None:
    """Provoke a fault, and judge what the client does.

    Args:
        lab: the client.
        fault_id: of the catalogue.
        operation: what it is tried with; None: the client as a whole.

    Raises:
        CheckFailed: the client has the fault.
        CannotTell: nothing can be said; the positive control failed, the fault did not come about.
        NotVerified: the client lacks what it needs, or the fault cannot show in it.
    """
    __tracebackhide__ = True
    fault = client_faults()[fault_id]
    need_levers(lab, fault)
    if fault.control and operation is not None:
        lab.control(operation)
    functions()[fault_id](Trial(lab, fault, operation))


def need_levers(lab: Lab, fault: ClientFault) -> None:
    """Go on only where the client is what a fault needs.

    Raises:
        NotVerified: it is not; names the key.
    """
    there = {"command": lab.setup.started, "concurrent": lab.setup.concurrent}
    for lever in fault.needs:
        if not there[lever]:
            key = f"{lab.setup.key}.{lever}"
            raise NotVerified(f"{key} is missing: {fault.id} cannot be tried without it", key=key)
