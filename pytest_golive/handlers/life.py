"""The life of one thing as a handler is told of it: the same events, about a thing of their own, in any order."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial

ROUNDS = 3
"""How often what was refused comes again: a handler may ask for a change once more, until it knows the thing."""

PAUSE_SECONDS = 0.03
"""Between two events, at least."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")

EPOCH = (1e9, 1e10)
"""Numbers that are Unix seconds, or milliseconds, of these decades."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a life. The same step twice is a duplicate.

    Attributes:
        event: its name.
        minute: when it happens, counted from the life's beginning.
        told: how findings name it; empty for its name.
        content: event whose example it carries; empty for its own.
        written: its time as it is written; empty for the usual way.
        tenant: another tenant it is of.
    """

    event: str
    minute: float
    told: str = ""
    content: str = ""
    written: str = ""
    tenant: str | None = None

    @property
    def name(self) -> str:
        """How findings name it."""
        return self.told or self.event


@dataclass(slots=True)
class Life:
    """A new thing, and what the handler is told about it.

    Attributes:
        trial: sends.
        kind: of the thing: conversation.
        beginning: Unix seconds; the same for all lives that are compared.
        names: the thing's and its companions' names.
        parcels: what was sent, by step.
        receipts: what came back in the end, by step.
        own: names of what belongs to one step alone: its message.
    """

    trial: Trial
    kind: str
    beginning: float
    names: dict[str, str] = field(default_factory=dict)
    parcels: dict[Step, Parcel] = field(default_factory=dict)
    receipts: dict[Step, Receipt] = field(default_factory=dict)
    own: dict[Step, tuple[str, ...]] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """Id of the thing."""
        return next(parcel.subject for parcel in self.parcels.values())

    def arrive(self, steps: Sequence[Step]) -> None:
        """Send events in this order; what is refused comes again behind the others, as the vendor would do it."""
        refused: list[Step] = []
        probe = self.trial.lab.probe if self.trial.lab.has_probe else None
        pause = max(PAUSE_SECONDS, 2 * (probe.lag_seconds or 0.0)) if probe is not None else PAUSE_SECONDS
        for place, step in enumerate(steps):
            if place:
                time.sleep(pause)  # so that each is worked off before the next one comes
            if not self.send(step).accepted and step not in refused:
                refused.append(step)
        for _ in range(ROUNDS):
            refused = [step for step in refused if self._comes_again(self.receipts[step])]
            refused = [step for step in refused if not self.send(step).accepted]

    def send(self, step: Step) -> Receipt:
        """Send an event, or send it again: the same bytes, signed anew."""
        known = self.parcels.get(step)
        if known is None:
            parcel = self.parcels[step] = self._written(step)
        else:
            parcel = self.trial.genuine(known.event, event_id=known.event_id, body=known.body, attempt=2)
        receipt = self.receipts[step] = self.trial.send(parcel)
        return receipt

    def comes_to(self, expected: Any) -> Any:
        """Return the thing's state in the end; the one that is expected is waited for, as settling allows."""
        return self.told(self.trial.lab.state(self.subject, until=lambda state: bool(self.told(state) == expected)))

    def told(self, state: Any) -> Any:
        """Return a state as that of any other life: names and ids are replaced by what they stand for, times left out.

        Lists are sorted, as it is up to a handler in what order it tells things.
        """
        words = {name: f"<{kind}>" for kind, name in self.names.items()}
        for step, parcel in self.parcels.items():
            words[parcel.event_id] = f"<id of {step.name}>"
            words.update(dict.fromkeys(self.own.get(step, ()), f"<{step.name}>"))
        text = json.dumps(state, ensure_ascii=False)
        for word in sorted(words, key=len, reverse=True):
            text = text.replace(word, words[word])
        return _without_times(json.loads(text))

    @property
    def _place(self) -> str:
        envelope = self.trial.lab.setup.webhooks.envelope
        return next((name for name, value in envelope.items() if value == "{data}"), "")

    def _written(self, step: Step) -> Parcel:
        """Return the event. What it is named after, a message, is its own; all else is the same through the life."""
        own = step.event.partition(".")[0]
        shared = own == self.kind
        names = {kind: name for kind, name in self.names.items() if shared or kind != own}
        events = self.trial.lab.setup.webhooks.events
        content = events[step.content].data if step.content else None
        data = None if content is None else _plain(content)
        parcel = self.trial.genuine(
            step.event,
            data=data,
            names=names,
            occurred_at=self.beginning + 60 * step.minute,
            tenant=step.tenant,
            change=self._timed(step),
        )
        self.own[step] = () if shared or own not in names else (names.pop(own),)
        self.names.update(names)
        return parcel

    def _timed(self, step: Step) -> Callable[[dict[str, Any]], None]:
        """Return a change that makes all times of an event those of this life: made once, changed later."""
        webhooks = self.trial.lab.setup.webhooks
        begun = moment(self.beginning)
        now = step.written or moment(self.beginning + 60 * step.minute)

        def change(envelope: dict[str, Any]) -> None:
            _put_times(envelope.get(self._place), begun, now)
            top = webhooks.occurred_at
            if step.written and top in envelope:
                envelope[top] = step.written

        return change

    def _comes_again(self, receipt: Receipt) -> bool:
        webhooks = self.trial.lab.setup.webhooks
        retried = webhooks.retry[webhooks.usual_retry].retried
        if receipt.status is None:
            return ("timeout" if receipt.ended == "timeout" else "network") in retried
        return str(receipt.status) in retried or f"{receipt.status // 100}xx" in retried


def moment(seconds: float) -> str:
    """Return a time as vendors write it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def an_hour_ago() -> float:
    """Return when lives begin: everything in them is past, and nothing is old."""
    return float(int(time.time()) - 3600)


def shown(state: Any) -> str:
    """Return a state as findings show it."""
    text = json.dumps(state, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 160 else f"{text[:160]}…"


def _plain(example: Any) -> Any:
    """Return of an example what is no new name and no time."""
    if isinstance(example, Mapping):
        kept = {name: _plain(value) for name, value in example.items() if not _is_time(name, value)}
        return {name: value for name, value in kept.items() if "{fresh:" not in str(value)}
    return example


def _put_times(data: Any, begun: str, now: str) -> None:
    if isinstance(data, dict):
        for name, value in data.items():
            if _is_time(name, value):
                data[name] = begun if name == "created_at" else now
            else:
                _put_times(value, begun, now)


def _is_time(name: str, value: Any) -> bool:
    return name.endswith("_at") and isinstance(value, str) and MOMENT.fullmatch(value) is not None


def _without_times(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _without_times(value) for name, value in state.items()}
    if isinstance(state, list):
        return sorted((_without_times(one) for one in state), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(state, str) and MOMENT.fullmatch(state):
        return "<time>"
    if isinstance(state, int | float) and not isinstance(state, bool) and _is_epoch(float(state)):
        return "<time>"
    return state


def _is_epoch(number: float) -> bool:
    return any(EPOCH[0] <= number / unit < EPOCH[1] for unit in (1, 1000))
