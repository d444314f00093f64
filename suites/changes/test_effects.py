"""What a change did: what was planned, and nothing else; and what the vendor says of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.changes.difference import Difference, difference
from pytest_golive.changes.flow import change_of
from pytest_golive.changes.record import STATES, ChangeRecord, Config, Sent
from pytest_golive.exchange.answer import Answer
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

KEPT = ("eventMapping", "reverseEventMapping", "eventFilters", "config")
"""What a change must not lose any part of."""


@bearing_other_shapes
def test_only_planned_fields_change(golive: Golive, planned: PlannedCheck) -> None:
    """A whole update with one more mapping adds this mapping, and changes nothing else, here or at another provider.

    If this fails: the finding names what changed besides; put it back before anything else is changed.
    """
    record = change_of(golive.vendor(planned.vendor, planned.environment), golive.once, golive.fresh)
    answer = record.answer("config")
    answer.must_succeed()
    before, changed = _both(record)
    found = record.difference(before, changed)
    besides = found.without(record.planned)
    answer.must("change only what was planned", not besides, actual=f"{record.provider}: {besides}")
    absent = [name for name in record.planned if name not in found.added]
    answer.must("change what was planned", not absent, actual=f"{record.provider}: {', '.join(absent)} is not there")
    others = _others(record)
    answer.must("change no other provider", not others, actual=_told(others))


@bearing_other_shapes
def test_no_mapping_is_lost(golive: Golive, planned: PlannedCheck) -> None:
    """Every mapping, filter and setting that was there before a change is there after it.

    If this fails: events named in the finding no longer arrive; put the provider back from a known-good mapping.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    before, changed = _both(record)
    lost = record.difference(before, changed).of(*KEPT).lost
    critical = vendor.target.settings.get("critical_events", {}).get(record.provider, ())
    worst = [name for name in lost if name in {f"eventMapping.{event}" for event in critical}]
    told = f"{record.provider} lost {', '.join([*worst, *(name for name in lost if name not in worst)])}"
    record.answer("config").must(
        "keep every mapping, filter and setting", not lost, actual=told + (" (critical)" if worst else "")
    )


@bearing_other_shapes
def test_provider_passes_its_test(golive: Golive, planned: PlannedCheck) -> None:
    """The vendor's own test of the provider is made right after the change, and passes.

    If this fails: the message is the vendor's; a credential may be wrong or replaced at the provider.
    """
    record = change_of(golive.vendor(planned.vendor, planned.environment), golive.once, golive.fresh)
    _must_pass(record.answer("test"))


@bearing_other_shapes
def test_health_tells_the_change(golive: Golive, planned: PlannedCheck) -> None:
    """After the change, health tells of the provider what it is configured to be, and does not call it unhealthy.

    If this fails: do not rely on health as an alarm; ask the vendor what it shows.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    health = record.answer("health")
    health.must_fit()
    _, changed = _both(record)
    mine = [one for one in health.json["integrations"] if one["provider"] == record.provider]
    health.must(f"tell of {record.provider} once", len(mine) == 1, actual=f"{len(mine)} times")
    due = {name: changed.get(name) for name in ("enabled", "testMode")}
    told = {name: mine[0][name] for name in due}
    health.must(f"tell what {record.provider} is configured to be", told == due, actual=f"{told}, configured: {due}")
    status = mine[0]["status"]
    wrong = status == "unhealthy" or (status == "disabled") is changed.get("enabled")
    health.must(f"call {record.provider} what it is", not wrong, actual=f"status {status!r}, configured: {due}")
    if status == "degraded":
        vendor.warn(f"{record.provider} is degraded: {mine[0]['lastError'] or 'no error is told'}")


@bearing_other_shapes
def test_sending_shows_in_the_logs(golive: Golive, planned: PlannedCheck) -> None:
    """After the change, what is sent to the provider shows in its logs, read with limit=100.

    If this fails: the event was sent and the log does not tell its success; see mapping, filter and credential.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    logs = record.answer("logs")
    logs.must_fit()
    _, changed = _both(record)
    sent = record.sent
    if isinstance(sent, CannotTell):
        raise CannotTell(sent.finding)
    if isinstance(sent, Sent):
        if changed.get("enabled") is False:
            logs.cannot_tell("show what is sent", f"{record.provider} is switched off: nothing is sent to it")
        if not STATES.issuperset(sent.states):
            logs.cannot_tell("say what became of an event", f"status {', '.join(sent.states)}")
        due = "test" if changed.get("testMode") else "success"
        seen = ", ".join(sent.states) or f"nothing within {sent.seconds:.0f} s"
        logs.must(f"show {due} for a {sent.event} that was sent", due in sent.states, actual=seen)
        return
    states = {one.get("status") for one in record.new_entries}
    if not states & {"success", "test"}:
        reason = sent.reason if isinstance(sent, NotVerified) else "none was sent"
        vendor.warn(f"no entry since the change says that anything was sent; of golive's own: {reason}")


@bearing_other_shapes
def test_provider_is_put_back(golive: Golive, planned: PlannedCheck) -> None:
    """After the change the provider is what it was before, passes its test, and nothing else changed meanwhile.

    If this fails: the finding names what is not as it was; the journal holds what to put back, see `golive sweep`.
    """
    record = change_of(golive.vendor(planned.vendor, planned.environment), golive.once, golive.fresh)
    answer = record.answer("restore")
    answer.must_succeed()
    if record.before is None or record.after is None:
        raise record.lacking()
    left = record.difference(record.before, record.after)
    answer.must(f"make {record.provider} what it was", not left, actual=f"{record.provider}: {left}")
    if "test" in record.answers and _passed(record.answers["test"]):
        _must_pass(record.answer("test_after"))
    before, after = (_by_provider(record.answer(name)) for name in ("list", "list_after"))
    others = {
        name: difference(before[name], after.get(name, {}))
        for name in before
        if name != record.provider and difference(before[name], after.get(name, {}))
    }
    record.answer("list_after").must("show the other providers as they were", not others, actual=_told(others))


@bearing_other_shapes
def test_secrets_stay_out_of_sight(golive: Golive, planned: PlannedCheck) -> None:
    """Reading shows no secret, and what reads masked is never written back.

    If this fails: whoever may read the configuration can send in your name; replace the secret at the provider.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    record = change_of(vendor, golive.once, golive.fresh)
    overwrites = vendor.operation("put_integration").overwrites
    assert overwrites is not None, "the pack says which members are secret"
    names = {one.credential for one in overwrites.hidden} & set(vendor.target.credentials)
    for what in ("list", "before", "changed"):
        answer = record.answer(what)
        shown = sorted(name for name in names if vendor.key(name).reveal() in answer.text)
        answer.must("show no secret", not shown, actual=f"it shows {', '.join(shown)}")
    written = [name for body in record.bodies for name, value in (body.get("config") or {}).items() if _is_mask(value)]
    golive.must(
        "a secret that reads masked must never be written back",
        not written,
        expected="the secret itself, from golive.yaml",
        actual=f"masked: config.{', config.'.join(written)}",
    )


def _both(record: ChangeRecord) -> tuple[Config, Config]:
    if record.before is None or record.changed is None:
        raise record.lacking()
    return record.before, record.changed


def _others(record: ChangeRecord) -> dict[str, Difference]:
    if record.others is None:
        raise record.lacking()
    before, after = record.others
    found = {name: difference(before.get(name, {}), after.get(name, {})) for name in {**before, **after}}
    return {name: each for name, each in found.items() if each}


def _by_provider(answer: Answer) -> dict[str, Config]:
    answer.must_fit()
    return {str(one.get("provider")): one for one in answer.json if isinstance(one, Mapping)}


def _told(others: Mapping[str, Difference]) -> str:
    return "; ".join(f"{name}: {each}" for name, each in others.items())


def _passed(answer: Answer) -> bool:
    return answer.succeeded and isinstance(answer.json, Mapping) and answer.json.get("success") is True


def _must_pass(answer: Answer) -> None:
    __tracebackhide__ = True
    answer.must_fit()
    body = answer.json
    answer.must("pass", body["success"] is True, actual=f"success is {body['success']}: {body['message']}")


def _is_mask(value: object) -> bool:
    return isinstance(value, str) and value != "" and not value.strip("*•·")
