"""A step of a script in words, as traces, timelines and findings name it."""

from __future__ import annotations

from pytest_golive.clients.script import Step

BREAKS = {
    "reset_before_reading": "a reset before the body was read",
    "reset": "a reset in the place of an answer",
    "reset_in_answer": "a reset within the answer",
    "close": "a close without an answer",
    "close_in_answer": "a close within the answer",
    "bad_chunk": "a chunk whose size is no number",
    "hang": "no answer",
    "hang_in_answer": "half of an answer",
}


def step_words(step: Step) -> str:
    """Return what a step does, in words; what its author called it, if he did; empty for the real answer."""
    if step.said:
        return step.said
    said: list[str] = []
    if step.breaks:
        said.append(BREAKS[step.breaks])
    if step.status is not None:
        said.append(str(step.status))
    elif _differs(step):
        said.append("another body" if step.body is not None or step.change is not None else "the real answer")
    said += [f"{name}: {value}" for name, value in step.headers]
    said += [f"interim {status}" for status in step.informs]
    said += [f"after {step.wait:g} s"] if step.wait and not step.until_next else []
    said += ["once the next one has arrived"] if step.until_next else []
    said += [f"a byte every {step.pause:g} s"] if step.pause else []
    said += ["Connection: close"] if step.closes else []
    said += [f"closed without a word after {step.idles:g} s"] if step.idles is not None else []
    said += ["the vendor got the request"] if step.happens else []
    return ", ".join(said)


def _differs(step: Step) -> bool:
    return not step.breaks and bool(
        step.headers
        or step.body is not None
        or step.change is not None
        or step.wait
        or step.until_next
        or step.pause
        or step.closes
        or step.informs
        or step.idles is not None
    )
