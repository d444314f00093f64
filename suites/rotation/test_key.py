"""Which key is used after a rotation, by this run, by earlier ones, and by every worker of the deployment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from pytest_golive.clients.setup import Setup
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.papers.rotations import LONGEST_DAYS
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation import callers, earlier, workers
from pytest_golive.rotation.instances import in_use, instances_in
from pytest_golive.rotation.steps import Steps, written

OLD = "previous_api_key"

EVERY_WORKER = "every worker has to hold the new key"


def test_key_is_another_than_before(golive: Golive, planned: PlannedCheck) -> None:
    """The key is not the one that was used before the rotation, by the runs that are kept.

    If this fails: put the new key into the secret store. Replaced earlier? Write `rotation.switched` into golive.yaml.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    credential = vendor.pack.authentication.credential
    mine = vendor.key(credential).fingerprint
    used = golive.past.used(planned.environment, planned.vendor, credential)
    told = earlier.judged(mine, used, _steps(vendor).switched, moment())
    others = () if isinstance(told, earlier.Other) else _replaced_besides(golive, planned, credential)
    if others:
        golive.note(f"{', '.join(others)} was replaced lately, and golive.yaml tells no switch of this key")
        return
    if isinstance(told, earlier.Same):
        golive.must("the key has to be another one than before", False, expected=told.expected, actual=told.actual)
    if isinstance(told, earlier.Other):
        golive.note(f"before, {told.before.fingerprint} was used: {told.before.by} of {written(told.before.at)}")
        return
    if isinstance(told, earlier.Unknown):
        old = vendor.target.credentials.get(OLD)
        if old is not None and old.fingerprint != mine:
            golive.note(f"{told.reason}; it is another one than {OLD}")
            return
        problem = golive.past.problem and f" ({golive.past.problem})"
        key = f"environments.{planned.environment}.vendors.{planned.vendor}.{OLD}"
        reason = f"{told.reason}{problem}: nothing tells which key was used before; {key} would"
        golive.not_verified(reason, key=key)


def test_key_is_young(golive: Golive, planned: PlannedCheck) -> None:
    """The key is at most 90 days old, by the record of its rotation, and was not used earlier by any kept run.

    If this fails: replace it; a key that somebody copied works for as long as it lives.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if "list_api_keys" in vendor.pack.operations:
        golive.note("the vendor's own list of keys tells their age, and is judged beside this")
        return
    credential = vendor.pack.authentication.credential
    now, place = moment(), f"environments.{planned.environment}.vendors.{planned.vendor}.rotation.created"
    used = golive.past.used(planned.environment, planned.vendor, credential)
    first = earlier.in_use_since(vendor.key(credential).fingerprint, used)
    created = _created(golive, planned, vendor)
    if first is not None:
        _must_be_young(golive, now - first.at, f"{first.by} of {written(first.at)} used it already")
    mine = vendor.key(credential).fingerprint
    if created is None and first is not None and any(each.fingerprint != mine for each in used):
        golive.note(f"used since {first.by} of {written(first.at)}, and another one before")
        return
    if created is None:
        golive.not_verified(f"{place} is missing: nothing tells how old the key is", key=place)
        return
    told, since = created
    made = since if isinstance(since, datetime) else datetime(since.year, since.month, since.day, tzinfo=now.tzinfo)
    _must_be_young(golive, now - made, f"{told} is {written(made)}")


def test_key_is_in_no_other_environment(golive: Golive, planned: PlannedCheck) -> None:
    """No other environment of golive.yaml holds the key, as far as their keys or fingerprints can be read from here.

    If this fails: make a key of its own for each environment, and revoke the shared one.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    mine = vendor.key(vendor.pack.authentication.credential).fingerprint
    others = golive.other_fingerprints(planned.vendor, planned.environment)
    same = [name for name, each in others.told.items() if each == mine]
    golive.must(
        "no other environment may hold the key",
        not same,
        expected="fingerprints that differ",
        actual=f"{', '.join(same)} holds {mine} too",
    )
    for name, reason in others.untold.items():
        golive.warn(f"whether {name} holds it is not known here: {reason}")


def test_workers_hold_the_new_key(golive: Golive, planned: PlannedCheck) -> None:
    """Many answers of the deployment, and many calls of running clients, show the new key and no other.

    If this fails: start the named workers anew, and see where those that come back with the old key read it from.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    where = golive.environments[planned.environment]
    running = [each for each in golive.clients.setups.values() if each.vendor == planned.vendor and not each.started]
    count = where.workers
    times = where.probes or (workers.needed(count) if count else workers.USUAL)
    credential = vendor.pack.authentication.credential
    held = _called(golive, running, times)
    if where.fingerprints_url is not None or not held:
        reports = golive.deployment_reports(planned.environment, times)
        read = [instances_in(report, planned.vendor, credential, moment()) for report in reports]
        held.insert(0, ("", workers.seen(read)))
        if len(read) < times:
            golive.note(f"{times - len(read)} of {times} questions to the deployment were not answered")
    _judge(golive, planned, vendor, held)


def _judge(golive: Golive, planned: PlannedCheck, vendor: Vendor, held: Sequence[tuple[str, workers.Seen]]) -> None:
    """End as failed where a worker holds another key, as inconclusive where not every worker was met."""
    __tracebackhide__ = True
    place = f"environments.{planned.environment}.deployment"
    mine = in_use(vendor)
    due = f"fingerprint {' or '.join(mine)} from each"
    count = golive.environments[planned.environment].workers
    old = vendor.target.credentials.get(OLD)
    known = {old.fingerprint: "the key that was replaced"} if old is not None else {}
    stale = [f"{client}{told}" for client, seen in held for told in workers.stale(seen, mine, known, count)]
    golive.must(EVERY_WORKER, not stale, expected=due, actual="; ".join(stale))
    met = [seen for _, seen in held if seen.keys]
    golive.must(EVERY_WORKER, met, expected=due, actual=f"nothing for {planned.vendor}")
    if count is None:
        answers = sum(seen.answers for seen in met)
        names = sorted({name for seen in met for name in seen.named})
        told = f"{answers} answers tell of {', '.join(names) or 'workers without names'}"
        if not any(seen.together for seen in met):
            golive.warn(f"{place}.workers is missing: {told}, and whether these are all is not known")
        return
    missing = [what for seen in met if (what := workers.unmet(seen, count)) is not None]
    if len(missing) == len(met):
        expected, actual = missing[0]
        golive.cannot_tell(EVERY_WORKER, expected=expected, actual=actual)


def _replaced_besides(golive: Golive, planned: PlannedCheck, credential: str) -> tuple[str, ...]:
    """Return what else was replaced lately: another secret of this vendor, or a key of another one.

    A rotation is of one of them; where golive.yaml tells when this key was switched, it is this one.
    """
    if "switched" in golive.environments[planned.environment].targets[planned.vendor].rotation:
        return ()
    found = []
    for name, target in golive.environments[planned.environment].targets.items():
        for each, secret in target.credentials.items():
            if (name, each) == (planned.vendor, credential) or each == OLD:
                continue
            used = golive.past.used(planned.environment, name, each)
            switched = Steps.read(target.rotation).switched
            lately = switched if switched is not None and moment() - switched <= earlier.RECENT else None
            if isinstance(earlier.judged(secret.fingerprint, used, lately, moment()), earlier.Other):
                found.append(f"{name}.{each}")
    return tuple(found)


def _called(golive: Golive, running: Sequence[Setup], times: int) -> list[tuple[str, workers.Seen]]:
    """Return what calls of the clients that run already show; what shows nothing is only noted."""
    found: list[tuple[str, workers.Seen]] = []
    for setup in running:
        ask = partial(callers.call, setup, times)
        called: callers.Called = golive.once(("callers", setup.name, times), ask)
        if called.problem:
            golive.note(called.problem)
        else:
            found.append((f"{setup.name}: ", workers.seen(called.answers)))
    return found


def _steps(vendor: Vendor) -> Steps:
    return Steps.read(vendor.target.rotation)


def _created(golive: Golive, planned: PlannedCheck, vendor: Vendor) -> tuple[str, datetime | date] | None:
    """Return what tells when the key was made, or since when it is used at least."""
    steps = _steps(vendor)
    if steps.created is not None:
        return "rotation.created", steps.created
    record = golive.papers.rotations.get(planned.vendor, {}).get(vendor.pack.authentication.credential, {})
    if "created" in record:
        try:
            return f"operations.rotations.{planned.vendor}", date.fromisoformat(record["created"][:10])
        except ValueError:
            golive.note(f"operations.rotations.{planned.vendor} names a day that the calendar does not have")
    if steps.switched is not None:
        return "rotation.switched", steps.switched
    return None


def _must_be_young(golive: Golive, age: timedelta, actual: str) -> None:
    __tracebackhide__ = True
    golive.must(
        "the key has to be replaced in time",
        age <= timedelta(days=LONGEST_DAYS),
        expected=f"a key that is at most {LONGEST_DAYS} days old",
        actual=f"{actual}, {age.days} days ago",
    )
