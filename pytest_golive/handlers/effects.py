"""The effect probe: what an event really did, asked until the answer stands still."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pytest_golive.manifest.model import Effects

PAUSE_SECONDS = 0.03
"""Between two questions, at first; each pause is longer than the one before."""

LONGEST_PAUSE_SECONDS = 0.5

LEAST_QUIET_SECONDS = 0.25
"""How long an answer has to stand unchanged before it is believed, at least."""

CALL_SECONDS = 15.0

SHOWN = 200
"""Characters of a wrong answer that are shown."""

CALL = """
import importlib, json, sys
module, _, name = sys.argv[1].partition(":")
sys.path.insert(0, "")
place = importlib.import_module(module)
for step in name.split("."):
    place = getattr(place, step)
print(json.dumps(place(**{sys.argv[2]: sys.argv[3]})))
"""


class ProbeProblem(Exception):
    """The probe failed or answered nonsense; one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the probe said in the end.

    Attributes:
        value: the count, or the state.
        seconds: how long it took to become this.
    """

    value: Any
    seconds: float


class Probe:
    """Asks how often an event took effect, and in what state its subject is. Thread-safe.

    Args:
        effects: as golive.yaml says it.
        origin: scheme, host and port of the handler.
        folder: where golive.yaml lies, and commands run.
        scrub: masks known secrets in a text.
    """

    def __init__(self, effects: Effects, origin: str, folder: Path, scrub: Callable[[str], str] = str) -> None:
        self._effects = effects
        self._folder = folder
        self._scrub = scrub
        self._url = effects.url or (origin + "/" + effects.path.lstrip("/") if effects.path else None)
        self._client: httpx.Client | None = None
        if self._url is not None:
            self._client = httpx.Client(trust_env=False, timeout=CALL_SECONDS)
        self.lag_seconds: float | None = None
        """How long the handler took to act upon a genuine event, once the positive control has seen it."""

    @property
    def settle_seconds(self) -> float:
        """How long it is asked at most."""
        return self._effects.settle_seconds

    def count(self, event_id: str, *, at_least: int = 0) -> Answer:
        """Return how often an event took effect.

        Args:
            event_id: of the event.
            at_least: how often it is to take effect: so many are waited for as long as `settle_seconds` allows.

        Raises:
            ProbeProblem: the probe failed, or answered something else than a count.
        """
        return self._settled("event_id", event_id, lambda count: count >= at_least)

    def now(self, event_id: str) -> Answer:
        """Return how often an event took effect until now, without waiting for anything.

        Raises:
            ProbeProblem: the probe failed, or answered something else than a count.
        """
        return Answer(self._ask("event_id", event_id), 0.0)

    def state(self, subject: str, *, until: Callable[[Any], bool] | None = None) -> Answer:
        """Return the state of what events are about.

        Args:
            subject: its id.
            until: tells whether this is the state that is to come; so long it is waited for, as settling allows.

        Raises:
            ProbeProblem: the probe failed, or answered something else than a state.
        """
        return self._settled("subject", subject, until or (lambda _: True))

    def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            self._client.close()

    def _settled(self, question: str, value: str, is_enough: Callable[[Any], bool]) -> Answer:
        begun = since = time.monotonic()
        until = begun + self.settle_seconds
        quiet = min(self.settle_seconds, max(LEAST_QUIET_SECONDS, 3 * (self.lag_seconds or 0.0)))
        pause, known = PAUSE_SECONDS, self._ask(question, value)
        while time.monotonic() < until:
            if is_enough(known) and time.monotonic() - since >= quiet:
                break
            time.sleep(min(pause, max(0.0, until - time.monotonic())))
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
            asked = time.monotonic()
            answer = self._ask(question, value)
            if answer != known:
                known, since = answer, asked
        return Answer(known, since - begun)

    def _ask(self, question: str, value: str) -> Any:
        said = self._fetched(question, value) if self._url is not None else self._printed(question, value)
        try:
            told = json.loads(said)
        except ValueError:
            raise ProbeProblem(f"the probe's answer is no JSON: {self._shown(said)}") from None
        if question == "subject":
            if not isinstance(told, dict) or "state" not in told:
                raise ProbeProblem(f'the probe has to answer {{"state": …}}, and answered {self._shown(said)}')
            return told["state"]
        count = told.get("count") if isinstance(told, dict) else None
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ProbeProblem(f'the probe has to answer {{"count": <how often>}}, and answered {self._shown(said)}')
        return count

    def _fetched(self, question: str, value: str) -> str:
        assert self._client is not None, "a probe with an address"
        assert self._url is not None, "a probe with an address"
        try:
            answer = self._client.get(self._url, params={question: value})
        except httpx.HTTPError as error:
            raise ProbeProblem(f"the probe at {self._url} does not answer: {type(error).__name__}") from None
        if answer.status_code != 200:
            raise ProbeProblem(f"the probe at {self._url} answered {answer.status_code}: {self._shown(answer.text)}")
        return answer.text

    def _printed(self, question: str, value: str) -> str:
        effects = self._effects
        if effects.command is not None:
            argv = [*effects.command, f"--{question.replace('_', '-')}", value]
        else:
            argv = [sys.executable, "-c", CALL, effects.callable_ or "", question, value]
        name = effects.command[0] if effects.command else effects.callable_
        try:
            done = subprocess.run(  # noqa: S603  # the user's own golive.yaml names the program; no shell
                argv,
                cwd=self._folder,
                env=dict(os.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=CALL_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise ProbeProblem(f"the probe {name} was not found") from None
        except OSError as error:
            raise ProbeProblem(f"the probe {name} cannot be started: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise ProbeProblem(f"the probe {name} did not end within {CALL_SECONDS:g} s") from None
        if done.returncode != 0:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1]
            raise ProbeProblem(f"the probe {name} ended with exit code {done.returncode}: {self._shown(last)}")
        return done.stdout.decode("utf-8", "replace")

    def _shown(self, text: str) -> str:
        told = self._scrub(text.strip())
        return told if len(told) <= SHOWN else f"{told[:SHOWN]}…"
