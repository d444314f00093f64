"""The steps of a rotation, by the times that are told of them: each came after the one it stands upon."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CheckFailed, NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.changes.log import newest, rotations
from pytest_golive.papers.rotation_steps import ToldSteps, is_about, steps_in
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.rotation import workers
from pytest_golive.rotation.instances import Instance, in_use, instances_in
from pytest_golive.rotation.steps import MINUTE, Evidence, Steps, is_before, must_pass_in_between, written
from pytest_golive.vendors.library import read_pack

SMOKE, TRAFFIC = "UPZ-66", "UPZ-67"

LATER = timedelta(days=1)
"""A job that was submitted longer ago may be forgotten by the vendor."""


def test_secret_is_newer_than_the_key(golive: Golive, planned: PlannedCheck) -> None:
    """The secret store of this environment took the key after it was made.

    If this fails: write the new key into the secret; what lies there is older than the key.
    """
    look = _look(golive, planned)
    created: datetime | date | None = look.steps.created
    if created is None:
        told = golive.papers.rotations.get(planned.vendor, {}).get(look.credential, {}).get("created", "")
        created = _day(told)
    stored = look.steps.stored
    if created is None:
        raise look.missing("created")
    if stored is None:
        raise look.missing("stored")
    golive.must(
        "the secret has to be newer than the key",
        not is_before(stored, created),
        expected=f"a secret that was stored since {_written(created)}",
        actual=f"it was stored on {written(stored)}",
    )


def test_instances_started_after_the_secret_changed(golive: Golive, planned: PlannedCheck) -> None:
    """Every instance that the deployment reports was started or reloaded after the secret store took the new key.

    If this fails: start the named instances anew, workers and scheduled jobs too.
    """
    look = _look(golive, planned)
    where = golive.environments[planned.environment]
    times = where.probes or (workers.needed(where.workers) if where.workers else workers.USUAL)
    reports = golive.deployment_reports(planned.environment, times)
    # The secret was not stored before its key was there.
    since = look.steps.stored or look.steps.created
    if since is None:
        raise look.missing("stored")
    mine = in_use(look.vendor)
    told = {each for report in reports for each in instances_in(report, planned.vendor, look.credential, moment())}
    early = [each for each in told if each.configured is not None and each.configured < since - MINUTE]
    stale = sorted(_started(each) for each in early if each.fingerprint not in mine)
    requirement, expected = (
        "every instance has to be started after the secret changed",
        f"a start since {written(since)}",
    )
    golive.must(requirement, not stale, expected=expected, actual="; ".join(dict.fromkeys(stale)))
    if early:
        doubtful = ", ".join(dict.fromkeys(sorted(_started(each) for each in early)))
        reason = f"{doubtful}, and holds the new key: if it reads keys anew, let it report `reloaded`"
        golive.cannot_tell(requirement, expected=expected, actual=reason)
    silent = sorted({each.name or "the deployment" for each in told if each.configured is None})
    if silent or not told:
        key = f"environments.{planned.environment}.deployment.fingerprints"
        who = ", ".join(silent) or "the deployment"
        golive.not_verified(f"{key}: {who} reports no `started` beside its fingerprint", key=key)
    if look.steps.stored is None:
        raise look.missing("stored")


def test_smoke_came_before_the_revocation(golive: Golive, planned: PlannedCheck) -> None:
    """The smoke passed with the new key after the switch, and before the old key was revoked.

    If this fails: run the smoke now, and watch refusals; next time revoke the old key after it.
    """
    look = _look(golive, planned)
    _must_pass(look, "the smoke", SMOKE, look.steps.smoked, "smoked")


def test_revocation_came_last(golive: Golive, planned: PlannedCheck) -> None:
    """The old key was revoked after the switch, after the smoke passed, and after the traffic was seen to be normal.

    If this fails: look for instances that get 401; next time wait for both before the old key is revoked.
    """
    look = _look(golive, planned)
    revoked, switched = look.steps.revoked, look.switched
    if revoked is None or revoked > look.now:
        raise NotYet("the old key is not revoked yet")
    golive.must(
        "the old key has to be revoked after the switch",
        revoked >= switched - MINUTE,
        expected=f"a revocation after {written(switched)}",
        actual=f"it was revoked on {written(revoked)}",
    )
    _must_pass(look, "the smoke", SMOKE, look.steps.smoked, "smoked")
    _must_pass(look, "the look at the traffic", TRAFFIC, look.steps.watched, "watched")


def test_job_from_before_the_switch_is_found(golive: Golive, planned: PlannedCheck) -> None:
    """What was submitted before the switch with the old key can be asked for with the new one.

    If this fails: submit again what can no longer be asked for; next time wait until nothing is under way.
    """
    look = _look(golive, planned)
    submitted = _submitted(golive, planned, look)
    answer = look.vendor.call(submitted.operation, **submitted.arguments)
    if answer.status == 404 and (submitted.at is None or look.now - submitted.at > LATER):
        answer.cannot_tell("find a job from before the switch: it may be too long ago")
    answer.must_fit()


@dataclass(frozen=True, slots=True)
class _Look:
    """What a check of the steps looks at.

    Attributes:
        golive: leads to everything.
        planned: the check.
        vendor: whose key was replaced.
        steps: when that was done.
        now: the time.
        is_local: whether the steps are told by a clock that nobody names: they are compared with each other only.
    """

    golive: Golive
    planned: PlannedCheck
    vendor: Vendor
    steps: Steps
    now: datetime
    is_local: bool = False

    @property
    def credential(self) -> str:
        """Name of the credential that was replaced."""
        return self.vendor.pack.authentication.credential

    @property
    def switched(self) -> datetime:
        """When the deployment began to use the new key.

        Raises:
            NotVerified: golive.yaml does not say it.
        """
        if self.steps.switched is None:
            raise self.missing("switched")
        return self.steps.switched

    def missing(self, step: str) -> NotVerified:
        """Return that golive.yaml does not tell when a step was taken."""
        words = {
            "created": "when the key was made",
            "stored": "when the secret store took the key",
            "switched": "when the key was replaced",
        }
        key = self.key(step)
        return NotVerified(f"{key} is missing: nothing tells {words[step]}", key=key)

    def key(self, step: str) -> str:
        """Return the key of golive.yaml that tells a step."""
        return f"environments.{self.planned.environment}.vendors.{self.planned.vendor}.rotation.{step}"


def _is_about(text: str, golive: Golive, planned: PlannedCheck) -> bool:
    """Whether a text is about this vendor in this environment, or does not say about which."""
    vendors = {name: (name, read_pack(name).title) for name in golive.environments[planned.environment].targets}
    environments = {name: (name,) for name in golive.environments}
    return is_about(text, planned.vendor, vendors) and is_about(text, planned.environment, environments)


@dataclass(frozen=True, slots=True)
class _Submitted:
    """Something that was submitted before the switch.

    Attributes:
        operation: asks for it.
        arguments: by what.
        at: when it was submitted; None where nobody says.
    """

    operation: str
    arguments: dict[str, str]
    at: datetime | None = None


def _look(golive: Golive, planned: PlannedCheck) -> _Look:
    vendor = golive.vendor(planned.vendor, planned.environment)
    steps = Steps.read(vendor.target.rotation)
    if steps.switched is None and steps.revoked is None:
        told = _logged(golive, planned)
        if "switched" in told.moments:
            golive.note(f"golive.yaml tells no step: taken from {told.place}")
            known = {name: at for name in told.moments if (at := getattr(steps, name)) is not None}
            return _Look(golive, planned, vendor, replace(steps, **{**told.moments, **known}), moment(), told.is_local)
    return _Look(golive, planned, vendor, steps, moment())


def _logged(golive: Golive, planned: PlannedCheck) -> ToldSteps:
    """Return the steps that the newest rotation of the change log tells, if there is one of this key."""
    with suppress(NotVerified, CheckFailed):
        papers = asked.named(golive.papers, golive.papers.change_log, "operations.change_log", "no steps")
        entries = [each for paper in papers for each in rotations(paper)]
        about = tuple(each for each in entries if _is_about(each.text, golive, planned))
        entry = newest(about)
        if entry is not None:
            return steps_in(entry)
    return ToldSteps("")


def _must_pass(look: _Look, what: str, rule: str, said: datetime | None, step: str) -> None:
    __tracebackhide__ = True
    past, planned = look.golive.past, look.planned
    key = (look.credential, look.vendor.key(look.credential).fingerprint)
    passes = () if look.is_local else past.passes(planned.environment, planned.vendor, rule, key)
    kept_since = None if look.is_local else past.kept_since(planned.environment)
    found = Evidence(what, passes, said, look.key(step), kept_since)
    must_pass_in_between(found, look.switched, look.steps.revoked, look.now)


def _submitted(golive: Golive, planned: PlannedCheck, look: _Look) -> _Submitted:
    """Return what was submitted before the switch.

    Raises:
        NotVerified: nothing was, or only after it.
    """
    __tracebackhide__ = True
    key = look.key("job")
    polling = next((each.polling for each in look.vendor.pack.operations.values() if each.polling is not None), None)
    if look.steps.job and polling is not None:
        return _Submitted(polling.operation, {next(iter(polling.arguments)): look.steps.job})
    command = f"`golive rotate begin --env {planned.environment} --vendor {planned.vendor}`"
    begun = [each for each in golive.past.begun(planned.environment, planned.vendor) if each.operation]
    if not begun:
        raise NotVerified(f"nothing was submitted before the switch: {command} does it, or tell {key}", key=key)
    mine = look.vendor.key(look.credential).fingerprint
    before = next((each for each in begun if each.fingerprint != mine), None)
    if before is None:
        told = f"{command} was called with the key that is used now, on {written(begun[0].moment)}"
        raise NotVerified(f"{told}: call it before the key is replaced", key=key)
    return _Submitted(before.operation, dict(before.arguments), before.moment)


def _started(instance: Instance) -> str:
    who = instance.name or "the deployment"
    at = written(instance.configured) if instance.configured is not None else "nobody knows when"
    return f"{who} started on {at}" + ("" if instance.reloaded is None else " (reloaded)")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _written(at: datetime | date) -> str:
    return written(at) if isinstance(at, datetime) else str(at)
