"""A change of one provider, gone through in its strict order, and put back whatever happens.

Snapshot, config, test, health, logs, both ways to roll back, a wrong switch, a lost mapping, and back to the snapshot.
Nothing is judged here: checks read the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pytest_golive.changes.filters import UnknownOperator, lets_pass, reference_payload
from pytest_golive.changes.record import ChangeRecord, Config, Damage, Sent, Step, Switched
from pytest_golive.changes.turn import held_alone
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.restoring import kept, revealed, shows_all
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.chance import chance
from pytest_golive.facts.current import current
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.facts.moment import moment, seconds

WRITE = "put_integration"
PROBE = "custom_event"
"""What the name that the change maps is mapped to: an event no page sends by itself."""

MOST_ENTRIES = 100
POLL_SECONDS = 0.2
SHORTEST_WAIT_SECONDS = 0.5
"""How long at least is waited for what must not come."""

USUAL_WAIT_SECONDS = 10.0


class FlowEnded(Exception):
    """A step failed without which the next ones make no sense."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.actual)
        self.finding = finding


def change(vendor: Vendor, provider: str, *, name: str) -> ChangeRecord:
    """Go through a change of one provider; return what happened.

    Args:
        vendor: whose.
        provider: the provider to change.
        name: a name nobody has, for the mapping that the change adds.

    Raises:
        NotVerified: it is not allowed here, or needs a secret that golive.yaml does not hold; nothing was changed.
    """
    flow = _Flow(vendor, provider, name)
    record = current()
    first = len(record.exchanges) if record is not None else 0
    try:
        with held_alone(vendor.base_url, *map(str, vendor.target.ids.values()), provider):
            flow.run()
    finally:
        if record is not None:
            flow.record.exchanges = tuple(record.exchanges[first:])
    return flow.record


def change_of(vendor: Vendor, once: Callable[..., Any], fresh: Callable[[str], str]) -> ChangeRecord:
    """Return the change of the provider that golive.yaml names for it, gone through once a run.

    Its calls are evidence of every check that reads the record.

    Args:
        vendor: whose.
        once: returns what was made the first time, by key.
        fresh: names what a run creates.

    Raises:
        NotVerified: golive.yaml names no provider, or the change is not allowed here.
    """
    provider = str(vendor.setting("test_provider"))
    key = ("change", vendor.name, vendor.permit.environment)
    record: ChangeRecord = once(key, lambda: change(vendor, provider, name=fresh("mapping")))
    own = current()
    if own is not None and not any(each in own.exchanges for each in record.exchanges[:1]):
        own.exchanges.extend(record.exchanges)
    return record


class _Flow:
    def __init__(self, vendor: Vendor, provider: str, name: str) -> None:
        self._vendor = vendor
        self._name = name
        overwrites = vendor.operation(WRITE).overwrites
        hidden = overwrites.hidden if overwrites is not None else ()
        self.record = ChangeRecord(
            provider,
            planned=(f"reverseEventMapping.{name}",),
            hidden=tuple(one.path for one in hidden if one.where.get("provider", provider) == provider),
        )

    def run(self) -> None:
        vendor = self._vendor
        vendor.permit.check(WRITE, vendor.operation(WRITE))
        try:
            self._go()
        except FlowEnded as ended:
            self.record.ended = ended.finding
        except (CannotTell, CheckFailed) as error:
            self.record.ended = error.finding
        finally:
            self._restore()

    def _go(self) -> None:
        record = self.record
        with self._step("snapshot_before"):
            listed = self._ask("list", "list_integrations")
            self._ask("health_before", "get_integrations_health")
            earlier = {str(one.get("id")) for one in self._entries("logs_before")}
            record.before = self._read("before")
        with self._step("config"):
            self._change(record.before, listed)
        with self._step("test"):
            self._ask("test", "test_integration", provider=record.provider)
        with self._step("health"):
            self._ask("health", "get_integrations_health")
        with self._step("logs"):
            record.sent = self._send()
            record.new_entries = [one for one in self._entries("logs") if str(one.get("id")) not in earlier]
        with self._step("switch_off"):
            self._switch("enabled", on=False)
        with self._step("test_mode"):
            self._switch("testMode", on=True)
        self._send_wrong_switch()
        if not self._vendor.permit.production:
            self._damage()

    @contextmanager
    def _step(self, kind: str) -> Iterator[None]:
        begun = seconds()
        try:
            yield
        finally:
            self.record.steps.append(Step(kind, begun, seconds()))

    def _ask(self, what: str, operation: str, **arguments: Any) -> Answer:
        answer = self._vendor.call(operation, **arguments)
        self.record.answers[what] = answer
        return answer

    def _read(self, what: str) -> Config:
        """Read the provider.

        Raises:
            FlowEnded: it cannot be read.
        """
        answer = self._ask(what, "get_integration", provider=self.record.provider)
        if not answer.succeeded or not shows_all(self._vendor, WRITE, answer.json):
            self._end(answer, f"get_integration has to tell how {self.record.provider} is configured")
        return dict(answer.json)

    def _end(self, answer: Answer, requirement: str) -> None:
        raise FlowEnded(Finding(requirement, "a success, so that the change can go on", answer.told))

    def _whole(self, shown: Config) -> dict[str, Any]:
        """Return the body that makes the provider what was read, secrets by name."""
        return kept(self._vendor, WRITE, {"provider": self.record.provider}, shown)

    def _write(self, what: str, body: Config) -> Answer:
        self.record.bodies.append(body)
        return self._ask(what, WRITE, provider=self.record.provider, **revealed(self._vendor, body))

    def _change(self, before: Config, listed: Answer) -> None:
        """Read, merge here, write whole, read again: whatever the vendor does with what is left out."""
        body = self._whole(before)
        body["reverseEventMapping"] = {**(body.get("reverseEventMapping") or {}), self._name: PROBE}
        answer = self._write("config", body)
        if not answer.succeeded:
            self._end(answer, f"put_integration has to take the whole configuration of {self.record.provider}")
        self.record.changed = self._read("changed")
        again = self._ask("list_changed", "list_integrations")
        self.record.others = (self._others(listed), self._others(again))

    def _others(self, answer: Answer) -> dict[str, Config]:
        items = answer.json if answer.succeeded else []
        listed = [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []
        return {str(one.get("provider")): one for one in listed if one.get("provider") != self.record.provider}

    def _entries(self, what: str) -> list[Mapping[str, Any]]:
        answer = self._ask(what, "list_integration_logs", provider=self.record.provider, limit=MOST_ENTRIES)
        body = answer.json if answer.succeeded else {}
        items = body.get("items") if isinstance(body, Mapping) else None
        return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []

    def _switch(self, field: str, *, on: bool) -> None:
        """Throw one switch by itself, see what an event meets then, and write the whole configuration back."""
        shown = self._read(f"before_{field}")
        answer = self._write(field, {field: on})
        after = self._read(f"after_{field}") if answer.succeeded else None
        sent = None
        if after is not None:
            sent = self._send() if field == "testMode" else self._send(in_vain=True)
        self.record.switched[field] = Switched(field, shown, answer, after, sent)
        self._write(f"undone_{field}", self._whole(shown))

    def _send_wrong_switch(self) -> None:
        shown = self._read("before_wrong")
        answer = self._vendor.call_with_body(WRITE, {"enabled": "true"}, provider=self.record.provider)
        self.record.answers["wrong"] = answer
        self.record.wrong = self._read("after_wrong")
        if answer.succeeded:
            self._write("undone_wrong", self._whole(shown))

    def _damage(self) -> None:
        """Take one mapping away, as a careless update does, and put it back from what is known to be good."""
        good = self._read("good")
        mapping = dict(good.get("eventMapping") or {})
        if not mapping:
            return
        critical = self._vendor.target.settings.get("critical_events", {}).get(self.record.provider, ())
        name = next((event for event in mapping if event not in critical), next(iter(mapping)))
        self._write("damage", {"eventMapping": {key: value for key, value in mapping.items() if key != name}})
        damaged = self._read("damaged")
        self._write("repair", self._whole(good))
        repaired = self._read("repaired")
        test = self._ask("test_repaired", "test_integration", provider=self.record.provider)
        self.record.damage = Damage(name, good, damaged, repaired, test)

    def _restore(self) -> None:
        """Put the provider back; what fails here is tried once more at the end of the run, from the journal."""
        record = self.record
        try:
            with self._step("restore"):
                answer = self._vendor.before.put_back(WRITE, {"provider": record.provider})
                if answer is None:
                    return
                record.answers["restore"] = answer
                record.after = self._read("after")
                self._ask("test_after", "test_integration", provider=record.provider)
                self._ask("list_after", "list_integrations")
                self._ask("health_after", "get_integrations_health")
        except FlowEnded as ended:
            record.ended = record.ended or ended.finding
        except (CannotTell, CheckFailed) as error:
            record.ended = record.ended or error.finding

    def _send(self, *, in_vain: bool = False) -> Sent | NotVerified | CannotTell:
        """Send an event of the site and see what the provider's log says of it.

        Args:
            in_vain: nothing must come of it, which is waited for twice as long as something took before.
        """
        try:
            self._may_send()
            event, payload = self._event()
            event_id, begun = str(uuid.UUID(bytes=chance("event").randbytes(16), version=4)), seconds()
            now = f"{moment():%Y-%m-%dT%H:%M:%SZ}"
            told = {**payload, "event": event, "eventId": event_id, "timestamp": now}
            self._vendor.call("send_events_batch", events=[told]).must_succeed()
        except NotVerified as reason:
            return reason
        except (CannotTell, CheckFailed) as error:
            return CannotTell(error.finding)
        patience = self._patience(in_vain)
        while True:
            entries = [one for one in self._entries("logs") if one.get("eventId") == event_id]
            sent = Sent(event, event_id, entries, seconds() - begun)
            if (entries and not in_vain) or sent.seconds >= patience:
                return sent
            self._vendor.pause(min(POLL_SECONDS, max(0.0, patience - sent.seconds)))

    def _patience(self, in_vain: bool) -> float:
        earlier = self.record.sent
        if in_vain:
            return max(SHORTEST_WAIT_SECONDS, 2 * earlier.seconds if isinstance(earlier, Sent) else 0.0)
        return float(self._vendor.target.settings.get("log_wait_seconds", USUAL_WAIT_SECONDS))

    def _may_send(self) -> None:
        """Demand what sending an event needs.

        Raises:
            NotVerified: it is not allowed here, or something is not configured.
        """
        vendor = self._vendor
        operation = vendor.operation("send_events_batch")
        if operation.feature is not None and not vendor.has(operation.feature):
            place = f"environments.{vendor.permit.environment}.vendors.{vendor.name}.features.{operation.feature}"
            raise NotVerified(f"no event can be sent: {place} is switched off", key=place)
        vendor.permit.check("send_events_batch", operation)
        vendor.key("public_api_key")
        vendor.id("site_key")

    def _event(self) -> tuple[str, dict[str, Any]]:
        """Return an event that is mapped and passes its filter, a page view where that is one.

        Raises:
            CannotTell: no event would reach the provider.
        """
        now = self.record.changed or self.record.before or {}
        mapping, filters = now.get("eventMapping") or {}, now.get("eventFilters") or {}
        for event in sorted(mapping, key=lambda name: name != "page_view"):
            payload = reference_payload(self._vendor.pack, event)
            if payload is None:
                continue
            try:
                if lets_pass(filters, event, payload):
                    return event, payload
            except UnknownOperator:
                continue
        raise CannotTell(
            Finding(
                requirement=f"{self.record.provider} has to take at least one event, to see what becomes of it",
                expected="an event that is mapped and passes its filter",
                actual=f"none of: {', '.join(mapping) or 'no event is mapped'}",
            )
        )
