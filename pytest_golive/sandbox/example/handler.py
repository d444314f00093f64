"""The example project's webhook handler: verifies the raw bytes, stores, answers, and works afterwards.

Nothing but the standard library, one process, one SQLite file. It takes the events of Timely.ai, Augno and Selwise.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import vendor_api

TOLERANCE_SECONDS = 300
LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True)
class Vendor:
    """Where a vendor's deliveries say what.

    Attributes:
        signature: header with the signature.
        written: how it is written; the group `digest` is the signature, `time` what was signed with it.
        time: header with the signed time, if it has one of its own.
        timed: whether the time is signed.
        event: field with the name of the event; `event_id` and so on alike.
        subject: path to the id of what the event is about.
        changed_at: path to the time that orders the events.
        ours: names of the events that are acted upon.
        listed: path of the list of what the events are about.
        test: what tells a test event, as a field and its value.
        version: the field with the API version, and the versions that are understood.
    """

    signature: str
    written: str
    time: str | None
    timed: bool
    event: str
    event_id: str
    tenant: str
    subject: str
    changed_at: str
    ours: str
    listed: str | None = None
    test: tuple[str, Any] | None = None
    version: tuple[str, str] | None = None


VENDORS = {
    "timely": Vendor(
        "X-Timely-Signature",
        "(?P<digest>[0-9a-f]{64})",
        "X-Timely-Timestamp",
        True,
        "event",
        "event_id",
        "workspace_id",
        "data.conversation_id",
        "timestamp",
        r"(conversation|message)\.[a-z]+",
        "/conversations",
    ),
    "augno": Vendor(
        "Augno-Signature",
        "t=(?P<time>[0-9]{1,12})(?P<digests>(,v[0-9]+=[^,]*)+)",
        None,
        True,
        "type",
        "id",
        "account",
        "data.object.id",
        "data.object.updated_at",
        r"[a-z_]+\.(created|updated|deleted|issued|fulfilled)",
        "/v1/catalog/units",
        ("mode", "test"),
        ("api_version", r"1\.[0-9]+\.forge(-preview\.[0-9]+)?"),
    ),
    "selwise": Vendor(
        "X-Selwise-Signature",
        "sha256=(?P<digest>[0-9a-f]{64})",
        None,
        False,
        "event",
        "id",
        "siteId",
        "data.visitorId",
        "timestamp",
        "[a-z_]+",
        None,
        ("test", True),
    ),
}
# The same with `auth: signature`: the time is signed, too.
VENDORS["selwise-signature"] = replace(VENDORS["selwise"], written=VENDORS["augno"].written, timed=True)

VENDOR = VENDORS[os.environ.get("VENDOR", "timely")]
SECRETS = [os.environ[name] for name in ("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET") if os.environ.get(name)]
TENANT = os.environ.get("TENANT", "")
MODE = os.environ.get("MODE", "live")
DOWNSTREAM_URL = os.environ.get("DOWNSTREAM_URL", "")
VENDOR_API_URL = os.environ.get("VENDOR_API_URL", "")
VENDOR_API_KEY = os.environ.get("VENDOR_API_KEY", "")
RECONCILE_SECONDS = 2.0
DATABASE = os.environ.get("DATABASE", ":memory:")
WORK = ThreadPoolExecutor(16)


class Unusable(Exception):
    """A genuine event that cannot be read."""


def database() -> Any:
    """Open the store."""
    return closing(sqlite3.connect(DATABASE, timeout=30, isolation_level=None))


def prepare() -> None:
    """Make the tables, and take up what was answered and not done."""
    with database() as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS inbox (event_id TEXT PRIMARY KEY, event TEXT, at REAL, subject TEXT, data TEXT,"
            " done INTEGER NOT NULL DEFAULT 0)"
        )
        waiting = [row[0] for row in db.execute("SELECT event_id FROM inbox WHERE done = 0")]
    for event_id in waiting:
        WORK.submit(carry_out, event_id)
    if VENDOR_API_URL and VENDOR.listed is not None:
        threading.Thread(target=reconcile, args=(VENDOR.listed,), daemon=True).start()


def reconcile(path: str) -> None:
    """Ask the vendor again and again what there is, and take what no event told of; whatever an event says is newer."""
    headers = vendor_api.headers_of(os.environ.get("VENDOR", "timely"), VENDOR_API_KEY)
    while True:
        time.sleep(RECONCILE_SECONDS)
        try:
            asked = urllib.request.Request(VENDOR_API_URL + path, headers=headers)  # noqa: S310  # our own configuration
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
                listed = json.load(answer)["data"]
        except (OSError, ValueError):
            continue
        with database() as db:
            for one in listed:
                if db.execute("SELECT 1 FROM inbox WHERE subject = ?", (one["id"],)).fetchone() is None:
                    row = (f"listed {one['id']}", "listed", 0.0, one["id"], json.dumps(one, sort_keys=True))
                    db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?, ?, 1)", row)


def is_genuine(headers: Any, raw: bytes) -> bool:
    """Whether one of the secrets has signed these bytes, and not too long ago."""
    found = re.fullmatch(VENDOR.written, headers.get(VENDOR.signature, ""))
    if found is None:
        return False
    parts = found.groupdict()
    message = raw
    if VENDOR.timed:
        stamp = headers.get(VENDOR.time, "") if VENDOR.time else parts["time"]
        if not re.fullmatch("[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
            return False
        message = stamp.encode() + b"." + raw
    given = [parts["digest"]] if parts.get("digest") else re.findall(",v1=([^,]*)", parts["digests"])
    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in SECRETS]
    # All are compared, whichever fits: how long it takes tells nothing.
    return True in [hmac.compare_digest(one.encode(), other) for one in given for other in right]


def read(raw: bytes) -> dict[str, Any]:
    """Return an event.

    Raises:
        Unusable: it is no JSON object, or holds what cannot be stored.
    """

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        event = json.loads(raw, parse_constant=refuse)
        json.dumps(event, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unusable from None
    if not isinstance(event, dict):
        raise Unusable
    return event


def at(event: Any, path: str) -> Any:
    """Return what stands at a dotted path; None where nothing does."""
    for step in path.split("."):
        event = event.get(step) if isinstance(event, dict) else None
    return event


def take(event: dict[str, Any]) -> None:
    """Store an event that is for us, once, before it is answered.

    Raises:
        Unusable: it lacks what is needed.
    """
    name, event_id = event.get(VENDOR.event), event.get(VENDOR.event_id)
    if not (isinstance(name, str) and isinstance(event_id, str) and event_id):
        raise Unusable
    foreign = bool(TENANT) and event.get(VENDOR.tenant) != TENANT
    if foreign or is_test(event) != (MODE == "test") or not re.fullmatch(VENDOR.ours, name):
        return
    if not is_understood(event):
        return
    subject = at(event, VENDOR.subject)
    try:
        changed_at = moment(at(event, VENDOR.changed_at))
    except (TypeError, ValueError):
        raise Unusable from None
    if not (isinstance(subject, str) and subject):
        raise Unusable
    with database() as db:
        row = (event_id, name, changed_at, subject, json.dumps(event.get("data"), sort_keys=True))
        new = db.execute(
            "INSERT OR IGNORE INTO inbox (event_id, event, at, subject, data) VALUES (?, ?, ?, ?, ?)", row
        ).rowcount
    if new:
        WORK.submit(carry_out, event_id)


def is_test(event: dict[str, Any]) -> bool:
    """Whether an event is a test."""
    return VENDOR.test is not None and event.get(VENDOR.test[0]) == VENDOR.test[1]


def is_understood(event: dict[str, Any]) -> bool:
    """Whether an event is written as this program reads it; a later codename may mean anything."""
    return VENDOR.version is None or re.fullmatch(VENDOR.version[1], str(event.get(VENDOR.version[0]))) is not None


def moment(text: str) -> float:
    """Return a time, with whatever zone and fraction, in Unix seconds."""
    whole = re.sub(r"(\.\d{6})\d+", r"\1", text)
    parsed = datetime.fromisoformat(whole)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def carry_out(event_id: str) -> None:
    """Do an event's work until it is done; what fails is tried again, and holds up no other."""
    pause = 0.2
    while not call_downstream(event_id):
        time.sleep(pause)
        pause = min(pause * 2, 5.0)
    with database() as db:
        db.execute("UPDATE inbox SET done = done + 1 WHERE event_id = ?", (event_id,))


def call_downstream(event_id: str) -> bool:
    """Do what the event asks for."""
    if not DOWNSTREAM_URL:
        return True
    try:
        asked = urllib.request.Request(  # noqa: S310  # the address is our own configuration
            f"{DOWNSTREAM_URL}/work/{quote(event_id, safe='')}", data=b"{}"
        )
        with urllib.request.urlopen(asked, timeout=60):  # noqa: S310
            return True
    except (OSError, urllib.error.HTTPError):
        return False


def count_of(event_id: str) -> int:
    """Return how often an event took effect."""
    with database() as db:
        row = db.execute("SELECT done FROM inbox WHERE event_id = ?", (event_id,)).fetchone()
    return row[0] if row else 0


def state_of(subject: str) -> Any:
    """Return what the newest event says of its subject, in whatever order they came; None once it is deleted."""
    with database() as db:
        row = db.execute(
            "SELECT event, data FROM inbox WHERE subject = ? AND done > 0 ORDER BY at DESC, event DESC, event_id DESC",
            (subject,),
        ).fetchone()
    if row is None or row[0].endswith(".deleted"):
        return None
    return {"event": row[0], "data": json.loads(row[1])}


class Hooks(BaseHTTPRequestHandler):
    """The webhook, the probe and a sign of life."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a delivery."""
        if not urlsplit(self.path).path.startswith("/hooks/"):
            self.close_connection = True
            self.tell(404, "nothing here")
            return
        raw = self.body()
        if raw is None:
            self.close_connection = True
            self.tell(413, "too large, or broken off")
        elif not is_genuine(self.headers, raw):
            self.tell(401, "refused")
        else:
            try:
                take(read(raw))
            except Unusable:
                self.tell(400, "unusable")
            else:
                self.tell(200, "taken")

    def do_GET(self) -> None:
        """Answer the effect probe, and whoever asks for a sign of life."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/golive/effects" and "event_id" in asked:
            self.tell(200, json.dumps({"count": count_of(asked["event_id"])}))
        elif parts.path == "/golive/effects" and "subject" in asked:
            self.tell(200, json.dumps({"state": state_of(asked["subject"])}))
        elif parts.path == "/healthz":
            self.tell(200, "ok")
        else:
            self.tell(405 if parts.path.startswith("/hooks/") else 404, "nothing here")

    def do_PUT(self) -> None:
        """Refuse."""
        self.close_connection = True
        self.tell(405, "only POST")

    do_DELETE = do_PATCH = do_OPTIONS = do_PUT  # noqa: N815  # the standard library's names

    def body(self) -> bytes | None:
        """Return the whole body; None where it is too large or not whole."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.chunked_body()
        told = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,12}", told) or int(told) > LARGEST:
            return None
        raw = self.rfile.read(int(told))
        return raw if len(raw) == int(told) else None

    def chunked_body(self) -> bytes | None:
        """Return a body that came in chunks."""
        whole = bytearray()
        while True:
            size = re.match(rb"[0-9a-fA-F]{1,8}", self.rfile.readline(100))
            if size is None or len(whole) + int(size[0], 16) > LARGEST:
                return None
            piece = self.rfile.read(int(size[0], 16))
            if len(piece) < int(size[0], 16):
                return None
            whole += piece
            end = self.rfile.readline(100)
            if not piece:
                return bytes(whole) if end.endswith(b"\n") else None

    def tell(self, status: int, text: str) -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Log no addresses and paths."""


class Server(ThreadingHTTPServer):
    """Answers each caller in a thread of its own."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that went away."""


def main() -> None:
    """Listen until the end."""
    prepare()
    Server(("127.0.0.1", int(os.environ["PORT"])), Hooks).serve_forever()


if __name__ == "__main__":
    main()
