"""What is wrong in a file the user wrote, with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct.

    Attributes:
        file: name of the file, as it is shown.
        line: line it stands on, from 1; 0 when it is about no line, and then only the message is shown.
        message: what is wrong and what would be right, never with a value that may be secret.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else self.message


class Mistakes(Exception):
    """Everything that is wrong in a file, told at once and in the order of its lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line)))
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))
