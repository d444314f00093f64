"""Both ways to roll back, a switch of a wrong type, and a lost mapping that is put back."""

from __future__ import annotations

from pytest_golive.changes.flow import change_of
from pytest_golive.changes.record import STATES, ChangeRecord, Sent, Switched
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.facts.other_shapes import bearing_other_shapes
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

WORDS = {"enabled": "switched off", "testMode": "in test mode"}


@bearing_other_shapes
def test_switching_off_changes_nothing_else(golive: Golive, planned: PlannedCheck) -> None:
    """`{"enabled": false}` alone switches the provider off, and leaves the rest of its configuration as it was.

    If this fails: this rollback costs what the finding names; roll back by a whole update.
    """
    vendor = golive.vendor(planned.vendor)
    _must_change_alone(vendor, change_of(vendor, golive.once, golive.fresh), "enabled", value=False)


@bearing_other_shapes
def test_test_mode_changes_nothing_else(golive: Golive, planned: PlannedCheck) -> None:
    """`{"testMode": true}` alone puts the provider into test mode, and leaves the rest of its configuration as it was.

    If this fails: this rollback costs what the finding names; roll back by a whole update.
    """
    vendor = golive.vendor(planned.vendor)
    _must_change_alone(vendor, change_of(vendor, golive.once, golive.fresh), "testMode", value=True)


@bearing_other_shapes
def test_nothing_is_forwarded_while_off(golive: Golive, planned: PlannedCheck) -> None:
    """An event that comes while the provider is switched off is not sent on to it.

    If this fails: switching off stops nothing; take the credential away at the provider to stop it.
    """
    record = change_of(golive.vendor(planned.vendor), golive.once, golive.fresh)
    sent = _sent(record, "enabled")
    record.answer("enabled").must(
        "keep a provider that is off from being sent to",
        "success" not in sent.states,
        actual=f"the log says {', '.join(sent.states)} of a {sent.event} sent meanwhile",
    )


@bearing_other_shapes
def test_nothing_is_forwarded_in_test_mode(golive: Golive, planned: PlannedCheck) -> None:
    """An event that comes in test mode is written down, and not sent on to the provider.

    If this fails: what is tried out in test mode counts as real there; switch off instead.
    """
    record = change_of(golive.vendor(planned.vendor), golive.once, golive.fresh)
    sent = _sent(record, "testMode")
    answer = record.answer("testMode")
    told = ", ".join(sent.states)
    answer.must("write down what comes in test mode", sent.states, actual=f"nothing within {sent.seconds:.0f} s")
    answer.must(
        "keep what comes in test mode from the provider",
        "success" not in sent.states,
        actual=f"the log says {told} of a {sent.event} sent meanwhile",
    )


@bearing_other_shapes
def test_wrong_switch_changes_nothing(golive: Golive, planned: PlannedCheck) -> None:
    """A switch that is text and not a boolean is refused, and changes nothing.

    If this fails: your client has to send booleans; a vendor that guesses may guess the other way.
    """
    vendor = golive.vendor(planned.vendor)
    record = change_of(vendor, golive.once, golive.fresh)
    answer = record.answer("wrong")
    what = 'refuse {"enabled": "true"}'
    answer.must(f"{what}, never with a failure", answer.status < 500)
    if answer.succeeded:
        answer.differs(Evidence.ASSUMED, what, answer.told, "operations.put_integration")
        return
    answer.must_be_refused(what, vendor.pack.errors.refusals)
    before, after = record.answer("before_wrong").json, record.wrong
    if after is None:
        raise record.lacking()
    found = record.difference(before, after)
    answer.must("change nothing where it refuses", not found, actual=f"answered {answer.status}, and {found}")


@bearing_other_shapes
def test_lost_mapping_is_put_back(golive: Golive, planned: PlannedCheck) -> None:
    """A mapping that was taken away is there again after a whole update, and the provider passes its test.

    If this fails: a lost mapping cannot be restored through the API; make no update before the vendor explains it.
    """
    vendor = golive.vendor(planned.vendor)
    if vendor.permit.production:
        key = f"environments.{vendor.permit.environment}"
        golive.not_verified("a mapping is never taken away in an environment that is marked production", key=key)
    record = change_of(vendor, golive.once, golive.fresh)
    damage = record.damage
    if damage is None:
        raise record.lacking()
    gone = record.difference(damage.before, damage.damaged)
    if gone.lost != (f"eventMapping.{damage.name}",) or gone.changed or gone.added:
        answer = record.answer("damage")
        what = f"take away the mapping of {damage.name} when it is left out, and nothing else"
        answer.differs(Evidence.ASSUMED, what, str(gone), "operations.put_integration")
    left = record.difference(damage.before, damage.restored)
    record.answer("repair").must("put the mapping back", not left, actual=f"{record.provider}: {left}")
    if record.answer("test").succeeded and record.answer("test").json.get("success") is True:
        damage.test.must("pass once the mapping is back", damage.test.json.get("success") is True)


def _must_change_alone(vendor: Vendor, record: ChangeRecord, field: str, *, value: bool) -> None:
    __tracebackhide__ = True
    switched = _switched(record, field)
    switched.answer.must_succeed()
    if switched.after is None:
        raise record.lacking()
    now = switched.after.get(field)
    switched.answer.must(
        f"set {field} to {value}".lower().replace(field.lower(), field), now is value, actual=f"{field} is {now}"
    )
    besides = record.difference(switched.before, switched.after).without([field])
    matter, served = vendor.pack.contradictions["merge_rule"], "replace" if besides else "keep"
    vendor.note(f"merge_rule, {matter.title}: {served} ({matter.variants[served].title}) is served")
    switched.answer.must(f"change nothing but {field}", not besides, actual=f"{record.provider}: {besides}")


def _switched(record: ChangeRecord, field: str) -> Switched:
    if field not in record.switched:
        raise record.lacking()
    return record.switched[field]


def _sent(record: ChangeRecord, field: str) -> Sent:
    """Return the event that was sent meanwhile, of a provider that took one before."""
    __tracebackhide__ = True
    switched = _switched(record, field)
    sent, earlier = switched.sent, record.sent
    if isinstance(sent, NotVerified):
        raise NotVerified(sent.reason, key=sent.key)
    if isinstance(sent, CannotTell):
        raise CannotTell(sent.finding)
    if sent is None:
        raise record.lacking()
    if not STATES.issuperset(sent.states):
        record.answer(field).cannot_tell("lead to log entries that can be read", f"status {', '.join(sent.states)}")
    if not isinstance(earlier, Sent) or not earlier.entries:
        raise CannotTell(
            Finding(
                requirement=f"{record.provider} has to be sent to before it is {WORDS[field]}",
                expected="an entry in its log for an event sent before",
                actual="none: so that nothing comes now says nothing",
            )
        )
    return sent
