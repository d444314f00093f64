"""``python -m pytest_golive.clients.drive module:function``: a Python function that is driven as any program is.

The function is given each call as a dict, and returns the answer as one: ``{"ok": True, "result": …}`` or
``{"ok": False, "error": {"kind": …, "message": …}}``; the call's id is filled in. Whatever else it returns is the
result of a success; what it raises is a crash. It may be a coroutine function.
What it prints goes to standard error, so that only answers stand in standard output. Nothing but the standard
library is imported here: the process is the client's own.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TextIO

from pytest_golive.programs.named import found

THREADS = 64
"""Calls that a concurrent function is given at once, at most."""


ANSWER = {"call_id", "ok", "result", "error", "crash"}
"""What an answer may hold."""


class Answers:
    """Standard output, one whole line at a time from whichever thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, call: dict[str, Any], answer: Any) -> None:
        """Answer a call."""
        said = answer if is_answer(answer) else {"ok": True, "result": answer}
        try:
            line = json.dumps({"call_id": call.get("call_id"), **said})
        except (TypeError, ValueError) as error:
            line = json.dumps({"call_id": call.get("call_id"), "ok": None, "crash": f"its answer is no JSON: {error}"})
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()


def is_answer(returned: Any) -> bool:
    """Whether a function returned an answer, and not just a result."""
    return isinstance(returned, dict) and "ok" in returned and returned.keys() <= ANSWER


def raised(error: BaseException) -> dict[str, Any]:
    """Return the answer that says that the function raised something, and log where."""
    traceback.print_exception(error)
    told = traceback.format_exception_only(error)[-1].strip()
    return {"ok": None, "crash": f"it raised {told}"}


async def serve_coroutines(function: Callable[[dict[str, Any]], Any], answers: Answers, concurrent: bool) -> None:
    """Answer until the input ends; a concurrent function is given the next call before it has answered."""
    loop = asyncio.get_running_loop()
    under_way: set[asyncio.Task[None]] = set()

    async def answer(call: dict[str, Any]) -> None:
        try:
            said = await function(call)
        except Exception as error:  # whatever it is, it is told
            said = raised(error)
        answers.write(call, said)

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(answer(json.loads(line)))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        if not concurrent:
            await task
    await asyncio.gather(*under_way)


def serve(function: Callable[[dict[str, Any]], Any], answers: Answers, concurrent: bool) -> None:
    """Answer until the input ends; a concurrent function is called in threads."""

    def answer(call: dict[str, Any]) -> None:
        try:
            said = function(call)
        except Exception as error:  # whatever it is, it is told
            said = raised(error)
        answers.write(call, said)

    with ThreadPoolExecutor(THREADS) as pool:
        for line in sys.stdin:
            if concurrent:
                pool.submit(answer, json.loads(line))
            else:
                answer(json.loads(line))


def main(words: Sequence[str] | None = None) -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="pytest_golive.clients.drive")
    parser.add_argument("function")
    parser.add_argument("--concurrent", action="store_true")
    asked = parser.parse_args(words)
    answers = Answers(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    if "" not in sys.path:
        sys.path.insert(0, "")
    function = found(asked.function)
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004  # the method itself
        asyncio.run(serve_coroutines(function, answers, asked.concurrent))
    else:
        serve(function, answers, asked.concurrent)


if __name__ == "__main__":
    main()
