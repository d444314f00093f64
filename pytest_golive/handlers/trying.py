"""Tries a fault on a handler: in its turn, after the positive control, and fairly where the handler died meanwhile."""

from __future__ import annotations

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.trial import Trial
from pytest_golive.vendors.handler_fault import HandlerFault
from pytest_golive.vendors.library import handler_faults


def try_fault(lab: Lab, fault_id: str) -> None:
    """Provoke a fault, and judge what the handler does.

    Raises:
        CheckFailed: the handler has the fault.
        CannotTell: nothing can be said; the positive control failed, the fault did not come about.
        NotVerified: golive.yaml lacks what it needs.
    """
    __tracebackhide__ = True
    fault = handler_faults()[fault_id]
    need_levers(lab, fault)
    if fault.alone:
        with lab.turns.alone():
            _try(lab, fault, to_blame=True)
        return
    with lab.turns.shared() as had_company:
        if fault.control:
            lab.control()
        try:
            clear = not _try(lab, fault, to_blame=False)
        except (CheckFailed, CannotTell):
            if not had_company():
                raise
            clear = False
    if not clear:
        # Whose doing it was shows alone: a handler may die of another trial, or be behind with what they all sent.
        with lab.turns.alone():
            _try(lab, fault, to_blame=True)


def need_levers(lab: Lab, fault: HandlerFault) -> None:
    """Go on only where golive.yaml gives what a fault needs.

    Raises:
        NotVerified: something is missing; names the key.
    """
    setup = lab.setup
    handler = setup.handler
    for lever in fault.needs:
        key = f"{setup.key}.{lever}"
        if lever == "restart":
            there = setup.restarts
        elif lever == "logs":
            there = setup.started or bool(handler.logs)
        elif lever == "base_url":
            there, key = setup.asks_vendor, f"{setup.key}.environ"
        elif lever in {"tenant", "mode"}:
            there = getattr(setup, lever) is not None
        elif lever.endswith("secret"):
            there = lever in setup.secrets
        else:
            there = bool(getattr(handler, lever))
        if not there:
            lacks = "names no {base_url}" if lever == "base_url" else "is missing"
            raise NotVerified(f"{key} {lacks}: {fault.id} cannot be tried without it", key=key)


def _try(lab: Lab, fault: HandlerFault, *, to_blame: bool) -> bool:
    """Try it; tell whether the handler died and it is not known by whose doing."""
    __tracebackhide__ = True
    if fault.control:
        lab.control()
    before = lab.deaths
    try:
        functions()[fault.id](Trial(lab, fault))
    except Exception:
        if lab.deaths == before or to_blame:
            raise
        return True
    if lab.deaths == before:
        return False
    if not to_blame:
        return True
    raise CheckFailed(Finding(fault.title, "the handler to stay up", "its process ended", fix=fault.fix))
