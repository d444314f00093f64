"""What to do next about a finding of the week."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """The next action that a finding asks for."""

    IMPROVE_CONTENT = "improve content"
    TUNE_RETRIES = "tune retries"
    CHANGE_POLLING = "change polling"
    TUNE_ALERTS = "tune alerts"
    ROLL_BACK = "roll back"
    PAUSE = "pause the rollout"
    PAUSE_SYNC = "pause the sync"
    LOOK_INTO = "look into it"
