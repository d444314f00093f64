"""A right client with requests: one call after the other, full jitter, redirects of reads followed on the same host.

Sends a write again only where the vendor surely did nothing (429, refused) or knows it by its idempotency key.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

sys.path.insert(0, os.environ.get("EXAMPLE") or str(Path(__file__).parents[3] / "pytest_golive/sandbox/example"))

import vendor_api as api  # lies there
from vendor_api import Failed, Reply, Route

VENDOR = os.environ["VENDOR"]
BASE = float(os.environ["RETRY_BASE_SECONDS"])
TRY_SECONDS = float(os.environ["TRY_SECONDS"])
CALL_SECONDS = float(os.environ["CALL_SECONDS"])
POLL_SECONDS = float(os.environ["POLL_SECONDS"])
POLL_BUDGET_SECONDS = float(os.environ["POLL_BUDGET_SECONDS"])
LARGEST = 8 * 1024 * 1024

logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
LOG = logging.getLogger("shop.crm")


class Again(Exception):
    """A try failed in a way that may be over in a moment."""

    def __init__(self, untouched: bool, wait: float | None, why: str) -> None:
        super().__init__(why)
        self.untouched = untouched
        self.wait = wait


class Shop:
    """Calls one vendor."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self.session.headers["User-Agent"] = "shop-crm/2.3"
        self.quiet_until = 0.0
        self.retries_left = 10.0

    def call(self, call: Mapping[str, Any]) -> Any:
        deadline = time.monotonic() + CALL_SECONDS
        if call["operation"] == "chat_async_and_wait":
            return self.wait_for_answer(call, deadline)
        route = api.ROUTES[VENDOR][call["operation"]]
        api.checked(route, call["arguments"])
        if not route.pages:
            body = self.fetch(route, call, call["arguments"], {}, deadline)
            return api.result_of(route, body, call["arguments"])
        query: dict[str, str] | None = api.first_page(route)
        seen: dict[str, Any] = {}
        for _ in range(200):
            if query is None:
                return {"items": [{"id": name} for name in seen]}
            body = self.fetch(route, call, call["arguments"], query, deadline)
            page = api.items_of(body)
            if page and all(item["id"] in seen for item in page):
                break
            seen |= {item["id"]: item for item in page}
            query = api.next_page(route, body, query, len(page))
        raise api.broken()

    def wait_for_answer(self, call: Mapping[str, Any], deadline: float) -> Any:
        question = api.ROUTES[VENDOR]["chat_async"]
        api.checked(question, call["arguments"])
        told = api.result_of(question, self.fetch(question, call, call["arguments"], {}, deadline), {})
        poll, until = api.ROUTES[VENDOR]["get_chat_request"], time.monotonic() + POLL_BUDGET_SECONDS
        while time.monotonic() + POLL_SECONDS < min(until, deadline):
            time.sleep(POLL_SECONDS)
            state = self.fetch(poll, call, {"request_id": told["request_id"]}, {}, deadline)
            if state.get("status") in ("completed", "failed"):
                if state["status"] == "failed":
                    raise Failed("backend", "There is no answer to this question at the moment.")
                return {**state, "id": told["request_id"]}
        raise Failed("backend", "The answer takes longer than usual.")

    def fetch(
        self,
        route: Route,
        call: Mapping[str, Any],
        arguments: Mapping[str, Any],
        query: Mapping[str, str],
        deadline: float,
    ) -> Any:
        path, left = api.target_of(route, call["ids"], arguments)
        headers = {**api.headers_of(VENDOR, call["api_key"]), "X-Request-ID": uuid.uuid4().hex}
        if VENDOR == "augno" and route.method in ("POST", "PATCH"):
            headers["Idempotency-Key"] = str(uuid.uuid4())
        request = requests.Request(
            route.method,
            call["base_url"] + path,
            params=query,
            headers=headers,
            json=left if route.method != "GET" and left else None,
        )
        prepared = self.session.prepare_request(request)
        for attempt in range(4):
            self.rest(deadline)
            try:
                reply = self.once(route, prepared, deadline)
            except Again as problem:
                LOG.warning("%s try %d: %s", call["operation"], attempt + 1, problem)
                pause = max(problem.wait or 0.0, 0.05 + random.uniform(0, BASE * 2**attempt))
                self.retries_left -= 1
                allowed = (problem.untouched or route.safe) and self.retries_left >= 0
                if attempt == 3 or not allowed or time.monotonic() + pause > deadline:
                    raise api.later() from None
                time.sleep(pause)
            else:
                self.retries_left = min(10.0, self.retries_left + 0.1)
                return self.read(call["operation"], reply)
        raise api.later()

    def rest(self, deadline: float) -> None:
        """Wait for as long as the vendor asked for, or give up."""
        left = self.quiet_until - time.monotonic()
        if left > 0:
            if self.quiet_until > deadline:
                raise api.later()
            time.sleep(left)

    def once(self, route: Route, request: requests.PreparedRequest, deadline: float) -> Reply:
        until = min(deadline, time.monotonic() + TRY_SECONDS)
        left = max(0.05, until - time.monotonic())
        try:
            with self.session.send(request, stream=True, timeout=(min(3, left), left), allow_redirects=False) as answer:
                body = b""
                # Byte by byte, so that one that drips is noticed; only what is large is worth a larger piece.
                large = int(answer.headers.get("Content-Length") or 0) > 65536
                for piece in answer.iter_content(65536 if large else 1):
                    body += piece
                    if time.monotonic() > until or len(body) > LARGEST:
                        raise Again(False, None, "too slow or too large")
                pairs: dict[str, list[str]] = {}
                for name, value in answer.raw.headers.items():
                    pairs.setdefault(name.lower(), []).append(value)
                reply = Reply(answer.status_code, pairs, body)
        except requests.exceptions.SSLError:
            raise api.later() from None
        except requests.ConnectTimeout as error:
            raise Again(True, None, type(error).__name__) from None
        except requests.ConnectionError as error:
            refused = "NewConnectionError" in repr(error)
            raise Again(refused, None, type(error).__name__) from None
        except requests.RequestException as error:
            raise Again(False, None, type(error).__name__) from None
        if reply.status in (301, 302, 303, 307, 308) and route.method == "GET":
            return self.followed(route, request, reply, deadline)
        self.judge(reply)
        return reply

    def followed(self, route: Route, request: requests.PreparedRequest, reply: Reply, deadline: float) -> Reply:
        there = urljoin(request.url or "", reply.header("location"))
        hops = getattr(request, "hops", 0) + 1
        if urlsplit(there)[:2] != urlsplit(request.url or "")[:2] or hops > 3:
            return reply
        further = request.copy()
        further.url = there
        further.hops = hops  # type: ignore[attr-defined]
        return self.once(route, further, deadline)

    def judge(self, reply: Reply) -> None:
        wait = api.retry_after(reply)
        if reply.status == 429:
            if wait is not None and wait < 600:
                self.quiet_until = time.monotonic() + wait
            raise Again(True, wait, "429")
        if reply.status in (408, 425, 500, 502, 503, 504):
            raise Again(False, wait, str(reply.status))
        if reply.status == 409 and b"idempotency_in_progress" in reply.body:
            raise Again(True, wait, "still under way")
        empty = api.nothing_left(reply)
        if empty is not None:
            self.quiet_until = time.monotonic() + empty

    def read(self, operation: str, reply: Reply) -> Any:
        told = reply.request_id
        try:
            body = api.json_of(reply)
        except Failed:
            LOG.warning("%s: %d is no JSON, request %s", operation, reply.status, told)
            raise
        error = api.error_in(body)
        if error is None and 200 <= reply.status < 300:
            return body
        error = error or (body if isinstance(body, dict) else {})
        LOG.error("%s: %d %s, request %s", operation, reply.status, json.dumps(api.kept_of(error)), told)
        raise api.failure_of(reply.status, error)


def main() -> None:
    """Answer one call after the other."""
    shop = Shop()
    for line in sys.stdin:
        call = json.loads(line)
        try:
            said: dict[str, Any] = {"ok": True, "result": shop.call(call)}
        except Failed as failed:
            said = {"ok": False, "error": {"kind": failed.kind, "message": failed.message}}
        print(json.dumps({"call_id": call["call_id"], **said}), flush=True)


if __name__ == "__main__":
    main()
