"""The example project's API client: calls Uppzy, Selwise, Augno or Timely as their pages ask for it.

One JSON line per call comes in, one per answer goes out, in any order; the log goes to standard error. Written to be
read: what a right client does about retries, pauses, deadlines, pages and broken answers stands here in one place.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import vendor_api as api
from vendor_api import Failed, Reply, Route

VENDOR = os.environ.get("VENDOR", "timely")
CALL_SECONDS = float(os.environ.get("CALL_SECONDS", "55"))
TRY_SECONDS = float(os.environ.get("TRY_SECONDS", "0"))
CONNECT_SECONDS = 3.0
RETRY_BASE_SECONDS = float(os.environ.get("RETRY_BASE_SECONDS", "0.5"))
RETRY_CAP_SECONDS = 8.0
TRIES = 4
POLL_SECONDS = float(os.environ.get("POLL_SECONDS", "2.5"))
POLL_BUDGET_SECONDS = float(os.environ.get("POLL_BUDGET_SECONDS", "50"))
LARGEST_ANSWER = 16 * 1024 * 1024
MOST_PAGES = 500
LONGEST_PAUSE = 900.0
USER_AGENT = "golive-example-shop/1.0 (+https://shop.example/integrations)"

Trouble = Literal["", "refused", "limited", "failed", "unknown", "in progress"]


class NotDone(Exception):
    """A try came to nothing that could be read; tells whether the vendor may have acted upon it."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble: Trouble = trouble
        self.reason = reason


class Host:
    """What all calls know about the vendor together. Thread-safe.

    Who is told to wait waits for all; after many failures in a row nobody calls for a moment; retries have a budget;
    and after a 429 fewer calls are under way at once.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused_until = 0.0
        self._resting_until = 0.0
        self._failures = 0
        self._retries = 10.0
        self._limit = 8.0
        self._under_way = 0

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Wait until a request may be sent.

        Raises:
            Failed: it may not be, in the time there is.
        """
        with self._changed:
            while True:
                now = time.monotonic()
                if now < self._resting_until or max(now, self._paused_until) >= deadline:
                    raise api.later()
                if now >= self._paused_until and self._under_way < int(self._limit):
                    break
                pause = self._paused_until - now
                self._changed.wait(min(deadline - now, pause + _spread() if pause > 0 else 0.1))
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def learn(self, trouble: Trouble, asked_to_wait: float | None) -> None:
        """Take note of how a try ended."""
        with self._changed:
            if trouble == "":
                self._failures = 0
                self._retries = min(10.0, self._retries + 0.2)
                self._limit = min(8.0, self._limit + 0.25)
            elif trouble == "limited":
                self._limit = max(1.0, self._limit / 2)
            elif trouble in ("failed", "unknown", "refused"):
                self._failures += 1
                if self._failures >= 2 * TRIES:
                    self._resting_until = time.monotonic() + 1.0
                    self._failures = TRIES
            if asked_to_wait and asked_to_wait <= LONGEST_PAUSE:
                self._paused_until = max(self._paused_until, time.monotonic() + asked_to_wait)

    def may_retry(self) -> bool:
        """Take one of the retries that all calls have together."""
        with self._changed:
            self._retries -= 1
            return self._retries >= 0


def _spread() -> float:
    return random.uniform(0.01, RETRY_BASE_SECONDS)  # noqa: S311  # spreads load, guards nothing


def pause_before(attempt: int) -> float:
    """Return the pause after the attempt of this number: twice as long each time, half of it drawn at random."""
    longest = min(RETRY_CAP_SECONDS, RETRY_BASE_SECONDS * 2.0**attempt)
    return longest / 2 + random.uniform(0, longest / 2)  # noqa: S311  # spreads load, guards nothing


def log(event: str, **said: Any) -> None:
    """Write one line that support can search: never headers, never what a customer wrote."""
    sys.stderr.write(json.dumps({"event": event, "vendor": VENDOR, **said}) + "\n")


class Calls:
    """Sends calls to one address, whatever other addresses the process calls."""

    def __init__(self) -> None:
        self._http = httpx.Client(
            trust_env=False,
            follow_redirects=False,
            verify=ssl.create_default_context(),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=20),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )
        self._host = Host()

    def answer(self, call: Mapping[str, Any]) -> Any:
        """Return what a call comes to.

        Raises:
            Failed: it fails; says how the user is told.
        """
        deadline = time.monotonic() + CALL_SECONDS
        name, arguments = call["operation"], call["arguments"]
        if name == "chat_async_and_wait":
            return self._asked_and_waited(call, deadline)
        route = api.ROUTES[VENDOR].get(name)
        if route is None:
            raise Failed("backend", "This is not offered.")
        api.checked(route, arguments)
        if route.pages:
            return {"items": self._listed(route, call, deadline)}
        return api.result_of(route, self._body(route, call, arguments, {}, deadline), arguments)

    def _asked_and_waited(self, call: Mapping[str, Any], deadline: float) -> Any:
        submitted = self.answer({**call, "operation": "chat_async"})
        deadline = min(deadline, time.monotonic() + POLL_BUDGET_SECONDS)
        polling = {**call, "operation": "get_chat_request", "arguments": {"request_id": submitted["request_id"]}}
        route = api.ROUTES[VENDOR]["get_chat_request"]
        while time.monotonic() + POLL_SECONDS < deadline:
            time.sleep(POLL_SECONDS)
            state = api.result_of(route, self._body(route, polling, polling["arguments"], {}, deadline), {})
            if state.get("status") == "completed":
                return {**state, "id": submitted["request_id"]}
            if state.get("status") == "failed":
                raise api.later()
        raise api.later()

    def _listed(self, route: Route, call: Mapping[str, Any], deadline: float) -> list[Any]:
        filters = {name: str(value) for name, value in call["arguments"].items() if name in api.FILTERS}
        query: dict[str, str] | None = filters | api.first_page(route)
        asked: list[dict[str, str]] = []
        items: dict[str, Any] = {}
        while query is not None:
            if query in asked or len(asked) >= MOST_PAGES:
                raise api.broken()
            asked.append(query)
            body = self._body(route, call, call["arguments"], query, deadline)
            page = api.items_of(body)
            if page and all(str(item["id"]) in items for item in page):
                raise api.broken()  # a page that was there before: this listing has no end
            items.update({str(item["id"]): item for item in page})
            query = api.next_page(route, body, query, len(page))
        return list(items.values())

    def _body(  # one call has these sides
        self,
        route: Route,
        call: Mapping[str, Any],
        arguments: Mapping[str, Any],
        query: Mapping[str, str],
        deadline: float,
    ) -> Any:
        path, left = api.target_of(route, call["ids"], arguments)
        request = self._http.build_request(
            route.method,
            call["base_url"].rstrip("/") + path,
            params=query,
            json=left if route.method != "GET" and left else None,
            headers=self._headers(route, call),
        )
        request.read()
        reply = self._tried(route, call["operation"], request, deadline)
        body = api.json_of(reply)
        error = api.error_in(body)
        if error is not None:
            log("refused", operation=call["operation"], status=reply.status, **api.kept_of(error))
            raise api.failure_of(reply.status, error)
        return body

    def _headers(self, route: Route, call: Mapping[str, Any]) -> dict[str, str]:
        headers = {**api.headers_of(VENDOR, call["api_key"]), "X-Request-ID": str(uuid.uuid4())}
        if VENDOR == "augno" and route.method in ("POST", "PATCH"):
            headers["Idempotency-Key"] = str(uuid.uuid4())
        return headers

    def _tried(self, route: Route, operation: str, request: httpx.Request, deadline: float) -> Reply:
        """Send a request, and again where that is right; return the answer that is no failure for a moment."""
        for attempt in range(TRIES):
            reply, trouble = None, ""
            try:
                with self._host.turn(deadline):
                    reply = self._sent(route, request, deadline)
                trouble = trouble_of(reply)
            except NotDone as problem:
                trouble = problem.trouble
                log("broken", operation=operation, attempt=attempt + 1, reason=problem.reason)
            asked = api.retry_after(reply) if reply is not None else None
            empty = api.nothing_left(reply) if reply is not None else None
            self._host.learn(trouble, asked if trouble else empty)
            if reply is not None:
                log_reply(operation, attempt + 1, reply)
                if trouble == "":
                    return succeeded(reply)
            pause = max(pause_before(attempt), asked or 0.0)
            again = trouble in ("refused", "limited", "in progress") or (route.safe and trouble != "")
            last = attempt + 1 == TRIES or time.monotonic() + pause >= deadline
            if not again or last or not self._host.may_retry():
                break
            time.sleep(pause)
        raise api.later()

    def _sent(self, route: Route, request: httpx.Request, deadline: float) -> Reply:
        """Send a request once, and read its answer whole, in the time there is."""
        until = min(deadline, time.monotonic() + (TRY_SECONDS or route.seconds))
        left = max(0.05, until - time.monotonic())
        request.extensions["timeout"] = httpx.Timeout(left, connect=min(CONNECT_SECONDS, left)).as_dict()
        try:
            answer = self._http.send(request, stream=True)
            try:
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise NotDone("unknown", "the answer is too large")
                    if time.monotonic() > until:
                        raise NotDone("unknown", "the answer is too slow")
            finally:
                answer.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotDone("refused", type(error).__name__) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise NotDone("unknown", type(error).__name__) from None
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers.multi_items():
            headers.setdefault(name.lower(), []).append(value)
        return Reply(answer.status_code, headers, bytes(body))


def trouble_of(reply: Reply) -> Trouble:
    """Return whether an answer is a failure that may be over in a moment."""
    if reply.status == 429:
        return "limited"
    if reply.status in (408, 425, 500, 502, 503, 504):
        return "failed"
    if reply.status == 409 and api.code_of(error_of(reply)) == api.IN_PROGRESS:
        return "in progress"
    return ""


def succeeded(reply: Reply) -> Reply:
    """Return an answer that is a success.

    Raises:
        Failed: it is a refusal, a redirect, or something nobody knows.
    """
    if 200 <= reply.status < 300:
        return reply
    raise api.failure_of(reply.status, error_of(reply) or {})


def error_of(reply: Reply) -> dict[str, Any] | None:
    """Return what an error body says; None: it says nothing that can be read."""
    try:
        body = api.json_of(reply)
    except Failed:
        return None
    return api.error_in(body) or (body if isinstance(body, dict) else None)


def log_reply(operation: str, attempt: int, reply: Reply) -> None:
    """Keep what support needs of an answer."""
    error = error_of(reply) if reply.status >= 300 else None
    said = {"request_id": reply.request_id, **api.kept_of(error)}
    log("answered", operation=operation, attempt=attempt, status=reply.status, **said)


def answered(calls: Calls, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line that answers a call."""
    try:
        return {"call_id": call["call_id"], "ok": True, "result": calls.answer(call)}
    except Failed as failed:
        error = {"kind": failed.kind, "message": failed.message}
        return {"call_id": call["call_id"], "ok": False, "error": error}


def main() -> None:
    """Answer until the input ends."""
    by_address: dict[str, Calls] = {}
    writing = threading.Lock()

    def work(calls: Calls, call: Mapping[str, Any]) -> None:
        try:
            line = json.dumps(answered(calls, call))
        except BaseException:
            traceback.print_exc()
            os._exit(1)  # what nobody has thought of is no answer; whoever runs this starts it again
        with writing:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(32) as pool:
        for line in sys.stdin:
            call = json.loads(line)
            address = call["base_url"]
            if address not in by_address:
                by_address[address] = Calls()
            pool.submit(work, by_address[address], call)


if __name__ == "__main__":
    main()
