"""``python -m pytest_golive.handlers.serve module:app --port N``: an ASGI or WSGI app on a loopback port."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pytest_golive.handlers.asgi import serve_asgi
from pytest_golive.handlers.wsgi import serve_wsgi
from pytest_golive.programs.named import found


def is_asgi(app: Callable[..., Any]) -> bool:
    """Whether an app is called the asynchronous way; told by looking at it, without calling it."""
    if inspect.iscoroutinefunction(app):
        return True
    method = getattr(app, "__call__", None)  # noqa: B004  # the method itself is looked at
    return inspect.iscoroutinefunction(method)


def main(words: Sequence[str] | None = None) -> None:
    """Serve until TERM or INT."""
    parser = argparse.ArgumentParser(prog="pytest_golive.handlers.serve")
    parser.add_argument("app")
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args(words)
    sys.path.insert(0, str(Path.cwd()))
    app = found(asked.app)
    if is_asgi(app):
        asyncio.run(serve_asgi(app, asked.port))
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        serve_wsgi(app, asked.port)


if __name__ == "__main__":
    main()
