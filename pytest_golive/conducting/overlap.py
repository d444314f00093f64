"""golive's own checks run ahead in threads, and pytest takes what came of each in its turn.

So a run takes as long as its slowest check, and looks as if one had run after the other: order, durations, evidence,
output and tracebacks are each check's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any, TypeGuard

import pytest

from pytest_golive import shipped
from pytest_golive.conducting.ahead import Body, Pool
from pytest_golive.conducting.claims import (
    BESIDE_OTHERS,
    EVERYTHING,
    Claims,
    Place,
    alone,
    claims_of,
    is_flow,
    patience_seconds,
)
from pytest_golive.conducting.items import RECORD, check_of, planned_of
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CheckFailed
from pytest_golive.facts.outcome import Effects
from pytest_golive.golive import Golive
from pytest_golive.marks import overlaps
from pytest_golive.output import Kept
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.run import Run
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

GRACE_SECONDS = 10.0
"""How long the end of a run waits for bodies that have begun; what they leave behind stands in the journal."""

INTERACTIVE = ("usepdb", "trace")
"""Options with which somebody sits at the terminal, and wants to see one check at a time."""

DECIDING = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_pyfunc_call")
"""Hooks by which a project's conftest may skip a test, or put something around it."""

OWN_FIXTURES = frozenset({"golive", "golive_environment", "golive_credentials"})

TAKEN = pytest.StashKey[Body]()


class Overlap:
    """Decides which tests run ahead, and hands each its result.

    Args:
        config: pytest's configuration.
        run: the run.
    """

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self._config = config
        self._run = run
        self._session: pytest.Session | None = None
        self._bodies: dict[pytest.Item, Body] = {}
        self._fit: dict[pytest.Item, bool] = {}
        self._kept: Kept | None = None
        one_by_one = any(config.getoption(option, False) for option in INTERACTIVE)
        size = 1 if one_by_one else run.choice.concurrency
        self._pool = Pool(size, self._rooms(), self._stopped) if size > 1 else None

    def record_of(self, item: pytest.Item) -> CheckRecord:
        """Return where the evidence of a test is gathered: it may have begun already."""
        body = self._bodies.get(item)
        return body.record if body is not None else self._new_record(item)

    def room_for(self, item: pytest.Item) -> AbstractContextManager[None]:
        """Hold what a test uses that runs in pytest's own thread, from its setup to its teardown."""
        if self._pool is None:
            return nullcontext()
        if not self._runs_ahead(item):
            return self._pool.holding(self._claims(item))
        if self._kept is None:
            self._kept, self._session = Kept(self._config), item.session
        return nullcontext()

    def take(self, item: pytest.Function) -> bool | None:
        """Let a test be what its body became in its thread; None where pytest has to call it.

        The first one lets all run that come after it.
        """
        __tracebackhide__ = True
        if self._pool is None or not self._runs_ahead(item):
            return None
        known = self._bodies.get(item)
        if known is not None and known.taken:
            self._let_run([item], known.record)  # another plugin runs it once more
        elif known is None or self._is_worker:
            self._let_run([each for each in self._handed(item) if each not in self._bodies])
        body = self._ended(item)
        body.taken = True
        item.stash[TAKEN] = body
        if self._kept is not None:
            self._kept.replay(body.record)
        error, body.error = body.error, None
        if error is not None:
            raise error
        return True

    def time(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Give a call the time that its body took, not the time pytest waited for it."""
        if call.when == "call" and TAKEN in item.stash:
            body = item.stash[TAKEN]
            call.start, call.duration = body.started, body.seconds
            call.stop = body.started + body.seconds
            del item.stash[TAKEN]

    def busy(self) -> list[tuple[str, float]]:
        """Return the checks that run ahead, and for how many seconds."""
        return [] if self._pool is None else self._pool.busy()

    def stop(self) -> None:
        """Let nothing start any more."""
        if self._pool is not None:
            self._pool.stop()

    def close(self) -> Sequence[str]:
        """Let nothing start, wait a while for what runs, and return what has to be told of the rest."""
        if self._pool is None:
            return ()
        left = self._pool.close(GRACE_SECONDS)
        self._pool = None
        if self._kept is not None:
            self._kept.end()
        return [f"still running when the run ended: {name}" for name in left]

    def _ended(self, item: pytest.Function) -> Body:
        """Return a body that has ended; what it found may have been another one's doing, so it looks once more."""
        assert self._pool is not None, "asked for only where checks overlap"
        body = self._bodies[item]
        self._pool.take(body)
        if body.disturbed and isinstance(body.error, CheckFailed) and not self._stopped():
            body.record.forget()
            self._bodies[item] = replace(body, claims=alone(body.claims), done=Event(), error=None, disturbed=False)
            self._pool.add([self._bodies[item]])
            self._pool.take(self._bodies[item])
        return self._bodies[item]

    @property
    def _is_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    def _stopped(self) -> bool:
        return self._session is not None and bool(self._session.shouldfail or self._session.shouldstop)

    def _new_record(self, item: pytest.Item) -> CheckRecord:
        record = CheckRecord(check_of(item))
        self._run.outputs.append((record.key, record.output))
        return record

    def _let_run(self, items: Iterable[pytest.Item], record: CheckRecord | None = None) -> None:
        assert self._pool is not None, "asked for only where checks overlap"
        bodies = {each: self._body(each, record) for each in items if self._runs_ahead(each)}
        self._bodies |= bodies
        self._pool.add(bodies.values())

    def _body(self, item: pytest.Item, record: CheckRecord | None) -> Body:
        assert isinstance(item, pytest.Function), "only a function runs ahead"
        planned = planned_of(item)
        return Body(
            name=check_of(item),
            call=partial(item.obj, **_arguments(item, self._run.golive)),
            # The one that all others are let run by has its record already: its report is made of that.
            record=record or item.stash.get(RECORD, None) or self._new_record(item),
            claims=self._claims(item),
            room=() if planned is None or planned.fault is not None else (planned.environment, planned.vendor),
            patience_seconds=patience_seconds(planned, self._pack(planned)) if self._asks(planned) else 0.0,
        )

    def _claims(self, item: pytest.Item) -> Claims:
        planned = planned_of(item)
        if self._asks(planned):
            return claims_of(planned, self._pack(planned))
        return BESIDE_OTHERS if planned is not None or overlaps(item) else EVERYTHING

    def _asks(self, planned: PlannedCheck | None) -> TypeGuard[PlannedCheck]:
        """Whether a check is about a vendor: those of gaps that people accept need not be."""
        return planned is not None and planned.vendor in self._run.golive.environment.targets

    def _pack(self, planned: PlannedCheck) -> Pack:
        # The chosen environment's: the other one may lack the vendor, and its checks say so themselves.
        return read_pack(planned.vendor, self._run.golive.environment.targets[planned.vendor].profile)

    def _rooms(self) -> Mapping[Place, int]:
        """Return how many calls each vendor bears at once: more bodies would only wait, in the place of others."""
        golive = self._run.golive
        limits = {
            (where.name, vendor): golive.limits(vendor, where.name)
            for where in golive.environments.values()
            for vendor in where.targets
        }
        return {place: each.in_flight for place, each in limits.items() if each is not None}

    def _runs_ahead(self, item: pytest.Item) -> bool:
        if item not in self._fit:
            self._fit[item] = isinstance(item, pytest.Function) and self._is_fit(item)
        return self._fit[item]

    def _is_fit(self, item: pytest.Function) -> bool:
        planned = planned_of(item)
        if planned is not None and shipped.is_shipped(item.path):
            # A flow that changes settings has to be reached by Ctrl-C, to put them back.
            production = self._run.golive.environments[planned.environment].production
            allowed = not is_flow(planned) and (planned.effects is Effects.NONE or not production)
        else:
            allowed = planned is None and item.cls is None and overlaps(item)
        return (
            allowed
            and not any(item.get_closest_marker(name) for name in ("skip", "skipif", "xfail"))
            and not any(_decides(item, hook) for hook in DECIDING)
            and all(_is_plain(item, name) for name in item.fixturenames)
        )

    def _handed(self, item: pytest.Item) -> list[pytest.Item]:
        """Return the tests that this process runs for certain, from this one on."""
        items = item.session.items
        if not self._is_worker:
            return items[items.index(item) :]
        plugins = self._config.pluginmanager.get_plugins()
        worker: Any = next((each for each in plugins if hasattr(each, "torun") and hasattr(each, "item_index")), None)
        if worker is None:
            return [item]
        indices = [worker.item_index, worker.nextitem_index]
        if not self._run.stealing and hasattr(worker.torun, "lock"):  # older ones keep a queue nobody may look into
            with worker.torun.lock() as queue:
                indices += queue
        return [items[index] for index in indices if isinstance(index, int)]


def _decides(item: pytest.Item, hook: str) -> bool:
    """Whether a conftest has a say in single tests: it may skip one that would have run already."""
    implementations = getattr(item.ihook, hook).get_hookimpls()
    return any(str(getattr(each.plugin, "__file__", "")).endswith("conftest.py") for each in implementations)


def _is_plain(item: pytest.Function, name: str) -> bool:
    """Whether a fixture is golive's own, or a value the test is parametrised with."""
    definitions = item._fixtureinfo.name2fixturedefs.get(name, ())  # noqa: SLF001
    if name in OWN_FIXTURES:
        return all(each.func.__module__ == "pytest_golive.fixtures" for each in definitions)
    if name in {"pytestconfig", "request"}:
        return name != "request" or name not in item._fixtureinfo.argnames  # noqa: SLF001
    direct = bool(definitions) and _name(definitions[-1].func) == "get_direct_param_fixture_func"
    return direct and name in _parameters(item)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", "")


def _parameters(item: pytest.Function) -> Mapping[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _arguments(item: pytest.Function, golive: Golive) -> dict[str, object]:
    """Return what pytest would give the test; what fixtures do besides, it does in the test's turn."""
    parameters = _parameters(item)
    given: dict[str, object] = {"golive": golive, "pytestconfig": item.config}
    for name in item._fixtureinfo.argnames:  # noqa: SLF001
        if name in parameters:
            given[name] = parameters[name]
        elif name not in given:
            given[name] = item._fixtureinfo.name2fixturedefs[name][-1].func(golive)  # noqa: SLF001
    return {name: given[name] for name in item._fixtureinfo.argnames}  # noqa: SLF001
