"""Which of the things that the vendor's pages contradict each other about the embedded Timely.ai does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Dialects:
    """The variants that are served; they may be changed while it runs.

    Attributes:
        paging: which envelope a listing comes in.
        errors: how fine the codes of errors are.
        health: how /health answers.
        created: the status by which an agent's answer comes.
    """

    paging: Literal["meta", "pagination"] = "meta"
    errors: Literal["specific", "generic"] = "specific"
    health: Literal["bare", "wrapped"] = "bare"
    created: int = 201
