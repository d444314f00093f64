"""How far a script has come: which step the next request of an operation meets, and which were never taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pytest_golive.clients.script import REAL, Script, Step
from pytest_golive.clients.step_words import step_words

ANY = "*"


class Progress:
    """A script under way. Before it is armed, everybody gets the vendor's real answer."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.armed = False
        self._came: Counter[str] = Counter()
        self._went_on: Counter[str] = Counter()

    def take(self, listener: str, operation: str | None, query: Mapping[str, str], headers: Mapping[str, str]) -> Step:
        """Return what happens to a request that has just arrived.

        Args:
            listener: which of the listeners it reached.
            operation: what it is for; None: no operation has its path.
            query: its query.
            headers: its header fields by name in small letters.
        """
        if not self.armed:
            return REAL
        line = f"@{listener}" if listener != "vendor" else operation or ANY
        came = self._came[line]
        self._came[line] += 1
        if self.script.choose is not None and listener == "vendor":
            chosen = self.script.choose(operation or "", came, query, headers)
            if chosen is not None:
                return chosen
        return self._of(line) if self._knows(line) or listener != "vendor" else self._of(ANY)

    def unfired(self) -> tuple[str, ...]:
        """Return the steps that were never taken, in words; real answers, which nobody has to take, are left out."""
        return tuple(
            words
            for line in dict.fromkeys((*self.script.steps, *self.script.then))
            for words in self._unfired(line, self._went_on[line])
        )

    def _knows(self, line: str) -> bool:
        return line in self.script.steps or line in self.script.then

    def _of(self, line: str) -> Step:
        number = self._went_on[line]
        self._went_on[line] += 1
        steps = self.script.steps.get(line, ())
        return steps[number] if number < len(steps) else self.script.then.get(line, REAL)

    def _unfired(self, line: str, taken: int) -> list[str]:
        steps = self.script.steps.get(line, ())
        left = [
            f"{line}, request {number}: {step_words(step)}"
            for number, step in enumerate(steps, 1)
            if number > taken and step_words(step)
        ]
        always = self.script.then.get(line, REAL)
        if not steps and not taken and step_words(always):
            left.append(f"{line}, always: {step_words(always)}")
        return left
