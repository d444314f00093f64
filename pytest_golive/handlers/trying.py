"""Tries a fault on a handler: in its turn, after the positive control, and fairly where the handler died meanwhile."""

from __future__ import annotations

import time

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.sender import send
from pytest_golive.handlers.trial import Trial
from pytest_golive.vendors.handler_fault import HandlerFault
from pytest_golive.vendors.library import handler_faults

BEHIND_SECONDS = 30.0
"""How long a handler may be behind with all that was sent to it at once."""

LOOK_SECONDS = 0.1


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
            let_it_catch_up(lab, fault)
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
            let_it_catch_up(lab, fault)
            _try(lab, fault, to_blame=True)


def let_it_catch_up(lab: Lab, fault: HandlerFault) -> None:
    """Wait until a handler that works later has done what was sent to it before: another event shows it.

    One that does not come to an end with it is not waited for again: it is not behind, but stuck.

    Raises:
        CannotTell: the positive control failed.
    """
    if lab.stuck or not lab.has_probe or not fault.control:
        return
    lab.control()
    parcel = lab.genuine()
    if not send(parcel, timeout_seconds=lab.limit_seconds).accepted:
        return  # whatever that is: it is for the trial to find
    until = time.monotonic() + BEHIND_SECONDS
    while not lab.ask(lambda probe: probe.now(parcel.event_id)).value:
        if time.monotonic() > until:
            lab.stuck = True
            return
        time.sleep(LOOK_SECONDS)


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
        elif lever == "tenant":
            there = setup.tenant is not None
        elif lever == "mode":
            there = setup.mode is not None or setup.webhooks.marks_tests
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
