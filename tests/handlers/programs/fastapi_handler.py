"""A right handler of Timely.ai's webhooks: FastAPI, SQLite in threads, work in tasks of the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.requests import ClientDisconnect

SECRETS = [os.environ[name] for name in ("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET") if os.environ.get(name)]
TENANT = os.environ.get("TENANT", "")
DOWNSTREAM_URL = os.environ.get("DOWNSTREAM_URL", "")
DATABASE = os.environ["DATABASE"]
TOLERANCE_SECONDS = 300
LARGEST = 5 * 1024 * 1024

STATUS = {
    "conversation.created": "open",
    "conversation.assigned": "assigned",
    "conversation.closed": "closed",
    "conversation.reopened": "open",
}
RANK = {name: rank for rank, name in enumerate(STATUS)}
KNOWN = {*STATUS, "message.received", "message.sent", "message.delivered", "message.read", "message.failed"}


class Unusable(Exception):
    """A genuine event that cannot be read."""


# The store -------------------------------------------------------------------


def database() -> Any:
    connection = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    return closing(connection)


def prepare() -> list[str]:
    """Make the tables; return what was answered and is not done."""
    with database() as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, name TEXT, subject TEXT, at REAL,"
            " done INTEGER NOT NULL DEFAULT 0)"
        )
        return [row[0] for row in db.execute("SELECT id FROM events WHERE done = 0")]


def stored(event_id: str, name: str, subject: str, at: float) -> bool:
    """Store an event; tell whether it is a new one."""
    with database() as db:
        row = (event_id, name, subject, at)
        done = db.execute("INSERT INTO events (id, name, subject, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
        return bool(done.rowcount)


def mark_done(event_id: str) -> None:
    with database() as db:
        db.execute("UPDATE events SET done = done + 1 WHERE id = ?", (event_id,))


def count_of(event_id: str) -> int:
    with database() as db:
        row = db.execute("SELECT done FROM events WHERE id = ?", (event_id,)).fetchone()
    return row[0] if row else 0


def state_of(subject: str) -> dict[str, Any] | None:
    """Return what follows from a conversation's events by their times, in whatever order they came."""
    with database() as db:
        rows = db.execute("SELECT name, at FROM events WHERE subject = ? AND done > 0", (subject,)).fetchall()
    if not rows:
        return None
    deciding = [(at, RANK[name], name) for name, at in rows if name in STATUS]
    status = STATUS[max(deciding)[2]] if deciding else "open"
    return {"status": status, "messages": sum(name.startswith("message.") for name, _ in rows)}


# The work --------------------------------------------------------------------

tasks: set[asyncio.Task[None]] = set()


def start_work(event_id: str) -> None:
    # The loop itself holds tasks weakly.
    task = asyncio.create_task(carry_out(event_id))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def carry_out(event_id: str) -> None:
    """Do an event's work until it is done."""
    pause = 0.2
    while not await call_downstream(event_id):
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5)
    await run_in_threadpool(mark_done, event_id)


async def call_downstream(event_id: str) -> bool:
    if not DOWNSTREAM_URL:
        return True
    try:
        answer = await app.state.client.post(f"{DOWNSTREAM_URL}/work/{quote(event_id, safe='')}", json={})
    except httpx.HTTPError:
        return False
    return bool(answer.is_success)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as client:
        app.state.client = client
        for event_id in await run_in_threadpool(prepare):
            start_work(event_id)
        yield
        for task in tasks:
            task.cancel()


app = FastAPI(lifespan=lifespan)


# The webhook -----------------------------------------------------------------


async def verified_body(
    request: Request,
    x_timely_signature: Annotated[str, Header()] = "",
    x_timely_timestamp: Annotated[str, Header()] = "",
) -> bytes:
    """Return the bytes as they came, once they are known to be the vendor's."""
    raw = bytearray()
    try:
        async for piece in request.stream():
            raw += piece
            if len(raw) > LARGEST:
                raise HTTPException(413)
    except ClientDisconnect:
        raise HTTPException(400) from None
    if not is_genuine(x_timely_timestamp, x_timely_signature, bytes(raw)):
        raise HTTPException(401, "refused")
    return bytes(raw)


def is_genuine(stamp: str, given: str, raw: bytes) -> bool:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):
        return False
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    message = stamp.encode() + b"." + raw
    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in SECRETS]
    return True in [hmac.compare_digest(given.encode(), one.encode()) for one in right]


def refuse_constant(name: str) -> None:
    raise ValueError(name)


def moment(text: Any) -> float:
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def read(raw: bytes) -> dict[str, Any]:
    try:
        event = json.loads(raw, parse_constant=refuse_constant)
        json.dumps(event, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unusable from None
    if not isinstance(event, dict):
        raise Unusable
    return event


def named(event: dict[str, Any]) -> tuple[str, str]:
    """Return id and name of an event."""
    event_id, name = event.get("event_id"), event.get("event")
    if not (isinstance(event_id, str) and event_id and isinstance(name, str)):
        raise Unusable
    return event_id, name


def about(event: dict[str, Any]) -> tuple[str, float]:
    """Return what an event is about, and when it happened."""
    data = event.get("data")
    subject = data.get("conversation_id") if isinstance(data, dict) else None
    if not isinstance(subject, str) or not subject:
        raise Unusable
    try:
        return subject, moment(event.get("timestamp"))
    except (TypeError, ValueError):
        raise Unusable from None


@app.exception_handler(Unusable)
async def unusable(request: Request, problem: Unusable) -> JSONResponse:
    return JSONResponse({"detail": "unusable"}, 400)


@app.post("/hooks/timely", status_code=202)
async def webhook(raw: Annotated[bytes, Depends(verified_body)]) -> dict[str, str]:
    event = read(raw)
    event_id, name = named(event)
    if (TENANT and event.get("workspace_id") != TENANT) or name not in KNOWN:
        return {"status": "ignored"}
    subject, at = about(event)
    if await run_in_threadpool(stored, event_id, name, subject, at):
        start_work(event_id)
    return {"status": "taken"}


@app.get("/golive/effects")
def effects(event_id: str | None = None, subject: str = "") -> dict[str, Any]:
    if event_id is not None:
        return {"count": count_of(event_id)}
    return {"state": state_of(subject)}


@app.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    return "ok"
