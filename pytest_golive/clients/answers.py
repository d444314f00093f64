"""What a driven client answers a call with, and what is no answer at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_golive.clients.trace import Outcome

SHOWN = 200
"""Characters of a wrong line that are shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came to.

    Attributes:
        call_id: of the call.
        outcome: ok; user or backend: it failed and said so; crash: anything else.
        result: what it answered with.
        message: what it would show its user.
        crash: how it crashed, in words.
        began_at: when it was asked, on the clock of `time.monotonic`.
        ended_at: when it answered, died, or its time was up.
    """

    call_id: str
    outcome: Outcome
    result: Any = None
    message: str = ""
    crash: str = ""
    began_at: float = 0.0
    ended_at: float = 0.0

    def at(self, began: float, ended: float) -> Answer:
        """Return the same answer with its times."""
        return replace(self, began_at=began, ended_at=ended)


def crashed(call_id: str, how: str) -> Answer:
    """Return the answer that stands for a crash."""
    return Answer(call_id, "crash", crash=how)


def json_object(line: bytes | str) -> dict[str, Any] | None:
    """Return the JSON object that a line holds; None: it holds something else."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def is_answer(said: Mapping[str, Any] | None) -> bool:
    """Whether an object claims to be an answer; lines of a log may carry a call's id as well."""
    return said is not None and isinstance(said.get("call_id"), str) and "ok" in said


def answer_of(said: Mapping[str, Any], call_id: str) -> Answer:
    """Return what an answer says; one that breaks the protocol is a crash."""
    ok = said["ok"]
    if ok is True:
        return Answer(call_id, "ok", result=said.get("result"))
    if ok is None and isinstance(said.get("crash"), str):  # what `pytest_golive.clients.drive` says of an exception
        return crashed(call_id, said["crash"])
    if ok is not False:
        return crashed(call_id, "its answer breaks the protocol: ok is neither true nor false")
    error = said.get("error")
    kind = error.get("kind") if isinstance(error, dict) else None
    message = error.get("message", "") if isinstance(error, dict) else ""
    if kind not in ("user", "backend"):
        return crashed(call_id, "its answer breaks the protocol: error.kind is neither user nor backend")
    if not isinstance(message, str):
        return crashed(call_id, "its answer breaks the protocol: error.message is no text")
    return Answer(call_id, kind, message=message)


def shown(text: str) -> str:
    """Return a text as a sentence may quote it."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
