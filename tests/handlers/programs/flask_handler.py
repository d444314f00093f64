"""A right handler of Timely.ai's webhooks: Flask, SQLite, work after the answer. The mutants are made of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, jsonify, request

SECRETS = [os.environ[name] for name in ("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET") if os.environ.get(name)]
TENANT = os.environ.get("TENANT", "")
DOWNSTREAM_URL = os.environ.get("DOWNSTREAM_URL", "")
VENDOR_API_URL = os.environ.get("VENDOR_API_URL", "")
DATABASE = os.environ["DATABASE"]
TOLERANCE_SECONDS = 300
LARGEST = 5 * 1024 * 1024

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = LARGEST
log = logging.getLogger("shop")
work = ThreadPoolExecutor(16)

STATUS = {
    "conversation.created": "open",
    "conversation.assigned": "assigned",
    "conversation.closed": "closed",
    "conversation.reopened": "open",
}
RANK = {name: rank for rank, name in enumerate(STATUS)}
KNOWN = {*STATUS, "message.received", "message.sent", "message.delivered", "message.read", "message.failed"}


def database() -> Any:
    connection = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    return closing(connection)


def prepare() -> None:
    with database() as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS inbox (event_id TEXT PRIMARY KEY, event TEXT, at REAL, subject TEXT, body TEXT,"
            " done INTEGER NOT NULL DEFAULT 0)"
        )
        db.execute("CREATE TABLE IF NOT EXISTS effects (event_id TEXT, subject TEXT, event TEXT, at REAL)")
        waiting = [row[0] for row in db.execute("SELECT event_id FROM inbox WHERE done = 0")]
    for event_id in waiting:
        work.submit(carry_out, event_id)
    if VENDOR_API_URL:
        threading.Thread(target=reconcile, daemon=True).start()


def is_genuine(raw: bytes) -> bool:
    stamp = request.headers.get("X-Timely-Timestamp", "")
    given = request.headers.get("X-Timely-Signature", "").encode()
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):
        return False
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    message = stamp.encode() + b"." + raw
    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in SECRETS]
    return True in [hmac.compare_digest(given, one) for one in right]


def refuse_constant(name: str) -> None:
    raise ValueError(name)


def moment(text: Any) -> float:
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


@app.post("/hooks/timely")
def webhook() -> tuple[str, int]:  # noqa: PLR0911  # one answer after the other
    raw = request.get_data(cache=False)
    if not is_genuine(raw):
        return "refused", 401
    try:
        event = json.loads(raw, parse_constant=refuse_constant)
        name, event_id, data = event["event"], event["event_id"], event["data"]
        at = moment(event["timestamp"])
        json.dumps(event, ensure_ascii=False).encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        return "unusable", 400
    if not (isinstance(name, str) and isinstance(event_id, str) and event_id and isinstance(data, dict)):
        return "unusable", 400
    if TENANT and event.get("workspace_id") != TENANT:
        return "not for us", 200
    if name not in KNOWN:
        return "ignored", 200
    subject = data.get("conversation_id")
    if not isinstance(subject, str) or not subject:
        return "unusable", 400
    with database() as db:
        row = (event_id, name, at, subject, raw.decode())
        new = db.execute(
            "INSERT OR IGNORE INTO inbox (event_id, event, at, subject, body) VALUES (?, ?, ?, ?, ?)", row
        ).rowcount
    if new:
        work.submit(carry_out, event_id)
    return "taken", 200


def carry_out(event_id: str) -> None:
    """Do the work of an event until it is done; what fails is tried again, and holds up no other."""
    pause = 0.2
    while not call_downstream(event_id):
        time.sleep(pause)
        pause = min(pause * 2, 5)
    with database() as db:
        db.execute("BEGIN IMMEDIATE")
        row = db.execute("SELECT subject, event, at FROM inbox WHERE event_id = ? AND done = 0", (event_id,)).fetchone()
        if row is not None:
            db.execute("INSERT INTO effects VALUES (?, ?, ?, ?)", (event_id, *row))
            db.execute("UPDATE inbox SET done = 1 WHERE event_id = ?", (event_id,))
        db.execute("COMMIT")
    log.info("done %s", event_id)


def call_downstream(event_id: str) -> bool:
    if not DOWNSTREAM_URL:
        return True
    try:
        asked = urllib.request.Request(f"{DOWNSTREAM_URL}/work/{quote(event_id, safe='')}", data=b"{}")
        with urllib.request.urlopen(asked, timeout=60):
            return True
    except (OSError, urllib.error.HTTPError):
        return False


def reconcile() -> None:
    """Ask Timely.ai every second what there is, and take what no event told of."""
    while True:
        time.sleep(1)
        asked = urllib.request.Request(
            f"{VENDOR_API_URL}/conversations", headers={"x-api-key": os.environ["VENDOR_API_KEY"]}
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                listed = json.load(answer)["data"]
        except (OSError, ValueError):
            continue
        with database() as db:
            for one in listed:
                if db.execute("SELECT 1 FROM effects WHERE subject = ?", (one["id"],)).fetchone() is None:
                    row = (f"listed {one['id']}", one["id"], "conversation.created", 0)
                    db.execute("INSERT INTO effects VALUES (?, ?, ?, ?)", row)


def state_of(subject: str) -> dict[str, Any] | None:
    """Return what follows from the events of a conversation, by their times, whatever the order they came in."""
    with database() as db:
        rows = db.execute("SELECT event, at, event_id FROM effects WHERE subject = ?", (subject,)).fetchall()
    if not rows:
        return None
    deciding = [(at, RANK[event], event) for event, at, _ in rows if event in STATUS]
    status = STATUS[max(deciding)[2]] if deciding else "open"
    return {"status": status, "messages": len({one for event, _, one in rows if event.startswith("message.")})}


@app.get("/golive/effects")
def effects() -> Response:
    if "event_id" in request.args:
        with database() as db:
            found = db.execute("SELECT count(*) FROM effects WHERE event_id = ?", (request.args["event_id"],))
            return jsonify(count=found.fetchone()[0])
    return jsonify(state=state_of(request.args["subject"]))


@app.get("/healthz")
def healthz() -> str:
    return "ok"


prepare()

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app.run(port=int(os.environ["PORT"]), threaded=True)
